//! Checked measures. Those of sums are formulas; others read their rows one by one.

mod agreement;
mod concentration;
pub mod network;
mod progress;
pub mod records;
mod reports;
mod representation;
mod retention;
mod scale;
mod words;

pub use agreement::{Agreement, AgreementFile, Concord, Level};
pub use concentration::{Concentration, ConcentrationFile, Index, Several};
pub use network::{Network, NetworkFile};
pub use records::{Field, Input, Records, Wants, What};
pub use reports::{Accumulation, Reports, to_date};
pub use representation::{Parity, Representation, RepresentationFile};
pub use retention::{Retention, RetentionFile};
pub use scale::{ItemCombine, Limits, Scale, ScaleFile};
pub use words::{as_text, in_words};

use super::definition::{MeasureFile, MissingRule};
use super::formula::node::{Fault, Formula, Node, Span, Value};
use super::formula::parse;
use crate::outcome::Direction;

/// How an indicator is computed, parsed.
#[derive(Debug, Clone)]
pub enum Measure {
    /// From sums over the rows of a table.
    Formula(Box<Rows>),
    /// From the rows of one or more tables, one by one: what sums don't give.
    Records(Box<Records>),
    /// From other indicators.
    Derived {
        /// Name in the formula and id of the indicator.
        inputs: Vec<(String, String)>,
        /// Arithmetic on the inputs, by position.
        value: Value,
    },
}

