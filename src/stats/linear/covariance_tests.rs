//! Tests of all covariances on made-up data that Python makes too, against statsmodels.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::linear::cluster::clustered;
use crate::stats::linear::fit::fit;
use crate::stats::linear::logit::logit;
use crate::stats::linear::made::{codes, errors, made, near};
use crate::stats::linear::series::{newey_west, rule_of_lags};
use crate::stats::linear::two_way::clustered_two_ways;
use crate::stats::linear::wald::wald;

/// statsmodels 0.15.0, tolerance 1e-10: `sm.OLS(z, X).fit()`, `sm.WLS(z, X, weights=w).fit()` with `HC0_se` to `HC3_se`.
#[test]
fn classical_and_heteroskedastic_agree_with_statsmodels() {
    let m = made();
    let plain = fit(&m.z, &m.x, &m.names, None).unwrap();
    near(
        plain.coefficients.as_slice(),
        &[0.6555740376434436, 1.4606664344228673, -1.075939034812346],
        1e-12,
    );
    near(
        &errors(&classical(&plain).unwrap()),
        &[0.1824483910669935, 0.2690595725683179, 0.3480895338592927],
        1e-10,
    );
    let weighted = fit(&m.z, &m.x, &m.names, Some(&m.w)).unwrap();
    near(
        &errors(&classical(&weighted).unwrap()),
        &[0.1812102172158397, 0.2666477502303162, 0.3417388747810398],
        1e-10,
    );
    for (kind, expected) in [
        (
            Kind::Hc0,
            [0.1828009935894774, 0.2648686420360701, 0.3496662074826781],
        ),
        (
            Kind::Hc1,
            [0.1875498621624608, 0.2717494928751998, 0.3587499593329436],
        ),
        (
            Kind::Hc2,
            [0.1873310181791706, 0.2735069132266625, 0.3623684312214706],
        ),
        (
            Kind::Hc3,
            [0.1920052987014376, 0.2825073236208944, 0.3756375618449803],
        ),
    ] {
        near(
            &errors(&heteroskedastic(&weighted, kind).unwrap()),
            &expected,
            1e-10,
        );
    }
}

