//! `[[calibrate]]`: weights of a sample that add up to what is known of the population.

use crate::finding::Finding;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A table whose weights are calibrated.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrateSetting {
    /// Role or name of the table.
    pub table: String,
    /// Columns within whose values the margins are met separately.
    #[serde(default)]
    pub within: Vec<String>,
    /// What the weights add up to, where margins are shares; for each value of `within`.
    #[serde(default)]
    pub total: Option<f64>,
    /// What is known: one margin is post-stratification, several are raking.
    #[serde(default, rename = "margin")]
    pub margins: Vec<MarginSetting>,
}

/// A margin: how many there are in each category of a column.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarginSetting {
    /// Column of the table, or a path.
    pub column: String,
    /// Count or share of each category.
    #[serde(default)]
    pub categories: BTreeMap<String, f64>,
    /// A table of the data that has the counts.
    #[serde(default)]
    pub from: Option<MarginSource>,
}

/// Where the counts of a margin are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarginSource {
    /// Role or name of a table.
    pub table: String,
    /// Column with the category.
    pub category: String,
    /// Column with the count, added up over the rows.
    pub count: String,
    /// Rows that count.
    #[serde(default, rename = "where")]
    pub filter: Option<String>,
}

/// How far the sum of shares may be from 1, and that of percentages from 100, as a part of it.
pub const SHARES: f64 = 0.001;

/// A finding on a `[[calibrate]]` block.
pub fn calibration_fault(
    key: &str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Box<Finding> {
    let finding = Finding::error("evaluation-calibrate", message, help);
    Box::new(finding.in_column(format!("calibrate.{key}")))
}

/// Checks what can be told from the file alone.
///
/// # Errors
/// A finding on the first fault.
pub fn check(settings: &[CalibrateSetting]) -> Result<(), Box<Finding>> {
    let mut tables = BTreeSet::new();
    for setting in settings {
        let table = &setting.table;
        if !tables.insert(table) {
            return Err(calibration_fault(
                "table",
                format!("Two [[calibrate]] blocks speak of the table `{table}`."),
                "Put all its margins into one block.",
            ));
        }
        if setting.margins.is_empty() {
            return Err(calibration_fault(
                "margin",
                format!("The calibration of `{table}` has no margin."),
                "Add a [[calibrate.margin]] with `column` and `categories`.",
            ));
        }
        if let Some(total) = setting.total.filter(|t| !(t.is_finite() && *t > 0.0)) {
            return Err(calibration_fault(
                "total",
                format!("The total is {total}, and weights can't add up to that."),
                "Give the number of persons (or other units) in the population.",
            ));
        }
        let mut columns = BTreeSet::new();
        for margin in &setting.margins {
            margin.check(setting)?;
            if !columns.insert(&margin.column) || setting.within.contains(&margin.column) {
                return Err(calibration_fault(
                    "margin.column",
                    format!(
                        "`{}` is named twice in the calibration of `{table}`.",
                        margin.column
                    ),
                    "Name each column once, as a margin or in `within`.",
                ));
            }
        }
    }
    Ok(())
}

impl MarginSetting {
    fn check(&self, setting: &CalibrateSetting) -> Result<(), Box<Finding>> {
        let column = &self.column;
        if self.categories.is_empty() == self.from.is_none() {
            return Err(calibration_fault(
                "margin",
                format!("The margin `{column}` needs either `categories` or `from`."),
                "categories = { female = 0.51, male = 0.49 }, or from = { table = \"population\", category = \"group\", count = \"persons\" }.",
            ));
        }
        for (category, x) in &self.categories {
            if !(x.is_finite() && *x >= 0.0) {
                return Err(calibration_fault(
                    "margin.categories",
                    format!("The margin `{column}` has {x} for `{category}`."),
                    "Counts and shares are 0 or more.",
                ));
            }
        }
        let sum: f64 = self.categories.values().sum();
        if self.from.is_none() && sum <= 0.0 {
            return Err(calibration_fault(
                "margin.categories",
                format!("The margin `{column}` adds up to {sum}."),
                "Give the count or the share of each category.",
            ));
        }
        let shares = self.from.is_none() && is_shares(sum);
        if setting.total.is_some() && !shares {
            return Err(calibration_fault(
                "total",
                format!("`total` goes with shares, and the margin `{column}` has counts."),
                "Take `total` out, or give shares that add up to 1, or to 100 in percent.",
            ));
        }
        Ok(())
    }
}

/// Whether numbers that add up to this are shares: of 1, or in percent.
pub fn is_shares(sum: f64) -> bool {
    [1.0, 100.0]
        .iter()
        .any(|whole| (sum / whole - 1.0).abs() <= SHARES)
}

/// Whether numbers that add up to this are probably percentages that were rounded or are not complete.
pub fn is_near_percent(sum: f64) -> bool {
    (97.5..=102.5).contains(&sum) && !is_shares(sum)
}
