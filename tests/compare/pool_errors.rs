//! How sure pooled means are held to be, and on which scale: R 4.2.2, metafor 3.8.1.

use super::{Given, compared, given, near, one, outcome, settings, source};
use codev::compare::compare;
use codev::outcome::comparison::{Comparison, Part, PoolScale};
use codev::outcome::{Effect, Outcome, Sampling};
use serde_json::json;

/// The trials of the BCG vaccine with their allocation (metafor's `dat.bcg`).
const BCG: [([f64; 4], &str); 13] = [
    ([4.0, 119.0, 11.0, 128.0], "random"),
    ([6.0, 300.0, 29.0, 274.0], "random"),
    ([3.0, 228.0, 11.0, 209.0], "random"),
    ([62.0, 13536.0, 248.0, 12619.0], "random"),
    ([33.0, 5036.0, 47.0, 5761.0], "alternate"),
    ([180.0, 1361.0, 372.0, 1079.0], "alternate"),
    ([8.0, 2537.0, 10.0, 619.0], "random"),
    ([505.0, 87886.0, 499.0, 87892.0], "random"),
    ([29.0, 7470.0, 45.0, 7232.0], "random"),
    ([17.0, 1699.0, 65.0, 1600.0], "systematic"),
    ([186.0, 50448.0, 141.0, 27197.0], "systematic"),
    ([5.0, 2493.0, 3.0, 2338.0], "systematic"),
    ([27.0, 16886.0, 29.0, 17825.0], "systematic"),
];

/// Log ratio and standard error of a trial.
fn ratio([a, b, c, d]: [f64; 4], odds: bool) -> (f64, f64) {
    match odds {
        true => (
            (a * d / (b * c)).ln(),
            (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt(),
        ),
        false => (
            (a / (a + b) / (c / (c + d))).ln(),
            (1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)).sqrt(),
        ),
    }
}

