//! One group-time effect: who is compared over which two periods, and the influence of each cluster on it.

use super::few::Role;
use super::nuisance::Design;
use super::prepare::{Prepared, Subject};
use super::two_by_two::{self, Effect, Groups};
use super::{Adjustment, Base, Comparison, Options, Rows};
use crate::stats::Refused;
use nalgebra::{DMatrix, DVector};

/// The two periods of a group-time effect, as places in the list of periods.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) cohort: i64,
    pub(super) period: usize,
    pub(super) base: usize,
}

/// An effect with its influences by cluster, scaled so that their sum of squares is the variance.
pub(super) struct Estimated {
    pub(super) att: f64,
    pub(super) influence: Vec<f64>,
    pub(super) treated: usize,
    pub(super) comparison: usize,
    /// Treated and comparison, where errors allow for few units.
    pub(super) roles: Vec<Role>,
}

/// All effects to estimate of all cohorts, in order of cohort and period.
pub(super) fn pairs(data: &Prepared, options: &Options) -> Vec<Pair> {
    let anticipation = i64::from(options.anticipation);
    let mut cohorts: Vec<i64> = data.subjects.iter().filter_map(|s| s.cohort).collect();
    cohorts.sort_unstable();
    cohorts.dedup();
    let last = data.periods.last().copied().unwrap_or_default();
    let mut pairs = Vec::new();
    for cohort in cohorts.into_iter().filter(|g| *g <= last) {
        let before = data.periods.partition_point(|t| *t < cohort - anticipation);
        let Some(fixed) = before.checked_sub(1) else {
            continue;
        };
        for period in 0..data.periods.len() {
            let base = match options.base {
                _ if period >= before => Some(fixed),
                Base::Universal => Some(fixed),
                Base::Varying => period.checked_sub(1),
            };
            if let Some(base) = base.filter(|b| *b != period) {
                pairs.push(Pair {
                    cohort,
                    period,
                    base,
                });
            }
        }
    }
    pairs
}

/// Estimates one effect.
pub(super) fn estimate(
    data: &Prepared,
    rows: &Rows,
    options: &Options,
    pair: Pair,
) -> Result<Estimated, Refused> {
    let chosen = choose(data, options, pair);
    let treated: Vec<bool> = chosen
        .iter()
        .map(|&(s, _)| data.subjects[s].cohort == Some(pair.cohort))
        .collect();
    let after: Vec<bool> = chosen
        .iter()
        .map(|&(_, row)| rows.period[row] == data.periods[pair.period])
        .collect();
    enough(data, &chosen, &treated, &after)?;

    let weight: Vec<f64> = chosen
        .iter()
        .map(|&(s, _)| data.subjects[s].weight)
        .collect();
    let full = design(rows, &chosen);
    let constant = Design::constant(chosen.len());
    let groups = Groups {
        treated: &treated,
        weight: &weight,
        propensity: match options.adjustment {
            Adjustment::Outcome => &constant,
            Adjustment::Propensity | Adjustment::DoublyRobust => &full,
        },
        outcome: match options.adjustment {
            Adjustment::Propensity => &constant,
            Adjustment::Outcome | Adjustment::DoublyRobust => &full,
        },
    };
    let effect = if data.panel {
        let change = DVector::from_iterator(
            chosen.len(),
            chosen.iter().map(|&(s, base)| {
                let late = data.subjects[s].row[pair.period].unwrap_or(base);
                rows.outcome[late] - rows.outcome[base]
            }),
        );
        two_by_two::panel(&change, &groups)?
    } else {
        let y = DVector::from_iterator(chosen.len(), chosen.iter().map(|&(_, r)| rows.outcome[r]));
        two_by_two::cross_sections(&y, &after, &groups)?
    };
    let number = treated.iter().filter(|t| **t).count();
    let roles = match options.few {
        Some(_) => roles(
            data,
            &chosen,
            &treated,
            &effect,
            (pair, rows.covariates.len()),
        )?,
        None => vec![],
    };
    let factor = |at: usize, cluster: usize| {
        let role = roles.get(usize::from(!treated[at]));
        role.map_or(1.0, |role| role.factor(cluster))
    };
    Ok(Estimated {
        att: effect.att,
        influence: by_cluster(data, &chosen, &effect, factor),
        roles: roles.clone(),
        treated: number,
        comparison: chosen.len() - number,
    })
}

