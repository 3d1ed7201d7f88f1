//! Ranks: cases by hand, all pairs by brute force, what must hold of any ranking, and what is refused.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::stats::random;
use rand::RngExt;

pub(super) fn entry(value: f64, se: f64) -> Entry {
    Entry {
        value,
        se,
        df: f64::INFINITY,
    }
}

pub(super) const PLAIN: Options = Options {
    confidence: 0.95,
    top: &[1, 3],
    posterior: None,
};

/// Roughly normal, without the draws under test.
pub(super) fn noise(stream: &mut impl rand::Rng) -> f64 {
    (0..12).map(|_| stream.random::<f64>()).sum::<f64>() - 6.0
}

fn scattered(k: usize, round: u64) -> Vec<Entry> {
    let mut stream = random::stream(11, 12, round);
    (0..k)
        .map(|j| {
            let se = if round % 3 == 1 && j % 5 == 0 {
                0.0
            } else {
                (1.5 * stream.random::<f64>()).exp()
            };
            Entry {
                value: (round % 4) as f64 * 4.0 * noise(&mut stream) + se * noise(&mut stream),
                se,
                df: match round % 5 {
                    0 => f64::INFINITY,
                    1 => 4.0,
                    _ if j % 2 == 0 => 1.0 + 30.0 * stream.random::<f64>(),
                    _ => f64::INFINITY,
                },
            }
        })
        .collect()
}

/// The same family of hypotheses, pair by pair, over the same draws: no corners, no leaders, no witnesses.
fn brute(sample: &Sample, observed: &Observed, only: Option<usize>, allowed: usize) -> f64 {
    let k = sample.entries;
    let mut critical = f64::INFINITY;
    loop {
        let mut largest: Vec<f64> = (0..sample.draws)
            .map(|draw| {
                let v = sample.variance(draw);
                let mut most = 0.0_f64;
                for high in 0..k {
                    for low in 0..k {
                        let wanted = only.is_none_or(|j| j == high || j == low);
                        let d = sample.error(draw, high) - sample.error(draw, low);
                        if wanted && d > 0.0 && !observed.above(high, low, critical) {
                            most = most.max(d * d / (v[high] + v[low]));
                        }
                    }
                }
                most
            })
            .collect();
        largest.sort_by(|a, b| b.total_cmp(a));
        if largest[allowed] >= critical {
            return critical;
        }
        critical = largest[allowed];
    }
}

#[test]
fn the_search_agrees_with_all_pairs() {
    let (mut lowered, mut places) = (0, 0);
    for round in 0..40 {
        let k = 2 + (round as usize * 5) % 39;
        let entries = scattered(k, round);
        let draws = Draws::new(k, 120, 3, round).unwrap();
        let options = Options {
            confidence: 0.9,
            ..PLAIN
        };
        let ranking = rank(&entries, &draws, &options).unwrap();
        // As `rank` orders them.
        let mut sorted = entries.clone();
        sorted.sort_by(|a, b| b.value.total_cmp(&a.value).then(a.se.total_cmp(&b.se)));
        let value: Vec<f64> = sorted.iter().map(|e| e.value).collect();
        let se: Vec<f64> = sorted.iter().map(|e| e.se).collect();
        let df: Vec<f64> = sorted.iter().map(|e| e.df).collect();
        let variance: Vec<f64> = se.iter().map(|s| s * s).collect();
        let sample = Sample::new(&draws, &se, &df);
        let observed = Observed {
            value: &value,
            variance: &variance,
        };
        let allowed = critical::allowed(0.9, 120).unwrap();
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
        let all = brute(&sample, &observed, None, allowed).sqrt();
        assert!(
            close(ranking.critical, all),
            "{round} {} {all}",
            ranking.critical
        );
        for (e, standing) in entries.iter().zip(&ranking.standings) {
            let j = sorted.iter().position(|s| s == e).unwrap();
            let one = brute(&sample, &observed, Some(j), allowed).sqrt();
            assert!(
                close(standing.critical, one),
                "{round} {k} {} {one}",
                standing.critical
            );
            let mut largest: Vec<f64> = (0..120)
                .map(|draw| {
                    let v = sample.variance(draw);
                    (0..k)
                        .filter(|&i| v[i] + v[j] > 0.0)
                        .map(|i| {
                            (sample.error(draw, i) - sample.error(draw, j)).abs()
                                / (v[i] + v[j]).sqrt()
                        })
                        .fold(0.0, f64::max)
                })
                .collect();
            largest.sort_by(|a, b| b.total_cmp(a));
            places += 1;
            lowered += usize::from(one < largest[allowed] - 1e-9);
        }
    }
    // The step-down must have had something to do.
    assert!(lowered * 5 > places, "{lowered} of {places}");
}

