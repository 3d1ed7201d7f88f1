//! What a statistic of a network needs is there, and nothing that it has no use for.

use super::super::{MeasureFault, refused};
use super::{NetworkFile, Statistic};
use std::collections::BTreeMap;

impl NetworkFile {
    /// What the statistic needs is there, and nothing that it has no use for.
    pub(super) fn check_needs(&self) -> Result<(), MeasureFault> {
        let word = self.statistic.word();
        if self.statistic.needs_actors() && self.actors.is_none() {
            return refused(
                "statistic",
                word,
                "measure-no-actors",
                "It counts actors, also those without a tie, and a table of ties does not name these.",
                "Name the table of all actors: actors = \"actors\".",
            );
        }
        if self.statistic == Statistic::Reciprocity && !self.directed {
            return refused(
                "statistic",
                word,
                "measure-no-direction",
                "Ties without direction can't be returned.",
                "Set directed = true, if a tie leads from one actor to the other.",
            );
        }
        if self.weight.is_some() && !self.statistic.uses_weights() {
            let text = self.weight.as_deref().unwrap_or_default();
            return refused(
                "weight",
                text,
                "measure-unused-key",
                &format!("`{word}` does not depend on the strength of ties."),
                "Leave `weight` out.",
            );
        }
        match (self.statistic, self.role) {
            (Statistic::Brokerage | Statistic::BrokerageZ, Some(_)) => {}
            (Statistic::BrokerageZ, None) => {
                return refused(
                    "statistic",
                    word,
                    "measure-no-role",
                    "It compares one role with what is to be expected of it.",
                    "Name the role: coordinator, itinerant, gatekeeper, representative or liaison.",
                );
            }
            (_, Some(role)) => {
                return refused(
                    "role",
                    role.word(),
                    "measure-unused-key",
                    &format!("`{word}` has no roles."),
                    "Leave `role` out, or use statistic = \"brokerage\".",
                );
            }
            (_, None) => {}
        }
        if let (Some(phase), None) = (self.phase, &self.phases) {
            return refused(
                "phase",
                phase.word(),
                "measure-no-phases",
                "Nothing says when the programme started and ended, and when ties were formed.",
                "Add phases = { formed = \"...\", ended = \"...\", start = \"programme.start\", end = \"programme.end\" }.",
            );
        }
        Ok(())
    }

    pub(super) fn check_groups(&self) -> Result<(), MeasureFault> {
        let word = self.statistic.word();
        let has_ends = self.group_from.is_some() && self.group_to.is_some();
        let one_end = self.group_from.is_some() != self.group_to.is_some();
        if one_end || (has_ends && self.group.is_some()) {
            let text = self.group_from.as_ref().or(self.group_to.as_ref());
            return refused(
                if self.group_from.is_some() {
                    "group_from"
                } else {
                    "group_to"
                },
                text.map_or("", String::as_str),
                "measure-two-groups",
                "Groups come from the table of actors (`group`), or from both ends of a tie (`group_from` and `group_to`).",
                "Give one of the two, and of the second both keys.",
            );
        }
        let of_actors = [
            ("group", &self.group),
            ("label", &self.label),
            ("actor_where", &self.actor_where),
        ];
        if let (None, Some((key, Some(text)))) = (
            &self.actors,
            of_actors.into_iter().find(|(_, text)| text.is_some()),
        ) {
            return refused(
                key,
                text,
                "measure-no-actors",
                "It speaks of the table of actors, and none is named.",
                "Add actors = \"actors\".",
            );
        }
        if self.needs_groups() && self.group.is_none() && !has_ends {
            return refused(
                "statistic",
                word,
                "measure-no-groups",
                "Nothing says which group an actor belongs to.",
                "Add group = \"sector\" (a column of the table of actors), or group_from and group_to.",
            );
        }
        let names = self.between.join(", ");
        let is_pair = matches!(self.between.as_slice(), [a, b] if a != b);
        if !self.between.is_empty() && !is_pair {
            return refused(
                "between",
                &names,
                "measure-between",
                &format!(
                    "Expected two different groups, found {}.",
                    self.between.len()
                ),
                "Take groups together under one name with [measure.groups].",
            );
        }
        let takes_between = matches!(self.statistic, Statistic::Ties | Statistic::DensityBetween);
        if is_pair && !takes_between {
            return refused(
                "between",
                &names,
                "measure-unused-key",
                &format!("`{word}` does not speak of two groups."),
                "Use statistic = \"ties\" or \"density-between\", or leave `between` out.",
            );
        }
        match &self.of {
            Some(of) if !self.statistic.takes_of() => refused(
                "of",
                of,
                "measure-unused-key",
                &format!("`{word}` does not speak of one group."),
                "Leave `of` out.",
            ),
            _ => Ok(()),
        }
    }

    /// Group = the name of the whole it is part of.
    pub(super) fn merged(&self) -> Result<BTreeMap<String, String>, MeasureFault> {
        let mut merged = BTreeMap::new();
        for (whole, parts) in &self.groups {
            for part in parts {
                if let Some(other) = merged.insert(part.clone(), whole.clone()) {
                    return refused(
                        "groups",
                        part,
                        "measure-group-twice",
                        &format!("It is part of `{other}` and of `{whole}`."),
                        "Name each group in one of them.",
                    );
                }
            }
        }
        Ok(merged)
    }
}
