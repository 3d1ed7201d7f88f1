//! Values that are probably another value misspelt.

use super::declare::TableSpec;
use super::{Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use std::collections::BTreeMap;

/// Most distinct values of a column that is a list of kinds rather than of names.
const MOST: usize = 50;

/// A value is frequent from this many rows on, and rare up to a twentieth of a frequent one.
const FREQUENT: u64 = 5;

/// Points at values that differ from a more frequent one only by case or spaces, and at rare ones that differ by one
/// letter. Columns with declared categories are checked by these instead.
pub(super) fn check(table: &Table, spec: &TableSpec, findings: &mut Findings) -> Result<(), Stop> {
    let names: Vec<String> = spec
        .fields
        .iter()
        .map(|f| &f.column)
        .filter(|c| c.r#type == Type::Text && c.categories.is_empty())
        .map(|c| c.name.clone())
        .collect();
    // `None` once there are too many distinct values.
    let mut counts: Vec<Option<BTreeMap<String, u64>>> =
        names.iter().map(|_| Some(BTreeMap::new())).collect();
    units::scan(table, &names, |_, batch| {
        for (array, slot) in batch.columns().iter().zip(&mut counts) {
            let words = array.as_dictionary::<Int32Type>();
            let Some(map) = slot.as_mut() else { continue };
            if words.values().len() > MOST {
                *slot = None;
                continue;
            }
            let mut rows = vec![0u64; words.values().len()];
            for key in words.keys().iter().flatten() {
                if let Some(count) = rows.get_mut(key as usize) {
                    *count += 1;
                }
            }
            for (word, count) in words.values().as_string::<i32>().iter().zip(rows) {
                *map.entry(word.unwrap_or("").to_owned()).or_insert(0) += count;
            }
            if map.len() > MOST {
                *slot = None;
            }
        }
        Ok(())
    })?;
    for (name, counts) in names.iter().zip(counts) {
        for (word, rows, likely) in suspects(&counts.unwrap_or_default()) {
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

/// Suspected value, its rows, and the value probably meant.
fn suspects(counts: &BTreeMap<String, u64>) -> Vec<(String, u64, String)> {
    let mut found = Vec::new();
    for (word, rows) in counts {
        let likely = counts
            .iter()
            .filter(|(other, n)| *other != word && (*n > rows || (*n == rows && *other < word)))
            .filter(|(other, n)| {
                same_but_for_form(word, other)
                    || (**n >= FREQUENT && rows * 20 <= **n && one_edit(word, other))
            })
            .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        if let Some((likely, _)) = likely {
            found.push((word.clone(), *rows, likely.clone()));
        }
    }
    found
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
