//! Which rows of a column with totals each aggregate of a formula adds: the totals, or their parts.

use super::apart::{Among, Apart, NOT_STATED, Overlap, stated};
use super::rates::day_of;
use super::resolve::programme_column;
use crate::dataset::{Dataset, Table, Type};
use crate::indicator::formula::node::{Aggregate, Node, NodeKind, Op};
use crate::indicator::measure::Rows;
use std::borrow::Cow;

/// A formula whose aggregates say themselves which rows of columns with totals they add.
pub(super) struct Told<'a> {
    /// The formula, with the conditions that keep totals and parts apart.
    pub rows: Cow<'a, Rows>,
    /// Columns that the formula deals with: no cells are left out for them.
    pub own: Vec<String>,
    /// Those of them of which one aggregate takes parts and another the totals: results are not split by them.
    pub split: Vec<String>,
    /// What must not meet in an aggregate all the same.
    pub overlaps: Vec<Overlap>,
}

/// Keeps the totals that a table declares apart from their parts where a formula speaks of the column itself. An aggregate
/// whose conditions or arguments read the column adds parts only, or what it asks for where it names the total; one that does not
/// read it adds the totals only.
pub(super) fn told<'a>(
    rows: Cow<'a, Rows>,
    (dataset, table): (&Dataset, &Table),
    remarks: &mut Vec<String>,
) -> Told<'a> {
    let mut told = Told {
        rows,
        own: vec![],
        split: vec![],
        overlaps: vec![],
    };
    for (column, total) in &table.meaning.totals {
        let Some(kind) = table.column(column).map(|c| c.r#type) else {
            continue;
        };
        let formula = &told.rows.formula;
        let by_filter = told.rows.filter.iter().any(|(_, node)| reads(node, column));
        let own = |a: &Aggregate| a.nodes().any(|node| reads(node, column));
        if !by_filter && !formula.aggregates.iter().any(own) {
            continue;
        }
        told.own.push(column.clone());
        let whole = whole(column, total, kind);
        let part = part(column, total, kind);
        let filter_names = told
            .rows
            .filter
            .iter()
            .any(|(_, n)| names(n, column, total));
        let aggregate_names = |a: &Aggregate| a.nodes().any(|n| names(n, column, total));
        let named: Vec<bool> = formula
            .aggregates
            .iter()
            .map(|a| filter_names || aggregate_names(a))
            .collect();
        let plain: Vec<bool> = formula.aggregates.iter().map(|a| !own(a)).collect();
        let mut changed = told.rows.into_owned();
        if by_filter && !named.contains(&true) {
            if let Some((_, node)) = &mut changed.filter {
                *node = Node::call(Op::And, vec![part, node.clone()]);
            }
        } else {
            let aggregates = changed.formula.aggregates.iter_mut().enumerate();
            for (at, aggregate) in aggregates {
                let condition = match (named[at], plain[at] && !by_filter) {
                    (true, _) => {
                        let why = Apart::Totals(total.clone());
                        told.overlaps
                            .push(overlap(column, why, Among::Aggregate(at)));
                        continue;
                    }
                    (false, true) => &whole,
                    (false, false) => &part,
                };
                aggregate.filter = Some(match aggregate.filter.take() {
                    None => condition.clone(),
                    Some(own) => Node::call(Op::And, vec![condition.clone(), own]),
                });
            }
            if !by_filter && plain.contains(&true) {
                told.split.push(column.clone());
                let programme = programme_column(dataset, table);
                told.overlaps.extend(both(column, programme, (whole, part)));
                remarks.push(format!(
                    "Where the formula speaks of {column} it takes the parts that it names; everywhere else the rows for the total."
                ));
            }
        }
        told.rows = Cow::Owned(changed);
    }
    told
}

/// That rows with the total and others must not meet in an aggregate, or in all rows used.
pub(super) fn overlap(column: &str, why: Apart, among: Among) -> Overlap {
    Overlap {
        column: column.to_owned(),
        node: stated(path(column)),
        why,
        among,
    }
}

