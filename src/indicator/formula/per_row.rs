//! A formula as what each row adds to its numerator and its denominator, where it is a mean, a share or a sum over rows.

use super::node::{Aggregate, AggregateFunction, Formula, Node, NodeKind, Op, Value};
use crate::indicator::definition::MissingRule;
use crate::indicator::measure::Rows;

/// What a row adds. Missing where something that the measure needs of the row is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct PerRow {
    /// To the numerator, or to the sum.
    pub numerator: Node,
    /// To the denominator; `None` for a sum or count.
    pub denominator: Option<Node>,
}

impl Rows {
    /// What each row adds; `None` where the value is not made of sums alone, as a median or a variance.
    pub fn per_row(&self) -> Option<PerRow> {
        let by_row = self.missing == MissingRule::Row || self.formula.aggregates.len() == 1;
        // Which row counts depends on the others.
        if self.formula.aggregates.iter().any(|a| a.pick.is_some()) {
            return None;
        }
        let reading = Reading {
            formula: &self.formula,
            by_row,
        };
        let mut found = reading.value(&self.formula.value)?;
        for (condition, _) in self.conditions.iter().rev() {
            let kept = vec![condition.clone(), found.numerator, null()];
            found.numerator = Node::call(Op::Case, kept);
        }
        Some(found)
    }
}

struct Reading<'a> {
    formula: &'a Formula,
    by_row: bool,
}

impl Reading<'_> {
    fn value(&self, value: &Value) -> Option<PerRow> {
        if let Some(sum) = self.sum(value) {
            return Some(PerRow {
                numerator: sum,
                denominator: None,
            });
        }
        match value {
            Value::Aggregate(at) => {
                let aggregate = self.formula.aggregates.get(*at)?;
                let (AggregateFunction::Average, [x]) =
                    (aggregate.function, aggregate.arguments.as_slice())
                else {
                    return None;
                };
                Some(PerRow {
                    numerator: self.filtered(aggregate, self.or_zero(x)),
                    denominator: Some(self.filtered(aggregate, self.counted(x))),
                })
            }
            Value::Call(op, parts) => match (op, parts.as_slice()) {
                (Op::Divide, [above, Value::Number(by)]) => {
                    Some(self.value(above)?.scaled(Op::Divide, *by))
                }
                (Op::Divide, [above, below]) => Some(PerRow {
                    numerator: self.sum(above)?,
                    denominator: Some(self.sum(below)?),
                }),
                (Op::Multiply, [Value::Number(by), part] | [part, Value::Number(by)]) => {
                    Some(self.value(part)?.scaled(Op::Multiply, *by))
                }
                (Op::Subtract | Op::Add, [Value::Number(x), part]) => {
                    self.value(part)?.shifted(*op, *x, true)
                }
                (Op::Subtract | Op::Add, [part, Value::Number(x)]) => {
                    self.value(part)?.shifted(*op, *x, false)
                }
                (Op::Negate, [part]) => Some(self.value(part)?.scaled(Op::Multiply, -1.0)),
                _ => None,
            },
            Value::Input(_) | Value::Number(_) => None,
        }
    }

    /// A value that is a sum over rows, as what each row adds to it.
    fn sum(&self, value: &Value) -> Option<Node> {
        match value {
            Value::Aggregate(at) => {
                let aggregate = self.formula.aggregates.get(*at)?;
                let adds = match (aggregate.function, aggregate.arguments.as_slice()) {
                    (AggregateFunction::CountRows, _) => number(1.0),
                    (AggregateFunction::Count, [x]) => present(x),
                    (AggregateFunction::Sum, [x]) => self.or_zero(x),
                    _ => return None,
                };
                Some(self.filtered(aggregate, adds))
            }
            Value::Call(op, parts) => match (op, parts.as_slice()) {
                (Op::Add | Op::Subtract, [left, right]) => {
                    Some(Node::call(*op, vec![self.sum(left)?, self.sum(right)?]))
                }
                (Op::Negate, [part]) => Some(Node::call(Op::Negate, vec![self.sum(part)?])),
                (Op::Multiply | Op::Divide, [part, Value::Number(by)])
                | (Op::Multiply, [Value::Number(by), part]) => {
                    Some(Node::call(*op, vec![self.sum(part)?, number(*by)]))
                }
                // A guard against a division by zero: the cell is then undefined either way.
                (Op::NullIf, [part, Value::Number(zero)]) if *zero == 0.0 => self.sum(part),
                _ => None,
            },
            Value::Input(_) | Value::Number(_) => None,
        }
    }

    /// `x` where the aggregate's filter holds, else 0.
    fn filtered(&self, aggregate: &Aggregate, x: Node) -> Node {
        let Some(filter) = &aggregate.filter else {
            return x;
        };
        let mut cases = Vec::new();
        if self.by_row {
            cases.push(Node::call(Op::IsMissing, vec![filter.clone()]));
            cases.push(null());
        }
        cases.extend([filter.clone(), x, number(0.0)]);
        Node::call(Op::Case, cases)
    }

    /// `x`, or 0 where it is missing and that does not take out its row.
    fn or_zero(&self, x: &Node) -> Node {
        match self.by_row {
            true => x.clone(),
            false => Node::call(Op::Coalesce, vec![x.clone(), number(0.0)]),
        }
    }

    /// 1 for a row that an average of `x` counts; missing where `x` is and that takes out its row.
    fn counted(&self, x: &Node) -> Node {
        match self.by_row {
            true => {
                let missing = Node::call(Op::IsMissing, vec![x.clone()]);
                Node::call(Op::Case, vec![missing, null(), number(1.0)])
            }
            false => present(x),
        }
    }
}

