//! Percent written twice: the unit `%` shows a proportion as a percentage, and the formula has multiplied by 100 already.

use super::formula::node::{Aggregate, AggregateFunction, Node, NodeKind, Op, Value};
use super::measure::{Measure, MeasureFault};
use crate::indicator::formula::node::{Fault, Span};

/// Refuses a formula that gives percentages where the unit is `%`.
///
/// # Errors
/// A fault that underlines the formula.
pub(super) fn check(unit: &str, measure: &Measure, text: &str) -> Result<(), MeasureFault> {
    let (value, aggregates): (&Value, &[Aggregate]) = match measure {
        Measure::Formula(rows) if !rows.formula.text.is_empty() => {
            (&rows.formula.value, &rows.formula.aggregates)
        }
        Measure::Derived { value, .. } => (value, &[]),
        _ => return Ok(()),
    };
    if unit.trim() != "%" || !hundredfold(value, aggregates) {
        return Ok(());
    }
    let span = Span {
        start: 0,
        end: text.len(),
    };
    let fault = Fault::new(
        "definition-percent-twice",
        span,
        "The unit `%` shows 0.15 as 15 %, and the formula multiplies by 100 already: 15 % would be shown as 1,500 %.",
        "Leave the 100 out of the formula.",
    );
    Err(("value", text.to_owned(), Box::new(fault)))
}

fn is_hundred(value: &Value) -> bool {
    matches!(value, Value::Number(x) if *x == 100.0)
}

/// Whether a value is 100 times what it is made of.
fn hundredfold(value: &Value, aggregates: &[Aggregate]) -> bool {
    let inner = |value: &Value| hundredfold(value, aggregates);
    match value {
        Value::Aggregate(at) => aggregates.get(*at).is_some_and(of_rows),
        Value::Input(_) | Value::Number(_) => false,
        Value::Call(op, parts) => match (op, parts.as_slice()) {
            (Op::Multiply, [left, right]) => {
                (is_hundred(left) && !is_hundredth(right))
                    || (is_hundred(right) && !is_hundredth(left))
                    || inner(left)
                    || inner(right)
            }
            // 100 * x / 100 is x, and the means of amounts may be divided by anything.
            (Op::Divide, [above, below]) => inner(above) && !is_hundred(below),
            (Op::Add | Op::Subtract, [left, right]) => inner(left) || inner(right),
            (Op::Negate | Op::Abs | Op::Round | Op::Floor | Op::Ceil, [x]) => inner(x),
            (Op::Coalesce | Op::NullIf, [x, ..]) => inner(x),
            _ => false,
        },
    }
}

fn is_hundredth(value: &Value) -> bool {
    match value {
        Value::Number(x) => *x == 0.01,
        Value::Call(Op::Divide, parts) => parts.last().is_some_and(is_hundred),
        _ => false,
    }
}

/// Whether the rows of a mean or a sum are percentages by what the formula makes of them: `100 * x`, or 100 or 0.
fn of_rows(aggregate: &Aggregate) -> bool {
    let adds = matches!(
        aggregate.function,
        AggregateFunction::Average
            | AggregateFunction::Sum
            | AggregateFunction::Minimum
            | AggregateFunction::Maximum
            | AggregateFunction::Quantile(_)
            | AggregateFunction::First
            | AggregateFunction::Last
    );
    adds && aggregate.arguments.first().is_some_and(row)
}

fn row(node: &Node) -> bool {
    let hundred = |node: &Node| matches!(node.kind, NodeKind::Number(x) if x == 100.0);
    let NodeKind::Call(op, arguments) = &node.kind else {
        return false;
    };
    match (op, arguments.as_slice()) {
        (Op::Multiply, [left, right]) => hundred(left) || hundred(right) || row(left) || row(right),
        (Op::Divide, [above, below]) => row(above) && !hundred(below),
        (Op::Add | Op::Subtract, [left, right]) => row(left) || row(right),
        (Op::Negate | Op::Abs | Op::Round, [x]) => row(x),
        // CASE WHEN yes THEN 100 ELSE 0 END; a 100 among other numbers is a number.
        (Op::Case, parts) => {
            let results = parts
                .chunks_exact(2)
                .map(|pair| &pair[1])
                .chain(parts.last());
            let numbers: Vec<f64> = results
                .filter_map(|r| match r.kind {
                    NodeKind::Number(x) => Some(x),
                    _ => None,
                })
                .collect();
            numbers.contains(&100.0) && numbers.iter().all(|x| *x == 100.0 || *x == 0.0)
        }
        _ => false,
    }
}
