//! Standard errors for samples: leaving out one cluster at a time within strata.
//!
//! Variance: sum over strata h of (n_h - 1) / n_h times the sum over its clusters of (estimate without the cluster, the
//! others of the stratum weighted up by n_h / (n_h - 1), less the full estimate) squared (JKn; Rust & Rao 1996, "Variance
//! estimation for complex surveys using replication techniques"; Wolter 2007, ch. 4). Degrees of freedom: clusters less
//! strata, both counted among the rows of the cell.

use super::group::{Kept, Measured, NothingKept, Totals};
use crate::outcome::Interval;
use crate::plan::RowWork;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeMap;

/// Names a cluster over all tables: table, programme, stratum, cluster.
pub type ClusterId = (usize, u32, u32, u32);

/// The estimate without each cluster.
pub type Replicates = Vec<(ClusterId, f64)>;

/// Cells of a group by cluster, those of a stratum together.
fn clusters(
    measured: &Measured<'_>,
    work: &RowWork,
    cells: &[u32],
) -> BTreeMap<ClusterId, Vec<u32>> {
    let mut found: BTreeMap<ClusterId, Vec<u32>> = BTreeMap::new();
    let used = &measured.sums.components[measured.program.used];
    for cell in cells.iter().filter(|c| used[**c as usize] > 0.0) {
        let codes = &measured.sums.cells[*cell as usize];
        let code = |key: Option<usize>| key.and_then(|k| codes.get(k)).copied().unwrap_or(0);
        let id = (
            measured.scan.table,
            code(work.programme),
            code(work.stratum),
            code(work.cluster),
        );
        found.entry(id).or_default().push(*cell);
    }
    found
}

/// The estimate without each cluster in turn, for a formula whose parts add up.
///
/// # Errors
/// In words, why there are none.
pub fn replicates(
    measured: &Measured<'_>,
    work: &RowWork,
    cells: &[u32],
) -> Result<Replicates, String> {
    let used = measured.used_components();
    let clusters = clusters(measured, work, cells);
    let whole = measured.totals(&used, cells);
    let by_cluster: Vec<(ClusterId, Totals)> = clusters
        .iter()
        .map(|(id, cells)| (*id, measured.totals(&used, cells)))
        .collect();
    let mut strata: BTreeMap<(usize, u32, u32), (f64, Totals)> = BTreeMap::new();
    for (id, totals) in &by_cluster {
        let entry = strata
            .entry((id.0, id.1, id.2))
            .or_insert_with(|| (0.0, Totals(vec![0.0; totals.0.len()])));
        entry.0 += 1.0;
        used.iter().for_each(|at| entry.1.0[*at] += totals.0[*at]);
    }
    let mut replicates = Vec::with_capacity(by_cluster.len());
    for (id, totals) in &by_cluster {
        let Some((n, stratum)) = strata.get(&(id.0, id.1, id.2)) else {
            continue;
        };
        if *n < 2.0 {
            return Err(single_cluster(measured, work, *id));
        }
        let mut without = whole.clone();
        for at in &used {
            let rest = stratum.0[*at] - totals.0[*at];
            without.0[*at] = whole.0[*at] - stratum.0[*at] + rest * n / (n - 1.0);
        }
        match measured.compute(&without, &NothingKept).value {
            Ok(value) => replicates.push((*id, value)),
            Err(_) => return Err("the value is undefined when one cluster is left out, so its sampling error can't be estimated".to_owned()),
        }
    }
    Ok(replicates)
}

fn single_cluster(measured: &Measured<'_>, work: &RowWork, id: ClusterId) -> String {
    let label = |key: Option<usize>, code: u32| {
        let labels = key.and_then(|k| measured.sums.labels.get(k))?;
        labels.get(code as usize)?.as_ref().map(ToString::to_string)
    };
    let mut place = Vec::new();
    place.extend(label(work.programme, id.1).map(|p| format!("programme {p}")));
    place.extend(label(work.stratum, id.2).map(|s| format!("stratum {s}")));
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
    let mut strata: BTreeMap<(usize, u32, u32), (f64, f64)> = BTreeMap::new();
    for (id, replicate) in replicates {
        let entry = strata.entry((id.0, id.1, id.2)).or_default();
        entry.0 += 1.0;
        entry.1 += (replicate - value).powi(2);
    }
    if strata.values().any(|(n, _)| *n < 2.0) {
        return Err(
            "a stratum has a single cluster, so the sampling error can't be estimated".to_owned(),
        );
    }
    let variance: f64 = strata
        .values()
        .map(|(n, squares)| (n - 1.0) / n * squares)
        .sum();
    let df = replicates.len() as f64 - strata.len() as f64;
    around(
        value,
        variance.sqrt(),
        df,
        replicates.len() as u64,
        confidence,
    )
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
    work: &RowWork,
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
    let clusters = clusters(measured, work, cells);
    let mut of_cell: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, cells) in clusters.values().enumerate() {
        for cell in cells {
            of_cell.insert(*cell, at);
        }
    }
    let mut below = vec![0.0; clusters.len()];
    let mut weight = vec![0.0; clusters.len()];
    for (cell, x, w) in &measured.sums.values[collector] {
        if let Some(at) = of_cell.get(cell) {
            weight[*at] += w;
            below[*at] += if *x <= value { *w } else { 0.0 };
        }
    }
    let (all_below, all): (f64, f64) = (below.iter().sum(), weight.iter().sum());
    let share = all_below / all;
    let mut strata: BTreeMap<(usize, u32, u32), (f64, f64, f64)> = BTreeMap::new();
    for (at, id) in clusters.keys().enumerate() {
        let z = (below[at] - share * weight[at]) / all;
        let entry = strata.entry((id.0, id.1, id.2)).or_default();
        entry.0 += 1.0;
        entry.1 += z;
        entry.2 += z * z;
    }
    if strata.values().any(|(n, ..)| *n < 2.0) {
        return Err(
            "a stratum has a single cluster, so the sampling error can't be estimated".to_owned(),
        );
    }
    let variance: f64 = strata
        .values()
        .map(|(n, sum, squares)| n / (n - 1.0) * (squares - sum * sum / n))
        .sum();
    let df = clusters.len() as f64 - strata.len() as f64;
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
        clusters: clusters.len() as u64,
    })
}
