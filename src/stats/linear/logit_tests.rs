//! Tests of what `logit` refuses; its numbers are checked with the covariances.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn refused(y: &[f64], columns: &[(&str, &[f64])]) -> String {
    let names: Vec<String> = columns.iter().map(|(n, _)| (*n).to_owned()).collect();
    let x = DMatrix::from_fn(y.len(), columns.len(), |i, j| columns[j].1[i]);
    logit(y, &x, &names, None).unwrap_err().reason
}

#[test]
fn separation_is_named() {
    let one = ("(constant)", [1.0; 8].as_slice());
    let y = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0];
    // All members are 1: a cell of the table is empty.
    let member = (
        "member",
        [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0].as_slice(),
    );
    assert_eq!(
        refused(
            &y,
            &[
                one,
                ("age", &[3.0, 8.0, 4.0, 1.0, 5.0, 9.0, 2.0, 1.0]),
                member
            ]
        ),
        "`member` tells outcomes of 1 from those of 0 without exception over part or all of its range"
    );
    // Neither alone, but their sum does: 1 where a + b > 1.
    let a = ("a", [0.0, 0.9, 0.3, 0.5, 1.0, 0.4, 0.6, 0.9].as_slice());
    let b = ("b", [0.9, 0.0, 0.9, 0.4, 0.2, 0.8, 0.3, 0.3].as_slice());
    assert_eq!(
        refused(&y, &[one, a, b]),
        "`a`, `b` together tell outcomes of 1 from those of 0 without exception, for some rows or all"
    );
}

#[test]
fn outcomes_that_are_no_choice() {
    let one = ("(constant)", [1.0; 3].as_slice());
    assert_eq!(
        refused(&[1.0; 3], &[one]),
        "the outcome does not vary: all 3 rows are 1"
    );
    assert_eq!(
        refused(&[0.0, 2.0, 1.0], &[one]),
        "the outcome is 2 in row 2, neither 0 nor 1"
    );
    assert_eq!(
        refused(&[0.0, 0.0, 1.0], &[one, ("x", &[2.0; 3])]),
        "`x` is determined by `(constant)`"
    );
}

/// Far from zero, but not separated: coefficients of 12 and more are reached.
#[test]
fn rare_outcomes_converge() {
    let n = 100_000;
    let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i < 3))).collect();
    let found = logit(
        &y,
        &DMatrix::from_element(n, 1, 1.0),
        &["(constant)".to_owned()],
        None,
    )
    .unwrap();
    assert!((found.fit.coefficients[0] - (3.0f64 / 99_997.0).ln()).abs() < 1e-9);
    let expected = 1.0 / 3.0 + 1.0 / 99_997.0;
    assert!(
        (found.fit.bread[(0, 0)] - expected).abs() < 1e-9,
        "{} {expected}",
        found.fit.bread[(0, 0)]
    );
}
