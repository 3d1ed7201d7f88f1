//! Cells of text become the values of a column; what can't be read is noted.

use super::declare::FieldSpec;
use super::files::DataFile;
use super::no_day;
use super::tally::Tally;
use super::typed;
use super::values::{self, DateFormat, Parse};
use super::{BATCH_ROWS, Type};
use crate::finding::{Finding, Findings, Stop};
use polars::prelude::*;
use polars_arrow::array::{BooleanArray, PrimitiveArray};
use polars_arrow::bitmap::{Bitmap, BitmapBuilder};
use std::sync::Arc;

/// A value that is no text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Truth(bool),
    /// Days since 1970-01-01.
    Day(i32),
}

/// Why a cell could not be read: code, and what was expected.
pub(super) type Fault = (&'static str, &'static str);

/// The value of a cell of a column that holds no text. `None` is a number that means "no value".
pub(super) fn value(
    parse: &Parse,
    missing_numbers: &[f64],
    cell: &str,
) -> Result<Option<Value>, Fault> {
    let number = |value: f64| {
        let missing = missing_numbers.contains(&value);
        Ok((!missing).then_some(Value::Number(value)))
    };
    let day = |value: Option<i32>, fault: Fault| match value {
        Some(day) => Ok(Some(Value::Day(day))),
        None => Err(fault),
    };
    match parse {
        Parse::Number(format) => match values::number(cell, format) {
            Some(value) => number(value),
            None => Err(("data-not-a-number", "a number")),
        },
        Parse::Integer(format) => match values::number(cell, format) {
            Some(value) if missing_numbers.contains(&value) => Ok(None),
            Some(value) if value.fract() == 0.0 && values::is_exact(cell, value) => number(value),
            Some(value) if value.fract() == 0.0 => Err((
                "data-number-too-large",
                "a whole number of at most 9007199254740992 (longer codes are `string`)",
            )),
            Some(_) => Err(("data-not-an-integer", "a whole number")),
            None => Err(("data-not-a-number", "a whole number")),
        },
        Parse::Year => match values::year(cell) {
            Some(value) => number(value),
            None => Err(("data-not-a-year", "a year of four digits")),
        },
        Parse::Boolean(yes, no) => match values::boolean(cell, yes, no) {
            Some(value) => Ok(Some(Value::Truth(value))),
            None => Err((
                "data-not-a-boolean",
                "one of the column's words for true and false",
            )),
        },
        Parse::DateTime(format) => day(
            values::datetime(cell, format),
            ("data-not-a-datetime", "a time as 2019-05-31T12:00:00"),
        ),
        Parse::YearMonth => day(
            values::yearmonth(cell),
            ("data-not-a-yearmonth", "a month as 2019-05"),
        ),
        Parse::Date(format) => day(
            values::date(cell, format),
            ("data-not-a-date", "a day as 2019-05-31"),
        ),
        Parse::Text | Parse::List(_) => Err(("data-not-readable", "a value of the column's type")),
    }
}

/// Whether a cell is one of those that mean "no value".
pub(super) fn is_missing(missing: &[String], cell: &str) -> bool {
    let trimmed = cell.trim();
    missing.iter().any(|m| m == cell || m == trimmed)
}

