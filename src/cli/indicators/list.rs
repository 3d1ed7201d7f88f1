//! `codev indicators list`: the indicators, filtered.

use super::{catalogue, word};
use crate::cli::table;
use crate::cli::terminal::{Done, Terminal, Verdict};
use crate::indicator::Indicator;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// List the indicators of the library and of an evaluation
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators list
  codev indicators list --kind process --side origin
  codev indicators list --row S05
  codev indicators list --dir my-evaluation --json")]
pub struct List {
    /// Only this kind
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Only this dimension, as `state-civil-society-interface`
    #[arg(long)]
    dimension: Option<String>,
    /// Only this side
    #[arg(long, value_enum)]
    side: Option<Side>,
    /// Only those that cover this row of the domain, S01 to S25
    #[arg(long, value_name = "ROW")]
    row: Option<String>,
    /// Evaluation folder whose own definitions are listed too [default: the current one, if it is one]
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
        let (catalogue, faulty) = catalogue(self.dir.as_deref(), terminal)?;
        let found: Vec<&Indicator> = catalogue
            .indicators
            .iter()
            .filter(|i| self.wants(i))
            .collect();
        if terminal.json {
            let lines: String = found.iter().map(|i| format!("{}\n", json(i))).collect();
            terminal.bytes(lines.as_bytes())?;
        } else if found.is_empty() {
            terminal.note("No indicator is like that; leave out an option to see more.");
        } else {
            let rows = found.iter().map(|i| {
                let side = word(&i.side);
                vec![
                    i.id.clone(),
                    i.name.clone(),
                    word(&i.kind),
                    i.dimension.clone(),
                    side,
                    i.rows.join(" "),
                ]
            });
            terminal.result(&table::table(
                &["id", "name", "kind", "dimension", "side", "rows"],
                rows.collect(),
                &[],
            ))?;
        }
        Ok(if faulty {
            Verdict::Errors
        } else {
            Verdict::Fine
        })
    }

    fn wants(&self, indicator: &Indicator) -> bool {
        self.kind.is_none_or(|k| name(k) == word(&indicator.kind))
            && self.side.is_none_or(|s| name(s) == word(&indicator.side))
            && self
                .dimension
                .as_ref()
                .is_none_or(|d| d.eq_ignore_ascii_case(&indicator.dimension))
            && self.row.as_ref().is_none_or(|r| {
                indicator
                    .rows
                    .iter()
                    .any(|each| each.eq_ignore_ascii_case(r))
            })
    }
}

fn json(indicator: &Indicator) -> serde_json::Value {
    serde_json::json!({
        "id": indicator.id, "name": indicator.name, "kind": indicator.kind, "dimension": indicator.dimension,
        "side": indicator.side, "unit": indicator.unit, "direction": indicator.direction, "rows": indicator.rows,
        "question": indicator.question, "table": indicator.table, "columns": indicator.columns,
        "file": indicator.file, "builtin": indicator.builtin,
    })
}
