//! Checked measures. `progress` is a formula too: it becomes one here, with the conditions under which a row counts.

use super::definition::{Combine, MeasureFile, MissingRule};
use super::formula::node::{
    Aggregate, AggregateFunction, Fault, Formula, Node, NodeKind, Op, Span, Value,
};
use super::formula::{parse, words};
use crate::outcome::Direction;

/// How an indicator is computed, parsed.
#[derive(Debug, Clone)]
pub enum Measure {
    /// From the rows of a table.
    Formula(Box<Rows>),
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
}

/// A fault with the key and text of the expression it is in.
pub type MeasureFault = (&'static str, String, Fault);

/// Parses a measure.
///
/// # Errors
/// The first fault, with the expression it is in.
pub fn parse(file: &MeasureFile, direction: Direction) -> Result<Measure, MeasureFault> {
    let at = |key: &'static str, text: &str| {
        let text = text.to_owned();
        move |fault: Fault| (key, text, fault)
    };
    let row = |key: &'static str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => parse::row(text)
            .map(|node| Some((text.clone(), node)))
            .map_err(at(key, text)),
    };
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
                filter: row("where", filter)?,
                formula: parse::formula(value).map_err(at("value", value))?,
                conditions: vec![],
                missing: *missing,
                date: date.clone(),
                texts,
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
        } => {
            let refuse = |code, message: &str, help: &str| {
                let span = Span {
                    start: 0,
                    end: target.len(),
                };
                Err((
                    "target",
                    target.clone(),
                    Fault::new(code, span, message, help),
                ))
            };
            if direction == Direction::Neither && *combine == Combine::Sum {
                return refuse(
                    "measure-no-direction",
                    "Without a direction, distances up and distances down would cancel each other in a sum.",
                    "Set `direction` to higher-is-better or lower-is-better, or use combine = \"mean\" or \"met\".",
                );
            }
            let base = row("baseline", baseline)?.map(|(_, n)| n);
            let goal = parse::row(target).map_err(at("target", target))?;
            let reached = parse::row(actual).map_err(at("actual", actual))?;
            if base.is_none() && direction == Direction::LowerIsBetter && *combine != Combine::Met {
                return refuse(
                    "measure-no-baseline",
                    "Progress towards a lower value needs a baseline to come down from.",
                    "Add `baseline = \"...\"`, or use combine = \"met\".",
                );
            }
            let mut texts = vec![("target", target.clone()), ("actual", actual.clone())];
            texts.extend(baseline.iter().map(|b| ("baseline", b.clone())));
            texts.extend(filter.iter().map(|f| ("where", f.clone())));
            let (formula, conditions) = progress(base, goal, reached, *combine, direction);
            Ok(Measure::Formula(Box::new(Rows {
                table: table.clone(),
                filter: row("where", filter)?,
                formula,
                conditions,
                missing: MissingRule::Row,
                date: date.clone(),
                texts,
            })))
        }
    }
}

fn progress(
    baseline: Option<Node>,
    target: Node,
    actual: Node,
    combine: Combine,
    direction: Direction,
) -> (Formula, Vec<(Node, String)>) {
    let from = |x: Node| match &baseline {
        Some(base) => Node::call(Op::Subtract, vec![x, base.clone()]),
        None => x,
    };
    let (covered, distance) = (from(actual.clone()), from(target.clone()));
    let zero = || Node::synthetic(NodeKind::Number(0.0));
    let aggregate = |function, arguments, filter| Aggregate {
        function,
        arguments,
        filter,
        span: Span::default(),
    };
    let start = if baseline.is_some() {
        "the baseline"
    } else {
        "zero"
    };
    let (op, reason) = match direction {
        Direction::HigherIsBetter => (
            Op::Greater,
            format!("target not above {start}: no distance to cover"),
        ),
        Direction::LowerIsBetter => (
            Op::Less,
            format!("target not below {start}: no distance to cover"),
        ),
        Direction::Neither => (
            Op::NotEqual,
            format!("target equal to {start}: no distance to cover"),
        ),
    };
    let distance_exists = (Node::call(op, vec![distance.clone(), zero()]), reason);
    let ratio = |aggregates| Formula {
        text: String::new(),
        aggregates,
        value: Value::Call(Op::Divide, vec![Value::Aggregate(0), Value::Aggregate(1)]),
    };
    match combine {
        Combine::Sum => {
            let sums = vec![
                aggregate(AggregateFunction::Sum, vec![covered], None),
                aggregate(AggregateFunction::Sum, vec![distance], None),
            ];
            (ratio(sums), vec![distance_exists])
        }
        Combine::Mean => {
            let share = Node::call(Op::Divide, vec![covered, distance]);
            let mean = aggregate(AggregateFunction::Average, vec![share], None);
            let formula = Formula {
                text: String::new(),
                aggregates: vec![mean],
                value: Value::Aggregate(0),
            };
            (formula, vec![distance_exists])
        }
        Combine::Met => {
            let op = match direction {
                Direction::HigherIsBetter => Op::GreaterOrEqual,
                Direction::LowerIsBetter => Op::LessOrEqual,
                Direction::Neither => Op::Equal,
            };
            let met = Node::call(op, vec![actual, target]);
            let counts = vec![
                aggregate(AggregateFunction::CountRows, vec![], Some(met)),
                aggregate(AggregateFunction::CountRows, vec![], None),
            ];
            (ratio(counts), vec![])
        }
    }
}

