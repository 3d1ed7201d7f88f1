//! Files that keep their columns apart (Parquet, Arrow): read with the columns asked for only.

use super::arrays::{Constant, Held, How, Stored, Unread};
use super::arrow_file::{ArrowColumn, ArrowFile};
use super::declare::Format;
use super::files::DataFile;
use super::key_forms::Mended;
use super::list_names::Names;
use super::parquet::{Chunk, FileColumn, Footer, GroupPiece};
use super::values::Parse;
use super::{BATCH_ROWS, Table, Type, files, typed};
use crate::finding::Stop;
use polars::prelude::DataFrame;
use polars_arrow::array::Array;
use rayon::prelude::*;
use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Rows of a row group from which on it is read in parts, so that its columns need not be in memory at once. Tests make
/// do with less.
const LARGE: usize = if cfg!(test) { 300_000 } else { 2_000_000 };

/// Rows of such a part: whole batches.
const PART: usize = if cfg!(test) { 2 } else { 16 } * BATCH_ROWS;

/// Parquet or Arrow files of the same shape, and what the manifest says on reading them.
#[derive(Debug, Clone, Default)]
pub struct ColumnFiles {
    /// The files in order.
    pub paths: Vec<PathBuf>,
    /// How each column is read.
    pub(super) columns: Vec<How>,
    /// The files, opened.
    pub(super) files: Vec<Arc<ColumnFile>>,
}

/// A file, opened.
#[derive(Debug)]
pub(super) struct ColumnFile {
    kind: Kind,
    /// Columns that the folders of the file give, with their value.
    pub partitions: Vec<(String, Option<String>)>,
}

#[derive(Debug)]
enum Kind {
    Parquet(Footer),
    Arrow(ArrowFile),
}

/// What a file says of a column.
pub(super) struct Described<'a> {
    pub name: &'a str,
    pub stored: &'a Stored,
    /// Rows without a value, where the file tells.
    pub nulls: Option<u64>,
    /// Whether the file tells that all its whole numbers are small enough to be exact.
    pub exact: bool,
}

impl ColumnFile {
    /// Opens a file.
    ///
    /// # Errors
    /// A [`Stop`] when it is empty, cut off, damaged, or of another kind.
    pub fn open(file: &DataFile, format: Format) -> Result<ColumnFile, Stop> {
        let kind = match format {
            Format::Arrow => Kind::Arrow(ArrowFile::open(&file.path, &file.shown)?),
            _ => Kind::Parquet(Footer::open(&file.path, &file.shown)?),
        };
        Ok(ColumnFile {
            kind,
            partitions: file.partitions.clone(),
        })
    }

    /// Name in findings.
    pub fn shown(&self) -> &str {
        match &self.kind {
            Kind::Parquet(footer) => &footer.shown,
            Kind::Arrow(file) => &file.shown,
        }
    }

    /// Rows of the file.
    pub fn rows(&self) -> u64 {
        match &self.kind {
            Kind::Parquet(footer) => footer.rows(),
            Kind::Arrow(file) => file.batches().iter().map(|rows| *rows as u64).sum(),
        }
    }

    /// Column names that come again.
    pub fn repeated(&self) -> &[String] {
        match &self.kind {
            Kind::Parquet(footer) => &footer.repeated,
            Kind::Arrow(file) => &file.repeated,
        }
    }

    /// Columns in file order; of those with the same name, the first.
    pub fn columns(&self) -> Vec<Described<'_>> {
        match &self.kind {
            Kind::Parquet(footer) => footer.columns.iter().map(of_parquet).collect(),
            Kind::Arrow(file) => file.columns.iter().map(of_arrow).collect(),
        }
    }

    /// Column by name.
    pub fn column(&self, name: &str) -> Option<Described<'_>> {
        match &self.kind {
            Kind::Parquet(footer) => footer.column(name).map(of_parquet),
            Kind::Arrow(file) => file.column(name).map(of_arrow),
        }
    }

    /// The value that the folders give a column; `None` where they give none.
    pub fn partition(&self, name: &str) -> Option<Option<&str>> {
        let found = self.partitions.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_deref())
    }

    /// The words of an ordered categorical in their order. `None` where the column is no such, or its pieces keep words
    /// that can't be put in one order.
    pub fn ordered_words(&self, name: &str) -> Result<Option<Vec<String>>, Stop> {
        match &self.kind {
            Kind::Parquet(footer) => match footer.column(name) {
                Some(column) => super::parquet::ordered_words(footer, column),
                None => Ok(None),
            },
            Kind::Arrow(file) => match file.column(name) {
                Some(column) => file.ordered_words(column),
                None => Ok(None),
            },
        }
    }

    /// Rows of each row group or batch.
    fn groups(&self) -> Vec<usize> {
        match &self.kind {
            Kind::Parquet(footer) => {
                let groups = 0..footer.metadata.row_groups.len();
                groups.map(|group| footer.group_rows(group)).collect()
            }
            Kind::Arrow(file) => file.batches().to_vec(),
        }
    }
}

