//! How persons in small groups are protected.

use serde::{Deserialize, Serialize};

/// What was done so that nothing of few persons follows from the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// Figures that rest on fewer persons are withheld; 0 or 1: nothing is.
    pub threshold: u64,
    /// Names of the tables about persons.
    pub tables: Vec<String>,
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
