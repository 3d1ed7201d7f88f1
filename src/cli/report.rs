//! `codev report`: the evaluation report, with the outcome it was made from.

use super::progress::Bar;
use super::terminal::{Done, Terminal, Verdict};
use super::{audit, clean, findings, folder, render};
use crate::export::FileSet;
use crate::finding::Findings;
use crate::outcome::Outcome;
use crate::{export, report, run};
use clap::Args;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The files of a report.
const OUTCOME: &str = "outcome.json";
const ESTIMATES: &str = "estimates.csv";
const REPORT: &str = "report.html";
const EFFECTS: &str = "effects.csv";

/// Evaluate and write the report (HTML), the outcome (JSON), and estimates and effects (CSV)
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev report my-evaluation
  codev report my-evaluation --out /tmp/draft
  codev report my-evaluation --quiet && xdg-open my-evaluation/report/report.html
  codev report my-evaluation --after 2023/outcome.json --data data-2023

Files: report.html (one file that needs nothing else), outcome.json (everything the report shows; `codev render` makes \
the report from it again), estimates.csv, effects.csv where the evaluation asks for effects, and codev-report.sha256, a list of them. All of \
them take the place of an earlier report at once, when they are complete; other files in the folder stay as they are.")]
pub struct Report {
    /// Evaluation folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Folder to write to [default: DIR/report]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Outcome published earlier about the same persons: what would tell on few beside it is withheld (may be given several times)
    #[arg(long, value_name = "OUTCOME.JSON")]
    after: Vec<PathBuf>,
    /// Folder with the data of an earlier outcome, where they are others now (may be given several times)
    #[arg(long, value_name = "DIR", requires = "after")]
    data: Vec<PathBuf>,
}

impl Report {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        folder::evaluation(&self.dir)?;
        for outcome in &self.after {
            folder::there(outcome, "Give the outcome.json of the earlier report.")?;
        }
        audit::packages(&self.data)?;
        let progress = Bar::new(terminal);
        let earlier: Vec<&Path> = self.after.iter().map(PathBuf::as_path).collect();
        let outcome = run::evaluate_after(&self.dir, &earlier, &self.data, &progress)?;
        // Everything is made before anything is written, so that an interruption leaves the earlier report whole.
        let (html, (json, (csv, effects))) = rayon::join(
            || crate::report::html(&outcome),
            || {
                rayon::join(
                    || export::json(&outcome),
                    || rayon::join(|| export::csv(&outcome), || export::effects_csv(&outcome)),
                )
            },
        );
        let html = html.map_err(|e| render::failed(&e))?;
        let mut files = vec![
            (OUTCOME.to_owned(), json.map_err(|e| render::failed(&e))?),
            (ESTIMATES.to_owned(), csv.map_err(|e| render::failed(&e))?),
            (REPORT.to_owned(), html.into_bytes()),
        ];
        if !outcome.effects.is_empty() {
            let effects = effects.map_err(|e| render::failed(&e))?;
            files.push((EFFECTS.to_owned(), effects));
        }
        let out = self.out.clone().unwrap_or_else(|| self.dir.join("report"));
        let mut beside = Findings::new();
        let before = out.join(OUTCOME);
        if self.after.is_empty() && before.is_file() {
            let told = run::tells_beside(&self.dir, (&before, &outcome), &progress)?;
            told.into_iter().for_each(|finding| beside.push(finding));
        }
        beside.extend(run::protected_otherwise(&before, &outcome));
        drop(progress);
        export::write_set(
            &out,
            &FileSet {
                command: "report",
                files: &files,
                unlisted: &unlisted,
            },
        )?;
        if terminal.json || terminal.quiet {
            terminal.remarks(&outcome.quality.findings);
        } else {
            terminal.note(&summary(&outcome));
        }
        terminal.remarks(&beside);
        if !terminal.quiet {
            terminal.result(&out.join(REPORT).display().to_string())?;
        }
        Ok(Verdict::of(&outcome.quality.findings))
    }
}

/// The files of a report that an earlier version wrote, without a list of them.
fn unlisted(folder: &Path) -> Vec<String> {
    match folder.join(OUTCOME).is_file() {
        true => [OUTCOME, ESTIMATES, REPORT, EFFECTS]
            .map(str::to_owned)
            .to_vec(),
        false => Vec::new(),
    }
}

/// What a report holds, in a few lines: how much was computed, the balance verdict, the findings.
pub fn summary(outcome: &Outcome) -> String {
    let mut text = String::new();
    let total = outcome.indicators.len();
    let failed: Vec<_> = outcome
        .indicators
        .iter()
        .filter_map(|i| Some((i, report::why_not(i)?)))
        .collect();
    let _ = writeln!(
        text,
        "{}: {} of {total} indicators computed for {} programmes.",
        clean::line(&outcome.evaluation.title),
        total - failed.len(),
        outcome.programmes.len()
    );
    if !outcome.effects.is_empty() {
        let of = outcome.effects.len();
        let told = outcome
            .effects
            .iter()
            .filter(|e| e.estimate.is_some())
            .count();
        let _ = writeln!(text, "{told} of {of} effects estimated.");
    }
    for effect in &outcome.effects {
        if let Some(reason) = &effect.not_estimable {
            let _ = writeln!(
                text,
                "  not estimable: {}: {}",
                clean::line(&effect.id),
                clean::line(&reason.reason)
            );
        }
    }
    for (indicator, reason) in failed {
        let _ = writeln!(
            text,
            "  not computable: {}: {}",
            indicator.definition.id,
            clean::line(&reason)
        );
    }
    let _ = writeln!(text, "Balance:");
    for sentence in &outcome.audit.verdict {
        let _ = writeln!(text, "  {}", clean::line(sentence));
    }
    if let Some((first, rest)) = outcome.audit.advice.split_first() {
        let _ = writeln!(text, "  {}", clean::line(&first.words));
        if !rest.is_empty() {
            let _ = writeln!(
                text,
                "  The report says what would fill {} more blind spot{}.",
                rest.len(),
                if rest.len() == 1 { "" } else { "s" }
            );
        }
    }
    if let Some(plan) = &outcome.plan {
        let differ = match plan.differences.len() {
            0 => "the report is as planned".to_owned(),
            1 => "1 difference, which the report lists".to_owned(),
            n => format!("{n} differences, which the report lists"),
        };
        let _ = writeln!(
            text,
            "Plan locked on {}: {differ}.",
            clean::line(&plan.locked)
        );
    }
    let found = &outcome.quality.findings;
    let _ = writeln!(text, "Data and definitions: {}.", findings::summary(found));
    text.push_str(&findings::kinds(found, 6));
    let _ = writeln!(text, "Report:");
    text
}
