//! Covariances robust to autocorrelation: Newey-West, over one series or several.

use super::cluster::groups;
use super::covariance::{Covariance, Kind, rows_left, rows_told_alone, sandwich, scores};
use super::fit::Fit;
use crate::stats::Refused;
use nalgebra::DMatrix;

/// Lags by the rule of Newey & West (1994) for Bartlett's kernel: the whole part of 4 (T / 100)^(2/9), T the length of the longest
/// series.
pub fn rule_of_lags(length: usize) -> usize {
    (4.0 * (length as f64 / 100.0).powf(2.0 / 9.0)).floor() as usize
}

/// Newey & West (1987): products of scores up to `lag` apart, with Bartlett's weights 1 - l / (lag + 1), times n / (n - K), and
/// n - K degrees of freedom. Without `lag`, [`rule_of_lags`].
///
/// Rows are in the order of time and evenly spaced; with `series` (a code per row) within each series, whose products never cross
/// into another.
///
/// # Errors
/// A lag as long as the longest series; other than one code per row; no more rows than parameters; an exact fit.
pub fn newey_west(
    fit: &Fit,
    lag: Option<usize>,
    series: Option<&[u32]>,
) -> Result<Covariance, Refused> {
    let left = rows_left(fit)?;
    if series.is_some_and(|s| s.len() != fit.n) {
        return Err(Refused::new(
            "series and rows differ in number",
            "Give one series per row.",
        ));
    }
    let parts = match series {
        Some(codes) => groups(codes),
        None => vec![(0..fit.n).collect()],
    };
    let longest = parts.iter().map(Vec::len).max().unwrap_or(0);
    let lag = lag.unwrap_or_else(|| rule_of_lags(longest));
    if lag >= longest {
        return Err(Refused::new(
            format!("{lag} lags are as many as a series of {longest} points has or more"),
            "Take fewer lags, or a longer series.",
        ));
    }
    let scores = scores(fit);
    let mut meat: DMatrix<f64> = DMatrix::zeros(fit.k, fit.k);
    for l in 0..=lag {
        let (later, earlier): (Vec<usize>, Vec<usize>) = parts
            .iter()
            .flat_map(|rows| rows.iter().skip(l).zip(rows))
            .unzip();
        let product = scores
            .select_rows(&later)
            .tr_mul(&scores.select_rows(&earlier));
        if l == 0 {
            meat += product;
        } else {
            let weight = 1.0 - l as f64 / (lag + 1) as f64;
            meat += (&product + product.transpose()) * weight;
        }
    }
    meat *= fit.n as f64 / left;
    let mut covariance = Covariance::new(Kind::NeweyWest, sandwich(fit, &meat), left);
    covariance.lag = Some(lag);
    covariance.alone = rows_told_alone(fit);
    Ok(covariance)
}
