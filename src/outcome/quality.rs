//! The state of the data that a result was made from.

use super::Sampling;
use crate::finding::Findings;
use serde::{Deserialize, Serialize};

/// State of the data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// One entry per table.
    pub tables: Vec<TableQuality>,
    /// Everything found in data, definitions and evaluation.
    pub findings: Findings,
}

/// Facts on one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableQuality {
    /// Resource name.
    pub name: String,
    /// Role (`programmes`, `ties`, ...), empty where none is declared.
    pub role: String,
    /// Census or sample.
    pub sampling: Sampling,
    /// Rows kept.
    pub rows: u64,
    /// Rows left out: by a rule of the manifest, as totals, as a person once more in a wave, or without any value (findings say which).
    pub refused: u64,
    /// Columns whose values are different accounts of the same thing, so that rows are not added over them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlapping: Vec<String>,
    /// Rows that have both a target and an actual value, where a table has columns of these names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_target_and_actual: Option<u64>,
    /// Per column: name, type, and how many rows have no value.
    pub columns: Vec<ColumnQuality>,
    /// Lists that point to another table: what their entries could be matched with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListQuality>,
    /// Whether small groups of its rows are protected; not known of outcomes of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<TableProtection>,
}

/// Whether small groups of a table's rows are protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableProtection {
    /// Whether they are.
    pub protected: bool,
    /// Why, or why not: the rest of a sentence that begins with the table.
    pub reason: String,
    /// Whether it is not sure that the table is about persons.
    #[serde(default)]
    pub in_doubt: bool,
}

/// How far the entries of a list column name rows of another table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuality {
    /// Column with the lists.
    pub column: String,
    /// Table pointed to.
    pub table: String,
    /// Column of that table with the names.
    pub key: String,
    /// Entries of all rows.
    pub entries: u64,
    /// Entries that name a row there.
    pub matched: u64,
    /// Of these, names that hold the delimiter and were put together from pieces.
    pub joined: u64,
    /// Of these, names that differ in case or spacing.
    pub folded: u64,
    /// Entries that splitting at every delimiter gives.
    pub pieces: u64,
    /// Of those, the ones that are names by themselves.
    pub pieces_matched: u64,
}

/// Facts on one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnQuality {
    /// Name.
    pub name: String,
    /// Type, as in the Table Schema.
    pub r#type: String,
    /// Rows without a value (declared missing or empty).
    pub missing: u64,
    /// Rows whose value could not be read as the type and is kept as missing.
    pub invalid: u64,
}
