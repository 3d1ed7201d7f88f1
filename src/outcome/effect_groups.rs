//! The groups behind an effect as plain data: balance, attrition, overlap.

use super::JointTest;
use serde::{Deserialize, Serialize};

/// How alike groups are on what was known of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// Denominator of standardised differences, in words.
    pub denominator: String,
    /// When and of whom.
    pub when: String,
    /// Observations treated and not.
    pub n: (u64, u64),
    /// One per variable or category.
    pub rows: Vec<BalanceRow>,
    /// Joint test that nothing differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<JointTest>,
}

/// A variable, or a category of one, in both groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BalanceRow {
    /// Variable: `generation = second`, `distance_km`.
    pub name: String,
    /// Whether it is a share of a category.
    pub share: bool,
    /// Mean (or share) among the treated and the others; `None` where it is missing for all of a group.
    pub means: (Option<f64>, Option<f64>),
    /// Standard deviations; absent for shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sds: Option<(f64, f64)>,
    /// Standardised difference; `None` where the denominator is zero (infinite where the means differ all the same) or a mean is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// The same after weighting or matching.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted: Option<f64>,
    /// Variance of the treated over that of the others; absent for shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance_ratio: Option<f64>,
    /// Share missing in each group.
    pub missing: (f64, f64),
}

impl BalanceRow {
    /// Whether the groups have nothing in common here: their means differ and neither varies, so that the standardised difference is
    /// infinite.
    pub fn apart(&self) -> bool {
        let (treated, others) = self.means;
        self.difference.is_none() && treated.zip(others).is_some_and(|(a, b)| a != b)
    }
}

/// Persons lost between two waves, by group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attrition {
    /// Persons seen before: treated, others.
    pub before: (u64, u64),
    /// Of them, seen after with an answer.
    pub after: (u64, u64),
    /// Difference of the shares lost, treated less others, with its interval.
    pub difference: f64,
    /// Interval of the difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Bounds of the effect on those who would answer either way (Lee 2009).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<LeeBounds>,
    /// Why there are no bounds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub no_bounds: String,
}

/// Bounds under the most harmful selection that attrition allows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LeeBounds {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Interval of the effect within the bounds (Imbens & Manski 2004).
    pub interval: (f64, f64),
    /// Share trimmed from the group that answered more.
    pub trimmed: f64,
}

/// Overlap of the estimated chances of being treated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overlap {
    /// Bounds of the bins, one more than bins, from 0 to 1.
    pub bounds: Vec<f64>,
    /// Share of the treated in each bin.
    pub treated: Vec<f64>,
    /// Share of the others in each bin.
    pub comparison: Vec<f64>,
    /// Share of all outside 0.1 to 0.9 (Crump et al. 2009).
    pub outside: f64,
    /// Effective number of observations after weighting: treated, others (Kish 1965).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<(f64, f64)>,
    /// Greatest share of one observation in the weight of its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest: Option<f64>,
}
