//! Critical values of largest studentised differences, and their step-down.

use super::draws::Sample;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Estimates as they were observed, on the scale of the draws.
pub(super) struct Observed<'a> {
    pub value: &'a [f64],
    pub variance: &'a [f64],
}

impl Observed<'_> {
    /// Whether `j` is above `k` by more than the critical value whose square is `critical`. Of two without error the larger is.
    pub fn above(&self, j: usize, k: usize, critical: f64) -> bool {
        let d = self.value[j] - self.value[k];
        d > 0.0 && d * d > critical * (self.variance[j] + self.variance[k])
    }

    /// Whether the pair has an error at all.
    fn uncertain(&self, j: usize, k: usize) -> bool {
        j != k && self.variance[j] + self.variance[k] > 0.0
    }

    /// For each other estimate: 1 where `j` is above it, -1 where `j` is below, 0 where neither is shown.
    fn sides(&self, j: usize, critical: f64, sides: &mut [i8]) {
        for (k, side) in sides.iter_mut().enumerate() {
            *side = i8::from(self.above(j, k, critical)) - i8::from(self.above(k, j, critical));
        }
    }
}

/// How many of `draws` may exceed a critical value at a confidence level: the draws and the data make draws + 1 equally likely
/// places. `None` where there are too few draws for the level.
pub(super) fn allowed(confidence: f64, draws: usize) -> Option<usize> {
    // A level such as 0.95 isn't exact in binary; 0.95 of 20 must be 19.
    let place = (confidence * (draws as f64 + 1.0) - 1e-9).ceil() as usize;
    (1..=draws).contains(&place).then(|| draws - place)
}

/// The largest but `allowed`, of values that aren't negative.
pub(super) fn exceeded_by(values: &[f64], allowed: usize) -> f64 {
    // Numbers from 0 up are ordered as their bits.
    let mut bits: Vec<u64> = values.iter().map(|v| v.to_bits()).collect();
    let place = bits.len() - 1 - allowed;
    let (_, critical, _) = bits.select_nth_unstable(place);
    f64::from_bits(*critical)
}

/// The largest but `allowed` of what `remaining` gives for each draw, which is `upper` at most. `remaining` may give anything up
/// to its second argument where the truth is below that.
fn lowered(upper: &[f64], allowed: usize, remaining: impl Fn(usize, f64) -> f64) -> f64 {
    let mut hot: Vec<(u64, u32)> = upper
        .iter()
        .enumerate()
        .map(|(draw, v)| (v.to_bits(), draw as u32))
        .collect();
    let mut largest: BinaryHeap<Reverse<u64>> = BinaryHeap::with_capacity(allowed + 2);
    let mut seen = 0;
    let mut wanted = (2 * (allowed + 1)).max(64);
    while seen < hot.len() {
        // Draws from the largest on, sorted as far as they are needed.
        let end = wanted.min(hot.len());
        if end < hot.len() {
            hot[seen..].select_nth_unstable_by(end - seen, |a, b| b.cmp(a));
        }
        hot[seen..end].sort_unstable_by(|a, b| b.cmp(a));
        for &(bound, draw) in &hot[seen..end] {
            let full = largest.len() > allowed;
            let floor = largest.peek().map_or(0, |v| v.0);
            if full && bound <= floor {
                return f64::from_bits(floor);
            }
            let floor_value = if full { f64::from_bits(floor) } else { 0.0 };
            let value = remaining(draw as usize, floor_value).to_bits();
            if !full {
                largest.push(Reverse(value));
            } else if value > floor {
                largest.pop();
                largest.push(Reverse(value));
            }
        }
        seen = end;
        wanted = end * 2;
    }
    f64::from_bits(largest.peek().map_or(0, |v| v.0))
}

/// Square of the critical value for the differences of `j` from all others, after step-down.
///
/// The family is the 2(K - 1) one-sided hypotheses "j is not above k" and "k is not above j" (Mogstad et al. 2024, section 3, two-sided
/// sets). Where one is rejected its opposite stays, so that no claim of a direction is made on an equality that was not tested.
pub(super) fn marginal(
    sample: &Sample,
    observed: &Observed,
    j: usize,
    largest: &[f64],
    allowed: usize,
) -> f64 {
    let k = sample.entries;
    let mut critical = exceeded_by(largest, allowed);
    let mut sides = vec![0_i8; k];
    let mut rejected = 0;
    loop {
        observed.sides(j, critical, &mut sides);
        let uncertain = (0..k).filter(|&i| observed.uncertain(j, i));
        let (total, now) = uncertain.fold((0, 0), |(total, now), i| {
            (total + 1, now + usize::from(sides[i] != 0))
        });
        if now == rejected || now == total {
            return critical;
        }
        rejected = now;
        let next = lowered(largest, allowed, |draw, floor| {
            remaining_of_one(sample, j, &sides, draw, floor)
        });
        critical = critical.min(next);
    }
}

fn remaining_of_one(sample: &Sample, j: usize, sides: &[i8], draw: usize, floor: f64) -> f64 {
    let (t, v) = (sample.t(draw), sample.variance(draw));
    let own = t[j] * t[j];
    let error = sample.error(draw, j);
    let mut best = floor;
    for &i in sample.order(draw) {
        let i = usize::from(i);
        // (a(j) - a(k))² / (v(j) + v(k)) is t(j)² + t(k)² at most (Cauchy & Schwarz).
        if own + t[i] * t[i] <= best {
            break;
        }
        let d = error - sample.error(draw, i);
        let settled = (d > 0.0 && sides[i] > 0) || (d < 0.0 && sides[i] < 0);
        let variance = v[j] + v[i];
        if !settled && d * d > best * variance {
            best = d * d / variance;
        }
    }
    best
}

/// Square of the critical value for the differences of all pairs, after step-down over all K(K - 1) one-sided hypotheses, and before it.
/// `largest`: by draw, the largest square of all pairs.
pub(super) fn simultaneous(
    sample: &Sample,
    observed: &Observed,
    largest: &[f64],
    allowed: usize,
) -> f64 {
    let k = sample.entries;
    let mut critical = exceeded_by(largest, allowed);
    let mut rejected = 0;
    loop {
        let (total, now) = (0..k)
            .into_par_iter()
            .map(|j| {
                (0..k)
                    .filter(|&i| observed.uncertain(j, i))
                    .fold((0, 0), |(total, now), i| {
                        (
                            total + 1,
                            now + 2 * usize::from(observed.above(j, i, critical)),
                        )
                    })
            })
            .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        if now == rejected || now == total {
            return critical;
        }
        rejected = now;
        let next = lowered(largest, allowed, |draw, floor| {
            remaining_of_all(sample, observed, critical, draw, floor)
        });
        critical = critical.min(next);
    }
}

fn remaining_of_all(
    sample: &Sample,
    observed: &Observed,
    critical: f64,
    draw: usize,
    floor: f64,
) -> f64 {
    let (t, v, order) = (sample.t(draw), sample.variance(draw), sample.order(draw));
    let mut best = floor;
    for (place, &j) in order.iter().enumerate() {
        let j = usize::from(j);
        let own = t[j] * t[j];
        if 2.0 * own <= best {
            break;
        }
        let error = sample.error(draw, j);
        for &i in &order[place + 1..] {
            let i = usize::from(i);
            if own + t[i] * t[i] <= best {
                break;
            }
            let d = error - sample.error(draw, i);
            let variance = v[j] + v[i];
            if d * d > best * variance {
                let (high, low) = if d > 0.0 { (j, i) } else { (i, j) };
                if !observed.above(high, low, critical) {
                    best = d * d / variance;
                }
            }
        }
    }
    best
}
