//! A table as it is looked through for totals: its labels and its amounts.

use super::declare::TableSpec;
use super::total_summaries::{Summary, summary};
use super::total_words::{TotalOf, plainly, total};
use super::typed::Cells;
use super::words;
use super::{Column, Table, Type, units};
use crate::finding::Stop;
use polars_arrow::array::StaticArray as _;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Cells of amounts that are kept at once, at most.
const CELLS: usize = 20_000_000;

/// A table as it is looked through for totals.
pub(super) struct Sheet {
    /// Columns of labels: name, and the cells of the rows, equal ones having equal numbers; 0 where missing.
    pub labels: Vec<(String, Vec<u32>)>,
    /// Columns of amounts: name, and the cells, not a number where missing.
    pub amounts: Vec<(String, Vec<f64>)>,
    /// Of each column of labels: whether it says which row it is.
    pub identity: Vec<bool>,
    /// Whether no column is declared to say so, and the first one with texts is taken for it.
    pub guessed: bool,
    /// Rows without key or programme; empty where the table has neither.
    pub keyless: Vec<bool>,
    /// Texts that name a sum: by column of labels and number.
    pub words: BTreeMap<(usize, u32), (String, TotalOf)>,
    /// Texts that name another summary: by column of labels and number.
    pub summaries: BTreeMap<(usize, u32), (String, (Summary, bool))>,
    /// Labels that totals name, the `North` of "North total": column of labels and number, by the text.
    pub named: BTreeMap<String, Vec<(usize, u32)>>,
    pub rows: usize,
}

/// The columns of a table by what they are to a total.
pub(super) struct Columns {
    pub labels: Vec<String>,
    pub amounts: Vec<String>,
    pub identity: Vec<bool>,
    pub guessed: bool,
    /// The key and the programme.
    pub keys: Vec<String>,
}

impl Columns {
    pub fn of(table: &Table, spec: &TableSpec) -> Option<Columns> {
        let meaning = &table.meaning;
        let key = match table.primary_key.as_slice() {
            [one] => Some(one),
            _ => None,
        };
        let when = |c: &Column| {
            let said = [&meaning.date, &meaning.wave];
            let said = said.into_iter().flatten().any(|name| *name == c.name);
            said || c.declared == "year" || words::is_year(&c.name)
        };
        let is_label = |c: &Column| match c.r#type {
            Type::Text | Type::List | Type::Date => true,
            Type::Number => when(c),
            Type::Boolean => false,
        };
        let is_amount = |c: &Column| c.r#type == Type::Number && !names_something(c, table, spec);
        let labels: Vec<&Column> = table.columns.iter().filter(|c| is_label(c)).collect();
        // A key of another table's rows says what a row is of, as the programme does.
        let elsewhere = |name: &String| {
            let mut references = spec.references.iter();
            references.any(|r| matches!(r.fields.as_slice(), [one] if one == name))
        };
        let mut identity: Vec<bool> = labels
            .iter()
            .map(|c| {
                let named = [&meaning.programme, &meaning.label, &meaning.person];
                let named = named.into_iter().flatten().any(|n| *n == c.name);
                c.r#type == Type::Text && (named || key == Some(&c.name) || elsewhere(&c.name))
            })
            .collect();
        let there = |name: &&String| table.column(name).is_some();
        let mut keys: Vec<String> = key
            .into_iter()
            .chain(&meaning.programme)
            .filter(there)
            .cloned()
            .collect();
        if keys.is_empty() {
            let names = table.columns.iter().map(|c| &c.name);
            keys.extend(names.filter(|name| elsewhere(name)).cloned());
        }
        let guessed = keys.is_empty() && !identity.contains(&true);
        let first = labels.iter().position(|c| c.r#type == Type::Text);
        if let Some(first) = first
            .filter(|_| guessed)
            .and_then(|at| identity.get_mut(at))
        {
            *first = true;
        }
        let amounts = table.columns.iter().filter(|c| is_amount(c));
        let most = (CELLS / (table.rows as usize).max(1)).max(1);
        Some(Columns {
            labels: labels.iter().map(|c| c.name.clone()).collect(),
            amounts: amounts.take(most).map(|c| c.name.clone()).collect(),
            identity,
            guessed,
            keys,
        })
    }

