//! Meta-regression: which properties of programmes go with larger estimates, and how much heterogeneity they explain.

use super::heterogeneity::{describe, tau2, undetermined};
use super::model::Model;
use super::pool::{degrees, scale};
use super::{Between, Errors, Heterogeneity, Options, Test, check};
use crate::stats::{Inference, Refused, linear};
use nalgebra::{DMatrix, DVector};

/// What [`regress`] gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// Programmes.
    pub k: usize,
    /// `constant`, then the moderators.
    pub names: Vec<String>,
    /// A coefficient per name.
    pub coefficients: Vec<Inference>,
    /// Covariance of the coefficients, under the errors asked for.
    pub covariance: DMatrix<f64>,
    /// Degrees of freedom of t; infinite for normal errors.
    pub df: f64,
    /// The errors in use.
    pub errors: Errors,
    /// What is left of the heterogeneity; its Q is QE, the test of what moderators leave unexplained.
    pub residual: Heterogeneity,
    /// Test that no moderator matters: F under Hartung-Knapp errors, chi-squared (QM) under normal ones.
    pub moderators: Test,
    /// Heterogeneity without moderators.
    pub total_tau2: f64,
    /// Share of it that moderators explain, in percent, at least 0 (Raudenbush 2009); very rough below some 40 programmes (López-López et
    /// al. 2014). None where there is none to explain, and with a fixed effect.
    pub r2: Option<f64>,
    confidence: f64,
}

impl Regression {
    /// The mean at a row of moderators (without the constant), with its interval.
    ///
    /// # Errors
    /// A row of another length, or with values that are not finite.
    pub fn predict(&self, row: &[f64]) -> Result<Inference, Refused> {
        if row.len() + 1 != self.names.len() || row.iter().any(|x| !x.is_finite()) {
            return Err(Refused::new(
                format!("a row of {} finite values is needed", self.names.len() - 1),
                "Give one value per moderator.",
            ));
        }
        let x = DVector::from_iterator(
            self.names.len(),
            std::iter::once(1.0).chain(row.iter().copied()),
        );
        let value = x.iter().zip(&self.coefficients).map(|(x, b)| x * b.value);
        let se = x.dot(&(&self.covariance * &x)).max(0.0).sqrt();
        Ok(Inference::t(value.sum(), se, self.df, self.confidence))
    }
}

/// Explains estimates `value` (k) with sampling variances `variance` (k) by moderators: `columns` of k values each, with a name
/// each. A constant is added.
///
/// # Errors
/// As [`super::pool`], with 2 estimates more than coefficients (1 with a fixed effect); no moderator, columns that others
/// determine (named), values that are not finite.
pub fn regress(
    value: &[f64],
    variance: &[f64],
    columns: &[&[f64]],
    names: &[&str],
    options: &Options,
) -> Result<Regression, Refused> {
    check::input(value, variance, options.confidence)?;
    let k = value.len();
    if columns.is_empty() || columns.len() != names.len() {
        return Err(Refused::new(
            format!(
                "there are {} moderators and {} names",
                columns.len(),
                names.len()
            ),
            "Give at least one moderator, and a name for each.",
        ));
    }
    if let Some((_, name)) = columns.iter().zip(names).find(|(c, _)| c.len() != k) {
        return Err(Refused::new(
            format!("`{name}` doesn't have one value for each of {k} estimates"),
            "Give one value of every moderator for each estimate.",
        ));
    }
    let p = columns.len() + 1;
    check::enough(k, p, options)?;
    let x = DMatrix::from_fn(k, p, |i, j| if j == 0 { 1.0 } else { columns[j - 1][i] });
    let names: Vec<String> = std::iter::once("constant")
        .chain(names.iter().copied())
        .map(str::to_owned)
        .collect();
    let model = model(value, variance, &x, &names)?;
    let fitted = fit(&model, options)?;
    let total_tau2 = tau2(&Model::mean(value, variance), options.between, None, None)?;
    let r2 = (options.between != Between::Fixed && total_tau2 > 0.0)
        .then(|| (100.0 * (1.0 - fitted.residual.tau2 / total_tau2)).max(0.0));
    let slopes = DMatrix::from_fn(p - 1, p, |i, j| f64::from(u8::from(j == i + 1)));
    Ok(Regression {
        k,
        moderators: fitted.test(&slopes, options)?,
        names,
        coefficients: fitted.coefficients(options),
        covariance: fitted.covariance,
        df: fitted.df,
        errors: options.errors(),
        residual: fitted.residual,
        total_tau2,
        r2,
        confidence: options.confidence,
    })
}

/// A model of columns, with those that others determine refused by name.
pub(super) fn model<'a>(
    value: &'a [f64],
    variance: &'a [f64],
    x: &DMatrix<f64>,
    names: &[String],
) -> Result<Model<'a>, Refused> {
    let plain = linear::fit(value, x, names, None)?;
    Ok(Model::new(value, variance, x, &plain.root))
}

/// Coefficients at the estimated `tau2`.
pub(super) struct Fitted {
    pub values: DVector<f64>,
    pub covariance: DMatrix<f64>,
    pub df: f64,
    pub residual: Heterogeneity,
}

pub(super) fn fit(model: &Model, options: &Options) -> Result<Fitted, Refused> {
    let tau2 = tau2(model, options.between, None, None)?;
    let at = model.at(tau2, None).ok_or_else(undetermined)?;
    let left = model.k() - model.p;
    Ok(Fitted {
        values: model.coefficients(&at),
        covariance: model.bread(&at) * scale(&at, left, options)?,
        df: degrees(left, options),
        residual: describe(model, tau2, options.between, options.confidence)?,
    })
}

impl Fitted {
    pub fn coefficients(&self, options: &Options) -> Vec<Inference> {
        let variances = self.covariance.diagonal();
        let each = self.values.iter().zip(&variances);
        each.map(|(b, v)| Inference::t(*b, v.sqrt(), self.df, options.confidence))
            .collect()
    }

    /// Wald test that `combinations` of coefficients (m x p) are 0.
    pub fn test(&self, combinations: &DMatrix<f64>, options: &Options) -> Result<Test, Refused> {
        let m = combinations.nrows();
        let b = combinations * &self.values;
        let v = combinations * &self.covariance * combinations.transpose();
        // Scaled to correlations, so that units of moderators don't matter.
        let sd = v.diagonal().map(f64::sqrt);
        let correlation = DMatrix::from_fn(m, m, |i, j| v[(i, j)] / (sd[i] * sd[j]));
        let b = b.component_div(&sd);
        let solved = correlation.cholesky().ok_or_else(undetermined)?.solve(&b);
        let wald = b.dot(&solved);
        let m = m as f64;
        Ok(match options.errors() {
            Errors::Normal => Test::chi_squared(wald, m),
            _ => Test::f(wald / m, m, self.df),
        })
    }
}
