//! The result of an evaluation as plain data: everything a table, chart or report shows, and nothing else.
//!
//! An [`Outcome`] saved as JSON is enough to render every output again. Values are never rounded here.

mod agreement;
mod audit;
mod classes;
pub mod comparison;
mod currency;
mod detail;
mod effect;
mod effect_groups;
mod effect_kinds;
mod interval;
mod lack;
mod locked;
mod network;
mod protection;
mod quality;
mod representation;
mod retention;
mod scale;
mod weights;

pub use agreement::{Agreement, RaterPair};
pub use audit::*;
pub use classes::{Criterion, Direction, Kind, Side};
pub use currency::{
    ACCUMULATIONS, currency, currency_of_unit, scale_of_unit, scale_word, scaled, scaled_currency,
    written,
};
pub use detail::{CategoryShare, Content, Detail, Shares};
pub use effect::*;
pub use effect_groups::{Attrition, Balance, BalanceRow, LeeBounds, Overlap};
pub use effect_kinds::{AverageOf, BasePeriod, EffectScale};
pub use interval::{Interval, IntervalKind};
pub use lack::*;
pub use locked::{LockedPlan, PlanChange, PlanDifference};
pub use network::{ActorScore, Drawing, Mixing, NetworkDetail, NetworkSummary, Panel, RoleCount};
pub use protection::{Protection, Way};
pub use quality::{ColumnQuality, ListQuality, Quality, TableProtection, TableQuality};
pub use representation::{GroupRatio, Representation};
pub use retention::{Retention, RetentionStep};
pub use scale::{Coefficient, Scale, ScaleItem};
pub use weights::*;

use serde::{Deserialize, Serialize};

/// Version of the shape of `outcome.json`; a reader refuses another major version.
pub const FORMAT: &str = "codev-outcome/1";

/// All that an evaluation found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// [`FORMAT`] of the version that wrote it.
    pub format: String,
    /// What was evaluated and how.
    pub evaluation: About,
    /// Every programme of the `programmes` table, in file order.
    pub programmes: Vec<Programme>,
    /// One entry per requested indicator, computable or not, in order of kind, dimension, id.
    pub indicators: Vec<IndicatorResult>,
    /// One entry per effect and indicator asked for, estimable or not, in the order of the evaluation file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// Tables with replicate weights or calibrated weights, and what was done with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<TableWeights>,
    /// What the evaluation measures and where it is blind (S24).
    pub audit: Audit,
    /// Output score against process score per programme (S24); absent when one side has no indicator with direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plane: Option<Plane>,
    /// How persons in small groups are protected; absent where no table is about persons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<Protection>,
    /// State of the data.
    pub quality: Quality,
    /// What the numbers were made from.
    pub provenance: Provenance,
    /// The plan that was locked before, and how the report differs from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<LockedPlan>,
}

/// Title page facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Title of the evaluation.
    pub title: String,
    /// One paragraph on what is evaluated, for whom, why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Who commissioned or wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Locale of numbers in reports: `en`, `nl`, `fr`, `es`, `ca`, `de`, `it`, `tr`, `pt`.
    pub locale: String,
    /// Confidence level of every interval, 0.95 for 95 %.
    pub confidence: f64,
    /// Seed of random methods.
    pub seed: u64,
    /// Groups of fewer persons than this are suppressed in tables of persons; 0 switches it off.
    pub small_cells: u64,
    /// Columns by which results are disaggregated.
    #[serde(default)]
    pub by: Vec<String>,
    /// `year`, `quarter` or `month` where results are shown over time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// How intervals of samples are made, as the evaluation asks: `auto` and so on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub interval: String,
    /// Bootstrap replicates, where an interval is made of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<u64>,
    /// Licence, attribution or limits of use of the data, in words for the reader.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A programme as the reader meets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Programme {
    /// Key of the programme in the data.
    pub id: String,
    /// Name to show; the id where the data have none.
    pub name: String,
    /// The other columns of the programmes table as text, in file order (missing ones left out).
    #[serde(default)]
    pub facts: Vec<(String, String)>,
}

/// The definition of an indicator as a reader needs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Identifier, kebab-case.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Dimension, kebab-case: `state-civil-society-interface`.
    pub dimension: String,
    /// Side.
    pub side: Side,
    /// The question it answers.
    pub question: String,
    /// The definition in plain words.
    pub words: String,
    /// The definition as it is computed (formula, filter, table), one line each.
    pub formula: String,
    /// Numerator in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub numerator: String,
    /// Denominator in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub denominator: String,
    /// Unit; `%` means that values are proportions to be shown times 100.
    pub unit: String,
    /// Direction.
    pub direction: Direction,
    /// Source of the measure.
    pub source: String,
    /// What it does not show.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limits: String,
    /// Means of verification.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub verification: String,
    /// DAC criteria.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
    /// Rows S01-S25 of the domain that it covers.
    #[serde(default)]
    pub rows: Vec<String>,
    /// SHA-256 of the definition's canonical form.
    pub hash: String,
}

