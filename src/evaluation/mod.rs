//! The evaluation file: which indicators, for whom, over which periods, and by which designs effects are told.

mod calibrate;
mod comparison;
mod comparison_file;
mod effect;
mod effect_keys;
mod interval;
pub mod lock;
mod protection;
mod qca;
mod qca_set;
pub mod secret;

pub use calibrate::{
    CalibrateSetting, MarginNumbers, MarginSetting, MarginSource, calibration_fault,
    is_near_percent, margin_numbers,
};
pub use comparison::{
    ComparisonSetting, EquivalenceMargin, OneOrMore, PoolErrors, PoolSetting, RecordedSetting,
    SameSetting,
};
pub use comparison_file::{Common, ComparisonFile, DRAWS};
pub use effect::{
    Adjust, AverageOf, BasePeriod, ComparisonUnits, EffectScale, EffectSetting, ErrorKind,
    Estimator, WildWeights,
};

pub use interval::IntervalMethod;
pub use protection::ProtectionMethod;
pub use qca::QcaSetting;
pub use qca_set::{Expectation, SetSetting};

use crate::finding::{Finding, Stop};
use crate::indicator::{beside, toml_finding};
use crate::outcome::currency;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// `evaluation.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// Title.
    pub title: String,
    /// One paragraph on what is evaluated.
    #[serde(default)]
    pub description: String,
    /// Authors or commissioners.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Ids or globs over `kind/dimension/id`.
    #[serde(default)]
    pub indicators: Vec<String>,
    /// Columns to disaggregate by, as paths.
    #[serde(default)]
    pub by: Vec<String>,
    /// Periods to show.
    #[serde(default)]
    pub period: Option<Period>,
    /// Confidence level.
    #[serde(default = "default_confidence")]
    pub confidence: f64,
    /// How intervals of samples are made.
    #[serde(default)]
    pub interval: IntervalMethod,
    /// Bootstrap replicates.
    #[serde(default = "default_replicates")]
    pub replicates: u64,
    /// Seed of random methods.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Groups of fewer persons are suppressed.
    #[serde(default = "default_small_cells")]
    pub small_cells: u64,
    /// How figures of persons are protected.
    #[serde(default)]
    pub protection: ProtectionMethod,
    /// Base that figures of persons are rounded to, with `protection = "round"`.
    #[serde(default)]
    pub protection_base: Option<u64>,
    /// Secret of the noise, with `protection = "cell-key"`: it stands in a file of its own.
    #[serde(skip)]
    pub secret: Option<secret::Secret>,
    /// Locale of numbers.
    #[serde(default = "default_locale")]
    pub locale: String,
    /// Licence or limits of use, printed on the report.
    #[serde(default)]
    pub note: String,
    /// Targets.
    #[serde(default, rename = "target")]
    pub targets: Vec<TargetSetting>,
    /// Settings for single indicators.
    #[serde(default, rename = "override")]
    pub overrides: Vec<Override>,
    /// Effects.
    #[serde(default, rename = "effect")]
    pub effects: Vec<EffectSetting>,
    /// Comparisons of programmes, groups of them or periods.
    #[serde(default, rename = "comparison")]
    pub comparisons: Vec<ComparisonSetting>,
    /// Qualitative comparative analyses of the programmes.
    #[serde(default)]
    pub qca: Vec<QcaSetting>,
    /// Weights that meet known margins.
    #[serde(default, rename = "calibrate")]
    pub calibrations: Vec<CalibrateSetting>,
    /// The currency that amounts are converted to.
    #[serde(default)]
    pub currency: Option<CurrencySetting>,
}

/// `[currency]`: amounts in several currencies become amounts in one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurrencySetting {
    /// Code of the currency.
    pub to: String,
    /// Role or name of the table of rates: `currency`, `rate` (what one unit is worth), and `date` from which it holds.
    pub rates: String,
}

/// Length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// `2019`
    Year,
    /// `2019-Q2`
    Quarter,
    /// `2019-05`
    Month,
}

/// A target for an indicator.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSetting {
    /// Id of the indicator.
    pub indicator: String,
    /// Programme; all together without it.
    #[serde(default)]
    pub programme: Option<String>,
    /// Value in the indicator's own scale.
    pub value: f64,
}

/// Settings for one indicator.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Id of the indicator.
    pub indicator: String,
    /// Disaggregations in place of the evaluation's.
    #[serde(default)]
    pub by: Option<Vec<String>>,
    /// Period in place of the evaluation's.
    #[serde(default)]
    pub period: Option<Period>,
    /// How its intervals are made, in place of the evaluation's way.
    #[serde(default)]
    pub interval: Option<IntervalMethod>,
    /// Values of parameters in place of the definition's.
    #[serde(default)]
    pub parameters: BTreeMap<String, toml::Value>,
}

fn default_confidence() -> f64 {
    0.95
}

fn default_replicates() -> u64 {
    9_999
}

fn default_seed() -> u64 {
    1
}

fn default_small_cells() -> u64 {
    5
}

fn default_locale() -> String {
    "en".to_owned()
}

/// Locales that numbers can be written in.
pub const LOCALES: &[&str] = &["en", "nl", "fr", "es", "ca", "de", "it", "tr", "pt"];

/// Name of the file of an evaluation.
const FILE: &str = "evaluation.toml";

impl Period {
    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Period::Year => "year",
            Period::Quarter => "quarter",
            Period::Month => "month",
        }
    }
}

