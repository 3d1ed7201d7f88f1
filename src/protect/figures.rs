//! The figures about the rows of a table as equations over its classes.

use super::echelon::{Form, combine};
use super::field::{add, multiply, negate, residue, whole};
use super::reading::{Bit, Part, Reading, Term};
use super::summed::Summed;
use crate::engine::classes::Classes;
use crate::estimate::Estimated;
use crate::indicator::formula::node::{Formula, Op, Value};
use crate::outcome::{Estimate, Status};
use crate::plan::cut::Cut;
use std::collections::{BTreeMap, BTreeSet};

/// A figure: what is published of one cell of an indicator.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Index of the indicator in the plan.
    pub item: usize,
    /// Index of the cell among its estimates.
    pub cell: usize,
    /// Code of the programme whose rows it speaks of; `None`: of several or all.
    pub programme: Option<u32>,
    /// What it tells.
    pub forms: Vec<Form>,
    /// What must not follow since it rests on too few persons.
    pub targets: Vec<Form>,
    /// Whether it rests on too few persons itself.
    pub few: bool,
    /// The lower, the more important: of all programmes or of one, whole, group or period; by column; indicator asked for or not, in
    /// their order.
    pub rank: (u8, usize, bool, usize),
    /// Rows behind it, as they are shown.
    pub size: u64,
    /// Group and period.
    pub cut: (Option<(String, Option<String>)>, Option<String>),
}

/// How an indicator reads the table.
pub struct Measuring<'a> {
    /// Index in the plan.
    pub item: usize,
    /// Whether the evaluation asks for it.
    pub requested: bool,
    /// How its rows are grouped.
    pub cut: &'a Cut,
    /// Key of the reading for each key of the cut's scan.
    pub keys: BTreeMap<usize, usize>,
    /// What its values are made of.
    pub made: Made<'a>,
}

/// What values are made of.
pub enum Made<'a> {
    /// A formula over sums.
    Formula {
        /// The formula.
        formula: &'a Formula,
        /// Its aggregates as sums.
        aggregates: Vec<Summed>,
        /// All rows of a cell, and those used.
        rows: Vec<Bit>,
    },
    /// Rows with a mark, one by one: as if their number were shown.
    Records(usize),
}

/// The classes of a table with the terms that figures speak of.
pub struct System<'a> {
    reading: &'a Reading,
    /// The classes.
    pub classes: &'a Classes,
    terms: Vec<Term>,
    least: u64,
    /// Classes of each place, by what tells it.
    places: BTreeMap<String, Vec<u32>>,
}

/// A sum over classes: a form, and the classes in which something is added up.
struct Sum {
    form: Form,
    over: BTreeSet<u32>,
}

