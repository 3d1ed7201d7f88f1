//! How much true values differ: estimators of the variance between programmes, its interval, Q, I2 and H2.

use super::model::{Model, Profile};
use super::{Between, Range, Test};
use crate::stats::Refused;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// How much true values differ, beyond sampling error (and beyond moderators, where there are any).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heterogeneity {
    /// Variance of true values, in squared units of the estimates; 0 under [`Between::Fixed`].
    pub tau2: f64,
    /// Standard error of `tau2` from the expected information; only of REML, and where `tau2` is above 0.
    pub tau2_se: Option<f64>,
    /// Interval of the variance by the Q-profile (Viechtbauer 2007, Confidence intervals for the amount of heterogeneity in
    /// meta-analysis, Statistics in Medicine 26). It doesn't come from the estimator of `tau2`, which can lie outside. None: the
    /// estimates are more alike than sampling errors of this size make likely at any `tau2`.
    pub tau2_interval: Option<Range>,
    /// Cochran's Q against "all true values are equal" (or: explained), by chi-squared.
    pub q: Test,
    /// Share of variance that is not sampling error, in percent, from `tau2` and the typical sampling variance (Higgins &
    /// Thompson 2002, Quantifying heterogeneity in a meta-analysis, Statistics in Medicine 21, equation 9). Under
    /// [`Between::Fixed`] from Q.
    pub i2: f64,
    /// Interval of `i2`, from that of `tau2`.
    pub i2_interval: Option<Range>,
    /// Total over sampling variance, 1 where there is no heterogeneity; under [`Between::Fixed`] Q over its degrees of freedom.
    pub h2: f64,
    /// Interval of `h2`, from that of `tau2`.
    pub h2_interval: Option<Range>,
    /// The typical sampling variance in `i2` and `h2`.
    pub typical_variance: f64,
}

/// Refusal for weights that leave columns undetermined.
pub(super) fn undetermined() -> Refused {
    Refused::new(
        "the weights leave a coefficient undetermined",
        "Leave out moderators, or estimates with next to no weight.",
    )
}

/// All of [`Heterogeneity`] of a model with its `tau2`; the profile at 0.
pub(super) fn describe(
    model: &Model,
    tau2: f64,
    between: Between,
    confidence: f64,
) -> Result<Heterogeneity, Refused> {
    let fixed = model.at(0.0, None).ok_or_else(undetermined)?;
    let df = (model.k() - model.p) as f64;
    let typical = df / fixed.trace;
    let at = |tau2: f64| (100.0 * tau2 / (tau2 + typical), tau2 / typical + 1.0);
    let (i2, h2) = match between {
        Between::Fixed => ((100.0 * (1.0 - df / fixed.q)).max(0.0), fixed.q / df),
        _ => at(tau2),
    };
    let interval = q_profile(model, &fixed, confidence)?;
    let se = match between {
        Between::Reml if tau2 > 0.0 => {
            let there = model.at(tau2, None).ok_or_else(undetermined)?;
            Some((2.0 / there.trace2).sqrt())
        }
        _ => None,
    };
    let of = |pick: fn((f64, f64)) -> f64| {
        interval.map(|r| Range {
            low: pick(at(r.low)),
            high: pick(at(r.high)),
        })
    };
    Ok(Heterogeneity {
        tau2,
        tau2_se: se,
        tau2_interval: interval,
        q: Test::chi_squared(fixed.q, df),
        i2,
        i2_interval: of(|x| x.0),
        h2,
        h2_interval: of(|x| x.1),
        typical_variance: typical,
    })
}

/// Estimates `tau2`, without the programme `skip` if there is one; REML sets out from `start`.
pub(super) fn tau2(
    model: &Model,
    between: Between,
    skip: Option<usize>,
    start: Option<f64>,
) -> Result<f64, Refused> {
    let df = (model.k() - usize::from(skip.is_some()) - model.p) as f64;
    let get = |tau2| model.at(tau2, skip).ok_or_else(undetermined);
    let hedges = || -> Result<f64, Refused> {
        let mut ones = vec![1.0; model.k()];
        if let Some(i) = skip {
            ones[i] = 0.0;
        }
        let plain = model.with(ones).ok_or_else(undetermined)?;
        // tr(PV) of the unweighted regression.
        let sampling: f64 = (0..model.k())
            .filter(|&i| Some(i) != skip)
            .map(|i| model.v[i] * (1.0 - model.hat(&plain, i)))
            .sum();
        Ok((plain.q - sampling) / df)
    };
    Ok(match between {
        Between::Fixed => 0.0,
        Between::Hedges => hedges()?.max(0.0),
        Between::DerSimonianLaird => {
            let fixed = get(0.0)?;
            ((fixed.q - df) / fixed.trace).max(0.0)
        }
        Between::PauleMandel => q_equals(&get, 0.0, df)?,
        Between::SidikJonkman => {
            let first = spread(model, skip);
            if first <= 0.0 {
                return Ok(0.0);
            }
            first * get(first)?.q / df
        }
        Between::Reml => {
            let start = match start {
                Some(start) => start,
                None => hedges()?.max(0.0),
            };
            reml(&get, model, start)?
        }
    })
}

