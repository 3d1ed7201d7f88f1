//! What is best believed of each programme: its estimate drawn towards the mean, the more so the less precise it is.

use super::heterogeneity::{tau2, undetermined};
use super::model::Model;
use super::pool::{degrees, scale};
use super::{Between, Options, check};
use crate::stats::{Inference, Refused};

/// The empirical Bayes estimate (best linear unbiased prediction) of one programme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrunken {
    /// The true value, with prediction bounds. `p` is of "the true value is 0".
    pub value: Inference,
    /// Share of the programme's own estimate in it; the rest is the mean. 0 where `tau2` is 0: then all programmes get the mean.
    pub own_share: f64,
}

/// Shrinks each estimate towards the mean of all (Raudenbush & Bryk 1985, Empirical Bayes meta-analysis, Journal of Educational
/// Statistics 10). The standard error counts that the mean is estimated (the part from the pooled mean under the errors asked for), and
/// takes `tau2` as known.
///
/// # Errors
/// As [`super::pool`]; and a fixed effect, under which all true values are one.
pub fn shrunken(
    value: &[f64],
    variance: &[f64],
    options: &Options,
) -> Result<Vec<Shrunken>, Refused> {
    if options.between == Between::Fixed {
        return Err(Refused::new(
            "a fixed effect holds all programmes to have one true value",
            "Use random effects to shrink estimates.",
        ));
    }
    check::input(value, variance, options.confidence)?;
    check::enough(value.len(), 1, options)?;
    let model = Model::mean(value, variance);
    let tau2 = tau2(&model, options.between, None, None)?;
    let at = model.at(tau2, None).ok_or_else(undetermined)?;
    let left = value.len() - 1;
    let mean = model.coefficients(&at)[0];
    let mean_variance = scale(&at, left, options)? / at.weights.iter().sum::<f64>();
    let df = degrees(left, options);
    let rows = value.iter().zip(variance);
    Ok(rows
        .map(|(y, v)| {
            let own = tau2 / (tau2 + v);
            let se = (own * v + (1.0 - own) * (1.0 - own) * mean_variance).sqrt();
            Shrunken {
                value: Inference::t(own * y + (1.0 - own) * mean, se, df, options.confidence),
                own_share: own,
            }
        })
        .collect())
}
