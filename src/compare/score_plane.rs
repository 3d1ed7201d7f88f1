//! The output-process plane (S24) with intervals both ways, and how the two scores go together.

use super::plane::ENOUGH;
use super::profiles::{Valued, better, matrix};
use crate::evaluation::Common;
use crate::outcome::comparison::{Association, Basis, Case, ComparedPlane, ComparedPoint};
use crate::outcome::{Direction, Kind};
use crate::stats::Refused;
use crate::stats::distribution::normal_quantile;
use crate::stats::profiles::association::{Correlation, association, corrected};
use crate::stats::profiles::{Scaling, standardise};

/// A score with the most that its standard error can be.
type Score = (f64, ScoreError);

/// The error of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
enum ScoreError {
    /// The most that it can be.
    Most(f64),
    /// All figures were recorded in full.
    Exact,
    /// That of one of its figures is not known.
    Unknown,
}

impl ScoreError {
    fn most(self) -> Option<f64> {
        match self {
            ScoreError::Most(se) => Some(se),
            ScoreError::Exact | ScoreError::Unknown => None,
        }
    }
}

/// The plane; `None` where one of the sides has no measure with a direction that tells three programmes apart.
///
/// # Errors
/// Numbers that can't be standardised.
pub(super) fn score_plane(
    valued: &[Valued<'_>],
    cases: &[Case],
    common: &Common,
) -> Result<Option<ComparedPlane>, Refused> {
    let side = |kind: Kind| scores(valued, cases, kind);
    let (Some((output, x)), Some((process, y))) = (side(Kind::Output)?, side(Kind::Process)?)
    else {
        return Ok(None);
    };
    let half = normal_quantile(0.5 + common.confidence / 2.0);
    let around = |(value, error): Score| {
        let se = error.most()?;
        Some((value - half * se, value + half * se))
    };
    let point = |case: usize| {
        let (x, y) = (x[case]?, y[case]?);
        Some(ComparedPoint {
            case,
            output: x.0,
            output_interval: around(x),
            process: y.0,
            process_interval: around(y),
        })
    };
    let points: Vec<ComparedPoint> = (0..cases.len()).filter_map(point).collect();
    if points.is_empty() {
        return Ok(None);
    }
    let count = |much_output: bool, much_process: bool| {
        let here = |p: &&ComparedPoint| {
            (p.output >= 0.0) == much_output && (p.process >= 0.0) == much_process
        };
        points.iter().filter(here).count() as u64
    };
    let placed = |case: &usize| points.iter().any(|p| p.case == *case);
    let together = together(&x, &y, common);
    Ok(Some(ComparedPlane {
        apart: (0..cases.len()).filter(|c| !placed(c)).collect(),
        quadrants: (
            count(true, true),
            count(true, false),
            count(false, true),
            count(false, false),
        ),
        method: method(output.len(), process.len()),
        association: together.as_ref().ok().cloned(),
        no_association: together.err().map(|why| why.reason),
        output,
        process,
        points,
    }))
}

fn method(output: usize, process: usize) -> String {
    format!(
        "Each indicator is standardised over the programmes (value less mean, by standard deviation) and turned so that higher is better; a \
         score is the mean over the indicators: {output} of output and {process} of process. A programme with fewer than half of the \
         indicators of a kind has no score. Errors of figures from samples are added up, since the same people may have answered, which is the \
         most they can come to; chance in recorded figures strikes each by itself; figures recorded in full without an error count as exact. \
         Where the error of a figure is not known, that of the score is not, and it has no interval."
    )
}

/// Ids of the measures of a kind, and the score of each programme.
#[allow(clippy::type_complexity)]
fn scores(
    valued: &[Valued<'_>],
    cases: &[Case],
    kind: Kind,
) -> Result<Option<(Vec<String>, Vec<Option<Score>>)>, Refused> {
    let of_kind = |v: &&Valued<'_>| {
        let measure = &v.measure.measure;
        measure.kind == kind && measure.effect.is_none() && measure.direction != Direction::Neither
    };
    let chosen: Vec<usize> = valued
        .iter()
        .enumerate()
        .filter(|(_, v)| of_kind(v))
        .map(|(at, _)| at)
        .collect();
    if chosen.is_empty() || cases.is_empty() {
        return Ok(None);
    }
    let whole = matrix(valued, cases.len());
    let rows: Vec<Vec<Option<f64>>> = whole
        .iter()
        .map(|row| chosen.iter().map(|c| row[*c]).collect())
        .collect();
    let directions: Vec<_> = chosen
        .iter()
        .map(|c| better(valued[*c].measure.measure.direction))
        .collect();
    let scaled = standardise(&rows, &directions, Scaling::Plain)?;
    let columns: Vec<usize> = (0..chosen.len())
        .filter(|c| scaled.columns[*c].is_ok())
        .collect();
    if columns.is_empty() {
        return Ok(None);
    }
    let mut errors = vec![vec![(0.0, Basis::Recorded); cases.len()]; columns.len()];
    for (at, column) in columns.iter().enumerate() {
        let spread = scaled.columns[*column].as_ref().map_or(1.0, |c| c.spread);
        for entry in &valued[chosen[*column]].entries.entries {
            let Some(case) = entry.case else {
                continue;
            };
            errors[at][case] = match entry.se {
                Some(se) => (se / spread, entry.basis),
                None if entry.exact() => continue,
                None => (f64::NAN, Basis::Unknown),
            };
        }
    }
    let score = |case: usize| -> Option<Score> {
        let at: Vec<usize> = (0..columns.len())
            .filter(|at| scaled.values[case][columns[*at]].is_some())
            .collect();
        if at.is_empty() || at.len() * ENOUGH < columns.len() {
            return None;
        }
        let n = at.len() as f64;
        let value = at
            .iter()
            .filter_map(|at| scaled.values[case][columns[*at]])
            .sum::<f64>()
            / n;
        let these = || at.iter().map(|at| errors[*at][case]);
        if these().any(|(_, basis)| basis == Basis::Unknown) {
            return Some((value, ScoreError::Unknown));
        }
        let error = match combined(these()) / n {
            se if se > 0.0 => ScoreError::Most(se),
            _ => ScoreError::Exact,
        };
        Some((value, error))
    };
    let ids = columns
        .iter()
        .map(|c| valued[chosen[*c]].measure.measure.id.clone())
        .collect();
    Ok(Some((ids, (0..cases.len()).map(score).collect())))
}

/// Standard error of a sum: errors of samples are added up, as if all went wrong together, since the same people answered; chance in
/// what was recorded is taken to strike each figure by itself.
fn combined(errors: impl Iterator<Item = (f64, Basis)>) -> f64 {
    let (mut sampled, mut squares) = (0.0, 0.0);
    for (se, basis) in errors {
        match basis {
            Basis::Chance => squares += se * se,
            Basis::Sample | Basis::Programmes | Basis::Recorded | Basis::Unknown => sampled += se,
        }
    }
    (sampled * sampled + squares).sqrt()
}

fn together(
    x: &[Option<Score>],
    y: &[Option<Score>],
    common: &Common,
) -> Result<Association, Refused> {
    let both = |i: &usize| x[*i].is_some() && y[*i].is_some();
    let rows: Vec<usize> = (0..x.len()).filter(both).collect();
    let value = |s: &[Option<Score>]| -> Vec<Option<f64>> {
        rows.iter().map(|i| s[*i].map(|s| s.0)).collect()
    };
    let (a, b) = (value(x), value(y));
    let pearson = association(&a, &b, Correlation::Pearson, common.confidence, common.seed)?;
    let spearman = association(
        &a,
        &b,
        Correlation::Spearman,
        common.confidence,
        common.seed,
    )?;
    let noisy = |s: &[Option<Score>]| -> Vec<Option<(f64, f64)>> {
        rows.iter()
            .map(|i| s[*i].map(|(value, error)| (value, error.most().unwrap_or(0.0))))
            .collect()
    };
    let any = |s: &[Option<Score>], test: fn(ScoreError) -> bool| {
        rows.iter().any(|i| s[*i].is_some_and(|s| test(s.1)))
    };
    let known = |s: &[Option<Score>]| !any(s, |e| e == ScoreError::Unknown);
    let some = |s: &[Option<Score>]| any(s, |e| e.most().is_some());
    let corrected = match known(x) && known(y) && (some(x) || some(y)) {
        true => corrected(&noisy(x), &noisy(y), common.confidence, common.seed).ok(),
        false => None,
    };
    Ok(Association {
        pearson: pearson.value,
        interval: pearson.interval,
        spearman: spearman.value,
        p: Some(pearson.p),
        corrected: corrected.map(|c| c.value),
        n: pearson.n as u64,
    })
}
