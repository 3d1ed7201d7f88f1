//! Rank correlation of estimates with their variances (Begg & Mazumdar 1994), by Kendall's tau.

use super::model::Model;
use crate::stats::{Refused, distribution};

/// Kendall's tau between standardised estimates and variances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankCorrelation {
    /// Tau-b: from -1 to 1; above 0 where less precise estimates are larger.
    pub tau: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Whether `p` is exact: without ties and with fewer than 50 estimates; else by the normal distribution, with ties counted.
    pub exact: bool,
}

/// Rank correlation of each estimate's distance from the fixed-effect mean, over its standard deviation, with its variance
/// (Begg & Mazumdar 1994, Operating characteristics of a rank correlation test for publication bias, Biometrics 50). For checked
/// input with at least 3 estimates.
pub(super) fn rank_correlation(
    value: &[f64],
    variance: &[f64],
) -> Result<RankCorrelation, Refused> {
    let fixed = Model::mean(value, variance)
        .at(0.0, None)
        .ok_or_else(super::heterogeneity::undetermined)?;
    let total: f64 = fixed.weights.iter().sum();
    let apart: Vec<f64> = fixed
        .residuals
        .iter()
        .zip(variance)
        .map(|(e, v)| e / (v - 1.0 / total).sqrt())
        .collect();
    kendall(&apart, variance)
}

/// Kendall's tau-b (Kendall 1970, Rank correlation methods).
pub(super) fn kendall(x: &[f64], y: &[f64]) -> Result<RankCorrelation, Refused> {
    let n = x.len();
    let order = |a: f64, b: f64| f64::from(i8::from(a > b) - i8::from(a < b));
    let (mut score, mut untied_x, mut untied_y) = (0.0, 0.0, 0.0);
    for i in 0..n {
        for j in 0..i {
            let (a, b) = (order(x[i], x[j]), order(y[i], y[j]));
            score += a * b;
            untied_x += a * a;
            untied_y += b * b;
        }
    }
    if untied_x == 0.0 || untied_y == 0.0 {
        return Err(Refused::new(
            "all variances, or all estimates, are the same",
            "There is no small-study effect to look for among estimates of one precision.",
        ));
    }
    let pairs = (n * (n - 1) / 2) as f64;
    let exact = untied_x == pairs && untied_y == pairs && n < 50;
    let p = if exact {
        exact_p(n, score)
    } else {
        let m = n as f64;
        let sums = |values: &[f64]| {
            let ties = ties(values);
            let sum = |of: fn(f64) -> f64| ties.iter().map(|t| of(*t)).sum::<f64>();
            [
                sum(|t| t * (t - 1.0) * (2.0 * t + 5.0)),
                sum(|t| t * (t - 1.0)),
                sum(|t| t * (t - 1.0) * (t - 2.0)),
            ]
        };
        let (tx, ty) = (sums(x), sums(y));
        let variance = (m * (m - 1.0) * (2.0 * m + 5.0) - tx[0] - ty[0]) / 18.0
            + tx[1] * ty[1] / (2.0 * m * (m - 1.0))
            + tx[2] * ty[2] / (9.0 * m * (m - 1.0) * (m - 2.0));
        2.0 * distribution::normal(-(score / variance.sqrt()).abs())
    };
    Ok(RankCorrelation {
        tau: score / (untied_x * untied_y).sqrt(),
        p,
        exact,
    })
}

/// Sizes of the sets of equal values.
fn ties(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
        .chunk_by(|a, b| a == b)
        .map(|same| same.len() as f64)
        .collect()
}

/// Probability of a score as far from 0 over all orders of n, by the number of orders with each number of inversions.
fn exact_p(n: usize, score: f64) -> f64 {
    // Shares of orders by inversions, from 1 value to n.
    let mut shares = vec![1.0];
    for m in 2..=n {
        let mut next = vec![0.0; shares.len() + m - 1];
        for (i, share) in shares.iter().enumerate() {
            for more in 0..m {
                next[i + more] += share / m as f64;
            }
        }
        shares = next;
    }
    let pairs = (n * (n - 1) / 2) as f64;
    let as_far = shares.iter().enumerate().filter(|(inversions, _)| {
        let other = pairs - 2.0 * *inversions as f64;
        other.abs() >= score.abs() - 0.5
    });
    as_far.map(|(_, share)| share).sum::<f64>().min(1.0)
}
