//! The rows of an effect as numbers: outcomes, weights, groups, times, clusters.

use super::Asked;
use super::together::apart;
use crate::engine::{Frame, State};
use crate::outcome::NotEstimable;
use crate::plan::effect::EffectWork;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Labels as numbers from 0, in order of first appearance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Codes {
    /// Code of each observation.
    pub of: Vec<u32>,
    /// Label of each code; none where codes are mere numbers.
    labels: Arc<Vec<Arc<str>>>,
    /// How many different codes there are.
    count: usize,
}

impl Codes {
    /// Codes of labels.
    pub fn new(labels: impl Iterator<Item = impl AsRef<str>>) -> Codes {
        let mut known: FxHashMap<Arc<str>, u32> = FxHashMap::default();
        let mut listed = Vec::new();
        let of = labels
            .map(|label| match known.get(label.as_ref()) {
                Some(code) => *code,
                None => {
                    let code = listed.len() as u32;
                    let label: Arc<str> = Arc::from(label.as_ref());
                    listed.push(label.clone());
                    known.insert(label, code);
                    code
                }
            })
            .collect();
        Codes {
            of,
            count: listed.len(),
            labels: Arc::new(listed),
        }
    }

    /// Codes of the labels that rows have in fields, those of one row joined; a missing one is empty.
    fn of(frame: &Frame, rows: &[u32], fields: &[usize]) -> Codes {
        let text = |field: &usize, row: u32| {
            let values = frame.fields.get(*field);
            values.and_then(|v| v.text(row)).unwrap_or_default()
        };
        // Labels of a field have a code each, so that most rows can do without their texts.
        let code = |field: &usize, row: u32| match text(field, row) {
            "" => u32::MAX,
            _ => frame.fields[*field].code(row).unwrap_or(u32::MAX),
        };
        let mut known: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        let mut labels: Vec<Arc<str>> = Vec::new();
        let mut key = Vec::with_capacity(fields.len());
        let of = rows
            .iter()
            .map(|row| {
                key.clear();
                key.extend(fields.iter().map(|field| code(field, *row)));
                if let Some(code) = known.get(&key) {
                    return *code;
                }
                let next = labels.len() as u32;
                let texts: Vec<&str> = fields.iter().map(|field| text(field, *row)).collect();
                labels.push(Arc::from(texts.join("\u{1f}")));
                known.insert(key.clone(), next);
                next
            })
            .collect();
        Codes {
            of,
            count: labels.len(),
            labels: Arc::new(labels),
        }
    }

    /// Codes that are numbers already, without labels.
    pub fn numbered(of: Vec<u32>) -> Codes {
        Codes {
            count: of.iter().max().map_or(0, |most| *most as usize + 1),
            of,
            labels: Arc::default(),
        }
    }

    /// The same labels for other observations: those that `rows` number among these.
    pub fn drawn(&self, rows: impl Iterator<Item = usize>) -> Codes {
        Codes {
            of: rows
                .map(|at| self.of.get(at).copied().unwrap_or_default())
                .collect(),
            labels: self.labels.clone(),
            count: self.count,
        }
    }

    /// How many different labels there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Label of a code; empty for one that has none.
    pub fn label(&self, code: u32) -> &str {
        self.labels.get(code as usize).map_or("", AsRef::as_ref)
    }

