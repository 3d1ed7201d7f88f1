//! Text tables whose every record is one line with as many cells as the header: read by polars, many lines at once.
//!
//! Where a file holds a quotation mark, a line with fewer or more cells or an empty line, its records are read one by one
//! by [`super::text`], which can say which line is wrong.

use super::BATCH_ROWS;
use super::cells::{self, Fault, Slot};
use super::files;
use crate::finding::{Findings, Stop};
use memchr::{memchr, memchr_iter, memchr2_iter};
use polars::prelude::*;
use rayon::prelude::*;
use std::io::Cursor;
use std::sync::Arc;

/// How the cells of a line are parted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// What stands between two cells.
    pub delimiter: u8,
    /// What may enclose a cell; a file that has it is not read here.
    pub quote: Option<u8>,
    /// Cells of each line.
    pub width: usize,
}

/// What lines gave.
pub(super) struct Lines {
    /// The rows, with the columns of the slots.
    pub frame: DataFrame,
    /// Per slot: missing and invalid cells.
    pub counts: Vec<(u64, u64)>,
    /// Cells that can't be read, row by row: those that may be listed.
    pub faults: Vec<Unread>,
    /// Further ones: slot, code, and how many.
    pub further: Vec<(usize, &'static str, u64)>,
}

/// A cell that can't be read.
pub(super) struct Unread {
    /// Row of the lines, from 0.
    pub row: usize,
    /// Slot of its column.
    pub slot: usize,
    /// The text.
    pub cell: String,
    /// Why.
    pub fault: Fault,
}

/// Reads lines into frames: the first of `first` rows, the others of [`BATCH_ROWS`], the last of what is left.
///
/// `None` where a line is not as the others.
///
/// # Errors
/// A [`Stop`] when a frame can't be made: a fault of the program.
pub(super) fn read(
    text: &str,
    line: Line,
    slots: &[Slot<'_>],
    first: usize,
) -> Result<Option<Vec<Lines>>, Stop> {
    let bytes = text.as_bytes();
    let quoted = line.quote.is_some_and(|quote| memchr(quote, bytes).is_some());
    if quoted || line.width == 0 || slots.iter().all(|slot| slot.source.is_none()) {
        return Ok(None);
    }
    let pieces = pieces(text, first);
    let even = pieces.par_iter().all(|(piece, _)| is_even(piece.as_bytes(), line));
    if !even {
        return Ok(None);
    }
    let read: Vec<Result<Option<Lines>, Stop>> = pieces
        .par_iter()
        .map(|(piece, rows)| lines(piece, *rows, line, slots))
        .collect();
    read.into_iter().collect()
}

/// The text cut after so many lines, each piece with its number of lines.
fn pieces(text: &str, first: usize) -> Vec<(&str, usize)> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let (mut start, mut lines, mut size) = (0, 0, first);
    let mut cut = |end: usize, lines: usize, start: &mut usize| {
        if let Some(piece) = text.get(*start..end).filter(|piece| !piece.is_empty()) {
            pieces.push((piece, lines));
        }
        *start = end;
    };
    for end in memchr_iter(b'\n', bytes) {
        lines += 1;
        if lines == size {
            cut(end + 1, lines, &mut start);
            (lines, size) = (0, BATCH_ROWS);
        }
    }
    let open = bytes.last().is_some_and(|b| *b != b'\n');
    cut(bytes.len(), lines + usize::from(open), &mut start);
    pieces
}

/// Whether each line has as many cells as there should be, and ends as lines do.
fn is_even(bytes: &[u8], line: Line) -> bool {
    let returns = memchr_iter(b'\r', bytes);
    for at in returns {
        if bytes.get(at + 1) != Some(&b'\n') {
            return false;
        }
    }
    let (mut cells, mut start) = (1, 0);
    let is_line = |cells: usize, start: usize, end: usize| {
        let empty = bytes.get(start..end).is_none_or(|l| matches!(l, b"" | b"\r"));
        cells == line.width && !empty
    };
    for at in memchr2_iter(line.delimiter, b'\n', bytes) {
        if bytes.get(at) == Some(&b'\n') {
            if !is_line(cells, start, at) {
                return false;
            }
            (cells, start) = (1, at + 1);
        } else {
            cells += 1;
        }
    }
    start == bytes.len() || is_line(cells, start, bytes.len())
}

/// Reads lines that are known to be even; `None` should polars see something else in them.
fn lines(
    text: &str,
    rows: usize,
    line: Line,
    slots: &[Slot<'_>],
) -> Result<Option<Lines>, Stop> {
    let names = (0..line.width).map(|at| (PlSmallStr::from(at.to_string()), DataType::String));
    let mut wanted: Vec<usize> = slots.iter().filter_map(|slot| slot.source).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.iter().any(|at| *at >= line.width) {
        return Ok(None);
    }
    let parse = CsvParseOptions {
        separator: line.delimiter,
        quote_char: None,
        missing_is_null: false,
        ..CsvParseOptions::default()
    };
    let read = CsvReadOptions::default()
        .with_has_header(false)
        .with_schema(Some(Arc::new(names.collect::<Schema>())))
        .with_projection(Some(Arc::new(wanted.clone())))
        .with_n_threads(Some(1))
        .with_chunk_size(text.len().max(1))
        .with_parse_options(parse)
        .into_reader_with_file_handle(Cursor::new(text.as_bytes()))
        .finish();
    let Ok(read) = read else {
        return Ok(None);
    };
    if read.height() != rows || read.width() != wanted.len() {
        return Ok(None);
    }
    let mut own: Vec<Slot<'_>> = slots.iter().map(Slot::beside).collect();
    let mut faults = Vec::new();
    let mut further: Vec<(usize, &'static str, u64)> = Vec::new();
    for (at, slot) in own.iter_mut().enumerate() {
        slot.reserve(rows);
        let column = slot.source.and_then(|source| wanted.binary_search(&source).ok());
        let Some(column) = column.and_then(|at| read.columns().get(at)) else {
            (0..rows).for_each(|_| {
                slot.push(None);
            });
            continue;
        };
        let texts = column.as_materialized_series();
        let texts = texts.str().map_err(|error| files::unreadable("table", &error))?;
        // Listed so far, by code.
        let mut listed: Vec<(&'static str, u64)> = Vec::new();
        for (row, cell) in texts.downcast_iter().flat_map(|piece| piece.iter()).enumerate() {
            let Some(fault) = slot.push(cell) else {
                continue;
            };
            let known = listed.iter_mut().find(|(code, _)| *code == fault.0);
            let count = match known {
                Some((_, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    listed.push((fault.0, 1));
                    1
                }
            };
            if count <= Findings::LISTED {
                let cell = cell.unwrap_or_default().to_owned();
                let slot = at;
                faults.push(Unread {
                    row,
                    slot,
                    cell,
                    fault,
                });
            }
        }
        let surplus = |(code, count): (&'static str, u64)| (at, code, count - Findings::LISTED);
        let many = listed.into_iter().filter(|(_, count)| *count > Findings::LISTED);
        further.extend(many.map(surplus));
    }
    faults.sort_by_key(|unread| (unread.row, unread.slot));
    let counts = own.iter().map(|slot| (slot.missing, slot.invalid)).collect();
    Ok(Some(Lines {
        frame: cells::frame(&mut own, rows)?,
        counts,
        faults,
        further,
    }))
}
