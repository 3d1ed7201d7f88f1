//! Differences or ratios of pairs, or levels with the letters of those that are not shown to differ, with their intervals.

use super::alt::{self, Said, counted, name};
use super::canvas::Colour;
use super::dots::words;
use super::ends::{Ends, apart, tamed, tamed_ratios, thin};
use super::interval::{arrows, whisker};
use super::legend::{Entry, Symbol};
use super::pen::Stroke;
use super::roster::{Column, Item, Roster};
use super::scale::{Domain, interval, usable};
use super::symbol::{Fill, Shape, node};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// A pair, or one programme.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DifferenceRow {
    /// What is compared ("Köln – Trabzon against the benchmark"), or what the level is of.
    pub label: String,
    /// Heading over it and its neighbours; may be empty.
    pub group: String,
    /// The difference, ratio or level, unless there is none.
    pub value: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// The second column: an adjusted p value, or letters.
    pub second: String,
    /// Whether it is shown to differ: a filled mark, else a hollow one. `None` where that is not asked: filled.
    pub differs: Option<bool>,
    /// Words in place of marks when there is no value.
    pub note: Option<String>,
    /// The benchmark, or another row to stand out.
    pub strong: bool,
}

/// Differences, ratios or levels; rows are drawn in the order given.
pub struct Differences<'a> {
    /// Heading.
    pub title: String,
    /// What is compared, under the heading.
    pub unit: String,
    /// The rows.
    pub rows: Vec<DifferenceRow>,
    /// No difference: 0, or 1 for ratios; none for levels.
    pub null: Option<f64>,
    /// Values are ratios above zero, on a logarithmic axis.
    pub ratio: bool,
    /// Heading of the values ("difference [95 %, all at once]").
    pub heading: String,
    /// Heading of the second column ("adjusted p", "letters").
    pub second: String,
    /// Words over the left and right end of the axis ("less", "more"); may be empty.
    pub sides: [String; 2],
    /// How several comparisons are taken account of, or what letters mean; under the chart.
    pub explanation: String,
    /// Writes a value.
    pub format: Format<'a>,
    /// Writes a number on the axis.
    pub axis: Format<'a>,
}

/// More rows than this are sorted, and only the ends are named.
const FULL: usize = 60;
const NAMED: usize = 20;

fn value(chart: &Differences, row: &DifferenceRow) -> Option<f64> {
    usable(row.value).filter(|v| !chart.ratio || *v > 0.0)
}

fn ends(chart: &Differences, row: &DifferenceRow) -> Option<(f64, f64)> {
    value(chart, row)?;
    interval(row.low, row.high).filter(|(low, _)| !chart.ratio || *low >= 0.0)
}

fn intervals(chart: &Differences) -> Vec<(f64, f64)> {
    let rows = chart.rows.iter();
    rows.filter_map(|r| ends(chart, r)).collect()
}

fn domain(chart: &Differences) -> Option<Domain> {
    let mut shown: Vec<f64> = chart.rows.iter().filter_map(|r| value(chart, r)).collect();
    if shown.is_empty() {
        return None;
    }
    let intervals = intervals(chart);
    if chart.ratio {
        return Some(Domain::of_ratios(&shown, &tamed_ratios(&intervals)));
    }
    let intervals = tamed(&intervals);
    shown.extend(usable(chart.null));
    Domain::of(&shown, &intervals, chart.null == Some(0.0))
}

