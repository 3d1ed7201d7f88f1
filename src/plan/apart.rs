//! Which rows of a table must not be added to each other, and which of its reports count.

use super::currency::{self, Money};
pub use super::totals::quoted;
use super::totals::{Parts, Suspect};
use super::wholes;
use crate::dataset::{Dataset, Table, Type};
use crate::indicator::Indicator;
use crate::indicator::formula::node::{Aggregate, AggregateFunction, Node, NodeKind, Op};
use crate::indicator::measure::{Accumulation, Rows, to_date};
use crate::outcome::Lack;
use std::borrow::Cow;

/// Values of which a cell may hold one only, since its rows are added.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// The column.
    pub column: String,
    /// Its value in a row.
    pub node: Node,
    /// Why rows with different values are not added.
    pub why: Apart,
    /// Among which rows.
    pub among: Among,
}

/// The rows among which values must not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// All rows of the table.
    All,
    /// Rows that match the filter and are complete.
    Used,
    /// Those of them that an aggregate adds, by its place.
    Aggregate(usize),
}

/// What a missing value is called among the values that must not meet.
pub const NOT_STATED: &str = "(not stated)";

/// A text with [`NOT_STATED`] where it is missing.
pub(super) fn stated(text: Node) -> Node {
    let none = Node::synthetic(NodeKind::Text(NOT_STATED.to_owned()));
    Node::call(Op::Coalesce, vec![text, none])
}

/// Why rows are not added to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Apart {
    /// They are different accounts of the same thing.
    Accounts,
    /// Some are the sum of others; the column has the value for it.
    Totals(String),
    /// These are all called totals, and the others are not.
    Called(Vec<String>),
    /// One is the sum of these.
    Nested(String, Vec<String>),
    /// These have rows for a total; it goes before [`Apart::Parts`].
    Whole,
    /// These have rows for parts, and must have the total as well.
    Parts,
    /// They are in different currencies; the unit names one where it does.
    Currency(Option<String>),
    /// They are columns in different currencies, as their names say.
    Columns,
}

/// What must not be added together for a formula over a table.
pub(super) fn overlaps(
    rows: &Rows,
    indicator: &Indicator,
    (dataset, table): (&Dataset, &Table),
    suspects: &[Suspect],
    money: &Money,
) -> Vec<Overlap> {
    let mut found = accounts(table);
    let distinct = |a: &Aggregate| a.function == AggregateFunction::CountDistinct;
    // Which there are is the same with totals and without.
    let counts_twice = !rows.formula.aggregates.iter().all(distinct);
    for suspect in suspects.iter().filter(|_| counts_twice) {
        let column = &suspect.column;
        let here = |a: &Aggregate| a.nodes().any(|node| wholes::reads(node, column));
        let aggregates = &rows.formula.aggregates;
        match aggregates.iter().any(here) {
            false => found.extend(of_suspect(suspect, Among::Used)),
            true => found.extend(
                (0..aggregates.len())
                    .filter(|at| !distinct(&aggregates[*at]))
                    .filter_map(|at| of_suspect(suspect, Among::Aggregate(at))),
            ),
        }
    }
    found.extend(currency::overlaps(rows, indicator, (dataset, table), money));
    found
}

/// Columns of a table whose values are different accounts of the same thing.
pub(super) fn accounts(table: &Table) -> Vec<Overlap> {
    let columns = table.meaning.overlapping.iter();
    let account = |column: &String| Overlap {
        column: column.clone(),
        node: Node::synthetic(NodeKind::Column(vec![column.clone()])),
        why: Apart::Accounts,
        among: Among::Used,
    };
    columns.map(account).collect()
}

/// That a value which is the sum of others must not meet them; `None` where it is not known to be one.
pub(super) fn of_suspect(suspect: &Suspect, among: Among) -> Option<Overlap> {
    let why = match &suspect.parts {
        Parts::All => Apart::Totals(suspect.total.clone()),
        Parts::Some(parts) => Apart::Nested(suspect.total.clone(), parts.clone()),
        Parts::Called(names) => Apart::Called(names.clone()),
        Parts::Overlapping(_) => return None,
    };
    Some(wholes::overlap(&suspect.column, why, among))
}

/// The same of a value that the table declares.
pub(super) fn of_declared(column: &str, total: &str) -> Overlap {
    let total = match total {
        "" => NOT_STATED,
        total => total,
    };
    wholes::overlap(column, Apart::Totals(total.to_owned()), Among::Used)
}