/// Plain variance of the estimates, over their number.
fn spread(model: &Model, skip: Option<usize>) -> f64 {
    let kept = || {
        let all = model.y.iter().enumerate();
        all.filter(move |(i, _)| Some(*i) != skip).map(|(_, y)| *y)
    };
    let n = kept().count() as f64;
    let mean = kept().sum::<f64>() / n;
    kept().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n
}

const NOT_FOUND: &str = "the search for the variance between programmes didn't end";

fn not_found() -> Refused {
    Refused::new(
        NOT_FOUND,
        "Use another estimator of it, such as Paule-Mandel or DerSimonian-Laird.",
    )
}

/// Restricted maximum likelihood: Newton steps on the score where the likelihood is concave, Fisher scoring elsewhere, kept within
/// what the sign of the score has shown so far, and at 0 or above. Where likelihood has a second peak at 0, the higher is taken.
fn reml(
    get: &impl Fn(f64) -> Result<Profile, Refused>,
    model: &Model,
    start: f64,
) -> Result<f64, Refused> {
    let unit = model.v.iter().sum::<f64>() / model.k() as f64;
    let (mut low, mut high): (Option<f64>, Option<f64>) = (None, None);
    let mut tau2: f64 = start;
    for _ in 0..200 {
        let at = get(tau2)?;
        // Twice the score.
        let score = at.ypp - at.trace;
        if score <= 0.0 && tau2 == 0.0 {
            return Ok(0.0);
        }
        if score > 0.0 {
            low = Some(tau2);
        } else {
            high = Some(tau2);
        }
        let observed = 2.0 * at.yppp - at.trace2;
        let concave = observed > 1e-3 * at.trace2;
        let information = if concave { observed } else { at.trace2 };
        let near = 1e-11 * (tau2 + 1e-3 * unit);
        let mut next = (tau2 + score / information).max(0.0);
        let done = concave && (next - tau2).abs() <= near;
        if let (Some(low), Some(high)) = (low, high)
            && !done
            && !(concave && low < next && next < high)
        {
            next = (low + high) / 2.0;
        }
        if done || (next - tau2).abs() <= near {
            return peak(get, next);
        }
        tau2 = next;
    }
    Err(not_found())
}

/// The higher peak of the likelihood, where there is one at 0 too.
fn peak(get: &impl Fn(f64) -> Result<Profile, Refused>, tau2: f64) -> Result<f64, Refused> {
    let zero = get(0.0)?;
    let second = zero.ypp < zero.trace && zero.likelihood() >= get(tau2)?.likelihood();
    Ok(if second { 0.0 } else { tau2 })
}

/// The `tau2` from `from` on at which Q is `target`, or `from` where Q is below it there. Q falls and is convex, so that Newton's
/// steps come near it from the left.
fn q_equals(
    get: &impl Fn(f64) -> Result<Profile, Refused>,
    from: f64,
    target: f64,
) -> Result<f64, Refused> {
    let mut tau2 = from;
    for _ in 0..500 {
        let at = get(tau2)?;
        let step = (at.q - target) / at.ypp;
        // Also where rounding, or Q below the target, would lead back; a Q of 0 gives no number.
        if at.q <= target || step <= 1e-12 * tau2 {
            return Ok(tau2);
        }
        tau2 += step;
    }
    Err(not_found())
}

/// Interval of tau2: all values at which Q lies between the quantiles of chi-squared.
fn q_profile(model: &Model, fixed: &Profile, confidence: f64) -> Result<Option<Range>, Refused> {
    let chi = ChiSquared::new((model.k() - model.p) as f64)
        .map_err(|_| Refused::new("no estimate is left over", "Leave out moderators."))?;
    let tail = (1.0 - confidence) / 2.0;
    let (least, most) = (chi.inverse_cdf(tail), chi.inverse_cdf(1.0 - tail));
    if fixed.q < least {
        return Ok(None);
    }
    let get = |tau2| model.at(tau2, None).ok_or_else(undetermined);
    let low = q_equals(&get, 0.0, most)?;
    let high = q_equals(&get, low, least)?;
    Ok(Some(Range { low, high }))
}
