//! Parameters of fit, kinds of cases, necessity.
#![allow(clippy::unwrap_used)]

use super::*;

fn near(found: Option<f64>, wanted: f64) {
    let found = found.unwrap();
    assert!((found - wanted).abs() < 1e-12, "{found} not {wanted}");
}

/// By hand: sums of X 1.6, of Y 1.7 and 1.5, of min(X, Y) 1.5 and 1.3, of min(X, Y, 1-Y) .8 and .6.
#[test]
fn sufficiency_by_hand() {
    let (x, y) = ([0.2, 0.8, 0.6], [0.3, 0.9, 0.3]);
    let fit = sufficiency(&x, &[0.3, 0.9, 0.5]).unwrap();
    near(fit.inclusion, 1.5 / 1.6);
    near(fit.coverage, 1.5 / 1.7);
    near(fit.pri, (1.5 - 0.8) / (1.6 - 0.8));
    let fit = sufficiency(&x, &y).unwrap();
    near(fit.inclusion, 1.3 / 1.6);
    near(fit.coverage, 1.3 / 1.5);
    near(fit.pri, (1.3 - 0.6) / (1.6 - 0.6));
}

/// By hand: sum (1-X) = 1.4, sum (1 - min(X, Y)) = 1.7.
#[test]
fn necessity_by_hand() {
    let fit = necessity(&[0.2, 0.8, 0.6], &[0.3, 0.9, 0.3]).unwrap();
    near(fit.inclusion, 1.3 / 1.5);
    near(fit.coverage, 1.3 / 1.6);
    near(fit.relevance, 1.4 / 1.7);
}

#[test]
fn nothing_over_nothing_is_no_number() {
    let none = sufficiency(&[0.0, 0.0], &[0.4, 1.0]).unwrap();
    assert_eq!((none.inclusion, none.pri), (None, None));
    near(none.coverage, 0.0);
    let none = necessity(&[1.0, 1.0], &[1.0, 1.0]).unwrap();
    assert_eq!(none.relevance, None);
    assert_eq!(sufficiency(&[0.5], &[0.0]).unwrap().coverage, None);
    assert!(sufficiency(&[0.5], &[0.1, 0.2]).is_err());
    assert!(necessity(&[f64::NAN], &[0.1]).is_err());
    assert!(necessity(&[0.1], &[1.5]).is_err());
}

#[test]
fn solution_and_kinds_of_cases() {
    let rows: [&[f64]; 7] = [
        &[0.9, 0.8, 0.1, 0.9],
        &[0.9, 0.9, 0.2, 0.7],
        &[0.1, 0.9, 0.9, 0.2],
        &[0.2, 0.2, 0.6, 0.8],
        &[0.2, 0.3, 0.4, 0.6],
        &[0.1, 0.2, 0.2, 0.2],
        &[0.5, 0.9, 0.3, 0.1],
    ];
    let sets = sets("A B C", &rows);
    let term = |present| Term { present, absent: 0 };
    let fit = evaluate(&sets, &[term(0b011), term(0b100)]);
    assert_eq!(
        fit.kinds,
        [
            Kind::Typical,
            Kind::DeviantInDegree,
            Kind::DeviantInKind,
            Kind::Typical,
            Kind::DeviantCoverage,
            Kind::Irrelevant,
            Kind::Undecided,
        ]
    );
    assert_eq!(fit.uncovered, [4]);
    let (ab, c) = (&fit.terms[0], &fit.terms[1]);
    assert_eq!(ab.covered, [0, 1]);
    assert_eq!(c.covered_alone, [2, 3]);
    assert_eq!(ab.kinds[3], Kind::CoveredElsewhere);
    assert_eq!(ab.kinds[4], Kind::DeviantCoverage);
    assert_eq!(c.kinds[6], Kind::IrrelevantInconsistent);
    // Y sums to 3.5. min(solution, Y): .8 .7 .2 .6 .4 .2 .1 = 3; of A*B alone .8 .7 .1 .2 .2 .1 .1 = 2.2; of C alone .1 .2 .2 .6 .4 .2 .1 = 1.8.
    near(fit.solution.coverage, 3.0 / 3.5);
    near(ab.fit.coverage, 2.2 / 3.5);
    near(ab.unique, 1.2 / 3.5);
    near(c.unique, 0.8 / 3.5);
    assert_eq!(evaluate(&sets, &[]).solution.inclusion, None);
}

#[test]
fn single_conditions_and_disjunctions_that_contain_the_outcome() {
    let rows: [&[f64]; 6] = [
        &[1.0, 0.0, 1.0, 1.0],
        &[0.0, 1.0, 1.0, 1.0],
        &[1.0, 1.0, 1.0, 1.0],
        &[0.0, 0.0, 1.0, 0.0],
        &[0.0, 0.0, 1.0, 0.0],
        &[0.0, 0.0, 1.0, 0.0],
    ];
    let sets = sets("A B C", &rows);
    let singles = necessary_singles(&sets);
    assert_eq!(singles.len(), 6);
    near(singles[0].fit.inclusion, 2.0 / 3.0);
    near(singles[1].fit.inclusion, 1.0 / 3.0);
    near(singles[4].fit.inclusion, 1.0);
    near(singles[4].fit.relevance, 0.0);
    let limits = Limits {
        inclusion: 0.9,
        relevance: 0.0,
        coverage: 0.0,
        literals: 3,
        most: 10,
    };
    let shown = |found: &Found| -> Vec<String> {
        let each = found.disjunctions.iter();
        each.map(|s| s.disjunction.show(sets.conditions()))
            .collect()
    };
    // Not A+B+~C, which holds A+B, nor anything with C.
    let found = supersets(&sets, &limits).unwrap();
    assert_eq!(shown(&found), ["C", "A+B"]);
    near(found.disjunctions[1].fit.relevance, 1.0);
    let relevant = Limits {
        relevance: 0.6,
        ..limits
    };
    assert_eq!(shown(&supersets(&sets, &relevant).unwrap()), ["A+B"]);
    let singles = Limits {
        literals: 1,
        ..limits
    };
    assert_eq!(shown(&supersets(&sets, &singles).unwrap()), ["C"]);
    let few = supersets(&sets, &Limits { most: 1, ..limits }).unwrap();
    assert_eq!((few.disjunctions.len(), few.complete), (1, false));
    assert!(
        supersets(
            &sets,
            &Limits {
                literals: 0,
                ..limits
            }
        )
        .is_err()
    );
    let over = Limits {
        inclusion: 1.1,
        ..limits
    };
    assert!(supersets(&sets, &over).is_err());
}
