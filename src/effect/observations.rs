//! The rows of an effect as numbers: outcomes, weights, groups, times, clusters.

use crate::engine::{Frame, State};
use crate::outcome::NotEstimable;
use crate::plan::effect::EffectWork;
use std::collections::BTreeMap;

/// Labels as numbers from 0, in order of first appearance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Codes {
    /// Code of each observation.
    pub of: Vec<u32>,
    /// Label of each code.
    pub labels: Vec<String>,
}

impl Codes {
    /// Codes of labels.
    pub fn new(labels: impl Iterator<Item = String>) -> Codes {
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let mut codes = Codes::default();
        for label in labels {
            let code = *known.entry(label.clone()).or_insert_with(|| {
                codes.labels.push(label);
                (codes.labels.len() - 1) as u32
            });
            codes.of.push(code);
        }
        codes
    }

    /// How many different labels there are.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    fn keep(&self, kept: &[usize]) -> Codes {
        let label = |at: &usize| {
            let code = self.of.get(*at).copied().unwrap_or_default() as usize;
            self.labels.get(code).cloned().unwrap_or_default()
        };
        Codes::new(kept.iter().map(label))
    }
}

/// Observations, all vectors of one length; those that the design has no use for are empty.
#[derive(Debug, Clone, Default)]
pub struct Observations {
    /// Row of the table.
    pub rows: Vec<u32>,
    /// Outcome.
    pub y: Vec<f64>,
    /// Weight: the row's, times what it adds to the denominator.
    pub w: Vec<f64>,
    /// Whether it is treated.
    pub treated: Vec<bool>,
    /// Whether it is one of the later.
    pub after: Vec<bool>,
    /// Cluster of the errors; persons where they are seen more than once and no cluster is named.
    pub cluster: Option<Codes>,
    /// What the clusters are, for the reader.
    pub cluster_name: String,
    /// Whether the clusters are persons seen more than once, for want of a cluster that is named.
    pub by_person: bool,
    /// A second cluster.
    pub second: Option<Codes>,
    /// Person.
    pub person: Option<Codes>,
    /// Rows that are outside the denominator of the indicator.
    pub outside: u64,
}

/// A reason with its remedy.
pub fn refuse<T>(reason: impl Into<String>, help: impl Into<String>) -> Result<T, NotEstimable> {
    Err(NotEstimable {
        reason: reason.into(),
        help: help.into(),
    })
}

impl Observations {
    /// The used rows of a frame, each an observation.
    ///
    /// # Errors
    /// No rows; numerator and denominator that speak of different rows; accounts of the same thing that would be mixed; rows of both
    /// times.
    pub fn new(work: &EffectWork, frame: &Frame) -> Result<Observations, NotEstimable> {
        let number = |field: Option<usize>, row: u32| {
            field
                .and_then(|f| frame.fields.get(f))
                .and_then(|values| values.number(row))
        };
        let truth = |field: Option<usize>, row: u32| number(field, row) == Some(1.0);
        let mut found = Observations::default();
        for row in used(frame) {
            let numerator = number(Some(work.numerator), row).unwrap_or(f64::NAN);
            let denominator = match work.denominator {
                None => 1.0,
                field => number(field, row).unwrap_or(f64::NAN),
            };
            if denominator == 0.0 {
                if numerator != 0.0 {
                    return refuse(
                        "numerator and denominator of the indicator rest on different rows, so that no row has a value of its own",
                        "Use a design over units and periods (two-way-effects, staggered, interrupted-series), which compares totals.",
                    );
                }
                found.outside += 1;
                continue;
            }
            if denominator < 0.0 {
                return refuse(
                    "the denominator of the indicator is negative in a row",
                    "Correct the data: a negative denominator can't weight a row.",
                );
            }
            let (before, after) = (truth(work.before, row), truth(work.after, row));
            if before && after {
                return refuse(
                    "a row is both before and after",
                    "Give conditions for `before` and `after` that exclude each other.",
                );
            }
            found.rows.push(row);
            found.y.push(numerator / denominator);
            found.w.push(denominator * frame.weight(row));
            if work.treated.is_some() {
                found.treated.push(truth(work.treated, row));
            }
            if work.before.is_some() {
                found.after.push(after);
            }
        }
        if found.rows.is_empty() {
            return refuse(
                "no row is left with all that is needed",
                "Look at the rows left out below, and at the conditions of the effect.",
            );
        }
        overlap(work, frame, &found.rows)?;
        found.who(work, frame);
        Ok(found)
    }

