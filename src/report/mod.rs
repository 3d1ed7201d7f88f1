//! Stage 7, render: the report.
