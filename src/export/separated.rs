//! Estimates as CSV, by the `csv` crate: polars writes 1 as 1.0 and 1e21 otherwise than `Display` does, so that every number in the file would change.

use super::ExportError;
use super::rows::{COLUMNS, Cell, rows};
use crate::outcome::Outcome;
use std::borrow::Cow;

/// One row per estimate, numbers at full precision, missing cells empty.
///
/// Text that a spreadsheet would take for a formula gets a leading apostrophe.
///
/// # Errors
/// When the rows can't be written, which memory alone can cause.
pub fn csv(outcome: &Outcome) -> Result<Vec<u8>, ExportError> {
    let failed = |cause: csv::Error| ExportError::new("CSV", cause);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(COLUMNS.iter().map(|c| c.0))
        .map_err(failed)?;
    for row in rows(outcome) {
        for cell in &row {
            writer
                .write_field(written(cell).as_bytes())
                .map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|cause| ExportError::new("CSV", cause.error()))
}

pub(super) fn written(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Text(Some(text)) => inert(text),
        // Adding zero turns -0 into 0, which a reader would stumble over.
        Cell::Number(Some(number)) => Cow::Owned((number + 0.0).to_string()),
        Cell::Count(Some(count)) => Cow::Owned(count.to_string()),
        Cell::Text(None) | Cell::Number(None) | Cell::Count(None) => Cow::Borrowed(""),
    }
}

/// Text that no spreadsheet takes for a formula.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}
