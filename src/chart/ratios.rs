//! Shares of a group among those who take part against its share of the population, as ratios on a logarithmic axis.

use super::alt::{self, Said};
use super::canvas::{Canvas, NOTE};
use super::dots::{colour, words};
use super::interval::{arrows, whisker};
use super::pick::Pick;
use super::rows::{Frame, Row};
use super::scale::{Domain, interval, usable};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct RatioRow {
    /// The group.
    pub label: String,
    /// Its ratio. Only a ratio above zero has a place on the axis: zero, infinity and missing ones have the note instead.
    pub ratio: Option<f64>,
    /// Lower end of its interval; zero goes on beyond the axis.
    pub low: Option<f64>,
    /// Upper end of its interval; infinity goes on beyond the axis.
    pub high: Option<f64>,
    /// Share of those who take part.
    pub participation: Option<f64>,
    /// Share of the population.
    pub population: Option<f64>,
    /// Words in place of a dot ("absent from participants", "absent from population", "withheld").
    pub note: Option<String>,
    /// A row to stand out.
    pub strong: bool,
}

/// A chart of ratios; rows are drawn in the order given, and a line marks 1.
pub struct Ratios<'a> {
    /// Heading.
    pub title: String,
    /// What is compared, under the heading.
    pub unit: String,
    /// The groups.
    pub rows: Vec<RatioRow>,
    /// What a ratio of 1 means ("equal shares").
    pub reference: String,
    /// Writes a ratio.
    pub format: Format<'a>,
    /// Writes a share.
    pub share: Format<'a>,
}

/// A ratio that has a place on the axis.
fn placed(row: &RatioRow) -> Option<f64> {
    usable(row.ratio).filter(|v| *v > 0.0)
}

/// The interval of a ratio that has a place on the axis.
fn ends(row: &RatioRow) -> Option<(f64, f64)> {
    placed(row)?;
    let high = row.high.map(|h| h.min(1e299));
    interval(row.low, high).filter(|(low, _)| *low >= 0.0)
}

/// Draws a chart of ratios.
pub fn ratios(chart: &Ratios) -> Result<Svg, ChartError> {
    let values: Vec<f64> = chart.rows.iter().filter_map(placed).collect();
    let intervals: Vec<(f64, f64)> = chart.rows.iter().filter_map(ends).collect();
    // Without any ratio the shares and notes are still shown.
    let domain = (!chart.rows.is_empty()).then(|| Domain::of_ratios(&values, &intervals));
    let pick: Vec<(Option<f64>, bool)> = chart.rows.iter().map(|r| (placed(r), r.strong)).collect();
    let mut alt = alt_text(chart);
    if let Some(hidden) = Pick::of(&pick).words() {
        alt.push_str(&format!(" {hidden}"));
    }
    both(alt, |layout, alt| {
        let frame = Frame {
            title: &chart.title,
            unit: &chart.unit,
            rows: chart.rows.iter().map(|r| row(chart, r)).collect(),
            pick: Pick::of(&pick),
            domain,
            reference: Some((clean(&chart.reference), 1.0)),
            lines: &[],
            format: chart.format,
            rules: true,
            zero: false,
            key: Vec::new(),
            heading: "ratio (participants / population)",
            notes: Vec::new(),
            footnotes: arrows(domain, &intervals),
            alt,
        };
        frame.draw(layout, &|canvas, index, scale, y| {
            let Some(row) = chart.rows.get(index) else {
                return;
            };
            let Some(ratio) = placed(row) else {
                absent(canvas, row, scale.from + 6.0, scale.to, y);
                return;
            };
            let colour = colour(row.strong);
            if let Some(ends) = ends(row) {
                whisker(canvas, scale, ends, y, colour);
            }
            canvas.disc((scale.at(ratio), y), 5, colour);
        })
    })
}

/// Why a row has no dot, in its place.
fn absent(canvas: &mut Canvas, row: &RatioRow, from: f64, to: f64, y: f64) {
    let words = words(row.note.as_deref());
    let block = super::text::wrap(&words, NOTE.size, NOTE.weight, to - from, 1);
    if let Some(line) = block.lines.first() {
        let full = block.shortened.then_some(words.as_str());
        canvas.text_over(line, from, y + 4.0, NOTE, full);
    }
}

fn row(chart: &Ratios, row: &RatioRow) -> Row {
    let share = |v: Option<f64>| match usable(v) {
        Some(v) => clean(&(chart.share)(v)),
        None => "–".to_owned(),
    };
    let shares = format!("{} / {}", share(row.participation), share(row.population));
    let note = words(row.note.as_deref());
    let ratio = placed(row).map(|v| clean(&(chart.format)(v)));
    let mut hover = format!(
        "{}: {}",
        clean(&row.label),
        ratio.as_deref().unwrap_or(&note)
    );
    if let Some((low, high)) = ends(row) {
        let high = row.high.filter(|h| h.is_finite()).map(|_| high);
        let high = high.map_or("∞".to_owned(), |h| clean(&(chart.format)(h)));
        hover.push_str(&format!(" ({} – {high})", clean(&(chart.format)(low))));
    }
    hover.push_str(&format!("; participants / population {shares}"));
    let any = usable(row.participation).is_some() || usable(row.population).is_some();
    let written = match (&ratio, any) {
        (Some(ratio), true) => Some(format!("{ratio}  ({shares})")),
        (Some(ratio), false) => Some(ratio.clone()),
        (None, true) => Some(format!("({shares})")),
        (None, false) => None,
    };
    Row {
        label: row.label.clone(),
        strong: row.strong,
        written,
        note,
        hover,
        ..Row::default()
    }
}

/// The rows, how many are above and below 1, and who is absent.
fn alt_text(chart: &Ratios) -> String {
    let said: Vec<Said> = chart
        .rows
        .iter()
        .map(|r| Said {
            label: &r.label,
            value: placed(r),
            strong: r.strong,
        })
        .collect();
    let mut out = alt::rows("Ratios", &chart.title, &chart.unit, &said, chart.format);
    let count = |of: &dyn Fn(f64) -> bool| {
        chart
            .rows
            .iter()
            .filter_map(placed)
            .filter(|v| of(*v))
            .count()
    };
    let (above, below) = (count(&|v| v > 1.0), count(&|v| v < 1.0));
    if above + below > 0 {
        out.push_str(&format!(" {above} above 1, {below} below 1."));
    }
    let mut notes: Vec<(String, Vec<String>)> = Vec::new();
    for row in chart.rows.iter().filter(|r| placed(r).is_none()) {
        let note = words(row.note.as_deref());
        let label = alt::name(&row.label);
        match notes.iter_mut().find(|(n, _)| *n == note) {
            Some((_, labels)) => labels.push(label),
            None => notes.push((note, vec![label])),
        }
    }
    notes.retain(|(note, _)| note != "no value");
    for (note, labels) in notes.iter().take(4) {
        let more = labels.len().saturating_sub(6);
        let shown: Vec<&str> = labels.iter().take(6).map(String::as_str).collect();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        out.push_str(&format!(
            " {}: {}{more}.",
            alt::capital(note),
            shown.join(", ")
        ));
    }
    out
}
