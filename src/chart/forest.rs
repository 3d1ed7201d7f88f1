//! Estimates with intervals under each other, around zero: a forest of effects, or one effect in many subgroups.

use super::alt::{self, Said};
use super::canvas::Colour;
use super::dots::{colour, words};
use super::interval::{arrows, whisker};
use super::legend::{Entry, Symbol};
use super::pick::Pick;
use super::rows::{Frame, Row};
use super::scale::{Domain, interval, usable};
use super::symbol::{Fill, Shape, node};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One estimate of a forest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ForestRow {
    /// What the row is.
    pub label: String,
    /// Heading over it and its neighbours; may be empty.
    pub group: String,
    /// The estimate, unless there is none.
    pub value: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Values up to so far from zero are shaded: they are smaller than what is of interest.
    pub smallest: Option<f64>,
    /// Which of the chart's marks it gets.
    pub mark: usize,
    /// Words in place of a mark when there is no value, else beside the value when the pointer rests on the row.
    pub note: Option<String>,
    /// The effect in all subgroups together, or another row to stand out.
    pub strong: bool,
}

/// A forest; rows are drawn in the order given.
pub struct Forest<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// The rows.
    pub rows: Vec<ForestRow>,
    /// Names of the marks, five at most; without any, all rows have a dot.
    pub marks: Vec<String>,
    /// Writes a value.
    pub format: Format<'a>,
    /// Writes a number on the axis.
    pub axis: Format<'a>,
}

/// Shapes by number of the mark; what is told by filled ones is surer.
const MARKS: [(Shape, Fill); 5] = [
    (Shape::Circle, Fill::Hollow),
    (Shape::Square, Fill::Hollow),
    (Shape::Diamond, Fill::Hollow),
    (Shape::Diamond, Fill::Solid),
    (Shape::Circle, Fill::Solid),
];

/// Draws a forest.
pub fn forest(chart: &Forest) -> Result<Svg, ChartError> {
    let valued = || chart.rows.iter().filter(|r| usable(r.value).is_some());
    let intervals: Vec<(f64, f64)> = valued().filter_map(|r| interval(r.low, r.high)).collect();
    let mut shown: Vec<f64> = valued().filter_map(|r| usable(r.value)).collect();
    if !shown.is_empty() {
        let smallest = valued().filter_map(|r| usable(r.smallest));
        shown.extend(smallest.flat_map(|s| [-s, s]));
    }
    let domain = Domain::of(&shown, &intervals, true);
    let pick: Vec<(Option<f64>, bool)> = chart.rows.iter().map(|r| (r.value, r.strong)).collect();
    both(alt_text(chart, &pick), |layout, alt| {
        let frame = Frame {
            title: &chart.title,
            unit: &chart.unit,
            rows: chart.rows.iter().map(|r| row(chart, r)).collect(),
            pick: Pick::of(&pick),
            domain,
            reference: None,
            lines: &[],
            format: chart.axis,
            rules: true,
            zero: true,
            key: key(chart),
            heading: "",
            notes: Vec::new(),
            footnotes: arrows(domain, &intervals),
            alt,
        };
        frame.draw(layout, &|canvas, index, scale, y| {
            let Some(row) = chart.rows.get(index) else {
                return;
            };
            let colour = colour(row.strong);
            if let Some(ends) = interval(row.low, row.high) {
                whisker(canvas, scale, ends, y, colour);
            }
            if let Some(value) = usable(row.value) {
                let (shape, fill) = look(chart, row);
                node(canvas, (scale.at(value), y), 5.5, shape, colour, fill);
            }
        })
    })
}

fn look(chart: &Forest, row: &ForestRow) -> (Shape, Fill) {
    let mark = MARKS.get(row.mark).filter(|_| !chart.marks.is_empty());
    mark.copied().unwrap_or((Shape::Circle, Fill::Solid))
}

/// Marks that occur, and the shade where there is one.
fn key(chart: &Forest) -> Vec<Entry> {
    let occurs = |mark: usize| {
        let mut rows = chart.rows.iter();
        rows.any(|r| r.mark == mark && usable(r.value).is_some())
    };
    let marks = chart.marks.iter().zip(MARKS).enumerate();
    let mut out: Vec<Entry> = marks
        .filter(|(i, _)| occurs(*i))
        .map(|(_, (words, (shape, fill)))| {
            Entry::new(Symbol::Node(shape, Colour::Blue, fill), words.as_str())
        })
        .collect();
    if chart.rows.iter().any(|r| usable(r.smallest).is_some()) {
        out.push(Entry::new(
            Symbol::Swatch(Colour::Measured),
            "smaller than what is of interest",
        ));
    }
    out
}

fn row(chart: &Forest, row: &ForestRow) -> Row {
    let format = chart.format;
    let written = usable(row.value).map(|v| clean(&format(v)));
    let note = words(row.note.as_deref());
    let said = written.as_deref().unwrap_or(&note);
    let mut hover = format!("{}: {said}", clean(&row.label));
    if let (Some(_), Some((low, high))) = (&written, interval(row.low, row.high)) {
        hover.push_str(&clean(&format!(" ({} to {})", format(low), format(high))));
    }
    if let Some(mark) = chart.marks.get(row.mark) {
        hover.push_str(&format!("; {}", clean(mark)));
    }
    if let (Some(_), Some(note)) = (&written, &row.note) {
        hover.push_str(&format!("; {}", clean(note)));
    }
    let band = usable(row.smallest).filter(|_| written.is_some());
    Row {
        label: row.label.clone(),
        strong: row.strong,
        written,
        note,
        hover,
        group: row.group.clone(),
        band: band.map(|s| (-s.abs(), s.abs())),
    }
}

/// The rows as in other charts, and on which side of zero their intervals lie.
fn alt_text(chart: &Forest, pick: &[(Option<f64>, bool)]) -> String {
    let said: Vec<Said> = chart
        .rows
        .iter()
        .map(|r| Said {
            label: &r.label,
            value: r.value,
            strong: r.strong,
        })
        .collect();
    let mut out = alt::rows(
        "Forest plot",
        &chart.title,
        &chart.unit,
        &said,
        chart.format,
    );
    if let Some(hidden) = Pick::of(pick).words() {
        out.push_str(&format!(" {hidden}"));
    }
    let valued = chart.rows.iter().filter(|r| usable(r.value).is_some());
    let ends: Vec<(f64, f64)> = valued.filter_map(|r| interval(r.low, r.high)).collect();
    if !ends.is_empty() {
        let above = ends.iter().filter(|(low, _)| *low > 0.0).count();
        let below = ends.iter().filter(|(_, high)| *high < 0.0).count();
        out.push_str(&format!(
            " Of {}, {above} above zero, {below} below, {} with zero inside.",
            alt::counted(ends.len(), "interval"),
            ends.len() - above - below
        ));
    }
    out
}
