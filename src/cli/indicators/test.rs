//! `codev indicators test`: runs the examples of definitions.

use super::{catalogue, explain, find};
use crate::cli::clean;
use crate::cli::terminal::{Done, Fault, Terminal, Verdict};
use crate::finding::Finding;
use crate::indicator::{Catalogue, Example, Indicator};
use crate::run::{self, ExampleResult};
use clap::Args;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Run the examples of definitions: those given, else all
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators test
  codev indicators test claims-adopted new-cross-sector-ties
  codev indicators test indicators/process/governance/share-with-citizens.toml
  codev indicators test --dir my-evaluation
  codev indicators test claims-adopted --explain

Of an example that fails (of all with --explain) it shows what became of each row, and in which numbered part of the
value it counts: used, left out by the filter, or missing something needed. Then what each part gave.

Exit code 1 when an example fails, a definition is faulty or has no example.")]
pub struct Test {
    /// Ids, or definition files
    #[arg(value_name = "ID|FILE")]
    which: Vec<String>,
    /// Evaluation folder whose own definitions are tested too [default: the current one, if it is one]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Explain the examples that pass, too
    #[arg(long)]
    explain: bool,
}

impl Test {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let (catalogue, mut faulty) = catalogue(self.dir.as_deref(), terminal)?;
        let mut chosen: Vec<Indicator> = Vec::new();
        for which in &self.which {
            match self.choose(which, &catalogue, terminal)? {
                Some(indicator) => chosen.push(indicator),
                None => faulty = true,
            }
        }
        if self.which.is_empty() {
            chosen.clone_from(&catalogue.indicators);
        }
        let (mut text, mut examples, mut failed, mut bare) = (String::new(), 0, 0, 0);
        for indicator in &chosen {
            let results = run::examples(indicator);
            let bad = results.iter().filter(|r| !passed(r)).count();
            examples += results.len();
            failed += bad;
            bare += usize::from(results.is_empty());
            faulty |= bad > 0 || results.is_empty();
            self.describe(indicator, &results, terminal.quiet, &mut text);
        }
        if !terminal.quiet {
            let without = match bare {
                0 => String::new(),
                _ => format!(", {} without an example", number(bare, "definition")),
            };
            let _ = writeln!(
                text,
                "{}, {}, {failed} failed{without}.",
                number(chosen.len(), "definition"),
                number(examples, "example")
            );
        }
        terminal.result(&text)?;
        Ok(if faulty {
            Verdict::Errors
        } else {
            Verdict::Fine
        })
    }

    /// A definition by file or id; `None` where its file is faulty, which has been told.
    fn choose(
        &self,
        which: &str,
        catalogue: &Catalogue,
        terminal: &Terminal,
    ) -> Result<Option<Indicator>, Fault> {
        let path = Path::new(which);
        if !path.is_file() {
            if which.ends_with(".toml") {
                let help = "Give a definition file or the id of an indicator.";
                return Err(
                    Finding::error("cli-unreadable", "There is no such file.", help)
                        .in_file(which)
                        .into(),
                );
            }
            return Ok(Some(find(catalogue, which)?.clone()));
        }
        // What it extends may lie in the evaluation folder that holds it.
        let around = path.ancestors().find(|p| p.ends_with("indicators"));
        let (indicator, found) = match around.and_then(Path::parent) {
            Some(folder) if self.dir.is_none() => {
                let folder = Some(folder).filter(|f| !f.as_os_str().is_empty());
                Catalogue::load(folder.unwrap_or(Path::new(".")))
                    .0
                    .single(path)
            }
            _ => catalogue.single(path),
        };
        terminal.remarks(&found);
        Ok(indicator.filter(|_| !found.has_errors()))
    }
}

fn passed(result: &ExampleResult) -> bool {
    result.failure.is_none() && !result.cells.is_empty() && result.cells.iter().all(|c| c.3)
}

impl Test {
    fn describe(
        &self,
        indicator: &Indicator,
        results: &[ExampleResult],
        quiet: bool,
        text: &mut String,
    ) {
        if results.is_empty() {
            let _ = writeln!(
                text,
                "FAIL  {}: it has no example; add one to {}",
                indicator.id,
                clean::line(&indicator.file)
            );
            return;
        }
        let bad = results.iter().filter(|r| !passed(r)).count();
        if bad > 0 {
            let _ = writeln!(
                text,
                "FAIL  {} ({bad} of {}), {}",
                indicator.id,
                results.len(),
                clean::line(&indicator.file)
            );
        } else if !quiet {
            let _ = writeln!(text, "ok    {} ({})", indicator.id, results.len());
        }
        for (result, example) in results.iter().zip(&indicator.examples) {
            if self.explain || !passed(result) {
                one(indicator, result, example, self.explain, text);
            }
        }
    }
}

/// One example: why it failed, or all of it.
fn one(
    indicator: &Indicator,
    result: &ExampleResult,
    example: &Example,
    all: bool,
    text: &mut String,
) {
    let _ = writeln!(text, "      {}", clean::line(&result.note));
    if let Some(failure) = &result.failure {
        let _ = writeln!(text, "        {}", clean::line(failure));
    } else if result.cells.is_empty() {
        let _ = writeln!(
            text,
            "        it expects nothing: add `expect = {{ total = ... }}`"
        );
    }
    let cells: Vec<_> = result.cells.iter().filter(|c| all || !c.3).collect();
    if cells.is_empty() {
        return;
    }
    let explanation = run::explain(indicator, example).ok();
    let places: Vec<&str> = cells.iter().map(|c| c.0.as_str()).collect();
    if let Some(explanation) = &explanation {
        explain::rows(explanation, &places, text);
    }
    for (cell, expected, got, _) in cells {
        if let Some(explanation) = &explanation {
            explain::parts(explanation, cell, text);
        }
        let _ = writeln!(
            text,
            "        {}: expected {expected}, got {got}",
            clean::line(cell)
        );
    }
}

fn number(count: usize, of: &str) -> String {
    format!("{count} {of}{}", if count == 1 { "" } else { "s" })
}
