//! How reports of one series add up over time: each adds to those before, or says where things stand.

use crate::outcome::ACCUMULATIONS;

use super::super::formula::node::{
    Aggregate, AggregateFunction, Formula, Node, NodeKind, Op, Pick,
};

/// How the reports of a series (a result of a programme, say) add up over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accumulation {
    /// Each report is what came since the one before: they are added.
    Incremental,
    /// Each report is the sum to date, or the level on its day: the last one counts. Only words tell the two apart.
    ToDate,
    /// Each report is the sum since the beginning of its year: the last one of each year counts, and years are added.
    YearToDate,
    /// As a column says, row by row, in these words.
    Column(String),
}

impl Accumulation {
    /// By its word; any other is the name of a column.
    pub fn of(word: &str) -> Accumulation {
        match word {
            "incremental" => Accumulation::Incremental,
            "cumulative" | "level" => Accumulation::ToDate,
            "year-to-date" => Accumulation::YearToDate,
            column => Accumulation::Column(column.to_owned()),
        }
    }
}

/// How the reports of a table accumulate, as a measure or a table says it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reports {
    /// How they accumulate; `None` where it is not said.
    pub accumulation: Option<Accumulation>,
    /// Columns that tell the series of a programme apart; empty where they are not named.
    pub series: Vec<Vec<String>>,
}

/// A formula over reports of which the last of each series counts, with the condition under which a row can be used.
///
/// Filters of an aggregate hold for the last report, not before it is found: whether a target is met is asked of the last
/// report only. `year` is the year of a report. Filters of a mean, an extreme or a variance go before, as those of the measure do.
///
/// # Errors
/// In words, where an aggregate can't be taken over last reports.
pub fn to_date(
    formula: &Formula,
    accumulation: &Accumulation,
    (order, year): (Node, Node),
    mut series: Vec<Node>,
) -> Result<(Formula, Option<(Node, String)>), String> {
    let (except, condition) = match accumulation {
        Accumulation::Incremental => return Ok((formula.clone(), None)),
        Accumulation::ToDate => (None, None),
        Accumulation::YearToDate => {
            series.push(year);
            (None, None)
        }
        Accumulation::Column(name) => {
            let column = Node::synthetic(NodeKind::Column(vec![name.clone()]));
            let word = Node::call(Op::Lower, vec![Node::call(Op::Trim, vec![column])]);
            let text = |t: &str| Node::synthetic(NodeKind::Text(t.to_owned()));
            let known = std::iter::once(word.clone()).chain(ACCUMULATIONS.map(text));
            let known = Node::call(Op::In, known.collect());
            let reason = format!("{name} is neither {}", ACCUMULATIONS.join(" nor "));
            let by_year = Node::call(Op::Equal, vec![word.clone(), text("year-to-date")]);
            let none = Node::synthetic(NodeKind::Number(0.0));
            series.push(Node::call(Op::Case, vec![by_year, year, none]));
            let each = Node::call(Op::Equal, vec![word, text("incremental")]);
            (Some(each), Some((known, reason)))
        }
    };
    let pick = Pick {
        last: true,
        order,
        series,
        except,
    };
    let mut changed = formula.clone();
    for aggregate in &mut changed.aggregates {
        last_of_each(aggregate, &pick)?;
    }
    Ok((changed, condition))
}

fn last_of_each(aggregate: &mut Aggregate, pick: &Pick) -> Result<(), String> {
    if aggregate.pick.is_some() {
        return Ok(());
    }
    let number = |x: f64| Node::synthetic(NodeKind::Number(x));
    let filter = aggregate.filter.clone();
    let where_so = |x: Node| match &filter {
        Some(filter) => {
            let missing = Node::call(Op::IsMissing, vec![filter.clone()]);
            let null = Node::synthetic(NodeKind::Null);
            Node::call(
                Op::Case,
                vec![missing, null, filter.clone(), x, number(0.0)],
            )
        }
        None => x,
    };
    let argument = aggregate.arguments.first().cloned();
    let (function, argument) = match (aggregate.function, argument) {
        (AggregateFunction::CountRows, _) => (AggregateFunction::Sum, where_so(number(1.0))),
        (AggregateFunction::Count, Some(x)) => {
            let there = Node::call(Op::IsPresent, vec![x]);
            let one = Node::call(Op::Case, vec![there, number(1.0), number(0.0)]);
            (AggregateFunction::Sum, where_so(one))
        }
        (AggregateFunction::Sum, Some(x)) => (AggregateFunction::Sum, where_so(x)),
        // Which there are is the same however often they are reported.
        (AggregateFunction::CountDistinct, _) => return Ok(()),
        (
            AggregateFunction::Average
            | AggregateFunction::Minimum
            | AggregateFunction::Maximum
            | AggregateFunction::Variance
            | AggregateFunction::StandardDeviation,
            _,
        ) => {
            aggregate.pick = Some(Box::new(pick.clone()));
            return Ok(());
        }
        _ => {
            return Err(
                "reports to date can't be put together by a correlation or a quantile".to_owned(),
            );
        }
    };
    aggregate.function = function;
    aggregate.arguments = vec![argument];
    aggregate.filter = None;
    aggregate.pick = Some(Box::new(pick.clone()));
    Ok(())
}
