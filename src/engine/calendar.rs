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

/// Days between two days.
pub(super) fn days(from: &Val, to: &Val, rows: usize) -> Result<Val, Stop> {
    between(from, to, rows, |a, b| f64::from(b) - f64::from(a))
}

/// Calendar years between two days.
pub(super) fn years(from: &Val, to: &Val, rows: usize) -> Result<Val, Stop> {
    between(from, to, rows, years_between)
}

fn between(from: &Val, to: &Val, rows: usize, f: fn(i32, i32) -> f64) -> Result<Val, Stop> {
    let (from, to) = (from.days(rows)?, to.days(rows)?);
    numbers(binary_elementwise_values(&from, &to, f))
}

/// The day so many years after a date; where that has no 29 February, the 28th.
fn anniversary(date: jiff::civil::Date, years: i32) -> Option<jiff::civil::Date> {
    date.checked_add(jiff::Span::new().try_years(years).ok()?)
        .ok()
}

fn days_from(a: jiff::civil::Date, b: jiff::civil::Date) -> Option<f64> {
    a.until((jiff::Unit::Day, b))
        .ok()
        .map(|span| f64::from(span.get_days()))
}

/// Calendar years from one day to another: whole years by anniversaries (that of 29 February is the 28th in other years), and of the
/// year begun the share of its days that have passed. NaN beyond the calendar.
pub fn years_between(from: i32, to: i32) -> f64 {
    if to < from {
        return -years_between(to, from);
    }
    let found = || {
        let (start, end) = (civil(from)?, civil(to)?);
        let mut whole = i32::from(end.year()) - i32::from(start.year());
        if anniversary(start, whole)? > end {
            whole -= 1;
        }
        let last = anniversary(start, whole)?;
        let passed = days_from(last, end)?;
        if passed == 0.0 {
            return Some(f64::from(whole));
        }
        Some(f64::from(whole) + passed / days_from(last, anniversary(start, whole + 1)?)?)
    };
    found().unwrap_or(f64::NAN)
}

/// The day so many calendar years after another, rounded to a day; as a number, infinite beyond the calendar.
pub fn years_later(day: f64, years: f64) -> f64 {
    let found = || {
        let start = civil(day as i32)?;
        let whole = years.floor();
        let last = anniversary(start, whole as i32)?;
        let next = anniversary(start, whole as i32 + 1)?;
        let past = days_from(start, last)? + ((years - whole) * days_from(last, next)?).round();
        Some(day + past)
    };
    found().unwrap_or(f64::INFINITY)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> i32 {
        let date: jiff::civil::Date = text.parse().unwrap();
        days_from(jiff::civil::date(1970, 1, 1), date).unwrap() as i32
    }

    /// dateutil 2.9, `relativedelta(end, start).years`, and the days left over those of the year begun.
    #[test]
    fn years_go_by_anniversaries() {
        for (from, to, years) in [
            ("2019-03-01", "2020-03-01", 1.0),
            ("2020-03-01", "2021-03-01", 1.0),
            ("2021-01-01", "2023-01-01", 2.0),
            ("2020-02-29", "2021-02-28", 1.0),
            ("2020-02-29", "2024-02-29", 4.0),
            ("2020-02-28", "2021-02-28", 1.0),
            ("2020-01-01", "2020-07-01", 182.0 / 366.0),
            ("2021-01-01", "2021-07-02", 182.0 / 365.0),
            ("2019-12-31", "2019-12-31", 0.0),
            ("2021-03-01", "2020-03-01", -1.0),
        ] {
            assert_eq!(years_between(day(from), day(to)), years, "{from} {to}");
        }
        for (from, years, to) in [
            ("2019-03-01", 1.0, "2020-03-01"),
            ("2021-01-01", 2.0, "2023-01-01"),
            ("2020-02-29", 1.0, "2021-02-28"),
            ("2020-01-01", 0.5, "2020-07-02"),
        ] {
            assert_eq!(years_later(f64::from(day(from)), years) as i32, day(to));
        }
    }

    proptest! {
        #[test]
        fn years_grow_with_days(from in -40_000..40_000_i32, length in 0..20_000_i32) {
            let here = years_between(from, from + length);
            let next = years_between(from, from + length + 1);
            prop_assert!(next > here && next - here < 1.0 / 364.0, "{here} {next}");
            prop_assert!((here - f64::from(length) / 365.2425).abs() < 0.01);
            let whole = here.floor();
            let back = years_later(f64::from(from), whole);
            prop_assert!(years_between(from, back as i32) == whole);
        }
    }
}
