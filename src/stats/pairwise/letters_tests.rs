//! Letters against the pairs they stand for: every pattern of up to five, random ones of more, and five hundred at once.
#![allow(clippy::unwrap_used)]
use super::letters::*;
use crate::stats::random::stream;
use rand::RngExt;

fn all(count: usize) -> Vec<(usize, usize)> {
    (0..count)
        .flat_map(|i| (i + 1..count).map(move |j| (i, j)))
        .collect()
}

/// Whether two share a letter exactly where they are not in `differ`, and everyone has one.
fn faithful(count: usize, differ: &[(usize, usize)], columns: &[Vec<usize>]) -> bool {
    let mut shared = vec![false; count * count];
    for column in columns {
        for &i in column {
            for &j in column {
                shared[i * count + j] = true;
            }
        }
    }
    let mut expected = vec![true; count * count];
    for &(i, j) in differ {
        expected[i * count + j] = false;
        expected[j * count + i] = false;
    }
    shared == expected
}

/// The fewest letters that say the same, by trying all sets of cliques: 2^k subsets of positions, combined breadth first.
fn fewest(count: usize, differ: &[(usize, usize)]) -> usize {
    let apart = |set: u32, (i, j): (usize, usize)| set >> i & 1 == 1 && set >> j & 1 == 1;
    let cliques: Vec<u32> = (1..1_u32 << count)
        .filter(|set| !differ.iter().any(|pair| apart(*set, *pair)))
        .collect();
    let pairs: Vec<(usize, usize)> = (0..count)
        .flat_map(|i| (i..count).map(move |j| (i, j)))
        .filter(|pair| !differ.contains(pair))
        .collect();
    let covers = |set: u32| -> u32 {
        let has = |&(i, j): &(usize, usize)| u32::from(apart(set, (i, j)));
        pairs
            .iter()
            .enumerate()
            .map(|(at, pair)| has(pair) << at)
            .sum()
    };
    let covered: Vec<u32> = cliques.iter().map(|set| covers(*set)).collect();
    let whole = (1_u32 << pairs.len()) - 1;
    let mut reached = std::collections::BTreeSet::from([0_u32]);
    for letters in 0.. {
        if reached.contains(&whole) {
            return letters;
        }
        reached = reached
            .iter()
            .flat_map(|so_far| covered.iter().map(move |more| so_far | more))
            .collect();
    }
    0
}

/// All 1,024 patterns of five (and all of fewer): faithful, nothing that could be left out, and as few letters as any set has.
#[test]
fn every_pattern_of_five_is_minimal() {
    for count in 1..=5 {
        let pairs = all(count);
        for pattern in 0..1_u32 << pairs.len() {
            let differ: Vec<(usize, usize)> = pairs
                .iter()
                .enumerate()
                .filter(|(at, _)| pattern >> at & 1 == 1)
                .map(|(_, pair)| *pair)
                .collect();
            let found = letters(count, &differ).unwrap();
            assert!(
                faithful(count, &differ, &found.columns),
                "{differ:?} {found:?}"
            );
            nothing_to_spare(count, &differ, &found.columns);
            if count < 5 || pattern % 4 == 3 {
                let best = fewest(count, &differ);
                assert_eq!(found.columns.len(), best, "{differ:?} {found:?}");
            }
        }
    }
}

fn nothing_to_spare(count: usize, differ: &[(usize, usize)], columns: &[Vec<usize>]) {
    for (at, column) in columns.iter().enumerate() {
        for &member in column {
            let mut less = columns.to_vec();
            less[at].retain(|i| *i != member);
            assert!(!faithful(count, differ, &less), "{differ:?} {columns:?}");
        }
    }
}

/// Random patterns of 6 to 14, from none to most pairs differing.
#[test]
fn random_patterns_are_faithful_and_spare_nothing() {
    for replicate in 0..300 {
        let mut rng = stream(11, 5, replicate);
        let count = rng.random_range(6..15);
        let share: f64 = rng.random();
        let mut differ = all(count);
        differ.retain(|_| rng.random::<f64>() < share);
        let found = letters(count, &differ).unwrap();
        assert!(faithful(count, &differ, &found.columns));
        nothing_to_spare(count, &differ, &found.columns);
    }
}

/// The ordinary case by hand: 1 = 2, 2 = 3, and 4 apart from all.
#[test]
fn letters_are_written_in_order() {
    let differ = [(0, 2), (3, 0), (1, 3), (2, 3)];
    let found = letters(4, &differ).unwrap();
    assert_eq!(found.columns, [vec![0, 1], vec![1, 2], vec![3]]);
    assert_eq!(found.texts(), ["a", "ab", "b", "c"]);
    assert_eq!(letters(3, &[]).unwrap().texts(), ["a", "a", "a"]);
    assert_eq!(letters(0, &[]).unwrap().texts(), [""; 0]);
    let apart = letters(30, &all(30)).unwrap();
    assert_eq!(apart.columns.len(), 30);
    assert_eq!(apart.texts()[25..28], ["z", "aa", "ab"]);
    assert!(letters(3, &[(1, 1)]).is_err() && letters(3, &[(0, 3)]).is_err());
    assert!(letters(MOST_LETTERED + 1, &[]).is_err());
}

/// 500 estimates of unequal precision, about as many letters; more letters than can be read are refused.
#[test]
fn five_hundred_are_lettered() {
    let mut rng = stream(11, 6, 0);
    let mut drawn: Vec<(f64, f64)> = (0..500)
        .map(|_| (rng.random::<f64>() * 100.0, 0.5 + rng.random::<f64>()))
        .collect();
    drawn.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut differ = all(500);
    differ.retain(|&(i, j)| drawn[i].0 - drawn[j].0 > 5.0 * drawn[i].1.hypot(drawn[j].1));
    let found = letters(500, &differ).unwrap();
    assert!(faithful(500, &differ, &found.columns));
    // Twelve pairs that differ, and nothing else: 2^12 letters.
    let couples: Vec<(usize, usize)> = (0..12).map(|i| (2 * i, 2 * i + 1)).collect();
    let refused = letters(24, &couples).unwrap_err();
    assert!(refused.reason.ends_with("more than 2000 letters"));
}
