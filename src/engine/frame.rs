//! The rows of a table one by one: values, keys and weights, for measures that sums don't give.

use super::Reader;
use super::cells::{Codes, key, named};
use super::evaluate::Expressions;
use super::lists::as_written;
use super::sums::Label;
use super::value::Val;
use crate::dataset::typed::piece as whole;
use crate::dataset::{Dataset, LIST_SEPARATOR};
use crate::finding::Stop;
use crate::indicator::measure::Wants;
use crate::plan::extract::Extract;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What is read of a table, row by row, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Whether each row counts.
    pub states: Vec<State>,
    /// The fields of the extract.
    pub fields: Vec<Values>,
    /// The keys of the extract.
    pub keys: Vec<Keyed>,
    /// Weight of each row, where the table has weights.
    pub weights: Option<Vec<f64>>,
    /// Replicate weights, where asked for: one list over all rows for each; 0 where missing.
    pub replicates: Vec<Vec<f64>>,
    /// Why rows are left out, and how many.
    pub reasons: Vec<(String, u64)>,
}

/// Whether a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The filter leaves it out.
    Excluded,
    /// The filter can't be decided.
    Undecided,
    /// Something required is missing.
    Missing,
    /// It counts.
    Used,
}

/// A field over all rows.
#[derive(Debug, Clone)]
pub enum Values {
    /// Numbers, truth values as 0 and 1, dates as days since 1970-01-01; NaN where there is none.
    Numbers(Vec<f64>),
    /// Labels: each row has the codes `lists[of_row]`, where missing there are none.
    Labels {
        /// Index of the row's list, `None` where missing.
        of_row: Vec<Option<u32>>,
        /// Different lists of codes.
        lists: Vec<Vec<u32>>,
        /// Label of each code.
        labels: Vec<Arc<str>>,
    },
}

/// A key over all rows.
#[derive(Debug, Clone, Default)]
pub struct Keyed {
    /// Code of each row.
    pub of_row: Vec<u32>,
    /// Label of each code, in order of first appearance.
    pub labels: Vec<Label>,
}

impl Values {
    /// Number of a row; `None` where missing or not a number.
    pub fn number(&self, row: u32) -> Option<f64> {
        match self {
            Values::Numbers(numbers) => numbers.get(row as usize).copied().filter(|x| !x.is_nan()),
            Values::Labels { .. } => None,
        }
    }

    /// Codes of a row: one for a label, several for a list, none where missing.
    pub fn codes(&self, row: u32) -> &[u32] {
        match self {
            Values::Labels { of_row, lists, .. } => of_row
                .get(row as usize)
                .copied()
                .flatten()
                .and_then(|at| lists.get(at as usize))
                .map_or(&[], Vec::as_slice),
            Values::Numbers(_) => &[],
        }
    }

    /// First code of a row.
    pub fn code(&self, row: u32) -> Option<u32> {
        self.codes(row).first().copied()
    }

    /// Label of a code; empty for one that is none.
    pub fn label(&self, code: u32) -> &str {
        match self {
            Values::Labels { labels, .. } => labels.get(code as usize).map_or("", AsRef::as_ref),
            Values::Numbers(_) => "",
        }
    }

    /// The different labels that rows have, in order.
    pub fn words(&self, rows: &[u32]) -> Vec<&str> {
        let codes: FxHashSet<u32> = rows.iter().filter_map(|row| self.code(*row)).collect();
        let mut words: Vec<&str> = codes.into_iter().map(|code| self.label(code)).collect();
        words.sort_unstable();
        words
    }

    /// Label of a row's first code.
    pub fn text(&self, row: u32) -> Option<&str> {
        self.code(row).map(|code| self.label(code))
    }
}

impl Keyed {
    /// Label of a row; `None` where missing.
    pub fn label(&self, row: u32) -> Option<&str> {
        let code = *self.of_row.get(row as usize)?;
        self.labels.get(code as usize)?.as_deref()
    }
}

impl Frame {
    /// Rows of the table.
    pub fn rows(&self) -> u32 {
        self.states.len() as u32
    }

    /// Whether a row counts.
    pub fn is_used(&self, row: u32) -> bool {
        self.states.get(row as usize) == Some(&State::Used)
    }

    /// Weight of a row: 1 where the table has none.
    pub fn weight(&self, row: u32) -> f64 {
        match &self.weights {
            None => 1.0,
            Some(weights) => weights.get(row as usize).copied().unwrap_or(0.0),
        }
    }
}

/// What one batch gave.
struct Piece {
    states: Vec<State>,
    fields: Vec<Part>,
    keys: Vec<Codes>,
    weights: Option<Vec<f64>>,
    replicates: Vec<Vec<f64>>,
    reasons: Vec<u64>,
}