/// How a table came about, which decides whether a figure has sampling error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sampling {
    /// All units were recorded: no interval.
    Census,
    /// A sample: every figure has an interval, or says why not.
    Sample,
}

/// One indicator over all its cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndicatorResult {
    /// What it is.
    pub definition: Definition,
    /// Why it could not be computed at all; `None` when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_computable: Option<String>,
    /// Census or sample; absent when not computable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// How the value and its interval were obtained, one sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub method: String,
    /// Estimates: the total first, then by programme, group and period.
    pub estimates: Vec<Estimate>,
    /// What the measure gives beside its values: shares, curves, matrices. The total first, then by programme.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    /// Targets set in the evaluation file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// Rows of the indicator's table: used, left out and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowAccount>,
    /// Remarks a reader needs to read the numbers rightly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// `n`, `missing` and rows are counts of persons, shown as multiples of this; absent where they are exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounded: Option<u64>,
}

/// A target for an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Programme, or `None` for all programmes together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// Value in the indicator's own scale (0.15 for 15 %).
    pub value: f64,
}

/// What happened to the rows of a table on the way to an indicator. `table = used + excluded + sum(missing)`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RowAccount {
    /// Name of the table.
    pub table: String,
    /// Rows in the table.
    pub total: u64,
    /// Rows that entered the value.
    pub used: u64,
    /// Rows that the indicator's filter leaves out.
    pub excluded: u64,
    /// Rows left out since something needed is missing or unusable: reason and count.
    pub missing: Vec<(String, u64)>,
}

/// Whether a cell has a number, and why not. Missing is never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// There is a value (which may be a true zero).
    Value,
    /// The table has no row for this cell.
    NoRows,
    /// There are rows, but none matches the filter, and the measure needs at least one (average, median).
    NoMatch,
    /// Rows match, but in each of them something needed is missing.
    AllMissing,
    /// The value is undefined, as a division by zero is.
    Undefined,
    /// There is a value, withheld to protect persons in a small group.
    Suppressed,
    /// Rows are there, but adding them would be wrong; the remark says why.
    Refused,
}

impl Status {
    /// The word for it in files: definitions, exports, `outcome.json`.
    pub fn word(self) -> &'static str {
        match self {
            Status::Value => "value",
            Status::NoRows => "no-rows",
            Status::NoMatch => "no-match",
            Status::AllMissing => "all-missing",
            Status::Undefined => "undefined",
            Status::Suppressed => "suppressed",
            Status::Refused => "refused",
        }
    }
}

/// One cell of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Programme id, or `None` for all programmes together (computed again from rows, not averaged).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// Column and value of the disaggregation (no value where the column is missing), or `None` for all groups together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<(String, Option<String>)>,
    /// Period label (`2019`, `2019-Q2`, `2019-05`), or `None` for all periods together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Whether there is a value.
    pub status: Status,
    /// The value; present exactly when `status` is `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Numerator and denominator of a ratio, weighted where the table has weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<(f64, f64)>,
    /// Interval and its ingredients; absent for a census.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Why a sample estimate has no interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_interval: Option<String>,
    /// Rows used.
    pub n: u64,
    /// Rows that match the filter but were left out since something is missing.
    pub missing: u64,
}

/// The output-process plane: one point per programme that has both scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// Indicators whose standardised values make up the output score.
    pub output_indicators: Vec<String>,
    /// Indicators whose standardised values make up the process score.
    pub process_indicators: Vec<String>,
    /// One per programme, in programme order.
    pub points: Vec<PlanePoint>,
    /// How the scores are made, for the reader.
    pub method: String,
}

/// A programme's place on the plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanePoint {
    /// Programme id.
    pub programme: String,
    /// Mean standardised value of the output indicators; `None` with too few of them.
    pub output: Option<f64>,
    /// Mean standardised value of the process indicators; `None` with too few of them.
    pub process: Option<f64>,
    /// How many output and process indicators the programme has.
    pub counted: (u64, u64),
}

/// What the numbers were made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of `codev`.
    pub codev: String,
    /// Every file read.
    pub files: Vec<FileHash>,
    /// Time of the run, only where asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// What was asked for, from which the figures can be computed again; absent in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// An evaluation as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The evaluation file as TOML, without comments.
    pub evaluation: String,
    /// Definitions beside it: path, and text as TOML without comments.
    pub definitions: Vec<(String, String)>,
}

/// A file and its content's hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// Path relative to the evaluation folder.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Estimate {
    /// Takes out all that tells of persons.
    pub fn withhold(&mut self) {
        self.status = Status::Suppressed;
        self.value = None;
        self.parts = None;
        self.interval = None;
        self.no_interval = None;
        self.n = 0;
        self.missing = 0;
    }

    /// Whether it is withheld so that persons are protected.
    pub fn is_withheld(&self) -> bool {
        self.status == Status::Suppressed
    }
}
