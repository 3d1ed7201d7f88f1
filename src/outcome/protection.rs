//! How persons in small groups are protected.

use serde::{Deserialize, Serialize};

/// What was done so that nothing of few persons follows from the figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Protection {
    /// Figures that rest on fewer persons are withheld; 0 or 1: nothing is.
    pub threshold: u64,
    /// Names of the tables about persons.
    pub tables: Vec<String>,
    /// The way that was chosen; outcomes of earlier versions know of one only.
    #[serde(default)]
    pub way: Way,
    /// How figures were chosen, in words.
    pub method: String,
    /// Figures withheld: those of few persons, and those by which others would follow.
    pub withheld: u64,
    /// Counts of persons are shown as multiples of this; absent where they are exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounded: Option<u64>,
    /// What the audit of the figures shown has found, in words.
    pub audit: String,
}

/// How figures of persons are protected.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum Way {
    /// Figures by which something of few persons would follow are withheld.
    #[default]
    Suppress,
    /// Counts are rounded so that they still add up.
    Round {
        /// Counts are multiples of this.
        base: u64,
    },
    /// Counts and sums have noise by the keys of their records.
    CellKey {
        /// Largest deviation of a count.
        deviation: u64,
        /// Variance of the deviation of a count.
        variance: f64,
        /// Equal for reports with the same secret; the secret does not follow from it.
        secret: String,
    },
}
