"""Reliability of the scales of tandem, and of R's attitude data, computed apart from codev: numpy and scipy.

    python tests/scale_expected.py      # prints the figures that tests/scales.rs holds codev to

Alpha from numpy's weighted covariances over complete rows; omega from a one-factor model whose normal likelihood scipy's
BFGS maximises over loadings and unique standard deviations (codev: scoring over unique variances); the jackknife computes
alpha again from the rows for each cluster left out (codev: from sums).
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, stats

ROOT = Path(__file__).parent.parent
MISSING = ["", "-99", "-98", "-97"]


def alpha(cov):
    k = len(cov)
    return k / (k - 1) * (1 - np.trace(cov) / cov.sum())


def omega(cov):
    """Omega and standardised loadings of one factor by maximum likelihood, in the metric of the covariances."""
    k = len(cov)
    sd = np.sqrt(np.diag(cov))
    r = cov / np.outer(sd, sd)

    def discrepancy(p):
        implied = np.outer(p[:k], p[:k]) + np.diag(p[k:] ** 2)
        sign, logdet = np.linalg.slogdet(implied)
        return logdet + np.trace(r @ np.linalg.inv(implied))

    start = np.concatenate([np.full(k, 0.6), np.full(k, 0.8)])
    best = optimize.minimize(discrepancy, start, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    loadings, unique = best.x[:k] * np.sign(best.x[:k].sum()), best.x[k:] ** 2
    common = (loadings * sd).sum() ** 2
    return common / (common + (unique * sd**2).sum()), loadings


def item_rest(cov, i):
    k = len(cov)
    rest = np.array([j != i for j in range(k)], float)
    return cov[i] @ rest / np.sqrt(cov[i, i] * (rest @ cov @ rest))


def without(cov, i):
    keep = [j for j in range(len(cov)) if j != i]
    return alpha(cov[np.ix_(keep, keep)])


def report(name, cov):
    k = len(cov)
    w, loadings = omega(cov)
    sd = np.sqrt(np.diag(cov))
    print(f"{name}: alpha {alpha(cov):.12f} standardised {alpha(cov / np.outer(sd, sd)):.12f} omega {w:.8f}")
    print("  item-rest", [round(float(item_rest(cov, i)), 10) for i in range(k)])
    print("  without  ", [round(float(without(cov, i)), 10) for i in range(k)])
    print("  loadings ", [round(float(x), 7) for x in loadings])


def weighted_cov(x, w):
    # Weights as probabilities, divisor n - 1.
    n = len(x)
    return np.cov(x, rowvar=False, aweights=w, ddof=0) * n / (n - 1)


def feldt(a, n, k, level=0.95):
    df = (n - 1, (n - 1) * (k - 1))
    tail = (1 - level) / 2
    return tuple(float(1 - (1 - a) * stats.f.ppf(p, *df)) for p in (1 - tail, tail))


ATTITUDE = """
43 63 71 61 81 43 58 71 72 67 64 67 69 68 77 81 74 65 65 50 50 64 53 40 63 66 78 48 85 82
51 64 70 63 78 55 67 75 82 61 53 60 62 83 77 90 85 60 70 58 40 61 66 37 54 77 75 57 85 82
30 51 68 45 56 49 42 50 72 45 53 47 57 83 54 50 64 65 46 68 33 52 52 42 42 66 58 44 71 39
39 54 69 47 66 44 56 55 67 47 58 39 42 45 72 72 69 75 57 54 34 62 50 58 48 63 74 45 71 59
61 63 76 54 71 54 66 70 71 62 58 59 55 59 79 60 79 55 75 64 43 66 63 50 66 88 80 51 77 64
92 73 86 84 83 49 68 66 83 80 67 74 63 77 77 54 79 80 85 78 64 80 80 57 75 76 78 83 74 78
45 47 48 35 47 34 35 41 31 41 34 41 25 35 46 36 63 60 46 52 33 41 37 49 33 72 49 38 55 39
"""


def attitude():
    x = np.array([[float(v) for v in line.split()] for line in ATTITUDE.split("\n") if line]).T
    cov = np.cov(x, rowvar=False)
    report("attitude", cov)
    print("  feldt    ", feldt(alpha(cov), len(x), x.shape[1]))


def tandem(name, items, reverse=(), members=False, least=None):
    files = sorted((ROOT / "datasets/tandem").glob("responses-*.csv"))
    data = pd.concat([pd.read_csv(f, na_values=MISSING, keep_default_na=False) for f in files])
    data = data[data.wave == "endline"]
    if members:
        data = data[data.group == "members"]
    x = data[items].astype(float).copy()
    for item in reverse:
        x[item] = 6 - x[item]
    k = len(items)
    least = least or -(-k // 2)
    scored = x.notna().sum(axis=1) >= least
    score = x[scored].mean(axis=1)
    w = data.weight[scored]
    print(f"{name}: rows {len(data)} scored {scored.sum()} complete {x.notna().all(axis=1).sum()} "
          f"mean {(score * w).sum() / w.sum():.12f}")
    full = x.notna().all(axis=1)
    rows, x = data[full], x[full].to_numpy()
    w = rows.weight.to_numpy()
    report(name, weighted_cov(x, w))

    # The sample: clusters within programme and stratum, over all rows of the table.
    everyone = pd.concat([pd.read_csv(f, usecols=["programme", "stratum", "cluster"]) for f in files]).drop_duplicates()
    sizes = everyone.groupby(["programme", "stratum"]).cluster.nunique()
    a = np.log(1 - alpha(weighted_cov(x, w)))
    variance, clusters = 0.0, 0
    used = set(zip(rows.programme, rows.stratum))
    for key in used:
        n = sizes[key]
        inside = ((rows.programme == key[0]) & (rows.stratum == key[1])).to_numpy()
        here = set(rows[inside].cluster)
        clusters += len(here)
        for cluster in everyone[(everyone.programme == key[0]) & (everyone.stratum == key[1])].cluster:
            out = inside & (rows.cluster == cluster).to_numpy()
            v = np.where(inside, w * n / (n - 1), w)[~out]
            variance += (n - 1) / n * (np.log(1 - alpha(weighted_cov(x[~out], v))) - a) ** 2
    df = clusters - len(used)
    t = stats.t.ppf(0.975, df) * np.sqrt(variance)
    print("  interval ", (float(1 - np.exp(a + t)), float(1 - np.exp(a - t))), "df", df)


attitude()
tandem("integration", [f"integration_{i}" for i in range(1, 6)], ["integration_4"])
tandem("trust", ["trust_municipality", "trust_police", "trust_school"])
tandem("engagement", [f"engage_{i}" for i in range(1, 5)], members=True)
