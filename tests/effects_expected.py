"""Effects on datasets/tandem computed with pandas, numpy and statsmodels, independently of codev, straight from the CSV files.

    python3 tests/effects_expected.py > tests/effects_expected.csv

Written with pandas 3.1.1, numpy 2.4.6, statsmodels 0.15.0. Columns: effect (block/indicator of tests/effects/expected.rs), part
(empty: the effect itself; `column=value`: a subgroup; else a term by name), quantity, value.
"""
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm

FOLDER = Path(__file__).parent.parent / "datasets" / "tandem"
MISSING = ["", "-99", "-98", "-97"]


def read(name):
    return pd.read_csv(FOLDER / name, keep_default_na=False, na_values=MISSING)


def flag(column):
    return column.map({True: 1.0, False: 0.0, "true": 1.0, "false": 0.0, "True": 1.0, "False": 0.0})


def scale(frame, items, reverse=()):
    """Mean of the answered items of a scale of 1 to 5, where half of them or more are answered."""
    answers = frame[items].copy()
    for item in reverse:
        answers[item] = 6 - answers[item]
    return answers.mean(axis=1).where(answers.notna().sum(axis=1) >= (len(items) + 1) // 2)


programmes = read("programmes.csv").rename(columns={"id": "programme"})
responses = pd.concat([read(path.name) for path in sorted(FOLDER.glob("responses-*.csv"))], ignore_index=True)
responses = responses.merge(programmes[["programme", "sectors"]], on="programme")
responses["trust-in-municipality"] = responses.trust_municipality
responses["contact-with-institutions"] = responses.contact_institutions
responses["integration-score"] = scale(responses, [f"integration_{i}" for i in range(1, 6)], ["integration_4"])
responses["engagement"] = scale(responses, [f"engage_{i}" for i in range(1, 5)])
responses["entitled-residents-who-voted"] = flag(responses.voted)
responses["treated"] = (responses.group == "members") * 1.0
responses["after"] = (responses.wave == "endline") * 1.0
two_waves = responses[responses.wave.isin(["baseline", "endline"])]
endline = responses[responses.wave == "endline"]

lines = []


def add(effect, quantity, value, part=""):
    lines.append(f"{effect},{part},{quantity},{float(value)!r}")


def clustered(frame, y, columns, cluster, weight, name, at, part=""):
    """Weighted least squares with statsmodels' clustered errors (its factor is that of CR1)."""
    frame = frame.dropna(subset=[y, *columns])
    weights = frame[weight] if weight else np.ones(len(frame))
    fit = sm.WLS(frame[y], sm.add_constant(frame[columns]), weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(frame[cluster])[0]}
    )
    add(name, "value", fit.params[at], part)
    add(name, "se", fit.bse[at], part)
    if not part:
        add(name, "df", frame[cluster].nunique() - 1)
        add(name, "n", len(frame))
    return fit


def did(frame):
    return frame.assign(both=frame.treated * frame.after)


def cr2(x, y, w, groups, c):
    """CR2 and Satterthwaite's degrees of freedom written out (Pustejovsky & Tipton 2018, equations 5, 7 and 11; identity as working
    model): I - H as a whole is never built; its blocks are."""
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    e = y - x @ (bread @ (x.T @ (w * y)))
    middle = bread @ (x.T @ (w[:, None] ** 2 * x)) @ bread
    scores, own, pulls, weighted = [], [], [], []
    for g in np.unique(groups):
        at = groups == g
        xg, wg = x[at], w[at]
        h = xg @ bread @ (wg[:, None] * xg).T
        b = np.eye(at.sum()) - h - h.T + xg @ middle @ xg.T
        values, vectors = np.linalg.eigh(b)
        root = np.where(values > 1e-10, 1 / np.sqrt(np.where(values > 1e-10, values, 1)), 0)
        v = (vectors * root) @ vectors.T @ (wg * (xg @ bread @ c))
        scores.append(v @ e[at])
        own.append(v @ v)
        pulls.append(xg.T @ v)
        weighted.append(xg.T @ (wg * v))
    pulls, weighted = np.array(pulls), np.array(weighted)
    cross = pulls @ bread @ weighted.T
    p = np.diag(own) - cross - cross.T + pulls @ middle @ pulls.T
    return np.sqrt(np.sum(np.square(scores))), np.trace(p) ** 2 / np.sum(p**2)


