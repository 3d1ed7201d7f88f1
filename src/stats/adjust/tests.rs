//! Small cases worked out by hand, and what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

const TREATED: [bool; 6] = [true, true, true, false, false, false];

fn matching<'a>(covariates: &'a [Covariate]) -> Matching<'a> {
    Matching {
        target: Target::Treated,
        covariates,
        metric: Metric::Mahalanobis,
        neighbours: 1,
        variance_neighbours: 1,
        bias_correction: &[],
        exact: None,
        caliper: None,
        confidence: 0.95,
    }
}

fn sample(outcome: &[f64]) -> Sample<'_> {
    Sample {
        outcome,
        treated: &TREATED,
        weights: None,
        clusters: None,
    }
}

/// x of the treated 1, 2, 9, of the others 0, 2, 3. The first treated ties with 0 and 2, the second matches 2, the third 3.
/// Effects 10 - (4+6)/2, 12 - 6, 20 - 8; shares 1/2, 3/2, 1.
#[test]
fn ties_are_averaged() {
    let x = [Covariate::new("x", vec![1.0, 2.0, 9.0, 0.0, 2.0, 3.0])];
    let y = [10.0, 12.0, 20.0, 4.0, 6.0, 8.0];
    let found = matched(&sample(&y), &matching(&x)).unwrap();
    near(found.effect.value, (5.0 + 6.0 + 12.0) / 3.0);
    assert_eq!(found.weights, [1.0, 1.0, 1.0, 0.5, 1.5, 1.0]);
    assert_eq!((found.rows, found.used_as_match), (3, 3));
    near(found.greatest_match_share, 0.5);
    // Variances of the untreated: 0 with 2: 2; 2 with 3: 2; 3 with 2: 2. K^2 - K': .25-.25, 2.25-1.25, 1-1.
    let spread: f64 = [5.0, 6.0, 12.0]
        .iter()
        .map(|e: &f64| (e - 23.0 / 3.0).powi(2))
        .sum();
    near(found.effect.se, (spread + 1.0 * 2.0).sqrt() / 3.0);
}

/// A caliper of one standard deviation loses the treated row at 9; exact matching lets rows meet within their kind alone.
#[test]
fn losses_are_counted() {
    let x = [Covariate::new("x", vec![1.0, 2.0, 9.0, 0.0, 2.0, 3.0])];
    let y = [10.0, 12.0, 20.0, 4.0, 6.0, 8.0];
    let near_only = Matching {
        caliper: Some(1.0),
        ..matching(&x)
    };
    let found = matched(&sample(&y), &near_only).unwrap();
    assert_eq!(
        (found.rows, found.lost_treated, found.lost_comparison),
        (2, 1, 0)
    );
    near(found.effect.value, 5.5);
    assert_eq!(found.weights[2], 0.0);
    let kinds = [0, 0, 1, 0, 0, 1];
    let found = matched(
        &sample(&y),
        &Matching {
            exact: Some(&kinds),
            ..matching(&x)
        },
    );
    assert_eq!(
        found.unwrap_err().reason,
        "a row that serves as a match is the only one of its group with its exact values"
    );
    let kinds = [0, 1, 0, 0, 1, 0];
    let kinds_but_one = Matching {
        exact: Some(&[0, 1, 0, 0, 0, 0]),
        ..matching(&x)
    };
    assert_eq!(
        matched(&sample(&y), &kinds_but_one).unwrap().lost_treated,
        1
    );
    let by_kind = Matching {
        exact: Some(&kinds),
        target: Target::Everyone,
        ..matching(&x)
    };
    assert!(matched(&sample(&y), &by_kind).is_err());
}

fn weighting<'a>(covariates: &'a [Covariate], method: Method) -> Weighting<'a> {
    Weighting {
        method,
        target: Target::Everyone,
        propensity: covariates,
        outcome: covariates,
        trim: None,
        few: false,
        confidence: 0.95,
    }
}

/// Without covariates every method is the difference of means, with the variance of that: sum of squares / n^2 of each group.
#[test]
fn without_covariates_all_are_the_difference_of_means() {
    let y = [1.0, 2.0, 6.0, 2.0, 3.0, 4.0];
    for method in [
        Method::InverseProbability,
        Method::RegressionAdjustment,
        Method::WeightedRegression,
        Method::DoublyRobust,
    ] {
        for target in [Target::Everyone, Target::Treated] {
            let found = weighted(
                &sample(&y),
                &Weighting {
                    target,
                    ..weighting(&[], method)
                },
            )
            .unwrap();
            near(found.effect.value, 0.0);
            near(found.effect.se, ((14.0 + 2.0) / 9.0 * 6.0 / 5.0_f64).sqrt());
            near(found.treated_mean, 3.0);
            assert_eq!(found.effect.df, 5.0);
        }
    }
}

