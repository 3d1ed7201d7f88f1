//! The section on weights: replicates, and calibration to known margins, before and after.

use super::cells::plural;
use super::format::Locale;
use super::view::{Cell, Column, Table};
use crate::outcome::{Calibrated, Calibration, Outcome, ReplicateFacts, TableWeights};
use serde::Serialize;

/// The weights of one table.
#[derive(Serialize)]
pub(super) struct WeightsView {
    pub table: String,
    pub anchor: String,
    /// What was done, in sentences.
    pub sentences: Vec<String>,
    /// One per margin.
    pub margins: Vec<Table>,
}

/// Of every table whose weights replicates or margins say more of.
pub(super) fn weights(outcome: &Outcome, locale: &Locale) -> Vec<WeightsView> {
    let one = |(at, told): (usize, &TableWeights)| {
        let mut sentences = Vec::new();
        sentences.extend(told.replicates.as_ref().map(|r| replicates(r, locale)));
        if let Some(calibration) = &told.calibration {
            sentences.extend(calibrated(calibration, told, locale));
        }
        WeightsView {
            table: told.table.clone(),
            anchor: format!("weights-{}", at + 1),
            sentences,
            margins: told
                .calibration
                .iter()
                .flat_map(|c| margins(c, at, locale))
                .collect(),
        }
    };
    outcome.weights.iter().enumerate().map(one).collect()
}

fn replicates(facts: &ReplicateFacts, locale: &Locale) -> String {
    let (first, last) = &facts.columns;
    let count = locale.count(facts.count);
    if let Some(reason) = &facts.refused {
        return format!(
            "The {count} replicate weights {first} to {last} were not used, since {reason}; estimates from this table have no interval."
        );
    }
    let about = if facts.about_mean {
        "the mean of the replicates"
    } else {
        "the estimate with the full weights"
    };
    let decimals = usize::from(facts.df.fract() != 0.0);
    let df = locale.number(facts.df, decimals);
    let source = if facts.df_said {
        "as the data package says"
    } else {
        "the rank of the replicate weights less 1"
    };
    format!(
        "Each estimate is made again with each of the {count} replicate weights {first} to {last} ({}); squared differences from {about} give its standard error, with {df} degrees of freedom ({source}) or fewer.",
        facts.method
    )
}

fn calibrated(calibration: &Calibration, told: &TableWeights, locale: &Locale) -> Vec<String> {
    let columns: Vec<&str> = calibration
        .margins
        .iter()
        .map(|m| m.column.as_str())
        .collect();
    if let Some(reason) = &calibration.refused {
        return vec![format!(
            "The weights were to be calibrated and are not, since {reason}. All figures use the weights of the data."
        )];
    }
    let Some(result) = &calibration.result else {
        return vec![];
    };
    let Calibrated {
        rows,
        before,
        after,
        least,
        most,
        kish_before,
        kish_after,
        rounds,
    } = *result;
    let how = match columns.len() {
        1 => "post-stratified by",
        _ => "raked to the margins of",
    };
    let within = if calibration.within.is_empty() {
        String::new()
    } else {
        format!(", separately by {}", calibration.within.join(", "))
    };
    let mut said = vec![format!(
        "The weights of {} {} are {how} {}{within}. All margins are met after {} {}.",
        locale.count(rows),
        plural(rows, "row", "rows"),
        columns.join(", "),
        locale.count(rounds),
        plural(rounds, "round", "rounds"),
    )];
    said.push(if calibration.counts {
        format!(
            "They add up to {} in place of {}.",
            locale.number(after, 0),
            locale.number(before, 0)
        )
    } else {
        format!(
            "Margins are shares, so the weights add up to {} as before.",
            locale.number(after, 0)
        )
    });
    said.push(format!(
        "A row's weight is multiplied by {} to {} times the mean factor. Unequal weights cost as much as a design effect of {} (Kish), before calibration {}.",
        locale.number(least, 2),
        locale.number(most, 2),
        locale.number(kish_after, 2),
        locale.number(kish_before, 2)
    ));
    said.push(if told.replicates.is_some() {
        "Each of the replicate weights is calibrated to the same margins, so standard errors take account of the calibration.".to_owned()
    } else {
        "Weights are calibrated again without each cluster in turn, so standard errors take account of the calibration.".to_owned()
    });
    said
}

/// A table for each margin.
fn margins(calibration: &Calibration, at: usize, locale: &Locale) -> Vec<Table> {
    let mut tables = Vec::new();
    for (number, margin) in calibration.margins.iter().enumerate() {
        let mut columns = vec![Column::text("Category"), Column::number("Rows")];
        if calibration.counts {
            columns.push(Column::number("Population"));
        }
        columns
            .extend(["Population, %", "Sample before, %", "Sample after, %"].map(Column::number));
        let mut table = Table::new(
            format!("margin-{}-{}", at + 1, number + 1),
            format!("Margin {}: weights before and after", margin.column),
            columns,
        );
        let sum = |within: &[String], of: &dyn Fn(&crate::outcome::CalibratedCategory) -> f64| {
            let same = margin.categories.iter().filter(|c| c.within == within);
            same.map(of).sum::<f64>()
        };
        for category in &margin.categories {
            if !category.within.is_empty() {
                let values = calibration.within.iter().zip(&category.within);
                let values: Vec<String> = values.map(|(n, v)| format!("{n} {v}")).collect();
                table.group(&values.join(", "));
            }
            let share = |x: f64, whole: f64| Cell::text(locale.number(100.0 * x / whole, 1));
            let within = category.within.as_slice();
            let mut cells = vec![
                Cell::text(&category.category),
                Cell::text(locale.count(category.rows)),
            ];
            if calibration.counts {
                cells.push(Cell::text(locale.number(category.target, 0)));
            }
            cells.push(share(category.target, sum(within, &|c| c.target)));
            cells.push(share(category.before, sum(within, &|c| c.before)));
            cells.push(match category.after {
                Some(after) => share(after, sum(within, &|c| c.after.unwrap_or(0.0))),
                None => Cell::none(),
            });
            table.push(cells);
        }
        tables.push(table);
    }
    tables
}