# Differences in differences, CR1.
for y in ["trust-in-municipality", "contact-with-institutions", "integration-score", "entitled-residents-who-voted"]:
    clustered(did(two_waves), y, ["treated", "after", "both"], "cluster", "weight", f"cr1/{y}", "both")

# The same with CR2.
frame = did(two_waves).dropna(subset=["trust-in-municipality"])
x = sm.add_constant(frame[["treated", "after", "both"]]).to_numpy(float)
y, w = frame["trust-in-municipality"].to_numpy(float), frame.weight.to_numpy(float)
se, df = cr2(x, y, w, pd.factorize(frame.cluster)[0], np.array([0.0, 0, 0, 1]))
add("cr2/trust-in-municipality", "se", se)
add("cr2/trust-in-municipality", "df", df)
untreated = frame[(frame.treated == 0) & (frame.after == 0)]
mean = np.average(untreated["trust-in-municipality"], weights=untreated.weight)
n = len(untreated)
variance = np.average((untreated["trust-in-municipality"] - mean) ** 2, weights=untreated.weight) * n / (n - 1)
value = sm.WLS(y, x, weights=w).fit().params[3]
add("cr2/trust-in-municipality", "standardised", value / np.sqrt(variance))
# Persons with a value at baseline who have none at endline.
first = frame[frame.after == 0].assign(lost=lambda f: ~f.person.isin(frame[frame.after == 1].person))
lost = [np.average(part.lost, weights=part.weight) for _, part in first.groupby("treated")]
add("cr2/trust-in-municipality", "attrition", lost[1] - lost[0])

# By programme: each from its own rows.
for p in ["P01", "P04", "P13", "P24"]:
    own = did(two_waves[two_waves.programme == p])
    y = "trust-in-municipality"
    clustered(own, y, ["treated", "after", "both"], "cluster", "weight", f"programmes/{y}", "both", f"programme={p}")

# Moderator, centred; clusters are programmes.
y = "trust-in-municipality"
frame = did(two_waves).dropna(subset=[y])
frame = frame.assign(m=frame.sectors - np.average(frame.sectors, weights=frame.weight))
for part in ["treated", "after", "both"]:
    frame[f"{part}_m"] = frame[part] * frame.m
columns = ["treated", "after", "both", "m", "treated_m", "after_m", "both_m"]
fit = clustered(frame, y, columns, "programme", "weight", f"sectors/{y}", "both")
add(f"sectors/{y}", "value", fit.params["both_m"], "Effect per unit more of programme.sectors")
add(f"sectors/{y}", "se", fit.bse["both_m"], "Effect per unit more of programme.sectors")

# Association at endline among members (the filter of the engagement score), covariates held constant.
members = endline[endline.group == "members"].dropna(subset=["integration-score", "engagement", "generation", "sex", "age_class"])
held = pd.get_dummies(members[["generation", "sex", "age_class"]], drop_first=True, dtype=float)
frame = members.join(held)
fit = clustered(frame, "integration-score", ["engagement", *held], "cluster", "weight", "association/integration-score", "engagement")
left = {}
for name in ["integration-score", "engagement"]:
    left[name] = sm.WLS(frame[name], sm.add_constant(held), weights=frame.weight).fit().resid
product = lambda a, b: np.sum(frame.weight * left[a] * left[b])
correlation = product("integration-score", "engagement") / np.sqrt(
    product("integration-score", "integration-score") * product("engagement", "engagement")
)
add("association/integration-score", "correlation", correlation)

