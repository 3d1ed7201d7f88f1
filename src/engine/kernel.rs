//! One batch of rows becomes sums per cell. The numbers of a cell are added in row order, so the result does not depend on threads.

use super::cells::{cells, number_label};
use super::evaluate::{Batch, Expressions, as_texts};
use super::lanes::{self, Lane, WIDTH};
use super::masks::{self, mask};
use super::picks;
use super::replicates;
use super::runs::Runs;
use super::sums::{Different, Partial};
use super::value::Val;
use crate::dataset::typed::{Words, piece};
use crate::finding::Stop;
use crate::plan::scan::{Collector, Component, Condition, Key, Scan, What};
use polars::prelude::Float64Chunked;
use polars_arrow::array::PrimitiveArray;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Rows that stay in the nearest cache while all components go over them.
const BLOCK: usize = 4_096;

/// A scan made ready: what is the same for all batches.
pub struct Kernel<'a> {
    scan: &'a Scan,
    expressions: Expressions,
    /// Expressions of the keys.
    keys: Vec<bool>,
    /// Expressions of everything else.
    wanted: Vec<bool>,
    /// Expressions whose numbers are added or kept.
    added: Vec<usize>,
    /// Different numbers that rows add: what, and whether weighted.
    terms: Vec<(What, bool)>,
    /// Components that add numbers, with their terms.
    summed: Vec<(usize, usize)>,
    /// Components that count rows.
    counted: Vec<usize>,
    /// Components that are extremes.
    extremes: Vec<usize>,
}

