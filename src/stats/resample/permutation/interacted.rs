//! A regression of each arm of an assignment, from sums by unit.
//!
//! With X = (1, covariates about their means) and m columns, a unit adds up: X y (m), X z (m, z the treatment as it was), X X' (rows of
//! the lower triangle, m (m + 1) / 2), all weighted.

use super::units::Units;
use super::{Curve, Experiment};
use nalgebra::{DMatrix, DVector};

/// Sums by unit.
pub(super) fn sums(of: &Experiment, units: &Units, covariates: &[&[f64]]) -> Vec<Vec<f64>> {
    let n = of.outcome.len();
    let weight = |i: usize| of.weights.map_or(1.0, |w| w[i]);
    let all: f64 = (0..n).map(weight).sum();
    let mean = |values: &[f64]| (0..n).map(|i| weight(i) * values[i]).sum::<f64>() / all;
    let level = mean(of.outcome);
    let mut x = vec![vec![1.0; n]];
    for covariate in covariates {
        let centre = mean(covariate);
        x.push(covariate.iter().map(|v| v - centre).collect());
    }
    let treated = |i: usize| if of.treated[i] { 1.0 } else { 0.0 };
    let mut found = Vec::new();
    for column in &x {
        found.push(units.sums(|i| weight(i) * column[i] * (of.outcome[i] - level)));
    }
    for column in &x {
        found.push(units.sums(|i| weight(i) * column[i] * treated(i)));
    }
    for (j, one) in x.iter().enumerate() {
        for other in &x[..=j] {
            found.push(units.sums(|i| weight(i) * one[i] * other[i]));
        }
    }
    found
}

/// Difference of the arms' constants for outcomes less x for those who were treated, as a function of x; without value where an arm can't tell
/// its coefficients.
pub(super) fn curve(m: usize, columns: usize, sums: &[f64], totals: &[f64]) -> Curve {
    let add_up = |all: &[f64]| {
        let mut total = vec![0.0; columns];
        for row in all.chunks_exact(columns) {
            total.iter_mut().zip(row).for_each(|(to, x)| *to += x);
        }
        total
    };
    let ours = add_up(sums);
    let theirs: Vec<f64> = add_up(totals)
        .iter()
        .zip(&ours)
        .map(|(t, o)| t - o)
        .collect();
    match (constants(m, &ours), constants(m, &theirs)) {
        (Some(treated), Some(others)) => Curve {
            a: treated[0] - others[0],
            b: others[1] - treated[1],
            v: [1.0, 0.0, 0.0],
        },
        _ => Curve {
            a: 0.0,
            b: 0.0,
            v: [0.0; 3],
        },
    }
}

/// Constants of the regressions of outcome and treatment in an arm.
fn constants(m: usize, sums: &[f64]) -> Option<[f64; 2]> {
    let place = |i: usize, j: usize| 2 * m + i.max(j) * (i.max(j) + 1) / 2 + i.min(j);
    // Brought to a diagonal of 1, so that a small pivot means dependence, whatever the units.
    let scale: Vec<f64> = (0..m).map(|i| sums[place(i, i)].sqrt()).collect();
    if !scale.iter().all(|s| *s > 0.0) {
        return None;
    }
    let even = DMatrix::from_fn(m, m, |i, j| sums[place(i, j)] / (scale[i] * scale[j]));
    let factor = even.cholesky()?;
    if factor.l_dirty().diagonal().iter().any(|d| *d < 1e-5) {
        return None;
    }
    let constant = |from: usize| {
        let right = DVector::from_fn(m, |i, _| sums[from + i] / scale[i]);
        factor.solve(&right)[0] / scale[0]
    };
    Some([constant(0), constant(m)])
}
