//! Runs the examples of a definition on their own rows: documentation and test at once.

mod explain;
mod sample;

use crate::dataset::typed::{self, Texts};
use crate::dataset::{Column, Dataset, LIST_SEPARATOR, Meaning, Persons, Source, Table, Type};
use crate::estimate::Estimated;
use crate::evaluation::Evaluation;
use crate::finding::Stop;
use crate::indicator::measure::Wants;
use crate::indicator::{Catalogue, Example, Expected, Indicator, Measure};
use crate::outcome::{Estimate, Status};
use crate::plan::extract::check_input;
use crate::plan::fit::fit;
use crate::plan::plan;
use crate::{engine, estimate};
pub use explain::{CellParts, Explanation, Mark, RowMark, explain};
use polars::prelude::{BooleanType, DataFrame, Float64Type, IntoColumn, IntoSeries};
use polars_arrow::array::{BooleanArray, PrimitiveArray};
pub use sample::{sample, typing_fault};
use std::collections::VecDeque;

/// What running one example of a definition gave.
#[derive(Debug, Clone)]
pub struct ExampleResult {
    /// The example's note.
    pub note: String,
    /// Per expected cell: programme (or `total`), what was expected, what came out, and whether they agree.
    pub cells: Vec<(String, String, String, bool)>,
    /// Why the example could not run at all.
    pub failure: Option<String>,
}

/// Runs every example of a definition on its own rows.
pub fn examples(indicator: &Indicator) -> Vec<ExampleResult> {
    indicator
        .examples
        .iter()
        .map(|example| match run(indicator, example) {
            Ok(estimates) => ExampleResult {
                note: example.note.clone(),
                cells: cells(example, &estimates),
                failure: None,
            },
            Err(failure) => ExampleResult {
                note: example.note.clone(),
                cells: vec![],
                failure: Some(failure),
            },
        })
        .collect()
}

fn cells(example: &Example, estimates: &[Estimate]) -> Vec<(String, String, String, bool)> {
    let compare = |(place, expected): (&String, &Expected)| {
        let programme = (place != "total").then_some(place.as_str());
        let found = estimates.iter().find(|e| {
            e.programme.as_deref() == programme && e.group.is_none() && e.period.is_none()
        });
        let status = found.map_or(Status::NoRows, |e| e.status);
        let value = found.and_then(|e| e.value);
        let got = value.map_or_else(|| status.word().to_owned(), |v| v.to_string());
        let (wanted, agree) = match expected {
            Expected::Number(x) => (
                x.to_string(),
                value.is_some_and(|v| (v - x).abs() <= 1e-9 * x.abs().max(1.0)),
            ),
            Expected::Status(word) => (word.clone(), value.is_none() && word == status.word()),
        };
        (place.clone(), wanted, got, agree)
    };
    example.expect.iter().map(compare).collect()
}

/// Texts of a small CSV table, column by column.
struct Cells {
    names: Vec<String>,
    columns: Vec<Vec<Option<String>>>,
}

fn read(text: &str) -> Result<Cells, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.trim_start().as_bytes());
    let names: Vec<String> = reader
        .headers()
        .map_err(|e| format!("its rows can't be read: {e}"))?
        .iter()
        .map(str::to_owned)
        .collect();
    let mut columns = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = record.map_err(|e| format!("its rows can't be read: {e}"))?;
        for (column, cell) in columns.iter_mut().zip(record.iter()) {
            column.push(Some(cell.to_owned()).filter(|c| !c.is_empty()));
        }
    }
    Ok(Cells { names, columns })
}

