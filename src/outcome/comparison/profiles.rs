//! Indicators by programmes, and the output-process plane.

use serde::{Deserialize, Serialize};

/// Indicators by programmes, standardised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profiles {
    /// The measures, one per column.
    pub columns: Vec<ProfileColumn>,
    /// The programmes, in an order that puts like beside like.
    pub rows: Vec<ProfileRow>,
    /// How values are standardised, for the reader.
    pub method: String,
    /// How distances are measured, for the reader.
    pub distance: String,
}

/// A measure in the profiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileColumn {
    /// What is measured.
    pub measure: super::Measure,
    /// Middle that values are measured from.
    pub centre: f64,
    /// Unit that distances from it are measured in.
    pub spread: f64,
    /// Names of centre and spread, where they differ from those of the other columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// A programme in the profiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileRow {
    /// Index into the cases.
    pub case: usize,
    /// One per column.
    pub cells: Vec<ProfileCell>,
    /// Programmes most like it, nearest first.
    pub near: Vec<Neighbour>,
}

/// A value in the profiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileCell {
    /// Value in the measure's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Standardised, turned so that higher is better where the measure has a direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standardised: Option<f64>,
    /// The word of its status.
    pub status: String,
}

/// A programme like this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// Index into the cases.
    pub case: usize,
    /// Distance.
    pub distance: f64,
    /// Measures that both have.
    pub shared: u64,
    /// Columns in which they differ most, farthest first.
    pub apart: Vec<usize>,
}

/// Output score against process score, with intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedPlane {
    /// Ids of the measures in the output score.
    pub output: Vec<String>,
    /// Ids of the measures in the process score.
    pub process: Vec<String>,
    /// One per programme that has both scores.
    pub points: Vec<ComparedPoint>,
    /// Programmes without one of the scores.
    pub apart: Vec<usize>,
    /// Programmes per quadrant: much output and process, much output only, much process only, neither.
    pub quadrants: (u64, u64, u64, u64),
    /// How the scores go together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association: Option<Association>,
    /// Why there is no association.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_association: Option<String>,
    /// How the scores and their intervals are made.
    pub method: String,
}

/// A programme's place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ComparedPoint {
    /// Index into the cases.
    pub case: usize,
    /// Output score.
    pub output: f64,
    /// Its interval; absent where none of its figures has an error, or that of one of them is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_interval: Option<(f64, f64)>,
    /// Process score.
    pub process: f64,
    /// Its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_interval: Option<(f64, f64)>,
}

/// How two scores go together over programmes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Association {
    /// Pearson's correlation.
    pub pearson: f64,
    /// Its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Spearman's correlation of ranks.
    pub spearman: f64,
    /// p-value of no association, by permutation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Correlation of the true scores, corrected for the errors in both, where these are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<f64>,
    /// Programmes.
    pub n: u64,
}
