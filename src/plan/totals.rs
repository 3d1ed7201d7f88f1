//! Rows that are the sum of others beside them: a column says `total` in one row, and `women` and `men` in the next two.

use super::apart::NOT_STATED;
use super::tally::{Row, blocks, column, in_ranges};
use crate::dataset::{Dataset, Table, Type, is_key};
use crate::finding::{Finding, Findings};
use crate::outcome::Sampling;
use std::collections::{BTreeMap, BTreeSet};

/// Tables with more rows are not searched: published totals stand in small tables, and reading takes time.
const MOST_ROWS: u64 = 200_000;

/// Different values that a column with a total may have.
const MOST_VALUES: usize = 200;

/// A value of a column that stands for the sum of others beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// The column.
    pub column: String,
    /// The value; [`NOT_STATED`] where the column is empty in rows with a total.
    pub total: String,
    /// Which others it is the sum of.
    pub parts: Parts,
    /// Groups of rows with a total and its parts.
    pub blocks: usize,
    /// Places where a total is not the sum of its parts, in words.
    pub apart: Vec<String>,
}

/// What a value is the sum of.
#[derive(Debug, Clone, PartialEq)]
pub enum Parts {
    /// All other values.
    All,
    /// These.
    Some(Vec<String>),
    /// All but these, which are all called totals.
    Called(Vec<String>),
    /// It is not known to be a sum; its range overlaps that of this value.
    Overlapping(String),
}

/// A small table, read: its rows hold the labels, then the numbers.
struct Read<'a> {
    labels: Vec<&'a str>,
    numbers: Vec<&'a str>,
    rows: Vec<Row>,
}

