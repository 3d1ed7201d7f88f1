//! Two classes of different programmes of which something follows together, by totals over programmes.

use super::echelon::{Echelon, Form, is_small};
use super::field::{add, multiply, negate};
use super::solve::random;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What is known of the classes.
pub struct Known<'a> {
    /// Classes of fewer persons than the threshold.
    pub small: &'a Arc<[bool]>,
    /// Code of the programme that a coordinate speaks of.
    pub programme_of: &'a dyn Fn(u64) -> u32,
    /// Whether two classes have fewer persons together than the threshold.
    pub are_few: &'a dyn Fn(&[u32]) -> bool,
}

/// Sums of a term over two small classes in two programmes that follow from what each programme shows (`blocks`, one for each, which have no
/// coordinate in common) and from totals, of which each is given as what is left of it where all that the programmes show is known.
///
/// `e_a + e_b` follows where what is left of it lies in the span of what is left of the totals; since no two blocks share a coordinate, both
/// halves then consist of coordinates of that span.
pub fn unions(blocks: &[&Echelon], totals: &[Form], known: &Known<'_>) -> Vec<Form> {
    let mut span = Echelon::new(Arc::new([]), vec![]);
    for form in totals {
        span.show(std::slice::from_ref(form));
    }
    let support: FxHashSet<u64> = span
        .rows()
        .iter()
        .flat_map(|(_, row)| row.iter().map(|(at, _)| *at))
        .collect();
    let mut halves: Vec<(u64, Form)> = Vec::new();
    for block in blocks {
        for (pivot, row) in block.rows() {
            let rest = row.iter().filter(|(at, _)| at != pivot);
            if is_small(known.small, *pivot) && rest.clone().all(|(at, _)| support.contains(at)) {
                halves.push((*pivot, rest.map(|(at, x)| (*at, negate(*x))).collect()));
            }
        }
    }
    let own = support.iter().filter(|at| is_small(known.small, **at));
    halves.extend(own.map(|at| (*at, vec![(*at, 1)])));
    halves.sort_by_key(|(at, _)| *at);
    // What is left of each half, as a number: opposite numbers for opposite forms.
    let numbers: Vec<u64> = halves
        .iter()
        .map(|(_, half)| {
            let left = span.reduce(half);
            let each = left.iter().map(|(at, x)| multiply(random(*at), *x));
            each.fold(0, add)
        })
        .collect();
    let mut places: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for (at, number) in numbers.iter().enumerate() {
        places.entry(*number).or_default().push(at);
    }
    let count = known.small.len().max(1) as u64;
    let mut found = Vec::new();
    for (first, number) in numbers.iter().enumerate() {
        for second in places.get(&negate(*number)).into_iter().flatten() {
            let (Some((a, _)), Some((b, _))) = (halves.get(first), halves.get(*second)) else {
                continue;
            };
            let is_pair = a < b && a / count == b / count;
            if is_pair
                && (known.programme_of)(*a) != (known.programme_of)(*b)
                && (known.are_few)(&[(a % count) as u32, (b % count) as u32])
            {
                found.push(vec![(*a, 1), (*b, 1)]);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_less_what_programmes_show_tells_of_two_of_them() {
        // Three programmes with classes 0 1, 2 3 and 4 5; the second of each is large. Each shows the sum of both but the third, which shows both.
        let small: Arc<[bool]> = Arc::new([true, false, true, false, true, false]);
        let block = |forms: &[&[(u64, u64)]]| {
            let mut shown = Echelon::new(Arc::new([]), vec![]);
            for form in forms {
                shown.show(&[form.to_vec()]);
            }
            shown
        };
        let blocks = [
            block(&[&[(0, 1), (1, 1)]]),
            block(&[&[(2, 1), (3, 1)]]),
            block(&[&[(4, 1)], &[(5, 1)]]),
        ];
        let left = |form: &[(u64, u64)]| {
            let all = blocks.iter();
            all.fold(form.to_vec(), |form, block| block.reduce(&form))
        };
        let few = |_: &[u32]| true;
        let known = Known {
            small: &small,
            programme_of: &|at| (at / 2) as u32,
            are_few: &few,
        };
        let blocks: Vec<&Echelon> = blocks.iter().collect();
        // All first classes together, of which the third's is shown.
        let total = left(&[(0, 1), (2, 1), (4, 1)]);
        assert_eq!(unions(&blocks, &[total], &known), [vec![(0, 1), (2, 1)]]);
        // All second classes tell the same by what is left of the wholes.
        let total = left(&[(1, 1), (3, 1), (5, 1)]);
        assert_eq!(unions(&blocks, &[total], &known), [vec![(0, 1), (2, 1)]]);
        // All of all tell nothing more.
        let total = left(&[(0, 1), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]);
        assert_eq!(unions(&blocks, &[total], &known), Vec::<Form>::new());
        // Twice the first and once the second is no sum of both.
        let total = left(&[(0, 2), (2, 1), (4, 1)]);
        assert_eq!(unions(&blocks, &[total], &known), Vec::<Form>::new());
    }
}
