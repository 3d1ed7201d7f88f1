//! The memberships of cases in conditions and outcome, checked once.

use super::term::Term;
use crate::stats::Refused;

/// Most conditions of an analysis. With more, almost every configuration is without cases.
pub const MOST_CONDITIONS: usize = 15;

/// Memberships of n cases in conditions and in the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Sets {
    conditions: Vec<String>,
    memberships: Vec<Vec<f64>>,
    outcome: Vec<f64>,
}

impl Sets {
    /// Memberships between 0 and 1: for each of the `conditions` n of them in `memberships`, and the n of `outcome`.
    ///
    /// # Errors
    /// No case, no condition or more than [`MOST_CONDITIONS`]; a name that is empty, repeated or holds `*`, `+`, `~` or white
    /// space; lengths that differ; a membership that isn't a number between 0 and 1.
    pub fn new(
        conditions: &[String],
        memberships: &[Vec<f64>],
        outcome: &[f64],
    ) -> Result<Sets, Refused> {
        if conditions.is_empty() || conditions.len() > MOST_CONDITIONS {
            return Err(Refused::new(
                format!("{} conditions are given", conditions.len()),
                format!("Give 1 to {MOST_CONDITIONS} conditions."),
            ));
        }
        if memberships.len() != conditions.len() {
            return Err(Refused::new(
                format!(
                    "{} conditions have {} columns of memberships",
                    conditions.len(),
                    memberships.len()
                ),
                "Give one column of memberships for each condition.",
            ));
        }
        if outcome.is_empty() {
            return Err(Refused::new(
                "there are no cases",
                "Look whether a filter left all of them out.",
            ));
        }
        for (i, name) in conditions.iter().enumerate() {
            let odd = |c: char| c.is_whitespace() || "*+~".contains(c);
            if name.is_empty() || name.contains(odd) {
                return Err(Refused::new(
                    format!("a condition is called `{name}`"),
                    "Give a name without `*`, `+`, `~` and white space, which have a meaning in expressions.",
                ));
            }
            if conditions[..i].contains(name) {
                return Err(Refused::new(
                    format!("two conditions are called `{name}`"),
                    "Give each condition a name of its own.",
                ));
            }
            check(name, &memberships[i], outcome.len())?;
        }
        check("the outcome", outcome, outcome.len())?;
        Ok(Sets {
            conditions: conditions.to_vec(),
            memberships: memberships.to_vec(),
            outcome: outcome.to_vec(),
        })
    }

    /// The same conditions with the negated outcome: memberships of 1 less those given.
    pub fn negated(&self) -> Sets {
        Sets {
            outcome: self.outcome.iter().map(|y| 1.0 - y).collect(),
            ..self.clone()
        }
    }

    /// Names of the conditions.
    pub fn conditions(&self) -> &[String] {
        &self.conditions
    }

    /// Memberships in the outcome, n.
    pub fn outcome(&self) -> &[f64] {
        &self.outcome
    }

    /// Memberships in each condition, n each.
    pub fn memberships(&self) -> &[Vec<f64>] {
        &self.memberships
    }

    /// Number of cases.
    pub fn cases(&self) -> usize {
        self.outcome.len()
    }

    /// Membership of each case in a term, n: the least of its literals' memberships.
    pub fn in_term(&self, term: &Term) -> Vec<f64> {
        let of = |case: usize| {
            term.membership(|i| self.memberships.get(i).map_or(0.0, |column| column[case]))
        };
        (0..self.cases()).map(of).collect()
    }

    /// Membership of each case in a disjunction of terms, n: the greatest of the terms' (0 without terms).
    pub fn in_terms(&self, terms: &[Term]) -> Vec<f64> {
        let mut most = vec![0.0f64; self.cases()];
        for term in terms {
            for (most, m) in most.iter_mut().zip(self.in_term(term)) {
                *most = most.max(m);
            }
        }
        most
    }
}

/// Refuses a column of another length than `n`, or with a membership outside 0 to 1.
pub(super) fn check(name: &str, column: &[f64], n: usize) -> Result<(), Refused> {
    if column.len() != n {
        return Err(Refused::new(
            format!("{name} has {} memberships for {n} cases", column.len()),
            "Give one membership for each case.",
        ));
    }
    let outside = |m: &f64| !(0.0..=1.0).contains(m);
    if let Some(case) = column.iter().position(outside) {
        return Err(Refused::new(
            format!(
                "the membership of case {} in {name} is {}",
                case + 1,
                column[case]
            ),
            "Calibrate to memberships between 0 and 1, and leave out cases where one is missing.",
        ));
    }
    Ok(())
}
