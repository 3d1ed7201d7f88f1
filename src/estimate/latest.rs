//! The first or last rows of each series: `FIRST`, `LAST`, and reports to date.

use crate::engine::sums::{ALL, Exact, Picked};
use crate::indicator::formula::node::AggregateFunction;
use rustc_hash::FxHashMap;

/// Rows that count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Latest {
    /// Number and weight of each.
    pub rows: Vec<(f64, f64)>,
    /// Series that have several rows at their first or last place.
    pub ties: u64,
}

impl Latest {
    /// Of rows with the programme that each belongs to: of each series of a programme those at the last place of the order (or
    /// the first), all of them where several are there; and those that count whatever their place.
    pub fn of(found: Vec<(u32, Picked)>, last: bool) -> Latest {
        let mut best: FxHashMap<(u32, u32), (f64, u64)> = FxHashMap::default();
        for (programme, row) in found.iter().filter(|(_, row)| row.series != ALL) {
            let (order, rows) = best
                .entry((*programme, row.series))
                .or_insert((row.order, 0));
            if (last && row.order > *order) || (!last && row.order < *order) {
                (*order, *rows) = (row.order, 1);
            } else if row.order == *order {
                *rows += 1;
            }
        }
        let counts = |programme: u32, row: &Picked| {
            row.series == ALL
                || best
                    .get(&(programme, row.series))
                    .is_some_and(|(order, _)| *order == row.order)
        };
        Latest {
            rows: found
                .iter()
                .filter(|(programme, row)| counts(*programme, row))
                .map(|(_, row)| (row.x, row.weight))
                .collect(),
            ties: best.values().filter(|(_, rows)| *rows > 1).count() as u64,
        }
    }
}

/// An aggregate of numbers with weights; NaN where there is none. `FIRST` and `LAST` have a value where all rows agree on it.
pub fn value(function: AggregateFunction, rows: &[(f64, f64)]) -> f64 {
    let sum = |of: &dyn Fn(f64, f64) -> f64| {
        let mut sum = Exact::default();
        rows.iter().for_each(|(x, w)| sum.add(of(*x, *w)));
        sum.value()
    };
    let weight = sum(&|_, w| w);
    let variance = || {
        let mean = sum(&|x, w| w * x) / weight;
        let scatter = sum(&|x, w| w * (x - mean) * (x - mean));
        let n = rows.len() as f64;
        if n > 1.0 {
            scatter / weight * n / (n - 1.0)
        } else {
            f64::NAN
        }
    };
    match function {
        AggregateFunction::Sum => sum(&|x, w| w * x),
        AggregateFunction::Count | AggregateFunction::CountRows => weight,
        AggregateFunction::Average => sum(&|x, w| w * x) / weight,
        AggregateFunction::Minimum => rows.iter().map(|(x, _)| *x).fold(f64::NAN, f64::min),
        AggregateFunction::Maximum => rows.iter().map(|(x, _)| *x).fold(f64::NAN, f64::max),
        AggregateFunction::Variance => variance(),
        AggregateFunction::StandardDeviation => variance().sqrt(),
        AggregateFunction::First | AggregateFunction::Last => match rows {
            [(x, _), rest @ ..] if rest.iter().all(|(y, _)| y == x) => *x,
            _ => f64::NAN,
        },
        // The parser takes none of these over first or last rows.
        AggregateFunction::CountDistinct
        | AggregateFunction::Correlation
        | AggregateFunction::Quantile(_) => f64::NAN,
    }
}
