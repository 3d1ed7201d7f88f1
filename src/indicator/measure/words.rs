//! Measures in words: for readers who know no SQL, and as they are computed.

use super::Measure;
use crate::indicator::definition::{Combine, MeasureFile, MissingRule};
use crate::indicator::formula::words;

/// The definition in plain words, made from the measure.
pub fn in_words(file: &MeasureFile, measure: &Measure) -> String {
    match (file, measure) {
        (
            MeasureFile::Progress {
                table,
                baseline,
                combine,
                filter,
                accumulation,
                ..
            },
            Measure::Formula(rows),
        ) => {
            let what = match (combine, baseline) {
                (Combine::Met, _) => "Share of the rows whose target is met".to_owned(),
                (Combine::Sum, None) => "What was achieved, summed, as a share of what was aimed at, summed".to_owned(),
                (Combine::Sum, Some(_)) => "Distance covered from the baseline, summed, as a share of the distance from baseline to target, summed".to_owned(),
                (Combine::Mean, None) => "Mean over the rows of what was achieved as a share of what was aimed at".to_owned(),
                (Combine::Mean, Some(_)) => "Mean over the rows of the distance covered from baseline towards target".to_owned(),
            };
            let among = match (filter, &rows.filter) {
                (Some(_), Some((_, node))) => {
                    format!(", among the rows of {table} where {}", words::row(node))
                }
                _ => String::new(),
            };
            let last = match accumulation.as_deref().map(super::Accumulation::of) {
                Some(super::Accumulation::ToDate) => "; of each series the last report counts",
                Some(super::Accumulation::YearToDate) => {
                    "; of each series the last report of each year counts"
                }
                Some(super::Accumulation::Column(_)) => {
                    "; of each series that is reported to date the last report counts"
                }
                _ => "",
            };
            format!("{what}{among}{last}.")
        }
        (MeasureFile::Agreement(file), measure) => file.in_words(&among(measure)),
        (MeasureFile::Concentration(file), measure) => file.in_words(&among(measure)),
        (MeasureFile::Retention(file), measure) => file.in_words(&among(measure)),
        (MeasureFile::Representation(file), measure) => file.in_words(&among(measure)),
        (MeasureFile::Scale(file), measure) => file.in_words(&among(measure)),
        (MeasureFile::Network(file), measure) => file.in_words(&among(measure)),
        (_, Measure::Formula(rows)) => words::formula(
            &rows.formula,
            rows.filter.as_ref().map(|(_, n)| n),
            &rows.table,
        ),
        (_, Measure::Derived { inputs, value }) => {
            let names: Vec<String> = inputs.iter().map(|(_, id)| id.replace('-', " ")).collect();
            words::derived(value, &names)
        }
        // Every measure over records has its own words above.
        (_, Measure::Records(_)) => String::new(),
    }
}

/// The definition as it is computed, a line for each part.
pub fn as_text(file: &MeasureFile) -> String {
    let mut lines = Vec::new();
    let optional = |key: &str, text: &Option<String>, lines: &mut Vec<String>| {
        lines.extend(text.iter().map(|t| line(key, t)));
    };
    match file {
        MeasureFile::Formula {
            table,
            filter,
            value,
            missing,
            ..
        } => {
            lines.push(line("value", value));
            lines.push(line("table", table));
            optional("where", filter, &mut lines);
            if *missing == MissingRule::Value {
                lines.push("missing: each aggregate leaves out its own missing values".to_owned());
            }
        }
        MeasureFile::Derived { inputs, value } => {
            lines.push(line("value", value));
            lines.extend(inputs.iter().map(|(name, id)| format!("{name}: {id}")));
        }
        MeasureFile::Progress {
            table,
            filter,
            baseline,
            target,
            actual,
            combine,
            accumulation,
            series,
            ..
        } => {
            let how = match combine {
                Combine::Sum => "sums, then divides",
                Combine::Mean => "divides, then averages",
                Combine::Met => "counts targets met",
            };
            lines.push(format!("progress: {how}"));
            lines.push(line("table", table));
            optional("where", filter, &mut lines);
            optional("baseline", baseline, &mut lines);
            lines.push(line("target", target));
            lines.push(line("actual", actual));
            optional("accumulation", accumulation, &mut lines);
            if !series.is_empty() {
                lines.push(line("series", &series.join(", ")));
            }
        }
        MeasureFile::Agreement(file) => lines = file.as_text(),
        MeasureFile::Concentration(file) => lines = file.as_text(),
        MeasureFile::Retention(file) => lines = file.as_text(),
        MeasureFile::Representation(file) => lines = file.as_text(),
        MeasureFile::Scale(file) => lines = file.as_text(),
        MeasureFile::Network(file) => lines = file.as_text(),
    }
    lines.join("\n")
}

/// A key and its text on one line.
pub(super) fn line(key: &str, text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("{key}: {}", words.join(" "))
}

/// `, among the rows where ...`, of the first table of a measure over records; empty without a filter.
fn among(measure: &Measure) -> String {
    let filter = measure.inputs().first().and_then(|i| i.filter.as_ref());
    filter.map_or_else(String::new, |(_, node)| {
        format!(", among the rows where {}", words::row(node))
    })
}
