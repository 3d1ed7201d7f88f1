//! Small-study effects: are less precise estimates larger? Limits for a funnel plot, Egger's regressions, rank correlation.

use super::model::Model;
use super::rank::{RankCorrelation, rank_correlation};
use super::{Options, check, regress};
use crate::stats::{Inference, Refused, distribution, linear};
use nalgebra::DMatrix;

/// Programmes below which the tests say next to nothing (Sterne et al. 2011, BMJ 343, d4002).
const ENOUGH: usize = 10;

/// Limits of a funnel at one standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelLimits {
    /// The standard error.
    pub se: f64,
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

/// Asymmetry of a funnel by a regression on standard errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asymmetry {
    /// Change of the estimate per unit of standard error; 0 for a symmetric funnel.
    pub slope: Inference,
    /// The estimate that the line gives for a standard error of 0.
    pub limit: Inference,
}

/// What [`small_study`] gives.
#[derive(Debug, Clone, PartialEq)]
pub struct SmallStudy {
    /// Random-effects meta-regression on the standard error, with the estimator and errors asked for (Sterne & Egger 2005, in
    /// Rothstein, Sutton & Borenstein, Publication bias in meta-analysis).
    pub meta_regression: Asymmetry,
    /// The classical form: least squares weighted by precision, with a free residual variance and t on k - 2 degrees of
    /// freedom; its slope is the intercept of Egger et al. (1997, Bias in meta-analysis detected by a simple, graphical test, BMJ
    /// 315). Rejects too often where true values differ much.
    pub weighted_regression: Asymmetry,
    /// The test of Begg & Mazumdar (1994).
    pub rank: RankCorrelation,
}

/// Where estimates with each standard error of `se` would lie, at a confidence level, around `centre`: the mean for the usual
/// funnel, with `tau2` between programmes (0: sampling error alone); 0 for contours of significance.
///
/// # Errors
/// Values that are not finite, standard errors or `tau2` below 0, a confidence level that is none.
pub fn funnel_limits(
    centre: f64,
    tau2: f64,
    se: &[f64],
    confidence: f64,
) -> Result<Vec<FunnelLimits>, Refused> {
    check::level(confidence)?;
    let sound = |x: f64| x.is_finite() && x >= 0.0;
    if !centre.is_finite() || !sound(tau2) || !se.iter().all(|s| sound(*s)) {
        return Err(Refused::new(
            "centre, tau2 and standard errors of a funnel are not all finite, or below 0",
            "Give a finite centre, and a tau2 and standard errors of 0 or above.",
        ));
    }
    let z = distribution::normal_quantile(0.5 + confidence / 2.0);
    let limits = se.iter().map(|&se| {
        let half = z * (tau2 + se * se).sqrt();
        FunnelLimits {
            se,
            low: centre - half,
            high: centre + half,
        }
    });
    Ok(limits.collect())
}

/// Tests whether less precise estimates are larger (or smaller), as they are where small programmes that found nothing stay
/// unpublished; also where small programmes differ in truth.
///
/// # Errors
/// As [`super::pool`]; fewer than 10 estimates; standard errors that are all the same.
pub fn small_study(
    value: &[f64],
    variance: &[f64],
    options: &Options,
) -> Result<SmallStudy, Refused> {
    check::input(value, variance, options.confidence)?;
    let k = value.len();
    if k < ENOUGH {
        return Err(Refused::new(
            format!("{k} estimates are too few to tell an asymmetric funnel from chance"),
            format!("Test with {ENOUGH} or more; with fewer, show the funnel without a test."),
        ));
    }
    let se: Vec<f64> = variance.iter().map(|v| v.sqrt()).collect();
    let least = se.iter().copied().fold(f64::INFINITY, f64::min);
    let most = se.iter().copied().fold(0.0, f64::max);
    if most - least <= 1e-6 * most {
        return Err(Refused::new(
            "all standard errors are the same",
            "There is no small-study effect to look for among estimates of one precision.",
        ));
    }
    let random = regress(value, variance, &[&se], &["standard error"], options)?;
    Ok(SmallStudy {
        meta_regression: Asymmetry {
            slope: random.coefficients[1],
            limit: random.coefficients[0],
        },
        weighted_regression: weighted(value, variance, &se, options)?,
        rank: rank_correlation(value, variance)?,
    })
}

fn weighted(
    value: &[f64],
    variance: &[f64],
    se: &[f64],
    options: &Options,
) -> Result<Asymmetry, Refused> {
    let k = value.len();
    let x = DMatrix::from_fn(k, 2, |i, j| if j == 0 { 1.0 } else { se[i] });
    let names = ["constant", "standard error"].map(str::to_owned);
    let plain = linear::fit(value, &x, &names, None)?;
    let model = Model::new(value, variance, &x, &plain.root);
    let at = model
        .at(0.0, None)
        .ok_or_else(super::heterogeneity::undetermined)?;
    let left = k - 2;
    if at.q <= 1e-26 * at.size {
        return Err(Refused::new(
            "standard errors explain the estimates exactly, so that nothing is left to test with",
            "Check that estimates and standard errors come from different columns.",
        ));
    }
    let scale = at.q / left as f64;
    let (values, bread) = (model.coefficients(&at), model.bread(&at));
    let of = |j: usize| {
        let se = (scale * bread[(j, j)]).sqrt();
        Inference::t(values[j], se, left as f64, options.confidence)
    };
    Ok(Asymmetry {
        slope: of(1),
        limit: of(0),
    })
}
