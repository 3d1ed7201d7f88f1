//! What a comparison is asked for: from the evaluation file, or from a file of its own where several evaluations are compared.

use super::comparison::{ComparisonSetting, SameSetting, check_all};
use super::qca::QcaSetting;
use super::{Evaluation, LOCALES};
use crate::finding::{Finding, Stop};
use crate::indicator::{beside, toml_finding};
use crate::outcome::About;
use serde::Deserialize;
use std::path::Path;

/// Draws of rank sets and step-down tests where none are named.
pub const DRAWS: u64 = 5_000;

/// A file such as `comparison.toml`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonFile {
    /// Title.
    #[serde(default)]
    pub title: String,
    /// One paragraph on what is compared, for whom.
    #[serde(default)]
    pub description: String,
    /// Authors or commissioners.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Locale of numbers; the first evaluation's where it is left out.
    #[serde(default)]
    pub locale: Option<String>,
    /// Confidence level; the evaluations' where it is left out.
    #[serde(default)]
    pub confidence: Option<f64>,
    /// Seed of random methods; the first evaluation's where it is left out.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Draws of rank sets and step-down tests.
    #[serde(default)]
    pub draws: Option<u64>,
    /// Comparisons; all indicators between programmes where there are none.
    #[serde(default, rename = "comparison")]
    pub comparisons: Vec<ComparisonSetting>,
    /// Qualitative comparative analyses.
    #[serde(default)]
    pub qca: Vec<QcaSetting>,
    /// Definitions that may be compared although they differ.
    #[serde(default)]
    pub same: Vec<SameSetting>,
}

impl ComparisonFile {
    /// What an evaluation asks for.
    pub fn of(evaluation: &Evaluation) -> ComparisonFile {
        ComparisonFile {
            comparisons: evaluation.comparisons.clone(),
            qca: evaluation.qca.clone(),
            ..ComparisonFile::default()
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// A [`Stop`] with file and line when it is missing, malformed, or holds a value out of range.
    pub fn load(path: &Path) -> Result<ComparisonFile, Stop> {
        let shown = path.display().to_string();
        let help = "Name a TOML file with [[comparison]] blocks; docs/formats.md shows one.";
        let text = beside::read(path, None, ("comparison", &shown), help)?;
        let file: ComparisonFile =
            toml::from_str(&text).map_err(|e| toml_finding(&e, &text, &shown))?;
        file.check().map_err(|f| f.in_file(&shown))?;
        Ok(file)
    }

    fn check(&self) -> Result<(), Box<Finding>> {
        let wrong = |key: &str, message: String, help: &str| {
            let finding = Finding::error("comparison-range", message, help);
            Err(Box::new(finding.in_column(key)))
        };
        if let Some(confidence) = self.confidence.filter(|c| !(*c > 0.5 && *c < 1.0)) {
            let message = format!("The confidence is {confidence}; it must lie between 0.5 and 1.");
            return wrong("confidence", message, "Write 0.95 for 95 %.");
        }
        if let Some(draws) = self.draws.filter(|d| !(500..=1_000_000).contains(d)) {
            let message =
                format!("The number of draws is {draws}; it must lie between 500 and 1000000.");
            return wrong("draws", message, "Leave it out for 5000.");
        }
        if let Some(locale) = self.locale.as_deref().filter(|l| !LOCALES.contains(l)) {
            let help = format!("Use one of {}.", LOCALES.join(", "));
            return wrong(
                "locale",
                format!("The locale `{locale}` is not known."),
                &help,
            );
        }
        for same in &self.same {
            if same.reason.trim().is_empty() {
                let message = format!(
                    "Nothing says why the definitions of `{}` may be compared.",
                    same.indicator
                );
                let help = "Write a `reason`: the report shows it beside the difference.";
                return wrong("same.reason", message, help);
            }
        }
        check_all(&self.comparisons, &self.qca)
    }

    /// Confidence, seed, draws and locale, with what the first evaluation says where the file is silent.
    pub fn common(&self, first: &About) -> Common {
        Common {
            confidence: self.confidence.unwrap_or(first.confidence),
            seed: self.seed.unwrap_or(first.seed),
            draws: self.draws.unwrap_or(DRAWS),
            locale: self.locale.clone().unwrap_or_else(|| first.locale.clone()),
        }
    }
}

/// What all parts of a comparison share.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// Confidence level.
    pub confidence: f64,
    /// Seed of random methods.
    pub seed: u64,
    /// Draws of random methods.
    pub draws: u64,
    /// Locale of numbers.
    pub locale: String,
}
