//! Periods that stand in the names of columns.

use super::words;
use std::collections::BTreeSet;

/// A column by its name: a period, and what is measured in it.
pub(super) struct Timed {
    pub at: usize,
    pub period: String,
    pub measure: String,
}

/// How periods are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Year,
    Quarter,
    Month,
    /// `2019/20`
    Double,
}

/// The period in a column's name, and the rest of the name.
fn period(name: &str) -> Option<(String, Grain, String)> {
    let year = |text: &str| {
        let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        digits
            .then(|| text.parse::<u16>().ok())
            .flatten()
            .filter(|y| (1900..=2100).contains(y))
    };
    // `2019 [YR2019]` says the year twice.
    let name = match name.split_once(" [YR") {
        Some((head, tail)) if tail.strip_suffix(']') == Some(head) => head,
        _ => name,
    };
    let bare = name.strip_prefix('X').unwrap_or(name);
    if let (Some(head), Some(tail)) = (bare.get(..4), bare.get(4..))
        && let Some(y) = year(head)
        && !tail.is_empty()
    {
        let rest = tail.strip_prefix(['-', '/', '.', ' ']).unwrap_or(tail);
        let short = |text: &str| {
            text.parse::<u16>()
                .ok()
                .filter(|_| (1..=2).contains(&text.len()))
        };
        if let Some(quarter) = rest
            .strip_prefix(['Q', 'q'])
            .and_then(short)
            .filter(|q| (1..=4).contains(q))
        {
            return Some((format!("{y}-Q{quarter}"), Grain::Quarter, String::new()));
        }
        if let Some(month) = rest
            .strip_prefix(['M', 'm'])
            .and_then(short)
            .filter(|m| (1..=12).contains(m))
        {
            return Some((format!("{y}-{month:02}"), Grain::Month, String::new()));
        }
        if rest.len() == 2 && rest.len() < tail.len() {
            let end = short(rest)?;
            if end == (y + 1) % 100 {
                return Some((format!("{y}/{end:02}"), Grain::Double, String::new()));
            }
            return (1..=12)
                .contains(&end)
                .then(|| (format!("{y}-{end:02}"), Grain::Month, String::new()));
        }
    }
    if year(bare).is_some() {
        return Some((bare.to_owned(), Grain::Year, String::new()));
    }
    let mut found = None;
    for (at, _) in name.char_indices() {
        let Some(y) = name.get(at..at + 4).filter(|y| year(y).is_some()) else {
            continue;
        };
        let digit_at = |text: &str, last: bool| {
            let c = if last {
                text.chars().last()
            } else {
                text.chars().next()
            };
            c.is_some_and(|c| c.is_ascii_digit())
        };
        let (before, after) = (name.get(..at)?, name.get(at + 4..)?);
        if found.is_some() || digit_at(before, true) || digit_at(after, false) {
            return None;
        }
        let mark = |c: char| !c.is_alphanumeric() && !matches!(c, '%' | '€' | '$');
        let (before, after) = (before.trim_matches(mark), after.trim_matches(mark));
        let rest = [before, after]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>();
        let rest = rest.join(" ");
        let year_word = rest == "FY" || words::is_year(&rest);
        found = Some((
            y.to_owned(),
            Grain::Year,
            if year_word { String::new() } else { rest },
        ));
    }
    found
}

/// The columns that are periods, where there are several, with how they are written.
pub(super) fn timed(names: &[String]) -> Option<(Grain, Vec<Timed>)> {
    let mut columns = Vec::new();
    let mut grain = None;
    for (at, name) in names.iter().enumerate() {
        if let Some((period, of, measure)) = period(name) {
            if *grain.get_or_insert(of) != of {
                return None;
            }
            columns.push(Timed {
                at,
                period,
                measure,
            });
        }
    }
    let periods: BTreeSet<&str> = columns.iter().map(|c| c.period.as_str()).collect();
    let measures: BTreeSet<&str> = columns.iter().map(|c| c.measure.as_str()).collect();
    // `trust_2018` and `trust_2021` are variables of a row; `2018 / Target` and `2018 / Actual` are a table by years.
    let whole = columns.len() == periods.len() * measures.len();
    let usual = measures.len() == 1 && measures.contains("");
    let words = measures.len() > 1
        && columns
            .iter()
            .all(|c| names.get(c.at).is_some_and(|n| n.contains([' ', '/'])));
    (periods.len() > 1 && whole && (usual || words)).then_some((grain?, columns))
}

/// Names of columns of which each has a year in it, though they are not taken for a table by years.
pub(super) fn yearly(names: &[String]) -> Vec<&str> {
    let found: Vec<(&str, String, String)> = names
        .iter()
        .filter_map(|name| period(name).map(|(p, _, rest)| (name.as_str(), p, rest)))
        .collect();
    let twice = |rest: &String| found.iter().filter(|(_, _, r)| r == rest).count() > 1;
    found
        .iter()
        .filter(|(_, _, rest)| twice(rest))
        .map(|(name, _, _)| *name)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn periods_in_names() {
        let of = |name: &str| period(name);
        let year = |p: &str, rest: &str| Some((p.to_owned(), Grain::Year, rest.to_owned()));
        assert_eq!(of("2019"), year("2019", ""));
        assert_eq!(of("X2019"), year("2019", ""));
        assert_eq!(of("2017 / Target"), year("2017", "Target"));
        assert_eq!(of("Budget (2019)"), year("2019", "Budget"));
        assert_eq!(of("FY2019"), year("2019", ""));
        assert_eq!(of("Année 2019"), year("2019", ""));
        assert_eq!(
            of("2019-Q3"),
            Some(("2019-Q3".to_owned(), Grain::Quarter, String::new()))
        );
        assert_eq!(
            of("2019M03"),
            Some(("2019-03".to_owned(), Grain::Month, String::new()))
        );
        assert_eq!(
            of("2019/20"),
            Some(("2019/20".to_owned(), Grain::Double, String::new()))
        );
        for no in ["", "age", "12019", "2019 to 2021", "1850", "total"] {
            assert_eq!(of(no), None, "{no}");
        }
    }
}
