//! Confidence sets as the values that a test with replicates doesn't reject.

use rayon::prelude::*;

/// A test statistic as a function of the hypothesised value x: (a + b·x) / √(v0 + 2·v1·x + v2·x²).
///
/// The t statistic of a wild bootstrap draw and the (studentised) effect of a permuted treatment both have this shape, since residuals and
/// adjusted outcomes are linear in the hypothesised value. So a draw is made once and serves every value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curve {
    pub a: f64,
    pub b: f64,
    pub v: [f64; 3],
}

impl Curve {
    fn parts(&self, x: f64) -> (f64, f64) {
        let [v0, v1, v2] = self.v;
        (self.a + self.b * x, (v0 + x * (2.0 * v1 + v2 * x)).max(0.0))
    }

    /// The statistic at `x`; infinite without variance (0/0 too: such a draw counts as extreme, which errs on the safe side).
    pub fn at(&self, x: f64) -> f64 {
        let (top, variance) = self.parts(x);
        if variance > 0.0 {
            top / variance.sqrt()
        } else {
            f64::INFINITY.copysign(top)
        }
    }
}

/// How many draws are as extreme as the observed statistic.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Farther from 0 than the observed.
    pub above: usize,
    /// As far from 0 as the observed, or farther.
    pub at_least: usize,
    /// As high, or higher.
    pub upper: usize,
    /// As low, or lower.
    pub lower: usize,
}

/// The observed statistic with its reference distribution.
pub(super) struct Reference {
    pub observed: Curve,
    pub draws: Vec<Curve>,
    /// Whether `draws` are all there are, each as likely as the other.
    pub exact: bool,
    /// A difference that is nothing but rounding: statistics nearer to one another are ties.
    pub tie: f64,
}

/// Statistics that agree to this share are equal: the same assignment or sign pattern, reached by sums in another order.
const RELATIVE_TIE: f64 = 1e-9;

impl Reference {
    /// Counts at the hypothesised value `x`.
    pub fn tally(&self, x: f64) -> Tally {
        let observed = self.observed.at(x);
        let slack = RELATIVE_TIE * observed.abs() + self.tie;
        let count = |part: &[Curve]| {
            let mut tally = Tally::default();
            for draw in part {
                let value = draw.at(x);
                tally.above += usize::from(value.abs() > observed.abs() + slack);
                tally.at_least += usize::from(value.abs() >= observed.abs() - slack);
                tally.upper += usize::from(value >= observed - slack);
                tally.lower += usize::from(value <= observed + slack);
            }
            tally
        };
        let add = |s: Tally, t: Tally| Tally {
            above: s.above + t.above,
            at_least: s.at_least + t.at_least,
            upper: s.upper + t.upper,
            lower: s.lower + t.lower,
        };
        self.draws
            .par_chunks(CHUNK)
            .map(count)
            .reduce(Tally::default, add)
    }

    /// The p-value of a count: its share of all, or (1 + count) / (1 + draws) where the draws are a sample, since the data at hand
    /// are one more draw (Davison & Hinkley 1997, eq. 4.11).
    pub fn p(&self, count: usize) -> f64 {
        let (count, draws) = (count as f64, self.draws.len() as f64);
        if self.exact {
            count / draws
        } else {
            (1.0 + count) / (1.0 + draws)
        }
    }

    /// Two-sided p-value at `x`: the share of statistics as far from 0 as the observed one. Only a count, since inversion asks it often.
    pub fn two_sided(&self, x: f64) -> f64 {
        let observed = self.observed.at(x).abs();
        let least = (observed - RELATIVE_TIE * observed - self.tie).max(0.0);
        let square = least * least;
        let count = |part: &[Curve]| {
            let extreme = |draw: &&Curve| {
                let (top, variance) = draw.parts(x);
                top * top >= square * variance
            };
            part.iter().filter(extreme).count()
        };
        self.p(self.draws.par_chunks(CHUNK).map(count).sum())
    }

    /// All values x whose two-sided p-value exceeds `alpha`, as closed intervals in rising order. See [`level_set`].
    pub fn confidence_set(&self, centre: f64, scale: f64, alpha: f64) -> Vec<(f64, f64)> {
        // A p-value that equals alpha but for rounding does not exceed it.
        level_set(|x| self.two_sided(x) > alpha + 1e-12, centre, scale)
    }
}

const CHUNK: usize = 1 << 14;

