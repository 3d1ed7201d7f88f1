//! All pairs of several estimates, with intervals and p-values that hold for all at once.

use super::estimate::{Estimate, check_confidence, difference};
use super::step_down;
use crate::stats::resample::multiplicity::{benjamini_hochberg, holm};
use crate::stats::studentised::{MOST, Studentised};
use crate::stats::{Inference, Refused};
use rayon::prelude::*;
use std::f64::consts::SQRT_2;

/// The difference of two of the estimates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Position of the first estimate.
    pub first: usize,
    /// Position of the second: the difference is first minus second.
    pub second: usize,
    /// The difference as if it were the only one: value, standard error, interval, p-value.
    pub alone: Inference,
    /// Bounds that hold for all differences of the family at once; none for methods that only correct p-values.
    pub together: Option<(f64, f64)>,
    /// p-value corrected for the number of differences in the family.
    pub p: f64,
}

impl Pair {
    /// Whether a difference is shown at the level `alpha`, corrected for the number of differences.
    pub fn differs(&self, alpha: f64) -> bool {
        self.p <= alpha
    }
}

/// How a family of differences is kept from finding one where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Correction {
    /// All pairs: studentised range with each pair's own standard error and degrees of freedom (Games & Howell 1976).
    /// Against a benchmark: the largest of the correlated differences, likewise (Dunnett 1955; Hasler & Hothorn 2008).
    /// With intervals.
    Simultaneous,
    /// Step-down on the largest |t|, from joint draws (Romano & Wolf 2005): more is found than by `Simultaneous`, whose error it
    /// keeps; its intervals are of a single step.
    StepDown {
        /// Joint draws, 999 at least.
        draws: usize,
        /// Seed of the draws.
        seed: u64,
    },
    /// Holm (1979): p-values alone.
    Holm,
    /// Benjamini & Hochberg (1995): the expected share of false findings among the findings, not the risk of any; p-values alone.
    FalseDiscovery,
}

/// All differences i - j with i before j, in that order: K(K-1)/2 for K estimates.
///
/// # Errors
/// Fewer than 2 or more than [`MOST`] estimates, two exact ones (their difference has no sampling error), an estimate that is no
/// number, or too few or too many draws.
pub fn all_pairs(
    estimates: &[Estimate],
    correction: Correction,
    confidence: f64,
) -> Result<Vec<Pair>, Refused> {
    check_confidence(confidence)?;
    let contrasts = contrasts(estimates)?;
    if correction == Correction::Simultaneous {
        let range = Studentised::range(estimates.len())?;
        let alone = each_alone(estimates, &contrasts, confidence)?;
        return Ok(ranged(&contrasts, &alone, &range, SQRT_2, confidence));
    }
    corrected(estimates, &contrasts, correction, confidence)
}

/// Every difference as if it were the only one.
pub(super) fn each_alone(
    estimates: &[Estimate],
    contrasts: &[(usize, usize)],
    confidence: f64,
) -> Result<Vec<Inference>, Refused> {
    contrasts
        .par_iter()
        .map(|&(i, j)| Ok(difference(estimates[i], estimates[j])?.inference(confidence)))
        .collect()
}

/// Differences corrected by the largest of a family, whose statistic is |t| times `per_t`.
pub(super) fn ranged(
    contrasts: &[(usize, usize)],
    alone: &[Inference],
    family: &Studentised,
    per_t: f64,
    confidence: f64,
) -> Vec<Pair> {
    let degrees: Vec<f64> = alone.iter().map(|alone| alone.df).collect();
    let critical = family.critical_values(1.0 - confidence, &degrees);
    let pair = |((&(first, second), alone), critical): ((&(usize, usize), &Inference), f64)| {
        let half = critical / per_t * alone.se;
        Pair {
            first,
            second,
            alone: *alone,
            together: Some((alone.value - half, alone.value + half)),
            p: family.above(per_t * (alone.value / alone.se).abs(), alone.df),
        }
    };
    contrasts
        .par_iter()
        .zip(alone)
        .zip(critical)
        .map(pair)
        .collect()
}

