"""Figures for datasets/tandem computed with pandas, independently of codev, straight from the CSV files.

    python3 tests/tandem_expected.py > tests/tandem_expected.csv
    python3 tests/tandem_expected.py intervals > tests/tandem_intervals.csv

The second also needs scipy.
"""
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

FOLDER = Path(__file__).parent.parent / "datasets" / "tandem"
SHOWN = ["P01", "P04", "P08", "P13", "P20", "P24"]


def read(name, dates=(), **more):
    return pd.read_csv(FOLDER / name, keep_default_na=False, na_values=["", *more.pop("missing", [])], parse_dates=list(dates), **more)


def flag(column):
    return column.map({True: 1.0, False: 0.0, "true": 1.0, "false": 0.0, "True": 1.0, "False": 0.0})


programmes = read("programmes.csv", ["start", "funded_until", "end"]).rename(columns={"id": "programme"})
actors = read("actors.csv", ["active_until"])
side_sector = actors.set_index("id")[["side", "sector"]]
ties = read("ties.csv", ["formed", "ended"]).merge(programmes[["programme", "start", "funded_until"]], on="programme")
for end in ["from", "to"]:
    ties = ties.join(side_sector.add_suffix("_" + end), on="actor_" + end)
activities = read("activities.csv", ["date"]).merge(programmes[["programme", "funded_until"]], on="programme")
outputs = read("outputs.csv")
results = read("results.csv")
funds = read("funds.csv")
decisions = read("decisions.csv", ["submitted", "answered", "decided"])
agreements = read("agreements.csv", ["requested", "answered"])
seats = read("seats.csv")
budgets = read("budgets.csv")
services = read("services.csv")
localities = read("localities.csv").set_index("name")
inhabitants = localities["inhabitants"]
officials = read("officials.csv", missing=["-99", "-98"])
programmes = programmes.join(localities.drop(columns=["country", "side", "inhabitants"]), on="locality_destination")
participants_by_group = read("participants.csv")
population = read("population.csv")
responses = pd.concat(
    read(path.name, missing=["-99", "-98", "-97"], dtype={"group": str}) for path in sorted(FOLDER.glob("responses-*.csv"))
)
civil = ["civil-society", "migrant-organisation"]
organisations = actors[actors["sector"].isin(civil)].merge(programmes[["programme", "start", "funded_until"]], on="programme")
migrant = actors[actors["sector"] == "migrant-organisation"]


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


def codes(column):
    """Sets of codes, of rows that have any."""
    return column.dropna().map(lambda cell: set(cell.split(";")))


def holds(rows, column, code):
    return share(rows, codes(rows[column]).map(lambda has: float(code in has)))


def quotient(rows, top, bottom):
    known = rows.dropna(subset=[top, bottom])
    return ratio(known[top].sum(), known[bottom].sum())


def is_one_of(rows, column, *values):
    known = rows[column].dropna()
    return known.isin(values).mean() if len(known) else None


def role_shift(rows):
    known = rows.dropna(subset=["roles", "roles_before"])
    return share(known, (codes(known["roles"]) != codes(known["roles_before"])).astype(float))


def professional(rows):
    items = ["statutes", "elected_board", "annual_plan", "audited_accounts"]
    known = rows[items].apply(flag).dropna()
    return known.to_numpy().mean() if len(known) else None


def largest_funder(rows):
    return ratio(rows.groupby("source")["amount"].sum().max(), rows["amount"].sum())


def leverage(rows):
    own = rows["source"] == "destination-municipality"
    return ratio(rows.loc[~own, "amount"].sum(), rows.loc[own, "amount"].sum())


def civil_votes(rows):
    votes = rows[flag(rows["voting"]) == 1]
    return ratio(votes.loc[votes["sector"].isin(civil), "seats"].sum(), votes["seats"].sum())


def token_seats(rows):
    own = rows[rows["sector"].isin(civil)]
    return ratio((own["seats"] * flag(own["voting"])).sum(), own["seats"].sum())


def sent(rows):
    to_origin = (rows["source_side"] == "destination") & (rows["recipient_side"] == "origin")
    return rows.loc[to_origin, "amount"].sum()


def active(rows):
    last = rows["active_until"].isna() | ((rows["active_until"] - rows["funded_until"]).dt.days > 365)
    return last.mean() if len(rows) else None


def founded(rows):
    known = rows.dropna(subset=["founded"])
    return (known["founded"] >= known["start"].dt.year).mean() if len(known) else None


