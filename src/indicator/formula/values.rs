//! Values from the parser's tree: aggregates, or named inputs, and arithmetic on them.

use super::functions::{Callable, function};
use super::node::{Aggregate, AggregateFunction, Fault, Node, NodeKind, Op, Pick, Value};
use super::rows::{Builder, binary};
use crate::finding::nearest;
use sqlparser::ast::{self, Expr};

/// What may stand at the leaves of a value.
pub(super) enum Leaves<'a> {
    Aggregates(&'a mut Vec<Aggregate>),
    Inputs(&'a [String]),
}

impl Builder<'_> {
    pub(super) fn value(
        &self,
        expression: &Expr,
        leaves: &mut Leaves<'_>,
        depth: usize,
    ) -> Result<Value, Fault> {
        self.deeper(expression, depth)?;
        match expression {
            Expr::Nested(inner) => self.value(inner, leaves, depth + 1),
            Expr::Value(v) => match self.literal(expression, &v.value)? {
                NodeKind::Number(x) => Ok(Value::Number(x)),
                _ => self.refuse(
                    expression,
                    "A literal that is not a number, outside an aggregate,",
                ),
            },
            Expr::UnaryOp {
                op: ast::UnaryOperator::Minus,
                expr,
            } => Ok(Value::Call(
                Op::Negate,
                vec![self.value(expr, leaves, depth + 1)?],
            )),
            Expr::BinaryOp { left, op, right } => match binary(op) {
                Some(op @ (Op::Add | Op::Subtract | Op::Multiply | Op::Divide)) => {
                    let left = self.value(left, leaves, depth + 1)?;
                    Ok(Value::Call(
                        op,
                        vec![left, self.value(right, leaves, depth + 1)?],
                    ))
                }
                _ => self.refuse(expression, &format!("{op} outside an aggregate")),
            },
            Expr::Ceil {
                expr,
                field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => Ok(Value::Call(
                Op::Ceil,
                vec![self.value(expr, leaves, depth + 1)?],
            )),
            Expr::Floor {
                expr,
                field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => Ok(Value::Call(
                Op::Floor,
                vec![self.value(expr, leaves, depth + 1)?],
            )),
            Expr::Function(f) => self.value_function(expression, f, leaves, depth),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.leaf_name(expression, leaves),
            other => self.refuse(other, "This expression, outside an aggregate,"),
        }
    }

    pub(super) fn leaf_name(&self, expression: &Expr, leaves: &Leaves<'_>) -> Result<Value, Fault> {
        let name = match expression {
            Expr::Identifier(name) => name.value.clone(),
            other => other.to_string(),
        };
        let span = self.span(expression);
        match leaves {
            Leaves::Inputs(inputs) => match inputs.iter().position(|i| *i == name) {
                Some(at) => Ok(Value::Input(at)),
                None => {
                    let help = match nearest(&name, inputs.iter().map(String::as_str)) {
                        Some(near) => format!("Did you mean {near}?"),
                        None => format!("Declared are: {}.", inputs.join(", ")),
                    };
                    Err(Fault::new(
                        "formula-unknown-input",
                        span,
                        format!("`{name}` is not one of the inputs."),
                        help,
                    ))
                }
            },
            Leaves::Aggregates(_) => Err(Fault::new(
                "formula-not-aggregated",
                span,
                format!(
                    "The column `{name}` stands outside an aggregate, so it has many values, not one."
                ),
                format!("Say how to combine its rows: SUM({name}), AVG({name}), MAX({name}), ..."),
            )),
        }
    }

    pub(super) fn value_function(
        &self,
        expression: &Expr,
        f: &ast::Function,
        leaves: &mut Leaves<'_>,
        depth: usize,
    ) -> Result<Value, Fault> {
        let found = self.function(expression, f)?;
        let span = self.span(expression);
        match found.callable {
            Callable::Row(op, shape, least, most) => {
                let numeric = shape == super::functions::Shape::Numbers
                    || matches!(op, Op::Coalesce | Op::NullIf);
                if !numeric {
                    return self
                        .refuse(expression, &format!("{} outside an aggregate", found.name));
                }
                let mut arguments = Vec::new();
                for argument in self.row_arguments(expression, f)? {
                    arguments.push(self.value(argument, leaves, depth + 1)?);
                }
                self.count(span, found.signature, arguments.len(), least, most)?;
                Ok(Value::Call(op, arguments))
            }
            Callable::Aggregate(function) => {
                let Leaves::Aggregates(aggregates) = leaves else {
                    return self.refuse(
                        expression,
                        &format!("The aggregate {}, in a derived measure,", found.name),
                    );
                };
                let aggregate = self.aggregate(expression, f, function, found.signature)?;
                let same = |a: &Aggregate| {
                    a.function == aggregate.function && text_of(a) == text_of(&aggregate)
                };
                let at = aggregates.iter().position(same).unwrap_or_else(|| {
                    aggregates.push(aggregate.clone());
                    aggregates.len() - 1
                });
                Ok(Value::Aggregate(at))
            }
        }
    }

    pub(super) fn aggregate(
        &self,
        expression: &Expr,
        f: &ast::Function,
        function: AggregateFunction,
        signature: &str,
    ) -> Result<Aggregate, Fault> {
        let span = self.span(expression);
        let filter = f.filter.as_ref().map(|e| self.row(e, 0)).transpose()?;
        let list = self.argument_list(expression, f)?;
        let distinct = matches!(
            list.duplicate_treatment,
            Some(ast::DuplicateTreatment::Distinct)
        );
        if let (
            AggregateFunction::CountRows,
            false,
            [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Wildcard)],
        ) = (function, distinct, list.args.as_slice())
        {
            return Ok(Aggregate {
                function,
                arguments: vec![],
                filter,
                pick: None,
                span,
            });
        }
        if let AggregateFunction::First | AggregateFunction::Last = function {
            let (value, pick) = self.pick(expression, f, function, signature)?;
            if let Some(first) = pick.series.first() {
                return Err(Fault::new(
                    "formula-arguments",
                    first.span,
                    "The values of several series are several numbers, not one.",
                    "Say how to combine them: SUM(LAST(x, date, series)), AVG(LAST(x, date, series)), ...",
                ));
            }
            return Ok(Aggregate {
                function,
                arguments: vec![value],
                filter,
                pick: Some(Box::new(pick)),
                span,
            });
        }
        if let Some((inner, call, which)) = self.picked(expression, f)? {
            let takes = matches!(
                function,
                AggregateFunction::CountRows
                    | AggregateFunction::Sum
                    | AggregateFunction::Average
                    | AggregateFunction::Minimum
                    | AggregateFunction::Maximum
                    | AggregateFunction::Variance
                    | AggregateFunction::StandardDeviation
            );
            if distinct || !takes {
                return self.refuse(inner, "FIRST or LAST in an aggregate other than COUNT, SUM, AVG, MIN, MAX, VAR and STDDEV");
            }
            let (value, pick) = self.pick(inner, call, which, "LAST(x, date, series)")?;
            if pick.series.is_empty() {
                return Err(Fault::new(
                    "formula-arguments",
                    self.span(inner),
                    "It is not said which series have a first or last row, so there is but one value and nothing to combine.",
                    "Name the columns that tell the series of a programme apart, SUM(LAST(x, date, indicator)), or write LAST(x, date) alone.",
                ));
            }
            let function = match function {
                AggregateFunction::CountRows => AggregateFunction::Count,
                other => other,
            };
            return Ok(Aggregate {
                function,
                arguments: vec![value],
                filter,
                pick: Some(Box::new(pick)),
                span,
            });
        }
        let given = self.arguments(expression, f)?;
        let mut arguments: Vec<Node> = given
            .iter()
            .map(|e| self.row(e, 0))
            .collect::<Result<_, _>>()?;
        let function = match function {
            AggregateFunction::CountRows if distinct => AggregateFunction::CountDistinct,
            AggregateFunction::CountRows => AggregateFunction::Count,
            _ if distinct => {
                return self.refuse(expression, "DISTINCT in an aggregate other than COUNT");
            }
            AggregateFunction::Quantile(p) if p.is_nan() => {
                self.count(span, signature, arguments.len(), 2, 2)?;
                match arguments.pop().map(|n| n.kind) {
                    Some(NodeKind::Number(p)) if (0.0..=1.0).contains(&p) => {
                        AggregateFunction::Quantile(p)
                    }
                    _ => {
                        let message = "The probability of QUANTILE must be a number from 0 to 1.";
                        return Err(Fault::new(
                            "formula-arguments",
                            span,
                            message,
                            "Write QUANTILE(x, 0.9).",
                        ));
                    }
                }
            }
            other => other,
        };
        let wanted = if function == AggregateFunction::Correlation {
            2
        } else {
            1
        };
        self.count(span, signature, arguments.len(), wanted, wanted)?;
        Ok(Aggregate {
            function,
            arguments,
            filter,
            pick: None,
            span,
        })
    }

    /// FIRST or LAST within an aggregate.
    #[allow(clippy::type_complexity)] // three things that are used at once and nowhere else
    fn picked<'e>(
        &self,
        expression: &Expr,
        f: &'e ast::Function,
    ) -> Result<Option<(&'e Expr, &'e ast::Function, AggregateFunction)>, Fault> {
        let given = self.arguments(expression, f)?;
        let [inner @ Expr::Function(call)] = given.as_slice() else {
            return Ok(None);
        };
        let found = function(&call.name.to_string()).map(|f| f.callable);
        Ok(match found {
            Some(Callable::Aggregate(
                which @ (AggregateFunction::First | AggregateFunction::Last),
            )) => Some((inner, call, which)),
            _ => None,
        })
    }

    /// `LAST(x, date, series, ...)`: the value, and which row it is taken from.
    fn pick(
        &self,
        expression: &Expr,
        f: &ast::Function,
        which: AggregateFunction,
        signature: &str,
    ) -> Result<(Node, Pick), Fault> {
        let given = self.row_arguments_of(expression, f)?;
        self.count(self.span(expression), signature, given.len(), 2, 50)?;
        let mut nodes = Vec::with_capacity(given.len());
        for argument in given {
            nodes.push(self.row(argument, 0)?);
        }
        let mut nodes = nodes.into_iter();
        match (nodes.next(), nodes.next()) {
            (Some(value), Some(order)) => Ok((
                value,
                Pick {
                    last: which == AggregateFunction::Last,
                    order,
                    series: nodes.collect(),
                    except: None,
                },
            )),
            _ => self.refuse(expression, "This call"),
        }
    }

    /// Arguments of FIRST and LAST: DISTINCT means nothing there.
    fn row_arguments_of<'e>(
        &self,
        expression: &Expr,
        f: &'e ast::Function,
    ) -> Result<Vec<&'e Expr>, Fault> {
        let list = self.argument_list(expression, f)?;
        if list.duplicate_treatment.is_some() {
            return self.refuse(expression, "DISTINCT in FIRST or LAST");
        }
        self.arguments(expression, f)
    }
}

fn text_of(aggregate: &Aggregate) -> String {
    let arguments: Vec<String> = aggregate.arguments.iter().map(Node::to_string).collect();
    let filter = aggregate
        .filter
        .as_ref()
        .map(Node::to_string)
        .unwrap_or_default();
    let pick = aggregate.pick.as_ref().map(|p| p.text());
    format!(
        "{}|{filter}|{}",
        arguments.join(","),
        pick.unwrap_or_default()
    )
}
