//! Which figures of a set are shown: as many as there can be, the most important first.

use super::echelon::{Echelon, Form, is_small};
use super::figures::{Figure, System};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// After so many rounds of looking for unions of classes that follow, what tells them is withheld without another look.
pub const ROUNDS: usize = 40;

/// Figures with what is known of the classes.
pub struct Problem<'a> {
    /// All figures of the table.
    pub figures: &'a [Figure],
    /// The classes.
    pub system: &'a System<'a>,
    /// Classes of fewer persons than the threshold.
    pub small: Arc<[bool]>,
    /// Code of the programme of each class.
    pub programmes: Vec<u32>,
}

/// Which figures of a block are shown, and what follows from them.
#[derive(Debug, Clone)]
pub struct Solved {
    /// What follows.
    pub shown: Echelon,
    /// The figures shown.
    pub figures: Vec<usize>,
}

impl Problem<'_> {
    /// Code of the programme that a coordinate speaks of.
    pub fn programme_of(&self, coordinate: u64) -> u32 {
        let class = coordinate.checked_rem(self.programmes.len() as u64);
        let code = class.and_then(|class| self.programmes.get(class as usize));
        code.copied().unwrap_or_default()
    }

    /// Figures in order of importance; within a rank larger ones first.
    pub fn in_order(&self, mut figures: Vec<usize>) -> Vec<usize> {
        figures.sort_by_key(|at| {
            let figure = self.figures.get(*at);
            let of = |f: &Figure| (f.rank, std::cmp::Reverse(f.size), f.cell);
            figure.map(of)
        });
        figures
    }

    /// Chooses among figures that stand in order, without those that are withheld for another reason. `targets` must not follow.
    pub fn solve(&self, order: &[usize], held: &BTreeSet<usize>, targets: &[Form]) -> Solved {
        let all = || {
            order
                .iter()
                .filter_map(|at| Some((*at, self.figures.get(*at)?)))
        };
        let own = all().flat_map(|(_, figure)| figure.targets.iter().cloned());
        let mut targets: BTreeSet<Form> = own.chain(targets.iter().cloned()).collect();
        let mut round = 0;
        loop {
            let forms = targets.iter().cloned().collect();
            let mut solved = Solved {
                shown: Echelon::new(self.small.clone(), forms),
                figures: vec![],
            };
            for (at, figure) in all().filter(|(at, f)| !f.few && !held.contains(at)) {
                if solved.shown.show(&figure.forms) {
                    solved.figures.push(at);
                }
            }
            let found = self.unions(&solved.shown);
            if found.is_empty() {
                return solved;
            }
            if round == ROUNDS {
                return self.without(&solved, &found);
            }
            targets.extend(found);
            round += 1;
        }
    }

    /// What is left to show without all figures that speak of what these forms do: then none of them follows.
    fn without(&self, solved: &Solved, found: &[Form]) -> Solved {
        let touched: BTreeSet<u64> = found.iter().flatten().map(|(at, _)| *at).collect();
        let mut left = Solved {
            shown: Echelon::new(self.small.clone(), vec![]),
            figures: vec![],
        };
        for at in &solved.figures {
            let forms = self.figures.get(*at).map_or(&[][..], |f| &f.forms);
            let speaks = forms.iter().flatten().any(|(c, _)| touched.contains(c));
            if !speaks && left.shown.show(forms) {
                left.figures.push(*at);
            }
        }
        left
    }

    /// Sums over up to four classes, together of fewer persons than the threshold, that follow from what is shown.
    pub fn unions(&self, shown: &Echelon) -> Vec<Form> {
        let count = self.small.len() as u64;
        if count == 0 {
            return vec![];
        }
        // By term, the rows whose pivots are of small classes.
        let mut by_term: FxHashMap<u64, Vec<&Form>> = FxHashMap::default();
        let mut terms = Vec::new();
        for (pivot, row) in shown.rows() {
            if is_small(&self.small, *pivot) {
                let of = by_term.entry(pivot / count).or_insert_with(|| {
                    terms.push(pivot / count);
                    vec![]
                });
                of.push(row);
            }
        }
        let mut found = Vec::new();
        for term in terms {
            let rows = by_term.get(&term).map_or(&[][..], Vec::as_slice);
            // One row, or two that leave nothing but ones when added up.
            for (at, row) in rows.iter().enumerate() {
                self.take(row, term, &mut found);
                for other in rows.iter().skip(at + 1) {
                    if let Some(sum) = short_sum(row, other) {
                        self.take(&sum, term, &mut found);
                    }
                }
            }
            self.three_and_four(rows, term, &mut found);
        }
        found
    }

    /// Three or four rows of which the others cancel.
    fn three_and_four(&self, rows: &[&Form], term: u64, found: &mut Vec<Form>) {
        // What a row has beside its pivots, as a number: equal numbers for equal rests.
        let hash = |row: &Form| {
            let each = row
                .iter()
                .map(|(at, x)| super::field::multiply(random(*at), *x));
            each.fold(0, super::field::add)
        };
        let count = self.small.len() as u64;
        let known: Vec<u64> = rows.iter().map(|row| hash(row)).collect();
        // Sums of one to three classes of the term, by number, would be many: only the pivots' own are looked at.
        let Some(ones) = (rows.len() <= 200).then(|| {
            let ones = rows.iter().filter_map(|row| row.last());
            ones.map(|(at, _)| random(*at)).collect::<Vec<u64>>()
        }) else {
            return;
        };
        let rest = |at: usize| -> u64 {
            let (hash, own) = (known.get(at), ones.get(at));
            super::field::add(
                hash.copied().unwrap_or(0),
                super::field::negate(own.copied().unwrap_or(0)),
            )
        };
        let rests: Vec<u64> = (0..rows.len()).map(rest).collect();
        let mut singles: Vec<(u64, usize)> = rests.iter().copied().zip(0..).collect();
        singles.sort_unstable();
        let mut pairs: Vec<(u64, (usize, usize))> = Vec::with_capacity(rests.len().pow(2) / 2);
        for (a, x) in rests.iter().enumerate() {
            let others = rests.iter().enumerate().skip(a + 1);
            pairs.extend(others.map(|(b, y)| (super::field::add(*x, *y), (a, b))));
        }
        pairs.sort_unstable();
        let pivots: BTreeSet<u64> = rows.iter().filter_map(|r| Some(r.last()?.0)).collect();
        let of_term = term * count..(term + 1) * count;
        let free = of_term.filter(|at| is_small(&self.small, *at) && !pivots.contains(at));
        let free: Vec<u64> = free.collect();
        let mut add = |of: &[usize]| {
            let mut sum: Form = vec![];
            for row in of.iter().filter_map(|at| rows.get(*at)) {
                sum = super::echelon::combine(&sum, 1, row);
            }
            self.take(&sum, term, found);
        };
        // Three, and one class that has no row of its own.
        for free in free.iter().take_while(|_| rows.len() <= 40) {
            for (rest, c) in &singles {
                let both = super::field::add(random(*free), super::field::negate(*rest));
                for (a, b) in with(&pairs, both).filter(|(_, b)| b < c) {
                    add(&[*a, *b, *c]);
                }
            }
        }
        opposite(&pairs, &singles, |(a, b), c| {
            if c > b {
                add(&[*a, *b, *c]);
            }
        });
        opposite(&pairs, &pairs, |(a, b), (c, d)| {
            let apart = [a, b].iter().all(|at| *at != c && *at != d);
            if (c, d) < (a, b) && apart {
                add(&[*a, *b, *c, *d]);
            }
        });
    }

    /// Keeps a form if it is the sum of a term over few classes with few persons.
    fn take(&self, form: &Form, term: u64, found: &mut Vec<Form>) {
        let count = self.small.len() as u64;
        if form.is_empty() || form.len() > 4 {
            return;
        }
        let is_sum = form
            .iter()
            .all(|(at, x)| *x == 1 && at / count == term && is_small(&self.small, *at));
        let classes: Vec<u32> = form.iter().map(|(at, _)| (at % count) as u32).collect();
        if is_sum && self.system.persons(&classes).is_some() {
            found.push(form.clone());
        }
    }
}

