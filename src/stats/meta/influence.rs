//! What an answer hangs on: the mean without each programme, and how far each moves it.

use super::heterogeneity::{tau2, undetermined};
use super::model::Model;
use super::pool::{degrees, scale};
use super::{Between, Options, Test, check};
use crate::stats::{Inference, Refused, distribution};
use rayon::prelude::*;

/// The mean without one programme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeftOut {
    /// Mean of the others.
    pub mean: Inference,
    /// Variance between the others.
    pub tau2: f64,
    /// Q of the others.
    pub q: Test,
    /// I2 of the others, in percent.
    pub i2: f64,
}

/// How far one programme moves the mean (Viechtbauer & Cheung 2010, Outlier and influence diagnostics for meta-analysis, Research
/// Synthesis Methods 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Influence {
    /// The mean of the others, as [`leave_one_out`] gives it.
    pub others: LeftOut,
    /// Externally studentised residual: distance from the mean of the others, over the root of sampling variance, variance between
    /// the others and squared standard error of their mean.
    pub residual: f64,
    /// Change of the mean, over its standard deviation with the variance between the others.
    pub dffits: f64,
    /// Squared change of the mean, over its variance.
    pub cook: f64,
    /// Variance of the mean without the programme, over that with it; above 1 where the programme adds precision.
    pub covariance_ratio: f64,
    /// Variance between the others.
    pub tau2: f64,
    /// Q of the others.
    pub q: f64,
    /// Share of the estimate in its own fitted value.
    pub hat: f64,
    /// Weight in the mean, in percent.
    pub weight: f64,
    /// Whether it stands out by the paper's rules of thumb: |DFFITS| above 3 sqrt(1/(k - 1)), Cook's distance above the median of
    /// chi-squared with 1 degree of freedom, or hat above 3/k.
    pub influential: bool,
}

/// Pools again without each programme in turn.
///
/// # Errors
/// As [`super::pool`]; fewer than 4 estimates (3 with a fixed effect).
pub fn leave_one_out(
    value: &[f64],
    variance: &[f64],
    options: &Options,
) -> Result<Vec<LeftOut>, Refused> {
    let model = checked(value, variance, options)?;
    let full = tau2(&model, options.between, None, None)?;
    (0..value.len())
        .into_par_iter()
        .map(|i| without(&model, i, full, options))
        .collect()
}

/// Pools again without each programme in turn, and measures what changes.
///
/// # Errors
/// As [`leave_one_out`].
pub fn influence(
    value: &[f64],
    variance: &[f64],
    options: &Options,
) -> Result<Vec<Influence>, Refused> {
    let model = checked(value, variance, options)?;
    let full = tau2(&model, options.between, None, None)?;
    let at = model.at(full, None).ok_or_else(undetermined)?;
    let k = value.len() as f64;
    let mean = model.coefficients(&at)[0];
    let total: f64 = at.weights.iter().sum();
    let mean_variance = scale(&at, value.len() - 1, options)? / total;
    (0..value.len())
        .into_par_iter()
        .map(|i| {
            let others = without(&model, i, full, options)?;
            let other_variance = others.mean.se * others.mean.se;
            let change = mean - others.mean.value;
            let hat = at.weights[i] / total;
            let own = variance[i] + others.tau2;
            let dffits = change / (hat * own).sqrt();
            let cook = change * change / mean_variance;
            Ok(Influence {
                others,
                residual: (value[i] - others.mean.value) / (own + other_variance).sqrt(),
                dffits,
                cook,
                covariance_ratio: other_variance / mean_variance,
                tau2: others.tau2,
                q: others.q.statistic,
                hat,
                weight: 100.0 * hat,
                influential: dffits.abs() > 3.0 / (k - 1.0).sqrt()
                    || distribution::chi_squared_above(cook, 1.0) < 0.5
                    || hat > 3.0 / k,
            })
        })
        .collect()
}

fn checked<'a>(
    value: &'a [f64],
    variance: &'a [f64],
    options: &Options,
) -> Result<Model<'a>, Refused> {
    check::input(value, variance, options.confidence)?;
    // One less must do.
    check::enough(value.len().saturating_sub(1), 1, options).map_err(|_| {
        Refused::new(
            format!(
                "leaving one of {} estimates out leaves too few to pool",
                value.len()
            ),
            "Leave one out with 4 or more estimates (3 or more with a fixed effect).",
        )
    })?;
    Ok(Model::mean(value, variance))
}

fn without(model: &Model, i: usize, start: f64, options: &Options) -> Result<LeftOut, Refused> {
    let tau2 = tau2(model, options.between, Some(i), Some(start))?;
    let at = model.at(tau2, Some(i)).ok_or_else(undetermined)?;
    let fixed = model.at(0.0, Some(i)).ok_or_else(undetermined)?;
    let left = model.k() - 2;
    let variance = scale(&at, left, options)? / at.weights.iter().sum::<f64>();
    let typical = left as f64 / fixed.trace;
    Ok(LeftOut {
        mean: Inference::t(
            model.coefficients(&at)[0],
            variance.sqrt(),
            degrees(left, options),
            options.confidence,
        ),
        tau2,
        q: Test::chi_squared(fixed.q, left as f64),
        i2: match options.between {
            Between::Fixed => (100.0 * (1.0 - left as f64 / fixed.q)).max(0.0),
            _ => 100.0 * tau2 / (tau2 + typical),
        },
    })
}
