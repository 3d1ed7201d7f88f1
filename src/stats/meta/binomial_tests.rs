//! Shares pooled from their counts, against lme4 and metafor.
#![allow(clippy::unwrap_used)]

use super::cases::near;
use super::{Errors, binomial_normal};

/// Shares of none and all beside others.
const ENDS: ([f64; 6], [f64; 6]) = ([0.0, 0.0, 12.0, 4.0, 5.0, 6.0], [12.0; 6]);

const MILD: ([f64; 7], [f64; 7]) = (
    [3.0, 7.0, 0.0, 12.0, 5.0, 9.0, 20.0],
    [20.0, 25.0, 14.0, 30.0, 18.0, 40.0, 22.0],
);

/// The integrals by a sum over 6,001 points, maximised with scipy 1.17.1: mean -.92624445, standard error .6020647, tau2 2.1283259.
/// R 4.2.2, lme4 1.1.31 `glmer(cbind(x, n - x) ~ 1 + (1 | p), family = binomial, nAGQ = 50)` stops at -.9262509, .6020677 and 2.1283450;
/// metafor 3.8.1 `rma.glmm(measure = "PLO", nAGQ = 50)` likewise, with the likelihood ratio 50.412583.
#[test]
fn it_agrees_with_lme4_and_metafor() {
    let (yes, of) = MILD;
    let found = binomial_normal(&yes, &of, Errors::Normal, 0.95).unwrap();
    near(found.mean.value, -0.926_244_45, 1e-7);
    near(found.mean.se, 0.602_064_73, 1e-6);
    near(found.tau2, 2.128_325_93, 1e-6);
    near(found.mean.low, -2.106_282, 2e-5);
    near(found.mean.high, 0.253_780, 2e-5);
    near(found.ratio.statistic, 50.412_583, 1e-6);
}

/// The same with shares of none and all, to which nothing is added; lme4 stops at five digits here, and metafor's default of 7 nodes
/// is off by 4 % of tau2 (10.8303).
#[test]
fn shares_of_none_and_all_are_rows_like_others() {
    let (yes, of) = ENDS;
    let found = binomial_normal(&yes, &of, Errors::HartungKnappModified, 0.95).unwrap();
    near(found.mean.value, -1.100_717, 2e-4);
    near(found.mean.se, 1.534_627, 2e-4);
    near(found.tau2, 11.247_16, 2e-4);
    near(found.ratio.statistic, 47.0526, 1e-5);
    assert_eq!(found.mean.df, 5.0);
    assert_eq!(found.prediction.df, 5.0);
    for (drawn, share) in found.shrunken.iter().zip([0.0, 0.0, 1.0, 0.33, 0.42, 0.5]) {
        // Each on its own side of the mean, and none without end.
        let side = (drawn.0 - found.mean.value) * (share - 0.25);
        assert!(
            side > 0.0 && drawn.0.abs() < 10.0 && drawn.1 < drawn.0,
            "{drawn:?}"
        );
    }
}

/// metafor 3.8.1 `rma.glmm(measure = "PLO", xi = c(10, 11, 9, 10), ni = c(40, 41, 39, 40))`: no scatter, the share of all rows.
#[test]
fn programmes_that_are_alike_have_no_scatter() {
    let found = binomial_normal(
        &[10.0, 11.0, 9.0, 10.0],
        &[40.0, 41.0, 39.0, 40.0],
        Errors::Normal,
        0.95,
    );
    let found = found.unwrap();
    assert_eq!(found.tau2, 0.0);
    near(found.mean.value, -1.098_612, 1e-6);
    near(found.mean.se, 0.182_574, 1e-5);
    near(found.ratio.statistic, 0.150_329, 1e-5);
    near(found.ratio.p, 0.985_179, 1e-5);
}

#[test]
fn what_has_no_answer_is_refused_in_words() {
    let says = |yes: &[f64], of: &[f64], word: &str| {
        let why = binomial_normal(yes, of, Errors::Normal, 0.95).unwrap_err();
        assert!(why.reason.contains(word) && !why.help.is_empty(), "{why:?}");
    };
    says(&[1.0, 2.0], &[4.0, 4.0], "2 programmes");
    says(&[0.0; 4], &[9.0; 4], "alike");
    says(&[9.0; 4], &[9.0; 4], "alike");
    says(&[5.0, 2.0, 1.0], &[4.0; 3], "no count");
    says(&[f64::NAN, 2.0, 1.0], &[4.0; 3], "no count");
    let ends: Vec<f64> = (0..8).map(|i| 500.0 * f64::from(i % 2)).collect();
    says(&ends, &[500.0; 8], "no maximum");
}

/// Turning shares over turns the mean's sign, and nothing else.
#[test]
fn it_is_the_same_from_the_other_side() {
    let (yes, of) = ENDS;
    let no: Vec<f64> = yes.iter().zip(of).map(|(x, n)| n - x).collect();
    let one = binomial_normal(&yes, &of, Errors::Normal, 0.9).unwrap();
    let other = binomial_normal(&no, &of, Errors::Normal, 0.9).unwrap();
    near(one.mean.value, -other.mean.value, 1e-6);
    near(one.tau2, other.tau2, 1e-6);
}
