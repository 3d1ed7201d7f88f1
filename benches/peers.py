"""The twenty indicators of `formulas.rs` by hand in polars and DuckDB, timed.

    pip install polars duckdb
    python3 benches/peers.py events.parquet

Each engine runs in a process of its own: once to warm up, then five times. One JSON object a line comes out:
name, seconds (sorted), median_seconds, peak_mb, values by indicator and programme.
"""

import importlib.util
import json
import subprocess
import sys
import time

RUNS = 5


def polars():
    import polars as pl

    spend, score, people = pl.col("spend"), pl.col("score"), pl.col("beneficiaries")
    adopted, sector, date = pl.col("adopted"), pl.col("sector"), pl.col("date")

    # Written as is fastest here: `when` streams where `filter` inside `agg` doesn't, and so does a plain `corr`; the
    # in-memory engine took four times as long.
    def only(condition, column):
        return pl.when(condition).then(column)

    query = [
        pl.len().alias("activities"),
        adopted.sum().alias("adopted"),
        (adopted.sum() / adopted.count()).alias("adopted-share"),
        spend.sum().alias("spend-total"),
        spend.mean().alias("spend-mean"),
        spend.var().alias("spend-variance"),
        spend.std().alias("spend-deviation"),
        people.cast(pl.Int64).sum().alias("beneficiaries-total"),
        (spend.sum() / people.cast(pl.Int64).sum()).alias("cost-per-beneficiary"),
        score.mean().alias("score-mean"),
        ((score >= 4).sum() / score.count()).alias("high-score-share"),
        pl.corr(spend, score.cast(pl.Float64)).alias("spend-score-correlation"),
        only(sector == "education", spend).sum().alias("education-spend"),
        (only(sector == "health", spend).sum() / spend.sum()).alias("health-share-of-spend"),
        only(date >= pl.date(2015, 1, 1), spend).sum().alias("spend-since-2015"),
        ((pl.col("direction") == "two-way").sum() / pl.len()).alias("two-way-share"),
        spend.max().alias("largest-spend"),
        people.min().alias("fewest-beneficiaries"),
        (((spend > 5000) & (people > 100)).sum() / pl.len()).alias("large-share"),
        only(sector.is_in(["education", "culture"]) & adopted, score).mean().alias("adopted-score"),
    ]

    def run(path):
        frame = pl.scan_parquet(path).group_by("programme").agg(query).collect(engine="streaming")
        return frame.columns[1:], frame.rows()

    return run


DUCKDB = """
SELECT programme,
  count(*)                                                                      AS "activities",
  count(*) FILTER (adopted)                                                     AS "adopted",
  count(*) FILTER (adopted) / count(adopted)                                    AS "adopted-share",
  sum(spend)                                                                    AS "spend-total",
  avg(spend)                                                                    AS "spend-mean",
  var_samp(spend)                                                               AS "spend-variance",
  stddev_samp(spend)                                                            AS "spend-deviation",
  sum(beneficiaries)                                                            AS "beneficiaries-total",
  sum(spend) / sum(beneficiaries)                                               AS "cost-per-beneficiary",
  avg(score)                                                                    AS "score-mean",
  count(*) FILTER (score >= 4) / count(score)                                   AS "high-score-share",
  corr(spend, score)                                                            AS "spend-score-correlation",
  sum(spend) FILTER (sector = 'education')                                      AS "education-spend",
  sum(spend) FILTER (sector = 'health') / sum(spend)                            AS "health-share-of-spend",
  sum(spend) FILTER (date >= DATE '2015-01-01')                                 AS "spend-since-2015",
  count(*) FILTER (direction = 'two-way') / count(*)                            AS "two-way-share",
  max(spend)                                                                    AS "largest-spend",
  min(beneficiaries)                                                            AS "fewest-beneficiaries",
  count(*) FILTER (spend > 5000 AND beneficiaries > 100) / count(*)             AS "large-share",
  avg(score) FILTER (sector IN ('education', 'culture') AND adopted)            AS "adopted-score"
FROM read_parquet(?) GROUP BY programme
"""


def duckdb():
    import duckdb as engine

    connection = engine.connect()

    def run(path):
        answer = connection.execute(DUCKDB, [path])
        return [column[0] for column in answer.description][1:], answer.fetchall()

    return run


ENGINES = {"polars": polars, "duckdb": duckdb}


def peak_mb():
    """Peak resident memory of this process; the resource module would count the parent's before exec."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        return float("nan")


def measure(name, path):
    run, seconds = ENGINES[name](), []
    for turn in range(RUNS + 1):
        start = time.perf_counter()
        columns, rows = run(path)
        if turn:
            seconds.append(time.perf_counter() - start)
    seconds.sort()
    values = {c: {r[0]: float(r[i]) for r in sorted(rows) if r[i] is not None} for i, c in enumerate(columns, 1)}
    print(json.dumps({"name": name, "seconds": seconds, "median_seconds": seconds[RUNS // 2], "peak_mb": peak_mb(), "values": values}))


def main():
    path = sys.argv[1]
    if len(sys.argv) == 3:
        measure(sys.argv[2], path)
        return
    for name in ENGINES:
        if not importlib.util.find_spec(name):
            print(f"{name} is not here: pip install {name}", file=sys.stderr)
            continue
        subprocess.run([sys.executable, __file__, path, name], check=True)


if __name__ == "__main__":
    main()
