//! Autocorrelated errors: the Newey-West variance, and first-order autoregression taken out of the rows.

use super::design::Design;
use crate::stats::Refused;
use crate::stats::linear::{self, Fit};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Autocorrelations beyond this can't be told from a random walk.
const LIMIT: f64 = 0.99;

/// The lags that Newey & West (1994) suggest for `steps`.
pub(super) fn usual_lags(steps: usize) -> usize {
    (4.0 * (steps as f64 / 100.0).powf(2.0 / 9.0)).floor() as usize
}

/// Variance of the coefficients: scores of rows up to `lags` steps apart in the same series, with Bartlett weights.
pub(super) fn newey_west(design: &Design, fit: &Fit, lags: usize) -> DMatrix<f64> {
    let score = |i: usize| fit.x.row(i) * fit.residuals[i];
    let mut meat = DMatrix::zeros(fit.k, fit.k);
    for i in 0..fit.n {
        let here = score(i);
        meat += here.transpose() * &here;
        for lag in 1..=lags {
            if let Some(j) = design.earlier(i, lag as i64) {
                let weight = 1.0 - lag as f64 / (lags as f64 + 1.0);
                let product = here.transpose() * score(j) * weight;
                meat += &product + product.transpose();
            }
        }
    }
    let factor = fit.n as f64 / (fit.n - fit.k) as f64;
    &fit.bread * meat * &fit.bread * factor
}

/// First-order autocorrelation of residuals: the regression of each on the one a step before.
pub(super) fn autocorrelation(design: &Design, residuals: &[f64]) -> f64 {
    let (mut along, mut square) = (0.0, 0.0);
    for i in 1..residuals.len() {
        if design.since(i) == Some(1) {
            along += residuals[i] * residuals[i - 1];
            square += residuals[i - 1] * residuals[i - 1];
        }
    }
    along / square
}

/// A fit to rows from which the autoregression was taken out.
pub(super) struct Whitened {
    pub(super) fit: Fit,
    pub(super) rho: f64,
    /// Place in the design of each row of the fit.
    pub(super) kept: Vec<usize>,
}

/// Regression after taking out an autocorrelation of `rho`. A step after a gap of d keeps rho^d of the one before it.
fn whiten(design: &Design, rho: f64, with_first: bool) -> Result<(Whitened, f64), Refused> {
    let mut kept = Vec::new();
    let (mut y, mut rows, mut log_scales) = (Vec::new(), Vec::new(), 0.0);
    for i in 0..design.y.len() {
        let (scale, before) = match design.since(i) {
            None if !with_first => continue,
            None => ((1.0 - rho * rho).sqrt(), 0.0),
            Some(steps) => {
                let power = rho.powi(i32::try_from(steps).unwrap_or(i32::MAX));
                (((1.0 - rho * rho) / (1.0 - power * power)).sqrt(), power)
            }
        };
        kept.push(i);
        log_scales += scale.ln();
        let previous = i.saturating_sub(1);
        y.push(scale * (design.y[i] - before * design.y[previous]));
        rows.push((design.x.row(i) - design.x.row(previous) * before) * scale);
    }
    let x = DMatrix::from_rows(&rows);
    let fit = linear::fit_with(&y, x, &design.names, None)?;
    Ok((Whitened { fit, rho, kept }, log_scales))
}

/// Cochrane-Orcutt or (with each series' first step) Prais-Winsten, iterated until the autocorrelation stands still.
pub(super) fn iterated(
    design: &Design,
    start: &Fit,
    with_first: bool,
) -> Result<Whitened, Refused> {
    let mut rho = autocorrelation(design, start.residuals.as_slice());
    for _ in 0..500 {
        if rho.abs() >= LIMIT {
            return Err(random_walk());
        }
        let (white, _) = whiten(design, rho, with_first)?;
        let fitted = &design.x * &white.fit.coefficients;
        let residuals: Vec<f64> = design
            .y
            .iter()
            .zip(fitted.iter())
            .map(|(y, f)| y - f)
            .collect();
        let next = autocorrelation(design, &residuals);
        if (next - rho).abs() < 1e-10 {
            return Ok(white);
        }
        rho = next;
    }
    Err(Refused::new(
        "the autocorrelation did not settle",
        "Use restricted likelihood or Newey-West standard errors.",
    ))
}

/// The autocorrelation of largest restricted likelihood, of all its peaks (Patterson & Thompson 1971; Cheang & Reinsel 2000).
pub(super) fn restricted_likelihood(design: &Design) -> Result<Whitened, Refused> {
    let lost = |rho: f64| -> Result<f64, Refused> {
        let (white, log_scales) = whiten(design, rho, true)?;
        let fit = &white.fit;
        let free = (fit.n - fit.k) as f64;
        // Minus twice the logarithm, less what doesn't depend on rho: log |V| + log |X'V^-1 X| + (n - k) log RSS.
        let precision = -2.0 * fit.root.determinant().abs().ln();
        Ok(-2.0 * log_scales + precision + free * fit.residual_squares().ln())
    };
    // Even steps of the inverse hyperbolic tangent lie closer towards the ends, where peaks are narrow.
    let end = (LIMIT + 0.005).atanh();
    let grid: Vec<f64> = (-40..=40)
        .map(|i| (end * f64::from(i) / 40.0).tanh())
        .collect();
    let found: Vec<Result<f64, Refused>> = grid.par_iter().map(|rho| lost(*rho)).collect();
    let values: Vec<f64> = found.into_iter().collect::<Result<_, _>>()?;
    let mut best = (f64::INFINITY, 0.0);
    // There may be several peaks, and the highest of the grid need not be next to the highest of all: each is climbed.
    for (at, value) in values.iter().enumerate() {
        let left = values.get(at.wrapping_sub(1)).unwrap_or(value);
        let right = values.get(at + 1).unwrap_or(value);
        if value <= left && value <= right {
            let low = grid.get(at.wrapping_sub(1)).unwrap_or(&grid[at]);
            let high = grid.get(at + 1).unwrap_or(&grid[at]);
            let (rho, value) = refined(&lost, *low, *high)?;
            if value < best.0 {
                best = (value, rho);
            }
        }
    }
    let rho = best.1;
    if rho.abs() >= LIMIT {
        return Err(random_walk());
    }
    Ok(whiten(design, rho, true)?.0)
}

/// Golden section: the least between two places, and its value.
fn refined(
    lost: &(impl Fn(f64) -> Result<f64, Refused> + Sync),
    mut low: f64,
    mut high: f64,
) -> Result<(f64, f64), Refused> {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..50 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        let (at_a, at_b) = rayon::join(|| lost(a), || lost(b));
        if at_a? <= at_b? {
            high = b;
        } else {
            low = a;
        }
    }
    let place = f64::midpoint(low, high);
    Ok((place, lost(place)?))
}

fn random_walk() -> Refused {
    Refused::new(
        "each step repeats the one before nearly whole (autocorrelation of 0.99 or more), so that a change can't be told from drift",
        "Analyse the differences from step to step, or use a control series.",
    )
}
