//! Days: what the calendar says of them, and how far they are apart.

use super::value::{Val, float, numbers};
use crate::dataset::typed::piece;
use crate::finding::Stop;
use polars::prelude::arity::binary_elementwise_values;
use polars::prelude::*;
use rustc_hash::FxHashMap;

/// The civil date of a day number, where the calendar reaches.
pub fn civil(day: i32) -> Option<jiff::civil::Date> {
    jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().try_days(i64::from(day)).ok()?)
        .ok()
}

/// What a function gives for days, worked out once per different day. Missing days give `none`.
pub fn by_day<T: Copy>(
    days: &Int32Chunked,
    none: T,
    mut f: impl FnMut(i32) -> T,
) -> Result<Vec<T>, Stop> {
    const WIDEST: i64 = 1 << 17;
    let cells = piece(days)?;
    let known = cells.iter().flatten();
    let (first, last) = known.fold((i32::MAX, i32::MIN), |(a, b), d| (a.min(*d), b.max(*d)));
    if first > last {
        return Ok(vec![none; cells.len()]);
    }
    if i64::from(last) - i64::from(first) < WIDEST {
        let mut table: Vec<Option<T>> = vec![None; (last - first) as usize + 1];
        let look = |day: Option<&i32>| match day {
            None => none,
            Some(day) => *table[(day - first) as usize].get_or_insert_with(|| f(*day)),
        };
        return Ok(cells.iter().map(look).collect());
    }
    let mut table: FxHashMap<i32, T> = FxHashMap::default();
    let look = |day: Option<&i32>| match day {
        None => none,
        Some(day) => *table.entry(*day).or_insert_with(|| f(*day)),
    };
    Ok(cells.iter().map(look).collect())
}

/// A part of the date of each day.
pub(super) fn calendar(
    value: &Val,
    rows: usize,
    f: impl Fn(jiff::civil::Date) -> f64,
) -> Result<Val, Stop> {
    let dates = value.days(rows)?;
    let values = by_day(&dates, 0.0, |day| civil(day).map_or(f64::NAN, &f))?;
    numbers(float(values, piece(&dates)?.validity().cloned()))
}

/// Time between two days, in units of so many days.
pub(super) fn days(from: &Val, to: &Val, rows: usize, unit: f64) -> Result<Val, Stop> {
    let between = |a: i32, b: i32| (f64::from(b) - f64::from(a)) / unit;
    let (from, to) = (from.days(rows)?, to.days(rows)?);
    numbers(binary_elementwise_values(&from, &to, between))
}
