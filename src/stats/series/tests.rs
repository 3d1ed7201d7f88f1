//! Tests of interrupted series.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::distribution::normal_quantile;
use crate::stats::random;
use rand::RngExt;
use rayon::prelude::*;

const Y: [f64; 24] = [
    12.1, 11.4, 13.2, 12.8, 13.9, 13.1, 14.6, 15.2, 14.1, 15.8, 16.4, 15.1, 12.2, 11.9, 10.8, 12.4,
    11.1, 10.2, 11.6, 10.9, 9.7, 9.9, 10.8, 8.9,
];

fn with(errors: Errors) -> Options {
    Options {
        start: 12,
        seasons: None,
        errors,
        check_lags: Some(2),
        confidence: 0.95,
    }
}

fn one<'a>(y: &'a [f64], t: &'a [i64]) -> Rows<'a> {
    Rows {
        outcome: y,
        time: t,
        series: None,
        exposed: None,
    }
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-7 * b.abs().max(1.0), "{a} {b}");
}

/// Against statsmodels 0.15.0: OLS, `get_robustcov_results("HAC", maxlags, use_correction=True)`, GLSAR at the iterated rho, GLS with the
/// covariance rho^|i-j| / (1 - rho^2), its rho by iteration or `scipy.optimize.minimize_scalar` of the restricted likelihood;
/// changes of level and slope with their standard errors.
#[test]
fn agree_with_statsmodels() {
    let t: Vec<i64> = (0..24).collect();
    let cases = [
        (
            Errors::Independent,
            None,
            [
                -4.311305361305,
                0.575354389421,
                -0.605944055944,
                0.082901451491,
            ],
        ),
        (
            Errors::NeweyWest { lags: Some(2) },
            None,
            [
                -4.311305361305,
                0.314810861075,
                -0.605944055944,
                0.043247287197,
            ],
        ),
        (
            Errors::NeweyWest { lags: Some(4) },
            None,
            [
                -4.311305361305,
                0.277488166571,
                -0.605944055944,
                0.039405263518,
            ],
        ),
        (
            Errors::CochraneOrcutt,
            Some(-0.5514557919604377),
            [
                -4.593913485195,
                0.358096048469,
                -0.602640389113,
                0.049834025999,
            ],
        ),
        (
            Errors::PraisWinsten,
            Some(-0.5511639514049557),
            [
                -4.574150494362,
                0.347402582192,
                -0.598669697236,
                0.047849618992,
            ],
        ),
        (
            Errors::RestrictedLikelihood,
            Some(-0.43012061282659386),
            [
                -4.542972328931,
                0.376811791738,
                -0.599954684812,
                0.052019403642,
            ],
        ),
    ];
    for (errors, rho, [level, level_se, slope, slope_se]) in cases {
        let fit = segmented(&one(&Y, &t), &with(errors)).unwrap();
        near(fit.level.value, level);
        near(fit.level.se, level_se);
        near(fit.slope.value, slope);
        near(fit.slope.se, slope_se);
        match (fit.rho, rho) {
            (Some(a), Some(b)) => near(a, b),
            (a, b) => assert_eq!(a, b),
        }
        near(fit.checks.durbin_watson, 2.9150208262843798);
        near(
            fit.checks.breusch_godfrey.unwrap().statistic,
            16.831293360775945,
        );
        assert!((fit.checks.ljung_box.statistic - 8.490605).abs() < 1e-6);
    }
}

/// Without steps 5 and 17, against the same restricted likelihood of statsmodels 0.15.0.
#[test]
fn missing_steps_keep_their_distance() {
    let t: Vec<i64> = (0..24).filter(|t| ![5, 17].contains(t)).collect();
    let y: Vec<f64> = t.iter().map(|t| Y[*t as usize]).collect();
    let fit = segmented(&one(&y, &t), &with(Errors::RestrictedLikelihood)).unwrap();
    assert_eq!((fit.gaps, fit.n), (2, 22));
    near(fit.rho.unwrap(), -0.3467668829926071);
    near(fit.level.value, -4.474265175972);
    near(fit.level.se, 0.416306231915);
    near(fit.slope.se, 0.056600349706);
}

