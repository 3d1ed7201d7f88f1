//! A comparison of programmes as plain data: everything its charts, tables and report show, and nothing else.
//!
//! A [`Compared`] saved as `comparison.json` is enough to render every output again. Values are never rounded here.

mod differences;
mod entries;
mod league;
mod pooled;
mod profiles;
mod qca;
mod trend;

pub use differences::*;
pub use entries::*;
pub use league::*;
pub use pooled::*;
pub use profiles::*;
pub use qca::*;
pub use trend::*;

use super::{Direction, EffectDesign, Evidence, FileHash, Kind, Side};
use crate::finding::Findings;
use serde::{Deserialize, Serialize};

/// Version of the shape of `comparison.json`; a reader refuses another major version.
pub const COMPARISON_FORMAT: &str = "codev-comparison/1";

/// All that a comparison found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// [`COMPARISON_FORMAT`] of the version that wrote it.
    pub format: String,
    /// Title.
    pub title: String,
    /// One paragraph on what is compared, for whom.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Who commissioned or wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Licence, attribution or limits of use of the data, one sentence per source that has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Locale of numbers in reports.
    pub locale: String,
    /// Confidence level of every interval, 0.95 for 95 %.
    pub confidence: f64,
    /// Seed of random methods.
    pub seed: u64,
    /// Draws of random methods.
    pub draws: u64,
    /// The evaluations compared, in the order given.
    pub sources: Vec<SourceAccount>,
    /// The programmes, in the order of their sources and files.
    pub cases: Vec<Case>,
    /// Indicators of several sources whose definitions differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mismatches: Vec<Mismatch>,
    /// One entry per comparison asked for and measure, feasible or not.
    pub comparisons: Vec<Comparison>,
    /// Indicators by programmes, standardised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profiles: Option<Profiles>,
    /// Output score against process score, with intervals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plane: Option<ComparedPlane>,
    /// Qualitative comparative analyses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qca: Vec<Qca>,
    /// Everything found on the way.
    pub findings: Findings,
    /// Version of `codev`.
    pub codev: String,
}

/// An evaluation that takes part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceAccount {
    /// Short name, unique: the folder's name.
    pub label: String,
    /// Title of the evaluation.
    pub title: String,
    /// Programmes that it holds.
    pub programmes: u64,
    /// Whether it was computed from its data, or read from a saved outcome.
    pub saved: bool,
    /// Version of `codev` that computed it.
    pub codev: String,
    /// Files that it was made from.
    pub files: Vec<FileHash>,
}

/// A programme (or an evaluation as a whole) that is compared with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Key, unique over all sources.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Index into the sources.
    pub source: usize,
    /// Facts of the programme: column and text, in file order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<(String, String)>,
    /// Why it is not pooled with the others unless asked for: a remigration objective (S03).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
}

/// A definition that is not the same everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
    /// Id of the indicator or effect.
    pub id: String,
    /// Labels of the sources that agree with each other, group by group: the first group holds the first source that has it.
    pub groups: Vec<Vec<String>>,
    /// What differs: field, and its text in each group.
    pub fields: Vec<(String, Vec<String>)>,
    /// Why it was compared all the same, as the user states it; `None` when it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Id of the indicator, or `effect/indicator`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Dimension.
    pub dimension: String,
    /// Side.
    pub side: Side,
    /// Unit; `%` means that values are proportions to be shown times 100.
    pub unit: String,
    /// Direction.
    pub direction: Direction,
    /// The definition in plain words; for an effect its estimand.
    pub words: String,
    /// What it does not show.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limits: String,
    /// Design and evidence, where effects are compared and not levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<(EffectDesign, Evidence)>,
    /// SHA-256 of the definition's canonical form, of the first source.
    pub hash: String,
}

impl Measure {
    /// Whether it is the logarithm of a ratio of two arms: of odds or of risks.
    pub fn is_log_ratio(&self) -> bool {
        self.effect.is_some() && matches!(self.unit.as_str(), "log odds ratio" | "log risk ratio")
    }
}

/// What stands beside each other in a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Between {
    /// Programmes.
    Programmes,
    /// Evaluations as a whole, one per source.
    Evaluations,
    /// Groups of programmes by a column of the `programmes` table; the programmes are the units.
    Column(String),
    /// Periods of all programmes together.
    Periods,
}

/// One measure compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Unique: id of the block and of the measure, joined by `/`.
    pub id: String,
    /// Id of the block in the settings.
    pub block: String,
    /// Title of the block; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What is measured.
    pub measure: Measure,
    /// What stands beside each other.
    pub between: Between,
    /// Period that is looked at; `None` for all periods together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Those compared, in the order of the cases (of groups: of their labels; of periods: of time).
    pub entries: Vec<Entry>,
    /// Those that have no usable value, with the reason in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Apart>,
    /// Test of the entries being all equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overall: Option<OverallTest>,
    /// Differences or ratios of pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differences: Option<Differences>,
    /// Equivalence and non-inferiority against a stated margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivalence: Option<EquivalenceTable>,
    /// One mean over programmes, and how far they scatter around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pooled: Option<Pooled>,
    /// Ranks with their uncertainty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub league: Option<League>,
    /// Like with like: leagues within strata, or adjusted values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// The same over periods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
    /// Parts that could not be made, with what to do about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// Remarks a reader needs to read the numbers rightly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// How each part was made: part, two sentences, reference.
    pub methods: Vec<MethodNote>,
}

/// A part of a comparison that could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The part.
    pub part: Part,
    /// The reason, in lower case, without a full stop.
    pub reason: String,
    /// What to do, a sentence.
    pub help: String,
}

/// Parts of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The values themselves.
    Values,
    /// Differences or ratios.
    Differences,
    /// Equivalence.
    Equivalence,
    /// Pooling.
    Pooled,
    /// Ranks.
    League,
    /// Like with like.
    Context,
    /// Change over time.
    Trend,
    /// Profiles.
    Profiles,
    /// The output-process plane.
    Plane,
    /// Qualitative comparative analysis.
    Qca,
}

/// How a part was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodNote {
    /// The part.
    pub part: Part,
    /// Two sentences.
    pub words: String,
    /// Where the method comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}
