//! How ranks and gaps change over periods.

use super::League;
use serde::{Deserialize, Serialize};

/// The comparison, period by period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// Labels of the periods that are comparable, in order.
    pub periods: Vec<String>,
    /// Periods that are not, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<(String, String)>,
    /// Indices of the entries that have a value in every comparable period.
    pub entries: Vec<usize>,
    /// Per period, per entry of `entries`: value and standard error.
    pub values: Vec<Vec<(f64, Option<f64>)>>,
    /// Per period: ranks among `entries` (their `entry` is the index among the comparison's entries).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leagues: Vec<Option<League>>,
    /// Gap that is followed.
    pub gap: GapKind,
    /// Per period: the gap with its uncertainty.
    pub gaps: Vec<Gap>,
    /// Last less first gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Gap>,
}

/// What gap is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapKind {
    /// Mean of the others less benchmark.
    Benchmark,
    /// Standard deviation between programmes, cleared of sampling error.
    Spread,
    /// Mean of the first group less mean of the second.
    Groups(String, String),
}

/// A gap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Value.
    pub value: f64,
    /// Standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
}