fn of_parquet(column: &FileColumn) -> Described<'_> {
    Described {
        name: &column.name,
        stored: &column.stored,
        nulls: column.nulls,
        exact: column.exact,
    }
}

fn of_arrow(column: &ArrowColumn) -> Described<'_> {
    Described {
        name: &column.name,
        stored: &column.stored,
        nulls: column.nulls,
        exact: column.exact,
    }
}

impl ColumnFiles {
    /// The keys of a column are read as those that are meant, and as texts.
    pub(super) fn mend_keys(&mut self, column: &str, numbers: bool, mended: Arc<Mended>) {
        for how in self.columns.iter_mut().filter(|how| how.name == column) {
            how.r#type = Type::Text;
            how.parse = Parse::Text;
            how.keys = Some((numbers, mended.clone()));
            how.kind = typed::words();
        }
    }

    /// The entries of a list column are put together by these names, too. Its words are new ones, since those of
    /// entries that are not put together would stay among the old.
    pub(super) fn name_entries(&mut self, column: &str, names: Arc<Names>) {
        for how in self.columns.iter_mut().filter(|how| how.name == column) {
            how.names.push(names.clone());
            how.kind = typed::words();
        }
    }
}

/// A row group or batch with the columns to read.
#[derive(Debug, Clone)]
pub(super) struct Group {
    file: Arc<ColumnFile>,
    index: usize,
    rows: usize,
    columns: Arc<Vec<How>>,
}

/// The row groups of a table, in order.
pub(super) fn groups(table: &Table, source: &ColumnFiles, columns: &[String]) -> Vec<Group> {
    let known = |name: &String| {
        table.column(name)?;
        source.columns.iter().find(|how| how.name == *name).cloned()
    };
    let columns: Arc<Vec<How>> = Arc::new(columns.iter().filter_map(known).collect());
    let mut groups = Vec::new();
    for file in &source.files {
        for (index, rows) in file.groups().into_iter().enumerate() {
            groups.push(Group {
                file: file.clone(),
                index,
                rows,
                columns: columns.clone(),
            });
        }
    }
    groups
}

impl Group {
    /// Rows of the group.
    pub fn rows(&self) -> u64 {
        self.rows as u64
    }

    /// Starts reading.
    pub fn read(&self) -> Result<GroupReader, Stop> {
        let bytes = match &self.file.kind {
            Kind::Parquet(footer) => {
                let file = File::open(&footer.path)
                    .map_err(|error| files::unreadable(&footer.shown, &error))?;
                Bytes::Parquet(file, self.columns.iter().map(|_| None).collect())
            }
            Kind::Arrow(file) => {
                let asked: Vec<Option<&ArrowColumn>> = self
                    .columns
                    .iter()
                    .map(|how| file.column(&how.name))
                    .collect();
                let there: Vec<&ArrowColumn> = asked.iter().flatten().copied().collect();
                let mut arrays = file.read(self.index, &there)?.into_iter();
                // What there is comes in the order asked for.
                let array = |column: &Option<&ArrowColumn>| column.and_then(|_| arrays.next());
                Bytes::Arrow(asked.iter().map(array).collect())
            }
        };
        Ok(GroupReader {
            bytes,
            group: self.clone(),
            part: if self.rows > LARGE { PART } else { self.rows },
            read: 0,
            frame: DataFrame::empty(),
            given: 0,
        })
    }
}

/// What is kept of a group while it is read, by column.
enum Bytes {
    /// Bytes of the columns, kept while a group is read in parts.
    Parquet(File, Vec<Option<Chunk>>),
    /// The columns; those that are not in the file are `None`.
    Arrow(Vec<Option<Box<dyn Array>>>),
}

/// The batches of a row group.
pub(super) struct GroupReader {
    bytes: Bytes,
    group: Group,
    part: usize,
    /// Rows read so far.
    read: usize,
    /// The rows read last, and how many of them are given out.
    frame: DataFrame,
    given: usize,
}

