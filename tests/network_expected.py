"""Network figures for datasets/tandem computed with networkx, independently of codev, straight from the CSV files.

    pip install pandas networkx
    python3 tests/network_expected.py > tests/network_expected.csv
"""
import itertools
import sys
from pathlib import Path

import networkx as nx
import pandas as pd

FOLDER = Path(__file__).parent.parent / "datasets" / "tandem"
PHASES = ["before", "new", "during", "after"]

programmes = pd.read_csv(FOLDER / "programmes.csv", parse_dates=["start", "funded_until"]).set_index("id")
actors = pd.read_csv(FOLDER / "actors.csv")
ties = pd.read_csv(FOLDER / "ties.csv", parse_dates=["formed", "ended"])
ties = ties.join(programmes[["start", "funded_until"]], on="programme")
ties = ties[ties["formed"].notna()]
CIVIL = {"civil-society": "civil", "migrant-organisation": "civil", "government": "public"}
MIGRANT = "migrant-organisation"
DAY = pd.Timedelta(days=1)


def there(rows, day):
    return rows[(rows["formed"] <= day) & ~(rows["ended"] <= day)]


def in_phase(rows, phase):
    if phase == "before":
        return there(rows, rows["start"] - DAY)
    if phase == "during":
        return there(rows, rows["funded_until"])
    if phase == "after":
        return there(rows, rows["funded_until"] + 365 * DAY)
    return rows[(rows["formed"] >= rows["start"]) & (rows["formed"] <= rows["funded_until"])]


def graphs(only, phase, keep=lambda actor: True):
    """One graph per programme, with all its actors."""
    for programme in only:
        members = [a for a in actors[actors["programme"] == programme].to_dict("records") if keep(a)]
        graph = nx.Graph()
        for actor in members:
            graph.add_node(actor["id"], sector=actor["sector"], side=actor["side"])
        rows = in_phase(ties[ties["programme"] == programme], phase)
        for a, b in zip(rows["actor_from"], rows["actor_to"]):
            if a in graph and b in graph and a != b:
                graph.add_edge(a, b)
        yield graph


def quotient(parts):
    top, bottom = map(sum, zip(*parts))
    return top / bottom if bottom else None


def between(graph, of, one, other):
    pairs = [(a, b) for a, b in itertools.combinations(graph, 2) if {of(graph.nodes[a]), of(graph.nodes[b])} == {one, other}]
    return sum(graph.has_edge(*pair) for pair in pairs), len(pairs)


def public_civil(only, phase):
    origin = lambda a: a["side"] == "origin"
    return quotient([between(g, lambda n: CIVIL.get(n["sector"]), "public", "civil") for g in graphs(only, phase, origin)])


def across_border(only, phase):
    return quotient([between(g, lambda n: n["side"], "origin", "destination") for g in graphs(only, phase)])


def e_i(only, phase):
    signs = [1 if g.nodes[a]["sector"] != g.nodes[b]["sector"] else -1 for g in graphs(only, phase) for a, b in g.edges]
    return sum(signs) / len(signs) if signs else None


def isolated(only, phase):
    return quotient([(nx.number_of_isolates(g), len(g)) for g in graphs(only, phase)])


def connected(only, phase):
    return quotient([(max(map(len, nx.connected_components(g))), len(g)) for g in graphs(only, phase)])


def partners(only, phase):
    return quotient([(sum(d for n, d in g.degree if g.nodes[n]["sector"] == MIGRANT), sum(s == MIGRANT for _, s in g.nodes("sector"))) for g in graphs(only, phase)])


def paths_over(only, phase):
    parts = []
    for g in graphs(only, phase):
        scores = nx.betweenness_centrality(g)
        own = [scores[n] for n, s in g.nodes("sector") if s == MIGRANT]
        parts.append((sum(own), len(own)))
    return quotient(parts)


def liaison_paths(graph, sector):
    count = 0
    for j in graph:
        if sector[j] == MIGRANT:
            for i, k in itertools.combinations(graph[j], 2):
                count += not graph.has_edge(i, k) and len({sector[i], sector[j], sector[k]}) == 3
    return count


def liaison(only, phase):
    return sum(liaison_paths(g, dict(g.nodes("sector"))) for g in graphs(only, phase))


MEASURES = {
    "public-civil-pairs-tied": (public_civil, "during"),
    "public-civil-pairs-tied-before": (public_civil, "before"),
    "cross-border-pairs-tied": (across_border, "during"),
    "sector-mixing-index": (e_i, "during"),
    "isolated-actors": (isolated, "during"),
    "connected-actors": (connected, "during"),
    "partners-per-migrant-organisation": (partners, "during"),
    "paths-over-migrant-organisations": (paths_over, "during"),
    "pairs-linked-as-liaison": (liaison, "during"),
}


def main():
    print(f"# Made by tests/network_expected.py (networkx {nx.__version__}) from the CSV files of datasets/tandem, without codev.")
    print("# phase: empty for the indicator's own. Cells without a value are left out.")
    print("indicator,programme,phase,value")
    for name, (measure, own) in MEASURES.items():
        for programme in ["total", *programmes.index]:
            only = list(programmes.index) if programme == "total" else [programme]
            for phase in ["", *PHASES]:
                value = measure(only, phase or own)
                if value is not None:
                    print(f"{name},{programme},{phase},{float(value)!r}")


if __name__ == "__main__":
    sys.exit(main())
