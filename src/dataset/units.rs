//! Reading a table in units of work, which an engine may share out over threads.

use super::typed::Cells;
use super::{BATCH_ROWS, Source, Table, column_files, files};
use crate::finding::{Finding, Stop, nearest};
use polars::prelude::DataFrame;
use rayon::prelude::*;
use std::collections::HashSet;

/// A piece of a table: a frame in memory, or a row group of a file.
#[derive(Debug, Clone)]
pub struct Unit {
    kind: Kind,
    rows: u64,
}

#[derive(Debug, Clone)]
enum Kind {
    Memory(DataFrame),
    Files(column_files::Group),
}

/// The units of a table, in row order, for the columns asked for (which may be none: the batches then have rows only).
///
/// # Errors
/// A [`Stop`] when a column does not exist or a file can't be read.
pub fn units(table: &Table, columns: &[String]) -> Result<Vec<Unit>, Stop> {
    // Many names are looked up at once: a table may have tens of thousands of columns.
    let known: Option<HashSet<&str>> =
        (columns.len() > 8).then(|| table.columns.iter().map(|c| c.name.as_str()).collect());
    for name in columns {
        let is_there = match &known {
            Some(known) => known.contains(name.as_str()),
            None => table.column(name).is_some(),
        };
        if !is_there {
            let names = table.columns.iter().map(|c| c.name.as_str());
            let help = match nearest(name, names) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Table `{}` has no such column.", table.name),
            };
            let message = format!("The table `{}` has no column `{name}`.", table.name);
            return Err(Finding::error("data-unknown-column", message, help)
                .in_column(name)
                .into());
        }
    }
    match &table.source {
        Source::Memory(frames) => frames
            .iter()
            .map(|frame| {
                let frame = project(frame, columns, &table.name)?;
                Ok(Unit {
                    rows: frame.height() as u64,
                    kind: Kind::Memory(frame),
                })
            })
            .collect(),
        Source::Files(files) => {
            let groups = column_files::groups(table, files, columns);
            Ok(groups
                .into_iter()
                .map(|g| Unit {
                    rows: g.rows(),
                    kind: Kind::Files(g),
                })
                .collect())
        }
    }
}

/// The columns asked for, each in one piece.
fn project(frame: &DataFrame, columns: &[String], table: &str) -> Result<DataFrame, Stop> {
    let fault = |error| files::unreadable(table, &error);
    let mut found = Vec::with_capacity(columns.len());
    for name in columns {
        let column = frame.column(name).map_err(fault)?;
        found.push(column.rechunk());
    }
    DataFrame::new(frame.height(), found).map_err(fault)
}

impl Unit {
    /// Rows of the unit.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The batches of the unit, of at most [`BATCH_ROWS`] rows, with the columns asked for in the order asked for and
    /// of the polars types of [`super::Type`].
    ///
    /// # Errors
    /// A [`Stop`] when the file can't be opened; an item is one when it can't be read further.
    pub fn read(&self) -> Result<Batches, Stop> {
        Ok(match &self.kind {
            Kind::Memory(frame) => Batches(Inner::Memory(frame.clone(), 0)),
            Kind::Files(group) => Batches(Inner::Files(Box::new(group.read()?))),
        })
    }
}

/// The batches of a [`Unit`].
pub struct Batches(Inner);

enum Inner {
    Memory(DataFrame, usize),
    Files(Box<column_files::GroupReader>),
}

impl Iterator for Batches {
    type Item = Result<DataFrame, Stop>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inner::Memory(frame, at) => {
                let left = frame.height().checked_sub(*at).filter(|n| *n > 0)?;
                let slice = frame.slice(*at as i64, left.min(BATCH_ROWS));
                *at += slice.height();
                Some(Ok(slice))
            }
            Inner::Files(reader) => reader.next(),
        }
    }
}

/// Goes through a table batch by batch, with the number of the batch's first row (from 0).
pub(super) fn scan(
    table: &Table,
    columns: &[String],
    mut see: impl FnMut(u64, &DataFrame) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut first = 0;
    for unit in units(table, columns)? {
        for batch in unit.read()? {
            let batch = batch?;
            see(first, &batch)?;
            first += batch.height() as u64;
        }
    }
    Ok(())
}

/// Rows of a file that a check looks at where it would otherwise have to read the whole file for itself: more than a
/// spreadsheet holds.
pub(super) const SEEN: u64 = 1 << 20;

/// Rows of a table that a check looks at: all where they are in memory, else the first [`SEEN`] and the rest of their batch.
pub(super) fn seen(table: &Table) -> u64 {
    match table.source {
        Source::Memory(_) => table.rows,
        Source::Files(_) => table.rows.min(SEEN),
    }
}

/// As [`scan`], but of a table in files no more than its first rows (see [`seen`]).
pub(super) fn scan_seen(
    table: &Table,
    columns: &[String],
    mut see: impl FnMut(u64, &DataFrame) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let most = seen(table);
    let mut first = 0;
    for unit in units(table, columns)? {
        for batch in unit.read()? {
            if first >= most {
                return Ok(());
            }
            let batch = batch?;
            see(first, &batch)?;
            first += batch.height() as u64;
        }
    }
    Ok(())
}

/// What a function gives for each batch that [`scan_seen`] goes through, worked out on all threads, in row order.
pub(super) fn each_seen<T: Send>(
    table: &Table,
    columns: &[String],
    see: impl Fn(u64, &DataFrame) -> Result<T, Stop> + Sync,
) -> Result<Vec<T>, Stop> {
    let mut started = Vec::new();
    let mut first = 0;
    for unit in units(table, columns)? {
        if first >= seen(table) {
            break;
        }
        let rows = unit.rows();
        started.push((first, unit));
        first += rows;
    }
    let most = seen(table);
    let found: Result<Vec<Vec<T>>, Stop> = started
        .into_par_iter()
        .map(|(from, unit)| {
            let mut at = from;
            let mut found = Vec::new();
            for batch in unit.read()? {
                if at >= most {
                    break;
                }
                let batch = batch?;
                found.push(see(at, &batch)?);
                at += batch.height() as u64;
            }
            Ok(found)
        })
        .collect();
    Ok(found?.into_iter().flatten().collect())
}

/// As [`each_seen`], of each column for itself: for each batch, what a function gives of each column asked for.
pub(super) fn each_column_seen<T: Send>(
    table: &Table,
    columns: &[String],
    see: impl Fn(&Cells<'_>) -> T + Sync,
) -> Result<Vec<Vec<T>>, Stop> {
    each_seen(table, columns, |_, frame| {
        let one = |column| Ok(see(&Cells::of(column)?));
        frame.columns().iter().map(one).collect()
    })
}