impl GroupReader {
    /// The next batch.
    pub fn next(&mut self) -> Option<Result<DataFrame, Stop>> {
        if self.given == self.frame.height() {
            let rows = self.next_part()?;
            match self.part(&rows, None) {
                Ok(frame) => self.frame = frame,
                Err(stop) => {
                    self.read = self.group.rows;
                    self.frame = DataFrame::empty();
                    self.given = 0;
                    return Some(Err(stop));
                }
            }
            self.given = 0;
        }
        let length = (self.frame.height() - self.given).min(BATCH_ROWS);
        let batch = self.frame.slice(self.given as i64, length);
        self.given += length;
        Some(Ok(batch))
    }

    fn next_part(&mut self) -> Option<Range<usize>> {
        let from = self.read;
        self.read = self.group.rows.min(from + self.part);
        (from < self.read).then_some(from..self.read)
    }

    /// Reads rows of the group, and notes what can't be read where that is asked for.
    fn part(
        &mut self,
        rows: &Range<usize>,
        mut unread: Option<&mut Unread>,
    ) -> Result<DataFrame, Stop> {
        let file = self.group.file.clone();
        let last = rows.end == self.group.rows;
        let mut columns = Vec::with_capacity(self.group.columns.len());
        for (at, how) in self.group.columns.iter().enumerate() {
            let unread = unread.as_deref_mut();
            let column = match (&mut self.bytes, &file.kind) {
                (Bytes::Parquet(bytes, chunks), Kind::Parquet(footer)) => {
                    let group = self.group.index;
                    match (footer.column(&how.name), chunks.get_mut(at)) {
                        (Some(column), Some(slot)) => {
                            let chunk = match slot.take() {
                                Some(chunk) => chunk,
                                None => Chunk::read(bytes, footer, group, column)?,
                            };
                            let piece = GroupPiece {
                                footer,
                                group,
                                column,
                                chunk: &chunk,
                                rows: rows.clone(),
                            };
                            let read = how.read(&piece, unread)?;
                            *slot = (!last).then_some(chunk);
                            read
                        }
                        _ => not_there(&file, how, rows.len(), unread)?,
                    }
                }
                (Bytes::Arrow(arrays), Kind::Arrow(arrow)) => {
                    match (arrow.column(&how.name), arrays.get(at)) {
                        (Some(column), Some(Some(array))) => {
                            let piece = Held {
                                stored: &column.stored,
                                shown: &arrow.shown,
                                array: array.sliced(rows.start, rows.len()),
                            };
                            how.read(&piece, unread)?
                        }
                        _ => not_there(&file, how, rows.len(), unread)?,
                    }
                }
                _ => not_there(&file, how, rows.len(), unread)?,
            };
            columns.push(column);
        }
        DataFrame::new(rows.len(), columns).map_err(|error| files::unreadable(file.shown(), &error))
    }
}

/// A column that the file does not have: what its folders say, or nothing.
fn not_there(
    file: &ColumnFile,
    how: &How,
    rows: usize,
    unread: Option<&mut Unread>,
) -> Result<polars::prelude::Column, Stop> {
    match file.partition(&how.name) {
        Some(text) => {
            let shown = file.shown();
            how.read(&Constant { text, shown, rows }, unread)
        }
        None => Ok(typed::nothing(&how.name, rows, &how.kind)),
    }
}

/// What reading a whole column tells: rows without a value, and cells that can't be read, with their rows.
pub(super) fn watch(table: &Table, source: &ColumnFiles, name: &str) -> Result<Watched, Stop> {
    let groups = groups(table, source, &[name.to_owned()]);
    // Groups are read at once and looked through in order.
    let seen: Result<Vec<Watched>, Stop> = groups.par_iter().map(watch_group).collect();
    let mut all = Watched::default();
    for seen in seen? {
        all.add(seen);
    }
    Ok(all)
}

/// See [`watch`].
#[derive(Debug, Default)]
pub(super) struct Watched {
    rows: usize,
    /// Rows without a value in the column, for whatever reason.
    pub missing: u64,
    pub unread: Unread,
}

impl Watched {
    fn add(&mut self, next: Watched) {
        self.unread.append(next.unread, self.rows);
        self.rows += next.rows;
        self.missing += next.missing;
    }
}

fn watch_group(group: &Group) -> Result<Watched, Stop> {
    let mut reader = group.read()?;
    let mut all = Watched::default();
    while let Some(rows) = reader.next_part() {
        let mut unread = Unread::default();
        let frame = reader.part(&rows, Some(&mut unread))?;
        let missing = frame.columns().iter().map(|c| c.null_count() as u64);
        all.add(Watched {
            rows: rows.len(),
            missing: missing.sum(),
            unread,
        });
    }
    Ok(all)
}
