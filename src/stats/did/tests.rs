//! Tests of difference-in-differences.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::distribution::normal_quantile;
use crate::stats::random;
use rand::{Rng, RngExt};
use rayon::prelude::*;

fn normal(generator: &mut impl Rng) -> f64 {
    normal_quantile(generator.random::<f64>().clamp(1e-12, 1.0 - 1e-12))
}

type Panel = (Vec<f64>, Vec<i64>, Vec<Option<i64>>, Vec<usize>);

/// A panel of 60 units, 8 periods: never treated, and cohorts of periods 3, 5, 7 with effects 1 + 0.5 e, of 15 units each.
fn panel(replicate: u64) -> Panel {
    let mut g = random::stream(5, 0, replicate);
    let shocks: Vec<f64> = (0..8).map(|_| normal(&mut g)).collect();
    let (mut y, mut t, mut c, mut u) = (vec![], vec![], vec![], vec![]);
    for unit in 0..60usize {
        let cohort = [None, Some(3), Some(5), Some(7)][unit % 4];
        let own = 2.0 * normal(&mut g);
        let mut error = normal(&mut g);
        for period in 1..=8i64 {
            error = 0.4 * error + normal(&mut g);
            let effect = match cohort {
                Some(from) if period >= from => 1.0 + 0.5 * (period - from) as f64,
                _ => 0.0,
            };
            y.push(own + shocks[period as usize - 1] + error + effect);
            t.push(period);
            c.push(cohort);
            u.push(unit);
        }
    }
    (y, t, c, u)
}

fn rows<'a>((y, t, c, u): &'a Panel) -> Rows<'a> {
    Rows {
        outcome: y,
        period: t,
        cohort: c,
        unit: Some(u),
        cluster: None,
        weight: None,
        covariates: &[],
    }
}

/// The overall effect by cohort is (2.25 + 1.75 + 1.25) / 3. Over 2,000 replicates of this panel its 95 % intervals held it in
/// 94.2 %; over the first 200 the share may lie 4.6 points (three standard errors) off.
#[test]
fn intervals_hold_the_truth() {
    let hits: Vec<bool> = (0..200)
        .into_par_iter()
        .map(|r| {
            let panel = panel(r);
            let effects = group_time(&rows(&panel), &Options::default()).unwrap();
            let overall = effects.aggregate(Aggregation::Group).unwrap().overall;
            overall.low <= 1.75 && 1.75 <= overall.high
        })
        .collect();
    let share = hits.iter().filter(|h| **h).count() as f64 / 200.0;
    assert!((share - 0.942).abs() < 0.05, "{share}");
}

/// Against numpy 2.4.6: the estimator written out once more, its standard error by numerical derivatives by the weights
/// (`sum((w da/dw)^2)`), so that no influence function is shared. Columns as made below, weights included.
#[test]
fn cross_sections_with_a_covariate_agree_with_numpy() {
    let n = 240;
    let column = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
    let d = column(&|i| f64::from(u8::from((i * 7) % 5 < 2)));
    let late = column(&|i| f64::from(u8::from((i * 3) % 4 < 2)));
    let x = column(&|i| ((i * 37) % 101) as f64 / 50.0 - 1.0 + 0.3 * d[i]);
    let y = column(&|i| {
        let e = ((i * 53) % 97) as f64 / 48.5 - 1.0;
        1.0 + 0.5 * x[i]
            + 0.2 * d[i]
            + 0.4 * late[i]
            + 0.3 * late[i] * x[i]
            + d[i] * late[i] * (0.7 + 0.2 * x[i])
            + e
    });
    let w = column(&|i| 1.0 + ((i * 11) % 3) as f64 / 2.0);
    let period: Vec<i64> = late.iter().map(|t| 1 + *t as i64).collect();
    let cohort: Vec<Option<i64>> = d.iter().map(|d| (*d > 0.0).then_some(2)).collect();
    let rows = Rows {
        outcome: &y,
        period: &period,
        cohort: &cohort,
        unit: None,
        cluster: None,
        weight: Some(&w),
        covariates: &[("x", &x)],
    };
    let effect = group_time(&rows, &Options::default()).unwrap().cells[0].inference;
    assert!((effect.value - 0.887_344_572_3).abs() < 1e-9, "{effect:?}");
    assert!((effect.se - 0.163_952_72).abs() < 1e-7, "{effect:?}");
}

/// In a balanced panel with a never-treated group both estimators average the same differences of means.
#[test]
fn sun_abraham_agrees_with_group_time() {
    let panel = panel(1);
    let options = EventOptions {
        anticipation: 0,
        kind: crate::stats::linear::Kind::Cr1,
        confidence: 0.95,
        average: Average::Simple,
        bands: None,
    };
    let study = sun_abraham(&rows(&panel), &options).unwrap();
    let effects = group_time(
        &rows(&panel),
        &Options {
            base: Base::Universal,
            ..Options::default()
        },
    )
    .unwrap();
    let simple = effects.aggregate(Aggregation::Simple).unwrap();
    assert!((study.overall.value - simple.overall.value).abs() < 1e-10);
    let dynamic = Aggregation::Dynamic {
        between: None,
        balanced: None,
    };
    let parts = effects.aggregate(dynamic).unwrap().parts;
    assert_eq!(parts.len(), study.events.len());
    for (a, b) in parts.iter().zip(&study.events) {
        assert_eq!((a.at, a.cells), (b.at, b.cells));
        assert!((a.inference.value - b.inference.value).abs() < 1e-10);
    }
}

