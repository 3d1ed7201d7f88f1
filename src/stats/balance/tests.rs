//! Balance, attrition and bounds: cases by hand, second opinions, what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::random::stream;
use rand::RngExt;

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

const TREATED: [bool; 6] = [true, true, true, false, false, false];

#[test]
fn levels_missing_values_and_denominators() {
    let levels = ["Accra".to_owned(), "Tema".to_owned()];
    let town = [Some(0), Some(0), Some(1), None, Some(1), Some(1)];
    let age = [1.0, 2.0, 6.0, 2.0, f64::NAN, 6.0];
    let variables = [
        Variable {
            name: "age",
            values: Values::Numbers(&age),
        },
        Variable {
            name: "town",
            values: Values::Levels(&levels, &town),
        },
    ];
    let table = |d| balance(&TREATED, &variables, None, None, d).unwrap();
    let rows = table(Denominator::Pooled);
    // Means 3 and 4, variances 7 and 8.
    near(rows[0].standardised.unwrap(), -1.0 / 7.5_f64.sqrt());
    near(rows[0].variance_ratio.unwrap(), 7.0 / 8.0);
    near(rows[0].comparison.missing_share, 1.0 / 3.0);
    assert_eq!(
        (rows[0].treated.missing_share, rows[0].comparison.rows),
        (0.0, 2)
    );
    assert_eq!(
        (rows[1].level.as_deref(), rows[2].level.as_deref()),
        (Some("Accra"), Some("Tema"))
    );
    near(rows[1].treated.mean.unwrap(), 2.0 / 3.0);
    near(rows[1].comparison.mean.unwrap(), 0.0);
    let of_treated = table(Denominator::Treated);
    near(of_treated[0].standardised.unwrap(), -1.0 / 7.0_f64.sqrt());
    near(
        of_treated[1].standardised.unwrap(),
        (2.0 / 3.0) / (2.0 / 9.0_f64).sqrt(),
    );
    // All of the comparison group with a town are in Tema: nothing to divide by, which is not a difference of 0.
    let of_comparison = table(Denominator::Comparison);
    near(
        of_comparison[0].standardised.unwrap(),
        -1.0 / 8.0_f64.sqrt(),
    );
    assert_eq!(of_comparison[1].standardised, None);
}

/// After adjusting, means move and the denominator stays.
#[test]
fn adjusted_weights_move_means_alone() {
    let age = [1.0, 2.0, 6.0, 2.0, 3.0, 7.0];
    let variables = [Variable {
        name: "age",
        values: Values::Numbers(&age),
    }];
    let table = |adjusted| {
        let rows = balance(&TREATED, &variables, None, adjusted, Denominator::Treated).unwrap();
        rows[0].clone()
    };
    near(
        table(None).standardised.unwrap(),
        (3.0 - 4.0) / 7.0_f64.sqrt(),
    );
    let after = table(Some(&[1.0, 1.0, 1.0, 1.0, 1.0, 0.0]));
    near(after.standardised.unwrap(), 0.5 / 7.0_f64.sqrt());
    assert_eq!(after.comparison.rows, 2);
    near(after.variance_ratio.unwrap(), 14.0);
    let gone = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    let refused = balance(
        &TREATED,
        &variables,
        None,
        Some(&gone),
        Denominator::Treated,
    );
    assert_eq!(
        refused.unwrap_err().reason,
        "no untreated row has an adjusted weight above 0"
    );
}

/// Second opinion: statsmodels 0.15, `OLS(lost, [1, treated]).fit(cov_type='cluster', cov_kwds={'groups': g, 'use_correction':
/// False})`, its standard error times the root of G/(G-1), with and without `WLS` weights; to 1e-9.
#[test]
fn attrition_agrees_with_statsmodels() {
    let n = 60;
    let treated: Vec<bool> = (0..n).map(|i| (i / 5) % 2 == 0).collect();
    let stayed: Vec<bool> = (0..n)
        .map(|i| (i * i + i / 5) % 7 > usize::from(i % 2 == 0))
        .collect();
    let clusters: Vec<u32> = (0..n as u32).map(|i| i / 5).collect();
    let weights: Vec<f64> = (0..n).map(|i| 1.0 + (i % 4) as f64).collect();
    let plain = attrition(&treated, &stayed, None, Some(&clusters), 0.95).unwrap();
    let survey = attrition(&treated, &stayed, Some(&weights), Some(&clusters), 0.95).unwrap();
    let [a, b] = [plain, survey].map(|a| a.difference.unwrap());
    assert_eq!(a.df, 11.0);
    near(a.value, ATTRITION[0]);
    near(a.se, ATTRITION[1]);
    near(b.value, ATTRITION[2]);
    near(b.se, ATTRITION[3]);
    near(plain.treated.share, plain.treated.lost as f64 / 30.0);
    let nobody = attrition(&treated, &[true; 60], None, None, 0.95).unwrap();
    assert_eq!((nobody.difference, nobody.treated.share), (None, 0.0));
}

const ATTRITION: [f64; 4] = [
    -0.000000000000,
    0.098473192783,
    0.016025641026,
    0.105763730659,
];