/// statsmodels 0.15.0, tolerance 1e-10: `W.get_robustcov_results("cluster", groups=i//6, use_correction=True)`, its `f_test`,
/// and `get_robustcov_results("cluster", groups=np.column_stack([i//6, i%7]), ...)`, which leaves the negative variance of the
/// constant as it is, so that only the sum before the repair can be compared.
#[test]
fn clusters_agree_with_statsmodels() {
    let m = made();
    let weighted = fit(&m.z, &m.x, &m.names, Some(&m.w)).unwrap();
    let ten = codes(|i| i / 6);
    let cr1 = clustered(&weighted, &ten, Kind::Cr1, None).unwrap();
    near(
        &errors(&cr1),
        &[0.1283553599238887, 0.2853918389233505, 0.3904585545726457],
        1e-10,
    );
    assert_eq!((cr1.clusters.clone(), cr1.df), (vec![10], 9.0));
    let both = DMatrix::from_row_slice(2, 3, &[0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    let joint = wald(&weighted, &cr1, &both, &[0.0, 0.0]).unwrap();
    near(
        &[joint.f, joint.p, joint.df2],
        &[29.864280429375846, 0.00010640784970512108, 9.0],
        1e-9,
    );

    let plain = fit(&m.z, &m.x, &m.names, None).unwrap();
    let seven = codes(|i| i % 7);
    let two = clustered_two_ways(&plain, &ten, &seven, None).unwrap();
    assert!(two.repaired);
    assert_eq!((two.clusters.clone(), two.df), (vec![10, 7], 6.0));
    let first = clustered(&plain, &ten, Kind::Cr1, None).unwrap().matrix;
    let second = clustered(&plain, &seven, Kind::Cr1, None).unwrap().matrix;
    let cells = clustered(&plain, &codes(|i| i / 6 * 7 + i % 7), Kind::Cr1, None)
        .unwrap()
        .matrix;
    let sum = first + second - cells;
    // The first is what is left of a difference, and has as many digits less.
    assert!((sum[(0, 0)] + 5.155621469692118e-05).abs() < 1e-15);
    near(
        &sum.as_slice()[1..],
        &[
            -0.02982087761132856,
            -0.03893311177309273,
            -0.02982087761132856,
            0.12571399306257736,
            0.0669040683571820,
            -0.03893311177309273,
            0.0669040683571820,
            0.1763151667274761,
        ],
        1e-9,
    );
    // The repair adds what is missing to a positive matrix and no more.
    let added = (&two.matrix - &sum).symmetric_eigen().eigenvalues;
    assert!(added.min() > -1e-12 && two.matrix.symmetric_eigen().eigenvalues.min() > -1e-12);
}

/// statsmodels 0.15.0, tolerance 1e-10: `o.get_robustcov_results("HAC", maxlags=l, use_correction=True)` and
/// `("hac-panel", maxlags=3, time=np.tile(np.arange(15), 4), use_correction="hac")`.
#[test]
fn newey_west_agrees_with_statsmodels() {
    let m = made();
    let plain = fit(&m.z, &m.x, &m.names, None).unwrap();
    for (lag, expected) in [
        (
            1,
            [0.1612882453239333, 0.2895722793736843, 0.3618090374559713],
        ),
        (
            4,
            [0.1557397973757671, 0.3404562372889579, 0.398458955746588],
        ),
    ] {
        near(
            &errors(&newey_west(&plain, Some(lag), None).unwrap()),
            &expected,
            1e-10,
        );
    }
    let four = codes(|i| i / 15);
    let panel = newey_west(&plain, Some(3), Some(&four)).unwrap();
    near(
        &errors(&panel),
        &[0.157109110803816, 0.3171510118963782, 0.3934810051727547],
        1e-10,
    );
    assert_eq!(
        (rule_of_lags(60), rule_of_lags(100), rule_of_lags(24)),
        (3, 4, 2)
    );
    assert_eq!(newey_west(&plain, None, None).unwrap().lag, Some(3));
    assert!(newey_west(&plain, Some(15), Some(&four)).is_err());
}

/// statsmodels 0.15.0, tolerance 1e-9: `sm.Logit(y, X).fit(tol=1e-14)` plain, `cov_type="HC0"`, clustered by `i//6`; and
/// `sm.GLM(y, X, family=Binomial(), freq_weights=w)` with its sandwich by hand.
#[test]
fn logit_agrees_with_statsmodels() {
    let m = made();
    let plain = logit(&m.y, &m.x, &m.names, None).unwrap();
    near(
        plain.fit.coefficients.as_slice(),
        &[-0.2838485148220199, 0.66265146057474, 1.3082048518100933],
        1e-9,
    );
    near(
        &errors(&plain.covariance()),
        &[0.3157684997538556, 0.4728808890293373, 0.6440796086970015],
        1e-9,
    );
    near(
        &[plain.log_likelihood, plain.fit.r2],
        &[-38.8069623196023, 0.06614117454915525],
        1e-9,
    );
    let robust = heteroskedastic(&plain.fit, Kind::Hc0).unwrap();
    near(
        &errors(&robust),
        &[0.29875184592999, 0.4650588040010176, 0.7178100082521357],
        1e-9,
    );
    let by_ten = clustered(&plain.fit, &codes(|i| i / 6), Kind::Cr1, None).unwrap();
    near(
        &errors(&by_ten),
        &[0.1869337612987137, 0.4247555833314753, 0.6276824908397415],
        1e-9,
    );
    let weighted = logit(&m.y, &m.x, &m.names, Some(&m.w)).unwrap();
    near(
        weighted.fit.coefficients.as_slice(),
        &[-0.2450895778925183, 0.7859614196033646, 1.2799561191617332],
        1e-9,
    );
    near(
        &errors(&weighted.covariance()),
        &[0.2401704665710313, 0.3594604433661311, 0.4840891322069785],
        1e-9,
    );
    let robust = heteroskedastic(&weighted.fit, Kind::Hc0).unwrap();
    near(
        &errors(&robust),
        &[0.3067724048175992, 0.4845335325655253, 0.7617292464667509],
        1e-9,
    );
}

/// A single treated cluster or row can't show its own error; other coefficients can.
#[test]
fn what_a_single_cluster_or_row_tells_is_refused() {
    let m = made();
    let mut x = m.x.clone();
    let clusters = codes(|i| i / 6);
    (0..60).for_each(|i| x[(i, 2)] = f64::from(u8::from(i < 6)));
    let names = ["(constant)", "x", "treated"].map(str::to_owned);
    let found = fit(&m.z, &x, &names, None).unwrap();
    for kind in [Kind::Cr0, Kind::Cr1, Kind::Cr2] {
        let covariance = clustered(&found, &clusters, kind, None).unwrap();
        let refused = covariance.coefficient(&found, 2, 0.95).unwrap_err();
        assert_eq!(
            refused.reason,
            "a single cluster tells `treated` apart from the rest, so that its error can't be seen"
        );
        assert_eq!(
            refused.help,
            "Have at least two clusters on each side of every comparison."
        );
        assert!(covariance.coefficient(&found, 1, 0.95).is_ok());
        let both = DMatrix::from_row_slice(2, 3, &[0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        assert!(wald(&found, &covariance, &both, &[0.0; 2]).is_err());
    }
    let two = clustered_two_ways(&found, &codes(|i| i % 7), &clusters, None).unwrap();
    assert!(two.coefficient(&found, 2, 0.95).is_err() && two.coefficient(&found, 1, 0.95).is_ok());
    (0..60).for_each(|i| x[(i, 2)] = f64::from(u8::from(i == 9)));
    let found = fit(&m.z, &x, &names, Some(&m.w)).unwrap();
    for kind in [Kind::Hc0, Kind::Hc1, Kind::Hc2, Kind::Hc3] {
        let covariance = heteroskedastic(&found, kind).unwrap();
        let refused = covariance.coefficient(&found, 2, 0.95).unwrap_err();
        assert_eq!(
            refused.reason,
            "a single row tells `treated` apart from the rest, so that its error can't be seen"
        );
        assert!(covariance.coefficient(&found, 1, 0.95).is_ok());
    }
    let series = newey_west(&found, None, None).unwrap();
    assert!(
        series.coefficient(&found, 2, 0.95).is_err() && series.coefficient(&found, 1, 0.95).is_ok()
    );
}

/// Imbens & Kolesár 2016: three rows against 27 leave 2.5 degrees of freedom. Of two groups they are, by hand,
/// (1/a + 1/b)² / (1 / (a² (a - 1)) + 1 / (b² (b - 1))), Welch's with equal variances.
#[test]
fn degrees_of_hc2_count_the_smaller_group() {
    for (few, many, published) in [
        (3_usize, 27_usize, Some(2.5)),
        (2, 20, None),
        (15, 15, None),
    ] {
        let n = few + many;
        let x = DMatrix::from_fn(n, 2, |i, j| f64::from(u8::from(j == 0 || i < few)));
        let y: Vec<f64> = (0..n).map(|i| (i * 7 % 11) as f64).collect();
        let names = ["constant", "treated"].map(str::to_owned);
        let found = fit(&y, &x, &names, None).unwrap();
        let covariance = heteroskedastic(&found, Kind::Hc2).unwrap();
        let effect = covariance.coefficient(&found, 1, 0.95).unwrap();
        let (a, b) = (few as f64, many as f64);
        let df =
            (1.0 / a + 1.0 / b).powi(2) / (1.0 / (a * a * (a - 1.0)) + 1.0 / (b * b * (b - 1.0)));
        assert!((effect.df - df).abs() < 1e-9 * df, "{} {df}", effect.df);
        assert!(published.is_none_or(|p| (effect.df - p).abs() < 0.05));
        // Clusters of single rows are the same by CR2.
        let rows: Vec<u32> = (0..n as u32).collect();
        let single = clustered(&found, &rows, Kind::Cr2, None).unwrap();
        let same = single.coefficient(&found, 1, 0.95).unwrap();
        assert!((same.se - effect.se).abs() < 1e-12 && (same.df - df).abs() < 1e-9 * df);
    }
}

#[test]
fn refusals_in_words() {
    let m = made();
    let plain = fit(&m.z, &m.x, &m.names, None).unwrap();
    let reason = |codes: &[u32]| {
        clustered(&plain, codes, Kind::Cr2, None)
            .unwrap_err()
            .reason
    };
    assert_eq!(reason(&[3; 60]), "all rows are in one cluster");
    assert_eq!(reason(&[3; 59]), "clusters and rows differ in number");
    let flat = fit(&[2.0; 60], &m.x, &m.names, None).unwrap();
    let exact =
        "the columns predict every outcome exactly, which leaves nothing to judge the error by";
    assert_eq!(classical(&flat).unwrap_err().reason, exact);
    assert_eq!(
        clustered(&flat, &codes(|i| i / 6), Kind::Cr1, None)
            .unwrap_err()
            .reason,
        exact
    );
    let three = fit(&m.z[..3], &m.x.rows(0, 3).into_owned(), &m.names, None).unwrap();
    assert_eq!(
        heteroskedastic(&three, Kind::Hc1).unwrap_err().reason,
        "3 rows and as many parameters leave nothing to judge the error by"
    );
    let two = clustered(&plain, &codes(|i| i / 30), Kind::Cr1, None).unwrap();
    let both = DMatrix::from_row_slice(2, 3, &[0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(
        wald(&plain, &two, &both, &[0.0; 2]).unwrap_err().reason,
        "2 clusters can't tell 2 restrictions at once"
    );
    let twice = DMatrix::from_row_slice(2, 3, &[0.0, 1.0, 0.0, 0.0, 2.0, 0.0]);
    let refused = wald(&plain, &classical(&plain).unwrap(), &twice, &[0.0; 2]).unwrap_err();
    assert_eq!(
        refused.reason,
        "the restrictions repeat each other, or leave no variance to test them by"
    );
}
