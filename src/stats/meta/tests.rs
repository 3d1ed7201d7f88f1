//! Cases by hand, properties, edges, and what is refused.
#![allow(clippy::unwrap_used)]

use super::cases::{bcg, calendars, near, options};
use super::*;
use crate::stats::Refused;

const RANDOM: [Between; 5] = [
    Between::DerSimonianLaird,
    Between::Reml,
    Between::PauleMandel,
    Between::SidikJonkman,
    Between::Hedges,
];

/// With equal variances every estimator but Sidik-Jonkman's gives the plain variance less the sampling variance, the mean is plain, and
/// Hartung-Knapp is the t interval of a plain sample: values 1, 3, 5, 7 have the variance 20/3.
#[test]
fn equal_variances_by_hand() {
    let (y, v) = ([1.0, 3.0, 5.0, 7.0], [1.0; 4]);
    for between in RANDOM {
        let all = pool(&y, &v, &options(between, Errors::HartungKnapp)).unwrap();
        near(all.mean.value, 4.0, 1e-12);
        near(all.mean.se, (20.0 / 3.0 / 4.0_f64).sqrt(), 1e-9);
        if between == Between::SidikJonkman {
            // tau2 starts from 20/4 = 5: 5 Q(5) / 3 with Q = 20 / 6.
            near(all.heterogeneity.tau2, 5.0 * (20.0 / 6.0) / 3.0, 1e-12);
        } else {
            near(all.heterogeneity.tau2, 20.0 / 3.0 - 1.0, 1e-9);
        }
        near(all.heterogeneity.q.statistic, 20.0, 1e-12);
        near(all.heterogeneity.typical_variance, 1.0, 1e-12);
        all.weights.iter().for_each(|w| near(*w, 25.0, 1e-12));
    }
}

/// Estimates more alike than their errors: tau2 is 0, Hartung-Knapp is narrower and says so, the modified variant isn't.
#[test]
fn alike_estimates_are_flagged() {
    let (y, v) = ([0.50, 0.51, 0.49, 0.505, 0.495], [0.04; 5]);
    let t = pool(&y, &v, &Options::default()).unwrap();
    let h = t.heterogeneity;
    assert_eq!((h.tau2, h.tau2_se, h.i2, h.h2), (0.0, None, 0.0, 1.0));
    assert_eq!((h.tau2_interval, h.i2_interval), (None, None));
    assert!(t.narrower_than_normal);
    let modified = options(Between::Reml, Errors::HartungKnappModified);
    let modified = pool(&y, &v, &modified).unwrap();
    near(modified.mean.se, (0.04 / 5.0_f64).sqrt(), 1e-12);
    assert!(!modified.narrower_than_normal);
    // Shrunk all the way, with the standard error of the mean.
    for s in shrunken(&y, &v, &Options::default()).unwrap() {
        near(s.value.value, t.mean.value, 1e-12);
        near(s.value.se, t.mean.se, 1e-12);
        assert_eq!(s.own_share, 0.0);
    }
}

/// The score of the restricted likelihood is 0 at REML's tau2, and the likelihood nowhere on a grid higher.
#[test]
fn reml_is_the_highest_point() {
    let d = bcg();
    let (y, v, _) = calendars();
    let edge = ([0.1, 0.2, 0.9, 0.15, 0.12], [0.3, 0.001, 0.2, 0.002, 0.001]);
    let cases: [(&[f64], &[f64]); 3] = [(&d.y, &d.v), (&y, &v), (&edge.0, &edge.1)];
    for (y, v) in cases {
        let tau2 = pool(y, v, &Options::default()).unwrap().heterogeneity.tau2;
        let model = super::model::Model::mean(y, v);
        let at = |tau2: f64| model.at(tau2, None).unwrap();
        let highest = at(tau2).likelihood();
        for i in 0..2000 {
            let other = (f64::from(i) / 400.0).powi(3) * 0.1;
            assert!(at(other).likelihood() <= highest + 1e-10, "{tau2} {other}");
        }
    }
}

