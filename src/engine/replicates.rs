//! Sums of a batch with each of the replicate weights.

use crate::plan::scan::{Scan, What};
use arrow_array::{Array, Float64Array};

/// Rows whose replicate weights are turned round at once, so that a row's weights lie side by side and stay in the cache.
const BLOCK: usize = 256;

/// What the sums of a batch are made of.
pub(super) struct Rows<'a> {
    /// Cell of each row.
    pub cells: &'a [u32],
    /// Number of cells.
    pub count: usize,
    /// Per mask, one byte per row; none where all rows count.
    pub masks: &'a [Option<Vec<u8>>],
    /// Expressions that are added, as numbers.
    pub numbers: &'a [Option<Float64Array>],
    /// Value by which each expression is shifted.
    pub shifts: &'a [f64],
}

/// Sums of each replicated component: per cell, one per replicate. A replicate weight that is missing counts as 0.
pub(super) fn sums(scan: &Scan, rows: &Rows<'_>) -> Vec<Vec<f64>> {
    let replicates = scan.replicates.len();
    let mut sums = vec![vec![0.0; rows.count * replicates]; scan.replicated.len()];
    if sums.is_empty() {
        return sums;
    }
    let weights: Vec<Option<&Float64Array>> = scan
        .replicates
        .iter()
        .map(|e| rows.numbers.get(*e).and_then(Option::as_ref))
        .collect();
    let mut block = vec![0.0; BLOCK * replicates];
    let mut start = 0;
    while start < rows.cells.len() {
        let end = (start + BLOCK).min(rows.cells.len());
        for (at, weights) in weights.iter().enumerate() {
            for row in start..end {
                let known = weights.filter(|w| w.is_valid(row));
                block[(row - start) * replicates + at] = known.map_or(0.0, |w| w.value(row));
            }
        }
        for (slot, component) in scan.replicated.iter().enumerate() {
            let component = &scan.components[*component];
            let mask = rows.masks[component.mask].as_deref();
            let value = value(component.what, rows);
            for row in (start..end).filter(|row| mask.is_none_or(|m| m[*row] != 0)) {
                let x = value(row);
                let cell = rows.cells[row] as usize * replicates;
                let sums = &mut sums[slot][cell..cell + replicates];
                let weights = &block[(row - start) * replicates..][..replicates];
                for (sum, w) in sums.iter_mut().zip(weights) {
                    *sum += w * x;
                }
            }
        }
        start = end;
    }
    sums
}

/// What a row adds before it is weighted.
fn value<'a>(what: What, rows: &Rows<'a>) -> Box<dyn Fn(usize) -> f64 + 'a> {
    let numbers = rows.numbers;
    let shifts = rows.shifts;
    let number = move |e: usize, row: usize| {
        let known = numbers.get(e).and_then(Option::as_ref);
        known.map_or(0.0, |n| n.value(row))
    };
    let shifted =
        move |e: usize, row: usize| number(e, row) - shifts.get(e).copied().unwrap_or(0.0);
    match what {
        What::Count => Box::new(|_| 1.0),
        What::Sum(e) => Box::new(move |row| number(e, row)),
        What::Shifted(e) => Box::new(move |row| shifted(e, row)),
        What::Product(a, b) => Box::new(move |row| shifted(a, row) * shifted(b, row)),
        // Extremes have no weights.
        What::Minimum(_) | What::Maximum(_) => Box::new(|_| 0.0),
    }
}