/// Ten treated, of whom eight were seen with outcomes 1 to 8; ten others, of whom six were seen with outcome 3 or 4. A quarter
/// of the treated's eight goes: means of 1..6 and 3..8 are 3.5 and 5.5, against 3.5.
#[test]
fn bounds_by_hand_with_lees_standard_errors() {
    let treated: Vec<bool> = (0..20).map(|i| i < 10).collect();
    let outcome: Vec<Option<f64>> = (0..20)
        .map(|i| match i {
            0..8 => Some(f64::from(i + 1)),
            10..16 => Some(f64::from(3 + i % 2)),
            _ => None,
        })
        .collect();
    let found = lee_bounds(&treated, &outcome, None, None, 0.95).unwrap();
    assert_eq!(found.trimmed, Trimmed::Treated);
    near(found.trimmed_share, 0.25);
    near(found.lower.value, 0.0);
    near(found.upper.value, 2.0);
    // Lee (2009, proposition 3) with n = 20, E[D] = 1/2: variance of the kept and of the untreated, the edge (3, and 6 for the
    // lower bound, 2.5 from either mean), and that of the share, V^p. The last factor is G/(G-1).
    let (p, observed, seen) = (0.25_f64, 0.6, 8.0 / 20.0);
    let share_variance = (1.0 - p).powi(2)
        * ((1.0 - observed / (1.0 - p)) / (0.5 * observed / (1.0 - p))
            + (1.0 - observed) / (0.5 * observed));
    let kept = 35.0 / 12.0;
    let variance = kept / (seen * (1.0 - p))
        + 2.5 * 2.5 * p / (seen * (1.0 - p))
        + (2.5 / (1.0 - p)).powi(2) * share_variance
        + 0.25 / (6.0 / 20.0);
    let se = (variance / 20.0 * 20.0 / 19.0).sqrt();
    near(found.lower.se, se);
    near(found.upper.se, se);
    // Imbens and Manski: between the one-sided and the two-sided normal factor.
    let factor = (found.high - found.upper.value) / se;
    assert!((1.644_853..1.959_964).contains(&factor), "{factor}");
    let cover = |c: f64| {
        crate::stats::distribution::normal(c + 2.0 / se) - crate::stats::distribution::normal(-c)
    };
    near(cover(factor), 0.95);
    // The groups the other way round: the same bounds with the other sign.
    let other: Vec<bool> = treated.iter().map(|t| !t).collect();
    let turned = lee_bounds(&other, &outcome, None, None, 0.95).unwrap();
    assert_eq!(turned.trimmed, Trimmed::Comparison);
    near(turned.lower.value, -found.upper.value);
    near(turned.high, -found.low);
}

/// Equal shares: the bounds are the difference of means with its interval.
#[test]
fn bounds_collapse_where_both_groups_kept_the_same_share() {
    let outcome = [Some(1.0), Some(5.0), None, Some(2.0), None, Some(2.5)];
    let found = lee_bounds(&TREATED, &outcome, None, None, 0.95).unwrap();
    assert_eq!(
        (found.trimmed, found.trimmed_share),
        (Trimmed::Neither, 0.0)
    );
    near(found.lower.value, 0.75);
    near(found.upper.value, 0.75);
    assert!((found.low - found.lower.low).abs() < 1e-6);
    let none = [None, None, None, Some(2.0), None, Some(2.5)];
    let refused = lee_bounds(&TREATED, &none, None, None, 0.95).unwrap_err();
    assert_eq!(refused.reason, "none of the 3 treated rows was seen again");
    let one = [Some(1.0), Some(2.0), Some(3.0), Some(2.0), None, None];
    let refused = lee_bounds(&TREATED, &one, None, None, 0.95).unwrap_err();
    assert_eq!(
        refused.reason,
        "only one of the 3 untreated rows was seen again"
    );
    let treated: Vec<bool> = (0..24).map(|i| i < 4).collect();
    let few: Vec<Option<f64>> = (0..24).map(|i| (i < 6).then_some(f64::from(i))).collect();
    let refused = lee_bounds(&treated, &few, None, None, 0.95).unwrap_err();
    assert_eq!(
        refused.reason,
        "fewer than two observed treated rows are left after trimming"
    );
}

/// Treatment keeps more people, of low outcomes, and has no effect: the difference of means is off; the interval covers 0, which
/// lies inside the bounds, in at least 95 % of the simulations, and each bound's own interval covers that bound in 93 to 97 %.
/// The bounds in the population: y standard normal, seen if treated or y > -1 or (1 in 2); P(seen untreated) = 1 - normal(-1)/2.
#[test]
fn intervals_of_bounds_cover() {
    let replicates = 800;
    let [mut effect, mut lower] = [0, 0];
    // Trimmed share p = normal(-1)/2; E[y | y < quantile(1-p)] = -density(q)/(1-p); the untreated's mean = density(-1)/2/(1-p).
    let p = crate::stats::distribution::normal(-1.0) / 2.0;
    let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let q = crate::stats::distribution::normal_quantile(1.0 - p);
    let truth = -density(q) / (1.0 - p) - density(-1.0) / 2.0 / (1.0 - p);
    for replicate in 0..replicates {
        let mut random = stream(20_261_127, 2, replicate);
        let rows = 400;
        let treated: Vec<bool> = (0..rows).map(|i| i % 2 == 0).collect();
        let outcome: Vec<Option<f64>> = treated
            .iter()
            .map(|treated| {
                let y =
                    crate::stats::distribution::normal_quantile(random.random_range(1e-12..1.0));
                let stays = random.random::<bool>();
                (*treated || y > -1.0 || stays).then_some(y)
            })
            .collect();
        let found = lee_bounds(&treated, &outcome, None, None, 0.95).unwrap();
        effect += usize::from(found.low <= 0.0 && 0.0 <= found.high);
        lower += usize::from(found.lower.low <= truth && truth <= found.lower.high);
    }
    let share = |count: usize| count as f64 / replicates as f64;
    assert!(share(effect) >= 0.95, "{}", share(effect));
    assert!((0.93..=0.97).contains(&share(lower)), "{}", share(lower));
}