#[test]
fn without_never_treated_the_last_cohort_compares() {
    let mut panel = panel(2);
    panel.2.iter_mut().for_each(|c| *c = c.or(Some(8)));
    let refused = group_time(&rows(&panel), &Options::default()).unwrap_err();
    assert!(refused.reason.contains("never treated"));
    let options = Options {
        comparison: Comparison::NotYetTreated,
        ..Options::default()
    };
    let effects = group_time(&rows(&panel), &options).unwrap();
    assert!(effects.cells.iter().all(|c| c.period < 8));
    // Three cohorts in period 8, and the last cohort in 7 and 8: nobody is left to compare with.
    assert_eq!(effects.skipped.len(), 5);
    let kind = crate::stats::linear::Kind::Cr1;
    let study = sun_abraham(
        &rows(&panel),
        &EventOptions {
            anticipation: 0,
            kind,
            confidence: 0.95,
            average: Average::Simple,
            bands: None,
        },
    )
    .unwrap();
    assert_eq!(
        (study.comparison_cohort, study.rows_left_out),
        (Some(8), 60)
    );
}

#[test]
fn dropped_and_unbalanced_are_counted() {
    let mut panel = panel(3);
    // Unit 0 treated from the start, unit 1 without its last period.
    panel.2[..8].fill(Some(1));
    let last = 15;
    panel.0.remove(last);
    panel.1.remove(last);
    panel.2.remove(last);
    panel.3.remove(last);
    let effects = group_time(&rows(&panel), &Options::default()).unwrap();
    let expected = Counts {
        given: 60,
        treated_from_start: 1,
        used: 59,
        not_in_every_period: 1,
        clusters: 59,
    };
    assert_eq!(effects.counts, expected);
    let treated = |period| {
        let cell = |c: &&Cell| c.cohort == 3 && c.period == period;
        effects.cells.iter().find(cell).unwrap().treated
    };
    assert_eq!((treated(7), treated(8)), (15, 14));
}

#[test]
fn what_misleads_is_refused() {
    let says = |panel: &Panel, words: &str| {
        let refused = group_time(&rows(panel), &Options::default()).unwrap_err();
        assert!(refused.reason.contains(words), "{refused}");
    };
    let mut changing = panel(4);
    changing.2[9] = Some(6);
    says(&changing, "the start of treatment differs");
    let mut twice = panel(4);
    twice.1[1] = 1;
    says(&twice, "a second time in the same period");
    let mut untreated = panel(4);
    untreated.2.fill(None);
    says(&untreated, "nobody is first treated");
    let mut early = panel(4);
    early.2.fill(Some(1));
    says(&early, "all are treated in or before the first period");
    // One treated unit has no spread to judge it by.
    let mut single = panel(4);
    single.2.fill(None);
    single.2[8..16].fill(Some(3));
    says(&single, "there is one treated unit");
    let good = panel(4);
    let x = vec![2.0; good.0.len()];
    let covariates = [("size", x.as_slice())];
    let constant = Rows {
        covariates: &covariates,
        ..rows(&good)
    };
    let refused = group_time(&constant, &Options::default()).unwrap_err();
    assert!(refused.reason.contains("size"), "{refused}");
}

#[test]
fn bootstrap_repeats_itself_and_nears_the_analytic_error() {
    let panel = panel(6);
    let analytic = group_time(&rows(&panel), &Options::default()).unwrap();
    for multiplier in [Multiplier::Mammen, Multiplier::Rademacher] {
        let options = Options {
            bootstrap: Some(Bootstrap {
                replicates: 999,
                multiplier,
                seed: 3,
            }),
            ..Options::default()
        };
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let effects = pool
                .unwrap()
                .install(|| group_time(&rows(&panel), &options));
            effects.unwrap()
        };
        let (one, two) = (run(1), run(2));
        assert_eq!(one.cells, two.cells);
        assert!(one.critical.unwrap() > 2.3);
        for (a, b) in one.cells.iter().zip(&analytic.cells) {
            let ratio = a.inference.se / b.inference.se;
            assert!((ratio - 1.0).abs() < 0.15, "{ratio}");
        }
    }
}

#[test]
fn two_periods_are_four_means() {
    let y = [1.0, 2.0, 4.0, 6.0, 1.0, 3.0, 2.0, 5.0];
    let treated = [true, true, true, true, false, false, false, false];
    let after = [false, false, true, true, false, false, true, true];
    let mut rows = TwoPeriods {
        outcome: &y,
        treated: &treated,
        after: &after,
        weight: None,
        covariates: &[],
    };
    let regression = two_period(&rows).unwrap();
    assert!((regression.fit.coefficients[regression.effect] - 2.0).abs() < 1e-12);
    rows.after = &treated;
    assert!(two_period(&rows).unwrap_err().reason.contains("no row"));
    let panel = TwoWay {
        outcome: &y,
        treated: &[true; 8],
        unit: &[0, 1, 0, 1, 2, 3, 2, 3],
        period: &[0, 0, 1, 1, 0, 0, 1, 1],
        weight: None,
        covariates: &[],
    };
    assert!(
        two_way(&panel)
            .unwrap_err()
            .reason
            .contains("does not vary")
    );
    let on: Vec<bool> = (0..8).map(|i| treated[i] && after[i]).collect();
    let regression = two_way(&TwoWay {
        treated: &on,
        ..panel
    })
    .unwrap();
    assert!((regression.fit.coefficients[regression.effect] - 2.0).abs() < 1e-12);
}
