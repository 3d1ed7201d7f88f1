//! The mean over programmes by fixed or random effects, with its heterogeneity and prediction interval.

use super::heterogeneity::{describe, tau2, undetermined};
use super::model::{Model, Profile};
use super::{Errors, Heterogeneity, Options, check};
use crate::stats::{Inference, Refused, distribution};

/// Where the true value of a further programme like these is expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Degrees of freedom of its t distribution.
    pub df: f64,
    /// Standard deviation: of true values, and of the mean's estimation.
    pub sd: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// What [`pool`] gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// Programmes.
    pub k: usize,
    /// The mean, with the degrees of freedom of its interval.
    pub mean: Inference,
    /// The errors in use.
    pub errors: Errors,
    /// Whether Hartung and Knapp's interval is narrower than the normal one, which happens where estimates are more alike than
    /// their sampling errors; [`Errors::HartungKnappModified`] is the cautious choice then. False under other errors.
    pub narrower_than_normal: bool,
    /// How much true values differ.
    pub heterogeneity: Heterogeneity,
    /// Prediction interval; none under [`super::Between::Fixed`]. By t on k - 1 degrees of freedom under Hartung-Knapp errors, as
    /// their mean (metafor does so too: .14 to 1.76 of the BCG trials' risk ratios), and on k - 2 under normal ones (Higgins,
    /// Thompson & Spiegelhalter 2009, A re-evaluation of random-effects meta-analysis, Journal of the Royal Statistical Society A 172).
    pub prediction: Option<Prediction>,
    /// Weight of each estimate in the mean, in percent.
    pub weights: Vec<f64>,
}

/// Pools estimates `value` (k) with sampling variances `variance` (k).
///
/// # Errors
/// Fewer than 3 estimates (2 with a fixed effect), values that are not finite, variances that are not above 0, equal estimates
/// where their spread is to give the standard error.
pub fn pool(value: &[f64], variance: &[f64], options: &Options) -> Result<Pooled, Refused> {
    check::input(value, variance, options.confidence)?;
    check::enough(value.len(), 1, options)?;
    let model = Model::mean(value, variance);
    let tau2 = tau2(&model, options.between, None, None)?;
    pooled(&model, tau2, options)
}

/// The mean at a `tau2` that is known by now.
pub(super) fn pooled(model: &Model, tau2: f64, options: &Options) -> Result<Pooled, Refused> {
    let k = model.k();
    let at = model.at(tau2, None).ok_or_else(undetermined)?;
    let scale = scale(&at, k - 1, options)?;
    let plain = 1.0 / at.weights.iter().sum::<f64>();
    let df = degrees(k - 1, options);
    let mean = Inference::t(
        model.coefficients(&at)[0],
        (scale * plain).sqrt(),
        df,
        options.confidence,
    );
    let normal = distribution::normal_quantile(0.5 + options.confidence / 2.0) * plain.sqrt();
    let prediction = match options.between {
        super::Between::Fixed => None,
        _ => Some(prediction(&mean, tau2, k, options)),
    };
    let total: f64 = at.weights.iter().sum();
    Ok(Pooled {
        k,
        mean,
        errors: options.errors(),
        narrower_than_normal: options.errors() == Errors::HartungKnapp
            && mean.high - mean.value < normal,
        heterogeneity: describe(model, tau2, options.between, options.confidence)?,
        prediction,
        weights: at.weights.iter().map(|w| 100.0 * w / total).collect(),
    })
}

fn prediction(mean: &Inference, tau2: f64, k: usize, options: &Options) -> Prediction {
    let df = match options.errors() {
        Errors::Normal => (k - 2) as f64,
        _ => (k - 1) as f64,
    };
    let sd = (tau2 + mean.se * mean.se).sqrt();
    let half = distribution::t_quantile(0.5 + options.confidence / 2.0, df) * sd;
    Prediction {
        df,
        sd,
        low: mean.value - half,
        high: mean.value + half,
    }
}

/// Degrees of freedom of tests and intervals where `left` estimates are left over by the coefficients.
pub(super) fn degrees(left: usize, options: &Options) -> f64 {
    match options.errors() {
        Errors::Normal => f64::INFINITY,
        _ => left as f64,
    }
}

/// What Hartung and Knapp multiply the variances by: the mean weighted squared residual; 1 for normal errors.
pub(super) fn scale(at: &Profile, left: usize, options: &Options) -> Result<f64, Refused> {
    let scale = at.q / left as f64;
    // Rounding leaves some 1e-32 of the squared estimates.
    match options.errors() {
        Errors::Normal => Ok(1.0),
        Errors::HartungKnappModified => Ok(scale.max(1.0)),
        Errors::HartungKnapp if at.q <= 1e-26 * at.size => Err(Refused::new(
            "the estimates are all the same, or fitted exactly, so that their spread gives no standard error",
            "Use the modified Hartung-Knapp errors, which are never below the normal ones; and check that the estimates are not \
             copies of one another.",
        )),
        Errors::HartungKnapp => Ok(scale),
    }
}