def process_achieved(rows):
    return achieved(rows.assign(kind=rows["kind"].replace({"output": "-", "process": "output"})))


def between(start, end):
    """Calendar years by anniversaries, with the share of the year begun."""
    if pd.isna(start) or pd.isna(end):
        return None
    whole = relativedelta(end, start).years
    last, following = start + relativedelta(years=whole), start + relativedelta(years=whole + 1)
    return whole + (end - last).days / (following - last).days


def years(rows):
    return pd.Series([between(s, e) for s, e in zip(rows["start"], rows["end"])], dtype=float).sum()


def freed(rows):
    return quotient(rows.assign(freed=rows["planned"] - rows["spent"]), "reinvested", "freed")


def later_took_part(rows):
    return proportion(endline(rows)[endline(rows)["generation"].isin(["second", "third"])], "took_part")


def working_age(rows):
    return endline(rows)[endline(rows)["age_class"] != "65+"]


def employment_gap(rows):
    later = working_age(rows)["generation"] != "first"
    return 100 * (proportion(working_age(rows)[later], "employed") - proportion(working_age(rows)[~later], "employed"))


def weighted_share(rows, column, hits):
    """Weighted share of rows whose code is one of `hits`, of those that have a code."""
    known = rows.dropna(subset=[column])
    return weighted(known.assign(x=known[column].isin(hits).astype(float)), "x")


def bridging(rows):
    known = endline(rows).dropna(subset=["friends_own", "friends_other"])
    other = (known["friends_other"] * known["weight"]).sum()
    return other / (other + (known["friends_own"] * known["weight"]).sum())


def helped(rows, code):
    known = endline(rows)[endline(rows)["group"] == "members"].dropna(subset=["help"])
    return weighted(known.assign(x=codes(known["help"]).map(lambda has: float(code in has))), "x")


def competence(rows):
    items = endline(rows)[[f"competence_{k}" for k in range(1, 6)]].copy()
    items["competence_4"] = 6 - items["competence_4"]
    return items.mean(axis=1)[items.notna().sum(axis=1) >= 3].mean()


def three_way_spend(rows):
    known = exchanges(rows).dropna(subset=["three_way", "spend"])
    return ratio(known.loc[flag(known["three_way"]) == 1, "spend"].sum(), known["spend"].sum())


def three_way_fields(rows):
    shares = rows[flag(rows["three_way"]) == 1]["outcome"].value_counts(normalize=True)
    return math.exp(-(shares * shares.map(math.log)).sum()) if len(shares) else None


def participation_policy(rows):
    return rows[["electoral_rights", "political_liberties", "consultative_bodies", "implementation"]].dropna().mean(axis=1).mean()


def residents():
    """Migrant population of the places and years of `participants`."""
    migrant = population[(population["side"] == "destination") & (population["group"] != "no-migration-background")]
    return migrant.merge(participants_by_group[["locality", "year"]].drop_duplicates())


