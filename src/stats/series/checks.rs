//! Is there autocorrelation left in residuals? Durbin-Watson, Breusch-Godfrey, Ljung-Box.

use super::design::Design;
use crate::stats::Refused;
use crate::stats::distribution::chi_squared_above;
use crate::stats::linear;
use nalgebra::DMatrix;

/// A chi-squared test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// Probability of one as large or larger without autocorrelation.
    pub p: f64,
}

impl Test {
    fn new(statistic: f64, df: usize) -> Test {
        Test {
            statistic,
            df,
            p: chi_squared_above(statistic, df as f64),
        }
    }
}

/// Checks of residuals; rows of different series are never neighbours.
#[derive(Debug, Clone, PartialEq)]
pub struct Checks {
    /// Durbin & Watson (1950): near 2 without first-order autocorrelation, below 2 where neighbours are alike.
    pub durbin_watson: f64,
    /// Breusch (1978) and Godfrey (1978): n R2 of the residuals on the columns and earlier residuals (0 where there is none).
    /// Refused where rows are too few.
    pub breusch_godfrey: Result<Test, Refused>,
    /// Ljung & Box (1978), summed over the series with each series' own length.
    pub ljung_box: Test,
}

/// `kept[i]` is the place in the design of residual i; `estimated` the number of autocorrelations that were estimated.
pub(super) fn checks(
    design: &Design,
    kept: &[usize],
    fit: &linear::Fit,
    lags: usize,
    estimated: usize,
) -> Checks {
    let mut residual: Vec<Option<f64>> = vec![None; design.y.len()];
    for (i, e) in kept.iter().zip(fit.residuals.iter()) {
        residual[*i] = Some(*e);
    }
    let at = |i: usize| residual.get(i).copied().flatten();
    let earlier = |i: usize, lag: usize| design.earlier(i, lag as i64).and_then(at);
    let squares = fit.residuals.norm_squared();
    let steps: f64 = kept
        .iter()
        .filter_map(|&i| Some((at(i)? - earlier(i, 1)?).powi(2)))
        .sum();
    Checks {
        durbin_watson: steps / squares,
        breusch_godfrey: breusch_godfrey(fit, kept, lags, earlier),
        ljung_box: ljung_box(design, &residual, lags, estimated),
    }
}

fn breusch_godfrey(
    fit: &linear::Fit,
    kept: &[usize],
    lags: usize,
    earlier: impl Fn(usize, usize) -> Option<f64>,
) -> Result<Test, Refused> {
    let x = DMatrix::from_fn(fit.n, fit.k + lags, |i, j| {
        if j < fit.k {
            fit.x[(i, j)]
        } else {
            earlier(kept[i], j - fit.k + 1).unwrap_or(0.0)
        }
    });
    let mut names = fit.names.clone();
    names.extend((1..=lags).map(|lag| format!("residual {lag} steps before")));
    let auxiliary = linear::fit(fit.residuals.as_slice(), &x, &names, None)?;
    if auxiliary.n <= auxiliary.k {
        return Err(Refused::new(
            "the steps are too few for so many lags",
            "Check fewer lags.",
        ));
    }
    let explained = 1.0 - auxiliary.residual_squares() / fit.residuals.norm_squared();
    Ok(Test::new(fit.n as f64 * explained, lags))
}

fn ljung_box(design: &Design, residual: &[Option<f64>], lags: usize, estimated: usize) -> Test {
    let mut statistic = 0.0;
    for s in 0..design.series {
        let own: Vec<usize> = (0..residual.len())
            .filter(|&i| design.places[i].series == s && residual[i].is_some())
            .collect();
        let n = own.len() as f64;
        let value = |i: usize| residual[i].unwrap_or(0.0);
        let mean = own.iter().map(|&i| value(i)).sum::<f64>() / n;
        let squares: f64 = own.iter().map(|&i| (value(i) - mean).powi(2)).sum();
        for lag in 1..=lags {
            let along: f64 = own
                .iter()
                .filter_map(|&i| {
                    let j = design.earlier(i, lag as i64)?;
                    residual[j].map(|e| (value(i) - mean) * (e - mean))
                })
                .sum();
            statistic += n * (n + 2.0) * (along / squares).powi(2) / (n - lag as f64);
        }
    }
    Test::new(
        statistic,
        (lags * design.series).saturating_sub(estimated).max(1),
    )
}
