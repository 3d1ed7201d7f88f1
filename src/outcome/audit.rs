//! The balance audit as plain data: what an evaluation measures, on what its effort goes, and how its blind spots could be filled.

use super::{Criterion, Kind, Lack, Side};
use serde::{Deserialize, Serialize};

/// What an evaluation measures (S24).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// One cell per kind x dimension x side that a requested indicator belongs to.
    pub cells: Vec<AuditCell>,
    /// Indicators by kind: output, process, structure; requested and computed.
    pub by_kind: Vec<AuditCount>,
    /// Indicators by side: origin, destination, both.
    pub by_side: Vec<AuditCount>,
    /// Indicators by DAC criterion, in the order of [`Criterion`]. One that states two counts in both.
    #[serde(default)]
    pub by_criterion: Vec<AuditCount>,
    /// Indicators whose definitions state no criterion.
    #[serde(default)]
    pub without_criterion: AuditCount,
    /// Dimensions of the built-in library with no computed indicator here.
    pub blind_dimensions: Vec<String>,
    /// What the audit says, in sentences, the most important first.
    pub verdict: Vec<String>,
    /// True when outputs are measured and no process is.
    pub output_only: bool,
    /// Indicators asked for that the data don't allow, with what they need.
    #[serde(default)]
    pub gaps: Vec<AuditGap>,
    /// Indicators known but not asked for that the tables and columns of the data allow.
    #[serde(default)]
    pub possible: Vec<AuditPossible>,
    /// On what the evaluation's effort goes; absent in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// One entry per blind spot, with what would fill it.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

/// A cell of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditCell {
    /// Kind.
    pub kind: Kind,
    /// Dimension.
    pub dimension: String,
    /// Side.
    pub side: Side,
    /// Ids of the indicators computed.
    pub computed: Vec<String>,
    /// Ids of the indicators asked for but not computable.
    pub not_computable: Vec<String>,
}

/// Requested and computed indicators of a class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCount {
    /// Label of the class.
    pub label: String,
    /// Indicators asked for.
    pub requested: u64,
    /// Indicators computed.
    pub computed: u64,
}

/// An indicator that the data don't allow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditGap {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// What is missing.
    pub lack: Lack,
}

/// An indicator that could be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditPossible {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Dimension.
    pub dimension: String,
    /// Side.
    pub side: Side,
    /// DAC criteria.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
}

/// On what the effort of an evaluation goes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Effort {
    /// One per kind: output, process, structure.
    pub kinds: Vec<EffortKind>,
    /// Money in the data, by the table that records it.
    pub money: Vec<Money>,
}

/// What goes into the indicators of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffortKind {
    /// Kind.
    pub kind: Kind,
    /// Indicators computed.
    pub indicators: u64,
    /// Rows used, summed over the indicators computed from a table: a row counts once for each indicator that uses it.
    pub row_uses: u64,
}

/// Money recorded in a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// Role of the table.
    pub table: String,
    /// Column summed.
    pub column: String,
    /// Sum over all rows that have a value, in the unit of the data.
    pub amount: f64,
    /// Rows with a value.
    pub rows: u64,
    /// Rows without one.
    pub missing: u64,
    /// Kind that all rows of the table belong to; `None` where the data don't class them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
}

/// In what an evaluation is blind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blind {
    /// A kind without a computed indicator.
    Kind,
    /// A dimension of the library.
    Dimension,
    /// A side.
    Side,
    /// A DAC criterion.
    Criterion,
}

/// A blind spot, and what would fill it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// What it is blind in.
    pub blind: Blind,
    /// Which: `process`, `participation`, `origin`, `impact`.
    pub which: String,
    /// Ids of up to three indicators of [`Audit::possible`] that would fill it.
    pub fill: Vec<String>,
    /// Where there are none: up to three that would fill it with other data, those that lack least first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wish: Vec<AuditGap>,
    /// The advice in a sentence or two.
    pub words: String,
}
