//! What a chart of lines says in words.

use super::alt::{counted, name, opening};
use super::series::{Line, Point, Series, drawable};
use super::xml::clean;

/// How many lines and periods, and where the strong line, or else each of few lines, starts and ends.
pub(super) fn alt_text(chart: &Series) -> String {
    let mut out = opening("Line chart", &chart.title, &chart.unit);
    let lines = counted(chart.lines.len(), "line");
    out.push_str(&format!(
        " {lines}, {}",
        counted(chart.periods.len(), "period")
    ));
    if let (Some(first), Some(last)) = (chart.periods.first(), chart.periods.last()) {
        out.push_str(&format!(" ({} to {})", name(first), name(last)));
    }
    out.push('.');
    let any_strong = chart.lines.iter().any(|line| line.strong);
    let told = chart.lines.iter().filter(|line| line.strong || !any_strong);
    for line in told.take(3) {
        let points = drawable(line);
        let say = |p: &(usize, Point)| {
            let value = clean(&(chart.format)(p.1.0));
            match chart.periods.get(p.0) {
                Some(period) => format!("{value} in {}", name(period)),
                None => value,
            }
        };
        match points.as_slice() {
            [] => {}
            [only] => out.push_str(&format!(" {}: {}.", name(&line.label), say(only))),
            [first, .., last] => out.push_str(&format!(
                " {}: from {} to {}.",
                name(&line.label),
                say(first),
                say(last)
            )),
        }
    }
    let ends: Vec<(f64, &Line)> = chart
        .lines
        .iter()
        .filter(|line| !line.strong)
        .filter_map(|line| Some((drawable(line).last()?.1.0, line)))
        .collect();
    let low = ends.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    let high = ends.iter().max_by(|a, b| a.0.total_cmp(&b.0));
    if let (Some((l, low)), Some((h, high)), true) = (low, high, ends.len() > 3) {
        let (l, h) = (clean(&(chart.format)(*l)), clean(&(chart.format)(*h)));
        let (low, high) = (name(&low.label), name(&high.label));
        out.push_str(&format!(
            " At the end lowest {low} {l}, highest {high} {h}."
        ));
    }
    let empty = chart
        .lines
        .iter()
        .filter(|l| drawable(l).is_empty())
        .count();
    if empty > 0 {
        let has = if empty == 1 { "has" } else { "have" };
        out.push_str(&format!(" {} {has} no value.", counted(empty, "line")));
    }
    out
}
