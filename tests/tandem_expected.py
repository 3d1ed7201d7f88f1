"""Figures for datasets/tandem computed with pandas, independently of codev, straight from the CSV files.

    python3 tests/tandem_expected.py > tests/tandem_expected.csv
"""
import sys
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent.parent / "datasets" / "tandem"
SHOWN = ["P01", "P04", "P08", "P13", "P20", "P24"]


def read(name, dates=(), **more):
    return pd.read_csv(FOLDER / name, keep_default_na=False, na_values=["", *more.pop("missing", [])], parse_dates=list(dates), **more)


def flag(column):
    return column.map({True: 1.0, False: 0.0, "true": 1.0, "false": 0.0, "True": 1.0, "False": 0.0})


programmes = read("programmes.csv", ["start", "funded_until"]).rename(columns={"id": "programme"})
actors = read("actors.csv")
side_sector = actors.set_index("id")[["side", "sector"]]
ties = read("ties.csv", ["formed", "ended"]).merge(programmes[["programme", "start", "funded_until"]], on="programme")
for end in ["from", "to"]:
    ties = ties.join(side_sector.add_suffix("_" + end), on="actor_" + end)
activities = read("activities.csv")
outputs = read("outputs.csv")
results = read("results.csv")
funds = read("funds.csv")
decisions = read("decisions.csv", ["submitted", "answered"])
responses = pd.concat(
    read(path.name, missing=["-99", "-98", "-97"], dtype={"group": str}) for path in sorted(FOLDER.glob("responses-*.csv"))
)
civil = ["civil-society", "migrant-organisation"]


def share(rows, hit):
    """Share of rows for which `hit` (1/0, NaN where missing) is 1."""
    known = hit.dropna()
    return known.mean() if len(known) else None


def weighted(rows, column):
    known = rows.dropna(subset=[column])
    return (known[column] * known["weight"]).sum() / known["weight"].sum() if len(known) else None


def total(rows, column):
    return rows[column].sum() if rows[column].notna().any() else None


def ratio(top, bottom):
    return top / bottom if bottom else None


def new_ties(rows):
    origin = rows[(rows["side_from"] == "origin") & (rows["side_to"] == "origin")]
    one = (origin["sector_from"] == "government") & origin["sector_to"].isin(civil)
    other = (origin["sector_to"] == "government") & origin["sector_from"].isin(civil)
    return int((origin[one | other]["formed"] >= origin[one | other]["start"]).sum())


def outliving(rows):
    there = rows[(rows["formed"] <= rows["funded_until"]) & ~(rows["ended"] <= rows["funded_until"])]
    last = there["ended"].isna() | ((there["ended"] - there["funded_until"]).dt.days > 365)
    return last.mean() if len(there) else None


def claims(rows):
    return rows[rows["kind"] == "claim"]


def exchanges(rows):
    return rows[rows["category"].isin(["exchange-visit", "training", "expert-mission"])]


def balance(rows):
    known = exchanges(rows)["direction"].dropna()
    out, back = (known == "origin-to-destination").sum(), (known == "destination-to-origin").sum()
    return 1 - abs(out - back) / len(known) if len(known) else None


def co_investment(rows):
    by = rows.groupby("source")["amount"].sum()
    return ratio(by.get("origin-municipality", 0), by.get("migrant-organisation", 0))


def participants(rows):
    known = rows.dropna(subset=["participants", "participants_migrant"])
    return ratio(known["participants_migrant"].sum(), known["participants"].sum())


def endline(rows):
    return rows[rows["wave"] == "endline"]


def proportion(rows, column):
    return weighted(rows.assign(x=flag(rows[column])), "x")


def later(rows):
    took = endline(rows)[flag(endline(rows)["took_part"]) == 1]
    return weighted(took.assign(x=took["generation"].isin(["second", "third"]).astype(float)), "x")


def schools(rows):
    return rows[rows["type"] == "school"]


def cost_per_school(rows):
    known = schools(rows).dropna(subset=["cost", "quantity"])
    return ratio(known["cost"].sum(), known["quantity"].sum())


def several_roles(rows):
    known = rows[rows["sector"] == "migrant-organisation"]["roles"].dropna()
    return (known.str.count(";") >= 1).mean() if len(known) else None


