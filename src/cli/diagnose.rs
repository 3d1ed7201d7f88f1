//! `codev diagnose`: the evaluation as designed, simulated many times: bias, coverage, power.

use super::planning::{figures, number, paragraph, properties};
use super::progress::Bar;
use super::terminal::{Done, PlanFormat, Terminal, Verdict};
use super::{clean, folder, render};
use crate::finding::Finding;
use crate::planning::{Diagnosed, diagnose};
use crate::{export, run};
use clap::Args;
use std::fmt::Write;
use std::path::PathBuf;

/// Simulate the evaluation as designed: bias, coverage and power of each effect
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev diagnose my-evaluation
  codev diagnose my-evaluation --effect-block members --effect 0.2 --draws 2000
  codev diagnose my-evaluation --effect-block members --effect 0    how often an effect is claimed that isn't there
  codev diagnose my-evaluation --format csv > diagnosis.csv

Each draw takes clusters of the baseline rows, adds the effect to the treated at endline and estimates it as the block \
asks. What differs over the draws: bias (mean error), spread, whether standard errors are honest, how often the interval \
holds the truth (coverage) and how often the effect is found (power). Every figure has its Monte-Carlo error.")]
pub struct Diagnose {
    /// Evaluation folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Only this [[effect]] block of evaluation.toml
    #[arg(long, value_name = "NAME")]
    effect_block: Option<String>,
    /// Only this indicator of the block
    #[arg(long, value_name = "ID")]
    indicator: Option<String>,
    /// Simulated evaluations per effect
    #[arg(long, value_name = "N", default_value_t = 1000)]
    draws: u64,
    /// True effect in units of the indicator [default: the block's smallest_effect, else 0.2 standard deviations]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    effect: Option<f64>,
    /// Seed [default: that of the evaluation]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Form of the result
    #[arg(long, value_enum, default_value_t = PlanFormat::Table)]
    format: PlanFormat,
    /// File to write instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Diagnose {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        folder::evaluation(&self.dir)?;
        if let Some(out) = &self.out {
            folder::not_read(&self.dir, out)?;
        }
        if self.draws < 2 {
            let message = format!("{} draws can't show how estimates vary.", self.draws);
            let help = "Ask for 1000 draws or more: --draws 1000.";
            return Err(Finding::error("planning-draws", message, help).into());
        }
        if self.effect.is_some_and(|x| !x.is_finite()) {
            let help = "Give a number in units of the indicator, such as --effect 0.2.";
            return Err(Finding::error(
                "planning-effect",
                "The effect is not a finite number.",
                help,
            )
            .into());
        }
        let progress = Bar::new(terminal);
        let designs = run::designs(&self.dir, self.effect_block.as_deref(), &progress)?;
        let seed = self.seed.unwrap_or(designs.evaluation.seed);
        let chosen = super::planning::chosen(&designs, self.indicator.as_deref())?;
        run::Progress::start(&progress, "Simulating", chosen.len() as u64);
        let all: Vec<Diagnosed> = chosen
            .iter()
            .map(|(item, setting, designed)| {
                let id = format!("{}/{}", setting.name(), item.indicator.id);
                let found = diagnose(
                    designed.as_ref(),
                    (id, item.indicator.name.clone(), setting.design),
                    &designs.evaluation,
                    (self.effect, self.draws, seed),
                );
                run::Progress::advance(&progress, 1);
                found
            })
            .collect();
        run::Progress::finish(&progress);
        drop(progress);
        let bytes = match self.format {
            PlanFormat::Table => text(&all, designs.evaluation.confidence).into_bytes(),
            PlanFormat::Csv => export::diagnosis_csv(&all).map_err(|e| render::failed(&e))?,
            PlanFormat::Json => export::plain_json(&all).map_err(|e| render::failed(&e))?,
        };
        terminal.remarks(&designs.findings);
        match &self.out {
            Some(out) => {
                export::write_atomic(out, &bytes)?;
                terminal.note(&format!("Written to {}.", out.display()));
            }
            None => terminal.printed(&bytes, self.format.form())?,
        }
        Ok(Verdict::of(&designs.findings))
    }
}

fn text(all: &[Diagnosed], confidence: f64) -> String {
    let mut out = String::new();
    for d in all {
        let _ = writeln!(
            out,
            "{} ({}), {}",
            clean::line(&d.name),
            clean::line(&d.id),
            d.design
        );
        if let Some(truth) = d.truth {
            let words = format!(
                "True effect simulated: {} ({}).",
                number(truth),
                d.truth_from
            );
            paragraph(&mut out, &words);
        }
        if let Some((reason, help)) = &d.reason {
            paragraph(&mut out, &format!("Not diagnosed: {reason}. {help}"));
            out.push('\n');
            continue;
        }
        for words in &d.how {
            paragraph(&mut out, words);
        }
        out.push_str(&figures(&d.figures, confidence));
        if let Some(found) = &d.found {
            out.push_str(&properties(found));
        }
        out.push('\n');
    }
    out
}
