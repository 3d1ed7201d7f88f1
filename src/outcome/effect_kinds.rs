//! What the number of an effect is, and what it is the mean of.

use serde::{Deserialize, Serialize};

/// What the number of an effect is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectScale {
    /// A difference in the unit of the indicator.
    #[default]
    Difference,
    /// The natural logarithm of the ratio of the two arms' odds: 0 where there is no effect.
    OddsRatio,
    /// The natural logarithm of the ratio of the two arms' shares.
    RiskRatio,
}

impl EffectScale {
    /// Whether it is a difference.
    pub fn is_difference(&self) -> bool {
        *self == EffectScale::Difference
    }

    /// Name of the ratio; empty for a difference.
    pub fn ratio(self) -> &'static str {
        match self {
            EffectScale::Difference => "",
            EffectScale::OddsRatio => "odds ratio",
            EffectScale::RiskRatio => "risk ratio",
        }
    }
}

/// What the one number of staggered adoption is the mean of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AverageOf {
    /// Within cohorts over the periods from adoption on, then over cohorts by their number of units.
    #[default]
    Group,
    /// All effects of a cohort in a period from adoption on, by the number of units.
    Simple,
    /// Over times since adoption, each counting once.
    Dynamic,
    /// Over periods, each counting once.
    Calendar,
}

/// From which period change is counted before adoption; from adoption on it is always the last period before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BasePeriod {
    /// The last period before adoption, throughout.
    #[default]
    Universal,
    /// The period before: effects before adoption are changes from one period to the next.
    Varying,
}
