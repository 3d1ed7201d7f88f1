//! The sums that a row may be the total of, for all candidates in a few passes over the table.

use super::total_sheet::Sheet;
use super::totals::Candidate;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Passes over the table that are spent on rows with the labels of a total, at most: one for each set of
/// columns that totals have labels in.
const PASSES: usize = 64;

/// What rows sum to in a column of amounts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Added {
    pub sum: f64,
    /// Sum without signs.
    size: f64,
    /// Rows with a value, with one that is not zero, and with one that is not whole.
    pub values: usize,
    pub not_zero: usize,
    broken: usize,
    /// Least and greatest value.
    pub ends: Option<(f64, f64)>,
}

impl Added {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.size += value.abs();
        self.values += 1;
        self.not_zero += usize::from(value != 0.0);
        self.broken += usize::from(value.fract() != 0.0);
        let (low, high) = self.ends.unwrap_or((value, value));
        self.ends = Some((low.min(value), high.max(value)));
    }

    /// Whether a sum is what a total says, which may be rounded to the decimals that it has.
    pub fn is(&self, said: f64) -> bool {
        let rounded = match said {
            _ if self.broken == 0 => 0.0,
            said if said.fract() == 0.0 => 0.5,
            said if (said * 10.0).fract().abs() < 1e-6 => 0.05,
            _ => 0.005,
        };
        (said - self.sum).abs() <= rounded + 1e-9 * self.size
    }
}

/// What rows sum to, with their number.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    pub rows: usize,
    /// One per column of amounts.
    pub columns: Vec<Added>,
}

impl Sum {
    pub fn nothing(sheet: &Sheet) -> Sum {
        Sum {
            rows: 0,
            columns: vec![Added::default(); sheet.amounts.len()],
        }
    }

    pub fn add(&mut self, sheet: &Sheet, row: usize) {
        self.rows += 1;
        for (added, (_, cells)) in self.columns.iter_mut().zip(&sheet.amounts) {
            if let Some(value) = cells.get(row).filter(|v| !v.is_nan()) {
                added.add(*value);
            }
        }
    }
}

/// Of each candidate, in their order: what rows that are no candidates sum to; `None` where no amount of it is that sum.
pub(super) struct Sums {
    /// Rows with the labels of the candidate, or that it names.
    pub alike: Vec<Option<Sum>>,
    /// Rows up to the candidate before.
    pub above: Vec<Option<Sum>>,
    /// Rows down to the next candidate.
    pub below: Vec<Option<Sum>>,
    pub all_above: Vec<Option<Sum>>,
    pub all_below: Vec<Option<Sum>>,
    /// All rows.
    pub others: Sum,
    /// The first column of amounts that the candidate has a value in, with the sum of all rows above.
    pub first: Vec<Option<(usize, f64)>>,
}

impl Sums {
    pub fn of(sheet: &Sheet, candidates: &[Candidate]) -> Sums {
        let down = Pass::along(sheet, candidates, 0..sheet.rows);
        let up = Pass::along(sheet, candidates, (0..sheet.rows).rev());
        Sums {
            alike: alike(sheet, candidates),
            above: down.since_last,
            below: up.since_last,
            all_above: down.since_start,
            all_below: up.since_start,
            others: down.all,
            first: down.first,
        }
    }
}

/// The sum, where an amount of the row is one.
fn kept(sheet: &Sheet, row: usize, sum: &Sum) -> Option<Sum> {
    let mut amounts = sheet.amounts.iter().zip(&sum.columns);
    amounts
        .any(|((_, cells), added)| cells.get(row).is_some_and(|value| added.is(*value)))
        .then(|| sum.clone())
}

/// What was added up on a way through the rows, at each candidate.
struct Pass {
    since_last: Vec<Option<Sum>>,
    since_start: Vec<Option<Sum>>,
    first: Vec<Option<(usize, f64)>>,
    all: Sum,
}

