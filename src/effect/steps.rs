//! Periods as even steps: months, quarters and years by the calendar, everything else by its distance.

use super::observations::refuse;
use crate::outcome::NotEstimable;

/// Periods counted through evenly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Step of each period, from 0 for the first.
    pub of: Vec<i64>,
    /// Word for a step.
    pub word: &'static str,
}

/// Counts periods (days for `dates`, else numbers, each once and in order) through evenly from 0.
///
/// The step is the middle distance between neighbours. Dates whose distances are not multiples of it, but that lie in different months, are counted in
/// months: they have 28 to 31 days. So are years and months in one number (201712), and years and quarters (20174).
///
/// # Errors
/// Fewer than two periods, or two within one step.
pub fn steps(periods: &[f64], dates: bool) -> Result<Steps, NotEstimable> {
    let Some(gap) = middle(periods) else {
        return refuse(
            "there is one period only",
            "Check `time`: it must tell several periods apart.",
        );
    };
    let first = periods.first().copied().unwrap_or_default();
    let even = |gap: f64| {
        let mut multiples = periods.iter().map(|p| (p - first) / gap);
        multiples.all(|m| (m - m.round()).abs() < 1e-6)
    };
    // Of 2010, 2011, 2013 the step is the least distance, of which the others are multiples.
    let least = periods
        .windows(2)
        .map(|w| w[1] - w[0])
        .fold(f64::INFINITY, f64::min);
    let gap = match !dates && !even(gap) && even(least) {
        true => least,
        false => gap,
    };
    let months = match dates {
        true => periods.iter().map(|p| month(*p)).collect(),
        false => packed(periods),
    };
    // July to September are even in days too, and months all the same.
    let by_day = dates && even(gap) && !same_day(periods);
    if let Some(months) = months.filter(|_| !by_day && (!dates || gap >= 28.0))
        && months.windows(2).all(|w| w[1] > w[0])
    {
        let numbers: Vec<f64> = months.iter().map(|m| *m as f64).collect();
        let gap = middle(&numbers).unwrap_or(1.0);
        let from = numbers.first().copied().unwrap_or_default();
        let whole = numbers.iter().all(|m| (m - from) % gap == 0.0);
        let gap = if whole { gap } else { 1.0 };
        return Ok(Steps {
            of: numbers.iter().map(|m| ((m - from) / gap) as i64).collect(),
            word: match gap as i64 {
                1 => "month",
                3 => "quarter",
                6 => "half-year",
                12 => "year",
                _ => "period",
            },
        });
    }
    let of: Vec<i64> = periods
        .iter()
        .map(|p| ((p - first) / gap).round() as i64)
        .collect();
    if of.windows(2).any(|w| w[0] == w[1]) {
        return refuse(
            "periods are not evenly spaced: two lie within one step",
            "Give `time` as an expression with one value per period, as in YEAR(date).",
        );
    }
    Ok(Steps {
        of,
        word: match (dates, gap) {
            (true, 1.0) => "day",
            (true, 7.0) => "week",
            (true, _) => "period",
            (false, 1.0) => "year",
            (false, _) => "period",
        },
    })
}

/// Middle distance between neighbours.
fn middle(periods: &[f64]) -> Option<f64> {
    let mut gaps: Vec<f64> = periods.windows(2).map(|w| w[1] - w[0]).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied()
}

fn day(days: f64) -> Option<jiff::civil::Date> {
    let span = jiff::Span::new().try_days(days as i64).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(span).ok()
}

/// Months since year 0.
fn month(days: f64) -> Option<i64> {
    let date = day(days)?;
    Some(i64::from(date.year()) * 12 + i64::from(date.month()) - 1)
}

/// Whether all are the same day of the month, or all the last.
fn same_day(periods: &[f64]) -> bool {
    let days: Vec<jiff::civil::Date> = periods.iter().filter_map(|p| day(*p)).collect();
    let first = days.first().map(|d| d.day());
    days.iter().all(|d| Some(d.day()) == first) || days.iter().all(|d| d.day() == d.days_in_month())
}

/// Years and months (201712) or quarters (20174) in one number, as months since year 0; `None` for other numbers.
fn packed(periods: &[f64]) -> Option<Vec<i64>> {
    [(100, 12), (10, 4)].into_iter().find_map(|(base, parts)| {
        let read = |p: &f64| {
            let whole = *p as i64;
            let (year, part) = (whole / base, whole % base);
            let fits =
                p.fract() == 0.0 && (1800..=2200).contains(&year) && (1..=parts).contains(&part);
            fits.then_some(year * 12 + (part - 1) * (12 / parts))
        };
        let months: Vec<i64> = periods.iter().map(read).collect::<Option<_>>()?;
        Some(months)
    })
}

