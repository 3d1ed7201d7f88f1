//! What an example was computed from: each row used or left out and why, and the parts of each value.

use super::{Cells, estimated, evaluate, needed, read, tables, typed};
use crate::dataset::{Source, Table};
use crate::engine::State;
use crate::indicator::formula::node::{Aggregate, AggregateFunction, Node, NodeKind, Op, Value};
use crate::indicator::formula::words;
use crate::indicator::measure::{Input, Rows};
use crate::indicator::{Example, Indicator, Measure};
use crate::outcome::Estimate;

/// What an example was computed from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    /// Columns of the example's rows.
    pub columns: Vec<String>,
    /// What became of each row, in the example's order.
    pub rows: Vec<RowMark>,
    /// The parts of each expected cell, in the order of the example's results.
    pub cells: Vec<CellParts>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowMark {
    /// Its cells as written; empty where missing.
    pub cells: Vec<String>,
    /// Whether it was used.
    pub mark: Mark,
    /// Why it was left out, in words.
    pub why: String,
    /// Which of the parts of a value it counts in, by number from 0. Empty for measures without such parts.
    pub parts: Vec<usize>,
}

/// Whether a row was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It entered the value.
    Used,
    /// The filter leaves it out.
    Excluded,
    /// Something needed is missing or unusable in it.
    Missing,
}

/// The parts of a value: what was computed on the way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct CellParts {
    /// Programme, or `total`.
    pub place: String,
    /// What was computed, in words, and its value or status.
    pub components: Vec<(String, String)>,
}

/// Explains one example of a definition.
///
/// # Errors
/// Why it can't be run at all.
pub fn explain(indicator: &Indicator, example: &Example) -> Result<Explanation, String> {
    let cells = read(&example.rows)?;
    let places: Vec<&String> = example.expect.keys().collect();
    let mut explanation = Explanation {
        columns: cells.names.clone(),
        rows: plain_rows(&cells),
        cells: vec![],
    };
    if let Measure::Derived { inputs, .. } = &indicator.measure {
        explanation.cells = places
            .into_iter()
            .map(|place| inputs_of(&cells, place, inputs))
            .collect();
    } else if let Measure::Formula(rows) = &indicator.measure {
        let needed = needed(indicator, &rows.table);
        let table = typed(indicator, &cells, &rows.table, &needed)?;
        for (at, row) in explanation.rows.iter_mut().enumerate() {
            let empty = empty_in_filter(rows, &cells.names, &row.cells);
            mark(indicator, rows, &one_row(&table, at), &empty, row)?;
        }
        let parts = parts(indicator, rows, &table)?;
        let each = |place: &String| CellParts {
            place: place.clone(),
            components: parts
                .iter()
                .map(|(name, estimates)| (name.clone(), value_at(estimates, place)))
                .collect(),
        };
        explanation.cells = places.into_iter().map(each).collect();
    } else if let Measure::Records(records) = &indicator.measure {
        let (estimated, frames) = estimated(indicator, tables(indicator, example, cells)?)?;
        if let (Some(frame), Some(input)) = (frames.first(), records.inputs.first()) {
            for (row, state) in explanation.rows.iter_mut().zip(&frame.states) {
                mark_state(*state, input, &explanation.columns, row);
            }
        }
        let parts = |place: &String| CellParts {
            place: place.clone(),
            components: sides(&estimated.estimates, place),
        };
        explanation.cells = places.into_iter().map(parts).collect();
    }
    Ok(explanation)
}

fn plain_rows(cells: &Cells) -> Vec<RowMark> {
    let count = cells.columns.first().map_or(0, Vec::len);
    let text = |column: &Vec<Option<String>>, row: usize| column.get(row).cloned().flatten();
    (0..count)
        .map(|row| RowMark {
            cells: cells
                .columns
                .iter()
                .map(|column| text(column, row).unwrap_or_default())
                .collect(),
            mark: Mark::Used,
            why: String::new(),
            parts: vec![],
        })
        .collect()
}

