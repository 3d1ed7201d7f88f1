//! Rows that say the same thing twice: a person in a wave, a unit in a period.

use super::declare::TableSpec;
use super::rows::Rows;
use super::surplus;
use super::tally::Tally;
use super::typed::{Cells, Words};
use super::{Table, Type, keys, units};
use crate::finding::{Finding, Findings, Stop};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

/// Share of rows from which on that a key comes again is how the table is: one row for each answer of a person, say.
const USUAL: f64 = 0.4;

/// Rows that repeat the key of an earlier one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Repeats {
    /// Each row (counted from 0) that repeats a key, with the first row that has it.
    pub later: Vec<(u64, u64)>,
    /// Rows that have the key.
    pub keyed: u64,
}

impl Repeats {
    /// Whether so many keys come again that this must be meant.
    pub fn are_usual(&self) -> bool {
        self.later.len() as f64 > USUAL * self.keyed as f64
    }
}

/// Rows of a table that have the same values in all of these columns as an earlier row, and lack none of them.
///
/// # Errors
/// A [`Stop`] when a column does not exist or a file can't be read.
pub fn repeats(table: &Table, columns: &[String]) -> Result<Repeats, Stop> {
    let mut names = columns.to_vec();
    names.sort();
    names.dedup();
    let hashed: Vec<Vec<Option<u64>>> = each_unit(table, &names, |frame| {
        let cells: Result<Vec<Cells<'_>>, Stop> = frame.columns().iter().map(Cells::of).collect();
        let cells = cells?;
        Ok((0..frame.height()).map(|row| hash(&cells, row)).collect())
    })?;
    let mut sorted: Vec<u64> = hashed.iter().flatten().flatten().copied().collect();
    let keyed = sorted.len() as u64;
    sorted.par_sort_unstable();
    let twice: FxHashSet<u64> = sorted
        .windows(2)
        .filter_map(|pair| (pair[0] == pair[1]).then_some(pair[0]))
        .collect();
    drop(sorted);
    if twice.is_empty() {
        return Ok(Repeats {
            later: Vec::new(),
            keyed,
        });
    }
    // Different keys may have one hash, so those that seem to come again are compared in full.
    let mut seen: FxHashMap<String, u64> = FxHashMap::default();
    let mut later = Vec::new();
    let mut hashed = hashed.into_iter().flatten();
    let mut text = String::new();
    units::scan(table, &names, |first, frame| {
        let cells: Result<Vec<Cells<'_>>, Stop> = frame.columns().iter().map(Cells::of).collect();
        let cells = cells?;
        for row in 0..frame.height() {
            let hash = hashed.next().flatten();
            if !hash.is_some_and(|hash| twice.contains(&hash))
                || !keys::write_key(&cells, row, &mut text)
            {
                continue;
            }
            let at = first + row as u64;
            match seen.get(text.as_str()) {
                Some(earlier) => later.push((at, *earlier)),
                None => {
                    seen.insert(text.clone(), at);
                }
            }
        }
        Ok(())
    })?;
    Ok(Repeats { later, keyed })
}

fn each_unit<T: Send>(
    table: &Table,
    names: &[String],
    see: impl Fn(&polars::prelude::DataFrame) -> Result<T, Stop> + Sync,
) -> Result<Vec<T>, Stop> {
    let found: Result<Vec<Vec<T>>, Stop> = units(table, names)?
        .into_par_iter()
        .map(|unit| unit.read()?.map(|batch| see(&batch?)).collect())
        .collect();
    Ok(found?.into_iter().flatten().collect())
}

