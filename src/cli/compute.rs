//! `codev compute`: the estimates, as tables in the terminal or as a file for other programs.

use super::progress::Bar;
use super::terminal::{Done, Form, Terminal, Verdict};
use super::{clean, folder, render, table};
use crate::finding::{Finding, Stop, nearest};
use crate::indicator::Catalogue;
use crate::outcome::{Estimate, IndicatorResult, Outcome, Sampling};
use crate::report::format::{Locale, Style};
use crate::{export, run};
use clap::{Args, ValueEnum};
use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;

/// Compute the estimates: tables in the terminal, or CSV, JSON, Parquet, Arrow
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev compute my-evaluation
  codev compute my-evaluation --indicator claims-adopted --indicator unit-cost
  codev compute my-evaluation --format csv > estimates.csv
  codev compute my-evaluation --format parquet --out estimates.parquet

The tables show all programmes together, each programme, each group and each period. CSV, JSON, Parquet and Arrow hold every \
cell, unrounded, with its parts, interval, n and status: a cell without a value says why, and is never zero.")]
pub struct Compute {
    /// Evaluation folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Form of the result [default: that of the ending of --out, else a table]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// File to write instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only this indicator (may be given several times)
    #[arg(long = "indicator", value_name = "ID")]
    indicators: Vec<String>,
}

/// Form of the estimates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables to read in the terminal
    Table,
    /// One row per cell
    Csv,
    /// The whole outcome, as `codev report` saves it
    Json,
    /// One row per cell, typed
    Parquet,
    /// One row per cell, typed, as Arrow IPC (Feather)
    Arrow,
}

impl Compute {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        folder::evaluation(&self.dir)?;
        if let Some(out) = &self.out {
            folder::not_read(&self.dir, out)?;
        }
        let format = self.form();
        let binary = match format {
            Format::Parquet => Some(("Parquet", "parquet")),
            Format::Arrow => Some(("Arrow IPC", "arrow")),
            _ => None,
        };
        if let Some((name, extension)) = binary
            && self.out.is_none()
            && std::io::stdout().is_terminal()
        {
            let message = format!("{name} is no text for a terminal.");
            let help = format!("Name a file: `--out estimates.{extension}`.");
            return Err(Finding::error("cli-binary", message, help).into());
        }
        let progress = Bar::new(terminal);
        // The whole outcome also holds effects and the audit; the other forms show nothing but the indicators asked for.
        let mut outcome = match format {
            Format::Json => run::evaluate(&self.dir, &progress)?,
            _ => run::evaluate_only(&self.dir, &self.indicators, &progress)?,
        };
        drop(progress);
        self.select(&mut outcome)?;
        let bytes = match format {
            Format::Table => tables(&outcome).into_bytes(),
            Format::Csv => export::csv(&outcome).map_err(|e| render::failed(&e))?,
            Format::Json => export::json(&outcome).map_err(|e| render::failed(&e))?,
            Format::Parquet => export::parquet(&outcome).map_err(|e| render::failed(&e))?,
            Format::Arrow => export::arrow(&outcome).map_err(|e| render::failed(&e))?,
        };
        terminal.remarks(&outcome.quality.findings);
        match &self.out {
            Some(out) => {
                export::write_atomic(out, &bytes)?;
                terminal.note(&format!("Written to {}.", out.display()));
            }
            None => {
                let form = match format {
                    Format::Table => Form::Words,
                    Format::Json => Form::Json,
                    _ => Form::Data,
                };
                terminal.printed(&bytes, form)?;
            }
        }
        Ok(Verdict::of(&outcome.quality.findings))
    }

    /// The form asked for: by name, or by the ending of the file.
    fn form(&self) -> Format {
        let ending = self.out.as_ref().and_then(|out| out.extension());
        let ending = ending.map(|ending| ending.to_string_lossy().to_lowercase());
        self.format.unwrap_or(match ending.as_deref() {
            Some("csv") => Format::Csv,
            Some("json") => Format::Json,
            Some("parquet") => Format::Parquet,
            Some("arrow" | "feather" | "ipc") => Format::Arrow,
            _ => Format::Table,
        })
    }

    /// Keeps the indicators asked for.
    fn select(&self, outcome: &mut Outcome) -> Result<(), Stop> {
        let ids: Vec<String> = outcome
            .indicators
            .iter()
            .map(|i| i.definition.id.clone())
            .collect();
        for asked in &self.indicators {
            if !ids.contains(asked) {
                if Catalogue::load(&self.dir).0.get(asked).is_some() {
                    let message = format!(
                        "The indicator `{asked}` is defined, and the evaluation does not ask for it."
                    );
                    let help = "Add it to `indicators` in evaluation.toml.";
                    return Err(Finding::error("cli-not-asked", message, help).into());
                }
                let help = match nearest(asked, ids.iter().map(String::as_str)) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("It evaluates: {}.", ids.join(", ")),
                };
                let message = format!("There is no indicator `{asked}`.");
                return Err(Finding::error("cli-unknown-indicator", message, help).into());
            }
        }
        if !self.indicators.is_empty() {
            outcome
                .indicators
                .retain(|i| self.indicators.contains(&i.definition.id));
        }
        Ok(())
    }
}

