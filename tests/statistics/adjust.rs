//! Adjusted effects, matching and balance on LaLonde's data, against published figures and second opinions.

use codev::stats::adjust::{
    Covariate, Matching, Method, Metric, Sample, Target, Weighting, matched, weighted,
};
use codev::stats::balance::{Denominator, Values, Variable, balance};
use std::path::Path;

/// The 185 trainees of the National Supported Work demonstration and 429 of the Panel Study of Income Dynamics.
struct Lalonde {
    treated: Vec<bool>,
    earnings: Vec<f64>,
    covariates: Vec<Covariate>,
}

/// None, with a word on standard error, where the data aren't there.
fn lalonde() -> Option<Lalonde> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/reference/lalonde.csv");
    if !file.exists() {
        eprintln!("skipped: no ../shared/data");
        return None;
    }
    let mut reader = csv::Reader::from_path(file).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let numbers = |name: &str, unit: f64| -> Vec<f64> {
        let place = at(name);
        rows.iter()
            .map(|r| r[place].parse::<f64>().unwrap() / unit)
            .collect()
    };
    let race = |level: &str| -> Vec<f64> {
        rows.iter()
            .map(|r| f64::from(u8::from(&r[at("race")] == level)))
            .collect()
    };
    Some(Lalonde {
        treated: numbers("treat", 1.0)
            .into_iter()
            .map(|t| t == 1.0)
            .collect(),
        earnings: numbers("re78", 1000.0),
        covariates: vec![
            Covariate::new("age", numbers("age", 1.0)),
            Covariate::new("education", numbers("educ", 1.0)),
            Covariate::new("black", race("black")),
            Covariate::new("hispanic", race("hispan")),
            Covariate::new("married", numbers("married", 1.0)),
            Covariate::new("no degree", numbers("nodegree", 1.0)),
            Covariate::new("earnings 1974", numbers("re74", 1000.0)),
            Covariate::new("earnings 1975", numbers("re75", 1000.0)),
        ],
    })
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() < tolerance,
        "{found} is not {expected}"
    );
}

/// reference-cases.md: standardised differences of age, education and 1974 earnings with the treated group's SD and the
/// pooled one, variance ratio of age; four digits as published.
#[test]
fn the_balance_of_lalonde_is_as_published() {
    let Some(data) = lalonde() else { return };
    let variables: Vec<Variable> = data
        .covariates
        .iter()
        .map(|c| Variable {
            name: &c.name,
            values: Values::Numbers(&c.values),
        })
        .collect();
    let table = |denominator| balance(&data.treated, &variables, None, None, denominator).unwrap();
    let by_treated = table(Denominator::Treated);
    near(by_treated[0].standardised.unwrap(), -0.3094, 5e-5);
    near(by_treated[1].standardised.unwrap(), 0.0550, 5e-5);
    near(by_treated[6].standardised.unwrap(), -0.7211, 5e-5);
    near(by_treated[0].variance_ratio.unwrap(), 0.4400, 5e-5);
    near(
        table(Denominator::Pooled)[0].standardised.unwrap(),
        -0.2419,
        5e-5,
    );
    assert!(by_treated[2].share && by_treated[2].variance_ratio.is_none());
}