impl<'a> Kernel<'a> {
    /// Makes a scan ready.
    pub fn new(scan: &'a Scan) -> Kernel<'a> {
        let mut keys = vec![false; scan.expressions.len()];
        for key in &scan.keys {
            match key {
                Key::Column(at) | Key::Period(at, _) => keys[*at] = true,
                Key::Row => {}
            }
        }
        let mut terms: Vec<(What, bool)> = Vec::new();
        let (mut summed, mut counted, mut extremes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, component) in scan.components.iter().enumerate() {
            match component.what {
                What::Minimum(_) | What::Maximum(_) => extremes.push(at),
                What::Count if !weighted(scan, component) => counted.push(at),
                what => {
                    let term = (what, weighted(scan, component));
                    let known = terms.iter().position(|t| *t == term);
                    summed.push((at, known.unwrap_or(terms.len())));
                    if known.is_none() {
                        terms.push(term);
                    }
                }
            }
        }
        Kernel {
            scan,
            expressions: Expressions::new(&scan.expressions),
            keys,
            wanted: wanted(scan),
            added: added(scan),
            terms,
            summed,
            counted,
            extremes,
        }
    }

    /// Value of one expression over a batch.
    ///
    /// # Errors
    /// As [`Expressions::values`].
    pub fn value(&self, expression: usize, batch: &Batch) -> Result<Val, Stop> {
        let mut wanted = vec![false; self.scan.expressions.len()];
        if let Some(slot) = wanted.get_mut(expression) {
            *slot = true;
        }
        let values = self.expressions.values(batch, &wanted)?;
        Ok(values.into_iter().flatten().next().unwrap_or(Val::Null))
    }

    /// Sums of a batch that starts at row `first` of the table.
    ///
    /// # Errors
    /// As [`Expressions::values`].
    pub fn batch(&self, batch: &Batch, shifts: &[f64], first: u64) -> Result<Partial, Stop> {
        let (scan, rows) = (self.scan, batch.rows);
        let key_values = self.expressions.values(batch, &self.keys)?;
        let grouped = cells(&scan.keys, &key_values, rows, first)?;
        let count = grouped.count;
        let runs = Runs::new(&grouped.of_row, count);
        let sorted;
        let batch = match &runs.order {
            None => batch,
            Some(order) => {
                sorted = batch.take(order, &self.expressions.columns(&self.wanted))?;
                &sorted
            }
        };
        let values = self.expressions.values(batch, &self.wanted)?;
        let mut known = FxHashMap::default();
        let mut counts = Vec::with_capacity(scan.masks.len());
        let mut bits: Vec<Option<Vec<u64>>> = Vec::with_capacity(scan.masks.len());
        for conditions in &scan.masks {
            let mask = mask(conditions, &values, rows, &mut known)?;
            counts.push(mask.as_ref().map_or(rows, |m| m.set_bits()) as u64);
            bits.push(mask.as_ref().map(masks::words));
        }
        let mut numbers: Vec<Option<Float64Chunked>> = vec![None; values.len()];
        for at in &self.added {
            if let (Some(Some(value)), Some(slot)) = (values.get(*at), numbers.get_mut(*at)) {
                *slot = Some(value.numbers(rows)?);
            }
        }
        let mut arrays: Vec<Option<&PrimitiveArray<f64>>> = Vec::with_capacity(numbers.len());
        for array in &numbers {
            arrays.push(array.as_ref().map(piece).transpose()?);
        }
        let (sums, rests) = self.sums(&runs, count, rows, &bits, &arrays, shifts);
        let needs_cells =
            !scan.replicated.is_empty() || !scan.collectors.is_empty() || !scan.pickers.is_empty();
        let of_row = if needs_cells { runs.cells() } else { vec![] };
        let replicated = replicates::sums(
            scan,
            &replicates::Rows {
                cells: &of_row,
                count,
                masks: &bits,
                numbers: &arrays,
                shifts,
            },
        );
        let counters = scan.counters.iter().map(|m| counts[*m]).collect();
        let weight = scan.weight.and_then(|w| arrays[w]);
        let mut collected = Vec::with_capacity(scan.collectors.len());
        let mut distinct = Vec::with_capacity(scan.collectors.len());
        for collector in &scan.collectors {
            let mask = bits[collector.mask].as_deref();
            if collector.distinct {
                collected.push(vec![]);
                distinct.push(different(collector, &values, mask, &of_row, rows)?);
            } else {
                collected.push(all(collector, &arrays, mask, &of_row, weight));
                distinct.push((vec![], vec![]));
            }
        }
        let mut picked = Vec::with_capacity(scan.pickers.len());
        for picker in &scan.pickers {
            let mask = bits[picker.mask].as_deref();
            picked.push(picks::rows(
                picker,
                (&values, &arrays, weight),
                mask,
                &of_row,
                rows,
            )?);
        }
        Ok(Partial {
            labels: grouped.labels,
            cells: grouped.cells,
            sums,
            rests,
            replicated,
            counters,
            values: collected,
            distinct,
            picked,
        })
    }

    /// Component by component, the sums of the cells, and what was rounded off in them (nothing for counts and extremes).
    fn sums(
        &self,
        runs: &Runs,
        count: usize,
        rows: usize,
        bits: &[Option<Vec<u64>>],
        arrays: &[Option<&PrimitiveArray<f64>>],
        shifts: &[f64],
    ) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let components = &self.scan.components;
        let start = |what| match what {
            What::Minimum(_) => f64::INFINITY,
            What::Maximum(_) => f64::NEG_INFINITY,
            _ => 0.0,
        };
        let mut sums: Vec<Vec<f64>> = components
            .iter()
            .map(|c| vec![start(c.what); count])
            .collect();
        for at in &self.counted {
            let mask = bits[components[*at].mask].as_deref();
            for (sum, run) in sums[*at].iter_mut().zip(runs.starts.windows(2)) {
                let (from, to) = (run[0] as usize, run[1] as usize);
                *sum = f64::from(mask.map_or(run[1] - run[0], |m| masks::count(m, from, to)));
            }
        }
        let mut rests: Vec<Vec<f64>> = vec![vec![]; components.len()];
        for (at, _) in &self.summed {
            rests[*at] = vec![0.0; count];
        }
        if self.summed.is_empty() && self.extremes.is_empty() {
            return (sums, rests);
        }
        let weights = self
            .scan
            .weight
            .and_then(|w| arrays[w])
            .map(|w| w.values().as_slice());
        let mut buffers: Vec<Vec<f64>> = vec![Vec::new(); self.terms.len()];
        let mut first = 0;
        while first < rows {
            let end = (first + BLOCK).min(rows);
            let block = |e: usize| {
                let array = arrays.get(e).copied().flatten();
                array.map_or(&[][..], |a| &a.values()[first..end])
            };
            for ((what, weighted), buffer) in self.terms.iter().zip(&mut buffers) {
                let weights = weights.filter(|_| *weighted).map(|w| &w[first..end]);
                fill(*what, weights, &block, shifts, buffer);
            }
            let lane = |(component, term): (usize, usize)| Lane {
                values: match self.terms[term] {
                    (What::Sum(e), false) => block(e),
                    _ => &buffers[term],
                },
                mask: bits[components[component].mask].as_deref(),
            };
            let parts = runs.between(first, end);
            for group in self.summed.chunks(WIDTH) {
                // A group that is not full adds its last component again, to nobody's sum.
                let of = |at: usize| group[at.min(group.len() - 1)];
                let lanes: [Lane; WIDTH] = std::array::from_fn(|at| lane(of(at)));
                for (cell, from, to) in &parts {
                    let mut beside = lanes::Sums {
                        sums: std::array::from_fn(|at| sums[of(at).0][*cell]),
                        rests: std::array::from_fn(|at| rests[of(at).0][*cell]),
                    };
                    lanes::add(&mut beside, &lanes, first, *from, *to);
                    for (at, (component, _)) in group.iter().enumerate() {
                        sums[*component][*cell] = beside.sums[at];
                        rests[*component][*cell] = beside.rests[at];
                    }
                }
            }
            for at in &self.extremes {
                let component = &components[*at];
                let (What::Minimum(e) | What::Maximum(e)) = component.what else {
                    continue;
                };
                let lane = Lane {
                    values: block(e),
                    mask: bits[component.mask].as_deref(),
                };
                let smallest = matches!(component.what, What::Minimum(_));
                for (cell, from, to) in &parts {
                    let best = &mut sums[*at][*cell];
                    *best = match smallest {
                        true => lanes::extreme(*best, &lane, first, (*from, *to), f64::min),
                        false => lanes::extreme(*best, &lane, first, (*from, *to), f64::max),
                    };
                }
            }
            first = end;
        }
        (sums, rests)
    }
}