/// What is to be said of a cell that could not be read; its place is to be added.
pub(super) fn unreadable(spec: &FieldSpec, cell: &str, fault: Fault) -> Finding {
    let (code, expected) = fault;
    let name = &spec.column.name;
    let mut message = format!("The value of `{name}` is not {expected}; it is kept as missing.");
    let help = match &spec.parse {
        _ if code == TOO_LONG.0 => {
            "Look for a quotation mark that is not closed; long texts are of no use in a table."
                .to_owned()
        }
        Parse::Number(format) | Parse::Integer(format) if code == "data-not-a-number" => format!(
            "Correct it, list it in `missingValues` if it means that there is none, or set `decimalChar` (now `{}`), `groupChar` or `bareNumber`.",
            format.decimal
        ),
        Parse::Date(format) | Parse::DateTime(format) => match no_day::no_day(cell, format) {
            Some(why) => {
                message =
                    format!("The value of `{name}` is not a day: {why}; it is kept as missing.");
                "Correct it, or list it in `missingValues` if it means that there is none."
                    .to_owned()
            }
            None => {
                if let DateFormat::Pattern(pattern) = format {
                    let day = no_day::shown(pattern);
                    message = format!(
                        "The value of `{name}` is not a day as {day} (`{pattern}`); it is kept as missing."
                    );
                }
                day_help(format)
            }
        },
        Parse::Boolean(yes, no) => format!(
            "Correct it, or set `trueValues` (now {}) and `falseValues` (now {}).",
            yes.join(", "),
            no.join(", ")
        ),
        _ => "Correct it, or list it in `missingValues` if it means that there is none.".to_owned(),
    };
    Finding::warning(code, message, help)
        .in_column(name)
        .with_value(cell)
}

/// What to do about a cell that is not written as its column's days are.
fn day_help(format: &DateFormat) -> String {
    match format {
        DateFormat::Iso => {
            "Correct it, or set the field's `format` to the pattern of its dates, as `%d/%m/%Y`."
                .to_owned()
        }
        DateFormat::Pattern(pattern) => format!(
            "Correct it; if all days of the column are written otherwise, change the field's `format` (now `{pattern}`)."
        ),
        DateFormat::Any => "Correct it, or set the field's `format` (now `any`: 2019-05-31, or 31/05/2019 with the day first) to the pattern of its dates.".to_owned(),
    }
}

/// A column's values while they are read. Where a value is missing stands a zero.
pub(super) enum Build {
    Numbers(Vec<f64>),
    Truths(BitmapBuilder),
    Days(Vec<i32>),
    Texts(Vec<u32>, Arc<CategoricalMapping>),
}

impl Build {
    fn new(r#type: Type, kind: &DataType) -> Self {
        match (r#type, typed::shared_words(kind)) {
            (_, Some(words)) => Build::Texts(Vec::new(), words),
            (Type::Boolean, None) => Build::Truths(BitmapBuilder::new()),
            (Type::Date, None) => Build::Days(Vec::new()),
            _ => Build::Numbers(Vec::new()),
        }
    }

    fn zero(&mut self) {
        match self {
            Build::Numbers(values) => values.push(0.0),
            Build::Truths(values) => values.push(false),
            Build::Days(values) => values.push(0),
            Build::Texts(codes, _) => codes.push(0),
        }
    }

    /// The column, and room for the next one.
    fn finish(&mut self, name: &str, kind: &DataType, valid: Option<Bitmap>) -> Column {
        match self {
            Build::Numbers(values) => {
                let values = std::mem::replace(values, Vec::with_capacity(BATCH_ROWS));
                typed::column::<Float64Type>(
                    name,
                    PrimitiveArray::from_vec(values).with_validity(valid),
                )
            }
            Build::Truths(values) => {
                let values = std::mem::take(values).freeze();
                let array = BooleanArray::from(values).with_validity(valid);
                typed::column::<BooleanType>(name, array)
            }
            Build::Days(values) => {
                let values = std::mem::replace(values, Vec::with_capacity(BATCH_ROWS));
                typed::days(name, PrimitiveArray::from_vec(values).with_validity(valid))
            }
            Build::Texts(codes, _) => {
                let codes = std::mem::replace(codes, Vec::with_capacity(BATCH_ROWS));
                let codes = PrimitiveArray::from_vec(codes).with_validity(valid);
                typed::coded_column(name, codes, kind.clone())
            }
        }
    }
}

/// A column while it is read.
pub(super) struct Slot<'a> {
    pub spec: &'a FieldSpec,
    /// Place of the cell in the record.
    pub source: Option<usize>,
    /// The value of all rows of a file that has no such column.
    pub constant: Option<String>,
    pub missing: u64,
    pub invalid: u64,
    kind: DataType,
    build: Build,
    valid: BitmapBuilder,
    joined: String,
}

