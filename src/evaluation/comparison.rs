//! `[[comparison]]`: which programmes, groups or periods are set beside each other, and how.

use super::qca::QcaSetting;
use crate::finding::Finding;
use crate::outcome::comparison::{DifferenceScale, Multiplicity, PoolModel, PoolScale};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A comparison asked for, of one or more measures.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonSetting {
    /// Short name, unique; `comparison` where it is left out.
    #[serde(default)]
    pub id: Option<String>,
    /// Title for readers.
    #[serde(default)]
    pub title: String,
    /// Ids or globs over `kind/dimension/id` of the evaluation's indicators.
    #[serde(default)]
    pub indicators: Vec<String>,
    /// Names of effects, or `name/indicator`, that are told by programme (`by`) or by evaluation.
    #[serde(default)]
    pub effects: Vec<String>,
    /// `programmes`, `evaluations`, `periods`, or a column of the programmes table.
    #[serde(default)]
    pub between: Option<String>,
    /// Period that is looked at, by its label; all together without it.
    #[serde(default)]
    pub period: Option<String>,
    /// Programmes that take part: column to one value or several.
    #[serde(default)]
    pub only: BTreeMap<String, OneOrMore>,
    /// Programmes that are left out, by key.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// The one that others are compared with: key of a programme, label of a group or period.
    #[serde(default)]
    pub benchmark: Option<String>,
    /// Whether pairs are compared; without it, they are with a benchmark, and all of up to 12.
    #[serde(default)]
    pub pairs: Option<bool>,
    /// Whether pairs are subtracted or divided.
    #[serde(default)]
    pub scale: DifferenceScale,
    /// How the number of pairs is allowed for.
    #[serde(default)]
    pub multiplicity: Multiplicity,
    /// Greatest difference from the benchmark that does not matter: one number, or `[lower, upper]`.
    #[serde(default)]
    pub margin: Option<EquivalenceMargin>,
    /// Why that is the margin.
    #[serde(default)]
    pub margin_reason: Option<String>,
    /// What a figure without sampling error rests on.
    #[serde(default)]
    pub recorded: RecordedSetting,
    /// Whether and how values are pooled; `reml` where it is left out and three programmes have standard errors.
    #[serde(default)]
    pub pool: Option<PoolSetting>,
    /// Scale of pooling; logit for shares where it is left out.
    #[serde(default)]
    pub pool_scale: Option<PoolScale>,
    /// Errors of the pooled mean.
    #[serde(default)]
    pub pool_errors: PoolErrors,
    /// Column of the programmes whose groups are pooled apart.
    #[serde(default)]
    pub subgroups: Option<String>,
    /// Columns of the programmes that the values are regressed on.
    #[serde(default)]
    pub moderators: Vec<String>,
    /// Column of the programmes that stands above them: a country.
    #[serde(default)]
    pub levels: Option<String>,
    /// Whether programmes with a remigration objective are pooled with the others.
    #[serde(default)]
    pub pool_flagged: bool,
    /// Whether ranks are made; without it, they are where the measure has a direction.
    #[serde(default)]
    pub league: Option<bool>,
    /// Sizes of the top.
    #[serde(default)]
    pub top: Vec<u64>,
    /// Column of the programmes within whose values like is compared with like.
    #[serde(default)]
    pub strata: Option<String>,
    /// Columns of the programmes that values are adjusted for.
    #[serde(default)]
    pub adjust: Vec<String>,
    /// Columns shown in the case-mix table beside strata, adjusters and moderators.
    #[serde(default)]
    pub mix: Vec<String>,
    /// Whether the comparison is followed over the evaluation's periods.
    #[serde(default)]
    pub trend: bool,
}

/// One text or several.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    /// Whether `text` is among them.
    pub fn holds(&self, text: &str) -> bool {
        match self {
            OneOrMore::One(one) => one == text,
            OneOrMore::More(more) => more.iter().any(|m| m == text),
        }
    }
}

/// A margin.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum EquivalenceMargin {
    /// As far down as up.
    Both(f64),
    /// Downwards (negative) and upwards.
    Ends(f64, f64),
}

/// What a figure without sampling error rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordedSetting {
    /// Shares and counts of single rows: chance, as if the time could have run otherwise; everything else: as it is.
    #[default]
    Auto,
    /// As it is.
    Exact,
}

/// Whether and how values are pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum PoolSetting {
    /// `false`: not at all; `true`: as by default.
    Whether(bool),
    /// By a model.
    Model(PoolModel),
}

