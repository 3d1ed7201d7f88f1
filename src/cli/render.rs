//! `codev render`: the report again, from a saved outcome or comparison alone.

use super::folder;
use super::terminal::{Done, Terminal, Verdict};
use crate::export;
use crate::finding::{Finding, Stop};
use clap::Args;
use std::path::{Path, PathBuf};

/// Make the report again from a saved outcome.json or comparison.json, without the data
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev render my-evaluation/report/outcome.json
  codev render outcome.json --out report-for-council.html
  codev render comparison.json
  codev render outcome.json --out - | wc -c")]
pub struct Render {
    /// Outcome that `codev report` wrote, or comparison that `codev compare` wrote
    #[arg(value_name = "OUTCOME.JSON|COMPARISON.JSON")]
    outcome: PathBuf,
    /// File to write, `-` for standard output [default: report.html or comparison.html beside it]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Render {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let bytes = folder::read(
            &self.outcome,
            "Give the outcome.json that `codev report` wrote, or the comparison.json of `codev compare`.",
        )?;
        let named = |mut stop: Stop| {
            let shown = self.outcome.display().to_string();
            stop.0.place.file.get_or_insert(shown);
            stop
        };
        let (html, name, command) = match export::is_comparison(&bytes) {
            true => {
                let compared = export::read_comparison(&bytes).map_err(named)?;
                let html = crate::report::comparison::comparison_html(&compared);
                (html.map_err(|e| failed(&e))?, "comparison.html", "compare")
            }
            false => {
                let outcome = export::read_json(&bytes).map_err(named)?;
                let html = crate::report::html(&outcome).map_err(|e| failed(&e))?;
                (html, "report.html", "report")
            }
        };
        if self
            .out
            .as_deref()
            .is_some_and(|out| out.as_os_str() == "-")
        {
            terminal.data(html.as_bytes())?;
            return Ok(Verdict::Fine);
        }
        let out = self
            .out
            .clone()
            .unwrap_or_else(|| self.outcome.with_file_name(name));
        if out.canonicalize().ok() == self.outcome.canonicalize().ok() && out.exists() {
            let message = "The page is made from this file, so it is not written over it.";
            let help = format!("Name another file, such as `--out {name}`.");
            return Err(Finding::error("cli-output-is-input", message, help)
                .in_file(out.display().to_string())
                .into());
        }
        // Beside the files of the run that it was made from, it is one of them.
        let folder = out.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let of_set = out.file_name().is_some_and(|n| n == name)
            && export::rewrite(folder, command, name, html.as_bytes())?;
        if !of_set {
            export::write_atomic(&out, html.as_bytes())?;
        }
        if !terminal.quiet {
            terminal.result(&out.display().to_string())?;
        }
        Ok(Verdict::Fine)
    }
}

/// An output that could not be made.
pub fn failed(cause: &dyn std::error::Error) -> Stop {
    let help =
        "This is a fault of codev, not of your data: please report it with the outcome.json.";
    Finding::error(
        "cli-not-rendered",
        format!("The output can't be made: {cause}."),
        help,
    )
    .into()
}
