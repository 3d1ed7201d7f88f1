//! Studentised range and many-to-one quantiles against published tables, scipy and R.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]
use super::*;

const INF: f64 = f64::INFINITY;

/// scipy 1.17.1: `studentized_range.sf(q, k, df)`.
#[test]
fn tails_of_the_range_agree_with_scipy() {
    let cases = [
        (2, 2.0, 1.0, 0.552786404500042),
        (2, 2.0, 3.5, 0.1317568578755407),
        (2, 2.0, 6.0, 0.05131670194948623),
        (3, 2.0, 1.0, 0.7841819907145273),
        (3, 2.0, 3.5, 0.2294715206939828),
        (3, 2.0, 6.0, 0.09209380424648683),
        (3, 5.0, 1.0, 0.7701492161431179),
        (3, 5.0, 3.5, 0.11927295546605088),
        (3, 5.0, 6.0, 0.018529241495120252),
        (10, 2.0, 1.0, 0.9937697791774422),
        (10, 2.0, 3.5, 0.5259536813988631),
        (10, 2.0, 6.0, 0.23716729059124197),
        (10, 20.0, 1.0, 0.9991267030680635),
        (10, 20.0, 3.5, 0.3370709659483514),
        (10, 20.0, 6.0, 0.01141516446170554),
        (30, 7.5, 1.0, 0.9999999305939038),
        (30, 7.5, 3.5, 0.7353198230212968),
        (30, 7.5, 6.0, 0.1517558539783026),
        (100, 60.0, 1.0, 1.0),
        (100, 60.0, 3.5, 0.9933007173788866),
        (100, 60.0, 6.0, 0.12007258290547373),
        (500, 2.0, 1.0, 0.9999999999999686),
        (500, 2.0, 3.5, 0.9454823101919593),
        (500, 2.0, 6.0, 0.6381770950195353),
        (500, 30.0, 1.0, 1.0),
        (500, 30.0, 3.5, 0.9999764748257941),
        (500, 30.0, 6.0, 0.5518807463063475),
        (500, INF, 1.0, 1.0),
        (500, INF, 3.5, 1.0),
        (500, INF, 6.0, 0.5215274542723838),
        (20, 10000.0, 1.0, 0.9999999500609982),
        (20, 10000.0, 3.5, 0.6036230197816073),
        (20, 10000.0, 6.0, 0.0036310986571426174),
        (5, INF, 1.0, 0.9549548551886442),
        (5, INF, 3.5, 0.09633846396542678),
        (5, INF, 6.0, 0.00021424261433133918),
        (3, 1.3, 1.0, 0.7949769965936112),
        (3, 1.3, 3.5, 0.306454811209922),
        (3, 1.3, 6.0, 0.16373475607274923),
    ];
    for (groups, df, q, expected) in cases {
        let found = Studentised::range(groups).unwrap().above(q, df);
        assert!(
            (found - expected).abs() < 1e-9,
            "{groups} {df} {q}: {found} {expected} {:e}",
            found - expected
        );
    }
}

/// Upper 5 % and 1 % points of the studentised range: Harter (1960), as printed in every table of Tukey's q to two digits.
#[test]
fn quantiles_of_the_range_are_those_of_the_tables() {
    let table = [
        (2, 2.0, 6.08, 14.0),
        (3, 5.0, 4.60, 6.98),
        (3, 10.0, 3.88, 5.27),
        (4, 20.0, 3.96, 5.02),
        (10, 10.0, 5.60, 7.21),
        (3, INF, 3.31, 4.12),
        (10, INF, 4.47, 5.16),
        (20, 60.0, 5.24, 6.01),
    ];
    for (groups, df, five, one) in table {
        let range = Studentised::range(groups).unwrap();
        for (alpha, expected) in [(0.05, five), (0.01, one)] {
            let found = range.critical(alpha, df);
            let off = if expected >= 14.0 { 0.051 } else { 0.00501 };
            assert!(
                (found - expected).abs() < off,
                "{groups} {df} {alpha}: {found} {expected}"
            );
            assert!((range.above(found, df) - alpha).abs() < 1e-10 * alpha.max(0.1));
        }
    }
}

/// Two-sided 5 % points of comparisons with a control, equal sizes: Dunnett (1964), table II. Equal sizes: half the variance is shared.
#[test]
fn quantiles_against_a_benchmark_are_those_of_dunnett() {
    let table = [
        (1, 5.0, 2.57),
        (2, 5.0, 3.03),
        (3, 5.0, 3.29),
        (2, 10.0, 2.57),
        (3, 10.0, 2.76),
        (5, 10.0, 2.99),
        (2, INF, 2.21),
        (9, INF, 2.69),
    ];
    for (differences, df, expected) in table {
        let family = Studentised::benchmark(&vec![0.5_f64.sqrt(); differences]).unwrap();
        let found = family.critical(0.05, df);
        assert!(
            (found - expected).abs() < 0.00501,
            "{differences} {df}: {found} {expected}"
        );
    }
}

/// Many degrees of freedom at once: the curve against one by one, in every stretch and at its ends.
#[test]
fn many_quantiles_are_those_one_by_one() {
    let mut degrees: Vec<f64> = (0..160).map(|i| 1.07_f64.powi(i)).collect();
    degrees.extend([2.0, 4.0, 127.9, 128.0, 1e7, INF]);
    for groups in [3, 100] {
        let range = Studentised::range(groups).unwrap();
        let many = range.critical_values(0.05, &degrees);
        for (df, found) in degrees.iter().zip(many).rev().step_by(9) {
            let expected = range.critical(0.05, *df);
            assert!(
                (found / expected - 1.0).abs() < 1e-8,
                "{groups} {df} {found} {expected}"
            );
        }
    }
}