fn run(indicator: &Indicator, example: &Example) -> Result<Vec<Estimate>, String> {
    let cells = read(&example.rows)?;
    match &indicator.measure {
        Measure::Formula(_) | Measure::Records(_) => {
            let tables = tables(indicator, example, cells)?;
            evaluate(indicator, tables)
        }
        Measure::Derived { inputs, value } => {
            let programmes = cells
                .names
                .iter()
                .position(|n| n == "programme")
                .ok_or("its rows have no column `programme`")?;
            let mut columns = Vec::new();
            for (name, _) in inputs {
                let at = cells
                    .names
                    .iter()
                    .position(|n| n == name)
                    .ok_or(format!("its rows have no column `{name}`"))?;
                columns.push(&cells.columns[at]);
            }
            let mut estimates = Vec::new();
            for (row, programme) in cells.columns[programmes].iter().enumerate() {
                let leaf: Vec<Result<f64, Status>> = columns
                    .iter()
                    .map(|c| match &c[row] {
                        None => Err(Status::AllMissing),
                        Some(text) => match text.parse::<f64>() {
                            Ok(x) => Ok(x),
                            Err(_) => Err(status_of(text)),
                        },
                    })
                    .collect();
                let result = estimate::derived_value(value, &leaf);
                let programme = programme.clone().filter(|p| p != "total");
                estimates.push(bare(programme, result));
            }
            Ok(estimates)
        }
    }
}

fn status_of(word: &str) -> Status {
    let all = [
        Status::NoRows,
        Status::NoMatch,
        Status::AllMissing,
        Status::Suppressed,
        Status::Refused,
    ];
    all.into_iter()
        .find(|s| s.word() == word)
        .unwrap_or(Status::Undefined)
}

fn bare(programme: Option<String>, result: Result<f64, Status>) -> Estimate {
    Estimate {
        programme,
        group: None,
        period: None,
        status: result.err().unwrap_or(Status::Value),
        value: result.ok(),
        parts: None,
        interval: None,
        no_interval: None,
        n: 0,
        missing: 0,
    }
}

/// A data set of tables in memory.
fn dataset(tables: Vec<Table>) -> Dataset {
    Dataset {
        title: String::new(),
        tables,
        quality: vec![],
        files: vec![],
        findings: Default::default(),
    }
}

fn evaluate(indicator: &Indicator, tables: Vec<Table>) -> Result<Vec<Estimate>, String> {
    estimated(indicator, tables).map(|(estimated, _)| estimated.estimates)
}

/// What comes out of the tables, and the rows that were read one by one.
fn estimated(
    indicator: &Indicator,
    tables: Vec<Table>,
) -> Result<(Estimated, Vec<engine::Frame>), String> {
    let dataset = dataset(tables);
    let text = format!(
        "title = \"example\"\nindicators = [\"{}\"]\nsmall_cells = 0\n",
        indicator.id
    );
    let evaluation: Evaluation = toml::from_str(&text).map_err(|e| e.to_string())?;
    let catalogue = Catalogue {
        indicators: vec![indicator.clone()],
        ..Catalogue::default()
    };
    let plan = plan(&catalogue, &dataset, &evaluation);
    if let Some(Err(reason)) = plan.items.first().map(|i| i.work.as_ref()) {
        return Err(reason.to_string());
    }
    let sums: Result<Vec<_>, _> = plan
        .scans
        .iter()
        .map(|scan| engine::scan(&dataset, scan, &|_| {}))
        .collect();
    let sums = sums.map_err(|stop| stop.to_string())?;
    let frames: Result<Vec<_>, _> = plan
        .extracts
        .iter()
        .map(|extract| engine::frame(&dataset, extract, &|_| {}))
        .collect();
    let frames = frames.map_err(|stop| stop.to_string())?;
    let mut estimated = estimate::estimate(&plan, &sums, &frames, (&dataset, &[]), &evaluation);
    let first = if estimated.is_empty() {
        Estimated::default()
    } else {
        estimated.swap_remove(0)
    };
    Ok((first, frames))
}

/// Most ways of typing the columns of an example that are tried.
const MOST_TYPINGS: usize = 2_000;

