//! Types of expressions, checked against the columns of a table before any data is read.

use super::functions::{Callable, FUNCTIONS, Shape};
use super::node::{Aggregate, AggregateFunction, Fault, Formula, Node, NodeKind, Op, Span};

/// Type of an expression. `dataset::Type` has the same words for columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Type {
    Number,
    Boolean,
    Text,
    Date,
    List,
    /// Of `NULL` alone.
    Unknown,
}

impl Type {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Type::Number => "number",
            Type::Boolean => "truth value",
            Type::Text => "text",
            Type::Date => "date",
            Type::List => "list",
            Type::Unknown => "missing value",
        }
    }
}

/// Gives the type of a column, or says (message, help) why there is none.
pub type Columns<'a> = dyn Fn(&[String]) -> Result<Type, (String, String)> + 'a;

/// Checks a filter: it must be a truth value.
///
/// # Errors
/// The first fault.
pub fn filter(node: &Node, columns: &Columns<'_>) -> Result<(), Fault> {
    expect(node, Type::Boolean, "A filter", columns)
}

/// Checks an expression that must be a number (a truth value counts as 0 or 1).
///
/// # Errors
/// The first fault.
pub fn number(node: &Node, columns: &Columns<'_>) -> Result<(), Fault> {
    match of(node, columns)? {
        Type::Number | Type::Unknown | Type::Boolean => Ok(()),
        other => Err(mismatch(node.span, "This", Type::Number, other)),
    }
}

/// Checks all aggregates of a formula.
///
/// # Errors
/// The first fault.
pub fn formula(formula: &Formula, columns: &Columns<'_>) -> Result<(), Fault> {
    formula
        .aggregates
        .iter()
        .try_for_each(|a| aggregate(a, columns))
}

fn aggregate(aggregate: &Aggregate, columns: &Columns<'_>) -> Result<(), Fault> {
    if let Some(node) = &aggregate.filter {
        filter(node, columns)?;
    }
    if let Some(pick) = &aggregate.pick {
        match of(&pick.order, columns)? {
            Type::Date | Type::Number | Type::Unknown => {}
            other => {
                let wanted = if pick.last {
                    "the last row"
                } else {
                    "the first row"
                };
                let what = format!("What says which is {wanted}");
                return Err(mismatch(pick.order.span, &what, Type::Date, other));
            }
        }
        for node in &pick.series {
            of(node, columns)?;
        }
        if let Some(node) = &pick.except {
            filter(node, columns)?;
        }
    }
    for argument in &aggregate.arguments {
        match aggregate.function {
            AggregateFunction::Count | AggregateFunction::CountDistinct => {
                of(argument, columns).map(|_| ())?
            }
            _ => number(argument, columns)?,
        }
    }
    Ok(())
}

fn mismatch(span: Span, what: &str, wanted: Type, got: Type) -> Fault {
    let help = match (wanted, got) {
        (_, Type::List) => "Ask a list with HAS(list, 'code') or SIZE(list).",
        (Type::Number, Type::Text) => {
            "Give the column type `number` in the manifest, or compare it with a text: x = 'yes'."
        }
        (Type::Boolean, Type::Text) => "Compare it with a text: x = 'yes'.",
        (Type::Boolean, _) => "Compare it with a value: x > 0.",
        (Type::Date, Type::Text) => {
            "Give the column type `date` in the manifest, or write DATE '2020-01-31'."
        }
        (Type::List, _) => "Give the column type `list` in the manifest.",
        _ => "Check the column's type in the manifest.",
    };
    let message = format!(
        "{what} must be a {}, but is a {}.",
        wanted.name(),
        got.name()
    );
    Fault::new("formula-type", span, message, help)
}

fn expect(node: &Node, wanted: Type, what: &str, columns: &Columns<'_>) -> Result<(), Fault> {
    let got = of(node, columns)?;
    if got == wanted || got == Type::Unknown {
        return Ok(());
    }
    Err(mismatch(node.span, what, wanted, got))
}

/// One type for all nodes, or the fault at the first that differs.
fn common(nodes: &[&Node], columns: &Columns<'_>) -> Result<Type, Fault> {
    let mut found = Type::Unknown;
    for node in nodes {
        let got = of(node, columns)?;
        if found == Type::Unknown {
            found = got;
        } else if got != Type::Unknown && got != found {
            let message = format!("A {} is put together with a {}.", found.name(), got.name());
            let help = match (found, got) {
                (Type::Date, Type::Text) | (Type::Text, Type::Date) => {
                    "Write a day as DATE '2020-01-31'."
                }
                (Type::Number, Type::Text) | (Type::Text, Type::Number) => {
                    "Put a text in single quotes and a number in none; the column's type is declared in the manifest."
                }
                (Type::List, _) | (_, Type::List) => "Ask a list with HAS(list, 'code').",
                _ => "Both sides must be of one type.",
            };
            return Err(Fault::new("formula-type", node.span, message, help));
        }
    }
    Ok(found)
}

