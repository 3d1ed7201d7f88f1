//! Agreement between parties who score the same cases.

mod alpha;
mod icc;
mod kappa;

use super::{Answer, Selection, Setting, Tables};
use crate::indicator::measure::{Agreement as Measure, Concord, Level};
use crate::outcome::{Agreement, Content, RaterPair, Status};
use std::collections::BTreeMap;

/// Scores by case. Nominal scores are numbered.
pub struct Scores {
    /// Raters: those asked for, else in the order of the data.
    raters: Vec<String>,
    /// Per case its weight and its scores: rater and score, each rater once, in the order of raters.
    cases: Vec<(f64, Vec<(usize, f64)>)>,
    /// Per case the rows of these.
    rows: Vec<Vec<(usize, u32)>>,
    /// Per case all rows, those that score it again by the same rater too.
    all: Vec<Vec<u32>>,
    /// Rows that score a case again by the same rater.
    repeated: u64,
}

impl Scores {
    /// Scores of two raters by case, with the weight, where both have scored.
    fn pairs(&self, first: usize, second: usize) -> Vec<(f64, f64, f64)> {
        let of = |scores: &[(usize, f64)], rater: usize| {
            scores.iter().find(|(r, _)| *r == rater).map(|(_, s)| *s)
        };
        self.cases
            .iter()
            .filter_map(|(w, scores)| Some((*w, of(scores, first)?, of(scores, second)?)))
            .collect()
    }

    /// Scores of cases that every rater has scored, a row per case, with the weight.
    fn complete(&self) -> Vec<(f64, Vec<f64>)> {
        let all = self
            .cases
            .iter()
            .filter(|(_, s)| s.len() == self.raters.len());
        all.map(|(w, s)| (*w, s.iter().map(|(_, x)| *x).collect()))
            .collect()
    }

    /// Scores of cases that have two or more, with the weight.
    fn several(&self) -> Vec<(f64, Vec<f64>)> {
        let some = self.cases.iter().filter(|(_, s)| s.len() > 1);
        some.map(|(w, s)| (*w, s.iter().map(|(_, x)| *x).collect()))
            .collect()
    }

    fn rater(&self, name: &str) -> Option<usize> {
        self.raters.iter().position(|r| r == name)
    }
}

/// The scores of a selection; of the raters asked for only.
fn scores(measure: &Measure, tables: &Tables<'_>, selection: &Selection<'_>) -> Option<Scores> {
    let source = tables.get(0)?;
    let fields = &source.frame.fields;
    let (raters, values) = (fields.first()?, fields.get(1)?);
    let mut known: Vec<String> = measure.raters.clone();
    let mut index: BTreeMap<Vec<Option<u32>>, usize> = BTreeMap::new();
    let mut cases: Vec<(f64, Vec<(usize, f64)>)> = Vec::new();
    let mut rows: Vec<Vec<(usize, u32)>> = Vec::new();
    let mut all: Vec<Vec<u32>> = Vec::new();
    let mut repeated = 0;
    for row in selection.rows {
        let name = raters.text(*row)?;
        if !measure.raters.is_empty() && !measure.raters.iter().any(|r| r == name) {
            continue;
        }
        let rater = known.iter().position(|r| r == name).unwrap_or_else(|| {
            known.push(name.to_owned());
            known.len() - 1
        });
        let score = match measure.level {
            Level::Nominal => values.code(*row).map(f64::from),
            _ => values.number(*row),
        }?;
        let case: Vec<Option<u32>> = (2..2 + measure.cases)
            .map(|at| fields.get(at).and_then(|f| f.code(*row)))
            .collect();
        let at = *index.entry(case).or_insert_with(|| {
            cases.push((selection.weight(*row), vec![]));
            rows.push(vec![]);
            all.push(vec![]);
            cases.len() - 1
        });
        all[at].push(*row);
        let scored = &mut cases[at].1;
        if scored.iter().any(|(r, _)| *r == rater) {
            repeated += 1;
        } else {
            scored.push((rater, score));
            rows[at].push((rater, *row));
        }
    }
    cases
        .iter_mut()
        .for_each(|(_, scored)| scored.sort_by_key(|(r, _)| *r));
    Some(Scores {
        raters: known,
        cases,
        rows,
        all,
        repeated,
    })
}

