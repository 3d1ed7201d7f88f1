//! Standard errors for samples: leaving out one cluster at a time within strata.
//!
//! Variance: sum over strata h of (n_h - 1) / n_h times the sum over its clusters of (estimate without the cluster, the
//! others of the stratum weighted up by n_h / (n_h - 1), less the full estimate) squared (JKn; Rust & Rao 1996, "Variance
//! estimation for complex surveys using replication techniques"; Wolter 2007, ch. 4). A cluster of the sample that has no
//! row in the cell belongs to n_h and contributes nothing (a domain estimate); degrees of freedom are counted carefully:
//! clusters with a row in the cell, less their strata. Where the population's clusters are declared, a stratum's part of the
//! variance is multiplied by 1 - n_h / N_h.

use super::group::{Measured, NothingKept};
use super::margin::Grouped;
use crate::outcome::{Interval, IntervalKind};
use crate::plan::cut::{Cut, Population};
use crate::plan::scan::What;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeMap;

/// Names a cluster over all tables: table, programme, stratum, cluster.
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

/// Clusters and strata of a sample, as numbers.
pub struct Design {
    /// Cluster of each finest cell or row.
    pub(super) cluster_of: Vec<u32>,
    /// Name and stratum of each cluster.
    pub(super) clusters: Vec<(ClusterId, u32)>,
    /// Clusters of each stratum.
    pub(super) strata: Vec<Vec<u32>>,
    /// Clusters of each stratum in the population; none where it is not declared.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    population: Vec<Result<Option<f64>, String>>,
}

impl Design {
    /// Of all that is grouped: the cells of a scan, or the rows of a frame.
    pub fn new(grouped: &dyn Grouped, cut: &Cut) -> Self {
        let mut design = Design {
            cluster_of: Vec::with_capacity(grouped.items() as usize),
            clusters: vec![],
            strata: vec![],
            population: vec![],
        };
        let mut known: BTreeMap<ClusterId, u32> = BTreeMap::new();
        let mut known_strata: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for item in 0..grouped.items() {
            let code = |key: Option<usize>| key.map_or(0, |k| grouped.code(item, k));
            let (programme, stratum) = (code(cut.programme), code(cut.stratum));
            let id = (grouped.scan().table, programme, stratum, code(cut.cluster));
            let cluster = *known.entry(id).or_insert_with(|| {
                let next = design.clusters.len() as u32;
                let stratum = *known_strata.entry((programme, stratum)).or_insert_with(|| {
                    design.strata.push(vec![]);
                    design.population.push(population(grouped, cut, item));
                    design.strata.len() as u32 - 1
                });
                design.clusters.push((id, stratum));
                design.strata[stratum as usize].push(next);
                next
            });
            let stratum = design.clusters[cluster as usize].1 as usize;
            if let (Some(Population::Key(_)), Ok(known)) =
                (cut.population, &design.population[stratum])
                && population(grouped, cut, item).ok() != Some(*known)
            {
                design.population[stratum] = Err(
                    "rows of a stratum differ in how many clusters it has in the population"
                        .to_owned(),
                );
            }
            design.cluster_of.push(cluster);
        }
        design
    }

    /// Finite population correction of a stratum: 1 less the share of its clusters that were drawn; 1 where the population is not
    /// declared.
    ///
    /// # Errors
    /// In words, what is wrong with the number of clusters in the population.
    pub fn correction(&self, stratum: u32) -> Result<f64, String> {
        let drawn = self.strata[stratum as usize].len() as f64;
        match self.population[stratum as usize].clone()? {
            None => Ok(1.0),
            Some(all) if all >= drawn && all.is_finite() => Ok(1.0 - drawn / all),
            Some(all) => Err(format!(
                "a stratum has {drawn} clusters in the sample but {all} in the population; `population` is the number of clusters, not of rows or persons"
            )),
        }
    }

