//! Stage 7, render: an outcome as CSV, JSON, Parquet and Arrow IPC, the dictionary as CSV and XLSX, charts as PNG; files, and sets of them, written whole or not at all.

mod comparison;
mod comparison_json;
mod dictionary;
mod effects;
mod fault;
mod frames;
mod json;
mod lock;
mod planning;
mod png;
mod rows;
mod separated;
mod set;
mod workbook;
mod write;

use crate::outcome::Outcome;

pub use comparison::{comparison_xlsx, data_csv};
pub use comparison_json::{comparison_json, is_comparison, read_comparison};
pub use dictionary::dictionary_csv;
pub use effects::{effects_csv, effects_frame};
pub use frames::{arrow, estimates_frame, parquet};
pub use json::{json, read_json};
pub use planning::{curves_csv, diagnosis_csv, plain_json, power_csv};
pub use png::svg_to_png;
pub use separated::csv;
pub use set::{FileSet, SetFile, rewrite, write_set};
pub use workbook::dictionary_xlsx;
pub use write::{copy_new, write_atomic};

/// A format that results can be written in.
pub struct Exporter {
    /// Name on the command line.
    pub name: &'static str,
    /// File extension, without the dot.
    pub extension: &'static str,
    /// Writes the outcome.
    pub write: fn(&Outcome) -> Result<Vec<u8>, ExportError>,
}

/// Every format. A new one is a file beside this one and a line here.
pub const EXPORTERS: &[Exporter] = &[
    Exporter {
        name: "csv",
        extension: "csv",
        write: csv,
    },
    Exporter {
        name: "json",
        extension: "json",
        write: json,
    },
    Exporter {
        name: "parquet",
        extension: "parquet",
        write: parquet,
    },
    Exporter {
        name: "arrow",
        extension: "arrow",
        write: arrow,
    },
];

/// Why an outcome or a dictionary could not be written in a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportError(String);

impl ExportError {
    fn new(format: &str, cause: impl std::fmt::Display) -> Self {
        ExportError::of("outcome", format, cause)
    }

    fn of(what: &str, format: &str, cause: impl std::fmt::Display) -> Self {
        ExportError(format!("The {what} can't be written as {format}: {cause}."))
    }
}

impl std::fmt::Display for ExportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ExportError {}

#[cfg(test)]
mod effects_tests;
#[cfg(test)]
mod tests;