/// The type of an expression.
///
/// # Errors
/// The first fault: an unknown column, or operands of wrong types.
pub fn of(node: &Node, columns: &Columns<'_>) -> Result<Type, Fault> {
    let (op, arguments) = match &node.kind {
        NodeKind::Number(_) => return Ok(Type::Number),
        NodeKind::Text(_) => return Ok(Type::Text),
        NodeKind::Boolean(_) => return Ok(Type::Boolean),
        NodeKind::Date(_) => return Ok(Type::Date),
        NodeKind::Null => return Ok(Type::Unknown),
        NodeKind::Column(path) => {
            return columns(path).map_err(|(message, help)| {
                Fault::new("formula-unknown-column", node.span, message, help)
            });
        }
        NodeKind::Call(op, arguments) => (*op, arguments),
    };
    let all: Vec<&Node> = arguments.iter().collect();
    match op {
        Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Negate => {
            if op == Op::Subtract && common(&all, columns).is_ok_and(|t| t == Type::Date) {
                let help = "Write DAYS(from, to) or YEARS(from, to).";
                return Err(Fault::new(
                    "formula-type",
                    node.span,
                    "Dates can't be subtracted with `-`.",
                    help,
                ));
            }
            for argument in arguments {
                expect(argument, Type::Number, "Each side", columns)?;
            }
            Ok(Type::Number)
        }
        Op::Equal | Op::NotEqual | Op::In => common(&all, columns).map(|_| Type::Boolean),
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
            match common(&all, columns)? {
                Type::List => Err(mismatch(node.span, "Each side", Type::Number, Type::List)),
                _ => Ok(Type::Boolean),
            }
        }
        Op::And | Op::Or | Op::Not => {
            for argument in arguments {
                expect(argument, Type::Boolean, "Each side", columns)?;
            }
            Ok(Type::Boolean)
        }
        Op::IsMissing | Op::IsPresent => {
            common(&all, columns)?;
            Ok(Type::Boolean)
        }
        Op::Like => {
            for argument in arguments {
                expect(argument, Type::Text, "Each side of LIKE", columns)?;
            }
            match arguments.get(1).map(|n| &n.kind) {
                Some(NodeKind::Text(_)) => Ok(Type::Boolean),
                _ => Err(Fault::new(
                    "formula-type",
                    node.span,
                    "The pattern of LIKE must be a text in quotes.",
                    "Write x LIKE 'a%'.",
                )),
            }
        }
        Op::Case => {
            for condition in arguments.chunks_exact(2).map(|pair| &pair[0]) {
                expect(
                    condition,
                    Type::Boolean,
                    "The condition after WHEN",
                    columns,
                )?;
            }
            let results: Vec<&Node> = arguments
                .chunks_exact(2)
                .map(|pair| &pair[1])
                .chain(arguments.last())
                .collect();
            common(&results, columns)
        }
        _ => function(node, op, arguments, columns),
    }
}

fn function(node: &Node, op: Op, arguments: &[Node], columns: &Columns<'_>) -> Result<Type, Fault> {
    let shape = FUNCTIONS.iter().find_map(|f| match f.callable {
        Callable::Row(o, shape, ..) if o == op => Some(shape),
        _ => None,
    });
    let all: Vec<&Node> = arguments.iter().collect();
    let each = |wanted: Type| {
        arguments
            .iter()
            .try_for_each(|a| expect(a, wanted, "The argument", columns))
    };
    match shape {
        Some(Shape::Numbers) => each(Type::Number).map(|()| Type::Number),
        Some(Shape::Same) => common(&all, columns),
        Some(Shape::Text) => each(Type::Text).map(|()| Type::Text),
        Some(Shape::TextToNumber) => each(Type::Text).map(|()| Type::Number),
        Some(Shape::DatesToNumber) => each(Type::Date).map(|()| Type::Number),
        Some(Shape::ListToNumber) => each(Type::List).map(|()| Type::Number),
        Some(Shape::ListsToTruth) => each(Type::List).map(|()| Type::Boolean),
        Some(Shape::ListHas) => {
            if let Some(list) = arguments.first() {
                expect(list, Type::List, "The first argument", columns)?;
            }
            let text = |code: &&Node| matches!(code.kind, NodeKind::Text(_));
            let Some(other) = arguments.iter().skip(1).find(|code| !text(code)) else {
                return Ok(Type::Boolean);
            };
            let (span, message) = match other.kind {
                NodeKind::Column(_) => {
                    (other.span, "A code must be a text in quotes, not a column.")
                }
                _ => (node.span, "The code must be a text in quotes."),
            };
            let help = "Write HAS(roles, 'broker'); for two lists, HAS_COMMON(roles, motives).";
            Err(Fault::new("formula-type", span, message, help))
        }
        None => Err(Fault::new(
            "formula-not-allowed",
            node.span,
            "This operation is not known.",
            "See `codev indicators functions`.",
        )),
    }
}