/// Errors of a pooled mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolErrors {
    /// Hartung & Knapp (2001), Student's t.
    HartungKnapp,
    /// The same, never narrower than the normal one (Röver, Knapp & Friede 2015).
    #[default]
    HartungKnappModified,
    /// Normal.
    Normal,
}

/// A definition that the user holds to be the same although it is written otherwise.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameSetting {
    /// Id of the indicator (or `effect/indicator`) under which it is compared.
    pub indicator: String,
    /// What it is called in single sources: label to id.
    #[serde(default)]
    pub called: BTreeMap<String, String>,
    /// Why the definitions may be compared.
    pub reason: String,
}

impl ComparisonSetting {
    /// Name of the block.
    pub fn name(&self) -> &str {
        self.id.as_deref().unwrap_or("comparison")
    }

    /// What needs no data to be found wrong.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Box<Finding>> {
        let name = self.name();
        let wrong = |key: &str, message: String, help: &str| {
            let finding = Finding::error("evaluation-comparison", message, help);
            Err(Box::new(finding.in_column(format!("comparison.{key}"))))
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            let message = format!("The comparison's id `{name}` is no short name.");
            return wrong(
                "id",
                message,
                "Use letters, digits and hyphens: `id = \"trust\"`.",
            );
        }
        match (self.margin, self.margin_reason.as_deref().map(str::trim)) {
            (Some(_), None | Some("")) => {
                let message = format!("The margin of the comparison `{name}` has no reason.");
                let help = "Say in `margin_reason` why a smaller difference does not matter: the verdict rests on it.";
                return wrong("margin_reason", message, help);
            }
            (None, Some(_)) => {
                let message =
                    format!("The comparison `{name}` gives a reason for a margin, and no margin.");
                return wrong(
                    "margin",
                    message,
                    "Add `margin`, in the unit of the indicator.",
                );
            }
            (Some(margin), _) => {
                if self.scale == DifferenceScale::Ratio {
                    let message = format!(
                        "The margin of the comparison `{name}` is of a difference, and ratios are asked for."
                    );
                    let help = "Leave out `scale`, or make a comparison of its own for the margin.";
                    return wrong("scale", message, help);
                }
                let (low, high) = margin.ends();
                if !(low.is_finite() && high.is_finite() && low < 0.0 && high > 0.0) {
                    let message = format!(
                        "The margin of the comparison `{name}` reaches from {low} to {high}; it must lie on both sides of 0."
                    );
                    let help = "Write one positive number (`margin = 0.05`), or the lower and the upper end (`margin = [-0.05, 0.1]`).";
                    return wrong("margin", message, help);
                }
                if self.benchmark.is_none() {
                    let message = format!("The comparison `{name}` has a margin and no benchmark.");
                    let help = "Name in `benchmark` the programme, group or period that others are compared with.";
                    return wrong("benchmark", message, help);
                }
            }
            (None, None) => {}
        }
        if self.top.contains(&0) {
            let message = format!("The comparison `{name}` asks for the top 0.");
            return wrong("top", message, "Write sizes of 1 and more: `top = [3]`.");
        }
        Ok(())
    }
}

impl EquivalenceMargin {
    /// Lower and upper end.
    pub fn ends(self) -> (f64, f64) {
        match self {
            EquivalenceMargin::Both(width) => (-width, width),
            EquivalenceMargin::Ends(low, high) => (low, high),
        }
    }
}

/// What needs no data to be found wrong in comparisons and qualitative analyses; names are told apart over both.
///
/// # Errors
/// The first fault.
pub fn check_all(
    comparisons: &[ComparisonSetting],
    qca: &[QcaSetting],
) -> Result<(), Box<Finding>> {
    comparisons.iter().try_for_each(ComparisonSetting::check)?;
    qca.iter().try_for_each(QcaSetting::check)?;
    let names = comparisons.iter().map(ComparisonSetting::name);
    let mut seen = BTreeSet::new();
    for name in names.chain(qca.iter().map(QcaSetting::name)) {
        if !seen.insert(name) {
            let message = format!("Two comparisons are named `{name}`.");
            let help = "Give each `[[comparison]]` and `[[qca]]` an `id` of its own.";
            let finding = Finding::error("evaluation-comparison", message, help);
            return Err(Box::new(finding.in_column("comparison.id")));
        }
    }
    Ok(())
}