fn trials() -> Vec<Given> {
    let trial = |(i, (counts, allocation)): (usize, &([f64; 4], &'static str))| {
        let (value, se) = ratio(*counts, false);
        given(&format!("T{:02}", i + 1), value, se).fact("allocation", allocation)
    };
    BCG.iter().enumerate().map(trial).collect()
}

const POOL: &str = "[[comparison]]\nindicators = [\"score\"]\npool = \"reml\"\n";

/// Five like means: `rma(test = "knha")` gives .1009 to .1151, the normal interval .0028 to .2132. The default is never narrower than that;
/// unmodified, the key finding says so.
#[test]
fn an_interval_narrower_than_the_normal_one_is_not_the_default() {
    let means = [0.10, 0.11, 0.105, 0.115, 0.11];
    let five: Vec<Given> = (0..5)
        .map(|i| given(&format!("P{i}"), means[i], 0.12))
        .collect();
    let interval = |errors: &str| {
        let made = one(&five, Sampling::Sample, &format!("{POOL}{errors}"));
        (made.pooled.as_ref().unwrap().mean.interval, made)
    };
    let (usual, made) = interval("");
    // t of 4 degrees times .12 / sqrt(5), about .108.
    near(usual.0, 0.108 - 2.776_445 * 0.12 / 5_f64.sqrt(), 1e-5);
    near(usual.1, 0.108 + 2.776_445 * 0.12 / 5_f64.sqrt(), 1e-5);
    assert_eq!(made.pooled.unwrap().normal_interval, None);
    let (plain, made) = interval("pool_errors = \"hartung-knapp\"\n");
    near(plain.0, 0.1009, 5e-5);
    near(plain.1, 0.1151, 5e-5);
    let normal = made.pooled.unwrap().normal_interval.unwrap();
    near(normal.0, 0.002_817, 1e-6);
    near(normal.1, 0.213_183, 1e-6);
    let lines = format!("{POOL}pool_errors = \"hartung-knapp\"\n");
    let all = compared(&five, Sampling::Sample, &lines);
    let report = codev::report::comparison::comparison_html(&all).unwrap();
    assert!(
        report.contains("That is narrower than the normal interval"),
        "the key finding tells"
    );
}

/// `rma.mv(yi, vi, random = ~ 1 | alloc/trial)`: -.7040 (-1.0809 to -.3271) by the normal.
#[test]
fn normal_errors_are_not_overruled_by_levels() {
    let made = |errors: &str| {
        let lines = format!("{POOL}levels = \"allocation\"\n{errors}");
        let made = one(&trials(), Sampling::Sample, &lines);
        made.pooled.unwrap().multilevel.unwrap()
    };
    let normal = made("pool_errors = \"normal\"\n");
    near(normal.mean.value, -0.703_992, 5e-5);
    near(normal.mean.se, 0.192_314, 5e-5);
    near(normal.mean.interval.0, -1.080_920, 1e-4);
    near(normal.mean.interval.1, -0.327_065, 1e-4);
    assert_eq!(normal.mean.df, None);
    near(normal.between, 0.013_186, 1e-4);
    near(normal.within, 0.309_346, 1e-4);
    // Else by t on the groups less one.
    assert_eq!(made("").mean.df, Some(2.0));
}

/// The prediction interval names its degrees of freedom.
#[test]
fn the_prediction_interval_says_its_degrees_of_freedom() {
    for (errors, df) in [("", 12.0), ("pool_errors = \"normal\"\n", 11.0)] {
        let lines = format!("{POOL}{errors}");
        let all = compared(&trials(), Sampling::Sample, &lines);
        assert_eq!(
            all.comparisons[0].pooled.as_ref().unwrap().prediction_df,
            Some(df)
        );
        let report = codev::report::comparison::comparison_html(&all).unwrap();
        assert!(report.contains(&format!("by t with {df} degrees of freedom")));
    }
}

/// An outcome of which the effect of each trial is estimated by programme, in this unit.
fn with_effects(unit: &str, odds: bool) -> Outcome {
    let mut made = outcome(&trials(), Sampling::Sample);
    let estimate = |(value, se): (f64, f64)| json!({ "value": value, "se": se, "interval": [value - 1.96 * se, value + 1.96 * se], "n": 100, "missing": 0, "weighted": false });
    let each: Vec<serde_json::Value> = BCG
        .iter()
        .enumerate()
        .map(|(i, (counts, _))| {
            json!({ "by": "programme", "value": format!("T{:02}", i + 1), "estimate": estimate(ratio(*counts, odds)) })
        })
        .collect();
    let effect = json!({
        "id": "arms/ill",
        "indicator": { "id": "ill", "name": "Share of the ill", "kind": "output", "dimension": "test", "side": "both",
            "unit": unit, "direction": "lower-is-better", "hash": "x" },
        "design": "comparison", "evidence": "randomised", "estimand": "of all", "estimate": estimate((-0.4, 0.1)),
        "subgroups": each, "assumptions": [], "method": "by hand",
    });
    made.effects = vec![serde_json::from_value::<Effect>(effect).unwrap()];
    made
}

fn pooled_effects(unit: &str, odds: bool, lines: &str) -> (Comparison, String) {
    let file = settings(&format!(
        "[[comparison]]\neffects = [\"arms\"]\npool = \"reml\"\n{lines}"
    ));
    let mut compared = compare(&[source("made", with_effects(unit, odds))], &file, false).unwrap();
    let report = codev::report::comparison::comparison_html(&compared).unwrap();
    (compared.comparisons.remove(0), report)
}

/// `rma(measure = "RR" | "OR", test = "knha")` of dat.bcg, and back to ratios: .49 (.33 to .73; prediction .14 to 1.76) and .47 (.32 to .71).
#[test]
fn ratios_of_two_arms_are_pooled_as_logarithms_and_told_as_ratios() {
    for (unit, odds, mean, se, tau2, words) in [
        (
            "log risk ratio",
            false,
            -0.714_532,
            0.180_792,
            0.313_243,
            "As a ratio that is 0.49 (0.33 to 0.73; of another programme 0.14 to 1.76).",
        ),
        (
            "log odds ratio",
            true,
            -0.745_178,
            0.186_726,
            0.337_772,
            "As a ratio that is 0.47 (0.32 to 0.71; of another programme 0.13 to 1.79).",
        ),
    ] {
        for lines in ["", "pool_scale = \"log\"\n"] {
            let (made, report) = pooled_effects(unit, odds, lines);
            let pooled = made
                .pooled
                .unwrap_or_else(|| panic!("{unit}: {:?}", made.refusals));
            assert_eq!(pooled.scale, PoolScale::Own);
            near(pooled.mean.value, mean, 2e-6);
            near(pooled.mean.se, se, 2e-6);
            near(pooled.heterogeneity.tau2, tau2, 2e-6);
            assert!(report.contains(words), "{unit}");
        }
    }
}

/// Differences have no logarithm, whatever their sign; nor log odds.
#[test]
fn differences_are_refused_on_the_logarithm_for_what_they_are() {
    for (scale, word) in [("log", "no logarithm"), ("logit", "no log odds")] {
        let (made, _) = pooled_effects("points", false, &format!("pool_scale = \"{scale}\"\n"));
        let refusal = made
            .refusals
            .iter()
            .find(|r| r.part == Part::Pooled)
            .unwrap();
        assert!(refusal.reason.contains(word), "{refusal:?}");
        assert!(refusal.help.contains("pool_scale = \"own\""));
    }
    // Levels of which some are not above 0: that is the reason, and not that they have no error.
    let some: Vec<Given> = [-1.0, 0.0, 2.0, 3.0]
        .iter()
        .enumerate()
        .map(|(i, v)| given(&format!("P{i}"), *v, 0.5))
        .collect();
    let made = one(
        &some,
        Sampling::Sample,
        &format!("{POOL}pool_scale = \"log\"\n"),
    );
    let refusal = &made.refusals[0];
    assert_eq!(
        refusal.reason,
        "2 of them have a value above 0, as the logarithm needs, and pooling needs three"
    );
}
