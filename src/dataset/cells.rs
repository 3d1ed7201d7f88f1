//! Cells of text become the values of a column; what can't be read is noted.

use super::Type;
use super::declare::FieldSpec;
use super::files::DataFile;
use super::tally::Tally;
use super::values::{self, Parse};
use crate::finding::{Finding, Findings};
use arrow_array::ArrayRef;
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, StringDictionaryBuilder,
};
use arrow_array::types::Int32Type;
use std::sync::Arc;

/// A column's values while they are read.
pub(super) enum Build {
    Number(Float64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Text(StringDictionaryBuilder<Int32Type>),
}

impl Build {
    pub fn finish(&mut self) -> ArrayRef {
        match self {
            Build::Number(b) => Arc::new(b.finish()),
            Build::Boolean(b) => Arc::new(b.finish()),
            Build::Date(b) => Arc::new(b.finish()),
            Build::Text(b) => Arc::new(b.finish()),
        }
    }

    pub fn null(&mut self) {
        match self {
            Build::Number(b) => b.append_null(),
            Build::Boolean(b) => b.append_null(),
            Build::Date(b) => b.append_null(),
            Build::Text(b) => b.append_null(),
        }
    }
}

/// A column while it is read.
pub(super) struct Slot<'a> {
    pub spec: &'a FieldSpec,
    /// Place of the cell in the record.
    pub source: Option<usize>,
    pub build: Build,
    pub missing: u64,
    pub invalid: u64,
    joined: String,
}

/// Why a cell could not be read: code, and what was expected.
pub(super) type Fault = (&'static str, &'static str);

impl<'a> Slot<'a> {
    pub fn new(spec: &'a FieldSpec) -> Self {
        let build = match spec.column.r#type {
            Type::Number => Build::Number(Float64Builder::new()),
            Type::Boolean => Build::Boolean(BooleanBuilder::new()),
            Type::Date => Build::Date(Date32Builder::new()),
            Type::Text | Type::List => Build::Text(StringDictionaryBuilder::new()),
        };
        Slot {
            spec,
            source: None,
            build,
            missing: 0,
            invalid: 0,
            joined: String::new(),
        }
    }

    fn is_missing(&self, cell: &str) -> bool {
        let trimmed = cell.trim();
        self.spec.missing.iter().any(|m| m == cell || m == trimmed)
    }

    pub fn push(&mut self, cell: Option<&str>) -> Option<Fault> {
        let Some(cell) = cell.filter(|cell| !self.is_missing(cell)) else {
            self.missing += 1;
            self.build.null();
            return None;
        };
        let fault = match (&self.spec.parse, &mut self.build) {
            (Parse::Text, Build::Text(build)) => {
                build.append_value(cell);
                return None;
            }
            (Parse::List(delimiter), Build::Text(build)) => {
                if values::list(cell, delimiter, &mut self.joined) {
                    build.append_value(&self.joined);
                } else {
                    self.missing += 1;
                    build.append_null();
                }
                return None;
            }
            (Parse::Number(format), Build::Number(build)) => match values::number(cell, format) {
                Some(value) if self.spec.missing_numbers.contains(&value) => {
                    self.missing += 1;
                    build.append_null();
                    return None;
                }
                Some(value) => {
                    build.append_value(value);
                    return None;
                }
                None => ("data-not-a-number", "a number"),
            },
            (Parse::Integer(format), Build::Number(build)) => match values::number(cell, format) {
                Some(value) if self.spec.missing_numbers.contains(&value) => {
                    self.missing += 1;
                    build.append_null();
                    return None;
                }
                Some(value) if value.fract() == 0.0 && value.abs() <= values::EXACT => {
                    build.append_value(value);
                    return None;
                }
                Some(value) if value.fract() == 0.0 => (
                    "data-number-too-large",
                    "a whole number of at most 9007199254740992 (longer codes are `string`)",
                ),
                Some(_) => ("data-not-an-integer", "a whole number"),
                None => ("data-not-a-number", "a whole number"),
            },
            (Parse::Year, Build::Number(build)) => match values::year(cell) {
                Some(value) if self.spec.missing_numbers.contains(&value) => {
                    self.missing += 1;
                    build.append_null();
                    return None;
                }
                Some(value) => {
                    build.append_value(value);
                    return None;
                }
                None => ("data-not-a-year", "a year of four digits"),
            },
            (Parse::Boolean(yes, no), Build::Boolean(build)) => {
                match values::boolean(cell, yes, no) {
                    Some(value) => {
                        build.append_value(value);
                        return None;
                    }
                    None => (
                        "data-not-a-boolean",
                        "one of the column's words for true and false",
                    ),
                }
            }
            (parse, Build::Date(build)) => {
                let (value, fault) = match parse {
                    Parse::DateTime(format) => (
                        values::datetime(cell, format),
                        ("data-not-a-datetime", "a time as 2019-05-31T12:00:00"),
                    ),
                    Parse::YearMonth => (
                        values::yearmonth(cell),
                        ("data-not-a-yearmonth", "a month as 2019-05"),
                    ),
                    Parse::Date(format) => (
                        values::date(cell, format),
                        ("data-not-a-date", "a day as 2019-05-31"),
                    ),
                    _ => (None, ("data-not-a-date", "a day as 2019-05-31")),
                };
                match value {
                    Some(value) => {
                        build.append_value(value);
                        return None;
                    }
                    None => fault,
                }
            }
            _ => ("data-not-readable", "a value of the column's type"),
        };
        self.invalid += 1;
        self.build.null();
        Some(fault)
    }
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
        let (code, expected) = fault;
        self.tally.push(code, at, || {
            let name = &spec.column.name;
            let message = format!("The value of `{name}` is not {expected}; it is kept as missing.");
            let help = match &spec.parse {
                Parse::Number(format) | Parse::Integer(format) if code == "data-not-a-number" => format!(
                    "Correct it, list it in `missingValues` if it means that there is none, or set `decimalChar` (now `{}`), `groupChar` or `bareNumber`.",
                    format.decimal
                ),
                Parse::Date(_) | Parse::DateTime(_) => {
                    "Correct it, or set the field's `format` to the pattern of its dates, as `%d/%m/%Y`.".to_owned()
                }
                Parse::Boolean(yes, no) => format!(
                    "Correct it, or set `trueValues` (now {}) and `falseValues` (now {}).",
                    yes.join(", "),
                    no.join(", ")
                ),
                _ => "Correct it, or list it in `missingValues` if it means that there is none.".to_owned(),
            };
            Finding::warning(code, message, help)
                .in_file(&self.file.shown)
                .at_line(line)
                .at_row(row)
                .in_column(name)
                .with_value(cell)
        });
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

    pub fn close(self, findings: &mut Findings) {
        self.tally.close(findings);
    }
}
