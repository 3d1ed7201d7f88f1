//! Text tables: CSV and TSV become typed batches.

use super::declare::{FieldSpec, FieldsMatch, Format, TableSpec};
use super::files::{self, DataFile};
use super::manifest::Dialect;
use super::rows::Rows;
use super::values::{self, Parse};
use super::{BATCH_ROWS, Type, header};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::FileHash;
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, StringDictionaryBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use csv::{ReaderBuilder, StringRecord};
use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;
use std::sync::Arc;

/// A table read from text.
pub(super) struct TextTable {
    pub batches: Vec<RecordBatch>,
    pub rows: Rows,
    /// Per column: missing and invalid.
    pub counts: Vec<(u64, u64)>,
    pub hashes: Vec<FileHash>,
    pub findings: Findings,
}

/// Reads the files of a table, one after the other.
pub(super) fn read(spec: &TableSpec) -> Result<TextTable, Stop> {
    let mut slots: Vec<Slot> = spec.fields.iter().map(Slot::new).collect();
    let schema = schema(&spec.fields);
    let mut out = TextTable {
        batches: Vec::new(),
        rows: Rows::default(),
        counts: Vec::new(),
        hashes: Vec::new(),
        findings: Findings::new(),
    };
    let mut in_batch = 0;
    for file in &spec.files {
        let read = files::read_table(file, spec.encoding.as_deref())?;
        out.hashes.push(read.hash);
        if let Some(finding) = read.finding {
            out.findings.push(finding);
        }
        out.rows.start_file(&file.shown);
        let mut notes = Notes::new(file, spec.fields.len());
        let mut reader = Records::new(&read.text, spec, file);
        let Some(width) = header::bind(&mut reader, spec, file, &mut slots, &mut out.findings)?
        else {
            continue;
        };
        while reader.next()? {
            let line = reader.line();
            let row = out.rows.push(line);
            let record = &reader.record;
            if record.len() != width {
                notes.ragged(record.len(), width, line, row);
            }
            for (at, slot) in slots.iter_mut().enumerate() {
                let cell = slot.source.and_then(|i| record.get(i));
                if let Some(fault) = slot.push(cell) {
                    notes.invalid(at, slot.spec, cell.unwrap_or_default(), fault, line, row);
                }
            }
            in_batch += 1;
            if in_batch == BATCH_ROWS {
                out.batches.push(flush(&mut slots, &schema)?);
                in_batch = 0;
            }
        }
        notes.close(&mut out.findings);
    }
    if in_batch > 0 {
        out.batches.push(flush(&mut slots, &schema)?);
    }
    out.counts = slots.iter().map(|s| (s.missing, s.invalid)).collect();
    Ok(out)
}

/// The arrow type that carries a type.
pub(super) fn arrow_type(r#type: Type) -> DataType {
    match r#type {
        Type::Number => DataType::Float64,
        Type::Boolean => DataType::Boolean,
        Type::Date => DataType::Date32,
        Type::Text | Type::List => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
    }
}

fn schema(fields: &[FieldSpec]) -> Arc<Schema> {
    let field = |f: &FieldSpec| Field::new(&f.column.name, arrow_type(f.column.r#type), true);
    Arc::new(Schema::new(fields.iter().map(field).collect::<Vec<_>>()))
}

fn flush(slots: &mut [Slot], schema: &Arc<Schema>) -> Result<RecordBatch, Stop> {
    let columns: Vec<ArrayRef> = slots.iter_mut().map(|s| s.build.finish()).collect();
    RecordBatch::try_new(schema.clone(), columns)
        .map_err(|error| files::unreadable("table", &error))
}

/// Text as a stream that breaks off when a record has no end.
struct Guard<'a> {
    text: &'a [u8],
    at: usize,
    record_start: Rc<Cell<usize>>,
}

impl Read for Guard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at.saturating_sub(self.record_start.get()) > files::LONGEST_RECORD {
            return Err(std::io::Error::other("record too long"));
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.at += n;
        Ok(n)
    }
}

/// The records of a text, with their lines.
pub(super) struct Records<'a> {
    text: &'a str,
    reader: csv::Reader<Guard<'a>>,
    record_start: Rc<Cell<usize>>,
    shown: &'a str,
    trim_start: bool,
    comment: Option<u8>,
    /// Byte and line up to which lines are counted.
    counted: (usize, u64),
    pub record: StringRecord,
}

impl<'a> Records<'a> {
    pub fn new(text: &'a str, spec: &TableSpec, file: &'a DataFile) -> Self {
        let dialect: &Dialect = &spec.dialect;
        let byte = |c: &Option<String>| c.as_ref().and_then(|c| c.as_bytes().first().copied());
        let usual = if spec.format == Format::Tsv {
            b'\t'
        } else {
            b','
        };
        let mut builder = ReaderBuilder::new();
        builder
            .has_headers(false)
            .flexible(true)
            .delimiter(byte(&dialect.delimiter).unwrap_or(usual));
        match &dialect.quote_char {
            Some(c) if c.is_empty() => builder.quoting(false),
            c => builder.quote(byte(c).unwrap_or(b'"')),
        };
        let escape = byte(&dialect.escape_char);
        builder.double_quote(dialect.double_quote.unwrap_or(escape.is_none()));
        builder.escape(escape).comment(byte(&dialect.comment_char));
        let record_start = Rc::new(Cell::new(0));
        let guard = Guard {
            text: text.as_bytes(),
            at: 0,
            record_start: record_start.clone(),
        };
        Records {
            text,
            reader: builder.from_reader(guard),
            record_start,
            shown: &file.shown,
            trim_start: dialect.skip_initial_space == Some(true),
            comment: byte(&dialect.comment_char),
            counted: (0, 1),
            record: StringRecord::new(),
        }
    }

