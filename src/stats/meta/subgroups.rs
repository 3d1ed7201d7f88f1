//! Means by group of programmes, with a test whether they differ.

use super::heterogeneity::tau2;
use super::model::Model;
use super::pool::{Prediction, pooled};
use super::regress::{fit, model};
use super::{Errors, Options, Test, check};
use crate::stats::{Inference, Refused};
use nalgebra::DMatrix;
use std::collections::BTreeMap;

/// One group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subgroup {
    /// The group's code.
    pub group: usize,
    /// Programmes in it.
    pub k: usize,
    /// Its mean.
    pub mean: Inference,
    /// Variance between its programmes: its own, or that in common.
    pub tau2: f64,
    /// Q within the group; none for a single programme.
    pub q: Option<Test>,
    /// Share of variance that is not sampling error, in percent; none with a `tau2` in common.
    pub i2: Option<f64>,
    /// Prediction interval; none with a fixed effect, or a `tau2` in common.
    pub prediction: Option<Prediction>,
}

/// What [`subgroups`] gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Subgroups {
    /// The groups, by ascending code.
    pub groups: Vec<Subgroup>,
    /// Sum of squared distances of the groups' means from their mean, each over its squared standard error.
    pub q_between: f64,
    /// Test that all groups have one mean. Under normal errors chi-squared of `q_between`. Under Hartung-Knapp errors F: with `tau2`
    /// in common that of the regression on groups (Knapp & Hartung 2003), else that for unequal variances of Welch (1951), On the
    /// comparison of several mean values, Biometrika 38, with each group's standard error and degrees of freedom.
    pub between: Test,
    /// The variance within groups where it was taken to be the same in all.
    pub common_tau2: Option<f64>,
}

/// Pools `value` (k) with sampling variances `variance` (k) within each `group` (k codes), each with a variance of its own between
/// programmes, or with one in `common`: better where groups are small (fewer than some 5 each), if it can be argued for.
///
/// # Errors
/// As [`super::pool`]; a single group; a group with fewer than 3 programmes unless `tau2` is common or the effect fixed.
pub fn subgroups(
    value: &[f64],
    variance: &[f64],
    group: &[usize],
    common: bool,
    options: &Options,
) -> Result<Subgroups, Refused> {
    check::input(value, variance, options.confidence)?;
    let members = members(value.len(), group)?;
    if members.len() < 2 {
        return Err(Refused::new(
            "there are fewer than 2 groups to compare",
            "Give at least two groups, or pool all programmes.",
        ));
    }
    if common {
        in_common(value, variance, &members, options)
    } else {
        each_its_own(value, variance, &members, options)
    }
}

