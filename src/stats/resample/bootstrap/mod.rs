//! Cluster bootstrap within strata, over component sums by cluster: many statistics from the same resamples.
//!
//! Rescaling bootstrap of Rao & Wu (1988), in the form of Rao, Wu & Yue (1992): of the n clusters of a stratum, n - 1 are drawn with
//! replacement and weighted by n/(n - 1). The plain bootstrap draws n and understates the variance of a total by (n - 1)/n, which is half
//! of it with two clusters in a stratum. Clusters are taken as drawn with replacement (no finite population correction).

mod interval;
mod replicate;
mod statistic;

#[cfg(test)]
mod tests;

pub use interval::Method;
pub use statistic::Statistic;

use crate::stats::Refused;
use replicate::Layout;

/// Share of replicates without a value above which a statistic is refused: the tails that an interval reads are a few percent.
const UNDEFINED_AT_MOST: f64 = 0.01;

/// What is resampled.
#[derive(Debug, Clone, Copy)]
pub struct ClusterSums<'a> {
    /// Component sums, one row of `components` numbers after the other, a row a cluster. Weighted where the sample is.
    pub sums: &'a [f64],
    /// How many components a row has.
    pub components: usize,
    /// Stratum of each cluster: any code.
    pub strata: &'a [usize],
}

/// How it is resampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Number of replicates. 9,999 put the limits of a 95 % interval on replicates 250 and 9,750.
    pub replicates: usize,
    /// Seed of the evaluation.
    pub seed: u64,
    /// Tells the uses of a seed apart; see [`crate::stats::random::stream`].
    pub what: u64,
    /// Whether each replicate gets a standard error of its own, which [`Method::Studentised`] needs (three clusters by stratum
    /// at least, and more than twice the time).
    pub studentised: bool,
}

/// A statistic with its replicates.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled {
    /// The statistic of the data.
    pub value: f64,
    /// Bootstrap standard error: standard deviation of the replicates that have a value.
    pub se: f64,
    /// Linearised standard error, with clusters within strata.
    pub linearised_se: f64,
    /// Clusters less strata.
    pub df: f64,
    /// Replicates in the order of drawing; NaN where the statistic is undefined.
    pub replicates: Vec<f64>,
    /// (replicate - value) / its standard error, in the order of drawing; NaN where undefined. Empty unless asked for.
    pub t: Vec<f64>,
    /// How many replicates have no value.
    pub undefined: usize,
    /// Acceleration of the jackknife; none where a value is undefined without one of the clusters.
    acceleration: Option<f64>,
}

/// Draws all replicates, and gives each statistic with its own, in the order of `statistics`.
///
/// The standard error of a replicate is linearised: with g the gradient of the statistic at the totals of the replicate, the variance
/// is g'Vg, V the covariance of the totals from the drawn clusters within strata (Rao & Wu 1988, section 2.3). For a ratio Y/X that is the usual
/// variance of Σ(y - Rx)/X. Gradients of [`Statistic::function`] are differences.
///
/// # Errors
/// Of all: a stratum with a single cluster (two, if studentised), sums that are missing, sizes that don't fit. Of one statistic: no
/// value for the data, no value for more than 1 % of the replicates, or no variation between clusters.
pub fn bootstrap(
    data: &ClusterSums,
    statistics: &[Statistic],
    options: &Options,
) -> Result<Vec<Result<Resampled, Refused>>, Refused> {
    if options.replicates < 2 {
        return Err(Refused::new(
            format!("{} replicates are too few", options.replicates),
            "Ask for 999 replicates or more.",
        ));
    }
    let layout = Layout::new(data, statistics, options.studentised)?;
    let observed = layout.observed();
    let jackknife = layout.jackknife(statistics);
    let drawn = layout.draw(statistics, &observed, options);
    let width = layout.width(statistics);
    let df = layout.df();
    use rayon::prelude::*;
    let all = (0..statistics.len()).into_par_iter().map(|s| {
        let column = |offset: usize| -> Vec<f64> {
            drawn.chunks_exact(width).map(|row| row[offset]).collect()
        };
        let value = statistics[s].value(&observed.totals);
        let replicates = column(s);
        let mut t = Vec::new();
        if options.studentised {
            t = column(statistics.len() + s);
            for (t, replicate) in t.iter_mut().zip(&replicates) {
                *t = (replicate - value) / *t;
            }
        }
        let linearised_se = layout.linearised_se(&statistics[s], &observed);
        let acceleration =
            layout.acceleration(jackknife.chunks_exact(statistics.len()).map(|row| row[s]));
        summarise(Resampled {
            value,
            se: f64::NAN,
            linearised_se,
            df,
            replicates,
            t,
            undefined: 0,
            acceleration,
        })
    });
    Ok(all.collect())
}

/// Fills in the standard error and the number of undefined replicates, or refuses.
fn summarise(mut of: Resampled) -> Result<Resampled, Refused> {
    if !of.value.is_finite() {
        return Err(Refused::new(
            "it has no value for the data as they are",
            "Look at the denominator: it is zero or missing.",
        ));
    }
    let defined = || of.replicates.iter().filter(|r| r.is_finite());
    let n = defined().count();
    let undefined = of.replicates.len() - n;
    if undefined as f64 > UNDEFINED_AT_MOST * of.replicates.len() as f64 {
        return Err(Refused::new(
            format!(
                "{undefined} of {} resamples have no value: it rests on few clusters",
                of.replicates.len()
            ),
            "Widen the group, so that more clusters have a denominator.",
        ));
    }
    let mean = defined().sum::<f64>() / n as f64;
    let squares: f64 = defined().map(|r| (r - mean).powi(2)).sum();
    of.se = (squares / (n as f64 - 1.0)).sqrt();
    of.undefined = undefined;
    // Rounding alone leaves about 1e-16 of the value.
    let least = 1e-12 * of.value.abs();
    if of.se.is_nan() || of.se <= least || of.linearised_se <= least {
        return Err(Refused::new(
            "it is the same in all clusters, so that resampling says nothing about its uncertainty",
            "Check that the column varies; a figure that can't vary needs no interval.",
        ));
    }
    Ok(of)
}
