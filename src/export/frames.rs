//! Estimates as a frame, and it as Parquet and Arrow IPC: the columns of the CSV in their own types.

use super::ExportError;
use super::rows::{COLUMNS, Cell, Holds, rows};
use crate::outcome::Outcome;
use polars::prelude::{
    Column, CompatLevel, DataFrame, IpcWriter, NamedFrom, ParquetCompression, ParquetWriter,
    SerWriter, Series,
};

/// A column under construction.
enum Build {
    Text(Vec<Option<String>>),
    Number(Vec<Option<f64>>),
    Count(Vec<Option<u64>>),
}

impl Build {
    fn new(holds: Holds) -> Self {
        match holds {
            Holds::Text => Build::Text(Vec::new()),
            Holds::Number => Build::Number(Vec::new()),
            Holds::Count => Build::Count(Vec::new()),
        }
    }

    fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Build::Text(column), Cell::Text(text)) => column.push(text),
            (Build::Number(column), Cell::Number(number)) => column.push(number),
            (Build::Count(column), Cell::Count(count)) => column.push(count),
            // `rows` fills the columns as `COLUMNS` declares them; a cell of another type is missing.
            (Build::Text(column), _) => column.push(None),
            (Build::Number(column), _) => column.push(None),
            (Build::Count(column), _) => column.push(None),
        }
    }

    fn finish(self, name: &str) -> Column {
        let name = name.into();
        match self {
            Build::Text(column) => Series::new(name, column),
            Build::Number(column) => Series::new(name, column),
            Build::Count(column) => Series::new(name, column),
        }
        .into()
    }
}

/// Rows as a frame, typed; text is unchanged, since nothing runs it.
pub(super) fn frame<const WIDTH: usize>(
    columns: &[(&str, Holds); WIDTH],
    rows: impl Iterator<Item = [Cell; WIDTH]>,
    format: &str,
) -> Result<DataFrame, ExportError> {
    let mut built = columns.map(|(_, holds)| Build::new(holds));
    let mut height = 0;
    for row in rows {
        height += 1;
        for (column, cell) in built.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let named = built.into_iter().zip(columns);
    let named = named.map(|(column, (name, _))| column.finish(name));
    DataFrame::new(height, named.collect()).map_err(|cause| ExportError::new(format, cause))
}

/// One row per estimate as a frame, for programs that go on computing: the columns of the CSV, typed.
///
/// # Errors
/// When the frame can't be made, which memory alone can cause.
pub fn estimates_frame(outcome: &Outcome) -> Result<DataFrame, ExportError> {
    frame(&COLUMNS, rows(outcome), "frame")
}

/// One row per estimate as Parquet.
///
/// # Errors
/// When the Parquet writer fails.
pub fn parquet(outcome: &Outcome) -> Result<Vec<u8>, ExportError> {
    let mut frame = frame(&COLUMNS, rows(outcome), "Parquet")?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .finish(&mut frame)
        .map_err(|cause| ExportError::new("Parquet", cause))?;
    Ok(bytes)
}

/// One row per estimate as Arrow IPC (Feather).
///
/// # Errors
/// When the writer fails.
pub fn arrow(outcome: &Outcome) -> Result<Vec<u8>, ExportError> {
    let mut frame = frame(&COLUMNS, rows(outcome), "Arrow")?;
    let mut bytes = Vec::new();
    IpcWriter::new(&mut bytes)
        // Texts as every reader knows them.
        .with_compat_level(CompatLevel::oldest())
        .finish(&mut frame)
        .map_err(|cause| ExportError::new("Arrow", cause))?;
    Ok(bytes)
}
