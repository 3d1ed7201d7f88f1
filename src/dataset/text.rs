//! Text tables: CSV and TSV become typed frames.

use super::cells::{self, Fault, Notes, Slot};
use super::declare::{FieldsMatch, Format, TableSpec};
use super::escaped::{Escaped, Marks};
use super::files::{self, DataFile};
use super::manifest::Dialect;
use super::rows::Rows;
use super::typed::Cells;
use super::{BATCH_ROWS, header, lines, surplus};
use crate::finding::{Findings, Stop};
use crate::outcome::FileHash;
use csv::{ReaderBuilder, StringRecord};
use polars::prelude::{DataFrame, PolarsError};
use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

/// A table read from text.
#[derive(Default)]
pub(super) struct TextTable {
    pub frames: Vec<DataFrame>,
    pub rows: Rows,
    /// Per column: missing and invalid.
    pub counts: Vec<(u64, u64)>,
    pub hashes: Vec<FileHash>,
    pub findings: Findings,
}

/// Reads the files of a table, one after the other.
pub(super) fn read(spec: &TableSpec) -> Result<TextTable, Stop> {
    let mut slots: Vec<Slot> = spec.fields.iter().map(Slot::new).collect();
    let mut out = TextTable::default();
    let mut frames = Frames::default();
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
        let named = spec.dialect.header != Some(false);
        let records = surplus::Records::new(&slots, width, named);
        let mut left = surplus::Left::default();
        let commented = spec.dialect.comment_rows.as_deref().unwrap_or_default();
        let at_once = match reader.line_of(spec, width).filter(|_| commented.is_empty()) {
            Some(line) => lines::read(reader.rest(), (line, &records), &slots, frames.room())?,
            None => None,
        };
        match at_once {
            Some(pieces) => {
                let mut line = reader.next_line();
                for piece in pieces {
                    let rows = piece.frame.height() as u64;
                    let before = out.rows.count;
                    out.rows.push_lines(line, rows);
                    for (slot, (missing, invalid)) in slots.iter_mut().zip(&piece.counts) {
                        slot.missing += missing;
                        slot.invalid += invalid;
                    }
                    for unread in &piece.faults {
                        let row = unread.row as u64;
                        let (line, row) = (line + row, before + row + 1);
                        let spec = slots[unread.slot].spec;
                        notes.invalid(unread.slot, spec, &unread.cell, unread.fault, line, row);
                    }
                    for (slot, code, count) in piece.further {
                        notes.more_invalid(slot, code, count);
                    }
                    frames.add(piece.frame)?;
                    line += rows;
                }
            }
            None => {
                let mut left_out = Vec::new();
                while reader.next()? {
                    let line = reader.line();
                    if commented.contains(&line) {
                        let first = reader.record.iter().find(|c| !c.trim().is_empty());
                        left_out.push((line, first.unwrap_or_default().to_owned()));
                        continue;
                    }
                    if let Some(none) = records.of(reader.record.iter()) {
                        left.push(none, line);
                        continue;
                    }
                    let row = out.rows.push(line);
                    let record = &reader.record;
                    // Separators at the end of a line are no cells of the table.
                    let surplus = record.len() > width;
                    if record.len() != width
                        && !(surplus && record.iter().skip(width).all(|c| c.trim().is_empty()))
                    {
                        notes.ragged(record.len(), width, line, row);
                    }
                    frames.push(&mut slots, &mut notes, (line, row), |_, slot| {
                        let cell = slot.source.and_then(|i| record.get(i));
                        let fault = match slot.source {
                            Some(_) => slot.push(cell),
                            None => slot.push_constant(),
                        };
                        (cell.unwrap_or_default(), fault)
                    })?;
                }
                frames.flush(&mut slots)?;
                out.findings.extend(header::left_out(&left_out, file));
            }
        }
        notes.close(&mut out.findings);
        left.close(&file.shown, "line", &mut out.findings);
    }
    out.frames = frames.finish();
    out.counts = slots.iter().map(|s| (s.missing, s.invalid)).collect();
    Ok(out)
}

/// Frames of [`BATCH_ROWS`] rows each, whatever the files that they come from; the last one holds what is left.
#[derive(Default)]
pub(super) struct Frames {
    full: Vec<DataFrame>,
    open: Option<DataFrame>,
    /// Rows in the slots.
    pushed: usize,
}

impl Frames {
    /// Rows that the open frame still has room for.
    pub fn room(&self) -> usize {
        BATCH_ROWS - self.open.as_ref().map_or(0, DataFrame::height)
    }

    /// Adds a row, cell by cell: `push` puts one into its slot, and gives its text with what is wrong with it. Full slots become a
    /// frame.
    pub fn push<'c>(
        &mut self,
        slots: &mut [Slot<'_>],
        notes: &mut Notes<'_>,
        (line, row): (u64, u64),
        mut push: impl FnMut(usize, &mut Slot<'_>) -> (&'c str, Option<Fault>),
    ) -> Result<(), Stop> {
        for (at, slot) in slots.iter_mut().enumerate() {
            if let (cell, Some(fault)) = push(at, slot) {
                notes.invalid(at, slot.spec, cell, fault, line, row);
            }
        }
        self.pushed += 1;
        match self.pushed == self.room() {
            true => self.flush(slots),
            false => Ok(()),
        }
    }