def achieved(rows):
    known = rows[rows["kind"] == "output"].dropna(subset=["baseline", "target", "actual"])
    known = known[known["target"] != known["baseline"]]
    return ((known["actual"] - known["baseline"]) / (known["target"] - known["baseline"])).mean() if len(known) else None


def adopted(rows):
    return share(rows, flag(rows["adopted"]))


MEASURES = {
    "local-government-participation": (programmes, lambda r: share(r, flag(r["local_government_takes_part"]))),
    "programmes-initiated-in-origin": (programmes, lambda r: (r["initiator_side"] == "origin").mean()),
    "programmes-initiated-by-migrant-organisations": (programmes, lambda r: (r["initiator"] == "migrant-organisation").mean()),
    "programmes-with-remigration-objective": (
        programmes,
        lambda r: share(r, r["motives"].dropna().str.split(";").map(lambda m: float("remigration" in m))),
    ),
    "new-cross-sector-ties": (ties, new_ties),
    "ties-outliving-the-funding": (ties, outliving),
    "claims-made": (decisions, lambda r: len(claims(r))),
    "claims-answered": (decisions, lambda r: claims(r)["answered"].notna().mean()),
    "claims-adopted": (decisions, lambda r: adopted(claims(r))),
    "claim-response-time": (decisions, lambda r: (claims(r)["answered"] - claims(r)["submitted"]).dt.days.median()),
    "municipal-co-investment": (funds, co_investment),
    "trust-in-municipality": (responses, lambda r: weighted(endline(r), "trust_municipality")),
    "trust-in-police": (responses, lambda r: weighted(endline(r), "trust_police")),
    "contact-with-institutions": (responses, lambda r: weighted(endline(r), "contact_institutions")),
    "experience-of-discrimination": (responses, lambda r: proportion(endline(r), "discrimination")),
    "participation-of-members": (
        responses,
        lambda r: proportion(endline(r)[endline(r)["group"] == "members"], "took_part"),
    ),
    "later-generations-share": (responses, later),
    "migrant-share-of-participants": (activities, participants),
    "civil-proposals-adopted": (
        decisions,
        lambda r: adopted(r[(r["kind"] == "proposal") & r["proposer_sector"].isin(civil)]),
    ),
    "decisions-with-citizen-input": (decisions, lambda r: share(r, flag(r["citizen_input"]))),
    "consultations-held": (activities, lambda r: int((r["category"] == "consultation").sum())),
    "sectors-involved": (actors, lambda r: r["sector"].nunique()),
    "three-way-exchanges": (activities, lambda r: share(r, flag(exchanges(r)["three_way"]))),
    "exchanges-from-origin": (
        activities,
        lambda r: (exchanges(r)["direction"].dropna() == "origin-to-destination").mean(),
    ),
    "direction-balance": (activities, balance),
    "national-funding-share": (
        funds,
        lambda r: ratio(r.loc[r["source"] == "national-government", "amount"].sum(), r["amount"].sum()),
    ),
    "multi-role-organisations": (actors, several_roles),
    "schools-built": (outputs, lambda r: schools(r)["quantity"].sum()),
    "persons-reached": (outputs, lambda r: total(r, "beneficiaries")),
    "output-targets-achieved": (results, achieved),
    "amount-invested": (funds, lambda r: total(r, "amount")),
    "delivery-cost": (outputs, lambda r: total(r, "cost")),
    "cost-per-school": (outputs, cost_per_school),
}


def main():
    print(f"# Made by tests/tandem_expected.py (pandas {pd.__version__}) from the CSV files of datasets/tandem, without codev.")
    print("# programme: a programme's id, or total. Survey figures are weighted. Cells without a value are left out.")
    print("indicator,programme,value")
    for name, (table, measure) in MEASURES.items():
        for programme in ["total", *SHOWN]:
            rows = table if programme == "total" else table[table["programme"] == programme]
            value = measure(rows)
            if value is not None and value == value:
                print(f"{name},{programme},{float(value)!r}")
    funded, reached = total(funds, "amount"), total(outputs, "beneficiaries")
    print(f"investment-per-person-reached,total,{float(funded / reached)!r}")


if __name__ == "__main__":
    sys.exit(main())
