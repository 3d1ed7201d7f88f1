//! `codev audit`: what is told of few persons, for those who keep the data.

use super::progress::Bar;
use super::terminal::{Done, Terminal, Verdict};
use super::{clean, folder};
use crate::finding::{Finding, Stop};
use crate::protect::{Reasons, Why};
use crate::run;
use clap::Args;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Say what several releases tell together of few persons: last year's report and this year's, ours and a partner's
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev audit 2023/outcome.json 2024/outcome.json --data data-2023 --data data-2024
  codev audit my-evaluation/report/outcome.json my-evaluation     before it is published anew
  codev audit my-evaluation --explain

Each figure is computed again from the data, so these must be at hand: the audit looks for them in the folders named with --data, \
in the folders above each outcome and in this one. A folder stands for the evaluation in it as it would be published now. \
--explain says of each withheld figure of an evaluation why it is withheld, and what would follow from it. What is printed tells of \
few persons: keep it with the data, and publish none of it.")]
pub struct Audit {
    /// Saved outcome.json files, and evaluation folders
    #[arg(required = true, value_name = "OUTCOME.JSON|DIR")]
    places: Vec<PathBuf>,
    /// Folder with data that an outcome was computed from (may be given several times)
    #[arg(long, value_name = "DIR")]
    data: Vec<PathBuf>,
    /// Say of each withheld figure of one evaluation folder why it is withheld
    #[arg(long, conflicts_with = "data")]
    explain: bool,
}

impl Audit {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        if self.explain {
            return match self.places.as_slice() {
                [folder] => explain(folder, terminal),
                _ => {
                    let message = "Expected one evaluation folder with --explain.";
                    let help = "Write `codev audit my-evaluation --explain`.";
                    Err(Finding::error("audit-usage", message, help).into())
                }
            };
        }
        for place in &self.places {
            match place.is_dir() {
                true => folder::evaluation(place)?,
                false => folder::there(place, "Give the outcome.json that `codev report` wrote.")?,
            }
        }
        packages(&self.data)?;
        let places: Vec<&Path> = self.places.iter().map(PathBuf::as_path).collect();
        let audited = run::audit_releases(&places, &self.data, &Bar::new(terminal))?;
        terminal.findings(&audited.findings)?;
        if !terminal.quiet && !terminal.json {
            terminal.result(summary(&audited).trim_end())?;
        }
        Ok(Verdict::of(&audited.findings))
    }
}

/// Refuses folders without data.
pub fn packages(data: &[PathBuf]) -> Result<(), Stop> {
    for place in data {
        folder::there(place, "Give the folder of the data package.")?;
        if !place.join(folder::MANIFEST).is_file() {
            let message = format!("There is no {} in this folder.", folder::MANIFEST);
            let help = "Give the folder of the data package, with its data as they were.";
            return Err(Finding::error("audit-no-package", message, help)
                .in_file(place.display().to_string())
                .into());
        }
    }
    Ok(())
}

/// How many figures were looked at and what follows, a line for each table.
fn summary(audited: &run::Audited) -> String {
    let mut text = String::new();
    if audited.tables.is_empty() {
        text.push_str("No table is about persons: nothing to protect.");
    }
    for table in &audited.tables {
        let figures = table.figures.iter().zip(&audited.names);
        let figures: Vec<String> = figures.map(|(n, name)| format!("{n} in {name}")).collect();
        let _ = write!(
            text,
            "{}: figures {}; ",
            clean::line(&table.table),
            clean::line(&figures.join(", "))
        );
        let few = table.threshold;
        let _ = match (table.withheld.len(), table.groups.len()) {
            _ if few < 2 => writeln!(text, "nothing is protected (small_cells = {few})."),
            (0, 0) => writeln!(
                text,
                "neither a withheld figure nor the number or a sum of a group of fewer than {few} persons follows exactly."
            ),
            (withheld, groups) => writeln!(
                text,
                "{withheld} withheld figures and {groups} other groups of fewer than {few} persons follow."
            ),
        };
    }
    text
}

fn explain(dir: &Path, terminal: &Terminal) -> Done {
    folder::evaluation(dir)?;
    let reasons = run::reasons(dir, &Bar::new(terminal))?;
    terminal.result(&listed(&reasons))?;
    if !terminal.quiet {
        terminal.note("This tells of few persons: keep it with the data.\n");
    }
    Ok(Verdict::Fine)
}

/// A line for each withheld figure.
fn listed(reasons: &Reasons) -> String {
    let mut text = String::new();
    for reason in &reasons.withheld {
        let place = match reason.place.as_str() {
            "" => "total",
            place => place,
        };
        let why = match &reason.why {
            Why::Few => format!("rests on fewer than {} persons", reasons.threshold),
            Why::Others => "with what is shown it would tell of few persons".to_owned(),
            Why::Earlier => {
                "with what was published earlier it would tell of few persons".to_owned()
            }
            Why::Made => "made of withheld figures or of the values of few persons".to_owned(),
        };
        let line = format!("{} [{place}]: {why}", reason.indicator);
        let _ = writeln!(text, "{}", clean::line(&line));
    }
    let _ = match reasons.withheld.len() {
        0 => writeln!(text, "No figure is withheld."),
        1 => writeln!(text, "1 figure is withheld."),
        n => writeln!(text, "{n} figures are withheld."),
    };
    text
}
