//! Tables that a program hands over as frames.

use super::arrays::{self, Held, How, Stored, Unread};
use super::column_files::Described;
use super::declare::{self, Format, TableSpec};
use super::load::{self, Loaded};
use super::manifest::{self, Inline, Resource};
use super::rows::Rows;
use super::{BATCH_ROWS, Dataset, Source, Type, load_columns, names};
use crate::finding::{Finding, Findings, Stop};
use polars::prelude::{Column, CompatLevel, DataFrame, DataType};
use polars_arrow::array::Array;

/// Makes a dataset of frames, without any file: each with its description, which is that of a resource of a data package
/// without `path` (`name`, `schema`, `codev`), as JSON. Columns that a schema does not declare are of the type that they
/// have in the frame.
///
/// Numbers of any width, texts, categoricals, days, datetimes (in their zone), decimals, truth values and lists of texts
/// are taken. What differs from the description is a finding of the result, as it is for files; its place names the
/// table where that of a file would be.
///
/// # Errors
/// A [`Stop`] when a description can't be read.
///
/// # Examples
/// ```
/// use polars::prelude::df;
/// let people = df!("id" => ["a", "b"], "age" => [31_i64, 45])?;
/// let described = r#"{ "name": "people", "schema": { "primaryKey": "id" } }"#;
/// let data = codev::dataset::from_frames(vec![(described.to_owned(), people)])?;
/// assert_eq!(data.tables[0].rows, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_frames(tables: Vec<(String, DataFrame)>) -> Result<Dataset, Stop> {
    let mut findings = Findings::new();
    let mut specs: Vec<TableSpec> = Vec::new();
    let mut frames = Vec::new();
    for (at, (description, frame)) in tables.into_iter().enumerate() {
        let spec = described(&description, at + 1, &mut findings)?;
        if load::is_new(&spec, &specs, &mut findings) {
            specs.push(spec);
            frames.push(frame);
        }
    }
    names::check_roles(&specs, &mut findings);
    load::declared_persons(&mut specs);
    let mut loaded = Vec::new();
    for (spec, frame) in specs.into_iter().zip(&frames) {
        let mut found = Findings::new();
        let one = read(spec, frame, &mut found)?;
        loaded.push(load::alone(one, found)?);
    }
    load::together(String::new(), loaded, Vec::new(), findings)
}

/// The description of a frame.
fn described(text: &str, number: usize, findings: &mut Findings) -> Result<TableSpec, Stop> {
    let place = format!("description of table {number}");
    let resource: Resource = manifest::parse(text, &place)?;
    let stop = |key: &str, message: String, help: &str| -> Stop {
        Finding::error("data-bad-manifest", message, help)
            .in_file(&place)
            .in_column(key)
            .into()
    };
    let name = &resource.name;
    if resource.path.is_some() || resource.data.is_some() {
        let message = format!(
            "The table `{name}` is handed over as a frame, and its description names other rows."
        );
        let help = "Leave `path` and `data` out, or load the package from its folder.";
        return Err(stop("path", message, help));
    }
    let schema = match &resource.schema {
        None => None,
        Some(Inline::Here(schema)) => Some(schema.clone()),
        Some(Inline::File(path)) => {
            let message = format!(
                "The schema of the table `{name}` is the path `{path}`, and there is no folder that it could lie in."
            );
            let help = "Give the schema itself, as an object.";
            return Err(stop("schema", message, help));
        }
    };
    Ok(declare::described(
        &resource,
        schema,
        Format::Frame,
        findings,
    ))
}

/// A column of a frame.
struct Given {
    name: String,
    stored: Stored,
    array: Box<dyn Array>,
    /// The words of an ordered categorical, in their order.
    words: Option<Vec<String>>,
}

impl Given {
    fn of(column: &Column, table: &str) -> Result<Given, Stop> {
        let what = format!("its column `{}`", column.name());
        let array = arrays::guarded("frame", table, &what, || {
            let series = column.as_materialized_series().rechunk();
            Ok(series.to_arrow(0, CompatLevel::newest()))
        })?;
        let words = match column.dtype() {
            DataType::Enum(words, _) => {
                let words = words.categories().values_iter();
                Some(words.map(str::to_owned).collect())
            }
            _ => None,
        };
        Ok(Given {
            name: column.name().to_string(),
            stored: arrays::held(array.dtype()),
            array,
            words,
        })
    }
}

fn read(mut spec: TableSpec, frame: &DataFrame, findings: &mut Findings) -> Result<Loaded, Stop> {
    let shown = spec.name.clone();
    let given: Result<Vec<Given>, Stop> = frame
        .columns()
        .iter()
        .map(|column| Given::of(column, &shown))
        .collect();
    let given = given?;
    let columns: Vec<Described<'_>> = given
        .iter()
        .map(|given| Described {
            name: &given.name,
            stored: &given.stored,
            nulls: Some(given.array.null_count() as u64),
            exact: false,
        })
        .collect();
    load_columns::undeclared(&columns, &shown, &mut spec.fields, findings);
    for field in &mut spec.fields {
        load_columns::fits(field, &columns, &shown, findings);
        let column = &mut field.column;
        let found = given.iter().find(|g| g.name == column.name);
        let words = found.and_then(|found| found.words.as_ref());
        if let Some(words) = words.filter(|_| column.r#type == Type::Text)
            && column.categories.is_empty()
        {
            column.categories = words.iter().map(|w| (w.clone(), w.clone())).collect();
            column.ordered = true;
        }
    }
    let mut rows = Rows::default();
    rows.start_file(&shown);
    rows.add(frame.height() as u64);
    let mut counts = Vec::new();
    let mut read = Vec::new();
    for (at, field) in spec.fields.iter().enumerate() {
        let how = How::new(field);
        let mut unread = Unread::default();
        let column = match given.iter().find(|g| g.name == field.column.name) {
            Some(given) => {
                let piece = Held {
                    stored: &given.stored,
                    shown: &shown,
                    array: given.array.clone(),
                };
                how.read(&piece, Some(&mut unread))?
            }
            None => super::typed::nothing(&how.name, frame.height(), &how.kind),
        };
        let invalid = load_columns::note(&unread, (at, field), &rows, findings);
        let missing = (column.null_count() as u64).saturating_sub(invalid);
        counts.push((missing, invalid));
        read.push(column);
    }
    let whole = DataFrame::new(frame.height(), read)
        .map_err(|error| super::files::unreadable(&shown, &error))?;
    let firsts = (0..whole.height()).step_by(BATCH_ROWS);
    let frames = firsts
        .map(|first| whole.slice(first as i64, BATCH_ROWS))
        .collect();
    let table = load::empty_table(&spec, rows.count, Source::Memory(frames));
    let quality = load::quality(&table, &counts);
    Ok(Loaded {
        table,
        quality,
        spec,
        rows,
        hashes: Vec::new(),
        findings: Findings::new(),
    })
}