/// The tables of an example: its rows, and those that the measure reads beside them.
fn tables(indicator: &Indicator, example: &Example, rows: Cells) -> Result<Vec<Table>, String> {
    let first = indicator.table.clone().unwrap_or_default();
    let mut read = vec![(first, "rows".to_owned(), rows)];
    for input in indicator.measure.inputs() {
        if read.iter().any(|(table, ..)| *table == input.table) {
            continue;
        }
        match example.tables.get(input.name) {
            Some(text) => {
                let place = format!("tables.{}", input.name);
                read.push((input.table.clone(), place, self::read(text)?));
            }
            None if input.optional => {}
            None => {
                return Err(format!(
                    "it has no rows of the table `{}`: add tables.{} = \"...\"",
                    input.table, input.name
                ));
            }
        }
    }
    let known = |name: &&String| {
        let mut inputs = indicator.measure.inputs().iter();
        inputs.any(|i| i.name == name.as_str())
    };
    if let Some(other) = example.tables.keys().find(|name| !known(name)) {
        return Err(format!("the measure reads no table `{other}`"));
    }
    let mut tables = Vec::new();
    for (table, place, cells) in &read {
        let needed = needed(indicator, table);
        if let Some(path) = needed.iter().find(|path| !cells.names.contains(path)) {
            return Err(format!(
                "its {place} have no column `{path}`, which the indicator needs"
            ));
        }
        tables.push(typed(indicator, cells, table, &needed)?);
    }
    Ok(tables)
}

/// Columns that the measure reads of a table, as paths.
fn needed(indicator: &Indicator, table: &str) -> Vec<String> {
    let mut columns = Vec::new();
    if let Measure::Formula(rows) = &indicator.measure {
        rows.nodes().for_each(|node| node.columns(&mut columns));
    }
    for input in indicator
        .measure
        .inputs()
        .iter()
        .filter(|i| i.table == table)
    {
        input.nodes().for_each(|node| node.columns(&mut columns));
    }
    columns.iter().map(|path| path.join(".")).collect()
}

/// Columns of a table that the measure reads as lists where they can be.
fn lists(indicator: &Indicator, table: &str) -> Vec<String> {
    let mut columns = Vec::new();
    let inputs = indicator.measure.inputs().iter();
    for input in inputs.filter(|i| i.table == table) {
        let fields = input.fields.iter().filter(|f| f.wants == Wants::Labels);
        fields.for_each(|field| field.node.columns(&mut columns));
    }
    columns.iter().map(|path| path.join(".")).collect()
}

/// Checks what the measure reads of a table against its columns.
fn check(indicator: &Indicator, dataset: &Dataset, table: &Table) -> Result<(), String> {
    if let Measure::Formula(rows) = &indicator.measure {
        fit(rows, dataset, table).map_err(|fault| fault.message)?;
    }
    for input in indicator
        .measure
        .inputs()
        .iter()
        .filter(|i| i.table == table.name)
    {
        check_input(input, dataset, table).map_err(|fault| fault.message)?;
    }
    Ok(())
}

/// The rows as a table: each column gets the first type that its cells allow, and as few as possible of those that the
/// measure reads get a later one so that the measure checks.
fn typed(
    indicator: &Indicator,
    cells: &Cells,
    name: &str,
    read: &[String],
) -> Result<Table, String> {
    let lists = lists(indicator, name);
    let choices: Vec<Vec<Type>> = cells
        .names
        .iter()
        .zip(&cells.columns)
        .map(|(name, column)| {
            let mut types = possible(column);
            if lists.contains(name) && column.iter().flatten().any(|c| c.contains(';')) {
                types = vec![Type::List];
            }
            if !read.contains(name) || name == "programme" {
                types.truncate(1);
            }
            types
        })
        .collect();
    // Choices by column, and the first column that may still change: fewer changes come first.
    let mut queue = VecDeque::from([(vec![0; choices.len()], 0)]);
    let (mut queued, mut first_fault) = (1, None);
    while let Some((pick, from)) = queue.pop_front() {
        let types: Vec<Type> = pick
            .iter()
            .zip(&choices)
            .filter_map(|(at, types): (&usize, _)| types.get(*at).copied())
            .collect();
        let dataset = dataset(vec![table(cells, &types, name)?]);
        match check(indicator, &dataset, &dataset.tables[0]) {
            Ok(()) => return dataset.tables.into_iter().next().ok_or_else(String::new),
            Err(fault) => drop(first_fault.get_or_insert(fault)),
        }
        for (at, types) in choices.iter().enumerate().skip(from) {
            for other in 1..types.len() {
                if queued < MOST_TYPINGS {
                    let mut next = pick.clone();
                    next[at] = other;
                    queue.push_back((next, at + 1));
                    queued += 1;
                }
            }
        }
    }
    Err(first_fault.unwrap_or_default())
}

