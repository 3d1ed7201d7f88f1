//! From SQL text to the tree of `node`. Only what the allow-list names gets through.

use super::node::{Fault, Formula, Node, Span, Value};
use super::rows::Builder;
use super::sql::parse;
use super::values::Leaves;

/// Parses a row expression, such as a filter.
///
/// # Errors
/// A [`Fault`] with its place for anything outside the language.
pub fn row(text: &str) -> Result<Node, Fault> {
    let expression = parse(text)?;
    Builder::new(text).row(&expression, 0)
}

/// Parses an aggregate expression.
///
/// # Errors
/// A [`Fault`] with its place: syntax, unknown function, a column outside an aggregate, an aggregate in an aggregate.
pub fn formula(text: &str) -> Result<Formula, Fault> {
    let expression = parse(text)?;
    let mut aggregates = Vec::new();
    let value =
        Builder::new(text).value(&expression, &mut Leaves::Aggregates(&mut aggregates), 0)?;
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
    let value = Builder::new(text).value(&expression, &mut Leaves::Inputs(inputs), 0)?;
    if !value.reads_input() {
        let span = Span {
            start: 0,
            end: text.len(),
        };
        return Err(Fault::new(
            "formula-no-input",
            span,
            "The value uses none of its inputs, so it does not depend on the data.",
            "Name other indicators in `inputs = { made = \"claims-made\" }` and use them in `value`.",
        ));
    }
    Ok(value)
}
