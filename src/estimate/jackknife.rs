//! Standard errors for samples: leaving out one cluster at a time within strata.
//!
//! Variance: sum over strata h of (n_h - 1) / n_h times the sum over its clusters of (estimate without the cluster, the
//! others of the stratum weighted up by n_h / (n_h - 1), less the full estimate) squared (JKn; Rust & Rao 1996, "Variance
//! estimation for complex surveys using replication techniques"; Wolter 2007, ch. 4). A cluster of the sample that has no
//! row in the cell belongs to n_h and contributes nothing (a domain estimate); degrees of freedom are counted carefully:
//! clusters with a row in the cell, less their strata. Where the population's clusters are declared, a stratum's part of the
//! variance is multiplied by 1 - n_h / N_h, and where units were drawn within clusters, each of them is left out in turn as well (see
//! `design`).

use super::design::{Design, is_unit};
use super::group::{Measured, NothingKept};
use super::reach;
use crate::outcome::{Interval, IntervalKind};
use crate::plan::reach::Reach;
use crate::plan::scan::What;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeMap;

/// Names what is left out over all tables: table, kind (cluster, unit of a cluster, replicate weights), stratum, cluster; of a unit
/// table, kind, cluster, unit.
pub type ClusterId = (usize, u32, u32, u32);

/// The estimate without a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replicate {
    /// The cluster left out.
    pub id: ClusterId,
    /// The estimate without it.
    pub value: f64,
    /// Whether the cluster has a row in the cell.
    pub inside: bool,
    /// What the square of its difference is multiplied by in the variance; 0 where its stratum was drawn completely.
    pub factor: f64,
    /// Whether it counts in the degrees of freedom.
    pub in_df: bool,
    /// Where it is one of the replicate weights of the data: what these rest on.
    pub given: Option<Given>,
}

/// What the replicate weights of a table rest on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Given {
    /// Degrees of freedom.
    pub df: f64,
    /// Clusters with a row in the cell; 0 where they are not known.
    pub clusters: u64,
    /// Whether squares are taken about the mean of the replicates, not about the estimate.
    pub about_mean: bool,
}

/// The estimate without each cluster.
pub type Replicates = Vec<Replicate>;

/// The estimate without each cluster in turn, for a formula whose parts add up.
///
/// # Errors
/// In words, why there are none.
pub fn replicates(
    measured: &Measured<'_>,
    design: &Design,
    cells: &[u32],
) -> Result<Replicates, String> {
    let used = measured.used_components();
    let inside = design.inside(measured, cells);
    let whole = measured.totals(&used, cells);
    // Smallest and largest values don't add up, and leaving out a cluster leaves them be.
    let adds: Vec<usize> = used
        .iter()
        .copied()
        .filter(|at| {
            !matches!(
                measured.scan.components[*at].what,
                What::Minimum(_) | What::Maximum(_)
            )
        })
        .collect();
    let sums_of = |cells: &[u32]| -> Vec<f64> {
        let sum = |at: &usize| {
            cells
                .iter()
                .map(|c| measured.sums.components[*at][*c as usize])
                .sum()
        };
        adds.iter().map(sum).collect()
    };
    let by_cluster: BTreeMap<u32, Vec<f64>> = inside
        .iter()
        .map(|(cluster, cells)| (*cluster, sums_of(cells)))
        .collect();
    let mut by_stratum: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (cluster, sums) in &by_cluster {
        let stratum = by_stratum
            .entry(design.clusters[*cluster as usize].1)
            .or_insert_with(|| vec![0.0; adds.len()]);
        stratum
            .iter_mut()
            .zip(sums)
            .for_each(|(total, x)| *total += x);
    }
    let undefined = |_| {
        "the value is undefined when one cluster is left out, so its sampling error can't be estimated".to_owned()
    };
    let value = measured
        .compute(&whole, &NothingKept)
        .value
        .map_err(undefined)?;
    let nothing = vec![0.0; adds.len()];
    let mut scratch = whole.clone();
    let mut replicates = Vec::new();
    for (stratum, total) in &by_stratum {
        let members = &design.strata[*stratum as usize];
        let n = members.len() as f64;
        let correction = design.correction(*stratum)?;
        if n < 2.0 && correction > 0.0 {
            return Err(design.single(*stratum));
        }
        // Without some of the sums, the rest of `total` weighted up.
        let mut lacking = |total: &[f64], sums: &[f64], up: f64| {
            for (k, at) in adds.iter().enumerate() {
                scratch.0[*at] = whole.0[*at] - total[k] + (total[k] - sums[k]) * up;
            }
            let found = measured.compute(&scratch, &NothingKept).value;
            found.map_err(undefined)
        };
        for (cluster, within) in design.within(*stratum)? {
            let (Some(own), Some(cells)) = (by_cluster.get(&cluster), inside.get(&cluster)) else {
                continue;
            };
            let units = design.by_unit(cells);
            for (unit, cells) in &units {
                let value = lacking(own, &sums_of(cells), within.up())?;
                replicates.push(within.replicate(measured.scan.table, cluster, *unit, value));
            }
            // Units without a row in the cell all give the same.
            let outside = within.units - units.len() as f64;
            if outside > 0.0 {
                let value = lacking(own, &nothing, within.up())?;
                let mut replicate = within.replicate(measured.scan.table, cluster, u32::MAX, value);
                replicate.factor *= outside;
                replicate.inside = false;
                replicates.push(replicate);
            }
        }
        let mut without = |sums: &[f64]| match correction == 0.0 {
            true => Ok(value),
            false => lacking(total, sums, n / (n - 1.0)),
        };
        let mut of_outside = None;
        for cluster in members {
            let value = match (by_cluster.get(cluster), of_outside) {
                (Some(sums), _) => without(sums)?,
                (None, Some(value)) => value,
                (None, None) => *of_outside.insert(without(&nothing)?),
            };
            let inside = by_cluster.contains_key(cluster);
            replicates.push(Replicate {
                id: design.clusters[*cluster as usize].0,
                value,
                inside,
                factor: correction * (n - 1.0) / n,
                in_df: correction > 0.0,
                given: None,
            });
        }
    }
    Ok(replicates)
}

