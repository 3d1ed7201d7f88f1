//! The indicator dictionary as flat rows, and these as CSV.

use super::ExportError;
use super::separated::inert;
use crate::report::dictionary::Entry;

/// Columns of the dictionary and their widths in a workbook, in characters.
pub(super) const COLUMNS: [(&str, f64); 21] = [
    ("id", 30.0),
    ("name", 34.0),
    ("kind", 10.0),
    ("dimension", 20.0),
    ("side", 11.0),
    ("question", 40.0),
    ("definition", 48.0),
    ("numerator", 36.0),
    ("denominator", 36.0),
    ("unit", 14.0),
    ("direction", 16.0),
    ("rows", 10.0),
    ("criteria", 18.0),
    ("table", 14.0),
    ("columns", 32.0),
    ("derived_from", 26.0),
    ("verification", 40.0),
    ("limits", 44.0),
    ("source", 34.0),
    ("formula", 56.0),
    ("file", 40.0),
];

/// The cells of an entry, in the order of [`COLUMNS`]; what was left out is empty.
pub(super) fn cells(entry: &Entry) -> [String; 21] {
    let word = |value: serde_json::Result<serde_json::Value>| match value {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    };
    let inputs: Vec<String> = entry
        .inputs
        .iter()
        .map(|input| format!("{} = {}", input.alias, input.id))
        .collect();
    let further = entry.further.iter().map(|n| n.table.clone());
    let tables: Vec<String> = entry.table.iter().cloned().chain(further).collect();
    let mut columns = entry.columns.join(", ");
    for needed in &entry.further {
        columns += &format!("; {}: {}", needed.table, needed.columns.join(", "));
    }
    [
        entry.id.clone(),
        entry.name.clone(),
        word(serde_json::to_value(entry.kind)),
        entry.dimension.clone(),
        word(serde_json::to_value(entry.side)),
        entry.question.clone(),
        entry.definition.clone(),
        entry.numerator.clone(),
        entry.denominator.clone(),
        entry.unit.clone(),
        word(serde_json::to_value(entry.direction)),
        entry.rows.join(", "),
        entry.criteria.join(", "),
        tables.join(", "),
        columns,
        inputs.join(", "),
        entry.verification.clone(),
        entry.limits.clone(),
        entry.source.clone(),
        entry.formula.clone(),
        entry.file.clone(),
    ]
}

/// One row per indicator. Text that a spreadsheet would take for a formula gets a leading apostrophe.
///
/// # Errors
/// When the rows can't be written, which memory alone can cause.
pub fn dictionary_csv<'a>(
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<Vec<u8>, ExportError> {
    let failed = |cause: csv::Error| ExportError::of("dictionary", "CSV", cause);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = COLUMNS.iter().map(|(name, _)| *name);
    writer
        .write_record(header.chain(["examples"]))
        .map_err(failed)?;
    for entry in entries {
        for cell in &cells(entry) {
            writer.write_field(inert(cell).as_bytes()).map_err(failed)?;
        }
        writer
            .write_record([entry.examples.len().to_string()])
            .map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|cause| ExportError::of("dictionary", "CSV", cause.error()))
}