/// Whether rows count by weight in a component.
fn weighted(scan: &Scan, component: &Component) -> bool {
    component.weighted && scan.weight.is_some()
}

/// What each row of a block adds to a term. Left alone where the rows add an expression as it is.
fn fill<'b>(
    what: What,
    weights: Option<&[f64]>,
    block: &dyn Fn(usize) -> &'b [f64],
    shifts: &[f64],
    buffer: &mut Vec<f64>,
) {
    let shift = |e: usize| shifts.get(e).copied().unwrap_or(0.0);
    buffer.clear();
    match (what, weights) {
        (What::Count, Some(w)) => buffer.extend_from_slice(w),
        (What::Sum(e), Some(w)) => {
            buffer.extend(w.iter().zip(block(e)).map(|(w, x)| w * x));
        }
        (What::Shifted(e), None) => {
            let by = shift(e);
            buffer.extend(block(e).iter().map(|x| x - by));
        }
        (What::Shifted(e), Some(w)) => {
            let by = shift(e);
            buffer.extend(w.iter().zip(block(e)).map(|(w, x)| w * (x - by)));
        }
        (What::Product(a, b), None) => {
            let (by_a, by_b) = (shift(a), shift(b));
            let pairs = block(a).iter().zip(block(b));
            buffer.extend(pairs.map(|(x, y)| (x - by_a) * (y - by_b)));
        }
        (What::Product(a, b), Some(w)) => {
            let (by_a, by_b) = (shift(a), shift(b));
            let pairs = block(a).iter().zip(block(b));
            buffer.extend(
                w.iter()
                    .zip(pairs)
                    .map(|(w, (x, y))| w * (x - by_a) * (y - by_b)),
            );
        }
        _ => {}
    }
}

/// Expressions that something but a key uses.
fn wanted(scan: &Scan) -> Vec<bool> {
    let mut wanted = vec![false; scan.expressions.len()];
    let mut want = |at: usize| {
        if let Some(slot) = wanted.get_mut(at) {
            *slot = true;
        }
    };
    for condition in scan.masks.iter().flatten() {
        match condition {
            Condition::True(e)
            | Condition::False(e)
            | Condition::Missing(e)
            | Condition::Present(e) => want(*e),
            Condition::PresentWhere(e, f) | Condition::MissingWhere(e, f) => {
                want(*e);
                want(*f);
            }
        }
    }
    scan.collectors.iter().for_each(|c| want(c.expression));
    for picker in &scan.pickers {
        want(picker.order);
        picker.except.into_iter().for_each(&mut want);
        for key in &picker.series {
            if let Key::Column(at) | Key::Period(at, _) = key {
                want(*at);
            }
        }
    }
    added(scan).into_iter().for_each(want);
    wanted
}

