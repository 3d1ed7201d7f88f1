//! Many conditions and cases.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::stats::random::stream;
use rand::RngExt;

/// Random fuzzy cases, most of them far from .5, whose outcome follows two paths; in a share `noise` of cases it is turned round.
pub(super) fn cases(k: usize, n: usize, seed: u64, noise: f64) -> Sets {
    let mut rng = stream(seed, 3, 0);
    let conditions: Vec<String> = (0..k).map(|i| format!("C{}", i + 1)).collect();
    let mut fuzzy = || 1.0 / (1.0 + (-40.0 * (rng.random::<f64>() - 0.5)).exp());
    let columns: Vec<Vec<f64>> = (0..k).map(|_| (0..n).map(|_| fuzzy()).collect()).collect();
    let outcome = (0..n).map(|c| {
        let first = columns[0][c].min(columns[1][c]);
        let y = first.max(columns[2][c].min(1.0 - columns[3][c]));
        if rng.random::<f64>() < noise {
            1.0 - y
        } else {
            y
        }
    });
    let outcome: Vec<f64> = outcome.collect();
    Sets::new(&conditions, &columns, &outcome).unwrap()
}

#[test]
fn twelve_conditions_and_sixty_cases() {
    let sets = cases(12, 60, 1, 0.1);
    let options = Options {
        expectations: vec![Expectation::Present; 12],
        ..Options::default()
    };
    let analysis = analyse(&sets, &CUTS, &options).unwrap();
    let simple = analysis.parsimonious.unwrap().solution;
    let on = simple.on.clone();
    assert!(on.len() > 5);
    let all = |m: &Minimised| {
        let covers = |model: &Model| on.iter().all(|c| model.terms.iter().any(|t| t.covers(*c)));
        !m.models.is_empty() && m.models.iter().all(covers)
    };
    assert!(all(&analysis.conservative.solution) && all(&simple));
    let between = analysis.intermediate.unwrap();
    assert!(between.iter().all(|i| all(&i.solution.minimised)));
}
