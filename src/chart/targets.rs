//! What was reached beside what was meant to be reached. Which side of the target is the good one is not drawn: it depends on
//! the indicator.

use super::alt::{self, counted};
use super::canvas::Colour;
use super::dots::words;
use super::interval::{arrows, whisker};
use super::legend::{Entry, Symbol};
use super::pick::Pick;
use super::rows::{Frame, Row};
use super::scale::{Domain, interval, usable};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One row of a target chart.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetRow {
    /// What the row is.
    pub label: String,
    /// What was reached, unless missing.
    pub actual: Option<f64>,
    /// What was meant to be reached, unless there is no target.
    pub target: Option<f64>,
    /// Lower end of the interval of the actual value.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
    /// Words in place of the actual value when there is none.
    pub note: Option<String>,
}

/// A chart of actual values against targets; rows are drawn in the order given.
pub struct Targets<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// The rows.
    pub rows: Vec<TargetRow>,
    /// Writes a number.
    pub format: Format<'a>,
}

/// Draws a target chart.
pub fn targets(chart: &Targets) -> Result<Svg, ChartError> {
    let format = chart.format;
    let values: Vec<f64> = chart
        .rows
        .iter()
        .flat_map(|r| [usable(r.actual), usable(r.target)])
        .flatten()
        .collect();
    let intervals: Vec<(f64, f64)> = chart
        .rows
        .iter()
        .filter(|r| usable(r.actual).is_some())
        .filter_map(|r| interval(r.low, r.high))
        .collect();
    let domain = Domain::of(&values, &intervals, false);
    let pick: Vec<(Option<f64>, bool)> = chart
        .rows
        .iter()
        .map(|r| (r.actual.or(r.target), false))
        .collect();
    let mut alt = alt_text(chart);
    if let Some(hidden) = Pick::of(&pick).words() {
        alt.push_str(&format!(" {hidden}"));
    }
    both(alt, |layout, alt| {
        let frame = Frame {
            title: &chart.title,
            unit: &chart.unit,
            rows: chart.rows.iter().map(|r| row(r, format)).collect(),
            pick: Pick::of(&pick),
            domain,
            reference: None,
            lines: &[],
            format,
            rules: true,
            zero: true,
            key: vec![
                Entry::new(Symbol::Dot(Colour::Blue), "actual"),
                Entry::new(Symbol::Tick(Colour::Ink), "target"),
            ],
            heading: "actual / target",
            notes: Vec::new(),
            footnotes: arrows(domain, &intervals),
            alt,
        };
        frame.draw(layout, &|canvas, index, scale, y| {
            let Some(row) = chart.rows.get(index) else {
                return;
            };
            let (actual, target) = (usable(row.actual), usable(row.target));
            if let Some(target) = target {
                let x = scale.at(target);
                canvas.rect((x - 1.0, y - 9.0), (x + 2.0, y + 9.0), Colour::Ink);
            }
            if let Some(actual) = actual {
                if let Some(ends) = interval(row.low, row.high) {
                    whisker(canvas, scale, ends, y, Colour::Blue);
                }
                canvas.disc((scale.at(actual), y), 5, Colour::Blue);
            }
        })
    })
}

fn row(row: &TargetRow, format: Format) -> Row {
    let say = |v: Option<f64>| usable(v).map(|v| clean(&format(v)));
    let (actual, target) = (say(row.actual), say(row.target));
    let note = words(row.note.as_deref());
    let written = match (&actual, &target) {
        (Some(actual), Some(target)) => Some(format!("{actual} / {target}")),
        (Some(actual), None) => Some(format!("{actual} / –")),
        (None, Some(target)) => Some(format!("{note} / {target}")),
        (None, None) => None,
    };
    let mut hover = match (&actual, &target) {
        (Some(actual), Some(target)) => format!("{actual}, target {target}"),
        (Some(actual), None) => format!("{actual}, no target"),
        (None, Some(target)) => format!("{note}, target {target}"),
        (None, None) => note.clone(),
    };
    if let (Some(_), Some((low, high))) = (&actual, interval(row.low, row.high)) {
        hover.push_str(&clean(&format!(" ({} – {})", format(low), format(high))));
    }
    Row {
        label: row.label.clone(),
        strong: false,
        written,
        note,
        hover: format!("{}: {hover}", clean(&row.label)),
        ..Row::default()
    }
}

/// How many rows have both numbers, and where actual and target are furthest apart relative to the target.
fn alt_text(chart: &Targets) -> String {
    let mut out = alt::opening("Actual values against targets", &chart.title, &chart.unit);
    let both: Vec<(&TargetRow, f64, f64)> = chart
        .rows
        .iter()
        .filter_map(|r| Some((r, usable(r.actual)?, usable(r.target)?)))
        .collect();
    let at_least = both.iter().filter(|(_, a, t)| a >= t).count();
    out.push_str(&format!(" {}.", counted(chart.rows.len(), "row")));
    if !both.is_empty() {
        out.push_str(&format!(
            " In {at_least} of {} with both, the actual value is the target or more.",
            both.len()
        ));
        let ratio = |a: f64, t: f64| {
            if t.abs() > 0.0 {
                (a / t - 1.0).abs()
            } else {
                (a - t).abs()
            }
        };
        let mut furthest: Option<(&TargetRow, f64, f64)> = None;
        for (row, a, t) in both.iter().copied() {
            if furthest.is_none_or(|(_, fa, ft)| ratio(a, t) > ratio(fa, ft)) {
                furthest = Some((row, a, t));
            }
        }
        if let Some((row, a, t)) = furthest {
            out.push_str(&format!(
                " Furthest from its target: {}, {} against {}.",
                alt::name(&row.label),
                clean(&(chart.format)(a)),
                clean(&(chart.format)(t))
            ));
        }
    }
    let missing = chart
        .rows
        .iter()
        .filter(|r| usable(r.actual).is_none())
        .count();
    if missing > 0 {
        let has = if missing == 1 { "has" } else { "have" };
        let rows = counted(missing, "row");
        out.push_str(&format!(" {rows} {has} no actual value."));
    }
    out
}
