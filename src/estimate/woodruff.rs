//! Intervals of quantiles.

use super::group::{Kept, Measured};
use super::jackknife::{self, Design, quantile};
use super::resample::{self, Bound, Part};
use super::weighting::Source;
use crate::outcome::{Interval, IntervalKind};
use std::collections::BTreeMap;

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
    let mut strata: BTreeMap<u32, (f64, f64, f64)> = BTreeMap::new();
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
        entry.2 += 1.0;
    }
    let size = |stratum: u32| design.strata[stratum as usize].len() as f64;
    let (mut variance, mut df) = (0.0, 0.0);
    for (stratum, (sum, squares, clusters)) in &strata {
        let correction = design.correction(*stratum)?;
        let n = size(*stratum);
        if correction == 0.0 {
            continue;
        }
        if n < 2.0 {
            return Err(
                "a stratum has a single cluster, so the sampling error can't be estimated; join it to a similar stratum"
                    .to_owned(),
            );
        }
        variance += correction * n / (n - 1.0) * (squares - sum * sum / n);
        df += clusters - 1.0;
    }
    let clusters = inside.len();
    let spread = jackknife::Spread {
        se: variance.max(0.0).sqrt(),
        df,
        clusters: clusters as u64,
        kind: IntervalKind::Woodruff,
    };
    back(&kept, &sorted, p, &spread, confidence)
}

/// The interval where weights are calibrated: the share at or below the quantile varies as it does with weights calibrated again
/// without each cluster.
///
/// # Errors
/// In words, why there is none.
pub fn calibrated(
    measured: &Measured<'_>,
    bound: &Bound<'_>,
    cells: &[u32],
    (collector, p): (usize, f64),
    confidence: f64,
) -> Result<Interval, String> {
    let source = bound.weighting.source.as_ref().map_err(Clone::clone)?;
    let Source::LeftOut(left_out) = source else {
        return Err(
            "quantiles have no interval with replicate weights: each row's value would be needed with each of them"
                .to_owned(),
        );
    };
    let kept = Kept::new(measured, cells);
    let sorted = kept.sorted(collector);
    let value = kept.quantile_of(&sorted, p).ok_or("there are no values")?;
    if sorted.first().map(|v| v.0) == sorted.last().map(|v| v.0) {
        return Err("the values do not vary, so the sampling error can't be estimated".to_owned());
    }
    let used = &measured.sums.components[measured.program.used];
    let cells = cells.iter().filter(|c| used[**c as usize] > 0.0);
    let parts: Vec<Part> = cells
        .map(|cell| {
            let values = measured.sums.values[collector].of(*cell);
            let below = values.iter().filter(|v| v.0 <= value).map(|v| v.1).sum();
            let all = values.iter().map(|v| v.1).sum();
            let at = *cell as usize;
            (bound.cluster_of[at], bound.cell_of[at], vec![below, all])
        })
        .collect();
    let share = |totals: &[f64]| Some(totals[0] / totals[1]).filter(|s| s.is_finite());
    let below: f64 = parts.iter().map(|p| p.2[0]).sum();
    let all: f64 = parts.iter().map(|p| p.2[1]).sum();
    let replicates = resample::left_out(bound.weighting, left_out, (2, &parts), &share)?;
    let spread = jackknife::spread(below / all, &replicates)?;
    back(&kept, &sorted, p, &spread, confidence)
}

/// The interval of a share around `p` taken back through the distribution.
fn back(
    kept: &Kept<'_>,
    sorted: &[(f64, f64)],
    p: f64,
    spread: &jackknife::Spread,
    confidence: f64,
) -> Result<Interval, String> {
    let (df, clusters) = (spread.df, spread.clusters);
    let t = quantile(df, confidence)?;
    let reach = t * spread.se;
    let bound = |p: f64| {
        kept.quantile_of(sorted, p.clamp(0.0, 1.0))
            .ok_or_else(|| "there are no values".to_owned())
    };
    let (low, high) = (bound(p - reach)?, bound(p + reach)?);
    Ok(Interval {
        low,
        high,
        se: (high - low) / (2.0 * t),
        df,
        clusters,
        kind: IntervalKind::Woodruff,
        design_effect: None,
    })
}