    /// Makes a frame of the rows in the slots.
    pub fn flush(&mut self, slots: &mut [Slot<'_>]) -> Result<(), Stop> {
        match std::mem::take(&mut self.pushed) {
            0 => Ok(()),
            rows => self.add(cells::frame(slots, rows)?),
        }
    }

    /// Adds rows, no more than there is room for.
    pub fn add(&mut self, rows: DataFrame) -> Result<(), Stop> {
        let broken = |error: PolarsError| files::unreadable("table", &error);
        let joined = match self.open.take() {
            None => rows,
            Some(mut open) => {
                open.vstack_mut(&rows).map_err(broken)?;
                open.rechunk_mut();
                open
            }
        };
        if joined.height() < BATCH_ROWS {
            self.open = Some(joined);
        } else {
            self.full.push(joined);
        }
        Ok(())
    }

    pub fn finish(self) -> Vec<DataFrame> {
        self.full.into_iter().chain(self.open).collect()
    }
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
    /// Reads in its place where a character takes the meaning of the next away.
    escaped: Option<Escaped<'a>>,
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
        builder.comment(byte(&dialect.comment_char));
        let double = dialect.double_quote.unwrap_or(escape.is_none());
        builder.double_quote(double);
        let escaped = escape.map(|escape| {
            let marks = Marks {
                delimiter: byte(&dialect.delimiter).unwrap_or(usual),
                quote: dialect
                    .quote_char
                    .as_ref()
                    .map_or(Some(b'"'), |c| byte(&Some(c.clone()))),
                double,
                escape,
                comment: byte(&dialect.comment_char),
            };
            Escaped::new(text, marks)
        });
        let record_start = Rc::new(Cell::new(0));
        let guard = Guard {
            text: text.as_bytes(),
            at: 0,
            record_start: record_start.clone(),
        };
        Records {
            text,
            reader: builder.from_reader(guard),
            escaped,
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
        if let Some(escaped) = &mut self.escaped {
            let more = escaped.next(&mut self.record);
            if self.record.as_slice().len() > files::LONGEST_RECORD {
                return Err(files::too_long(self.shown, self.line()));
            }
            self.trim();
            return Ok(more);
        }
        let more = self.reader.read_record(&mut self.record);
        match more {
            Ok(more) => {
                let end = self.reader.position().byte() as usize;
                let long = end.saturating_sub(self.record_start.get()) > files::LONGEST_RECORD;
                if more && long && self.record.as_slice().len() > files::LONGEST_RECORD {
                    return Err(files::too_long(self.shown, self.line()));
                }
                self.record_start.set(end);
                self.trim();
                Ok(more)
            }
            Err(_) => {
                let start = self.record_start.get();
                Err(files::too_long(self.shown, self.line_at(start)))
            }
        }
    }

    /// Takes blanks off the starts of cells, where the dialect says so.
    fn trim(&mut self) {
        if self.trim_start {
            let start = self.record.position().cloned();
            let cells = self.record.iter();
            self.record = cells.map(|cell| cell.trim_start_matches(' ')).collect();
            self.record.set_position(start);
        }
    }

    /// How lines are parted, where the records of this dialect can be lines.
    fn line_of(&self, spec: &TableSpec, width: usize) -> Option<lines::Line> {
        let dialect = &spec.dialect;
        let byte = |c: &String| c.bytes().next().filter(|_| c.len() == 1);
        let usual = if spec.format == Format::Tsv {
            b'\t'
        } else {
            b','
        };
        let delimiter = match &dialect.delimiter {
            None => usual,
            Some(c) => byte(c)?,
        };
        let quote = match &dialect.quote_char {
            None => Some(b'"'),
            Some(c) if c.is_empty() => None,
            Some(c) => Some(byte(c)?),
        };
        let plain = dialect.escape_char.is_none() && self.comment.is_none() && !self.trim_start;
        let parted = !matches!(delimiter, b'\n' | b'\r') && Some(delimiter) != quote;
        (plain && parted).then_some(lines::Line {
            delimiter,
            quote,
            width,
        })
    }

    /// What comes after the records that were read.
    fn rest(&self) -> &'a str {
        let at = self.reader.position().byte() as usize;
        let rest = self.text.get(at..).unwrap_or_default();
        // A record ends with the first of the two characters that end a line.
        let split = at > 0 && self.text.as_bytes().get(at - 1) == Some(&b'\r');
        rest.strip_prefix('\n').filter(|_| split).unwrap_or(rest)
    }

    /// Line in which the rest starts.
    fn next_line(&mut self) -> u64 {
        let at = self.reader.position().byte() as usize;
        self.line_at(at)
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
pub(super) fn cell_text(cells: &Cells<'_>, row: usize) -> Option<String> {
    if cells.is_missing(row) {
        return None;
    }
    Some(match cells {
        Cells::Texts(words) => words.get(row)?.replace(super::LIST_SEPARATOR, ", "),
        Cells::Numbers(numbers) => numbers.value(row).to_string(),
        Cells::Days(days) => crate::indicator::formula::node::date_text(days.value(row)),
        Cells::Truths(truths) => if truths.value(row) { "yes" } else { "no" }.to_owned(),
    })
}
