//! Standard errors for samples: leaving out one cluster at a time within strata.
//!
//! Variance: sum over strata h of (n_h - 1) / n_h times the sum over its clusters of (estimate without the cluster, the
//! others of the stratum weighted up by n_h / (n_h - 1), less the full estimate) squared (JKn; Rust & Rao 1996, "Variance
//! estimation for complex surveys using replication techniques"; Wolter 2007, ch. 4). A cluster of the sample that has no
//! row in the cell belongs to n_h and contributes nothing (a domain estimate); degrees of freedom are counted carefully:
//! clusters with a row in the cell, less their strata.

use super::group::{Kept, Measured, NothingKept};
use super::margin::Grouped;
use crate::outcome::Interval;
use crate::plan::cut::Cut;
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
}

impl Design {
    /// Of all that is grouped: the cells of a scan, or the rows of a frame.
    pub fn new(grouped: &dyn Grouped, cut: &Cut) -> Self {
        let mut design = Design {
            cluster_of: Vec::with_capacity(grouped.items() as usize),
            clusters: vec![],
            strata: vec![],
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
                    design.strata.len() as u32 - 1
                });
                design.clusters.push((id, stratum));
                design.strata[stratum as usize].push(next);
                next
            });
            design.cluster_of.push(cluster);
        }
        design
    }

    /// Clusters with a row used in the cells, in order: cluster and its cells.
    fn inside(&self, measured: &Measured<'_>, cells: &[u32]) -> BTreeMap<u32, Vec<u32>> {
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
    let nothing = vec![0.0; adds.len()];
    let mut scratch = whole.clone();
    let mut replicates = Vec::new();
    for (stratum, total) in &by_stratum {
        let members = &design.strata[*stratum as usize];
        let n = members.len() as f64;
        if n < 2.0 {
            let id = members.first().map(|c| design.clusters[*c as usize].0);
            return Err(id.map_or_else(String::new, |id| single_cluster(measured, cut, id)));
        }
        let mut without = |sums: &[f64]| {
            for (k, at) in adds.iter().enumerate() {
                scratch.0[*at] = whole.0[*at] - total[k] + (total[k] - sums[k]) * n / (n - 1.0);
            }
            measured.compute(&scratch, &NothingKept).value.map_err(|_| {
                "the value is undefined when one cluster is left out, so its sampling error can't be estimated".to_owned()
            })
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
            });
        }
    }
    Ok(replicates)
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
    format!("{place} has a single cluster, so its sampling error can't be estimated")
}

/// The interval of an estimate from its replicates.
///
/// # Errors
/// In words, why there is none.
pub fn interval(value: f64, replicates: &Replicates, confidence: f64) -> Result<Interval, String> {
    // Per stratum: clusters, sum of squares, clusters with a row in the cell.
    let mut strata: BTreeMap<(usize, u32, u32), (f64, f64, u64)> = BTreeMap::new();
    for replicate in replicates {
        let id = replicate.id;
        let entry = strata.entry((id.0, id.1, id.2)).or_default();
        entry.0 += 1.0;
        entry.1 += (replicate.value - value).powi(2);
        entry.2 += u64::from(replicate.inside);
    }
    if strata.values().any(|(n, ..)| *n < 2.0) {
        return Err(
            "a stratum has a single cluster, so the sampling error can't be estimated".to_owned(),
        );
    }
    let variance: f64 = strata
        .values()
        .map(|(n, squares, _)| (n - 1.0) / n * squares)
        .sum();
    let clusters: u64 = strata.values().map(|(.., inside)| inside).sum();
    let df = clusters as f64 - strata.values().filter(|(.., inside)| *inside > 0).count() as f64;
    around(value, variance.sqrt(), df, clusters, confidence)
}

fn around(
    value: f64,
    se: f64,
    df: f64,
    clusters: u64,
    confidence: f64,
) -> Result<Interval, String> {
    let varies = se > value.abs() * 1e-14;
    if !varies {
        return Err(
            "the value does not vary between clusters, so its sampling error can't be estimated"
                .to_owned(),
        );
    }
    let t = quantile(df, confidence)?;
    Ok(Interval {
        low: value - t * se,
        high: value + t * se,
        se,
        df,
        clusters,
    })
}

fn quantile(df: f64, confidence: f64) -> Result<f64, String> {
    let too_few = || "there are too few clusters to estimate the sampling error".to_owned();
    if df < 1.0 {
        return Err(too_few());
    }
    let t = StudentsT::new(0.0, 1.0, df).map_err(|_| too_few())?;
    Ok(t.inverse_cdf(f64::midpoint(1.0, confidence)))
}

/// Interval of a quantile: that of the share of rows at or below it, taken back through the distribution (Woodruff 1952,
/// "Confidence intervals for medians and other position measures").
///
/// # Errors
/// In words, why there is none.
pub fn woodruff(
    measured: &Measured<'_>,
    design: &Design,
    cells: &[u32],
    (collector, p): (usize, f64),
    confidence: f64,
) -> Result<Interval, String> {
    let kept = Kept::new(measured, cells);
    let sorted = kept.sorted(collector);
    let value = kept.quantile_of(&sorted, p).ok_or("there are no values")?;
    if sorted.first().map(|v| v.0) == sorted.last().map(|v| v.0) {
        return Err("the values do not vary, so the sampling error can't be estimated".to_owned());
    }
    let inside = design.inside(measured, cells);
    let mut strata: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    let total: f64 = sorted.iter().map(|(_, w)| w).sum();
    let all_below: f64 = sorted
        .iter()
        .filter(|(x, _)| *x <= value)
        .map(|(_, w)| w)
        .sum();
    let share = all_below / total;
    for (cluster, cells) in &inside {
        let kept = cells
            .iter()
            .flat_map(|c| measured.sums.values[collector].of(*c));
        let (below, weight) = kept.fold((0.0, 0.0), |(below, weight), (x, w)| {
            (below + if *x <= value { *w } else { 0.0 }, weight + w)
        });
        let z = (below - share * weight) / total;
        let entry = strata
            .entry(design.clusters[*cluster as usize].1)
            .or_default();
        entry.0 += z;
        entry.1 += z * z;
    }
    let size = |stratum: u32| design.strata[stratum as usize].len() as f64;
    if strata.keys().any(|h| size(*h) < 2.0) {
        return Err(
            "a stratum has a single cluster, so the sampling error can't be estimated".to_owned(),
        );
    }
    let variance: f64 = strata
        .iter()
        .map(|(h, (sum, squares))| size(*h) / (size(*h) - 1.0) * (squares - sum * sum / size(*h)))
        .sum();
    let clusters = inside.len();
    let df = clusters as f64 - strata.len() as f64;
    let t = quantile(df, confidence)?;
    let reach = t * variance.max(0.0).sqrt();
    let bound = |p: f64| {
        kept.quantile_of(&sorted, p.clamp(0.0, 1.0))
            .ok_or_else(|| "there are no values".to_owned())
    };
    let (low, high) = (bound(p - reach)?, bound(p + reach)?);
    Ok(Interval {
        low,
        high,
        se: (high - low) / (2.0 * t),
        df,
        clusters: clusters as u64,
    })
}
