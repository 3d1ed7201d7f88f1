#!/usr/bin/env bash
# A visit at ten past midnight on New Year's Day in Madrid, written by pandas with its time zone, belongs to 2023 in pandas
# and polars, and to 2022 in DuckDB: the zone's name stands in the file only where pandas and Arrow look for it, and DuckDB
# counts years and months by the setting of the machine that reads. The same query over the same file gives other
# yearly counts in a town hall and on a server set to UTC.
#
# Seen with pandas 3.1.1, pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.1. Fails when that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1 pytz
"$work/venv/bin/python" - "$work" <<'PY'
import os, sys
import duckdb, pandas as pd, polars as pl

path = os.path.join(sys.argv[1], "visits.parquet")
visited = pd.to_datetime(["2023-01-01 00:10", "2023-03-01 00:30"]).tz_localize("Europe/Madrid")
pd.DataFrame({"visited": visited, "visits": [1, 1]}).to_parquet(path)

by_pandas = pd.read_parquet(path)["visited"].dt.year.tolist()
by_polars = pl.read_parquet(path)["visited"].dt.year().to_list()
by_duckdb = {}
for zone in ("Europe/Madrid", "UTC", "America/Bogota"):
    connection = duckdb.connect()
    connection.execute(f"set timezone = '{zone}'")
    by_duckdb[zone] = connection.execute(f"select year(visited), month(visited) from '{path}'").fetchall()
print("pandas:", by_pandas, "| polars:", by_polars, "| duckdb by its setting:", by_duckdb)
assert by_pandas == by_polars == [2023, 2023]
assert by_duckdb["Europe/Madrid"] == [(2023, 1), (2023, 3)]
assert by_duckdb["UTC"] == by_duckdb["America/Bogota"] == [(2022, 12), (2023, 2)]
PY