/// Refuses sums and counts of a weighted sample beside a number of different values: the first speak of the population, the second of
/// what was drawn.
///
/// # Errors
/// The reason, with what to write.
pub(super) fn of_one_population(rows: &Rows) -> Result<(), Lack> {
    let has = |is: &dyn Fn(AggregateFunction) -> bool| {
        rows.formula.aggregates.iter().any(|a| is(a.function))
    };
    let distinct = has(&|f| f == AggregateFunction::CountDistinct);
    let weighted = has(&|f| {
        matches!(
            f,
            AggregateFunction::Sum | AggregateFunction::Count | AggregateFunction::CountRows
        )
    });
    match distinct && weighted {
        true => Err(
            "the rows of this sample have weights: SUM and COUNT(*) speak of the population, and COUNT(DISTINCT ...) of what was drawn, so that one is not held against the other; use AVG(...), or COUNT(*) where each row is one of them"
                .to_owned()
                .into(),
        ),
        false => Ok(()),
    }
}

/// The measure over the reports that count: of reports to date the last of each series.
///
/// # Errors
/// What it lacks to tell which is the last.
pub(super) fn reports<'a>(
    rows: Cow<'a, Rows>,
    (dataset, table): (&Dataset, &Table),
    remarks: &mut Vec<String>,
) -> Result<Cow<'a, Rows>, Lack> {
    let said = rows.reports.accumulation.clone();
    let of_table = || table.meaning.accumulation.as_deref().map(Accumulation::of);
    let Some(accumulation) = said.or_else(of_table) else {
        return Ok(rows);
    };
    if accumulation == Accumulation::Incremental {
        return Ok(rows);
    }
    if let Accumulation::Column(name) = &accumulation
        && table.column(name).is_none()
    {
        return Err(format!(
            "`{name}` is none of incremental, cumulative, year-to-date and level, and no column of the table `{}` that says it row by row",
            table.name
        )
        .into());
    }
    let Some(date) = rows.date.as_ref().or(table.meaning.date.as_ref()) else {
        return Err(format!(
            "reports in `{}` are to date, and nothing says which is the last: name a column as `date` in the codev object of the table, or in the measure",
            table.name
        )
        .into());
    };
    let path = |name: &String| -> Vec<String> { name.split('.').map(str::to_owned).collect() };
    let column = |path: Vec<String>| Node::synthetic(NodeKind::Column(path));
    let series: Vec<Vec<String>> = match (&rows.reports.series, &table.meaning.series) {
        (own, _) if !own.is_empty() => own.clone(),
        (_, of_table) if !of_table.is_empty() => of_table.iter().map(path).collect(),
        _ => {
            let named = table.column("indicator").map(|c| vec![c.name.clone()]);
            named.into_iter().collect()
        }
    };
    for path in &series {
        if let Err(unresolved) = super::resolve::resolve(dataset, table, path) {
            return Err(Lack::from(*unresolved.need));
        }
    }
    let names: Vec<String> = series.iter().map(|path| path.join(".")).collect();
    let mut nodes: Vec<Node> = series.into_iter().map(column).collect();
    // A series per programme: the series has no name of its own.
    if nodes.is_empty() {
        nodes.push(Node::synthetic(NodeKind::Boolean(true)));
    }
    let order = column(path(date));
    let is_date = super::resolve::resolve(dataset, table, &path(date))
        .is_ok_and(|found| found.r#type == Type::Date);
    let year = match is_date {
        true => Node::call(Op::Year, vec![order.clone()]),
        false => order.clone(),
    };
    let (formula, condition) = to_date(&rows.formula, &accumulation, (order, year), nodes)?;
    let which = match &accumulation {
        Accumulation::Column(name) => format!("Where {name} does not say incremental, the"),
        _ => "The".to_owned(),
    };
    let each = match names.as_slice() {
        [] => "programme".to_owned(),
        names => format!("{} of a programme", names.join(", ")),
    };
    let each = match accumulation {
        Accumulation::YearToDate => format!("year and {each}"),
        _ => each,
    };
    remarks.push(format!(
        "{which} last report by {date} of each {each} counts, not the sum of the reports."
    ));
    let mut changed = rows.into_owned();
    changed.formula = formula;
    changed.conditions.extend(condition);
    Ok(Cow::Owned(changed))
}
