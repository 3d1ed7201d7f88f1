//! What follows from the figures shown: their equations in reduced echelon form, to which figures are added one by one unless
//! something protected would follow.

use super::field::{add, inverse, multiply, negate};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A linear form: coordinates with their coefficients (residues, none of them zero), in order of coordinates.
pub type Form = Vec<(u64, u64)>;

/// The span of the figures shown.
#[derive(Debug, Clone)]
pub struct Echelon {
    /// Rows in reduced form, each with its pivot. No row has another's pivot.
    rows: Vec<(u64, Form)>,
    /// Row of each pivot.
    pivots: FxHashMap<u64, usize>,
    /// Classes of which nothing must follow. Coordinates go round the classes, term by term.
    protected: Arc<[bool]>,
    /// Forms that must not follow, reduced by the rows.
    targets: Vec<Form>,
}

/// `a + factor * b`.
pub fn combine(a: &[(u64, u64)], factor: u64, b: &[(u64, u64)]) -> Form {
    let mut sum = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (Some((i, x)), Some((j, y))) => {
                if i < j {
                    sum.push((*i, *x));
                    a.next();
                } else if j < i {
                    sum.push((*j, multiply(factor, *y)));
                    b.next();
                } else {
                    let both = add(*x, multiply(factor, *y));
                    if both != 0 {
                        sum.push((*i, both));
                    }
                    a.next();
                    b.next();
                }
            }
            (Some((i, x)), None) => {
                sum.push((*i, *x));
                a.next();
            }
            (None, Some((j, y))) => {
                sum.push((*j, multiply(factor, *y)));
                b.next();
            }
            (None, None) => return sum,
        }
    }
}

/// Whether a coordinate is of a class that is protected.
pub fn is_small(protected: &[bool], coordinate: u64) -> bool {
    let class = coordinate.checked_rem(protected.len() as u64);
    class.is_some_and(|class| protected.get(class as usize) == Some(&true))
}

fn coefficient(form: &[(u64, u64)], coordinate: u64) -> Option<u64> {
    let at = form.binary_search_by_key(&coordinate, |(c, _)| *c).ok()?;
    form.get(at).map(|(_, x)| *x)
}

/// What a trial changed, to be taken back.
#[derive(Default)]
struct Changes {
    rows: Vec<(usize, Form)>,
    targets: Vec<(usize, Form)>,
    added: usize,
}

impl Echelon {
    /// Nothing is shown yet. `protected` says of each class whether any of its coordinates must not follow; nor must the `targets`.
    pub fn new(protected: Arc<[bool]>, targets: Vec<Form>) -> Echelon {
        Echelon {
            rows: vec![],
            pivots: FxHashMap::default(),
            protected,
            targets,
        }
    }

    /// The same figures shown, with other classes and forms of which nothing must follow. What follows already can't be helped.
    pub fn beside(
        &self,
        protected: Arc<[bool]>,
        targets: impl IntoIterator<Item = Form>,
    ) -> Echelon {
        let targets = targets.into_iter().map(|form| self.reduce(&form));
        Echelon {
            rows: self.rows.clone(),
            pivots: self.pivots.clone(),
            protected,
            targets: targets.filter(|form| !form.is_empty()).collect(),
        }
    }

    /// How many figures are independent of each other.
    #[cfg(test)]
    pub fn rank(&self) -> usize {
        self.rows.len()
    }

    /// The rows with their pivots.
    pub fn rows(&self) -> &[(u64, Form)] {
        &self.rows
    }

    /// What is left of a form where all that is shown is known.
    pub fn reduce(&self, form: &[(u64, u64)]) -> Form {
        let mut left = form.to_vec();
        for (coordinate, x) in form {
            let row = self
                .pivots
                .get(coordinate)
                .and_then(|at| self.rows.get(*at));
            if let Some((_, row)) = row {
                left = combine(&left, negate(*x), row);
            }
        }
        left
    }

    /// Shows the forms of a figure, all or none: none where something protected would follow. Gives whether they are shown.
    pub fn show(&mut self, forms: &[Form]) -> bool {
        let mut changes = Changes::default();
        for form in forms {
            if !self.add(form, &mut changes) {
                self.take_back(changes);
                return false;
            }
        }
        true
    }

    /// Adds a row; `false` where something protected follows.
    fn add(&mut self, form: &[(u64, u64)], changes: &mut Changes) -> bool {
        let left = self.reduce(form);
        // The last coordinates are sums, which fewer figures speak of.
        let Some((pivot, x)) = left.last().copied() else {
            return true;
        };
        let by = inverse(x);
        let new: Form = left.iter().map(|(c, x)| (*c, multiply(*x, by))).collect();
        let protected = self.protected.clone();
        let is_told = |form: &Form| match form.as_slice() {
            [(only, _)] => is_small(&protected, *only),
            _ => false,
        };
        let mut safe = !is_told(&new);
        for (at, (_, row)) in self.rows.iter_mut().enumerate() {
            if let Some(x) = coefficient(row, pivot) {
                let changed = combine(row, negate(x), &new);
                safe &= !is_told(&changed);
                changes.rows.push((at, std::mem::replace(row, changed)));
            }
        }
        for (at, target) in self.targets.iter_mut().enumerate() {
            if let Some(x) = coefficient(target, pivot) {
                let changed = combine(target, negate(x), &new);
                safe &= !changed.is_empty();
                changes
                    .targets
                    .push((at, std::mem::replace(target, changed)));
            }
        }
        self.pivots.insert(pivot, self.rows.len());
        self.rows.push((pivot, new));
        changes.added += 1;
        safe
    }

    fn take_back(&mut self, changes: Changes) {
        for (at, old) in changes.rows.into_iter().rev() {
            if let Some((_, row)) = self.rows.get_mut(at) {
                *row = old;
            }
        }
        for (at, old) in changes.targets.into_iter().rev() {
            if let Some(target) = self.targets.get_mut(at) {
                *target = old;
            }
        }
        for _ in 0..changes.added {
            if let Some((pivot, _)) = self.rows.pop() {
                self.pivots.remove(&pivot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(of: &[u64]) -> Form {
        of.iter().map(|c| (*c, 1)).collect()
    }

    #[test]
    fn a_figure_that_would_tell_a_protected_one_is_refused_and_leaves_no_trace() {
        // a + b and b + c + d are shown; then c + d tells b, and with it a.
        let protected = [true, false, false, false];
        let mut shown = Echelon::new(Arc::new(protected), vec![]);
        assert!(shown.show(&[sum(&[0, 1])]));
        assert!(shown.show(&[sum(&[1, 2, 3])]));
        let before = format!("{:?}", shown.rows());
        assert!(!shown.show(&[sum(&[2]), sum(&[2, 3])]));
        assert_eq!(format!("{:?}", shown.rows()), before);
        assert!(shown.show(&[sum(&[0, 1, 2])]), "c alone tells nothing of a");
        assert_eq!(shown.rank(), 3);
        assert!(!shown.show(&[sum(&[3])]), "with d, b and a follow");
    }

    #[test]
    fn a_sum_of_several_may_be_what_must_not_follow() {
        let mut shown = Echelon::new(Arc::new([false; 4]), vec![sum(&[0, 1])]);
        assert!(shown.show(&[sum(&[0, 1, 2])]));
        assert!(shown.show(&[sum(&[0])]));
        assert!(!shown.show(&[sum(&[2])]));
        assert!(shown.show(&[sum(&[2, 3])]));
        assert!(!shown.show(&[sum(&[3])]));
    }
}
