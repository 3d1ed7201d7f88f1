//! The rows of a table about persons, and what counts and sums over them are shown as.

use super::cell_key::{Perturbation, key_for};
use super::controlled::nearest;
use super::figures::System;
use super::layout::Shown;
use super::reading::{Part, Reading, Term};
use super::sets::{Set, Sets};
use crate::dataset::Dataset;
use crate::engine::classes::Classes;
use crate::engine::contributions::{Contribution, largest};
use crate::evaluation::Evaluation;
use crate::finding::Stop;
use crate::outcome::Way;

/// What is added up over rows.
enum Sum {
    /// One for each.
    Count,
    /// Something else.
    Amount(Amount),
}

/// An amount that is added up.
struct Amount {
    /// What it is, but for a factor: equal for the same amount in any evaluation.
    what: String,
    /// 1 or -1.
    sign: f64,
    /// The most that a row adds, by class.
    most: Vec<f64>,
    /// The most that a row of the table adds, wherever it is.
    in_table: f64,
}

/// Rows of classes, and what is added up over them.
pub(super) struct Over {
    /// Whether the rows of each class are in it.
    pub members: Vec<bool>,
    sum: Sum,
}

impl Over {
    /// The number of rows.
    pub fn rows(members: Vec<bool>) -> Over {
        Over {
            members,
            sum: Sum::Count,
        }
    }

    /// Whether it is a number of rows.
    pub fn is_count(&self) -> bool {
        matches!(self.sum, Sum::Count)
    }
}

/// The rows of a table, and what its sums are shown as.
pub(super) struct Ground<'a> {
    /// The classes as sets of rows.
    pub sets: Sets,
    /// The way.
    pub way: &'a Way,
    /// What sets of rows are rounded to.
    pub shown: Shown,
    perturbation: Option<Perturbation>,
    threshold: u64,
    classes: &'a Classes,
    reading: &'a Reading,
    added: Vec<Contribution>,
    largest: Vec<Vec<f64>>,
    weight: Option<usize>,
}

impl<'a> Ground<'a> {
    /// Of the classes of a reading; `terms` are what is added up, `weight` is the expression of the weight.
    ///
    /// # Errors
    /// A [`Stop`] when a file can't be read.
    pub fn new(
        (evaluation, dataset, way): (&Evaluation, &Dataset, &'a Way),
        (reading, classes): (&'a Reading, &'a Classes),
        (terms, weight): (Vec<&Term>, Option<usize>),
    ) -> Result<Ground<'a>, Stop> {
        let mut added: Vec<Contribution> = Vec::new();
        for term in terms {
            let one = added_of(term, reading, weight);
            if let Some(one) = one.filter(|one| !added.contains(one)) {
                added.push(one);
            }
        }
        let scan = &reading.telling.scan;
        let asked = (added.as_slice(), classes.list.len());
        let largest = match added.is_empty() {
            true => vec![],
            false => largest(dataset, scan, &classes.followed, asked)?,
        };
        let threshold = evaluation.small_cells;
        Ok(Ground {
            sets: Sets::new(classes, evaluation.secret.as_ref()),
            way,
            shown: Shown::default(),
            perturbation: matches!(way, Way::CellKey { .. }).then(|| Perturbation::new(threshold)),
            threshold,
            classes,
            reading,
            added,
            largest,
            weight,
        })
    }

    /// Whether it is settled what a set is rounded to.
    pub fn is_shown(&self, set: Set) -> bool {
        set.count == 0 || self.shown.contains_key(&set.mark)
    }

    /// What parts add up over the rows that are in one of them.
    pub fn over(&self, parts: &[Part], members: Vec<bool>, system: &System<'_>) -> Over {
        let classes = members.len();
        let is_one = |at: usize| self.classes.binary.get(at) == Some(&true);
        let mut counts = true;
        let mut most = vec![0.0; classes];
        let mut in_table = 0.0;
        let mut what = Vec::new();
        // The same amount times another number has the same noise times that number.
        let first = parts.first().map_or(1.0, |part| part.factor);
        for part in parts {
            let ones = match part.term {
                Term::Rows => true,
                Term::Sum(at, weighted) => !weighted && is_one(at),
                _ => false,
            };
            counts &= ones && part.factor == 1.0;
            let one = added_of(&part.term, self.reading, self.weight);
            what.push(self.in_words(one, part.factor / first));
            let known = one.and_then(|one| self.added.iter().position(|a| *a == one));
            let largest = known.and_then(|at| self.largest.get(at)).filter(|_| !ones);
            let of = |class: usize| {
                let most = largest.map_or(Some(1.0), |l| l.get(class).copied());
                part.factor.abs() * most.unwrap_or(0.0)
            };
            in_table += (0..classes).map(of).fold(0.0, f64::max);
            for (class, most) in most.iter_mut().enumerate() {
                let mut bits = part.bits.iter();
                if bits.all(|(bit, with)| system.has(class as u32, *bit) == *with) {
                    *most += of(class);
                }
            }
        }
        // Parts that overlap count a row twice.
        if counts && most.iter().all(|most| *most <= 1.0) {
            return Over::rows(members);
        }
        let amount = Amount {
            what: what.join(" + "),
            sign: first.signum(),
            most,
            in_table,
        };
        Over {
            members,
            sum: Sum::Amount(amount),
        }
    }

    fn in_words(&self, added: Option<Contribution>, factor: f64) -> String {
        let expressions = &self.reading.telling.scan.expressions;
        let text = |at: Option<usize>| {
            let node = at.and_then(|at| expressions.get(at));
            node.map_or("1".to_owned(), ToString::to_string)
        };
        let (expression, weight) = added.map_or((None, None), |a| (a.expression, a.weight));
        format!("{factor} * {} * {}", text(expression), text(weight))
    }

