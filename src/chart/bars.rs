//! A bar per row from zero: amounts and counts.

use super::alt::{self, Said};
use super::dots::{colour, words};
use super::pick::Pick;
use super::rows::{Frame, Row};
use super::scale::{Domain, usable};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One row of a bar chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What the row is.
    pub label: String,
    /// Its value, unless missing.
    pub value: Option<f64>,
    /// Words in place of a bar when there is no value ("no rows"), else beside the value when the pointer rests on the row.
    pub note: Option<String>,
    /// The total, or another row to stand out.
    pub strong: bool,
}

/// A bar chart; rows are drawn in the order given, and the zero line is always there.
pub struct Bars<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// The rows.
    pub bars: Vec<Bar>,
    /// Writes a number.
    pub format: Format<'a>,
}

/// Draws a bar chart.
pub fn bars(chart: &Bars) -> Result<Svg, ChartError> {
    let format = chart.format;
    let values: Vec<f64> = chart.bars.iter().filter_map(|b| usable(b.value)).collect();
    let domain = Domain::of(&values, &[], true);
    let said: Vec<Said> = chart
        .bars
        .iter()
        .map(|b| Said {
            label: &b.label,
            value: b.value,
            strong: b.strong,
        })
        .collect();
    let mut alt = alt::rows("Bar chart", &chart.title, &chart.unit, &said, format);
    let pick: Vec<(Option<f64>, bool)> = chart.bars.iter().map(|b| (b.value, b.strong)).collect();
    if let Some(hidden) = Pick::of(&pick).words() {
        alt.push_str(&format!(" {hidden}"));
    }
    both(alt, |layout, alt| {
        let frame = Frame {
            title: &chart.title,
            unit: &chart.unit,
            rows: chart.bars.iter().map(|bar| row(bar, format)).collect(),
            pick: Pick::of(&pick),
            domain,
            reference: None,
            lines: &[],
            format,
            rules: false,
            zero: true,
            key: Vec::new(),
            heading: "",
            notes: Vec::new(),
            footnotes: Vec::new(),
            alt,
        };
        frame.draw(layout, &|canvas, index, scale, y| {
            let Some(bar) = chart.bars.get(index) else {
                return;
            };
            if let Some(value) = usable(bar.value) {
                let (zero, end) = (scale.at(0.0), scale.at(value));
                canvas.rect((zero, y - 7.0), (end, y + 7.0), colour(bar.strong));
            }
        })
    })
}

fn row(bar: &Bar, format: Format) -> Row {
    let written = usable(bar.value).map(|v| clean(&format(v)));
    let note = words(bar.note.as_deref());
    let mut hover = format!(
        "{}: {}",
        clean(&bar.label),
        written.as_deref().unwrap_or(&note)
    );
    if let (Some(_), Some(note)) = (&written, &bar.note) {
        hover.push_str(&format!("; {}", clean(note)));
    }
    Row {
        label: bar.label.clone(),
        strong: bar.strong,
        written,
        note,
        hover,
        ..Row::default()
    }
}
