//! Numbers, days and times of arrays as text, where a column of them is declared as text.

use super::downcast;
use super::stored::Stored;
use super::zones::{Clocks, seconds};
use crate::dataset::values::show_day;
use crate::finding::Stop;
use polars_arrow::array::{Array, BooleanArray, PrimitiveArray};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::types::{NativeType, i256};
use std::fmt::Write;

pub(super) use polars::prelude::pf16 as Half;

/// Each row as text.
pub(super) fn texts(
    array: &dyn Array,
    stored: &Stored,
    shown: &str,
) -> Result<Vec<Option<String>>, Stop> {
    use ArrowDataType as A;
    Ok(match (stored, array.dtype()) {
        (Stored::Truths, _) => {
            let truths: BooleanArray = downcast(array, shown)?;
            truths.iter().map(|v| v.map(|v| v.to_string())).collect()
        }
        (Stored::Decimals(scale), A::Decimal256(..)) => each(array, shown, |v: i256| {
            Some(decimal(&v.0.to_string(), *scale))
        })?,
        (Stored::Decimals(scale), _) => each(array, shown, |v: i128| {
            Some(decimal(&v.to_string(), *scale))
        })?,
        (Stored::Days, _) => each(array, shown, |v: i32| Some(show_day(v)))?,
        (Stored::Midnights, _) => each(array, shown, |v: i64| {
            moment(seconds(v, TimeUnit::Millisecond))
        })?,
        (Stored::Instants(unit, zone), _) => {
            let times: PrimitiveArray<i64> = downcast(array, shown)?;
            let mut clocks = Clocks::new(zone);
            let text = |v: Option<&i64>| {
                let (second, nanoseconds) = seconds(*v?, *unit);
                moment((clocks.local(second)?, nanoseconds))
            };
            times.iter().map(text).collect()
        }
        (Stored::Clock(unit), A::Time32(_)) => each(array, shown, |v: i32| {
            Some(clock(seconds(i64::from(v), *unit)))
        })?,
        (Stored::Clock(unit), _) => each(array, shown, |v: i64| Some(clock(seconds(v, *unit))))?,
        (_, A::Int8) => each(array, shown, |v: i8| Some(v.to_string()))?,
        (_, A::Int16) => each(array, shown, |v: i16| Some(v.to_string()))?,
        (_, A::Int32) => each(array, shown, |v: i32| Some(v.to_string()))?,
        (_, A::Int64) => each(array, shown, |v: i64| Some(v.to_string()))?,
        (_, A::UInt8) => each(array, shown, |v: u8| Some(v.to_string()))?,
        (_, A::UInt16) => each(array, shown, |v: u16| Some(v.to_string()))?,
        (_, A::UInt32) => each(array, shown, |v: u32| Some(v.to_string()))?,
        (_, A::UInt64) => each(array, shown, |v: u64| Some(v.to_string()))?,
        (_, A::Float16) => each(array, shown, |v: Half| Some(v.0.to_string()))?,
        (_, A::Float32) => each(array, shown, |v: f32| {
            Some(float(&format!("{v:?}"), &v.to_string(), f64::from(v)))
        })?,
        _ => each(array, shown, |v: f64| {
            Some(float(&format!("{v:?}"), &v.to_string(), v))
        })?,
    })
}

fn each<T: NativeType>(
    array: &dyn Array,
    shown: &str,
    f: impl Fn(T) -> Option<String>,
) -> Result<Vec<Option<String>>, Stop> {
    let values: PrimitiveArray<T> = downcast(array, shown)?;
    Ok(values.iter().map(|v| f(*v?)).collect())
}

/// A number with its point, as `1.0`, and with an exponent only below 0.00001 and from 10^16 on.
fn float(short: &str, long: &str, value: f64) -> String {
    let small = value.abs() >= 1e-5 && value.abs() < 1e-4;
    if small { long } else { short }.to_owned()
}

/// Digits with a point before the last `scale` of them.
pub(super) fn decimal(digits: &str, scale: usize) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// Day and time of local seconds since 1970.
fn moment((second, nanoseconds): (i64, i64)) -> Option<String> {
    const DAY: i64 = 86_400;
    let day = i32::try_from(second.div_euclid(DAY)).ok()?;
    let time = clock((second.rem_euclid(DAY), nanoseconds));
    Some(format!("{}T{time}", show_day(day)))
}

/// A time of day, with three, six or nine digits after the second where there is a fraction.
fn clock((second, nanoseconds): (i64, i64)) -> String {
    let mut text = format!(
        "{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    );
    let fraction = [(1_000_000, 3), (1_000, 6), (1, 9)];
    if let Some((unit, digits)) = fraction
        .into_iter()
        .find(|(unit, _)| nanoseconds % unit == 0)
        && nanoseconds > 0
    {
        // Writing to a String can't fail.
        let _ = write!(text, ".{:0digits$}", nanoseconds / unit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_their_digits() {
        assert_eq!(decimal("12345", 2), "123.45");
        assert_eq!(decimal("-5", 2), "-0.05");
        assert_eq!(decimal("0", 3), "0.000");
        assert_eq!(decimal("-7", 0), "-7");
    }

    #[test]
    fn times_have_as_many_digits_as_they_need() {
        assert_eq!(moment((86_399, 0)).as_deref(), Some("1970-01-01T23:59:59"));
        assert_eq!(
            moment((-1, 500_000_000)).as_deref(),
            Some("1969-12-31T23:59:59.500")
        );
        assert_eq!(clock((3_661, 1_000)), "01:01:01.000001");
    }

    #[test]
    fn numbers_keep_their_point() {
        let text = |v: f64| float(&format!("{v:?}"), &v.to_string(), v);
        let all = [1.0, 0.5, 1e16, 1e15, 0.000_012, 0.000_001_2].map(text);
        assert_eq!(
            all,
            [
                "1.0",
                "0.5",
                "1e16",
                "1000000000000000.0",
                "0.000012",
                "1.2e-6"
            ]
        );
    }
}
