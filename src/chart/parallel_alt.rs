//! What parallel coordinates show, in words.

use super::alt::{counted, name, opening};
use super::parallel::{Parallel, lines, range, value};

/// Who is best and last in what, and where values are missing.
pub(super) fn alt_text(chart: &Parallel) -> String {
    let mut out = opening("Parallel coordinates", &chart.title, &chart.unit);
    let axes = counted(chart.axes.len(), "axis");
    out.push_str(&format!(
        " {}, {}.",
        counted(chart.lines.len(), "line"),
        axes.replace("axiss", "axes")
    ));
    for line in lines(chart) {
        let mut ends = [Vec::new(), Vec::new()];
        let mut missing = 0;
        for (a, axis) in chart.axes.iter().enumerate() {
            match (range(chart, a), value(line, a)) {
                (Some((worst, best)), Some(v)) if worst != best => {
                    if v == best {
                        ends[0].push(name(&axis.label));
                    } else if v == worst {
                        ends[1].push(name(&axis.label));
                    }
                }
                (_, None) => missing += 1,
                _ => {}
            }
        }
        let mut parts = Vec::new();
        for (words, ends) in ["best in", "last in"].into_iter().zip(ends) {
            match ends.len() {
                0 => {}
                1..=3 => parts.push(format!("{words} {}", ends.join(", "))),
                n => parts.push(format!("{words} {n}")),
            }
        }
        if missing > 0 {
            parts.push(format!("no value in {missing}"));
        }
        if !parts.is_empty() {
            out.push_str(&format!(" {}: {}.", name(&line.label), parts.join("; ")));
        }
    }
    out
}
