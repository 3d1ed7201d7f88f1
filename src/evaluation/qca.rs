//! `[[qca]]`: a qualitative comparative analysis of the programmes (S25).

use super::comparison::OneOrMore;
use super::qca_set::SetSetting;
use crate::finding::Finding;
use crate::stats::qca::MOST_CONDITIONS;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// An analysis asked for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QcaSetting {
    /// Short name, unique; `qca` where it is left out.
    #[serde(default)]
    pub id: Option<String>,
    /// Title for readers.
    #[serde(default)]
    pub title: String,
    /// The outcome.
    pub outcome: SetSetting,
    /// The conditions.
    #[serde(rename = "condition")]
    pub conditions: Vec<SetSetting>,
    /// Programmes that take part: column to one value or several.
    #[serde(default)]
    pub only: BTreeMap<String, OneOrMore>,
    /// Programmes that are left out, by key.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Inclusion from which a row counts as sufficient.
    #[serde(default = "default_inclusion")]
    pub inclusion: f64,
    /// PRI from which it does.
    #[serde(default)]
    pub pri: f64,
    /// Cases from which a row counts as observed.
    #[serde(default = "default_cases")]
    pub cases: u64,
    /// Inclusion of necessity from which a condition is listed as necessary.
    #[serde(default = "default_necessity")]
    pub necessity: f64,
    /// Relevance of necessity from which it is; less is as good as always there.
    #[serde(default = "default_relevance")]
    pub relevance: f64,
    /// Whether the absence of the outcome is analysed too.
    #[serde(default = "yes")]
    pub negated: bool,
    /// Whether the analysis is made again with other cuts and anchors.
    #[serde(default = "yes")]
    pub robustness: bool,
}

fn default_inclusion() -> f64 {
    0.8
}

fn default_cases() -> u64 {
    1
}

fn default_necessity() -> f64 {
    0.9
}

fn default_relevance() -> f64 {
    0.5
}

fn yes() -> bool {
    true
}

impl QcaSetting {
    /// Name of the block.
    pub fn name(&self) -> &str {
        self.id.as_deref().unwrap_or("qca")
    }

    /// What needs no data to be found wrong.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Box<Finding>> {
        let name = self.name();
        let wrong = |key: &str, message: String, help: &str| Err(fault(key, message, help));
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            let message = format!("The analysis's id `{name}` is no short name.");
            let help = "Use letters, digits and hyphens: `id = \"trust\"`.";
            return wrong("id", message, help);
        }
        let conditions = self.conditions.len();
        if conditions == 0 || conditions > MOST_CONDITIONS {
            let message = format!(
                "The analysis `{name}` has {conditions} conditions; it can have 1 to {MOST_CONDITIONS}."
            );
            let help = "Write a `[[qca.condition]]` block for each; four to six say most about a few dozen programmes.";
            return wrong("condition", message, help);
        }
        for (key, value) in [
            ("pri", self.pri),
            ("necessity", self.necessity),
            ("relevance", self.relevance),
        ] {
            if !(0.0..=1.0).contains(&value) {
                let message = format!(
                    "`{key}` of the analysis `{name}` is {value}; it must lie between 0 and 1."
                );
                return wrong(key, message, "Leave it out for the usual cut.");
            }
        }
        if !(self.inclusion > 0.5 && self.inclusion <= 1.0) {
            let message = format!(
                "`inclusion` of the analysis `{name}` is {}; it must lie above 0.5 and be at most 1.",
                self.inclusion
            );
            let help = "The usual cut is 0.8; below 0.75 is hard to defend.";
            return wrong("inclusion", message, help);
        }
        if self.cases == 0 {
            let message = format!("The analysis `{name}` counts rows with 0 cases as observed.");
            return wrong("cases", message, "Write 1 or more.");
        }
        let mut names = BTreeSet::new();
        for set in self.sets() {
            set.check(name)?;
            if !names.insert(set.name.to_ascii_uppercase()) {
                let message = format!(
                    "Two sets of the analysis `{name}` are named `{}`.",
                    set.name
                );
                return wrong("name", message, "Give each a name of its own.");
            }
        }
        if self.outcome.expect.is_some() {
            let message = format!("The outcome of the analysis `{name}` has an `expect`.");
            let help = "Expectations are of conditions: say there what should help the outcome.";
            return wrong("outcome", message, help);
        }
        Ok(())
    }

    /// The outcome, then the conditions.
    pub fn sets(&self) -> impl Iterator<Item = &SetSetting> {
        [&self.outcome].into_iter().chain(&self.conditions)
    }
}

/// A fault of a key.
pub(super) fn fault(key: &str, message: String, help: &str) -> Box<Finding> {
    let finding = Finding::error("evaluation-qca", message, help);
    Box::new(finding.in_column(format!("qca.{key}")))
}
