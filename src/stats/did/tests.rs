//! Tests of difference-in-differences.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::Inference;
use crate::stats::distribution::normal_quantile;
use crate::stats::random;
use rand::{Rng, RngExt};
use rayon::prelude::*;

pub(super) fn normal(generator: &mut impl Rng) -> f64 {
    normal_quantile(generator.random::<f64>().clamp(1e-12, 1.0 - 1e-12))
}

type Panel = (Vec<f64>, Vec<i64>, Vec<Option<i64>>, Vec<usize>);

/// A panel of 60 units, 8 periods: never treated, and cohorts of periods 3, 5, 7 with effects 1 + 0.5 e, of 15 units each.
fn panel(replicate: u64) -> Panel {
    let mut g = random::stream(5, 0, replicate);
    let shocks: Vec<f64> = (0..8).map(|_| normal(&mut g)).collect();
    let (mut y, mut t, mut c, mut u) = (vec![], vec![], vec![], vec![]);
    for unit in 0..60usize {
        let cohort = [None, Some(3), Some(5), Some(7)][unit % 4];
        let own = 2.0 * normal(&mut g);
        let mut error = normal(&mut g);
        for period in 1..=8i64 {
            error = 0.4 * error + normal(&mut g);
            let effect = match cohort {
                Some(from) if period >= from => 1.0 + 0.5 * (period - from) as f64,
                _ => 0.0,
            };
            y.push(own + shocks[period as usize - 1] + error + effect);
            t.push(period);
            c.push(cohort);
            u.push(unit);
        }
    }
    (y, t, c, u)
}

#[test]
#[ignore = "long"]
fn coverage_long() {
    // Mean over cohorts of mean effect: 3: 1 + .5 * 2.5 = 2.25; 5: 1.75; 7: 1.25 -> 1.75.
    for comparison in [Comparison::NeverTreated, Comparison::NotYetTreated] {
        for boot in [false, true] {
        let hits: Vec<[bool; 8]> = (0..2000u64).into_par_iter().map(|r| {
            let (y, t, c, u) = panel(r);
            let rows = Rows { outcome: &y, period: &t, cohort: &c, unit: Some(&u), cluster: None, weight: None, covariates: &[] };
            let o = Options { comparison, bootstrap: boot.then_some(Bootstrap { replicates: 499, multiplier: Multiplier::Mammen, seed: r }), ..Options::default() };
            let gt = group_time(&rows, &o).unwrap();
            let a = gt.aggregate(Aggregation::Group).unwrap().overall;
            let d = gt.aggregate(Aggregation::Dynamic { between: None, balanced: None }).unwrap();
            let truth_d = 1.0 + 0.5 * 2.5;
            let td = Inference::t(a.value, a.se, 59.0, 0.95);
            let td = td.low <= 1.75 && 1.75 <= td.high;
            let band = d.parts.iter().all(|p| { let truth = if p.at >= 0 { 1.0 + 0.5 * p.at as f64 } else { 0.0 }; let (l, h) = p.band.unwrap_or((p.inference.low, p.inference.high)); l <= truth && truth <= h });
            [a.low <= 1.75 && 1.75 <= a.high, td, d.overall.low <= truth_d && truth_d <= d.overall.high, band, gt.pretrend.clone().unwrap().p < 0.05, gt.pretrend.clone().unwrap().p_few.unwrap() < 0.05, gt.pretrend_by_event().unwrap().p < 0.05, gt.pretrend_by_event().unwrap().p_few.unwrap() < 0.05]
        }).collect();
        let share = |k: usize| hits.iter().filter(|h| h[k]).count() as f64 / hits.len() as f64;
        eprintln!("{comparison:?} boot {boot}: group {} t {} dynamic {} band {} pretrend rejects {:?}", share(0), share(1), share(2), share(3), (share(4), share(5), share(6), share(7)));
        }
    }
}