/// Units don't matter: values times c and variances times c squared give results times c, whatever the size.
#[test]
fn units_do_not_matter() {
    let d = bcg();
    let o = Options::default();
    let one = pool(&d.y, &d.v, &o).unwrap();
    let apart = multilevel(&d.y, &d.v, &d.allocation, &Options::default()).unwrap();
    for c in [1e-9, 1e9_f64] {
        let y: Vec<f64> = d.y.iter().map(|y| y * c).collect();
        let v: Vec<f64> = d.v.iter().map(|v| v * c * c).collect();
        for between in RANDOM {
            let o = options(between, Errors::HartungKnapp);
            let (a, b) = (pool(&d.y, &d.v, &o).unwrap(), pool(&y, &v, &o).unwrap());
            near(b.mean.value / c, a.mean.value, 1e-9);
            near(b.mean.p, a.mean.p, 1e-9);
            near(b.heterogeneity.tau2 / (c * c), a.heterogeneity.tau2, 1e-9);
        }
        let scaled = pool(&y, &v, &o).unwrap().heterogeneity;
        let (a, b) = (one.heterogeneity.tau2_interval, scaled.tau2_interval);
        near(b.unwrap().high / (c * c), a.unwrap().high, 1e-9);
        let m = multilevel(&y, &v, &d.allocation, &Options::default()).unwrap();
        near(m.within / (c * c), apart.within, 1e-6);
        near(m.mean.value / c, apart.mean.value, 1e-6);
    }
}

/// Leaving one out by weights of 0 is pooling the others; so for every estimator and kind of error.
#[test]
fn left_out_is_pooled_anew() {
    let d = bcg();
    let all = RANDOM.into_iter().chain([Between::Fixed]);
    for between in all {
        for errors in [
            Errors::Normal,
            Errors::HartungKnapp,
            Errors::HartungKnappModified,
        ] {
            let o = options(between, errors);
            let left = leave_one_out(&d.y, &d.v, &o).unwrap();
            for (i, left) in left.iter().enumerate() {
                let (mut y, mut v) = (d.y.clone(), d.v.clone());
                y.remove(i);
                v.remove(i);
                let anew = pool(&y, &v, &o).unwrap();
                near(left.mean.value, anew.mean.value, 1e-8);
                near(left.mean.se, anew.mean.se, 1e-8);
                near(left.tau2, anew.heterogeneity.tau2, 1e-8);
                near(left.i2, anew.heterogeneity.i2, 1e-7);
                near(left.q.p, anew.heterogeneity.q.p, 1e-12);
            }
        }
    }
}

/// One programme far off stands out.
#[test]
fn an_outlier_stands_out() {
    let mut y: Vec<f64> = (0..12).map(|i| 0.1 * f64::from(i % 4)).collect();
    let v = vec![0.01; 12];
    y[7] = 3.0;
    let found = influence(&y, &v, &Options::default()).unwrap();
    let flagged: Vec<usize> = (0..12).filter(|&i| found[i].influential).collect();
    assert_eq!(flagged, [7]);
    assert!(found[7].residual > 5.0);
}

/// A moderator's scale and place change its coefficient alone; a group's dummy is the difference of the groups' means.
#[test]
fn regression_keeps_to_its_meaning() {
    let d = bcg();
    let o = Options::default();
    let one = regress(&d.y, &d.v, &[&d.year], &["year"], &o).unwrap();
    let moved: Vec<f64> = d.year.iter().map(|y| (y - 1960.0) * 1e-3).collect();
    let two = regress(&d.y, &d.v, &[&moved], &["year"], &o).unwrap();
    near(
        two.coefficients[1].value * 1e-3,
        one.coefficients[1].value,
        1e-9,
    );
    near(two.coefficients[1].p, one.coefficients[1].p, 1e-9);
    near(two.residual.tau2, one.residual.tau2, 1e-9);
    let (a, b) = (
        one.predict(&[1970.0]).unwrap(),
        two.predict(&[0.01]).unwrap(),
    );
    near(a.value, b.value, 1e-9);
    near(a.se, b.se, 1e-7);
    let group: Vec<usize> = d.allocation.iter().map(|a| usize::from(*a == 2)).collect();
    let dummy: Vec<f64> = group.iter().map(|g| *g as f64).collect();
    let r = regress(&d.y, &d.v, &[&dummy], &["systematic"], &o).unwrap();
    let s = subgroups(&d.y, &d.v, &group, true, &o).unwrap();
    let apart = s.groups[1].mean.value - s.groups[0].mean.value;
    near(r.coefficients[1].value, apart, 1e-9);
    near(s.between.p, r.coefficients[1].p, 1e-9);
}

