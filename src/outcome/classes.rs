//! What an indicator is classed by: kind, side, DAC criterion, direction.

use serde::{Deserialize, Serialize};

/// output | process | structure.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What was delivered: euros, schools, laptops.
    Output,
    /// How it came about and what it did to relations between people and institutions.
    Process,
    /// What the programme is: its type, initiator, actors.
    Structure,
}

/// Which locality an indicator speaks of.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Locality of origin of the migrants.
    Origin,
    /// Locality of destination.
    Destination,
    /// Both.
    Both,
}

/// A criterion of evaluation (OECD DAC Network on Development Evaluation 2019, "Better Criteria for Better Evaluation").
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Criterion {
    /// Is the intervention doing the right things?
    Relevance,
    /// How well does it fit with others?
    Coherence,
    /// Is it achieving its objectives?
    Effectiveness,
    /// How well are resources being used?
    Efficiency,
    /// What difference does it make?
    Impact,
    /// Will the benefits last?
    Sustainability,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More is better.
    HigherIsBetter,
    /// Less is better.
    LowerIsBetter,
    /// No judgement.
    Neither,
}

impl Direction {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            Direction::HigherIsBetter => "higher-is-better",
            Direction::LowerIsBetter => "lower-is-better",
            Direction::Neither => "neither",
        }
    }
}
