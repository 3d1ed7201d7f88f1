//! The two regressions a doubly robust comparison rests on, each with the influence of every row on its coefficients.

use crate::stats::Refused;
use nalgebra::{DMatrix, DVector};

/// Rows whose chance of treatment is above this have no like in the comparison group.
const NO_OVERLAP: f64 = 0.999;

/// A regression's prediction for each row, and the influence of each row on the coefficients (rows x coefficients).
pub(super) struct Fitted {
    pub(super) prediction: DVector<f64>,
    pub(super) influence: DMatrix<f64>,
}

/// Covariates of `m` rows with a constant in front: m x (1 + k), with the names of the k.
pub(super) struct Design {
    pub(super) x: DMatrix<f64>,
    pub(super) names: Vec<String>,
}

impl Design {
    /// The constant alone.
    pub(super) fn constant(rows: usize) -> Design {
        Design {
            x: DMatrix::from_element(rows, 1, 1.0),
            names: Vec::new(),
        }
    }

    /// Refuses where a covariate is constant, or follows from those before it, among the rows with a weight above 0.
    fn check(&self, weight: &[f64], whom: &str) -> Result<(), Refused> {
        let used: Vec<usize> = (0..weight.len()).filter(|&i| weight[i] > 0.0).collect();
        if used.len() < self.x.ncols() {
            return Err(Refused::new(
                format!(
                    "{} {whom} are too few for {} covariates",
                    used.len(),
                    self.names.len()
                ),
                "Use fewer covariates, or none.",
            ));
        }
        let mut basis: Vec<DVector<f64>> = Vec::new();
        for (j, column) in self.x.column_iter().enumerate() {
            let mut rest = DVector::from_iterator(used.len(), used.iter().map(|&i| column[i]));
            let size = rest.norm();
            // Twice, so that rounding of the first pass is taken out too.
            for _ in 0..2 {
                for b in &basis {
                    let along = b.dot(&rest);
                    rest.axpy(-along, b, 1.0);
                }
            }
            let left = rest.norm();
            if left <= 1e-9 * size || size == 0.0 {
                let name = j
                    .checked_sub(1)
                    .and_then(|j| self.names.get(j))
                    .map_or("the constant", String::as_str);
                return Err(Refused::new(
                    format!(
                        "among the {whom}, covariate {name} does not vary or follows from the others"
                    ),
                    format!("Leave {name} out."),
                ));
            }
            basis.push(rest / left);
        }
        Ok(())
    }
}

/// Weighted least squares of `y` on the design among rows with weight above 0, predicted for all rows.
pub(super) fn least_squares(
    design: &Design,
    y: &DVector<f64>,
    weight: &[f64],
    whom: &str,
) -> Result<Fitted, Refused> {
    design.check(weight, whom)?;
    let x = &design.x;
    let inverse = inverse_gram(x, weight).ok_or_else(too_alike)?;
    let moments = x.transpose() * DVector::from_iterator(weight.len(), scaled(y, weight));
    let prediction = x * (&inverse * moments);
    let score = DVector::from_iterator(weight.len(), scaled(&(y - &prediction), weight));
    Ok(Fitted {
        influence: influence(x, &score, &inverse),
        prediction,
    })
}

/// Weighted logit of treatment on the design by iterated least squares: the chance of treatment of each row.
///
/// Refused where the groups don't overlap: a comparison row with a chance above 0.999, or no convergence.
pub(super) fn logit(design: &Design, treated: &[bool], weight: &[f64]) -> Result<Fitted, Refused> {
    design.check(weight, "rows")?;
    let x = &design.x;
    let apart = || {
        Refused::new(
            "the covariates tell treated and comparison apart (no overlap): some have no like in the other group",
            "Use fewer covariates, or restrict the rows to those who have a like in the other group.",
        )
    };
    let mut beta = DVector::zeros(x.ncols());
    for _ in 0..50 {
        let p = (x * &beta).map(|eta: f64| 1.0 / (1.0 + (-eta).exp()));
        let curvature: Vec<f64> = weight
            .iter()
            .zip(p.iter())
            .map(|(w, p)| w * p * (1.0 - p))
            .collect();
        let score = DVector::from_iterator(
            weight.len(),
            (0..weight.len()).map(|i| weight[i] * (f64::from(u8::from(treated[i])) - p[i])),
        );
        let inverse = inverse_gram(x, &curvature).ok_or_else(apart)?;
        let step = &inverse * (x.transpose() * &score);
        if step.iter().any(|s| !s.is_finite()) {
            return Err(apart());
        }
        beta += &step;
        if step.amax() < 1e-10 * (1.0 + beta.amax()) {
            if (0..weight.len()).any(|i| !treated[i] && p[i] > NO_OVERLAP) {
                return Err(apart());
            }
            return Ok(Fitted {
                influence: influence(x, &score, &inverse),
                prediction: p,
            });
        }
    }
    Err(apart())
}

fn too_alike() -> Refused {
    Refused::new(
        "the covariates follow from each other",
        "Leave one of them out.",
    )
}

fn scaled<'a>(y: &'a DVector<f64>, weight: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    // Where the weight is 0 the value may be anything.
    y.iter()
        .zip(weight)
        .map(|(y, w)| if *w > 0.0 { y * w } else { 0.0 })
}

/// Inverse of X'WX through the QR decomposition of the weighted rows.
fn inverse_gram(x: &DMatrix<f64>, weight: &[f64]) -> Option<DMatrix<f64>> {
    let mut rows = x.clone();
    for (mut row, w) in rows.row_iter_mut().zip(weight) {
        row *= w.max(0.0).sqrt();
    }
    let r = rows.qr().r();
    let root = r.try_inverse()?;
    Some(&root * root.transpose())
}

/// Influence of each row: m times its score times the inverse of X'WX.
fn influence(x: &DMatrix<f64>, score: &DVector<f64>, inverse: &DMatrix<f64>) -> DMatrix<f64> {
    let mut rows = x * inverse * (x.nrows() as f64);
    for (mut row, s) in rows.row_iter_mut().zip(score.iter()) {
        row *= *s;
    }
    rows
}
