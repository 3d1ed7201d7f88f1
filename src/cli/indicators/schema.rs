//! `codev indicators schema`: the JSON Schema of definition files, for editors.

use crate::cli::terminal::{Done, Terminal, Verdict};
use clap::Args;

/// Print the JSON Schema of definition files, for editors
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators schema > indicators/schema.json

A definition that starts with `#:schema ../../schema.json` is then completed and checked while you type.")]
pub struct Schema {}

impl Schema {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        terminal.result(&crate::indicator::json_schema())?;
        Ok(Verdict::Fine)
    }
}
