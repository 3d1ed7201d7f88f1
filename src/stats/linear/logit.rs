//! Logistic regression by iteratively reweighted least squares, with separation refused in words.

use super::covariance::{Covariance, Kind};
use super::fit::{Fit, check, fit_checked};
use crate::stats::Refused;
use nalgebra::{DMatrix, DVector};

/// A logistic regression.
#[derive(Debug, Clone)]
pub struct Logit {
    /// The weighted regression of the last step. Its weights times residuals are (prior weight) (y - p), so that the covariances
    /// HC0, HC1, CR0, CR1 and two-way of this fit are the sandwich estimators of the logit; `r2` is McFadden's.
    pub fit: Fit,
    /// Probability of 1 of each row, n.
    pub probabilities: Vec<f64>,
    /// Log likelihood, weighted.
    pub log_likelihood: f64,
    /// Steps it took.
    pub steps: usize,
}

impl Logit {
    /// Inverse of the information matrix, with the normal distribution; not meaningful under probability weights.
    pub fn covariance(&self) -> Covariance {
        Covariance::new(Kind::Classical, self.fit.bread.clone(), f64::INFINITY)
    }
}

/// Most steps. The likelihood is concave, so that a maximum is reached in some 5 to 15; without one the coefficients go on
/// growing.
const STEPS: usize = 40;

/// Regression of the log odds of `y` (n, 0 or 1) on the columns of `x` (n x k), by maximum (weighted) likelihood.
///
/// # Errors
/// An outcome other than 0 and 1, or one that doesn't vary; separation, with the columns that tell the outcome without exception;
/// what [`fit`](super::fit()) refuses.
pub fn logit(
    y: &[f64],
    x: &DMatrix<f64>,
    names: &[String],
    weights: Option<&[f64]>,
) -> Result<Logit, Refused> {
    check(y, x, names, weights)?;
    if let Some(row) = y.iter().position(|v| *v != 0.0 && *v != 1.0) {
        return Err(Refused::new(
            format!(
                "the outcome is {} in row {}, neither 0 nor 1",
                y[row],
                row + 1
            ),
            "Give an outcome of 0 and 1.",
        ));
    }
    let ones = y.iter().filter(|v| **v == 1.0).count();
    if ones == 0 || ones == y.len() {
        let all = u8::from(ones > 0);
        return Err(Refused::new(
            format!("the outcome does not vary: all {} rows are {all}", y.len()),
            "Look whether the rows of one side were left out.",
        ));
    }
    let prior = |i: usize| weights.map_or(1.0, |w| w[i]);
    let likelihood = |eta: &DVector<f64>| -> f64 {
        let rows = eta.iter().zip(y).enumerate();
        rows.map(|(i, (eta, y))| {
            let signed = if *y == 1.0 { *eta } else { -eta };
            // log(1 / (1 + exp(-signed))) without overflow.
            prior(i) * (signed.min(0.0) - (-signed.abs()).exp().ln_1p())
        })
        .sum()
    };
    let mut coefficients = DVector::zeros(x.ncols());
    let mut eta: DVector<f64> = DVector::zeros(y.len());
    let mut reached = likelihood(&eta);
    let mut settled = false;
    for step in 1..=STEPS {
        let probabilities: Vec<f64> = eta.iter().map(|e| 1.0 / (1.0 + (-e).exp())).collect();
        // p (1 - p), with the digits of 1 - p.
        let spread = |i: usize| probabilities[i] / (1.0 + eta[i].exp());
        let working: Vec<f64> = (0..y.len()).map(|i| prior(i) * spread(i)).collect();
        // The regression of what is left gives the step alone, so that no digits are lost to a large linear predictor.
        // (y - p) / (p (1 - p)), which is never 0, not even where p has rounded to 0 or 1.
        let left: Vec<f64> = (0..y.len())
            .map(|i| {
                if y[i] == 1.0 {
                    1.0 + (-eta[i]).exp()
                } else {
                    -1.0 - eta[i].exp()
                }
            })
            .collect();
        let mut fit = match fit_checked(&left, x.clone(), names, Some(&working), names.len()) {
            Ok(fit) => fit,
            // Columns that are collinear by themselves are so at the first step.
            Err(refused) if step == 1 => return Err(refused),
            Err(_) => break,
        };
        let change = x * &fit.coefficients;
        // Steps shrink quadratically: one more after a step this small leaves nothing.
        let small = change.amax() <= 1e-7 * eta.amax().max(1.0);
        if small && settled {
            let total: f64 = (0..y.len()).map(prior).sum();
            let share = (0..y.len()).map(|i| prior(i) * y[i]).sum::<f64>() / total;
            let null = DVector::from_element(y.len(), (share / (1.0 - share)).ln());
            fit.coefficients += coefficients;
            fit.residuals = DVector::from_vec(left);
            fit.r2 = 1.0 - reached / likelihood(&null);
            return Ok(Logit {
                fit,
                probabilities,
                log_likelihood: reached,
                steps: step,
            });
        }
        settled = small;
        // Halved until the likelihood doesn't fall, by more than the rounding of its sum.
        let mut by = 1.0;
        loop {
            let moved = &coefficients + &fit.coefficients * by;
            let predictor = x * &moved;
            let now = likelihood(&predictor);
            if now >= reached - 1e-10 * reached.abs() || by < 1e-6 {
                (coefficients, eta, reached) = (moved, predictor, now);
                break;
            }
            by /= 2.0;
        }
    }
    Err(separated(y, x, names, &coefficients))
}

/// Names the columns that separate: one that does so alone, or those that moved the predictor most.
fn separated(y: &[f64], x: &DMatrix<f64>, names: &[String], reached: &DVector<f64>) -> Refused {
    let help = "Leave it out or group its values; or leave out the rows whose outcome it decides.";
    let range = |j: usize, outcome: f64| -> (f64, f64) {
        let column = x.column(j);
        let rows = column.iter().zip(y).filter(|(_, y)| **y == outcome);
        rows.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (x, _)| {
            (low.min(*x), high.max(*x))
        })
    };
    for (j, name) in names.iter().enumerate() {
        let ((low0, high0), (low1, high1)) = (range(j, 0.0), range(j, 1.0));
        let varies = low0.min(low1) < high0.max(high1);
        if varies && (high0 <= low1 || high1 <= low0) {
            return Refused::new(
                format!(
                    "`{name}` tells outcomes of 1 from those of 0 without exception over part or all of its range"
                ),
                help,
            );
        }
    }
    let width = |j: usize| {
        let ((low0, high0), (low1, high1)) = (range(j, 0.0), range(j, 1.0));
        reached[j].abs() * (high0.max(high1) - low0.min(low1))
    };
    let widths: Vec<f64> = (0..names.len()).map(width).collect();
    let most = widths.iter().fold(0.0, |m: f64, w| m.max(*w));
    let with = names.iter().zip(&widths).filter(|(_, w)| **w > 0.2 * most);
    let list: Vec<String> = with.map(|(name, _)| format!("`{name}`")).collect();
    Refused::new(
        format!(
            "{} together tell outcomes of 1 from those of 0 without exception, for some rows or all",
            list.join(", ")
        ),
        "Leave out one of them, or group their values.",
    )
}

#[cfg(test)]
#[path = "logit_tests.rs"]
mod tests;