    /// Clusters with a row used in the cells, in order: cluster and its cells.
    pub(super) fn inside(&self, measured: &Measured<'_>, cells: &[u32]) -> BTreeMap<u32, Vec<u32>> {
        let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let used = &measured.sums.components[measured.program.used];
        for cell in cells.iter().filter(|c| used[**c as usize] > 0.0) {
            let cluster = self.cluster_of[*cell as usize];
            found.entry(cluster).or_default().push(*cell);
        }
        found
    }
}

/// The estimate without each cluster in turn, for a formula whose parts add up.
///
/// # Errors
/// In words, why there are none.
pub fn replicates(
    measured: &Measured<'_>,
    cut: &Cut,
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
            let id = members.first().map(|c| design.clusters[*c as usize].0);
            return Err(id.map_or_else(String::new, |id| single_cluster(measured, cut, id)));
        }
        let mut without = |sums: &[f64]| {
            if correction == 0.0 {
                return Ok(value);
            }
            for (k, at) in adds.iter().enumerate() {
                scratch.0[*at] = whole.0[*at] - total[k] + (total[k] - sums[k]) * n / (n - 1.0);
            }
            let found = measured.compute(&scratch, &NothingKept).value;
            found.map_err(undefined)
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
                given: None,
            });
        }
    }
    Ok(replicates)
}

/// Clusters that the stratum of a cell or row has in the population.
fn population(grouped: &dyn Grouped, cut: &Cut, item: u32) -> Result<Option<f64>, String> {
    match cut.population {
        None => Ok(None),
        Some(Population::Number(number)) => Ok(Some(number)),
        Some(Population::Key(key)) => {
            let code = grouped.code(item, key) as usize;
            let label = grouped.labels(key).get(code).and_then(|l| l.as_deref());
            let number = label.and_then(|l| l.parse::<f64>().ok());
            number.map(Some).ok_or_else(|| {
                "a row does not say how many clusters its stratum has in the population".to_owned()
            })
        }
    }
}

pub(super) fn single_cluster(grouped: &dyn Grouped, cut: &Cut, id: ClusterId) -> String {
    let label = |key: Option<usize>, code: u32| {
        let labels = grouped.labels(key?);
        labels.get(code as usize)?.as_ref().map(ToString::to_string)
    };
    let mut place = Vec::new();
    place.extend(label(cut.programme, id.1).map(|p| format!("programme {p}")));
    place.extend(label(cut.stratum, id.2).map(|s| format!("stratum {s}")));
    let place = if place.is_empty() {
        "the sample".to_owned()
    } else {
        place.join(", ")
    };
    format!(
        "{place} has a single cluster, so its sampling error can't be estimated; join it to a similar stratum"
    )
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
            clusters += inside(group);
            if group.iter().all(|r| r.factor == 0.0) {
                continue;
            }
            if group.len() < 2 {
                return Err(
                    "a stratum has a single cluster, so the sampling error can't be estimated; join it to a similar stratum".to_owned(),
                );
            }
            varying += 1;
            df += (inside(group) as f64 - 1.0).max(0.0);
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

/// The interval of an estimate from its replicates, by Student's t.
///
/// # Errors
/// In words, why there is none.
pub fn interval(value: f64, replicates: &Replicates, confidence: f64) -> Result<Interval, String> {
    around(value, &spread(value, replicates)?, confidence)
}

/// The interval by Student's t from a standard error of the jackknife.
///
/// # Errors
/// In words, why there is none.
pub fn around(value: f64, spread: &Spread, confidence: f64) -> Result<Interval, String> {
    let Spread {
        se,
        df,
        clusters,
        kind,
    } = *spread;
    if !varies(value, se) {
        return Err(does_not_vary());
    }
    let t = quantile(df, confidence)?;
    Ok(Interval {
        low: value - t * se,
        high: value + t * se,
        se,
        df,
        clusters,
        kind,
        design_effect: None,
    })
}

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