    /// Whether a row has nothing but the label that says what it is.
    fn may_be_alone(&self, labels: &[Cells<'_>]) -> bool {
        let Some(at) = self.identity.iter().position(|is| *is) else {
            return false;
        };
        let others = || labels.iter().enumerate().filter(|(other, _)| *other != at);
        let Some(name) = labels.get(at).filter(|_| labels.len() > 1) else {
            return false;
        };
        others().all(|(_, cells)| cells.validity().is_some())
            && (0..name.len()).any(|row| {
                !name.is_missing(row) && others().all(|(_, cells)| cells.is_missing(row))
            })
    }

    /// Whether a row could be a total: a text says so, a row has no label, or the last row is the sum of the others.
    pub fn may_have_totals(&self, table: &Table) -> Result<bool, Stop> {
        let told = units::each_seen(table, &self.labels, |_, frame| {
            let columns: Result<Vec<Cells<'_>>, Stop> =
                frame.columns().iter().map(Cells::of).collect();
            let columns = columns?;
            let says = |cells: &Cells<'_>| match cells {
                Cells::Texts(words) => words
                    .each(|w| total(w).is_some() || summary(w).is_some())
                    .any(|is| *is),
                _ => false,
            };
            let gaps = |cells: &Cells<'_>| cells.validity().is_some();
            let blank = |row: usize| columns.iter().all(|cells| cells.is_missing(row));
            let bare =
                !columns.is_empty() && columns.iter().all(gaps) && (0..frame.height()).any(blank);
            Ok(bare || self.may_be_alone(&columns) || columns.iter().any(says))
        })?;
        if told.contains(&true) {
            return Ok(true);
        }
        let sums = units::each_seen(table, &self.amounts, |_, frame| {
            let sum = |column| -> Result<(f64, f64), Stop> {
                let Cells::Numbers(numbers) = Cells::of(column)? else {
                    return Ok((0.0, f64::NAN));
                };
                let end = numbers.len().checked_sub(1);
                let last = end.and_then(|end| numbers.get(end));
                let sum = numbers.iter().flatten().sum();
                Ok((sum, last.unwrap_or(f64::NAN)))
            };
            frame
                .columns()
                .iter()
                .map(sum)
                .collect::<Result<Vec<_>, _>>()
        })?;
        let mut all = vec![(0.0, f64::NAN, 0.0); self.amounts.len()];
        for frame in sums {
            for ((sum, last, size), (more, end)) in all.iter_mut().zip(frame) {
                *sum += more;
                *last = end;
                *size += f64::abs(more);
            }
        }
        // Half of the sum of all; the rest is looked at with care.
        let halves = all.iter().filter(|(_, last, _)| !last.is_nan());
        Ok(halves.clone().count() > 1
            && halves
                .clone()
                .all(|(sum, last, size)| (sum - 2.0 * last).abs() <= 1.0 + 1e-9 * size))
    }
}

impl Sheet {
    /// The labels and amounts of a table.
    pub fn of(table: &Table, columns: &Columns) -> Result<Sheet, Stop> {
        let empty = |names: &[String]| {
            names
                .iter()
                .map(|name| (name.clone(), Vec::new()))
                .collect()
        };
        let amounts: Vec<(String, Vec<f64>)> = columns
            .amounts
            .iter()
            .map(|n| (n.clone(), Vec::new()))
            .collect();
        let mut sheet = Sheet {
            labels: empty(&columns.labels),
            amounts,
            identity: columns.identity.clone(),
            guessed: columns.guessed,
            keyless: Vec::new(),
            words: BTreeMap::new(),
            summaries: BTreeMap::new(),
            named: BTreeMap::new(),
            rows: table.rows as usize,
        };
        let mut numbers: Vec<FxHashMap<u64, u32>> =
            vec![FxHashMap::default(); columns.labels.len()];
        let lists = [&columns.labels, &columns.amounts, &columns.keys];
        let read: Vec<String> = lists.into_iter().flatten().cloned().collect();
        let mut once = read.clone();
        once.sort();
        once.dedup();
        let places: Vec<usize> = read
            .iter()
            .filter_map(|n| once.binary_search(n).ok())
            .collect();
        let (labels, keys) = (
            columns.labels.len(),
            columns.labels.len() + columns.amounts.len(),
        );
        units::scan(table, &once, |_, frame| {
            let mut without = vec![false; frame.height()];
            for (at, place) in places.iter().enumerate() {
                let Some(column) = frame.columns().get(*place) else {
                    continue;
                };
                let cells = Cells::of(column)?;
                if at >= keys {
                    for (row, without) in without.iter_mut().enumerate() {
                        *without |= cells.is_missing(row);
                    }
                } else if at >= labels {
                    sheet.add_amounts(at - labels, &cells);
                } else if let Some(known) = numbers.get_mut(at) {
                    sheet.add_labels(at, &cells, known);
                }
            }
            if !columns.keys.is_empty() {
                sheet.keyless.extend(without);
            }
            Ok(())
        })?;
        sheet.name_parts(table, columns)?;
        Ok(sheet)
    }

