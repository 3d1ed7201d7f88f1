//! Simulated power, spread and coverage against the formula, for several designs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::Inference;
use std::collections::BTreeMap;

/// A model of 12 and 12 clusters of 15 persons, with one wave's worth of everything.
pub(super) const MODEL: TwoLevel = TwoLevel {
    treated: 12,
    control: 12,
    persons: 15,
    size_variation: 0.0,
    mean: 3.0,
    sd: 1.0,
    icc: 0.1,
    cluster_autocorrelation: 0.7,
    person_autocorrelation: 0.5,
    same_persons: true,
    effect: 0.45,
    trend: 0.2,
    selection_gap: 0.0,
    trend_gap: 0.0,
    attrition: 0.0,
    attrition_follows_outcome: 0.0,
    answers: None,
};

fn plan(comparison: Comparison) -> Plan {
    Plan {
        outcome: Outcome::Mean { sd: 1.0 },
        comparison,
        clusters: Some(Clusters {
            size: 15.0,
            size_variation: 0.0,
            icc: 0.1,
        }),
        covariates: Covariates::default(),
        attrition: 0.0,
        test: Test {
            hypothesis: Hypothesis::TwoSided,
            alpha: 0.05,
        },
        df: None,
    }
}

fn waves(same_persons: bool) -> Waves {
    if same_persons {
        Waves::SamePersons {
            person_autocorrelation: 0.5,
            cluster_autocorrelation: 0.7,
        }
    } else {
        Waves::NewPersons {
            cluster_autocorrelation: 0.7,
        }
    }
}

fn did(same_persons: bool, baseline: Baseline, share_treated: f64) -> Comparison {
    Comparison::DifferenceInDifferences {
        share_treated,
        waves: waves(same_persons),
        baseline,
    }
}

