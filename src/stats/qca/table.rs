//! The truth table: cases by configuration, and what each row says about the outcome.

use super::parameters::sufficient;
use super::reaches;
use super::sets::Sets;
use super::term::{Term, all};
use crate::stats::Refused;
use std::collections::BTreeMap;

/// What decides the value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cuts {
    /// Least inclusion of a row that counts as sufficient for the outcome, such as .8.
    pub inclusion: f64,
    /// Rows with an inclusion from here to below [`Cuts::inclusion`] are contradictory; none: there are no such rows.
    pub contradiction: Option<f64>,
    /// Least PRI of a sufficient row; one with less counts as negative (it is as much a subset of the outcome's negation).
    pub pri: Option<f64>,
    /// Least number of cases of a row; one with fewer is a remainder.
    pub cases: usize,
}

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Sufficient for the outcome.
    Positive,
    /// Not sufficient for the outcome.
    Negative,
    /// Between the two cuts of inclusion.
    Contradictory,
    /// Fewer cases than the cut.
    Remainder,
}

/// A configuration that has at least one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The configuration: bit `i` set where condition `i` is present.
    pub configuration: u32,
    /// Cases with a membership above .5 in the configuration.
    pub cases: Vec<usize>,
    /// Those of them above .5 in the outcome.
    pub with_outcome: Vec<usize>,
    /// Those of them below .5 in the outcome.
    pub without_outcome: Vec<usize>,
    /// Inclusion of the configuration in the outcome, over all cases.
    pub inclusion: Option<f64>,
    /// Proportional reduction in inconsistency, over all cases.
    pub pri: Option<f64>,
    /// What the row says.
    pub value: Value,
}

impl Row {
    /// Whether the row has cases on both sides of the outcome: a contradiction in kind, whatever its inclusion.
    pub fn mixed(&self) -> bool {
        !self.with_outcome.is_empty() && !self.without_outcome.is_empty()
    }

    /// Cases that speak against the row's value: without the outcome in a positive row, with it in a negative one; all of a
    /// contradictory row on the smaller side, both sides where they are equal.
    pub fn deviant(&self) -> Vec<usize> {
        let (with, without) = (&self.with_outcome, &self.without_outcome);
        match self.value {
            Value::Positive => without.clone(),
            Value::Negative => with.clone(),
            Value::Remainder => Vec::new(),
            Value::Contradictory if with.len() < without.len() => with.clone(),
            Value::Contradictory if with.len() > without.len() => without.clone(),
            Value::Contradictory => {
                let mut both = [with.as_slice(), without.as_slice()].concat();
                both.sort_unstable();
                both
            }
        }
    }

    /// Number of the row in the order of the field, from 1: the first condition counts most.
    pub fn number(&self, conditions: usize) -> u32 {
        (0..conditions).fold(0, |n, i| n << 1 | (self.configuration >> i & 1)) + 1
    }
}

/// A case that belongs to no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided {
    /// The case.
    pub case: usize,
    /// Conditions in which its membership is exactly .5, as bits.
    pub conditions: u32,
}

/// A truth table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of the conditions.
    pub conditions: Vec<String>,
    /// What decided the values.
    pub cuts: Cuts,
    /// Configurations with at least one case, by [`Row::number`].
    pub rows: Vec<Row>,
    /// Cases of no row, since a membership is exactly .5.
    pub undecided: Vec<Undecided>,
    /// Cases with a membership of exactly .5 in the outcome: on neither side of it.
    pub outcome_undecided: Vec<usize>,
}

impl Table {
    /// Number of conditions.
    pub fn k(&self) -> usize {
        self.conditions.len()
    }

    /// Configurations of rows with a value, in the order of the table.
    pub fn configurations(&self, value: Value) -> Vec<u32> {
        let rows = self.rows.iter().filter(|r| r.value == value);
        rows.map(|r| r.configuration).collect()
    }

    /// All remainders, rising: configurations without cases or with too few.
    pub fn remainders(&self) -> Vec<u32> {
        let decided = self.rows.iter().filter(|r| r.value != Value::Remainder);
        let decided: std::collections::BTreeSet<u32> = decided.map(|r| r.configuration).collect();
        let every = 0..=all(self.k());
        every.filter(|c| !decided.contains(c)).collect()
    }

    /// Contradictory rows: those between the two cuts, and those with cases on both sides of the outcome.
    pub fn contradictory(&self) -> Vec<&Row> {
        let of = |r: &&Row| r.value == Value::Contradictory || r.mixed();
        self.rows.iter().filter(of).collect()
    }
}

