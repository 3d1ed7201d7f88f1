//! Meta-regression, groups, three levels and small-study tests against published results and R's metafor 3.8-1.
#![allow(clippy::unwrap_used)]

use super::cases::{bcg, calendars, near, options};
use super::*;
use crate::stats::Inference;

/// Meta-regression on absolute latitude, as in metafor's documentation (tau2 .0764, b -.0291 SE .0072, intercept .2515 SE .2491, R2
/// 75.6 %) with more digits from metafor.
#[test]
fn regression_on_latitude_as_published() {
    let d = bcg();
    let z = options(Between::Reml, Errors::Normal);
    let on = |o: &Options| regress(&d.y, &d.v, &[&d.latitude], &["latitude"], o).unwrap();
    let r = on(&z);
    let tolerance = 2e-7;
    near(r.residual.tau2, 0.0763479640, tolerance);
    near(r.residual.tau2_se.unwrap(), 0.0590472289, tolerance);
    near(r.coefficients[0].value, 0.2514682100, tolerance);
    near(r.coefficients[0].se, 0.2490953966, tolerance);
    near(r.coefficients[1].value, -0.0291017250, tolerance);
    near(r.coefficients[1].se, 0.0071953272, tolerance);
    near(r.moderators.statistic, 16.3582321472, 1e-6);
    near(r.moderators.p, 0.0000524279, tolerance);
    near(r.residual.q.statistic, 30.7330900107, tolerance);
    near(r.residual.q.p, 0.0012142910, tolerance);
    near(r.r2.unwrap(), 75.63, 1e-4);
    near(r.residual.i2, 68.39, 1e-4);
    let t = on(&Options::default());
    near(t.coefficients[0].se, 0.2839252837, tolerance);
    near(t.coefficients[1].se, 0.0082014174, tolerance);
    near(t.coefficients[1].p, 0.0045650515, tolerance);
    near(t.coefficients[1].low, -0.0471529230, tolerance);
    near(t.moderators.statistic, 12.5909828844, 1e-6);
    near(t.moderators.p, 0.0045650515, tolerance);
    assert_eq!((t.moderators.df, t.moderators.df2), (1.0, 11.0));
    let none = t.predict(&[0.0]).unwrap();
    near(none.value, t.coefficients[0].value, 1e-12);
    near(none.se, t.coefficients[0].se, 1e-12);
}

/// `rma(mods = ~ ablat + year)`: tau2, coefficients, standard errors, QM or F, by every estimator.
#[test]
fn regression_on_two_moderators_by_every_estimator() {
    use Between::*;
    let d = bcg();
    #[rustfmt::skip]
    let cases = [
        (Reml, [0.110784696947, 64.6330147356, -3.54535301986, -0.0280113294442, 0.00190748044747, 29.0956222326, 0.014683685892, 12.2044868793,
            0.0162788048736, 4.9649475559, 71.9773177784]),
        (SidikJonkman, [0.253226123182, 26.7106756624, -7.95086674192, -0.0261707016624, 0.00410984602744, 40.1355443368, 0.0202504696807,
            6.04581358824, 0.0182246465193, 3.73230159589, 85.4461524114]),
        (DerSimonianLaird, [0.0790389578091, 74.4011884572, -1.27979143829, -0.0287644839897, 0.000772079781769, 25.7549692297,
            0.0129984747303, 15.9314382703, 0.0154363842975, 5.64831116353, 64.6956777295]),
        (PauleMandel, [0.1716371157245, 46.03768008595, -6.088830363056, -0.02701957800897, 0.003179954514215, 34.36135719804,
            0.01733917032263, 8.481534516874, 0.01733917032263, 4.240767258436, 79.91725153167]),
        (Hedges, [0.235610760817, 28.2907248978, -7.6325763477, -0.0263236700111, 0.00395098450913, 38.9756366427, 0.0196656815174,
            6.44364353267, 0.0180656169669, 3.8178065478, 84.5264089668]),
    ];
    for (between, [tau2, r2, b0, b1, b2, se0, se2, qm, t_se2, f, i2]) in cases {
        let on = |errors| {
            let columns: [&[f64]; 2] = [&d.latitude, &d.year];
            let o = options(between, errors);
            regress(&d.y, &d.v, &columns, &["latitude", "year"], &o).unwrap()
        };
        let (z, t) = (on(Errors::Normal), on(Errors::HartungKnapp));
        let c = &z.coefficients;
        let tolerance = 5e-7;
        let pairs = [
            (z.residual.tau2, tau2),
            (z.r2.unwrap(), r2),
            (c[0].value, b0),
            (c[1].value, b1),
            (c[2].value, b2),
            (c[0].se, se0),
            (c[2].se, se2),
            (z.moderators.statistic, qm),
            (t.coefficients[2].se, t_se2),
            (t.moderators.statistic, f),
            (z.residual.i2, i2),
            (z.residual.q.statistic, 28.3251436563),
        ];
        pairs.iter().for_each(|(f, e)| near(*f, *e, tolerance));
    }
}

