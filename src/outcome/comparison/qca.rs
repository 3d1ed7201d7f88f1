//! Qualitative comparative analysis: few cases, many conditions (S25).

use serde::{Deserialize, Serialize};

/// One analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Qca {
    /// Id, unique.
    pub id: String,
    /// Title; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Why there is no result: reason and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<(String, String)>,
    /// The outcome, calibrated.
    pub outcome: QcaSet,
    /// The conditions, calibrated.
    pub conditions: Vec<QcaSet>,
    /// Cases in it, as indices into the cases; memberships are in this order.
    pub cases: Vec<usize>,
    /// Cases left out, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<(usize, String)>,
    /// Cut-offs.
    pub cuts: QcaCuts,
    /// For the outcome, and for its absence where asked for.
    pub analyses: Vec<QcaAnalysis>,
    /// Remarks: memberships of exactly one half, limited diversity, ...
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// How it was done: sentences of a methods section.
    pub methods: Vec<super::MethodNote>,
}

/// A set: outcome or condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QcaSet {
    /// Short name in capitals.
    pub name: String,
    /// What it means to be in it.
    pub words: String,
    /// Where the raw values come from.
    pub origin: String,
    /// How raw values became memberships, a sentence.
    pub calibration: String,
    /// Unit of the raw values; empty for words, and where none is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Raw values as short text for readers, per case.
    pub raw: Vec<String>,
    /// Raw values in full, per case; empty where they are words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
    /// Standard errors of the raw values, per case; empty where no value has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Option<f64>>,
    /// Raw values at which the membership passes one half; empty where it can't be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crossovers: Vec<f64>,
    /// Memberships, per case.
    pub membership: Vec<f64>,
    /// Directional expectation for the outcome: `Some(true)` present, `Some(false)` absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<bool>,
}

/// Cut-offs of the truth table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QcaCuts {
    /// Inclusion from which a row counts as sufficient.
    pub inclusion: f64,
    /// Proportional reduction in inconsistency from which it does.
    pub pri: f64,
    /// Cases from which a row counts as observed.
    pub cases: u64,
    /// Inclusion of necessity from which an expression is listed as necessary.
    #[serde(default = "necessity")]
    pub necessity: f64,
    /// Relevance of necessity from which it is.
    #[serde(default = "relevance")]
    pub relevance: f64,
}

fn necessity() -> f64 {
    0.9
}

fn relevance() -> f64 {
    0.5
}

/// The analysis of the outcome or of its absence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QcaAnalysis {
    /// Whether it is of the absence of the outcome.
    pub negated: bool,
    /// Necessity of each condition and of its absence, and of unions that reach both cuts (least ones only).
    pub necessity: Vec<QcaNecessity>,
    /// Observed rows of the truth table, and contradictory ones.
    pub rows: Vec<QcaRow>,
    /// How many rows were not observed.
    pub remainders: u64,
    /// Conservative, parsimonious, intermediate.
    pub solutions: Vec<QcaSolution>,
    /// The same with other cut-offs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub robustness: Vec<QcaVariant>,
    /// Terms of the intermediate (else conservative) solution, and the share of the variants with a result in which each stays as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stability: Vec<(String, f64)>,
}

/// Necessity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QcaNecessity {
    /// Expression: `LIT`, `~URB`, `DEV + IND`.
    pub expression: String,
    /// Inclusion.
    pub inclusion: f64,
    /// Coverage.
    pub coverage: f64,
    /// Relevance of necessity.
    pub relevance: f64,
}

/// A row of the truth table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QcaRow {
    /// Presence of each condition.
    pub present: Vec<bool>,
    /// What the row says: `Some(true)` sufficient for the outcome, `Some(false)` not, `None` too few cases.
    pub outcome: Option<bool>,
    /// Cases in it, as indices into the cases of the comparison.
    pub cases: Vec<usize>,
    /// Inclusion.
    pub inclusion: f64,
    /// Proportional reduction in inconsistency.
    pub pri: f64,
    /// Whether cases with and without the outcome are both in it.
    pub contradictory: bool,
    /// Cases that go against the row's value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviant: Vec<usize>,
}

/// Kinds of solutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QcaSolutionKind {
    /// Observed rows only (also called complex).
    Conservative,
    /// With every unobserved row that makes it simpler.
    Parsimonious,
    /// With unobserved rows that fit the directional expectations.
    Intermediate,
}

/// A solution: all minimal models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QcaSolution {
    /// Kind.
    pub kind: QcaSolutionKind,
    /// Models that explain the rows equally briefly; several mean ambiguity.
    pub models: Vec<QcaModel>,
    /// How many models there are in all, where not all are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<u64>,
    /// Whether there may be more than `all`, since the search was cut.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Unobserved rows that were used, as expressions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
    /// Those of them that the analysis of the opposite outcome uses too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictory: Vec<String>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QcaModel {
    /// `DEV*~URB + LIT`.
    pub expression: String,
    /// Inclusion of the whole.
    pub inclusion: f64,
    /// PRI of the whole.
    pub pri: f64,
    /// Coverage of the whole.
    pub coverage: f64,
    /// Its terms.
    pub terms: Vec<QcaTerm>,
    /// Membership of each case in the whole, in the order of [`Qca::cases`].
    pub membership: Vec<f64>,
    /// Cases with the outcome that no term covers, as indices into the cases of the comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncovered: Vec<usize>,
}

/// A term of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QcaTerm {
    /// `DEV*~URB`.
    pub expression: String,
    /// Inclusion.
    pub inclusion: f64,
    /// PRI.
    pub pri: f64,
    /// Raw coverage.
    pub coverage: f64,
    /// Coverage by this term alone.
    pub unique: f64,
    /// Typical cases, as indices into the cases of the comparison: in the term, and at least as much in the outcome.
    pub typical: Vec<usize>,
    /// Cases in term and outcome, but more in the term: deviant by degree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub degree: Vec<usize>,
    /// Cases in the term without the outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviant: Vec<usize>,
    /// Membership of each case, in the order of [`Qca::cases`].
    pub membership: Vec<f64>,
}

/// The analysis with other cut-offs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QcaVariant {
    /// What was changed, in words.
    pub change: String,
    /// The expression; of several models the first; empty where there is none.
    pub expression: String,
    /// Inclusion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inclusion: Option<f64>,
    /// Coverage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// Models.
    pub models: u64,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
