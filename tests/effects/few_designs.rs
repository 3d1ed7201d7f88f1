//! How often 95 % intervals of effects hold the truth with few clusters or series: own value before, before and after, more or less of
//! a programme, association, interrupted series.
//!
//! `CODEV_DRAWS=400 cargo test --test tests few_designs -- --nocapture` gives the figures of docs/statistics.md.

use super::few_units::{Covered, ROWS, SIZES, block, covered, draws, normal, table, told};
use codev::stats::random::{stream, tag};
use codev::stats::series::{Errors, Options, Rows, segmented};
use rayon::prelude::*;

const PERSONS: &str = r#"{"unit": "answer", "sampling": "sample", "cluster": "place", "wave": "wave", "person": "person"}"#;
const ANSWERS: &str = r#"{"unit": "answer", "sampling": "sample", "cluster": "place"}"#;
const WAVES: &str = "waves = [\"before\", \"after\"]\nwild = \"off\"\n";

/// Eight persons in each cluster, seen twice; a tenth of the variance lies between clusters, and clusters move by themselves from wave to wave.
#[test]
fn few_designs_with_waves() {
    let columns = [
        ("rep", "string"),
        ("place", "string"),
        ("arm", "string"),
        ("wave", "string"),
        ("person", "string"),
        ("y", "number"),
    ];
    let ancova = format!("treated = \"arm = 'in'\"\nadjust = \"ancova\"\n{WAVES}");
    let blocks = [
        ("ancova", block("ancova", "comparison", &ancova)),
        ("before-after", block("before-after", "before-after", WAVES)),
    ];
    table(
        (&columns, PERSONS),
        &blocks,
        |replicate, with, without, what| {
            let mut random = stream(2022, tag(what), replicate);
            let mut rows = String::new();
            for unit in 0..with + without {
                let level = 0.35 * normal(&mut random);
                let moves = 0.2 * normal(&mut random);
                let arm = if unit < with { "in" } else { "out" };
                for person in 0..8 {
                    let own = 0.7 * normal(&mut random);
                    for (wave, moved) in [("before", 0.0), ("after", moves)] {
                        rows += &format!(
                            "r{replicate},r{replicate}u{unit},{arm},{wave},r{replicate}u{unit}p{person},{}\n",
                            level + moved + own + 0.7 * normal(&mut random)
                        );
                    }
                }
            }
            rows
        },
    );
}

/// Clusters of eight persons. The dose is that of the whole cluster (none without the programme); what goes together with the outcome
/// differs between clusters and persons.
#[test]
fn few_designs_of_more_and_less() {
    let columns = [
        ("rep", "string"),
        ("place", "string"),
        ("dose", "number"),
        ("x", "number"),
        ("z", "number"),
        ("y", "number"),
    ];
    let off = "wild = \"off\"\n";
    let dose = format!("dose = \"dose\"\n{off}");
    let with = format!("with = \"x\"\n{off}");
    let covariates = "covariates = [\"z\"]\n";
    let blocks = [
        (
            "dose-response",
            block("dose-response", "dose-response", &dose),
        ),
        (
            "dose-response with a covariate",
            block(
                "dose-response with a covariate",
                "dose-response",
                &format!("{dose}{covariates}"),
            ),
        ),
        ("association", block("association", "association", &with)),
        (
            "association with a covariate",
            block(
                "association with a covariate",
                "association",
                &format!("{with}{covariates}"),
            ),
        ),
    ];
    table(
        (&columns, ANSWERS),
        &blocks,
        |replicate, with, without, what| {
            let mut random = stream(2023, tag(what), replicate);
            let mut rows = String::new();
            for unit in 0..with + without {
                let level = 0.35 * normal(&mut random);
                let place = 0.7 * normal(&mut random);
                let dose = if unit < with {
                    1.0 + 0.3 * normal(&mut random)
                } else {
                    0.0
                };
                for _ in 0..8 {
                    let (x, z) = (place + 0.7 * normal(&mut random), normal(&mut random));
                    rows += &format!(
                        "r{replicate},r{replicate}u{unit},{dose},{x},{z},{}\n",
                        level + 0.5 * z + normal(&mut random)
                    );
                }
            }
            rows
        },
    );
}

