//! One batch of rows becomes sums per cell. Numbers are added in row order, so the result does not depend on threads.

use super::cells::{cells, number_label};
use super::evaluate::{Batch, evaluate};
use super::masks::{expand, mask};
use super::replicates;
use super::sums::{Different, Partial};
use super::value::{Val, text_at};
use crate::finding::Stop;
use crate::plan::scan::{Collector, Component, Condition, Key, Scan, What};
use arrow_array::{Array, Float64Array};
use arrow_buffer::BooleanBuffer;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Rows that stay in the nearest cache while all components go over them.
const BLOCK: usize = 4_096;

/// Which rows of a mask count: all, or one byte per row (0 or 1).
type Mask = Option<Vec<u8>>;

/// Sums of a batch that starts at row `first` of the table.
pub fn batch(scan: &Scan, batch: &Batch, shifts: &[f64], first: u64) -> Result<Partial, Stop> {
    let rows = batch.rows;
    let values = expressions(scan, batch)?;
    let grouped = cells(&scan.keys, &values, rows, first)?;
    let count = if scan.keys.is_empty() {
        usize::from(rows > 0)
    } else {
        grouped.of_row.iter().max().map_or(0, |m| *m as usize + 1)
    };
    let mut known = FxHashMap::default();
    let mut bits: Vec<Option<BooleanBuffer>> = Vec::with_capacity(scan.masks.len());
    for conditions in &scan.masks {
        bits.push(mask(conditions, &values, rows, &mut known)?);
    }
    let masks: Vec<Mask> = bits.iter().map(|b| b.as_ref().map(expand)).collect();
    let numbers = numbers(scan, &values, rows)?;
    let weight = scan.weight.and_then(|w| numbers[w].as_ref());
    let mut sums: Vec<Vec<f64>> = scan
        .components
        .iter()
        .map(|c| match c.what {
            What::Minimum(_) => vec![f64::INFINITY; count],
            What::Maximum(_) => vec![f64::NEG_INFINITY; count],
            _ => vec![0.0; count],
        })
        .collect();
    // Counts are whole numbers of at most a batch, and adding those is quicker.
    let mut counts: Vec<Vec<u32>> = scan
        .components
        .iter()
        .map(|c| vec![0; if plain_count(scan, c) { count } else { 0 }])
        .collect();
    let ones = vec![1_u8; rows.min(BLOCK)];
    let mut start = 0;
    while start < rows {
        let end = (start + BLOCK).min(rows);
        let cell = &grouped.of_row[start..end];
        for ((component, sums), counts) in scan.components.iter().zip(&mut sums).zip(&mut counts) {
            let mask = masks[component.mask]
                .as_ref()
                .map_or(&ones[..end - start], |m| &m[start..end]);
            if plain_count(scan, component) {
                // A slice of its own, so that the loop need not look up the vector for every row.
                let counts = counts.as_mut_slice();
                for (c, m) in cell.iter().zip(mask) {
                    counts[*c as usize] += u32::from(*m);
                }
                continue;
            }
            let weight = weight
                .filter(|_| component.weighted)
                .map(|w| &w.values()[start..end]);
            let slice = |e: usize| {
                numbers[e]
                    .as_ref()
                    .map_or(&[][..], |n| &n.values()[start..end])
            };
            add(component.what, sums, cell, mask, weight, &slice, shifts);
        }
        start = end;
    }
    for (sums, counts) in sums.iter_mut().zip(&counts) {
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum = f64::from(*count);
        }
    }
    let replicated = replicates::sums(
        scan,
        &replicates::Rows {
            cells: &grouped.of_row,
            count,
            masks: &masks,
            numbers: &numbers,
            shifts,
        },
    );
    let counters = scan
        .counters
        .iter()
        .map(|m| {
            bits[*m]
                .as_ref()
                .map_or(rows, BooleanBuffer::count_set_bits) as u64
        })
        .collect();
    let mut collected = Vec::with_capacity(scan.collectors.len());
    let mut distinct = Vec::with_capacity(scan.collectors.len());
    for collector in &scan.collectors {
        let mask = &masks[collector.mask];
        if collector.distinct {
            collected.push(vec![]);
            distinct.push(different(collector, &values, mask, &grouped.of_row, rows)?);
        } else {
            collected.push(all(collector, &numbers, mask, &grouped.of_row, weight));
            distinct.push((vec![], vec![]));
        }
    }
    Ok(Partial {
        labels: grouped.labels,
        cells: grouped.cells,
        sums,
        replicated,
        counters,
        values: collected,
        distinct,
    })
}

