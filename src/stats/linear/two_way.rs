//! Covariances clustered in two ways at once.

use super::cluster::{clusters, counted_parameters, meat, small_sample, told_alone};
use super::covariance::{Covariance, Kind, rows_left, sandwich, scores};
use super::fit::Fit;
use crate::stats::Refused;
use nalgebra::DMatrix;

/// Clustered by `first` and `second` (a code per row each): V1 + V2 - V12, where V12 is clustered by their combinations (Cameron,
/// Gelbach & Miller 2011, equation 2.11), each with CR1's factor of its own number of clusters; degrees of freedom are the smaller
/// number of clusters less 1. Negative eigenvalues are set to 0 (their section 2.3), and `repaired` says so.
///
/// `parameters` is the K of the factors; without it, the smaller of what [`counted_parameters`] gives for the two.
///
/// # Errors
/// As for one way of clustering, for either.
pub fn clustered_two_ways(
    fit: &Fit,
    first: &[u32],
    second: &[u32],
    parameters: Option<usize>,
) -> Result<Covariance, Refused> {
    let one = clusters(fit.n, first)?;
    let two = clusters(fit.n, second)?;
    rows_left(fit)?;
    let parameters = parameters
        .unwrap_or_else(|| counted_parameters(fit, first).min(counted_parameters(fit, second)));
    let both = pairs(first, second);
    let scores = scores(fit);
    let mut sum: DMatrix<f64> = DMatrix::zeros(fit.k, fit.k);
    for (clusters, sign) in [(&one, 1.0), (&two, 1.0), (&both, -1.0)] {
        let factor = small_sample(clusters.len(), fit.n, parameters)?;
        sum += meat(&scores, clusters) * (sign * factor);
    }
    let matrix = sandwich(fit, &sum);
    let (matrix, repaired) = positive(matrix);
    let df = (one.len().min(two.len()) - 1) as f64;
    let mut covariance = Covariance::new(Kind::TwoWay, matrix, df);
    covariance.clusters = vec![one.len(), two.len()];
    covariance.repaired = repaired;
    covariance.alone = told_alone(fit, &one);
    covariance.alone.extend(told_alone(fit, &two));
    Ok(covariance)
}

/// Rows of each combination of two codes.
fn pairs(first: &[u32], second: &[u32]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..first.len()).collect();
    order.sort_by_key(|&i| (first[i], second[i]));
    order
        .chunk_by(|&a, &b| (first[a], second[a]) == (first[b], second[b]))
        .map(<[usize]>::to_vec)
        .collect()
}

/// The matrix with its negative eigenvalues at 0, and whether there were any. Columns are brought to one scale first, so that one
/// measured in millions doesn't decide what counts as rounding.
fn positive(matrix: DMatrix<f64>) -> (DMatrix<f64>, bool) {
    let scale: Vec<f64> = matrix
        .diagonal()
        .iter()
        .map(|v| if *v == 0.0 { 1.0 } else { v.abs().sqrt() })
        .collect();
    let even = DMatrix::from_fn(scale.len(), scale.len(), |i, j| {
        matrix[(i, j)] / (scale[i] * scale[j])
    });
    let eigen = even.symmetric_eigen();
    if eigen.eigenvalues.iter().all(|v| *v >= -1e-12) {
        return (matrix, false);
    }
    let kept = DMatrix::from_diagonal(&eigen.eigenvalues.map(|v| v.max(0.0)));
    let even = &eigen.eigenvectors * kept * eigen.eigenvectors.transpose();
    let matrix = DMatrix::from_fn(scale.len(), scale.len(), |i, j| {
        even[(i, j)] * scale[i] * scale[j]
    });
    (matrix, true)
}