/// The truth table of memberships: each case belongs to the one configuration in which its membership is above .5 (Ragin 2008,
/// chapter 7); inclusion and PRI of a row are over all cases.
///
/// # Errors
/// A cut of inclusion outside .5 to 1 (at .5 or below, a row could count as sufficient for an outcome that it holds less than
/// its absence); a lower cut that isn't below it; a cut of cases of 0; no case that belongs to a row.
pub fn truth_table(sets: &Sets, cuts: &Cuts) -> Result<Table, Refused> {
    check(cuts)?;
    let k = sets.conditions().len();
    let mut by_configuration: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut undecided = Vec::new();
    for case in 0..sets.cases() {
        let (mut configuration, mut half) = (0u32, 0u32);
        for (i, column) in sets.memberships().iter().enumerate() {
            configuration |= u32::from(column[case] > 0.5) << i;
            half |= u32::from(column[case] == 0.5) << i;
        }
        if half == 0 {
            by_configuration
                .entry(configuration)
                .or_default()
                .push(case);
        } else {
            undecided.push(Undecided {
                case,
                conditions: half,
            });
        }
    }
    if by_configuration.is_empty() {
        return Err(Refused::new(
            "every case has a membership of exactly .5 in some condition, so that none belongs to a row",
            "Move the crossovers, so that cases are in or out.",
        ));
    }
    let y = sets.outcome();
    let row = |(configuration, cases): (u32, Vec<usize>)| {
        let term = Term::of_configuration(configuration, k);
        let fit = sufficient(&sets.in_term(&term), y);
        let side = |above: bool| -> Vec<usize> {
            let on = |case: &&usize| {
                if above {
                    y[**case] > 0.5
                } else {
                    y[**case] < 0.5
                }
            };
            cases.iter().filter(on).copied().collect()
        };
        Row {
            configuration,
            with_outcome: side(true),
            without_outcome: side(false),
            inclusion: fit.inclusion,
            pri: fit.pri,
            value: value(cuts, cases.len(), fit.inclusion, fit.pri),
            cases,
        }
    };
    let mut rows: Vec<Row> = by_configuration.into_iter().map(row).collect();
    rows.sort_by_key(|r| r.number(k));
    Ok(Table {
        conditions: sets.conditions().to_vec(),
        cuts: *cuts,
        rows,
        undecided,
        outcome_undecided: super::calibrate::at_half(y),
    })
}

fn value(cuts: &Cuts, cases: usize, inclusion: Option<f64>, pri: Option<f64>) -> Value {
    let Some(inclusion) = inclusion.filter(|_| cases >= cuts.cases) else {
        return Value::Remainder;
    };
    // Without a PRI the row lies wholly in the outcome and wholly in its negation.
    let low_pri = cuts
        .pri
        .is_some_and(|cut| !reaches(pri.unwrap_or(0.0), cut));
    if reaches(inclusion, cuts.inclusion) {
        if low_pri {
            Value::Negative
        } else {
            Value::Positive
        }
    } else if cuts
        .contradiction
        .is_some_and(|cut| reaches(inclusion, cut))
    {
        Value::Contradictory
    } else {
        Value::Negative
    }
}

fn check(cuts: &Cuts) -> Result<(), Refused> {
    if !(cuts.inclusion > 0.5 && cuts.inclusion <= 1.0) {
        return Err(Refused::new(
            format!("the inclusion cut is {}", cuts.inclusion),
            "Give a cut above .5 and at most 1; below .75 is hard to defend.",
        ));
    }
    if let Some(lower) = cuts.contradiction
        && !(lower >= 0.0 && lower < cuts.inclusion)
    {
        return Err(Refused::new(
            format!(
                "the lower inclusion cut is {lower}, the upper one {}",
                cuts.inclusion
            ),
            "Give a lower cut that is at least 0 and below the upper one.",
        ));
    }
    if let Some(pri) = cuts.pri
        && !(0.0..=1.0).contains(&pri)
    {
        return Err(Refused::new(
            format!("the PRI cut is {pri}"),
            "Give a cut between 0 and 1.",
        ));
    }
    if cuts.cases == 0 {
        return Err(Refused::new(
            "the least number of cases of a row is 0",
            "Give 1 or more: a row without cases is always a remainder.",
        ));
    }
    Ok(())
}