/// Whether a component counts rows without weights.
fn plain_count(scan: &Scan, component: &Component) -> bool {
    component.what == What::Count && !(component.weighted && scan.weight.is_some())
}

fn add<'a>(
    what: What,
    sums: &mut [f64],
    cell: &[u32],
    mask: &[u8],
    weight: Option<&[f64]>,
    slice: &dyn Fn(usize) -> &'a [f64],
    shifts: &[f64],
) {
    let shift = |e: usize| shifts.get(e).copied().unwrap_or(0.0);
    let mut each = |value: &dyn Fn(usize) -> f64| {
        for (row, (c, m)) in cell.iter().zip(mask).enumerate() {
            if *m != 0 {
                sums[*c as usize] += value(row);
            }
        }
    };
    match (what, weight) {
        // Counted as whole numbers by the caller.
        (What::Count, None) => {}
        (What::Count, Some(w)) => {
            for ((c, m), w) in cell.iter().zip(mask).zip(w) {
                sums[*c as usize] += if *m != 0 { *w } else { 0.0 };
            }
        }
        (What::Sum(e), None) => {
            for ((c, m), x) in cell.iter().zip(mask).zip(slice(e)) {
                sums[*c as usize] += if *m != 0 { *x } else { 0.0 };
            }
        }
        (What::Sum(e), Some(w)) => {
            let x = slice(e);
            each(&|row| w[row] * x[row]);
        }
        (What::Shifted(e), None) => {
            let by = shift(e);
            for ((c, m), x) in cell.iter().zip(mask).zip(slice(e)) {
                sums[*c as usize] += if *m != 0 { *x - by } else { 0.0 };
            }
        }
        (What::Shifted(e), Some(w)) => {
            let (x, by) = (slice(e), shift(e));
            each(&|row| w[row] * (x[row] - by));
        }
        (What::Product(a, b), None) => {
            let (by_a, by_b) = (shift(a), shift(b));
            for (((c, m), x), y) in cell.iter().zip(mask).zip(slice(a)).zip(slice(b)) {
                sums[*c as usize] += if *m != 0 {
                    (*x - by_a) * (*y - by_b)
                } else {
                    0.0
                };
            }
        }
        (What::Product(a, b), Some(w)) => {
            let (x, y, by_a, by_b) = (slice(a), slice(b), shift(a), shift(b));
            each(&|row| w[row] * (x[row] - by_a) * (y[row] - by_b));
        }
        (What::Minimum(e), _) => {
            for ((c, m), x) in cell.iter().zip(mask).zip(slice(e)) {
                if *m != 0 {
                    sums[*c as usize] = sums[*c as usize].min(*x);
                }
            }
        }
        (What::Maximum(e), _) => {
            for ((c, m), x) in cell.iter().zip(mask).zip(slice(e)) {
                if *m != 0 {
                    sums[*c as usize] = sums[*c as usize].max(*x);
                }
            }
        }
    }
}

