//! Rows of a staggered design as subjects with a cohort, checked: who is dropped, and how many.

use super::{Counts, Rows};
use crate::stats::Refused;
use rustc_hash::FxHashMap;

/// A unit of a panel, or a row of a cross-section.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) cohort: Option<i64>,
    pub(super) weight: f64,
    pub(super) cluster: usize,
    /// Row of the data in each period, in the order of the periods.
    pub(super) row: Vec<Option<usize>>,
}

/// What the estimator works on.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) periods: Vec<i64>,
    pub(super) subjects: Vec<Subject>,
    pub(super) clusters: usize,
    pub(super) counts: Counts,
    pub(super) panel: bool,
}

pub(super) fn prepare(rows: &Rows, anticipation: i64) -> Result<Prepared, Refused> {
    check(rows)?;
    let mut periods = rows.period.to_vec();
    periods.sort_unstable();
    periods.dedup();
    let [first, _, ..] = periods[..] else {
        return Err(Refused::new(
            "there is one period only, so no change to compare",
            "Give data of two periods at least, one of them before the treatment.",
        ));
    };
    let mut subjects = match rows.unit {
        Some(unit) => units(rows, unit, &periods)?,
        None => singles(rows, &periods),
    };
    let mut counts = Counts {
        given: subjects.len(),
        ..Counts::default()
    };
    let treated_early = |s: &Subject| s.cohort.is_some_and(|g| g - anticipation <= first);
    counts.treated_from_start = subjects.iter().filter(|s| treated_early(s)).count();
    subjects.retain(|s| !treated_early(s));
    if subjects.is_empty() {
        return Err(Refused::new(
            format!(
                "all are treated in or before the first period ({first}), so there is nothing to compare with"
            ),
            "Add periods before the treatment.",
        ));
    }
    if subjects.iter().all(|s| s.cohort.is_none()) {
        return Err(Refused::new(
            format!("nobody is first treated after the first period ({first})"),
            "Check the column that says when treatment began, or add periods before it.",
        ));
    }
    if rows.unit.is_some() {
        counts.not_in_every_period = subjects
            .iter()
            .filter(|s| s.row.iter().any(Option::is_none))
            .count();
    }
    let mut seen = FxHashMap::default();
    for subject in &mut subjects {
        let next = seen.len();
        subject.cluster = *seen.entry(subject.cluster).or_insert(next);
    }
    counts.used = subjects.len();
    counts.clusters = seen.len();
    Ok(Prepared {
        clusters: seen.len(),
        periods,
        subjects,
        counts,
        panel: rows.unit.is_some(),
    })
}

fn check(rows: &Rows) -> Result<(), Refused> {
    let n = rows.outcome.len();
    let lengths = [
        Some(rows.period.len()),
        Some(rows.cohort.len()),
        rows.unit.map(<[usize]>::len),
        rows.cluster.map(<[usize]>::len),
        rows.weight.map(<[f64]>::len),
    ];
    let covariates = rows.covariates.iter().map(|(_, values)| values.len());
    if lengths
        .into_iter()
        .flatten()
        .chain(covariates)
        .any(|l| l != n)
    {
        return Err(Refused::new(
            "the columns have different numbers of rows",
            "Give one value per row in every column.",
        ));
    }
    let missing = |name: &str| {
        Refused::new(
            format!("{name} is missing in some rows"),
            "Leave out those rows first, so that they are counted.",
        )
    };
    if rows.outcome.iter().any(|y| !y.is_finite()) {
        return Err(missing("the outcome"));
    }
    for (name, values) in rows.covariates {
        if values.iter().any(|x| !x.is_finite()) {
            return Err(missing(&format!("covariate {name}")));
        }
    }
    if rows
        .weight
        .is_some_and(|w| w.iter().any(|w| !(w.is_finite() && *w > 0.0)))
    {
        return Err(Refused::new(
            "some weights are not above 0",
            "Leave out rows without a weight first, so that they are counted.",
        ));
    }
    Ok(())
}

/// Rows of cross-sections, each a subject.
fn singles(rows: &Rows, periods: &[i64]) -> Vec<Subject> {
    (0..rows.outcome.len())
        .map(|i| Subject {
            cohort: rows.cohort[i],
            weight: rows.weight.map_or(1.0, |w| w[i]),
            cluster: rows.cluster.map_or(i, |c| c[i]),
            row: periods
                .iter()
                .map(|p| (*p == rows.period[i]).then_some(i))
                .collect(),
        })
        .collect()
}

/// Units of a panel, in the order in which they first appear.
fn units(rows: &Rows, unit: &[usize], periods: &[i64]) -> Result<Vec<Subject>, Refused> {
    let mut place: FxHashMap<usize, usize> = FxHashMap::default();
    let mut subjects: Vec<Subject> = Vec::new();
    let (mut changing, mut twice, mut crossing, mut reweighted) = (0, 0, 0, 0);
    for i in 0..rows.outcome.len() {
        let weight = rows.weight.map_or(1.0, |w| w[i]);
        let cluster = rows.cluster.map_or(unit[i], |c| c[i]);
        let at = *place.entry(unit[i]).or_insert_with(|| {
            subjects.push(Subject {
                cohort: rows.cohort[i],
                weight,
                cluster,
                row: vec![None; periods.len()],
            });
            subjects.len() - 1
        });
        let subject = &mut subjects[at];
        changing += usize::from(subject.cohort != rows.cohort[i]);
        crossing += usize::from(subject.cluster != cluster);
        reweighted += usize::from(subject.weight != weight);
        if let Ok(p) = periods.binary_search(&rows.period[i]) {
            twice += usize::from(subject.row[p].replace(i).is_some());
        }
    }
    let refuse = |n: usize, what: &str, help: &str| {
        if n == 0 {
            Ok(())
        } else {
            Err(Refused::new(format!("in {n} rows {what}"), help))
        }
    };
    refuse(
        changing,
        "the start of treatment differs from the first row of the same unit",
        "A unit starts treatment once: give each unit one start, the same in all its rows.",
    )?;
    refuse(
        twice,
        "a unit appears a second time in the same period",
        "Give one row per unit and period.",
    )?;
    refuse(
        crossing,
        "the cluster differs from that of the first row of the same unit",
        "Cluster by something that units don't move between.",
    )?;
    refuse(
        reweighted,
        "the weight differs from that of the first row of the same unit",
        "Give each unit one weight, for instance that of its first period.",
    )?;
    Ok(subjects)
}