    fn keep(&self, kept: &[usize]) -> Codes {
        let mut codes: Vec<Option<u32>> = vec![None; self.count];
        let mut labels = Vec::new();
        let mut count = 0;
        let of = kept
            .iter()
            .map(|at| {
                let code = self.of.get(*at).copied().unwrap_or_default();
                let Some(place) = codes.get_mut(code as usize) else {
                    return 0;
                };
                *place.get_or_insert_with(|| {
                    labels.extend(self.labels.get(code as usize).cloned());
                    count += 1;
                    count - 1
                })
            })
            .collect();
        Codes {
            of,
            labels: Arc::new(labels),
            count: count as usize,
        }
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
    /// The used rows of a frame of a table, each an observation.
    ///
    /// # Errors
    /// No rows; numerator and denominator that speak of different rows; accounts of the same thing that would be mixed; rows of both
    /// times.
    pub fn new(
        work: &EffectWork,
        frame: &Frame,
        table: &str,
    ) -> Result<Observations, NotEstimable> {
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
        apart(work, frame, &found.rows, table)?;
        found.who(work, frame);
        Ok(found)
    }

    /// Clusters and persons.
    fn who(&mut self, work: &EffectWork, frame: &Frame) {
        let rows = &self.rows;
        // Persons are told apart by programme: numbers of persons may begin anew in each. A cluster is one wherever it appears.
        let nested = |field: usize| match work.programme {
            Some(programme) if programme != field => Codes::of(frame, rows, &[programme, field]),
            _ => Codes::of(frame, rows, &[field]),
        };
        let person = work.person.map(&nested);
        let cluster = work.cluster.map(|field| Codes::of(frame, rows, &[field]));
        let second = work.second_cluster;
        self.second = second.map(|field| Codes::of(frame, rows, &[field]));
        self.person = person;
        self.cluster = cluster;
        self.cluster_name = work.cluster_name.clone().unwrap_or_default();
        if self.cluster.is_none()
            && let Some(person) = &self.person
            && person.count() < self.rows.len()
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
        differ(&self.w)
    }

    /// Observations (persons where rows name them) among those for which `is` holds.
    pub fn persons(&self, is: impl Fn(usize) -> bool) -> u64 {
        let within = (0..self.len()).filter(|at| is(*at));
        match &self.person {
            None => within.count() as u64,
            Some(person) => {
                let mut seen = vec![false; person.count()];
                let mut count = 0;
                for code in within.filter_map(|at| person.of.get(at)) {
                    if let Some(seen) = seen.get_mut(*code as usize) {
                        count += u64::from(!*seen);
                        *seen = true;
                    }
                }
                count
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
    pub fn labels<'f>(&self, frame: &'f Frame, field: usize) -> Vec<&'f str> {
        let values = frame.fields.get(field);
        let text = |row: &u32| values.and_then(|v| v.text(*row)).unwrap_or_default();
        self.rows.iter().map(text).collect()
    }
}

/// Whether weights are not all the same.
pub fn differ(weights: &[f64]) -> bool {
    let first = weights.first().copied().unwrap_or(1.0);
    weights
        .iter()
        .any(|w| (w - first).abs() > 1e-12 * first.abs())
}

/// Refuses an effect for which no row counts, and says what leaves them out.
///
/// # Errors
/// No row meets the conditions, or none has all that is needed.
pub fn some_rows(asked: &Asked<'_>) -> Result<(), NotEstimable> {
    let (frame, setting) = (asked.frame, asked.setting);
    if used(frame).next().is_some() {
        return Ok(());
    }
    let total = frame.states.len();
    let excluded = frame
        .states
        .iter()
        .filter(|s| **s == State::Excluded)
        .count();
    if total == 0 {
        return refuse(
            format!("the table {} has no rows", asked.table),
            "Look at its file.",
        );
    }
    if excluded == total {
        let mut conditions: Vec<String> = Vec::new();
        conditions.extend(setting.filter.as_ref().map(|f| format!("`where` ({f})")));
        conditions.extend(
            setting
                .waves
                .as_ref()
                .map(|(a, b)| format!("`waves` ({a}, {b})")),
        );
        let times = setting.before.as_ref().zip(setting.after.as_ref());
        conditions.extend(times.map(|(b, a)| format!("`before` ({b}) or `after` ({a})")));
        conditions.push("the filter of the indicator, if it has one".to_owned());
        return refuse(
            format!(
                "no row takes part: of the {total} rows of {} none meets {}",
                asked.table,
                conditions.join(" and ")
            ),
            "Check the conditions against the values in the data.",
        );
    }
    let reasons = frame.reasons.iter().filter(|(_, n)| *n > 0);
    let reasons: Vec<String> = reasons
        .map(|(reason, n)| format!("{n}: {reason}"))
        .collect();
    refuse(
        format!(
            "no row is left with all that is needed, of the {} that meet the conditions ({})",
            total - excluded,
            reasons.join("; ")
        ),
        "Complete the data, or leave out of the effect what is missing throughout.",
    )
}

/// Rows of a frame that count.
pub fn used(frame: &Frame) -> impl Iterator<Item = u32> + '_ {
    let states = frame.states.iter().enumerate();
    states
        .filter(|(_, state)| **state == State::Used)
        .map(|(row, _)| row as u32)
}