    /// Number of the label of a row; 0 where it has none.
    pub fn label(&self, column: usize, row: usize) -> u32 {
        let column = self.labels.get(column);
        let code = column.and_then(|(_, codes)| codes.get(row));
        code.copied().unwrap_or(0)
    }

    fn add_amounts(&mut self, at: usize, cells: &Cells<'_>) {
        if let (Some((_, amounts)), Cells::Numbers(numbers)) = (self.amounts.get_mut(at), cells) {
            amounts.extend(numbers.iter().map(|n| n.copied().unwrap_or(f64::NAN)));
        }
    }

    /// Adds the cells of a column of labels. What is no text has the numbers in `known`.
    fn add_labels(&mut self, at: usize, cells: &Cells<'_>, known: &mut FxHashMap<u64, u32>) {
        let Some((_, codes)) = self.labels.get_mut(at) else {
            return;
        };
        let mut number = |bits: Option<u64>| {
            let Some(bits) = bits else { return 0 };
            let next = known.len() as u32 + 1;
            *known.entry(bits).or_insert(next)
        };
        match cells {
            Cells::Numbers(cells) => {
                codes.extend(cells.iter().map(|v| number(v.map(|v| v.to_bits()))));
            }
            Cells::Days(cells) => {
                codes.extend(cells.iter().map(|v| {
                    number(v.map(|v| u64::from(v.unsigned_abs()) << 1 | u64::from(*v < 0)))
                }));
            }
            Cells::Truths(cells) => codes.extend(cells.iter().map(|v| number(v.map(u64::from)))),
            Cells::Texts(words) => {
                let totals = words.each(|word| total(word).map(|of| (word.to_owned(), of)));
                let others = words.each(|word| summary(word).map(|of| (word.to_owned(), of)));
                for code in words.codes.iter() {
                    // Codes mean the same in all frames of a table.
                    codes.push(code.map_or(0, |code| *code + 1));
                    if let Some(code) = code
                        && let Some(Some(said)) = totals.get(*code)
                        && !self.words.contains_key(&(at, *code + 1))
                    {
                        self.words.insert((at, *code + 1), said.clone());
                    }
                    if let Some(code) = code
                        && let Some(Some(said)) = others.get(*code)
                    {
                        self.summaries
                            .entry((at, *code + 1))
                            .or_insert_with(|| said.clone());
                    }
                }
            }
        }
    }

    /// Finds the labels that totals name: the `North` of "North total".
    fn name_parts(&mut self, table: &Table, columns: &Columns) -> Result<(), Stop> {
        let parts: BTreeSet<&str> = self
            .words
            .values()
            .map(|(_, said)| said.of.as_str())
            .filter(|of| !of.is_empty())
            .collect();
        if parts.is_empty() {
            return Ok(());
        }
        let mut named = BTreeSet::new();
        units::scan(table, &columns.labels, |_, frame| {
            for (at, column) in frame.columns().iter().enumerate() {
                let Cells::Texts(words) = Cells::of(column)? else {
                    continue;
                };
                let known = words.each(|word| {
                    Some(plainly(word)).filter(|plain| parts.contains(plain.as_str()))
                });
                for code in words.codes.iter().flatten() {
                    if let Some(Some(part)) = known.get(*code) {
                        named.insert((at, part.clone(), *code + 1));
                    }
                }
            }
            Ok(())
        })?;
        for (at, part, code) in named {
            self.named.entry(part).or_default().push((at, code));
        }
        Ok(())
    }
}

/// Whether the numbers of a column say which row it is, or when, rather than how much.
pub(super) fn names_something(column: &Column, table: &Table, spec: &TableSpec) -> bool {
    let meaning = &table.meaning;
    let said = [
        &meaning.programme,
        &meaning.person,
        &meaning.cluster,
        &meaning.stratum,
        &meaning.wave,
        &meaning.date,
        &meaning.label,
    ];
    let name = &column.name;
    said.into_iter().flatten().any(|said| said == name)
        || table.primary_key.contains(name)
        || spec.references.iter().any(|r| r.fields.contains(name))
        || spec.unique_keys.iter().flatten().any(|key| key == name)
        || column.declared == "year"
        || words::is_year(name)
        || words::is_key(name)
}
