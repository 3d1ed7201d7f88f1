//! `representation`: who takes part, against who lives there.

use super::words::line;
use super::{Input, MeasureFault, Records, Wants, What, refused};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The groups among those who take part against the same groups in the population.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepresentationFile {
    /// Those who take part.
    pub participants: GroupsFile,
    /// Those who could.
    pub population: GroupsFile,
    /// Columns that must agree: of the participants = of the population. Only the population of the places and years in
    /// which somebody took part is then counted.
    #[serde(default, rename = "match", skip_serializing_if = "BTreeMap::is_empty")]
    pub matched: BTreeMap<String, String>,
    /// What is reported.
    #[serde(default)]
    pub statistic: Parity,
    /// The group that `ratio` (and, where given, `rate`) speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Column that places a row of the participants in time, where it is not the table's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// A table of persons by group.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupsFile {
    /// Role of a table, or a resource's name.
    pub table: String,
    /// Filter, SQL.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Column or row expression with the group.
    pub group: String,
    /// Column or row expression with the number of persons; without it a row is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
}

/// A measure of how well participation mirrors the population, with shares p of participants and q of the population.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Parity {
    /// Half the sum of |p - q| over the groups: the share of participants who would have to be of another group for both
    /// to be alike (Duncan & Duncan 1955, "A methodological analysis of segregation indexes").
    #[default]
    Dissimilarity,
    /// p / q of one group: 1 when it takes part as much as its size says.
    Ratio,
    /// Participants per person of the population, of one group or of all.
    Rate,
    /// Number of groups of the population of which nobody takes part.
    AbsentGroups,
}

/// The measure, checked. Both inputs have the fields group, the columns that must agree, and, where given, the count.
#[derive(Debug, Clone, PartialEq)]
pub struct Representation {
    /// What is reported.
    pub statistic: Parity,
    /// The group that it speaks of.
    pub of: Option<String>,
    /// Columns that must agree: fields 1 to `matched` of both inputs.
    pub matched: usize,
    /// Whether the participants and the population have a count, the field after those.
    pub counted: (bool, bool),
}

impl RepresentationFile {
    pub(super) fn parse(&self) -> Result<Records, MeasureFault> {
        if self.statistic == Parity::Ratio && self.of.is_none() {
            return refused(
                "statistic",
                "ratio",
                "measure-no-group",
                "A representation ratio speaks of one group, and none is named.",
                "Add `of = \"...\"`; the ratios of all groups are printed with statistic = \"dissimilarity\".",
            );
        }
        if let (Some(of), Parity::Dissimilarity | Parity::AbsentGroups) = (&self.of, self.statistic)
        {
            return refused(
                "of",
                of,
                "measure-no-group",
                "This statistic speaks of all groups, not of one.",
                "Remove `of`, or set statistic = \"ratio\" or \"rate\".",
            );
        }
        let side = |name: &'static str, file: &GroupsFile, columns: Vec<&String>| {
            let mut input = Input::new(name, &file.table, &file.filter)?;
            input.field("group", &file.group, Wants::Label, true)?;
            for column in columns {
                input.field("match", column, Wants::Label, true)?;
            }
            if let Some(count) = &file.count {
                input.field("count", count, Wants::Number, true)?;
            }
            Ok::<Input, MeasureFault>(input)
        };
        let mut participants = side(
            "participants",
            &self.participants,
            self.matched.keys().collect(),
        )?;
        participants.date.clone_from(&self.date);
        let population = side(
            "population",
            &self.population,
            self.matched.values().collect(),
        )?;
        Ok(Records {
            inputs: vec![participants, population],
            what: What::Representation(Representation {
                statistic: self.statistic,
                of: self.of.clone(),
                matched: self.matched.len(),
                counted: (
                    self.participants.count.is_some(),
                    self.population.count.is_some(),
                ),
            }),
        })
    }

    pub(super) fn in_words(&self, among: &str) -> String {
        let of = self.of.as_deref().unwrap_or_default();
        let (who, where_) = (&self.participants.table, &self.population.table);
        match self.statistic {
            Parity::Dissimilarity => format!(
                "Half the sum, over the groups, of the difference between a group's share of {who} and its share of {where_}{among}."
            ),
            Parity::Ratio => {
                format!("Share of {of} in {who}, divided by their share in {where_}{among}.")
            }
            Parity::Rate if of.is_empty() => {
                format!("Persons in {who} divided by persons in {where_}{among}.")
            }
            Parity::Rate => {
                format!("Persons of {of} in {who} divided by those in {where_}{among}.")
            }
            Parity::AbsentGroups => {
                format!("Number of groups in {where_} of which nobody is in {who}{among}.")
            }
        }
    }

    pub(super) fn as_text(&self) -> Vec<String> {
        let side = |name: &str, file: &GroupsFile| {
            let mut text = format!("{name}: {} by {}", file.table, file.group);
            text.extend(file.count.iter().map(|c| format!(", counted by {c}")));
            text.extend(file.filter.iter().map(|f| format!(", where {f}")));
            let words: Vec<&str> = text.split_whitespace().collect();
            words.join(" ")
        };
        let of = self.of.iter().map(|of| format!(" of {of}"));
        let mut lines = vec![
            format!(
                "representation: {}{}",
                self.statistic.word(),
                of.collect::<String>()
            ),
            side("participants", &self.participants),
            side("population", &self.population),
        ];
        let pairs: Vec<String> = self
            .matched
            .iter()
            .map(|(own, other)| {
                if own == other {
                    own.clone()
                } else {
                    format!("{own} = {other}")
                }
            })
            .collect();
        if !pairs.is_empty() {
            lines.push(line("match", &pairs.join(", ")));
        }
        lines
    }
}

impl Parity {
    /// The word in definitions.
    pub fn word(self) -> &'static str {
        match self {
            Parity::Dissimilarity => "dissimilarity",
            Parity::Ratio => "ratio",
            Parity::Rate => "rate",
            Parity::AbsentGroups => "absent-groups",
        }
    }
}