/// A cluster's treatment, and means before and after.
fn means(rows: &[Row]) -> Vec<(bool, f64, f64)> {
    let mut sums: BTreeMap<u32, (bool, [f64; 4])> = BTreeMap::new();
    for row in rows {
        let (_, sums) = sums.entry(row.cluster).or_insert((row.treated, [0.0; 4]));
        let at = usize::from(row.post) * 2;
        sums[at] += row.y * row.weight;
        sums[at + 1] += row.weight;
    }
    sums.into_values()
        .map(|(treated, s)| (treated, s[0] / s[1], s[2] / s[3]))
        .collect()
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(super) fn squares(values: &[f64]) -> f64 {
    let m = mean(values);
    values.iter().map(|x| (x - m).powi(2)).sum()
}

/// The two-sample t-test of equal variances.
fn two_sample(treated: &[f64], control: &[f64]) -> Inference {
    let (n, k) = (treated.len() as f64, control.len() as f64);
    let variance = (squares(treated) + squares(control)) / (n + k - 2.0);
    Inference::t(
        mean(treated) - mean(control),
        (variance * (1.0 / n + 1.0 / k)).sqrt(),
        n + k - 2.0,
        0.95,
    )
}

fn split(clusters: &[(bool, f64, f64)], of: impl Fn(f64, f64) -> f64) -> (Vec<f64>, Vec<f64>) {
    let pick = |treated| {
        let chosen = clusters.iter().filter(move |c| c.0 == treated);
        chosen.map(|c| of(c.1, c.2)).collect::<Vec<f64>>()
    };
    (pick(true), pick(false))
}

pub(super) fn endline(rows: &[Row]) -> Inference {
    let (treated, control) = split(&means(rows), |_, after| after);
    two_sample(&treated, &control)
}

pub(super) fn change(rows: &[Row]) -> Inference {
    let (treated, control) = split(&means(rows), |before, after| after - before);
    two_sample(&treated, &control)
}

/// Analysis of covariance of cluster means, one slope for both groups.
fn adjusted(rows: &[Row]) -> Inference {
    let clusters = means(rows);
    let ((x1, x0), (y1, y0)) = (split(&clusters, |b, _| b), split(&clusters, |_, a| a));
    let cross = |x: &[f64], y: &[f64]| {
        let (mx, my) = (mean(x), mean(y));
        x.iter()
            .zip(y)
            .map(|(x, y)| (x - mx) * (y - my))
            .sum::<f64>()
    };
    let sxx = squares(&x1) + squares(&x0);
    let sxy = cross(&x1, &y1) + cross(&x0, &y0);
    let slope = sxy / sxx;
    let df = clusters.len() as f64 - 3.0;
    let gap = mean(&x1) - mean(&x0);
    let residual = (squares(&y1) + squares(&y0) - slope * sxy) / df;
    let variance = residual * (1.0 / x1.len() as f64 + 1.0 / x0.len() as f64 + gap * gap / sxx);
    Inference::t(
        mean(&y1) - mean(&y0) - slope * gap,
        variance.sqrt(),
        df,
        0.95,
    )
}

pub(super) fn simulate(
    model: &TwoLevel,
    draws: u64,
    of: impl Fn(&[Row]) -> Inference + Sync,
) -> Diagnosis {
    let simulation = Simulation {
        draws,
        seed: 2024,
        truth: model.truth(),
        alpha: 0.05,
    };
    diagnose(&simulation, |_, rng| Ok(of(&model.draw(rng)?))).unwrap()
}

/// Within 3.5 Monte-Carlo errors: of some 40 comparisons with fixed seeds none should be beyond.
pub(super) fn within(got: Simulated, expected: f64) {
    assert!(
        (got.value - expected).abs() < 3.5 * got.error,
        "{got:?} {expected}"
    );
}

/// Power, spread and coverage of a sound estimator are those of the formula.
fn agrees(model: &TwoLevel, plan: &Plan, of: impl Fn(&[Row]) -> Inference + Sync) {
    let units = (model.treated + model.control) as f64;
    let precision = plan.precision(units, model.effect).unwrap();
    let got = simulate(model, 3000, of);
    within(got.power, power(plan, units, model.effect).unwrap());
    within(got.sd_estimate, precision.se);
    within(got.bias, 0.0);
    within(got.coverage, 0.95);
    assert_eq!(got.estimated, 3000);
}

#[test]
fn two_groups_of_clusters() {
    agrees(
        &MODEL,
        &plan(Comparison::TwoGroups { share_treated: 0.5 }),
        endline,
    );
    // Four treated of sixteen, and no effect: false alarms at 5 %.
    let few = TwoLevel {
        treated: 4,
        effect: 0.0,
        ..MODEL
    };
    agrees(
        &few,
        &plan(Comparison::TwoGroups {
            share_treated: 0.25,
        }),
        endline,
    );
}

#[test]
fn difference_in_differences() {
    let gap = TwoLevel {
        selection_gap: 0.6,
        ..MODEL
    };
    agrees(&gap, &plan(did(true, Baseline::Subtracted, 0.5)), change);
    let few = TwoLevel {
        treated: 3,
        control: 4,
        ..gap
    };
    agrees(
        &few,
        &plan(did(true, Baseline::Subtracted, 3.0 / 7.0)),
        change,
    );
    let new = TwoLevel {
        same_persons: false,
        ..gap
    };
    agrees(&new, &plan(did(false, Baseline::Subtracted, 0.5)), change);
}

#[test]
fn analysis_of_covariance() {
    agrees(&MODEL, &plan(did(true, Baseline::Covariate, 0.5)), adjusted);
    // So few clusters that the chance difference at baseline matters: without it the variance would be 1/7 too small.
    let few = TwoLevel {
        treated: 5,
        control: 5,
        ..MODEL
    };
    agrees(&few, &plan(did(true, Baseline::Covariate, 0.5)), adjusted);
}

#[test]
fn before_and_after() {
    let one_group = |rows: &[Row]| {
        let (treated, _) = split(&means(rows), |before, after| after - before);
        let n = treated.len() as f64;
        Inference::t(
            mean(&treated),
            (squares(&treated) / (n - 1.0) / n).sqrt(),
            n - 1.0,
            0.95,
        )
    };
    let model = TwoLevel {
        trend: 0.0,
        ..MODEL
    };
    let comparison = Comparison::BeforeAfter { waves: waves(true) };
    let got = simulate(&model, 3000, one_group);
    let plan = plan(comparison);
    within(got.power, power(&plan, 12.0, model.effect).unwrap());
    within(
        got.sd_estimate,
        plan.precision(12.0, model.effect).unwrap().se,
    );
    // A trend without the programme is taken for its effect.
    let trend = simulate(&MODEL, 500, one_group);
    within(trend.bias, MODEL.trend);
}

/// Persons, a yes/no outcome: a latent normal above 1/2.
#[test]
fn two_proportions() {
    let model = TwoLevel {
        treated: 120,
        control: 120,
        persons: 1,
        icc: 0.0,
        mean: 0.0,
        trend: 0.0,
        effect: 0.5,
        answers: Some((0, 1)),
        ..MODEL
    };
    let without = 1.0 - crate::stats::distribution::normal(0.5);
    let plan = Plan {
        outcome: Outcome::Proportion { without },
        clusters: None,
        ..plan(Comparison::TwoGroups { share_treated: 0.5 })
    };
    let got = simulate(&model, 3000, endline);
    within(got.bias, 0.0);
    within(
        got.sd_estimate,
        plan.precision(240.0, model.truth()).unwrap().se,
    );
    within(got.power, power(&plan, 240.0, model.truth()).unwrap());
}

/// Sizes vary: cluster means weighted by size (Eldridge et al. 2006) spread as the design effect says, up to the lognormal's sizes
/// being whole and the weights random (5 %).
#[test]
fn unequal_clusters() {
    let model = TwoLevel {
        treated: 40,
        control: 40,
        size_variation: 0.6,
        persons: 30,
        ..MODEL
    };
    let by_person = |rows: &[Row]| {
        let of = |treated| {
            let chosen = rows.iter().filter(|r| r.post && r.treated == treated);
            mean(&chosen.map(|r| r.y).collect::<Vec<f64>>())
        };
        Inference::t(of(true) - of(false), 1.0, f64::INFINITY, 0.95)
    };
    let got = simulate(&model, 1200, by_person);
    let plan = Plan {
        clusters: Some(Clusters {
            size: 30.0,
            size_variation: 0.6,
            icc: 0.1,
        }),
        ..plan(Comparison::TwoGroups { share_treated: 0.5 })
    };
    let ratio = got.sd_estimate.value / plan.precision(80.0, 0.45).unwrap().se;
    assert!(
        (ratio - 1.0).abs() < 0.05 + 2.0 * got.sd_estimate.error / got.sd_estimate.value,
        "{ratio}"
    );
}
