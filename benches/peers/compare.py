"""What `benches/compare.rs` times, by numpy and statsmodels: rank sets of one indicator (without step-down), and pooling.

One line per task with its seconds. Rank sets are made for one of the 80 indicators; the line says what 80 would take.
"""

import time

import numpy as np

PROGRAMMES, INDICATORS, DRAWS, BLOCK = 500, 80, 5_000, 50
rng = np.random.default_rng(7)
se = 0.25 * np.exp(0.5 * rng.standard_normal(PROGRAMMES))
value = rng.standard_normal(PROGRAMMES) + se * rng.standard_normal(PROGRAMMES)


def rank_sets():
    """Marginal and simultaneous sets from the largest studentised differences, all pairs at once."""
    scale = np.sqrt(se[:, None] ** 2 + se[None, :] ** 2)
    largest = np.empty((DRAWS, PROGRAMMES))
    for start in range(0, DRAWS, BLOCK):
        error = rng.standard_normal((BLOCK, PROGRAMMES)) * se
        apart = np.abs(error[:, :, None] - error[:, None, :]) / scale
        largest[start : start + BLOCK] = apart.max(axis=2)
    marginal = np.quantile(largest, 0.95, axis=0)
    simultaneous = np.quantile(largest.max(axis=1), 0.95)
    t = (value[:, None] - value[None, :]) / scale
    return [(1 + (-t > c).sum(axis=1), PROGRAMMES - (t > c).sum(axis=1)) for c in (marginal[:, None], simultaneous)]


def timed(task, runs):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


one = timed(rank_sets, 1)
print(f"{'rank sets, 80 indicators x 500':<44} numpy {one * INDICATORS:>9.4f} s ({one:.2f} s for one, without step-down)")

try:
    from statsmodels.stats.meta_analysis import combine_effects
except ImportError:
    print("no statsmodels, no peer for pooling")
else:
    pooled = timed(lambda: combine_effects(value, se**2, method_re="iterated", use_t=True), 5)
    print(f"{'pooling 500 effects':<44} statsmodels {pooled:>9.4f} s (Paule-Mandel, Hartung-Knapp)")
