//! Rows that are none: without any value, or with the names of the columns once more.

use super::cells::{Slot, is_missing};
use super::declare::{FieldSpec, Format, TableSpec};
use super::rows::{Rows, in_words};
use super::typed::Cells;
use super::units;
use super::{Source, Table, Type, files};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::TableQuality;
use polars::prelude::{BooleanChunked, DataFrame};
use polars_arrow::array::StaticArray as _;
use rustc_hash::FxHashSet;

/// A record that is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRow {
    /// Without any value.
    Blank,
    /// The names of the columns.
    Header,
}

/// Tells records of a text file that are no rows.
pub(super) struct Records<'s> {
    /// For each cell of a record: the column that it belongs to.
    cells: Vec<Option<&'s FieldSpec>>,
    header: bool,
}

impl<'s> Records<'s> {
    /// Of files whose records have so many cells, with columns in these slots; `header` where they have names.
    pub fn new(slots: &[Slot<'s>], width: usize, header: bool) -> Self {
        let mut cells = vec![None; width];
        let mut bound = 0;
        for slot in slots {
            let spec = slot.spec;
            if let Some(cell) = slot.source.and_then(|at| cells.get_mut(at)) {
                *cell = Some(spec);
                bound += 1;
            }
        }
        Records {
            cells,
            header: header && bound > 1,
        }
    }

    /// Whether a record with this first cell may be no row: told without looking at the others.
    pub fn may_be_none(&self, first: &str) -> bool {
        match self.cells.first() {
            _ if self.cells.len() < 2 => false,
            Some(Some(spec)) => {
                is_blank(spec, first) || (self.header && first.trim() == spec.column.name)
            }
            _ => self.header || first.trim().is_empty(),
        }
    }

    /// Why a record is no row. In a table of one column each line is a row.
    pub fn of<'c>(&self, cells: impl Iterator<Item = &'c str> + Clone) -> Option<NoRow> {
        if self.cells.len() < 2 {
            return None;
        }
        let known = |at: usize| self.cells.get(at).copied().flatten();
        let blank = |(at, cell): (usize, &str)| match known(at) {
            Some(spec) => is_blank(spec, cell),
            None => cell.trim().is_empty(),
        };
        if cells.clone().enumerate().all(blank) {
            return Some(NoRow::Blank);
        }
        let named = |(at, cell): (usize, &str)| {
            known(at).is_none_or(|spec| cell.trim() == spec.column.name)
        };
        let whole = cells.clone().count() >= self.cells.len();
        (self.header && whole && cells.enumerate().all(named)).then_some(NoRow::Header)
    }
}

/// Whether a cell says nothing at all. "Refused" and other missing values with a label are answers of their own kind.
fn is_blank(spec: &FieldSpec, cell: &str) -> bool {
    cell.trim().is_empty() || (is_missing(&spec.missing, cell) && !is_missing(&spec.labelled, cell))
}

/// Records of a file that are no rows, by their lines.
#[derive(Default)]
pub(super) struct Left {
    blank: (u64, Vec<u64>),
    header: (u64, Vec<u64>),
}

impl Left {
    /// Notes one.
    pub fn push(&mut self, what: NoRow, line: u64) {
        let kind = match what {
            NoRow::Blank => &mut self.blank,
            NoRow::Header => &mut self.header,
        };
        kind.0 += 1;
        if kind.1.len() < 3 {
            kind.1.push(line);
        }
    }

    /// A finding on each kind.
    pub fn close(self, shown: &str, what: &str, findings: &mut Findings) {
        for (kind, (count, places)) in [(NoRow::Blank, self.blank), (NoRow::Header, self.header)] {
            let Some(first) = places.first().copied() else {
                continue;
            };
            let finding = said(kind, count, &in_words(what, &places)).in_file(shown);
            findings.push(match what {
                "line" => finding.at_line(first),
                _ => finding.at_row(first),
            });
        }
    }
}

fn said(kind: NoRow, count: u64, places: &str) -> Finding {
    let (rows, are, say) = match count {
        1 => ("row", "is", "says"),
        _ => ("rows", "are", "say"),
    };
    let more = if count > 3 { ", for example" } else { "" };
    match kind {
        NoRow::Blank => Finding::info(
            "data-blank-rows",
            format!("{count} {rows} without any value {are} left out{more} ({places})."),
            "Nothing has to change; look there if rows were lost, and delete what is empty.",
        ),
        NoRow::Header => Finding::warning(
            "data-repeated-header",
            format!(
                "{count} {rows} {say} the names of the columns once more, and {are} left out{more} ({places})."
            ),
            "Delete it; where files were put together, make sure that their columns stand in the same order.",
        ),
    }
}

