//! Minimisation against exhaustive search over all terms.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::stats::random::stream;
use rand::RngExt;

/// All terms of k conditions.
fn terms(k: u32) -> Vec<Term> {
    let all = 0..1u32 << k;
    let pairs = all.clone().flat_map(|p| all.clone().map(move |a| (p, a)));
    let sound = pairs.filter(|(p, a)| p & a == 0);
    sound
        .map(|(present, absent)| Term { present, absent })
        .collect()
}

/// Prime implicants that cover any of `on`, by comparing all terms.
fn primes_by_hand(k: u32, on: &[u32], off: &[u32]) -> Vec<Term> {
    let avoids = |t: &Term| !off.iter().any(|c| t.covers(*c));
    let implicants: Vec<Term> = terms(k).into_iter().filter(avoids).collect();
    let prime = |t: &&Term| !implicants.iter().any(|o| o != *t && t.within(o));
    let useful = |t: &&Term| on.iter().any(|c| t.covers(*c));
    let mut primes: Vec<Term> = implicants
        .iter()
        .filter(prime)
        .filter(useful)
        .copied()
        .collect();
    primes.sort();
    primes
}

/// Every set of primes that covers `on`: those with the fewest terms, or those that can spare none.
fn covers_by_hand(primes: &[Term], on: &[u32], which: Covers) -> Vec<Vec<Term>> {
    let covers = |chosen: u32| {
        on.iter().all(|c| {
            let mut of = primes.iter().enumerate();
            of.any(|(j, t)| chosen >> j & 1 == 1 && t.covers(*c))
        })
    };
    let all: Vec<u32> = (0..1u32 << primes.len()).filter(|c| covers(*c)).collect();
    let fewest = all.iter().map(|c| c.count_ones()).min().unwrap();
    let kept = all.iter().filter(|c| match which {
        Covers::Fewest => c.count_ones() == fewest,
        Covers::Irredundant => {
            (0..primes.len()).all(|j| **c >> j & 1 == 0 || !covers(**c & !(1 << j)))
        }
    });
    let mut found: Vec<Vec<Term>> = kept
        .map(|c| {
            let chosen = (0..primes.len()).filter(|j| c >> j & 1 == 1);
            chosen.map(|j| primes[j]).collect()
        })
        .collect();
    found.sort();
    found
}

fn compare(k: u32, on: &[u32], off: &[u32]) {
    let conditions = &names("A B C D E F")[..k as usize];
    let table = crisp_table(conditions, on, off);
    let observed = on.len() + off.len() == 1 << k;
    for which in [Covers::Fewest, Covers::Irredundant] {
        let options = Options {
            covers: which,
            most_models: 100_000,
            ..Options::default()
        };
        let others: Vec<u32> = (0..1 << k).filter(|c| !on.contains(c)).collect();
        let mut solutions = vec![(conservative(&table, &options).unwrap(), others)];
        if !off.is_empty() {
            solutions.push((parsimonious(&table, &options).unwrap(), off.to_vec()));
        }
        for (minimised, off) in &solutions {
            let primes: Vec<Term> = minimised.primes.iter().map(|p| p.term).collect();
            assert_eq!(primes, primes_by_hand(k, on, off), "{on:?} {off:?}");
            assert!(minimised.complete);
            if primes.len() > 11 {
                continue;
            }
            let mut models: Vec<Vec<Term>> =
                minimised.models.iter().map(|m| m.terms.clone()).collect();
            models.sort();
            let expected = covers_by_hand(&primes, on, which);
            assert_eq!(models, expected, "{on:?} {off:?} {which:?}");
            for prime in &minimised.primes {
                let everywhere = expected.iter().all(|m| m.contains(&prime.term));
                assert!(!prime.essential || everywhere);
            }
            let none = minimised.models.iter().all(|m| m.assumptions.is_empty());
            assert!(!observed || none);
        }
    }
}

#[test]
fn all_functions_of_three_conditions() {
    for function in 1..256u32 {
        let (on, off): (Vec<u32>, Vec<u32>) = (0..8).partition(|c| function >> c & 1 == 1);
        compare(3, &on, &off);
    }
}

#[test]
fn random_functions_with_remainders() {
    for replicate in 0..100 {
        let mut rng = stream(11, 7, replicate);
        let k = if replicate % 3 == 0 { 5 } else { 4 };
        let (mut on, mut off) = (Vec::new(), Vec::new());
        for c in 0..1u32 << k {
            match rng.random::<f64>() {
                u if u < 0.3 => on.push(c),
                u if u < 0.6 => off.push(c),
                _ => {}
            }
        }
        if !on.is_empty() {
            compare(k, &on, &off);
        }
    }
}

/// More than six conditions, where sets of configurations take several words: each term is prime, and together they cover.
#[test]
fn random_functions_of_eight_conditions() {
    for replicate in 0..20 {
        let mut rng = stream(12, 7, replicate);
        let mut on: Vec<u32> = (0..12).map(|_| rng.random_range(0..256)).collect();
        let mut off: Vec<u32> = (0..25).map(|_| rng.random_range(0..256)).collect();
        on.sort_unstable();
        on.dedup();
        off.sort_unstable();
        off.dedup();
        off.retain(|c| !on.contains(c));
        let table = crisp_table(&names("A B C D E F G H"), &on, &off);
        let minimised = parsimonious(&table, &Options::default()).unwrap();
        let primes: Vec<Term> = minimised.primes.iter().map(|p| p.term).collect();
        assert_eq!(primes, primes_by_hand(8, &on, &off));
        for model in &minimised.models {
            assert!(on.iter().all(|c| model.terms.iter().any(|t| t.covers(*c))));
        }
    }
}

/// A cyclic chart (Quine 1955): six prime implicants, each configuration covered by two, none essential; two models of three terms and three
/// more of four that can spare none.
#[test]
fn a_cyclic_chart_has_two_fewest_models_and_five_irredundant() {
    let conditions = names("A B C");
    let table = crisp_table(&conditions, &[1, 2, 3, 4, 5, 6], &[0, 7]);
    let fewest = conservative(&table, &Options::default()).unwrap();
    assert_eq!(
        shown(&fewest, &conditions),
        ["A*~B + ~A*C + B*~C", "A*~C + ~A*B + ~B*C"]
    );
    assert!(
        fewest
            .primes
            .iter()
            .all(|p| !p.essential && p.covers.len() == 2)
    );
    let options = Options {
        covers: Covers::Irredundant,
        ..Options::default()
    };
    let all = conservative(&table, &options).unwrap();
    assert_eq!((all.models.len(), all.complete), (5, true));
    let options = Options {
        most_models: 1,
        ..Options::default()
    };
    let one = conservative(&table, &options).unwrap();
    assert_eq!((one.models.len(), one.complete), (1, false));
}
