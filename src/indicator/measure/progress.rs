//! `progress`: baseline, target and actual of a results table. It is a formula too, and becomes one here.

use super::{Accumulation, Measure, MeasureFault, Reports, Rows, optional, refused, required};
use crate::indicator::definition::{Combine, MissingRule};
use crate::indicator::formula::node::{
    Aggregate, AggregateFunction, Formula, Node, NodeKind, Op, Span, Value,
};
use crate::outcome::Direction;

/// The keys of the measure, as written.
pub(super) struct Parts<'a> {
    pub table: &'a String,
    pub filter: &'a Option<String>,
    pub baseline: &'a Option<String>,
    pub target: &'a String,
    pub actual: &'a String,
    pub date: &'a Option<String>,
    pub accumulation: &'a Option<String>,
    pub series: &'a [String],
}

/// The measure as a formula, with the conditions under which a row counts.
pub(super) fn parse(
    parts: &Parts<'_>,
    combine: Combine,
    direction: Direction,
) -> Result<Measure, MeasureFault> {
    let Parts {
        table,
        filter,
        baseline,
        target,
        actual,
        date,
        accumulation,
        series,
    } = parts;
    if direction == Direction::Neither && combine == Combine::Sum {
        return refused(
            "target",
            target,
            "measure-no-direction",
            "Without a direction, distances up and distances down would cancel each other in a sum.",
            "Set `direction` to higher-is-better or lower-is-better, or use combine = \"mean\" or \"met\".",
        );
    }
    let base = optional("baseline", baseline)?.map(|(_, n)| n);
    let goal = required("target", target)?;
    let reached = required("actual", actual)?;
    if base.is_none() && direction == Direction::LowerIsBetter && combine != Combine::Met {
        return refused(
            "target",
            target,
            "measure-no-baseline",
            "Progress towards a lower value needs a baseline to come down from.",
            "Add `baseline = \"...\"`, or use combine = \"met\".",
        );
    }
    let mut texts = vec![("target", (*target).clone()), ("actual", (*actual).clone())];
    texts.extend(baseline.iter().map(|b| ("baseline", b.clone())));
    texts.extend(filter.iter().map(|f| ("where", f.clone())));
    // Whether a target is met can be told without a baseline; then more is supposed to be aimed at, or what the direction says.
    let without_baseline = (combine == Combine::Met && base.is_some())
        .then(|| progress(None, goal.clone(), reached.clone(), combine, direction).0);
    let (formula, conditions) = progress(base, goal, reached, combine, direction);
    Ok(Measure::Formula(Box::new(Rows {
        table: (*table).clone(),
        filter: optional("where", filter)?,
        formula,
        conditions,
        missing: MissingRule::Row,
        date: (*date).clone(),
        texts,
        beside: None,
        reports: Reports {
            accumulation: accumulation.as_deref().map(Accumulation::of),
            series: series.iter().map(|name| path(name)).collect(),
        },
        without_baseline,
    })))
}

/// `programme.type` as the way to a column.
fn path(name: &str) -> Vec<String> {
    name.split('.').map(str::to_owned).collect()
}

/// Whether the target of a row is met. Where a row's target lies below its baseline, things were to get less, so it is met at
/// or below the target, also where more of targets met is better; `direction` says it where there is no baseline.
fn met(baseline: Option<&Node>, target: &Node, actual: &Node, direction: Direction) -> Node {
    let sides = |op| Node::call(op, vec![actual.clone(), target.clone()]);
    match (direction, baseline) {
        (Direction::LowerIsBetter, _) => sides(Op::LessOrEqual),
        (Direction::Neither, _) => sides(Op::Equal),
        (Direction::HigherIsBetter, None) => sides(Op::GreaterOrEqual),
        (Direction::HigherIsBetter, Some(base)) => {
            let below = Node::call(Op::Less, vec![target.clone(), base.clone()]);
            let (less, more) = (sides(Op::LessOrEqual), sides(Op::GreaterOrEqual));
            Node::call(Op::Case, vec![below, less, more])
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
        pick: None,
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
            let met = met(baseline.as_ref(), &target, &actual, direction);
            let counts = vec![
                aggregate(AggregateFunction::CountRows, vec![], Some(met)),
                aggregate(AggregateFunction::CountRows, vec![], None),
            ];
            (ratio(counts), vec![])
        }
    }
}