/// Second opinion by brute force over all pairs with draws of its own (numpy 2.4.6, 400,000 draws).
#[test]
fn an_uneven_example_agrees_with_numpy() {
    let value = [10.0, 9.2, 7.5, 7.4, 4.0, 3.9, 1.0, -6.0];
    let se = [0.5, 0.8, 1.0, 0.3, 1.5, 0.6, 0.2, 2.0];
    let entries: Vec<Entry> = value.iter().zip(se).map(|(v, s)| entry(*v, s)).collect();
    let draws = Draws::new(8, 20_000, 4, 5).unwrap();
    let ranking = rank(&entries, &draws, &PLAIN).unwrap();
    let sets = [
        (1, 3),
        (1, 4),
        (1, 5),
        (2, 5),
        (3, 7),
        (5, 6),
        (6, 7),
        (8, 8),
    ];
    let critical = [
        2.4928, 2.4701, 2.4702, 2.5625, 2.3645, 2.459, 2.4868, 2.0498,
    ];
    let expected = [
        1.2109, 1.9117, 3.3846, 3.5343, 5.4576, 5.5248, 6.9764, 7.9997,
    ];
    let best = [0.7943, 0.1965, 0.0092, 0.0, 0.0001, 0.0, 0.0, 0.0];
    let best_three = [1.0, 0.9902, 0.5377, 0.464, 0.008, 0.0, 0.0, 0.0];
    assert!((ranking.critical - 2.8241).abs() < 0.05);
    for (j, s) in ranking.standings.iter().enumerate() {
        assert_eq!((s.simultaneous, s.marginal), (sets[j], sets[j]), "{j}");
        assert!(
            (s.critical - critical[j]).abs() < 0.06,
            "{j} {}",
            s.critical
        );
        assert!(
            (s.expected - expected[j]).abs() < 0.02,
            "{j} {}",
            s.expected
        );
        assert!((s.top[0] - best[j]).abs() < 0.015, "{j} {:?}", s.top);
        assert!((s.top[1] - best_three[j]).abs() < 0.015, "{j} {:?}", s.top);
    }
    assert!(ranking.standings[2].may_be_among(1) && !ranking.standings[3].may_be_among(1));
    assert!(ranking.standings[0].is_among(3) && !ranking.standings[1].is_among(3));
}

/// One difference alone has the critical value of the normal: 1.96, and 1.645 once the other direction is all that is left.
#[test]
fn two_estimates_are_one_test() {
    let draws = Draws::new(2, 50_000, 1, 1).unwrap();
    let near = rank(&[entry(0.0, 3.0), entry(9.7, 4.0)], &draws, &PLAIN).unwrap();
    assert!((near.critical - 1.96).abs() < 0.03, "{}", near.critical);
    assert_eq!(near.standings[0].marginal, (1, 2));
    let apart = rank(&[entry(0.0, 3.0), entry(10.0, 4.0)], &draws, &PLAIN).unwrap();
    assert!((apart.critical - 1.645).abs() < 0.03, "{}", apart.critical);
    assert_eq!(apart.standings[0].marginal, (2, 2));
    assert_eq!(apart.standings[1].simultaneous, (1, 1));
    // The probability that the larger is larger: normal(10 / 5).
    assert!((apart.standings[1].top[0] - 0.977_25).abs() < 0.003);
    assert!((apart.standings[1].expected - 1.022_75).abs() < 0.003);
}

#[test]
fn sets_are_nested_and_hold_the_estimated_rank() {
    for round in 0..60 {
        let k = 2 + (round as usize * 11) % 50;
        let entries = scattered(k, round);
        let draws = Draws::new(k, 300, 8, round).unwrap();
        let ranking = rank(&entries, &draws, &PLAIN).unwrap();
        for s in &ranking.standings {
            assert!(s.simultaneous.0 <= s.marginal.0 && s.marginal.1 <= s.simultaneous.1);
            assert!(s.marginal.0 <= s.rank.0 && s.rank.1 <= s.marginal.1);
            assert!(1 <= s.simultaneous.0 && s.simultaneous.1 <= k);
            assert!(s.critical <= ranking.critical);
            assert!(s.likely.0 <= s.median && s.median <= s.likely.1);
            assert!((1.0..=k as f64).contains(&s.expected) && s.top[0] <= s.top[1]);
        }
        let wider = Options {
            confidence: 0.99,
            ..PLAIN
        };
        let wider = rank(&entries, &draws, &wider).unwrap();
        for (s, w) in ranking.standings.iter().zip(&wider.standings) {
            assert!(w.marginal.0 <= s.marginal.0 && s.marginal.1 <= w.marginal.1);
            assert!(w.simultaneous.0 <= s.simultaneous.0 && s.simultaneous.1 <= w.simultaneous.1);
        }
        // Order, unit and origin (exact in binary) change nothing; neither does the number of threads.
        let mut turned: Vec<Entry> = entries.iter().rev().copied().collect();
        for e in &mut turned {
            (e.value, e.se) = (e.value * 8.0, e.se * 8.0);
        }
        let one = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .unwrap();
        let mut again = one.install(|| rank(&turned, &draws, &PLAIN).unwrap());
        again.standings.reverse();
        assert_eq!(again, ranking, "{round}");
    }
}