/// Without a difference between groups the third level falls away, and the mean is that of two levels by REML.
#[test]
fn a_level_without_variance_falls_away() {
    let y = [0.1, 0.9, 0.5, 0.12, 0.88, 0.52, 0.9, 0.1, 0.5];
    let v = [0.02; 9];
    let m = multilevel(&y, &v, &[5, 5, 5, 9, 9, 9, 2, 2, 2], &Options::default()).unwrap();
    let two = pool(&y, &v, &options(Between::Reml, Errors::Normal)).unwrap();
    assert_eq!(
        (m.between, m.between_se, m.correlation),
        (0.0, None, Some(0.0))
    );
    near(m.within, two.heterogeneity.tau2, 1e-8);
    near(m.mean.se, two.mean.se, 1e-8);
    // And the other way round: nothing within, all between.
    let y = [0.1, 0.1, 0.5, 0.5, 0.9, 0.9];
    let m = multilevel(&y, &[0.02; 6], &[1, 1, 2, 2, 3, 3], &Options::default()).unwrap();
    assert_eq!(m.within, 0.0);
    // Means of groups vary by .16, of which .02 / 2 is sampling error.
    near(m.between, 0.15, 1e-8);
    near(m.mean.se, (0.16 / 3.0_f64).sqrt(), 1e-8);
    // All the same: neither.
    let m = multilevel(
        &[0.4; 6],
        &[0.02; 6],
        &[1, 1, 2, 2, 3, 3],
        &Options::default(),
    )
    .unwrap();
    assert_eq!((m.between, m.within, m.correlation), (0.0, 0.0, None));
}

/// Funnel limits by hand: 1.96 standard errors about the centre, wider with tau2.
#[test]
fn funnel_limits_by_hand() {
    let limits = funnel_limits(-0.5, 0.0, &[0.0, 0.1], 0.95).unwrap();
    assert_eq!((limits[0].low, limits[0].high), (-0.5, -0.5));
    near(limits[1].low, -0.5 - 0.195_996_398_454_005_4, 1e-12);
    let wider = funnel_limits(0.0, 0.0044, &[0.1], 0.9).unwrap();
    near(wider[0].high, 0.12 * 1.644_853_626_951_472_7, 1e-12);
    assert!(funnel_limits(0.0, -1.0, &[0.1], 0.9).is_err());
    assert!(funnel_limits(0.0, 0.0, &[f64::NAN], 0.9).is_err());
}

/// Five estimates with one pair out of order (tau .8): of 120 orders, 1 has none, 4 have one; as many the other way: p = 10/120.
#[test]
fn kendall_by_hand() {
    let found =
        super::rank::kendall(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0, 2.0, 3.0, 5.0, 4.0]).unwrap();
    near(found.tau, 0.8, 1e-12);
    near(found.p, 10.0 / 120.0, 1e-12);
    // scipy 1.17.1, kendalltau([1, 2, 2, 3, 4, 5], [2, 1, 3, 3, 5, 4], method="asymptotic").
    let tied = super::rank::kendall(
        &[1.0, 2.0, 2.0, 3.0, 4.0, 5.0],
        &[2.0, 1.0, 3.0, 3.0, 5.0, 4.0],
    )
    .unwrap();
    near(tied.tau, 0.6428571428571429, 1e-9);
    near(tied.p, 0.07983871964585261, 1e-9);
    assert!(!tied.exact);
}

#[track_caller]
fn says<T: std::fmt::Debug>(found: Result<T, Refused>, words: &str) {
    assert_eq!(found.unwrap_err().reason, words);
}

#[test]
fn bad_estimates_are_named() {
    let o = Options::default();
    let y = [0.1, 0.2, f64::NAN, 0.3];
    says(
        pool(&y, &[0.1; 4], &o),
        "estimate 2 (counted from 0) is NaN",
    );
    let y = [0.1, 0.2, 0.25, 0.3, 0.2];
    let bad = |v: f64| [0.1, 0.1, 0.1, 0.1, v];
    let zero = "the variance of estimate 4 (counted from 0) is 0";
    says(pool(&y, &bad(0.0), &o), zero);
    says(leave_one_out(&y, &bad(0.0), &o), zero);
    says(shrunken(&y, &bad(0.0), &o), zero);
    says(
        multilevel(&y, &bad(0.0), &[1, 1, 2, 2, 3], &Options::default()),
        zero,
    );
    says(
        regress(&y, &bad(0.0), &[&[1.0, 2.0, 3.0, 4.0, 5.0]], &["x"], &o),
        zero,
    );
    says(
        pool(&y, &bad(-1.0), &o),
        "the variance of estimate 4 (counted from 0) is -1",
    );
    says(
        pool(&y, &bad(f64::INFINITY), &o),
        "the variance of estimate 4 (counted from 0) is inf",
    );
    says(
        pool(&y, &bad(1e-30), &o),
        "variances reach from 1e-30 to 1e-1",
    );
    let fault = first_fault(&y, &bad(-1.0)).unwrap();
    assert_eq!(
        (fault.position, fault.problem),
        (4, Problem::Variance(-1.0))
    );
    assert_eq!(first_fault(&y, &[0.1; 5]), None);
    says(
        pool(&y, &[0.1; 3], &o),
        "there are 5 estimates and 3 variances",
    );
    let o = Options {
        confidence: 95.0,
        ..o
    };
    says(pool(&y, &[0.1; 5], &o), "the confidence level is 95");
}

