//! Intervals of quantiles.

use super::group::{Kept, Measured};
use super::jackknife::{Design, quantile};
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
        kind: IntervalKind::Woodruff,
        design_effect: None,
    })
}
