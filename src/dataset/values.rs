//! One cell of text becomes one value of its type.

use super::{footnotes, month_names, numbers, quarters};
use jiff::civil::Date;

/// How numbers of a column are written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NumberFormat {
    pub decimal: String,
    pub group: Option<String>,
    /// Whether nothing but the number stands in the cell.
    pub bare: bool,
}

impl Default for NumberFormat {
    fn default() -> Self {
        NumberFormat {
            decimal: ".".to_owned(),
            group: None,
            bare: true,
        }
    }
}

impl NumberFormat {
    fn plain(&self) -> bool {
        self.bare && self.group.is_none() && self.decimal == "."
    }
}

/// How the cells of a column are read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parse {
    Number(NumberFormat),
    Integer(NumberFormat),
    Year,
    Boolean(Vec<String>, Vec<String>),
    Date(DateFormat),
    DateTime(DateFormat),
    YearMonth,
    Text,
    List(String),
}

/// How days are written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DateFormat {
    /// As in ISO 8601.
    Iso,
    /// By a pattern of strptime.
    Pattern(String),
    /// ISO, or day, month, year.
    Any,
}

/// Largest whole number up to which all are exact in a Float64.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether a whole number is what its cell says: 2^53 + 1 is read as 2^53.
pub(super) fn is_exact(cell: &str, value: f64) -> bool {
    let digits = || cell.bytes().filter(u8::is_ascii_digit);
    value.abs() < EXACT || (value.abs() == EXACT && digits().eq(*b"9007199254740992"))
}

/// A finite number, by the format.
pub(super) fn number(cell: &str, format: &NumberFormat) -> Option<f64> {
    let cell = cell.trim();
    if format.plain() {
        return plain_number(cell).or_else(|| negative(numbers::typed_minus(cell)?, format));
    }
    if format.bare {
        return match numbers::typed_minus(cell) {
            Some(rest) => negative(rest, format),
            None => grouped(cell, format),
        };
    }
    let written = numbers::apart(cell).or_else(|| numbers::apart(footnotes::without(cell)?))?;
    if written.negative {
        negative(written.digits, format)
    } else {
        grouped(written.digits, format)
    }
}

/// The negative of a number that has no sign of its own.
fn negative(digits: &str, format: &NumberFormat) -> Option<f64> {
    let value = grouped(digits, format).filter(|v| !v.is_sign_negative())?;
    Some(if value == 0.0 { value } else { -value })
}

fn grouped(text: &str, format: &NumberFormat) -> Option<f64> {
    plain_number(&numbers::plain(text, format)?)
}

fn plain_number(cell: &str) -> Option<f64> {
    let bytes = cell.as_bytes();
    if !bytes.is_empty() && bytes.len() <= 15 && bytes.iter().all(u8::is_ascii_digit) {
        let whole = bytes.iter().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
        return Some(whole as f64);
    }
    if bytes
        .iter()
        .any(|b| b.is_ascii_alphabetic() && !matches!(b, b'e' | b'E'))
    {
        return None; // Rust reads "inf" and "nan", which would poison every sum.
    }
    cell.parse().ok().filter(|v: &f64| v.is_finite())
}

/// A day of a `date` column, in days since 1970-01-01.
pub(super) fn date(cell: &str, format: &DateFormat) -> Option<i32> {
    let cell = cell.trim();
    match format {
        DateFormat::Iso => iso_date(cell),
        DateFormat::Pattern(pattern) if pattern.contains("%q") => {
            quarters::first_day(cell, pattern)
        }
        DateFormat::Pattern(pattern) => {
            // The name of a weekday says nothing that the rest doesn't.
            let named = pattern.strip_prefix("%A");
            let (pattern, cell) = match named.zip(month_names::without_weekday(cell)) {
                Some((rest, (_, day))) => (rest.trim_start_matches([',', ' ']), day),
                None => (pattern.as_str(), cell),
            };
            let parsed = match jiff::fmt::strtime::parse(pattern, cell) {
                Ok(parsed) => parsed,
                Err(_) => {
                    let short = pattern.contains("%b");
                    let named = short || pattern.contains("%B");
                    let cell = named.then(|| month_names::in_english(cell, short))??;
                    jiff::fmt::strtime::parse(pattern, cell).ok()?
                }
            };
            // A year of two digits under a pattern of four would be one of the first century.
            let short = |date: &Date| pattern.contains("%Y") && date.year() < 1000;
            parsed.to_date().ok().filter(|d| !short(d)).map(days)
        }
        DateFormat::Any => iso_date(cell).or_else(|| day_first(cell)),
    }
}

/// The day of a `datetime` column.
pub(super) fn datetime(cell: &str, format: &DateFormat) -> Option<i32> {
    let cell = cell.trim();
    match format {
        DateFormat::Pattern(_) => date(cell, format),
        DateFormat::Iso => iso_datetime(cell),
        DateFormat::Any => iso_datetime(cell).or_else(|| date(cell, format)),
    }
}

