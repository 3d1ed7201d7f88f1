//! A first example from the data: a few real rows, and what comes out of them.

use super::{Mark, examples, explain};
use crate::dataset::{Dataset, Table};
use crate::finding::{Finding, nearest};
use crate::indicator::{Example, Expected, Indicator, Measure};
use crate::plan::fit::fit;
use crate::plan::of_persons;
use crate::plan::resolve::{Resolved, programme_column, resolve};
use std::collections::BTreeMap;

/// Rows of the table that are looked at.
const LOOKED_AT: usize = 200;
/// Rows of each kind that are taken: used, left out by the filter, missing something.
const TAKEN: [(Mark, usize); 3] = [(Mark::Used, 4), (Mark::Excluded, 1), (Mark::Missing, 1)];

/// An example of a few rows of the data, with the values that come out of them: to be checked by hand, since it proves
/// nothing but that the definition gives what it gives. Rows of one programme: the first with a row that is used.
///
/// # Errors
/// Why there is none, in words: rows about persons are never taken.
pub fn sample(indicator: &Indicator, dataset: &Dataset) -> Result<Example, String> {
    let Measure::Formula(rows) = &indicator.measure else {
        return Err("only a measure over the rows of a table can be tried on the data".to_owned());
    };
    let table = dataset
        .table(&rows.table)
        .ok_or_else(|| format!("there is no table `{}`", rows.table))?;
    if of_persons(table) {
        return Err(format!(
            "rows of `{}` are about persons, and are not copied into a definition",
            table.name
        ));
    }
    let (names, candidates) = candidates(indicator, dataset, table)?;
    if candidates.is_empty() {
        return Err(format!("the table `{}` has no rows", table.name));
    }
    let all = example(&names, &candidates, BTreeMap::new())?;
    let marks = explain(indicator, &all)?.rows;
    let programme = |row: &Vec<Option<String>>| row.first().cloned().flatten();
    let named = names.first().is_some_and(|n| n == "programme");
    let first = marks.iter().position(|m| m.mark == Mark::Used).unwrap_or(0);
    let wanted = candidates.get(first).and_then(programme).filter(|_| named);
    let mut taken = Vec::new();
    for (mark, most) in TAKEN {
        let rows = marks.iter().zip(&candidates);
        let of_kind =
            rows.filter(|(m, row)| m.mark == mark && (!named || programme(row) == wanted));
        taken.extend(of_kind.take(most).map(|(_, row)| row.clone()));
    }
    let place = wanted.unwrap_or_else(|| "total".to_owned());
    // What is expected is only known afterwards; any status will do until then.
    let expect = BTreeMap::from([(place.clone(), Expected::Status(String::new()))]);
    let mut example = example(&names, &taken, expect)?;
    let mut tried = indicator.clone();
    tried.examples = vec![example.clone()];
    let result = examples(&tried).into_iter().next();
    let result = result.ok_or("it could not be tried")?;
    if let Some(failure) = result.failure {
        return Err(failure);
    }
    for (place, _, got, _) in result.cells {
        let value = match got.parse::<f64>() {
            Ok(x) => Expected::Number(x),
            Err(_) => Expected::Status(got),
        };
        example.expect.insert(place, value);
    }
    Ok(example)
}

/// What the data don't allow of a measure over rows: a column that isn't there, or of another type.
pub fn typing_fault(indicator: &Indicator, dataset: &Dataset) -> Option<Finding> {
    let Measure::Formula(rows) = &indicator.measure else {
        return None;
    };
    match dataset.table(&rows.table) {
        Some(table) => fit(rows, dataset, table).err().map(|f| *f),
        None => {
            let roles = dataset.tables.iter().map(|t| t.meaning.role.as_str());
            let names = roles.chain(dataset.tables.iter().map(|t| t.name.as_str()));
            let help = match nearest(&rows.table, names.filter(|n| !n.is_empty())) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Add it to the data package before you compute it.".to_owned(),
            };
            let message = format!("The data have no table `{}`.", rows.table);
            let finding = Finding::error("plan-no-table", message, help);
            Some(finding.in_column("table"))
        }
    }
}

type Texts = Vec<Vec<Option<String>>>;

/// The columns of an example, and the first rows of the table in them.
fn candidates(
    indicator: &Indicator,
    dataset: &Dataset,
    table: &Table,
) -> Result<(Vec<String>, Texts), String> {
    let mut paths: Vec<(String, Vec<String>)> = Vec::new();
    if let Some(column) = programme_column(dataset, table) {
        paths.push(("programme".to_owned(), vec![column]));
    }
    for path in indicator.measure.columns() {
        let name = path.join(".");
        if paths.iter().all(|(known, _)| *known != name) {
            paths.push((name, path));
        }
    }
    let mut columns: Texts = Vec::new();
    for (_, path) in &paths {
        let found = resolve(dataset, table, path).map_err(|unresolved| unresolved.message)?;
        columns.push(column(dataset, table, &found)?);
    }
    let count = columns.iter().map(Vec::len).min().unwrap_or(0);
    let row = |at: usize| {
        columns
            .iter()
            .map(|c| c.get(at).cloned().flatten())
            .collect()
    };
    Ok((
        paths.into_iter().map(|(name, _)| name).collect(),
        (0..count).map(row).collect(),
    ))
}

/// The first values of a column, over the foreign keys that lead to it.
fn column(
    dataset: &Dataset,
    table: &Table,
    found: &Resolved,
) -> Result<Vec<Option<String>>, String> {
    let read = |table: &Table, names: &[String], most| {
        table.texts(names, most).map_err(|stop| stop.0.message)
    };
    let start = found.joins.first().map_or(&found.column, |key| &key.column);
    let rows = read(table, std::slice::from_ref(start), LOOKED_AT)?;
    let mut values: Vec<Option<String>> = rows.into_iter().map(|mut r| r.pop().flatten()).collect();
    for (at, key) in found.joins.iter().enumerate() {
        let parent = dataset.tables.iter().find(|t| t.name == key.table);
        let parent = parent.ok_or_else(|| format!("there is no table `{}`", key.table))?;
        if of_persons(parent) {
            return Err(format!("rows of `{}` are about persons", parent.name));
        }
        let next = found.joins.get(at + 1).map_or(&found.column, |k| &k.column);
        let rows = read(parent, &[key.key.clone(), next.clone()], usize::MAX)?;
        let by_key: BTreeMap<Option<String>, Option<String>> = rows
            .into_iter()
            .filter_map(|row| <[Option<String>; 2]>::try_from(row).ok())
            .map(|[key, value]| (key, value))
            .collect();
        for value in &mut values {
            *value = value
                .take()
                .and_then(|v| by_key.get(&Some(v)).cloned().flatten());
        }
    }
    Ok(values)
}

fn example(
    names: &[String],
    rows: &Texts,
    expect: BTreeMap<String, Expected>,
) -> Result<Example, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(names).and_then(|()| {
        rows.iter().try_for_each(|row| {
            let cells = row.iter().map(|c| c.as_deref().unwrap_or_default());
            writer.write_record(cells)
        })
    });
    written.map_err(|e| e.to_string())?;
    let bytes = writer.into_inner().map_err(|e| e.to_string())?;
    Ok(Example {
        note: "rows of the data".to_owned(),
        rows: String::from_utf8(bytes).map_err(|e| e.to_string())?,
        tables: BTreeMap::new(),
        expect,
    })
}
