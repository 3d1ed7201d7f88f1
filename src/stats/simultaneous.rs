//! Intervals that hold for several estimates together, by their correlations.

use super::distribution::{normal, normal_quantile};
use super::random;
use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use rayon::prelude::*;

/// Two-sided level at which each of several estimates has to be told so that all intervals hold at once in a share `confidence` of
/// samples: from draws of the normal distribution with these correlations, the largest of which is exceeded so often (the sup-t
/// band: Montiel Olea & Plagborg-Møller 2019, Journal of Applied Econometrics 34). Each estimate takes the quantile of its own
/// t distribution at that level, so few degrees of freedom stay few.
///
/// `None` where a correlation is not a number. Deterministic: draws have streams of their own.
pub fn level(
    correlations: DMatrix<f64>,
    confidence: f64,
    draws: usize,
    (seed, what): (u64, u64),
) -> Option<f64> {
    let n = correlations.nrows();
    if n == 0 || draws == 0 || correlations.iter().any(|r| !r.is_finite()) {
        return None;
    }
    let parts = correlations.symmetric_eigen();
    let roots = parts.eigenvalues.map(|x| x.max(0.0).sqrt());
    let root = parts.eigenvectors * DMatrix::from_diagonal(&roots);
    let mut largest: Vec<f64> = (0..draws as u64)
        .into_par_iter()
        .map(|draw| {
            let mut random = random::stream(seed, what, draw);
            // Away from 0 and 1, which have no quantile.
            let one = |_, _| normal_quantile(random.random::<f64>().clamp(1e-16, 1.0 - 1e-16));
            (&root * DVector::from_fn(n, one)).amax()
        })
        .collect();
    largest.sort_unstable_by(f64::total_cmp);
    let place = (confidence * draws as f64).ceil() as usize;
    let critical = largest.get(place.clamp(1, draws) - 1)?;
    Some(2.0 * normal(-critical))
}

/// Correlations of estimates given by what each cluster adds to their errors.
pub fn correlations(influence: &[&[f64]]) -> DMatrix<f64> {
    let length = |row: &[f64]| row.iter().map(|x| x * x).sum::<f64>().sqrt();
    let lengths: Vec<f64> = influence.iter().map(|row| length(row)).collect();
    DMatrix::from_fn(influence.len(), influence.len(), |i, j| {
        let product: f64 = influence[i]
            .iter()
            .zip(influence[j])
            .map(|(a, b)| a * b)
            .sum();
        product / (lengths[i] * lengths[j])
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Independent: Sidak's 1 - 0.95^(1/3) = 0.01695; one and the same: 0.05.
    #[test]
    fn level_follows_the_correlation() {
        let level = |r: DMatrix<f64>| level(r, 0.95, 19_999, (1, 2)).unwrap();
        let apart = level(DMatrix::identity(3, 3));
        assert!((apart - 0.01695).abs() < 0.002, "{apart}");
        let same = level(DMatrix::from_element(3, 3, 1.0));
        assert!((same - 0.05).abs() < 0.004, "{same}");
    }
}
