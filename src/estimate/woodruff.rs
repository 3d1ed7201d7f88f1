//! Intervals of quantiles.
//!
//! A simple random sample has the interval between two order statistics that holds the quantile of any distribution with at least
//! the confidence asked for (David & Nagaraja 2003, "Order Statistics", section 7.1): the rank of the quantile is binomial. Any other
//! sample has that of Woodruff (1952): the interval of the share of rows at or below it, taken back through the distribution. Of rows
//! that tie with the quantile as many count as at or below it as make the share what was asked for, so that the error is that of
//! the share *at* p, and the chance of which of them these are adds its part; a quantile at the top category else had no error.

use super::design::Design;
use super::group::{Kept, Measured};
use super::jackknife::{self, Spread, quantile};
use super::resample::{self, Bound, Part};
use super::weighting::Source;
use crate::outcome::{Interval, IntervalKind};
use statrs::distribution::{Binomial, DiscreteCDF};
use std::collections::BTreeMap;

/// Rows in order of value, split at their quantile.
struct Split {
    /// Values with weights, in order.
    sorted: Vec<(f64, f64)>,
    p: f64,
    /// The quantile.
    value: f64,
    /// Sum of weights.
    total: f64,
    /// Share of the rows that tie with it which count as at or below it.
    tied: f64,
    /// Variance of the share from which of them these are.
    chance: f64,
}

impl Split {
    fn new(kept: &Kept<'_>, collector: usize, p: f64) -> Result<Split, String> {
        let sorted = kept.sorted(collector);
        let value = kept.quantile_of(&sorted, p).ok_or("there are no values")?;
        if sorted.first().map(|v| v.0) == sorted.last().map(|v| v.0) {
            return Err(
                "the values do not vary, so the sampling error can't be estimated".to_owned(),
            );
        }
        // Weights as shares, whose squares can be held.
        let most = sorted.iter().map(|v| v.1).fold(0.0, f64::max);
        let sum = |of: &dyn Fn(f64) -> bool| {
            let chosen = sorted.iter().filter(|(x, _)| of(*x));
            chosen.map(|(_, w)| w / most).sum::<f64>()
        };
        let total = sum(&|_| true);
        // Between two values that are the quantile's neighbours nothing ties.
        let (below, at) = (sum(&|x| x < value), sum(&|x| x == value));
        let tied = match at > 0.0 {
            true => ((p * total - below) / at).clamp(0.0, 1.0),
            false => 0.0,
        };
        let squares: f64 = sorted
            .iter()
            .filter(|(x, _)| *x == value)
            .map(|(_, w)| (w / most / total).powi(2))
            .sum();
        Ok(Split {
            p,
            value,
            total: total * most,
            tied,
            chance: tied * (1.0 - tied) * squares,
            sorted,
        })
    }

    /// How far a row counts as at or below the quantile.
    fn below(&self, x: f64) -> f64 {
        match x.total_cmp(&self.value) {
            std::cmp::Ordering::Less => 1.0,
            std::cmp::Ordering::Equal => self.tied,
            std::cmp::Ordering::Greater => 0.0,
        }
    }

    /// Share of weights that counts as at or below the quantile.
    fn share(&self) -> f64 {
        let below = |(x, w): &(f64, f64)| self.below(*x) * (w / self.total);
        self.sorted.iter().map(below).sum()
    }

    /// Least value with at least this share of the weights at or below it.
    fn at(&self, share: f64) -> f64 {
        let mut sum = 0.0;
        for (x, w) in &self.sorted {
            sum += w / self.total;
            if sum >= share - 1e-12 {
                return *x;
            }
        }
        self.sorted.last().map_or(self.value, |(x, _)| *x)
    }

    /// The interval with these ends, which holds the quantile itself.
    fn between(&self, (low, high): (f64, f64), t: f64, spread: &Spread) -> Interval {
        let (low, high) = (low.min(self.value), high.max(self.value));
        Interval {
            low,
            high,
            se: (high / 2.0 - low / 2.0) / t,
            df: spread.df,
            clusters: spread.clusters,
            kind: spread.kind,
            design_effect: None,
        }
    }