/// A weight of 2 is the row twice, for the estimate; with the copies as one cluster for the standard error too.
#[test]
fn weights_count_as_copies() {
    let x = vec![0.5, 2.0, 1.0, -1.0, 1.5, 0.0, 0.3, 0.8];
    let y = vec![1.0, 3.0, 2.5, 0.0, 1.0, -0.5, 2.0, 1.0];
    let treated = vec![true, true, false, false, true, true, false, false];
    let weights = vec![1.0, 2.0, 1.0, 1.0, 1.0, 2.0, 2.0, 1.0];
    let copies: Vec<u32> = (0..8)
        .flat_map(|i| vec![i; weights[i as usize] as usize])
        .collect();
    let copy =
        |values: &[f64]| -> Vec<f64> { copies.iter().map(|&i| values[i as usize]).collect() };
    let copied_treated: Vec<bool> = copies.iter().map(|&i| treated[i as usize]).collect();
    for method in [
        Method::InverseProbability,
        Method::WeightedRegression,
        Method::DoublyRobust,
    ] {
        let once = weighted(
            &Sample {
                outcome: &y,
                treated: &treated,
                weights: Some(&weights),
                clusters: None,
            },
            &weighting(&[Covariate::new("x", x.clone())], method),
        )
        .unwrap();
        let often = weighted(
            &Sample {
                outcome: &copy(&y),
                treated: &copied_treated,
                weights: None,
                clusters: Some(&copies),
            },
            &weighting(&[Covariate::new("x", copy(&x))], method),
        )
        .unwrap();
        assert!((once.effect.value - often.effect.value).abs() < 1e-7);
        assert!((once.effect.se - often.effect.se).abs() < 1e-7);
        assert_eq!(often.clusters, 8);
    }
}

/// 100 rows at x = 0 with half treated, 40 at x = 1 with one treated: propensities 0.5 and 1/40, the latter trimmed.
#[test]
fn trimming_drops_and_counts_rows_without_overlap() {
    let mut treated = Vec::new();
    let mut x = Vec::new();
    for i in 0..140 {
        x.push(f64::from(u8::from(i >= 100)));
        treated.push(if i < 100 { i % 2 == 0 } else { i == 100 });
    }
    let y: Vec<f64> = (0..140)
        .map(|i| f64::from(i % 7) + f64::from(u8::from(treated[i as usize])))
        .collect();
    let covariates = [Covariate::new("x", x)];
    let sample = Sample {
        outcome: &y,
        treated: &treated,
        weights: None,
        clusters: None,
    };
    let options = weighting(&covariates, Method::InverseProbability);
    let whole = weighted(&sample, &options).unwrap();
    let overlap = whole.overlap.unwrap();
    // Propensities of a saturated logit are the shares: 1/40 lies in the first bin, 1/2 at the lower edge of the eleventh.
    assert_eq!(
        (overlap.bins[0].treated, overlap.bins[0].comparison),
        (1, 39)
    );
    assert_eq!(
        overlap
            .bins
            .iter()
            .map(|b| b.treated + b.comparison)
            .sum::<usize>(),
        140
    );
    near(overlap.treated.share_outside, 1.0 / 51.0);
    // Weights of the treated: 50 of 2 and one of 40.
    assert!((overlap.treated.effective_rows - 140.0 * 140.0 / 1800.0).abs() < 1e-6);
    assert!((overlap.treated.greatest_weight_share - 40.0 / 140.0).abs() < 1e-7);
    // The rows that are left all have x = 0, which a constant determines.
    let refused = weighted(
        &sample,
        &Weighting {
            trim: Some(0.1),
            ..options
        },
    )
    .unwrap_err();
    assert!(refused.reason.contains('x'), "{refused}");
    let jittered: Vec<f64> = (0..140)
        .map(|i| covariates[0].values[i] + (i % 10) as f64 / 100.0)
        .collect();
    let covariates = [Covariate::new("x", jittered)];
    let options = weighting(&covariates, Method::InverseProbability);
    let trimmed = weighted(
        &sample,
        &Weighting {
            trim: Some(0.1),
            ..options
        },
    )
    .unwrap();
    assert_eq!(
        (
            trimmed.trimmed_treated,
            trimmed.trimmed_comparison,
            trimmed.rows
        ),
        (1, 39, 100)
    );
    assert!(trimmed.weights[100..].iter().all(|w| *w == 0.0));
}

