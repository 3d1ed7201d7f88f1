//! Columns of a regression that adjusts a treatment effect for covariates: Lin's, and analysis of covariance.

use super::Target;
use super::both_groups;
use super::sample::{Covariate, check_weights, with_constant};
use crate::stats::Refused;
use nalgebra::DMatrix;

/// Columns for a linear regression, with their names in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Names, as many as columns: "constant", "treatment", then the covariates.
    pub names: Vec<String>,
    /// Rows by columns.
    pub matrix: DMatrix<f64>,
    /// Which column's coefficient is the effect.
    pub treatment: usize,
}

/// Treatment, centred covariates and their products (Lin 2013): the coefficient of the treatment is the mean effect on the
/// target, and adjusting can't make the estimate less precise in large randomised samples.
///
/// Centred on the mean of everyone or of the treated, survey weights counted; the means count as known, as in Lin. Refused
/// where the treatment doesn't vary or a value is missing; collinear columns are the regression's to refuse.
pub fn interacted(
    treated: &[bool],
    covariates: &[Covariate],
    weights: Option<&[f64]>,
    target: Target,
) -> Result<Design, Refused> {
    let (n, k) = (treated.len(), covariates.len());
    both_groups(treated)?;
    check_weights(weights, n)?;
    let x = with_constant(covariates, n)?;
    let in_target = |i: usize| match target {
        Target::Treated if !treated[i] => 0.0,
        _ => weights.map_or(1.0, |w| w[i]),
    };
    let all: f64 = (0..n).map(in_target).sum();
    let means: Vec<f64> = (1..=k)
        .map(|c| (0..n).map(|i| in_target(i) * x[(i, c)]).sum::<f64>() / all)
        .collect();
    let treatment = |i: usize| f64::from(u8::from(treated[i]));
    let matrix = DMatrix::from_fn(n, 2 + 2 * k, |i, column| match column {
        0 => 1.0,
        1 => treatment(i),
        c if c < 2 + k => x[(i, c - 1)] - means[c - 2],
        c => treatment(i) * (x[(i, c - 1 - k)] - means[c - 2 - k]),
    });
    let centre = match target {
        Target::Everyone => "mean",
        Target::Treated => "mean of the treated",
    };
    let centred = covariates.iter().map(|c| format!("{} - {centre}", c.name));
    let products = covariates
        .iter()
        .map(|c| format!("treatment x ({} - {centre})", c.name));
    Ok(Design {
        names: ["constant".to_owned(), "treatment".to_owned()]
            .into_iter()
            .chain(centred)
            .chain(products)
            .collect(),
        matrix,
        treatment: 1,
    })
}

/// Treatment and covariates, the outcome at baseline usually among them: one slope for both groups.
///
/// Refused where the treatment doesn't vary or a value is missing; collinear columns are the regression's to refuse.
pub fn analysis_of_covariance(
    treated: &[bool],
    covariates: &[Covariate],
) -> Result<Design, Refused> {
    both_groups(treated)?;
    let matrix = with_constant(covariates, treated.len())?.insert_column(1, 0.0);
    let mut design = Design {
        names: ["constant".to_owned(), "treatment".to_owned()]
            .into_iter()
            .chain(covariates.iter().map(|c| c.name.clone()))
            .collect(),
        matrix,
        treatment: 1,
    };
    for (cell, &treated) in design.matrix.column_mut(1).iter_mut().zip(treated) {
        *cell = f64::from(u8::from(treated));
    }
    Ok(design)
}
