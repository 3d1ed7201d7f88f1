//! Data drawn from a model or from a baseline are what they promise to be.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::agreement::{MODEL, change, endline, mean, simulate, squares, within};
use super::*;
use crate::stats::random::stream;
use crate::stats::{Inference, Refused};
use std::collections::BTreeMap;

/// What a design can't cope with shows as bias.
#[test]
fn biased_designs_are_told() {
    let gap = TwoLevel {
        selection_gap: 0.6,
        trend_gap: 0.1,
        ..MODEL
    };
    within(simulate(&gap, 1000, endline).bias, 0.7);
    let did = simulate(&gap, 1000, change);
    within(did.bias, 0.1);
    assert!(did.coverage.value < 0.94);
    // At random, attrition costs precision alone; where the low leave, the endline mean is too high in both waves' difference.
    let lost = TwoLevel {
        attrition: 0.3,
        ..MODEL
    };
    within(simulate(&lost, 1000, change).bias, 0.0);
    let after = |model: &TwoLevel| {
        let rows = model.draw(&mut stream(5, 0, 0)).unwrap();
        let ends: Vec<f64> = rows.iter().filter(|r| r.post).map(|r| r.y).collect();
        (ends.len(), mean(&ends))
    };
    let many = TwoLevel {
        treated: 2000,
        control: 2000,
        persons: 10,
        ..lost
    };
    let follows = TwoLevel {
        attrition_follows_outcome: 0.8,
        ..many
    };
    let ((n, random), (m, biased)) = (after(&many), after(&follows));
    assert!((n as f64 / 40_000.0 - 0.7).abs() < 0.01 && (m as f64 / 40_000.0 - 0.7).abs() < 0.01);
    // Truncation: .8 phi(q) / .7 times the standard deviation between persons, q = norm.ppf(.7) = .5244, phi(q) = .3477.
    let expected = 0.8 * 0.3477 / 0.7 * 0.9_f64.sqrt();
    assert!(
        (biased - random - expected).abs() < 0.04,
        "{} {expected}",
        biased - random
    );
}

/// On a scale of answers the truth is that of the scale: estimates centre on it.
#[test]
fn likert_answers_have_their_own_truth() {
    let likert = TwoLevel {
        answers: Some((1, 5)),
        mean: 4.2,
        effect: 0.8,
        ..MODEL
    };
    let truth = likert.truth();
    assert!(truth > 0.3 && truth < 0.6, "{truth}");
    within(simulate(&likert, 1500, endline).bias, 0.0);
    let row = |r: &Row| r.y >= 1.0 && r.y <= 5.0 && r.y.fract() == 0.0;
    assert!(likert.draw(&mut stream(1, 0, 0)).unwrap().iter().all(row));
    assert_eq!(MODEL.truth(), MODEL.effect);
}

#[test]
fn impossible_models_are_refused() {
    let reason = |model: TwoLevel| model.draw(&mut stream(1, 0, 0)).unwrap_err().reason;
    assert!(
        reason(TwoLevel {
            treated: 0,
            ..MODEL
        })
        .contains("leave a group empty")
    );
    assert!(reason(TwoLevel { icc: 1.2, ..MODEL }).contains("intra-cluster correlation (1.2)"));
    assert!(
        reason(TwoLevel {
            icc: f64::NAN,
            ..MODEL
        })
        .contains("(NaN)")
    );
    assert!(reason(TwoLevel { sd: 0.0, ..MODEL }).contains("standard deviation"));
    assert!(
        reason(TwoLevel {
            attrition: 1.0,
            ..MODEL
        })
        .contains("persons lost (1)")
    );
    assert!(
        reason(TwoLevel {
            answers: Some((5, 1)),
            ..MODEL
        })
        .contains("no scale")
    );
}

const RESAMPLING: Resampling = Resampling {
    assignment: Assignment::ByLot { share_treated: 0.5 },
    clusters: 1.0,
    mean_autocorrelation: 0.6,
    person_autocorrelation: 0.5,
    same_persons: true,
    effect: 0.4,
    trend: 0.1,
    attrition: 0.0,
};

