//! Calibration.
#![allow(clippy::unwrap_used)]

use super::*;

fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} not {wanted}");
}

const RISING: Anchors = Anchors {
    exclusion: 20.0,
    crossover: 50.0,
    inclusion: 80.0,
};

/// Log odds of 2.944439 at the anchors (Ragin 2008, chapter 5): 25 with anchors 20, 50, 80 is .0791684580 (published with the R package QCA).
#[test]
fn direct_method() {
    near(LOG_ODDS, 19f64.ln(), 1e-15);
    let values = [20.0, 25.0, 50.0, 65.0, 80.0];
    let found = direct(&values, RISING).unwrap();
    near(found[0], 0.05, 1e-12);
    near(found[1], 0.079_168_458_0, 5e-11);
    assert_eq!(found[2], 0.5);
    near(found[3], 19f64.sqrt() / (1.0 + 19f64.sqrt()), 1e-12);
    near(found[4], 0.95, 1e-12);
    let falling = Anchors {
        exclusion: 80.0,
        crossover: 50.0,
        inclusion: 20.0,
    };
    for (down, up) in direct(&values, falling).unwrap().iter().zip(&found) {
        near(*down, 1.0 - up, 1e-12);
    }
    // Each side has a slope of its own.
    let uneven = Anchors {
        exclusion: 0.0,
        crossover: 10.0,
        inclusion: 100.0,
    };
    let found = direct(&[5.0, 55.0], uneven).unwrap();
    near(found[0], 1.0 - found[1], 1e-12);
    assert_eq!(at_half(&direct(&values, RISING).unwrap()), [2]);
}

#[test]
fn anchors_out_of_order_are_refused() {
    for (exclusion, crossover, inclusion) in [
        (20.0, 90.0, 80.0),
        (20.0, 20.0, 80.0),
        (20.0, f64::NAN, 80.0),
        (f64::NEG_INFINITY, 20.0, 80.0),
    ] {
        let anchors = Anchors {
            exclusion,
            crossover,
            inclusion,
        };
        assert!(direct(&[1.0], anchors).is_err());
    }
    let refused = direct(&[1.0, f64::NAN], RISING).unwrap_err();
    assert_eq!(refused.reason, "the value of case 2 is NaN");
}

#[test]
fn a_cut_itself_is_in() {
    assert_eq!(crisp(&[1.0, 2.0, 3.0], 2.0).unwrap(), [0.0, 1.0, 1.0]);
    let found = categories(&[1.0, 2.0, 3.0, 9.0], &[2.0, 5.0]).unwrap();
    assert_eq!(found, [0, 1, 1, 2]);
    assert!(categories(&[1.0], &[2.0, 2.0]).is_err());
    assert!(categories(&[1.0], &[]).is_err());
    assert!(crisp(&[f64::INFINITY], 2.0).is_err());
}

#[test]
fn a_bell_is_in_the_middle_and_its_mirror_out() {
    let anchors = |exclusion, crossover, inclusion| Anchors {
        exclusion,
        crossover,
        inclusion,
    };
    let shape = Bell {
        low: anchors(0.0, 10.0, 20.0),
        high: anchors(60.0, 50.0, 40.0),
    };
    let values = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0];
    let found = bell(&values, shape).unwrap();
    for (found, wanted) in found.iter().zip([0.05, 0.5, 0.95, 1.0, 0.95, 0.5, 0.05]) {
        near(*found, wanted, 0.01);
    }
    let mirror = Bell {
        low: anchors(20.0, 10.0, 0.0),
        high: anchors(40.0, 50.0, 60.0),
    };
    for (out, inside) in bell(&values, mirror).unwrap().iter().zip(&found) {
        near(*out, 1.0 - inside, 1e-12);
    }
    let overlapping = Bell {
        low: anchors(0.0, 10.0, 45.0),
        ..shape
    };
    assert!(bell(&values, overlapping).is_err());
    let same_way = Bell {
        high: shape.low,
        ..shape
    };
    assert!(bell(&values, same_way).is_err());
}

const VALUES: [f64; 12] = [
    1.2, 2.5, 3.1, 4.7, 6.0, 8.4, 11.0, 15.5, 19.0, 26.0, 33.0, 47.0,
];
const JUDGED: [f64; 12] = [0.0, 0.0, 0.2, 0.2, 0.4, 0.4, 0.6, 0.6, 0.8, 0.8, 1.0, 1.0];

const EXPECTED_POWERS: (f64, f64) = (-2.0, 2.0);
const EXPECTED_DEVIANCE: f64 = 0.388694730619;
const EXPECTED: [f64; 12] = [
    0.0000014825,
    0.0399863057,
    0.1094025734,
    0.2827295552,
    0.3657046269,
    0.4558204904,
    0.5252307113,
    0.6387426200,
    0.7294561478,
    0.8857263889,
    0.9680349802,
    0.9991641178,
];

/// Against the same search over 36 pairs of powers in Python (statsmodels 0.15.0, GLM of the binomial family).
#[test]
fn indirect_method() {
    let found = indirect(&VALUES, &JUDGED).unwrap();
    assert_eq!((found.powers.first, found.powers.second), EXPECTED_POWERS);
    near(found.deviance, EXPECTED_DEVIANCE, 1e-8);
    for (found, wanted) in found.memberships.iter().zip(EXPECTED) {
        near(*found, wanted, 1e-7);
    }
    assert!(found.monotone);
    assert_eq!(found.shift, 0.0);
    // The unit of the values doesn't matter.
    let thousands: Vec<f64> = VALUES.iter().map(|v| v * 1000.0).collect();
    let scaled = indirect(&thousands, &JUDGED).unwrap();
    for (a, b) in scaled.memberships.iter().zip(&found.memberships) {
        near(*a, *b, 1e-8);
    }
    // Values of 0 or less are shifted.
    let lower: Vec<f64> = VALUES.iter().map(|v| v - 1.2).collect();
    near(indirect(&lower, &JUDGED).unwrap().shift, 0.6, 1e-12);
}

#[test]
fn indirect_method_refuses_what_it_can_not_fit() {
    let two = JUDGED.map(f64::round);
    assert!(indirect(&VALUES, &two).is_err());
    assert!(indirect(&[1.0; 12], &JUDGED).is_err());
    assert!(indirect(&VALUES[..3], &JUDGED).is_err());
    assert!(indirect(&[], &[]).is_err());
    let mut wrong = JUDGED;
    wrong[3] = 1.2;
    assert!(indirect(&VALUES, &wrong).is_err());
}
