//! What a network measure gives beside its value.

use serde::{Deserialize, Serialize};

/// A network, or those of several programmes taken together: no tie leads from one programme to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkDetail {
    /// Whether ties have a direction.
    pub directed: bool,
    /// The phase whose ties the value and all but `phases` speak of; all ties without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Networks taken together.
    pub networks: u64,
    /// The network reported on.
    pub whole: NetworkSummary,
    /// Phase by phase, where dates are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<(String, NetworkSummary)>,
    /// Groups with their numbers of actors, those without a group last and nameless.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<(Option<String>, u64)>,
    /// Ties by the groups of their ends, of all programmes together; of ties without direction each pair of groups once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mixing: Vec<Mixing>,
    /// Pairs of groups that are left out: so many that only those with the most ties are kept.
    #[serde(default, skip_serializing_if = "is_none")]
    pub mixing_left_out: u64,
    /// Of an E-I index, what it would be if ties knew no groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// Roles of brokers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brokerage: Vec<RoleCount>,
    /// The actors that stand out most, where the statistic is one of single actors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<ActorScore>,
    /// Networks to draw: of all programmes together, those of the programmes with the highest and the lowest value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drawings: Vec<Drawing>,
}

/// A network in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkSummary {
    /// Actors, also those without a tie where a table names them.
    pub actors: u64,
    /// Pairs of actors that are tied; with direction, in each.
    pub ties: u64,
    /// Sum of the weights of ties, where they have any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Pairs of actors that could be tied; only where all actors are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<u64>,
    /// Ties between actors of different groups, and of the same group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across_within: Option<(u64, u64)>,
    /// Pairs between actors of different groups, and of the same group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs_across_within: Option<(u64, u64)>,
    /// Connected parts.
    pub components: u64,
    /// Actors in the largest part of each network, added up.
    pub largest: u64,
    /// Actors without a tie; only where all actors are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolates: Option<u64>,
    /// Ties that are returned; only with direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<u64>,
}

/// Ties between two groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mixing {
    /// Position of a group in the list of groups.
    pub from: usize,
    /// Position of a group in the list of groups.
    pub to: usize,
    /// Ties.
    pub ties: u64,
    /// Pairs of actors that could be tied; only where all actors are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<u64>,
}

/// How often actors of a group have a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleCount {
    /// Group of the broker; all without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The role.
    pub role: String,
    /// Open paths.
    pub count: f64,
    /// What is to be expected where groups are dealt out at random; only where all actors are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// The standard deviation of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<f64>,
}

/// An actor's position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActorScore {
    /// Programme, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// Name.
    pub actor: String,
    /// Group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Ties, or the sum of their weights.
    pub degree: f64,
    /// Normalised betweenness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub betweenness: Option<f64>,
    /// Open paths over it, in the role asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brokerage: Option<f64>,
}

/// A network to draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// Programme, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// All actors; those with most ties are drawn where there are too many.
    pub actors: u64,
    /// The actors drawn: name and group.
    pub nodes: Vec<(String, Option<String>)>,
    /// Their ties, phase by phase: one phase without a name where there are none.
    pub panels: Vec<Panel>,
}

/// Ties of a phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// The phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Positions of both ends in the list of actors, and the weight.
    pub ties: Vec<(usize, usize, f64)>,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}