impl<'a> System<'a> {
    /// Of the classes of a reading.
    pub fn new(reading: &'a Reading, classes: &'a Classes, least: u64) -> System<'a> {
        System {
            reading,
            classes,
            terms: vec![Term::Rows],
            least,
            places: BTreeMap::new(),
        }
    }

    /// Whether these classes hold some persons, but fewer than the threshold.
    fn are_few<'b>(&self, classes: impl IntoIterator<Item = &'b u32>) -> bool {
        self.persons(classes).is_some_and(|persons| persons > 0)
    }

    /// Persons in classes, where they are fewer than the threshold.
    pub fn persons<'b>(&self, classes: impl IntoIterator<Item = &'b u32>) -> Option<usize> {
        let mut all: Vec<u64> = Vec::new();
        for class in classes {
            let class = self.classes.list.get(*class as usize)?;
            for person in &class.persons {
                if !all.contains(person) {
                    all.push(*person);
                }
            }
            if all.len() as u64 >= self.least {
                return None;
            }
        }
        Some(all.len())
    }

    /// Whether the rows of a class have a bit.
    pub fn has(&self, class: u32, bit: Bit) -> bool {
        let telling = &self.reading.telling;
        let (masks, amounts) = (telling.scan.masks.len(), telling.amounts.len());
        let at = match bit {
            Bit::Mask(at) => at,
            Bit::Amount(at) => masks + at,
            Bit::Mark(at) => masks + amounts + at,
        };
        let class = self.classes.list.get(class as usize);
        class.is_some_and(|class| class.has(at))
    }

    fn term(&mut self, term: Term) -> u64 {
        let term =
            match term {
                // What is 0 or 1 is counted.
                Term::Sum(at, weighted) if self.classes.binary.get(at) == Some(&true) => {
                    if weighted { Term::Weight } else { Term::Rows }
                }
                other => other,
            };
        match self.terms.iter().position(|t| *t == term) {
            Some(at) => at as u64,
            None => {
                self.terms.push(term);
                self.terms.len() as u64 - 1
            }
        }
    }

    /// The sum of parts over the classes of a place.
    fn sum(&mut self, parts: &[Part], place: &[u32]) -> Sum {
        let count = self.classes.list.len() as u64;
        let mut form: BTreeMap<u64, u64> = BTreeMap::new();
        let mut over = BTreeSet::new();
        for part in parts {
            let term = self.term(part.term.clone());
            let factor = residue(part.factor).unwrap_or(1);
            for class in place {
                if part
                    .bits
                    .iter()
                    .all(|(bit, with)| self.has(*class, *bit) == *with)
                {
                    let slot = form.entry(term * count + u64::from(*class)).or_default();
                    *slot = add(*slot, factor);
                    over.insert(*class);
                }
            }
        }
        let form = form.into_iter().filter(|(_, x)| *x != 0).collect();
        Sum { form, over }
    }

    /// Whether all terms of a form count rows, without weights.
    fn counts_rows(&self, form: &Form) -> bool {
        form.iter()
            .all(|(at, _)| *at < self.classes.list.len() as u64)
    }

    /// Rows of the classes of a form that counts them.
    fn rows(&self, form: &Form) -> i64 {
        let rows = |(at, _): &(u64, u64)| self.classes.list.get(*at as usize).map_or(0, |c| c.rows);
        form.iter().map(rows).sum::<u64>() as i64
    }

    /// Classes of the rows of a cell.
    pub fn place(&mut self, measuring: &Measuring<'_>, cell: &Estimate) -> Option<Vec<u32>> {
        let cut = measuring.cut;
        let key = |at: &usize| measuring.keys.get(at).copied();
        let mut wanted: Vec<(usize, Option<&str>)> = Vec::new();
        if let Some(programme) = &cell.programme {
            wanted.push((key(&cut.programme?)?, Some(programme)));
        }
        if let Some((name, label)) = &cell.group {
            let (_, at) = cut.by.iter().find(|(by, _)| by == name)?;
            wanted.push((key(at)?, label.as_deref()));
        }
        if let Some(period) = &cell.period {
            wanted.push((key(&cut.period?)?, Some(period)));
        }
        let split = cell.group.as_ref().map(|(name, _)| name);
        let mut totals: Vec<(usize, &str)> = Vec::new();
        for whole in cut.totals.iter().filter(|t| Some(&t.column) != split) {
            totals.push((key(&whole.key)?, &whole.total));
        }
        let signature = format!("{wanted:?}{totals:?}");
        if let Some(known) = self.places.get(&signature) {
            return Some(known.clone());
        }
        let classes = self.classes;
        let is_in = |class: &u32| {
            let label = |key: usize| classes.label(*class as usize, key);
            wanted.iter().all(|(key, wanted)| label(*key) == *wanted)
                && totals
                    .iter()
                    .all(|(key, total)| label(*key).is_none_or(|l| l == *total))
        };
        let found: Vec<u32> = (0..classes.list.len() as u32).filter(is_in).collect();
        self.places.insert(signature, found.clone());
        Some(found)
    }

    /// The figures of an indicator.
    pub fn figures(&mut self, measuring: &Measuring<'_>, estimated: &Estimated) -> Vec<Figure> {
        let mut figures = Vec::with_capacity(estimated.estimates.len());
        let programme = measuring.cut.programme;
        let programme = programme.and_then(|key| measuring.keys.get(&key).copied());
        for (cell, estimate) in estimated.estimates.iter().enumerate() {
            let persons = estimated.persons.get(cell);
            let few = persons.is_some_and(|p| p.fewest > 0 && p.fewest < self.least);
            let mut figure = Figure {
                item: measuring.item,
                cell,
                programme: None,
                forms: vec![],
                targets: vec![],
                few,
                rank: rank(measuring, estimate),
                size: super::rounding::rounded(estimate.n),
                cut: (estimate.group.clone(), estimate.period.clone()),
            };
            if let (Some(id), Some(key)) = (&estimate.programme, programme) {
                let labels = self.classes.labels.get(key);
                let code = labels.and_then(|l| l.iter().position(|l| l.as_deref() == Some(id)));
                figure.programme = code.map(|code| code as u32);
            }
            if let Some(place) = self.place(measuring, estimate) {
                self.tell(&mut figure, measuring, (&place, estimate));
            }
            figures.push(figure);
        }
        figures
    }

    /// A figure of all programmes that tells nothing yet.
    pub fn blank(&self, item: usize) -> Figure {
        Figure {
            item,
            cell: 0,
            programme: None,
            forms: vec![],
            targets: vec![],
            few: false,
            rank: (0, 0, false, item),
            size: 0,
            cut: (None, None),
        }
    }

    /// Adds sums over classes to what a figure tells: each of its parts by itself.
    pub fn add(&mut self, figure: &mut Figure, parts: &[Part], place: &[u32]) {
        let sums = parts
            .iter()
            .map(|part| self.sum(std::slice::from_ref(part), place));
        let sums: Vec<Sum> = sums.collect();
        let sets = sums.iter().map(|s| s.over.clone()).collect();
        figure.forms.extend(sums.iter().map(|s| s.form.clone()));
        self.guard(figure, sets, &sums);
    }

    /// Adds the mean that one part is over another to what a figure tells: whatever the mean is.
    pub fn add_mean(&mut self, figure: &mut Figure, (above, below): (&Part, &Part), place: &[u32]) {
        let sums = [above, below].map(|part| self.sum(std::slice::from_ref(part), place));
        let [above, below] = &sums;
        let any = super::solve::random(((figure.item as u64) << 20) + figure.forms.len() as u64);
        let mean = combine(&above.form, negate(any), &below.form);
        figure.forms.push(mean);
        let sets = sums.iter().map(|s| s.over.clone()).collect();
        self.guard(figure, sets, &sums);
    }

    /// Adds what a figure tells, and what follows from its being small.
    fn tell(
        &mut self,
        figure: &mut Figure,
        measuring: &Measuring<'_>,
        (place, estimate): (&[u32], &Estimate),
    ) {
        let mut sums: Vec<Sum> = Vec::new();
        let mut sets: Vec<BTreeSet<u32>> = Vec::new();
        match &measuring.made {
            Made::Records(mark) => {
                let rows = Part {
                    term: Term::Rows,
                    bits: vec![(Bit::Mark(*mark), true)],
                    factor: 1.0,
                };
                sums.push(self.sum(&[rows], place));
                figure.forms = sums.iter().map(|s| s.form.clone()).collect();
            }
            Made::Formula {
                formula,
                aggregates,
                rows,
            } => {
                for bit in rows {
                    let classes = place.iter().filter(|class| self.has(**class, *bit));
                    sets.push(classes.copied().collect());
                }
                figure.forms = self.forms(formula, aggregates, (place, estimate), &mut sums);
                // What is left of a whole when its part is taken away is told too.
                if let [part, whole] = sums.as_slice() {
                    let count = self.classes.list.len() as u64;
                    let rest = combine(&whole.form, negate(1), &part.form);
                    let classes = rest.iter().filter_map(|(at, _)| at.checked_rem(count));
                    sets.push(classes.map(|class| class as u32).collect());
                }
            }
        }
        if estimate.status != Status::Value {
            figure.forms.clear();
        }
        sets.extend(sums.iter().map(|s| s.over.clone()));
        self.guard(figure, sets, &sums);
    }

    /// Marks a figure that rests on few persons, and what must not follow therefore.
    fn guard(&self, figure: &mut Figure, sets: Vec<BTreeSet<u32>>, sums: &[Sum]) {
        let small: Vec<&BTreeSet<u32>> = sets.iter().filter(|set| self.are_few(*set)).collect();
        figure.few |= !small.is_empty();
        let count = self.classes.list.len() as u64;
        let mut terms: BTreeSet<u64> = [0].into();
        let coordinates = sums.iter().flat_map(|s| &s.form);
        terms.extend(coordinates.map(|(at, _)| at / count.max(1)));
        // A class by itself is protected as it is.
        for set in small.into_iter().filter(|set| set.len() > 1) {
            for term in &terms {
                let all = set
                    .iter()
                    .map(|class| (term * count + u64::from(*class), 1));
                figure.targets.push(all.collect());
            }
        }
    }

    /// What the value of a formula tells. The sums it is made of are added to `sums`.
    fn forms(
        &mut self,
        formula: &Formula,
        aggregates: &[Summed],
        (place, estimate): (&[u32], &Estimate),
        sums: &mut Vec<Sum>,
    ) -> Vec<Form> {
        if let (Value::Aggregate(at), Some(value)) = (&formula.value, estimate.value)
            && let Some(average) = aggregates.get(*at).filter(|a| a.is_average)
            && let [sum, weight] = average.parts.as_slice()
        {
            let (sum, weight) = (self.sum(sum, place), self.sum(weight, place));
            let is_share = self.counts_rows(&sum.form);
            let forms = if is_share {
                vec![sum.form.clone(), weight.form.clone()]
            } else {
                vec![self.mean(&sum.form, &weight.form, value)]
            };
            // A mean speaks of all rows that it is made of, and of those that add something to it.
            sums.extend([sum, weight]);
            return forms;
        }
        if let Some(form) = self.linear(&formula.value, aggregates, place, sums) {
            return vec![form];
        }
        if let Some((above, below)) = formula.ratio() {
            let mut parts = Vec::new();
            let above = self.linear(above, aggregates, place, &mut parts);
            let below = self.linear(below, aggregates, place, &mut parts);
            if let (Some(above), Some(below)) = (above, below) {
                sums.extend(parts);
                return vec![above, below];
            }
        }
        // Whatever it is, it tells no more than all that it is made of.
        sums.clear();
        for parts in aggregates.iter().flat_map(|a| &a.parts) {
            let sum = self.sum(parts, place);
            sums.push(sum);
        }
        let mut forms: Vec<Form> = sums.iter().map(|s| s.form.clone()).collect();
        forms.retain(|form| !form.is_empty());
        forms
    }

    /// `sum - value * weight`, which is zero; by whole numbers where rows are counted.
    fn mean(&self, sum: &Form, weight: &Form, value: f64) -> Form {
        let (by_sum, by_weight) = match self.counts_rows(weight) {
            true => {
                let rows = self.rows(weight);
                (whole(rows), residue(value * rows as f64))
            }
            false => (1, residue(value)),
        };
        let sum: Form = sum
            .iter()
            .map(|(at, x)| (*at, multiply(*x, by_sum)))
            .collect();
        combine(&sum, negate(by_weight.unwrap_or(1)), weight)
    }

    /// A value as a form, where it is a sum of sums.
    fn linear(
        &mut self,
        value: &Value,
        aggregates: &[Summed],
        place: &[u32],
        sums: &mut Vec<Sum>,
    ) -> Option<Form> {
        match value {
            Value::Aggregate(at) => {
                let summed = aggregates.get(*at).filter(|a| a.is_sum)?;
                let sum = self.sum(summed.parts.first()?, place);
                let form = sum.form.clone();
                sums.push(sum);
                Some(form)
            }
            Value::Number(_) => Some(vec![]),
            Value::Input(_) => None,
            Value::Call(op, arguments) => match (op, arguments.as_slice()) {
                (Op::Add | Op::Subtract, [a, b]) => {
                    let a = self.linear(a, aggregates, place, sums)?;
                    let b = self.linear(b, aggregates, place, sums)?;
                    let factor = if *op == Op::Subtract { negate(1) } else { 1 };
                    Some(combine(&a, factor, &b))
                }
                (Op::Negate, [a]) => {
                    let a = self.linear(a, aggregates, place, sums)?;
                    Some(combine(&[], negate(1), &a))
                }
                (Op::NullIf | Op::Coalesce, [a, Value::Number(_)]) => {
                    self.linear(a, aggregates, place, sums)
                }
                (Op::Multiply, [Value::Number(x), a] | [a, Value::Number(x)]) if *x != 0.0 => {
                    let a = self.linear(a, aggregates, place, sums)?;
                    Some(combine(&[], residue(*x)?, &a))
                }
                (Op::Divide, [a, Value::Number(x)]) if *x != 0.0 => {
                    let a = self.linear(a, aggregates, place, sums)?;
                    Some(combine(&[], residue(1.0 / x)?, &a))
                }
                _ => None,
            },
        }
    }
}

/// How much a figure matters: what is of all programmes before what is of one, groups after their whole, periods last.
fn rank(measuring: &Measuring<'_>, estimate: &Estimate) -> (u8, usize, bool, usize) {
    let of_programme = u8::from(estimate.programme.is_some());
    let column = match &estimate.group {
        Some((name, _)) => measuring.cut.by.iter().position(|(by, _)| by == name),
        None => None,
    };
    // Of all programmes: the total, its groups; then of one; periods last.
    let level = match (&estimate.group, &estimate.period) {
        (None, None) => 2 * of_programme,
        (Some(_), _) => 1 + 2 * of_programme,
        (None, Some(_)) => 4 + of_programme,
    };
    (
        level,
        column.unwrap_or(0),
        !measuring.requested,
        measuring.item,
    )
}
