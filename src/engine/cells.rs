//! Which cell each row of a batch belongs to.

use super::evaluate::{as_texts, civil};
use super::lists::label;
use super::sums::Label;
use super::value::Val;
use crate::evaluation::Period;
use crate::finding::Stop;
use crate::plan::scan::Key;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Cells of a batch, numbered in order of first appearance.
pub struct Cells {
    /// Cell of each row.
    pub of_row: Vec<u32>,
    /// Labels of each key.
    pub labels: Vec<Vec<Label>>,
    /// Per cell, the code of each key, one key after the other.
    pub cells: Vec<u32>,
}

/// Codes of one key by row, with their labels.
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
pub fn cells(keys: &[Key], values: &[Option<Val>], rows: usize, first: u64) -> Result<Cells, Stop> {
    let coded: Vec<Codes> = keys
        .iter()
        .map(|k| key(k, values, rows, first))
        .collect::<Result<_, _>>()?;
    let mut of_row = vec![0_u32; rows];
    let mut tuples: Vec<u32> = Vec::new();
    match coded.as_slice() {
        [] => {}
        [only] => {
            number(
                &mut of_row,
                only.of_row.iter().map(|c| u64::from(*c)),
                only.labels.len(),
            );
        }
        [head, rest @ ..] => {
            of_row.copy_from_slice(&head.of_row);
            let mut size = head.labels.len();
            for codes in rest {
                let wide = codes.labels.len() as u64;
                let pairs: Vec<u64> = of_row
                    .iter()
                    .zip(&codes.of_row)
                    .map(|(a, b)| u64::from(*a) * wide + u64::from(*b))
                    .collect();
                let product = size.saturating_mul(codes.labels.len());
                size = number(&mut of_row, pairs.into_iter(), product);
            }
        }
    }
    let count = of_row.iter().max().map_or(0, |m| *m as usize + 1);
    let mut done = vec![false; count];
    tuples.resize(count * coded.len(), 0);
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
        let dictionary = texts.values().as_string::<i32>();
        let mut known: FxHashMap<Option<Cow<str>>, u32> = FxHashMap::default();
        let mut labels: Vec<Label> = Vec::new();
        let mut by_entry = Vec::with_capacity(dictionary.len());
        let nulls = texts.keys().null_count() > 0;
        for text in dictionary.iter().chain(nulls.then_some(None)) {
            let text = text.map(name);
            by_entry.push(match known.get(&text) {
                Some(code) => *code,
                None => {
                    labels.push(text.as_deref().map(Arc::from));
                    let code = (labels.len() - 1) as u32;
                    known.insert(text, code);
                    code
                }
            });
        }
        let missing = by_entry.last().copied().filter(|_| nulls);
        let keys = texts.keys();
        let of_row = match (keys.nulls(), missing) {
            (Some(nulls), Some(missing)) => keys
                .values()
                .iter()
                .zip(nulls.iter())
                .map(|(k, valid)| {
                    if valid {
                        by_entry.get(*k as usize).copied().unwrap_or(missing)
                    } else {
                        missing
                    }
                })
                .collect(),
            _ => keys
                .values()
                .iter()
                .map(|k| by_entry.get(*k as usize).copied().unwrap_or(0))
                .collect(),
        };
        return Ok(Codes { of_row, labels });
    }
    match value {
        Val::Number(x) => Ok(constant(Some(Arc::from(number_label(*x))), rows)),
        Val::Boolean(b) => Ok(constant(
            Some(Arc::from(if *b { "true" } else { "false" })),
            rows,
        )),
        Val::Rows(array) => match array.data_type() {
            DataType::Boolean => {
                let truths = array.as_boolean();
                let label =
                    |code: u32| [None, Some("false"), Some("true")][code as usize].map(Arc::from);
                let of_row = truths
                    .iter()
                    .map(|t| t.map_or(0, |b| 1 + u32::from(b)))
                    .collect();
                Ok(Codes {
                    of_row,
                    labels: (0..3).map(label).collect(),
                })
            }
            DataType::Date32 => {
                let dates = value.dates(rows)?;
                Ok(labelled(
                    dates.iter().map(|d| d.map(|d| u64::from(d as u32))),
                    |bits| crate::indicator::formula::node::date_text(bits as u32 as i32),
                ))
            }
            _ => {
                let numbers = value.numbers(rows)?;
                let bits = numbers
                    .iter()
                    .map(|x| x.map(|x| if x == 0.0 { 0 } else { x.to_bits() }));
                Ok(labelled(bits, |bits| number_label(f64::from_bits(bits))))
            }
        },
        _ => Ok(constant(None, rows)),
    }
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
    let is_date = matches!(value, Val::Date(_))
        || matches!(value, Val::Rows(a) if a.data_type() == &DataType::Date32);
    if !is_date {
        return column(value, rows);
    }
    let dates = value.dates(rows)?;
    let mut known: FxHashMap<i32, Option<u64>> = FxHashMap::default();
    let mut part = |day: i32| {
        *known.entry(day).or_insert_with(|| {
            let date = civil(day)?;
            let within = match period {
                Period::Year => 0,
                Period::Quarter => u64::from((date.month().unsigned_abs() - 1) / 3 + 1),
                Period::Month => u64::from(date.month().unsigned_abs()),
            };
            Some(u64::from(date.year().unsigned_abs()) * 100 + within)
        })
    };
    Ok(labelled(
        dates.iter().map(|d| part(d?)),
        |code| match period {
            Period::Year => (code / 100).to_string(),
            Period::Quarter => format!("{}-Q{}", code / 100, code % 100),
            Period::Month => format!("{}-{:02}", code / 100, code % 100),
        },
    ))
}
