//! Adding the numbers of many components over the same rows at once: each sum takes its numbers in row order, and several
//! sums go side by side, so that none waits for another.

use super::masks;

/// Sums that go side by side.
pub const WIDTH: usize = 4;

/// What one sum adds in a block of rows.
#[derive(Clone, Copy)]
pub struct Lane<'a> {
    /// Number of each row of the block.
    pub values: &'a [f64],
    /// Rows that count, as bits over the whole batch; all where none are given.
    pub mask: Option<&'a [u64]>,
}

/// The bits of up to 64 rows from `row` on, the first in the lowest bit.
fn bits(mask: Option<&[u64]>, row: usize) -> u64 {
    let Some(words) = mask else {
        return u64::MAX;
    };
    let (at, by) = (row / 64, row % 64);
    let low = words.get(at).map_or(0, |w| w >> by);
    if by == 0 {
        return low;
    }
    low | words.get(at + 1).map_or(0, |w| w << (64 - by))
}

/// Adds the rows from `start` up to `end` of a batch, of whose block `first` is the first row, to the sums of the lanes.
pub fn add(sums: &mut [f64; WIDTH], lanes: &[Lane<'_>; WIDTH], first: usize, start: usize, end: usize) {
    let part = |lane: &Lane<'_>| lane.values.get(start - first..end - first).unwrap_or(&[]).len();
    if lanes.iter().any(|lane| part(lane) != end - start) {
        return;
    }
    let [mut a, mut b, mut c, mut d] = *sums;
    let [va, vb, vc, vd] = lanes.map(|lane| &lane.values[start - first..end - first]);
    let mut at = 0;
    let rows = end - start;
    while at < rows {
        let some = (rows - at).min(64);
        let [mut ma, mut mb, mut mc, mut md] = lanes.map(|lane| bits(lane.mask, start + at));
        let (xa, xb) = (&va[at..at + some], &vb[at..at + some]);
        let (xc, xd) = (&vc[at..at + some], &vd[at..at + some]);
        for (((xa, xb), xc), xd) in xa.iter().zip(xb).zip(xc).zip(xd) {
            // A row that doesn't count adds 0.
            a += keep(*xa, ma);
            b += keep(*xb, mb);
            c += keep(*xc, mc);
            d += keep(*xd, md);
            ma >>= 1;
            mb >>= 1;
            mc >>= 1;
            md >>= 1;
        }
        at += some;
    }
    *sums = [a, b, c, d];
}

/// The number where the lowest bit is set, else 0.
#[inline(always)]
fn keep(x: f64, mask: u64) -> f64 {
    f64::from_bits(x.to_bits() & (mask & 1).wrapping_neg())
}

/// The smallest or largest of `best` and the numbers of rows that count.
pub fn extreme(
    best: f64,
    lane: &Lane<'_>,
    first: usize,
    (start, end): (usize, usize),
    better: fn(f64, f64) -> f64,
) -> f64 {
    let values = lane.values.get(start - first..end - first).unwrap_or(&[]);
    let mut best = best;
    match lane.mask {
        None => values.iter().for_each(|x| best = better(best, *x)),
        Some(words) => {
            if masks::count(words, start, end) == 0 {
                return best;
            }
            for (at, some) in values.chunks(64).enumerate() {
                let mut mask = bits(lane.mask, start + at * 64);
                for x in some {
                    if mask & 1 == 1 {
                        best = better(best, *x);
                    }
                    mask >>= 1;
                }
            }
        }
    }
    best
}