/// Expressions whose numbers are added or kept, each once.
fn added(scan: &Scan) -> Vec<usize> {
    let mut added = Vec::new();
    for component in &scan.components {
        match component.what {
            What::Count => {}
            What::Sum(e) | What::Shifted(e) | What::Minimum(e) | What::Maximum(e) => added.push(e),
            What::Product(a, b) => added.extend([a, b]),
        }
    }
    let kept = scan.collectors.iter().filter(|c| !c.distinct);
    added.extend(kept.map(|c| c.expression));
    added.extend(scan.pickers.iter().map(|p| p.expression));
    added.extend(&scan.replicates);
    added.extend(scan.weight);
    added.sort_unstable();
    added.dedup();
    added
}

/// Whether a row counts.
pub(super) fn counts(mask: Option<&[u64]>, row: usize) -> bool {
    mask.is_none_or(|words| words[row / 64] >> (row % 64) & 1 == 1)
}

fn all(
    collector: &Collector,
    numbers: &[Option<&PrimitiveArray<f64>>],
    mask: Option<&[u64]>,
    cell: &[u32],
    weight: Option<&PrimitiveArray<f64>>,
) -> Vec<(u32, f64, f64)> {
    let Some(Some(values)) = numbers.get(collector.expression) else {
        return vec![];
    };
    let weight = weight.map(|w| w.values().as_slice());
    let mut kept = Vec::new();
    for (row, x) in values.iter().enumerate() {
        if let Some(x) = x.filter(|_| counts(mask, row)) {
            kept.push((cell[row], *x, weight.map_or(1.0, |w| w[row])));
        }
    }
    kept
}

fn different(
    collector: &Collector,
    values: &[Option<Val>],
    mask: Option<&[u64]>,
    cell: &[u32],
    rows: usize,
) -> Result<Different, Stop> {
    let null = Val::Null;
    let value = values
        .get(collector.expression)
        .and_then(Option::as_ref)
        .unwrap_or(&null);
    let mut labels: Vec<Arc<str>> = Vec::new();
    let mut pairs = Vec::new();
    let mut seen: rustc_hash::FxHashSet<(u32, u32)> = rustc_hash::FxHashSet::default();
    if let Some(texts) = as_texts(value, rows)? {
        let words = Words::of(&texts)?;
        let mut known: FxHashMap<u32, u32> = FxHashMap::default();
        for (row, word) in words.codes.iter().enumerate() {
            let Some(word) = word.filter(|_| counts(mask, row)) else {
                continue;
            };
            let code = *known.entry(*word).or_insert_with(|| {
                labels.push(Arc::from(words.words.cat_to_str(*word).unwrap_or_default()));
                (labels.len() - 1) as u32
            });
            if seen.insert((cell[row], code)) {
                pairs.push((cell[row], code));
            }
        }
        return Ok((labels, pairs));
    }
    let numbers: Vec<Option<f64>> = match value {
        Val::Date(_) | Val::Days(_) => {
            let days = value.days(rows)?;
            piece(&days)?
                .iter()
                .map(|d| d.map(|d| f64::from(*d)))
                .collect()
        }
        _ => piece(&value.numbers(rows)?)?
            .iter()
            .map(|x| x.copied())
            .collect(),
    };
    let mut known: FxHashMap<u64, u32> = FxHashMap::default();
    for (row, x) in numbers.into_iter().enumerate() {
        let Some(x) = x.filter(|_| counts(mask, row)) else {
            continue;
        };
        let code = *known
            .entry(if x == 0.0 { 0 } else { x.to_bits() })
            .or_insert_with(|| {
                labels.push(Arc::from(number_label(x)));
                (labels.len() - 1) as u32
            });
        if seen.insert((cell[row], code)) {
            pairs.push((cell[row], code));
        }
    }
    Ok((labels, pairs))
}
