//! How often each would take each rank, in draws of the true values around the estimates.

use super::draws::Sample;

/// What the true values are drawn around.
pub(super) enum Around<'a> {
    /// The estimates, with their own errors (t with finite degrees of freedom).
    Estimates(&'a [f64]),
    /// Mean and standard deviation of each, normal.
    Given(&'a [(f64, f64)]),
}

/// Writes the rank of each in one draw: 1 + how many are larger. `keys` is room to work in.
pub(super) fn ranks(
    around: &Around,
    sample: &Sample,
    se: &[f64],
    draw: usize,
    keys: &mut Vec<u64>,
    ranks: &mut [u16],
) {
    keys.clear();
    // The low bits of a key hold the place of the entry, as few as will do: 9 for 500 entries, of 52 that a value has.
    let places = (ranks.len().next_power_of_two() - 1) as u64;
    // 0 is added because -0 and 0 are the same value with other bits.
    let key = |j: usize, x: f64| (descending(x + 0.0) & !places) | j as u64;
    match around {
        Around::Estimates(values) => {
            let t = sample.t(draw);
            keys.extend((0..values.len()).map(|j| key(j, values[j] + se[j] * t[j])));
        }
        Around::Given(given) => {
            let z = sample.z(draw);
            keys.extend((0..given.len()).map(|j| key(j, given[j].0 + given[j].1 * z[j])));
        }
    }
    keys.sort_unstable();
    let mut rank = 1;
    for (place, key) in keys.iter().enumerate() {
        // Values known without error may tie.
        if place > 0 && (key ^ keys[place - 1]) > places {
            rank = place as u16 + 1;
        }
        ranks[(key & places) as usize] = rank;
    }
}

/// Bits that rise as `x` falls.
fn descending(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 0 {
        !(bits | 1 << 63)
    } else {
        bits
    }
}

/// Counts of one entry's ranks over the draws.
pub(super) struct Counts {
    counts: Vec<u32>,
    draws: usize,
}

impl Counts {
    pub fn new(entries: usize, ranks: &[u16]) -> Counts {
        let mut counts = vec![0; entries + 1];
        for &rank in ranks {
            counts[usize::from(rank)] += 1;
        }
        Counts {
            counts,
            draws: ranks.len(),
        }
    }

    /// Share of draws with a rank of `top` or better.
    pub fn at_most(&self, top: usize) -> f64 {
        let end = top.min(self.counts.len() - 1);
        let count: u32 = self.counts[..=end].iter().sum();
        f64::from(count) / self.draws as f64
    }

    /// Mean rank.
    pub fn mean(&self) -> f64 {
        let sum: f64 = self
            .counts
            .iter()
            .enumerate()
            .map(|(rank, &count)| rank as f64 * f64::from(count))
            .sum();
        sum / self.draws as f64
    }

    /// Smallest rank that at least the share `p` of the draws doesn't exceed.
    pub fn quantile(&self, p: f64) -> usize {
        let wanted = p * self.draws as f64 - 1e-9;
        let mut sum = 0_u32;
        for (rank, &count) in self.counts.iter().enumerate() {
            sum += count;
            if sum > 0 && f64::from(sum) >= wanted {
                return rank;
            }
        }
        self.counts.len() - 1
    }
}