/// The first day of a month written `2019-05`.
pub(super) fn yearmonth(cell: &str) -> Option<i32> {
    let (year, month) = cell.trim().split_once('-')?;
    Some(days(Date::new(year4(year)?, two(month)? as i8, 1).ok()?))
}

/// A year of four digits.
pub(super) fn year(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let cell = cell.strip_suffix(".0").unwrap_or(cell);
    year4(cell).map(f64::from)
}

/// A truth value.
pub(super) fn boolean(cell: &str, yes: &[String], no: &[String]) -> Option<bool> {
    let cell = cell.trim();
    if yes.iter().any(|v| v == cell) {
        return Some(true);
    }
    no.iter().any(|v| v == cell).then_some(false)
}

/// The codes of a list, joined by the separator of list columns; `None` without any code.
pub(super) fn list(cell: &str, delimiter: &str, joined: &mut String) -> bool {
    joined.clear();
    for code in cell.split(delimiter) {
        let code = code.trim();
        if !code.is_empty() {
            if !joined.is_empty() {
                joined.push(super::LIST_SEPARATOR);
            }
            joined.push_str(code);
        }
    }
    !joined.is_empty()
}

fn iso_date(cell: &str) -> Option<i32> {
    let bytes = cell.as_bytes();
    if bytes.len() > 10 && bytes.is_ascii() {
        // Spreadsheets add a midnight to days.
        let (day, time) = cell.split_at(10);
        let time = time.strip_prefix(['T', ' '])?.trim_end_matches('Z');
        let midnight = time.len() >= 5 && time.bytes().all(|b| matches!(b, b'0' | b':' | b'.'));
        return midnight.then(|| iso_date(day)).flatten();
    }
    match bytes {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
            let digit = |b: &u8| b.is_ascii_digit().then(|| i32::from(b - b'0'));
            let year = digit(y1)? * 1000 + digit(y2)? * 100 + digit(y3)? * 10 + digit(y4)?;
            let month = digit(m1)? * 10 + digit(m2)?;
            let day = digit(d1)? * 10 + digit(d2)?;
            civil(year, month, day)
        }
        _ => None,
    }
}

fn iso_datetime(cell: &str) -> Option<i32> {
    if !cell.is_ascii() || cell.len() < 10 {
        return None;
    }
    let (day, time) = cell.split_at(10);
    let day = iso_date(day)?;
    if time.is_empty() {
        return Some(day);
    }
    let time = time.strip_prefix(['T', ' ', 't'])?;
    let time = time.strip_suffix(['Z', 'z']).unwrap_or(time);
    let zone = time.find(['+', '-']);
    let (clock, zone) = time.split_at(zone.unwrap_or(time.len()));
    let clock = clock.trim_end();
    let mut parts = clock.splitn(3, ':');
    let hour = two(parts.next()?)?;
    let minute = two(parts.next()?)?;
    let second = match parts.next() {
        None => 0,
        Some(second) => {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
            if !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            two(whole)?
        }
    };
    let zone = zone.trim_start_matches(['+', '-']);
    let zone_ok = zone.is_empty() || zone.bytes().all(|b| b.is_ascii_digit() || b == b':');
    (hour <= 24 && minute < 60 && second <= 60 && zone_ok && zone.len() <= 5).then_some(day)
}

fn day_first(cell: &str) -> Option<i32> {
    let mut parts = cell.split(['/', '-', '.']);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let small = |s: &str| {
        if s.len() <= 2 {
            s.parse::<i32>().ok()
        } else {
            None
        }
    };
    match a.len() {
        4 => civil(i32::from(year4(a)?), small(b)?, small(c)?),
        _ => civil(i32::from(year4(c)?), small(b)?, small(a)?),
    }
}

fn year4(text: &str) -> Option<i16> {
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn two(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Whether a calendar has the day.
pub(super) fn is_day(year: i32, month: i32, day: i32) -> bool {
    civil(year, month, day).is_some()
}

/// The day that a spreadsheet shows for a whole number from 1955 to 2064 (20000 to 60000), counted from the end of 1899.
pub(super) fn serial_day(cell: &str) -> Option<i32> {
    let number: i32 = cell.parse().ok()?;
    (20_000..=60_000).contains(&number).then(|| number - 25_569)
}

/// Days since 1970-01-01, or nothing for a day that no calendar has.
pub(super) fn civil(year: i32, month: i32, day: i32) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > last {
        return None;
    }
    // Counted from March, so that the leap day is a year's last (the well-known algorithm of civil calendars).
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    Some(era * 146_097 + doe - 719_468)
}

fn days(date: Date) -> i32 {
    civil(
        i32::from(date.year()),
        i32::from(date.month()),
        i32::from(date.day()),
    )
    .unwrap_or(0)
}

/// A day as it is written.
pub(crate) fn show_day(days: i32) -> String {
    crate::indicator::formula::node::date_text(days)
}