/// Groups by allocation: each with `rma(subset)`, in common with `rma(mods = ~ alloc - 1)` and its test with `~ alloc`. The
/// alternately allocated are two, too few for a tau2 of their own, and are left out there.
#[test]
fn groups_as_in_metafor() {
    let d = bcg();
    let keep: Vec<usize> = (0..13).filter(|&i| d.allocation[i] != 1).collect();
    let of = |x: &[f64]| keep.iter().map(|&i| x[i]).collect::<Vec<f64>>();
    let codes: Vec<usize> = keep.iter().map(|&i| d.allocation[i]).collect();
    let o = Options::default();
    let own = subgroups(&of(&d.y), &of(&d.v), &codes, false, &o).unwrap();
    #[rustfmt::skip]
    let expected = [
        [-0.970964704263, 0.25312752607, 0.392528006901, 110.213261175, 89.9343157013],
        [-0.424207391511, 0.364218462099, 0.400345880175, 16.5918635795, 86.4221195901],
    ];
    for (g, values) in own.groups.iter().zip(expected) {
        let found = [
            g.mean.value,
            g.mean.se,
            g.tau2,
            g.q.unwrap().statistic,
            g.i2.unwrap(),
        ];
        found
            .iter()
            .zip(values)
            .for_each(|(f, e)| near(*f, e, 5e-7));
    }
    // Welch's F of two groups is the square of his t, with Satterthwaite's degrees of freedom.
    let (a, b) = (own.groups[0].mean, own.groups[1].mean);
    let (va, vb) = (a.se * a.se, b.se * b.se);
    near(
        own.between.statistic,
        (a.value - b.value).powi(2) / (va + vb),
        1e-9,
    );
    near(
        own.between.df2,
        (va + vb).powi(2) / (va * va / 6.0 + vb * vb / 3.0),
        1e-9,
    );

    let common =
        |e| subgroups(&d.y, &d.v, &d.allocation, true, &options(Between::Reml, e)).unwrap();
    let (z, t) = (common(Errors::Normal), common(Errors::HartungKnapp));
    near(z.common_tau2.unwrap(), 0.361503664324, 5e-7);
    let means = [-0.965774178546, -0.517955777155, -0.428917560924];
    let z_se = [0.267244094065, 0.441194460387, 0.344945367625];
    let t_se = [0.255585392706, 0.421947058594, 0.329896896524];
    for (group, (mean, se)) in z.groups.iter().zip(means.into_iter().zip(z_se)) {
        near(group.mean.value, mean, 5e-7);
        near(group.mean.se, se, 5e-7);
    }
    let found = t.groups.iter().map(|g| g.mean.se);
    found.zip(t_se).for_each(|(f, e)| near(f, e, 5e-7));
    near(z.between.statistic, 1.76751140193, 5e-7);
    near(z.q_between, 1.76751140193, 5e-7);
    near(z.between.p, 0.413228032757, 5e-7);
    near(t.between.statistic, 0.966220844813, 5e-7);
    near(t.between.p, 0.413383745722, 5e-7);
}

