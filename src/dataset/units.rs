//! Reading a table in units of work, which an engine may share out over threads.

use super::text::arrow_type;
use super::{BATCH_ROWS, Source, Table, parquet};
use crate::finding::{Finding, Stop, nearest};
use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema, SchemaRef};
use std::sync::Arc;

/// A piece of a table: a batch in memory, or a row group of a Parquet file.
#[derive(Debug, Clone)]
pub struct Unit {
    kind: Kind,
    rows: u64,
}

#[derive(Debug, Clone)]
enum Kind {
    Memory(RecordBatch),
    Parquet(parquet::Group),
}

/// The units of a table, in row order, for the columns asked for (which may be none: the batches then have rows only).
///
/// # Errors
/// A [`Stop`] when a column does not exist or a file can't be read.
pub fn units(table: &Table, columns: &[String]) -> Result<Vec<Unit>, Stop> {
    let mut fields = Vec::with_capacity(columns.len());
    for name in columns {
        let Some(column) = table.column(name) else {
            let names = table.columns.iter().map(|c| c.name.as_str());
            let help = match nearest(name, names) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Table `{}` has no such column.", table.name),
            };
            let message = format!("The table `{}` has no column `{name}`.", table.name);
            return Err(Finding::error("data-unknown-column", message, help)
                .in_column(name)
                .into());
        };
        fields.push(Field::new(name, arrow_type(column.r#type), true));
    }
    let schema = Arc::new(Schema::new(fields));
    match &table.source {
        Source::Memory(batches) => batches
            .iter()
            .map(|batch| {
                let batch = project(batch, &schema)
                    .map_err(|error| super::files::unreadable(&table.name, &error))?;
                Ok(Unit {
                    rows: batch.num_rows() as u64,
                    kind: Kind::Memory(batch),
                })
            })
            .collect(),
        Source::Parquet(files) => {
            let groups = parquet::groups(table, files, columns, &schema)?;
            Ok(groups
                .into_iter()
                .map(|g| Unit {
                    rows: g.rows(),
                    kind: Kind::Parquet(g),
                })
                .collect())
        }
    }
}

fn project(
    batch: &RecordBatch,
    schema: &SchemaRef,
) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let mut arrays = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let array = batch.column_by_name(field.name()).cloned();
        arrays.push(array.ok_or_else(|| {
            arrow_schema::ArrowError::SchemaError(format!("no column {}", field.name()))
        })?);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), arrays, &options)
}

impl Unit {
    /// Rows of the unit.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The batches of the unit, of at most [`BATCH_ROWS`] rows, with the columns asked for in the order asked for and
    /// of the arrow types of [`super::Type`].
    ///
    /// # Errors
    /// A [`Stop`] when the file can't be opened; an item is one when it can't be read further.
    pub fn read(&self) -> Result<Batches, Stop> {
        Ok(match &self.kind {
            Kind::Memory(batch) => Batches(Inner::Memory(batch.clone(), 0)),
            Kind::Parquet(group) => Batches(Inner::Parquet(Box::new(group.read()?))),
        })
    }
}

/// The batches of a [`Unit`].
pub struct Batches(Inner);

enum Inner {
    Memory(RecordBatch, usize),
    Parquet(Box<parquet::GroupReader>),
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, Stop>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inner::Memory(batch, at) => {
                let left = batch.num_rows().checked_sub(*at).filter(|n| *n > 0)?;
                let slice = batch.slice(*at, left.min(BATCH_ROWS));
                *at += slice.num_rows();
                Some(Ok(slice))
            }
            Inner::Parquet(reader) => reader.next(),
        }
    }
}

/// Goes through a table batch by batch, with the number of the batch's first row (from 0).
pub(super) fn scan(
    table: &Table,
    columns: &[String],
    mut see: impl FnMut(u64, &RecordBatch) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut first = 0;
    for unit in units(table, columns)? {
        for batch in unit.read()? {
            let batch = batch?;
            see(first, &batch)?;
            first += batch.num_rows() as u64;
        }
    }
    Ok(())
}
