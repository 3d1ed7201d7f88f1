//! `[[effect]]`: by which design a change in an indicator is told.

use super::effect_keys::keys_of;
use crate::finding::{Finding, nearest};
use crate::outcome::EffectDesign;
use serde::Deserialize;

/// An effect asked for, of one or more indicators.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectSetting {
    /// Short name, unique; the design's name where it is left out.
    #[serde(default)]
    pub id: Option<String>,
    /// Ids or globs over `kind/dimension/id`; they need not be among the evaluation's `indicators`.
    pub indicators: Vec<String>,
    /// Design.
    pub design: EffectDesign,
    /// Rows that take part, besides the indicator's own filter.
    #[serde(default, rename = "where")]
    pub filter: Option<String>,
    /// Whether a row is treated: a condition on the rows of the indicator's table.
    #[serde(default)]
    pub treated: Option<String>,
    /// Labels of the two waves of the table's wave column, the earlier first. Stands for `before` and `after`.
    #[serde(default, deserialize_with = "labels")]
    pub waves: Option<(String, String)>,
    /// Condition of the rows before.
    #[serde(default)]
    pub before: Option<String>,
    /// Condition of the rows after.
    #[serde(default)]
    pub after: Option<String>,
    /// What is seen over several periods: a column or expression.
    #[serde(default)]
    pub unit: Option<String>,
    /// The period: a number (a year) or a date.
    #[serde(default)]
    pub time: Option<String>,
    /// Period in which a unit adopts; missing for one that never does.
    #[serde(default)]
    pub adopted: Option<String>,
    /// First period after the intervention: `2013-01-01`, or a number such as 2013.
    #[serde(default)]
    pub intervention: Option<toml::Value>,
    /// Condition of the series that the intervention did not touch.
    #[serde(default)]
    pub control: Option<String>,
    /// Periods in a year, for seasonal differences in a series: 4 for quarters, 12 for months.
    #[serde(default)]
    pub seasons: Option<u32>,
    /// How much each row had of what the effect is of: a number.
    #[serde(default)]
    pub dose: Option<String>,
    /// Indicator whose value in each row the outcome goes with.
    #[serde(default)]
    pub with: Option<String>,
    /// A number; the effect is told per unit of it.
    #[serde(default)]
    pub moderator: Option<String>,
    /// Columns that are held constant: numbers as they are, everything else by category.
    #[serde(default)]
    pub covariates: Vec<String>,
    /// Columns shown in the balance table beside the covariates.
    #[serde(default)]
    pub balance: Vec<String>,
    /// What is done with covariates.
    #[serde(default)]
    pub adjust: Adjust,
    /// Whether chance decided who is treated.
    #[serde(default)]
    pub randomised: bool,
    /// What was assigned as a whole, where it is not the row or person.
    #[serde(default)]
    pub assigned: Option<String>,
    /// Blocks within which was assigned.
    #[serde(default)]
    pub blocks: Option<String>,
    /// Cluster of the errors, in place of the table's.
    #[serde(default)]
    pub cluster: Option<String>,
    /// A second cluster that crosses the first.
    #[serde(default)]
    pub second_cluster: Option<String>,
    /// Standard errors.
    #[serde(default)]
    pub errors: Option<ErrorKind>,
    /// Weights of the wild cluster bootstrap, made beside where there are few clusters.
    #[serde(default)]
    pub wild: Option<WildWeights>,
    /// Estimator of staggered adoption.
    #[serde(default)]
    pub estimator: Estimator,
    /// Who the adopters are compared with.
    #[serde(default)]
    pub comparison: ComparisonUnits,
    /// What the one number of staggered adoption is the mean of.
    #[serde(default)]
    pub average: AverageOf,
    /// From which period change is counted before adoption.
    #[serde(default)]
    pub base: BasePeriod,
    /// How two arms are compared.
    #[serde(default)]
    pub scale: EffectScale,
    /// Columns of which each value is estimated by itself.
    #[serde(default)]
    pub by: Vec<String>,
    /// Smallest effect of interest, in the unit of the effect (0.05 for 5 percentage points).
    #[serde(default)]
    pub smallest_effect: Option<f64>,
    /// Why that is the smallest effect of interest.
    #[serde(default)]
    pub smallest_effect_reason: Option<String>,
}

/// Two labels, which may be written as numbers, dates or truth values.
fn labels<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<(String, String)>, D::Error> {
    let label = |value: toml::Value| match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => Ok(value.to_string()),
        _ => Err(serde::de::Error::custom(
            "a wave is a single value: waves = [\"baseline\", \"endline\"]",
        )),
    };
    let (before, after) = <(toml::Value, toml::Value)>::deserialize(from)?;
    Ok(Some((label(before)?, label(after)?)))
}

