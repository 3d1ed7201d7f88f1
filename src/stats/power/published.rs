//! Formulas against tables and examples that others published, and against scipy and statsmodels.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

const TWO_SIDED: Test = Test {
    hypothesis: Hypothesis::TwoSided,
    alpha: 0.05,
};

/// Two groups of the same size, standard deviation 1, no clusters.
pub(super) fn simple() -> Plan {
    Plan {
        outcome: Outcome::Mean { sd: 1.0 },
        comparison: Comparison::TwoGroups { share_treated: 0.5 },
        clusters: None,
        covariates: Covariates::default(),
        attrition: 0.0,
        test: TWO_SIDED,
        df: None,
    }
}

pub(super) fn clustered(size: f64, icc: f64) -> Plan {
    Plan {
        clusters: Some(Clusters {
            size,
            size_variation: 0.0,
            icc,
        }),
        ..simple()
    }
}

pub(super) fn panel(person: f64, cluster: f64, baseline: Baseline) -> Comparison {
    Comparison::DifferenceInDifferences {
        share_treated: 0.5,
        waves: Waves::SamePersons {
            person_autocorrelation: person,
            cluster_autocorrelation: cluster,
        },
        baseline,
    }
}

pub(super) fn near(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() <= within, "{got} {expected}");
}

/// Cohen 1988, table 2.4.1 (power .80, two-sided .05): d = .20, .50, .80 take 393, 64, 26 per group. The first is from a normal
/// approximation; the exact 393.4 rounds up to 394 (statsmodels 0.15.0: `TTestIndPower().solve_power(.2, power=.8, alpha=.05)`).
#[test]
fn cohens_table() {
    for (effect, each) in [(0.2, 394), (0.5, 64), (0.8, 26)] {
        let needed = needed_units(&simple(), effect, 0.8).unwrap();
        assert_eq!((needed.treated, needed.control), (each, each));
        assert!(needed.power >= 0.8 && needed.persons == 2.0 * each as f64);
        // A decrease is as easily found, and one person fewer per group is too few.
        assert_eq!(needed_units(&simple(), -effect, 0.8).unwrap(), needed);
        assert!(power(&simple(), 2.0 * each as f64 - 2.0, effect).unwrap() < 0.8);
    }
}

/// statsmodels 0.15.0: `TTestIndPower().power(.5, 20, .05)`, `.power(.5, 20, .05, ratio=1.5, alternative='larger')`,
/// `.power(.8, 4, .05)`, `.solve_power(nobs1=10, power=.8, alpha=.05)` (3 per group too), `.solve_power(.5, power=.9, alpha=.05,
/// ratio=2)`, `TTestPower().power(.4, 30, .05)`. Tolerance 1e-8; of solved values 1e-6, as statsmodels solves.
#[test]
fn statsmodels_agrees() {
    near(
        power(&simple(), 40.0, 0.5).unwrap(),
        0.337_939_028_925_041_1,
        1e-8,
    );
    near(
        power(&simple(), 8.0, 0.8).unwrap(),
        0.160_113_440_947_630_5,
        1e-8,
    );
    let unequal = Plan {
        comparison: Comparison::TwoGroups { share_treated: 0.4 },
        test: Test {
            hypothesis: Hypothesis::OneSided,
            alpha: 0.05,
        },
        ..simple()
    };
    near(
        power(&unequal, 50.0, 0.5).unwrap(),
        0.525_003_022_253_539_6,
        1e-8,
    );
    for (units, expected) in [(20.0, 1.324_947_368_330_822), (6.0, 3.070_892_269_599_019)] {
        let got = minimum_detectable_effect(&simple(), units, 0.8, Direction::Increase).unwrap();
        near(got, expected, 1e-6);
    }
    let third = Plan {
        comparison: Comparison::TwoGroups {
            share_treated: 1.0 / 3.0,
        },
        ..simple()
    };
    // 63.69 and twice that.
    let needed = needed_units(&third, 0.5, 0.9).unwrap();
    assert_eq!((needed.treated, needed.control), (64, 128));
    // Pairs whose difference has standard deviation 1: persons correlate by .5 over time.
    let paired = Plan {
        comparison: Comparison::BeforeAfter {
            waves: Waves::SamePersons {
                person_autocorrelation: 0.5,
                cluster_autocorrelation: 0.0,
            },
        },
        ..simple()
    };
    near(
        power(&paired, 30.0, 0.4).unwrap(),
        0.562_813_607_141_056_5,
        1e-8,
    );
    // 51.009 pairs.
    let pairs = needed_units(&paired, 0.4, 0.8).unwrap();
    assert_eq!((pairs.treated, pairs.control), (52, 0));
}

