//! Errors of a contrast of two groups that allow for few clusters: residuals corrected for each group's mean having been fitted, and
//! Satterthwaite's degrees of freedom (Bell & McCaffrey 2002, Survey Methodology 28: CR2 of a regression on groups).

use super::Refused;
use rustc_hash::FxHashMap;

/// A cluster's part in a group.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// What it adds to the error of the estimate.
    influence: f64,
    /// Its share of the group's weight.
    share: f64,
    /// Sum of squared weights over the squared sum: the variance of its mean where rows are independent, of variance 1.
    spread: f64,
}

/// What the error of a contrast of two groups is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmsError {
    /// Standard error.
    pub se: f64,
    /// Degrees of freedom of t.
    pub df: f64,
    /// Clusters; rows where there are none.
    pub clusters: usize,
}

/// Error of an estimate to which each row adds `influence`, being a contrast of the groups of `treated` in which rows weigh
/// `weights` (0: no part).
///
/// A cluster's sum is divided by the root of 1 - its share of the group's weight. The degrees of freedom are those of a regression on
/// groups: (tr M)^2 / tr(M M), M being the covariance of the corrected sums for independent errors of one variance. Clusters may lie in both
/// groups. `fitted` parameters beside the mean (covariates) take as many times that share more.
///
/// # Errors
/// A group in one cluster, or so few clusters that what was fitted leaves nothing to tell the error from.
pub fn arms_error(
    influence: &[f64],
    treated: &[bool],
    clusters: Option<&[u32]>,
    weights: &[f64],
    fitted: usize,
) -> Result<ArmsError, Refused> {
    let mut places: FxHashMap<u32, usize> = FxHashMap::default();
    // In order of first appearance, so that sums have the same bits in every run.
    let mut parts: Vec<[Part; 2]> = Vec::new();
    for (row, own) in influence.iter().enumerate() {
        if weights[row] <= 0.0 {
            continue;
        }
        let at = match clusters {
            Some(clusters) => *places.entry(clusters[row]).or_insert(parts.len()),
            None => parts.len(),
        };
        if at == parts.len() {
            parts.push([Part::default(); 2]);
        }
        let part = &mut parts[at][usize::from(treated[row])];
        part.influence += own;
        part.share += weights[row];
        part.spread += weights[row] * weights[row];
    }
    let totals = [0, 1].map(|g| parts.iter().map(|p| p[g].share).sum::<f64>());
    for part in &mut parts {
        for (part, total) in part.iter_mut().zip(totals) {
            if part.share > 0.0 {
                part.spread /= part.share * part.share;
                part.share /= total;
            }
        }
    }
    let left = |part: &Part| 1.0 - part.share * (1 + fitted) as f64;
    for (group, words) in [(1, "treated"), (0, "untreated")] {
        if parts.iter().any(|p| left(&p[group]) < 1e-9) {
            return Err(Refused::new(
                match fitted {
                    0 => format!("one cluster makes up all of the {words}"),
                    n => format!(
                        "the {words} are too few, or one of them weighs too much, for {n} covariates: nothing is left to tell the error from"
                    ),
                },
                "Use fewer covariates, smaller clusters, or more units.",
            ));
        }
    }
    let squares: f64 = parts
        .iter()
        .map(|p| {
            p.iter()
                .map(|part| part.influence / left(part).sqrt())
                .sum::<f64>()
                .powi(2)
        })
        .sum();
    Ok(ArmsError {
        se: squares.sqrt(),
        df: degrees(&parts),
        clusters: parts.len(),
    })
}

/// The covariance of two clusters' sums in a group is a_c a_d (q_c [c = d] - p_c - p_d + s): a the corrected share, q the spread, p = share
/// times spread, s the sum of share times p. Sums over pairs of clusters come from sums over clusters.
fn degrees(parts: &[[Part; 2]]) -> f64 {
    let total = |g: usize| -> f64 {
        parts
            .iter()
            .map(|p| p[g].share * p[g].share * p[g].spread)
            .sum()
    };
    let s = [total(0), total(1)];
    let own = |p: &Part, s: f64| p.spread - 2.0 * p.share * p.spread + s;
    let corrected = |p: &Part| p.share * p.share / (1.0 - p.share);
    let trace: f64 = parts
        .iter()
        .flat_map(|p| [0, 1].map(|g| corrected(&p[g]) * own(&p[g], s[g])))
        .sum();
    let mut squares = 0.0;
    for g in [0, 1] {
        for h in [0, 1] {
            let (mut b0, mut bp, mut bq, mut bpq) = (0.0, 0.0, 0.0, 0.0);
            let mut diagonal = 0.0;
            for part in parts {
                let (one, other) = (&part[g], &part[h]);
                let b = (corrected(one) * corrected(other)).sqrt();
                let (p, q) = (one.share * one.spread, other.share * other.spread);
                b0 += b;
                bp += b * p;
                bq += b * q;
                bpq += b * p * q;
                diagonal += b
                    * b
                    * (own(one, s[g]) * own(other, s[h]) - (s[g] - 2.0 * p) * (s[h] - 2.0 * q));
            }
            squares += s[g] * s[h] * b0 * b0 - 2.0 * s[g] * bq * b0 - 2.0 * s[h] * bp * b0
                + 2.0 * bpq * b0
                + 2.0 * bp * bq
                + diagonal;
        }
    }
    trace * trace / squares
}

#[cfg(test)]
#[path = "arms_tests.rs"]
mod tests;
