//! `codev power`: which effect a planned evaluation can find, with which power, and how large it must be.

use super::planning::{chosen, figures, number, paragraph, percent, properties};
use super::progress::Bar;
use super::terminal::{Done, PlanFormat, Terminal, Verdict};
use super::{clean, folder, render, table};
use crate::finding::{Finding, Stop};
use crate::planning::{
    Draws, Given, Measure, PlannedPower, Sought, power_from_baseline, power_from_numbers,
};
use crate::report::format::Locale;
use crate::{chart, export, run};
use clap::{Args, ValueEnum};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Plan an evaluation: power, smallest effect it can find, clusters and persons it needs
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev power --effect 0.5                                  persons needed for half a standard deviation
  codev power --effect 0.2 --icc 0.05 --per-cluster 20      clusters needed
  codev power --measure did --clusters 40 --per-cluster 25 --icc 0.1 --individual-autocorrelation 0.5 \
--cluster-autocorrelation 0.7
  codev power --measure share --share 0.3 --effect 0.1 --clusters 30 --icc 0.04
  codev power --margin 0.1 --sd 0.8 --icc 0.05 --clusters 60 --per-cluster 30     equivalence
  codev power my-evaluation --effect-block members --indicator trust-in-municipality
  codev power my-evaluation --effect-block members --effect 0.2 --clusters 60 --simulate 1000 --out plan

What is not given is solved for: the effect, the clusters (persons without clusters), the persons per cluster, or the \
power. With an evaluation folder, everything that is not given is estimated from the baseline rows of an [[effect]] \
block. Effects are in units of the outcome; without --sd they are in standard deviations.")]
pub struct Power {
    /// Evaluation folder, to estimate from its baseline what is not given
    dir: Option<PathBuf>,
    /// [[effect]] block of evaluation.toml whose baseline is used
    #[arg(long, value_name = "NAME", conflicts_with = "measure")]
    effect_block: Option<String>,
    /// Indicator of the block, where it names several
    #[arg(long, value_name = "ID", conflicts_with = "measure")]
    indicator: Option<String>,
    /// What is compared, without a baseline [default: mean]
    #[arg(long, value_enum, conflicts_with = "dir")]
    measure: Option<Compared>,
    #[command(flatten)]
    numbers: Numbers,
    /// Simulate so many evaluations from the baseline, beside the formula
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1000")]
    simulate: Option<u64>,
    /// Seed of the simulation [default: that of the evaluation]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Form of the result
    #[arg(long, value_enum, default_value_t = PlanFormat::Table)]
    format: PlanFormat,
    /// Folder to write the power curves to (power.svg, power.csv)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Numbers of the plan.
#[derive(Debug, Args)]
#[command(next_help_heading = "Numbers of the plan")]
struct Numbers {
    /// Effect in units of the outcome (0.1 for ten percentage points)
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    effect: Option<f64>,
    /// Standard deviation between persons [default: 1]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    sd: Option<f64>,
    /// Share expected without the programme, for outcomes that are shares
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    share: Option<f64>,
    /// Clusters in all groups
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    clusters: Option<f64>,
    /// Persons per cluster and wave
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    per_cluster: Option<f64>,
    /// Persons in all groups per wave, where there are no clusters
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    persons: Option<f64>,
    /// Intra-cluster correlation: share of the variance that lies between clusters
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    icc: Option<f64>,
    /// Standard deviation of cluster sizes over their mean [default: 0]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    cv: Option<f64>,
    /// Correlation over time of a cluster's true mean [default: 0, the cautious choice]
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    cluster_autocorrelation: Option<f64>,
    /// Correlation over time of a person's deviation from the cluster [default: 0, the cautious choice]
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    individual_autocorrelation: Option<f64>,
    /// Each wave asks new persons
    #[arg(long)]
    new_persons: bool,
    /// Share of the variance between persons that covariates explain [default: 0]
    #[arg(long, value_name = "R2", allow_negative_numbers = true)]
    r2: Option<f64>,
    /// Share of the variance between clusters that covariates explain [default: 0]
    #[arg(long, value_name = "R2", allow_negative_numbers = true)]
    cluster_r2: Option<f64>,
    /// Share of persons lost [default: 0]
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    attrition: Option<f64>,
    /// Share of the clusters (persons) that are treated [default: 0.5]
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    allocation: Option<f64>,
    /// Power to aim at [default: 0.8]
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    power: Option<f64>,
    /// Significance level [default: 0.05]
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    alpha: Option<f64>,
    /// Margin within which the effect is to be shown to lie (equivalence)
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    margin: Option<f64>,
    /// The direction of the effect was stated beforehand
    #[arg(long, conflicts_with = "margin")]
    one_sided: bool,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Compared {
    /// Means of two groups at one time
    Mean,
    /// Shares of two groups at one time
    Share,
    /// Changes of two groups (difference-in-differences)
    Did,
    /// Two groups at endline, the baseline as a covariate
    Ancova,
    /// One group before and after
    BeforeAfter,
}

impl Power {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let (plan, confidence, verdict) = match self.folder() {
            Some(dir) => self.on_baseline(dir, terminal)?,
            None => {
                if self.simulate.is_some() {
                    let help = "Name an evaluation with a baseline: codev power DIR --effect-block NAME --simulate.";
                    let message = "There is no baseline to simulate from.";
                    return Err(Finding::error("planning-no-baseline", message, help).into());
                }
                let plan = power_from_numbers(&self.given(), self.measured())
                    .map_err(|refused| stop(None, &refused.reason, &refused.help))?;
                (plan, 0.95, Verdict::Fine)
            }
        };
        let bytes = match self.format {
            PlanFormat::Table => text(&plan, confidence).into_bytes(),
            PlanFormat::Csv => export::power_csv(&plan).map_err(|e| render::failed(&e))?,
            PlanFormat::Json => export::plain_json(&plan).map_err(|e| render::failed(&e))?,
        };
        if let Some(out) = &self.out {
            let curves = export::curves_csv(&plan).map_err(|e| render::failed(&e))?;
            let drawn = drawn(&plan)?;
            let mut files = vec![("power.csv".to_owned(), curves)];
            files.extend(drawn.map(|svg| ("power.svg".to_owned(), svg.into_bytes())));
            export::write_set(
                out,
                &export::FileSet {
                    command: "power",
                    files: &files,
                    unlisted: &|_| Vec::new(),
                },
            )?;
            terminal.note(&format!("Curves written to {}.", out.display()));
        }
        terminal.printed(&bytes, self.format.form())?;
        Ok(verdict)
    }

