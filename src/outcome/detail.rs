//! What a measure gives beside its values: shares of categories, and other tables and curves.

use super::{Agreement, NetworkDetail, Representation, Retention, Scale};
use serde::{Deserialize, Serialize};

/// What a measure gives beside its value, in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Programme id, or `None` for all programmes together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// What there is.
    #[serde(flatten)]
    pub content: Content,
}

/// Kinds of details.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Content {
    /// How far raters agree.
    Agreement(Agreement),
    /// Shares over categories.
    Shares(Shares),
    /// Groups among participants against groups in the population.
    Representation(Representation),
    /// What is still there after an event.
    Retention(Retention),
    /// How well the items of a scale hang together.
    Scale(Scale),
    /// What ties form.
    Network(Box<NetworkDetail>),
}

/// How something is spread over categories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// Rows behind the shares: the base of `of_rows`.
    pub rows: u64,
    /// Whether a row can name several categories, so that `of_rows` adds up to more than one.
    pub several: bool,
    /// What is shared out, where it is an amount and not the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Categories, the largest share first.
    pub categories: Vec<CategoryShare>,
}

/// A category's part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryShare {
    /// The category.
    pub category: String,
    /// Rows that name it.
    pub rows: u64,
    /// Proportion of the rows that name it, weighted where the table has weights.
    pub of_rows: f64,
    /// Its share; the shares of all categories add up to one.
    pub share: f64,
}
