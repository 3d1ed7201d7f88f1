//! Joint test of several restrictions on coefficients.

use super::covariance::Covariance;
use super::fit::Fit;
use crate::stats::{Refused, distribution};
use nalgebra::{DMatrix, DVector};

/// A joint test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wald {
    /// F statistic.
    pub f: f64,
    /// Degrees of freedom of the numerator: restrictions.
    pub df1: f64,
    /// Degrees of freedom of the denominator.
    pub df2: f64,
    /// Probability of a larger F if all restrictions hold.
    pub p: f64,
}

/// Test of `restrictions` (q x k) times coefficients = `null` (q), all at once.
///
/// Q = d'(R V R')^-1 d. With CR2, F = (eta - q + 1) / (eta q) Q on q and eta - q + 1 degrees of freedom (approximate Hotelling;
/// Pustejovsky & Tipton 2018, equation 15); otherwise F = Q / q on q and the covariance's degrees of freedom (G - 1 when
/// clustered, n - K when not).
///
/// # Errors
/// Restrictions that repeat each other; more restrictions than clusters can tell; a restriction that one cluster or row alone tells.
pub fn wald(
    fit: &Fit,
    covariance: &Covariance,
    restrictions: &DMatrix<f64>,
    null: &[f64],
) -> Result<Wald, Refused> {
    let q = restrictions.nrows();
    if q == 0 || null.len() != q || restrictions.ncols() != fit.k {
        return Err(Refused::new(
            "the restrictions don't fit the columns of the regression",
            "Give one row of weights and one value per restriction.",
        ));
    }
    for row in restrictions.row_iter() {
        covariance.seen(fit, &row.transpose())?;
    }
    if let Some(least) = covariance.clusters.iter().min().filter(|g| **g <= q) {
        return Err(Refused::new(
            format!("{least} clusters can't tell {q} restrictions at once"),
            "Test fewer restrictions, or one at a time.",
        ));
    }
    let difference = restrictions * &fit.coefficients - DVector::from_column_slice(null);
    let variance = restrictions * &covariance.matrix * restrictions.transpose();
    let q_statistic = quadratic(&difference, &variance).ok_or_else(|| {
        Refused::new(
            "the restrictions repeat each other, or leave no variance to test them by",
            "Test each once.",
        )
    })?;
    let q = q as f64;
    let (f, df2) = match &covariance.working {
        None => (q_statistic / q, covariance.df),
        Some(working) => {
            let eta = working.hotelling(fit, restrictions).unwrap_or(0.0);
            let df2 = eta - q + 1.0;
            if df2 <= 0.0 {
                return Err(Refused::new(
                    format!(
                        "the clusters are too few or too uneven to test {q} restrictions at once"
                    ),
                    "Test fewer restrictions, or one at a time.",
                ));
            }
            (df2 / (eta * q) * q_statistic, df2)
        }
    };
    Ok(Wald {
        f,
        df1: q,
        df2,
        p: distribution::f_above(f, q, df2),
    })
}

/// d'V^-1 d, with V brought to a diagonal of 1; `None` where V is singular.
fn quadratic(d: &DVector<f64>, v: &DMatrix<f64>) -> Option<f64> {
    let scale = v.diagonal().map(f64::sqrt);
    if !scale.iter().all(|s| *s > 0.0) {
        return None;
    }
    let even = DMatrix::from_fn(d.len(), d.len(), |i, j| v[(i, j)] / (scale[i] * scale[j]));
    let eigen = even.symmetric_eigen();
    if eigen.eigenvalues.min() <= 1e-12 {
        return None;
    }
    let turned = eigen.eigenvectors.tr_mul(&d.component_div(&scale));
    let parts = turned.iter().zip(eigen.eigenvalues.iter());
    Some(parts.map(|(t, v)| t * t / v).sum())
}
