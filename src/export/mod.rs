//! Stage 7, render: the outcome as CSV, JSON and Parquet.
