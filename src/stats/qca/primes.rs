//! Prime implicants that cover given configurations and none of others, by sets of configurations as bits.

use super::term::{Term, all};
use crate::stats::Refused;

/// Most prime implicants that a minimisation goes on with.
const MOST_PRIMES: usize = 200_000;

/// Positions of a word whose bit `b` is 0, for the six bits within a word.
const CLEAR: [u64; 6] = [
    0x5555_5555_5555_5555,
    0x3333_3333_3333_3333,
    0x0f0f_0f0f_0f0f_0f0f,
    0x00ff_00ff_00ff_00ff,
    0x0000_ffff_0000_ffff,
    0x0000_0000_ffff_ffff,
];

/// A set of configurations of `k` conditions, one bit each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Corners {
    k: usize,
    words: Vec<u64>,
}

impl Corners {
    pub(super) fn new(k: usize, configurations: impl IntoIterator<Item = u32>) -> Corners {
        let mut corners = Corners {
            k,
            words: vec![0; 1 << k.saturating_sub(6)],
        };
        for c in configurations {
            corners.words[(c >> 6) as usize] |= 1 << (c & 63);
        }
        corners
    }

    /// Every configuration that isn't in the set.
    pub(super) fn complement(&self) -> Corners {
        let whole = whole(self.k);
        Corners {
            k: self.k,
            words: self.words.iter().map(|w| !w & whole).collect(),
        }
    }

    pub(super) fn holds(&self, c: u32) -> bool {
        self.words[(c >> 6) as usize] >> (c & 63) & 1 == 1
    }

    /// The set with each configuration replaced by the conditions in which it differs from `from`.
    fn differences(&self, from: u32) -> Vec<u64> {
        let high = (from >> 6) as usize;
        let turned = (0..self.words.len()).map(|i| {
            let mut w = self.words[i ^ high];
            for (b, clear) in CLEAR.iter().enumerate() {
                if from >> b & 1 == 1 {
                    let shift = 1 << b;
                    w = ((w & clear) << shift) | ((w >> shift) & clear);
                }
            }
            w
        });
        turned.collect()
    }
}

/// Bits in use of a word, for `k` conditions.
fn whole(k: usize) -> u64 {
    if k >= 6 {
        u64::MAX
    } else {
        (1 << (1 << k)) - 1
    }
}

/// All prime implicants of the function that must be 0 on `off` and may be 1 elsewhere, as far as they cover one of `on`; sorted.
///
/// A term that covers a configuration c is c with some conditions left free. It avoids `off` unless the free ones contain all
/// conditions in which some configuration of `off` differs from c; the primes are the largest free sets that don't (for the remainders
/// as free choice, this is the idea of Duşa & Thiem 2015 to compare positive with negative rows). The subsets of conditions
/// are the corners of a cube again, so that all of this is done 64 subsets at a time: k 2^k / 64 steps for each of `on`.
///
/// # Errors
/// More than [`MOST_PRIMES`].
pub(super) fn primes(on: &[u32], off: &Corners) -> Result<Vec<Term>, Refused> {
    let k = off.k;
    let full = all(k);
    let mut found: Vec<Term> = Vec::new();
    let mut sorted = 0;
    for &c in on {
        // Free sets that take in a configuration of `off`: those that contain a difference.
        let mut bad = off.differences(c);
        for b in 0..k {
            if let Some(clear) = CLEAR.get(b) {
                for w in &mut bad {
                    *w |= (*w & clear) << (1 << b);
                }
            } else {
                let bit = 1 << (b - 6);
                for i in (0..bad.len()).filter(|i| i & bit != 0) {
                    bad[i] |= bad[i ^ bit];
                }
            }
        }
        for i in 0..bad.len() {
            let mut largest = !bad[i] & whole(k);
            for b in 0..k {
                if let Some(clear) = CLEAR.get(b) {
                    largest &= ((bad[i] >> (1 << b)) & clear) | !clear;
                } else if i & (1 << (b - 6)) == 0 {
                    largest &= bad[i | 1 << (b - 6)];
                }
            }
            while largest != 0 {
                let free = (i as u32) << 6 | largest.trailing_zeros();
                largest &= largest - 1;
                found.push(Term {
                    present: c & !free & full,
                    absent: !c & !free & full,
                });
            }
        }
        if found.len() > 2 * sorted + 100_000 {
            found.sort_unstable();
            found.dedup();
            sorted = found.len();
            if sorted > MOST_PRIMES {
                return Err(too_many());
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    if found.len() > MOST_PRIMES {
        return Err(too_many());
    }
    Ok(found)
}

fn too_many() -> Refused {
    Refused::new(
        format!("there are more than {MOST_PRIMES} prime implicants"),
        "Give fewer conditions: with so many, nearly every case is a configuration of its own.",
    )
}
