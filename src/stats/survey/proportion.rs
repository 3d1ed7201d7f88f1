//! Intervals of proportions, from simple and from complex samples.
//!
//! | interval | for what |
//! |---|---|
//! | [`wilson`] | the default: its coverage is near the level on average, for any share, also 0 of n and n of n (Wilson 1927; Newcombe 1998; Brown, Cai & DasGupta 2001) |
//! | [`clopper_pearson`] | where coverage below the level is not acceptable: never below it for a simple sample, and wider (Clopper & Pearson 1934) |
//! | [`logit`] | where the software that a result is compared with uses it; never for shares of 0 or 1 |
//!
//! The usual value plus and minus t times the standard error leaves 0 to 1, is too short near the ends, and has no width at 0 of n.
//!
//! From a complex sample, put in the effective number of rows in place of n (Korn & Graubard 1998, "Confidence intervals for
//! proportions with small expected number of positive counts estimated from survey data"; Dean & Pagano 2015 for Wilson): a
//! [`effective_rows`] from the estimated variance, or [`effective_rows_by_deff`] with a design effect where the variance is 0.

use crate::stats::Refused;
use crate::stats::distribution::{beta_quantile, normal_quantile, t_quantile};

/// Lower and upper bound of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Wilson's score interval (1927), without continuity correction, of a share among `rows` (effective rows: any number above 0).
///
/// # Errors
/// No rows; a share outside 0 to 1.
pub fn wilson(share: f64, rows: f64, confidence: f64) -> Result<Bounds, Refused> {
    checked(share, rows)?;
    let z = normal_quantile(f64::midpoint(1.0, confidence));
    let below = 1.0 + z * z / rows;
    let centre = (share + z * z / (2.0 * rows)) / below;
    let half = z / below * (share * (1.0 - share) / rows + z * z / (4.0 * rows * rows)).sqrt();
    // At the ends the bound is the share itself, but for rounding.
    Ok(Bounds {
        low: if share == 0.0 {
            0.0
        } else {
            (centre - half).max(0.0)
        },
        high: if share == 1.0 {
            1.0
        } else {
            (centre + half).min(1.0)
        },
    })
}

/// The interval of Clopper & Pearson (1934) by beta quantiles; with effective rows that of Korn & Graubard (1998).
///
/// # Errors
/// No rows; a share outside 0 to 1.
pub fn clopper_pearson(share: f64, rows: f64, confidence: f64) -> Result<Bounds, Refused> {
    checked(share, rows)?;
    let tail = (1.0 - confidence) / 2.0;
    let (hits, others) = (rows * share, rows * (1.0 - share));
    Ok(Bounds {
        low: if share == 0.0 {
            0.0
        } else {
            beta_quantile(tail, hits, others + 1.0)
        },
        high: if share == 1.0 {
            1.0
        } else {
            beta_quantile(1.0 - tail, hits + 1.0, others)
        },
    })
}

/// The symmetrical interval of log(p / (1 - p)) by t, taken back.
///
/// # Errors
/// A share of 0 or 1, where the logit is infinite; no standard error; fewer than one degree of freedom.
pub fn logit(share: f64, se: f64, df: f64, confidence: f64) -> Result<Bounds, Refused> {
    let varies = share > 0.0 && share < 1.0 && se > 0.0 && se.is_finite();
    let t = t_quantile(f64::midpoint(1.0, confidence), df);
    if !varies || t.is_nan() || df < 1.0 {
        return Err(Refused::new(
            "the logit interval needs a share between 0 and 1 that varies between clusters",
            "Use Wilson's interval.",
        ));
    }
    let centre = (share / (1.0 - share)).ln();
    let half = t * se / (share * (1.0 - share));
    let back = |x: f64| 1.0 / (1.0 + (-x).exp());
    Ok(Bounds {
        low: back(centre - half),
        high: back(centre + half),
    })
}

/// Effective number of rows behind a share with a standard error under the design: share (1 - share) / se^2, times the squared
/// ratio of the t quantiles with `rows` - 1 and with the design's degrees of freedom (Korn & Graubard 1998), and
/// no more than `rows` (a design effect below 1 is more often an accident than a gain; Parker et al. 2017, "National Center for
/// Health Statistics data presentation standards for proportions").
///
/// # Errors
/// A share of 0 or 1, or one that doesn't vary; fewer than two rows or one degree of freedom.
pub fn effective_rows(
    share: f64,
    se: f64,
    rows: f64,
    df: f64,
    confidence: f64,
) -> Result<f64, Refused> {
    let effective = share * (1.0 - share) / (se * se);
    if !(effective.is_finite() && effective > 0.0) {
        return Err(Refused::new(
            "the share does not vary between clusters, so the data can't tell the design effect",
            "Assume one: that of a related indicator, or of the weights and a likely likeness within clusters.",
        ));
    }
    adjusted(effective, rows, df, confidence)
}

/// The same from a design effect: for shares of 0 and 1, with that of a related indicator, or an
/// [assumed](super::design_effect::assumed) one.
///
/// # Errors
/// A design effect that is not above 0; fewer than two rows or one degree of freedom.
pub fn effective_rows_by_deff(
    rows: f64,
    deff: f64,
    df: f64,
    confidence: f64,
) -> Result<f64, Refused> {
    if !(deff > 0.0 && deff.is_finite()) {
        return Err(Refused::new(
            "the design effect is not above 0",
            "Give a design effect of 1 or more.",
        ));
    }
    adjusted(rows / deff, rows, df, confidence)
}

fn adjusted(effective: f64, rows: f64, df: f64, confidence: f64) -> Result<f64, Refused> {
    if rows < 2.0 || df < 1.0 {
        return Err(Refused::new(
            "there are too few rows or clusters to estimate the sampling error",
            "At least one stratum needs two clusters with rows here; merge groups or strata.",
        ));
    }
    let p = f64::midpoint(1.0, confidence);
    let ratio = t_quantile(p, rows - 1.0) / t_quantile(p, df);
    Ok((effective * ratio * ratio).min(rows))
}

fn checked(share: f64, rows: f64) -> Result<(), Refused> {
    if !(rows > 0.0 && rows.is_finite()) {
        return Err(Refused::new(
            "there are no rows",
            "Choose a group with rows.",
        ));
    }
    if !(0.0..=1.0).contains(&share) {
        return Err(Refused::new(
            format!("{share} is not a share between 0 and 1"),
            "Use the interval of a ratio.",
        ));
    }
    Ok(())
}
