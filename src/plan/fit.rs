//! A measure over rows against its table: columns and types, and what the table declares of the items of a scale.

use super::resolve::{formula_type, resolve};
use crate::dataset::{Column, Dataset, Table, Type};
use crate::finding::Finding;
use crate::indicator::fault_finding;
use crate::indicator::formula::check;
use crate::indicator::formula::node::{Fault, Node, NodeKind, Op};
use crate::indicator::formula::parse;
use crate::indicator::measure::{Input, Limits, Rows, Scale};
use std::borrow::Cow;

/// Checks columns and types of a measure against a table, and gives the measure as it is computed on this table: the
/// answers of a scale are held against the limits that their columns declare.
///
/// # Errors
/// A finding with the expression underlined.
pub fn fit<'a>(
    rows: &'a Rows,
    dataset: &Dataset,
    table: &Table,
) -> Result<Cow<'a, Rows>, Box<Finding>> {
    match without_baseline(rows, dataset, table) {
        Some(rows) => fitted(&rows, dataset, table).map(|found| Cow::Owned(found.into_owned())),
        None => fitted(rows, dataset, table),
    }
}

/// The measure as it can do without a baseline, where the table has no column for it.
fn without_baseline(rows: &Rows, dataset: &Dataset, table: &Table) -> Option<Rows> {
    let plain = rows.without_baseline.as_ref()?;
    let (_, text) = rows.texts.iter().find(|(key, _)| *key == "baseline")?;
    let mut paths = Vec::new();
    parse::row(text).ok()?.columns(&mut paths);
    let is_there = |path: &Vec<String>| resolve(dataset, table, path).is_ok();
    if paths.iter().all(is_there) {
        return None;
    }
    let mut rows = rows.clone();
    rows.formula = plain.clone();
    rows.texts.retain(|(key, _)| *key != "baseline");
    Some(rows)
}

fn fitted<'a>(
    rows: &'a Rows,
    dataset: &Dataset,
    table: &Table,
) -> Result<Cow<'a, Rows>, Box<Finding>> {
    let columns = |path: &[String]| {
        resolve(dataset, table, path)
            .map(|found| formula_type(found.r#type))
            .map_err(|unresolved| (unresolved.message, unresolved.help))
    };
    let text_of = |key: &str| {
        let text = rows.texts.iter().find(|(k, _)| *k == key);
        text.map(|(_, t)| t.clone()).unwrap_or_default()
    };
    let shown = |key: &str, fault| Box::new(fault_finding(&fault, &text_of(key), key));
    if let Some((_, node)) = &rows.filter {
        check::filter(node, &columns).map_err(|fault| shown("where", fault))?;
    }
    if rows.formula.text.is_empty() {
        // A formula that is put together from these: a fault is shown in the one that it is in.
        for (key, text) in rows.texts.iter().filter(|(key, _)| *key != "where") {
            if let Ok(node) = parse::row(text) {
                check::number(&node, &columns)
                    .map_err(|fault| Box::new(fault_finding(&fault, text, key)))?;
            }
        }
    }
    let rows = match rows.scale() {
        None => Cow::Borrowed(rows),
        Some((scale, input)) => Cow::Owned(scaled(rows, scale, input, dataset, table)?),
    };
    check::formula(&rows.formula, &columns).map_err(|fault| shown("value", fault))?;
    for (node, _) in &rows.conditions {
        check::filter(node, &columns).map_err(|fault| shown("target", fault))?;
    }
    Ok(rows)
}

/// A scale whose formula knows the limits of its items; truth values count as 0 and 1.
fn scaled(
    rows: &Rows,
    scale: &Scale,
    input: &Input,
    dataset: &Dataset,
    table: &Table,
) -> Result<Rows, Box<Finding>> {
    let limits = limits(scale, input, dataset, table);
    for (at, field) in input.fields.iter().enumerate() {
        let declared = column(&field.node, dataset, table).and_then(declared);
        let fault = |key: &'static str, code, message: String, help: String| {
            let fault = Fault::new(code, field.node.span, message, help);
            Err(Box::new(fault_finding(&fault, &field.text, key)))
        };
        if let (Some((low, high)), Some((least, most))) = (scale.range, declared)
            && (low, high) != (least, most)
        {
            return fault(
                "range",
                "measure-range-clash",
                format!(
                    "The range is {low} to {high}, but the table says that `{}` goes from {least} to {most}.",
                    field.text
                ),
                "Correct `range`, or the categories or limits of the column in the manifest."
                    .to_owned(),
            );
        }
        if scale.reverse.get(at) == Some(&true) && limits.get(at).copied().flatten().is_none() {
            return fault(
                "reverse",
                "measure-no-range",
                format!(
                    "To turn `{}` round its lowest and highest answer must be known.",
                    field.text
                ),
                "Add `range = [1, 5]` with the lowest and the highest answer, or declare categories, or minimum and maximum, of the column in the manifest.".to_owned(),
            );
        }
    }
    let nodes: Vec<Node> = input
        .fields
        .iter()
        .map(|field| match column(&field.node, dataset, table) {
            Some(column) if column.r#type == Type::Boolean => as_number(&field.node),
            _ => field.node.clone(),
        })
        .collect();
    let (formula, conditions) = scale.score(&nodes, &limits);
    Ok(Rows {
        formula,
        conditions,
        ..rows.clone()
    })
}

/// Lowest and highest answer of each item: as the definition says, else as the table declares.
pub fn limits(scale: &Scale, input: &Input, dataset: &Dataset, table: &Table) -> Vec<Limits> {
    let of = |node: &Node| column(node, dataset, table).and_then(declared);
    let fields = input.fields.iter();
    fields
        .map(|field| scale.range.or_else(|| of(&field.node)))
        .collect()
}

/// The column that an expression is, of the table or one of its parents; `None` for any other expression.
pub fn column<'a>(node: &Node, dataset: &'a Dataset, table: &'a Table) -> Option<&'a Column> {
    let NodeKind::Column(path) = &node.kind else {
        return None;
    };
    let found = resolve(dataset, table, path).ok()?;
    let owner = match found.joins.last() {
        None => table,
        Some(key) => dataset.tables.iter().find(|t| t.name == key.table)?,
    };
    owner.column(&found.column)
}

/// Lowest and highest value that is declared for an expression: for that of a column.
pub fn declared_limits(node: &Node, dataset: &Dataset, table: &Table) -> Limits {
    column(node, dataset, table).and_then(declared)
}

fn declared(column: &Column) -> Limits {
    match column.r#type {
        Type::Boolean => Some((0.0, 1.0)),
        Type::Number => column.limits,
        _ => None,
    }
}

/// A truth value as 1 or 0, missing where it is.
fn as_number(node: &Node) -> Node {
    let number = |x: f64| Node::synthetic(NodeKind::Number(x));
    let null = Node::synthetic(NodeKind::Null);
    let not = Node::call(Op::Not, vec![node.clone()]);
    Node::call(
        Op::Case,
        vec![node.clone(), number(1.0), not, number(0.0), null],
    )
}