pub(super) fn answer(measure: &Measure, tables: &Tables<'_>, selection: &Selection<'_>) -> Answer {
    let Some(scores) = scores(measure, tables, selection) else {
        return Answer::none(Status::Undefined);
    };
    let or_undefined = |value: Option<f64>| match value {
        Some(value) => Answer::value(value),
        None => Answer::none(Status::Undefined),
    };
    let named = match measure.raters.as_slice() {
        [first, second] => scores.rater(first).zip(scores.rater(second)),
        _ => None,
    };
    // Somebody must have scored what somebody else has scored.
    let pairs = named.map(|(first, second)| scores.pairs(first, second));
    let shared = match &pairs {
        Some(pairs) => !pairs.is_empty(),
        None => measure.raters.is_empty() && scores.cases.iter().any(|(_, s)| s.len() > 1),
    };
    if !shared {
        return Answer::none(Status::NoMatch);
    }
    let pairs = pairs.unwrap_or_default();
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        let total: f64 = pairs.iter().map(|(w, _, _)| w).sum();
        let sum: f64 = pairs.iter().map(|(w, a, b)| w * of(*a, *b)).sum();
        or_undefined((total > 0.0).then(|| sum / total))
    };
    match measure.statistic {
        Concord::KrippendorffAlpha => or_undefined(alpha::alpha(&scores, measure.level)),
        Concord::CohenKappa => or_undefined(kappa::kappa(&pairs, kappa::Weights::Equal)),
        Concord::LinearKappa => or_undefined(kappa::kappa(&pairs, kappa::Weights::Linear)),
        Concord::QuadraticKappa => or_undefined(kappa::kappa(&pairs, kappa::Weights::Quadratic)),
        Concord::Icc => or_undefined(icc::icc(&scores.complete()).map(|i| i.agreement)),
        Concord::IccConsistency => {
            or_undefined(icc::icc(&scores.complete()).map(|i| i.consistency))
        }
        Concord::IccAverage => {
            or_undefined(icc::icc(&scores.complete()).map(|i| i.agreement_of_mean))
        }
        Concord::IccConsistencyAverage => {
            or_undefined(icc::icc(&scores.complete()).map(|i| i.consistency_of_mean))
        }
        Concord::IccOneWay => or_undefined(icc::one_way(&scores.several()).map(|i| i.0)),
        Concord::IccOneWayAverage => or_undefined(icc::one_way(&scores.several()).map(|i| i.1)),
        Concord::EqualScores => {
            let (equal, all) = equal(&scores);
            Answer {
                parts: Some((equal, all)),
                ..Answer::value(equal / all)
            }
        }
        Concord::Gap => mean(&|a, b| a - b),
        Concord::AbsoluteGap => mean(&|a, b| (a - b).abs()),
    }
}

/// Of the rows of a selection, those that the value rests on, and how many are scores of a case that others did not score.
pub(super) fn rows_behind(
    measure: &Measure,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
) -> (Vec<u32>, u64) {
    let Some(scores) = scores(measure, tables, selection) else {
        return (selection.rows.to_vec(), 0);
    };
    let named = match measure.raters.as_slice() {
        [first, second] => scores.rater(first).zip(scores.rater(second)),
        _ => None,
    };
    let complete = matches!(
        measure.statistic,
        Concord::Icc
            | Concord::IccConsistency
            | Concord::IccAverage
            | Concord::IccConsistencyAverage
    );
    let (mut behind, mut alone) = (Vec::new(), 0);
    for rows in &scores.rows {
        let has = |rater: usize| rows.iter().any(|(r, _)| *r == rater);
        let counts = match named {
            Some((first, second)) => has(first) && has(second),
            None if !measure.raters.is_empty() => false,
            None if complete => rows.len() == scores.raters.len(),
            None => rows.len() > 1,
        };
        match counts {
            true => behind.extend(rows.iter().map(|(_, row)| *row)),
            false => alone += rows.len() as u64,
        }
    }
    behind.sort_unstable();
    (behind, alone)
}

