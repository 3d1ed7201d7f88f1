//! Days that stand for no day: those that spreadsheets and databases write into empty cells, and those far from all others.

use super::rows::Rows;
use super::typed::Cells;
use super::values::show_day;
use super::{Column, Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use polars_arrow::array::StaticArray as _;
use std::collections::BTreeMap;

/// Days in a year, about.
const YEAR: i32 = 365;

/// Days that mean nothing wherever they are: 1899-12-30, 1899-12-31, 0001-01-01, 9999-12-31, 9999-01-01, 2999-12-31.
const NEVER: [(i32, &str); 6] = [
    (
        -25_569,
        "what spreadsheets write for a zero or an empty cell",
    ),
    (
        -25_568,
        "what spreadsheets write for a zero or an empty cell",
    ),
    (-719_162, "the first day of the calendar"),
    (2_932_896, "the last day that databases know"),
    (2_932_532, "a day that databases take for no end"),
    (376_199, "a day that databases take for no end"),
];

/// Days that mean nothing where no other day is near: 1900-01-01, 1904-01-01, 1970-01-01, 1753-01-01, 1901-01-01, 2099-12-31.
const SELDOM: [(i32, &str); 6] = [
    (-25_567, "what spreadsheets write for an empty cell"),
    (
        -24_107,
        "what spreadsheets of a Mac write for an empty cell",
    ),
    (0, "what programs write for a zero"),
    (-79_257, "the first day that some databases know"),
    (-25_202, "the first day that some programs know"),
    (47_481, "a day that stands for no end"),
];

/// Years from the nearest other day to one of [`SELDOM`], and to days before and after all others.
const NEAR: i32 = 10;
const BEFORE: i32 = 100;
const AFTER: i32 = 20;

/// What was seen of a column: rows by day where it may mean nothing, and by year.
#[derive(Default)]
struct Seen {
    days: BTreeMap<i32, u64>,
    years: BTreeMap<i32, u64>,
}

impl Seen {
    fn of(cells: &Cells<'_>) -> Seen {
        let mut seen = Seen::default();
        match cells {
            Cells::Days(days) => {
                let mut last = (i32::MIN, 0);
                for day in days.iter().flatten() {
                    if is_odd(*day) {
                        *seen.days.entry(*day).or_default() += 1;
                        continue;
                    }
                    // Rows in the order of time have the same year many times.
                    let year = day.div_euclid(YEAR);
                    if year == last.0 {
                        last.1 += 1;
                        continue;
                    }
                    if last.1 > 0 {
                        *seen.years.entry(last.0).or_default() += last.1;
                    }
                    last = (year, 1);
                }
                if last.1 > 0 {
                    *seen.years.entry(last.0).or_default() += last.1;
                }
            }
            Cells::Numbers(years) => {
                for year in years.iter().flatten() {
                    *seen.years.entry(*year as i32).or_default() += 1;
                }
            }
            _ => {}
        }
        seen
    }
}

/// Finds days (and years) that stand for none or are far from all others.
pub(super) fn check(table: &Table, rows: &Rows, findings: &mut Findings) -> Result<(), Stop> {
    let is_year = |c: &Column| c.declared == "year";
    let names: Vec<String> = table
        .columns
        .iter()
        .filter(|c| c.r#type == Type::Date || is_year(c))
        .map(|c| c.name.clone())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let pieces = units::each_column_seen(table, &names, Seen::of)?;
    for (at, name) in names.iter().enumerate() {
        let mut all = Seen::default();
        for seen in pieces.iter().filter_map(|piece| piece.get(at)) {
            for (day, rows) in &seen.days {
                *all.days.entry(*day).or_default() += rows;
            }
            for (year, rows) in &seen.years {
                *all.years.entry(*year).or_default() += rows;
            }
        }
        let years = table.column(name).is_some_and(is_year);
        tell(table, (name, years), &all, rows, findings)?;
    }
    Ok(())
}

fn is_odd(day: i32) -> bool {
    NEVER.iter().chain(&SELDOM).any(|(odd, _)| *odd == day)
}

/// The years between which most rows lie, and those beyond them, far from any other.
fn bulk(years: &BTreeMap<i32, u64>) -> Option<(i32, i32)> {
    let all: u64 = years.values().sum();
    let list: Vec<(i32, u64)> = years.iter().map(|(year, rows)| (*year, *rows)).collect();
    let (mut from, mut to) = (0, list.len().checked_sub(1)?);
    let few = |rows: u64| rows * 20 <= all || (rows <= 2 && all >= 5);
    // What lies beyond the widest gaps, in few rows, is not among the others.
    for at in (1..list.len()).rev() {
        let beyond: u64 = list[at..].iter().map(|(_, rows)| rows).sum();
        if list[at].0 - list[at - 1].0 >= AFTER && few(beyond) {
            to = at - 1;
        }
    }
    for at in 1..=to {
        let beyond: u64 = list[..at].iter().map(|(_, rows)| rows).sum();
        if list[at].0 - list[at - 1].0 >= BEFORE && few(beyond) {
            from = at;
        }
    }
    Some((list.get(from)?.0, list.get(to)?.0))
}

fn tell(
    table: &Table,
    (name, years): (&str, bool),
    seen: &Seen,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let bulk = bulk(&seen.years);
    let near = |day: i32| {
        let year = day.div_euclid(YEAR);
        bulk.is_some_and(|(from, to)| (from - NEAR..=to + NEAR).contains(&year))
    };
    for (day, count) in &seen.days {
        let never = NEVER.iter().find(|(odd, _)| odd == day);
        let seldom = SELDOM
            .iter()
            .find(|(odd, _)| odd == day)
            .filter(|_| bulk.is_some() && !near(*day));
        let Some((_, why)) = never.or(seldom) else {
            continue;
        };
        let places = places(table, name, |cell, _| cell == *day)?;
        if never.is_none() && table.of_persons() {
            // It may be the birthday of one person.
            let message = format!(
                "A day that programs write for none is in `{name}` ({}), far from all other days.",
                rows.named(&places)
            );
            let help = "Correct it, or declare it as missing; it is used as it is.";
            let finding = Finding::warning("data-odd-date", message, help).in_column(name);
            findings.push(match places.first() {
                Some(first) => rows.place(*first).on(finding),
                None => finding,
            });
            continue;
        }
        let shown = show_day(*day);
        let message = format!(
            "{shown} is in {} of `{name}` ({}): {why}.",
            counted(*count),
            rows.named(&places)
        );
        push((name, &shown), message, &places, rows, findings);
    }
    let Some((from, to)) = bulk else {
        return Ok(());
    };
    let outside = |year: i32| year < from || year > to;
    let count: u64 = seen
        .years
        .iter()
        .filter(|(year, _)| outside(**year))
        .map(|(_, n)| n)
        .sum();
    if count == 0 {
        return Ok(());
    }
    let places = places(table, name, |cell, day| {
        let odd = day && is_odd(cell);
        let year = if day { cell.div_euclid(YEAR) } else { cell };
        !odd && outside(year)
    })?;
    let text = |cell: i32| {
        if years {
            cell.to_string()
        } else {
            show_day(cell)
        }
    };
    let mut shown = String::new();
    units::scan_seen(table, &[name.to_owned()], |first, frame| {
        let Some(row) = places.first().and_then(|at| at.checked_sub(first)) else {
            return Ok(());
        };
        let row = row as usize;
        if !shown.is_empty() || row >= frame.height() {
            return Ok(());
        }
        match frame.columns().first().map(Cells::of).transpose()? {
            Some(Cells::Days(days)) => shown = days.get(row).map(text).unwrap_or_default(),
            Some(Cells::Numbers(numbers)) => {
                shown = numbers.get(row).map(|v| v.to_string()).unwrap_or_default();
            }
            _ => {}
        }
        Ok(())
    })?;
    let what = if years { "years" } else { "days" };
    let lie = if count == 1 { "lies" } else { "lie" };
    let message = format!(
        "{} of `{name}` {lie} many years from all other {what} ({}).",
        counted(count),
        rows.named(&places)
    );
    // A day far from others may be the birthday of one person.
    if table.of_persons() {
        let help = "Correct it, or declare it as missing; it is used as it is.";
        let finding = Finding::warning("data-odd-date", message, help).in_column(name);
        findings.push(match places.first() {
            Some(first) => rows.place(*first).on(finding),
            None => finding,
        });
        return Ok(());
    }
    push((name, &shown), message, &places, rows, findings);
    Ok(())
}

fn counted(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    }
}

fn push(
    (name, shown): (&str, &str),
    message: String,
    places: &[u64],
    rows: &Rows,
    findings: &mut Findings,
) {
    let help = format!(
        "Correct it, or write `\"missingValues\": [\"\", \"{shown}\"]` in the field if it means that there is none; it is used as it is."
    );
    let finding = Finding::warning("data-odd-date", message, help)
        .in_column(name)
        .with_value(shown);
    findings.push(match places.first() {
        Some(first) => rows.place(*first).on(finding),
        None => finding,
    });
}

/// The first three rows with such a day or year.
fn places(table: &Table, name: &str, is: impl Fn(i32, bool) -> bool) -> Result<Vec<u64>, Stop> {
    let mut places = Vec::new();
    units::scan_seen(table, &[name.to_owned()], |first, frame| {
        let cells = frame.columns().first().map(Cells::of).transpose()?;
        for row in 0..frame.height() {
            if places.len() == 3 {
                break;
            }
            let found = match &cells {
                Some(Cells::Days(days)) => days.get(row).is_some_and(|day| is(day, true)),
                Some(Cells::Numbers(numbers)) => {
                    numbers.get(row).is_some_and(|year| is(year as i32, false))
                }
                _ => false,
            };
            if found {
                places.push(first + row as u64);
            }
        }
        Ok(())
    })?;
    Ok(places)
}