    /// The evaluation whose baseline is used.
    fn folder(&self) -> Option<&Path> {
        match &self.dir {
            Some(dir) => Some(dir),
            None if self.effect_block.is_some() || self.indicator.is_some() => Some(Path::new(".")),
            None => None,
        }
    }

    fn measured(&self) -> Measure {
        match self.measure {
            None | Some(Compared::Mean) => Measure::Mean,
            Some(Compared::Share) => Measure::Share,
            Some(Compared::Did) => Measure::DifferenceInDifferences,
            Some(Compared::Ancova) => Measure::Ancova,
            Some(Compared::BeforeAfter) => Measure::BeforeAfter,
        }
    }

    fn given(&self) -> Given {
        let n = &self.numbers;
        Given {
            sd: n.sd,
            share: n.share,
            clusters: n.clusters,
            persons: n.persons,
            per_cluster: n.per_cluster,
            icc: n.icc,
            cv: n.cv,
            cluster_autocorrelation: n.cluster_autocorrelation,
            individual_autocorrelation: n.individual_autocorrelation,
            new_persons: n.new_persons,
            r2: n.r2,
            cluster_r2: n.cluster_r2,
            attrition: n.attrition,
            allocation: n.allocation,
            alpha: n.alpha,
            margin: n.margin,
            one_sided: n.one_sided,
            effect: n.effect,
            power: n.power,
        }
    }

    fn on_baseline(
        &self,
        dir: &Path,
        terminal: &Terminal,
    ) -> Result<(PlannedPower, f64, Verdict), super::terminal::Fault> {
        folder::evaluation(dir)?;
        let progress = Bar::new(terminal);
        let designs = run::designs(dir, self.effect_block.as_deref(), &progress)?;
        drop(progress);
        let all = chosen(&designs, self.indicator.as_deref())?;
        let (item, setting, designed) = match all.as_slice() {
            [one] => one,
            several => return Err(which(several).into()),
        };
        let id = format!("{}/{}", setting.name(), item.indicator.id);
        let draws = self.simulate.map(|draws| Draws {
            draws,
            seed: self.seed.unwrap_or(designs.evaluation.seed),
        });
        let plan = designed
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|designed| {
                let named = (id.clone(), item.indicator.name.clone());
                power_from_baseline(&self.given(), designed, &designs.evaluation, named, draws)
            });
        terminal.remarks(&designs.findings);
        let plan = plan.map_err(|refused| stop(Some(&id), &refused.reason, &refused.help))?;
        let confidence = designs.evaluation.confidence;
        Ok((plan, confidence, Verdict::of(&designs.findings)))
    }
}