/// A baseline drawn from the model, in one stratum, with its rows' weights all 2.
fn baseline(model: &TwoLevel) -> Vec<BaselineRow> {
    let rows = model.draw(&mut stream(77, 1, 0)).unwrap();
    let first = rows.iter().filter(|r| !r.post);
    first
        .map(|r| BaselineRow {
            stratum: 0,
            cluster: r.cluster,
            treated: r.treated,
            weight: 2.0,
            y: r.y,
        })
        .collect()
}

fn resample(
    rows: &[BaselineRow],
    how: Resampling,
    of: impl Fn(&[Row]) -> Inference + Sync,
) -> Diagnosis {
    let drawn = Resampled::new(rows, how).unwrap();
    let simulation = Simulation {
        draws: 2000,
        seed: 3,
        truth: how.effect,
        alpha: 0.05,
    };
    diagnose(&simulation, |_, rng| Ok(of(&drawn.draw(rng)))).unwrap()
}

/// Resampling keeps the variance of cluster means in the baseline: the spread of estimates is sqrt(4 s^2 / k), times 2 (1 - r) for a
/// change, with the sample variance s^2 (k - 1) of the user's own k clusters, here 6:
/// without the enlargement it would be a twelfth too small.
#[test]
fn resampled_baselines_vary_as_the_baseline_does() {
    let rows = baseline(&TwoLevel {
        treated: 3,
        control: 3,
        ..MODEL
    });
    let own: Vec<f64> = {
        let mut clusters: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for row in &rows {
            clusters.entry(row.cluster).or_default().push(row.y);
        }
        clusters.values().map(|c| mean(c)).collect()
    };
    let variance = squares(&own) / 5.0;
    let got = resample(&rows, RESAMPLING, endline);
    within(got.sd_estimate, (4.0 * variance / 6.0).sqrt());
    within(got.bias, 0.0);
    let got = resample(&rows, RESAMPLING, change);
    within(got.sd_estimate, (4.0 * variance / 6.0 * 2.0 * 0.4).sqrt());
    within(got.bias, 0.0);
    // Twice the clusters, half the variance.
    let twice = Resampling {
        clusters: 2.0,
        ..RESAMPLING
    };
    within(
        resample(&rows, twice, change).sd_estimate,
        (2.0 * variance / 6.0 * 2.0 * 0.4).sqrt(),
    );
}

/// Drawn as observed, the difference between the groups stays; persons keep their weights, numbers and correlation over time.
#[test]
fn resampled_rows_are_the_users_own() {
    let rows = baseline(&TwoLevel {
        selection_gap: 2.0,
        ..MODEL
    });
    let how = Resampling {
        assignment: Assignment::AsObserved,
        ..RESAMPLING
    };
    let group = |treated| {
        let chosen = rows.iter().filter(|r| r.treated == treated);
        mean(&chosen.map(|r| r.y).collect::<Vec<f64>>())
    };
    within(
        resample(&rows, how, endline).bias,
        group(true) - group(false),
    );
    within(resample(&rows, how, change).bias, 0.0);
    let drawn = Resampled::new(&rows, how)
        .unwrap()
        .draw(&mut stream(9, 0, 0));
    assert_eq!(drawn.len(), 2 * rows.len());
    assert!(drawn.iter().all(|r| r.weight == 2.0));
    // Within clusters, persons correlate by .5 over time.
    let pairs: Vec<(f64, f64)> = drawn
        .chunks(2)
        .map(|pair| {
            assert!(pair[0].person == pair[1].person && !pair[0].post && pair[1].post);
            let of = |post| {
                let same = drawn
                    .iter()
                    .filter(|r| r.cluster == pair[0].cluster && r.post == post);
                mean(&same.map(|r| r.y).collect::<Vec<f64>>())
            };
            (pair[0].y - of(false), pair[1].y - of(true))
        })
        .collect();
    let sum = |f: fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>();
    let correlation = sum(|p| p.0 * p.1) / (sum(|p| p.0 * p.0) * sum(|p| p.1 * p.1)).sqrt();
    assert!((correlation - 0.5).abs() < 0.12, "{correlation}");
    let new = Resampling {
        same_persons: false,
        attrition: 0.5,
        ..how
    };
    let drawn = Resampled::new(&rows, new)
        .unwrap()
        .draw(&mut stream(9, 0, 0));
    let persons: std::collections::BTreeSet<u32> = drawn.iter().map(|r| r.person).collect();
    assert_eq!(persons.len(), drawn.len());
    let after = drawn.iter().filter(|r| r.post).count() as f64;
    assert!((after / rows.len() as f64 - 0.5).abs() < 0.1);
}