/// What stands in two sorted lists with numbers that add up to zero.
fn opposite<A, B>(a: &[(u64, A)], b: &[(u64, B)], mut found: impl FnMut(&A, &B)) {
    let mut left = b;
    for (number, what) in a {
        if *number == 0 {
            with(b, 0).for_each(|other| found(what, other));
            continue;
        }
        // The greater the one, the smaller the other.
        let wanted = super::field::negate(*number);
        while let [rest @ .., (last, _)] = left
            && *last > wanted
        {
            left = rest;
        }
        let equal = left.iter().rev().take_while(|(x, _)| *x == wanted);
        equal.for_each(|(_, other)| found(what, other));
    }
}

/// What stands with a number in a sorted list.
fn with<T>(sorted: &[(u64, T)], number: u64) -> impl Iterator<Item = &T> {
    let first = sorted.partition_point(|(other, _)| *other < number);
    let rest = sorted.get(first..).unwrap_or_default().iter();
    rest.take_while(move |(other, _)| *other == number)
        .map(|(_, what)| what)
}

/// The sum of two rows, where it has no more than four coordinates.
fn short_sum(a: &Form, b: &Form) -> Option<Form> {
    if a.len().abs_diff(b.len()) > 4 {
        return None;
    }
    let mut sum: Form = Vec::with_capacity(4);
    let (mut i, mut j) = (0, 0);
    loop {
        let next = match (a.get(i), b.get(j)) {
            (None, None) => return Some(sum),
            (Some(x), Some(y)) if x.0 == y.0 => {
                (i, j) = (i + 1, j + 1);
                (x.0, super::field::add(x.1, y.1))
            }
            (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                i += 1;
                *x
            }
            (_, Some(y)) => {
                j += 1;
                *y
            }
            (Some(_), None) => return Some(sum),
        };
        if next.1 != 0 {
            if sum.len() == 4 {
                return None;
            }
            sum.push(next);
        }
    }
}

/// A fixed residue that looks like any other, for each coordinate (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number
/// generators": the finaliser of SplitMix64).
pub fn random(coordinate: u64) -> u64 {
    let mut x = coordinate
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 3) % super::field::PRIME
}
