//! `codev indicators functions`: what a formula may use.

use crate::cli::table;
use crate::cli::terminal::{Done, Terminal, Verdict};
use crate::indicator::FUNCTIONS;
use clap::Args;

/// List the functions that formulas and filters may use
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators functions
  codev indicators functions --json")]
pub struct Functions {}

impl Functions {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        if terminal.json {
            let line = |f: &crate::indicator::Function| {
                let (name, call, gives) = (f.name, f.signature, f.description);
                format!(
                    "{}\n",
                    serde_json::json!({ "name": name, "signature": call, "description": gives, "aggregate": f.aggregate })
                )
            };
            terminal.json(&FUNCTIONS.iter().map(line).collect::<String>())?;
            return Ok(Verdict::Fine);
        }
        let rows = FUNCTIONS.iter().map(|f| {
            let over = if f.aggregate { "rows" } else { "one row" };
            vec![
                f.signature.to_owned(),
                over.to_owned(),
                f.description.to_owned(),
            ]
        });
        terminal.result(&table::table(
            &["function", "over", "gives"],
            rows.collect(),
            &[],
        ))?;
        Ok(Verdict::Fine)
    }
}