/// What became of a row that is read one by one.
fn mark_state(state: State, input: &Input, columns: &[String], row: &mut RowMark) {
    let mut paths = Vec::new();
    match state {
        State::Used => return,
        State::Excluded => {
            row.mark = Mark::Excluded;
            if let Some((_, filter)) = &input.filter {
                row.why = format!("not so: {}", words::row(filter));
            }
            return;
        }
        State::Undecided => {
            let filter = input.filter.iter().map(|(_, node)| node);
            filter.for_each(|node| node.columns(&mut paths));
        }
        State::Missing => {
            let required = input.fields.iter().filter(|f| f.required);
            required.for_each(|f| f.node.columns(&mut paths));
        }
    }
    let read: Vec<String> = paths.iter().map(|p| p.join(".")).collect();
    let empty = columns.iter().zip(&row.cells).filter(|(_, c)| c.is_empty());
    let lacking: Vec<&str> = empty
        .map(|(name, _)| name.as_str())
        .filter(|name| read.iter().any(|r| r == name))
        .collect();
    row.mark = Mark::Missing;
    row.why = format!("{} missing", lacking.join(", "));
}

/// Numerator and denominator of a value, where it has them, and the rows that it rests on.
fn sides(estimates: &[Estimate], place: &str) -> Vec<(String, String)> {
    let programme = (place != "total").then_some(place);
    let found = estimates
        .iter()
        .find(|e| e.programme.as_deref() == programme && e.group.is_none() && e.period.is_none());
    let mut sides = Vec::new();
    if let Some(estimate) = found {
        if let Some((above, below)) = estimate.parts {
            sides.push(("numerator".to_owned(), above.to_string()));
            sides.push(("denominator".to_owned(), below.to_string()));
        }
        sides.push(("rows used".to_owned(), estimate.n.to_string()));
    }
    sides
}

/// The inputs of a derived indicator in the row of a cell.
fn inputs_of(cells: &Cells, place: &str, inputs: &[(String, String)]) -> CellParts {
    let column = |name: &str| {
        let at = cells.names.iter().position(|n| n == name)?;
        cells.columns.get(at)
    };
    let row = column("programme").and_then(|column| {
        let named = |c: &Option<String>| c.as_deref().unwrap_or("total") == place;
        column.iter().position(named)
    });
    let of = |(name, id): &(String, String)| {
        let cell = row.and_then(|row| column(name)?.get(row).cloned().flatten());
        let cell = cell.unwrap_or_else(|| "missing".to_owned());
        (format!("{name} ({id})"), cell)
    };
    CellParts {
        place: place.to_owned(),
        components: inputs.iter().map(of).collect(),
    }
}

/// The table with one of its rows alone.
fn one_row(table: &Table, at: usize) -> Table {
    let source = match &table.source {
        Source::Memory(frames) => {
            let one = frames
                .iter()
                .map(|f| f.slice(at.min(f.height()) as i64, 1.min(f.height())));
            Source::Memory(one.collect())
        }
        other => other.clone(),
    };
    Table {
        source,
        rows: 1,
        ..table.clone()
    }
}

/// The columns of the filter that are empty in a row.
fn empty_in_filter(rows: &Rows, names: &[String], cells: &[String]) -> Vec<String> {
    let mut paths = Vec::new();
    if let Some((_, filter)) = &rows.filter {
        filter.columns(&mut paths);
    }
    let read: Vec<String> = paths.iter().map(|p| p.join(".")).collect();
    let empty = names.iter().zip(cells).filter(|(_, cell)| cell.is_empty());
    empty
        .map(|(name, _)| name.clone())
        .filter(|name| read.contains(name))
        .collect()
}

/// What becomes of a row when it is the only one: the engine's own account says it.
fn mark(
    indicator: &Indicator,
    rows: &Rows,
    table: &Table,
    empty: &[String],
    row: &mut RowMark,
) -> Result<(), String> {
    let account = estimated(indicator, vec![table.clone()])?
        .0
        .rows
        .unwrap_or_default();
    if account.excluded > 0 {
        row.mark = Mark::Excluded;
        row.why = why_excluded(indicator, rows, table);
    } else if let Some((reason, _)) = account.missing.first() {
        row.mark = Mark::Missing;
        row.why.clone_from(reason);
        // The account speaks of all columns of the filter; in one row it is known which is missing.
        if let Some((known, _)) = reason.split_once(": ")
            && reason.ends_with(" missing")
            && !empty.is_empty()
        {
            row.why = format!("{known}: {} missing", empty.join(", "));
        }
    } else {
        for (at, aggregate) in rows.formula.aggregates.iter().enumerate() {
            if counts(indicator, rows, aggregate, table) {
                row.parts.push(at);
            }
        }
    }
    Ok(())
}

