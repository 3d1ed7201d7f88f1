//! What every part of a comparison is made from, and what it gives back.

use crate::evaluation::{Common, ComparisonSetting, OneOrMore};
use crate::outcome::Direction;
use crate::outcome::comparison::{Between, Case, Entry, Measure, MethodNote, Part, Refusal};
use crate::stats::Refused;
use std::collections::BTreeMap;

/// One measure of one block, with those that are compared.
pub(super) struct Asked<'a> {
    /// The block.
    pub setting: &'a ComparisonSetting,
    /// What all parts share.
    pub common: &'a Common,
    /// What is measured.
    pub measure: &'a Measure,
    /// What stands beside each other.
    pub between: &'a Between,
    /// Those compared.
    pub entries: &'a [Entry],
    /// The programmes that entries point to.
    pub cases: &'a [Case],
    /// Tells random numbers of this comparison from those of others.
    pub tag: u64,
}

/// A part with how it was made.
pub(super) struct Made<T> {
    pub part: T,
    pub method: MethodNote,
    pub remarks: Vec<String>,
}

impl Asked<'_> {
    /// 1 where higher is better, -1 where lower is, `None` without a direction.
    pub fn sign(&self) -> Option<f64> {
        match self.measure.direction {
            Direction::HigherIsBetter => Some(1.0),
            Direction::LowerIsBetter => Some(-1.0),
            Direction::Neither => None,
        }
    }

    /// A fact of the programme behind an entry; `None` where it is missing or the entry is no programme.
    pub fn fact(&self, entry: &Entry, column: &str) -> Option<&str> {
        let case = self.cases.get(entry.case?)?;
        fact(case, column)
    }
}

/// A fact of a programme. `programme.type` means `type` too, as paths in definitions do.
pub(super) fn fact<'a>(case: &'a Case, column: &str) -> Option<&'a str> {
    let name = column.strip_prefix("programme.").unwrap_or(column);
    let known = case.facts.iter().find(|(known, _)| known == name);
    known
        .map(|(_, text)| text.as_str())
        .filter(|t| !t.is_empty())
}

/// Whether a programme takes part.
pub(super) fn takes_part(
    only: &BTreeMap<String, OneOrMore>,
    exclude: &[String],
    case: &Case,
) -> bool {
    let meets = only.iter().all(|(column, wanted)| {
        fact(case, column).is_some_and(|text| {
            wanted.holds(text) || text.split([';', ',', '|']).any(|t| wanted.holds(t.trim()))
        })
    });
    meets && !exclude.contains(&case.id)
}

/// A refusal of a part, from that of a statistic.
pub(super) fn refused(part: Part, why: Refused) -> Refusal {
    Refusal {
        part,
        reason: why.reason,
        help: why.help,
    }
}
