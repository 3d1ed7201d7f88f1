//! What a heat map shows, in words.

use super::alt::{counted, name, opening};
use super::heat_map::{HeatCell, HeatMap, cell};
use super::xml::clean;

/// Rows with the highest and the lowest mean of what is known, with those means in words; `None` where fewer than two rows have any.
pub(super) fn ends(chart: &HeatMap, most: usize) -> Option<(Vec<String>, Vec<String>)> {
    let mut means: Vec<(usize, f64)> = Vec::new();
    for (r, row) in chart.rows.iter().enumerate() {
        let known: Vec<f64> = (0..chart.columns.len())
            .filter_map(|c| match cell(row, c) {
                HeatCell::Value(v) => Some(v),
                _ => None,
            })
            .collect();
        // Rows that are mostly empty would be at the ends by chance.
        if !known.is_empty() && 2 * known.len() >= chart.columns.len() {
            let n = known.len() as f64;
            means.push((r, known.iter().map(|v| v / n).sum()));
        }
    }
    if means.len() < 2 {
        return None;
    }
    means.sort_by(|a, b| b.1.total_cmp(&a.1));
    let most = most.min(means.len() / 2);
    let say = |(r, mean): &(usize, f64)| {
        let label = chart
            .rows
            .get(*r)
            .map(|r| name(&r.label))
            .unwrap_or_default();
        format!("{label} {}", clean(&(chart.format)(*mean)))
    };
    Some((
        means.iter().take(most).map(say).collect(),
        means.iter().rev().take(most).map(say).collect(),
    ))
}

/// Size, ends, and how many cells are empty for which reason.
pub(super) fn alt_text(chart: &HeatMap) -> String {
    let mut out = opening("Heat map", &chart.title, &chart.unit);
    out.push_str(&format!(
        " {}, {}.",
        counted(chart.rows.len(), "row"),
        counted(chart.columns.len(), "column")
    ));
    let cells = || {
        let rows = chart.rows.iter();
        rows.flat_map(|r| (0..chart.columns.len()).map(|c| cell(r, c)))
    };
    let count = |wanted: HeatCell| cells().filter(|c| *c == wanted).count();
    let (missing, withheld) = (count(HeatCell::Missing), count(HeatCell::Withheld));
    let all = cells().count();
    if all > 0 && missing + withheld == all {
        out.push_str(" No cell has a value.");
        return out;
    }
    let values = || {
        cells().filter_map(|c| match c {
            HeatCell::Value(v) => Some(v),
            _ => None,
        })
    };
    let (below, above) = (
        values().filter(|v| *v < 0.0).count(),
        values().filter(|v| *v > 0.0).count(),
    );
    if all > 0 {
        let side = |word: &str| {
            let word = clean(word);
            if word.is_empty() {
                word
            } else {
                format!(" ({word})")
            }
        };
        out.push_str(&format!(
            " {} above zero{}, {below} below{}.",
            counted(above, "cell"),
            side(&chart.high),
            side(&chart.low)
        ));
    }
    if let Some((high, low)) = ends(chart, 1)
        && let (Some(high), Some(low)) = (high.first(), low.first())
    {
        out.push_str(&format!(" On average highest {high}, lowest {low}."));
    }
    if missing > 0 {
        let has = if missing == 1 { "has" } else { "have" };
        out.push_str(&format!(" {} {has} no value.", counted(missing, "cell")));
    }
    if withheld > 0 {
        let is = if withheld == 1 { "is" } else { "are" };
        out.push_str(&format!(" {} {is} withheld.", counted(withheld, "cell")));
    }
    out
}
