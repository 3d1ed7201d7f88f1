//! Stage 4, scan: component sums per cell, in one pass over a table, the same bits whatever the threads.
//!
//! Units of a table (frames in memory, row groups of Parquet) are read in parallel; within a batch polars evaluates the
//! expressions and a kernel of ours adds them in row order; batches are merged in the order of the file.

pub mod calendar;
pub mod cells;
pub mod classes;
mod compare;
pub mod contributions;
pub mod evaluate;
mod frame;
mod kernel;
mod lanes;
mod lists;
mod lookup;
mod masks;
mod picks;
mod replicates;
mod runs;
pub mod sums;
mod truths;
pub mod value;

use crate::dataset::typed::piece;
use crate::dataset::{Dataset, Table, Unit, units};
use crate::finding::Stop;
use crate::plan::scan::{Scan, What};
use evaluate::Batch;
pub use frame::{Frame, Keyed, State, Values, frame};
use kernel::Kernel;
use lookup::Lookup;
use polars::prelude::DataFrame;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sums::{Merger, Sums};
use value::{Val, fault};

/// Runs a scan. `advance` is told of rows done, from several threads.
///
/// # Errors
/// A [`Stop`] when a file can't be read, or a parent's key repeats.
pub fn scan(dataset: &Dataset, scan: &Scan, advance: &(dyn Fn(u64) + Sync)) -> Result<Sums, Stop> {
    let Some(table) = dataset.tables.get(scan.table) else {
        return Ok(Sums::default());
    };
    let reader = Reader::new(dataset, table, scan)?;
    let kernel = Kernel::new(scan);
    let shifts = reader.shifts(table, scan, &kernel)?;
    let numbered = reader.units(table)?;
    let partials: Vec<Result<Vec<sums::Partial>, Stop>> = numbered
        .par_iter()
        .map(|(first, unit)| {
            let mut at = *first;
            let mut partials = Vec::new();
            for batch in unit.read()? {
                let batch = reader.batch(&batch?)?;
                partials.push(kernel.batch(&batch, &shifts, at)?);
                at += batch.rows as u64;
                advance(batch.rows as u64);
            }
            Ok(partials)
        })
        .collect();
    let mut merger = Merger::new(scan);
    for partials in partials {
        partials?
            .into_iter()
            .for_each(|partial| merger.add(partial));
    }
    Ok(merger.finish())
}

/// Reads the columns that a scan needs, those of parent tables included.
struct Reader {
    /// Columns of the table itself.
    columns: Vec<String>,
    /// Per path: column of the table, or the way to the parent's.
    paths: Vec<(Vec<String>, Way)>,
}

enum Way {
    Own(usize),
    Parent(usize, Box<Lookup>),
}

impl Reader {
    fn new(dataset: &Dataset, table: &Table, scan: &Scan) -> Result<Reader, Stop> {
        let mut columns: Vec<String> = Vec::new();
        let mut own = |name: &str| match columns.iter().position(|c| c == name) {
            Some(at) => at,
            None => {
                columns.push(name.to_owned());
                columns.len() - 1
            }
        };
        let mut paths = Vec::new();
        for (path, resolved) in &scan.columns {
            let way = match Lookup::new(dataset, table, resolved)? {
                None => Way::Own(own(&resolved.column)),
                Some(lookup) => Way::Parent(own(&lookup.column), Box::new(lookup)),
            };
            paths.push((path.clone(), way));
        }
        debug_assert!(columns.iter().all(|c| table.column(c).is_some()));
        Ok(Reader { columns, paths })
    }

    /// The units of a table with these columns, each with the number of its first row.
    fn units(&self, table: &Table) -> Result<Vec<(u64, Unit)>, Stop> {
        let mut first = 0;
        let mut numbered = Vec::new();
        for unit in units(table, &self.columns)? {
            let rows = unit.rows();
            numbered.push((first, unit));
            first += rows;
        }
        Ok(numbered)
    }

    fn batch(&self, read: &DataFrame) -> Result<Batch, Stop> {
        let mut own = Vec::with_capacity(read.width());
        for column in read.columns() {
            own.push(Val::of(column)?);
        }
        let column = |at: usize| own.get(at).ok_or_else(|| fault(&"a column was not read"));
        let mut columns = FxHashMap::default();
        for (path, way) in &self.paths {
            let value = match way {
                Way::Own(at) => column(*at)?.clone(),
                Way::Parent(at, lookup) => lookup.apply(column(*at)?, read.height())?,
            };
            columns.insert(path.clone(), value);
        }
        Ok(Batch {
            rows: read.height(),
            columns,
        })
    }

    /// For each expression whose squares are summed, its first value in the table.
    fn shifts(&self, table: &Table, scan: &Scan, kernel: &Kernel<'_>) -> Result<Vec<f64>, Stop> {
        let mut shifts = vec![0.0; scan.expressions.len()];
        let mut open: Vec<usize> = Vec::new();
        for component in &scan.components {
            if let What::Shifted(e) = component.what
                && !open.contains(&e)
            {
                open.push(e);
            }
        }
        if open.is_empty() {
            return Ok(shifts);
        }
        for unit in units(table, &self.columns)? {
            for batch in unit.read()? {
                let batch = self.batch(&batch?)?;
                let mut still = Vec::new();
                for e in open {
                    let values = kernel.value(e, &batch)?.numbers(batch.rows)?;
                    match piece(&values)?.iter().flatten().next() {
                        Some(x) => shifts[e] = *x,
                        None => still.push(e),
                    }
                }
                open = still;
                if open.is_empty() {
                    return Ok(shifts);
                }
            }
        }
        Ok(shifts)
    }
}