/// Two series, season and control, all exact but for a small alternation.
#[test]
fn controls_take_their_change_away() {
    let (mut y, mut t, mut s, mut e) = (vec![], vec![], vec![], vec![]);
    for series in 0..2usize {
        for step in 0..40i64 {
            let after = f64::from(u8::from(step >= 20));
            let since = (step - 20) as f64;
            let own = if series == 0 { 3.0 + 0.5 * since } else { 0.0 };
            let noise = if (step * step + series as i64) % 3 == 0 {
                0.001
            } else {
                -0.001
            };
            y.push(
                10.0 + after * (2.0 - 0.1 * since + own)
                    + [1.0, 0.0, 2.0, 4.0][step as usize % 4]
                    + noise,
            );
            t.push(step);
            s.push(series + 7);
            e.push(series == 0);
        }
    }
    let rows = Rows {
        outcome: &y,
        time: &t,
        series: Some(&s),
        exposed: Some(&e),
    };
    let options = Options {
        start: 20,
        seasons: Some(4),
        ..with(Errors::Independent)
    };
    let fit = segmented(&rows, &options).unwrap();
    assert!((fit.level.value - 3.0).abs() < 0.01);
    assert!((fit.slope.value - 0.5).abs() < 0.001);
    let (level, slope) = fit.controls.unwrap();
    assert!((level.value - 2.0).abs() < 0.01 && (slope.value + 0.1).abs() < 0.001);
    assert!((fit.effect_at(30).value - 8.0).abs() < 0.01);
    assert!((fit.mean_effect.value - (3.0 + 0.5 * 9.5)).abs() < 0.01);
    let (last, control) = (fit.points[39], fit.points[79]);
    assert!((last.fitted - last.counterfactual.value - 12.5).abs() < 0.01);
    assert_eq!(control.fitted, control.counterfactual.value);
}

#[test]
fn what_misleads_is_refused() {
    let says = |y: &[f64], t: &[i64], words: &str| {
        let refused = segmented(&one(y, t), &with(Errors::PraisWinsten)).unwrap_err();
        assert!(refused.reason.contains(words), "{refused}");
    };
    let t: Vec<i64> = (0..24).collect();
    says(&Y[..14], &t[..14], "2 after the change");
    let line: Vec<f64> = t.iter().map(|t| *t as f64).collect();
    says(&line, &t, "fit every step exactly");
    let mut twice = t.clone();
    twice[3] = 2;
    says(&Y, &twice, "two values at step 2");
}

/// Size at 24 steps and autocorrelation 0.4 (the table of the module, over 4,000 series): ordinary errors reject a true null of
/// the slope in 20 %, restricted likelihood in 10 %. Over 300 series: within 6 points, some three standard errors.
#[test]
fn sizes_are_as_stated() {
    let share = |errors| {
        let rejects: Vec<Option<bool>> = (0..300)
            .into_par_iter()
            .map(|replicate| {
                let mut g = random::stream(11, 240, replicate);
                let mut normal = || normal_quantile(g.random::<f64>().clamp(1e-12, 1.0 - 1e-12));
                let mut error = normal() / (1.0_f64 - 0.16).sqrt();
                let mut y = Vec::new();
                for _ in 0..24 {
                    y.push(error);
                    error = 0.4 * error + normal();
                }
                let t: Vec<i64> = (0..24).collect();
                let fit = segmented(&one(&y, &t), &with(errors)).ok()?;
                Some(fit.slope.p < 0.05)
            })
            .collect();
        let answered: Vec<bool> = rejects.into_iter().flatten().collect();
        answered.iter().filter(|r| **r).count() as f64 / answered.len() as f64
    };
    let ordinary = share(Errors::Independent);
    let restricted = share(Errors::RestrictedLikelihood);
    assert!((ordinary - 0.204).abs() < 0.07, "{ordinary}");
    assert!((restricted - 0.101).abs() < 0.055, "{restricted}");
}