/// Values of the expressions that something uses.
fn expressions(scan: &Scan, batch: &Batch) -> Result<Vec<Option<Val>>, Stop> {
    let mut wanted = vec![false; scan.expressions.len()];
    let mut want = |at: usize| {
        if let Some(slot) = wanted.get_mut(at) {
            *slot = true;
        }
    };
    for key in &scan.keys {
        match key {
            Key::Column(at) | Key::Period(at, _) => want(*at),
            Key::Row => {}
        }
    }
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
    for component in &scan.components {
        match component.what {
            What::Count => {}
            What::Sum(e) | What::Shifted(e) | What::Minimum(e) | What::Maximum(e) => want(e),
            What::Product(a, b) => {
                want(a);
                want(b);
            }
        }
    }
    scan.collectors.iter().for_each(|c| want(c.expression));
    scan.weight.into_iter().for_each(&mut want);
    scan.replicates.iter().for_each(|e| want(*e));
    let each = |(node, wanted): (&_, &bool)| wanted.then(|| evaluate(node, batch)).transpose();
    scan.expressions.iter().zip(&wanted).map(each).collect()
}

/// Expressions that are added, as numbers.
fn numbers(
    scan: &Scan,
    values: &[Option<Val>],
    rows: usize,
) -> Result<Vec<Option<Float64Array>>, Stop> {
    let mut numbers: Vec<Option<Float64Array>> = vec![None; values.len()];
    let mut add = |at: usize| -> Result<(), Stop> {
        if let (Some(Some(value)), Some(slot @ None)) = (values.get(at), numbers.get_mut(at)) {
            *slot = Some(value.numbers(rows)?);
        }
        Ok(())
    };
    for component in &scan.components {
        match component.what {
            What::Count => {}
            What::Sum(e) | What::Shifted(e) | What::Minimum(e) | What::Maximum(e) => add(e)?,
            What::Product(a, b) => {
                add(a)?;
                add(b)?;
            }
        }
    }
    scan.collectors
        .iter()
        .filter(|c| !c.distinct)
        .try_for_each(|c| add(c.expression))?;
    scan.replicates.iter().try_for_each(|e| add(*e))?;
    scan.weight.map_or(Ok(()), add)?;
    Ok(numbers)
}

fn all(
    collector: &Collector,
    numbers: &[Option<Float64Array>],
    mask: &Mask,
    cell: &[u32],
    weight: Option<&Float64Array>,
) -> Vec<(u32, f64, f64)> {
    let Some(Some(values)) = numbers.get(collector.expression) else {
        return vec![];
    };
    let counts = |row: usize| mask.as_ref().is_none_or(|m| m[row] != 0) && values.is_valid(row);
    (0..cell.len())
        .filter(|r| counts(*r))
        .map(|r| (cell[r], values.value(r), weight.map_or(1.0, |w| w.value(r))))
        .collect()
}

fn different(
    collector: &Collector,
    values: &[Option<Val>],
    mask: &Mask,
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
    let counts = |row: usize| mask.as_ref().is_none_or(|m| m[row] != 0);
    if let Some(texts) = super::evaluate::as_texts(value, rows)? {
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        for row in (0..rows).filter(|r| counts(*r)) {
            let Some(text) = text_at(&texts, row) else {
                continue;
            };
            let code = *known.entry(text).or_insert_with(|| {
                labels.push(Arc::from(text));
                (labels.len() - 1) as u32
            });
            if seen.insert((cell[row], code)) {
                pairs.push((cell[row], code));
            }
        }
        return Ok((labels, pairs));
    }
    let numbers = match value {
        Val::Date(_) => value
            .dates(rows)?
            .iter()
            .map(|d| d.map(f64::from))
            .collect(),
        Val::Rows(a) if a.data_type() == &arrow_schema::DataType::Date32 => value
            .dates(rows)?
            .iter()
            .map(|d| d.map(f64::from))
            .collect(),
        _ => value.numbers(rows)?,
    };
    let mut known: FxHashMap<u64, u32> = FxHashMap::default();
    for row in (0..rows).filter(|r| counts(*r)) {
        if numbers.is_null(row) {
            continue;
        }
        let x = numbers.value(row);
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
