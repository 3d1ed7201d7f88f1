//! Values that are probably another value misspelt.

use super::declare::TableSpec;
use super::rows::Rows;
use super::typed::{self, Cells};
use super::{Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use polars::prelude::{CategoricalMapping, Column};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most distinct values of a column that is a list of kinds rather than of names.
const MOST: usize = 50;

/// A value is frequent from this many rows on, and rare up to a twentieth of a frequent one.
const FREQUENT: u64 = 5;

/// Points at values that differ from a more frequent one only by case or spaces, and at rare ones that differ by one
/// letter. Columns with declared categories are checked by these instead.
pub(super) fn check(
    table: &Table,
    spec: &TableSpec,
    rows_at: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    // How keys of another table are written is told against those keys.
    let points = |name: &String| {
        let mut references = spec.references.iter();
        references.any(|r| matches!(r.fields.as_slice(), [one] if one == name))
    };
    let names: Vec<String> = spec
        .fields
        .iter()
        .map(|f| &f.column)
        .filter(|c| c.r#type == Type::Text && c.categories.is_empty())
        .map(|c| c.name.clone())
        .filter(|name| !points(name))
        .collect();
    let mut counts: Vec<WordCounts> = names.iter().map(|_| WordCounts::default()).collect();
    units::scan(table, &names, |_, frame| {
        let mut columns = frame.columns().iter().zip(&mut counts);
        columns.try_for_each(|(column, counts)| counts.add(column))
    })?;
    for (name, counts) in names.iter().zip(counts) {
        for (word, rows, likely) in suspects(&counts.finish(MOST)) {
            if table.of_persons() {
                let place = first_row(table, name, &word)?;
                let message = "The value is that of many other rows but for a letter, a space or its case, and may be misspelt.";
                let help = "Write both the same way if they mean the same; as it is they are counted as two different values.";
                let finding = Finding::info("data-likely-typo", message, help).in_column(name);
                findings.push(match place {
                    Some(row) => rows_at.place(row).on(finding),
                    None => finding,
                });
                continue;
            }
            let message = format!("The value is in {rows} rows and may be `{likely}` misspelt.");
            let help = "Write both the same way if they mean the same; as it is they are counted as two different values.";
            let mut finding = Finding::info("data-likely-typo", message, help)
                .in_column(name)
                .with_value(&word);
            finding.place.file = spec.files.first().map(|f| f.shown.clone());
            findings.push(finding);
        }
    }
    Ok(())
}

/// The first row with a text in a column.
fn first_row(table: &Table, column: &str, word: &str) -> Result<Option<u64>, Stop> {
    let mut found = None;
    units::scan(table, &[column.to_owned()], |first, frame| {
        if found.is_none()
            && let Some(Cells::Texts(words)) = frame.columns().first().map(Cells::of).transpose()?
        {
            let at = (0..frame.height()).find(|row| words.get(*row) == Some(word));
            found = at.map(|row| first + row as u64);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Rows of each text of a column, counted frame by frame. A code means the same in all frames of a table.
#[derive(Default)]
pub(super) struct WordCounts {
    rows: Vec<u64>,
    words: Option<Arc<CategoricalMapping>>,
}

impl WordCounts {
    /// Counts the texts of a frame's column.
    pub fn add(&mut self, column: &Column) -> Result<(), Stop> {
        let Cells::Texts(words) = Cells::of(column)? else {
            return Ok(());
        };
        self.rows.resize(words.count(), 0);
        for code in words.codes.iter().flatten() {
            if let Some(count) = self.rows.get_mut(*code as usize) {
                *count += 1;
            }
        }
        self.words = typed::shared_words(column.dtype());
        Ok(())
    }

    /// The texts that occur, with their rows; none where there are more of them than `most`.
    pub fn finish(self, most: usize) -> BTreeMap<String, u64> {
        let there = self.rows.iter().enumerate().filter(|(_, rows)| **rows > 0);
        let Some(words) = self.words.filter(|_| there.clone().count() <= most) else {
            return BTreeMap::new();
        };
        let text = |(code, rows): (usize, &u64)| {
            let word = words.cat_to_str(u32::try_from(code).ok()?)?;
            Some((word.to_owned(), *rows))
        };
        there.filter_map(text).collect()
    }
}

/// Suspected value, its rows, and the value probably meant.
fn suspects(counts: &BTreeMap<String, u64>) -> Vec<(String, u64, String)> {
    let mut found = Vec::new();
    for (word, rows) in counts {
        let likely = counts
            .iter()
            .filter(|(other, n)| {
                // A blank too many is the fault, however often it occurs.
                let by_blanks = is_tidy(word) != is_tidy(other) && same_but_for_form(word, other);
                match by_blanks {
                    true => is_tidy(other),
                    false => *other != word && (*n > rows || (*n == rows && *other < word)),
                }
            })
            .filter(|(other, n)| {
                same_but_for_form(word, other)
                    || (**n >= FREQUENT && rows * 20 <= **n && one_edit(word, other))
            })
            .max_by(|a, b| {
                let tidy = is_tidy(a.0).cmp(&is_tidy(b.0));
                tidy.then(a.1.cmp(b.1)).then(b.0.cmp(a.0))
            });
        if let Some((likely, _)) = likely {
            found.push((word.clone(), *rows, likely.clone()));
        }
    }
    found
}

/// Whether no blank stands at an end of a word, nor two between.
fn is_tidy(word: &str) -> bool {
    word.trim() == word && !word.contains("  ")
}

fn same_but_for_form(a: &str, b: &str) -> bool {
    let form = |s: &str| {
        s.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    form(a) == form(b)
}

/// One letter apart. Codes that differ in a digit and short codes are not misspelt but different.
fn one_edit(a: &str, b: &str) -> bool {
    let digits = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
    let long = a.chars().count().min(b.chars().count()) >= 4;
    long && digits(a) == digits(b)
        && strsim::damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase()) == 1
}
