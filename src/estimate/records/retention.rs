//! The share still there some time after an event, by the product-limit estimate (Kaplan & Meier 1958, "Nonparametric
//! estimation from incomplete observations"), with the variance of Greenwood (1926) and bounds on the scale of
//! log(-log S), which keeps them between 0 and 1 (Kalbfleisch & Prentice 1980, ch. 1).

use super::{Answer, Selection, Setting, Tables};
use crate::engine::calendar::years_between;
use crate::indicator::measure::Retention as Measure;
use crate::outcome::{Content, Interval, IntervalKind, Retention, RetentionStep, Status};
use statrs::distribution::{ContinuousCDF, Normal};

/// A row that is watched from the event on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spell {
    /// Calendar years until the end, or until it was last seen.
    time: f64,
    /// Whether the end was seen.
    ended: bool,
    weight: f64,
    row: u32,
}

/// The spells of a selection in order of time; rows that had ended or were lost before the event are not among them.
fn spells(tables: &Tables<'_>, selection: &Selection<'_>) -> Vec<Spell> {
    let Some(source) = tables.get(0) else {
        return vec![];
    };
    let day = |field: usize, row: u32| source.frame.fields.get(field)?.number(row);
    let spell = |row: &u32| {
        let (start, until) = (day(0, *row)?, day(2, *row)?);
        let end = day(1, *row).filter(|end| *end <= until);
        let time = years_between(start as i32, end.unwrap_or(until) as i32);
        (time >= 0.0).then(|| Spell {
            time,
            ended: end.is_some(),
            weight: selection.weight(*row),
            row: *row,
        })
    };
    let mut spells: Vec<Spell> = selection.rows.iter().filter_map(spell).collect();
    spells.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.row.cmp(&b.row)));
    spells
}

/// A time at which something happened, with the estimate from there on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    time: f64,
    share: f64,
    /// Greenwood's sum of d / (n (n - d)); infinite where nobody is left.
    greenwood: f64,
    at_risk: u64,
    ended: u64,
    censored: u64,
}

/// The curve. Where a row ends at the time at which another is last seen, the end comes first.
fn curve(spells: &[Spell]) -> Vec<Step> {
    let mut left: f64 = spells.iter().map(|s| s.weight).sum();
    let (mut share, mut greenwood, mut at_risk) = (1.0, 0.0, spells.len() as u64);
    let mut steps = Vec::new();
    let mut from = 0;
    while let Some(first) = spells.get(from) {
        let at = spells[from..].iter().take_while(|s| s.time <= first.time);
        let (mut ended, mut gone, mut count, mut lost) = (0.0, 0.0, 0, 0);
        for spell in at {
            gone += spell.weight;
            if spell.ended {
                ended += spell.weight;
                count += 1;
            } else {
                lost += 1;
            }
        }
        if count > 0 {
            // All that are left: exactly zero, whatever weights add up to.
            let stay = if count == at_risk {
                0.0
            } else {
                1.0 - ended / left
            };
            share *= stay;
            greenwood += ended / (left * (left * stay));
        }
        steps.push(Step {
            time: first.time,
            share,
            greenwood,
            at_risk,
            ended: count,
            censored: lost,
        });
        left -= gone;
        at_risk -= count + lost;
        from += (count + lost) as usize;
    }
    steps
}

/// The step that holds at a time; `None` before the first.
fn at(steps: &[Step], time: f64) -> Option<&Step> {
    steps.iter().take_while(|s| s.time <= time + 1e-9).last()
}

/// Bounds of a share between 0 and 1, with its standard error.
fn bounds(step: &Step, confidence: f64) -> Option<(f64, f64, f64)> {
    let open = step.share > 0.0 && step.share < 1.0 && step.greenwood.is_finite();
    if !open {
        return None;
    }
    let z = Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence));
    let reach = z * step.greenwood.sqrt() / step.share.ln().abs();
    let low = step.share.powf(reach.exp());
    let high = step.share.powf((-reach).exp());
    Some((low, high, step.share * step.greenwood.sqrt()))
}

pub(super) fn answer(measure: &Measure, tables: &Tables<'_>, selection: &Selection<'_>) -> Answer {
    let spells = spells(tables, selection);
    if spells.is_empty() {
        return Answer::none(Status::NoMatch);
    }
    let steps = curve(&spells);
    let longest = spells.last().map_or(0.0, |s| s.time);
    let step = at(&steps, measure.after);
    let share = step.map_or(1.0, |s| s.share);
    // Nobody was watched for so long, and some were left: what became of them is not known.
    if longest + 1e-9 < measure.after && share > 0.0 {
        return Answer::none(Status::Undefined);
    }
    let watched_less = |s: &Spell| !s.ended && s.time + 1e-9 < measure.after;
    let is_uncertain = spells.iter().any(watched_less);
    // Rows that were all watched to the end of the time are known, not estimated.
    let interval = step.filter(|_| is_uncertain).and_then(|step| {
        let (low, high, se) = bounds(step, tables.2)?;
        Some(Interval {
            low,
            high,
            se,
            df: 0.0,
            clusters: spells.len() as u64,
            kind: IntervalKind::Greenwood,
            design_effect: None,
        })
    });
    Answer {
        interval,
        ..Answer::value(share)
    }
}