#[test]
fn what_would_mislead_is_refused() {
    let x = [Covariate::new("x", vec![1.0, 2.0, 9.0, 0.0, 2.0, 3.0])];
    let y = [10.0, 12.0, 20.0, 4.0, 6.0, 8.0];
    let options = weighting(&x, Method::DoublyRobust);
    let reason =
        |sample: Sample, options: &Weighting| weighted(&sample, options).unwrap_err().reason;
    let all = Sample {
        treated: &[true; 6],
        ..sample(&y)
    };
    assert_eq!(
        reason(all, &options),
        "the treatment does not vary: all 6 rows are treated"
    );
    let crossed = Sample {
        clusters: Some(&[1, 1, 1, 2, 3, 4]),
        ..sample(&y)
    };
    assert_eq!(
        reason(crossed, &options),
        "all treated rows are in one cluster, so how clusters differ among the treated is unknown"
    );
    let weightless = Sample {
        weights: Some(&[1.0, 0.0, 1.0, -1.0, 1.0, 1.0]),
        ..sample(&y)
    };
    assert_eq!(
        reason(weightless, &options),
        "2 of the 6 weights are missing, zero or negative"
    );
    let holes = [Covariate::new(
        "age",
        vec![1.0, f64::NAN, 3.0, 4.0, 5.0, 6.0],
    )];
    assert_eq!(
        reason(sample(&y), &weighting(&holes, Method::DoublyRobust)),
        "age is missing in 1 of 6 rows"
    );
    assert_eq!(
        reason(
            sample(&[1.0; 6]),
            &weighting(&[], Method::InverseProbability)
        ),
        "the outcome does not vary within the groups"
    );
    let twins = [
        x[0].clone(),
        Covariate::new("twice x", x[0].values.iter().map(|v| 2.0 * v).collect()),
    ];
    let collinear = matched(&sample(&y), &matching(&twins)).unwrap_err().reason;
    assert!(collinear.contains("twice x"), "{collinear}");
    let clustered = Sample {
        clusters: Some(&[1, 2, 3, 4, 5, 6]),
        ..sample(&y)
    };
    assert!(matched(&clustered, &matching(&x)).is_err());
    let separate = [Covariate::new("site", vec![1.0, 1.0, 1.0, 0.0, 0.0, 0.0])];
    assert!(
        weighted(
            &sample(&y),
            &weighting(&separate, Method::InverseProbability)
        )
        .is_err()
    );
}

/// The coefficient of the treatment in Lin's regression is the regression-adjusted effect, for everyone and for the treated.
#[test]
fn lins_regression_gives_the_adjusted_effect() {
    let x = [Covariate::new(
        "age",
        vec![1.0, 2.0, 9.0, 0.0, 2.0, 3.0, 5.0, 4.0],
    )];
    let y = [10.0, 12.0, 20.0, 4.0, 6.0, 8.0, 3.0, 11.0];
    let treated = [true, true, true, false, false, false, false, true];
    for target in [Target::Everyone, Target::Treated] {
        let design = interacted(&treated, &x, None, target).unwrap();
        let fit = crate::stats::linear::fit(&y, &design.matrix, &design.names, None).unwrap();
        let sample = Sample {
            outcome: &y,
            treated: &treated,
            weights: None,
            clusters: None,
        };
        let options = Weighting {
            target,
            ..weighting(&x, Method::RegressionAdjustment)
        };
        near(
            fit.coefficients[design.treatment],
            weighted(&sample, &options).unwrap().effect.value,
        );
    }
    let design = interacted(&treated, &x, None, Target::Everyone).unwrap();
    assert_eq!(
        design.names,
        [
            "constant",
            "treatment",
            "age - mean",
            "treatment x (age - mean)"
        ]
    );
    let design = analysis_of_covariance(&treated, &x).unwrap();
    assert_eq!(design.names, ["constant", "treatment", "age"]);
    assert_eq!(
        design.matrix.row(3).iter().copied().collect::<Vec<_>>(),
        [1.0, 0.0, 0.0]
    );
    assert_eq!(
        design.matrix.row(2).iter().copied().collect::<Vec<_>>(),
        [1.0, 1.0, 9.0]
    );
}
