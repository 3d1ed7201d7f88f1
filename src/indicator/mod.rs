//! Stage 1, define: indicator definitions become a checked catalogue.

use crate::finding::Findings;
use crate::outcome::{Direction, Kind, Side};
use std::path::Path;

/// One checked definition.
#[derive(Debug, Clone)]
pub struct Indicator {
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
    /// Question.
    pub question: String,
    /// Definition in plain words (the author's, else made from the formula).
    pub words: String,
    /// Formula, filter and table, one line each, as a reader sees them.
    pub formula: String,
    /// Unit.
    pub unit: String,
    /// Direction.
    pub direction: Direction,
    /// Source.
    pub source: String,
    /// What it does not show.
    pub limits: String,
    /// Rows S01-S25.
    pub rows: Vec<String>,
    /// Table needed (role or name); `None` for derived.
    pub table: Option<String>,
    /// Columns needed, as paths (`programme.start`).
    pub columns: Vec<String>,
    /// File it came from, as shown to the user.
    pub file: String,
    /// The TOML text.
    pub text: String,
    /// Whether it is one of the built-in library.
    pub builtin: bool,
}

/// All definitions known to an evaluation.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// In order of kind, dimension, id.
    pub indicators: Vec<Indicator>,
}

impl Catalogue {
    /// The built-in library.
    pub fn builtin() -> (Catalogue, Findings) {
        todo!()
    }

    /// The built-in library and the definitions in `folder/indicators`, if that exists.
    pub fn load(folder: &Path) -> (Catalogue, Findings) {
        let _ = folder;
        todo!()
    }

    /// One file of definitions alone, not merged with anything.
    pub fn single(file: &Path) -> (Option<Indicator>, Findings) {
        let _ = file;
        todo!()
    }

    /// By id.
    pub fn get(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|i| i.id == id)
    }
}

/// A function of the formula language.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Name in capitals.
    pub name: &'static str,
    /// How it is called: `YEARS(from, to)`.
    pub signature: &'static str,
    /// What it gives, one sentence.
    pub description: &'static str,
    /// Whether it is an aggregate.
    pub aggregate: bool,
}

/// Every function that a formula may use.
pub const FUNCTIONS: &[Function] = &[];

/// Text of the JSON Schema of definition files (what `indicators/schema.json` holds).
pub fn json_schema() -> String {
    todo!()
}
