//! Effects as figures. Where persons are the units of their errors, the degrees of freedom give the exact numbers of persons that
//! are compared, and these are shown; where clusters are, numbers are rounded and the means of groups are equations as those of indicators.

use super::Context;
use super::figures::{Figure, System};
use super::reading::{Bit, Part, Reading, Term};
use super::rounding::{rounded, rounded_missing};
use crate::engine::{Frame, State};
use crate::outcome::{Effect, NotEstimable};
use crate::plan::effect::EffectWork;
use std::collections::BTreeMap;

/// What an effect tells of the rows of its table.
pub struct Told {
    /// Index among the effects of the plan.
    effect: usize,
    /// Marks of the rows that it compares: by group, time, and subgroup.
    marks: Vec<usize>,
    /// Amounts that are added up over each of them: above the line of the mean, and below where it is no count.
    amounts: Vec<usize>,
    /// Whether the number of rows of each is told.
    exact: bool,
}

/// Whether the numbers of persons that an effect compares are shown as they are.
fn is_exact(work: &EffectWork) -> bool {
    work.cluster.is_none()
}

impl Context<'_> {
    /// What the effects about a table tell.
    pub(super) fn effects(
        &self,
        (table, made): (usize, &[Effect]),
        reading: &mut Reading,
    ) -> Vec<Told> {
        let mut all = Vec::new();
        for (effect, item) in self.plan.effects.iter().enumerate() {
            let Ok(work) = &item.work else { continue };
            if made.get(effect).is_none_or(|made| made.estimate.is_none()) {
                continue;
            }
            let (Some(frame), Some(extract)) = (
                self.frames.get(work.extract),
                self.plan.extracts.get(work.extract),
            ) else {
                continue;
            };
            let exact = is_exact(work);
            // Slopes are no means of rows.
            let has_means = work.dose.is_none() && work.with.is_none();
            if !work.persons || work.table != table || !(exact || has_means) {
                continue;
            }
            let fields = [Some(work.numerator), work.denominator];
            let fields = fields.into_iter().flatten();
            let nodes = fields.filter_map(|field| {
                let (expression, _) = extract.fields.get(field)?;
                extract.scan.expressions.get(*expression)
            });
            let amounts = nodes
                .map(|node| reading.amount_of(node, &extract.scan))
                .collect();
            let known = &mut reading.telling.marks;
            let marks = compared(work, frame).into_iter().map(|mark| {
                // Effects of one block often compare the same rows.
                match known.iter().position(|other| *other == mark) {
                    Some(at) => at,
                    None => {
                        known.push(mark);
                        known.len() - 1
                    }
                }
            });
            all.push(Told {
                effect,
                marks: marks.collect(),
                amounts,
                exact,
            });
        }
        all
    }
}

/// The rows that an effect compares, one list for each set of which it gives the number and a mean: groups at each time, and subgroups.
fn compared(work: &EffectWork, frame: &Frame) -> Vec<Vec<bool>> {
    /// What tells sets apart: of the groups, or of a column of subgroups; group or label; time.
    type Set = (usize, Option<u64>, [Option<bool>; 2]);
    let rows = frame.states.len();
    let mut sets: BTreeMap<Set, Vec<bool>> = BTreeMap::new();
    let number = |field: Option<usize>, row: u32| frame.fields.get(field?)?.number(row);
    for (row, _) in (0_u32..)
        .zip(&frame.states)
        .filter(|(_, s)| **s == State::Used)
    {
        let time = [work.before, work.after].map(|field| number(field, row).map(|x| x > 0.5));
        let group = number(work.treated, row).map(|x| u64::from(x > 0.5));
        // Of subgroups no mean is given: their number tells where it is shown.
        let by = work.by.iter().filter(|_| is_exact(work));
        let labels = by.zip(1..).map(|((_, field), column)| {
            let code = frame.fields.get(*field).and_then(|values| values.code(row));
            (column, code.map(u64::from), [None, None])
        });
        for set in labels.chain([(0, group, time)]) {
            let mark = sets.entry(set).or_insert_with(|| vec![false; rows]);
            if let Some(slot) = mark.get_mut(row as usize) {
                *slot = true;
            }
        }
    }
    sets.into_values().collect()
}

