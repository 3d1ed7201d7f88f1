#!/usr/bin/env bash
# Provinces and municipalities have codes with leading zeros ("08" is Barcelona). Written as folders of Parquet files
# (province=08/...), the codes come back as the number 8: polars and pandas guess a number from the folder's name, pandas
# even for what pandas itself wrote from a text column. A join with a table of places by code then finds nothing. DuckDB
# keeps the text.
#
# Seen with pandas 3.1.1, pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.1. Fails when that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1
"$work/venv/bin/python" - "$work" <<'PY'
import os, sys
import duckdb, pandas as pd, polars as pl

folder = os.path.join(sys.argv[1], "activities")
written = pd.DataFrame({"province": ["08", "17", "08", "43"], "participants": [12, 7, 9, 30]})
written.to_parquet(folder, partition_cols=["province"])
assert sorted(os.listdir(folder)) == ["province=08", "province=17", "province=43"]

by_pandas = pd.read_parquet(folder)["province"]
by_polars = pl.scan_parquet(f"{folder}/**/*.parquet", hive_partitioning=True).collect()["province"]
by_duckdb = [row[0] for row in duckdb.sql(f"select distinct province from read_parquet('{folder}/*/*.parquet') order by 1").fetchall()]
print("pandas:", sorted(set(by_pandas)), "| polars:", by_polars.dtype, sorted(set(by_polars)), "| duckdb:", by_duckdb)
assert sorted(set(by_pandas)) == [8, 17, 43]
assert by_polars.dtype == pl.Int64 and sorted(set(by_polars)) == [8, 17, 43]
assert by_duckdb == ["08", "17", "43"]

places = pd.DataFrame({"province": ["08", "17", "43"], "name": ["Barcelona", "Girona", "Tarragona"]})
joined = pl.DataFrame({"province": by_polars.cast(pl.String)}).join(pl.from_pandas(places), on="province", how="left")
lost = joined["name"].null_count()
print(f"rows without a place after the join by code: {lost} of {joined.height}")
assert lost == 2
PY
