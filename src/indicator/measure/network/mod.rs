//! `network`: what ties between actors form: density, mixing of groups, position and brokerage.

mod checks;
mod terms;
mod words;

pub use terms::{Phase, Role, Statistic};

use super::{Input, MeasureFault, Records, Wants, What, refused};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A statistic of the network that a table of ties forms, of each programme.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkFile {
    /// Role of the table of ties, or a resource's name: one row per tie.
    pub table: String,
    /// Column or row expression with the actor at one end.
    pub from: String,
    /// Column or row expression with the actor at the other end.
    pub to: String,
    /// Filter on ties, SQL.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Whether a tie leads from one actor to the other.
    #[serde(default)]
    pub directed: bool,
    /// Column or row expression with the strength of a tie; without it ties are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// Group of the actor at one end, where there is no table of actors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_from: Option<String>,
    /// Group of the actor at the other end, where there is no table of actors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_to: Option<String>,
    /// Table of all actors, also those without a tie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actors: Option<String>,
    /// Its column with what `from` and `to` name.
    #[serde(default = "id", skip_serializing_if = "is_id")]
    pub actor: String,
    /// Its column with the name to show; `name` where it has such a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its column or row expression with the group of an actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Filter on actors, SQL: the network is that of these actors and the ties between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_where: Option<String>,
    /// Groups that are taken together: name = the groups it is made of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Vec<String>>,
    /// Two groups: only ties between an actor of one and an actor of the other count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub between: Vec<String>,
    /// The group whose actors are spoken of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What is reported.
    pub statistic: Statistic,
    /// The role of a broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The dates that place ties before, in and after the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<PhasesFile>,
    /// The phase whose ties are reported on; without it all ties are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Column that places a row in time, where it is not the table's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

fn id() -> String {
    "id".to_owned()
}

fn is_id(text: &String) -> bool {
    text == "id"
}

/// The dates that place ties in phases.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhasesFile {
    /// Day on which a tie was formed; a tie without is left out.
    pub formed: String,
    /// Day on which it ended; a tie without is still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// First day of the programme.
    pub start: String,
    /// Last day of the programme.
    pub end: String,
    /// Years between the last day and the day on which `after` looks.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub years_after: f64,
    /// Last day on which ties were observed; what lies later is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
}

fn one() -> f64 {
    1.0
}

fn is_one(x: &f64) -> bool {
    *x == 1.0
}

/// The measure, checked. Its first input has the fields from and to, its second, if any, the actor.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// What is reported.
    pub statistic: Statistic,
    /// Whether ties have a direction.
    pub directed: bool,
    /// The role of a broker.
    pub role: Option<Role>,
    /// The two groups between which ties count.
    pub between: Option<(String, String)>,
    /// The group spoken of.
    pub of: Option<String>,
    /// Groups that are taken together: group = the name of the whole.
    pub merged: BTreeMap<String, String>,
    /// The phase reported on.
    pub phase: Option<Phase>,
    /// Years between the last day and the day on which `after` looks.
    pub years_after: f64,
    /// Position of the weight among the fields of a tie.
    pub weight: Option<usize>,
    /// Positions of the groups of both ends among the fields of a tie.
    pub group_ends: Option<(usize, usize)>,
    /// Positions of the dates among the fields of a tie.
    pub dates: Option<Dates>,
    /// Position of the group among the fields of an actor.
    pub group: Option<usize>,
    /// Position of the name among the fields of an actor.
    pub label: Option<usize>,
}

/// Positions of dates among the fields of a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// Day on which the tie was formed.
    pub formed: usize,
    /// Day on which it ended.
    pub ended: Option<usize>,
    /// First day of the programme.
    pub start: usize,
    /// Its last day.
    pub end: usize,
    /// Last day observed.
    pub observed: Option<usize>,
}

impl NetworkFile {
    pub(super) fn parse(&self) -> Result<Records, MeasureFault> {
        self.check_needs()?;
        self.check_groups()?;
        let merged = self.merged()?;
        let mut ties = Input::new("ties", &self.table, &self.filter)?;
        ties.date.clone_from(&self.date);
        ties.field("from", &self.from, Wants::Label, true)?;
        ties.field("to", &self.to, Wants::Label, true)?;
        let weight = match &self.weight {
            None => None,
            Some(text) => Some(ties.field("weight", text, Wants::Number, true)?),
        };
        let group_ends = match (&self.group_from, &self.group_to) {
            (Some(from), Some(to)) => {
                // What does not ask for groups does not lose ties whose groups are not known.
                let needed = self.needs_groups();
                let from = ties.field("group_from", from, Wants::Label, needed)?;
                Some((from, ties.field("group_to", to, Wants::Label, needed)?))
            }
            _ => None,
        };
        let dates = match &self.phases {
            None => None,
            Some(phases) => Some(phases.fields(&mut ties)?),
        };
        let mut inputs = vec![ties];
        let (mut group, mut label) = (None, None);
        if let Some(table) = &self.actors {
            let mut actors = Input::with_filter("actors", table, "actor_where", &self.actor_where)?;
            actors.field("actor", &self.actor, Wants::Label, true)?;
            if let Some(text) = &self.group {
                group = Some(actors.field("group", text, Wants::Label, false)?);
            }
            label = Some(match &self.label {
                Some(text) => actors.field("label", text, Wants::Label, false)?,
                None => actors.field_if_there("label", "name", Wants::Label)?,
            });
            inputs.push(actors);
        }
        let between = match self.between.as_slice() {
            [a, b] => Some((a.clone(), b.clone())),
            _ => None,
        };
        Ok(Records {
            inputs,
            what: What::Network(Box::new(Network {
                statistic: self.statistic,
                directed: self.directed,
                role: self.role,
                between,
                of: self.of.clone(),
                merged,
                phase: self.phase,
                years_after: self.phases.as_ref().map_or(1.0, |p| p.years_after),
                weight,
                group_ends,
                dates,
                group,
                label,
            })),
        })
    }

    /// Whether the statistic speaks of groups.
    pub(super) fn needs_groups(&self) -> bool {
        self.statistic.needs_groups() || !self.between.is_empty() || self.of.is_some()
    }
}

impl PhasesFile {
    fn fields(&self, ties: &mut Input) -> Result<Dates, MeasureFault> {
        if !(self.years_after.is_finite() && self.years_after > 0.0) {
            return refused(
                "years_after",
                &self.years_after.to_string(),
                "measure-years",
                "Expected a number of years above zero.",
                "Write how long after the end ties are looked at: years_after = 1.",
            );
        }
        let formed = ties.field("phases.formed", &self.formed, Wants::Date, true)?;
        let ended = match &self.ended {
            None => None,
            Some(text) => Some(ties.field("phases.ended", text, Wants::Date, false)?),
        };
        let start = ties.field("phases.start", &self.start, Wants::Date, true)?;
        let end = ties.field("phases.end", &self.end, Wants::Date, true)?;
        let observed = match &self.observed {
            None => None,
            Some(text) => Some(ties.field("phases.observed", text, Wants::Date, false)?),
        };
        Ok(Dates {
            formed,
            ended,
            start,
            end,
            observed,
        })
    }
}

impl Network {
    /// Whether the statistic speaks of groups.
    pub fn needs_groups(&self) -> bool {
        self.statistic.needs_groups() || self.between.is_some() || self.of.is_some()
    }
}
