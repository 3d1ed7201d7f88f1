//! Percent written twice: the unit `%` shows a proportion as a percentage, and the formula has multiplied by 100 already.

use super::formula::node::{Aggregate, AggregateFunction, Formula, Node, NodeKind, Op, Value};
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
            (Op::Divide, [above, below]) => {
                (inner(above) && !is_hundred(below))
                    || (is_hundredth(below) && !is_hundredth(above))
            }
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
        Value::Call(Op::Multiply, parts) => parts.iter().any(is_hundredth),
        _ => false,
    }
}

/// Words in the name of a column that holds percentages.
const PERCENT: &str = "pct pcnt perc percent percents percentage percentages percentual percentuale prozent procent porcentaje porcentagem \
    pourcentage pourcent percentatge";

/// Whether the name of a column says that it holds percentages: 45 for 45 %.
pub fn is_named(column: &str) -> bool {
    let lower = column.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    column.contains('%') || words.any(|word| PERCENT.split_whitespace().any(|p| p == word))
}

/// The column of which a formula gives a mean or another middle or end, as it is.
pub fn column_as_it_is(formula: &Formula) -> Option<&str> {
    let mut value = &formula.value;
    while let Value::Call(Op::Round | Op::Coalesce, parts) = value {
        value = parts.first()?;
    }
    let at = |value: &Value| match value {
        Value::Aggregate(at) => formula.aggregates.get(*at),
        _ => None,
    };
    let aggregate = match value {
        Value::Call(Op::Divide, parts) => {
            let [above, below] = parts.as_slice() else {
                return None;
            };
            let below = match below {
                Value::Call(Op::NullIf, parts) => parts.first()?,
                below => below,
            };
            let counts = [AggregateFunction::Count, AggregateFunction::CountRows];
            at(below).filter(|a| counts.contains(&a.function))?;
            at(above).filter(|a| a.function == AggregateFunction::Sum)?
        }
        value => at(value).filter(|a| gives_one(a.function))?,
    };
    match &aggregate.arguments.first()?.kind {
        NodeKind::Column(path) if path.len() == 1 => path.first().map(String::as_str),
        _ => None,
    }
}

/// Whether a function gives a value among those of the rows.
fn gives_one(function: AggregateFunction) -> bool {
    matches!(
        function,
        AggregateFunction::Average
            | AggregateFunction::Minimum
            | AggregateFunction::Maximum
            | AggregateFunction::Quantile(_)
            | AggregateFunction::First
            | AggregateFunction::Last
    )
}

/// Why no figure in % is made of percentages, and what to do.
pub fn of_percentages(column: &str) -> (String, String) {
    (
        format!(
            "`{column}` holds percentages, all of them above 1, and the unit % shows 0.15 as 15 %, so that 30 would be shown as 3,000 %."
        ),
        "Divide by 100 in the formula, as in AVG(x) / 100, or give another unit.".to_owned(),
    )
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
        (Op::Divide, [above, below]) => {
            let hundredth = |node: &Node| match &node.kind {
                NodeKind::Call(Op::Divide, parts) => parts.last().is_some_and(hundred),
                _ => false,
            };
            (row(above) && !hundred(below)) || (hundredth(below) && !hundredth(above))
        }
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
