//! Which cell each row of a batch belongs to.

use super::calendar::{by_day, civil};
use super::evaluate::as_texts;
use super::lists::label;
use super::sums::Label;
use super::value::Val;
use crate::dataset::typed::{Words, piece};
use crate::evaluation::Period;
use crate::finding::Stop;
use crate::plan::scan::Key;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Cells of a batch, numbered in order of first appearance.
pub struct Cells {
    /// Cell of each row.
    pub of_row: Vec<u32>,
    /// Number of cells.
    pub count: usize,
    /// Labels of each key.
    pub labels: Vec<Vec<Label>>,
    /// Per cell, the code of each key, one key after the other.
    pub cells: Vec<u32>,
}

/// Codes of one key by row, numbered in order of first appearance, with their labels.
pub(super) struct Codes {
    pub of_row: Vec<u32>,
    pub labels: Vec<Label>,
}

/// Codes of a key for the rows of a batch that starts at row `first` of the table.
pub(super) fn key(
    key: &Key,
    values: &[Option<Val>],
    rows: usize,
    first: u64,
) -> Result<Codes, Stop> {
    let value = |at: usize| {
        values
            .get(at)
            .and_then(Option::as_ref)
            .unwrap_or(&Val::Null)
    };
    match key {
        Key::Row => Ok(Codes {
            of_row: (0..rows as u32).collect(),
            labels: (0..rows as u64)
                .map(|r| Some(Arc::from((first + r + 1).to_string())))
                .collect(),
        }),
        Key::Column(at) => column(value(*at), rows),
        Key::Period(at, period) => periods(value(*at), rows, *period),
    }
}

/// Groups the rows of a batch that starts at row `first` of the table.
///
/// # Errors
/// A [`Stop`] for a key of a type that groups nothing: a fault of the program.
pub fn cells(keys: &[Key], values: &[Option<Val>], rows: usize, first: u64) -> Result<Cells, Stop> {
    let mut coded: Vec<Codes> = keys
        .iter()
        .map(|k| key(k, values, rows, first))
        .collect::<Result<_, _>>()?;
    if let [only] = coded.as_mut_slice() {
        let count = only.labels.len();
        return Ok(Cells {
            of_row: std::mem::take(&mut only.of_row),
            count,
            labels: vec![std::mem::take(&mut only.labels)],
            cells: (0..count as u32).collect(),
        });
    }
    let mut of_row = vec![0_u32; rows];
    let mut count = usize::from(rows > 0);
    for codes in &coded {
        let wide = codes.labels.len() as u64;
        let pairs: Vec<u64> = of_row
            .iter()
            .zip(&codes.of_row)
            .map(|(a, b)| u64::from(*a) * wide + u64::from(*b))
            .collect();
        let limit = count.saturating_mul(codes.labels.len());
        count = number(&mut of_row, pairs.into_iter(), limit);
    }
    let mut done = vec![false; count];
    let mut tuples = vec![0; count * coded.len()];
    for (row, cell) in of_row.iter().enumerate() {
        let cell = *cell as usize;
        if !done[cell] {
            done[cell] = true;
            for (k, codes) in coded.iter().enumerate() {
                tuples[cell * coded.len() + k] = codes.of_row[row];
            }
        }
    }
    Ok(Cells {
        of_row,
        count,
        labels: coded.into_iter().map(|c| c.labels).collect(),
        cells: tuples,
    })
}

/// Numbers the different values in order of first appearance; gives how many there are. `limit` is above every value.
fn number(of_row: &mut [u32], values: impl Iterator<Item = u64>, limit: usize) -> usize {
    let mut next = 0_u32;
    if limit <= 1 << 20 {
        let mut known = vec![u32::MAX; limit.max(1)];
        for (cell, value) in of_row.iter_mut().zip(values) {
            let slot = &mut known[value as usize];
            if *slot == u32::MAX {
                *slot = next;
                next += 1;
            }
            *cell = *slot;
        }
    } else {
        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
        for (cell, value) in of_row.iter_mut().zip(values) {
            *cell = *known.entry(value).or_insert_with(|| {
                next += 1;
                next - 1
            });
        }
    }
    next as usize
}

/// A number as a label: whole numbers without decimals.
pub fn number_label(x: f64) -> String {
    if x == 0.0 {
        "0".to_owned()
    } else {
        x.to_string()
    }
}

fn constant(label: Label, rows: usize) -> Codes {
    Codes {
        of_row: vec![0; rows],
        labels: vec![label],
    }
}

pub(super) fn column(value: &Val, rows: usize) -> Result<Codes, Stop> {
    named(value, rows, label)
}

