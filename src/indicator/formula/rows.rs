//! Row expressions from the parser's tree, and the functions and literals in them.

use super::functions::{Callable, function};
use super::node::{Fault, Node, NodeKind, Op, Span};
use super::sql::{call_end, offset};
use super::synonyms;
use sqlparser::ast::{self, Expr, Spanned};
use std::cell::Cell;

/// Deepest nesting: low enough for any stack.
const DEEPEST: usize = 120;

/// Most nodes of the trees of one text: `CASE x WHEN` and `BETWEEN` repeat an operand, so that few words can make many.
const MOST_NODES: usize = 5_000;

/// Builds trees from the expressions of one text.
pub(super) struct Builder<'a> {
    pub(super) text: &'a str,
    built: Cell<usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Builder {
            text,
            built: Cell::new(0),
        }
    }

    /// Counts nodes about to be built.
    fn grow(&self, expression: &Expr, nodes: usize) -> Result<(), Fault> {
        self.built.set(self.built.get().saturating_add(nodes));
        if self.built.get() <= MOST_NODES {
            return Ok(());
        }
        Err(Fault::new(
            "formula-too-long",
            self.span(expression),
            format!("The expression has more than {MOST_NODES} parts, written out."),
            "Nest CASE and BETWEEN less deeply, or split the indicator.",
        ))
    }

    /// A copy of an operand that stands once in the text and several times in the tree.
    fn again(&self, expression: &Expr, node: &Node) -> Result<Node, Fault> {
        self.grow(expression, node.size())?;
        Ok(node.clone())
    }

    pub(super) fn span(&self, expression: &Expr) -> Span {
        let span = expression.span();
        if span.start.line == 0 {
            return Span {
                start: 0,
                end: self.text.len(),
            };
        }
        let (start, mut end) = (offset(self.text, span.start), offset(self.text, span.end));
        if matches!(expression, Expr::Function(_)) {
            end = end.max(call_end(self.text, start));
        }
        Span {
            start,
            end: end.max(start),
        }
    }

    pub(super) fn refuse<T>(&self, expression: &Expr, what: &str) -> Result<T, Fault> {
        Err(Fault::new(
            "formula-not-allowed",
            self.span(expression),
            format!("{what} is not part of the formula language."),
            "`codev indicators functions` lists what is.",
        ))
    }

    pub(super) fn deeper(&self, expression: &Expr, depth: usize) -> Result<(), Fault> {
        if depth > DEEPEST {
            let message = "The expression is nested too deeply.";
            return Err(Fault::new(
                "formula-too-deep",
                self.span(expression),
                message,
                "Use IN (...) or split the indicator.",
            ));
        }
        Ok(())
    }

    pub(super) fn row(&self, expression: &Expr, depth: usize) -> Result<Node, Fault> {
        self.deeper(expression, depth)?;
        self.grow(expression, 1)?;
        let span = self.span(expression);
        let down = |e: &Expr| self.row(e, depth + 1);
        let make = |kind| Ok(Node { kind, span });
        let call = |op, arguments: Vec<Node>| {
            Ok(Node {
                kind: NodeKind::Call(op, arguments),
                span,
            })
        };
        match expression {
            Expr::Nested(inner) => down(inner),
            Expr::Identifier(name) => make(NodeKind::Column(vec![name.value.clone()])),
            Expr::CompoundIdentifier(names) => make(NodeKind::Column(
                names.iter().map(|n| n.value.clone()).collect(),
            )),
            Expr::Value(value) => make(self.literal(expression, &value.value)?),
            Expr::TypedString(typed) => match (&typed.data_type, &typed.value.value) {
                (ast::DataType::Date, ast::Value::SingleQuotedString(day)) => {
                    make(NodeKind::Date(self.day(span, day)?))
                }
                _ => self.refuse(expression, "A literal of this type"),
            },
            Expr::UnaryOp { op, expr } => match op {
                ast::UnaryOperator::Not => call(Op::Not, vec![down(expr)?]),
                ast::UnaryOperator::Minus => call(Op::Negate, vec![down(expr)?]),
                ast::UnaryOperator::Plus => down(expr),
                _ => self.refuse(expression, "This operator"),
            },
            Expr::BinaryOp { left, op, right } => match binary(op) {
                Some(op) => call(op, vec![down(left)?, down(right)?]),
                None => self.refuse(expression, &format!("The operator {op}")),
            },
            Expr::IsNull(inner) => call(Op::IsMissing, vec![down(inner)?]),
            Expr::IsNotNull(inner) => call(Op::IsPresent, vec![down(inner)?]),
            Expr::IsTrue(inner) => self.certainly(span, down(inner)?, true),
            Expr::IsFalse(inner) => self.certainly(span, down(inner)?, false),
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let value = down(expr)?;
                let above = Node {
                    kind: NodeKind::Call(
                        Op::GreaterOrEqual,
                        vec![self.again(expression, &value)?, down(low)?],
                    ),
                    span,
                };
                let below = Node {
                    kind: NodeKind::Call(Op::LessOrEqual, vec![value, down(high)?]),
                    span,
                };
                negate(
                    *negated,
                    Node {
                        kind: NodeKind::Call(Op::And, vec![above, below]),
                        span,
                    },
                )
            }
            Expr::In {
                expr,
                target: ast::InTarget::List(list),
                negated,
                ..
            } => {
                let mut arguments = vec![down(expr)?];
                for item in list {
                    arguments.push(down(item)?);
                }
                negate(
                    *negated,
                    Node {
                        kind: NodeKind::Call(Op::In, arguments),
                        span,
                    },
                )
            }
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char: None,
            } => {
                let node = Node {
                    kind: NodeKind::Call(Op::Like, vec![down(expr)?, down(pattern)?]),
                    span,
                };
                negate(*negated, node)
            }
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => {
                let subject = operand.as_ref().map(|o| down(o)).transpose()?;
                let mut arguments = Vec::new();
                for when in conditions {
                    let condition = down(&when.condition)?;
                    arguments.push(match &subject {
                        Some(s) => Node {
                            span: condition.span,
                            kind: NodeKind::Call(
                                Op::Equal,
                                vec![self.again(expression, s)?, condition],
                            ),
                        },
                        None => condition,
                    });
                    arguments.push(down(&when.result)?);
                }
                arguments.push(match else_result {
                    Some(otherwise) => down(otherwise)?,
                    None => Node {
                        kind: NodeKind::Null,
                        span,
                    },
                });
                call(Op::Case, arguments)
            }
            Expr::Ceil {
                expr,
                field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => call(Op::Ceil, vec![down(expr)?]),
            Expr::Floor {
                expr,
                field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => call(Op::Floor, vec![down(expr)?]),
            Expr::Trim {
                trim_where: None,
                trim_what: None,
                expr,
                trim_characters: None,
            } => call(Op::Trim, vec![down(expr)?]),
            Expr::Function(f) => {
                let found = self.function(expression, f)?;
                let Callable::Row(op, _, least, most) = found.callable else {
                    return Err(Fault::new(
                        "formula-nested-aggregate",
                        span,
                        format!(
                            "{} is an aggregate: it can't stand inside a row expression or another aggregate.",
                            found.name
                        ),
                        "Move it outside, or make it an indicator of its own and use `derived`.",
                    ));
                };
                let arguments: Vec<Node> = self
                    .row_arguments(expression, f)?
                    .into_iter()
                    .map(down)
                    .collect::<Result<_, _>>()?;
                self.count(span, found.signature, arguments.len(), least, most)?;
                call(op, arguments)
            }
            other => self.refuse(other, "This expression"),
        }
    }

    pub(super) fn certainly(&self, span: Span, inner: Node, value: bool) -> Result<Node, Fault> {
        let fallback = Node {
            kind: NodeKind::Boolean(!value),
            span,
        };
        let known = Node {
            kind: NodeKind::Call(Op::Coalesce, vec![inner, fallback]),
            span,
        };
        negate(!value, known)
    }

    pub(super) fn literal(&self, expression: &Expr, value: &ast::Value) -> Result<NodeKind, Fault> {
        Ok(match value {
            ast::Value::Number(digits, _) => match digits.parse::<f64>() {
                Ok(x) if x.is_finite() => NodeKind::Number(x),
                _ => return self.refuse(expression, "A number that large"),
            },
            ast::Value::SingleQuotedString(text) => NodeKind::Text(text.clone()),
            ast::Value::Boolean(b) => NodeKind::Boolean(*b),
            ast::Value::Null => NodeKind::Null,
            _ => return self.refuse(expression, "This kind of literal"),
        })
    }

    pub(super) fn day(&self, span: Span, day: &str) -> Result<i32, Fault> {
        let bad = || {
            let message = format!("'{day}' is not a day.");
            Fault::new(
                "formula-not-a-date",
                span,
                message,
                "Write it as DATE '2020-01-31'.",
            )
        };
        let date: jiff::civil::Date = day.parse().map_err(|_| bad())?;
        let days = date
            .since(jiff::civil::date(1970, 1, 1))
            .map_err(|_| bad())?
            .get_days();
        Ok(days)
    }

    pub(super) fn function(
        &self,
        expression: &Expr,
        f: &ast::Function,
    ) -> Result<&'static super::functions::Function, Fault> {
        let name = f.name.to_string();
        function(&name).ok_or_else(|| {
            let start = self.span(expression).start;
            let span = Span {
                start,
                end: (start + name.len()).min(self.text.len()),
            };
            let apart = self
                .text
                .get(span.end..)
                .is_some_and(|rest| rest.starts_with(char::is_whitespace));
            let column = synonyms::unquoted(self.text, span.end)
                .filter(|_| apart && !synonyms::is_near(&name));
            let help = match column {
                Some(column) => synonyms::quote(column),
                None => synonyms::help(&name),
            };
            Fault::new(
                "formula-unknown-function",
                span,
                format!("There is no function {name}."),
                help,
            )
        })
    }

    pub(super) fn arguments<'e>(
        &self,
        expression: &Expr,
        f: &'e ast::Function,
    ) -> Result<Vec<&'e Expr>, Fault> {
        let list = self.argument_list(expression, f)?;
        let mut arguments = Vec::new();
        for argument in &list.args {
            match argument {
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(e)) => arguments.push(e),
                _ => return self.refuse(expression, "This kind of argument"),
            }
        }
        Ok(arguments)
    }

    /// Arguments of a function that is no aggregate: FILTER and DISTINCT mean nothing there.
    pub(super) fn row_arguments<'e>(
        &self,
        expression: &Expr,
        f: &'e ast::Function,
    ) -> Result<Vec<&'e Expr>, Fault> {
        let list = self.argument_list(expression, f)?;
        if f.filter.is_some() || list.duplicate_treatment.is_some() {
            let what = format!("FILTER or DISTINCT in {}, which is no aggregate,", f.name);
            return self.refuse(expression, &what);
        }
        self.arguments(expression, f)
    }

    pub(super) fn argument_list<'e>(
        &self,
        expression: &Expr,
        f: &'e ast::Function,
    ) -> Result<&'e ast::FunctionArgumentList, Fault> {
        let plain = f.over.is_none() && f.within_group.is_empty() && f.null_treatment.is_none();
        match &f.args {
            ast::FunctionArguments::List(list) if plain && list.clauses.is_empty() => Ok(list),
            _ => self.refuse(
                expression,
                "A function with OVER, WITHIN GROUP, ORDER BY or a subquery",
            ),
        }
    }

    pub(super) fn count(
        &self,
        span: Span,
        signature: &str,
        given: usize,
        least: usize,
        most: usize,
    ) -> Result<(), Fault> {
        if (least..=most).contains(&given) {
            return Ok(());
        }
        let given = match given {
            0 => "No argument is given".to_owned(),
            1 => "1 argument is given".to_owned(),
            n => format!("{n} arguments are given"),
        };
        let message = if least == most {
            format!("{given}, not {least}.")
        } else {
            format!("{given}, not {least} to {most}.")
        };
        Err(Fault::new(
            "formula-arguments",
            span,
            message,
            format!("It is called as {signature}."),
        ))
    }
}

pub(super) fn negate(negated: bool, node: Node) -> Result<Node, Fault> {
    let span = node.span;
    Ok(if negated {
        Node {
            kind: NodeKind::Call(Op::Not, vec![node]),
            span,
        }
    } else {
        node
    })
}

pub(super) fn binary(op: &ast::BinaryOperator) -> Option<Op> {
    use ast::BinaryOperator as B;
    Some(match op {
        B::Plus => Op::Add,
        B::Minus => Op::Subtract,
        B::Multiply => Op::Multiply,
        B::Divide => Op::Divide,
        B::Eq => Op::Equal,
        B::NotEq => Op::NotEqual,
        B::Lt => Op::Less,
        B::LtEq => Op::LessOrEqual,
        B::Gt => Op::Greater,
        B::GtEq => Op::GreaterOrEqual,
        B::And => Op::And,
        B::Or => Op::Or,
        _ => return None,
    })
}