impl<'a> Slot<'a> {
    pub fn new(spec: &'a FieldSpec) -> Self {
        let kind = typed::carrier(spec.column.r#type);
        Slot {
            spec,
            source: None,
            constant: None,
            missing: 0,
            invalid: 0,
            build: Build::new(spec.column.r#type, &kind),
            kind,
            valid: BitmapBuilder::new(),
            joined: String::new(),
        }
    }

    /// A slot for other rows of the same column.
    pub fn beside(&self) -> Slot<'a> {
        Slot {
            spec: self.spec,
            source: self.source,
            constant: self.constant.clone(),
            missing: 0,
            invalid: 0,
            build: Build::new(self.spec.column.r#type, &self.kind),
            kind: self.kind.clone(),
            valid: BitmapBuilder::new(),
            joined: String::new(),
        }
    }

    /// Makes room for rows.
    pub fn reserve(&mut self, rows: usize) {
        self.valid.reserve(rows);
        match &mut self.build {
            Build::Numbers(values) => values.reserve(rows),
            Build::Truths(values) => values.reserve(rows),
            Build::Days(values) => values.reserve(rows),
            Build::Texts(codes, _) => codes.reserve(rows),
        }
    }

    fn null(&mut self) {
        self.valid.push(false);
        self.build.zero();
    }

    /// Adds the value that all rows of a file have.
    pub fn push_constant(&mut self) -> Option<Fault> {
        let constant = self.constant.take();
        let fault = self.push(constant.as_deref());
        self.constant = constant;
        fault
    }

    /// Adds a cell that can't be read.
    pub fn refuse(&mut self, fault: Fault) -> Option<Fault> {
        self.invalid += 1;
        self.null();
        Some(fault)
    }

    /// Adds entries of a list, joined by [`super::LIST_SEPARATOR`].
    pub fn push_entries(&mut self, joined: &str) -> Option<Fault> {
        if joined.len() > super::files::LONGEST_CELL {
            return self.refuse(TOO_LONG);
        }
        match &mut self.build {
            Build::Texts(codes, words) if !joined.is_empty() => match words.insert_cat(joined) {
                Ok(code) => {
                    codes.push(code);
                    self.valid.push(true);
                    None
                }
                Err(_) => self.refuse(TOO_MANY),
            },
            _ => self.push(None),
        }
    }

    /// Adds a cell of text.
    pub fn push(&mut self, cell: Option<&str>) -> Option<Fault> {
        let spec = self.spec;
        self.push_as(cell, &spec.parse)
    }

    /// Adds a cell that is not written as the column says, but so.
    pub fn push_as(&mut self, cell: Option<&str>, parse: &Parse) -> Option<Fault> {
        let cell = cell.filter(|cell| !is_missing(&self.spec.missing, cell));
        let Some(cell) = cell else {
            self.missing += 1;
            self.null();
            return None;
        };
        if cell.len() > super::files::LONGEST_CELL {
            return self.refuse(TOO_LONG);
        }
        let fault = match (parse, &mut self.build) {
            (Parse::Text, Build::Texts(codes, words)) => match words.insert_cat(cell) {
                Ok(code) => {
                    codes.push(code);
                    self.valid.push(true);
                    return None;
                }
                Err(_) => TOO_MANY,
            },
            (Parse::List(delimiter), Build::Texts(codes, words)) => {
                if !values::list(cell, delimiter, &mut self.joined) {
                    self.missing += 1;
                    self.null();
                    return None;
                }
                match words.insert_cat(&self.joined) {
                    Ok(code) => {
                        codes.push(code);
                        self.valid.push(true);
                        return None;
                    }
                    Err(_) => TOO_MANY,
                }
            }
            (parse, build) => match value(parse, &self.spec.missing_numbers, cell) {
                Ok(None) => {
                    self.missing += 1;
                    self.null();
                    return None;
                }
                Ok(Some(value)) => {
                    let fits = match (value, build) {
                        (Value::Number(value), Build::Numbers(values)) => {
                            values.push(value);
                            true
                        }
                        (Value::Truth(value), Build::Truths(values)) => {
                            values.push(value);
                            true
                        }
                        (Value::Day(value), Build::Days(values)) => {
                            values.push(value);
                            true
                        }
                        _ => false,
                    };
                    if fits {
                        self.valid.push(true);
                        return None;
                    }
                    ("data-not-readable", "a value of the column's type")
                }
                Err(fault) => fault,
            },
        };
        self.refuse(fault)
    }

    /// The column of the rows pushed since the last call.
    pub fn finish(&mut self) -> Column {
        let valid = std::mem::take(&mut self.valid).into_opt_validity();
        self.build.finish(&self.spec.column.name, &self.kind, valid)
    }
}

/// A column can't have more different texts than there are codes.
const TOO_MANY: Fault = (
    "data-not-readable",
    "one of the first 4294967295 different texts",
);

/// A cell of text as long as that is a mistake, or of no use in an evaluation.
const TOO_LONG: Fault = ("data-cell-too-long", "a text of at most 1 MiB");

/// The rows pushed into the slots since the last call, as a frame.
pub(super) fn frame(slots: &mut [Slot<'_>], rows: usize) -> Result<DataFrame, Stop> {
    let columns = slots.iter_mut().map(Slot::finish).collect();
    DataFrame::new(rows, columns).map_err(|error| super::files::unreadable("table", &error))
}

/// Findings of one file. The first of a kind are kept and the rest counted, without making each of them.
pub(super) struct Notes<'a> {
    file: &'a DataFile,
    tally: Tally,
    columns: usize,
}

impl<'a> Notes<'a> {
    pub fn new(file: &'a DataFile, columns: usize) -> Self {
        Notes {
            file,
            tally: Tally::default(),
            columns,
        }
    }

    pub fn invalid(
        &mut self,
        at: usize,
        spec: &FieldSpec,
        cell: &str,
        fault: Fault,
        line: u64,
        row: u64,
    ) {
        self.tally.push(fault.0, at, || {
            unreadable(spec, cell, fault)
                .in_file(&self.file.shown)
                .at_line(line)
                .at_row(row)
        });
    }

    /// Counts more cells that can't be read, of a kind that is listed already.
    pub fn more_invalid(&mut self, at: usize, code: &'static str, count: u64) {
        self.tally.again(code, at, count);
    }

    pub fn ragged(&mut self, found: usize, width: usize, line: u64, row: u64) {
        let (code, rest) = if found < width {
            ("data-too-few-cells", "the last ones are kept as missing")
        } else {
            ("data-too-many-cells", "the surplus ones are ignored")
        };
        self.tally.push(code, self.columns, || {
            let message = format!("The row has {found} cells where the header has {width}; {rest}.");
            let help = "Look for a missing or surplus delimiter, or for text with a delimiter that is not quoted.";
            Finding::error(code, message, help).in_file(&self.file.shown).at_line(line).at_row(row)
        });
    }

    /// A line that is no object of JSON.
    pub fn no_object(&mut self, why: &str, text: &str, line: u64, row: u64) {
        self.tally.push("data-not-an-object", self.columns, || {
            let message = format!(
                "The line is no JSON object ({why}); its row is kept with all columns missing."
            );
            let help = "Write each row as an object in a line of its own, as `{\"id\": \"a\", \"amount\": 1.5}`.";
            Finding::error("data-not-an-object", message, help)
                .in_file(&self.file.shown)
                .at_line(line)
                .at_row(row)
                .with_value(&crate::finding::shorten(text, 200))
        });
    }

    pub fn close(self, findings: &mut Findings) {
        self.tally.close(findings);
    }
}
