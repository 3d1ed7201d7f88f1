//! Primary, unique and foreign keys.

use super::declare::{Reference, TableSpec};
use super::manifest;
use super::rows::Rows;
use super::tally::Tally;
use super::typed::{Cells, Words};
use super::values;
use super::{Duplicates, LIST_SEPARATOR, Table, Type, surplus, units};
use crate::finding::{Finding, Findings, Stop, nearest};
use polars::prelude::DataFrame;
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write;

/// Appends the text of a cell; false where it is missing.
pub(super) fn write_cell(cells: &Cells<'_>, row: usize, text: &mut String) -> bool {
    if cells.is_missing(row) {
        return false;
    }
    // Writing to a String can't fail.
    let _ = match cells {
        Cells::Numbers(numbers) => write!(text, "{}", numbers.value(row)),
        Cells::Days(days) => write!(text, "{}", values::show_day(days.value(row))),
        Cells::Truths(truths) => write!(text, "{}", truths.value(row)),
        Cells::Texts(words) => write!(text, "{}", words.get(row).unwrap_or_default()),
    };
    true
}

/// The columns of a key: which to read, each once, and where each column of the key then is.
struct Key {
    names: Vec<String>,
    places: Vec<usize>,
}

impl Key {
    fn new(columns: &[String]) -> Key {
        let mut names: Vec<String> = Vec::new();
        let mut place = |column: &String| match names.iter().position(|n| n == column) {
            Some(at) => at,
            None => {
                names.push(column.clone());
                names.len() - 1
            }
        };
        Key {
            places: columns.iter().map(&mut place).collect(),
            names,
        }
    }

    /// The cells of the key's columns in a frame.
    fn cells<'a>(&self, frame: &'a DataFrame) -> Result<Vec<Cells<'a>>, Stop> {
        let columns = self.places.iter().filter_map(|at| frame.columns().get(*at));
        columns.map(Cells::of).collect()
    }
}

