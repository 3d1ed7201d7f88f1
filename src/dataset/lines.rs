//! Text tables whose every record is one line with as many cells as the header: many lines at once, on all threads.
//!
//! Where a file holds a quotation mark, a line with fewer or more cells, or a line without any value, its records are read one
//! by one by [`super::text`], which can say which line is wrong. (polars' own reader was tried here: with all columns as text
//! the same evaluation took 1.7 times the processor time and twice the memory, since it copies every cell, and it fills up short
//! lines without a word.)

use super::BATCH_ROWS;
use super::cells::{self, Fault, Slot};
use super::surplus::Records;
use crate::finding::{Findings, Stop};
use memchr::{memchr, memchr_iter, memchr2_iter};
use polars::prelude::DataFrame;
use rayon::prelude::*;

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
    (line, records): (Line, &Records<'_>),
    slots: &[Slot<'_>],
    first: usize,
) -> Result<Option<Vec<Lines>>, Stop> {
    let bytes = text.as_bytes();
    let quoted = line
        .quote
        .is_some_and(|quote| memchr(quote, bytes).is_some());
    if quoted || line.width == 0 || slots.iter().all(|slot| slot.source.is_none()) {
        return Ok(None);
    }
    let read: Vec<Result<Option<Lines>, Stop>> = pieces(text, first)
        .par_iter()
        .map(|piece| lines(piece, line, records, slots))
        .collect();
    read.into_iter().collect()
}

/// The text cut after so many lines.
fn pieces(text: &str, first: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut lines, mut size) = (0, 0, first);
    for end in memchr_iter(b'\n', text.as_bytes()) {
        lines += 1;
        if lines == size {
            pieces.extend(text.get(start..=end));
            (start, lines, size) = (end + 1, 0, BATCH_ROWS);
        }
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}

/// Reads lines; `None` where one is not as the others.
fn lines(
    text: &str,
    line: Line,
    records: &Records<'_>,
    slots: &[Slot<'_>],
) -> Result<Option<Lines>, Stop> {
    let bytes = text.as_bytes();
    for at in memchr_iter(b'\r', bytes) {
        if bytes.get(at + 1) != Some(&b'\n') {
            return Ok(None);
        }
    }
    let mut own: Vec<Slot<'_>> = slots.iter().map(Slot::beside).collect();
    own.iter_mut().for_each(|slot| slot.reserve(BATCH_ROWS));
    let mut notes = Unreadable::default();
    // Where the cells of a line begin and end.
    let mut cells: Vec<(usize, usize)> = Vec::with_capacity(line.width);
    let (mut rows, mut start) = (0, 0);
    let last = (bytes.last() != Some(&b'\n')).then_some(bytes.len());
    for at in memchr2_iter(line.delimiter, b'\n', bytes).chain(last) {
        if cells.len() == line.width {
            return Ok(None);
        }
        if at < bytes.len() && bytes.get(at) != Some(&b'\n') {
            cells.push((start, at));
            start = at + 1;
            continue;
        }
        let end = match at.checked_sub(1).and_then(|before| bytes.get(before)) {
            Some(b'\r') if at > start => at - 1,
            _ => at,
        };
        cells.push((start, end));
        let empty = cells.len() == 1 && start == end;
        if cells.len() != line.width || empty {
            return Ok(None);
        }
        let written = |(start, end): &(usize, usize)| text.get(*start..*end).unwrap_or_default();
        let first = cells.first().map(written).unwrap_or_default();
        if records.may_be_none(first) && records.of(cells.iter().map(written)).is_some() {
            return Ok(None);
        }
        for (at, slot) in own.iter_mut().enumerate() {
            let place = slot.source.and_then(|source| cells.get(source));
            let cell = place.and_then(|(start, end)| text.get(*start..*end));
            let fault = match slot.source {
                Some(_) => slot.push(cell),
                None => slot.push_constant(),
            };
            if let Some(fault) = fault {
                notes.add(rows, at, cell.unwrap_or_default(), fault);
            }
        }
        cells.clear();
        rows += 1;
        start = at + 1;
    }
    let counts = own
        .iter()
        .map(|slot| (slot.missing, slot.invalid))
        .collect();
    Ok(Some(Lines {
        frame: cells::frame(&mut own, rows)?,
        counts,
        faults: notes.listed,
        further: notes.further,
    }))
}

/// Cells that can't be read: of each kind in a column the first are kept and the rest counted.
#[derive(Default)]
struct Unreadable {
    kinds: Vec<(usize, &'static str, u64)>,
    listed: Vec<Unread>,
    further: Vec<(usize, &'static str, u64)>,
}

impl Unreadable {
    fn add(&mut self, row: usize, slot: usize, cell: &str, fault: Fault) {
        let same = |kind: &&mut (usize, &'static str, u64)| (kind.0, kind.1) == (slot, fault.0);
        let count = match self.kinds.iter_mut().find(same) {
            Some(kind) => {
                kind.2 += 1;
                kind.2
            }
            None => {
                self.kinds.push((slot, fault.0, 1));
                1
            }
        };
        if count <= Findings::LISTED {
            let cell = cell.to_owned();
            self.listed.push(Unread {
                row,
                slot,
                cell,
                fault,
            });
            return;
        }
        match self.further.iter_mut().find(same) {
            Some(kind) => kind.2 += 1,
            None => self.further.push((slot, fault.0, 1)),
        }
    }
}