/// What is done with covariates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjust {
    /// They enter the regression as they are.
    #[default]
    Regression,
    /// They enter centred and multiplied with the treatment (Lin 2013).
    Lin,
    /// The person's own value before enters the regression of the value after.
    Ancova,
    /// Rows are weighted by the inverse of the estimated chance of their group.
    Weighting,
    /// Weighting and regression together.
    DoublyRobust,
    /// Each treated row is compared with the most similar ones not treated.
    Matching,
}

/// Kinds of standard errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// Equal variance, independent rows.
    Classical,
    /// White (1980).
    Hc0,
    /// With n / (n - k).
    Hc1,
    /// By leverage (MacKinnon & White 1985).
    Hc2,
    /// By squared leverage.
    Hc3,
    /// By cluster, no correction.
    Cr0,
    /// By cluster, with the usual factor.
    Cr1,
    /// By cluster, bias-reduced, with Satterthwaite degrees of freedom.
    Cr2,
}

/// Weights of the wild cluster bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WildWeights {
    /// -1 and 1.
    Rademacher,
    /// Mammen (1993).
    Mammen,
    /// Webb (2014): six points.
    Webb,
    /// None.
    Off,
}

/// Estimators of staggered adoption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Estimator {
    /// Callaway & Sant'Anna (2021).
    #[default]
    CallawaySantanna,
    /// Sun & Abraham (2021).
    SunAbraham,
}

/// Whom adopters are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComparisonUnits {
    /// Units that never adopt.
    #[default]
    Never,
    /// Units that have not adopted yet.
    NotYet,
}

pub use crate::outcome::{AverageOf, BasePeriod, EffectScale};

impl EffectSetting {
    /// Its name: as given, else that of its design.
    pub fn name(&self) -> &str {
        self.id.as_deref().unwrap_or(self.design.word())
    }

    /// What is set although the design has no use for it, and what lacks although it needs it.
    pub(super) fn check(&self) -> Result<(), Box<Finding>> {
        let design = self.design.word();
        let fault = |message: String, help: &str| {
            let finding = Finding::error("evaluation-effect", message, help);
            Err(Box::new(
                finding.in_column(format!("effect.{}", self.name())),
            ))
        };
        let (needs, takes) = keys_of(self.design);
        let set = self.keys_set();
        for need in needs {
            let there = need.split('|').any(|key| set.contains(&key));
            if !there {
                let named = need.replace('|', "` or `");
                let help = format!(
                    "Add `{named} = ...`; docs/formats.md (Effects) shows an example of each design."
                );
                return fault(format!("A {design} effect needs `{named}`."), &help);
            }
        }
        let known = |key: &&str| {
            needs.iter().any(|n| n.split('|').any(|k| k == *key)) || takes.contains(key)
        };
        if let Some(other) = set.iter().find(|key| !known(key)) {
            let names: Vec<&str> = needs
                .iter()
                .flat_map(|n| n.split('|'))
                .chain(takes.iter().copied())
                .collect();
            let help = match nearest(other, names.iter().copied()) {
                Some(near) => {
                    format!("Did you mean `{near}`? Else remove it: it would change nothing.")
                }
                None => "Remove it: it would change nothing.".to_owned(),
            };
            return fault(
                format!("A {design} effect has no use for `{other}`."),
                &help,
            );
        }
        if self.before.is_some() != self.after.is_some() {
            return fault(
                "`before` and `after` belong together.".to_owned(),
                "Give a condition for each, or `waves = [\"baseline\", \"endline\"]`.",
            );
        }
        if self.waves.is_some() && self.before.is_some() {
            return fault(
                "Both `waves` and `before` say which rows are the earlier ones.".to_owned(),
                "Keep one of them.",
            );
        }
        if self.adopted.is_some() && self.treated.is_some() {
            return fault(
                "Both `adopted` and `treated` say when a unit adopts.".to_owned(),
                "Keep `adopted` (a column with the period), or `treated` (a condition: adoption is its first period).",
            );
        }
        if matches!(&self.waves, Some((a, b)) if a == b) {
            return fault(
                "Both waves are the same.".to_owned(),
                "Name the earlier wave first, then the later one.",
            );
        }
        if let Some(smallest) = self.smallest_effect
            && !(smallest.is_finite() && smallest > 0.0)
        {
            return fault(
                format!("The smallest effect of interest is {smallest}; it must be above zero."),
                "Give its size without a sign, in the unit of the indicator: 0.05 for 5 percentage points.",
            );
        }
        self.adjusts(&fault)?;
        self.arms(&fault)?;
        if self.estimator == Estimator::SunAbraham && self.base == BasePeriod::Varying {
            return fault(
                "`sun-abraham` counts change from the last period before adoption throughout: its base can't be varying.".to_owned(),
                "Remove `base`, or use estimator = \"callaway-santanna\".",
            );
        }
        if self.randomised
            && !matches!(
                self.design,
                EffectDesign::Comparison | EffectDesign::DifferenceInDifferences
            )
        {
            return fault(
                format!(
                    "A {design} effect can't be randomised: it has no groups that chance could have made."
                ),
                "Use design = \"comparison\" or \"difference-in-differences\", or remove `randomised`.",
            );
        }
        if (self.assigned.is_some() || self.blocks.is_some()) && !self.randomised {
            return fault(
                "`assigned` and `blocks` say how chance assigned the treatment, but `randomised` is not set.".to_owned(),
                "Add randomised = true if chance decided, else remove them.",
            );
        }
        if self.second_cluster.is_some() && !matches!(self.errors, None | Some(ErrorKind::Cr1)) {
            return fault(
                "Errors clustered two ways are CR1.".to_owned(),
                "Remove `errors`, or `second_cluster`.",
            );
        }
        if self.cluster.is_some() && self.design == EffectDesign::InterruptedSeries {
            return fault(
                "An interrupted-series effect has no use for `cluster`.".to_owned(),
                "Remove it: errors follow each series' own course.",
            );
        }
        if self.name().is_empty() || self.name().contains('/') {
            return fault(
                format!("`{}` can't be the id of an effect.", self.name()),
                "Use letters, digits and hyphens: id = \"members\".",
            );
        }
        if self.smallest_effect_reason.is_some() && self.smallest_effect.is_none() {
            return fault(
                "`smallest_effect_reason` belongs to `smallest_effect`, which is not given."
                    .to_owned(),
                "Add smallest_effect = ..., in the unit of the indicator.",
            );
        }
        if self.second_cluster.is_some() && self.cluster.is_none() {
            return fault(
                "`second_cluster` needs `cluster`.".to_owned(),
                "Name the first cluster too.",
            );
        }
        Ok(())
    }