pub(super) fn content(
    measure: &Measure,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
    setting: &Setting<'_>,
) -> Option<Content> {
    // Each step of the curve tells of few rows: of persons it is not given.
    if !setting.is_open() {
        return None;
    }
    let spells = spells(tables, selection);
    let steps = curve(&spells);
    if spells.is_empty() {
        return None;
    }
    Some(Content::Retention(Retention {
        after: measure.after,
        rows: spells.len() as u64,
        ended: spells.iter().filter(|s| s.ended).count() as u64,
        before: (selection.rows.len() - spells.len()) as u64,
        median: steps.iter().find(|s| s.share <= 0.5).map(|s| s.time),
        steps: steps
            .iter()
            .map(|step| RetentionStep {
                time: step.time,
                share: step.share,
                bounds: bounds(step, tables.2).map(|(low, high, _)| (low, high)),
                at_risk: step.at_risk,
                ended: step.ended,
                censored: step.censored,
            })
            .collect(),
    }))
}

/// Of the rows of a selection, those that are watched from the event on.
pub(super) fn rows_behind(tables: &Tables<'_>, selection: &Selection<'_>) -> Vec<u32> {
    let mut rows: Vec<u32> = spells(tables, selection).iter().map(|s| s.row).collect();
    rows.sort_unstable();
    rows
}

/// What the reader has to know of the rows.
pub(super) fn remarks(found: &Retention) -> Vec<String> {
    let (rows, are) = if found.before == 1 {
        ("row", "is")
    } else {
        ("rows", "are")
    };
    let before = (found.before > 0).then(|| {
        format!(
            "{} {rows} had ended, or had last been seen, before the time starts, and {are} left out.",
            found.before
        )
    });
    before.into_iter().collect()
}

pub(super) const MADE: &str = "Kaplan-Meier estimate, with rows that were watched for less as censored; where there are such rows, the interval \
     is that of Greenwood on the scale of log(-log), and speaks of what would have become of them.";

#[cfg(test)]
mod tests {
    use super::*;

    /// Times in weeks; `+` is censored.
    fn of(times: &str) -> Vec<Spell> {
        let spell = |(row, text): (usize, &str)| Spell {
            time: text.trim_end_matches('+').parse().unwrap_or(f64::NAN),
            ended: !text.ends_with('+'),
            weight: 1.0,
            row: row as u32,
        };
        times.split_whitespace().enumerate().map(spell).collect()
    }

    /// Remission of 21 children on 6-MP (Freireich et al. 1963), as in every textbook: S(6) = .857, S(10) = .753,
    /// S(23) = .448; standard errors .0764, .0963, .1346 (Cox & Oakes 1984; Collett 2003).
    #[test]
    fn remission_of_leukaemia_as_published() {
        let spells = of("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+");
        let steps = curve(&spells);
        for (time, share, se) in [
            (6.0, 0.857, 0.0764),
            (10.0, 0.753, 0.0963),
            (23.0, 0.448, 0.1346),
        ] {
            let step = at(&steps, time).copied();
            let step = step.unwrap_or_else(|| panic!("no step at {time}"));
            assert!((step.share - share).abs() < 0.0005, "{step:?}");
            let got = step.share * step.greenwood.sqrt();
            assert!((got - se).abs() < 0.00005, "{got}");
        }
        assert_eq!(steps[0].at_risk, 21);
        assert_eq!(
            steps.iter().find(|s| s.share <= 0.5).map(|s| s.time),
            Some(23.0)
        );
    }

    #[test]
    fn when_all_have_ended_nothing_is_left() {
        let steps = curve(&of("1 2 2 5"));
        assert_eq!(steps.last().map(|s| s.share), Some(0.0));
        assert_eq!(bounds(steps.last().unwrap_or(&steps[0]), 0.95), None);
    }

    #[test]
    fn bounds_stay_between_nothing_and_all() {
        for step in curve(&of("1 2 3+ 4 5 6 7 8 9+ 10")) {
            if let Some((low, high, _)) = bounds(&step, 0.99) {
                assert!(0.0 < low && low < step.share && step.share < high && high < 1.0);
            }
        }
    }
}
