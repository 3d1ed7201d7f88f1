//! Adding the numbers of many components over the same rows at once: each sum takes its numbers in row order, and several
//! sums go side by side, so that none waits for another. What each addition rounds off is added up beside (Knuth 1997, "The Art of
//! Computer Programming", volume 2, section 4.2.2, theorem B).

use super::masks;

/// Sums that go side by side.
pub const WIDTH: usize = 4;

/// Sums that go side by side, with what was rounded off.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// The sums.
    pub sums: [f64; WIDTH],
    /// What is to be added to them.
    pub rests: [f64; WIDTH],
}

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
pub fn add(to: &mut Sums, lanes: &[Lane<'_>; WIDTH], first: usize, start: usize, end: usize) {
    let part = |lane: &Lane<'_>| {
        lane.values
            .get(start - first..end - first)
            .unwrap_or(&[])
            .len()
    };
    if lanes.iter().any(|lane| part(lane) != end - start) {
        return;
    }
    let Sums {
        mut sums,
        mut rests,
    } = *to;
    let [va, vb, vc, vd] = lanes.map(|lane| &lane.values[start - first..end - first]);
    let mut at = 0;
    let rows = end - start;
    while at < rows {
        let some = (rows - at).min(64);
        let mut masks = lanes.map(|lane| bits(lane.mask, start + at));
        let (xa, xb) = (&va[at..at + some], &vb[at..at + some]);
        let (xc, xd) = (&vc[at..at + some], &vd[at..at + some]);
        for (((xa, xb), xc), xd) in xa.iter().zip(xb).zip(xc).zip(xd) {
            let row = [*xa, *xb, *xc, *xd];
            for lane in 0..WIDTH {
                // A row that doesn't count adds 0.
                let x = keep(row[lane], masks[lane]);
                let sum = sums[lane];
                let total = sum + x;
                let back = total - sum;
                rests[lane] += (sum - (total - back)) + (x - back);
                sums[lane] = total;
                masks[lane] >>= 1;
            }
        }
        at += some;
    }
    *to = Sums { sums, rests };
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
    better: impl Fn(f64, f64) -> f64,
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::engine::runs::Runs;
    use proptest::prelude::*;

    proptest! {
        /// Every sum is, to the last bit, what adding the numbers one after the other in the order of the file gives, and so is what was
        /// rounded off.
        #[test]
        fn sums_are_those_of_row_order(
            rows in proptest::collection::vec((0_u32..7, -1e9..1e9_f64, any::<[bool; WIDTH]>()), 0..300),
        ) {
            let cells: Vec<u32> = rows.iter().map(|r| r.0).collect();
            // Cells are numbered in order of first appearance.
            let mut seen: Vec<u32> = Vec::new();
            let cells: Vec<u32> = cells.iter().map(|cell| {
                let at = seen.iter().position(|s| s == cell);
                at.unwrap_or_else(|| { seen.push(*cell); seen.len() - 1 }) as u32
            }).collect();
            let runs = Runs::new(&cells, seen.len());
            let order = runs.order.clone().unwrap_or_else(|| (0..rows.len() as u32).collect());
            let values: Vec<f64> = order.iter().map(|row| rows[*row as usize].1).collect();
            let masks: [Vec<u64>; WIDTH] = std::array::from_fn(|lane| {
                let mut words = vec![0; rows.len().div_ceil(64)];
                for (place, row) in order.iter().enumerate() {
                    words[place / 64] |= u64::from(rows[*row as usize].2[lane]) << (place % 64);
                }
                words
            });
            // Without a mask all rows count.
            let lanes: [Lane<'_>; WIDTH] = std::array::from_fn(|lane| Lane {
                values: &values,
                mask: (lane > 0).then_some(masks[lane].as_slice()),
            });
            for (cell, from, to) in runs.between(0, rows.len()) {
                let mut sums = Sums::default();
                let middle = from + (to - from) / 3;
                add(&mut sums, &lanes, 0, from, middle);
                add(&mut sums, &lanes, 0, middle, to);
                for (lane, sum) in sums.sums.iter().enumerate() {
                    let (mut plain, mut rest) = (0.0_f64, 0.0_f64);
                    let (mut least, mut counted) = (f64::INFINITY, 0);
                    for (at, row) in rows.iter().enumerate() {
                        if cells[at] as usize == cell && (lane == 0 || row.2[lane]) {
                            let total = plain + row.1;
                            // Of the two the larger loses nothing (Neumaier 1974): the same error by another way.
                            rest += if plain.abs() >= row.1.abs() {
                                (plain - total) + row.1
                            } else {
                                (row.1 - total) + plain
                            };
                            plain = total;
                            least = f64::min(least, row.1);
                            counted += 1;
                        }
                    }
                    prop_assert_eq!(sum.to_bits(), f64::to_bits(plain));
                    prop_assert_eq!(sums.rests[lane], rest);
                    let smallest = extreme(f64::INFINITY, &lanes[lane], 0, (from, to), f64::min);
                    prop_assert_eq!(smallest, least);
                    if lane > 0 {
                        prop_assert_eq!(masks::count(&masks[lane], from, to), counted);
                    }
                }
            }
        }
    }
}
