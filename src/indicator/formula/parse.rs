//! From SQL text to the tree of `node`. Only what the allow-list names gets through.

use super::functions::{Callable, FUNCTIONS, function};
use super::node::{Aggregate, AggregateFunction, Fault, Formula, Node, NodeKind, Op, Span, Value};
use crate::finding::nearest;
use sqlparser::ast::{self, Expr, Spanned};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, Tokenizer};

/// Longest formula, in bytes, and deepest nesting: far beyond what a person writes, low enough for any stack.
const LONGEST: usize = 8_000;
const DEEPEST: usize = 120;

/// Most operators and keywords: each can make the tree one deeper, and trees are walked and dropped by recursion.
const OPERATORS: usize = 400;

/// Parses a row expression, such as a filter.
///
/// # Errors
/// A [`Fault`] with its place for anything outside the language.
pub fn row(text: &str) -> Result<Node, Fault> {
    let expression = parse(text)?;
    Builder { text }.row(&expression, 0)
}

/// Parses an aggregate expression.
///
/// # Errors
/// A [`Fault`] with its place: syntax, unknown function, a column outside an aggregate, an aggregate in an aggregate.
pub fn formula(text: &str) -> Result<Formula, Fault> {
    let expression = parse(text)?;
    let mut aggregates = Vec::new();
    let value = Builder { text }.value(&expression, &mut Leaves::Aggregates(&mut aggregates), 0)?;
    if aggregates.is_empty() {
        let span = Span {
            start: 0,
            end: text.len(),
        };
        return Err(Fault::new(
            "formula-no-aggregate",
            span,
            "The value has no aggregate, so it does not depend on the data.",
            "Use an aggregate such as COUNT(*), SUM(x) or AVG(x).",
        ));
    }
    Ok(Formula {
        text: text.to_owned(),
        aggregates,
        value,
    })
}

/// Parses arithmetic on named inputs (a derived measure).
///
/// # Errors
/// A [`Fault`] with its place; unknown names get the nearest input suggested.
pub fn derived(text: &str, inputs: &[String]) -> Result<Value, Fault> {
    let expression = parse(text)?;
    Builder { text }.value(&expression, &mut Leaves::Inputs(inputs), 0)
}

fn parse(text: &str) -> Result<Expr, Fault> {
    let whole = Span {
        start: 0,
        end: text.len(),
    };
    if text.trim().is_empty() {
        return Err(Fault::new(
            "formula-empty",
            whole,
            "The expression is empty.",
            "Write an SQL expression.",
        ));
    }
    if text.len() > LONGEST {
        let message = format!(
            "The expression has {} bytes; at most {LONGEST} are read.",
            text.len()
        );
        return Err(Fault::new(
            "formula-too-long",
            whole,
            message,
            "Split it into several indicators.",
        ));
    }
    let fault = |error: ParserError| {
        let (message, mut span) = match error {
            ParserError::TokenizerError(m) | ParserError::ParserError(m) => locate(text, m),
            ParserError::RecursionLimitExceeded => {
                ("The expression is nested too deeply.".to_owned(), whole)
            }
        };
        let message = plain(&message);
        if message.ends_with(ENDS) {
            span.start = text.trim_end().len();
        }
        Fault::new(
            "formula-syntax",
            span,
            message,
            "Expressions are SQL: see `codev indicators functions`.",
        )
    };
    let dialect = PostgreSqlDialect {};
    let tokens = Tokenizer::new(&dialect, text)
        .tokenize_with_location()
        .map_err(|e| fault(e.into()))?;
    let operators = tokens.iter().filter(|t| operates(&t.token)).count();
    if operators > OPERATORS {
        let message =
            format!("The expression has {operators} operators; at most {OPERATORS} are read.");
        let help = "Use IN (...) for many values, or split the indicator.";
        return Err(Fault::new("formula-too-long", whole, message, help));
    }
    let mut parser = Parser::new(&dialect)
        .with_recursion_limit(50)
        .with_tokens_with_locations(tokens);
    let expression = parser.parse_expr().map_err(fault)?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let start = offset(text, next.span.start);
        return Err(Fault::new(
            "formula-syntax",
            Span {
                start,
                end: text.len(),
            },
            format!("The expression should end before `{}`.", next.token),
            "Write one expression, without SELECT, alias or semicolon.",
        ));
    }
    Ok(expression)
}

/// Whether a token can stand between or before operands.
fn operates(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword != Keyword::NoKeyword,
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::Whitespace(_)
        | Token::EOF => false,
        _ => true,
    }
}

const ENDS: &str = "but the text ends.";

/// The parser's `Expected: ), found: EOF` as a sentence.
fn plain(message: &str) -> String {
    let parts = message
        .strip_prefix("Expected: ")
        .and_then(|rest| rest.split_once(", found: "));
    match parts {
        Some((wanted, found)) if found.trim_end_matches('.') == "EOF" => {
            format!("Here {} is expected, {ENDS}", quoted(wanted))
        }
        Some((wanted, found)) => format!(
            "Here {} is expected, not `{}`.",
            quoted(wanted),
            found.strip_suffix('.').unwrap_or(found)
        ),
        None => message.to_owned(),
    }
}

/// Words as they are, signs in code quotes.
fn quoted(wanted: &str) -> String {
    if wanted.contains(' ') {
        wanted.to_owned()
    } else {
        format!("`{wanted}`")
    }
}