    /// Index of the table.
    pub fn table(&self) -> usize {
        self.reading.telling.scan.table
    }

    /// All classes.
    pub fn everything(&self) -> Vec<u32> {
        (0..self.sets.classes() as u32).collect()
    }

    /// Whether no row of the table has a weight.
    pub fn unweighted(&self) -> bool {
        self.weight.is_none()
    }

    /// What a number of rows is shown as where a person has up to `most` of them, and the variance of that; `None`: not at all.
    fn count(&self, set: Set, most: u64) -> Option<(f64, f64)> {
        if set.count == 0 {
            return Some((0.0, 0.0));
        }
        let many = most as f64;
        match (self.way, &self.perturbation) {
            (Way::CellKey { variance, .. }, Some(noise)) if most > 1 => {
                let by = many * variance.sqrt();
                let shown = set.count as f64 + by * noise.noise(key_for(set.key, ""));
                let shown = shown.round();
                let least = self.threshold as f64;
                Some((if shown < least { 0.0 } else { shown }, by * by))
            }
            (Way::CellKey { .. }, Some(noise)) => {
                let shown = noise.shown(set.count, key_for(set.key, ""));
                Some((shown as f64, noise.variance_of(shown)))
            }
            (Way::Round { base }, _) => {
                let by = one_two_five(many);
                let unit = *base * by as u64;
                let multiples = match self.shown.get(&set.mark) {
                    Some(known) if most == 1 => (*known)?,
                    _ => nearest(set.count, unit),
                };
                Some((
                    (multiples * unit) as f64,
                    rounding_variance(*base) * by * by,
                ))
            }
            _ => None,
        }
    }

    /// What a number of different values in some rows of a place is shown as, and the variance of that; `None`: not at all.
    pub fn distinct(
        &self,
        over: &Over,
        place: &[u32],
        (values, what): (u64, &str),
    ) -> Option<(f64, f64)> {
        let set = self.sets.of(place, &over.members);
        if values == set.count {
            return self.count(set, self.sets.most_rows(place, &over.members));
        }
        match (self.way, &self.perturbation) {
            (Way::CellKey { .. }, Some(noise)) => {
                let shown = noise.shown(values, key_for(set.key, what));
                Some((shown as f64, noise.variance_of(shown)))
            }
            (Way::Round { base }, _) => {
                let shown = nearest(values, *base) * base;
                Some((shown as f64, rounding_variance(*base)))
            }
            _ => None,
        }
    }

    /// What a sum over the rows of a place is shown as, and the variance of that; `None`: not at all.
    pub fn sum(&self, over: &Over, place: &[u32], exact: f64) -> Option<(f64, f64)> {
        let set = self.sets.of(place, &over.members);
        let rows = self.sets.most_rows(place, &over.members);
        let shown = self.count(set, rows)?;
        let Sum::Amount(amount) = &over.sum else {
            return Some(shown);
        };
        // Where no person is shown, nothing of one is.
        if shown.0 == 0.0 {
            return Some((0.0, 0.0));
        }
        match (self.way, &self.perturbation) {
            (Way::CellKey { .. }, Some(noise)) => {
                let chosen = place.iter().map(|c| *c as usize);
                let chosen = chosen.filter(|c| over.members.get(*c) == Some(&true));
                let most = chosen.filter_map(|c| amount.most.get(c).copied());
                let by = most.fold(0.0, f64::max) * rows as f64;
                let noise = noise.noise(key_for(set.key, &amount.what));
                Some((exact + amount.sign * by * noise, by * by))
            }
            (Way::Round { base }, _) => {
                // By the whole table, so that the unit tells nothing of the rows of a place.
                let by = one_two_five(amount.in_table) * one_two_five(rows as f64);
                if by == 0.0 {
                    return Some((0.0, 0.0));
                }
                let unit = by * *base as f64;
                let shown = (exact / unit).round() * unit;
                Some((shown, rounding_variance(*base) * by * by))
            }
            _ => None,
        }
    }

    /// What the number of rows of a place is shown as; `None`: not at all.
    pub fn number(&self, over: &Over, place: &[u32]) -> Option<u64> {
        let set = self.sets.of(place, &over.members);
        let (shown, _) = self.count(set, self.sets.most_rows(place, &over.members))?;
        Some(shown as u64)
    }

    /// Below so many rows, a share or mean is mostly noise.
    pub fn least_rows(&self) -> u64 {
        match self.way {
            Way::Suppress => 0,
            Way::Round { base } => 2 * base,
            Way::CellKey { deviation, .. } => *deviation,
        }
    }
}

/// Variance that is added by rounding to a base where figures must add up: (b^2 - 1) / 6.
pub(super) fn rounding_variance(base: u64) -> f64 {
    ((base * base) as f64 - 1.0) / 6.0
}

/// The least of 1, 2 and 5 times a power of ten that is not less.
fn one_two_five(x: f64) -> f64 {
    if x <= 0.0 || !x.is_finite() {
        return 0.0;
    }
    let power = 10_f64.powi(x.log10().floor() as i32);
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    let found = steps.into_iter().find(|step| *step >= x * (1.0 - 1e-12));
    found.unwrap_or(10.0 * power)
}

/// What a term adds per row; nothing for rows.
fn added_of(term: &Term, reading: &Reading, weight: Option<usize>) -> Option<Contribution> {
    let (expression, weighted) = match term {
        Term::Weight => (None, true),
        Term::Sum(at, weighted) => (Some(*reading.telling.amounts.get(*at)?), *weighted),
        _ => return None,
    };
    Some(Contribution {
        expression,
        weight: weight.filter(|_| weighted),
    })
}
