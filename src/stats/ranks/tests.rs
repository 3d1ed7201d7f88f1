//! Ranks: cases by hand, all pairs by brute force, what must hold of any ranking, and what is refused.

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
    for round in 0..60 {
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
