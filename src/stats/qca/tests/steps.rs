//! Solutions, counterfactuals and robustness.
#![allow(clippy::unwrap_used)]

use super::*;

/// Configurations by their letters: `corner("Ab")` has A and not B.
fn corner(letters: &str) -> u32 {
    let present = letters
        .chars()
        .enumerate()
        .filter(|(_, c)| c.is_uppercase());
    present.fold(0, |bits, (i, _)| bits | 1 << i)
}

fn corners(all: &str) -> Vec<u32> {
    all.split_whitespace().map(corner).collect()
}

/// A textbook case of easy and difficult counterfactuals: the outcome with A*B*~C, not with ~A*~B*~C, ~A*B*C and A*~B*C.
fn table() -> (Vec<String>, Table) {
    let conditions = names("A B C");
    let table = crisp_table(&conditions, &corners("ABc"), &corners("abc aBC AbC"));
    (conditions, table)
}

#[test]
fn three_solutions_by_hand() {
    let (conditions, table) = table();
    let expecting = |expectations: [Expectation; 3]| Options {
        expectations: expectations.to_vec(),
        ..Options::default()
    };
    let options = expecting([Expectation::Present; 3]);
    let complex = conservative(&table, &options).unwrap();
    assert_eq!(shown(&complex, &conditions), ["A*B*~C"]);
    assert!(complex.models[0].assumptions.is_empty());
    let simple = parsimonious(&table, &options).unwrap();
    assert_eq!(shown(&simple, &conditions), ["A*B", "A*~C", "B*~C"]);
    assert_eq!(simple.models[0].assumptions, [corner("ABC")]);
    let all = intermediate(&table, &options, &complex, &simple).unwrap();
    // C present is expected: A*B*C is easy, within A*B. A*~B*~C and ~A*B*~C run against expectation.
    assert_eq!(all.len(), 2);
    assert_eq!(
        (&all[0].between, &all[0].easy),
        (&vec![(0, 0)], &corners("ABC"))
    );
    assert_eq!(shown(&all[0].minimised, &conditions), ["A*B"]);
    assert_eq!(
        (&all[1].between, &all[1].easy),
        (&vec![(0, 1), (0, 2)], &vec![])
    );
    assert_eq!(shown(&all[1].minimised, &conditions), ["A*B*~C"]);
    // Nothing expected: nothing dropped.
    let options = expecting([Expectation::None; 3]);
    let all = intermediate(&table, &options, &complex, &simple).unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(shown(&all[0].minimised, &conditions), ["A*B*~C"]);
    // A expected absent makes ~A*B*~C easy.
    let options = expecting([Expectation::Absent, Expectation::None, Expectation::None]);
    let all = intermediate(&table, &options, &complex, &simple).unwrap();
    let easy: Vec<Vec<u32>> = all.iter().map(|i| i.easy.clone()).collect();
    assert_eq!(easy, [vec![], corners("aBc")]);
}

#[test]
fn untenable_assumptions_are_not_made() {
    let (conditions, table) = table();
    let options = Options {
        untenable: vec![Term {
            present: 0b111,
            absent: 0,
        }],
        ..Options::default()
    };
    let simple = parsimonious(&table, &options).unwrap();
    assert_eq!(shown(&simple, &conditions), ["A*~C", "B*~C"]);
    // An observed row with the outcome stays, though an untenable term covers it.
    let options = Options {
        untenable: vec![Term {
            present: 0b011,
            absent: 0,
        }],
        ..Options::default()
    };
    let simple = parsimonious(&table, &options).unwrap();
    assert_eq!(shown(&simple, &conditions), ["A*~C", "B*~C"]);
}

#[test]
fn contradictory_rows_are_kept_out_or_left_free() {
    // A*B has two cases with the outcome and one without: an inclusion of 2/3.
    let data = sets(
        "A B",
        &[
            &[1.0, 1.0, 1.0],
            &[1.0, 1.0, 1.0],
            &[1.0, 1.0, 0.0],
            &[1.0, 0.0, 1.0],
            &[0.0, 0.0, 0.0],
        ],
    );
    let cuts = Cuts {
        contradiction: Some(0.6),
        ..CUTS
    };
    let table = truth_table(&data, &cuts).unwrap();
    let row = table.contradictory()[0];
    assert_eq!((row.value, row.deviant()), (Value::Contradictory, vec![2]));
    let out = parsimonious(&table, &Options::default()).unwrap();
    assert_eq!(shown(&out, data.conditions()), ["A*~B"]);
    let options = Options {
        contradictions: Contradictions::Remainder,
        ..Options::default()
    };
    let free = parsimonious(&table, &options).unwrap();
    assert_eq!(shown(&free, data.conditions()), ["A"]);
    assert_eq!(free.models[0].assumptions, [0b11]);
}

