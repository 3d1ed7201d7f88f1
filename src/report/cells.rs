//! Finding one's way in the estimates of an indicator, and names for the reader.

use super::format::{Style, status_words};
use super::view::Cell;
use crate::outcome::{
    Criterion, Direction, Estimate, IndicatorResult, Kind, Programme, Side, Status,
};
use std::collections::BTreeMap;

/// Tables and charts of more programmes (or groups) than this show the highest and the lowest only.
pub(super) const MOST_ROWS: usize = 60;
/// So many of the highest and so many of the lowest are shown then.
pub(super) const SHOWN_EACH: usize = 25;

/// Names of programmes by id.
pub(super) struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    pub fn new(programmes: &'a [Programme]) -> Names<'a> {
        Names(
            programmes
                .iter()
                .map(|p| (p.id.as_str(), p.name.as_str()))
                .collect(),
        )
    }

    /// The name to show; the id of a programme that the programmes table does not have.
    pub fn of<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.0.get(id).copied().unwrap_or(id)
    }
}

/// A group's value, missing where the data do not say it, and its estimate.
pub(super) type Group<'a> = (Option<&'a str>, &'a Estimate);

/// The estimates of one indicator, sorted by what they speak of. Each list keeps the order of the outcome.
pub(super) struct Cells<'a> {
    pub total: Option<&'a Estimate>,
    pub programmes: Vec<(&'a str, &'a Estimate)>,
    /// By column: all programmes together.
    pub groups: Vec<(&'a str, Vec<Group<'a>>)>,
    /// All programmes and groups together.
    pub periods: Vec<(&'a str, &'a Estimate)>,
    /// Programme by period.
    pub lines: Vec<(&'a str, Vec<(&'a str, &'a Estimate)>)>,
}

impl<'a> Cells<'a> {
    pub fn new(result: &'a IndicatorResult) -> Cells<'a> {
        let mut cells = Cells {
            total: None,
            programmes: Vec::new(),
            groups: Vec::new(),
            periods: Vec::new(),
            lines: Vec::new(),
        };
        for estimate in &result.estimates {
            match (
                estimate.programme.as_deref(),
                estimate.group.as_ref(),
                estimate.period.as_deref(),
            ) {
                (None, None, None) => cells.total = cells.total.or(Some(estimate)),
                (Some(programme), None, None) => cells.programmes.push((programme, estimate)),
                (None, Some((column, value)), None) => {
                    append(&mut cells.groups, column, (value.as_deref(), estimate));
                }
                (None, None, Some(period)) => cells.periods.push((period, estimate)),
                (Some(programme), None, Some(period)) => {
                    append(&mut cells.lines, programme, (period, estimate))
                }
                _ => {}
            }
        }
        cells
    }

    /// Programmes with a value, in order of the outcome.
    pub fn valued(&self) -> Vec<(&'a str, f64, &'a Estimate)> {
        self.programmes
            .iter()
            .filter_map(|(id, e)| Some((*id, value(e)?, *e)))
            .collect()
    }
}

fn append<'a, T>(lists: &mut Vec<(&'a str, Vec<T>)>, key: &'a str, item: T) {
    match lists.iter_mut().find(|(known, _)| *known == key) {
        Some((_, list)) => list.push(item),
        None => lists.push((key, vec![item])),
    }
}

/// The value of a cell that has one.
pub(super) fn value(estimate: &Estimate) -> Option<f64> {
    estimate.value.filter(|_| estimate.status == Status::Value)
}

/// Which of many rows to show: all, or the highest and lowest by value, highest first, with the number left out.
pub(super) fn extremes<T>(rows: Vec<T>, value: impl Fn(&T) -> Option<f64>) -> (Vec<T>, usize) {
    if rows.len() <= MOST_ROWS {
        return (rows, 0);
    }
    let total = rows.len();
    let mut valued: Vec<(f64, T)> = rows
        .into_iter()
        .filter_map(|row| Some((value(&row)?, row)))
        .collect();
    // A stable sort: equal values stay in the order of the data.
    valued.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut shown: Vec<T> = Vec::new();
    let lowest = valued.len().saturating_sub(SHOWN_EACH).max(SHOWN_EACH);
    for (at, (_, row)) in valued.into_iter().enumerate() {
        if at < SHOWN_EACH || at >= lowest {
            shown.push(row);
        }
    }
    let left_out = total - shown.len();
    (shown, left_out)
}

/// The cell of a table for an estimate's value.
pub(super) fn value_cell(style: &Style, estimate: &Estimate, small_cells: u64) -> Cell {
    match value(estimate) {
        Some(number) => Cell::text(style.value(number)),
        None => Cell::absent(status_words(estimate.status, small_cells)),
    }
}

/// `state-civil-society-interface` as words.
pub(super) fn dimension_name(id: &str) -> String {
    match id {
        "state-civil-society-interface" => "State–civil society interface".to_owned(),
        "three-way-integration" => "Three-way integration".to_owned(),
        _ => capitalised(&id.replace(['-', '_'], " ")),
    }
}

/// `programme.type` as words.
pub(super) fn column_name(column: &str) -> String {
    column.replace(['.', '_', '-'], " ")
}

/// The first letter in upper case.
pub(super) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Output => "output",
        Kind::Process => "process",
        Kind::Structure => "structure",
    }
}

pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Origin => "origin",
        Side::Destination => "destination",
        Side::Both => "both",
    }
}

pub(super) fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::HigherIsBetter => "higher is better",
        Direction::LowerIsBetter => "lower is better",
        Direction::Neither => "no direction",
    }
}

pub(super) fn criterion_name(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Relevance => "relevance",
        Criterion::Coherence => "coherence",
        Criterion::Effectiveness => "effectiveness",
        Criterion::Efficiency => "efficiency",
        Criterion::Impact => "impact",
        Criterion::Sustainability => "sustainability",
    }
}

/// `one`, or `many` where the count is another than 1.
pub(super) fn plural<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A unit as it is printed: `points (1–5)`, and nothing where the number says it all.
pub(super) fn unit_name(unit: &str) -> String {
    if unit == "%" {
        return String::new();
    }
    let characters: Vec<char> = unit.chars().collect();
    let digit = |at: Option<usize>| {
        at.and_then(|at| characters.get(at))
            .is_some_and(char::is_ascii_digit)
    };
    let written = characters.iter().enumerate().map(|(at, character)| {
        let between = digit(at.checked_sub(1)) && digit(Some(at + 1));
        if *character == '-' && between {
            '–'
        } else {
            *character
        }
    });
    written.collect()
}

/// Why there is nothing to say on an indicator: it could not be computed, or no cell has a value.
pub fn why_not(result: &IndicatorResult) -> Option<String> {
    if let Some(reason) = &result.not_computable {
        return Some(reason.clone());
    }
    if result.estimates.iter().any(|e| value(e).is_some()) {
        return None;
    }
    let suppressed = |e: &Estimate| e.status == Status::Suppressed;
    if result.estimates.iter().any(suppressed) && result.remarks.is_empty() {
        return Some(
            "every value of it is withheld, to protect persons in small groups".to_owned(),
        );
    }
    if let Some(remark) = result.remarks.first() {
        return Some(remark.clone());
    }
    let missing = result.rows.iter().flat_map(|rows| &rows.missing);
    let reasons: Vec<String> = missing
        .map(|(why, count)| {
            let rows = plural(*count, "row", "rows");
            format!("{count} {rows} left out: {why}")
        })
        .collect();
    Some(if reasons.is_empty() {
        "no row of the data enters it".to_owned()
    } else {
        format!("no row can be used ({})", reasons.join("; "))
    })
}
