//! Tests of absorbed effects: weights, parts of the data without a link, refusals.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::linear::covariance::classical;
use crate::stats::linear::fit::fit;
use crate::stats::linear::made::{codes, made};

#[test]
fn weighted_effects_are_those_of_columns() {
    let m = made();
    let unit = codes(|i| i * i % 13);
    let x = m.x.columns(1, 2).into_owned();
    let one = [Effects {
        name: "unit",
        codes: &unit,
    }];
    let absorbed = fit_absorbing(&m.z, &x, &m.names[1..], Some(&m.w), &one).unwrap();
    let mut values = unit.clone();
    values.sort_unstable();
    values.dedup();
    let k = 2 + values.len();
    let wide = DMatrix::from_fn(60, k, |i, j| match j {
        0..2 => x[(i, j)],
        _ => f64::from(u8::from(unit[i] == values[j - 2])),
    });
    let names: Vec<String> = (0..k).map(|j| j.to_string()).collect();
    let wide = fit(&m.z, &wide, &names, Some(&m.w)).unwrap();
    assert_eq!(absorbed.parameters(), k);
    assert!((&absorbed.coefficients - wide.coefficients.rows(0, 2)).amax() < 1e-12);
    assert!((absorbed.leverages() - wide.leverages()).amax() < 1e-12);
    assert!((&absorbed.bread - wide.bread.view((0, 0), (2, 2))).amax() < 1e-12);
    assert!(absorbed.constant && !absorbed.exact);
}

/// Units 0-2 are seen in periods 0-1, units 3-5 in periods 2-3: each part has a first period of its own.
#[test]
fn parts_without_a_link_lose_a_column_each() {
    let m = made();
    let unit = codes(|i| i % 6);
    let period = codes(|i| i / 30 + 2 * (i % 6 / 3));
    let effects = [
        Effects {
            name: "unit",
            codes: &unit,
        },
        Effects {
            name: "period",
            codes: &period,
        },
    ];
    let x = m.x.columns(1, 1).into_owned();
    let found = fit_absorbing(&m.z, &x, &m.names[1..2], None, &effects).unwrap();
    assert_eq!(found.names, ["x", "period = 1", "period = 3"]);
}

#[test]
fn refusals_in_words() {
    let m = made();
    let (unit, period) = (codes(|i| i / 4), codes(|i| i % 4));
    let effects = [
        Effects {
            name: "unit",
            codes: &unit,
        },
        Effects {
            name: "period",
            codes: &period,
        },
    ];
    let reason = |column: Vec<f64>, effects: &[Effects<'_>]| {
        let x = DMatrix::from_vec(60, 1, column);
        let names = ["treated".to_owned()];
        fit_absorbing(&m.z, &x, &names, None, effects)
            .unwrap_err()
            .reason
    };
    let of = |code: &[u32], value: u32| {
        code.iter()
            .map(|c| 0.1 * f64::from(u8::from(*c == value)))
            .collect()
    };
    assert_eq!(
        reason(of(&unit, 3), &effects[..1]),
        "`treated` doesn't vary within any value of `unit`"
    );
    // After the others, it is the caller's column that is named.
    assert_eq!(
        reason(of(&period, 3), &effects),
        "`treated` is determined by `period = 3`"
    );
    assert_eq!(
        reason(of(&period, 3), &[]),
        "0 sets of effects were asked for"
    );
    // An outcome that the effects explain leaves nothing to judge errors by.
    let flat: Vec<f64> = unit.iter().map(|u| f64::from(*u) / 7.0).collect();
    let exact = fit_absorbing(
        &flat,
        &m.x.columns(1, 1).into_owned(),
        &m.names[1..2],
        None,
        &effects,
    );
    assert!(classical(&exact.unwrap()).is_err());
}
