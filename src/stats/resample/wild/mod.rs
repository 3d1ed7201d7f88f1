//! Wild cluster bootstrap of one coefficient, or a linear combination, of a weighted least-squares regression.
//!
//! After Roodman, MacKinnon, Nielsen & Webb (2019), section 5: residuals keep their cluster together and change sign (or size) by cluster.
//! Everything a replicate needs is a few numbers by cluster, so the outcome is never built again and rows cost nothing.

mod algebra;
mod draws;

#[cfg(test)]
mod tests;

pub use draws::Weights;

use super::inversion::{Curve, Reference};
use crate::stats::{Inference, Refused};
use algebra::Scores;

/// Sign patterns up to this number are all taken, none is drawn: 2^20 by Rademacher, 6^8 by Webb.
const EXACT_AT_MOST: f64 = 1_700_000.0;

/// A weighted least-squares regression with clusters.
///
/// Fixed effects may be absorbed: give outcome and columns as (weighted) deviations from the means of the effects. That is exact where each
/// effect lies within one cluster (a firm effect with clusters of firms), since a cluster's residuals then stay deviations when the whole cluster
/// changes sign; effects that cross clusters (years, with clusters of firms) have to stand as columns.
#[derive(Debug, Clone, Copy)]
pub struct Regression<'a> {
    /// Outcome by row.
    pub outcome: &'a [f64],
    /// Regressors, each by row. A constant is a column as any other.
    pub columns: &'a [&'a [f64]],
    /// Names of the regressors, for refusals.
    pub names: &'a [&'a str],
    /// Weights by row, above 0; none: all 1.
    pub weights: Option<&'a [f64]>,
    /// Cluster of each row: any code.
    pub clusters: &'a [usize],
    /// Parameters counted in the small-sample factor beside the columns; 0 for effects within clusters, as usual.
    pub absorbed: usize,
}

/// What is tested, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Whether the residuals come from the regression with the hypothesis imposed (WCR). It keeps its level best; the default.
    /// Otherwise from the free regression (WCU).
    pub restricted: bool,
    /// Distribution of the weights of the clusters.
    pub weights: Weights,
    /// Draws, where not all sign patterns are taken. 99,999 is usual.
    pub draws: usize,
    /// Hypothesised value.
    pub null: f64,
    /// Confidence level such as 0.95.
    pub confidence: f64,
    /// Seed of the evaluation.
    pub seed: u64,
    /// Tells the uses of a seed apart; see [`crate::stats::random::stream`].
    pub what: u64,
}

/// Test and confidence set of a wild cluster bootstrap.
#[derive(Debug, Clone, PartialEq)]
pub struct Wild {
    /// The coefficient, or combination.
    pub value: f64,
    /// Its CR1 standard error: G/(G - 1)·(N - 1)/(N - k).
    pub se: f64,
    /// (value - null) / se.
    pub t: f64,
    /// Clusters less 1, for comparison with Student's t.
    pub df: f64,
    /// Share of |t*| as large as |t|, or larger: of all patterns, or (1 + count)/(1 + draws). All-equal patterns tie with the
    /// data, so it is never 0.
    pub p: f64,
    /// Share of |t*| larger than |t| strictly, as the authors' program prints: count/patterns or count/draws.
    pub p_above: f64,
    /// Whether all sign patterns were taken.
    pub exact: bool,
    /// Patterns or draws.
    pub draws: usize,
    /// All values with [`Wild::p`] above 1 - confidence, as intervals in rising order: usually one; infinite ends are unbounded.
    /// Refused where no value can be rejected because the patterns are too few.
    pub confidence_set: Result<Vec<(f64, f64)>, Refused>,
    /// t statistics of the draws under the hypothesis, in order: for [`super::multiplicity::romano_wolf`].
    pub replicates: Vec<f64>,
}

impl Wild {
    /// Value, standard error, p and the hull of the confidence set (see there whether it has gaps).
    ///
    /// # Errors
    /// No confidence set.
    pub fn inference(&self) -> Result<Inference, Refused> {
        let set = self.confidence_set.as_ref().map_err(Refused::clone)?;
        let ends = set.first().zip(set.last());
        let (low, high) = ends.map_or((f64::NEG_INFINITY, f64::INFINITY), |(f, l)| (f.0, l.1));
        Ok(Inference {
            value: self.value,
            se: self.se,
            df: self.df,
            low,
            high,
            p: self.p,
        })
    }
}

/// Tests that `combination`·coefficients equals the hypothesised value, and inverts the test.
///
/// Residuals that are restricted depend on the hypothesised value r, linearly: so do the numerator of a draw and the deviations in its variance. With
/// their constants and slopes kept, each draw serves every r, and the confidence set is a search over r without new draws.
/// The free residuals (WCU) serve every r as they are.
///
/// # Errors
/// Sizes that don't fit, missing values, weights not above 0, fewer than two clusters, collinear columns (named), a combination of
/// nothing, an outcome that is fitted exactly.
pub fn wild(
    regression: &Regression,
    combination: &[f64],
    options: &Options,
) -> Result<Wild, Refused> {
    let scores = Scores::new(regression, combination)?;
    let clusters = scores.clusters();
    let exact = options.weights.patterns(clusters) <= EXACT_AT_MOST;
    if !exact && options.draws == 0 {
        return Err(Refused::new(
            "no draws were asked for",
            "Ask for 9,999 draws or more.",
        ));
    }
    let draws = draws::draw(&scores, options, exact);
    let observed = Curve {
        a: 0.0,
        b: -1.0,
        v: [scores.se * scores.se, 0.0, 0.0],
    };
    let reference = Reference {
        observed,
        draws,
        exact,
        tie: 0.0,
    };
    let x = options.null - scores.value;
    let tally = reference.tally(x);
    let alpha = 1.0 - options.confidence;
    let set = reference.confidence_set(0.0, scores.se, alpha);
    let confidence_set = if set == [(f64::NEG_INFINITY, f64::INFINITY)] {
        Err(Refused::new(
            format!(
                "no value can be ruled out: {clusters} clusters give too few patterns of signs that differ, or the treatment varies in too few of them"
            ),
            "Take Webb weights, which have more patterns; with fewer than five clusters report the values by cluster instead.",
        ))
    } else {
        Ok(set
            .into_iter()
            .map(|(low, high)| (scores.value + low, scores.value + high))
            .collect())
    };
    Ok(Wild {
        value: scores.value,
        se: scores.se,
        t: observed.at(x),
        df: clusters as f64 - 1.0,
        p: reference.p(tally.at_least),
        p_above: tally.above as f64 / reference.draws.len() as f64,
        exact,
        draws: reference.draws.len(),
        confidence_set,
        replicates: reference.draws.iter().map(|draw| draw.at(x)).collect(),
    })
}