/// Steps of a tenth of `scale` up to six, then each half as far again as the one before: out to ten thousand.
const FINE: f64 = 0.1;
const FINE_UP_TO: f64 = 6.0;
const GROWTH: f64 = 1.5;
const FARTHEST: f64 = 1e4;

/// The set of x where `inside` holds, around `centre`, with `scale` a standard error or the like.
///
/// p-values are step functions and need neither be monotone nor fall to 0, so no bracket is taken on trust: `inside` is asked on a grid
/// (every tenth of `scale` as far as six, then ever wider, to ten thousand), and each change between neighbours is bisected down to
/// rounding. What still holds at the far end is unbounded. A gap narrower than a step of the grid can be missed.
fn level_set(inside: impl Fn(f64) -> bool, centre: f64, scale: f64) -> Vec<(f64, f64)> {
    let mut steps = Vec::new();
    let mut step: f64 = FINE;
    while step < FARTHEST {
        steps.push(step);
        step = if step < FINE_UP_TO {
            step + FINE
        } else {
            step * GROWTH
        };
    }
    steps.push(FARTHEST);
    let below = steps.iter().rev().map(|s| centre - s * scale);
    let above = steps.iter().map(|s| centre + s * scale);
    let grid: Vec<f64> = below.chain([centre]).chain(above).collect();
    let holds: Vec<bool> = grid.iter().map(|x| inside(*x)).collect();

    let mut set = Vec::new();
    let mut start = holds
        .first()
        .copied()
        .unwrap_or(false)
        .then_some(f64::NEG_INFINITY);
    for (pair, held) in grid.windows(2).zip(holds.windows(2)) {
        let (&[left, right], &[before, after]) = (pair, held) else {
            continue;
        };
        match (before, after, start) {
            (false, true, _) => start = Some(edge(&inside, right, left)),
            (true, false, Some(from)) => {
                set.push((from, edge(&inside, left, right)));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        set.push((from, f64::INFINITY));
    }
    set
}

/// The last point inside between one that is and one that isn't, by bisection until the doubles meet or nearly so.
fn edge(inside: impl Fn(f64) -> bool, mut within: f64, mut without: f64) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (within + without);
        if (without - within).abs() <= 1e-12 * middle.abs() || middle == within || middle == without
        {
            break;
        }
        if inside(middle) {
            within = middle;
        } else {
            without = middle;
        }
    }
    within
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn close(found: &[(f64, f64)], expected: &[(f64, f64)]) {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (f, e) in found.iter().zip(expected) {
            assert!(f.0 == e.0 || (f.0 - e.0).abs() < 1e-9, "{found:?}");
            assert!(f.1 == e.1 || (f.1 - e.1).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn sets_may_be_disjoint_unbounded_or_everything() {
        let infinity = f64::INFINITY;
        close(
            &level_set(|x| x.abs() <= 1.2345, 0.5, 1.0),
            &[(-1.2345, 1.2345)],
        );
        close(
            &level_set(|x| x.abs() <= 1.0 || (x - 4.0).abs() <= 0.3, 0.0, 1.0),
            &[(-1.0, 1.0), (3.7, 4.3)],
        );
        close(&level_set(|x| x >= -2.5, 0.0, 1.0), &[(-2.5, infinity)]);
        close(&level_set(|_| true, 0.0, 1.0), &[(-infinity, infinity)]);
        close(
            &level_set(|x| x.abs() >= 700.0 || x.abs() <= 1.0, 0.0, 1.0),
            &[(-infinity, -700.0), (-1.0, 1.0), (700.0, infinity)],
        );
    }

    /// By hand: draws 1, -2, 3, and the observed 2 (so ties count as at least, not as above).
    #[test]
    fn counts_ties_on_one_side_only() {
        let flat = |a| Curve {
            a,
            b: 0.0,
            v: [1.0, 0.0, 0.0],
        };
        let reference = Reference {
            observed: flat(2.0),
            draws: [1.0, -2.0, 3.0, 2.0 + 1e-12].map(flat).to_vec(),
            exact: false,
            tie: 0.0,
        };
        let tally = reference.tally(0.0);
        let found = [tally.above, tally.at_least, tally.upper, tally.lower];
        assert_eq!(found, [1, 3, 2, 3]);
        assert_eq!(reference.p(tally.at_least), 4.0 / 5.0);
        assert_eq!(reference.two_sided(0.0), 4.0 / 5.0);
    }
}
