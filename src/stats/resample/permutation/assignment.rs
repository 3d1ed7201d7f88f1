//! The assignments of a lottery within strata: all of them by number, or one drawn.

use super::units::Stratum;
use rand::RngExt;
use rand_pcg::Pcg64;

/// Fixed numbers of treated units in each stratum. Of each stratum the smaller side is picked, and the other follows.
pub(super) struct Lottery {
    strata: Vec<Side>,
    /// Units 0, 1, 2, ... of each stratum, one stratum after the other.
    untouched: Vec<u32>,
}

/// The smaller side of a stratum.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub units: usize,
    pub picked: usize,
    /// Whether those picked are the treated, not the others.
    pub treated: bool,
}

impl Lottery {
    pub fn new(strata: &[Stratum]) -> Lottery {
        let side = |s: &Stratum| {
            let others = s.units - s.treated;
            Side {
                units: s.units,
                picked: s.treated.min(others),
                treated: s.treated <= others,
            }
        };
        Lottery {
            strata: strata.iter().map(side).collect(),
            untouched: strata.iter().flat_map(|s| 0..s.units as u32).collect(),
        }
    }

    /// How many assignments there are: the product of the strata's binomial coefficients.
    pub fn assignments(&self) -> f64 {
        let choose =
            |s: &Side| (0..s.picked).fold(1.0, |c, i| c * (s.units - i) as f64 / (i + 1) as f64);
        self.strata.iter().map(choose).product::<f64>().round()
    }

    /// Room for an assignment.
    pub fn work(&self) -> Vec<u32> {
        self.untouched.clone()
    }

    /// Assignment number `index`, counted from 0, by the combinatorial number system within strata (Knuth 4A, section 7.2.1.3).
    pub fn number(&self, mut index: u64, picked: &mut [u32]) {
        let mut start = 0;
        for side in &self.strata {
            let all = choose(side.units as u64, side.picked as u64);
            let mut rest = index % all;
            index /= all;
            let mut below = side.units as u64;
            for k in (1..=side.picked as u64).rev() {
                // The largest unit whose combinations with smaller ones do not exceed the rest.
                let (mut low, mut high) = (k - 1, below);
                while high - low > 1 {
                    let middle = low + (high - low) / 2;
                    if choose(middle, k) <= rest {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                rest -= choose(low, k);
                below = low;
                picked[start + k as usize - 1] = low as u32;
            }
            start += side.units;
        }
    }

    /// An assignment by lot: the first steps of a Fisher-Yates shuffle within each stratum.
    pub fn sample(&self, stream: &mut Pcg64, picked: &mut [u32]) {
        picked.copy_from_slice(&self.untouched);
        let mut start = 0;
        for side in &self.strata {
            let units = &mut picked[start..start + side.units];
            for i in 0..side.picked {
                let j = stream.random_range(i as u32..side.units as u32) as usize;
                units.swap(i, j);
            }
            start += side.units;
        }
    }

    /// By stratum: the side, and which of its units were picked.
    pub fn sides<'a>(&'a self, picked: &'a [u32]) -> impl Iterator<Item = (Side, &'a [u32])> {
        let mut start = 0;
        self.strata.iter().map(move |side| {
            let own = &picked[start..start + side.picked];
            start += side.units;
            (*side, own)
        })
    }
}

/// Binomial coefficient, for those not above a million or so.
fn choose(n: u64, k: u64) -> u64 {
    if k > n {
        return 0;
    }
    (0..k).fold(1, |c, i| c * (n - i) / (i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Two strata, 2 of 5 and (others picked) 3 of 4: 10 x 4 assignments, each once.
    #[test]
    fn numbers_reach_every_assignment_once() {
        let lottery = Lottery::new(&[
            Stratum {
                units: 5,
                treated: 2,
            },
            Stratum {
                units: 4,
                treated: 3,
            },
        ]);
        assert_eq!(lottery.assignments(), 40.0);
        let mut seen = BTreeSet::new();
        let mut work = lottery.work();
        for index in 0..40 {
            lottery.number(index, &mut work);
            let sides: Vec<(bool, Vec<u32>)> = lottery
                .sides(&work)
                .map(|(s, p)| (s.treated, p.to_vec()))
                .collect();
            assert!(
                sides[0].0
                    && sides[0].1.len() == 2
                    && sides[0].1[0] < sides[0].1[1]
                    && sides[0].1[1] < 5
            );
            assert!(!sides[1].0 && sides[1].1.len() == 1 && sides[1].1[0] < 4);
            assert!(seen.insert(sides));
        }
        assert_eq!(seen.len(), 40);
    }

    /// Every pair of 4 comes up a sixth of the time.
    #[test]
    fn draws_are_uniform() {
        let lottery = Lottery::new(&[Stratum {
            units: 4,
            treated: 2,
        }]);
        let mut counts = std::collections::BTreeMap::new();
        let mut work = lottery.work();
        for replicate in 0..6_000 {
            lottery.sample(
                &mut crate::stats::random::stream(1, 2, replicate),
                &mut work,
            );
            let mut pair = [work[0], work[1]];
            pair.sort_unstable();
            *counts.entry(pair).or_insert(0) += 1;
        }
        // Chi-squared with 5 df: below 20.5 with probability .999.
        let squares: f64 = counts
            .values()
            .map(|c| (f64::from(*c) - 1000.0).powi(2) / 1000.0)
            .sum();
        assert!(counts.len() == 6 && squares < 20.5, "{counts:?}");
    }
}
