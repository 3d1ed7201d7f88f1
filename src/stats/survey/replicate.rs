//! Variance by replicate weights that came with the data.
//!
//! Variance: scale times the sum over replicates of rscale_r (estimate with the weights r, less the centre) squared.
//!
//! | scheme | scale | rscale | source |
//! |---|---|---|---|
//! | JK1 | (R - 1) / R | 1 | Wolter 2007, ch. 4 |
//! | JKn | 1 | (n_h - 1) / n_h of the stratum whose cluster is left out | Rust & Rao 1996 |
//! | balanced repeated replication | 1 / R | 1 | McCarthy 1969 |
//! | Fay | 1 / (R (1 - rho)^2) | 1 | Judkins 1990 |
//! | bootstrap | 1 / R about the estimate, 1 / (R - 1) about the mean | 1 | Rao, Wu & Yue 1992 |

use crate::stats::{Inference, Refused};
use nalgebra::DMatrix;

/// How the replicate weights were made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme<'a> {
    /// One cluster left out at a time, without strata.
    Jk1,
    /// One cluster left out at a time, within strata: (n_h - 1) / n_h of each replicate.
    Jkn(&'a [f64]),
    /// Balanced half samples.
    Brr,
    /// Half samples with weights times 2 - rho and rho instead of 2 and 0: rho.
    Fay(f64),
    /// Clusters drawn with replacement (rescaled).
    Bootstrap,
    /// As the documentation of the data says: scale, and rscale of each replicate.
    Given(f64, &'a [f64]),
}

/// About what the squares are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Centre {
    /// The estimate with the full weights: the larger variance, and the default of most documentation.
    Estimate,
    /// The mean of the replicates.
    Mean,
}

/// Variance of an estimate from the estimates with each set of replicate weights.
///
/// # Errors
/// Fewer than two replicates; one that is undefined; factors that don't fit the replicates or make no sense.
pub fn variance(
    value: f64,
    replicates: &[f64],
    scheme: &Scheme<'_>,
    centre: Centre,
) -> Result<f64, Refused> {
    if replicates.len() < 2 {
        return Err(Refused::new(
            "there are fewer than two replicate weights",
            "Name all columns of replicate weights.",
        ));
    }
    if let Some(at) = replicates.iter().position(|r| !r.is_finite()) {
        return Err(Refused::new(
            format!(
                "the value is undefined with the replicate weights {}",
                at + 1
            ),
            "Choose a larger group.",
        ));
    }
    let count = replicates.len() as f64;
    let (scale, each): (f64, Option<&[f64]>) = match *scheme {
        Scheme::Jk1 => ((count - 1.0) / count, None),
        Scheme::Jkn(each) => (1.0, Some(each)),
        Scheme::Brr => (1.0 / count, None),
        Scheme::Fay(rho) if (0.0..1.0).contains(&rho) => {
            (1.0 / (count * (1.0 - rho).powi(2)), None)
        }
        Scheme::Fay(rho) => {
            return Err(Refused::new(
                format!("Fay's factor of {rho} is not from 0 to below 1"),
                "The documentation of the data gives it; 0.5 and 0.3 are common.",
            ));
        }
        Scheme::Bootstrap if centre == Centre::Mean => (1.0 / (count - 1.0), None),
        Scheme::Bootstrap => (1.0 / count, None),
        Scheme::Given(scale, each) => (scale, Some(each)),
    };
    let sensible = |x: &f64| x.is_finite() && *x >= 0.0;
    if each.is_some_and(|e| e.len() != replicates.len() || !e.iter().all(sensible))
        || !(sensible(&scale) && scale > 0.0)
    {
        return Err(Refused::new(
            format!("the factors of the variance don't fit the {count} replicates"),
            "Give a scale above 0 and one factor of 0 or more for each replicate, as the documentation of the data says.",
        ));
    }
    let about = match centre {
        Centre::Estimate => value,
        Centre::Mean => replicates.iter().sum::<f64>() / count,
    };
    let factor = |at: usize| each.map_or(1.0, |e| e[at]);
    let squares = replicates.iter().enumerate();
    Ok(scale
        * squares
            .map(|(at, r)| factor(at) * (r - about).powi(2))
            .sum::<f64>())
}

/// The estimate with its standard error by replicates and interval by t.
///
/// `df`: those that the documentation of the data gives, else [`degrees_of_freedom`].
///
/// # Errors
/// See [`variance`]; the value does not vary; fewer than one degree of freedom.
pub fn inference(
    value: f64,
    replicates: &[f64],
    scheme: &Scheme<'_>,
    centre: Centre,
    df: f64,
    confidence: f64,
) -> Result<Inference, Refused> {
    let se = variance(value, replicates, scheme, centre)?.sqrt();
    if se <= value.abs() * 1e-14 {
        return Err(Refused::new(
            "the value does not vary between replicates, so its sampling error can't be estimated",
            "For a share of 0 or 100 %, use an interval for proportions with an assumed design effect.",
        ));
    }
    if df.is_nan() || df < 1.0 {
        return Err(Refused::new(
            "there are too few replicates to estimate the sampling error",
            "Give the degrees of freedom of the design, clusters less strata.",
        ));
    }
    Ok(Inference::t(value, se, df, confidence))
}

/// Degrees of freedom by the replicate weights: the rank of their matrix less 1 (as Lumley 2010, "Complex Surveys", counts
/// them). For
/// JK1 and JKn that is clusters less strata.
///
/// `weights`: replicates x rows.
///
/// # Errors
/// Weights of different length, or missing ones.
pub fn degrees_of_freedom(weights: &[&[f64]]) -> Result<f64, Refused> {
    let rows = weights.first().map_or(0, |w| w.len());
    if rows == 0
        || weights
            .iter()
            .any(|w| w.len() != rows || w.iter().any(|x| !x.is_finite()))
    {
        return Err(Refused::new(
            "a replicate weight is missing",
            "Every row needs all replicate weights; 0 stands for left out.",
        ));
    }
    let count = weights.len();
    let length: Vec<f64> = weights
        .iter()
        .map(|w| dot(w, w).sqrt().max(f64::MIN_POSITIVE))
        .collect();
    let products = DMatrix::from_fn(count, count, |i, j| {
        dot(weights[i], weights[j]) / (length[i] * length[j])
    });
    let values = products.symmetric_eigenvalues();
    // The tolerance is that of a rank of the weights themselves at 1e-5, squared.
    let least = values.max() * 1e-10;
    let rank = values.iter().filter(|v| **v > least).count() as f64;
    Ok(rank - 1.0)
}

/// Checks replicate weights against the full ones: factors in place of weights are the usual mistake.
///
/// # Errors
/// A negative weight, or replicate weights whose sum is less than half or more than twice that of the full weights.
pub fn check(full: &[f64], weights: &[&[f64]]) -> Result<(), Refused> {
    let total: f64 = full.iter().sum();
    for (at, replicate) in weights.iter().enumerate() {
        if let Some(negative) = replicate.iter().find(|w| **w < 0.0) {
            return Err(Refused::new(
                format!(
                    "the replicate weights {} have a negative weight, {negative}",
                    at + 1
                ),
                "Check the columns of replicate weights.",
            ));
        }
        let ratio = replicate.iter().sum::<f64>() / total;
        if !(0.5..=2.0).contains(&ratio) {
            return Err(Refused::new(
                format!(
                    "the replicate weights {} add up to {ratio:.3} of the full weights",
                    at + 1
                ),
                "Where the columns hold factors, multiply them by the full weight; give all strata's rows in every replicate.",
            ));
        }
    }
    Ok(())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
