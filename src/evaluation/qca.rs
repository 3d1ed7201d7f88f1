//! `[[qca]]`: a qualitative comparative analysis of the programmes (S25).

use super::comparison::OneOrMore;
use crate::finding::Finding;
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
    /// Whether the absence of the outcome is analysed too.
    #[serde(default = "default_negated")]
    pub negated: bool,
}

/// A set: outcome or condition.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetSetting {
    /// Short name; written in capitals.
    pub name: String,
    /// What it means to be in the set, for readers.
    #[serde(default)]
    pub words: String,
    /// Indicator whose values by programme are calibrated.
    #[serde(default)]
    pub indicator: Option<String>,
    /// Effect by programme (`name/indicator`) that is calibrated.
    #[serde(default)]
    pub effect: Option<String>,
    /// Column of the programmes table that is calibrated.
    #[serde(default)]
    pub column: Option<String>,
    /// Values of the column that are in the set (crisp), where it holds words.
    #[serde(default)]
    pub is: Option<OneOrMore>,
    /// Crisp: from this value on a case is in.
    #[serde(default)]
    pub cut: Option<f64>,
    /// Direct method: out, cross-over, in. Descending where less means more of the set.
    #[serde(default)]
    pub anchors: Option<(f64, f64, f64)>,
    /// Indirect method: upper bounds of the qualitative groups and their memberships, `[[20, 0.0], [50, 0.4], ...]`.
    #[serde(default)]
    pub groups: Option<Vec<(f64, f64)>>,
    /// The column holds memberships from 0 to 1 already.
    #[serde(default)]
    pub calibrated: bool,
    /// Directional expectation: `present` or `absent` helps the outcome.
    #[serde(default)]
    pub expect: Option<Expectation>,
}

/// What is expected to help the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expectation {
    /// The presence of the condition.
    Present,
    /// Its absence.
    Absent,
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

fn default_negated() -> bool {
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
        let wrong = |key: &str, message: String, help: &str| {
            let finding = Finding::error("evaluation-qca", message, help);
            Err(Box::new(finding.in_column(format!("qca.{key}"))))
        };
        let name = self.name();
        if self.conditions.is_empty() {
            let message = format!("The analysis `{name}` has no condition.");
            return wrong(
                "condition",
                message,
                "Add `[[qca.condition]]` blocks below it.",
            );
        }
        for (key, value) in [
            ("inclusion", self.inclusion),
            ("pri", self.pri),
            ("necessity", self.necessity),
        ] {
            if !(0.0..=1.0).contains(&value) {
                let message = format!(
                    "`{key}` of the analysis `{name}` is {value}; it must lie between 0 and 1."
                );
                return wrong(
                    key,
                    message,
                    "The usual inclusion cut is 0.8, of necessity 0.9.",
                );
            }
        }
        if self.cases == 0 {
            let message = format!("The analysis `{name}` counts rows with 0 cases as observed.");
            return wrong("cases", message, "Write 1 or more.");
        }
        let mut names = BTreeSet::new();
        for set in self.conditions.iter().chain([&self.outcome]) {
            let shown = &set.name;
            let plain = shown.starts_with(|c: char| c.is_ascii_alphabetic())
                && shown.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !plain {
                let message = format!(
                    "The set `{shown}` of the analysis `{name}` can't be written in an expression."
                );
                return wrong(
                    "name",
                    message,
                    "Use letters, digits and underscores: `DEV`.",
                );
            }
            if !names.insert(shown.to_ascii_uppercase()) {
                let message = format!("Two sets of the analysis `{name}` are named `{shown}`.");
                return wrong("name", message, "Give each a name of its own.");
            }
            let origins = [&set.indicator, &set.effect, &set.column];
            if origins.into_iter().flatten().count() != 1 {
                let message = format!(
                    "The set `{shown}` of the analysis `{name}` needs exactly one of `indicator`, `effect` and `column`."
                );
                return wrong("condition", message, "Say where its raw values come from.");
            }
            let ways = [
                set.is.is_some(),
                set.cut.is_some(),
                set.anchors.is_some(),
                set.groups.is_some(),
                set.calibrated,
            ];
            if ways.into_iter().filter(|w| *w).count() != 1 {
                let message = format!(
                    "The set `{shown}` of the analysis `{name}` needs exactly one of `is`, `cut`, `anchors`, `groups` and `calibrated`."
                );
                return wrong(
                    "condition",
                    message,
                    "Say how raw values become memberships: `anchors = [20, 50, 80]`.",
                );
            }
            if set.is.is_some() && set.column.is_none() {
                let message = format!(
                    "The set `{shown}` of the analysis `{name}` has `is`, which needs a `column`."
                );
                return wrong(
                    "condition",
                    message,
                    "Give indicators a `cut` or `anchors`.",
                );
            }
        }
        Ok(())
    }
}