    /// What a ratio of two arms leaves no use for.
    fn arms(
        &self,
        fault: &impl Fn(String, &str) -> Result<(), Box<Finding>>,
    ) -> Result<(), Box<Finding>> {
        let word = match self.scale {
            EffectScale::Difference => return Ok(()),
            EffectScale::OddsRatio => "An odds ratio",
            EffectScale::RiskRatio => "A risk ratio",
        };
        let unused = [
            "covariates",
            "adjust",
            "moderator",
            "errors",
            "wild",
            "second_cluster",
        ];
        let set = self.keys_set();
        let key = unused.iter().find(|key| set.contains(key)).copied();
        match key.or(self.cluster.as_ref().map(|_| "cluster")) {
            None => Ok(()),
            Some(key) => fault(
                format!("{word} comes from the counts of two arms and has no use for `{key}`."),
                "Remove it, or remove `scale` for a difference of shares.",
            ),
        }
    }

    /// What `adjust` lacks, or leaves no use for.
    fn adjusts(
        &self,
        fault: &impl Fn(String, &str) -> Result<(), Box<Finding>>,
    ) -> Result<(), Box<Finding>> {
        let design = self.design.word();
        if self.adjust != Adjust::Regression
            && self.adjust != Adjust::Ancova
            && self.covariates.is_empty()
        {
            return fault(
                "`adjust` needs `covariates`.".to_owned(),
                "Name what is to be held constant: covariates = [\"generation\", \"sex\"].",
            );
        }
        if self.adjust != Adjust::Regression && self.design != EffectDesign::Comparison {
            return fault(
                format!(
                    "`adjust` other than \"regression\" is for comparisons, not for a {design} effect."
                ),
                "Remove it, or use design = \"comparison\".",
            );
        }
        if self.adjust == Adjust::Ancova && self.waves.is_none() && self.before.is_none() {
            return fault(
                "`adjust = \"ancova\"` holds the value before constant, but nothing says what is before.".to_owned(),
                "Add waves = [\"baseline\", \"endline\"], or `before` and `after`.",
            );
        }
        let by_weights = matches!(
            self.adjust,
            Adjust::Weighting | Adjust::DoublyRobust | Adjust::Matching
        );
        let unused = ["moderator", "errors", "wild", "second_cluster"];
        let set = self.keys_set();
        if let Some(key) = unused.iter().find(|key| by_weights && set.contains(key)) {
            return fault(
                format!("Weighting and matching have no use for `{key}`."),
                "Remove it, or use adjust = \"regression\" or \"lin\".",
            );
        }
        Ok(())
    }
}