/// Standard error with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Standard error; 0 where nothing varies.
    pub se: f64,
    /// Degrees of freedom: clusters with a row in the cell less their strata, where strata that were drawn completely count for neither.
    pub df: f64,
    /// Clusters with a row in the cell.
    pub clusters: u64,
    /// What it was made from: clusters left out, or replicate weights.
    pub kind: IntervalKind,
}

/// The sampling error of an estimate from its replicates.
///
/// # Errors
/// In words, why there is none.
pub fn spread(value: f64, replicates: &Replicates) -> Result<Spread, String> {
    let mut groups: BTreeMap<(usize, u32, u32), Vec<&Replicate>> = BTreeMap::new();
    for replicate in replicates {
        let id = replicate.id;
        groups
            .entry((id.0, id.1, id.2))
            .or_default()
            .push(replicate);
    }
    let inside = |group: &[&Replicate]| group.iter().filter(|r| r.inside).count() as u64;
    let of_units = |group: &[&Replicate]| group.first().is_some_and(|r| is_unit(&r.id));
    let (mut variance, mut df, mut clusters) = (0.0, 0.0, 0);
    let (mut left_out, mut varying, mut given) = (0, 0, false);
    for group in groups.values() {
        let Some(first) = group.first() else { continue };
        let mut about = value;
        if let Some(said) = first.given {
            given = true;
            df += said.df;
            clusters += said.clusters;
            if said.about_mean {
                about = group.iter().map(|r| r.value).sum::<f64>() / group.len() as f64;
            }
        } else {
            left_out += 1;
            if !of_units(group) {
                clusters += inside(group);
            }
            if group.iter().all(|r| r.factor == 0.0) {
                continue;
            }
            if group.len() < 2 && !of_units(group) {
                return Err(
                    "a stratum has a single cluster, so the sampling error can't be estimated; join it to a similar stratum".to_owned(),
                );
            }
            varying += 1;
            let counted = group.iter().filter(|r| r.inside && r.in_df).count();
            df += (counted as f64 - 1.0).max(0.0);
        }
        let squares = group.iter().map(|r| r.factor * (r.value - about).powi(2));
        variance += squares.sum::<f64>();
    }
    if left_out > 0 && varying == 0 && !given {
        return Err(
            "all clusters of the population are in the sample, so there is no sampling error; declare the table a census"
                .to_owned(),
        );
    }
    if !variance.is_finite() {
        return Err(TOO_LARGE.to_owned());
    }
    Ok(Spread {
        se: variance.sqrt(),
        df,
        clusters,
        kind: if given {
            IntervalKind::ReplicateWeights
        } else {
            IntervalKind::Jackknife
        },
    })
}

/// The interval of an estimate from its replicates, by Student's t, where the value can lie.
///
/// # Errors
/// In words, why there is none.
pub fn interval(
    value: f64,
    replicates: &Replicates,
    confidence: f64,
    reach: &Reach,
) -> Result<Interval, String> {
    around(value, &spread(value, replicates)?, confidence, reach)
}

/// The interval by Student's t from a standard error of the jackknife.
///
/// # Errors
/// In words, why there is none.
pub fn around(
    value: f64,
    spread: &Spread,
    confidence: f64,
    reach: &Reach,
) -> Result<Interval, String> {
    let Spread {
        se,
        df,
        clusters,
        kind,
    } = *spread;
    if !varies(value, se) {
        return Err(does_not_vary());
    }
    let (low, high) = reach::bounds(value, se, df, confidence, reach)?;
    Ok(Interval {
        low,
        high,
        se,
        df,
        clusters,
        kind,
        design_effect: None,
    })
}

/// Why there is no sampling error of numbers whose squares can't be held.
pub(super) const TOO_LARGE: &str =
    "the numbers are too large for a sampling error to be computed: measure in a larger unit";

/// Whether a standard error is more than rounding.
pub(super) fn varies(value: f64, se: f64) -> bool {
    se > value.abs() * 1e-14
}

pub(super) fn does_not_vary() -> String {
    "the value does not vary between clusters, so its sampling error can't be estimated".to_owned()
}

/// Quantile of Student's t for an interval at a level.
///
/// # Errors
/// Fewer than one degree of freedom.
pub(super) fn quantile(df: f64, confidence: f64) -> Result<f64, String> {
    let too_few = || "there are too few clusters to estimate the sampling error".to_owned();
    if df < 1.0 {
        return Err(too_few());
    }
    let t = StudentsT::new(0.0, 1.0, df).map_err(|_| too_few())?;
    Ok(t.inverse_cdf(f64::midpoint(1.0, confidence)))
}