def part_of(table, group):
    return table.loc[table["group"] == group, "persons"].sum() / table["persons"].sum()


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
    "city-to-city-partnerships": (programmes, lambda r: is_one_of(r, "type", "city-to-city")),
    "programme-years": (programmes, years),
    "inhabitants-in-origin": (programmes, lambda r: r["locality_origin"].map(inhabitants).sum()),
    "programmes-with-catalyst-motive": (programmes, lambda r: holds(r, "motives", "catalyst")),
    "programmes-with-several-motives": (programmes, lambda r: share(r, codes(r["motives"]).map(lambda m: float(len(m) > 1)))),
    "organisations-with-political-motive": (migrant, lambda r: holds(r, "motives", "political")),
    "nongovernmental-actors": (actors, lambda r: 1 - is_one_of(r, "sector", "government")),
    "regional-public-bodies": (actors[actors["sector"] == "government"], lambda r: is_one_of(r, "level", "regional")),
    "mixed-team-activities": (activities, lambda r: share(r, codes(r["sectors"]).map(lambda m: float(len(m) > 1)))),
    "decision-time": (decisions, lambda r: (r["decided"] - r["submitted"]).dt.days.median()),
    "civil-share-of-voting-seats": (seats, civil_votes),
    "civil-seats-with-vote": (seats, token_seats),
    "broker-organisations": (migrant, lambda r: holds(r, "roles", "broker")),
    "core-business-share": (migrant, lambda r: r["core_business"].mean()),
    "organisations-in-structural-contact": (organisations, lambda r: is_one_of(r, "contact", "structural")),
    "organisations-founded-after-funding-start": (organisations, founded),
    "organisations-with-role-shift": (migrant, role_shift),
    "professionalisation-index": (organisations, professional),
    "paid-staff-per-organisation": (organisations, lambda r: r["paid_staff"].mean()),
    "organised-counterparts": (migrant, lambda r: is_one_of(r, "counterpart", "ngo", "counterpart-organisation")),
    "permit-time": (agreements, lambda r: (r["answered"] - r["requested"]).dt.days.median()),
    "permits-granted": (agreements, lambda r: share(r, flag(r["granted"]))),
    "dealings-with-joint-work": (agreements, lambda r: is_one_of(r, "collaboration", "joint-work")),
    "claims-on-womens-position": (decisions, lambda r: is_one_of(claims(r), "topic", "women")),
    "freed-municipal-budget": (budgets, lambda r: (r["planned"] - r["spent"]).sum()),
    "freed-budget-reinvested": (budgets, freed),
    "process-targets-achieved": (results, process_achieved),
    "distance-of-members": (responses, lambda r: weighted(endline(r)[endline(r)["group"] == "members"], "distance_km")),
    "participation-of-later-generations": (responses, later_took_part),
    "largest-funder-share": (funds, largest_funder),
    "activities-after-funding": (activities, lambda r: (r["date"] > r["funded_until"]).mean()),
    "organisations-active-after-funding": (organisations, active),
    "households-served": (services, lambda r: quotient(r, "served", "households")),
    "households-newly-served": (services, lambda r: (r["served"] - r["served_before"]).sum()),
    "small-scale-deliveries": (outputs, lambda r: (r["cost"].dropna() < 10000).mean()),
    "delivery-cost-per-person-reached": (outputs, lambda r: quotient(r, "cost", "beneficiaries")),
    "spend-per-participant": (activities, lambda r: quotient(r, "spend", "participants")),
    "money-sent-to-origin": (funds, sent),
    "other-funding-per-municipal-euro": (funds, leverage),
    "residents-in-paid-work": (responses, lambda r: proportion(working_age(r), "employed")),
    "employment-gap-between-generations": (responses, employment_gap),
    "residents-with-tertiary-education": (
        responses,
        lambda r: weighted_share(endline(r)[endline(r)["age_class"].isin(["25-44", "45-64"])], "education", ["high"]),
    ),
    "residents-in-good-health": (responses, lambda r: weighted_share(endline(r), "health", [4, 5])),
    "residents-with-acquired-citizenship": (
        responses,
        lambda r: weighted_share(endline(r)[endline(r)["citizenship"] != "birth"], "citizenship", ["acquired"]),
    ),
    "residents-with-long-term-permit": (
        responses,
        lambda r: weighted_share(
            endline(r)[endline(r)["citizenship"].isin(["long-term", "temporary"])], "citizenship", ["long-term"]
        ),
    ),
    "entitled-residents-who-voted": (responses, lambda r: proportion(endline(r), "voted")),
    "residents-in-voluntary-organisations": (responses, lambda r: proportion(endline(r), "organisation")),
    "contact-with-residents": (responses, lambda r: weighted(endline(r), "contact_residents")),
    "trust-in-school": (responses, lambda r: weighted(endline(r), "trust_school")),
    "bridging-share-of-friends": (responses, bridging),
    "bonding-friends-of-members": (responses, lambda r: weighted(endline(r)[endline(r)["group"] == "members"], "friends_own")),
    "members-informed-by-association": (responses, lambda r: helped(r, "information")),
    "members-led-to-institutions": (responses, lambda r: helped(r, "institution")),
    "competence-of-officials": (officials, competence),
    "trained-officials": (officials, lambda r: share(r, flag(endline(r)["trained"]))),
    "officials-of-migrant-descent": (officials, lambda r: share(r, flag(endline(r)["migrant_descent"]))),
    "three-way-share-of-spend": (activities, three_way_spend),
    "fields-of-three-way-exchanges": (activities, three_way_fields),
    "political-participation-index": (programmes, participation_policy),
    "programmes-with-consultative-body": (programmes, lambda r: share(r, r["consultative_bodies"].dropna() > 0)),
    "migrant-share-of-council-seats": (programmes, lambda r: quotient(r, "council_seats_migrant", "council_seats")),
}


