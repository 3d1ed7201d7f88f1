//! Sets and truth tables.
#![allow(clippy::unwrap_used)]

use super::*;

fn fuzzy() -> Sets {
    sets(
        "A B",
        &[
            &[0.9, 0.8, 0.9],
            &[0.8, 0.9, 0.2],
            &[0.7, 0.2, 0.8],
            &[0.2, 0.1, 0.1],
            &[0.5, 0.9, 0.6],
            &[0.1, 0.3, 0.5],
        ],
    )
}

#[test]
fn cases_belong_to_the_row_in_which_they_are_more_in_than_out() {
    let table = truth_table(&fuzzy(), &CUTS).unwrap();
    let configurations: Vec<u32> = table.rows.iter().map(|r| r.configuration).collect();
    // In the order of the field: ~A*~B, A*~B, A*B; ~A*B has no case, the fifth being half in A.
    assert_eq!(configurations, [0b00, 0b01, 0b11]);
    let numbers: Vec<u32> = table.rows.iter().map(|r| r.number(2)).collect();
    assert_eq!(numbers, [1, 3, 4]);
    assert_eq!(
        table.undecided,
        [Undecided {
            case: 4,
            conditions: 0b01
        }]
    );
    assert_eq!(table.outcome_undecided, [5]);
    assert_eq!(table.remainders(), [0b10]);
    let both = &table.rows[2];
    assert_eq!(both.cases, [0, 1]);
    assert!(both.mixed());
    // min(A, B): .8 .8 .2 .1 .5 .1 = 2.5; with Y: .8 .2 .2 .1 .5 .1 = 1.9.
    assert!((both.inclusion.unwrap() - 1.9 / 2.5).abs() < 1e-12);
    assert_eq!((both.value, both.deviant()), (Value::Negative, vec![0]));
    let contradictory: Vec<u32> = table
        .contradictory()
        .iter()
        .map(|r| r.configuration)
        .collect();
    assert_eq!(contradictory, [0b11]);
}

#[test]
fn cuts_decide_the_value_of_a_row() {
    let value = |cuts: Cuts| truth_table(&fuzzy(), &cuts).unwrap().rows[2].value;
    let inclusion = |inclusion| Cuts { inclusion, ..CUTS };
    // 1.9 / 2.5 is .76 but for rounding.
    assert_eq!(value(inclusion(0.76)), Value::Positive);
    assert_eq!(value(inclusion(0.77)), Value::Negative);
    let band = Cuts {
        contradiction: Some(0.7),
        ..CUTS
    };
    assert_eq!(value(band), Value::Contradictory);
    let deviant = truth_table(&fuzzy(), &band).unwrap().rows[2].deviant();
    assert_eq!(deviant, [0, 1]);
    // PRI: (1.9 - .1 - .2 - .2 - .1 - .4 - .1) / (2.5 - 1.1) = .8 / 1.4.
    let pri = |pri| Cuts {
        pri: Some(pri),
        ..inclusion(0.76)
    };
    assert_eq!(value(pri(0.57)), Value::Positive);
    assert_eq!(value(pri(0.58)), Value::Negative);
    let three = Cuts { cases: 3, ..CUTS };
    assert_eq!(value(three), Value::Remainder);
    assert_eq!(truth_table(&fuzzy(), &three).unwrap().remainders().len(), 4);
}

#[test]
fn cuts_that_mean_nothing_are_refused() {
    let wrong = [
        Cuts {
            inclusion: 0.5,
            ..CUTS
        },
        Cuts {
            inclusion: f64::NAN,
            ..CUTS
        },
        Cuts {
            inclusion: 1.1,
            ..CUTS
        },
        Cuts {
            contradiction: Some(0.8),
            ..CUTS
        },
        Cuts {
            pri: Some(-0.1),
            ..CUTS
        },
        Cuts { cases: 0, ..CUTS },
    ];
    for cuts in wrong {
        assert!(truth_table(&fuzzy(), &cuts).is_err(), "{cuts:?}");
    }
    let half = sets("A", &[&[0.5, 1.0]]);
    let refused = truth_table(&half, &CUTS).unwrap_err();
    assert!(refused.reason.contains("exactly .5"));
}

#[test]
fn sets_are_checked() {
    let column = |n: usize| vec![vec![0.1]; n];
    let reason = |conditions: &[&str], columns: &[Vec<f64>], outcome: &[f64]| {
        let conditions: Vec<String> = conditions.iter().map(|c| (*c).to_owned()).collect();
        Sets::new(&conditions, columns, outcome).unwrap_err().reason
    };
    assert_eq!(reason(&[], &[], &[0.1]), "0 conditions are given");
    let many: Vec<String> = (0..16).map(|i| format!("C{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(
        reason(&many, &column(16), &[0.1]),
        "16 conditions are given"
    );
    assert_eq!(
        reason(&["A", "A"], &column(2), &[0.1]),
        "two conditions are called `A`"
    );
    assert_eq!(
        reason(&["A*B"], &column(1), &[0.1]),
        "a condition is called `A*B`"
    );
    assert_eq!(
        reason(&["A"], &[vec![f64::NAN]], &[0.1]),
        "the membership of case 1 in A is NaN"
    );
    assert_eq!(
        reason(&["A"], &[vec![0.2, 0.3]], &[0.1]),
        "A has 2 memberships for 1 cases"
    );
    assert_eq!(
        reason(&["A"], &column(1), &[1.2]),
        "the membership of case 1 in the outcome is 1.2"
    );
    assert_eq!(reason(&["A"], &[vec![]], &[]), "there are no cases");
    assert_eq!(
        reason(&["A"], &[], &[0.1]),
        "1 conditions have 0 columns of memberships"
    );
}

#[test]
fn terms_are_shown_and_compared() {
    let conditions = names("A B C");
    let term = |present, absent| Term { present, absent };
    assert_eq!(term(0b001, 0b100).show(&conditions), "A*~C");
    assert_eq!(Term::default().show(&conditions), "1");
    assert_eq!(expression(&[], &conditions), "0");
    assert!(term(0b011, 0b100).within(&term(0b001, 0b100)));
    assert!(!term(0b001, 0).within(&term(0, 0b001)));
    assert!(term(0b001, 0b100).covers(0b011) && !term(0b001, 0b100).covers(0b101));
    let mut sorted = [
        term(0b010, 0),
        term(0, 0b001),
        term(0b101, 0),
        term(0b011, 0),
    ];
    sorted.sort();
    assert_eq!(expression(&sorted, &conditions), "A*B + A*C + ~A + B");
    let sets = sets("A B", &[&[0.2, 0.9, 0.0]]);
    assert_eq!(sets.in_term(&term(0b10, 0b01)), [0.8]);
    assert_eq!(sets.in_term(&Term::default()), [1.0]);
    assert_eq!(sets.in_terms(&[]), [0.0]);
}
