//! Ranks with their uncertainty, and like with like.

use serde::{Deserialize, Serialize};

/// A league table. Rank 1 is the best.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct League {
    /// Sizes of the top that chances are told of.
    pub top: Vec<u64>,
    /// One per entry that has a rank, best first.
    pub ranks: Vec<RankRow>,
    /// Draws behind the sets.
    pub draws: u64,
}

/// A rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankRow {
    /// Index among the entries.
    pub entry: usize,
    /// Estimated rank, lowest and highest where values are equal.
    pub rank: (u64, u64),
    /// Confidence set of its own rank.
    pub marginal: (u64, u64),
    /// Confidence set that holds for all ranks together.
    pub simultaneous: (u64, u64),
    /// Expected rank.
    pub expected: f64,
    /// Chance of being among the top, one per size.
    pub top: Vec<f64>,
    /// Whether it may be among the top at the comparison's confidence, one per size.
    pub may_be_top: Vec<bool>,
}

/// Like with like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// Columns of the case mix, in order; their values are among the facts of the cases.
    pub columns: Vec<String>,
    /// Leagues within strata.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strata: Vec<Stratum>,
    /// Column of the strata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Values adjusted for covariates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted: Option<AdjustedValues>,
}

/// A league within a stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Its label.
    pub label: String,
    /// Its league; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub league: Option<League>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Indices of its entries.
    pub entries: Vec<usize>,
}

/// Values as they would be expected with the covariates of the average programme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdjustedValues {
    /// Covariates.
    pub covariates: Vec<String>,
    /// One per entry that has all covariates: entry, adjusted value, standard error (of the entry's own figure).
    pub values: Vec<(usize, f64, Option<f64>)>,
    /// The regression behind it.
    pub coefficients: Vec<super::PooledCoefficient>,
    /// Ranks of the adjusted values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub league: Option<League>,
}