impl PerRow {
    fn scaled(self, op: Op, by: f64) -> PerRow {
        PerRow {
            numerator: Node::call(op, vec![self.numerator, number(by)]),
            denominator: self.denominator,
        }
    }

    /// The ratio with a number added; `number_first`: the number stands before the operator.
    fn shifted(self, op: Op, x: f64, number_first: bool) -> Option<PerRow> {
        let denominator = self.denominator?;
        let times = Node::call(Op::Multiply, vec![denominator.clone(), number(x)]);
        let parts = match number_first {
            true => vec![times, self.numerator],
            false => vec![self.numerator, times],
        };
        Some(PerRow {
            numerator: Node::call(op, parts),
            denominator: Some(denominator),
        })
    }
}

fn number(x: f64) -> Node {
    Node::synthetic(NodeKind::Number(x))
}

fn null() -> Node {
    Node::synthetic(NodeKind::Null)
}

/// 1 where `x` is there, else 0.
fn present(x: &Node) -> Node {
    let there = Node::call(Op::IsPresent, vec![x.clone()]);
    Node::call(Op::Case, vec![there, number(1.0), number(0.0)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::indicator::formula::parse;

    fn per_row(formula: &str, missing: MissingRule) -> Option<(String, Option<String>)> {
        let rows = Rows {
            table: "t".to_owned(),
            filter: None,
            formula: parse::formula(formula).unwrap(),
            conditions: vec![],
            missing,
            date: None,
            texts: vec![],
            beside: None,
            reports: Default::default(),
            without_baseline: None,
        };
        let found = rows.per_row()?;
        let denominator = found.denominator.map(|d| d.to_string());
        Some((found.numerator.to_string(), denominator))
    }

    #[test]
    fn means_shares_and_sums_are_told_row_by_row() {
        let row = |formula| per_row(formula, MissingRule::Row);
        let pair = |a: &str, b: &str| Some((a.to_owned(), Some(b.to_owned())));
        assert_eq!(
            row("AVG(x)"),
            pair("\"x\"", "Case(IsMissing(\"x\"), NULL, 1.0)")
        );
        assert_eq!(
            row("COUNT(*) FILTER (WHERE x) / COUNT(*)"),
            pair("Case(IsMissing(\"x\"), NULL, \"x\", 1.0, 0.0)", "1.0")
        );
        assert_eq!(
            row("100 * SUM(a) / SUM(b)"),
            pair("(\"a\" * 100.0)", "\"b\"")
        );
        assert_eq!(
            row("1 - SUM(a) / SUM(b)"),
            pair("((\"b\" * 1.0) - \"a\")", "\"b\"")
        );
        assert_eq!(
            row("SUM(a) - SUM(b)"),
            Some(("(\"a\" - \"b\")".to_owned(), None))
        );
        assert_eq!(
            per_row("SUM(a) / SUM(b)", MissingRule::Value),
            pair("Coalesce(\"a\", 0.0)", "Coalesce(\"b\", 0.0)")
        );
    }

    #[test]
    fn what_is_not_made_of_sums_is_refused() {
        for formula in [
            "MEDIAN(x)",
            "COUNT(DISTINCT x)",
            "MAX(x)",
            "AVG(x) - AVG(y)",
            "SUM(a) + 1",
        ] {
            assert_eq!(per_row(formula, MissingRule::Row), None, "{formula}");
        }
    }
}
