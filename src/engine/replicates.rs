//! Sums of a batch with each of the replicate weights.

use super::kernel::counts;
use crate::plan::scan::{Scan, What};
use polars_arrow::array::{PrimitiveArray, StaticArray as _};

/// Rows whose replicate weights are turned round at once, so that a row's weights lie side by side and stay in the cache.
const BLOCK: usize = 256;

/// What the sums of a batch are made of.
pub(super) struct Rows<'a> {
    /// Cell of each row.
    pub cells: &'a [u32],
    /// Number of cells.
    pub count: usize,
    /// Per mask, one bit per row; none where all rows count.
    pub masks: &'a [Option<Vec<u64>>],
    /// Expressions that are added, as numbers.
    pub numbers: &'a [Option<&'a PrimitiveArray<f64>>],
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
    let weights: Vec<Option<&PrimitiveArray<f64>>> = scan
        .replicates
        .iter()
        .map(|e| rows.numbers.get(*e).copied().flatten())
        .collect();
    let mut block = vec![0.0; BLOCK * replicates];
    let mut start = 0;
    while start < rows.cells.len() {
        let end = (start + BLOCK).min(rows.cells.len());
        for (at, weights) in weights.iter().enumerate() {
            for row in start..end {
                let known = weights.and_then(|w| w.get(row));
                block[(row - start) * replicates + at] = known.unwrap_or(0.0);
            }
        }
        for (slot, component) in scan.replicated.iter().enumerate() {
            let component = &scan.components[*component];
            let mask = rows.masks[component.mask].as_deref();
            let value = value(component.what, rows);
            for row in (start..end).filter(|row| counts(mask, *row)) {
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
        let known = numbers.get(e).copied().flatten();
        known
            .and_then(|n| n.values().get(row).copied())
            .unwrap_or(0.0)
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