enum Part {
    Numbers(Vec<f64>),
    Labels(Codes),
}

/// Reads what an extract asks for. `advance` is told of rows done, from several threads.
///
/// # Errors
/// A [`Stop`] when a file can't be read, or a parent's key repeats.
pub fn frame(
    dataset: &Dataset,
    extract: &Extract,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<Frame, Stop> {
    let Some(table) = dataset.tables.get(extract.scan.table) else {
        return Ok(Frame::default());
    };
    let reader = Reader::new(dataset, table, &extract.scan)?;
    let expressions = Expressions::new(&extract.scan.expressions);
    let numbered = reader.units(table)?;
    let pieces: Vec<Result<Vec<Piece>, Stop>> = numbered
        .par_iter()
        .map(|(first, unit)| {
            let mut at = *first;
            let mut pieces = Vec::new();
            for batch in unit.read()? {
                let batch = reader.batch(&batch?)?;
                pieces.push(piece(extract, &expressions, &batch, at)?);
                at += batch.rows as u64;
                advance(batch.rows as u64);
            }
            Ok(pieces)
        })
        .collect();
    let mut joined = Joined::new(extract);
    for pieces in pieces {
        pieces?.into_iter().for_each(|piece| joined.add(piece));
    }
    Ok(joined.finish(extract))
}

fn piece(
    extract: &Extract,
    expressions: &Expressions,
    batch: &super::Batch,
    first: u64,
) -> Result<Piece, Stop> {
    let rows = batch.rows;
    let values = expressions.values(batch, &vec![true; extract.scan.expressions.len()])?;
    let value = |at: usize| {
        values
            .get(at)
            .and_then(Option::as_ref)
            .unwrap_or(&Val::Null)
    };
    let mut states = vec![State::Used; rows];
    // One reason for the filter, one for the weight, one per field.
    let mut reasons = vec![0; extract.fields.len() + 2];
    if let Some(filter) = extract.filter {
        let truths = value(filter).truths(rows)?;
        for (state, truth) in states.iter_mut().zip(whole(&truths)?.iter()) {
            *state = match truth {
                Some(true) => State::Used,
                Some(false) => State::Excluded,
                None => State::Undecided,
            };
        }
        reasons[0] = states.iter().filter(|s| **s == State::Undecided).count() as u64;
    }
    let mut fields = Vec::with_capacity(extract.fields.len());
    for (at, (expression, wants)) in extract.fields.iter().enumerate() {
        let part = part(value(*expression), *wants, rows)?;
        if extract.required[at].is_some() {
            for (row, state) in states.iter_mut().enumerate() {
                if *state == State::Used && part.is_missing(row) {
                    *state = State::Missing;
                    reasons[at + 2] += 1;
                }
            }
        }
        fields.push(part);
    }
    let weights = match extract.scan.weight {
        None => None,
        Some(weight) => {
            let numbers = value(weight).numbers(rows)?;
            let weight = |w: Option<&f64>| w.copied().filter(|w| *w > 0.0).unwrap_or(0.0);
            let weights: Vec<f64> = whole(&numbers)?.iter().map(weight).collect();
            for (state, weight) in states.iter_mut().zip(&weights) {
                if *state == State::Used && *weight <= 0.0 {
                    *state = State::Missing;
                    reasons[1] += 1;
                }
            }
            Some(weights)
        }
    };
    let mut replicates = Vec::with_capacity(extract.scan.replicates.len());
    for expression in &extract.scan.replicates {
        let numbers = value(*expression).numbers(rows)?;
        let weight = |w: Option<&f64>| w.copied().unwrap_or(0.0);
        replicates.push(whole(&numbers)?.iter().map(weight).collect());
    }
    let keys = extract
        .scan
        .keys
        .iter()
        .map(|k| key(k, &values, rows, first))
        .collect::<Result<_, _>>()?;
    Ok(Piece {
        states,
        fields,
        keys,
        weights,
        replicates,
        reasons,
    })
}

fn part(value: &Val, wants: Wants, rows: usize) -> Result<Part, Stop> {
    let dates = |value: &Val| -> Result<Part, Stop> {
        let days = value.days(rows)?;
        let day = |d: Option<&i32>| d.map_or(f64::NAN, |d| f64::from(*d));
        Ok(Part::Numbers(whole(&days)?.iter().map(day).collect()))
    };
    let is_date = matches!(value, Val::Date(_) | Val::Days(_));
    match wants {
        Wants::Date => dates(value),
        Wants::Ordered if is_date => dates(value),
        Wants::Number | Wants::Truth | Wants::Ordered => {
            let numbers = value.numbers(rows)?;
            let number = |x: Option<&f64>| x.copied().unwrap_or(f64::NAN);
            Ok(Part::Numbers(whole(&numbers)?.iter().map(number).collect()))
        }
        Wants::Label | Wants::Labels => Ok(Part::Labels(named(value, rows, as_written)?)),
    }
}

impl Part {
    fn is_missing(&self, row: usize) -> bool {
        match self {
            Part::Numbers(numbers) => numbers[row].is_nan(),
            Part::Labels(codes) => codes.labels[codes.of_row[row] as usize].is_none(),
        }
    }
}

/// Pieces put together in the order of the file.
struct Joined {
    frame: Frame,
    known_keys: Vec<FxHashMap<Label, u32>>,
    known_cells: Vec<FxHashMap<Arc<str>, u32>>,
    known_labels: Vec<FxHashMap<Arc<str>, u32>>,
    counts: Vec<u64>,
}

impl Joined {
    fn new(extract: &Extract) -> Self {
        let fields = extract.fields.iter().map(|(_, wants)| match wants {
            Wants::Label | Wants::Labels => Values::Labels {
                of_row: vec![],
                lists: vec![],
                labels: vec![],
            },
            _ => Values::Numbers(vec![]),
        });
        Joined {
            frame: Frame {
                fields: fields.collect(),
                keys: vec![Keyed::default(); extract.scan.keys.len()],
                weights: extract.scan.weight.map(|_| vec![]),
                replicates: vec![vec![]; extract.scan.replicates.len()],
                ..Frame::default()
            },
            known_keys: vec![FxHashMap::default(); extract.scan.keys.len()],
            known_cells: vec![FxHashMap::default(); extract.fields.len()],
            known_labels: vec![FxHashMap::default(); extract.fields.len()],
            counts: vec![0; extract.fields.len() + 2],
        }
    }

    fn add(&mut self, piece: Piece) {
        self.frame.states.extend(piece.states);
        for (total, more) in self.counts.iter_mut().zip(piece.reasons) {
            *total += more;
        }
        if let (Some(all), Some(more)) = (&mut self.frame.weights, piece.weights) {
            all.extend(more);
        }
        for (all, more) in self.frame.replicates.iter_mut().zip(piece.replicates) {
            all.extend(more);
        }
        for ((keyed, known), codes) in self
            .frame
            .keys
            .iter_mut()
            .zip(&mut self.known_keys)
            .zip(piece.keys)
        {
            let code = |label: Label| {
                *known.entry(label.clone()).or_insert_with(|| {
                    keyed.labels.push(label);
                    (keyed.labels.len() - 1) as u32
                })
            };
            let renamed: Vec<u32> = codes.labels.into_iter().map(code).collect();
            keyed
                .of_row
                .extend(codes.of_row.iter().map(|c| renamed[*c as usize]));
        }
        let parts = self.frame.fields.iter_mut().zip(piece.fields).enumerate();
        for (at, (values, part)) in parts {
            match (values, part) {
                (Values::Numbers(all), Part::Numbers(more)) => all.extend(more),
                (
                    Values::Labels {
                        of_row,
                        lists,
                        labels,
                    },
                    Part::Labels(codes),
                ) => {
                    let (cells, names) = (&mut self.known_cells[at], &mut self.known_labels[at]);
                    let mut name = |text: &str| match names.get(text) {
                        Some(code) => *code,
                        None => {
                            let label: Arc<str> = Arc::from(text);
                            labels.push(label.clone());
                            names.insert(label, (labels.len() - 1) as u32);
                            (labels.len() - 1) as u32
                        }
                    };
                    let renamed: Vec<Option<u32>> = codes
                        .labels
                        .into_iter()
                        .map(|cell| {
                            let cell = cell?;
                            if let Some(list) = cells.get(&cell) {
                                return Some(*list);
                            }
                            lists.push(cell.split(LIST_SEPARATOR).map(&mut name).collect());
                            cells.insert(cell, (lists.len() - 1) as u32);
                            Some((lists.len() - 1) as u32)
                        })
                        .collect();
                    of_row.extend(codes.of_row.iter().map(|c| renamed[*c as usize]));
                }
                // A field has the same kind in every piece: that of the extract.
                _ => {}
            }
        }
    }

    fn finish(mut self, extract: &Extract) -> Frame {
        let mut add = |reason: &str, count: u64| {
            if count > 0 {
                self.frame.reasons.push((reason.to_owned(), count));
            }
        };
        let counts = &self.counts;
        add("filter can't be decided: a column is missing", counts[0]);
        for (reason, count) in extract.required.iter().zip(&counts[2..]) {
            if let Some(reason) = reason {
                add(reason, *count);
            }
        }
        add("weight missing or not above zero", counts[1]);
        self.frame
    }
}
