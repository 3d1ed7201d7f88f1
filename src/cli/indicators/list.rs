//! `codev indicators list`: the indicators, filtered.

use super::filter::Filter;
use super::{catalogue, feasible, word};
use crate::cli::folder;
use crate::cli::table::wrapped;
use crate::cli::terminal::{Done, Look, Terminal, Verdict};
use crate::finding::{Finding, Stop, nearest};
use crate::indicator::{Catalogue, Indicator, Measure};
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

/// List the indicators of the library and of an evaluation
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators list
  codev indicators list --kind process --side origin
  codev indicators list --row S05
  codev indicators list --table decisions --criterion effectiveness
  codev indicators list --for my-evaluation
  codev indicators list --dir my-evaluation --json

With --for, the indicators that the tables and columns of a data package allow come first, then the others by what is \
missing: which table, column, type or link would make them computable. Whether rows have values, only `codev compute` shows.")]
pub struct List {
    #[command(flatten)]
    filter: Filter,
    /// Only those that state this DAC criterion
    #[arg(long, value_enum)]
    criterion: Option<Criterion>,
    /// Only those that need this table, as `ties` (of a derived one, also those of its inputs)
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Folder of a data package: what can be computed on it, and what is missing for the rest
    #[arg(long = "for", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Evaluation folder whose own definitions are listed too [default: that of --for, else the current one, if it is one]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Kind of an indicator, as an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// What was delivered
    Output,
    /// How it came about, and what it did between people and institutions
    Process,
    /// What the programme is
    Structure,
}

/// Side of an indicator, as an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// Locality of origin
    Origin,
    /// Locality of destination
    Destination,
    /// Both
    Both,
}

/// DAC criterion, as an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Criterion {
    /// Is it doing the right things?
    Relevance,
    /// How well does it fit with others?
    Coherence,
    /// Is it achieving its objectives?
    Effectiveness,
    /// How well are resources used?
    Efficiency,
    /// What difference does it make?
    Impact,
    /// Will the benefits last?
    Sustainability,
}

/// The word of an option's value.
pub fn name(value: impl ValueEnum) -> String {
    value
        .to_possible_value()
        .map(|v| v.get_name().to_owned())
        .unwrap_or_default()
}

impl List {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        if let Some(data) = &self.data {
            folder::there(data, "Give the folder that holds the data package.")?;
        }
        let own = self.dir.as_deref().or(self.data.as_deref());
        let (catalogue, faulty) = catalogue(own, terminal)?;
        if let Some(table) = &self.table {
            known(table, &catalogue)?;
        }
        let mut found = self.filter.choose(&catalogue)?;
        found.retain(|i| self.wants(i, &catalogue));
        if let Some(folder) = &self.data {
            feasible::show(folder, &catalogue, &found, terminal)?;
        } else if terminal.json {
            let lines: String = found.iter().map(|i| format!("{}\n", json(i))).collect();
            terminal.json(&lines)?;
        } else if found.is_empty() {
            terminal.note("No indicator is like that; leave out an option to see more.");
        } else {
            terminal.result(&listing(&found, Look::of_output().width))?;
        }
        Ok(if faulty {
            Verdict::Errors
        } else {
            Verdict::Fine
        })
    }

    fn wants(&self, indicator: &Indicator, catalogue: &Catalogue) -> bool {
        self.criterion.is_none_or(|c| {
            let stated = indicator.criteria.iter();
            stated.into_iter().any(|each| name(c) == word(each))
        }) && self
            .table
            .as_ref()
            .is_none_or(|t| reads(indicator, t, catalogue, &mut BTreeSet::new()))
    }
}

/// The tables that a definition names: its first and those that its measure reads beside it.
fn tables(indicator: &Indicator) -> impl Iterator<Item = &str> {
    let beside = indicator.measure.inputs().iter().map(|i| i.table.as_str());
    indicator.table.as_deref().into_iter().chain(beside)
}

/// Refuses a table that no definition names.
fn known(table: &str, catalogue: &Catalogue) -> Result<(), Stop> {
    let known: BTreeSet<&str> = catalogue.indicators.iter().flat_map(tables).collect();
    if known.iter().any(|t| t.eq_ignore_ascii_case(table)) {
        return Ok(());
    }
    let help = match nearest(table, known.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => {
            let known: Vec<&str> = known.into_iter().collect();
            format!("Definitions name: {}.", known.join(", "))
        }
    };
    let message = format!("No indicator needs a table `{table}`.");
    Err(Finding::error("cli-unknown-table", message, help).into())
}

/// Indicators under headings of kind and dimension. An id is never broken: it is there to be copied.
pub(super) fn listing(indicators: &[&Indicator], width: usize) -> String {
    let mut text = String::new();
    let mut last = String::new();
    for indicator in indicators {
        let heading = format!("{}, {}", word(&indicator.kind), indicator.dimension);
        if heading != last {
            let gap = if last.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{heading}");
            last = heading;
        }
        let (id, name) = (&indicator.id, &indicator.name);
        let mut tags = vec![word(&indicator.side)];
        tags.extend(indicator.rows.iter().cloned());
        let words = format!("{id}: {name} ({})", tags.join(", "));
        wrapped(&mut text, &words, "  ", "    ", width);
    }
    text
}

/// Whether an indicator reads a table, itself or through its inputs; each is looked at once.
fn reads(
    indicator: &Indicator,
    table: &str,
    catalogue: &Catalogue,
    seen: &mut BTreeSet<String>,
) -> bool {
    match &indicator.measure {
        Measure::Derived { inputs, .. } => inputs
            .iter()
            .filter(|(_, id)| seen.insert(id.clone()))
            .filter_map(|(_, id)| catalogue.get(id))
            .collect::<Vec<_>>()
            .into_iter()
            .any(|input| reads(input, table, catalogue, seen)),
        _ => tables(indicator).any(|t| t.eq_ignore_ascii_case(table)),
    }
}

pub(super) fn json(indicator: &Indicator) -> serde_json::Value {
    serde_json::json!({
        "id": indicator.id, "name": indicator.name, "kind": indicator.kind, "dimension": indicator.dimension,
        "side": indicator.side, "unit": indicator.unit, "direction": indicator.direction, "criteria": indicator.criteria, "rows": indicator.rows,
        "question": indicator.question, "table": indicator.table, "columns": indicator.columns,
        "file": indicator.file, "builtin": indicator.builtin,
    })
}
