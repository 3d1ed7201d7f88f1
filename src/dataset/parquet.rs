//! Parquet tables: columns from the footer, and row groups read with the columns asked for only.

mod decode;
mod footer;
mod shape;
mod stored;
mod write;
mod zones;

pub(super) use footer::{FileColumn, Footer};
pub(super) use shape::{How, Unread};

use super::declare::FieldSpec;
use super::list_names::Names;
use super::{BATCH_ROWS, Column, Table, files, typed};
use crate::finding::Stop;
use decode::{Chunk, TextCells};
use polars::prelude::DataFrame;
use rayon::prelude::*;
use shape::Piece;
use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use stored::Stored;

/// Rows of a row group from which on it is read in parts, so that its columns need not be in memory at once. Tests make
/// do with less.
const LARGE: usize = if cfg!(test) { 300_000 } else { 2_000_000 };

/// Rows of such a part: whole batches.
const PART: usize = if cfg!(test) { 2 } else { 16 } * BATCH_ROWS;

/// Parquet files of the same shape, and what the manifest says on reading them.
#[derive(Debug, Clone, Default)]
pub struct ParquetFiles {
    /// The files in order.
    pub paths: Vec<PathBuf>,
    /// How each column is read; one that is not here is read as its type says.
    pub(super) columns: Vec<How>,
    /// The footers of the files, once they are read.
    pub(super) footers: Vec<Arc<Footer>>,
}

impl From<Vec<PathBuf>> for ParquetFiles {
    fn from(paths: Vec<PathBuf>) -> Self {
        ParquetFiles {
            paths,
            ..ParquetFiles::default()
        }
    }
}

impl ParquetFiles {
    /// The entries of a list column are put together by these names, too. Its words are new ones, since those of
    /// entries that are not put together would stay among the old.
    pub(super) fn name_entries(&mut self, column: &str, names: Arc<Names>) {
        for how in self.columns.iter_mut().filter(|how| how.name == column) {
            how.names.push(names.clone());
            how.kind = typed::words();
        }
    }

    fn how(&self, column: &Column) -> How {
        let known = self.columns.iter().find(|how| how.name == column.name);
        known.cloned().unwrap_or_else(|| {
            let mut field = FieldSpec::bare(&column.name, &column.declared);
            if field.column.r#type != column.r#type {
                field = FieldSpec::bare(&column.name, column.r#type.word());
            }
            How::new(&field)
        })
    }
}

/// A row group with the columns to read.
#[derive(Debug, Clone)]
pub(super) struct Group {
    footer: Arc<Footer>,
    index: usize,
    columns: Arc<Vec<How>>,
}

/// The row groups of a table, in order.
pub(super) fn groups(
    table: &Table,
    source: &ParquetFiles,
    columns: &[String],
) -> Result<Vec<Group>, Stop> {
    let columns = columns.iter().filter_map(|name| table.column(name));
    let columns: Arc<Vec<How>> = Arc::new(columns.map(|column| source.how(column)).collect());
    let mut groups = Vec::new();
    for (at, path) in source.paths.iter().enumerate() {
        let footer = match source.footers.get(at) {
            Some(footer) => footer.clone(),
            None => Arc::new(Footer::open(path, &path.display().to_string())?),
        };
        for index in 0..footer.metadata.row_groups.len() {
            groups.push(Group {
                footer: footer.clone(),
                index,
                columns: columns.clone(),
            });
        }
    }
    Ok(groups)
}

impl Group {
    /// Rows of the group.
    pub fn rows(&self) -> u64 {
        self.footer.group_rows(self.index) as u64
    }

    /// Starts reading.
    pub fn read(&self) -> Result<GroupReader, Stop> {
        let file = File::open(&self.footer.path)
            .map_err(|error| files::unreadable(&self.footer.shown, &error))?;
        let rows = self.footer.group_rows(self.index);
        Ok(GroupReader {
            file,
            chunks: self.columns.iter().map(|_| None).collect(),
            group: self.clone(),
            part: if rows > LARGE { PART } else { rows },
            rows,
            read: 0,
            frame: DataFrame::empty(),
            given: 0,
        })
    }
}

/// The batches of a row group.
pub(super) struct GroupReader {
    file: File,
    group: Group,
    /// Bytes of the columns, kept while a group is read in parts.
    chunks: Vec<Option<Chunk>>,
    rows: usize,
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
                    self.read = self.rows;
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
        self.read = self.rows.min(from + self.part);
        (from < self.read).then_some(from..self.read)
    }

    /// Reads rows of the group, and notes what can't be read where that is asked for.
    fn part(
        &mut self,
        rows: &Range<usize>,
        mut unread: Option<&mut Unread>,
    ) -> Result<DataFrame, Stop> {
        let footer = self.group.footer.clone();
        let group = self.group.index;
        let last = rows.end == self.rows;
        let mut columns = Vec::with_capacity(self.chunks.len());
        for (how, slot) in self.group.columns.iter().zip(&mut self.chunks) {
            let Some(column) = footer.column(&how.name) else {
                columns.push(typed::nothing(&how.name, rows.len(), &how.kind));
                continue;
            };
            let chunk = match slot.take() {
                Some(chunk) => chunk,
                None => Chunk::read(&mut self.file, &footer, group, column)?,
            };
            let piece = Piece {
                footer: &footer,
                group,
                column,
                chunk: &chunk,
                rows: rows.clone(),
            };
            columns.push(how.read(&piece, unread.as_deref_mut())?);
            *slot = (!last).then_some(chunk);
        }
        DataFrame::new(rows.len(), columns)
            .map_err(|error| files::unreadable(&footer.shown, &error))
    }
}

/// What reading a whole column tells: rows without a value, and cells that can't be read, with their rows.
pub(super) fn watch(table: &Table, source: &ParquetFiles, name: &str) -> Result<Watched, Stop> {
    let groups = groups(table, source, &[name.to_owned()])?;
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

/// The words of an ordered categorical in their order. `None` where the column is no such, or its row groups keep
/// words that can't be put in one order.
pub(super) fn ordered_words(
    footer: &Footer,
    column: &FileColumn,
) -> Result<Option<Vec<String>>, Stop> {
    if !column.ordered || !matches!(column.stored, Stored::Texts) {
        return Ok(None);
    }
    let mut file =
        File::open(&footer.path).map_err(|error| files::unreadable(&footer.shown, &error))?;
    let mut longest: Vec<String> = Vec::new();
    let mut all: Vec<Vec<String>> = Vec::new();
    for group in (0..footer.metadata.row_groups.len()).filter(|g| footer.group_rows(*g) > 0) {
        let chunk = Chunk::read(&mut file, footer, group, column)?;
        let TextCells::Coded(_, words) = chunk.texts(footer, group, column, &(0..1))? else {
            return Ok(None);
        };
        let words: Vec<String> = words.values_iter().map(str::to_owned).collect();
        if words.len() > longest.len() {
            longest.clone_from(&words);
        }
        all.push(words);
    }
    let within = |words: &Vec<String>| {
        let mut order = longest.iter();
        words.iter().all(|word| order.any(|known| known == word))
    };
    let one_order = !longest.is_empty() && all.iter().all(within);
    Ok(one_order.then_some(longest))
}
