#![allow(clippy::unwrap_used, clippy::expect_used)]
//! Tests of interrupted series.

use super::*;
use crate::stats::random;
use rand::Rng;
use rand_distr_free::normal;

mod rand_distr_free {
    use crate::stats::distribution::normal_quantile;
    use rand::{Rng, RngExt};
    pub fn normal(generator: &mut impl Rng) -> f64 {
        normal_quantile(generator.random::<f64>().clamp(1e-12, 1.0 - 1e-12))
    }
}

fn autoregressive(steps: usize, rho: f64, generator: &mut impl Rng) -> Vec<f64> {
    let mut e = normal(generator) / (1.0 - rho * rho).sqrt();
    (0..steps)
        .map(|_| {
            let now = e;
            e = rho * e + normal(generator);
            now
        })
        .collect()
}

#[test]
#[ignore = "long"]
fn sizes() {
    use rayon::prelude::*;
    for errors in [
        Errors::Independent,
        Errors::NeweyWest { lags: None },
        Errors::CochraneOrcutt,
        Errors::PraisWinsten,
        Errors::RestrictedLikelihood,
    ] {
        let mut line = String::new();
        for (steps, series) in [(24usize, 1usize), (56, 1), (56, 4)] {
            let results: Vec<Option<(bool, bool)>> = (0..4000u64)
                .into_par_iter()
                .map(|r| {
                    let mut g = random::stream(11, steps as u64 * 10 + series as u64, r);
                    let mut y = Vec::new();
                    let mut t = Vec::new();
                    let mut s = Vec::new();
                    for k in 0..series {
                        y.extend(autoregressive(steps, 0.4, &mut g));
                        t.extend(0..steps as i64);
                        s.extend(vec![k; steps]);
                    }
                    let rows = Rows {
                        outcome: &y,
                        time: &t,
                        series: Some(&s),
                        exposed: None,
                    };
                    let o = Options {
                        start: steps as i64 / 2,
                        seasons: None,
                        errors,
                        check_lags: None,
                        confidence: 0.95,
                    };
                    segmented(&rows, &o)
                        .ok()
                        .map(|m| (m.level.p < 0.05, m.slope.p < 0.05))
                })
                .collect();
            let ok: Vec<_> = results.iter().flatten().collect();
            let n = ok.len() as f64;
            line += &format!(
                "{:.1}, {:.1} (refused {}) | ",
                100. * ok.iter().filter(|r| r.0).count() as f64 / n,
                100. * ok.iter().filter(|r| r.1).count() as f64 / n,
                results.len() - ok.len()
            );
        }
        eprintln!("{errors:?} | {line}");
    }
}
