//! Rows that don't say how their report adds up, where a column says so row by row.

use super::declare::TableSpec;
use super::typos::WordCounts;
use super::{Table, Type, units};
use crate::finding::{Finding, Findings, Stop, nearest};
use crate::outcome::ACCUMULATIONS;

/// Most different words that are looked at.
const MOST: usize = 200;

/// Words that are named in a finding.
const NAMED: usize = 5;

/// A finding on words that are none of [`ACCUMULATIONS`], and on empty cells: such rows count nowhere.
pub(super) fn check(table: &Table, spec: &TableSpec, findings: &mut Findings) -> Result<(), Stop> {
    let Some(name) = &table.meaning.accumulation else {
        return Ok(());
    };
    if !table.column(name).is_some_and(|c| c.r#type == Type::Text) {
        return Ok(());
    }
    let mut counts = WordCounts::default();
    units::scan(table, std::slice::from_ref(name), |_, frame| {
        frame.columns().iter().try_for_each(|c| counts.add(c))
    })?;
    let words = counts.finish(MOST);
    let stated: u64 = words.values().sum();
    let unknown: Vec<(&String, u64)> = words
        .iter()
        .filter(|(word, _)| !ACCUMULATIONS.contains(&word.trim().to_lowercase().as_str()))
        .map(|(word, rows)| (word, *rows))
        .collect();
    // Where there are too many words to be counted, the column is another one.
    let empty = match words.is_empty() {
        true => 0,
        false => table.rows.saturating_sub(stated),
    };
    let mut said: Vec<String> = unknown
        .iter()
        .take(NAMED)
        .map(|(word, rows)| format!("`{word}` in {rows}"))
        .collect();
    if unknown.len() > NAMED {
        said.push(format!("{} more words", unknown.len() - NAMED));
    }
    if empty > 0 {
        said.push(format!("no word in {empty}"));
    }
    if said.is_empty() {
        return Ok(());
    }
    let message = format!(
        "`{name}` says neither {} in all {} rows ({}): those rows are left out, since it is not known whether they add to others.",
        ACCUMULATIONS.join(" nor "),
        table.rows,
        said.join(", ")
    );
    let near = unknown
        .first()
        .and_then(|(word, _)| nearest(word, ACCUMULATIONS));
    let help = match near {
        Some(near) => format!(
            "Did you mean `{near}`? Write one of {}.",
            ACCUMULATIONS.join(", ")
        ),
        None => format!("Write one of {} in each row.", ACCUMULATIONS.join(", ")),
    };
    let mut finding = Finding::warning("data-accumulation-word", message, help).in_column(name);
    if let Some((word, _)) = unknown.first() {
        finding = finding.with_value(word);
    }
    finding.place.file = spec.files.first().map(|f| f.shown.clone());
    findings.push(finding);
    Ok(())
}