/// Draws differences, ratios or levels.
pub fn differences(chart: &Differences) -> Result<Svg, ChartError> {
    let domain = domain(chart);
    let compact = chart.rows.len() > FULL;
    let order = if compact {
        let values: Vec<Option<f64>> = chart.rows.iter().map(|r| value(chart, r)).collect();
        Ends::of(&values, NAMED).order
    } else {
        (0..chart.rows.len()).map(|i| (i, true)).collect()
    };
    let rows: Vec<(&DifferenceRow, bool)> = order
        .iter()
        .filter_map(|(i, named)| Some((chart.rows.get(*i)?, *named)))
        .map(|(row, named)| (row, named || row.strong))
        .collect();
    let thin_rows = rows.iter().filter(|(_, named)| !named).count();
    let null = usable(chart.null);
    let null = null.map(|v| (v, Stroke::new(Colour::Axis, 1.0, "")));
    both(alt_text(chart), |layout, alt| {
        let mut group = "";
        let items = rows.iter().map(|(row, named)| {
            let mut item = item(chart, row, !named);
            // Sorted rows have left their groups.
            if row.group != group && !compact {
                group = &row.group;
                item.heading = row.group.clone();
            }
            item
        });
        let notes = (thin_rows > 0).then(|| {
            format!(
                "Sorted. The highest and lowest are named; {} between: a thin line each.",
                counted(thin_rows, "row")
            )
        });
        let mut footnotes = arrows(domain, &intervals(chart));
        if compact {
            let without = chart.rows.iter().filter(|r| value(chart, r).is_none());
            let without: Vec<(String, String)> = without
                .map(|r| (name(&r.label), words(r.note.as_deref())))
                .collect();
            footnotes.extend(apart(&without));
        }
        footnotes.extend(
            [clean(&chart.explanation)]
                .into_iter()
                .filter(|w| !w.is_empty()),
        );
        let mut columns = vec![Column {
            heading: chart.heading.clone(),
            before: String::new(),
        }];
        if chart.rows.iter().any(|r| !r.second.is_empty()) {
            columns.push(Column {
                heading: chart.second.clone(),
                before: format!("{} ", clean(&chart.second)),
            });
        }
        let roster = Roster {
            title: &chart.title,
            unit: &chart.unit,
            items: items.collect(),
            columns,
            domain,
            ticks: None,
            format: chart.axis,
            zone: None,
            uprights: null.into_iter().collect(),
            sides: chart.sides.clone(),
            key: key(chart),
            notes: notes.into_iter().collect(),
            footnotes,
            alt,
        };
        roster.draw(layout, &|canvas, index, scale, y| {
            let Some((row, named)) = rows.get(index) else {
                return;
            };
            let (colour, fill) = look(row);
            let reach = ends(chart, row);
            if !named {
                thin(canvas, scale, value(chart, row), reach, y, colour);
                return;
            }
            if let Some(reach) = reach {
                whisker(canvas, scale, reach, y, colour);
            }
            if let Some(value) = value(chart, row) {
                let at = (scale.at(value), y);
                node(canvas, at, 5.5, Shape::Circle, colour, fill);
            }
        })
    })
}

fn look(row: &DifferenceRow) -> (Colour, Fill) {
    match (row.strong, row.differs) {
        (true, Some(false)) => (Colour::Ink, Fill::Hollow),
        (true, _) => (Colour::Ink, Fill::Solid),
        (false, Some(false)) => (Colour::Axis, Fill::Hollow),
        (false, _) => (Colour::Blue, Fill::Solid),
    }
}

fn key(chart: &Differences) -> Vec<Entry> {
    let has = |differs: bool| {
        let mut rows = chart.rows.iter();
        rows.any(|r| r.differs == Some(differs) && value(chart, r).is_some())
    };
    let mark = |colour, fill| Symbol::Node(Shape::Circle, colour, fill);
    let mut out = Vec::new();
    if has(true) {
        out.push(Entry::new(
            mark(Colour::Blue, Fill::Solid),
            "shown to differ",
        ));
    }
    if has(false) {
        let words = "not shown to differ";
        out.push(Entry::new(mark(Colour::Axis, Fill::Hollow), words));
    }
    out
}

fn item(chart: &Differences, row: &DifferenceRow, thin: bool) -> Item {
    let note = words(row.note.as_deref());
    let Some(at) = value(chart, row) else {
        return Item {
            label: row.label.clone(),
            strong: row.strong,
            hover: format!("{}: {note}", row.label),
            note,
            thin,
            ..Item::default()
        };
    };
    let mut written = clean(&(chart.format)(at));
    if let Some((low, high)) = ends(chart, row) {
        let (low, high) = ((chart.format)(low), (chart.format)(high));
        written = clean(&format!("{written} [{low}; {high}]"));
    }
    let second = clean(&row.second);
    let mut hover = format!("{}: {written}", row.label);
    if !second.is_empty() {
        hover.push_str(&format!("; {} {second}", chart.second));
    }
    Item {
        label: row.label.clone(),
        strong: row.strong,
        drawn: true,
        cells: vec![written, second],
        hover,
        thin,
        ..Item::default()
    }
}

/// The rows as in other charts, and how many are shown to differ.
fn alt_text(chart: &Differences) -> String {
    let said: Vec<Said> = chart
        .rows
        .iter()
        .map(|r| Said {
            label: &r.label,
            value: value(chart, r),
            strong: r.strong,
        })
        .collect();
    let kind = match (chart.null.is_some(), chart.ratio) {
        (true, true) => "Ratios",
        (true, false) => "Differences",
        (false, _) => "Levels",
    };
    let mut out = alt::rows(kind, &chart.title, &chart.unit, &said, chart.format);
    let asked = chart.rows.iter().filter(|r| value(chart, r).is_some());
    let asked: Vec<bool> = asked.filter_map(|r| r.differs).collect();
    if !asked.is_empty() {
        let differ = asked.iter().filter(|d| **d).count();
        out.push_str(&format!(" {differ} of {} shown to differ.", asked.len()));
    }
    let explanation = clean(&chart.explanation);
    if !explanation.is_empty() {
        out.push_str(&format!(" {}.", explanation.trim_end_matches('.')));
    }
    out
}
