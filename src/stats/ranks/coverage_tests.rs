//! Coverage of the sets by simulation with fixed seeds, ties and few degrees of freedom included.
#![allow(clippy::unwrap_used)]

use super::tests::noise;
use super::*;
use crate::stats::random;

/// Shares of `runs` data sets in which all simultaneous sets hold, and in which a marginal set holds, with true values `truth`.
/// A set must hold every rank that a tie leaves open.
fn covered(truth: &[f64], se: impl Fn(usize) -> f64, df: usize, runs: u64) -> (f64, f64) {
    let k = truth.len();
    let draws = Draws::new(k, 500, 5, 6).unwrap();
    let options = Options {
        confidence: 0.9,
        top: &[],
        posterior: None,
    };
    let (mut all, mut each) = (0, 0);
    for run in 0..runs {
        let mut stream = random::stream(21, k as u64 + df as u64, run);
        let entries: Vec<Entry> = (0..k)
            .map(|j| {
                let value = truth[j] + se(j) * noise(&mut stream);
                let squares: f64 = (0..df).map(|_| noise(&mut stream).powi(2)).sum();
                match df {
                    0 => Entry {
                        value,
                        se: se(j),
                        df: f64::INFINITY,
                    },
                    _ => Entry {
                        value,
                        se: se(j) * (squares / df as f64).sqrt(),
                        df: df as f64,
                    },
                }
            })
            .collect();
        let ranking = rank(&entries, &draws, &options).unwrap();
        let holds = |set: (usize, usize), j: usize| {
            let (first, last) = tied(truth, truth[j]);
            set.0 <= first && last <= set.1
        };
        let standings = || ranking.standings.iter().enumerate();
        all += usize::from(standings().all(|(j, s)| holds(s.simultaneous, j)));
        each += standings().filter(|(j, s)| holds(s.marginal, *j)).count();
    }
    (
        all as f64 / runs as f64,
        each as f64 / (runs as usize * k) as f64,
    )
}

fn uneven(j: usize) -> f64 {
    [1.0, 0.5, 2.0][j % 3]
}

/// All equal is the hardest case: every claim would be wrong. There the sets must be neither too small nor too large.
#[test]
fn sets_hold_where_all_are_equal() {
    for (k, df, runs) in [
        (5, 0, 500),
        (10, 0, 400),
        (30, 0, 200),
        (5, 4, 500),
        (10, 6, 400),
    ] {
        let (all, each) = covered(&vec![0.0; k], uneven, df, runs);
        // Three standard errors of a share of 0.9.
        let wide = 3.0 * (0.09 / runs as f64).sqrt();
        assert!(
            (0.9 - wide..0.9 + wide + 0.02).contains(&all),
            "{k} {df}: {all}"
        );
        assert!(
            (0.9 - wide..0.9 + wide + 0.02).contains(&each),
            "{k} {df}: {each}"
        );
    }
}

#[test]
fn sets_hold_where_some_are_tied_and_some_apart() {
    for (k, df, runs) in [(5, 0, 400), (10, 0, 300), (30, 0, 150), (10, 5, 300)] {
        let truth: Vec<f64> = (0..k).map(|j| (j / 3) as f64 * 1.5).collect();
        let (all, each) = covered(&truth, uneven, df, runs);
        let wide = 3.0 * (0.09 / runs as f64).sqrt();
        assert!(
            all > 0.9 - wide && each > 0.9 - wide,
            "{k} {df}: {all} {each}"
        );
    }
}
