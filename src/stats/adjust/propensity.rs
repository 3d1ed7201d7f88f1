//! The propensity score: how likely each row was to be treated, given its covariates, and whether the groups overlap in it.

use super::sample::{Covariate, Sample, names, with_constant};
use crate::stats::Refused;
use crate::stats::linear::logit::logit;
use nalgebra::{DMatrix, DVector};

/// A fitted propensity model.
#[derive(Debug, Clone)]
pub struct Propensity {
    /// Estimated probability of treatment of each row, inside (0, 1).
    pub scores: Vec<f64>,
    /// Rows by 1 + covariates, with a leading column of ones.
    pub(super) design: DMatrix<f64>,
    /// Inverse of the information: sum of weight * p (1 - p) x x'.
    pub(super) inverse_information: DMatrix<f64>,
}

impl Propensity {
    /// What estimating the coefficients adds to the influence of each row on an estimate that has this `gradient` in them:
    /// gradient' A^-1 x (treated - p) weight (Lunceford & Davidian 2004, eq. 19 to 21).
    pub(super) fn influence(&self, gradient: &DVector<f64>, sample: &Sample) -> Vec<f64> {
        let along = &self.design * (&self.inverse_information * gradient);
        (0..self.scores.len())
            .map(|i| {
                let treated = f64::from(u8::from(sample.treated[i]));
                along[i] * (treated - self.scores[i]) * sample.weight(i)
            })
            .collect()
    }
}

/// Probability of treatment by a logit on the covariates (with a constant), survey weights counted.
///
/// Refused where the treatment doesn't vary, covariates are collinear (named), or a covariate separates the groups.
pub fn propensity(
    treated: &[bool],
    covariates: &[Covariate],
    weights: Option<&[f64]>,
) -> Result<Propensity, Refused> {
    let n = treated.len();
    super::both_groups(treated)?;
    super::check_weights(weights, n)?;
    let design = with_constant(covariates, n)?;
    let outcome: Vec<f64> = treated.iter().map(|&t| f64::from(u8::from(t))).collect();
    let model = logit(&outcome, &design, &names(covariates), weights).map_err(|refused| {
        Refused::new(
            format!("in the model of who was treated, {}", refused.reason),
            refused.help,
        )
    })?;
    Ok(Propensity {
        scores: model.probabilities,
        design,
        inverse_information: model.fit.bread,
    })
}

/// How many rows of each group have a propensity from `from` up to `to`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Lower edge, included.
    pub from: f64,
    /// Upper edge, excluded but for the last bin.
    pub to: f64,
    /// Treated rows in it.
    pub treated: usize,
    /// Untreated rows in it.
    pub comparison: usize,
}

/// One group's propensities and the weights that follow from them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupOverlap {
    /// Rows.
    pub rows: usize,
    /// Least propensity.
    pub least: f64,
    /// Greatest propensity.
    pub greatest: f64,
    /// Share of its rows with a propensity outside [0.1, 0.9], the rule of thumb of Crump et al. (2009).
    pub share_outside: f64,
    /// Rows that an equally weighted sample of the same precision would have (Kish 1965): (sum w)^2 / sum w^2.
    pub effective_rows: f64,
    /// The greatest weight as a share of all weight of the group.
    pub greatest_weight_share: f64,
}

/// Whether the groups overlap in their propensity.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Twenty bins of equal width over [0, 1].
    pub bins: Vec<Bin>,
    /// The treated.
    pub treated: GroupOverlap,
    /// The comparison group.
    pub comparison: GroupOverlap,
}

const BINS: usize = 20;

impl Overlap {
    /// From propensities and the final weights (survey weight times inverse probability). Both groups must have rows.
    pub(super) fn of(scores: &[f64], treated: &[bool], weights: &[f64]) -> Overlap {
        let mut bins: Vec<Bin> = (0..BINS)
            .map(|b| Bin {
                from: b as f64 / BINS as f64,
                to: (b + 1) as f64 / BINS as f64,
                treated: 0,
                comparison: 0,
            })
            .collect();
        for (score, treated) in scores.iter().zip(treated) {
            let bin = &mut bins[((score * BINS as f64) as usize).min(BINS - 1)];
            *(if *treated {
                &mut bin.treated
            } else {
                &mut bin.comparison
            }) += 1;
        }
        let group = |which: bool| {
            let of: Vec<(f64, f64)> = (0..scores.len())
                .filter(|&i| treated[i] == which)
                .map(|i| (scores[i], weights[i]))
                .collect();
            let sum: f64 = of.iter().map(|(_, w)| w).sum();
            let squares: f64 = of.iter().map(|(_, w)| w * w).sum();
            let outside = of.iter().filter(|(s, _)| !(0.1..=0.9).contains(s)).count();
            GroupOverlap {
                rows: of.len(),
                least: of.iter().fold(f64::INFINITY, |a, (s, _)| a.min(*s)),
                greatest: of.iter().fold(f64::NEG_INFINITY, |a, (s, _)| a.max(*s)),
                share_outside: outside as f64 / of.len() as f64,
                effective_rows: sum * sum / squares,
                greatest_weight_share: of.iter().fold(0.0, |a: f64, (_, w)| a.max(*w)) / sum,
            }
        };
        Overlap {
            treated: group(true),
            comparison: group(false),
            bins,
        }
    }
}