impl<'a> Read<'a> {
    /// `None` where the table is too large, is a sample, or has nothing to add up.
    fn new(table: &'a Table) -> Option<Read<'a>> {
        if table.rows > MOST_ROWS || table.sampling() == Sampling::Sample || table.rows < 3 {
            return None;
        }
        let own = |name: &str| {
            table.primary_key.len() == 1 && table.primary_key.iter().any(|key| key == name)
        };
        let labels: Vec<&str> = table
            .columns
            .iter()
            .filter(|c| !own(&c.name))
            .filter(|c| {
                matches!(c.r#type, Type::Text | Type::Date | Type::Boolean) || c.declared == "year"
            })
            .map(|c| c.name.as_str())
            .collect();
        let numbers: Vec<&str> = table
            .columns
            .iter()
            .filter(|c| !own(&c.name) && c.r#type == Type::Number && c.declared != "year")
            .filter(|c| !is_key(&c.name))
            .map(|c| c.name.as_str())
            .collect();
        if numbers.is_empty() || labels.is_empty() {
            return None;
        }
        let each = labels.iter().chain(&numbers);
        let names: Vec<String> = each.map(|name| (*name).to_owned()).collect();
        let rows = table.texts(&names, MOST_ROWS as usize).ok()?;
        Some(Read {
            labels,
            numbers,
            rows,
        })
    }

    /// Different values of each label.
    fn values(&self) -> Vec<BTreeSet<&str>> {
        let mut values: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); self.labels.len()];
        for row in &self.rows {
            for (seen, cell) in values.iter_mut().zip(row) {
                seen.insert(cell.as_deref().unwrap_or(NOT_STATED));
            }
        }
        values
    }

    /// Labels that tell groups of rows apart: what is different in almost every row is a name or a comment.
    fn telling(&self, values: &[BTreeSet<&str>]) -> Vec<usize> {
        let rows = self.rows.len();
        (0..self.labels.len())
            .filter(|at| values[*at].len() * 10 < rows * 9 || rows < 10)
            .collect()
    }
}

/// Totals beside their parts in the columns of a table that it says nothing of.
pub(super) fn suspected(table: &Table) -> Vec<Suspect> {
    let Some(read) = Read::new(table) else {
        return vec![];
    };
    let values = read.values();
    let telling = read.telling(&values);
    let Read {
        labels,
        numbers,
        rows,
    } = &read;
    let declared = |name: &str| {
        let meaning = &table.meaning;
        meaning.totals.contains_key(name)
            || meaning.overlapping.iter().any(|c| c == name)
            || meaning.programme.as_deref() == Some(name)
    };
    let text = |at: &usize| {
        table
            .column(labels[*at])
            .is_some_and(|c| c.r#type == Type::Text)
            && !declared(labels[*at])
            && (3..=MOST_VALUES).contains(&values[*at].len())
    };
    let columns = telling.iter().copied().filter(|at| text(at));
    let mut found = Vec::new();
    for at in columns {
        match column(rows, (at, labels, numbers), &telling) {
            Some(suspect) => found.push(suspect),
            None => found.extend(in_ranges(
                rows,
                (at, labels, numbers),
                &telling,
                &values[at],
            )),
        }
    }
    found
}

/// Findings on totals beside their parts: in words what is the matter, and where a total is not the sum of its parts.
pub(super) fn findings(table: &Table, suspects: &[Suspect], findings: &mut Findings) {
    for suspect in suspects {
        let Suspect {
            column,
            total,
            parts,
            blocks,
            apart,
        } = suspect;
        let place = |finding: Finding| {
            finding
                .in_file(crate::dataset::MANIFEST)
                .in_column(format!("{}.{column}", table.name))
                .with_value(total)
        };
        let ranges = match parts {
            Parts::All | Parts::Called(_) => None,
            Parts::Some(parts) => Some(format!(
                "In the column `{column}` of table `{}` rows with `{total}` are the sum of those with {}, in {blocks} {} of rows: adding them up counts twice, and figures that would are refused.",
                table.name,
                parts.join(", "),
                if *blocks == 1 { "group" } else { "groups" },
            )),
            Parts::Overlapping(other) => Some(format!(
                "In the column `{column}` of table `{}` the ranges of `{total}` and `{other}` overlap: adding up rows of both may count the same things twice.",
                table.name
            )),
        };
        if let Some(message) = ranges {
            let help = format!(
                "Keep ranges that lie beside each other: with a filter in the definitions ({column} <> '{total}'), or by taking the others out of the table."
            );
            findings.push(place(Finding::warning(
                "data-ranges-overlap",
                message,
                help,
            )));
            continue;
        }
        let (shown, written) = match (total.as_str(), parts) {
            (NOT_STATED, _) => ("rows without a value".to_owned(), ""),
            (_, Parts::Called(names)) => (format!("rows called {}", quoted(names, '`')), ""),
            (total, _) => (format!("rows with `{total}`"), total),
        };
        let message = format!(
            "In the column `{column}` of table `{}` {shown} are the sum of the rows beside them, in {blocks} {} of rows: adding them up counts twice.",
            table.name,
            if *blocks == 1 { "group" } else { "groups" },
        );
        let help = match parts {
            Parts::Called(names) => format!(
                "Take these rows out of the table, or out of the figures with a filter in the definitions: {column} NOT IN ({}). Figures that would add both are refused.",
                quoted(names, '\'')
            ),
            _ => format!(
                "Add \"totals\": {{ \"{column}\": \"{written}\" }} to the codev object of the table: the totals alone then count, but where results are split by {column}. Figures that would add both are refused."
            ),
        };
        findings.push(place(Finding::warning(
            "data-total-beside-parts",
            message,
            help,
        )));
        different(table, column, apart, findings);
    }
}

/// Names in quotation marks, the first ten.
pub fn quoted(names: &[String], mark: char) -> String {
    let each: Vec<String> = names
        .iter()
        .take(10)
        .map(|n| format!("{mark}{n}{mark}"))
        .collect();
    match names.len() > each.len() {
        true => format!("{}, ...", each.join(", ")),
        false => each.join(", "),
    }
}

fn different(table: &Table, column: &str, apart: &[String], findings: &mut Findings) {
    if apart.is_empty() {
        return;
    }
    // Sums of few persons are not told.
    let told = if table.of_persons() { 0 } else { 3 };
    let places: Vec<&str> = apart.iter().take(told).map(String::as_str).collect();
    let more = match apart.len() - places.len() {
        0 => String::new(),
        n => format!(", and {n} more"),
    };
    let message = format!(
        "Totals in the column `{column}` of table `{}` are not the sum of their parts: {}{more}.",
        table.name,
        places.join("; ")
    );
    let help = "Correct the total or its parts, or add a row for what is not stated.";
    findings.push(
        Finding::warning("data-total-differs", message, help)
            .in_column(format!("{}.{column}", table.name)),
    );
}

/// Totals that a table declares and that are not the sum of their parts.
pub(super) fn declared(table: &Table, found: &mut Findings) {
    if table.meaning.totals.is_empty() || table.rows > MOST_ROWS {
        return;
    }
    lacking(table, found);
    let mut plain = table.clone();
    let totals = std::mem::take(&mut plain.meaning.totals);
    let said = |suspect: &Suspect| totals.contains_key(&suspect.column);
    for suspect in suspected(&plain).iter().filter(|s| said(s)) {
        different(table, &suspect.column, &suspect.apart, found);
    }
}

/// Groups of rows with parts of a total that the table declares, and without it: they count nowhere but where results are split.
fn lacking(table: &Table, found: &mut Findings) {
    let Some(read) = Read::new(table) else {
        return;
    };
    let telling = read.telling(&read.values());
    let totals = &table.meaning.totals;
    let place_of = |column: &String| read.labels.iter().position(|label| label == column);
    let is_whole = |row: &Row, at: usize, total: &String| {
        row.get(at)
            .is_none_or(|cell| cell.as_ref().is_none_or(|value| value == total))
    };
    for (column, total) in totals {
        let Some(at) = place_of(column) else {
            continue;
        };
        // What is split by another column with totals has its own.
        let others = totals.iter().filter(|(other, _)| *other != column);
        let others: Vec<(usize, &String)> = others
            .filter_map(|(other, total)| Some((place_of(other)?, total)))
            .collect();
        let counts = |row: &&Row| others.iter().all(|(at, total)| is_whole(row, *at, total));
        let rows: Vec<Row> = read.rows.iter().filter(counts).cloned().collect();
        let blocks = blocks(&rows, at, &telling);
        let without: Vec<&Vec<&str>> = blocks
            .iter()
            .filter(|(_, block)| !block.iter().any(|row| is_whole(row, at, total)))
            .map(|(key, _)| key)
            .collect();
        if without.is_empty() || without.len() == blocks.len() {
            continue;
        }
        let told = if table.of_persons() { 0 } else { 3 };
        let words = |key: &&Vec<&str>| {
            let stated: Vec<&str> = key.iter().copied().filter(|k| *k != NOT_STATED).collect();
            stated.join(" ")
        };
        let places: Vec<String> = without
            .iter()
            .copied()
            .take(told)
            .map(|k| words(&k))
            .collect();
        let places = match places.as_slice() {
            [] => String::new(),
            places if places.len() < without.len() => format!(" ({}, ...)", places.join("; ")),
            places => format!(" ({})", places.join("; ")),
        };
        let message = format!(
            "In {} of {} groups of rows of table `{}` there are parts of `{column}` and no row for the total{places}: they are left out wherever results are not split by {column}.",
            without.len(),
            blocks.len(),
            table.name
        );
        let help = "Add the rows for the total, with all that belongs to it; parts may not be all there is.";
        found.push(
            Finding::warning("data-total-lacks", message, help)
                .in_column(format!("{}.{column}", table.name)),
        );
    }
}

/// Totals beside parts in every table, by its place in the data.
pub(super) fn all(dataset: &Dataset) -> BTreeMap<usize, Vec<Suspect>> {
    let tables = dataset.tables.iter().enumerate();
    let found = tables.map(|(at, table)| (at, suspected(table)));
    found.filter(|(_, suspects)| !suspects.is_empty()).collect()
}