/// Takes the ` at Line: 1, Column: 9` that the parser appends off its message and turns it into a range.
fn locate(text: &str, message: String) -> (String, Span) {
    let whole = Span {
        start: 0,
        end: text.len(),
    };
    let Some((head, tail)) = message.rsplit_once(" at Line: ") else {
        return (message, whole);
    };
    let Some((line, column)) = tail.split_once(", Column: ") else {
        return (message.clone(), whole);
    };
    match (line.trim().parse(), column.trim().parse()) {
        (Ok(line), Ok(column)) => {
            let start = offset(text, Location { line, column });
            let word = text[start..]
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|at| *at > 0);
            let one = text[start..].chars().next().map_or(0, char::len_utf8);
            (
                format!("{}.", head.trim_end_matches('.')),
                Span {
                    start,
                    end: start + word.unwrap_or(one),
                },
            )
        }
        _ => (message, whole),
    }
}

/// Byte offset of a line and column, both from 1, columns counted in characters.
fn offset(text: &str, location: Location) -> usize {
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if number as u64 + 1 == location.line {
            let skip = usize::try_from(location.column.saturating_sub(1)).unwrap_or(usize::MAX);
            return at
                + line
                    .char_indices()
                    .nth(skip)
                    .map_or(line.len(), |(byte, _)| byte);
        }
        at += line.len();
    }
    at
}

/// Where a call that starts at `start` closes its parentheses: the parser's own span stops at the last argument.
fn call_end(text: &str, start: usize) -> usize {
    let (mut depth, mut quote) = (0_u32, None);
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < start) {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') if depth <= 1 => return at + 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
    }
    start
}

/// What may stand at the leaves of a value.
enum Leaves<'a> {
    Aggregates(&'a mut Vec<Aggregate>),
    Inputs(&'a [String]),
}

struct Builder<'a> {
    text: &'a str,
}

impl Builder<'_> {
    fn span(&self, expression: &Expr) -> Span {
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

    fn refuse<T>(&self, expression: &Expr, what: &str) -> Result<T, Fault> {
        Err(Fault::new(
            "formula-not-allowed",
            self.span(expression),
            format!("{what} is not part of the formula language."),
            "`codev indicators functions` lists what is.",
        ))
    }

    fn deeper(&self, expression: &Expr, depth: usize) -> Result<(), Fault> {
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

    fn row(&self, expression: &Expr, depth: usize) -> Result<Node, Fault> {
        self.deeper(expression, depth)?;
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
                    kind: NodeKind::Call(Op::GreaterOrEqual, vec![value.clone(), down(low)?]),
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
                            kind: NodeKind::Call(Op::Equal, vec![s.clone(), condition]),
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
                    .arguments(expression, f)?
                    .into_iter()
                    .map(down)
                    .collect::<Result<_, _>>()?;
                self.count(span, found.signature, arguments.len(), least, most)?;
                call(op, arguments)
            }
            other => self.refuse(other, "This expression"),
        }
    }

    fn certainly(&self, span: Span, inner: Node, value: bool) -> Result<Node, Fault> {
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

    fn literal(&self, expression: &Expr, value: &ast::Value) -> Result<NodeKind, Fault> {
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

    fn day(&self, span: Span, day: &str) -> Result<i32, Fault> {
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

    fn function(
        &self,
        expression: &Expr,
        f: &ast::Function,
    ) -> Result<&'static super::functions::Function, Fault> {
        let name = f.name.to_string();
        function(&name).ok_or_else(|| {
            let help = match nearest(&name, FUNCTIONS.iter().map(|f| f.name)) {
                Some(near) => {
                    format!("Did you mean {near}? `codev indicators functions` lists all.")
                }
                None => "`codev indicators functions` lists those there are.".to_owned(),
            };
            let start = self.span(expression).start;
            let span = Span {
                start,
                end: (start + name.len()).min(self.text.len()),
            };
            Fault::new(
                "formula-unknown-function",
                span,
                format!("There is no function {name}."),
                help,
            )
        })
    }

    fn arguments<'e>(
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

    fn argument_list<'e>(
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

    fn count(
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

    fn value(
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
            Expr::Ceil { expr, .. } => Ok(Value::Call(
                Op::Ceil,
                vec![self.value(expr, leaves, depth + 1)?],
            )),
            Expr::Floor { expr, .. } => Ok(Value::Call(
                Op::Floor,
                vec![self.value(expr, leaves, depth + 1)?],
            )),
            Expr::Function(f) => self.value_function(expression, f, leaves, depth),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.leaf_name(expression, leaves),
            other => self.refuse(other, "This expression, outside an aggregate,"),
        }
    }

    fn leaf_name(&self, expression: &Expr, leaves: &Leaves<'_>) -> Result<Value, Fault> {
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

    fn value_function(
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
                for argument in self.arguments(expression, f)? {
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

    fn aggregate(
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
            span,
        })
    }
}

fn text_of(aggregate: &Aggregate) -> String {
    let arguments: Vec<String> = aggregate.arguments.iter().map(Node::to_string).collect();
    let filter = aggregate
        .filter
        .as_ref()
        .map(Node::to_string)
        .unwrap_or_default();
    format!("{}|{filter}", arguments.join(","))
}

fn negate(negated: bool, node: Node) -> Result<Node, Fault> {
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

fn binary(op: &ast::BinaryOperator) -> Option<Op> {
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