fn possible(cells: &[Option<String>]) -> Vec<Type> {
    let all = |f: &dyn Fn(&str) -> bool| cells.iter().flatten().all(|c| f(c));
    let mut types = Vec::new();
    if all(&|c| c.parse::<f64>().is_ok()) {
        types.push(Type::Number);
    }
    if all(&|c| truth(c).is_some()) {
        types.push(Type::Boolean);
    }
    if all(&|c| day(c).is_some()) {
        types.push(Type::Date);
    }
    types.extend([Type::Text, Type::List]);
    types
}

fn truth(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn day(cell: &str) -> Option<i32> {
    let date: jiff::civil::Date = cell.parse().ok()?;
    Some(date.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days())
}

fn table(cells: &Cells, types: &[Type], name: &str) -> Result<Table, String> {
    let fault = |stop: Stop| stop.to_string();
    let mut cells_by_column = Vec::new();
    let mut columns = Vec::new();
    for ((name, column), r#type) in cells.names.iter().zip(&cells.columns).zip(types) {
        let r#type = if name == "programme" {
            Type::Text
        } else {
            *r#type
        };
        let texts = |texts: Result<Texts, Stop>| {
            let mut texts = texts.map_err(fault)?;
            texts.phys.rename(name.into());
            Ok::<_, String>(texts.into_series().into_column())
        };
        cells_by_column.push(match r#type {
            Type::Number => {
                let number = |c: &Option<String>| c.as_ref()?.parse::<f64>().ok();
                let array: PrimitiveArray<f64> = column.iter().map(number).collect();
                typed::column::<Float64Type>(name, array)
            }
            Type::Boolean => {
                let truths: BooleanArray = column.iter().map(|c| truth(c.as_ref()?)).collect();
                typed::column::<BooleanType>(name, truths)
            }
            Type::Date => typed::days(name, column.iter().map(|c| day(c.as_ref()?)).collect()),
            Type::Text => texts(typed::texts(column.iter().map(Option::as_deref)))?,
            Type::List => {
                let joined = |c: &Option<String>| {
                    let codes = c.as_ref()?.split([';', ',']).map(str::trim);
                    Some(codes.collect::<Vec<_>>().join(&LIST_SEPARATOR.to_string()))
                };
                let joined: Vec<Option<String>> = column.iter().map(joined).collect();
                texts(typed::texts(joined.iter().map(Option::as_deref)))?
            }
        });
        columns.push(Column {
            name: name.clone(),
            r#type,
            declared: String::new(),
            description: String::new(),
            categories: vec![],
            ordered: false,
            limits: None,
            bounds: (f64::NEG_INFINITY, f64::INFINITY),
        });
    }
    let rows = cells.columns.first().map_or(0, Vec::len);
    let frame = DataFrame::new(rows, cells_by_column).map_err(|e| e.to_string())?;
    let meaning = Meaning {
        role: name.to_owned(),
        programme: Some("programme".to_owned()),
        ..Meaning::default()
    };
    Ok(Table {
        name: name.to_owned(),
        meaning,
        columns,
        primary_key: if name == "programmes" {
            vec!["programme".to_owned()]
        } else {
            vec![]
        },
        foreign_keys: vec![],
        repeated_keys: 0,
        persons: Persons::default(),
        rows: rows as u64,
        source: Source::Memory(vec![frame]),
    })
}
