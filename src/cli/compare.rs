//! `codev compare`: programmes set beside each other, with the uncertainty that the question has.

use super::compare_files::{Charts, files};
use super::progress::Bar;
use super::terminal::{Done, Terminal, Verdict};
use super::{clean, folder};
use crate::evaluation::{ComparisonFile, ComparisonSetting};
use crate::outcome::comparison::{Compared, Part};
use crate::run::{self, CompareOptions, Progress, Settings};
use clap::Args;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Compare programmes: differences, equivalence, pooling, ranks with their uncertainty, profiles, conditions
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev compare my-evaluation
  codev compare my-evaluation --indicator 'process/*' --benchmark P01
  codev compare tangier/ nador/report/outcome.json --settings comparison.toml --out comparison
  codev compare ours/ theirs/ --between evaluations

What is compared stands in [[comparison]] and [[qca]] blocks of evaluation.toml, or in a file given with --settings; without \
any, all indicators are compared between programmes. docs/formats.md lists the keys.

Files: comparison.html (the report), comparison.json (all that it shows; `codev render` makes the report from it again), \
comparison.xlsx, each chart as SVG and PNG with its data as CSV under charts/, listed in charts/index.csv, and \
codev-compare.sha256, a list of all files. They take the place of an earlier comparison at once, when they are complete; charts \
that are not made any more go, and nothing else in the folder is touched.")]
pub struct Compare {
    /// Evaluation folders or saved outcome.json files
    #[arg(default_value = ".", value_name = "DIR|OUTCOME.JSON")]
    places: Vec<PathBuf>,
    /// Folder to write to [default: DIR/comparison, or ./comparison for several]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// File with [[comparison]], [[qca]] and [[same]] blocks
    #[arg(long, value_name = "FILE", conflicts_with_all = ["indicator", "effect", "between", "benchmark"])]
    settings: Option<PathBuf>,
    /// Compare this indicator (an id, or a pattern such as 'process/*') in place of what evaluation.toml asks for
    #[arg(long, value_name = "PATTERN")]
    indicator: Vec<String>,
    /// Compare this effect (the id of its block) in place of what evaluation.toml asks for
    #[arg(long, value_name = "ID")]
    effect: Vec<String>,
    /// What is set beside each other: programmes, evaluations, periods, or a column of the programmes such as type
    #[arg(long, value_name = "WHAT")]
    between: Option<String>,
    /// Programme, group or period that the others are compared with
    #[arg(long, value_name = "KEY")]
    benchmark: Option<String>,
    /// Name programmes after their evaluation (`evaluation/programme`), where two have programmes of the same key
    #[arg(long)]
    qualify: bool,
    /// Files of the charts, beside those in the report
    #[arg(long, value_enum, default_value_t = Charts::All, value_name = "WHICH")]
    charts: Charts,
}

impl Compare {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        for place in &self.places {
            match place.is_file() {
                true => {}
                false => folder::evaluation(place)?,
            }
        }
        let progress = Bar::new(terminal);
        let places: Vec<&Path> = self.places.iter().map(PathBuf::as_path).collect();
        let settings = match (self.asked(), &self.settings) {
            (Some(asked), _) => Settings::Given(Box::new(asked)),
            (None, Some(file)) => Settings::File(file),
            (None, None) => Settings::OfEvaluation,
        };
        let options = CompareOptions {
            qualify: self.qualify,
        };
        let compared = run::compare_evaluations(&places, settings, options, &progress)?;
        // Everything is made before anything is written, so that an interruption leaves the earlier report whole.
        progress.start("Drawing and writing", 0);
        let files = files(&compared, self.charts)?;
        let out = self.out();
        files.write(&out)?;
        progress.finish();
        drop(progress);
        // Settings are few: each fault in them is told with its remedy.
        if !compared.findings.is_empty() {
            terminal.remarks(&compared.findings);
        }
        terminal.note(&summary(&compared));
        if !terminal.quiet {
            terminal.result(&out.join("comparison.html").display().to_string())?;
        }
        Ok(Verdict::of(&compared.findings))
    }

    fn out(&self) -> PathBuf {
        match (&self.out, self.places.as_slice()) {
            (Some(out), _) => out.clone(),
            (None, [one]) if one.is_dir() => one.join("comparison"),
            (None, [one]) => one.with_file_name("comparison"),
            (None, _) => PathBuf::from("comparison"),
        }
    }

    /// What the flags ask for, where any does.
    fn asked(&self) -> Option<ComparisonFile> {
        let any = !self.indicator.is_empty()
            || !self.effect.is_empty()
            || self.between.is_some()
            || self.benchmark.is_some();
        let everything = self.indicator.is_empty() && self.effect.is_empty();
        any.then(|| ComparisonFile {
            comparisons: vec![ComparisonSetting {
                indicators: match everything {
                    true => vec!["*".to_owned()],
                    false => self.indicator.clone(),
                },
                effects: self.effect.clone(),
                between: self.between.clone(),
                benchmark: self.benchmark.clone(),
                ..ComparisonSetting::default()
            }],
            ..ComparisonFile::default()
        })
    }
}

/// What a comparison holds, in a few lines.
fn summary(compared: &Compared) -> String {
    let mut text = String::new();
    let made = compared
        .comparisons
        .iter()
        .filter(|c| c.refusals.iter().all(|r| r.part != Part::Values));
    let _ = writeln!(
        text,
        "{}: {} of {} comparisons made, of {} programmes.",
        clean::line(&compared.title),
        made.count(),
        compared.comparisons.len(),
        compared.cases.len()
    );
    for comparison in &compared.comparisons {
        for refusal in comparison
            .refusals
            .iter()
            .filter(|r| r.part == Part::Values)
        {
            let _ = writeln!(
                text,
                "  not compared: {}: {}",
                clean::line(&comparison.id),
                clean::line(&refusal.reason)
            );
        }
    }
    for qca in &compared.qca {
        if let Some((reason, _)) = &qca.refused {
            let _ = writeln!(
                text,
                "  not analysed: {}: {}",
                clean::line(&qca.id),
                clean::line(reason)
            );
        }
    }
    let _ = writeln!(text, "Comparison:");
    text
}
