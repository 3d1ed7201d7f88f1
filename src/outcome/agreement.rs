//! Agreement between parties who score the same cases.

use serde::{Deserialize, Serialize};

/// How far raters agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Level of measurement of the scores.
    pub level: String,
    /// Raters, in the order of the data.
    pub raters: Vec<String>,
    /// Cases with a score.
    pub cases: u64,
    /// Cases with two scores or more: those that can tell of agreement.
    pub paired: u64,
    /// Rows that score a case again by the same rater, and are left out.
    pub repeated: u64,
    /// Krippendorff's alpha by level: nominal, and for numbers ordinal, interval and ratio. `None` where all are equal.
    pub alpha: Vec<(String, Option<f64>)>,
    /// Intraclass correlation of single scores over cases that all have scored: absolute agreement, and consistency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icc: Option<(f64, f64)>,
    /// Cases behind `icc`.
    #[serde(default)]
    pub complete: u64,
    /// Every two raters, in order.
    pub pairs: Vec<RaterPair>,
}

/// Two raters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RaterPair {
    /// The first.
    pub first: String,
    /// The second.
    pub second: String,
    /// Cases that both have scored.
    pub cases: u64,
    /// Proportion of equal scores.
    pub equal: f64,
    /// Cohen's kappa; `None` where chance alone would agree everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kappa: Option<f64>,
    /// Kappa with quadratic weights, of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quadratic_kappa: Option<f64>,
    /// Mean of the first's score less the second's, of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
}