/// Differences without a family of their own, corrected by p-values or by draws.
pub(super) fn corrected(
    estimates: &[Estimate],
    contrasts: &[(usize, usize)],
    correction: Correction,
    confidence: f64,
) -> Result<Vec<Pair>, Refused> {
    let alone = each_alone(estimates, contrasts, confidence)?;
    let single: Vec<f64> = alone.iter().map(|alone| alone.p).collect();
    let (p, critical) = match correction {
        Correction::FalseDiscovery => (benjamini_hochberg(&single)?, None),
        Correction::StepDown { draws, seed } => {
            let t: Vec<f64> = alone.iter().map(|alone| alone.value / alone.se).collect();
            let stepped = step_down::run(estimates, contrasts, &t, draws, seed)?;
            let critical = stepped.critical(1.0 - confidence)?;
            (stepped.adjusted, Some(critical))
        }
        Correction::Holm | Correction::Simultaneous => (holm(&single)?, None),
    };
    let pair = |((&(first, second), alone), p): ((&(usize, usize), Inference), f64)| Pair {
        first,
        second,
        alone,
        together: critical.map(|c| (alone.value - c * alone.se, alone.value + c * alone.se)),
        p,
    };
    Ok(contrasts.iter().zip(alone).zip(p).map(pair).collect())
}

fn contrasts(estimates: &[Estimate]) -> Result<Vec<(usize, usize)>, Refused> {
    let count = estimates.len();
    if !(2..=MOST).contains(&count) {
        return Err(Refused::new(
            format!("{count} estimates can't be compared in pairs: 2 to {MOST} can"),
            "Compare within parts of the set, or against a benchmark.",
        ));
    }
    for estimate in estimates {
        estimate.check()?;
    }
    if estimates.iter().filter(|e| e.is_exact()).count() > 1 {
        return Err(Refused::new(
            "two or more of the values have no sampling error, so that there is nothing to test between them",
            "Compare exact values as they are, and test only pairs with a sample in them.",
        ));
    }
    Ok((0..count)
        .flat_map(|i| (i + 1..count).map(move |j| (i, j)))
        .collect())
}

/// All pairs of group means under one variance: Tukey's studentised range, sizes unequal by Kramer (1956).
///
/// `means` and `sizes` of the groups; `variance` within groups, pooled, with `df` degrees of freedom (units less groups).
///
/// # Errors
/// Fewer than 2 or more than [`MOST`] groups, lists of unequal length, an empty group, a variance that is not above 0, degrees of
/// freedom below 1.
pub fn tukey_kramer(
    means: &[f64],
    sizes: &[usize],
    variance: f64,
    df: f64,
    confidence: f64,
) -> Result<Vec<Pair>, Refused> {
    check_confidence(confidence)?;
    if means.len() != sizes.len() || sizes.contains(&0) {
        return Err(Refused::new(
            "a group has no mean or no units",
            "Give every group with its mean and the number of its units.",
        ));
    }
    let estimates: Vec<Estimate> = means
        .iter()
        .zip(sizes)
        .map(|(mean, n)| Estimate::new(*mean, (variance / *n as f64).sqrt(), df))
        .collect::<Result<_, Refused>>()?;
    let range = Studentised::range(means.len())?;
    let contrasts = contrasts(&estimates)?;
    let alone: Vec<Inference> = contrasts
        .iter()
        .map(|&(i, j)| {
            let (a, b) = (estimates[i], estimates[j]);
            // One variance for all: its degrees of freedom are not Welch's.
            Inference::t(a.value - b.value, a.se.hypot(b.se), df, confidence)
        })
        .collect();
    Ok(ranged(&contrasts, &alone, &range, SQRT_2, confidence))
}