#[test]
fn what_is_known_without_error_is_ranked_against_the_rest() {
    let draws = Draws::new(4, 1000, 1, 1).unwrap();
    let entries = [
        entry(5.0, 0.0),
        entry(5.0, 0.0),
        entry(4.0, 0.0),
        entry(5.1, 1.0),
    ];
    let ranking = rank(&entries, &draws, &PLAIN).unwrap();
    let of = |j: usize| &ranking.standings[j];
    assert_eq!(
        (of(0).rank, of(2).rank, of(3).rank),
        ((2, 3), (4, 4), (1, 1))
    );
    // 4 is below 5 for sure; only the last is open.
    assert_eq!((of(0).marginal, of(2).marginal), ((1, 3), (3, 4)));
    assert_eq!(of(3).simultaneous, (1, 4));
    // Ties count as the better rank: both are first whenever the last is below 5.
    assert_eq!(of(0).top[0], of(1).top[0]);
    assert!((of(0).top[0] - 0.46).abs() < 0.05);
    // -0 and 0 are the same value.
    let zeros = [
        entry(-0.0, 0.0),
        entry(0.0, 0.0),
        entry(-9.0, 0.0),
        entry(0.1, 1.0),
    ];
    let ranking = rank(&zeros, &draws, &PLAIN).unwrap();
    assert_eq!(ranking.standings[0], ranking.standings[1]);
    // A value far from all others with a small error has one place.
    let entries = [
        entry(5.0, 1.0),
        entry(4.0, 1.0),
        entry(90.0, 1e-6),
        entry(3.0, 2.0),
    ];
    let ranking = rank(&entries, &draws, &PLAIN).unwrap();
    assert_eq!(ranking.standings[2].simultaneous, (1, 1));
    assert_eq!(ranking.standings[2].likely, (1, 1));
}

#[test]
fn true_values_are_drawn_around_what_is_given() {
    let draws = Draws::new(2, 4000, 1, 1).unwrap();
    let given = [(1.0, 3.0), (6.0, 4.0)];
    let options = Options {
        posterior: Some(&given),
        ..PLAIN
    };
    let ranking = rank(&[entry(9.0, 1.0), entry(0.0, 1.0)], &draws, &options).unwrap();
    // normal(5 / 5), while the sets rest on the estimates.
    assert!((ranking.standings[1].top[0] - 0.8413).abs() < 0.02);
    assert_eq!(ranking.standings[0].marginal, (1, 1));
}

#[test]
fn what_can_not_be_ranked_is_refused() {
    let draws = Draws::new(2, 100, 1, 1).unwrap();
    let refused =
        |entries: &[Entry], options: &Options| rank(entries, &draws, options).unwrap_err().reason;
    let sound = entry(1.0, 1.0);
    for (entries, reason) in [
        (vec![sound], "1 estimates can't be ranked with draws for 2"),
        (
            vec![sound, entry(f64::NAN, 1.0)],
            "a value or a standard error is missing or not finite",
        ),
        (
            vec![sound, entry(1.0, -1.0)],
            "a value or a standard error is missing or not finite",
        ),
        (
            vec![sound, Entry { df: 0.5, ..sound }],
            "a standard error has less than one degree of freedom",
        ),
        (
            vec![entry(1.0, 0.0), entry(2.0, 0.0)],
            "no value has a standard error, so that their ranks have no uncertainty to be stated",
        ),
        (
            vec![sound, entry(1e300, 1e-9)],
            "the values are too far apart, measured in standard errors, to be ranked with them",
        ),
    ] {
        assert_eq!(refused(&entries, &PLAIN), reason);
    }
    let fine = Options {
        confidence: 0.999,
        ..PLAIN
    };
    assert_eq!(
        refused(&[sound, sound], &fine),
        "100 draws are too few for a confidence of 0.999"
    );
    let none = Options { top: &[0], ..PLAIN };
    assert_eq!(
        refused(&[sound, sound], &none),
        "nobody is among the best 0"
    );
    assert_eq!(
        Draws::new(1, 100, 1, 1).unwrap_err().reason,
        "a ranking needs at least two estimates"
    );
    assert!(Draws::new(2, 99, 1, 1).is_err() && Draws::new(70_000, 100, 1, 1).is_err());
}