/// Second opinion: stacked estimating equations with a numerical Jacobian (numpy 2.4, statsmodels 0.15 for the fits), covariance
/// A^-1 (sum of squared cluster sums) A^-T times G/(G-1). Effect, standard error, then both with weights 1 + row mod 3 and
/// clusters row mod 40 (rows from 0). Effects agree to 1e-7, standard errors to 1e-6 (the Jacobian has a step of 1e-6).
/// The first effects of IPW (0.2247) and AIPW (0.4696) are also those of statsmodels' `TreatmentEffect`, to its convergence of 1e-5.
#[test]
fn weighting_agrees_with_stacked_equations() {
    let Some(data) = lalonde() else { return };
    let n = data.treated.len();
    let weights: Vec<f64> = (0..n).map(|i| 1.0 + (i % 3) as f64).collect();
    let clusters: Vec<u32> = (0..n as u32).map(|i| i % 40).collect();
    use Method::{DoublyRobust, InverseProbability, RegressionAdjustment, WeightedRegression};
    use Target::{Everyone, Treated};
    for (method, target, expected) in [
        (
            InverseProbability,
            Everyone,
            [0.224676309, 0.876907576, 0.246065442, 0.888468803],
        ),
        (
            InverseProbability,
            Treated,
            [1.214071223, 0.798805386, 1.645347485, 1.095876529],
        ),
        (
            RegressionAdjustment,
            Everyone,
            [1.074908541, 1.102047222, 1.143548442, 1.058471436],
        ),
        (
            RegressionAdjustment,
            Treated,
            [1.647583252, 0.809639113, 2.069610917, 1.129087573],
        ),
        (
            WeightedRegression,
            Everyone,
            [0.386092590, 1.247670369, 0.618323776, 1.247852505],
        ),
        (
            WeightedRegression,
            Treated,
            [1.270124935, 0.791169675, 1.638317097, 1.080711322],
        ),
        (
            DoublyRobust,
            Everyone,
            [0.469639974, 1.181411276, 0.668539993, 1.154929623],
        ),
        (
            DoublyRobust,
            Treated,
            [1.226543741, 0.802277040, 1.575788480, 1.089974575],
        ),
    ] {
        let options = Weighting {
            method,
            target,
            propensity: &data.covariates,
            outcome: &data.covariates,
            trim: None,
            few: false,
            confidence: 0.95,
        };
        let plain = Sample {
            outcome: &data.earnings,
            treated: &data.treated,
            weights: None,
            clusters: None,
        };
        let survey = Sample {
            weights: Some(&weights),
            clusters: Some(&clusters),
            ..plain
        };
        let found = weighted(&plain, &options).unwrap();
        near(found.effect.value, expected[0], 1e-7);
        near(found.effect.se, expected[1], 1e-6);
        assert_eq!(found.effect.df, 613.0);
        let found = weighted(&survey, &options).unwrap();
        near(found.effect.value, expected[2], 1e-7);
        near(found.effect.se, expected[3], 1e-6);
        assert_eq!((found.effect.df, found.clusters), (39.0, 40));
    }
}

/// Second opinion: R's `Matching` 4.10-8 (R 4.2.2), `Match(Y, Tr, X, M, estimand, Weight = 2, BiasAdjust, Z = X, Var.calc = 2,
/// distance.tolerance = 1e-9)`: effect and `se` in dollars, with 12 digits. A brute-force version in numpy agrees as well.
#[test]
fn matching_agrees_with_r() {
    let Some(data) = lalonde() else { return };
    let plain = Sample {
        outcome: &data.earnings,
        treated: &data.treated,
        weights: None,
        clusters: None,
    };
    let options = |target, neighbours, bias_correction| Matching {
        target,
        covariates: &data.covariates,
        metric: Metric::Mahalanobis,
        neighbours,
        variance_neighbours: 2,
        bias_correction,
        exact: None,
        caliper: None,
        confidence: 0.95,
    };
    use Target::{Everyone, Treated};
    for (target, neighbours, corrected, effect, se) in [
        (Treated, 1, false, 262.24007827, 1207.08985022),
        (Treated, 1, true, 27.9633414208, 1207.70984798),
        (Treated, 3, false, 1111.56852708, 955.329386279),
        (Treated, 3, true, 1059.00825632, 958.926720362),
        (Everyone, 1, false, -495.40778741, 1029.10640886),
        (Everyone, 1, true, -779.15322078, 1032.97297933),
        (Everyone, 3, false, -266.859489221, 807.789790964),
        (Everyone, 3, true, -458.97989519, 811.569064186),
    ] {
        let correction: &[Covariate] = if corrected { &data.covariates } else { &[] };
        let found = matched(&plain, &options(target, neighbours, correction)).unwrap();
        near(found.effect.value * 1000.0, effect, 1e-6);
        near(found.effect.se * 1000.0, se, 1e-6);
    }
    // On the propensity of `glm(treat ~ X, binomial, epsilon = 1e-14)`, with Var.calc = 1.
    for (target, effect, se) in [
        (Treated, 1968.79971586, 1134.31908691),
        (Everyone, -304.607401113, 1101.41484108),
    ] {
        let on_propensity = Matching {
            metric: Metric::Propensity,
            variance_neighbours: 1,
            ..options(target, 1, &[])
        };
        let found = matched(&plain, &on_propensity).unwrap();
        near(found.effect.value * 1000.0, effect, 1e-6);
        near(found.effect.se * 1000.0, se, 1e-6);
    }
}