/// Writes the key of a row into `text`; false where a part of it is missing.
pub(super) fn write_key(cells: &[Cells<'_>], row: usize, text: &mut String) -> bool {
    text.clear();
    for (at, cells) in cells.iter().enumerate() {
        if at > 0 {
            text.push(LIST_SEPARATOR);
        }
        if !write_cell(cells, row, text) {
            return false;
        }
    }
    true
}

fn shown(key: &str) -> String {
    key.replace(LIST_SEPARATOR, ", ")
}

fn known(table: &Table, columns: &[String]) -> bool {
    !columns.is_empty() && columns.iter().all(|c| table.column(c).is_some())
}

/// Checks the primary key and the unique keys. Rows refused by `duplicates = "first"` are taken out; gives their number.
pub(super) fn check(
    table: &mut Table,
    spec: &TableSpec,
    rows: &mut Rows,
    findings: &mut Findings,
) -> Result<u64, Stop> {
    for key in &spec.unique_keys {
        if known(table, key) {
            unique(table, key, rows, findings)?;
        }
    }
    for field in spec.fields.iter().filter(|f| f.checks.unique) {
        let key = [field.column.name.clone()];
        if key.as_slice() != spec.primary_key {
            unique(table, &key, rows, findings)?;
        }
    }
    if !known(table, &spec.primary_key) {
        return Ok(0);
    }
    let repeats = primary(table, spec, rows, findings)?;
    if repeats.is_empty() {
        return Ok(0);
    }
    let count = repeats.len() as u64;
    if spec.meaning.duplicates == Some(Duplicates::First) {
        surplus::leave_out(table, &repeats, rows)?;
        return Ok(count);
    }
    table.repeated_keys = count;
    Ok(0)
}

/// Findings on rows that lack or repeat the primary key; gives the rows (from 0) that repeat it.
fn primary(
    table: &Table,
    spec: &TableSpec,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<Vec<u64>, Stop> {
    let key = &spec.primary_key;
    let name = key.join(", ");
    let first_stays = spec.meaning.duplicates == Some(Duplicates::First);
    let mut seen: FxHashMap<String, u64> = FxHashMap::default();
    let mut repeats = Vec::new();
    let (mut lacking, mut repeating) = (Tally::default(), Tally::default());
    let mut text = String::new();
    let places = Key::new(key);
    units::scan(table, &places.names, |first, frame| {
        let cells = places.cells(frame)?;
        for row in 0..frame.height() {
            let at = first + row as u64;
            if !write_key(&cells, row, &mut text) {
                lacking.push("data-key-missing", 0, || {
                    let message =
                        "The row has no primary key, so no other table can point to it.".to_owned();
                    let help = "Give the row an identifier of its own.";
                    rows.place(at)
                        .on(Finding::error("data-key-missing", message, help))
                        .in_column(&name)
                });
                continue;
            }
            let Some(earlier) = seen.get(text.as_str()).copied() else {
                seen.insert(text.clone(), at);
                continue;
            };
            repeats.push(at);
            repeating.push("data-duplicate-key", 0, || {
                let before = rows.place(earlier);
                let place = match before.line {
                    Some(line) => format!("line {line} (row {})", before.row),
                    None => format!("row {}", before.row),
                };
                let message = format!("The row repeats the primary key of {place}.");
                let finding = if first_stays {
                    Finding::warning(
                        "data-duplicate-key",
                        format!("{message} The row is refused, and the first one is kept."),
                        "Look which of the two is right; the rule is `duplicates` in the manifest.",
                    )
                } else {
                    Finding::error(
                        "data-duplicate-key",
                        format!("{message} No table can be joined to this one."),
                        "Remove one of the two, or set `\"duplicates\": \"first\"` in the table's `codev` object.",
                    )
                };
                rows.place(at).on(finding).in_column(&name).with_value(&shown(&text))
            });
        }
        Ok(())
    })?;
    lacking.close(findings);
    repeating.close(findings);
    Ok(repeats)
}

fn unique(table: &Table, key: &[String], rows: &Rows, findings: &mut Findings) -> Result<(), Stop> {
    let name = key.join(", ");
    let mut seen: FxHashSet<String> = FxHashSet::default();
    let mut tally = Tally::default();
    let mut text = String::new();
    let places = Key::new(key);
    units::scan(table, &places.names, |first, frame| {
        let cells = places.cells(frame)?;
        for row in 0..frame.height() {
            if !write_key(&cells, row, &mut text) {
                continue;
            }
            if !seen.contains(text.as_str()) {
                seen.insert(text.clone());
                continue;
            }
            tally.push("data-constraint-unique", 0, || {
                let message = format!(
                    "The value of `{name}` occurs in an earlier row, and it is declared unique."
                );
                let help =
                    "Correct one of the two, or take the constraint away; both rows are used.";
                let finding = Finding::warning("data-constraint-unique", message, help);
                rows.place(first + row as u64)
                    .on(finding)
                    .in_column(&name)
                    .with_value(&shown(&text))
            });
        }
        Ok(())
    })?;
    tally.close(findings);
    Ok(())
}

/// Findings on foreign keys of table `at`: keys to nowhere, and rows that point to no row.
pub(super) fn check_references(
    tables: &[Table],
    at: usize,
    references: &[Reference],
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let Some(table) = tables.get(at) else {
        return Ok(());
    };
    for reference in references {
        // Lists are matched by name, which says more than that a row has an entry without parent.
        let is_list = |c: &String| table.column(c).is_some_and(|c| c.r#type == Type::List);
        let list = matches!(reference.fields.as_slice(), [one] if is_list(one));
        if let Some(target) = target(table, tables, reference, findings).filter(|_| !list) {
            orphans(table, target, reference, rows, findings)?;
        }
    }
    Ok(())
}

fn target<'a>(
    table: &Table,
    tables: &'a [Table],
    reference: &Reference,
    findings: &mut Findings,
) -> Option<&'a Table> {
    let mut fault = |code: &str, message: String, help: String, value: &str| {
        findings.push(
            Finding::error(code, message, help)
                .in_file(manifest::NAME)
                .in_column(format!("{}.foreignKeys", table.name))
                .with_value(value),
        );
    };
    let Some(target) = tables.iter().find(|t| t.name == reference.table) else {
        let names: Vec<&str> = tables.iter().map(|t| t.name.as_str()).collect();
        let help = match nearest(&reference.table, names.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("The tables are {}.", names.join(", ")),
        };
        let message = format!(
            "A foreign key of table `{}` points to a table that does not exist.",
            table.name
        );
        fault("data-unknown-table", message, help, &reference.table);
        return None;
    };
    for key in &reference.keys {
        if target.column(key).is_none() {
            let names: Vec<&str> = target.columns.iter().map(|c| c.name.as_str()).collect();
            let help = match nearest(key, names.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Its columns are {}.", names.join(", ")),
            };
            let message = format!(
                "A foreign key of table `{}` points to a column that table `{}` does not have.",
                table.name, target.name
            );
            fault("data-unknown-column", message, help, key);
            return None;
        }
    }
    if reference.fields.len() != reference.keys.len() {
        let message = format!(
            "A foreign key of table `{}` has not as many columns as the key it points to.",
            table.name
        );
        fault(
            "data-bad-schema",
            message,
            "Name one column per column of the key.".to_owned(),
            &reference.fields.join(", "),
        );
        return None;
    }
    for (field, key) in reference.fields.iter().zip(&reference.keys) {
        let (from, to) = (table.column(field)?, target.column(key)?);
        if from.r#type != to.r#type && from.r#type != Type::List {
            let message = format!(
                "The foreign key `{field}` of table `{}` is of type {}, and `{}.{key}` of type {}.",
                table.name, from.declared, target.name, to.declared
            );
            fault(
                "data-key-type",
                message,
                "Declare the same type for both.".to_owned(),
                field,
            );
            return None;
        }
    }
    Some(target)
}

