#!/usr/bin/env bash
# Answers on an ordered scale ("very low" < "low" < "high"), kept as an ordered categorical by pandas and written to
# Parquet, lose their order in polars and DuckDB without a word: `answer > "low"` gives those who said "very low" and
# leaves out those who said "high", and sorting is by letters. The order is in the file (pyarrow and pandas read it).
#
# Seen with pandas 3.1.1, pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.1. Fails when that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1
"$work/venv/bin/python" - "$work" <<'PY'
import os, sys
import duckdb, pandas as pd, polars as pl, pyarrow.parquet as pq

path = os.path.join(sys.argv[1], "answers.parquet")
scale = ["very low", "low", "high"]
pd.DataFrame({"trust": pd.Categorical(["low", "very low", "high", "high"], categories=scale, ordered=True)}).to_parquet(path)

kept = pd.read_parquet(path)["trust"]
assert kept.cat.ordered and list(kept.cat.categories) == scale
assert pq.read_schema(path).field("trust").type.ordered
by_pandas = sorted(kept[kept > "low"])

answers = pl.read_parquet(path)
by_polars = answers.filter(pl.col("trust") > "low")["trust"].to_list()
by_duckdb = [row[0] for row in duckdb.sql(f"select trust from '{path}' where trust > 'low'").fetchall()]
print("more than low, pandas:", by_pandas, "| polars:", answers.schema["trust"], by_polars, "| duckdb:", by_duckdb)
assert by_pandas == ["high", "high"]
assert by_polars == ["very low"]
assert by_duckdb == ["very low"]
PY
