//! Statistics over plain numbers: no tables, no indicators, no words for a report.
//!
//! Every function takes slices or matrices in the order of the data and gives numbers, or a [`Refused`] in words where a number
//! would mislead. Random methods take a seed and draw each replicate from a stream of its own ([`random`]), so that their
//! results are the same bits with any number of threads.

pub mod adjust;
pub mod arms;
pub mod balance;
pub mod did;
pub mod distribution;
pub mod linear;
pub mod meta;
pub mod pairwise;
pub mod power;
pub mod profiles;
pub mod qca;
pub mod random;
pub mod ranks;
pub mod resample;
pub mod series;
pub mod simultaneous;
pub mod studentised;
pub mod survey;

/// Why a statistic can't be had, in words that go on after "can't be estimated: ".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The reason, starting in lower case, without a full stop.
    pub reason: String,
    /// What to do about it, a whole sentence.
    pub help: String,
}

impl Refused {
    /// A refusal with its remedy.
    pub fn new(reason: impl Into<String>, help: impl Into<String>) -> Refused {
        Refused {
            reason: reason.into(),
            help: help.into(),
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Refused {}

/// A number with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inference {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom of the t distribution; infinite where the normal is used.
    pub df: f64,
    /// Lower bound of the interval.
    pub low: f64,
    /// Upper bound of the interval.
    pub high: f64,
    /// Two-sided p-value of "the true value is `null`" (0 unless said otherwise).
    pub p: f64,
}

impl Inference {
    /// From a value, its standard error and degrees of freedom (infinite: normal), at a confidence level such as 0.95, with
    /// the p-value of a true value of 0.
    pub fn t(value: f64, se: f64, df: f64, confidence: f64) -> Inference {
        let half = distribution::t_quantile(0.5 + confidence / 2.0, df) * se;
        Inference {
            value,
            se,
            df,
            low: value - half,
            high: value + half,
            p: distribution::t_two_sided(value / se, df),
        }
    }
}