impl Measure {
    /// The table's role or name; `None` for a derived measure.
    pub fn table(&self) -> Option<&str> {
        match self {
            Measure::Formula(rows) => Some(&rows.table),
            Measure::Derived { .. } => None,
        }
    }

    /// Columns read, as paths, in order of appearance.
    pub fn columns(&self) -> Vec<Vec<String>> {
        let mut columns = Vec::new();
        if let Measure::Formula(rows) = self {
            rows.nodes().for_each(|node| node.columns(&mut columns));
        }
        columns
    }
}

impl Rows {
    /// Every row expression of the measure.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let aggregates = self
            .formula
            .aggregates
            .iter()
            .flat_map(|a| a.arguments.iter().chain(&a.filter));
        self.filter
            .iter()
            .map(|(_, n)| n)
            .chain(aggregates)
            .chain(self.conditions.iter().map(|(n, _)| n))
    }
}

/// The definition in plain words, made from the measure.
pub fn in_words(file: &MeasureFile, measure: &Measure) -> String {
    match (file, measure) {
        (
            MeasureFile::Progress {
                table,
                baseline,
                combine,
                filter,
                ..
            },
            Measure::Formula(rows),
        ) => {
            let what = match (combine, baseline) {
                (Combine::Met, _) => "Share of the rows whose target is met".to_owned(),
                (Combine::Sum, None) => "What was achieved, summed, as a share of what was aimed at, summed".to_owned(),
                (Combine::Sum, Some(_)) => "Distance covered from the baseline, summed, as a share of the distance from baseline to target, summed".to_owned(),
                (Combine::Mean, None) => "Mean over the rows of what was achieved as a share of what was aimed at".to_owned(),
                (Combine::Mean, Some(_)) => "Mean over the rows of the distance covered from baseline towards target".to_owned(),
            };
            let among = match (filter, &rows.filter) {
                (Some(_), Some((_, node))) => {
                    format!(", among the rows of {table} where {}", words::row(node))
                }
                _ => String::new(),
            };
            format!("{what}{among}.")
        }
        (_, Measure::Formula(rows)) => words::formula(
            &rows.formula,
            rows.filter.as_ref().map(|(_, n)| n),
            &rows.table,
        ),
        (_, Measure::Derived { inputs, value }) => {
            let names: Vec<String> = inputs.iter().map(|(_, id)| id.replace('-', " ")).collect();
            words::derived(value, &names)
        }
    }
}

/// The definition as it is computed, a line for each part.
pub fn as_text(file: &MeasureFile) -> String {
    let line = |key: &str, text: &str| {
        format!(
            "{key}: {}",
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        )
    };
    let mut lines = Vec::new();
    let optional = |key: &str, text: &Option<String>, lines: &mut Vec<String>| {
        lines.extend(text.iter().map(|t| line(key, t)));
    };
    match file {
        MeasureFile::Formula {
            table,
            filter,
            value,
            missing,
            ..
        } => {
            lines.push(line("value", value));
            lines.push(line("table", table));
            optional("where", filter, &mut lines);
            if *missing == MissingRule::Value {
                lines.push("missing: each aggregate leaves out its own missing values".to_owned());
            }
        }
        MeasureFile::Derived { inputs, value } => {
            lines.push(line("value", value));
            lines.extend(inputs.iter().map(|(name, id)| format!("{name}: {id}")));
        }
        MeasureFile::Progress {
            table,
            filter,
            baseline,
            target,
            actual,
            combine,
            ..
        } => {
            let how = match combine {
                Combine::Sum => "sums, then divides",
                Combine::Mean => "divides, then averages",
                Combine::Met => "counts targets met",
            };
            lines.push(format!("progress: {how}"));
            lines.push(line("table", table));
            optional("where", filter, &mut lines);
            optional("baseline", baseline, &mut lines);
            lines.push(line("target", target));
            lines.push(line("actual", actual));
        }
    }
    lines.join("\n")
}