/// Bloom 1995: 2.8 (two-sided .05, power .80, many degrees of freedom), 2.49 one-sided; he adds two quantiles of the
/// central t, the exact figures with few degrees of freedom are scipy's (1.17.1): the root of `nct.sf(c, df, d) + nct.cdf(-c, df, d) -
/// .8` with `c = t.ppf(.975, df)`. Tolerance 1e-7.
#[test]
fn multipliers() {
    near(
        TWO_SIDED.multiplier(f64::INFINITY, 0.8).unwrap(),
        1.959_964 + 0.841_621,
        1e-5,
    );
    let one_sided = Test {
        hypothesis: Hypothesis::OneSided,
        alpha: 0.05,
    };
    near(
        one_sided.multiplier(f64::INFINITY, 0.8).unwrap(),
        1.644_854 + 0.841_621,
        1e-6,
    );
    near(
        one_sided.multiplier(8.0, 0.8).unwrap(),
        2.726_843_638_636,
        1e-7,
    );
    let exact = [
        (2.0, 5.653489266197),
        (4.0, 3.761059553825),
        (8.0, 3.200919648651),
        (18.0, 2.962672436418),
        (38.0, 2.874918430261),
        (98.0, 2.829411218778),
    ];
    for (df, expected) in exact {
        near(TWO_SIDED.multiplier(df, 0.8).unwrap(), expected, 1e-7);
    }
}

/// Equivalence, scipy 1.17.1: quad over s of max(0, norm.cdf((m - e) / se - tc s) - norm.cdf(tc s - (m + e) / se)) times the density
/// of s (chi.pdf(s sqrt(df), df) sqrt(df)) up to m / (se tc), tc = t.ppf(.95, df). Tolerance 1e-8.
#[test]
fn equivalence_agrees_with_scipy() {
    let test = Test {
        hypothesis: Hypothesis::Equivalence { margin: 1.0 },
        alpha: 0.05,
    };
    let cases = [
        (0.0, 0.4, 10.0, 0.509_810_522_480_166),
        (0.2, 0.3, 5.0, 0.702_690_788_395_629),
        (0.0, 1.0, 18.0, 0.000_206_981_753_646_62),
        (0.5, 0.2, 2.0, 0.502_575_118_052_523),
    ];
    for (effect, se, df, expected) in cases {
        near(test.power(effect, se, df).unwrap(), expected, 1e-8);
        near(test.power(-effect, se, df).unwrap(), expected, 1e-8);
    }
    // What is solved for comes back.
    let plan = Plan { test, ..simple() };
    let needed = needed_units(&plan, 0.1, 0.9).unwrap();
    let all = (needed.treated + needed.control) as f64;
    assert!(needed.power >= 0.9 && power(&plan, all - 2.0, 0.1).unwrap() < 0.9);
    let margin = smallest_margin(&plan, all, 0.1, 0.9).unwrap();
    assert!(margin <= 1.0 && margin > 0.95, "{margin}");
}

/// Hemming, Girling, Sitch, Marsh & Lilford 2011: with k clusters per arm and n persons per arm without clusters, clusters of
/// m = n (1 - rho) / (k - n rho); feasible where k > n rho. The normal, as there; here a share of .40 against .50, for which n =
/// (z.975 + z.8)^2 (.24 + .25) / .01 = 384.6.
#[test]
fn hemmings_fixed_number_of_clusters() {
    let normal = |plan: Plan| Plan {
        outcome: Outcome::Proportion { without: 0.4 },
        df: Some(f64::INFINITY),
        ..plan
    };
    let each = needed_units(&normal(simple()), 0.1, 0.8).unwrap();
    assert_eq!(each.treated, 385);
    let n = (1.959_963_985_f64 + 0.841_621_234).powi(2) * 0.49 / 0.01;
    for (icc, k) in [(0.01, 6.0), (0.01, 20.0), (0.05, 21.0)] {
        let plan = normal(clustered(10.0, icc));
        let expected = (n * (1.0 - icc) / (k - n * icc)).ceil();
        assert_eq!(
            needed_cluster_size(&plan, 2.0 * k, 0.1, 0.8).unwrap(),
            expected as u64
        );
    }
    // n rho = 19.2 > 19 clusters.
    let refused = needed_cluster_size(&normal(clustered(10.0, 0.05)), 38.0, 0.1, 0.8).unwrap_err();
    assert!(refused.reason.starts_with(
        "38 clusters can't reach a power of 0.8 however many persons each has: at most 0.79"
    ));
    assert!(needed_cluster_size(&simple(), 38.0, 0.1, 0.8).is_err());
}