/// Leaves out the rows of a table without lines that have no value at all; gives their number.
pub(super) fn without_value(
    table: &mut Table,
    spec: &TableSpec,
    rows: &mut Rows,
    quality: &TableQuality,
    findings: &mut Findings,
) -> Result<u64, Stop> {
    if !matches!(spec.format, Format::Parquet | Format::Arrow | Format::Frame) {
        return Ok(0);
    }
    let given = |name: &str| {
        let mut partitions = spec.files.iter().flat_map(|file| &file.partitions);
        partitions.any(|(known, _)| known == name)
    };
    let mut columns: Vec<(u64, &str)> = quality
        .columns
        .iter()
        .filter(|column| !given(&column.name))
        .map(|column| (column.missing, column.name.as_str()))
        .collect();
    columns.sort_by_key(|(missing, _)| *missing);
    // Which cells had a value that can't be read is not known any more, and a row with one is a row.
    if quality.columns.iter().any(|column| column.invalid > 0) {
        return Ok(0);
    }
    // Where a column has a value in every row there is nothing to look for, and that is the usual case.
    if columns.len() < 2 || columns.first().is_none_or(|(missing, _)| *missing == 0) {
        return Ok(0);
    }
    let mut left: Option<Vec<u64>> = None;
    for (_, name) in columns {
        let mut without = Vec::new();
        let before = left.take();
        units::scan(table, &[name.to_owned()], |first, frame| {
            let cells = frame.columns().first().map(Cells::of).transpose()?;
            let Some(cells) = cells else { return Ok(()) };
            match &before {
                None => {
                    let missing = (0..frame.height()).filter(|row| cells.is_missing(*row));
                    without.extend(missing.map(|row| first + row as u64));
                }
                Some(before) => {
                    let from = before.partition_point(|row| *row < first);
                    let to = before.partition_point(|row| *row < first + frame.height() as u64);
                    let there = before.get(from..to).unwrap_or_default().iter();
                    without.extend(there.filter(|row| cells.is_missing((**row - first) as usize)));
                }
            }
            Ok(())
        })?;
        if without.is_empty() {
            return Ok(0);
        }
        left = Some(without);
    }
    let blank = left.unwrap_or_default();
    let Some(first) = blank
        .first()
        .copied()
        .filter(|_| blank.len() as u64 != table.rows)
    else {
        return Ok(0);
    };
    let count = blank.len() as u64;
    let finding = said(NoRow::Blank, count, &rows.named(&blank));
    findings.push(rows.place(first).on(finding));
    leave_out(table, &blank, rows)?;
    Ok(count)
}

/// Leaves out the rows of a table without lines in which every text is the name of its column; gives their number.
pub(super) fn repeated_header(
    table: &mut Table,
    spec: &TableSpec,
    rows: &mut Rows,
    findings: &mut Findings,
) -> Result<u64, Stop> {
    if !matches!(spec.format, Format::Parquet | Format::Arrow | Format::Frame) {
        return Ok(0);
    }
    let names: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.r#type == Type::Text)
        .map(|column| column.name.clone())
        .collect();
    if names.len() < 2 {
        return Ok(0);
    }
    let found = units::each_seen(table, &names, |first, frame| {
        let mut left: Option<Vec<usize>> = None;
        for (column, name) in frame.columns().iter().zip(&names) {
            let Cells::Texts(words) = Cells::of(column)? else {
                continue;
            };
            let own = words.each(|word| word.trim() == name);
            let is = |row: &usize| {
                let code = words.codes.get(*row);
                code.is_some_and(|code| own.get(code) == Some(&true))
            };
            let rows: Vec<usize> = match left.take() {
                None => (0..frame.height()).filter(is).collect(),
                Some(before) => before.into_iter().filter(is).collect(),
            };
            if rows.is_empty() {
                return Ok(Vec::new());
            }
            left = Some(rows);
        }
        let rows = left.unwrap_or_default().into_iter();
        Ok(rows.map(|row| first + row as u64).collect())
    })?;
    let headers: Vec<u64> = found.into_iter().flatten().collect();
    let Some(first) = headers.first().copied() else {
        return Ok(0);
    };
    let count = headers.len() as u64;
    let finding = said(NoRow::Header, count, &rows.named(&headers));
    findings.push(rows.place(first).on(finding));
    leave_out(table, &headers, rows)?;
    Ok(count)
}

/// Takes rows out. A table in files comes into memory for it.
pub(super) fn leave_out(table: &mut Table, gone: &[u64], rows: &mut Rows) -> Result<(), Stop> {
    let gone: FxHashSet<u64> = gone.iter().copied().collect();
    if gone.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    let mut kept_rows = Vec::new();
    let mut frames: Vec<DataFrame> = Vec::new();
    units::scan(table, &names, |first, frame| {
        let keep: Vec<bool> = (0..frame.height())
            .map(|row| !gone.contains(&(first + row as u64)))
            .collect();
        let rows = keep.iter().enumerate().filter(|(_, keep)| **keep);
        kept_rows.extend(rows.map(|(row, _)| first + row as u64));
        let kept = frame
            .filter_seq(&keep.into_iter().collect::<BooleanChunked>())
            .map_err(|error| files::unreadable(&table.name, &error))?;
        if kept.height() > 0 {
            frames.push(kept);
        }
        Ok(())
    })?;
    table.rows = kept_rows.len() as u64;
    table.source = Source::Memory(frames);
    rows.keep(kept_rows);
    Ok(())
}