/// The first condition of the filter that the row doesn't meet, in words.
fn why_excluded(indicator: &Indicator, rows: &Rows, table: &Table) -> String {
    let Some((text, filter)) = &rows.filter else {
        return String::new();
    };
    let mut conditions = Vec::new();
    conjuncts(filter, &mut conditions);
    let fails = |condition: &&Node| {
        let filter = Some((text.clone(), (**condition).clone()));
        let changed = Rows {
            filter,
            ..rows.clone()
        };
        let account = estimated(&with(indicator, changed), vec![table.clone()]);
        account.is_ok_and(|(e, _)| e.rows.is_some_and(|r| r.excluded > 0))
    };
    match conditions.into_iter().find(fails) {
        Some(condition) => format!("not so: {}", words::row(condition)),
        None => format!("not so: {}", words::row(filter)),
    }
}

fn conjuncts<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    match &node.kind {
        NodeKind::Call(Op::And, parts) => parts.iter().for_each(|p| conjuncts(p, found)),
        _ => found.push(node),
    }
}

/// Whether a row counts in an aggregate: it passes its filter, and has a value where one is taken.
fn counts(indicator: &Indicator, rows: &Rows, aggregate: &Aggregate, table: &Table) -> bool {
    let mut changed = keeping_its_rule(rows);
    let argument = aggregate.arguments.first();
    changed.formula.aggregates.push(Aggregate {
        function: match argument {
            Some(_) => AggregateFunction::Count,
            None => AggregateFunction::CountRows,
        },
        arguments: argument.into_iter().cloned().collect(),
        ..aggregate.clone()
    });
    changed.formula.value = Value::Aggregate(changed.formula.aggregates.len() - 1);
    let estimates = evaluate(&with(indicator, changed), vec![table.clone()]).unwrap_or_default();
    estimates
        .first()
        .and_then(|e| e.value)
        .is_some_and(|n| n > 0.0)
}

/// The same rows with the same rule on missing values, whatever is added to the formula: one aggregate alone goes by row.
fn keeping_its_rule(rows: &Rows) -> Rows {
    let mut rows = rows.clone();
    if rows.formula.aggregates.len() == 1 {
        rows.missing = crate::indicator::definition::MissingRule::Row;
    }
    rows
}

fn with(indicator: &Indicator, rows: Rows) -> Indicator {
    let mut changed = indicator.clone();
    changed.measure = Measure::Formula(Box::new(rows));
    changed
}

/// Each aggregate of the formula in words, then numerator and denominator where they are more than one aggregate; all
/// with their estimates.
fn parts(
    indicator: &Indicator,
    rows: &Rows,
    table: &Table,
) -> Result<Vec<(String, Vec<Estimate>)>, String> {
    let value_of = |value: Value| {
        let mut changed = keeping_its_rule(rows);
        changed.formula.value = value;
        evaluate(&with(indicator, changed), vec![table.clone()])
    };
    let sides = match rows.formula.ratio() {
        Some((above, below)) => vec![("numerator", above), ("denominator", below)],
        None => vec![],
    };
    let mut parts = Vec::new();
    for (at, aggregate) in rows.formula.aggregates.iter().enumerate() {
        let side = sides.iter().filter(|(_, v)| **v == Value::Aggregate(at));
        let side: String = side.map(|(name, _)| format!("{name}: ")).collect();
        let what = match rows.scale() {
            Some(_) => "the mean of the rows' scores".to_owned(),
            None => words::aggregate(aggregate, &rows.table),
        };
        let name = format!("{side}{what}");
        parts.push((name, value_of(Value::Aggregate(at))?));
    }
    for (name, value) in sides {
        if !matches!(value, Value::Aggregate(_)) {
            parts.push((name.to_owned(), value_of(value.clone())?));
        }
    }
    Ok(parts)
}

fn value_at(estimates: &[Estimate], place: &str) -> String {
    let programme = (place != "total").then_some(place);
    let found = estimates
        .iter()
        .find(|e| e.programme.as_deref() == programme && e.group.is_none() && e.period.is_none());
    match found {
        Some(estimate) => match estimate.value {
            Some(x) => x.to_string(),
            None => estimate.status.word().to_owned(),
        },
        None => "no-rows".to_owned(),
    }
}
