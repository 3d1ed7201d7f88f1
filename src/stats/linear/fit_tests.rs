//! Tests of `fit`: exact cases, collinearity in words, refusals.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}

fn columns(list: &[&[f64]]) -> DMatrix<f64> {
    DMatrix::from_fn(list[0].len(), list.len(), |i, j| list[j][i])
}

#[test]
fn weighted_mean_and_slope() {
    // Weights as repeated rows: the same coefficients as with the rows written out.
    let x = columns(&[&[1.0; 4], &[0.0, 1.0, 2.0, 4.0]]);
    let y = [1.0, 2.0, 2.5, 7.0];
    let weighted = fit(
        &y,
        &x,
        &names(&["(constant)", "x"]),
        Some(&[1.0, 2.0, 1.0, 3.0]),
    )
    .unwrap();
    let rows = [0, 1, 1, 2, 3, 3, 3];
    let long = DMatrix::from_fn(7, 2, |i, j| x[(rows[i], j)]);
    let repeated: Vec<f64> = rows.iter().map(|&i| y[i]).collect();
    let long = fit(&repeated, &long, &names(&["(constant)", "x"]), None).unwrap();
    assert!((&weighted.coefficients - &long.coefficients).amax() < 1e-13);
    assert!((&weighted.bread - &long.bread).amax() < 1e-13);
    assert!((weighted.r2 - long.r2).abs() < 1e-13);
    assert!((weighted.leverages().sum() - 2.0).abs() < 1e-13);
    assert!(weighted.constant && !weighted.exact);
}

#[test]
fn leverages_and_bread_of_a_line() {
    let x = columns(&[&[1.0; 3], &[-1.0, 0.0, 1.0]]);
    let line = fit(&[1.0, 4.0, 1.0], &x, &names(&["(constant)", "x"]), None).unwrap();
    for (h, expected) in line
        .leverages()
        .iter()
        .zip([5.0 / 6.0, 1.0 / 3.0, 5.0 / 6.0])
    {
        assert!((h - expected).abs() < 1e-14);
    }
    assert!(
        (line.bread[(0, 0)] - 1.0 / 3.0).abs() < 1e-15 && (line.bread[(1, 1)] - 0.5).abs() < 1e-15
    );
    assert!((line.coefficients[0] - 2.0).abs() < 1e-14 && line.coefficients[1].abs() < 1e-14);
    assert!((line.residual_variance() - 6.0).abs() < 1e-13);
}

#[test]
fn collinear_columns_are_named() {
    let constant = [1.0; 6];
    let p01 = [1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    let p02 = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
    let age = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
    let north = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0];
    let y = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0];
    let list = [
        "(constant)",
        "programme = P01",
        "age",
        "programme = P02",
        "district = north",
    ];
    let refused = fit(
        &y,
        &columns(&[&constant, &p01, &age, &p02, &north]),
        &names(&list),
        None,
    )
    .unwrap_err();
    assert_eq!(
        refused.reason,
        "`district = north` is determined by `programme = P01`, `programme = P02`"
    );
    assert_eq!(
        refused.help,
        "Leave out `district = north` or one of the others."
    );
    let zero = fit(
        &y,
        &columns(&[&constant, &[0.0; 6]]),
        &names(&["(constant)", "x"]),
        None,
    )
    .unwrap_err();
    assert_eq!(zero.reason, "`x` is 0 in every row");
    let twice = fit(
        &y,
        &columns(&[&constant, &[0.3; 6]]),
        &names(&["(constant)", "x"]),
        None,
    )
    .unwrap_err();
    assert_eq!(twice.reason, "`x` is determined by `(constant)`");
    // Scale has no part in it: a column of millionths is as good as any.
    let small: Vec<f64> = age.iter().map(|a| a * 1e-9).collect();
    assert!(
        fit(
            &y,
            &columns(&[&constant, &small]),
            &names(&["(constant)", "x"]),
            None
        )
        .is_ok()
    );
}

#[test]
fn refusals_in_words() {
    let x = columns(&[&[1.0; 3], &[1.0, 2.0, 4.0]]);
    let list = names(&["(constant)", "x"]);
    let reason = |y: &[f64], w: Option<&[f64]>| fit(y, &x, &list, w).unwrap_err().reason;
    assert_eq!(
        reason(&[1.0, 2.0, 3.0], Some(&[1.0, 0.0, 1.0])),
        "a weight is 0"
    );
    assert_eq!(
        reason(&[1.0, 2.0, 3.0], Some(&[1.0, -2.0, 1.0])),
        "a weight is -2"
    );
    assert_eq!(
        reason(&[1.0, f64::NAN, 3.0], None),
        "the outcome has no value in row 2"
    );
    assert_eq!(
        reason(&[1.0], None),
        "outcome, columns, names and weights differ in length"
    );
    let few = fit(&[1.0], &columns(&[&[1.0], &[2.0]]), &list, None).unwrap_err();
    assert_eq!(few.reason, "1 rows can't tell 2 columns apart");
    // An exact line leaves no residuals, and says so.
    assert!(fit(&[1.0, 2.0, 4.0], &x, &list, None).unwrap().exact);
}
