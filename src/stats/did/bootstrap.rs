//! Multiplier bootstrap of influences: standard errors by the interquartile range, and simultaneous bands.

use super::{Bootstrap, Multiplier};
use crate::stats::distribution::normal_quantile;
use crate::stats::random;
use rand::RngExt;
use rayon::prelude::*;

/// Standard errors of several estimates and the critical value of their simultaneous band.
pub(super) struct Spread {
    pub(super) se: Vec<f64>,
    pub(super) critical: f64,
}

/// Algorithm 1 of Callaway & Sant'Anna (2021): `influence[k][c]` is what cluster c adds to the error of estimate k.
pub(super) fn spread(influence: &[&[f64]], plan: Bootstrap, confidence: f64) -> Spread {
    let clusters = influence.first().map_or(0, |row| row.len());
    let draws: Vec<Vec<f64>> = (0..plan.replicates as u64)
        .into_par_iter()
        .map(|replicate| {
            let mut generator = random::stream(plan.seed, random::tag("did-multiplier"), replicate);
            let v: Vec<f64> = (0..clusters)
                .map(|_| multiplier(plan.multiplier, generator.random::<f64>()))
                .collect();
            influence
                .iter()
                .map(|row| row.iter().zip(&v).map(|(f, v)| f * v).sum())
                .collect()
        })
        .collect();
    let width = normal_quantile(0.75) - normal_quantile(0.25);
    let se: Vec<f64> = (0..influence.len())
        .map(|k| {
            let mut of: Vec<f64> = draws.iter().map(|d| d[k]).collect();
            of.sort_unstable_by(f64::total_cmp);
            (quantile(&of, 0.75) - quantile(&of, 0.25)) / width
        })
        .collect();
    let mut largest: Vec<f64> = draws
        .iter()
        .map(|d| {
            d.iter()
                .zip(&se)
                .fold(0.0, |m, (d, s)| (d / s).abs().max(m))
        })
        .collect();
    largest.sort_unstable_by(f64::total_cmp);
    Spread {
        critical: quantile(&largest, confidence),
        se,
    }
}

/// Mean 0, variance 1.
fn multiplier(kind: Multiplier, u: f64) -> f64 {
    let root = 5.0_f64.sqrt();
    match kind {
        Multiplier::Rademacher if u < 0.5 => -1.0,
        Multiplier::Rademacher => 1.0,
        Multiplier::Mammen if u < (root + 1.0) / (2.0 * root) => (1.0 - root) / 2.0,
        Multiplier::Mammen => (1.0 + root) / 2.0,
    }
}

/// Quantile of sorted values, linear between them.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len().saturating_sub(1)) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    match (sorted.get(low), sorted.get(high)) {
        (Some(a), Some(b)) => a + (place - low as f64) * (b - a),
        _ => f64::NAN,
    }
}
