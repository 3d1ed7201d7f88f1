//! Groups of programmes, the programme as the unit: means, one test for all groups, and their pairs.

use super::estimate::Estimate;
use super::family::{Correction, Pair, all_pairs, tukey_kramer};
use crate::stats::Refused;
use crate::stats::distribution::f_above;

/// One test of several groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WelchAnova {
    /// The statistic.
    pub f: f64,
    /// Degrees of freedom of the numerator: groups less 1.
    pub df1: f64,
    /// Degrees of freedom of the denominator, from the groups' own variances.
    pub df2: f64,
    /// p-value of "all groups have the same mean".
    pub p: f64,
}

/// Mean of each group with the standard error s/√n and n - 1 degrees of freedom.
///
/// # Errors
/// A group of fewer than two values, whose values are all equal, or with one that is no number.
pub fn summaries(groups: &[&[f64]]) -> Result<Vec<Estimate>, Refused> {
    groups
        .iter()
        .enumerate()
        .map(|(at, values)| {
            let (mean, variance) = moments(at, values)?;
            let n = values.len() as f64;
            if variance == 0.0 {
                return Err(Refused::new(
                    format!("all values of group {} are the same", at + 1),
                    "Leave the group out, or compare it as an exact value: its own values can't show how sure its mean is.",
                ));
            }
            Estimate::new(mean, (variance / n).sqrt(), n - 1.0)
        })
        .collect()
}

/// Whether any group means differ, with unequal variances (Welch 1951).
///
/// With w = 1/se², W their sum, m the weighted mean and L = Σ (1 - w/W)²/(n - 1): F = Σ w (mean - m)²/(k - 1) /
/// (1 + 2 (k - 2) L/(k² - 1)) on k - 1 and (k² - 1)/(3 L) degrees of freedom.
///
/// # Errors
/// Fewer than two groups, or one that [`summaries`] refuses.
pub fn welch_anova(groups: &[&[f64]]) -> Result<WelchAnova, Refused> {
    if groups.len() < 2 {
        return Err(Refused::new(
            "there are fewer than two groups",
            "Give two groups at least, each with two values or more.",
        ));
    }
    Ok(welch(&summaries(groups)?))
}

/// The same from the means themselves, each with its standard error above 0 and its degrees of freedom; two of them at least.
pub fn welch(summaries: &[Estimate]) -> WelchAnova {
    let k = summaries.len() as f64;
    // Relative to the largest, so that squares of tiny standard errors stay finite.
    let least = summaries
        .iter()
        .fold(f64::INFINITY, |least, s| least.min(s.se));
    let weights: Vec<f64> = summaries.iter().map(|s| (least / s.se).powi(2)).collect();
    let total: f64 = weights.iter().sum();
    let each = || summaries.iter().zip(&weights);
    let mean = each().map(|(s, w)| w * s.value).sum::<f64>() / total;
    let between = each()
        .map(|(s, w)| w * ((s.value - mean) / least).powi(2))
        .sum::<f64>()
        / (k - 1.0);
    let spread: f64 = each().map(|(s, w)| (1.0 - w / total).powi(2) / s.df).sum();
    let f = between / (1.0 + 2.0 * (k - 2.0) * spread / (k * k - 1.0));
    let df2 = (k * k - 1.0) / (3.0 * spread);
    WelchAnova {
        f,
        df1: k - 1.0,
        df2,
        p: f_above(f, k - 1.0, df2),
    }
}

/// All pairs of groups with their own variances (Games & Howell 1976).
///
/// # Errors
/// What [`summaries`] or [`all_pairs`] refuses.
pub fn games_howell(groups: &[&[f64]], confidence: f64) -> Result<Vec<Pair>, Refused> {
    all_pairs(&summaries(groups)?, Correction::Simultaneous, confidence)
}

/// All pairs of groups under one variance for all (Tukey 1953; Kramer 1956). Where variances differ, smaller groups with larger ones
/// make it find too much: [`games_howell`] then.
///
/// # Errors
/// An empty group, no group with two values, values all equal within their groups, a value that is no number, or what
/// [`tukey_kramer`] refuses.
pub fn tukey(groups: &[&[f64]], confidence: f64) -> Result<Vec<Pair>, Refused> {
    let (mut means, mut sizes, mut squares) = (Vec::new(), Vec::new(), 0.0);
    for (at, values) in groups.iter().enumerate() {
        let (mean, variance) = if values.len() == 1 {
            // One value has a mean and adds nothing to the variance.
            (moments(at, &[values[0], values[0]])?.0, 0.0)
        } else {
            moments(at, values)?
        };
        means.push(mean);
        sizes.push(values.len());
        squares += variance * (values.len() - 1) as f64;
    }
    let df = sizes.iter().sum::<usize>() as f64 - groups.len() as f64;
    if df < 1.0 || squares == 0.0 {
        return Err(Refused::new(
            "the groups show no variation within them",
            "Give groups of two values or more that are not all equal.",
        ));
    }
    tukey_kramer(&means, &sizes, squares / df, df, confidence)
}

/// Mean and variance (n - 1) of one group.
fn moments(at: usize, values: &[f64]) -> Result<(f64, f64), Refused> {
    if values.len() < 2 {
        return Err(Refused::new(
            format!("group {} has fewer than two values", at + 1),
            "Leave the group out, or join it with another.",
        ));
    }
    if !values.iter().all(|v| v.is_finite()) {
        return Err(Refused::new(
            format!("group {} has a value that is not a number", at + 1),
            "Leave out what is missing, and list it apart.",
        ));
    }
    let first = values[0];
    if values.iter().all(|v| *v == first) {
        return Ok((first, 0.0));
    }
    let n = values.len() as f64;
    let mean = first + values.iter().map(|v| v - first).sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    Ok((mean, variance))
}
