"""Computes `expected.csv` and `facts.csv` of both real evaluations with pandas, independently of codev.

    python3 tests/real/expected.py ../shared/data           # writes the files anew
    python3 tests/real/expected.py ../shared/data --check   # fails where a committed file says something else

Which rows count is said in docs/formats.md, "What a formula sees". Nothing is rounded: floats are written so that they
read back as the same number.
"""

import csv
import io
import itertools
import math
import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
COLUMNS = ["indicator", "programme", "group_column", "group_value", "period", "field", "expected"]


def read(path):
    """All columns as text, nothing guessed to be missing."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def number(column):
    """Plain numbers, blanks around them allowed; anything else is missing."""
    text = column.str.strip()
    plain = text.str.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
    return pd.to_numeric(text.where(plain), errors="coerce")


class Expected:
    """Collects expected figures."""

    def __init__(self):
        self.rows = []

    def add(self, indicator, programme="", group=("", ""), period="", **fields):
        for field, value in fields.items():
            whole = not isinstance(value, float) or (value == math.floor(value) and field in ("n", "missing"))
            self.rows.append([indicator, programme, *group, period, field, str(int(value)) if whole else repr(float(value))])

    def progress(self, indicator, rows, target, actual, baseline=None, lower=False, combine="sum", undecided=0, **cell):
        """Progress over `rows` that match the filter; rows that can't be used, or for which the filter is undecided, are left out
        and counted."""
        base = rows[baseline] if baseline else 0.0
        way = rows[target] - base
        use = way.notna() & rows[actual].notna()
        if combine != "met":  # a target that is not beyond the baseline leaves no distance to cover
            use &= way < 0 if lower else way > 0
        done, way = (rows[actual] - base)[use], way[use]
        fields = {"n": int(use.sum()), "missing": int((~use).sum()) + undecided}
        if combine == "sum":
            num, den = math.fsum(done), math.fsum(way)
            fields |= {"value": num / den, "numerator": num, "denominator": den}
        elif combine == "mean":
            fields["value"] = math.fsum(done / way) / len(way)
        else:
            met = rows[actual][use] <= rows[target][use] if lower else rows[actual][use] >= rows[target][use]
            fields["value"] = int(met.sum()) / len(met)
        self.add(indicator, **cell, **fields)

    def one(self, indicator, rows, column, how, undecided=0, **cell):
        """One aggregate of one column under the row policy."""
        there = rows[column].dropna()
        value = {
            "sum": lambda: math.fsum(there),
            "avg": lambda: math.fsum(there) / len(there),
            "max": lambda: float(there.max()),
            "median": lambda: float(there.median()),
            "stddev": lambda: float(there.std(ddof=1)),
        }[how]()
        self.add(indicator, **cell, value=value, n=len(there), missing=int(rows[column].isna().sum()) + undecided)

    def ratio(self, indicator, top, bottom, missing=0, **cell):
        """A ratio of counts."""
        top, bottom = int(top), int(bottom)
        self.add(indicator, **cell, value=top / bottom, numerator=float(top), denominator=float(bottom), n=bottom, missing=missing)

    def text(self):
        return table(COLUMNS, self.rows)


def entries(cell, names):
    """Names in a cell: at each place the longest name that ends at a comma or the end, else what stands before the next comma.

    Works on the text itself, with `names` sorted by length; gives (entry, whether it is a name).
    """
    found, at = [], 0
    while at < len(cell):
        if cell[at] == "," or cell[at].isspace():
            at += 1
            continue
        for name in names:
            rest = cell[at + len(name) :].lstrip()
            if cell.startswith(name, at) and (not rest or rest[0] == ","):
                found.append((name, True))
                at += len(name)
                break
        else:
            end = cell.find(",", at)
            end = len(cell) if end < 0 else end
            found.append((cell[at:end].strip(), False))
            at = end
    return found


def table(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def eutf(data):
    projects, results = read(data / "projects.csv"), read(data / "results.csv")
    recipients, organisations = read(data / "recipients.csv"), read(data / "organisations.csv")
    written = {c: results[c].str.strip() for c in ("target", "actual")}
    for c in ("target", "actual"):
        results[c] = number(results[c])
    projects["budget"] = number(projects["budget"])
    out = Expected()

    def rows(framework, title):
        found = results[(results.result_type == framework) & (results.title == title)]
        assert len(found), title
        return found

    old, new = "EUTF indicators", "EUTF indicators - new"
    jobs = rows(old, "Number of jobs created")
    diaspora = rows(old, "Number of projects by diaspora members")
    dialogues = rows(new, "Number of national/regional/local networks and dialogues on migration related issues newly established or functionally enhanced")
    groups = rows(new, "Number of multi-stakeholders groups and learning mechanisms formed and regularly gathering")
    staff = rows(new, "Number of staff from local authorities and basic service providers benefitting from capacity building for strengthening services delivery")
    legal = rows(new, "Number of refugees and forcibly displaced persons receiving legal assistance to support their integration")
    out.progress("jobs-created", jobs, "target", "actual")
    usable = jobs[(jobs.target > 0) & jobs.actual.notna()]
    for project in sorted(usable.iati_id.unique())[:3]:
        out.progress("jobs-created", jobs[jobs.iati_id == project], "target", "actual", programme=project)
    level = dict(zip(projects.iati_id, projects.prefix))
    for prefix in ("CTR", "DEC"):
        some = jobs[jobs.iati_id.map(level) == prefix]
        if ((some.target > 0) & some.actual.notna()).any():
            out.progress("jobs-created", some, "target", "actual", group=("iati_id.prefix", prefix))
    out.progress("diaspora-projects", diaspora, "target", "actual")
    out.ratio("diaspora-projects-reported", diaspora.actual.notna().sum(), len(diaspora))
    out.progress("migration-dialogues", dialogues, "target", "actual")
    out.progress("multi-stakeholder-groups", groups, "target", "actual", combine="mean")
    out.progress("local-authority-staff-trained", staff, "target", "actual")
    out.one("local-authority-staff-largest", staff, "actual", "max")
    out.progress("legal-assistance", legal, "target", "actual")
    out.one("legal-assistance-persons", legal, "actual", "sum")
    for indicator, framework in (("targets-met", old), ("targets-met-new", new)):
        some = results[(results.result_type == framework) & (results.target.isna() | (results.target > 0))]
        # Without a framework, whether the row belongs here can't be decided.
        unknown = int(((results.result_type.str.strip() == "") & (results.target.isna() | (results.target > 0))).sum())
        out.progress(indicator, some, "target", "actual", combine="met", undecided=unknown)
        title = "Number of jobs created" if framework == old else "Number of individuals trained on migration management"
        out.progress(indicator, some[some.title == title], "target", "actual", combine="met", group=("title", title))

    # The first of the two rows of one id is kept; a row without id is no contract.
    contracts = projects[(projects.iati_id != "") & (projects.prefix == "CTR")].drop_duplicates("iati_id")
    # A row with an id and no prefix: whether it is a contract can't be decided.
    unknown = int(((projects.prefix == "") & (projects.iati_id != "")).sum())
    out.one("contract-budget", contracts, "budget", "sum", undecided=unknown)
    out.add("contracts", value=int(contracts.budget.notna().sum()))
    out.add("mean-contract-budget", value=math.fsum(contracts.budget.dropna()) / int(contracts.budget.notna().sum()))
    out.one("median-contract-budget", contracts, "budget", "median", undecided=unknown)
    named = contracts[contracts.partner_implementing != ""]
    names = sorted({n.strip() for n in organisations.name}, key=len, reverse=True)
    kind = {o["name"].strip(): o["type"] for _, o in organisations.iterrows()}

    def partners(role, some):
        return [[name for name, _ in entries(cell, names)] for cell in some["partner_" + role]]

    def kinds(some):
        """Types of the implementing partners of each project; `None` where none is known."""
        return [{kind[n] for n in cell if kind.get(n)} or None for cell in partners("implementing", some)]

    counts = [len(cell) for cell in partners("implementing", named)]
    left = len(contracts) - len(named) + unknown
    out.ratio("several-implementers", sum(n > 1 for n in counts), len(named), left)
    out.add("implementers-per-contract", value=math.fsum(counts) / len(counts), n=len(counts), missing=left)
    typed = [k for k in kinds(contracts) if k]
    untyped = len(contracts) - len(typed) + unknown
    public, civil, national = {"10", "11", "15"}, {"21", "22", "23", "24"}, {"22", "23", "24"}
    out.ratio("cross-sector-implementers", sum(len(k) >= 2 for k in typed), len(typed), untyped)
    together = [k for k in typed if k == {"10", "21"}]
    out.ratio("cross-sector-implementers", len(together), len(together), group=("partner_implementing.type", "10; 21"))
    out.ratio("public-and-civil-implementers", sum(bool(k & public and k & civil) for k in typed), len(typed), untyped)
    out.ratio("national-ngo-implementers", sum(bool(k & national) for k in typed), len(typed), untyped)
    both = contracts[(contracts.partner_funding != "") & (contracts.partner_implementing != "")]
    shared = sum(bool(set(a) & set(b)) for a, b in zip(partners("funding", both), partners("implementing", both)))
    out.ratio("funder-implements", shared, len(both), len(contracts) - len(both) + unknown)

    of_process = {
        "Number of multi-stakeholders groups and learning mechanisms formed and regularly gathering",
        "Number of national/regional/local networks and dialogues on migration related issues newly established or functionally enhanced",
        "Number of strategies, policies and plans developed and / or directly supported",
        "Number of planning, monitoring, learning, data-collection and analysis tools set up, implemented and / or strengthened",
        "Number of cross-border cooperation initiatives created / launched or supported",
    }
    framed, titled = results.result_type.str.strip() != "", results.title.str.strip() != ""
    is_new, aimed = results.result_type == new, results.target.isna() | (results.target > 0)
    for word, right in (("process", results.title.isin(of_process)), ("output", ~results.title.isin(of_process))):
        sure = is_new & titled & right
        unsure = (is_new | ~framed) & (right | ~titled) & ~sure
        out.ratio(f"{word}-results-reported", results.actual[sure].notna().sum(), sure.sum(), int(unsure.sum()))
        out.progress(f"{word}-targets-met-new", results[sure & aimed], "target", "actual", combine="met", undecided=int((unsure & aimed).sum()))
    for framework in (old, new, "EUTF Common Output Indicators"):
        some = results[results.result_type == framework]
        out.ratio("results-reported", some.actual.notna().sum(), len(some), group=("result_type", framework))
    first = projects[projects.iati_id != ""].drop_duplicates("iati_id")
    several = results.iati_id.map({i: len(k) if k else None for i, k in zip(first.iati_id, kinds(first))})
    sure = is_new & (several >= 2)
    unsure = (is_new | ~framed) & (several.isna() | (several >= 2)) & ~sure
    out.progress("cross-sector-targets-met", results[sure & aimed], "target", "actual", combine="met", undecided=int((unsure & aimed).sum()))

    there = recipients[recipients.recipient_country != ""]
    # COUNT counts what is there, so it needs nothing and leaves no row out.
    out.add("recipient-countries", value=there.recipient_country.nunique(), n=len(recipients), missing=0)
    out.add("local-government-organisations", value=int((organisations.type == "11").sum()), n=len(organisations), missing=0)
    out.ratio("national-ngos", (organisations.type == "22").sum(), len(organisations))

    nothing = ("", "NULL", "N/A")
    pairs = results.groupby(["iati_id", "title"]).size()
    surplus = projects.iati_id.value_counts()
    facts = [
        ("results", len(results)),
        ("projects", len(projects)),
        ("organisations", len(organisations)),
        ("recipients", len(recipients)),
        ("project ids that occur more than once, one of them blank", int((surplus > 1).sum())),
        ("projects without an id", int((projects.iati_id == "").sum())),
        ("project ids in the results that no project has", len(set(results.iati_id) - set(projects.iati_id))),
        ("results of projects that no project row describes", int((~results.iati_id.isin(projects.iati_id)).sum())),
        ("recipients of projects that no project row describes", int((~recipients.iati_id.isin(projects.iati_id)).sum())),
        ("results with target and actual both plain numbers", int((results.target.notna() & results.actual.notna()).sum())),
        ("zero targets", int((results.target == 0).sum())),
        ("pairs of project and indicator that occur more than once", int((pairs > 1).sum())),
        ("result frameworks", results.result_type.nunique()),
    ]
    for framework in (old, new, "EUTF Common Output Indicators"):
        facts.append((f"results in the framework {framework}", int((results.result_type == framework).sum())))
    for c in ("target", "actual"):
        missing = written[c].isin(nothing)
        facts.append((f"{c}: blank", int((written[c] == "").sum())))
        facts.append((f"{c}: blank, NULL or N/A", int(missing.sum())))
        facts.append((f"{c}: text that is not a number", int((~missing & results[c].isna()).sum())))
    facts.append(("organisations typed as local government (11)", int((organisations.type == "11").sum())))
    exact = set(organisations.name)
    for role in ("funding", "accountable", "extending", "implementing"):
        kept = (projects.iati_id == "") | ~projects.duplicated("iati_id")  # the rows that the program keeps
        cells = projects[kept]["partner_" + role]
        found = [entry for cell in cells for entry in entries(cell, names)]
        pieces = [piece.strip() for cell in cells for piece in cell.split(",") if piece.strip()]
        facts.append((f"{role}: entries", len(found)))
        facts.append((f"{role}: entries that are names", sum(known for _, known in found)))
        facts.append((f"{role}: names that hold a comma", sum(known and "," in name for name, known in found)))
        facts.append((f"{role}: entries of a plain split", len(pieces)))
        facts.append((f"{role}: of these names", sum(piece in kind for piece in pieces)))
    plain = [piece.strip() for cell in projects.partner_implementing for piece in cell.split(",") if piece.strip()]
    facts.append(("implementing, all rows: entries of a plain split", len(plain)))
    facts.append(("implementing, all rows: of these names", sum(p in kind for p in plain)))
    facts.append(("implementing, all rows: of these names, blanks around names as they are", sum(p in exact for p in plain)))
    known = dict(facts)
    published = {  # what others counted in the same files
        "results": 15278, "projects": 644, "zero targets": 62, "project ids in the results that no project has": 1,
        "project ids that occur more than once, one of them blank": 2,
        "results with target and actual both plain numbers": 2983,
        "pairs of project and indicator that occur more than once": 88, "target: blank": 9875, "actual: blank": 8432,
        "implementing, all rows: entries of a plain split": 761,
        "implementing, all rows: of these names, blanks around names as they are": 717,
    }
    for what, count in published.items():
        assert known[what] == count, (what, known[what], count)
    assert (len(usable), usable.actual.sum(), usable.target.sum()) == (122, 131471, 163555)
    return out.text(), table(["what", "number"], facts)


def unhcr(data):
    results = read(data / "results_integration_solutions_subset.csv")
    partners = read(data / "participating_org_2016_2025.csv.gz")
    operations = read(data / "activity_2016_2025.csv.gz")
    results = results.rename(columns=lambda c: c.removeprefix("result_indicator_"))
    b, t, a = "baseline_value", "target_value", "actual_value"
    written = {c: results[c] for c in (b, t, a)}
    for c in (b, t, a, "measure", "ascending"):
        results[c] = number(results[c])
    for c in ("participating_org_role", "participating_org_type"):
        partners[c] = number(partners[c])
    out = Expected()

    def rows(title):
        found = results[results.title == title]
        assert len(found), title
        return found

    def above(some):
        return some[some[t].isna() | (some[t] > 0)]

    women = rows("% of active female participants in leadership/ management structures")
    out.progress("women-in-leadership", women, t, a, b, combine="mean")
    out.progress("women-in-leadership", women[women.source_year == "2019"], t, a, b, combine="mean", period="2019")
    out.progress("women-in-leadership-met", above(women), t, a, combine="met")
    # By year, by the population that a result speaks of, and by country.
    out.progress("women-in-leadership-met", above(women[women.source_year == "2019"]), t, a, combine="met", period="2019")
    population = "baseline_dimension_value_1"
    able = women[women[t].notna() & women[a].notna() & (women[t] > 0)]
    for value in able[able[population] != ""][population].value_counts().index[:4]:
        some = women[women[population] == value]
        out.progress("women-in-leadership-met", above(some), t, a, combine="met", group=("result_indicator_" + population, value))
    country = "baseline_location_ref"
    for value in able[able[country] != ""][country].value_counts().index[:4]:
        some = women[women[country] == value]
        out.progress("women-in-leadership-met", above(some), t, a, combine="met", group=("result_indicator_" + country, value))
    out.one("women-in-leadership-level", women, a, "avg")
    for year in ("2016", "2021"):
        out.one("women-in-leadership-level", women[women.source_year == year], a, "avg", period=year)
    angola = "XM-DAC-41121-2016-AFR-AGO"
    out.one("women-in-leadership-level", women[women.iati_identifier == angola], a, "avg", programme=angola)
    out.one("community-priorities", rows("% of programme priorities identified by the community that are implemented"), a, "median")
    assessments = rows("# of participatory assessments conducted")
    out.progress("participatory-assessments", assessments, t, a)
    out.progress("participatory-assessments", assessments[assessments.source_year == "2020"], t, a, period="2020")
    out.progress("self-management-structures", rows("# of community self-management structures strengthened"), t, a)
    local = rows("% of persons of concern opting for local integration who have locally integrated")
    out.one("locally-integrated-spread", local, a, "stddev")
    residency = results[results.title.str.startswith("4.3b ")]
    out.one("residency-granted", residency, a, "sum")
    for year in ("2022", "2024"):
        out.one("residency-granted", residency[residency.source_year == year], a, "sum", period=year)
    jobless = results[results.title.str.startswith("13.3 Proportion of ")]
    out.progress("unemployment", above(jobless), t, a, lower=True, combine="met")
    percent = results[(results.measure == 2) & (results.ascending.fillna(1) == 1)]
    out.progress("percentage-targets-met", above(percent), t, a, combine="met")
    for kind in sorted(percent.result_type.unique()):
        out.progress("percentage-targets-met", above(percent[percent.result_type == kind]), t, a, combine="met", group=("result_type", kind))
    doing = partners[partners.participating_org_role == 4]
    out.ratio("national-ngo-implementers", (doing.participating_org_type == 24).sum(), len(doing))
    recent = doing[doing.source_year == "2024"]
    out.ratio("national-ngo-implementers", (recent.participating_org_type == 24).sum(), len(recent), period="2024")
    cities = (partners.participating_org_role == 1) & (partners.participating_org_type == 11)
    out.add("local-government-funders", value=int(cities.sum()))

    facts = [
        ("results", len(results)),
        ("operations", len(operations)),
        ("operations with a result", results.iati_identifier.nunique()),
        ("participating organisations", len(partners)),
        ("results of operations that no row describes", int((~results.iati_identifier.isin(operations.iati_identifier)).sum())),
        ("results measured in units", int((results.measure == 1).sum())),
        ("results measured in percent", int((results.measure == 2).sum())),
        ("results without a direction", int(results.ascending.isna().sum())),
    ]
    facts += [(f"{c.removesuffix('_value')}: blank", int((written[c] == "").sum())) for c in (b, t, a)]
    facts.append(("target equal to baseline", int((results[t] == results[b]).sum())))
    facts.append(("zero targets", int((results[t] == 0).sum())))
    return out.text(), table(["what", "number"], facts)


def twin_towns(data):
    import networkx as nx

    towns, twins = read(data / "nodes.csv"), read(data / "edges.csv")
    country = dict(zip(towns["id"], towns["country"]))
    graph = nx.Graph()
    graph.add_nodes_from(towns["id"])
    graph.add_edges_from(zip(twins["source"], twins["target"]))
    ties, n = graph.number_of_edges(), len(graph)
    across = sum(country[a] != country[b] for a, b in graph.edges)
    spanish = [degree for town, degree in graph.degree if country[town] == "Spain"]
    liaisons = sum(
        not graph.has_edge(i, k) and len({country[i], country[j], country[k]}) == 3
        for j in graph
        for i, k in itertools.combinations(graph[j], 2)
    )
    largest = max(map(len, nx.connected_components(graph)))
    rows = [
        ("twinnings", "value", ties),
        ("twinnings", "n", len(twins)),
        ("twinning-density", "value", ties / (n * (n - 1) / 2)),
        ("twinning-density", "denominator", n * (n - 1) // 2),
        ("country-mixing-index", "value", (2 * across - ties) / ties),
        ("network-parts", "value", nx.number_connected_components(graph)),
        ("towns-in-largest-part", "value", largest / n),
        ("towns-without-twin", "value", nx.number_of_isolates(graph)),
        ("twins-per-spanish-town", "value", sum(spanish) / len(spanish)),
        ("paths-over-towns", "value", sum(nx.betweenness_centrality(graph).values()) / n),
        ("towns-as-liaison", "value", liaisons),
    ]
    cells = [(name, "", "", "", "", field, repr(value)) for name, field, value in rows]
    header = ["indicator", "programme", "group_column", "group_value", "period", "field", "expected"]
    return table(header, cells), table(["what", "number"], [("towns", n), ("twinnings", len(twins))])


SOURCES = (("eutf", "eutf-africa", eutf), ("unhcr", "unhcr-iati", unhcr), ("twin-towns", "twin-towns", twin_towns))


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: expected.py FOLDER [--check]   FOLDER holds eutf-africa/, unhcr-iati/ and twin-towns/")
    data, differ = Path(sys.argv[1]), []
    for name, folder, make in SOURCES:
        for file, text in zip(("expected.csv", "facts.csv"), make(data / folder)):
            path = HERE / name / file
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
            elif path.read_text(encoding="utf-8") != text:
                differ.append(str(path))
    if differ:
        sys.exit("not what pandas computes: " + ", ".join(differ))


if __name__ == "__main__":
    main()
