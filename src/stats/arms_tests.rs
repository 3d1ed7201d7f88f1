//! Tests of errors that allow for few clusters.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::linear::{Kind, cluster, fit};
use nalgebra::DMatrix;

/// A difference of means is a regression on a dummy: CR2 and Satterthwaite's degrees of freedom are those of `stats::linear`, with clusters in one
/// group, in both, and with rows by themselves.
#[test]
fn a_difference_of_means_is_cr2() {
    let n = 40_usize;
    let y: Vec<f64> = (0..n)
        .map(|i| ((i * 29) % 17) as f64 + (i / 7) as f64)
        .collect();
    for (treated, clusters) in [
        (
            (0..n).map(|i| i / 5 < 3).collect::<Vec<bool>>(),
            (0..n).map(|i| i as u32 / 5).collect::<Vec<u32>>(),
        ),
        (
            (0..n).map(|i| (i * i / 3) % 3 == 0).collect(),
            (0..n).map(|i| (i as u32 * i as u32 / 11) % 6).collect(),
        ),
        (
            (0..n).map(|i| i < 3).collect(),
            (0..n).map(|i| i as u32).collect(),
        ),
    ] {
        let x = DMatrix::from_fn(n, 2, |i, j| if j == 0 || treated[i] { 1.0 } else { 0.0 });
        let fit = fit(&y, &x, &["constant".to_owned(), "treated".to_owned()], None).unwrap();
        let covariance = cluster::clustered(&fit, &clusters, Kind::Cr2, None).unwrap();
        let wanted = covariance.coefficient(&fit, 1, 0.95).unwrap();
        let count = |group: bool| treated.iter().filter(|t| **t == group).count() as f64;
        let influence: Vec<f64> = (0..n)
            .map(|i| {
                let sign = if treated[i] { 1.0 } else { -1.0 };
                sign * fit.residuals[i] / count(treated[i])
            })
            .collect();
        let found = arms_error(&influence, &treated, Some(&clusters), &vec![1.0; n], 0).unwrap();
        assert!(
            (found.se - wanted.se).abs() < 1e-10 * wanted.se,
            "{found:?} {wanted:?}"
        );
        assert!(
            (found.df - wanted.df).abs() < 1e-6 * wanted.df,
            "{found:?} {wanted:?}"
        );
    }
}

#[test]
fn a_group_in_one_cluster_is_refused() {
    let found = arms_error(
        &[1.0, -1.0, 0.5, -0.5],
        &[true, true, false, false],
        Some(&[1, 1, 2, 3]),
        &[1.0; 4],
        0,
    );
    assert!(
        found
            .unwrap_err()
            .reason
            .contains("one cluster makes up all of the treated")
    );
    let found = arms_error(
        &[1.0, -1.0, 0.5, -0.5],
        &[true, true, false, false],
        None,
        &[1.0; 4],
        1,
    );
    assert!(found.unwrap_err().reason.contains("too few"));
}
