"""The resampling of `benches/resample.rs` in numpy, timed: whole arrays at once, no loop over replicates unless memory forbids.

    python3 benches/peers/resample.py

One JSON object a line comes out: name, task, seconds (median of the runs), values (standard errors or p-values).
`over rows` reweights a million rows for each replicate, as one does who has no sums by cluster; 10 replicates are timed and
multiplied up to 9,999.
"""

import json
import statistics
import time

import numpy as np

CLUSTERS, RATIOS, ROWS, REPLICATES = 500, 20, 1_000_000, 9_999


def report(name, task, run, runs=5, times=1.0):
    seconds, values = [], None
    for _ in range(runs):
        started = time.perf_counter()
        values = run()
        seconds.append((time.perf_counter() - started) * times)
    values = [float(v) for v in values]
    print(json.dumps({"name": name, "task": task, "seconds": statistics.median(seconds), "values": values}), flush=True)


def bootstrap():
    row = np.arange(ROWS)
    cluster = row * 7_919 % CLUSTERS
    columns = np.empty((2 * RATIOS, ROWS))
    for j in range(2 * RATIOS):
        columns[j] = (row * (2 * j + 3) % (997 + j)) / 997 * (1 + 0.3 * np.sin(cluster * (j + 1.0)))
    sums = np.stack([np.bincount(cluster, column, CLUSTERS) for column in columns], axis=1)

    def from_sums():
        rng = np.random.default_rng(1)
        counts = rng.multinomial(CLUSTERS - 1, np.full(CLUSTERS, 1 / CLUSTERS), size=REPLICATES)
        totals = counts.astype(float) @ sums
        ratios = totals[:, 0::2] / totals[:, 1::2]
        limits = np.quantile(ratios, [0.025, 0.975], axis=0)
        assert (limits[0] < limits[1]).all()
        return ratios.std(axis=0, ddof=1)

    def over_rows():
        rng = np.random.default_rng(1)
        counts = rng.multinomial(CLUSTERS - 1, np.full(CLUSTERS, 1 / CLUSTERS), size=10)
        totals = np.stack([columns @ weights[cluster] for weights in counts.astype(float)])
        (totals[:, 0::2] / totals[:, 1::2]).std(axis=0, ddof=1)
        return []

    report("numpy, sums by cluster", "bootstrap", from_sums)
    report("numpy, over rows", "bootstrap", over_rows, runs=1, times=REPLICATES / 10)


def wild():
    row = np.arange(1_000)
    cluster = row % 50
    treated = (cluster % 3 == 0).astype(float)
    x = (row * 17 % 101) / 101
    y = 0.4 * treated + x + np.sin(cluster * 2.7) + np.sin(row * 1.3)
    columns = np.stack([np.ones(1_000), treated, x], axis=1)

    def run():
        rng = np.random.default_rng(1)
        bread = np.linalg.inv(columns.T @ columns)
        own = bread[1]
        free = columns @ (bread @ (columns.T @ y))
        restricted = columns[:, [0, 2]]
        residuals = y - restricted @ np.linalg.lstsq(restricted, y, rcond=None)[0]
        sums = lambda values: np.stack([np.bincount(cluster, v, 50) for v in values.T], axis=1)
        scores, free_scores = sums(columns * residuals[:, None]), sums(columns * (y - free)[:, None])
        loads = sums(columns * (columns @ own)[:, None])
        matrix = np.diag(scores @ own) - loads @ bread @ scores.T
        signs = rng.choice([-1.0, 1.0], size=(99_999, 50))
        t = (signs @ (scores @ own)) / np.sqrt(((signs @ matrix.T) ** 2).sum(axis=1))
        observed = (own @ (columns.T @ y)) / np.sqrt(((free_scores @ own) ** 2).sum())
        return [(1 + (abs(t) >= abs(observed)).sum()) / 100_000]

    report("numpy, sums by cluster", "wild", run)


def randomisation():
    row = np.arange(10_000)
    unit = row % 300
    treated = unit % 2 == 0
    y = 0.1 * treated + np.sin(unit * 1.9) + np.sin(row * 0.7)

    def run():
        rng = np.random.default_rng(1)
        sums, sizes = np.bincount(unit, y, 300), np.bincount(unit, minlength=300)
        draws = rng.permuted(np.tile((np.arange(300) % 2 == 0).astype(float), (5_000, 1)), axis=1)
        over, n = draws @ sums, draws @ sizes
        effect = over / n - (sums.sum() - over) / (sizes.sum() - n)
        observed = y[treated].mean() - y[~treated].mean()
        return [(1 + (abs(effect) >= abs(observed)).sum()) / 5_001]

    report("numpy, sums by cluster", "randomisation", run)


bootstrap()
wild()
randomisation()
