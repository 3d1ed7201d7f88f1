//! Estimates as Parquet, with the columns of the CSV in their own types.

use super::ExportError;
use super::rows::{COLUMNS, Cell, Holds, rows};
use crate::outcome::Outcome;
use ::parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use ::parquet::basic::Compression;
use ::parquet::file::properties::WriterProperties;
use arrow_array::builder::{Float64Builder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use std::sync::Arc;

/// A column under construction.
enum Column {
    Text(StringBuilder),
    Number(Float64Builder),
    Count(UInt64Builder),
}

impl Column {
    fn new(holds: Holds) -> Self {
        match holds {
            Holds::Text => Column::Text(StringBuilder::new()),
            Holds::Number => Column::Number(Float64Builder::new()),
            Holds::Count => Column::Count(UInt64Builder::new()),
        }
    }

    fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Column::Text(column), Cell::Text(text)) => column.append_option(text),
            (Column::Number(column), Cell::Number(number)) => column.append_option(number),
            (Column::Count(column), Cell::Count(count)) => column.append_option(count),
            // `rows` fills the columns as `COLUMNS` declares them; a cell of another type is missing.
            (Column::Text(column), _) => column.append_null(),
            (Column::Number(column), _) => column.append_null(),
            (Column::Count(column), _) => column.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Column::Text(mut column) => Arc::new(column.finish()),
            Column::Number(mut column) => Arc::new(column.finish()),
            Column::Count(mut column) => Arc::new(column.finish()),
        }
    }
}

/// One row per estimate, typed; text is unchanged, since nothing runs it.
///
/// # Errors
/// When the Parquet writer fails.
pub fn parquet(outcome: &Outcome) -> Result<Vec<u8>, ExportError> {
    let failed = |cause: String| ExportError::new("Parquet", cause);
    let fields = COLUMNS.map(|(name, holds)| {
        let r#type = match holds {
            Holds::Text => DataType::Utf8,
            Holds::Number => DataType::Float64,
            Holds::Count => DataType::UInt64,
        };
        Field::new(name, r#type, true)
    });
    let schema = Arc::new(Schema::new(fields.to_vec()));
    let mut columns = COLUMNS.map(|(_, holds)| Column::new(holds));
    for row in rows(outcome) {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let arrays = columns.into_iter().map(Column::finish).collect();
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|e| failed(e.to_string()))?;
    let properties = WriterProperties::builder()
        .set_created_by(format!("codev {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        .build();
    let options = ArrowWriterOptions::new().with_properties(properties);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema, options)
        .map_err(|e| failed(e.to_string()))?;
    writer.write(&batch).map_err(|e| failed(e.to_string()))?;
    writer.into_inner().map_err(|e| failed(e.to_string()))
}