/// Whether these numbers are years and months, or quarters, in one.
pub fn is_packed(periods: &[f64]) -> bool {
    packed(periods).is_some()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn days(texts: &[String]) -> Vec<f64> {
        let epoch = jiff::civil::date(1970, 1, 1);
        let one = |text: &String| {
            let date: jiff::civil::Date = text.parse().unwrap();
            f64::from(date.since((jiff::Unit::Day, epoch)).unwrap().get_days())
        };
        texts.iter().map(one).collect()
    }

    fn of(texts: &[String]) -> Steps {
        steps(&days(texts), true).unwrap()
    }

    #[test]
    fn months_quarters_and_years_are_even() {
        let monthly = |day: u32| -> Vec<String> {
            (0..60)
                .map(|m| format!("{}-{:02}-{day:02}", 2017 + m / 12, m % 12 + 1))
                .collect()
        };
        let all: Vec<i64> = (0..60).collect();
        for day in [1, 15, 28] {
            let found = of(&monthly(day));
            assert_eq!((found.of, found.word), (all.clone(), "month"));
        }
        // The last day of each month, and the first working day or so.
        let ends: Vec<String> = (0..60)
            .map(|m| {
                let (year, month) = (2017 + m / 12, m % 12 + 1);
                let days = jiff::civil::date(year, month as i8, 1).days_in_month();
                format!("{year}-{month:02}-{days}")
            })
            .collect();
        assert_eq!(of(&ends).of, all);
        let working: Vec<String> = (0..60)
            .map(|m| format!("{}-{:02}-{:02}", 2017 + m / 12, m % 12 + 1, 1 + m % 3))
            .collect();
        assert_eq!(of(&working).of, all);
        let quarters: Vec<String> = (0..40)
            .filter(|q| *q != 7)
            .map(|q| format!("{}-{:02}-01", 2010 + q / 4, q % 4 * 3 + 1))
            .collect();
        let found = of(&quarters);
        let wanted: Vec<i64> = (0..40).filter(|q| *q != 7).collect();
        assert_eq!((found.of, found.word), (wanted, "quarter"));
        let years: Vec<String> = (2001..2031).map(|y| format!("{y}-06-30")).collect();
        assert_eq!(of(&years).word, "year");
        assert_eq!(of(&years).of, (0..30).collect::<Vec<i64>>());
    }

    #[test]
    fn weeks_and_days_are_counted_by_distance() {
        let start = jiff::civil::date(2020, 1, 6);
        let every = |n: i32, step: i32| -> Vec<String> {
            let at = |i: i32| start.checked_add(jiff::Span::new().days(i * step)).unwrap();
            (0..n)
                .filter(|i| *i != 3)
                .map(|i| at(i).to_string())
                .collect()
        };
        for (step, word) in [
            (1, "day"),
            (7, "week"),
            (14, "period"),
            (28, "period"),
            (90, "period"),
        ] {
            let found = of(&every(30, step));
            let wanted: Vec<i64> = (0..30).filter(|i| *i != 3).collect();
            assert_eq!((found.of, found.word), (wanted, word), "{step}");
        }
        assert!(
            steps(
                &days(&[
                    "2020-01-01".into(),
                    "2020-01-02".into(),
                    "2020-03-01".into(),
                    "2020-04-01".into()
                ]),
                true
            )
            .is_err()
        );
    }

    #[test]
    fn years_with_months_or_quarters_in_one_number() {
        let months: Vec<f64> = (0..30)
            .map(|m| f64::from(201700 + m / 12 * 100 + m % 12 + 1))
            .collect();
        let found = steps(&months, false).unwrap();
        assert_eq!((found.of, found.word), ((0..30).collect(), "month"));
        let quarters: Vec<f64> = (0..9)
            .map(|q| f64::from(20170 + q / 4 * 10 + q % 4 + 1))
            .collect();
        let found = steps(&quarters, false).unwrap();
        assert_eq!((found.of, found.word), ((0..9).collect(), "quarter"));
        let years = steps(&[2010.0, 2011.0, 2013.0], false).unwrap();
        assert_eq!((years.of, years.word), (vec![0, 1, 3], "year"));
        let halves = steps(&[2010.0, 2010.5, 2011.0], false).unwrap();
        assert_eq!(halves.of, vec![0, 1, 2]);
    }
}
