//! The formula language as a tree: row expressions, aggregates, and the value built from them.

use std::fmt;

/// Byte range in the text of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A fault in a formula: where, what, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Stable code, `formula-...`.
    pub code: &'static str,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Fault {
    /// A fault at `span`.
    pub fn new(
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Fault {
            code,
            span,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// An expression over one row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands in the formula.
    pub span: Span,
}

/// Kinds of row expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// A column: `\["spend"\]`, or of a parent table: `\["programme", "start"\]`.
    Column(Vec<String>),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A truth value.
    Boolean(bool),
    /// A day, counted from 1970-01-01.
    Date(i32),
    /// A missing value.
    Null,
    /// An operation or function on other expressions.
    Call(Op, Vec<Node>),
}

/// Operations and functions on rows. Three-valued logic as in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // described where users read of them: FUNCTIONS
pub enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    IsMissing,
    IsPresent,
    /// Equal to one of the following.
    In,
    Like,
    /// Condition, result, condition, result, ..., otherwise.
    Case,
    Coalesce,
    NullIf,
    Abs,
    Round,
    Floor,
    Ceil,
    Sqrt,
    Ln,
    Exp,
    Power,
    Least,
    Greatest,
    Lower,
    Upper,
    Trim,
    Length,
    Year,
    Quarter,
    Month,
    Days,
    Years,
    Has,
    HasAny,
    HasCommon,
    Size,
    SizeDistinct,
}

/// Functions over many rows.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum AggregateFunction {
    /// `COUNT(*)`
    CountRows,
    /// `COUNT(x)`
    Count,
    CountDistinct,
    Sum,
    Average,
    Minimum,
    Maximum,
    Variance,
    StandardDeviation,
    Correlation,
    /// Quantile at the given probability; the median at 0.5.
    Quantile(f64),
    /// The value of the first row by date.
    First,
    /// The value of the last row by date.
    Last,
}

/// Which rows of each series count: the first, or the last, by date.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// The last, not the first.
    pub last: bool,
    /// A date, a year or another number by which the rows are in order.
    pub order: Node,
    /// What tells the series of a programme apart. Empty: all rows of the cell are one series, over programmes too.
    pub series: Vec<Node>,
    /// Rows for which this is true all count, whatever their date.
    pub except: Option<Node>,
}

impl Pick {
    /// Every row expression of it.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let order = std::iter::once(&self.order);
        order.chain(&self.series).chain(&self.except)
    }

    /// The canonical text: equal picks have equal texts.
    pub fn text(&self) -> String {
        let nodes: Vec<String> = self.nodes().map(Node::to_string).collect();
        let except = self.except.is_some();
        format!("{}|{except}|{}", self.last, nodes.join("|"))
    }
}

/// An aggregate with its filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Which.
    pub function: AggregateFunction,
    /// Arguments: none, one or (correlation) two.
    pub arguments: Vec<Node>,
    /// `FILTER (WHERE ...)`.
    pub filter: Option<Node>,
    /// `SUM(LAST(x, date, series))`: which of the rows that pass the filter count.
    pub pick: Option<Box<Pick>>,
    /// Where it stands.
    pub span: Span,
}

impl Aggregate {
    /// Every row expression of it.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let pick = self.pick.iter().flat_map(|p| p.nodes());
        self.arguments.iter().chain(&self.filter).chain(pick)
    }
}

/// The value of an indicator, from aggregates or other indicators.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Index into the formula's aggregates.
    Aggregate(usize),
    /// Index into a derived measure's inputs.
    Input(usize),
    /// A number.
    Number(f64),
    /// Arithmetic on values.
    Call(Op, Vec<Value>),
}

/// A parsed aggregate expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// As written.
    pub text: String,
    /// Its aggregates, each once, in order of appearance.
    pub aggregates: Vec<Aggregate>,
    /// What is made of them.
    pub value: Value,
}

impl Formula {
    /// Numerator and denominator, when the formula's top is a division.
    pub fn ratio(&self) -> Option<(&Value, &Value)> {
        match &self.value {
            Value::Call(Op::Divide, parts) => parts.first().zip(parts.get(1)),
            _ => None,
        }
    }
}

impl Value {
    /// Whether it depends on an input.
    pub fn reads_input(&self) -> bool {
        match self {
            Value::Input(_) => true,
            Value::Call(_, parts) => parts.iter().any(Value::reads_input),
            Value::Aggregate(_) | Value::Number(_) => false,
        }
    }
}

impl Node {
    /// How many nodes the tree has.
    pub fn size(&self) -> usize {
        match &self.kind {
            NodeKind::Call(_, arguments) => 1 + arguments.iter().map(Node::size).sum::<usize>(),
            _ => 1,
        }
    }

    /// A node without a place in a text.
    pub fn synthetic(kind: NodeKind) -> Node {
        Node {
            kind,
            span: Span::default(),
        }
    }

    /// `op` on `arguments`, without a place in a text.
    pub fn call(op: Op, arguments: Vec<Node>) -> Node {
        Node::synthetic(NodeKind::Call(op, arguments))
    }

    /// Adds every column that the expression reads to `columns`, each once.
    pub fn columns(&self, columns: &mut Vec<Vec<String>>) {
        match &self.kind {
            NodeKind::Column(path) if !columns.contains(path) => columns.push(path.clone()),
            NodeKind::Call(_, arguments) => arguments.iter().for_each(|a| a.columns(columns)),
            _ => {}
        }
    }
}

impl Op {
    /// Symbol of an infix operator.
    pub fn symbol(self) -> Option<&'static str> {
        Some(match self {
            Op::Add => "+",
            Op::Subtract => "-",
            Op::Multiply => "*",
            Op::Divide => "/",
            Op::Equal => "=",
            Op::NotEqual => "<>",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
            Op::And => "AND",
            Op::Or => "OR",
            Op::Like => "LIKE",
            _ => return None,
        })
    }
}

/// Day number as `2020-01-31`; a day that no calendar has as its number.
pub fn date_text(days: i32) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(i64::from(days));
    match span.and_then(|span| epoch.checked_add(span)) {
        Ok(date) => date.to_string(),
        Err(_) => format!("day {days}"),
    }
}

/// The canonical text of an expression: equal expressions have equal texts, whatever their spacing.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            NodeKind::Column(path) => {
                let quoted: Vec<String> = path
                    .iter()
                    .map(|p| format!("\"{}\"", p.replace('"', "\"\"")))
                    .collect();
                f.write_str(&quoted.join("."))
            }
            NodeKind::Number(x) => write!(f, "{x:?}"),
            NodeKind::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            NodeKind::Boolean(true) => f.write_str("TRUE"),
            NodeKind::Boolean(false) => f.write_str("FALSE"),
            NodeKind::Date(days) => write!(f, "DATE '{}'", date_text(*days)),
            NodeKind::Null => f.write_str("NULL"),
            NodeKind::Call(op, arguments) => match (op.symbol(), arguments.as_slice()) {
                (Some(symbol), [left, right]) => write!(f, "({left} {symbol} {right})"),
                _ => {
                    write!(f, "{op:?}(")?;
                    for (at, argument) in arguments.iter().enumerate() {
                        if at > 0 {
                            f.write_str(", ")?;
                        }
                        write!(f, "{argument}")?;
                    }
                    f.write_str(")")
                }
            },
        }
    }
}
