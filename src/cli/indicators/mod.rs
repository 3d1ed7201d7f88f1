//! `codev indicators`: browse the library, write its dictionary, start a definition, run its examples.

pub(in crate::cli) mod ask;
mod explain;
mod export;
mod feasible;
mod filter;
mod functions;
mod list;
mod new;
mod new_ask;
mod new_text;
mod schema;
mod show;
mod test;

use super::folder;
use super::terminal::{Done, Fault, Terminal};
use crate::finding::{Finding, Stop, nearest};
use crate::indicator::{Catalogue, Indicator};
use clap::{Args, Subcommand};
use std::path::Path;

/// Browse the indicators, start a definition, run its examples
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
#[command(after_help = "Examples:
  codev indicators list --kind process --side origin
  codev indicators show new-cross-sector-ties
  codev indicators new meals-shared --dimension integration --table activities --value \"SUM(meals)\"
  codev indicators test")]
pub struct Indicators {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    Export(export::Export),
    Show(show::Show),
    New(Box<new::New>),
    Test(test::Test),
    Functions(functions::Functions),
    Schema(schema::Schema),
}

impl Indicators {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        match &self.action {
            Action::List(action) => action.run(terminal),
            Action::Export(action) => action.run(terminal),
            Action::Show(action) => action.run(terminal),
            Action::New(action) => action.run(terminal),
            Action::Test(action) => action.run(terminal),
            Action::Functions(action) => action.run(terminal),
            Action::Schema(action) => action.run(terminal),
        }
    }
}

/// The library, and the definitions of a folder where one is asked for or the current folder is an evaluation.
/// Faults in definitions are told on standard error; the sound ones are there. Says whether one was an error.
fn catalogue(dir: Option<&Path>, terminal: &Terminal) -> Result<(Catalogue, bool), Fault> {
    let (catalogue, found) = match folder::definitions(dir)? {
        Some(folder) => Catalogue::load(&folder),
        None => Catalogue::builtin(),
    };
    terminal.remarks(&found);
    Ok((catalogue, found.has_errors()))
}

/// The indicator with this id, or the nearest ones.
fn find<'a>(catalogue: &'a Catalogue, id: &str) -> Result<&'a Indicator, Stop> {
    catalogue.get(id).ok_or_else(|| {
        let help = match nearest(id, catalogue.indicators.iter().map(|i| i.id.as_str())) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "`codev indicators list` shows all; --dir FOLDER adds those of an evaluation."
                .to_owned(),
        };
        Finding::error(
            "cli-unknown-indicator",
            format!("There is no indicator `{id}`."),
            help,
        )
        .into()
    })
}

/// A value of an enumeration as it is written in files: `higher-is-better`.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
