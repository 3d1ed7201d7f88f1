//! `interval`: how the interval of a sample's estimate is made.

use serde::Deserialize;

/// How an interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalMethod {
    /// Shares: Wilson; means on a scale with known ends: logit; quantiles: Woodruff; everything else: jackknife.
    #[default]
    Auto,
    /// Taylor linearisation, Student's t.
    Linearisation,
    /// Leaving out one cluster at a time, Student's t.
    Jackknife,
    /// By the replicate weights of the data, Student's t.
    ReplicateWeights,
    /// Quantiles of bootstrap replicates.
    BootstrapPercentile,
    /// Bias-corrected and accelerated quantiles of bootstrap replicates.
    BootstrapBca,
    /// Bootstrap t.
    BootstrapStudentised,
    /// Wilson's score interval of a share, with effective rows.
    Wilson,
    /// The interval of Clopper and Pearson of a share, with effective rows.
    ClopperPearson,
    /// Symmetrical on the logit: of a share, or of a mean on a scale with known ends.
    Logit,
    /// Woodruff's interval of a quantile.
    Woodruff,
}

impl IntervalMethod {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            IntervalMethod::Auto => "auto",
            IntervalMethod::Linearisation => "linearisation",
            IntervalMethod::Jackknife => "jackknife",
            IntervalMethod::ReplicateWeights => "replicate-weights",
            IntervalMethod::BootstrapPercentile => "bootstrap-percentile",
            IntervalMethod::BootstrapBca => "bootstrap-bca",
            IntervalMethod::BootstrapStudentised => "bootstrap-studentised",
            IntervalMethod::Wilson => "wilson",
            IntervalMethod::ClopperPearson => "clopper-pearson",
            IntervalMethod::Logit => "logit",
            IntervalMethod::Woodruff => "woodruff",
        }
    }

    /// Whether it draws replicates at random.
    pub fn is_bootstrap(self) -> bool {
        matches!(
            self,
            IntervalMethod::BootstrapPercentile
                | IntervalMethod::BootstrapBca
                | IntervalMethod::BootstrapStudentised
        )
    }
}