# Officials before and after; no weights.
officials = read("officials.csv").merge(programmes[["programme", "type"]], on="programme")
officials["competence-of-officials"] = scale(officials, [f"competence_{i}" for i in range(1, 6)], ["competence_4"])
officials["trained-officials"] = flag(officials.trained)
officials["after"] = (officials.wave == "endline") * 1.0
for y in ["competence-of-officials", "trained-officials"]:
    clustered(officials, y, ["after"], "department", None, f"officials/{y}", "after")
    for kind, own in officials.groupby("type"):
        clustered(own, y, ["after"], "department", None, f"officials/{y}", "after", f"programme.type={kind}")
frame = officials.dropna(subset=["competence-of-officials"])
for kind in ["HC1", "HC2", "HC3"]:
    fit = sm.OLS(frame["competence-of-officials"], sm.add_constant(frame[["after"]])).fit(cov_type=kind)
    add(f"{kind.lower()}/competence-of-officials", "se", fit.bse["after"])

# A comparison at endline with covariates: Lin, ANCOVA, weighting, doubly robust.
y = "contact-with-institutions"
frame = endline.dropna(subset=[y, "generation", "sex", "distance_km"])
held = pd.get_dummies(frame[["generation", "sex"]], drop_first=True, dtype=float).assign(distance=frame.distance_km)
centred = held - np.average(held, axis=0, weights=frame.weight)
times = (centred.mul(frame.treated, axis=0)).add_prefix("t_")
clustered(frame.join(centred).join(times), y, ["treated", *centred, *times], "cluster", "weight", f"lin/{y}", "treated")

before = responses[responses.wave == "baseline"].set_index("person")[y].rename("value_before")
seen = endline.join(before, on="person").dropna(subset=[y, "value_before"])
clustered(seen, y, ["treated", "value_before"], "cluster", "weight", f"ancova/{y}", "treated")

x = sm.add_constant(held)
chance = sm.GLM(frame.treated, x, family=sm.families.Binomial(), var_weights=frame.weight).fit(tol=1e-14).fittedvalues
odds = frame.weight * (1 - frame.treated) * chance / (1 - chance)
treated = frame.weight * frame.treated
add(f"weighting/{y}", "value", np.average(frame[y], weights=treated) - np.average(frame[y], weights=odds))
# The outcome among those not treated, predicted for all; then corrected by the weighted residuals.
others = frame.treated == 0
predicted = sm.WLS(frame[y][others], x[others], weights=frame.weight[others]).fit().predict(x)
left = frame[y] - predicted
add(f"robust/{y}", "value", np.average(left, weights=treated) - np.average(left, weights=odds))

# Units and periods: means taken out in turn until nothing changes; unit effects lie within the clusters, so K = 1 + periods.
monitor = read("monitor.csv")
treated = ((monitor.adopted <= monitor.year) * 1.0).rename("treated")
names = [monitor.neighbourhood, monitor.year]
z = pd.DataFrame({"y": monitor.contact_rate, "t": treated})
kept = z.notna().all(axis=1)
unit, year = pd.factorize(monitor.neighbourhood[kept])[0], pd.factorize(monitor.year[kept])[0]
z = z[kept].to_numpy()
for _ in range(1000):
    for code in [unit, year]:
        sums = np.stack([np.bincount(code, z[:, j]) for j in range(2)], axis=1)
        z = z - (sums / np.bincount(code)[:, None])[code]
slope = z[:, 0] @ z[:, 1] / (z[:, 1] @ z[:, 1])
scores = np.bincount(unit, z[:, 1] * (z[:, 0] - slope * z[:, 1]))
g, n, k = unit.max() + 1, len(z), 1 + year.max() + 1
factor = g / (g - 1) * (n - 1) / (n - k)
add("units/contact-rate-in-neighbourhoods", "value", slope)
add("units/contact-rate-in-neighbourhoods", "se", np.sqrt(factor * np.sum(scores**2)) / (z[:, 1] @ z[:, 1]))

sys.stdout.write("effect,part,quantity,value\n" + "\n".join(lines) + "\n")