/// Subjects of the cohort and its comparison with what they need, each with its row: of a panel that of the base period.
fn choose(data: &Prepared, options: &Options, pair: Pair) -> Vec<(usize, usize)> {
    let anticipation = i64::from(options.anticipation);
    let last = data.periods.last().copied().unwrap_or_default();
    let until = data.periods[pair.period.max(pair.base)];
    let compared = |s: &Subject| match (s.cohort, options.comparison) {
        (None, _) => true,
        (Some(g), Comparison::NeverTreated) => g > last + anticipation,
        (Some(g), Comparison::NotYetTreated) => g > until + anticipation,
    };
    data.subjects
        .iter()
        .enumerate()
        .filter(|(_, s)| s.cohort == Some(pair.cohort) || compared(s))
        .filter_map(|(i, s)| {
            let (base, late) = (s.row[pair.base], s.row[pair.period]);
            if data.panel {
                late.and(base).map(|row| (i, row))
            } else {
                base.or(late).map(|row| (i, row))
            }
        })
        .collect()
}

/// Refuses a comparison whose uncertainty can't be seen: each group needs two clusters (in each period, of cross-sections).
fn enough(
    data: &Prepared,
    chosen: &[(usize, usize)],
    treated: &[bool],
    after: &[bool],
) -> Result<(), Refused> {
    for (group, name) in [(true, "treated"), (false, "comparison")] {
        for late in [false, true] {
            if data.panel && late {
                continue;
            }
            let mut clusters: Vec<usize> = (0..chosen.len())
                .filter(|&i| treated[i] == group && (data.panel || after[i] == late))
                .map(|i| data.subjects[chosen[i].0].cluster)
                .collect();
            clusters.sort_unstable();
            clusters.dedup();
            if clusters.len() < 2 {
                let when = match (data.panel, late) {
                    (true, _) => "seen in both periods",
                    (false, true) => "in the later period",
                    (false, false) => "in the earlier period",
                };
                let found = match clusters.len() {
                    0 => "there is no",
                    _ => "there is one",
                };
                return Err(Refused::new(
                    format!("{found} {name} unit or cluster {when}, and two at least are needed"),
                    "Compare with those not yet treated, or pool cohorts that are close in time.",
                ));
            }
        }
    }
    Ok(())
}

/// The constant and the covariates, centred so that sizes don't matter to the arithmetic.
fn design(rows: &Rows, chosen: &[(usize, usize)]) -> Design {
    let mut x = DMatrix::from_element(chosen.len(), 1 + rows.covariates.len(), 1.0);
    for (j, (_, values)) in rows.covariates.iter().enumerate() {
        let mean = chosen.iter().map(|&(_, r)| values[r]).sum::<f64>() / chosen.len().max(1) as f64;
        for (i, &(_, r)) in chosen.iter().enumerate() {
            x[(i, j + 1)] = values[r] - mean;
        }
    }
    Design {
        x,
        names: std::iter::once("constant".to_owned())
            .chain(rows.covariates.iter().map(|(n, _)| n.to_string()))
            .collect(),
    }
}

/// The two sides of a comparison, with what corrects their residuals.
fn roles(
    data: &Prepared,
    chosen: &[(usize, usize)],
    treated: &[bool],
    effect: &Effect,
    (pair, covariates): (Pair, usize),
) -> Result<Vec<Role>, Refused> {
    let side = |group: bool| {
        let members = (0..chosen.len()).filter(|&i| treated[i] == group);
        let members = members.map(|i| (chosen[i].0, effect.weight[i])).collect();
        let (sign, fitted) = if group { (1.0, 0) } else { (-1.0, covariates) };
        Role::new(data, sign, (pair.base, pair.period), members, fitted)
    };
    Ok(vec![side(true)?, side(false)?])
}

/// Influence by cluster; `factor` corrects that of a row for its mean having been fitted.
fn by_cluster(
    data: &Prepared,
    chosen: &[(usize, usize)],
    effect: &Effect,
    factor: impl Fn(usize, usize) -> f64,
) -> Vec<f64> {
    let mut sums = vec![0.0; data.clusters];
    for (at, (&(s, _), psi)) in chosen.iter().zip(effect.influence.iter()).enumerate() {
        let cluster = data.subjects[s].cluster;
        sums[cluster] += factor(at, cluster) * psi / chosen.len() as f64;
    }
    sums
}
