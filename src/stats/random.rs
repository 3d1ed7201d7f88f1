//! Random numbers that don't depend on threads: a stream of its own for each replicate.

use rand::SeedableRng;
use rand_pcg::Pcg64;

/// Generator of one replicate of one method: the same for the same three numbers, and unrelated to any other.
///
/// `what` tells the uses of one seed apart (a number per method or indicator); `replicate` counts from 0.
pub fn stream(seed: u64, what: u64, replicate: u64) -> Pcg64 {
    // Three rounds of SplitMix64 (Steele, Lea & Flood 2014, fig. 16), so that neighbouring replicates share nothing.
    let mixed = mix(mix(mix(seed) ^ what) ^ replicate);
    Pcg64::seed_from_u64(mixed)
}

/// A number for a name, to tell uses of a seed apart: FNV-1a, 64 bits.
pub fn tag(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn replicates_have_streams_of_their_own() {
        let first = |seed, what, replicate| stream(seed, what, replicate).random::<u64>();
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..10 {
            for what in 0..10 {
                for replicate in 0..100 {
                    assert!(seen.insert(first(seed, what, replicate)));
                }
            }
        }
        assert_eq!(first(7, 3, 5), first(7, 3, 5));
        assert_ne!(tag("a"), tag("b"));
    }
}