#[test]
fn too_few_are_refused() {
    let o = Options::default();
    let fixed = options(Between::Fixed, Errors::Normal);
    says(
        pool(&[], &[], &o),
        "there are no estimates; random effects can't be had from fewer than 3",
    );
    let two = "there are 2 estimates; random effects can't be had from fewer than 3";
    says(pool(&[1.0, 2.0], &[1.0, 1.0], &o), two);
    assert!(
        pool(&[1.0, 2.0], &[1.0, 1.0], &o)
            .unwrap_err()
            .help
            .contains("fixed effect")
    );
    near(
        pool(&[1.0, 2.0], &[1.0, 1.0], &fixed).unwrap().mean.value,
        1.5,
        1e-12,
    );
    says(
        pool(&[1.0], &[1.0], &fixed),
        "there is 1 estimate; a fixed effect can't be had from fewer than 2",
    );
    let three = ([1.0, 2.0, 4.0], [1.0; 3]);
    assert!(pool(&three.0, &three.1, &o).is_ok());
    says(
        leave_one_out(&three.0, &three.1, &o),
        "leaving one of 3 estimates out leaves too few to pool",
    );
    says(
        regress(&three.0, &three.1, &[&[1.0, 2.0, 3.0]], &["x"], &o),
        "there are 3 estimates; random effects with 2 coefficients can't be had from fewer than 4",
    );
    says(
        small_study(&three.0, &three.1, &o),
        "3 estimates are too few to tell an asymmetric funnel from chance",
    );
    says(
        multilevel(&three.0, &three.1, &[1, 1, 2], &Options::default()),
        "there are 2 groups, and a variance between them can't be had from fewer than 3",
    );
    says(
        multilevel(&three.0, &three.1, &[1, 2, 3], &Options::default()),
        "every group has one programme, so that groups and programmes can't be told apart",
    );
}

#[test]
fn what_can_not_be_told_apart_is_refused() {
    let o = Options::default();
    let d = bcg();
    let double: Vec<f64> = d.year.iter().map(|y| 2.0 * y + 1.0).collect();
    says(
        regress(&d.y, &d.v, &[&d.year, &double], &["year", "twice"], &o),
        "`twice` is determined by `constant`, `year`",
    );
    says(
        regress(&d.y, &d.v, &[&[3.0; 13]], &["region"], &o),
        "`region` is determined by `constant`",
    );
    says(
        regress(&d.y, &d.v, &[&d.year[..5]], &["year"], &o),
        "`year` doesn't have one value for each of 13 estimates",
    );
    says(
        regress(&d.y, &d.v, &[], &[], &o),
        "there are 0 moderators and 0 names",
    );
    says(
        subgroups(&d.y, &d.v, &[1; 13], false, &o),
        "there are fewer than 2 groups to compare",
    );
    says(
        subgroups(&d.y, &d.v, &d.allocation, false, &o),
        "in group 1 there are 2 estimates; random effects can't be had from fewer than 3",
    );
    let fixed = options(Between::Fixed, Errors::Normal);
    assert!(subgroups(&d.y, &d.v, &d.allocation, false, &fixed).is_ok());
    says(
        shrunken(&d.y, &d.v, &fixed),
        "a fixed effect holds all programmes to have one true value",
    );
    says(
        small_study(&d.y, &[0.1; 13], &o),
        "all standard errors are the same",
    );
    let same = "the estimates are all the same, or fitted exactly, so that their spread gives no standard error";
    says(pool(&[0.3; 7], &[0.1; 7], &o), same);
    says(pool(&[0.0; 7], &[0.1; 7], &o), same);
    let modified = options(Between::Reml, Errors::HartungKnappModified);
    near(
        pool(&[0.3; 7], &[0.1; 7], &modified).unwrap().mean.se,
        (0.1 / 7.0_f64).sqrt(),
        1e-12,
    );
}