/// Codes of a column whose texts get the labels that `name` gives: those of readers, or the texts as they are.
pub(super) fn named(
    value: &Val,
    rows: usize,
    name: fn(&str) -> Cow<'_, str>,
) -> Result<Codes, Stop> {
    if let Some(texts) = as_texts(value, rows)? {
        return Ok(of_words(&Words::of(&texts)?, name));
    }
    match value {
        Val::Number(x) => Ok(constant(Some(Arc::from(number_label(*x))), rows)),
        Val::Boolean(b) => Ok(constant(
            Some(Arc::from(if *b { "true" } else { "false" })),
            rows,
        )),
        Val::Truths(truths) => {
            let truths = piece(truths)?.iter().map(|t| t.map(u64::from));
            let label = |bits| if bits == 1 { "true" } else { "false" }.to_owned();
            Ok(labelled(truths, label))
        }
        Val::Date(_) | Val::Days(_) => {
            let days = value.days(rows)?;
            let days = piece(&days)?
                .iter()
                .map(|d| d.map(|d| u64::from(*d as u32)));
            Ok(labelled(days, |bits| {
                crate::indicator::formula::node::date_text(bits as u32 as i32)
            }))
        }
        Val::Numbers(numbers) => {
            let bits = |x: &f64| if *x == 0.0 { 0 } else { x.to_bits() };
            let numbers = piece(numbers)?.iter().map(|x| x.map(bits));
            Ok(labelled(numbers, |bits| number_label(f64::from_bits(bits))))
        }
        _ => Ok(constant(None, rows)),
    }
}

/// Codes of texts. Several texts may have one label.
fn of_words(words: &Words<'_>, name: fn(&str) -> Cow<'_, str>) -> Codes {
    const UNSEEN: u32 = u32::MAX;
    let mut known: FxHashMap<Option<Cow<'_, str>>, u32> = FxHashMap::default();
    let mut labels: Vec<Label> = Vec::new();
    let mut first_seen = |text: Option<&'_ str>| -> u32 {
        // The words outlive the batch, the labels of readers are made once per word.
        let text: Option<Cow<'static, str>> = text.map(|t| Cow::Owned(name(t).into_owned()));
        *known.entry(text).or_insert_with_key(|text| {
            labels.push(text.as_deref().map(Arc::from));
            (labels.len() - 1) as u32
        })
    };
    let codes = words.codes;
    let mut of_row = Vec::with_capacity(codes.len());
    let mut missing = UNSEEN;
    // A table by code where that is not much larger than the batch.
    if words.count() <= codes.len().saturating_mul(4).max(1 << 12) {
        let mut table = vec![UNSEEN; words.count()];
        let mut look = |code: u32| match table.get_mut(code as usize) {
            Some(slot) if *slot != UNSEEN => *slot,
            Some(slot) => {
                *slot = first_seen(words.words.cat_to_str(code));
                *slot
            }
            None => first_seen(words.words.cat_to_str(code)),
        };
        if codes.validity().is_none() {
            of_row.extend(codes.values().iter().map(|code| look(*code)));
        } else {
            for code in codes.iter() {
                of_row.push(match code {
                    Some(code) => look(*code),
                    None => UNSEEN,
                });
            }
        }
    } else {
        let mut table: FxHashMap<u32, u32> = FxHashMap::default();
        for code in codes.iter() {
            of_row.push(match code {
                Some(code) => *table
                    .entry(*code)
                    .or_insert_with(|| first_seen(words.words.cat_to_str(*code))),
                None => UNSEEN,
            });
        }
    }
    if codes.validity().is_some() {
        for code in of_row.iter_mut().filter(|code| **code == UNSEEN) {
            if missing == UNSEEN {
                missing = first_seen(None);
            }
            *code = missing;
        }
        // The label of missing cells came last; where it appears first decides its number.
        return in_order(Codes { of_row, labels });
    }
    Codes { of_row, labels }
}

/// Codes numbered again in order of first appearance.
fn in_order(codes: Codes) -> Codes {
    let mut of_row = codes.of_row.clone();
    let limit = codes.labels.len();
    number(
        &mut of_row,
        codes.of_row.iter().map(|c| u64::from(*c)),
        limit,
    );
    let mut labels: Vec<Label> = Vec::with_capacity(limit);
    for (old, new) in codes.of_row.iter().zip(&of_row) {
        if *new as usize == labels.len() {
            labels.push(codes.labels[*old as usize].clone());
        }
    }
    Codes { of_row, labels }
}

fn labelled(values: impl Iterator<Item = Option<u64>>, label: impl Fn(u64) -> String) -> Codes {
    let mut known: FxHashMap<Option<u64>, u32> = FxHashMap::default();
    let mut labels = Vec::new();
    let of_row = values
        .map(|value| {
            *known.entry(value).or_insert_with(|| {
                labels.push(value.map(|v| Arc::from(label(v))));
                (labels.len() - 1) as u32
            })
        })
        .collect();
    Codes { of_row, labels }
}

fn periods(value: &Val, rows: usize, period: Period) -> Result<Codes, Stop> {
    if !matches!(value, Val::Date(_) | Val::Days(_)) {
        return column(value, rows);
    }
    let part = |day: i32| {
        let date = civil(day)?;
        let within = match period {
            Period::Year => 0,
            Period::Quarter => u64::from((date.month().unsigned_abs() - 1) / 3 + 1),
            Period::Month => u64::from(date.month().unsigned_abs()),
        };
        Some(u64::from(date.year().unsigned_abs()) * 100 + within)
    };
    let parts = by_day(&value.days(rows)?, None, part)?;
    Ok(labelled(parts.into_iter(), |code| match period {
        Period::Year => (code / 100).to_string(),
        Period::Quarter => format!("{}-Q{}", code / 100, code % 100),
        Period::Month => format!("{}-{:02}", code / 100, code % 100),
    }))
}
