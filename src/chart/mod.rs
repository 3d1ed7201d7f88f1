//! Stage 7, render: charts as SVG.
