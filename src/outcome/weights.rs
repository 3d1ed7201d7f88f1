//! What was done with the weights of a sample: replicates, and calibration to known margins.

use serde::{Deserialize, Serialize};

/// Weights of a table that replicates or margins say more of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableWeights {
    /// Name of the table.
    pub table: String,
    /// Its replicate weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<ReplicateFacts>,
    /// Margins that its weights were to meet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
}

/// Replicate weights of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicateFacts {
    /// How many there are.
    pub count: u64,
    /// First and last column.
    pub columns: (String, String),
    /// How they were made, in words.
    pub method: String,
    /// Whether squares are taken about the mean of the replicates, not about the estimate.
    pub about_mean: bool,
    /// Degrees of freedom.
    pub df: f64,
    /// Whether the manifest says them; else they are the rank of the replicate weights less 1.
    pub df_said: bool,
    /// Why they could not be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Calibration of a table's weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Columns within whose values margins were met separately.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// The margins.
    pub margins: Vec<CalibratedMargin>,
    /// Whether targets are counts of the population; else shares of the sample's own weight.
    pub counts: bool,
    /// Why it was not done; the weights are then those of the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// What it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Calibrated>,
}

/// What a calibration came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibrated {
    /// Rows with a weight.
    pub rows: u64,
    /// Sum of the weights before.
    pub before: f64,
    /// Sum of the weights after.
    pub after: f64,
    /// Least factor of a row, relative to the mean factor.
    pub least: f64,
    /// Largest.
    pub most: f64,
    /// Kish's design effect of the weights before.
    pub kish_before: f64,
    /// After.
    pub kish_after: f64,
    /// Rounds until all margins were met.
    pub rounds: u64,
}

/// A margin, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibratedMargin {
    /// Column of the table.
    pub column: String,
    /// Its categories, for each value of `within`.
    pub categories: Vec<CalibratedCategory>,
}

/// A category of a margin, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibratedCategory {
    /// Values of `within`, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// Category.
    pub category: String,
    /// Rows with a weight in it.
    pub rows: u64,
    /// What the weights should add up to.
    pub target: f64,
    /// What they added up to before.
    pub before: f64,
    /// After; absent where nothing was calibrated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<f64>,
}
