//! Whether intervals cover the truth, and estimators stay right where one of two models is wrong: fixed seeds.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::random::stream;
use rand::RngExt;
use rayon::prelude::*;

/// The mean effect on everyone in the population below.
const TRUTH: f64 = 1.0;

struct Draw {
    outcome: Vec<f64>,
    treated: Vec<bool>,
    clusters: Vec<u32>,
    right: Vec<Covariate>,
    wrong: Vec<Covariate>,
}

/// Confounded: x raises both the chance of treatment and the outcome, whose effect differs with x. `clustered` groups ten rows
/// that share a shock of the outcome and their treatment's chance. The wrong covariate is x squared, unrelated to what x does.
fn draw(replicate: u64, rows: usize, clustered: bool) -> Draw {
    let mut random = stream(20_261_127, 1, replicate);
    let mut normal =
        || crate::stats::distribution::normal_quantile(random.random_range(1e-12..1.0));
    let x: Vec<f64> = (0..rows).map(|_| normal()).collect();
    let noise: Vec<f64> = (0..rows).map(|_| normal()).collect();
    let shock: Vec<f64> = (0..rows / 10 + 1).map(|_| normal()).collect();
    let shared: Vec<f64> = (0..rows / 10 + 1).map(|_| normal()).collect();
    let mut outcome = Vec::new();
    let mut treated = Vec::new();
    let x: Vec<f64> = (0..rows)
        .map(|i| {
            if clustered {
                0.6 * x[i] + 0.8 * shared[i / 10]
            } else {
                x[i]
            }
        })
        .collect();
    for i in 0..rows {
        let chance = 1.0 / (1.0 + (0.2 - 0.8 * x[i]).exp());
        let is = random.random::<f64>() < chance;
        let effect = if is { TRUTH + 0.5 * x[i] } else { 0.0 };
        let common = if clustered { shock[i / 10] } else { 0.0 };
        outcome.push(effect + x[i] + common + noise[i]);
        treated.push(is);
    }
    Draw {
        outcome,
        treated,
        clusters: (0..rows as u32).map(|i| i / 10).collect(),
        wrong: vec![Covariate::new(
            "x squared",
            x.iter().map(|x| x * x).collect(),
        )],
        right: vec![Covariate::new("x", x)],
    }
}

/// Mean estimate and share of intervals that cover the truth.
fn over(replicates: u64, one: impl Fn(u64) -> crate::stats::Inference + Sync + Send) -> (f64, f64) {
    let all: Vec<_> = (0..replicates).into_par_iter().map(one).collect();
    let mean = all.iter().map(|e| e.value).sum::<f64>() / all.len() as f64;
    let covering = all
        .iter()
        .filter(|e| e.low <= TRUTH && TRUTH <= e.high)
        .count();
    (mean, covering as f64 / all.len() as f64)
}

fn weigh(
    draw: &Draw,
    method: Method,
    clustered: bool,
    right: [bool; 2],
) -> crate::stats::Inference {
    let pick = |right| if right { &draw.right } else { &draw.wrong };
    let sample = Sample {
        outcome: &draw.outcome,
        treated: &draw.treated,
        weights: None,
        clusters: clustered.then_some(&draw.clusters),
    };
    let options = Weighting {
        method,
        target: Target::Everyone,
        propensity: pick(right[0]),
        outcome: pick(right[1]),
        trim: None,
        few: false,
        confidence: 0.95,
    };
    weighted(&sample, &options).unwrap().effect
}

/// 600 replicates: a coverage of 95 % has a simulation error of 0.9 points, so 92 to 98 lies beyond three of them.
#[test]
fn intervals_of_weighting_cover_the_truth() {
    for (method, clustered) in [
        (Method::InverseProbability, false),
        (Method::DoublyRobust, false),
        (Method::WeightedRegression, false),
        (Method::InverseProbability, true),
        (Method::DoublyRobust, true),
    ] {
        let (mean, covered) = over(600, |r| {
            weigh(&draw(r, 400, clustered), method, clustered, [true; 2])
        });
        assert!(
            (0.92..=0.98).contains(&covered),
            "{method:?} {clustered} {covered}"
        );
        assert!((mean - TRUTH).abs() < 0.03, "{method:?} {clustered} {mean}");
    }
}

#[test]
fn doubly_robust_needs_one_right_model_only() {
    let mean = |method, right| over(200, |r| weigh(&draw(r, 400, false), method, false, right));
    for method in [Method::DoublyRobust, Method::WeightedRegression] {
        for right in [[true, false], [false, true]] {
            let (mean, covered) = mean(method, right);
            assert!((mean - TRUTH).abs() < 0.05, "{method:?} {right:?} {mean}");
            assert!(covered > 0.9, "{method:?} {right:?} {covered}");
        }
    }
    // Both wrong, or the only one: the confounding shows (so that the above is no accident).
    for (method, right) in [
        (Method::DoublyRobust, [false, false]),
        (Method::InverseProbability, [false, true]),
        (Method::RegressionAdjustment, [true, false]),
    ] {
        assert!(
            (mean(method, right).0 - TRUTH).abs() > 0.4,
            "{method:?} {right:?}"
        );
    }
}

#[test]
fn intervals_of_matching_cover_the_truth() {
    let (mean, covered) = over(400, |r| {
        let draw = draw(r, 300, false);
        let sample = Sample {
            outcome: &draw.outcome,
            treated: &draw.treated,
            weights: None,
            clusters: None,
        };
        let options = Matching {
            target: Target::Everyone,
            covariates: &draw.right,
            metric: Metric::Mahalanobis,
            neighbours: 2,
            variance_neighbours: 2,
            bias_correction: &draw.right,
            exact: None,
            caliper: None,
            confidence: 0.95,
        };
        matched(&sample, &options).unwrap().effect
    });
    assert!((0.92..=0.98).contains(&covered), "{covered}");
    assert!((mean - TRUTH).abs() < 0.03, "{mean}");
}