STRATUM = ["programme", "stratum"]
CLUSTER = [*STRATUM, "cluster"]
# Rows of a share, 1 for those that count; of a mean, its column and the ends of its scale.
SHARES = {
    "experience-of-discrimination": lambda r: endline(r).assign(x=flag(endline(r)["discrimination"])),
    "participation-of-members": lambda r: endline(r)[endline(r)["group"] == "members"].assign(x=lambda m: flag(m["took_part"])),
    "residents-in-good-health": lambda r: endline(r).assign(x=endline(r)["health"].map(lambda h: float(h >= 4), na_action="ignore")),
    "entitled-residents-who-voted": lambda r: endline(r).assign(x=flag(endline(r)["voted"])),
}
MEANS = {"trust-in-municipality": ("trust_municipality", 1, 5), "contact-with-institutions": ("contact_institutions", 0, 6)}


def jackknife(known):
    """Mean of x, its JKn standard error (clusters without a row of `known` count in their stratum), degrees of freedom."""
    sums = known.assign(wx=known["weight"] * known["x"]).groupby(CLUSTER)[["wx", "weight"]].sum()
    drawn = responses[CLUSTER].drop_duplicates().groupby(STRATUM).size()
    top, bottom = sums["wx"].sum(), sums["weight"].sum()
    value, variance, df = top / bottom, 0.0, 0
    for stratum, inside in sums.groupby(level=[0, 1]):
        n = drawn[stratum]
        left = np.vstack([inside.to_numpy(), np.zeros((n - len(inside), 2))])
        without = [top, bottom] + (inside.to_numpy().sum(axis=0) - n * left) / (n - 1)
        variance += (n - 1) / n * ((without[:, 0] / without[:, 1] - value) ** 2).sum()
        df += len(inside) - 1
    return value, math.sqrt(variance), df, len(sums)


def design_effect(known, value, se):
    w, n = known["weight"], len(known)
    return se**2 * (n - 1) / ((w * (known["x"] - value) ** 2).sum() / w.sum())


def wilson(known, level=0.95):
    """Wilson's interval of Korn & Graubard's effective rows."""
    from scipy import stats

    value, se, df, clusters = jackknife(known)
    n, p = len(known), (1 + level) / 2
    deff = design_effect(known, value, se)
    rows = min(n, n / deff * (stats.t.ppf(p, n - 1) / stats.t.ppf(p, df)) ** 2)
    z = stats.norm.ppf(p)
    middle, half = value + z * z / (2 * rows), z * math.sqrt(value * (1 - value) / rows + z * z / (4 * rows * rows))
    below = 1 + z * z / rows
    return value, (middle - half) / below, (middle + half) / below, se, df, clusters, deff


def bounded(known, least, most, level=0.95):
    """The interval by t of the logit of the place on the scale, taken back."""
    from scipy import stats

    value, se, df, clusters = jackknife(known)
    place = (value - least) / (most - least)
    half = stats.t.ppf((1 + level) / 2, df) * se / (most - least) / (place * (1 - place))
    ends = [least + (most - least) / (1 + math.exp(-(math.log(place / (1 - place)) + side * half))) for side in (-1, 1)]
    return value, *ends, se, df, clusters, design_effect(known, value, se)


def intervals():
    print(f"# Made by tests/tandem_expected.py intervals (pandas {pd.__version__}), without codev: 95 % intervals of all programmes together.")
    print("indicator,value,low,high,se,df,clusters,design_effect")
    for name, rows in SHARES.items():
        print(",".join([name, *(repr(float(x)) for x in wilson(rows(responses).dropna(subset=["x"])))]))
    for name, (column, least, most) in MEANS.items():
        known = endline(responses).assign(x=lambda r: r[column]).dropna(subset=["x"])
        print(",".join([name, *(repr(float(x)) for x in bounded(known, least, most))]))


def main():
    if sys.argv[1:] == ["intervals"]:
        return intervals()
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
    held = (activities["category"] == "consultation").sum()
    print(f"consultations-per-year,total,{float(held / years(programmes))!r}")
    there = residents()
    relative = part_of(participants_by_group, "moroccan") / part_of(there, "moroccan")
    print(f"representation-of-one-group,total,{float(relative)!r}")
    print(f"participants-per-resident,total,{float(participants_by_group['persons'].sum() / there['persons'].sum())!r}")
    print(f"investment-per-inhabitant,total,{float(funded / programmes['locality_origin'].map(inhabitants).sum())!r}")


if __name__ == "__main__":
    sys.exit(main())