/// Every indicator as a table.
fn tables(outcome: &Outcome) -> String {
    let mut out = String::new();
    for indicator in &outcome.indicators {
        one(outcome, indicator, &mut out);
        out.push('\n');
    }
    out
}

fn one(outcome: &Outcome, indicator: &IndicatorResult, out: &mut String) {
    let definition = &indicator.definition;
    let unit = if definition.unit.is_empty() {
        String::new()
    } else {
        format!(", in {}", definition.unit)
    };
    let _ = writeln!(
        out,
        "{} ({}{})",
        clean::line(&definition.name),
        definition.id,
        clean::line(&unit)
    );
    if let Some(reason) = &indicator.not_computable {
        let _ = writeln!(out, "  not computable: {}", clean::line(reason));
        return;
    }
    let locale = Locale::of(&outcome.evaluation.locale);
    let style = Style::of(locale, indicator);
    let shown: Vec<&Estimate> = indicator.estimates.iter().filter(|e| is_shown(e)).collect();
    let sample = indicator.sampling == Some(Sampling::Sample);
    let parts = shown.iter().any(|e| e.parts.is_some());
    let interval = format!(
        "{} interval",
        locale.percent(outcome.evaluation.confidence, 0)
    );
    let mut header = vec!["", "value"];
    header.extend(parts.then_some("parts"));
    header.extend(sample.then_some(interval.as_str()));
    header.extend(["n", "missing"]);
    let rows = shown.iter().map(|estimate| {
        let mut row = vec![label(outcome, estimate), value(outcome, &style, estimate)];
        row.extend(parts.then(|| estimate.parts.map(|p| style.parts(p)).unwrap_or_default()));
        row.extend(sample.then(|| bounds(&style, estimate)));
        row.extend([
            locale.about(estimate.n, indicator.rounded),
            locale.about(estimate.missing, indicator.rounded),
        ]);
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let right: Vec<usize> = (1..header.len()).collect();
    let _ = writeln!(out, "{}", table::table(&header, rows, &right));
    let rest = indicator.estimates.len() - shown.len();
    if rest > 0 {
        let _ = writeln!(
            out,
            "  {rest} more cells (programme by group or period): --format csv"
        );
    }
    for target in &indicator.targets {
        let whose = target
            .programme
            .as_deref()
            .map_or("all programmes".to_owned(), |p| programme(outcome, p));
        let _ = writeln!(
            out,
            "  target, {}: {}",
            clean::line(&whose),
            style.value(target.value)
        );
    }
    for remark in &indicator.remarks {
        let _ = writeln!(out, "  {}", clean::line(remark));
    }
}

/// One way of splitting at a time; the crossings are in the CSV.
fn is_shown(estimate: &Estimate) -> bool {
    let splits = [
        estimate.programme.is_some(),
        estimate.group.is_some(),
        estimate.period.is_some(),
    ];
    splits.into_iter().filter(|split| *split).count() <= 1
}

fn label(outcome: &Outcome, estimate: &Estimate) -> String {
    if let Some(id) = &estimate.programme {
        return programme(outcome, id);
    }
    if let Some((column, value)) = &estimate.group {
        return format!("{column}: {}", value.as_deref().unwrap_or("(missing)"));
    }
    estimate
        .period
        .clone()
        .unwrap_or_else(|| "all programmes".to_owned())
}

fn programme(outcome: &Outcome, id: &str) -> String {
    match outcome.programmes.iter().find(|p| p.id == id) {
        Some(found) if found.name != id => format!("{} ({id})", found.name),
        _ => id.to_owned(),
    }
}

fn value(outcome: &Outcome, style: &Style, estimate: &Estimate) -> String {
    let alone = Estimate {
        parts: None,
        ..estimate.clone()
    };
    style.estimate(&alone, outcome.evaluation.small_cells)
}

fn bounds(style: &Style, estimate: &Estimate) -> String {
    match (&estimate.interval, &estimate.no_interval) {
        (Some(interval), _) => style.bounds(interval.low, interval.high),
        (None, Some(reason)) => reason.clone(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
#[path = "compute_tests.rs"]
mod tests;
