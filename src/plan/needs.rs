//! What a row must have to count, and the reasons for which rows are left out.

use super::scan::{Condition, Scan};
use crate::indicator::formula::node::{AggregateFunction, Node, NodeKind};
use crate::indicator::measure::Rows;

/// The conditions that nothing needed is missing, each with its reason.
pub(super) fn needs(
    scan: &mut Scan,
    rows: &Rows,
    complete: &mut Vec<Condition>,
    reasons: &mut Vec<(String, usize)>,
) {
    // Conditions first: a target without distance is said to be that, not a division that fails.
    for (node, reason) in &rows.conditions {
        let expression = scan.expression(node);
        need(scan, node, expression, None, complete, reasons);
        let mut failing = complete.clone();
        failing.push(Condition::False(expression));
        let mask = scan.mask(failing);
        reasons.push((reason.clone(), scan.counter(mask)));
        complete.push(Condition::True(expression));
    }
    for aggregate in &rows.formula.aggregates {
        let filter = aggregate.filter.as_ref().map(|node| scan.expression(node));
        if let (Some(f), Some(node)) = (filter, &aggregate.filter) {
            need(scan, node, f, None, complete, reasons);
        }
        let counts_presence = matches!(
            aggregate.function,
            AggregateFunction::Count | AggregateFunction::CountDistinct
        );
        for argument in aggregate.arguments.iter().filter(|_| !counts_presence) {
            let expression = scan.expression(argument);
            need(scan, argument, expression, filter, complete, reasons);
        }
        if let Some(order) = aggregate.pick.as_ref().map(|p| &p.order) {
            let expression = scan.expression(order);
            need(scan, order, expression, filter, complete, reasons);
        }
    }
}

/// Requires a value of an expression, and counts the rows that fail by the column that is missing in them.
fn need(
    scan: &mut Scan,
    node: &Node,
    expression: usize,
    filter: Option<usize>,
    complete: &mut Vec<Condition>,
    reasons: &mut Vec<(String, usize)>,
) {
    let required = match filter {
        Some(f) => Condition::PresentWhere(expression, f),
        None => Condition::Present(expression),
    };
    if complete.contains(&required) {
        return;
    }
    let mut failing = complete.clone();
    failing.push(match filter {
        Some(f) => Condition::MissingWhere(expression, f),
        None => Condition::Missing(expression),
    });
    let mut columns = Vec::new();
    node.columns(&mut columns);
    for path in columns {
        let column = scan.expression(&Node::synthetic(NodeKind::Column(path.clone())));
        let mut here = failing.clone();
        here.push(Condition::Missing(column));
        let mask = scan.mask(here);
        reasons.push((
            format!("{} missing or unusable", path.join(".")),
            scan.counter(mask),
        ));
        failing.push(Condition::Present(column));
    }
    let mask = scan.mask(failing);
    reasons.push((format!("undefined in the row: {node}"), scan.counter(mask)));
    complete.push(required);
}
