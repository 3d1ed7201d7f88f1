//! Statistics of a network, roles of brokers and phases of a programme.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A statistic of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// Pairs of actors that are tied, or the sum of their weights.
    Ties,
    /// Ties over pairs of actors.
    Density,
    /// Ties between actors of different groups over such pairs.
    DensityBetween,
    /// Ties between actors of the same group over such pairs.
    DensityWithin,
    /// Ties to other groups minus ties within groups, over both (Krackhardt & Stern 1988): -1 to 1.
    EIIndex,
    /// Share of directed ties that are returned.
    Reciprocity,
    /// Parts of the network that no tie connects.
    Components,
    /// Share of actors in the largest such part.
    LargestComponent,
    /// Share of actors without a tie.
    Isolates,
    /// Mean number of ties of an actor, or of their weights.
    Degree,
    /// Mean share of shortest paths that lead over an actor (Freeman 1977, normalised).
    Betweenness,
    /// Open paths over an actor, by role (Gould & Fernandez 1989).
    Brokerage,
    /// Their number compared with groups dealt out at random, in standard deviations (Gould & Fernandez 1989).
    BrokerageZ,
}

/// The role of j in a path from i over j to k where no tie leads from i to k (Gould & Fernandez 1989).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// All of one group.
    Coordinator,
    /// i and k of one group, j of another.
    Itinerant,
    /// i of another group, j and k of one.
    Gatekeeper,
    /// i and j of one group, k of another.
    Representative,
    /// Three groups.
    Liaison,
}

/// Which ties count.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// There on the day before the programme's first day.
    Before,
    /// There on its last day.
    During,
    /// There a year (or `years_after`) after its last day.
    After,
    /// Formed from its first to its last day, whether or not they lasted.
    New,
}

impl Statistic {
    /// The word in definitions.
    pub fn word(self) -> &'static str {
        match self {
            Statistic::Ties => "ties",
            Statistic::Density => "density",
            Statistic::DensityBetween => "density-between",
            Statistic::DensityWithin => "density-within",
            Statistic::EIIndex => "e-i-index",
            Statistic::Reciprocity => "reciprocity",
            Statistic::Components => "components",
            Statistic::LargestComponent => "largest-component",
            Statistic::Isolates => "isolates",
            Statistic::Degree => "degree",
            Statistic::Betweenness => "betweenness",
            Statistic::Brokerage => "brokerage",
            Statistic::BrokerageZ => "brokerage-z",
        }
    }

    /// Whether ties count by the groups of their ends, so that a tie without them can't count.
    pub fn ties_have_groups(self) -> bool {
        self.needs_groups()
    }

    /// Whether it is about brokers.
    pub fn is_brokerage(self) -> bool {
        matches!(self, Statistic::Brokerage | Statistic::BrokerageZ)
    }

    pub(super) fn needs_actors(self) -> bool {
        matches!(
            self,
            Statistic::Density
                | Statistic::DensityBetween
                | Statistic::DensityWithin
                | Statistic::LargestComponent
                | Statistic::Isolates
                | Statistic::Degree
                | Statistic::Betweenness
                | Statistic::BrokerageZ
        )
    }

    pub(super) fn needs_groups(self) -> bool {
        matches!(
            self,
            Statistic::DensityBetween
                | Statistic::DensityWithin
                | Statistic::EIIndex
                | Statistic::Brokerage
                | Statistic::BrokerageZ
        )
    }

    pub(super) fn uses_weights(self) -> bool {
        matches!(
            self,
            Statistic::Ties
                | Statistic::Density
                | Statistic::DensityBetween
                | Statistic::DensityWithin
                | Statistic::EIIndex
                | Statistic::Degree
        )
    }

    pub(super) fn takes_of(self) -> bool {
        matches!(
            self,
            Statistic::DensityWithin
                | Statistic::EIIndex
                | Statistic::Isolates
                | Statistic::Degree
                | Statistic::Betweenness
                | Statistic::Brokerage
                | Statistic::BrokerageZ
        )
    }

    pub(super) fn in_words(self, role: Option<Role>, is_weighted: bool) -> String {
        let ties = if is_weighted {
            "Weight of ties"
        } else {
            "Pairs of actors that are tied"
        };
        match self {
            Statistic::Ties => ties.to_owned(),
            Statistic::Density => format!("{ties}, over all pairs of actors"),
            Statistic::DensityBetween => {
                format!("{ties} across groups, over all pairs of actors of different groups")
            }
            Statistic::DensityWithin => {
                format!("{ties} within a group, over all pairs of actors of the same group")
            }
            Statistic::EIIndex => {
                "Ties to other groups minus ties within groups, over the sum of both".to_owned()
            }
            Statistic::Reciprocity => "Share of ties that are returned".to_owned(),
            Statistic::Components => "Parts of the network that no tie connects".to_owned(),
            Statistic::LargestComponent => {
                "Share of actors in the largest connected part of the network".to_owned()
            }
            Statistic::Isolates => "Share of actors without a tie".to_owned(),
            Statistic::Degree if is_weighted => "Mean weight of the ties of an actor".to_owned(),
            Statistic::Degree => "Mean number of actors that an actor is tied with".to_owned(),
            Statistic::Betweenness => {
                "Mean share of the shortest paths between other actors that lead over an actor"
                    .to_owned()
            }
            Statistic::Brokerage => match role {
                None => "Pairs of actors that are not tied and that an actor links".to_owned(),
                Some(role) => format!(
                    "Pairs of actors that are not tied and that an actor links as {}",
                    role.in_words()
                ),
            },
            Statistic::BrokerageZ => format!(
                "Pairs that an actor links as {}, compared with groups dealt out at random, in standard deviations",
                role.map_or("", Role::in_words)
            ),
        }
    }
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 5] = [
        Role::Coordinator,
        Role::Itinerant,
        Role::Gatekeeper,
        Role::Representative,
        Role::Liaison,
    ];

    /// The word in definitions.
    pub fn word(self) -> &'static str {
        match self {
            Role::Coordinator => "coordinator",
            Role::Itinerant => "itinerant",
            Role::Gatekeeper => "gatekeeper",
            Role::Representative => "representative",
            Role::Liaison => "liaison",
        }
    }

    pub(super) fn in_words(self) -> &'static str {
        match self {
            Role::Coordinator => "coordinator (all three of one group)",
            Role::Itinerant => "itinerant broker (two of one group, over an actor of another)",
            Role::Gatekeeper => "gatekeeper (from another group into its own)",
            Role::Representative => "representative (from its own group to another)",
            Role::Liaison => "liaison (three different groups)",
        }
    }
}

impl Phase {
    /// All phases, in the order in which they are shown.
    pub const ALL: [Phase; 4] = [Phase::Before, Phase::New, Phase::During, Phase::After];

    /// The word in definitions and results.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Before => "before",
            Phase::During => "during",
            Phase::After => "after",
            Phase::New => "new",
        }
    }

    pub(super) fn in_words(self, years_after: f64) -> String {
        match self {
            Phase::Before => "ties there on the day before the start".to_owned(),
            Phase::During => "ties there on the last day".to_owned(),
            Phase::After if years_after == 1.0 => "ties there a year after the last day".to_owned(),
            Phase::After => format!("ties there {years_after} years after the last day"),
            Phase::New => "ties formed from the first to the last day".to_owned(),
        }
    }
}