/// Programmes with rows for the total, and those with rows for parts: the second must all be among the first.
fn both(column: &str, programme: Option<String>, (whole, part): (Node, Node)) -> [Overlap; 2] {
    let name = match programme {
        Some(name) => stated(path(&name)),
        None => Node::synthetic(NodeKind::Text(NOT_STATED.to_owned())),
    };
    let none = || Node::synthetic(NodeKind::Null);
    let of = |rows: Node, why: Apart| Overlap {
        column: column.to_owned(),
        node: Node::call(Op::Case, vec![rows, name.clone(), none()]),
        why,
        among: Among::Used,
    };
    [of(whole, Apart::Whole), of(part, Apart::Parts)]
}

fn path(column: &str) -> Node {
    Node::synthetic(NodeKind::Column(vec![column.to_owned()]))
}

/// A value of a column as it is written in a manifest.
fn literal(text: &str, kind: Type) -> Option<Node> {
    let kind = match kind {
        _ if text.is_empty() => return None,
        Type::Text => NodeKind::Text(text.to_owned()),
        Type::Number => NodeKind::Number(text.parse().ok()?),
        Type::Boolean => NodeKind::Boolean(text.parse().ok()?),
        Type::Date => NodeKind::Date(day_of(text)?),
        _ => return None,
    };
    Some(Node::synthetic(kind))
}

/// Rows with the total; those without a value are such too.
fn whole(column: &str, total: &str, kind: Type) -> Node {
    let missing = Node::call(Op::IsMissing, vec![path(column)]);
    match literal(total, kind) {
        None => missing,
        Some(value) => {
            let is = Node::call(Op::Equal, vec![path(column), value]);
            Node::call(Op::Or, vec![missing, is])
        }
    }
}

/// All other rows.
fn part(column: &str, total: &str, kind: Type) -> Node {
    let present = Node::call(Op::IsPresent, vec![path(column)]);
    match literal(total, kind) {
        None => present,
        Some(value) => {
            let other = Node::call(Op::NotEqual, vec![path(column), value]);
            Node::call(Op::And, vec![present, other])
        }
    }
}

/// Whether an expression reads a column of the table itself.
pub(super) fn reads(node: &Node, column: &str) -> bool {
    let mut read = Vec::new();
    node.columns(&mut read);
    read.iter().any(|path| path.as_slice() == [column])
}

/// Whether an expression over a column names its total: holds it against that value, or asks where there is none.
fn names(node: &Node, column: &str, total: &str) -> bool {
    let NodeKind::Call(op, parts) = &node.kind else {
        return false;
    };
    let fold = |text: &str| text.trim().to_lowercase();
    let is_total = |part: &Node| match &part.kind {
        NodeKind::Text(text) if *op == Op::Like => {
            let known = fold(&text.replace(['%', '_'], ""));
            !known.is_empty() && fold(total).contains(&known)
        }
        NodeKind::Text(text) => fold(text) == fold(total),
        NodeKind::Number(x) => total.parse() == Ok(*x),
        NodeKind::Boolean(x) => total.parse() == Ok(*x),
        NodeKind::Date(day) => day_of(total) == Some(*day),
        _ => false,
    };
    let asks = matches!(op, Op::IsMissing | Op::Coalesce);
    // What logic joins are conditions of their own.
    let joins = matches!(op, Op::And | Op::Or | Op::Not | Op::Case);
    let here = !joins && reads(node, column) && (asks || parts.iter().any(is_total));
    here || parts.iter().any(|part| names(part, column, total))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::indicator::formula::parse;

    #[test]
    fn a_condition_names_the_total_or_not() {
        for (text, total, said) in [
            ("sex = 'F'", "total", false),
            ("sex <> 'F'", "total", false),
            ("sex IS NOT NULL", "total", false),
            ("sex IN ('F', 'M')", "total", false),
            ("sex <> 'F' AND area = 'total'", "total", false),
            ("sex = 'total'", "total", true),
            ("LOWER(sex) IN ('total', 'f')", "Total", true),
            ("NOT sex = 'total'", "total", true),
            ("sex LIKE 'tot%'", "total", true),
            ("sex IS NULL", "", true),
            ("COALESCE(sex, 'all') = 'all'", "", true),
            ("sex = 'F'", "", false),
        ] {
            let node = parse::row(text).unwrap();
            assert_eq!(names(&node, "sex", total), said, "{text}");
        }
    }
}