/// A measure over the rows of a table.
#[derive(Debug, Clone)]
pub struct Rows {
    /// Role or name of the table.
    pub table: String,
    /// Filter as written and as parsed.
    pub filter: Option<(String, Node)>,
    /// The aggregate expression.
    pub formula: Formula,
    /// Conditions that a row must meet to count, with the reason given when it does not.
    pub conditions: Vec<(Node, String)>,
    /// What happens to a row in which something is missing.
    pub missing: MissingRule,
    /// Column that places a row in time.
    pub date: Option<String>,
    /// Expressions as written, to show a fault in: (key, text).
    pub texts: Vec<(&'static str, String)>,
    /// Rows read beside, for details that sums don't give (the reliability of a scale).
    pub beside: Option<Box<Records>>,
    /// How reports accumulate, where the measure says it.
    pub reports: Reports,
    /// The formula in its place where the table has no column for the baseline.
    pub without_baseline: Option<Formula>,
}

/// A fault with the key and text of the expression it is in.
pub type MeasureFault = (&'static str, String, Box<Fault>);

/// Parses a measure.
///
/// # Errors
/// The first fault, with the expression it is in.
pub fn parse(file: &MeasureFile, direction: Direction) -> Result<Measure, MeasureFault> {
    match file {
        MeasureFile::Formula {
            table,
            filter,
            value,
            missing,
            date,
        } => {
            let mut texts = vec![("value", value.clone())];
            texts.extend(filter.iter().map(|f| ("where", f.clone())));
            Ok(Measure::Formula(Box::new(Rows {
                table: table.clone(),
                filter: optional("where", filter)?,
                formula: parse::formula(value).map_err(at("value", value))?,
                conditions: vec![],
                missing: *missing,
                date: date.clone(),
                texts,
                beside: None,
                reports: Reports::default(),
                without_baseline: None,
            })))
        }
        MeasureFile::Derived { inputs, value } => {
            let names: Vec<String> = inputs.keys().cloned().collect();
            let parsed = parse::derived(value, &names).map_err(at("value", value))?;
            Ok(Measure::Derived {
                inputs: inputs.clone().into_iter().collect(),
                value: parsed,
            })
        }
        MeasureFile::Progress {
            table,
            filter,
            baseline,
            target,
            actual,
            combine,
            date,
            accumulation,
            series,
        } => {
            let parts = progress::Parts {
                table,
                filter,
                baseline,
                target,
                actual,
                date,
                accumulation,
                series,
            };
            progress::parse(&parts, *combine, direction)
        }
        MeasureFile::Agreement(file) => Ok(Measure::Records(Box::new(file.parse()?))),
        MeasureFile::Concentration(file) => Ok(Measure::Records(Box::new(file.parse()?))),
        MeasureFile::Retention(file) => Ok(Measure::Records(Box::new(file.parse()?))),
        MeasureFile::Representation(file) => Ok(Measure::Records(Box::new(file.parse()?))),
        MeasureFile::Scale(file) => file.parse(),
        MeasureFile::Network(file) => Ok(Measure::Records(Box::new(file.parse()?))),
    }
}

/// Makes a fault of an expression one of the measure, with its key and text.
fn at(key: &'static str, text: &str) -> impl Fn(Fault) -> MeasureFault {
    let text = text.to_owned();
    move |fault| (key, text.clone(), Box::new(fault))
}

/// A row expression that may be left out.
fn optional(
    key: &'static str,
    text: &Option<String>,
) -> Result<Option<(String, Node)>, MeasureFault> {
    match text {
        None => Ok(None),
        Some(text) => required(key, text).map(|node| Some((text.clone(), node))),
    }
}

/// A row expression.
fn required(key: &'static str, text: &str) -> Result<Node, MeasureFault> {
    parse::row(text).map_err(at(key, text))
}

/// A fault that is no fault of an expression: the whole text of a key is wrong.
fn refused<T>(
    key: &'static str,
    text: &str,
    code: &'static str,
    message: &str,
    help: &str,
) -> Result<T, MeasureFault> {
    let span = Span {
        start: 0,
        end: text.len(),
    };
    Err((
        key,
        text.to_owned(),
        Box::new(Fault::new(code, span, message, help)),
    ))
}

impl Measure {
    /// The table's role or name; `None` for a derived measure.
    pub fn table(&self) -> Option<&str> {
        match self {
            Measure::Formula(rows) => Some(&rows.table),
            Measure::Records(records) => records.inputs.first().map(|i| i.table.as_str()),
            Measure::Derived { .. } => None,
        }
    }

    /// Columns read, as paths, in order of appearance.
    pub fn columns(&self) -> Vec<Vec<String>> {
        let mut columns = Vec::new();
        match self {
            Measure::Formula(rows) => {
                rows.nodes().for_each(|node| node.columns(&mut columns));
                if let Some(input) = rows.beside.iter().flat_map(|r| &r.inputs).next() {
                    input.nodes().for_each(|node| node.columns(&mut columns));
                }
            }
            Measure::Records(records) => {
                if let Some(input) = records.inputs.first() {
                    input.nodes().for_each(|node| node.columns(&mut columns));
                }
            }
            Measure::Derived { .. } => {}
        }
        columns
    }

    /// Whether a filter or a condition of an aggregate says itself which values of a column count.
    pub fn filters_on(&self, column: &str) -> bool {
        let mut read = Vec::new();
        match self {
            Measure::Formula(rows) => rows.nodes().for_each(|node| node.columns(&mut read)),
            Measure::Records(records) => {
                let input = records.inputs.first();
                let nodes = input.into_iter().flat_map(Input::nodes);
                nodes.for_each(|node| node.columns(&mut read));
            }
            Measure::Derived { .. } => {}
        }
        read.iter()
            .any(|path| path.as_slice() == [column.to_owned()])
    }

    /// Tables that rows are read from one by one; the first is the one that [`Measure::table`] names.
    pub fn inputs(&self) -> &[Input] {
        match self {
            Measure::Formula(rows) => rows.beside.as_deref().map_or(&[], |r| &r.inputs),
            Measure::Records(records) => &records.inputs,
            Measure::Derived { .. } => &[],
        }
    }
}

impl Rows {
    /// Every row expression of the measure.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let aggregates = self
            .formula
            .aggregates
            .iter()
            .flat_map(super::formula::node::Aggregate::nodes);
        self.filter
            .iter()
            .map(|(_, n)| n)
            .chain(aggregates)
            .chain(self.conditions.iter().map(|(n, _)| n))
    }
}
