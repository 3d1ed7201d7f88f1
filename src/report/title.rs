//! The first page: what was evaluated, by whom, and on which data.

use super::cells::{column_name, dimension_name, listed, plural, why_not};
use super::format::Locale;
use super::view::{Cell, Column, Table};
use crate::outcome::{Outcome, Programme, Way};
use serde::Serialize;

/// Facts of the first page.
#[derive(Serialize)]
pub(super) struct Front {
    pub description: String,
    /// Label and text.
    pub facts: Vec<(String, String)>,
    pub note: String,
    pub programmes: Option<Table>,
}

impl Front {
    pub fn new(outcome: &Outcome, locale: &Locale) -> Front {
        let about = &outcome.evaluation;
        let mut facts = Vec::new();
        let mut fact = |label: &str, text: String| {
            if !text.is_empty() {
                facts.push((label.to_owned(), text));
            }
        };
        fact("Authors", listed(&about.authors));
        fact("Programmes", programmes(&outcome.programmes, locale));
        fact("Period", period(outcome));
        fact("Indicators", indicators(outcome, locale));
        fact("Dimensions", listed(&dimensions(outcome)));
        fact("Data", data(outcome, locale));
        fact(
            "Shown by",
            listed(&about.by.iter().map(|c| column_name(c)).collect::<Vec<_>>()),
        );
        fact(
            "Intervals",
            format!(
                "{} confidence, for samples only",
                level(about.confidence, locale)
            ),
        );
        if about.small_cells > 0 {
            let people = plural(about.small_cells, "person", "persons");
            let said = match outcome.protection.as_ref().map(|p| &p.way) {
                Some(Way::Round { base }) => format!("figures of persons are rounded to {base}"),
                Some(Way::CellKey { .. }) => {
                    "figures of persons have noise (cell key method)".to_owned()
                }
                Some(Way::Suppress) | None => {
                    let least = about.small_cells;
                    format!("groups of fewer than {least} {people} are suppressed")
                }
            };
            fact("Protection", said);
        }
        fact("Date", outcome.provenance.time.clone().unwrap_or_default());
        Front {
            description: about.description.clone(),
            facts,
            note: about.note.clone(),
            programmes: programme_table(&outcome.programmes, locale),
        }
    }
}

/// A confidence level: `95%`, `97.5%`.
pub(super) fn level(confidence: f64, locale: &Locale) -> String {
    let whole = (confidence * 100.0 - (confidence * 100.0).round()).abs() < 1e-9;
    locale.percent(confidence, usize::from(!whole))
}

fn programmes(programmes: &[Programme], locale: &Locale) -> String {
    let count = locale.count(programmes.len() as u64);
    match programmes {
        [] => "none in the data".to_owned(),
        [only] => only.name.clone(),
        [_, _, ..] if programmes.len() <= 6 => {
            format!(
                "{count}: {}",
                listed(
                    &programmes
                        .iter()
                        .map(|p| p.name.clone())
                        .collect::<Vec<_>>()
                )
            )
        }
        _ => count,
    }
}

fn period(outcome: &Outcome) -> String {
    let labels = outcome
        .indicators
        .iter()
        .flat_map(|i| &i.estimates)
        .filter_map(|e| e.period.as_deref());
    let first = labels.clone().min();
    match (&outcome.evaluation.period, first, labels.max()) {
        (Some(step), Some(first), Some(last)) if first == last => format!("{first} (by {step})"),
        (Some(step), Some(first), Some(last)) => format!("{first} to {last} (by {step})"),
        (None, Some(first), Some(last)) => {
            format!(
                "all rows of the data together; some indicators also over time, {first} to {last}"
            )
        }
        _ => "all rows of the data together; no breakdown by time was asked for".to_owned(),
    }
}

fn indicators(outcome: &Outcome, locale: &Locale) -> String {
    let asked = outcome.indicators.len() as u64;
    let computed = outcome
        .indicators
        .iter()
        .filter(|i| why_not(i).is_none())
        .count() as u64;
    if asked == computed {
        format!("{}, all computed", locale.count(asked))
    } else {
        format!(
            "{} asked for, {} computed",
            locale.count(asked),
            locale.count(computed)
        )
    }
}

fn dimensions(outcome: &Outcome) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for result in outcome.indicators.iter().filter(|i| why_not(i).is_none()) {
        let name = dimension_name(&result.definition.dimension);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn data(outcome: &Outcome, locale: &Locale) -> String {
    let tables = outcome.quality.tables.len() as u64;
    let rows = outcome.quality.tables.iter().map(|t| t.rows).sum();
    let (table_word, row_word) = (
        plural(tables, "table", "tables"),
        plural(rows, "row", "rows"),
    );
    format!(
        "{} {table_word}, {} {row_word}",
        locale.count(tables),
        locale.count(rows)
    )
}

/// Facts on programmes shown beside their name: as many as fit on a page.
const FACTS: usize = 5;

fn programme_table(programmes: &[Programme], locale: &Locale) -> Option<Table> {
    if programmes.is_empty() {
        return None;
    }
    let mut columns: Vec<&str> = Vec::new();
    for (column, _) in programmes.iter().flat_map(|p| &p.facts) {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let left_out = columns.len().saturating_sub(FACTS);
    columns.truncate(FACTS);
    let headings = ["Programme", "Key"].into_iter().map(str::to_owned);
    let headings = headings.chain(
        columns
            .iter()
            .map(|c| super::cells::capitalised(&column_name(c))),
    );
    let mut table = Table::new(
        "programmes-table",
        "Programmes evaluated",
        headings.map(Column::text).collect(),
    );
    for programme in programmes.iter().take(super::cells::MOST_ROWS) {
        let mut cells = vec![
            Cell::text(&programme.name),
            Cell {
                class: "code",
                ..Cell::text(&programme.id)
            },
        ];
        for column in &columns {
            let fact = programme.facts.iter().find(|(name, _)| name == column);
            cells.push(fact.map_or_else(
                || Cell::absent("not recorded"),
                |(_, text)| Cell::text(text),
            ));
        }
        table.push(cells);
    }
    let mut cut = Vec::new();
    if programmes.len() > table.rows.len() {
        let rest = (programmes.len() - table.rows.len()) as u64;
        cut.push(format!(
            "{} more programmes are in outcome.json.",
            locale.count(rest)
        ));
    }
    if left_out > 0 {
        let words = plural(
            left_out as u64,
            "column of the programmes table is",
            "columns of the programmes table are",
        );
        cut.push(format!("{left_out} further {words} in outcome.json."));
    }
    table.cut = (!cut.is_empty()).then(|| cut.join(" "));
    Some(table)
}
