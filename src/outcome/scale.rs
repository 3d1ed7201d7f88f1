//! How well the items of a scale hang together.

use serde::{Deserialize, Serialize};

/// A scale in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Rows that match the filter.
    pub rows: u64,
    /// Rows with a score: so many items answered as the definition asks for.
    pub scored: u64,
    /// Rows with an answer to every item: the base of alpha, omega and the correlations.
    pub complete: u64,
    /// Items that must be answered for a score.
    pub minimum: u64,
    /// The items, in the order of the definition.
    pub items: Vec<ScaleItem>,
    /// Answers in order, as the shares of the items have them; empty where answers are no whole numbers, or too many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whether what rests on single items is withheld, since it would tell of few persons.
    #[serde(default)]
    pub withheld: bool,
    /// Cronbach's alpha.
    pub alpha: Coefficient,
    /// Alpha of the items brought to equal variance; of two items the Spearman-Brown coefficient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standardised_alpha: Option<f64>,
    /// Alpha from covariances that each rest on all rows with both items; where some rows lack items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairwise_alpha: Option<f64>,
    /// McDonald's omega (total), of a model with one factor.
    pub omega: Coefficient,
    /// Root mean square of the correlations that one factor leaves between items; of four items or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<f64>,
}

/// A coefficient, or why there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Bounds of its confidence interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// How the interval was made, or why there is no value or no interval.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// An item. Its mean, correlation and loading are those of the answers turned round where it is reverse-keyed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScaleItem {
    /// As the definition names it.
    pub item: String,
    /// The question, where the data package says it; else the name.
    pub label: String,
    /// Whether it is turned round.
    pub reversed: bool,
    /// Rows with an answer within range.
    pub n: u64,
    /// Rows without answer, or with one out of range.
    pub missing: u64,
    /// Rows with an answer out of range.
    pub out_of_range: u64,
    /// Mean of the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Standard deviation of the answers (divisor n - 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sd: Option<f64>,
    /// Share of each category as answered, not turned round; empty where there are none to show or they are withheld.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<f64>,
    /// Correlation with the sum of the other items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_rest: Option<f64>,
    /// Alpha of the other items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha_without: Option<f64>,
    /// Correlation with the factor of the model behind omega.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loading: Option<f64>,
    /// Share of its variance that the factor leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uniqueness: Option<f64>,
    /// Whether it probably has to be turned round, or must not be.
    #[serde(default)]
    pub suspect: bool,
}