/// School calendars, published with metafor as sigma2 .0651 and .0327, mean .1847, SE .0846; more digits, and the standard errors
/// of the variances, from the full matrices in numpy. The interval is that of `rma.mv(test = "t", dfs = "contain")`.
#[test]
fn school_calendars_at_three_levels() {
    let (y, v, district) = calendars();
    let m = multilevel(&y, &v, &district, &Options::default()).unwrap();
    near(m.between, 0.06506194, 1e-8);
    near(m.within, 0.03273652, 1e-8);
    near(m.mean.value, 0.18471316349663844, 1e-8);
    near(m.mean.se, 0.08455591782376225, 1e-8);
    near(m.between_se.unwrap(), 0.03507672, 1e-8);
    near(m.within_se.unwrap(), 0.00964141, 1e-8);
    near(m.q.statistic, 578.864017958, 1e-9);
    near(m.likelihood, -7.958724033710936, 1e-10);
    assert_eq!(m.mean.df, 10.0);
    near(m.mean.low, -0.0036891640417, 1e-6);
    near(m.mean.high, 0.373115491387, 1e-6);
    near(m.mean.p, 0.053833541182, 1e-6);
    let shares = m.share_between + m.share_within + m.share_sampling;
    near(shares, 100.0, 1e-12);
}

/// The BCG trials by allocation: metafor's `rma.mv(random = ~ 1 | alloc/trial)`, whose search ends less near the peak.
#[test]
fn few_groups_at_three_levels() {
    let d = bcg();
    let m = multilevel(&d.y, &d.v, &d.allocation, &Options::default()).unwrap();
    near(m.between, 0.0131864185557, 1e-5);
    near(m.within, 0.309346071649, 1e-5);
    near(m.mean.value, -0.703992409918, 1e-5);
    near(m.mean.se, 0.192313562701, 1e-5);
    near(m.likelihood, -12.1919062444, 1e-9);
}

/// `regtest` (test "knha", "z", and model "lm") and `ranktest`: exact for the BCG trials, with ties for the calendars.
#[test]
fn small_study_tests_as_in_metafor() {
    let d = bcg();
    let s = small_study(&d.y, &d.v, &Options::default()).unwrap();
    let t = |i: Inference| i.value / i.se;
    near(t(s.meta_regression.slope), -0.7811541336, 5e-7);
    near(s.meta_regression.slope.p, 0.4511966800, 5e-7);
    near(s.meta_regression.limit.value, -0.5104318741, 5e-7);
    near(s.meta_regression.limit.low, -1.2123410166, 5e-7);
    near(t(s.weighted_regression.slope), -1.4012820023, 1e-8);
    near(s.weighted_regression.slope.p, 0.1887069951, 1e-8);
    near(s.weighted_regression.limit.value, -0.1909286424, 1e-8);
    near(s.weighted_regression.limit.high, 0.2934750656, 1e-8);
    near(s.rank.tau, 0.0256410256, 1e-9);
    near(s.rank.p, 0.9523619080, 1e-9);
    assert!(s.rank.exact);
    let z = options(Between::Reml, Errors::Normal);
    let z = small_study(&d.y, &d.v, &z).unwrap();
    near(z.meta_regression.slope.p, 0.4217844889, 5e-7);
    let (y, v, _) = calendars();
    let s = small_study(&y, &v, &Options::default()).unwrap();
    near(t(s.meta_regression.slope), -0.3749369094, 1e-6);
    near(t(s.weighted_regression.slope), 2.3543435978, 1e-8);
    near(s.rank.tau, 0.0769404018, 1e-9);
    near(s.rank.p, 0.4109362729, 1e-9);
    assert!(!s.rank.exact);
}
