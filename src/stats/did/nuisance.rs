//! The two regressions a doubly robust comparison rests on, each with the influence of every row on its coefficients.

use crate::stats::Refused;
use crate::stats::linear::{self, Fit};
use nalgebra::{DMatrix, DVector};

/// Comparison rows whose chance of treatment is above this would count a thousand times.
const NO_OVERLAP: f64 = 0.999;

/// A regression's prediction for each row, and the influence of each row on the coefficients (rows x coefficients).
pub(super) struct Fitted {
    pub(super) prediction: DVector<f64>,
    pub(super) influence: DMatrix<f64>,
}

/// Covariates of `m` rows with a constant in front, and the names of both.
pub(super) struct Design {
    pub(super) x: DMatrix<f64>,
    pub(super) names: Vec<String>,
}

impl Design {
    /// The constant alone.
    pub(super) fn constant(rows: usize) -> Design {
        Design {
            x: DMatrix::from_element(rows, 1, 1.0),
            names: vec!["constant".to_owned()],
        }
    }

    /// Influence on the coefficients of a fit to the rows in `used`: the number of all rows times score times (X'WX)^-1.
    fn influence(&self, fit: &Fit, used: &[usize]) -> DMatrix<f64> {
        let mut influence = DMatrix::zeros(self.x.nrows(), fit.k);
        let onto = &self.x * &fit.bread * (self.x.nrows() as f64);
        for (at, &i) in used.iter().enumerate() {
            influence.set_row(i, &(onto.row(i) * (fit.weights[at] * fit.residuals[at])));
        }
        influence
    }
}

/// Weighted least squares of `y` on the design among rows with weight above 0 (in words: `whom`), predicted for all rows.
pub(super) fn least_squares(
    design: &Design,
    y: &DVector<f64>,
    weight: &[f64],
    whom: &str,
) -> Result<Fitted, Refused> {
    let used: Vec<usize> = (0..weight.len()).filter(|&i| weight[i] > 0.0).collect();
    let k = design.names.len();
    if used.len() <= k {
        return Err(Refused::new(
            format!("{} {whom} are too few for {} covariates", used.len(), k - 1),
            "Use fewer covariates, or none.",
        ));
    }
    let outcome: Vec<f64> = used.iter().map(|&i| y[i]).collect();
    let weights: Vec<f64> = used.iter().map(|&i| weight[i]).collect();
    let x = design.x.select_rows(&used);
    let fit = linear::fit(&outcome, &x, &design.names, Some(&weights)).map_err(|r| Refused {
        reason: format!("among the {whom}, {}", r.reason),
        ..r
    })?;
    Ok(Fitted {
        prediction: &design.x * &fit.coefficients,
        influence: design.influence(&fit, &used),
    })
}

/// Weighted logit of treatment on the design: the chance of treatment of each row.
///
/// Refused where the groups don't overlap: separation, or a comparison row with a chance above 0.999.
pub(super) fn logit(design: &Design, treated: &[bool], weight: &[f64]) -> Result<Fitted, Refused> {
    let y: Vec<f64> = treated.iter().map(|t| f64::from(u8::from(*t))).collect();
    let logit = linear::logit::logit(&y, &design.x, &design.names, Some(weight))?;
    let chances = treated.iter().zip(&logit.probabilities);
    if chances
        .into_iter()
        .any(|(treated, p)| !treated && *p > NO_OVERLAP)
    {
        return Err(Refused::new(
            "the covariates tell treated and comparison apart (no overlap): some have no like in the other group",
            "Use fewer covariates, or leave out those who have no like in the other group.",
        ));
    }
    let everyone: Vec<usize> = (0..weight.len()).collect();
    Ok(Fitted {
        influence: design.influence(&logit.fit, &everyone),
        prediction: DVector::from_vec(logit.probabilities),
    })
}
