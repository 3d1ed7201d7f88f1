//! How far groups differ on what was known of them, before and after adjustment (Love plot).

use super::alt::{self, Said};
use super::canvas::Colour;
use super::legend::{Entry, Symbol};
use super::pick::Pick;
use super::rows::{Frame, Row};
use super::scale::{Domain, usable};
use super::symbol::{Fill, Shape, node};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One variable, or a category of one.
#[derive(Debug, Clone, PartialEq)]
pub struct LoveRow {
    /// What it is.
    pub label: String,
    /// Standardised difference.
    pub difference: Option<f64>,
    /// The same after weighting or matching.
    pub adjusted: Option<f64>,
}

/// A chart of standardised differences.
pub struct Love<'a> {
    /// Heading.
    pub title: String,
    /// What differences are divided by, under the heading.
    pub denominator: String,
    /// The variables.
    pub rows: Vec<LoveRow>,
    /// Writes a standardised difference.
    pub format: Format<'a>,
}

/// Differences beyond this stand out.
const NOTABLE: f64 = 0.1;
const BEFORE: (Shape, Fill) = (Shape::Circle, Fill::Hollow);
const AFTER: (Shape, Fill) = (Shape::Diamond, Fill::Solid);

/// Draws standardised differences.
pub fn love(chart: &Love) -> Result<Svg, ChartError> {
    let all = chart.rows.iter().flat_map(|r| [r.difference, r.adjusted]);
    let mut values: Vec<f64> = all.filter_map(usable).collect();
    if !values.is_empty() {
        values.extend([-NOTABLE * 1.5, NOTABLE * 1.5]);
    }
    let domain = Domain::of(&values, &[], true);
    // The largest differences are shown where there are too many rows for all.
    let pick: Vec<(Option<f64>, bool)> = chart.rows.iter().map(|r| (r.difference, false)).collect();
    let adjusted = chart.rows.iter().any(|r| usable(r.adjusted).is_some());
    let mut key = vec![mark(
        BEFORE,
        if adjusted {
            "before adjustment"
        } else {
            "difference"
        },
    )];
    if adjusted {
        key.push(mark(AFTER, "after adjustment"));
    }
    let words = format!("lines at \u{2212}{0} and {0}", (chart.format)(NOTABLE));
    key.push(Entry::new(Symbol::Tick(Colour::Vermilion), words));
    both(alt_text(chart), |layout, alt| {
        let frame = Frame {
            title: &chart.title,
            unit: &chart.denominator,
            rows: chart.rows.iter().map(|r| row(r, chart.format)).collect(),
            pick: Pick::of(&pick),
            domain,
            reference: None,
            lines: &[-NOTABLE, NOTABLE],
            format: chart.format,
            rules: true,
            zero: true,
            key: key.clone(),
            heading: "",
            notes: Vec::new(),
            footnotes: Vec::new(),
            alt,
        };
        frame.draw(layout, &|canvas, index, scale, y| {
            let Some(row) = chart.rows.get(index) else {
                return;
            };
            for (value, (shape, fill)) in [(row.difference, BEFORE), (row.adjusted, AFTER)] {
                if let Some(value) = usable(value) {
                    node(canvas, (scale.at(value), y), 5.0, shape, Colour::Blue, fill);
                }
            }
        })
    })
}

fn mark((shape, fill): (Shape, Fill), words: &str) -> Entry {
    Entry::new(Symbol::Node(shape, Colour::Blue, fill), words)
}

fn row(row: &LoveRow, format: Format) -> Row {
    let write = |v: Option<f64>| usable(v).map(|v| clean(&format(v)));
    let (before, after) = (write(row.difference), write(row.adjusted));
    let written = match (before, after) {
        (Some(before), Some(after)) => Some(format!("{before} → {after}")),
        (before, after) => before.or(after),
    };
    let note = "no standardised difference".to_owned();
    let said = written.as_deref().unwrap_or(&note);
    Row {
        label: row.label.clone(),
        hover: format!("{}: {said}", clean(&row.label)),
        written,
        note,
        ..Row::default()
    }
}

fn alt_text(chart: &Love) -> String {
    let said: Vec<Said> = chart
        .rows
        .iter()
        .map(|r| Said {
            label: &r.label,
            value: r.difference,
            strong: false,
        })
        .collect();
    let (title, unit) = (&chart.title, &chart.denominator);
    let mut out = alt::rows("Standardised differences", title, unit, &said, chart.format);
    let above = |value: fn(&LoveRow) -> Option<f64>| {
        let all = chart.rows.iter().filter_map(|r| usable(value(r)));
        all.filter(|v| v.abs() > NOTABLE).count()
    };
    out.push_str(&format!(
        " {} farther than {} from zero",
        above(|r| r.difference),
        clean(&(chart.format)(NOTABLE))
    ));
    if chart.rows.iter().any(|r| usable(r.adjusted).is_some()) {
        out.push_str(&format!("; after adjustment {}", above(|r| r.adjusted)));
    }
    out.push('.');
    out
}