fn orphans(
    table: &Table,
    target: &Table,
    reference: &Reference,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let mut keys: FxHashSet<String> = FxHashSet::default();
    let mut text = String::new();
    let places = Key::new(&reference.keys);
    units::scan(target, &places.names, |_, frame| {
        let cells = places.cells(frame)?;
        for row in 0..frame.height() {
            if write_key(&cells, row, &mut text) && !keys.contains(text.as_str()) {
                keys.insert(text.clone());
            }
        }
        Ok(())
    })?;
    let name = reference.fields.join(", ");
    let aim = format!("{}.{}", target.name, reference.keys.join(", "));
    let mut tally = Tally::default();
    // The nearest key would tell what the cell is.
    let hidden = table.of_persons() || target.of_persons();
    let mut candidates: Vec<&str> = match hidden {
        true => Vec::new(),
        false => keys.iter().map(String::as_str).collect(),
    };
    candidates.sort_unstable();
    let mut orphan = |at: u64, key: &str| {
        tally.push("data-orphan-key", 0, || {
            let near = if candidates.len() <= 10_000 { nearest(key, candidates.iter().copied()) } else { None };
            let help = match near {
                Some(near) => format!("Did you mean `{}`? The row stays, but has nothing from `{}`.", shown(near), target.name),
                None => format!("Add the row to `{}`, or correct the key; the row stays, but has nothing from there.", target.name),
            };
            let message = format!("No row of `{aim}` has this key.");
            let finding = Finding::warning("data-orphan-key", message, help);
            let finding = rows.place(at).on(finding).in_column(&name);
            if hidden { finding } else { finding.with_value(&shown(key)) }
        });
    };
    let places = Key::new(&reference.fields);
    units::scan(table, &places.names, |first, frame| {
        let cells = places.cells(frame)?;
        if let [Cells::Texts(words)] = cells.as_slice() {
            lone(words, &keys, |row, word| orphan(first + row as u64, word));
            return Ok(());
        }
        for row in 0..frame.height() {
            if write_key(&cells, row, &mut text) && !keys.contains(text.as_str()) {
                orphan(first + row as u64, &text);
            }
        }
        Ok(())
    })?;
    tally.close(findings);
    Ok(())
}

/// Rows with a text that is no key, each text being looked up once.
fn lone(words: &Words<'_>, keys: &FxHashSet<String>, mut orphan: impl FnMut(usize, &str)) {
    let bad = words.each(|word| (!keys.contains(word)).then_some(word));
    for (row, code) in words.codes.iter().enumerate() {
        if let Some(Some(word)) = code.and_then(|code| bad.get(*code)) {
            orphan(row, word);
        }
    }
}