    /// Reads the next record; false at the end.
    pub fn next(&mut self) -> Result<bool, Stop> {
        let more = self.reader.read_record(&mut self.record);
        match more {
            Ok(more) => {
                let end = self.reader.position().byte() as usize;
                let long = end.saturating_sub(self.record_start.get()) > files::LONGEST_RECORD;
                if more && long && self.record.as_slice().len() > files::LONGEST_RECORD {
                    return Err(files::too_long(self.shown, self.line()));
                }
                self.record_start.set(end);
                if more && self.trim_start {
                    self.record = self
                        .record
                        .iter()
                        .map(|cell| cell.trim_start_matches(' '))
                        .collect();
                }
                Ok(more)
            }
            Err(_) => {
                let start = self.record_start.get();
                Err(files::too_long(self.shown, self.line_at(start)))
            }
        }
    }

    /// Line in which the record starts. Empty lines and comments before it are not part of it.
    pub fn line(&mut self) -> u64 {
        let start = self.record_start_before();
        self.line_at(start)
    }

    fn record_start_before(&self) -> usize {
        self.record
            .position()
            .map_or(self.counted.0, |p| p.byte() as usize)
    }

    fn line_at(&mut self, start: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let mut at = start;
        loop {
            match bytes.get(at) {
                Some(b'\n' | b'\r') => at += 1,
                Some(b) if Some(*b) == self.comment => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
                }
                _ => break,
            }
        }
        if at > self.counted.0 {
            let between = bytes.get(self.counted.0..at).unwrap_or_default();
            self.counted = (at, self.counted.1 + files::lines_in(between));
        }
        self.counted.1
    }
}

enum Build {
    Number(Float64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Text(StringDictionaryBuilder<Int32Type>),
}

impl Build {
    fn finish(&mut self) -> ArrayRef {
        match self {
            Build::Number(b) => Arc::new(b.finish()),
            Build::Boolean(b) => Arc::new(b.finish()),
            Build::Date(b) => Arc::new(b.finish()),
            Build::Text(b) => Arc::new(b.finish()),
        }
    }

    fn null(&mut self) {
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
    build: Build,
    missing: u64,
    invalid: u64,
    joined: String,
}

/// Why a cell could not be read: code, and what was expected.
type Fault = (&'static str, &'static str);

impl<'a> Slot<'a> {
    fn new(spec: &'a FieldSpec) -> Self {
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

    fn push(&mut self, cell: Option<&str>) -> Option<Fault> {
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
struct Notes<'a> {
    file: &'a DataFile,
    tally: super::tally::Tally,
    columns: usize,
}

impl<'a> Notes<'a> {
    fn new(file: &'a DataFile, columns: usize) -> Self {
        Notes {
            file,
            tally: super::tally::Tally::default(),
            columns,
        }
    }

    fn invalid(
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

    fn ragged(&mut self, found: usize, width: usize, line: u64, row: u64) {
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

    fn close(self, findings: &mut Findings) {
        self.tally.close(findings);
    }
}

/// Whether columns of the file that the manifest does not declare are an error.
pub(super) fn extra_is_error(rule: FieldsMatch) -> bool {
    matches!(
        rule,
        FieldsMatch::Exact | FieldsMatch::Equal | FieldsMatch::Superset
    )
}

/// The value of a cell as text, as a reader would write it; `None` where it is missing.
pub(super) fn cell_text(array: &arrow_array::ArrayRef, row: usize) -> Option<String> {
    use arrow_array::Array as _;
    use arrow_array::cast::AsArray as _;
    use arrow_array::types::{Date32Type, Float64Type, Int32Type};
    if array.is_null(row) {
        return None;
    }
    if let Some(texts) = array.as_dictionary_opt::<Int32Type>() {
        let code = usize::try_from(texts.keys().value(row)).ok()?;
        let values = texts.values().as_string_opt::<i32>()?;
        return (code < values.len()).then(|| values.value(code).replace(super::LIST_SEPARATOR, ", "));
    }
    if let Some(numbers) = array.as_primitive_opt::<Float64Type>() {
        return Some(numbers.value(row).to_string());
    }
    if let Some(dates) = array.as_primitive_opt::<Date32Type>() {
        return Some(crate::indicator::formula::node::date_text(dates.value(row)));
    }
    array.as_boolean_opt().map(|b| if b.value(row) { "yes" } else { "no" }.to_owned())
}