/// What the reader has to know of all rows: cases with scores from several programmes.
pub(super) fn across(
    measure: &Measure,
    tables: &Tables<'_>,
    programme: Option<usize>,
    selection: &Selection<'_>,
) -> Option<String> {
    let key = tables.get(0)?.frame.keys.get(programme?)?;
    let scores = scores(measure, tables, selection)?;
    let of_several = |rows: &&Vec<u32>| {
        let mut programmes = rows.iter().filter_map(|row| key.label(*row));
        let first = programmes.next();
        programmes.any(|p| Some(p) != first)
    };
    let count = scores.all.iter().filter(of_several).count();
    let (cases, have) = if count == 1 {
        ("case", "has")
    } else {
        ("cases", "have")
    };
    (count > 0).then(|| {
        format!(
            "{count} {cases} of {} {have} scores from several programmes and count as one each. Where case numbers begin anew in each programme, name the programme in `cases` too.",
            scores.rows.len()
        )
    })
}

/// Pairs of scores of the same case that are equal, and all such pairs, weighted.
fn equal(scores: &Scores) -> (f64, f64) {
    let (mut equal, mut all) = (0.0, 0.0);
    for (weight, scored) in &scores.cases {
        for (at, (_, a)) in scored.iter().enumerate() {
            for (_, b) in scored.iter().skip(at + 1) {
                all += weight;
                equal += if a == b { *weight } else { 0.0 };
            }
        }
    }
    (equal, all)
}

pub(super) fn content(
    measure: &Measure,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
    setting: &Setting<'_>,
) -> Option<Content> {
    // Scores of persons: two raters' table of few cases would tell of them.
    if !setting.is_open() {
        return None;
    }
    let scores = scores(measure, tables, selection)?;
    let numbers = measure.level != Level::Nominal;
    let levels: &[Level] = if numbers {
        &[
            Level::Nominal,
            Level::Ordinal,
            Level::Interval,
            Level::Ratio,
        ]
    } else {
        &[Level::Nominal]
    };
    let paired = scores.cases.iter().filter(|(_, s)| s.len() > 1).count();
    if paired == 0 {
        return None;
    }
    let complete = scores.complete();
    let found = icc::icc(&complete).filter(|_| numbers);
    let mut pairs = Vec::new();
    for first in 0..scores.raters.len() {
        for second in first + 1..scores.raters.len() {
            pairs.extend(pair(&scores, first, second, numbers));
        }
    }
    Some(Content::Agreement(Agreement {
        level: measure.level.word().to_owned(),
        raters: scores.raters.clone(),
        cases: scores.cases.len() as u64,
        paired: paired as u64,
        repeated: scores.repeated,
        alpha: levels
            .iter()
            .map(|level| (level.word().to_owned(), alpha::alpha(&scores, *level)))
            .collect(),
        icc: found.map(|i| (i.agreement, i.consistency)),
        complete: complete.len() as u64,
        pairs,
    }))
}

fn pair(scores: &Scores, first: usize, second: usize, numbers: bool) -> Option<RaterPair> {
    let pairs = scores.pairs(first, second);
    let total: f64 = pairs.iter().map(|(w, _, _)| w).sum();
    if total <= 0.0 {
        return None;
    }
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        pairs.iter().map(|(w, a, b)| w * of(*a, *b)).sum::<f64>() / total
    };
    Some(RaterPair {
        first: scores.raters.get(first)?.clone(),
        second: scores.raters.get(second)?.clone(),
        cases: pairs.len() as u64,
        equal: mean(&|a, b| f64::from(u8::from(a == b))),
        kappa: kappa::kappa(&pairs, kappa::Weights::Equal),
        quadratic_kappa: kappa::kappa(&pairs, kappa::Weights::Quadratic).filter(|_| numbers),
        gap: numbers.then(|| mean(&|a, b| a - b)),
    })
}

/// What the reader has to know of the scores.
pub(super) fn remarks(found: &Agreement) -> Vec<String> {
    let mut remarks = Vec::new();
    let alone = found.cases - found.paired;
    if alone > 0 {
        remarks.push(format!(
            "{alone} of {} cases have one score only, and say nothing on agreement.",
            found.cases
        ));
    }
    if found.repeated > 0 {
        remarks.push(format!(
            "{} rows score a case again by the same rater; the first score counts.",
            found.repeated
        ));
    }
    remarks
}
