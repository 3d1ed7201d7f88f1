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

/// How far the sum of shares may be from 1, and that of percentages from 100, as a part of it; further by what rounding explains.
const SHARES: f64 = 0.001;

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
        let numbers: Vec<f64> = self.categories.values().copied().collect();
        let kind = margin_numbers(&numbers);
        if self.from.is_none() && kind == MarginNumbers::Incomplete {
            return Err(calibration_fault(
                "margin.categories",
                format!(
                    "The margin `{column}` adds up to {}, which is neither the whole of shares nor a count.",
                    (sum * 1e6).round() / 1e6
                ),
                "Give shares of all categories that add up to 1, or to 100 in percent.",
            ));
        }
        let shares = self.from.is_none() && kind == MarginNumbers::Shares;
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

/// What the numbers of a margin are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarginNumbers {
    /// Shares of 1, or of 100 in percent.
    Shares,
    /// Counts.
    Counts,
    /// Parts of one, or percentages, that do not add up to the whole.
    Incomplete,
}

/// What the numbers of a margin are, by what they add up to: shares are given to some digits, and may miss the whole by what
/// rounding to them takes away.
pub fn margin_numbers(numbers: &[f64]) -> MarginNumbers {
    let sum: f64 = numbers.iter().sum();
    let decimals = numbers.iter().map(|x| decimals(*x)).max().unwrap_or(0);
    let rounding = match decimals {
        0 => 0.0,
        n => numbers.len() as f64 * 0.5 * 10_f64.powi(-n),
    };
    let whole = |whole: f64| {
        let slack = (SHARES * whole).max(rounding.min(0.05 * whole));
        (sum - whole).abs() <= slack + 1e-9 * whole
    };
    // Nobody counts in parts of a person alone.
    let parts = sum > 0.0 && numbers.iter().all(|x| *x < 1.0);
    if whole(1.0) || whole(100.0) {
        MarginNumbers::Shares
    } else if parts || (decimals > 0 && is_near_percent(sum)) {
        MarginNumbers::Incomplete
    } else {
        MarginNumbers::Counts
    }
}

/// Decimals that a number is written with, up to six.
fn decimals(x: f64) -> i32 {
    let written = |n: &i32| {
        let scaled = x * 10_f64.powi(*n);
        (scaled - scaled.round()).abs() <= 1e-9 * scaled.abs().max(1.0)
    };
    (0..6).find(written).unwrap_or(6)
}

/// Whether numbers that add up to this are probably percentages that were rounded or are not complete.
pub fn is_near_percent(sum: f64) -> bool {
    (97.5..=102.5).contains(&sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_may_miss_the_whole_by_their_rounding() {
        use MarginNumbers::{Counts, Incomplete, Shares};
        for (numbers, wanted) in [
            (&[0.51, 0.49][..], Shares),
            (&[51.0, 49.0], Shares),
            (&[33.3, 33.3, 33.3], Shares),
            (&[33.3, 66.6], Shares),
            (&[51.0, 48.9], Shares),
            (&[0.51, 0.489], Shares),
            (&[0.33, 0.33, 0.33], Shares),
            (&[0.34, 0.34, 0.34], Incomplete),
            (&[0.3, 0.3, 0.3], Incomplete),
            (&[0.5, 0.3], Incomplete),
            (&[48.25, 50.0], Incomplete),
            (&[33.0, 33.0, 33.0], Counts),
            (&[120.0, 80.0], Counts),
            (&[0.0, 12.0], Counts),
        ] {
            assert_eq!(margin_numbers(numbers), wanted, "{numbers:?}");
        }
    }
}
