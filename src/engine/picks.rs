//! The first or last rows of each series in a batch.

use super::cells::cells;
use super::kernel::counts;
use super::sums::{ALL, Picked, Picks};
use super::value::Val;
use crate::dataset::typed::piece;
use crate::finding::Stop;
use crate::plan::scan::Picker;
use polars_arrow::array::PrimitiveArray;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Separates the values that together name a series.
const SEPARATOR: char = '\u{1e}';

/// Values of expressions, those that are numbers, and the weights.
type Values<'a> = (
    &'a [Option<Val>],
    &'a [Option<&'a PrimitiveArray<f64>>],
    Option<&'a PrimitiveArray<f64>>,
);

/// Rows of a picker in a batch: of each cell and series those at the first or last place of the order, all of them where
/// several are there, in the order of the rows.
pub(super) fn rows(
    picker: &Picker,
    (values, numbers, weight): Values<'_>,
    mask: Option<&[u64]>,
    cell: &[u32],
    rows: usize,
) -> Result<Picks, Stop> {
    let value = |at: usize| values.get(at).and_then(Option::as_ref);
    let order: Vec<Option<f64>> = match value(picker.order) {
        None => return Ok((vec![], vec![])),
        Some(value @ (Val::Date(_) | Val::Days(_))) => {
            let days = value.days(rows)?;
            let days = piece(&days)?.iter();
            days.map(|day| day.map(|d| f64::from(*d))).collect()
        }
        Some(value) => {
            let found = value.numbers(rows)?;
            piece(&found)?.iter().map(|x| x.copied()).collect()
        }
    };
    let except: Vec<bool> = match picker.except.and_then(value) {
        None => vec![],
        Some(value) => {
            let found = value.numbers(rows)?;
            let truth = piece(&found)?.iter();
            truth.map(|x| x.is_some_and(|x| *x != 0.0)).collect()
        }
    };
    let grouped = cells(&picker.series, values, rows, 0)?;
    let width = picker.series.len();
    let name = |series: usize| -> Arc<str> {
        let codes = &grouped.cells[series * width..][..width];
        let each = codes.iter().zip(&grouped.labels);
        let words: Vec<&str> = each
            .map(|(code, labels)| labels[*code as usize].as_deref().unwrap_or_default())
            .collect();
        Arc::from(words.join(&SEPARATOR.to_string()))
    };
    let labels = (0..grouped.count).map(name).collect();
    let Some(Some(x)) = numbers.get(picker.expression) else {
        return Ok((labels, vec![]));
    };
    let weights = weight.map(|w| w.values().as_slice());
    let mut best: FxHashMap<(u32, u32), f64> = FxHashMap::default();
    let mut found: Vec<(u32, Picked)> = Vec::new();
    for (row, (x, order)) in x.iter().zip(&order).enumerate() {
        let (Some(x), Some(order)) = (x, order) else {
            continue;
        };
        if !counts(mask, row) {
            continue;
        }
        let all = except.get(row).copied().unwrap_or(false);
        let series = if all { ALL } else { grouped.of_row[row] };
        if !all {
            let seen = best.entry((cell[row], series)).or_insert(*order);
            if (picker.last && *order > *seen) || (!picker.last && *order < *seen) {
                *seen = *order;
            }
        }
        found.push((
            cell[row],
            Picked {
                series,
                order: *order,
                x: *x,
                weight: weights.map_or(1.0, |w| w[row]),
            },
        ));
    }
    found.retain(|(cell, row)| {
        row.series == ALL || best.get(&(*cell, row.series)) == Some(&row.order)
    });
    Ok((labels, found))
}
