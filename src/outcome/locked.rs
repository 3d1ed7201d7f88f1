//! A plan that was locked before the data were seen, and how the report differs from it, as plain data.

use serde::{Deserialize, Serialize};

/// What became of a locked plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedPlan {
    /// Day on which it was locked, as 2026-05-31.
    pub locked: String,
    /// Where it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<String>,
    /// SHA-256 of the plan.
    pub sha256: String,
    /// Days on which earlier plans of the evaluation were locked, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<String>,
    /// Parts of the plan: indicators, effects, comparisons and so on.
    pub parts: u64,
    /// Every difference between plan and report; none where the report is as planned.
    #[serde(default)]
    pub differences: Vec<PlanDifference>,
}

impl LockedPlan {
    /// The difference in a part of the plan, where there is one.
    pub fn difference(&self, kind: &str, name: &str) -> Option<&PlanDifference> {
        let mut all = self.differences.iter();
        all.find(|d| d.kind == kind && d.name == name)
    }
}

/// A difference between a plan and a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDifference {
    /// What it is in: `indicator`, `effect`, `comparison`, `qca`, `target`, `override`, `calibrate` or `settings`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub change: PlanChange,
    /// What changed of it, in words: `margin: 0.2, planned 0.1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub what: Vec<String>,
}

/// What became of a part of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanChange {
    /// Reported, and not planned.
    Added,
    /// Planned, and not reported.
    Dropped,
    /// Planned otherwise.
    Changed,
}

impl PlanChange {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            PlanChange::Added => "added",
            PlanChange::Dropped => "dropped",
            PlanChange::Changed => "changed",
        }
    }
}