/// Donner & Klar 2000, and Hayes & Bennett 1999: clusters multiply the persons needed by 1 + (m - 1) rho. Eldridge,
/// Ashby & Kerry 2006: unequal sizes make it 1 + ((CV^2 + 1) m - 1) rho, which is at most CV^2 more (42 % at their .65, 5 % at .23).
#[test]
fn design_effects() {
    let plan = clustered(20.0, 0.05);
    near(
        plan.precision(30.0, 0.0).unwrap().design_effect,
        1.95,
        1e-12,
    );
    let persons = simple().precision(600.0, 0.0).unwrap().se;
    near(
        plan.precision(30.0, 0.0).unwrap().se / persons,
        1.95_f64.sqrt(),
        1e-12,
    );
    let with = |size_variation| Plan {
        clusters: Some(Clusters {
            size: 20.0,
            size_variation,
            icc: 0.05,
        }),
        ..plan
    };
    let unequal = with(0.65).precision(30.0, 0.0).unwrap().design_effect;
    near(
        unequal,
        1.0 + ((0.65_f64.powi(2) + 1.0) * 20.0 - 1.0) * 0.05,
        1e-12,
    );
    assert!(with(0.23).precision(30.0, 0.0).unwrap().design_effect < 1.95 * 1.053);
    // Attrition leaves 16 of 20 persons; degrees of freedom come from clusters.
    let lost = Plan {
        attrition: 0.2,
        ..plan
    }
    .precision(30.0, 0.0)
    .unwrap();
    near(lost.design_effect, 1.0 + 15.0 * 0.05, 1e-12);
    near(lost.se.powi(2), 4.0 / (30.0 * 16.0) * 1.75, 1e-12);
    near(lost.df, 28.0, 0.0);
}

/// Dong & Maynard 2013, model CRA2: variance rho (1 - R2_2) / (P (1 - P) J) + (1 - rho) (1 - R2_1) / (P (1 - P) J n), df J - g - 2.
/// The chance difference of the covariate comes on top: 1 + g / (J - g - 3).
#[test]
fn covariates_at_both_levels() {
    let plan = Plan {
        comparison: Comparison::TwoGroups { share_treated: 0.3 },
        covariates: Covariates {
            person_r2: 0.4,
            cluster_r2: 0.6,
            number: 1,
        },
        ..clustered(25.0, 0.15)
    };
    let got = plan.precision(24.0, 0.0).unwrap();
    let expected = (0.15 * 0.4 + 0.85 * 0.6 / 25.0) / (0.3 * 0.7 * 24.0);
    near(got.se.powi(2), expected * (1.0 + 1.0 / 20.0), 1e-12);
    near(got.df, 21.0, 0.0);
}

/// Teerenstra et al. 2012: with rho .05, 30 persons, cluster and subject autocorrelation .8 and .6, r =
/// (30 .05 .8 + .95 .6) / 2.45 = .72245; differences of changes have variance 4 / (K m) 2.45 2 (1 - r), analysis of covariance
/// 4 / (K m) 2.45 (1 - r^2). McKenzie 2012: at autocorrelation .5 a change is as precise as the endline alone; at .25 it has 1.6
/// times the variance of analysis of covariance.
#[test]
fn two_waves() {
    let plan = |comparison| Plan {
        comparison,
        ..clustered(30.0, 0.05)
    };
    let change = plan(panel(0.6, 0.8, Baseline::Subtracted));
    near(
        change.unit_autocorrelation().unwrap(),
        0.722_448_979_591_836_7,
        1e-12,
    );
    let got = change.precision(20.0, 0.0).unwrap();
    near(got.se.powi(2), 0.009_066_666_666_666_667, 1e-12);
    near(got.df, 18.0, 0.0);
    let adjusted = plan(panel(0.6, 0.8, Baseline::Covariate))
        .precision(20.0, 0.0)
        .unwrap();
    near(
        adjusted.se.powi(2),
        0.007_808_435_374_149_66 * (1.0 + 1.0 / 16.0),
        1e-12,
    );
    near(adjusted.df, 17.0, 0.0);
    let of = |person, baseline| {
        let plan = Plan {
            comparison: panel(person, 0.0, baseline),
            ..simple()
        };
        plan.precision(1e6, 0.0).unwrap().se.powi(2)
    };
    near(
        of(0.5, Baseline::Subtracted) / simple().precision(1e6, 0.0).unwrap().se.powi(2),
        1.0,
        1e-12,
    );
    near(
        of(0.25, Baseline::Subtracted) / of(0.25, Baseline::Covariate),
        1.6,
        1e-5,
    );
    // New persons without clusters: four samples, twice the variance of two.
    let waves = Waves::NewPersons {
        cluster_autocorrelation: 0.8,
    };
    let crossed = Comparison::DifferenceInDifferences {
        share_treated: 0.5,
        waves,
        baseline: Baseline::Subtracted,
    };
    let got = Plan {
        comparison: crossed,
        ..simple()
    }
    .precision(100.0, 0.0)
    .unwrap();
    near(got.se.powi(2), 0.08, 1e-12);
    near(got.df, 196.0, 0.0);
    // And with clusters only the cluster's mean persists: r = 1.5 x .8 / 2.45.
    near(
        plan(crossed).unit_autocorrelation().unwrap(),
        1.2 / 2.45,
        1e-12,
    );
}
