//! Answers about a plan agree with each other, and nonsense is refused in words.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::published::{clustered, near, panel, simple};
use super::*;

/// Power, effect and units answer each other.
#[test]
fn answers_agree_with_each_other() {
    let plan = Plan {
        outcome: Outcome::Proportion { without: 0.3 },
        comparison: panel(0.4, 0.7, Baseline::Subtracted),
        attrition: 0.1,
        ..clustered(18.0, 0.04)
    };
    for direction in [Direction::Increase, Direction::Decrease] {
        let effect = minimum_detectable_effect(&plan, 26.0, 0.8, direction).unwrap();
        let signed = if direction == Direction::Increase {
            effect
        } else {
            -effect
        };
        near(power(&plan, 26.0, signed).unwrap(), 0.8, 1e-9);
        let needed = needed_units(&plan, signed, 0.8).unwrap();
        assert_eq!((needed.treated, needed.control), (13, 13));
        let size = needed_cluster_size(&plan, 26.0, signed, 0.8).unwrap();
        assert!((18..=19).contains(&size), "{size}");
    }
    let grid = [2.0, 10.0, 20.0, 40.0];
    let points = curve(&plan, Along::Units { effect: 0.15 }, &grid);
    assert!(points[0].power.is_err());
    let powers: Vec<f64> = points[1..]
        .iter()
        .map(|p| p.power.clone().unwrap())
        .collect();
    assert!(powers.windows(2).all(|w| w[0] < w[1]));
    assert_eq!(powers[1], power(&plan, 20.0, 0.15).unwrap());
    let effects = curve(&plan, Along::Effects { units: 26.0 }, &[0.0, 0.1, 0.9]);
    near(effects[0].power.clone().unwrap(), 0.05, 1e-9);
    assert!(
        effects[2]
            .power
            .clone()
            .unwrap_err()
            .reason
            .contains("leads outside 0 to 1")
    );
    let along = Along::ClusterSizes {
        units: 26.0,
        effect: 0.1,
    };
    let sizes = curve(&plan, along, &[5.0, 50.0]);
    assert!(sizes[0].power.clone().unwrap() < sizes[1].power.clone().unwrap());
}

/// Nonsense is refused in words.
#[test]
fn refusals() {
    let reason = |plan: Plan, units: f64| power(&plan, units, 0.3).unwrap_err().reason;
    assert_eq!(
        reason(clustered(20.0, 1.0), 20.0),
        "the intra-cluster correlation (1) is not a share from 0 to below 1"
    );
    assert!(reason(clustered(20.0, -0.1), 20.0).contains("intra-cluster correlation (-0.1)"));
    assert!(reason(clustered(20.0, f64::NAN), 20.0).contains("intra-cluster correlation (NaN)"));
    assert!(reason(clustered(0.0, 0.1), 20.0).contains("less than one person"));
    assert_eq!(
        reason(clustered(20.0, 0.1), 1.0),
        "1 clusters leave less than one in the smaller group"
    );
    assert!(reason(clustered(20.0, 0.1), 2.0).contains("no degrees of freedom"));
    assert!(reason(clustered(20.0, 0.1), f64::INFINITY).contains("leave less than one"));
    assert!(
        reason(
            Plan {
                attrition: 1.0,
                ..simple()
            },
            20.0
        )
        .contains("persons lost (1)")
    );
    assert!(
        reason(
            Plan {
                df: Some(0.0),
                ..simple()
            },
            20.0
        )
        .contains("degrees of freedom")
    );
    assert!(
        reason(
            Plan {
                outcome: Outcome::Mean { sd: 0.0 },
                ..simple()
            },
            20.0
        )
        .contains("standard deviation (0)")
    );
    let share = Comparison::TwoGroups { share_treated: 1.0 };
    assert!(
        reason(
            Plan {
                comparison: share,
                ..simple()
            },
            20.0
        )
        .contains("one group would be empty")
    );
    let adjusted = Plan {
        comparison: panel(0.5, 0.5, Baseline::Covariate),
        ..clustered(20.0, 0.1)
    };
    assert!(reason(adjusted, 4.0).contains("too few to adjust for 1 covariates"));
    let cross = Comparison::DifferenceInDifferences {
        share_treated: 0.5,
        waves: Waves::NewPersons {
            cluster_autocorrelation: 0.5,
        },
        baseline: Baseline::Covariate,
    };
    assert!(
        reason(
            Plan {
                comparison: cross,
                ..simple()
            },
            20.0
        )
        .contains("no baseline to adjust for")
    );
    let still = Plan {
        comparison: panel(1.0, 0.5, Baseline::Subtracted),
        ..simple()
    };
    assert!(reason(still, 20.0).contains("autocorrelation of persons over time (1)"));
    let reason = |effect, target| needed_units(&simple(), effect, target).unwrap_err().reason;
    assert_eq!(
        reason(0.0, 0.8),
        "an effect of 0 can't be found by any sample"
    );
    assert!(reason(0.3, 1.0).contains("a power of 1 can't be aimed at"));
    assert!(reason(0.3, 0.05).contains("must be above the significance level"));
    assert!(reason(1e-6, 0.8).contains("thousand million"));
    let margin = |margin| Plan {
        test: Test {
            hypothesis: Hypothesis::Equivalence { margin },
            alpha: 0.05,
        },
        ..simple()
    };
    assert!(
        needed_units(&margin(0.2), 0.2, 0.8)
            .unwrap_err()
            .reason
            .contains("not within the margin")
    );
    assert!(
        power(&margin(0.0), 20.0, 0.0)
            .unwrap_err()
            .reason
            .contains("margin of 0")
    );
    assert!(minimum_detectable_effect(&margin(0.2), 20.0, 0.8, Direction::Increase).is_err());
    assert!(smallest_margin(&simple(), 20.0, 0.0, 0.8).is_err());
    let tiny = Plan {
        outcome: Outcome::Proportion { without: 0.5 },
        ..simple()
    };
    let refused = minimum_detectable_effect(&tiny, 4.0, 0.99, Direction::Increase);
    assert!(refused.is_err() || refused.unwrap() < 0.5);
}
