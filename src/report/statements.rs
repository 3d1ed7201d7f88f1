//! The state of the data in plain sentences: what was read, what is no number, what is refused, what must not be added.

use super::cells::{listed, plural};
use super::format::Locale;
use crate::finding::Finding;
use crate::outcome::{ListQuality, Outcome, TableQuality};
use std::collections::BTreeSet;

/// Unreadable values quoted for a column.
const QUOTED: usize = 3;

/// Sentences on each table that has something to say, in order of the tables.
pub(super) fn statements(outcome: &Outcome, locale: &Locale) -> Vec<String> {
    let tables = outcome.quality.tables.iter();
    tables
        .flat_map(|table| of_table(table, outcome, locale))
        .collect()
}

fn of_table(table: &TableQuality, outcome: &Outcome, locale: &Locale) -> Vec<String> {
    let mut said = Vec::new();
    let name = &table.name;
    let rows = locale.count(table.rows);
    let row_word = plural(table.rows, "row", "rows");
    for column in table.columns.iter().filter(|c| c.invalid > 0) {
        let quoted = examples(outcome, name, &column.name, locale);
        let values = plural(column.invalid, "value", "values");
        let are = plural(column.invalid, "is", "are");
        let kind = match column.r#type.as_str() {
            "number" | "integer" => plural(column.invalid, "no number", "no numbers"),
            other => &format!("not of type {other}"),
        };
        said.push(format!(
            "In table {name}, {} {values} of {} {are} {kind}{quoted}; they count as missing, not as zero.",
            locale.count(column.invalid),
            column.name
        ));
    }
    let role = table.role.as_str();
    let measured = ["target", "actual"]
        .iter()
        .filter_map(|wanted| table.columns.iter().find(|c| c.name == *wanted));
    let usable: Vec<String> = measured
        .map(|c| {
            let left = table.rows.saturating_sub(c.missing + c.invalid);
            format!("{} have a usable {}", locale.count(left), c.name)
        })
        .collect();
    if role == "results" && !usable.is_empty() {
        let both = table.with_target_and_actual.map(|n| {
            let have = plural(n, "has", "have");
            format!(" {} {have} both, as progress needs.", locale.count(n))
        });
        said.push(format!(
            "Of {rows} {row_word} of table {name}, {}.{}",
            listed(&usable),
            both.unwrap_or_default()
        ));
    }
    if table.refused > 0 {
        let are = plural(table.refused, "is", "are");
        let refused = plural(table.refused, "row", "rows");
        said.push(format!(
            "{} {refused} of table {name} {are} left out: a repeated key, a total, a person once more in a wave, or nothing at all, as the findings say.",
            locale.count(table.refused)
        ));
    }
    said.extend(orphans(outcome, table, locale));
    said.extend(table.lists.iter().map(|list| names(table, list, locale)));
    if !table.overlapping.is_empty() {
        said.push(format!(
            "The values of {} in table {name} are different accounts of the same thing: rows are never added over them.",
            listed(&table.overlapping)
        ));
    }
    if !said.is_empty() && role != "results" {
        said.insert(0, format!("Table {name} has {rows} {row_word}."));
    }
    said
}

/// Findings of a code in the file of a table. A file is known by its name without folder and extension.
fn found<'a>(outcome: &'a Outcome, table: &str, code: &str) -> Vec<&'a Finding> {
    let listed = outcome.quality.findings.listed.iter();
    listed
        .filter(|f| {
            f.code == code
                && f.place
                    .file
                    .as_deref()
                    .is_some_and(|file| stem(file) == table)
        })
        .collect()
}

fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.split('.').next().unwrap_or(name)
}

/// `, for example “10-20” (line 12)`.
fn examples(outcome: &Outcome, table: &str, column: &str, locale: &Locale) -> String {
    let mut seen = BTreeSet::new();
    let quoted: Vec<String> = found(outcome, table, "data-not-a-number")
        .into_iter()
        .filter(|f| f.place.column.as_deref() == Some(column))
        .filter_map(|f| Some((f.value.as_deref()?, f.place.line)))
        .filter(|(value, _)| seen.insert(*value))
        .take(QUOTED)
        .map(|(value, line)| match line {
            Some(line) => format!("“{value}” in line {}", locale.count(line)),
            None => format!("“{value}”"),
        })
        .collect();
    if quoted.is_empty() {
        String::new()
    } else {
        format!(", as {}", listed(&quoted))
    }
}

/// How far the entries of a list name rows of the table that it points to.
fn names(table: &TableQuality, list: &ListQuality, locale: &Locale) -> String {
    let left = list.entries.saturating_sub(list.matched);
    let which = format!(
        "{} {} of {} in table {}",
        locale.count(list.entries),
        plural(list.entries, "entry", "entries"),
        list.column,
        table.name
    );
    let mut said = if left == 0 {
        format!("All {which} are names of the table {}.", list.table)
    } else {
        let (are, other) = (
            plural(list.matched, "is a name", "are names"),
            plural(left, "is not and has", "are not and have"),
        );
        format!(
            "Of {which}, {} {are} of the table {}; {} {other} nothing in figures on that table.",
            locale.count(list.matched),
            list.table,
            locale.count(left)
        )
    };
    if list.joined > 0 {
        said += &format!(
            " {} {} the mark that separates the entries: a plain split would give {} entries, {} of them names.",
            locale.count(list.joined),
            plural(list.joined, "name holds", "names hold"),
            locale.count(list.pieces),
            locale.count(list.pieces_matched)
        );
    }
    if list.folded > 0 {
        said += &format!(
            " {} {} from the table only in case or spacing.",
            locale.count(list.folded),
            plural(list.folded, "entry differs", "entries differ")
        );
    }
    said
}

/// Keys that point to no row, by column.
fn orphans(outcome: &Outcome, table: &TableQuality, locale: &Locale) -> Vec<String> {
    let counts = outcome.quality.findings.counts.iter();
    let kinds = counts.filter(|c| {
        c.code == "data-orphan-key" && c.file.as_deref().is_some_and(|f| stem(f) == table.name)
    });
    kinds
        .map(|kind| {
            let shown: Vec<&Finding> = found(outcome, &table.name, &kind.code)
                .into_iter()
                .filter(|f| f.place.column == kind.column)
                .collect();
            let keys: BTreeSet<&str> = shown.iter().filter_map(|f| f.value.as_deref()).collect();
            // Only where every finding is listed is it known how many keys there are.
            let how_many = match keys.first() {
                Some(key) if shown.len() as u64 == kind.count && keys.len() == 1 => {
                    format!(", all of them “{key}”")
                        .replace(", all of them", if kind.count == 1 { ":" } else { ", all of them" })
                }
                Some(_) if shown.len() as u64 == kind.count => {
                    format!(" ({} different keys)", locale.count(keys.len() as u64))
                }
                _ => String::new(),
            };
            let column = kind.column.as_deref().unwrap_or("a foreign key");
            let rows = plural(kind.count, "row", "rows");
            let have = plural(kind.count, "has", "have");
            format!(
                "{} {rows} of table {} {have} in {column} a key that the table pointed to does not know{how_many}.",
                locale.count(kind.count),
                table.name
            )
        })
        .collect()
}
