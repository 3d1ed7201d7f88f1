//! Columns that results must not be shown by: names, free text and keys of persons.

use super::resolve::resolve;
use crate::dataset::{Dataset, Table, Type, repeats};
use crate::evaluation::Evaluation;
use crate::finding::{Finding, Findings};
use std::collections::{BTreeMap, BTreeSet};

/// A column of text has to have so many values at least to be taken for free text.
const MANY: u64 = 6;

/// Why results of a table must not be shown by a column, by table and name of the column as the evaluation has it.
pub type Refused = BTreeMap<(String, String), String>;

/// Everything that the evaluation asks to show results by and that must not be, each with the reason.
pub(super) fn refused(dataset: &Dataset, evaluation: &Evaluation) -> Refused {
    let mut refused = Refused::new();
    if evaluation.small_cells == 0 {
        return refused;
    }
    let own = evaluation.overrides.iter().flat_map(|o| &o.by).flatten();
    let names: BTreeSet<&String> = evaluation.by.iter().chain(own).collect();
    for table in &dataset.tables {
        for name in &names {
            let path: Vec<String> = name.split('.').map(str::to_owned).collect();
            if let Some(reason) = reason(dataset, table, &path) {
                refused.insert((table.name.clone(), (*name).clone()), reason);
            }
        }
    }
    refused
}

/// Findings on what is refused, each column once.
pub(super) fn findings(refused: &Refused, findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for ((_, name), reason) in refused {
        if told.insert(name) {
            let message = format!("Results are not shown by `{name}`: {reason}.");
            let help = "Name a column with few values that many persons share.";
            let finding = Finding::warning("evaluation-by-persons", message, help);
            findings.push(finding.in_file("evaluation.toml").in_column("by"));
        }
    }
}

/// Why results must not be shown by the values of a column: they are names, texts or keys of persons.
pub(super) fn reason(dataset: &Dataset, table: &Table, path: &[String]) -> Option<String> {
    let found = resolve(dataset, table, path).ok()?;
    let holder = match found.joins.last() {
        None => table,
        Some(join) => dataset.tables.iter().find(|t| t.name == join.table)?,
    };
    if !holder.of_persons() {
        return None;
    }
    let column = holder.column(&found.column)?;
    let name = &column.name;
    let of = &holder.name;
    let is_key = holder
        .persons
        .keys
        .iter()
        .any(|key| key.as_slice() == [name.clone()])
        || (holder.persons.keys.is_empty() && holder.primary_key.as_slice() == [name.clone()]);
    if is_key {
        return Some(format!("`{name}` tells the persons of {of} apart"));
    }
    if !column.categories.is_empty() {
        return None;
    }
    if holder.names_its_persons(name) {
        return Some(format!(
            "`{name}` holds names or free text of the persons of {of}"
        ));
    }
    if column.r#type != Type::Text {
        return None;
    }
    let again = repeats(holder, std::slice::from_ref(name)).ok()?;
    let values = again.keyed.saturating_sub(again.later.len() as u64);
    (values >= MANY && values * 2 > again.keyed).then(|| {
        format!(
            "most persons of {of} have a value of their own in `{name}`, as in names or free text"
        )
    })
}
