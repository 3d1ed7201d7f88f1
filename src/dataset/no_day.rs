//! Days that no calendar has, and days as a pattern writes them.

use super::month_names;
use super::values::{self, DateFormat};

/// Why a cell that is written as a day is none; `None` where it is written otherwise.
pub(super) fn no_day(cell: &str, format: &DateFormat) -> Option<String> {
    let cell = cell.trim();
    let order = match format {
        DateFormat::Iso | DateFormat::Any => "Ymd",
        DateFormat::Pattern(pattern) => match pattern.as_str() {
            "%d/%m/%Y" | "%d-%m-%Y" | "%d.%m.%Y" => "dmY",
            "%m/%d/%Y" | "%m-%d-%Y" | "%m.%d.%Y" => "mdY",
            "%Y-%m-%d" | "%Y/%m/%d" | "%Y.%m.%d" => "Ymd",
            _ => return None,
        },
    };
    let mark = cell.chars().find(|c| !c.is_ascii_digit())?;
    if let DateFormat::Pattern(pattern) = format {
        pattern.contains(mark).then_some(())?;
    }
    let day = cell.split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(mark).collect();
    let order = match (format, parts.first()?.len()) {
        (DateFormat::Any, 1 | 2) => "dmY",
        _ => order,
    };
    if parts.len() != 3 || (*format == DateFormat::Iso && mark != '-') {
        return None;
    }
    let part = |letter: char| {
        let text = parts.get(order.find(letter)?)?;
        let fits = if letter == 'Y' {
            text.len() == 4
        } else {
            (1..=2).contains(&text.len())
        };
        text.parse::<i32>()
            .ok()
            .filter(|_| fits && text.bytes().all(|b| b.is_ascii_digit()))
    };
    let (year, month, day) = (part('Y')?, part('m')?, part('d')?);
    if values::is_day(year, month, day) {
        return None;
    }
    if !(1..=12).contains(&month) {
        let swapped = values::is_day(year, day, month);
        let also = if swapped {
            ", though it is one with day and month the other way round"
        } else {
            ""
        };
        return Some(format!("there is no month {month}{also}"));
    }
    let name = month_names::ENGLISH.get(usize::try_from(month - 1).ok()?)?;
    let last = (28..=31)
        .rev()
        .find(|last| values::is_day(year, month, *last))?;
    Some(format!("{name} {year} has {last} days"))
}

/// A day by a pattern.
pub(super) fn shown(pattern: &str) -> String {
    let time = jiff::civil::date(2019, 5, 31).at(12, 0, 0, 0);
    jiff::fmt::strtime::format(pattern, time).unwrap_or_else(|_| pattern.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_no_calendar_has_is_told() {
        let why = |cell: &str, pattern: &str| match pattern {
            "" => no_day(cell, &DateFormat::Iso),
            "any" => no_day(cell, &DateFormat::Any),
            _ => no_day(cell, &DateFormat::Pattern(pattern.to_owned())),
        };
        let february = Some("February 2023 has 28 days".to_owned());
        assert_eq!(why("31/02/2023", "%d/%m/%Y"), february);
        assert_eq!(why("2023-02-31", ""), february);
        assert_eq!(why("31.02.2023", "any"), february);
        let swapped = why("04/14/2023", "%d/%m/%Y").unwrap();
        assert!(swapped.contains("no month 14") && swapped.contains("other way round"));
        for (cell, pattern) in [
            ("Nov-22", "%d/%m/%Y"),
            ("31-02-2023", "%d/%m/%Y"),
            ("x", ""),
            ("31/02/2023", ""),
            ("2023-02-28", ""),
        ] {
            assert_eq!(why(cell, pattern), None, "{cell}");
        }
        assert_eq!(shown("%d/%m/%Y"), "31/05/2019");
    }
}
