//! Groups among participants against groups in the population.

use super::Interval;
use serde::{Deserialize, Serialize};

/// Participation of groups against their size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Representation {
    /// Persons who take part, weighted where the table has weights.
    pub participants: f64,
    /// Persons in the population of the same places and years.
    pub population: f64,
    /// Groups, the most over-represented first; those absent from the population last.
    pub groups: Vec<GroupRatio>,
}

/// A group's participation against its size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupRatio {
    /// The group.
    pub group: String,
    /// Those of it who take part; 0 where none does.
    pub participants: f64,
    /// Those of it in the population; `None` where the population table has no such group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<f64>,
    /// Share of participants over share of the population.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Interval of the ratio, made on its logarithm, where participation is a sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
}