/// Where large treated clusters do better than small ones, and controls do not, means weighted by persons stay where they are:
/// the change is the effect. (With the deviations of clusters from their unweighted mean it would be .09 below.)
#[test]
fn clusters_whose_size_goes_with_their_mean_do_not_bias_the_change() {
    let rows: Vec<BaselineRow> = (0..60)
        .flat_map(|cluster: u32| {
            let (treated, size) = (cluster < 30, 4 + cluster % 30);
            let high = if treated { f64::from(size) / 20.0 } else { 0.0 };
            (0..size).map(move |person| BaselineRow {
                stratum: 0,
                cluster,
                treated,
                weight: 1.0 + f64::from(cluster % 2),
                y: high + f64::from((cluster * 5 + person * 3) % 7) / 7.0,
            })
        })
        .collect();
    let how = Resampling {
        assignment: Assignment::AsObserved,
        effect: 0.3,
        ..RESAMPLING
    };
    let weighted = |rows: &[Row], treated, post| {
        let of = rows
            .iter()
            .filter(|r| r.treated == treated && r.post == post);
        let (sum, weight) = of.fold((0.0, 0.0), |(sum, weight), r| {
            (sum + r.y * r.weight, weight + r.weight)
        });
        sum / weight
    };
    let resampled = Resampled::new(&rows, how).unwrap();
    let simulation = Simulation {
        draws: 2000,
        seed: 5,
        truth: 0.3,
        alpha: 0.05,
    };
    let got = diagnose(&simulation, |_, rng| {
        let rows = resampled.draw(rng);
        let gain = |treated| weighted(&rows, treated, true) - weighted(&rows, treated, false);
        Ok(Inference::t(
            gain(true) - gain(false),
            1.0,
            f64::INFINITY,
            0.95,
        ))
    })
    .unwrap();
    assert!(
        got.bias.error < 0.01 && got.bias.value.abs() < 3.0 * got.bias.error,
        "{:?}",
        got.bias
    );
}

#[test]
fn unusable_baselines_are_refused() {
    let row = |stratum, cluster, treated, y| BaselineRow {
        stratum,
        cluster,
        treated,
        weight: 1.0,
        y,
    };
    let observed = Resampling {
        assignment: Assignment::AsObserved,
        ..RESAMPLING
    };
    let reason = |rows: &[BaselineRow], how| -> String {
        let refused: Refused = Resampled::new(rows, how).unwrap_err();
        refused.reason
    };
    assert_eq!(reason(&[], observed), "the baseline has no rows");
    assert_eq!(
        reason(
            &[
                row(4, 1, true, 1.0),
                row(4, 2, false, 1.0),
                row(4, 3, false, 2.0)
            ],
            observed
        ),
        "stratum 4 has a single treated cluster, so that drawing clusters can't vary it"
    );
    assert!(
        reason(&[row(0, 1, true, 1.0), row(0, 1, false, 1.0)], observed)
            .contains("both treated and untreated")
    );
    assert!(
        reason(&[row(0, 1, true, 1.0), row(1, 1, true, 1.0)], observed).contains("strata 0 and 1")
    );
    assert!(
        reason(&[row(0, 1, true, f64::NAN)], observed).starts_with("baseline row 1 has no outcome")
    );
    let how = |change: fn(&mut Resampling)| {
        let mut how = RESAMPLING;
        change(&mut how);
        how
    };
    let rows = [row(0, 1, true, 1.0), row(0, 2, true, 2.0)];
    assert!(Resampled::new(&rows, RESAMPLING).is_ok());
    assert!(reason(&rows, how(|h| h.mean_autocorrelation = 1.5)).contains("cluster means (1.5)"));
    assert!(reason(&rows, how(|h| h.clusters = 0.0)).contains("0 times the clusters"));
    assert!(
        reason(
            &rows,
            how(|h| h.assignment = Assignment::ByLot { share_treated: 1.0 })
        )
        .contains("(1)")
    );
    assert!(reason(&rows, how(|h| h.attrition = 1.0)).contains("persons lost"));
}