/// A number for the values of a row; `None` where one is missing.
fn hash(cells: &[Cells<'_>], row: usize) -> Option<u64> {
    let mut hasher = FxHasher::default();
    for cells in cells {
        if cells.is_missing(row) {
            return None;
        }
        match cells {
            Cells::Numbers(numbers) => numbers.value(row).to_bits().hash(&mut hasher),
            Cells::Truths(truths) => truths.value(row).hash(&mut hasher),
            Cells::Days(days) => days.value(row).hash(&mut hasher),
            Cells::Texts(Words { codes, .. }) => codes.value(row).hash(&mut hasher),
        }
    }
    Some(hasher.finish())
}

/// Finds persons who are in a wave more than once; gives how many rows were left out. In answers to a survey the first row is
/// kept and the later ones are left out; elsewhere they stay, with the finding.
pub(super) fn persons(
    table: &mut Table,
    spec: &TableSpec,
    rows: &mut Rows,
    findings: &mut Findings,
) -> Result<u64, Stop> {
    let meaning = &table.meaning;
    let there = |name: &Option<String>| name.clone().filter(|n| table.column(n).is_some());
    let Some(person) = there(&meaning.person) else {
        return Ok(0);
    };
    let answers = meaning.role == "responses";
    let wave = there(&meaning.wave);
    let when = wave.clone().or_else(|| there(&meaning.date));
    if wave.is_none() && !answers {
        return Ok(0);
    }
    let mut key: Vec<String> = vec![person.clone()];
    key.extend(there(&meaning.programme));
    key.extend(when.clone());
    key.sort();
    key.dedup();
    let list = key
        .iter()
        .any(|name| table.column(name).is_some_and(|c| c.r#type == Type::List));
    let told =
        |declared: &[String]| !declared.is_empty() && declared.iter().all(|c| key.contains(c));
    if list || told(&spec.primary_key) || spec.unique_keys.iter().any(|key| told(key)) {
        return Ok(0);
    }
    let found = repeats(table, &key)?;
    if found.later.is_empty() {
        return Ok(0);
    }
    if found.are_usual() && !same_rows(table, &found)? {
        return Ok(0);
    }
    let leave_out = wave.is_some() && answers;
    let mut tally = Tally::default();
    for (later, first) in &found.later {
        tally.push("data-duplicate-person", 0, || {
            let before = rows.named(&[*first]);
            let what = match (&wave, &when) {
                (Some(wave), _) => format!("The person is in the same wave (`{wave}`) as in {before} once more"),
                (None, Some(date)) => format!("The person is at the same day (`{date}`) as in {before} once more"),
                (None, None) => format!("The person is in {before} already"),
            };
            let (rest, help) = if leave_out {
                (
                    "the row is left out, and the first one is kept",
                    "Look which of the two is right, and delete the other.",
                )
            } else {
                (
                    "both rows are used",
                    "Delete one of the two; if persons are there more than once by design, say what tells their rows apart (`wave`, or a primary key).",
                )
            };
            let finding = Finding::warning("data-duplicate-person", format!("{what}; {rest}."), help);
            rows.place(*later).on(finding).in_column(&person)
        });
    }
    tally.close(findings);
    if !leave_out {
        return Ok(0);
    }
    let gone: Vec<u64> = found.later.iter().map(|(later, _)| *later).collect();
    surplus::leave_out(table, &gone, rows)?;
    Ok(gone.len() as u64)
}

/// Whether rows that repeat a key are the same in all other columns but the primary key, most of them: a file pasted twice.
fn same_rows(table: &Table, found: &Repeats) -> Result<bool, Stop> {
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|c| c.name.clone())
        .filter(|name| !table.primary_key.contains(name))
        .collect();
    let mut wanted: FxHashMap<u64, u64> = FxHashMap::default();
    for (later, first) in &found.later {
        wanted.insert(*later, 0);
        wanted.insert(*first, 0);
    }
    units::scan(table, &names, |first, frame| {
        let cells: Result<Vec<Cells<'_>>, Stop> = frame.columns().iter().map(Cells::of).collect();
        let cells = cells?;
        for row in 0..frame.height() {
            if let Some(known) = wanted.get_mut(&(first + row as u64)) {
                let mut hasher = FxHasher::default();
                for cell in &cells {
                    hash(std::slice::from_ref(cell), row).hash(&mut hasher);
                }
                *known = hasher.finish();
            }
        }
        Ok(())
    })?;
    let same = |(later, first): &&(u64, u64)| wanted.get(later) == wanted.get(first);
    let count = found.later.iter().filter(same).count();
    Ok(count * 10 >= found.later.len() * 8)
}
