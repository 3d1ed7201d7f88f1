//! `codev check`: everything wrong with data, definitions and evaluation at once.

use super::progress::Bar;
use super::terminal::{Done, Terminal, Verdict};
use super::{clean, findings, folder};
use clap::Args;
use std::fmt::Write;
use std::path::PathBuf;

/// Check data, definitions and evaluation; print all findings at once
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev check my-evaluation
  codev check my-evaluation --quiet            errors alone
  codev check my-evaluation --json | jq .code  one JSON object per finding and line

With --json, the first 20 findings of a kind are printed, one object per line (code, severity, message, help, place, \
value); for a kind with more, one further object says how many are \"unlisted\".")]
pub struct Check {
    /// Evaluation folder
    #[arg(default_value = ".")]
    dir: PathBuf,
}

impl Check {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        folder::evaluation(&self.dir)?;
        let checked = crate::run::check(&self.dir, &Bar::new(terminal))?;
        terminal.findings(&checked.findings)?;
        if !terminal.quiet && !terminal.json {
            let mut text = String::new();
            for (id, reason) in &checked.not_computable {
                let _ = writeln!(text, "not computable: {id}: {}", clean::line(reason));
            }
            let rows: u64 = checked.dataset.tables.iter().map(|t| t.rows).sum();
            let _ = writeln!(
                text,
                "{}: {} tables with {rows} rows; {} of {} indicators can be computed; {}.",
                self.dir.display(),
                checked.dataset.tables.len(),
                checked.computable.len(),
                checked.computable.len() + checked.not_computable.len(),
                findings::summary(&checked.findings)
            );
            terminal.result(&text)?;
        }
        Ok(Verdict::of(&checked.findings))
    }
}