/// Places of each group's estimates.
pub(super) fn members(k: usize, group: &[usize]) -> Result<BTreeMap<usize, Vec<usize>>, Refused> {
    if group.len() != k {
        return Err(Refused::new(
            format!("there are {k} estimates and {} groups", group.len()),
            "Give the group of each estimate.",
        ));
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (i, &code) in group.iter().enumerate() {
        members.entry(code).or_default().push(i);
    }
    Ok(members)
}

fn pick(from: &[f64], places: &[usize]) -> Vec<f64> {
    places.iter().map(|&i| from[i]).collect()
}

fn each_its_own(
    value: &[f64],
    variance: &[f64],
    members: &BTreeMap<usize, Vec<usize>>,
    options: &Options,
) -> Result<Subgroups, Refused> {
    let mut groups = Vec::with_capacity(members.len());
    for (&code, places) in members {
        let (y, v) = (pick(value, places), pick(variance, places));
        if y.len() == 1 && options.between == super::Between::Fixed {
            let mean = Inference::t(y[0], v[0].sqrt(), f64::INFINITY, options.confidence);
            groups.push(single(code, mean, 0.0));
            continue;
        }
        let inside = |refused: Refused| {
            Refused::new(
                format!("in group {code} {}", refused.reason),
                "Merge small groups, use a tau2 that groups have in common, or a fixed effect.",
            )
        };
        check::enough(y.len(), 1, options).map_err(inside)?;
        let model = Model::mean(&y, &v);
        let tau2 = tau2(&model, options.between, None, None).map_err(inside)?;
        let of = pooled(&model, tau2, options).map_err(|refused| Refused {
            reason: format!("in group {code} {}", refused.reason),
            help: refused.help,
        })?;
        groups.push(Subgroup {
            group: code,
            k: of.k,
            mean: of.mean,
            tau2,
            q: Some(of.heterogeneity.q),
            i2: Some(of.heterogeneity.i2),
            prediction: of.prediction,
        });
    }
    let q_between = between(&groups);
    let test = match options.errors() {
        Errors::Normal => Test::chi_squared(q_between, (groups.len() - 1) as f64),
        _ => welch(&groups, q_between),
    };
    Ok(Subgroups {
        groups,
        q_between,
        between: test,
        common_tau2: None,
    })
}

fn single(group: usize, mean: Inference, tau2: f64) -> Subgroup {
    Subgroup {
        group,
        k: 1,
        mean,
        tau2,
        q: None,
        i2: None,
        prediction: None,
    }
}

fn between(groups: &[Subgroup]) -> f64 {
    let weight = |g: &Subgroup| 1.0 / (g.mean.se * g.mean.se);
    let total: f64 = groups.iter().map(weight).sum();
    let mean = groups.iter().map(|g| weight(g) * g.mean.value).sum::<f64>() / total;
    let squares = groups.iter().map(|g| {
        let from = g.mean.value - mean;
        weight(g) * from * from
    });
    squares.sum()
}

/// Welch's F for means with standard errors of their own.
fn welch(groups: &[Subgroup], q: f64) -> Test {
    let weight = |g: &Subgroup| 1.0 / (g.mean.se * g.mean.se);
    let total: f64 = groups.iter().map(weight).sum();
    let lost = groups.iter().map(|g| {
        let share = 1.0 - weight(g) / total;
        share * share / g.mean.df
    });
    let lost: f64 = lost.sum();
    let m = groups.len() as f64;
    let f = q / (m - 1.0) / (1.0 + 2.0 * (m - 2.0) / (m * m - 1.0) * lost);
    Test::f(f, m - 1.0, (m * m - 1.0) / (3.0 * lost))
}

fn in_common(
    value: &[f64],
    variance: &[f64],
    members: &BTreeMap<usize, Vec<usize>>,
    options: &Options,
) -> Result<Subgroups, Refused> {
    let (k, p) = (value.len(), members.len());
    check::enough(k, p, options)?;
    let names: Vec<String> = members.keys().map(|code| format!("group {code}")).collect();
    let mut cells = DMatrix::zeros(k, p);
    for (j, places) in members.values().enumerate() {
        places.iter().for_each(|&i| cells[(i, j)] = 1.0);
    }
    let means = fit(&model(value, variance, &cells, &names)?, options)?;
    let tau2 = means.residual.tau2;
    let groups: Vec<Subgroup> = members
        .iter()
        .zip(means.coefficients(options))
        .map(|((&code, places), mean)| {
            let (y, v) = (pick(value, places), pick(variance, places));
            let mut group = single(code, mean, tau2);
            group.k = y.len();
            group.q = (y.len() > 1)
                .then(|| Model::mean(&y, &v).at(0.0, None))
                .flatten()
                .map(|at| Test::chi_squared(at.q, (y.len() - 1) as f64));
            group
        })
        .collect();
    // Differences of all groups from the first.
    let from_first = DMatrix::from_fn(p - 1, p, |i, j| match j {
        0 => -1.0,
        _ if j == i + 1 => 1.0,
        _ => 0.0,
    });
    Ok(Subgroups {
        q_between: between(&groups),
        between: means.test(&from_first, options)?,
        groups,
        common_tau2: Some(tau2),
    })
}
