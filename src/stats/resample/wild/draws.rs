//! Sign patterns of the clusters, and what each makes of the scores.

use super::algebra::Scores;
use super::{Curve, Options};
use crate::stats::random;
use rand::RngExt;
use rand_pcg::Pcg64;
use rayon::prelude::*;
use std::f64::consts::FRAC_1_SQRT_2;

/// Distribution of the weight of a cluster; mean 0 and variance 1 in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// -1 or 1 (Davidson & Flachaire 2008). With G clusters only 2^(G-1) patterns differ.
    Rademacher,
    /// Two unequal points with third moment 1 (Mammen 1993). Always drawn: its patterns aren't equally likely.
    Mammen,
    /// ±√½, ±1, ±√1½ (Webb 2014, 2023): for fewer than about a dozen clusters.
    Webb,
}

/// √1½.
const SQRT_3_2: f64 = 1.224_744_871_391_589;
const WEBB: [f64; 6] = [
    -SQRT_3_2,
    -1.0,
    -FRAC_1_SQRT_2,
    FRAC_1_SQRT_2,
    1.0,
    SQRT_3_2,
];
const RADEMACHER: [f64; 2] = [-1.0, 1.0];
const SQRT_5: f64 = 2.236_067_977_499_79;

impl Weights {
    /// How many equally likely patterns there are; infinite where they are not equally likely.
    pub(super) fn patterns(self, clusters: usize) -> f64 {
        match self {
            Weights::Mammen => f64::INFINITY,
            equal => (equal.points().len() as f64).powf(clusters as f64),
        }
    }

    fn points(self) -> &'static [f64] {
        match self {
            Weights::Webb => &WEBB,
            _ => &RADEMACHER,
        }
    }

    /// Pattern number `index` of all: the digits of the number, cluster by cluster.
    fn pattern(self, mut index: usize, pattern: &mut [f64]) {
        let points = self.points();
        for v in pattern {
            *v = points[index % points.len()];
            index /= points.len();
        }
    }

    fn sample(self, stream: &mut Pcg64, pattern: &mut [f64]) {
        match self {
            Weights::Rademacher => {
                for part in pattern.chunks_mut(64) {
                    let bits: u64 = stream.random();
                    for (bit, v) in part.iter_mut().enumerate() {
                        *v = RADEMACHER[(bits >> bit & 1) as usize];
                    }
                }
            }
            Weights::Webb => {
                for v in pattern {
                    *v = WEBB[stream.random_range(0..6_u32) as usize];
                }
            }
            Weights::Mammen => {
                let low = (SQRT_5 + 1.0) / (2.0 * SQRT_5);
                for v in pattern {
                    let first = stream.random::<f64>() < low;
                    *v = if first {
                        (1.0 - SQRT_5) / 2.0
                    } else {
                        (1.0 + SQRT_5) / 2.0
                    };
                }
            }
        }
    }
}

/// All draws in order, as functions of x = hypothesised value - estimate.
pub(super) fn draw(scores: &Scores, options: &Options, exact: bool) -> Vec<Curve> {
    let clusters = scores.clusters();
    let draws = if exact {
        options.weights.patterns(clusters) as usize
    } else {
        options.draws
    };
    let work = || (vec![0.0; clusters], vec![0.0; 2 * scores.rank]);
    (0..draws)
        .into_par_iter()
        .with_min_len(256)
        .map_init(work, |(pattern, sums), draw| {
            if exact {
                options.weights.pattern(draw, pattern);
            } else {
                let mut stream = random::stream(options.seed, options.what, draw as u64);
                options.weights.sample(&mut stream, pattern);
            }
            curve(scores, pattern, sums, options.restricted)
        })
        .collect()
}

/// Numerator and variance of the t statistic of one pattern; see [`Scores`]. `sums` is scratch: q of the free scores, then of the slopes.
fn curve(scores: &Scores, pattern: &[f64], sums: &mut [f64], restricted: bool) -> Curve {
    let rank = scores.rank;
    sums.fill(0.0);
    for (v, row) in pattern.iter().zip(scores.rows.chunks_exact(2 * rank)) {
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum += v * x;
        }
    }
    let (free, slope) = sums.split_at(rank);
    let (mut top, mut squares) = ([0.0; 2], [0.0; 3]);
    let clusters = pattern
        .iter()
        .zip(&scores.along)
        .zip(scores.loads.chunks_exact(rank));
    for ((v, along), load) in clusters {
        let (mut d0, mut d1) = (v * along[0], v * along[1]);
        top[0] += d0;
        top[1] += d1;
        for ((p, q0), q1) in load.iter().zip(free).zip(slope) {
            d0 -= p * q0;
            d1 -= p * q1;
        }
        squares[0] += d0 * d0;
        squares[1] += d0 * d1;
        squares[2] += d1 * d1;
    }
    // δ = -x / α'α turns slopes by δ into slopes by x.
    let by_x = if restricted { -1.0 / scores.norm } else { 0.0 };
    Curve {
        a: top[0],
        b: by_x * top[1],
        v: [
            scores.factor * squares[0],
            scores.factor * by_x * squares[1],
            scores.factor * by_x * by_x * squares[2],
        ],
    }
}