impl Pass {
    fn along(sheet: &Sheet, candidates: &[Candidate], rows: impl Iterator<Item = usize>) -> Pass {
        let mut pass = Pass {
            since_last: vec![None; candidates.len()],
            since_start: vec![None; candidates.len()],
            first: vec![None; candidates.len()],
            all: Sum::nothing(sheet),
        };
        let mut since_last = Sum::nothing(sheet);
        for row in rows {
            let Ok(at) = candidates.binary_search_by_key(&row, |c| c.row) else {
                since_last.add(sheet, row);
                pass.all.add(sheet, row);
                continue;
            };
            let there =
                |(_, cells): &(String, Vec<f64>)| cells.get(row).is_some_and(|v| !v.is_nan());
            let first = sheet.amounts.iter().position(there);
            let sum = first.and_then(|first| Some((first, pass.all.columns.get(first)?.sum)));
            pass.since_last[at] = kept(sheet, row, &since_last);
            pass.since_start[at] = kept(sheet, row, &pass.all);
            pass.first[at] = sum;
            since_last = Sum::nothing(sheet);
        }
        pass
    }
}

/// Of each candidate: the sum of the rows that have its labels, or that it names.
fn alike(sheet: &Sheet, candidates: &[Candidate]) -> Vec<Option<Sum>> {
    let mut found = vec![None; candidates.len()];
    // By the columns of the labels: the candidates, and the labels that rows must have to be of one.
    let mut wanted: BTreeMap<Vec<usize>, Vec<(usize, Vec<u32>)>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let Some(said) = candidate.said else { continue };
        let named = sheet
            .words
            .get(&said)
            .and_then(|(_, w)| sheet.named.get(&w.of));
        let labels: Vec<(usize, u32)> = (0..sheet.labels.len())
            .filter(|other| *other != said.0)
            .map(|other| (other, sheet.label(other, candidate.row)))
            .filter(|(_, code)| *code != 0)
            .collect();
        match named {
            None if labels.is_empty() => {}
            None => {
                let (columns, codes) = labels.into_iter().unzip();
                wanted.entry(columns).or_default().push((at, codes));
            }
            Some(named) => {
                for (column, code) in named {
                    let mut labels = labels.clone();
                    match labels.iter().find(|(known, _)| known == column) {
                        Some((_, known)) if known != code => continue,
                        Some(_) => {}
                        None => labels.push((*column, *code)),
                    }
                    let (columns, codes) = labels.into_iter().unzip();
                    wanted.entry(columns).or_default().push((at, codes));
                }
            }
        }
    }
    // Most candidates first: where totals are labelled in very many ways, the rest is looked for among the rows next to them.
    let mut wanted: Vec<_> = wanted.into_iter().collect();
    wanted.sort_by_key(|(_, candidates)| std::cmp::Reverse(candidates.len()));
    for (columns, of) in wanted.into_iter().take(PASSES) {
        let mut sums: FxHashMap<&[u32], Sum> = FxHashMap::default();
        for (_, codes) in &of {
            sums.entry(codes).or_insert_with(|| Sum::nothing(sheet));
        }
        let mut codes = Vec::with_capacity(columns.len());
        let mut totals = candidates.iter().map(|c| c.row).peekable();
        for row in 0..sheet.rows {
            if totals.next_if_eq(&row).is_some() {
                continue;
            }
            codes.clear();
            codes.extend(columns.iter().map(|column| sheet.label(*column, row)));
            if let Some(sum) = sums.get_mut(codes.as_slice()) {
                sum.add(sheet, row);
            }
        }
        for (at, codes) in &of {
            let row = candidates.get(*at).map(|c| c.row);
            let sum = sums.get(codes.as_slice()).zip(row);
            let sum = sum.and_then(|(sum, row)| kept(sheet, row, sum));
            if let (Some(found), Some(sum)) = (found.get_mut(*at), sum) {
                found.get_or_insert(sum);
            }
        }
    }
    found
}
