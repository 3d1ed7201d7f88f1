//! Critical values of largest studentised differences, and their step-down.

use super::draws::{Leader, Sample};
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

/// The pair that reaches a largest square: who is above, and who below.
type Witness = Option<(u16, u16)>;

/// What is left of the largest square in one draw.
#[derive(Debug, Clone, Copy)]
struct Left {
    /// It is this at most; exactly this where there is a witness.
    square: f64,
    draw: u32,
    witness: Witness,
}

/// Draws by what is left of their largest squares as hypotheses are settled one after the other.
struct Falling<'a> {
    full: &'a [f64],
    /// Draws that are looked at; the others are below `from`.
    hot: Vec<Left>,
    from: f64,
}

impl Falling<'_> {
    fn new(full: &[f64], guess: f64) -> Falling<'_> {
        let mut falling = Falling {
            full,
            hot: Vec::new(),
            from: f64::INFINITY,
        };
        falling.widen(0.9 * guess);
        falling
    }

    fn widen(&mut self, from: f64) {
        let more = self.full.iter().enumerate();
        let more = more.filter(|(_, v)| **v >= from && **v < self.from);
        self.hot.extend(more.map(|(draw, &square)| Left {
            square,
            draw: draw as u32,
            witness: None,
        }));
        self.from = from;
    }

    /// The largest but `allowed` of what is left. `settled` says so of "the first is above the second"; `remaining` finds what is
    /// left in a draw, or anything up to its second argument and no witness where it is less than that.
    fn next(
        &mut self,
        allowed: usize,
        settled: impl Fn(usize, usize) -> bool,
        remaining: impl Fn(usize, f64) -> (f64, Witness),
    ) -> f64 {
        let mut largest: BinaryHeap<Reverse<u64>> = BinaryHeap::with_capacity(allowed + 2);
        let mut start = 0;
        loop {
            self.hot[start..]
                .sort_unstable_by(|a, b| b.square.total_cmp(&a.square).then(a.draw.cmp(&b.draw)));
            let mut end = self.hot.len();
            for (place, left) in self.hot.iter_mut().enumerate().skip(start) {
                let full = largest.len() > allowed;
                let floor = largest
                    .peek()
                    .filter(|_| full)
                    .map_or(0.0, |v| f64::from_bits(v.0));
                if full && left.square <= floor {
                    end = place;
                    break;
                }
                let stands =
                    |(above, below): (u16, u16)| !settled(usize::from(above), usize::from(below));
                if !left.witness.is_some_and(stands) {
                    let (square, witness) = remaining(left.draw as usize, floor);
                    left.square = square.min(left.square);
                    left.witness = witness;
                }
                if !full {
                    largest.push(Reverse(left.square.to_bits()));
                } else if left.square > floor {
                    largest.pop();
                    largest.push(Reverse(left.square.to_bits()));
                }
            }
            let lowest = largest.peek().map_or(0.0, |v| f64::from_bits(v.0));
            // Draws that weren't looked at could still be larger than the lowest of these.
            if self.from <= 0.0 || (largest.len() > allowed && lowest >= self.from) {
                return lowest;
            }
            start = end;
            self.widen(0.0);
        }
    }
}

/// Square of the critical value for the differences of `j` from all others, after step-down.
///
/// The family is the 2(K - 1) one-sided hypotheses "j is not above k" and "k is not above j". Where one is rejected its opposite
/// stays, so that no claim of a direction is made on an equality that was not tested.
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
    let mut falling = None;
    loop {
        observed.sides(j, critical, &mut sides);
        let now = (0..k)
            .filter(|&i| sides[i] != 0 && observed.uncertain(j, i))
            .count();
        if now == rejected {
            return critical;
        }
        rejected = now;
        let falling = falling.get_or_insert_with(|| Falling::new(largest, critical));
        let settled = |above: usize, below: usize| match above == j {
            true => sides[below] > 0,
            false => sides[above] < 0,
        };
        let next = falling.next(allowed, settled, |draw, floor| {
            remaining_of_one(sample, j, &sides, draw, floor)
        });
        critical = critical.min(next);
    }
}

/// Square and witness of the largest difference of `j` in one draw that isn't settled.
fn remaining_of_one(
    sample: &Sample,
    j: usize,
    sides: &[i8],
    draw: usize,
    floor: f64,
) -> (f64, Witness) {
    let own = sample.t(draw)[j].powi(2);
    let variance = sample.variance(draw)[j];
    let error = sample.error(draw, j);
    let mut best = (floor, None);
    let look = |best: &mut (f64, Witness), i: usize, other: f64, v: f64| {
        let d = error - other;
        let settled = (d > 0.0 && sides[i] > 0) || (d < 0.0 && sides[i] < 0);
        if !settled && d * d > best.0 * (variance + v) {
            let pair = if d > 0.0 { (j, i) } else { (i, j) };
            *best = (d * d / (variance + v), Some((pair.0 as u16, pair.1 as u16)));
        }
    };
    for l in sample.leaders(draw) {
        // (a(j) - a(k))² / (v(j) + v(k)) is t(j)² + t(k)² at most (Cauchy & Schwarz).
        if own + l.t * l.t <= best.0 {
            return best;
        }
        look(&mut best, l.index, l.t * l.se, l.se * l.se);
    }
    for (i, v) in sample.variance(draw).iter().enumerate() {
        look(&mut best, i, sample.error(draw, i), *v);
    }
    best
}

/// Square of the critical value for the differences of all pairs, after step-down over all K(K - 1) one-sided hypotheses.
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
    let mut falling = None;
    loop {
        let now: usize = (0..k)
            .into_par_iter()
            .map(|j| {
                (0..k)
                    .filter(|&i| observed.uncertain(j, i) && observed.above(j, i, critical))
                    .count()
            })
            .sum();
        if now == rejected {
            return critical;
        }
        rejected = now;
        let falling = falling.get_or_insert_with(|| Falling::new(largest, critical));
        let settled = |above: usize, below: usize| observed.above(above, below, critical);
        let next = falling.next(allowed, settled, |draw, floor| {
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
) -> (f64, Witness) {
    let (best, complete) = best_pair(sample.leaders(draw), observed, critical, (floor, None));
    if complete {
        return best;
    }
    best_pair(&sample.all(draw), observed, critical, best).0
}

/// The largest square of a difference that isn't settled, over the pairs of `list` (falling by |t|), if larger than the one so far;
/// and whether pairs with others, whose |t| is smaller, can't be larger.
fn best_pair(
    list: &[Leader],
    observed: &Observed,
    critical: f64,
    mut best: (f64, Witness),
) -> ((f64, Witness), bool) {
    let mut complete = true;
    for (place, j) in list.iter().enumerate() {
        let own = j.t * j.t;
        if 2.0 * own <= best.0 {
            return (best, complete);
        }
        let mut ended = false;
        for l in &list[place + 1..] {
            if own + l.t * l.t <= best.0 {
                ended = true;
                break;
            }
            let d = j.t * j.se - l.t * l.se;
            let variance = j.se * j.se + l.se * l.se;
            if d * d > best.0 * variance {
                let (high, low) = if d > 0.0 { (j, l) } else { (l, j) };
                if !observed.above(high.index, low.index, critical) {
                    let pair = (high.index as u16, low.index as u16);
                    best = (d * d / variance, Some(pair));
                }
            }
        }
        complete &= ended;
    }
    (best, false)
}