impl Evaluation {
    /// An evaluation of indicators (ids or globs) with the default settings, not split by anything.
    pub fn of(indicators: Vec<String>) -> Evaluation {
        Evaluation {
            title: String::new(),
            description: String::new(),
            authors: vec![],
            indicators,
            by: vec![],
            period: None,
            confidence: default_confidence(),
            interval: IntervalMethod::default(),
            replicates: default_replicates(),
            seed: default_seed(),
            small_cells: default_small_cells(),
            protection: ProtectionMethod::default(),
            protection_base: None,
            secret: None,
            locale: default_locale(),
            note: String::new(),
            targets: vec![],
            overrides: vec![],
            effects: vec![],
            comparisons: vec![],
            qca: vec![],
            calibrations: vec![],
            currency: None,
        }
    }

    /// How the intervals of an indicator are to be made, and whether an override says so.
    pub fn interval_of(&self, indicator: &str) -> (IntervalMethod, bool) {
        let mut own = self.overrides.iter().filter(|o| o.indicator == indicator);
        match own.find_map(|o| o.interval) {
            Some(method) => (method, true),
            None => (self.interval, false),
        }
    }

    /// Whether any interval is made of bootstrap replicates.
    pub fn bootstraps(&self) -> bool {
        let own = self.overrides.iter().filter_map(|o| o.interval);
        own.chain([self.interval]).any(IntervalMethod::is_bootstrap)
    }

    /// Ids and globs of the indicators shown: those of the effects where none is named, since levels stand behind each change.
    pub fn patterns(&self) -> Vec<&String> {
        match self.indicators.is_empty() {
            true => self.effects.iter().flat_map(|e| &e.indicators).collect(),
            false => self.indicators.iter().collect(),
        }
    }

    /// Reads `evaluation.toml` of a folder.
    ///
    /// # Errors
    /// A [`Stop`] with file and line when it is missing, malformed, or holds a value out of range.
    pub fn load(folder: &Path) -> Result<(Evaluation, Vec<u8>), Stop> {
        let path = folder.join(FILE);
        let help = "`codev init` writes one to start from.";
        let shown = match path.exists() {
            true => FILE.to_owned(),
            false => path.display().to_string(),
        };
        let text = beside::read(&path, Some(folder), ("evaluation", &shown), help)?;
        Ok((Evaluation::parse(&text)?, text.into_bytes()))
    }

    /// An evaluation from the text of an `evaluation.toml`.
    ///
    /// # Errors
    /// A [`Stop`] with the line when it is malformed or holds a value out of range.
    pub fn parse(text: &str) -> Result<Evaluation, Stop> {
        let evaluation: Evaluation =
            toml::from_str(text).map_err(|e| toml_finding(&e, text, FILE))?;
        evaluation.check_ranges().map_err(|f| f.in_file(FILE))?;
        Ok(evaluation)
    }

    fn check_ranges(&self) -> Result<(), Box<Finding>> {
        if !(self.confidence > 0.5 && self.confidence < 1.0) {
            let message = format!(
                "The confidence is {}; it must lie between 0.5 and 1.",
                self.confidence
            );
            return Err(Box::new(
                Finding::error("evaluation-range", message, "Write 0.95 for 95 %.")
                    .in_column("confidence"),
            ));
        }
        if !(99..=999_999).contains(&self.replicates) {
            let message = format!(
                "The number of replicates is {}; it must lie between 99 and 999999.",
                self.replicates
            );
            let help = "Leave it out for 9999, which put the ends of a 95 % interval on the 250th lowest and highest.";
            return Err(Box::new(
                Finding::error("evaluation-range", message, help).in_column("replicates"),
            ));
        }
        if !LOCALES.contains(&self.locale.as_str()) {
            let message = format!("The locale `{}` is not known.", self.locale);
            let help = format!("Use one of {}.", LOCALES.join(", "));
            return Err(Box::new(
                Finding::error("evaluation-range", message, help).in_column("locale"),
            ));
        }
        for target in &self.targets {
            if !target.value.is_finite() {
                let message = format!(
                    "The target of `{}` is {}, which is not a number to reach.",
                    target.indicator, target.value
                );
                let help = "Write a number in the indicator's own scale: 0.5 for 50 %.";
                return Err(Box::new(
                    Finding::error("evaluation-range", message, help).in_column("target.value"),
                ));
            }
        }
        protection::check(self)?;
        calibrate::check(&self.calibrations)?;
        if let Some(setting) = self
            .currency
            .as_ref()
            .filter(|c| currency(&c.to) != Some(&c.to))
        {
            let message = format!("`{}` is no currency of ISO 4217.", setting.to);
            return Err(Box::new(
                Finding::error("evaluation-range", message, "Write a code such as EUR.")
                    .in_column("currency.to"),
            ));
        }
        let mut names = BTreeSet::new();
        for effect in &self.effects {
            effect.check()?;
            if !names.insert(effect.name()) {
                let message = format!("Two effects are named `{}`.", effect.name());
                let help = "Give each an `id` of its own.";
                return Err(Box::new(
                    Finding::error("evaluation-effect", message, help).in_column("effect.id"),
                ));
            }
        }
        comparison::check_all(&self.comparisons, &self.qca)?;
        if self.indicators.is_empty() && self.effects.is_empty() {
            let help =
                "Name some: indicators = [\"process/*\"]; `codev indicators list` shows all.";
            return Err(Box::new(
                Finding::error("evaluation-empty", "No indicator is asked for.", help)
                    .in_column("indicators"),
            ));
        }
        Ok(())
    }
}