#[test]
fn assumptions_for_the_outcome_and_for_its_absence_may_contradict() {
    let data = sets("A B", &[&[1.0, 0.0, 1.0], &[0.0, 1.0, 0.0]]);
    let of = |sets: &Sets| {
        let table = truth_table(sets, &CUTS).unwrap();
        parsimonious(&table, &Options::default()).unwrap()
    };
    let (with, without) = (of(&data), of(&data.negated()));
    assert_eq!(shown(&with, data.conditions()), ["A", "~B"]);
    assert_eq!(shown(&without, data.conditions()), ["~A", "B"]);
    let both = |i: usize, j: usize| contradictory_assumptions(&with.models[i], &without.models[j]);
    // A assumes A*B, ~B assumes ~A*~B; ~A assumes ~A*~B, B assumes A*B.
    assert!(both(0, 0).is_empty());
    assert_eq!(both(0, 1), [0b11]);
    assert_eq!(both(1, 0), [0b00]);
}

#[test]
fn what_can_not_be_minimised_is_refused() {
    let conditions = names("A B");
    let table = crisp_table(&conditions, &[1, 3], &[]);
    let options = Options::default();
    assert!(parsimonious(&table, &options).is_err());
    let complex = conservative(&table, &options).unwrap();
    assert_eq!(shown(&complex, &conditions), ["A"]);
    let table = crisp_table(&conditions, &[], &[0, 1]);
    let refused = conservative(&table, &options).unwrap_err();
    assert!(refused.reason.contains("no row of the truth table"));
    let (_, table) = self::table();
    let short = Options {
        expectations: vec![Expectation::Present],
        ..Options::default()
    };
    assert!(conservative(&table, &short).is_err());
    let none = Options {
        most_models: 0,
        ..Options::default()
    };
    assert!(conservative(&table, &none).is_err());
    // Every configuration with the outcome: no condition matters.
    let all = crisp_table(&conditions, &[0, 1, 2, 3], &[]);
    assert_eq!(
        shown(&conservative(&all, &options).unwrap(), &conditions),
        ["1"]
    );
}

#[test]
fn an_analysis_keeps_what_is_refused_in_its_place() {
    let data = sets("A B", &[&[1.0, 0.0, 1.0], &[0.0, 1.0, 1.0]]);
    let analysis = analyse(&data, &CUTS, &Options::default()).unwrap();
    assert_eq!(analysis.conservative.fits.len(), 1);
    assert!(analysis.parsimonious.is_err() && analysis.intermediate.is_err());
}

#[test]
fn terms_are_followed_through_variants() {
    let rows: [&[f64]; 6] = [
        &[0.9, 0.9, 0.9],
        &[0.9, 0.8, 0.7],
        &[0.9, 0.1, 0.6],
        &[0.8, 0.2, 0.4],
        &[0.1, 0.9, 0.1],
        &[0.2, 0.1, 0.1],
    ];
    let data = sets("A B", &rows);
    let at = |inclusion: f64| Variant {
        name: format!("inclusion cut {inclusion}"),
        sets: data.clone(),
        cuts: Cuts { inclusion, ..CUTS },
        options: Options::default(),
    };
    let variants = [at(0.6), at(0.9), at(0.99)];
    let found = robustness(&at(0.85), &variants, Solution::Parsimonious).unwrap();
    let formulas: Vec<String> = found
        .variants
        .iter()
        .map(|v| match &v.models {
            Ok(models) => models[0].expression.clone(),
            Err(refused) => refused.reason.clone(),
        })
        .collect();
    assert_eq!(formulas[..2], ["A", "A*B"]);
    assert!(formulas[2].contains("no row"));
    assert_eq!(found.refused, 1);
    let term = found.terms[0];
    assert_eq!(found.terms.len(), 1);
    assert_eq!(
        (term.same, term.superset, term.subset, term.none, term.of),
        (1, 1, 0, 0, 2)
    );
    assert_eq!(term.same_in_every_model, 1);
    assert_eq!(
        (term.share_same(), term.share_any()),
        (Some(0.5), Some(1.0))
    );
    let back = robustness(&at(0.6), &[at(0.85)], Solution::Conservative).unwrap();
    assert_eq!((back.terms[0].subset, back.terms[0].of), (1, 1));
    assert!(robustness(&at(0.99), &variants, Solution::Parsimonious).is_err());
    let mut other = at(0.8);
    other.sets = sets("A C", &rows);
    assert!(robustness(&at(0.8), &[other], Solution::Intermediate).is_err());
    let none = robustness(&at(0.85), &[at(0.99)], Solution::Intermediate).unwrap();
    assert_eq!(none.terms[0].share_same(), None);
}
