//! Text tables: CSV and TSV become typed batches.

use super::cells::{Notes, Slot};
use super::declare::{FieldSpec, FieldsMatch, Format, TableSpec};
use super::files::{self, DataFile};
use super::manifest::Dialect;
use super::rows::Rows;
use super::{BATCH_ROWS, Type, header};
use crate::finding::{Findings, Stop};
use crate::outcome::FileHash;
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
        return (code < values.len())
            .then(|| values.value(code).replace(super::LIST_SEPARATOR, ", "));
    }
    if let Some(numbers) = array.as_primitive_opt::<Float64Type>() {
        return Some(numbers.value(row).to_string());
    }
    if let Some(dates) = array.as_primitive_opt::<Date32Type>() {
        return Some(crate::indicator::formula::node::date_text(dates.value(row)));
    }
    array
        .as_boolean_opt()
        .map(|b| if b.value(row) { "yes" } else { "no" }.to_owned())
}
