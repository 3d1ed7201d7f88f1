//! Intra-cluster correlation: how alike rows of one cluster are, for planning.

use crate::stats::Refused;
use crate::stats::distribution::{beta_quantile, normal_quantile};

/// Rows, sum of y and sum of squares of y of a cluster, unweighted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterMoments {
    /// Rows.
    pub rows: f64,
    /// Sum of y.
    pub first: f64,
    /// Sum of y^2. Shift y by a constant beforehand where its mean is much larger than its spread.
    pub second: f64,
}

/// An intra-cluster correlation with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intracluster {
    /// The estimate; below 0 where rows of a cluster are less alike than rows of different ones (planning then takes 0).
    pub value: f64,
    /// Standard error by Smith (1956).
    pub se: f64,
    /// Lower bound of Searle's interval, and `high` its upper bound: preferred with few clusters.
    pub low: f64,
    /// Upper bound of Searle's interval.
    pub high: f64,
    /// Lower bound of the value plus and minus z times Smith's standard error.
    pub low_smith: f64,
    /// Upper bound of the same.
    pub high_smith: f64,
    /// Mean square between clusters.
    pub between: f64,
    /// Mean square within clusters.
    pub within: f64,
    /// Adjusted mean cluster size n0.
    pub size: f64,
    /// Clusters.
    pub clusters: usize,
}

/// ANOVA estimator for clusters of unequal size (Donner 1986, "A review of inference procedures for the intraclass correlation
/// coefficient in the one-way random effects model"): (MSB - MSW) / (MSB + (n0 - 1) MSW), with
/// n0 = (N - sum n_i^2 / N) / (k - 1).
///
/// The interval is Searle's (1971, "Linear Models"), exact for clusters of equal size under normality; n0 stands in for
/// the size, an approximation, otherwise. The standard error is Smith's (1956), as given by Donner. Sound for 0/1 values too (Ridout, Demétrio & Firth 1999), with intervals that are rough there. Clusters without rows are
/// passed over.
///
/// # Errors
/// Fewer than two clusters; no cluster with two rows; all values the same.
pub fn anova(clusters: &[ClusterMoments], confidence: f64) -> Result<Intracluster, Refused> {
    let used: Vec<&ClusterMoments> = clusters.iter().filter(|c| c.rows > 0.0).collect();
    let sum = |of: &dyn Fn(&ClusterMoments) -> f64| used.iter().map(|c| of(c)).sum::<f64>();
    let k = used.len() as f64;
    let rows = sum(&|c| c.rows);
    if k < 2.0 || rows - k < 1.0 {
        return Err(Refused::new(
            format!(
                "{k} clusters with {rows} rows can't tell likeness within clusters from chance"
            ),
            "At least two clusters are needed, and one of them with two rows or more.",
        ));
    }
    let mean = sum(&|c| c.first) / rows;
    let square_between = sum(&|c| c.rows * (c.first / c.rows - mean).powi(2));
    let square_within = sum(&|c| c.second - c.first * c.first / c.rows).max(0.0);
    let noise = 1e-13 * sum(&|c| c.second);
    if square_between + square_within <= noise {
        return Err(Refused::new(
            "all values are the same",
            "Take the intra-cluster correlation from another measure or study.",
        ));
    }
    let (between, within) = (square_between / (k - 1.0), square_within / (rows - k));
    let squares = sum(&|c| c.rows * c.rows);
    let size = (rows - squares / rows) / (k - 1.0);
    let value = (between - within) / (between + (size - 1.0) * within);

    let cubes = sum(&|c| c.rows.powi(3));
    let unequal = squares - 2.0 * cubes / rows + squares * squares / (rows * rows);
    let variance = 2.0 * (1.0 - value).powi(2) / (size * size)
        * ((1.0 + value * (size - 1.0)).powi(2) / (rows - k)
            + ((k - 1.0) * (1.0 - value) * (1.0 + value * (2.0 * size - 1.0))
                + value * value * unequal)
                / (k - 1.0).powi(2));
    let se = variance.max(0.0).sqrt();

    let tail = (1.0 - confidence) / 2.0;
    let at = |p: f64| {
        if square_within <= noise {
            return 1.0;
        }
        let ratio = between / within / f_quantile(p, k - 1.0, rows - k);
        (ratio - 1.0) / (ratio + size - 1.0)
    };
    let reach = normal_quantile(1.0 - tail) * se;
    Ok(Intracluster {
        value,
        se,
        low: at(1.0 - tail),
        high: at(tail),
        low_smith: value - reach,
        high_smith: value + reach,
        between,
        within,
        size,
        clusters: used.len(),
    })
}

/// Quantile of F by that of the beta distribution.
fn f_quantile(p: f64, df1: f64, df2: f64) -> f64 {
    let x = beta_quantile(p, df1 / 2.0, df2 / 2.0);
    df2 * x / (df1 * (1.0 - x))
}
