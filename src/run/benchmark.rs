//! Whether the benchmark of a comparison exists, before anything is computed.

use crate::dataset::Dataset;
use crate::evaluation::ComparisonSetting;
use crate::finding::{Finding, nearest};
use crate::plan::resolve::programme_column;
use std::collections::BTreeSet;

/// Most keys that are named.
const NAMED: usize = 8;

/// An error on each comparison whose benchmark is no programme, or no value of the column that it compares between. That of
/// periods and evaluations is known when these are.
pub(super) fn faults(
    comparisons: &[ComparisonSetting],
    dataset: &Dataset,
    file: Option<&str>,
) -> Vec<Finding> {
    comparisons
        .iter()
        .filter_map(|setting| {
            let benchmark = setting.benchmark.as_ref()?;
            let (known, what) = known(setting, dataset)?;
            if known.is_empty() || known.contains(benchmark) {
                return None;
            }
            let names = known.iter().map(String::as_str);
            let near = nearest(benchmark, names.clone())
                .map_or_else(String::new, |near| format!("Did you mean `{near}`? "));
            let mut listed: Vec<&str> = names.take(NAMED).collect();
            if known.len() > NAMED {
                listed.push("...");
            }
            let message = format!("The benchmark `{benchmark}` is no {what}.");
            let help = format!("{near}There are {}.", listed.join(", "));
            let finding =
                Finding::error("compare-unknown-benchmark", message, help).with_value(benchmark);
            Some(match file {
                Some(file) => finding.in_file(file).in_column("comparison.benchmark"),
                None => finding,
            })
        })
        .collect()
}

/// What a comparison is between, where the data tell: its keys, and what they are.
fn known(setting: &ComparisonSetting, dataset: &Dataset) -> Option<(BTreeSet<String>, String)> {
    match setting.between.as_deref() {
        None | Some("programmes") => {
            let listed: BTreeSet<String> = dataset.programme_ids().into_iter().collect();
            if setting
                .benchmark
                .as_ref()
                .is_some_and(|b| listed.contains(b))
            {
                return None;
            }
            // Programmes may have rows and no row of their own.
            let named = dataset.tables.iter().filter_map(|table| {
                let column = programme_column(dataset, table)?;
                let rows = table.texts(&[column], usize::MAX);
                Some(rows.ok()?.into_iter().flatten().flatten())
            });
            let all = listed.into_iter().chain(named.flatten()).collect();
            Some((all, "programme".to_owned()))
        }
        Some("evaluations" | "periods") => None,
        Some(column) => {
            let rows = dataset.programme_rows();
            let facts = rows.into_iter().flat_map(|(_, facts)| facts);
            let values: BTreeSet<String> = facts
                .filter(|(name, _)| name == column)
                .map(|(_, value)| value)
                .collect();
            Some((values, format!("value of `{column}`")))
        }
    }
}