impl System<'_> {
    /// An effect as a figure, numbered after the `items` of the plan. Effects matter as totals do.
    pub fn effect(&mut self, told: &Told, items: usize) -> Figure {
        let place: Vec<u32> = (0..self.classes.list.len() as u32).collect();
        let mut figure = self.blank(items + told.effect);
        for mark in &told.marks {
            let bit = (Bit::Mark(*mark), true);
            let part = |term, bits| Part {
                term,
                bits,
                factor: 1.0,
            };
            let mut parts: Vec<Part> = Vec::new();
            for amount in &told.amounts {
                let bits = vec![bit, (Bit::Amount(*amount), true)];
                parts.push(part(Term::Sum(*amount, false), bits));
            }
            let rows = part(Term::Rows, vec![bit]);
            match (told.exact, parts.as_slice()) {
                (true, _) => {
                    parts.push(rows);
                    self.add(&mut figure, &parts, &place);
                }
                (false, [above]) => self.add_mean(&mut figure, (above, &rows), &place),
                (false, [above, below, ..]) => self.add_mean(&mut figure, (above, below), &place),
                (false, []) => {}
            }
        }
        figure
    }
}

/// Takes out what an effect says, since it would tell of few persons.
pub fn withhold(effect: &mut Effect) {
    let blank = Effect {
        not_estimable: Some(NotEstimable {
            reason: "it is withheld: with the figures that are shown, its numbers of persons or their means would tell of few persons".to_owned(),
            help: "Compare groups that differ from those of the other figures by more persons, or ask for fewer indicators and groups.".to_owned(),
        }),
        id: effect.id.clone(),
        indicator: effect.indicator.clone(),
        estimand: effect.estimand.clone(),
        method: effect.method.clone(),
        references: effect.references.clone(),
        remarks: vec![],
        estimate: None,
        checks: vec![],
        means: vec![],
        terms: vec![],
        events: None,
        subgroups: vec![],
        adjusted: None,
        verdict: None,
        balance: None,
        attrition: None,
        overlap: None,
        series: None,
        partial: None,
        assumptions: vec![],
        rows: None,
        ..effect.clone()
    };
    *effect = blank;
}

/// Rounds what an effect about persons says of rows that it does not compare, and leaves out an attrition of few.
pub fn round(effect: &mut Effect, work: &EffectWork, least: u64) {
    let n = |n: &mut u64| {
        if !is_exact(work) {
            *n = rounded(*n);
        }
    };
    effect.means.iter_mut().for_each(|mean| n(&mut mean.n));
    if let Some(balance) = &mut effect.balance {
        n(&mut balance.n.0);
        n(&mut balance.n.1);
    }
    if let Some(rows) = &mut effect.rows {
        n(&mut rows.used);
        rows.total = rounded(rows.total);
        rows.excluded = rounded_missing(rows.excluded);
        for (_, count) in &mut rows.missing {
            *count = rounded_missing(*count);
        }
        rows.missing.retain(|(_, count)| *count > 0);
    }
    if let Some(estimate) = &mut effect.estimate {
        n(&mut estimate.n);
        estimate.missing = rounded_missing(estimate.missing);
    }
    for subgroup in &mut effect.subgroups {
        if let Some(estimate) = &mut subgroup.estimate {
            n(&mut estimate.n);
            estimate.missing = rounded_missing(estimate.missing);
        }
    }
    let few = effect.attrition.as_ref().is_some_and(|a| {
        let lost = [
            a.before.0.saturating_sub(a.after.0),
            a.before.1.saturating_sub(a.after.1),
        ];
        lost.iter().any(|n| (1..least).contains(n))
    });
    if few {
        effect.attrition = None;
        effect.remarks.push(format!(
            "Fewer than {least} persons of a group were lost between the waves; how many, and how far they could have moved the effect, is not told."
        ));
    }
}