/// The same of rows by themselves.
#[test]
fn few_designs_of_rows() {
    let columns = [
        ("rep", "string"),
        ("dose", "number"),
        ("x", "number"),
        ("y", "number"),
    ];
    let blocks = [
        (
            "dose-response of rows",
            block(
                "dose-response of rows",
                "dose-response",
                "dose = \"dose\"\n",
            ),
        ),
        (
            "association of rows",
            block("association of rows", "association", "with = \"x\"\n"),
        ),
    ];
    table(
        (&columns, ROWS),
        &blocks,
        |replicate, with, without, what| {
            let mut random = stream(2024, tag(what), replicate);
            let mut rows = String::new();
            for unit in 0..with + without {
                let dose = if unit < with {
                    1.0 + 0.3 * normal(&mut random)
                } else {
                    0.0
                };
                rows += &format!(
                    "r{replicate},{dose},{},{}\n",
                    normal(&mut random),
                    normal(&mut random)
                );
            }
            rows
        },
    );
}

/// Series of so many steps, half of them after the intervention, with errors of which `rho` stays from step to step; those without
/// the programme are controls.
fn series(steps: i64, rho: f64, beside: bool) {
    let covered_by = |with: usize, without: usize| -> Covered {
        let what = tag(&format!("few series {with} {without} {steps} {rho}"));
        let one = |replicate: u64| -> Option<(f64, f64)> {
            let mut random = stream(2025, what, replicate);
            let (mut y, mut time, mut of, mut exposed) = (vec![], vec![], vec![], vec![]);
            for unit in 0..with + without {
                let (level, slope) = (normal(&mut random), 0.1 * normal(&mut random));
                let mut error = normal(&mut random) / (1.0 - rho * rho).sqrt();
                for step in 0..steps {
                    if step > 0 {
                        error = rho * error + normal(&mut random);
                    }
                    y.push(level + slope * step as f64 + error);
                    time.push(step);
                    of.push(unit);
                    exposed.push(unit < with);
                }
            }
            let rows = Rows {
                outcome: &y,
                time: &time,
                series: Some(&of),
                exposed: (without > 0).then_some(exposed.as_slice()),
            };
            let options = Options {
                start: steps / 2,
                seasons: None,
                errors: Errors::RestrictedLikelihood,
                check_lags: None,
                confidence: 0.95,
            };
            // As `effect` gives an interval: enough is left to tell the autocorrelation by, and something of it is.
            let fit = segmented(&rows, &options)
                .ok()
                .filter(|fit| fit.free >= 16)?;
            let found = Some(fit.mean_effect).filter(|found| found.df >= 1.0)?;
            Some((found.low, found.high))
        };
        let all: Vec<Option<(f64, f64)>> = (0..draws()).into_par_iter().map(one).collect();
        covered(&all)
    };
    told(
        &format!("one series of {steps} steps, {rho}"),
        &[covered_by(1, 0)],
    );
    if beside {
        // The largest take their time: they are for the long run.
        let sizes = if draws() < 400 {
            &SIZES[..3]
        } else {
            &SIZES[..]
        };
        let found: Vec<Covered> = sizes
            .iter()
            .map(|(with, without)| covered_by(*with, *without))
            .collect();
        told(&format!("series of {steps} steps, {rho}"), &found);
    }
}

/// One series of 12 steps is too short for an interval; several tell the autocorrelation together.
#[test]
fn few_designs_of_series() {
    series(12, 0.0, true);
    series(12, 0.5, true);
    series(24, 0.0, false);
    series(24, 0.5, false);
    series(48, 0.5, false);
}
