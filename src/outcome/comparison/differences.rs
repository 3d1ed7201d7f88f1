//! Pairs of programmes, groups or periods: differences, ratios, equivalence.

use serde::{Deserialize, Serialize};

/// Whether all entries are equal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverallTest {
    /// Name of the test: `Welch's F`, `Cochran's Q`.
    pub name: String,
    /// Statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Degrees of freedom of the denominator, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df2: Option<f64>,
    /// p-value.
    pub p: f64,
}

/// Differences or ratios of pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Differences {
    /// Whether pairs are subtracted or divided.
    pub scale: DifferenceScale,
    /// Index of the benchmark among the entries; `None` for all pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benchmark: Option<usize>,
    /// How the number of pairs is allowed for.
    pub multiplicity: Multiplicity,
    /// The pairs: all of them, or those with the benchmark.
    pub pairs: Vec<PairDifference>,
    /// Letters per entry, in the order of the entries: two that share a letter are not shown to differ. Empty where there are no tests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<String>,
}

/// How pairs are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceScale {
    /// First less second.
    #[default]
    Difference,
    /// First by second.
    Ratio,
}

/// How the number of comparisons is allowed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Multiplicity {
    /// Games-Howell for all pairs, Romano-Wolf against a benchmark.
    #[default]
    Auto,
    /// Each with its own variance (Games & Howell 1976).
    GamesHowell,
    /// One variance for all (Tukey 1953, Kramer 1956); groups of programmes only.
    TukeyKramer,
    /// Step-down by the largest of the remaining statistics, drawn together (Romano & Wolf 2005).
    RomanoWolf,
    /// Holm (1979).
    Holm,
    /// Benjamini & Hochberg (1995): the share of false among those found.
    BenjaminiHochberg,
    /// Not at all.
    None,
}

/// Two entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairDifference {
    /// Index of the first among the entries.
    pub a: usize,
    /// Index of the second.
    pub b: usize,
    /// First less second, or first by second.
    pub value: f64,
    /// Standard error of the difference, or of the logarithm of the ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Degrees of freedom; `None` for the normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Interval of this pair alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Interval that holds for all pairs together, where the method has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simultaneous: Option<(f64, f64)>,
    /// Two-sided p-value of this pair alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// p-value that allows for the number of pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted: Option<f64>,
}

/// Equivalence and non-inferiority of pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EquivalenceTable {
    /// The greatest difference that does not matter, downwards (negative) and upwards, in the unit of the differences.
    pub margin: (f64, f64),
    /// Why that is the margin, as the user states it.
    pub reason: String,
    /// Confidence of the shorter interval: 0.90 where each one-sided test is at 5 %.
    pub inner_confidence: f64,
    /// Index of the benchmark among the entries.
    pub benchmark: usize,
    /// One per other entry.
    pub rows: Vec<EquivalenceRow>,
}

/// An entry against the benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EquivalenceRow {
    /// Index among the entries.
    pub entry: usize,
    /// Entry less benchmark.
    pub value: f64,
    /// Standard error; `None` where both figures are recorded in full, or the error of one is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Degrees of freedom; `None` for the normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Interval at the comparison's confidence; none where the error of one of the figures is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outer: Option<(f64, f64)>,
    /// Interval of the two one-sided tests; none likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner: Option<(f64, f64)>,
    /// p of "lower than the lower margin", and of "higher than the upper margin".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<(f64, f64)>,
    /// The verdict.
    pub verdict: EquivalenceVerdict,
    /// Whether it is shown to be no worse than the benchmark by the margin; `None` where the measure has no direction, and where there
    /// is no verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_inferior: Option<bool>,
    /// Whether zero lies outside the interval although the difference is within the margin.
    #[serde(default)]
    pub different: bool,
}

/// What was shown of an entry against the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EquivalenceVerdict {
    /// The difference is smaller than the margin.
    Equivalent,
    /// Better, and not shown to be within the margin.
    Better,
    /// Worse, and not shown to be within the margin.
    Worse,
    /// Higher or lower, of a measure without direction.
    Different,
    /// None of these.
    NotEstablished,
    /// There is none: the error of one of the two figures is not known.
    NoVerdict,
}

impl EquivalenceVerdict {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            EquivalenceVerdict::Equivalent => "equivalent",
            EquivalenceVerdict::Better => "better",
            EquivalenceVerdict::Worse => "worse",
            EquivalenceVerdict::Different => "different",
            EquivalenceVerdict::NotEstablished => "not-established",
            EquivalenceVerdict::NoVerdict => "no-verdict",
        }
    }
}
