//! The indicator dictionary: every definition as a reader needs it, and which rows of the domain they cover.

mod entry;
mod guide;
mod html;
mod markdown;

use super::cells::{dimension_name, kind_name, plural};
use crate::indicator::{Catalogue, Indicator, domain};
use crate::outcome::Kind;
use serde::Serialize;
use std::collections::BTreeSet;

pub use entry::{Entry, Fact, Input, Needed, Rows, Sheet, Span};
pub use html::html;
pub use markdown::markdown;

/// Definitions by kind and dimension, in the order of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Dictionary {
    /// How many indicators there are in it.
    pub total: usize,
    /// In words, how they were chosen from the library (`kind process`); empty: all are there.
    pub chosen: Vec<String>,
    /// Kinds that have an indicator.
    pub kinds: Vec<KindPart>,
    /// The rows S01 to S25 against all indicators of the catalogue, chosen or not.
    pub coverage: Vec<Coverage>,
}

/// The indicators of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct KindPart {
    /// The kind.
    pub kind: Kind,
    /// How many indicators it has.
    pub count: usize,
    /// By dimension.
    pub dimensions: Vec<DimensionPart>,
}

/// The indicators of one dimension and kind.
#[derive(Debug, Clone, PartialEq)]
pub struct DimensionPart {
    /// Place on the page: `d-process-governance`.
    pub anchor: String,
    /// Name in words.
    pub name: String,
    /// Its indicators.
    pub entries: Vec<Entry>,
}

/// What answers one row of the domain.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The row.
    pub row: domain::Row,
    /// Indicators that name it.
    pub indicators: Vec<Covering>,
}

/// An indicator that covers a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Covering {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the dictionary has an entry on it.
    pub shown: bool,
}

impl Dictionary {
    /// A dictionary of all indicators of a catalogue.
    pub fn all(catalogue: &Catalogue) -> Dictionary {
        let indicators: Vec<&Indicator> = catalogue.indicators.iter().collect();
        Dictionary::new(catalogue, &indicators, vec![])
    }

    /// A dictionary of some of them; `chosen` says in words which.
    pub fn new(
        catalogue: &Catalogue,
        indicators: &[&Indicator],
        chosen: Vec<String>,
    ) -> Dictionary {
        let shown: BTreeSet<&str> = indicators.iter().map(|i| i.id.as_str()).collect();
        let mut kinds: Vec<KindPart> = Vec::new();
        for indicator in indicators {
            let mut entry = Entry::new(indicator, catalogue);
            for input in &mut entry.inputs {
                input.shown = shown.contains(input.id.as_str());
            }
            push(&mut kinds, entry);
        }
        Dictionary {
            total: indicators.len(),
            chosen,
            kinds,
            coverage: coverage(catalogue, &shown),
        }
    }

    /// All entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.kinds
            .iter()
            .flat_map(|k| &k.dimensions)
            .flat_map(|d| &d.entries)
    }

    /// `80 indicators: 20 output, 50 process and 10 structure.`
    fn summary(&self) -> String {
        let kinds: Vec<String> = self
            .kinds
            .iter()
            .map(|k| format!("{} {}", k.count, kind_name(k.kind)))
            .collect();
        let word = plural(self.total as u64, "indicator", "indicators");
        let mut text = format!("{} {word}", self.total);
        if kinds.len() > 1 {
            text += &format!(": {}", super::cells::listed(&kinds));
        }
        if !self.chosen.is_empty() {
            text += &format!("; only {}", self.chosen.join(", "));
        }
        text + "."
    }
}

/// Adds an entry to its kind and dimension, which begin where they first occur.
fn push(kinds: &mut Vec<KindPart>, entry: Entry) {
    let at = kinds.iter().position(|k| k.kind == entry.kind);
    let at = at.unwrap_or_else(|| {
        kinds.push(KindPart {
            kind: entry.kind,
            count: 0,
            dimensions: vec![],
        });
        kinds.len() - 1
    });
    let Some(part) = kinds.get_mut(at) else {
        return;
    };
    part.count += 1;
    let anchor = format!("d-{}-{}", kind_name(entry.kind), entry.dimension);
    match part.dimensions.iter_mut().find(|d| d.anchor == anchor) {
        Some(dimension) => dimension.entries.push(entry),
        None => part.dimensions.push(DimensionPart {
            anchor,
            name: dimension_name(&entry.dimension),
            entries: vec![entry],
        }),
    }
}

fn coverage(catalogue: &Catalogue, shown: &BTreeSet<&str>) -> Vec<Coverage> {
    let names = |indicator: &&Indicator, row: &domain::Row| {
        let named = |r: &String| r.eq_ignore_ascii_case(row.id);
        indicator.rows.iter().any(named)
    };
    let of = |row: &domain::Row| Coverage {
        row: *row,
        indicators: catalogue
            .indicators
            .iter()
            .filter(|i| names(i, row))
            .map(|i| Covering {
                id: i.id.clone(),
                name: i.name.clone(),
                shown: shown.contains(i.id.as_str()),
            })
            .collect(),
    };
    domain::ROWS.iter().map(of).collect()
}

impl Coverage {
    /// The analysis that answers the row, with its command; empty where indicators are enough.
    pub fn analysis(&self) -> String {
        match self.row.analysis {
            Some(a) => format!("{} ({})", a.what, a.command),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests;
