//! Confidence intervals and what they rest on.

use serde::{Deserialize, Serialize};

/// A confidence interval with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Standard error. Where the bounds are not made from one (Woodruff; shares of none or all): their distance over twice the quantile.
    pub se: f64,
    /// Degrees of freedom of the t distribution; 0 where the interval rests on the normal distribution.
    pub df: f64,
    /// Clusters (persons where no cluster is named) with a row in the cell; 0 where replicate weights don't tell.
    pub clusters: u64,
    /// How it was made.
    #[serde(default)]
    pub kind: IntervalKind,
    /// Variance relative to that of a simple random sample of as many rows, drawn with replacement; for means and shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design_effect: Option<f64>,
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalKind {
    /// Not said: by a version that did not record it.
    #[default]
    Unrecorded,
    /// Leaving out one cluster at a time, Student's t.
    Jackknife,
    /// Taylor linearisation, Student's t.
    Linearisation,
    /// By the replicate weights of the data, Student's t.
    ReplicateWeights,
    /// Quantiles of bootstrap replicates.
    BootstrapPercentile,
    /// Bias-corrected and accelerated quantiles of bootstrap replicates.
    BootstrapBca,
    /// Bootstrap t.
    BootstrapStudentised,
    /// Wilson's score interval with effective rows.
    Wilson,
    /// The interval of Clopper and Pearson with effective rows.
    ClopperPearson,
    /// Symmetrical on the logit.
    Logit,
    /// Woodruff's interval of a quantile.
    Woodruff,
    /// Between two order statistics of a simple random sample.
    OrderStatistics,
    /// By Greenwood's variance, on the scale of ln(-ln).
    Greenwood,
}

impl IntervalKind {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            IntervalKind::Unrecorded => "unrecorded",
            IntervalKind::Jackknife => "jackknife",
            IntervalKind::Linearisation => "linearisation",
            IntervalKind::ReplicateWeights => "replicate-weights",
            IntervalKind::BootstrapPercentile => "bootstrap-percentile",
            IntervalKind::BootstrapBca => "bootstrap-bca",
            IntervalKind::BootstrapStudentised => "bootstrap-studentised",
            IntervalKind::Wilson => "wilson",
            IntervalKind::ClopperPearson => "clopper-pearson",
            IntervalKind::Logit => "logit",
            IntervalKind::Woodruff => "woodruff",
            IntervalKind::OrderStatistics => "order-statistics",
            IntervalKind::Greenwood => "greenwood",
        }
    }
}