    /// Clusters and persons.
    fn who(&mut self, work: &EffectWork, frame: &Frame) {
        let rows = self.rows.clone();
        let text = |field: usize, row: u32| {
            let values = frame.fields.get(field);
            values
                .and_then(|v| v.text(row))
                .unwrap_or_default()
                .to_owned()
        };
        // Names of clusters and persons are told apart by programme: two programmes may both have a "class 1".
        let nested = |field: usize| {
            Codes::new(rows.iter().map(|row| match work.programme {
                Some(programme) if programme != field => {
                    format!("{}\u{1f}{}", text(programme, *row), text(field, *row))
                }
                _ => text(field, *row),
            }))
        };
        self.person = work.person.map(&nested);
        self.cluster = work.cluster.map(&nested);
        self.cluster_name = work.cluster_name.clone().unwrap_or_default();
        self.second = work
            .second_cluster
            .map(|field| Codes::new(rows.iter().map(|row| text(field, *row))));
        if self.cluster.is_none()
            && let Some(person) = &self.person
            && person.count() < rows.len()
        {
            self.cluster = Some(person.clone());
            self.cluster_name = "person".to_owned();
            self.by_person = true;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// Those for which `keep` holds.
    pub fn keep(&self, keep: impl Fn(usize) -> bool) -> Observations {
        let kept: Vec<usize> = (0..self.len()).filter(|at| keep(*at)).collect();
        let pick = |all: &[f64]| kept.iter().filter_map(|at| all.get(*at).copied()).collect();
        let truths = |all: &[bool]| kept.iter().filter_map(|at| all.get(*at).copied()).collect();
        let codes = |all: &Option<Codes>| all.as_ref().map(|c| c.keep(&kept));
        // Persons who are left with one row each are independent rows.
        let cluster = codes(&self.cluster).filter(|c| !self.by_person || c.count() < kept.len());
        Observations {
            rows: kept
                .iter()
                .filter_map(|at| self.rows.get(*at).copied())
                .collect(),
            y: pick(&self.y),
            w: pick(&self.w),
            treated: truths(&self.treated),
            after: truths(&self.after),
            cluster,
            by_person: self.by_person,
            cluster_name: self.cluster_name.clone(),
            second: codes(&self.second),
            person: codes(&self.person),
            outside: self.outside,
        }
    }

    /// Whether weights differ.
    pub fn weighted(&self) -> bool {
        let first = self.w.first().copied().unwrap_or(1.0);
        self.w
            .iter()
            .any(|w| (w - first).abs() > 1e-12 * first.abs())
    }

    /// Observations (persons where rows name them) among those for which `is` holds.
    pub fn persons(&self, is: impl Fn(usize) -> bool) -> u64 {
        let within = (0..self.len()).filter(|at| is(*at));
        match &self.person {
            None => within.count() as u64,
            Some(person) => {
                let codes: std::collections::BTreeSet<u32> =
                    within.filter_map(|at| person.of.get(at).copied()).collect();
                codes.len() as u64
            }
        }
    }

    /// Weighted mean and standard deviation of those for which `is` holds; `None` without any.
    pub fn moments(&self, is: impl Fn(usize) -> bool) -> Option<(f64, f64)> {
        let within: Vec<usize> = (0..self.len()).filter(|at| is(*at)).collect();
        let total: f64 = within.iter().map(|at| self.w[*at]).sum();
        if within.is_empty() {
            return None;
        }
        let mean = within
            .iter()
            .map(|at| self.w[*at] * self.y[*at])
            .sum::<f64>()
            / total;
        let squares: f64 = within
            .iter()
            .map(|at| self.w[*at] * (self.y[*at] - mean).powi(2))
            .sum();
        let n = within.len() as f64;
        // Weighted variance with n - 1: weights of one size give the usual one.
        let variance = squares / total * n / (n - 1.0);
        Some((mean, variance.sqrt()))
    }

    /// Values of a numeric field.
    pub fn numbers(&self, frame: &Frame, field: usize) -> Vec<f64> {
        let values = frame.fields.get(field);
        let number = |row: &u32| values.and_then(|v| v.number(*row)).unwrap_or(f64::NAN);
        self.rows.iter().map(number).collect()
    }

    /// Labels of a field; empty where missing.
    pub fn labels(&self, frame: &Frame, field: usize) -> Vec<String> {
        let values = frame.fields.get(field);
        let text = |row: &u32| values.and_then(|v| v.text(*row)).unwrap_or_default();
        self.rows.iter().map(|row| text(row).to_owned()).collect()
    }
}

/// Rows of a frame that count.
pub fn used(frame: &Frame) -> impl Iterator<Item = u32> + '_ {
    let states = frame.states.iter().enumerate();
    states
        .filter(|(_, state)| **state == State::Used)
        .map(|(row, _)| row as u32)
}

/// Refuses rows that are different accounts of the same thing.
fn overlap(work: &EffectWork, frame: &Frame, rows: &[u32]) -> Result<(), NotEstimable> {
    for (name, field) in &work.overlapping {
        let Some(values) = frame.fields.get(*field) else {
            continue;
        };
        let mut seen: Option<&str> = None;
        for row in rows {
            let text = values.text(*row).unwrap_or_default();
            match seen {
                Some(first) if first != text => {
                    return refuse(
                        format!(
                            "its rows have different values of {name}, which are different accounts of the same thing"
                        ),
                        format!("Keep one of them: where = \"{name} = '{first}'\"."),
                    );
                }
                _ => seen = Some(text),
            }
        }
    }
    Ok(())
}
