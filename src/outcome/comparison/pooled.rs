//! One mean over programmes, and how far they scatter around it.

use serde::{Deserialize, Serialize};

/// Pooled over programmes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// How the scatter between programmes is estimated.
    pub model: PoolModel,
    /// Scale on which values were pooled.
    pub scale: PoolScale,
    /// Indices of the entries pooled, in order.
    pub pooled: Vec<usize>,
    /// The mean; on the pooling scale, as everything here.
    pub mean: PooledMean,
    /// The mean with a common true value (fixed effect), for comparison.
    pub fixed: PooledMean,
    /// Scatter.
    pub heterogeneity: Heterogeneity,
    /// Where the true value of a new programme of this sort is expected; absent for a fixed effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prediction: Option<(f64, f64)>,
    /// Degrees of freedom of the t distribution behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prediction_df: Option<f64>,
    /// Interval by the normal distribution, where that of the mean is narrower: programmes that are more alike than their errors let
    /// expect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normal_interval: Option<(f64, f64)>,
    /// Shares of none or all of their rows, to which half a row was added on either side.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub halves_added: u64,
    /// One per pooled entry.
    pub members: Vec<PooledMember>,
    /// Means of groups of programmes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subgroups: Option<PooledSubgroups>,
    /// Meta-regression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regression: Option<PooledRegression>,
    /// Programmes in countries or other levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multilevel: Option<PooledMultilevel>,
    /// Whether small programmes tell another story.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub small_study: Option<SmallStudy>,
}

/// How the scatter between programmes is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolModel {
    /// Restricted maximum likelihood.
    #[default]
    Reml,
    /// DerSimonian & Laird (1986).
    DersimonianLaird,
    /// Paule & Mandel (1982).
    PauleMandel,
    /// Sidik & Jonkman (2005).
    SidikJonkman,
    /// Hedges (1985).
    Hedges,
    /// None: one true value for all.
    Fixed,
    /// Shares from their counts: binomial within programmes, normal log odds between them, maximum likelihood (Stijnen, Hamza &
    /// Özdemir 2010).
    BinomialNormal,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Scale on which values are pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolScale {
    /// As they are.
    #[default]
    Own,
    /// Log odds of a share.
    Logit,
    /// Natural logarithm.
    Log,
}

/// A mean with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PooledMean {
    /// Value.
    pub value: f64,
    /// Standard error.
    pub se: f64,
    /// Degrees of freedom; `None` for the normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Interval.
    pub interval: (f64, f64),
    /// Two-sided p-value of zero.
    pub p: f64,
}

/// How far programmes scatter beyond sampling error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Heterogeneity {
    /// Cochran's Q; of counts pooled as such, the likelihood ratio of equal shares.
    pub q: f64,
    /// Its degrees of freedom.
    pub df: f64,
    /// Its p-value.
    pub p: f64,
    /// Variance between programmes.
    pub tau2: f64,
    /// Interval of that variance (Q-profile); the upper end may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tau2_interval: Option<(f64, f64)>,
    /// Share of the observed variance that lies between programmes, 0 to 1.
    pub i2: f64,
    /// Its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub i2_interval: Option<(f64, f64)>,
    /// Total by sampling variance.
    pub h2: f64,
}

/// A pooled programme.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PooledMember {
    /// Index among the entries.
    pub entry: usize,
    /// Value on the pooling scale.
    pub value: f64,
    /// Standard error on the pooling scale.
    pub se: f64,
    /// Weight in the mean, 0 to 1.
    pub weight: f64,
    /// Its own value drawn towards the mean (empirical Bayes), with an interval.
    pub shrunken: (f64, f64, f64),
    /// Mean without it, with its interval; absent where too few would be left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<(f64, f64, f64)>,
    /// tau2 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tau2_without: Option<f64>,
    /// Residual in standard errors, itself left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<f64>,
    /// Cook's distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cook: Option<f64>,
    /// Whether leaving it out changes the result noticeably.
    pub influential: bool,
}

/// Means of groups of programmes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PooledSubgroups {
    /// Column.
    pub by: String,
    /// The groups.
    pub groups: Vec<PooledGroup>,
    /// Whether one variance between programmes is taken to hold in all groups, since some are small.
    pub common: bool,
    /// Test that they are all equal: statistic, degrees of freedom (second absent for chi-squared), p.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<super::OverallTest>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PooledGroup {
    /// Its label.
    pub label: String,
    /// Indices of its entries.
    pub entries: Vec<usize>,
    /// Its mean; absent with fewer than two programmes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<PooledMean>,
    /// Variance between its programmes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tau2: Option<f64>,
}

/// A meta-regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PooledRegression {
    /// Coefficients, the constant first.
    pub coefficients: Vec<PooledCoefficient>,
    /// Joint test of all but the constant.
    pub test: super::OverallTest,
    /// Variance between programmes that is left.
    pub tau2: f64,
    /// Share of the variance between programmes that the moderators account for, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r2: Option<f64>,
    /// Programmes in it.
    pub programmes: u64,
}

/// A coefficient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PooledCoefficient {
    /// What it belongs to.
    pub name: String,
    /// Value and uncertainty.
    pub estimate: PooledMean,
}

/// Programmes within groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PooledMultilevel {
    /// Column of the upper level.
    pub by: String,
    /// Groups.
    pub groups: u64,
    /// The mean.
    pub mean: PooledMean,
    /// Variance between groups.
    pub between: f64,
    /// Variance between programmes of a group.
    pub within: f64,
}

/// Whether small programmes tell another story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmallStudy {
    /// Egger's test: slope of the value on its standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egger: Option<PooledMean>,
    /// Why there is no test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_test: Option<String>,
}