    /// Between two order statistics of a simple random sample.
    fn ranked(&self, confidence: f64) -> Result<Interval, String> {
        let rows = self.sorted.len();
        let too_few = || self.too_few(confidence);
        let rank = Binomial::new(self.p, rows as u64).map_err(|_| too_few())?;
        let tail = (1.0 - confidence) / 2.0 * (1.0 + 1e-12);
        // The i-th value lies above the quantile with the chance that fewer than i rows lie at or below it, and below it with the chance
        // that i or more do.
        let low = first(rows, |k| rank.cdf(k) > tail);
        let high = first(rows, |k| rank.sf(k) <= tail) + 1;
        if low == 0 || high > rows {
            return Err(too_few());
        }
        let df = rows as f64 - 1.0;
        let spread = Spread {
            se: 0.0,
            df,
            clusters: rows as u64,
            kind: IntervalKind::OrderStatistics,
        };
        let ends = (self.sorted[low - 1].0, self.sorted[high - 1].0);
        Ok(self.between(ends, quantile(df, confidence)?, &spread))
    }

    /// The interval of the share taken back through the distribution.
    fn back(&self, spread: &Spread, confidence: f64) -> Result<Interval, String> {
        let t = quantile(spread.df, confidence)?;
        let reach = t * (spread.se.powi(2) + self.chance).sqrt();
        if reach <= 1e-12 {
            return Err(jackknife::does_not_vary());
        }
        let (low, high) = (self.p - reach, self.p + reach);
        if low <= 0.0 || high >= 1.0 {
            return Err(self.too_few(confidence));
        }
        let ends = (self.at(low), self.at(high));
        let spread = Spread {
            kind: IntervalKind::Woodruff,
            ..*spread
        };
        Ok(self.between(ends, t, &spread))
    }

    fn too_few(&self, confidence: f64) -> String {
        format!(
            "there are too few rows or clusters to bound this quantile with {} % confidence: not even the lowest and the highest value do",
            100.0 * confidence
        )
    }
}

/// Interval of a quantile.
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
    let split = Split::new(&kept, collector, p)?;
    let inside = design.inside(measured, cells);
    let share = split.share();
    let of_cells = |cells: &[u32]| {
        let values = cells
            .iter()
            .flat_map(|c| measured.sums.values[collector].of(*c));
        values.fold(0.0, |z, (x, w)| {
            z + (split.below(*x) - share) * (w / split.total)
        })
    };
    let mut strata: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (cluster, cells) in &inside {
        let stratum = design.clusters[*cluster as usize].1;
        strata.entry(stratum).or_default().push(of_cells(cells));
    }
    let (mut variance, mut df, mut corrected) = (0.0, 0.0, false);
    for (stratum, each) in &strata {
        let correction = design.correction(*stratum)?;
        corrected |= correction < 1.0;
        let n = design.strata[*stratum as usize].len() as f64;
        for (cluster, within) in design.within(*stratum)? {
            let Some(cells) = inside.get(&cluster) else {
                continue;
            };
            let units = design.by_unit(cells);
            let each: Vec<f64> = units.values().map(|cells| of_cells(cells)).collect();
            let (sum, squares) = sums(&each);
            let spread = (squares - sum * sum / within.units).max(0.0);
            variance += within.factor * within.up() * spread;
            df += if within.alone {
                units.len() as f64 - 1.0
            } else {
                0.0
            };
        }
        if correction == 0.0 {
            continue;
        }
        if n < 2.0 {
            return Err(design.single(*stratum));
        }
        let (sum, squares) = sums(each);
        variance += correction * n / (n - 1.0) * (squares - sum * sum / n).max(0.0);
        df += each.len() as f64 - 1.0;
    }
    let rows = split.sorted.len();
    let simple = strata.len() == 1 && inside.len() == rows && !corrected;
    let drawn = || strata.keys().all(|s| design.strata[*s as usize].len() >= 2);
    if simple && drawn() && !measured.scan.is_weighted() {
        return split.ranked(confidence);
    }
    let spread = Spread {
        se: variance.sqrt(),
        df,
        clusters: inside.len() as u64,
        kind: IntervalKind::Woodruff,
    };
    split.back(&spread, confidence)
}

/// First of 0 to below `count` from which on a condition holds; `count` where it never does.
fn first(count: usize, holds: impl Fn(u64) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match holds(middle as u64) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    low
}

fn sums(each: &[f64]) -> (f64, f64) {
    (each.iter().sum(), each.iter().map(|z| z * z).sum())
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
    let split = Split::new(&kept, collector, p)?;
    let used = &measured.sums.components[measured.program.used];
    let cells = cells.iter().filter(|c| used[**c as usize] > 0.0);
    let parts: Vec<Part> = cells
        .map(|cell| {
            let values = measured.sums.values[collector].of(*cell);
            let below = values.iter().map(|v| split.below(v.0) * v.1).sum();
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
    split.back(&spread, confidence)
}
