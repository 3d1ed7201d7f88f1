//! The largest contribution of a row to sums, by class of rows: what noise that is to hide one person has to be as large as.

use super::Reader;
use super::classes::Followed;
use super::evaluate::Expressions;
use super::value::Val;
use crate::dataset::Dataset;
use crate::dataset::typed::piece;
use crate::finding::Stop;
use crate::plan::scan::Scan;
use rayon::prelude::*;

/// Something that is added up: an expression or one, times the weight of the row or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    /// Expression of the scan; without it each row adds one.
    pub expression: Option<usize>,
    /// Expression of the weight.
    pub weight: Option<usize>,
}

/// For each thing added up the largest absolute value of a row of each class. `followed` holds the rows in order with their classes.
///
/// # Errors
/// A [`Stop`] when a file can't be read.
pub fn largest(
    dataset: &Dataset,
    scan: &Scan,
    followed: &[Followed],
    (added, classes): (&[Contribution], usize),
) -> Result<Vec<Vec<f64>>, Stop> {
    let nothing = || vec![vec![0.0; classes]; added.len()];
    let Some(table) = dataset.tables.get(scan.table) else {
        return Ok(nothing());
    };
    let reader = Reader::new(dataset, table, scan)?;
    let expressions = Expressions::new(&scan.expressions);
    let parts: Vec<Result<Vec<Vec<f64>>, Stop>> = reader
        .units(table)?
        .par_iter()
        .map(|(first, unit)| {
            let mut found = nothing();
            let mut at = *first as usize;
            for batch in unit.read()? {
                let batch = reader.batch(&batch?)?;
                let values = expressions.values(&batch, &vec![true; scan.expressions.len()])?;
                let numbers = |at: usize| {
                    let value = values.get(at).and_then(Option::as_ref);
                    value.unwrap_or(&Val::Null).numbers(batch.rows)
                };
                let rows = followed.iter().skip(at).take(batch.rows);
                for (added, found) in added.iter().zip(&mut found) {
                    let ones = Val::Number(1.0);
                    let one = || ones.numbers(batch.rows);
                    let values = added.expression.map_or_else(one, numbers)?;
                    let weights = added.weight.map_or_else(one, numbers)?;
                    let (values, weights) = (piece(&values)?, piece(&weights)?);
                    for ((row, x), weight) in rows.clone().zip(values.iter()).zip(weights.iter()) {
                        if let (Some(x), Some(weight)) = (x, weight)
                            && let Some(most) = found.get_mut(row.class as usize)
                        {
                            *most = most.max((x * weight).abs());
                        }
                    }
                }
                at += batch.rows;
            }
            Ok(found)
        })
        .collect();
    let mut all = nothing();
    for part in parts {
        for (all, part) in all.iter_mut().zip(part?) {
            for (most, x) in all.iter_mut().zip(part) {
                *most = most.max(x);
            }
        }
    }
    Ok(all)
}
