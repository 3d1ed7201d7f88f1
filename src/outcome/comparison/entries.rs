//! What stands beside each other: values of programmes, groups of programmes or periods.

use serde::{Deserialize, Serialize};

/// One that is compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Key: of the case, the group's label, or the period.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Index into the cases, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<usize>,
    /// Value in the measure's own scale.
    pub value: f64,
    /// Standard error; `None` where the figure has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Degrees of freedom of the t distribution; `None` where the normal is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Interval at the comparison's confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// What the uncertainty is of.
    pub basis: Basis,
    /// Rows behind it; of a group of programmes, how many programmes.
    pub n: u64,
    /// Standard deviation between the programmes of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
    /// Numerator and denominator of a ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<(f64, f64)>,
    /// Effective rows of a share: so many drawn one by one would tell it as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<f64>,
    /// Why the error can't be estimated, where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_error: Option<String>,
}

impl Entry {
    /// Whether everything was recorded and the figure is taken as it is: its error is zero.
    pub fn exact(&self) -> bool {
        self.se.is_none() && self.basis == Basis::Recorded
    }

    /// Whether it has an error that nothing tells the size of (a sample of one, answers that are all equal). Not known is not zero:
    /// such a figure stands by its value alone.
    pub fn error_unknown(&self) -> bool {
        self.se.is_none() && self.basis != Basis::Recorded
    }
}

/// What the uncertainty of a value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Sampling: others could have been asked.
    Sample,
    /// Chance: everything was recorded, and is taken as one of the courses that the programme's time could have taken.
    Chance,
    /// Between programmes: others of the same group could have been there.
    Programmes,
    /// Everything was recorded, and the figure is taken as it is.
    Recorded,
    /// There is an error, and nothing tells its size: a sample of one, answers that are all equal.
    Unknown,
}

impl Basis {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Sample => "sample",
            Basis::Chance => "chance",
            Basis::Programmes => "programmes",
            Basis::Recorded => "recorded",
            Basis::Unknown => "unknown",
        }
    }
}

/// One that can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// Key.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// The word of its status (`suppressed`, `no-rows`, ...), or why it is set apart (`flagged`, `left-out`, `too-few`).
    pub status: String,
    /// The reason, for a reader.
    pub reason: String,
}