/// Asks for one of several effects.
fn which(several: &[super::planning::Chosen<'_>]) -> Stop {
    let names = |of: &dyn Fn(&super::planning::Chosen<'_>) -> String| {
        let mut names: Vec<String> = several.iter().map(of).collect();
        names.dedup();
        names
    };
    let blocks = names(&|c| c.1.name().to_owned());
    let indicators = names(&|c| c.0.indicator.id.clone());
    let help = if blocks.len() > 1 {
        format!("Name one with --effect-block: {}.", blocks.join(", "))
    } else {
        format!("Name one with --indicator: {}.", indicators.join(", "))
    };
    let message = match several.len() {
        0 => "The block has no indicator of the library to plan for.".to_owned(),
        n => format!("There are {n} effects; a plan is for one."),
    };
    Finding::error("planning-which-effect", message, help).into()
}

/// The curve as a chart: along the size of the study where an effect is assumed, else along the effect.
fn drawn(plan: &PlannedPower) -> Result<Option<String>, Stop> {
    let Some(curve) = plan.answer.curves.last() else {
        return Ok(None);
    };
    let over_label = match curve.along {
        "effect" => "effect, in units of the outcome",
        along => along,
    };
    let points = curve.points.iter().map(|p| (p.at, p.power)).collect();
    let chart = chart::PowerChart {
        title: match plan.name.is_empty() {
            true => "Power".to_owned(),
            false => format!("Power: {}", plan.name),
        },
        unit: String::new(),
        over_label: over_label.to_owned(),
        curves: vec![chart::PowerCurve {
            label: curve.held.clone(),
            points,
        }],
        wanted: plan.answer.target,
        over: &number,
        power: &|p| Locale::of("en").percent(p, 0),
    };
    let failed = |cause| render::failed(&cause);
    Ok(Some(chart::power(&chart).map_err(failed)?.wide))
}

/// A refusal as a finding; behind the identifier of an effect the reason goes on in small letters.
fn stop(id: Option<&str>, reason: &str, help: &str) -> Finding {
    let message = match id {
        Some(id) => format!("{id}: {reason}."),
        None => {
            let mut letters = reason.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string());
            format!("{}{}.", first.unwrap_or_default(), letters.as_str())
        }
    };
    Finding::error("planning-refused", message, help)
}

fn text(plan: &PlannedPower, confidence: f64) -> String {
    let mut out = String::new();
    if !plan.id.is_empty() {
        let _ = writeln!(
            out,
            "{} ({})",
            clean::line(&plan.name),
            clean::line(&plan.id)
        );
    }
    out.push_str(&figures(&plan.figures, confidence));
    out.push_str(&answers(plan));
    for remark in &plan.answer.remarks {
        paragraph(&mut out, remark);
    }
    for note in &plan.notes {
        paragraph(&mut out, note);
    }
    if let Some(simulated) = &plan.simulated {
        let words = format!(
            "Simulated with an effect of {} and {} units: power {} (Monte-Carlo error {}); by formula {}.",
            number(simulated.effect),
            number(simulated.units),
            percent(simulated.power),
            percent(simulated.error),
            percent(simulated.formula)
        );
        out.push('\n');
        paragraph(&mut out, &words);
        for words in &simulated.how {
            paragraph(&mut out, words);
        }
        out.push_str(&properties(&simulated.found));
    }
    out
}

fn answers(plan: &PlannedPower) -> String {
    let a = &plan.answer;
    let units = match a.cluster_size {
        Some(_) => "clusters",
        None => "persons per wave",
    };
    let at = percent(a.target);
    let solved = |sought: Sought, words: String| match a.sought == sought {
        true => format!("{words} (solved for)"),
        false => words,
    };
    let mut rows = Vec::new();
    let mut add = |words: String, value: String| rows.push(vec![words, value]);
    add(solved(Sought::Units, units.to_owned()), number(a.units));
    if let Some(treated) = a.treated {
        add("  of these treated".to_owned(), number(treated));
    }
    if let Some(size) = a.cluster_size {
        let words = "persons per cluster and wave".to_owned();
        add(solved(Sought::ClusterSize, words), number(size));
        add("persons per wave".to_owned(), number(a.persons));
    }
    if let (Some(effect), Some(power)) = (a.effect, a.power) {
        let words = match a.margin {
            Some(_) => format!(
                "power to show equivalence if the effect is {}",
                number(effect)
            ),
            None => format!("power to find an effect of {}", number(effect)),
        };
        add(solved(Sought::Power, words), percent(power));
    }
    if let Some(found) = a.detectable {
        let words = match a.detectable_fall {
            Some(_) => format!("smallest rise found with power {at}"),
            None => format!("smallest effect found with power {at}"),
        };
        add(solved(Sought::Effect, words), number(found));
    }
    if let Some(found) = a.detectable_fall {
        add(
            format!("smallest fall found with power {at}"),
            number(found),
        );
    }
    if let Some(margin) = a.margin {
        add(
            format!("smallest margin shown with power {at}"),
            number(margin),
        );
    }
    if let (Some(needed), Some(effect)) = (a.needed, a.effect)
        && a.sought != Sought::Units
    {
        let words = format!(
            "{units} needed for an effect of {} with power {at}",
            number(effect)
        );
        add(words, number(needed as f64));
    }
    add(
        "standard error of the effect".to_owned(),
        number(a.standard_error),
    );
    if let Some(df) = a.df {
        add("degrees of freedom".to_owned(), number(df));
    }
    add("design effect".to_owned(), number(a.design_effect));
    table::table(&["follows", "value"], rows, &[1]) + "\n"
}
