//! `codev indicators show`: one definition, in words or as its file.

use super::{catalogue, find, word};
use crate::cli::terminal::{Done, Terminal, Verdict};
use crate::indicator::Indicator;
use clap::Args;
use std::fmt::Write;
use std::path::PathBuf;

/// Show one indicator: question, definition, formula, what it needs
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators show new-cross-sector-ties
  codev indicators show new-cross-sector-ties --toml > indicators/process/ties/my-ties.toml")]
pub struct Show {
    /// Id of the indicator
    id: String,
    /// Print the definition file itself
    #[arg(long)]
    toml: bool,
    /// Evaluation folder whose own definitions count too [default: the current one, if it is one]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Show {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let (catalogue, _) = catalogue(self.dir.as_deref(), terminal)?;
        let indicator = find(&catalogue, &self.id)?;
        terminal.result(&if self.toml {
            indicator.text.clone()
        } else {
            words(indicator)
        })?;
        Ok(Verdict::Fine)
    }
}

fn words(indicator: &Indicator) -> String {
    let formula = indicator.formula.replace('\n', "\n            ");
    let needs = match &indicator.table {
        Some(table) if indicator.columns.is_empty() => format!("table {table}"),
        Some(table) => format!("table {table}: {}", indicator.columns.join(", ")),
        None => "other indicators".to_owned(),
    };
    let parameters: Vec<String> = indicator
        .parameters
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    let mut text = format!("{}\n", indicator.name);
    let facts = [
        ("id", indicator.id.clone()),
        ("question", indicator.question.clone()),
        ("meaning", indicator.words.clone()),
        ("formula", formula),
        ("extends", indicator.extends.clone().unwrap_or_default()),
        ("settings", parameters.join(", ")),
        ("unit", indicator.unit.clone()),
        ("direction", word(&indicator.direction)),
        (
            "class",
            format!(
                "{}, {}, {}",
                word(&indicator.kind),
                indicator.dimension,
                word(&indicator.side)
            ),
        ),
        ("needs", needs),
        ("rows", indicator.rows.join(", ")),
        ("limits", indicator.limits.clone()),
        ("source", indicator.source.clone()),
        ("file", indicator.file.clone()),
    ];
    for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        let _ = writeln!(text, "  {name:<9} {fact}");
    }
    text
}
