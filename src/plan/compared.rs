//! Amounts of money that conditions hold against numbers or each other: `amount > 85` means something in one currency only.

use super::currency::{Money, Stated, amounts, reads_numbers};
use crate::dataset::{Dataset, Table};
use crate::indicator::formula::node::{Aggregate, Node, NodeKind, Op};
use crate::indicator::measure::Rows;

/// Whether an operation compares its parts.
fn compares(op: Op) -> bool {
    matches!(
        op,
        Op::Equal
            | Op::NotEqual
            | Op::Less
            | Op::LessOrEqual
            | Op::Greater
            | Op::GreaterOrEqual
            | Op::In
    )
}

/// Whether an amount is held against zero: that is so in every currency.
fn with_zero(parts: &[Node]) -> bool {
    parts.iter().any(|p| p.kind == NodeKind::Number(0.0))
}

/// The comparisons in an expression, but for those with zero.
fn comparisons<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    let NodeKind::Call(op, parts) = &node.kind else {
        return;
    };
    if compares(*op) && !with_zero(parts) {
        found.push(node);
    } else {
        parts.iter().for_each(|part| comparisons(part, found));
    }
}

/// The amounts that a condition compares, and how their currency is known; none where the condition reads the currency itself.
pub(super) fn in_condition(
    condition: &Node,
    on: (&Dataset, &Table),
    money: &Money,
) -> Vec<(Vec<String>, Stated)> {
    let mut each = Vec::new();
    comparisons(condition, &mut each);
    let mut read = Vec::new();
    condition.columns(&mut read);
    let mut found: Vec<(Vec<String>, Stated)> = Vec::new();
    for (path, stated) in each
        .into_iter()
        .flat_map(|node| amounts(node, on, false, money))
    {
        let by_hand = matches!(&stated, Stated::Column(column) if read.contains(column));
        if !by_hand && !found.iter().any(|(known, _)| *known == path) {
            found.push((path, stated));
        }
    }
    found
}

/// The conditions of an aggregate: its filter, and what it counts.
pub(super) fn conditions(aggregate: &Aggregate) -> impl Iterator<Item = &Node> {
    let counted = aggregate
        .arguments
        .iter()
        .filter(|_| !reads_numbers(aggregate));
    aggregate.filter.iter().chain(counted)
}

/// Changes the comparisons of every condition of a formula; expressions whose values are added are left.
pub(super) fn each_condition(rows: &mut Rows, change: &mut dyn FnMut(&mut Node)) {
    if let Some((_, filter)) = &mut rows.filter {
        change(filter);
    }
    for aggregate in &mut rows.formula.aggregates {
        let counts = !reads_numbers(aggregate);
        let counted = aggregate.arguments.iter_mut().filter(|_| counts);
        aggregate
            .filter
            .iter_mut()
            .chain(counted)
            .for_each(&mut *change);
    }
}

/// A condition in whose comparisons a column is multiplied by a rate.
pub(super) fn converted(node: &Node, replace: &dyn Fn(&Node) -> Node) -> Node {
    match &node.kind {
        NodeKind::Call(op, parts) if compares(*op) => match with_zero(parts) {
            true => node.clone(),
            false => replace(node),
        },
        NodeKind::Call(op, parts) => Node {
            kind: NodeKind::Call(*op, parts.iter().map(|p| converted(p, replace)).collect()),
            span: node.span,
        },
        _ => node.clone(),
    }
}
