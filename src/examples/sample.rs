//! A first example: rows made up by the types of the columns, and what comes out of them.

use super::{Mark, examples, explain};
use crate::dataset::{Dataset, Table, Type};
use crate::finding::{Finding, nearest};
use crate::indicator::formula::node::{Node, NodeKind, Op};
use crate::indicator::{Example, Expected, Indicator, Measure};
use crate::plan::fit::fit;
use crate::plan::resolve::{Resolved, programme_column, resolve};
use std::collections::BTreeMap;

/// Rows that are made up to choose from.
const MADE_UP: usize = 16;
/// Rows of each kind that are taken: used, left out by the filter, missing something.
const TAKEN: [(Mark, usize); 3] = [(Mark::Used, 4), (Mark::Excluded, 2), (Mark::Missing, 1)];

/// An example of a few rows that are made up for the columns of the data, with the values that come out of them: to be checked by
/// hand, since it proves nothing but that the definition gives what it gives. No cell of the data is in it.
///
/// # Errors
/// Why there is none, in words.
pub fn sample(indicator: &Indicator, dataset: &Dataset) -> Result<Example, String> {
    let Measure::Formula(rows) = &indicator.measure else {
        return Err("only a measure over the rows of a table can be tried on the data".to_owned());
    };
    let table = dataset
        .table(&rows.table)
        .ok_or_else(|| format!("there is no table `{}`", rows.table))?;
    let (names, candidates) = candidates(indicator, dataset, table)?;
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

/// The columns of an example, and rows that are made up by their types and by what the definition compares them with.
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
    let mut columns: Vec<Vec<String>> = Vec::new();
    for (name, path) in &paths {
        let found = resolve(dataset, table, path).map_err(|unresolved| unresolved.message)?;
        let mut asked = Asked::default();
        if let Measure::Formula(rows) = &indicator.measure {
            rows.nodes()
                .for_each(|node| compared(node, path, &mut asked));
        }
        columns.push(match name.as_str() {
            "programme" => vec!["P1".to_owned()],
            _ => made_up(&found, &declared(dataset, table, &found), asked),
        });
    }
    // Columns go through their values at paces of their own, so that what is compared meets and misses.
    let mut rows: Texts = (0..MADE_UP)
        .map(|row| {
            let mut pace = 1;
            let cells = columns.iter().map(|values| {
                let cell = values.get(row / pace % values.len().max(1)).cloned();
                if values.len() > 1 {
                    pace *= 2;
                }
                cell
            });
            cells.collect()
        })
        .collect();
    if let Some(mut last) = rows.first().cloned() {
        if let Some(cell) = last.last_mut() {
            *cell = None;
        }
        rows.push(last);
    }
    Ok((paths.into_iter().map(|(name, _)| name).collect(), rows))
}

/// Categories that the manifest declares of the column found.
fn declared(dataset: &Dataset, table: &Table, found: &Resolved) -> Vec<String> {
    let holder = match found.joins.last() {
        None => Some(table),
        Some(join) => dataset.tables.iter().find(|t| t.name == join.table),
    };
    let column = holder.and_then(|t| t.column(&found.column));
    column.map_or_else(Vec::new, |c| {
        c.categories.iter().map(|(v, _)| v.clone()).collect()
    })
}

/// Values for a column: what the definition compares it with first, then another of its type, never a cell of the data.
fn made_up(found: &Resolved, categories: &[String], asked: Asked) -> Vec<String> {
    let mut usual: Vec<String> = match found.r#type {
        Type::Number if found.year => ["2020", "2021"].map(str::to_owned).to_vec(),
        Type::Number => ["1", "2", "3", "4"].map(str::to_owned).to_vec(),
        Type::Boolean => ["true", "false"].map(str::to_owned).to_vec(),
        Type::Date => ["2020-01-01", "2021-01-01"].map(str::to_owned).to_vec(),
        Type::Text if !categories.is_empty() => categories.iter().take(4).cloned().collect(),
        Type::List if !categories.is_empty() => categories.iter().take(2).cloned().collect(),
        Type::Text | Type::List => ["a", "b"].map(str::to_owned).to_vec(),
    };
    usual.extend(asked.unlike);
    let mut values = asked.like;
    if values.is_empty() {
        return usual;
    }
    // Twice as often as what it is not compared with.
    values.extend(values.clone());
    let other = usual.into_iter().find(|value| !values.contains(value));
    values.extend(other);
    values
}

/// Texts and numbers that a definition compares a column with.
#[derive(Default)]
struct Asked {
    /// What the column is to be.
    like: Vec<String>,
    /// What it is not to be.
    unlike: Vec<String>,
}

/// Adds the texts and numbers that an expression compares a column with.
fn compared(node: &Node, path: &[String], found: &mut Asked) {
    let NodeKind::Call(op, arguments) = &node.kind else {
        return;
    };
    let own = |a: &Node| matches!(&a.kind, NodeKind::Column(column) if column == path);
    let list = match op {
        Op::Equal | Op::In | Op::Has | Op::HasAny | Op::LessOrEqual | Op::GreaterOrEqual => {
            Some(&mut found.like)
        }
        Op::NotEqual => Some(&mut found.unlike),
        _ => None,
    };
    if let Some(list) = list.filter(|_| arguments.iter().any(own)) {
        for argument in arguments {
            let value = match &argument.kind {
                NodeKind::Text(text) if !text.is_empty() => text.clone(),
                NodeKind::Number(number) => number.to_string(),
                _ => continue,
            };
            if !list.contains(&value) {
                list.push(value);
            }
        }
    }
    arguments.iter().for_each(|a| compared(a, path, found));
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
        note: "rows that are made up".to_owned(),
        rows: String::from_utf8(bytes).map_err(|e| e.to_string())?,
        tables: BTreeMap::new(),
        expect,
    })
}
