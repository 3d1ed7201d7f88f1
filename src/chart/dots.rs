//! A dot per row with its interval: estimates side by side.

use super::alt::{self, Said};
use super::canvas::Colour;
use super::interval::{arrows, whisker};
use super::pick::Pick;
use super::rows::{Frame, Row};
use super::scale::{Domain, interval, usable};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One row of a dot plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// What the row is.
    pub label: String,
    /// Its value, unless missing.
    pub value: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Words in place of a mark when there is no value ("no rows"), else beside the value when the pointer rests on the row.
    pub note: Option<String>,
    /// The total, or another row to stand out.
    pub strong: bool,
}

/// A dot plot; rows are drawn in the order given.
pub struct Dots<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// The rows.
    pub dots: Vec<Dot>,
    /// A line to compare with, and its name.
    pub reference: Option<(String, f64)>,
    /// Writes a number.
    pub format: Format<'a>,
}

/// Draws a dot plot.
pub fn dots(chart: &Dots) -> Result<Svg, ChartError> {
    let format = chart.format;
    let values: Vec<f64> = chart.dots.iter().filter_map(|d| usable(d.value)).collect();
    let intervals: Vec<(f64, f64)> = chart
        .dots
        .iter()
        .filter(|d| usable(d.value).is_some())
        .filter_map(|d| interval(d.low, d.high))
        .collect();
    let reference = chart
        .reference
        .as_ref()
        .and_then(|(words, value)| Some((words.clone(), usable(Some(*value))?)));
    let mut shown = values.clone();
    if !values.is_empty() {
        shown.extend(reference.iter().map(|(_, value)| *value));
    }
    let domain = Domain::of(&shown, &intervals, false);
    let said: Vec<Said> = chart
        .dots
        .iter()
        .map(|d| Said {
            label: &d.label,
            value: d.value,
            strong: d.strong,
        })
        .collect();
    let mut words = alt::rows("Dot plot", &chart.title, &chart.unit, &said, format);
    let pick: Vec<(Option<f64>, bool)> = chart.dots.iter().map(|d| (d.value, d.strong)).collect();
    if let Some(hidden) = Pick::of(&pick).words() {
        words.push_str(&format!(" {hidden}"));
    }
    if let Some((name, value)) = &reference {
        words.push_str(&format!(" {}: {}.", clean(name), clean(&format(*value))));
    }
    both(words, |layout, alt| {
        let frame = Frame {
            title: &chart.title,
            unit: &chart.unit,
            rows: chart.dots.iter().map(|dot| row(dot, format)).collect(),
            pick: Pick::of(&pick),
            domain,
            reference: reference.clone(),
            lines: &[],
            format,
            rules: true,
            zero: true,
            key: Vec::new(),
            heading: "",
            notes: Vec::new(),
            footnotes: arrows(domain, &intervals),
            alt,
        };
        frame.draw(layout, &|canvas, index, scale, y| {
            let Some(dot) = chart.dots.get(index) else {
                return;
            };
            let colour = colour(dot.strong);
            if let Some(ends) = interval(dot.low, dot.high) {
                whisker(canvas, scale, ends, y, colour);
            }
            if let Some(value) = usable(dot.value) {
                canvas.disc((scale.at(value), y), 5, colour);
            }
        })
    })
}

/// Colour of a row's marks.
pub(super) fn colour(strong: bool) -> Colour {
    if strong { Colour::Ink } else { Colour::Blue }
}

fn row(dot: &Dot, format: Format) -> Row {
    let written = usable(dot.value).map(|v| clean(&format(v)));
    let note = words(dot.note.as_deref());
    let mut hover = format!(
        "{}: {}",
        clean(&dot.label),
        written.as_deref().unwrap_or(&note)
    );
    if let (Some(_), Some((low, high))) = (&written, interval(dot.low, dot.high)) {
        hover.push_str(&clean(&format!(" ({} – {})", format(low), format(high))));
    }
    if let (Some(_), Some(note)) = (&written, &dot.note) {
        hover.push_str(&format!("; {}", clean(note)));
    }
    Row {
        label: dot.label.clone(),
        strong: dot.strong,
        written,
        note,
        hover,
        ..Row::default()
    }
}

/// The note of a row without a value; never empty.
pub(super) fn words(note: Option<&str>) -> String {
    match note.map(clean) {
        Some(note) if !note.is_empty() => note,
        _ => "no value".to_owned(),
    }
}
