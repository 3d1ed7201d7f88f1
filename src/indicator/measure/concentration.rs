//! `concentration`: how evenly something is spread over categories.

use super::words::line;
use super::{Input, MeasureFault, Records, Wants, What};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How evenly rows, or an amount, are spread over categories.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcentrationFile {
    /// Role of a table, or a resource's name.
    pub table: String,
    /// Filter, SQL.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Column or row expression with the category; a list column names several per row.
    pub category: String,
    /// Column or row expression with the amount that is shared out; without it rows are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// What is reported.
    #[serde(default)]
    pub statistic: Index,
    /// How a row with several categories counts.
    #[serde(default)]
    pub several: Several,
    /// Column that places a row in time, where it is not the table's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// A measure of concentration over shares p that sum to one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Index {
    /// exp of the Shannon entropy: the number of equally large categories that would be as diverse (Hill 1973, order 1).
    #[default]
    EffectiveNumber,
    /// Sum of the squared shares (Herfindahl 1950; Simpson 1949).
    Herfindahl,
    /// One over the sum of the squared shares (Hill 1973, order 2; Laakso & Taagepera 1979).
    InverseHerfindahl,
    /// Minus the sum of p ln p (Shannon 1948), in nats.
    Shannon,
    /// The share of the largest category.
    LargestShare,
    /// The number of categories that occur.
    Categories,
}

/// How a row with several categories counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    /// In equal parts: one k-th in each of its k categories.
    #[default]
    Split,
    /// Once in each: mentions are what is shared out.
    Each,
}

/// The measure, checked. Its input has the fields category and, where there is one, amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concentration {
    /// What is reported.
    pub statistic: Index,
    /// How a row with several categories counts.
    pub several: Several,
    /// Position of the amount among the fields.
    pub amount: Option<usize>,
}

impl ConcentrationFile {
    pub(super) fn parse(&self) -> Result<Records, MeasureFault> {
        let mut input = Input::new("rows", &self.table, &self.filter)?;
        input.date.clone_from(&self.date);
        input.field("category", &self.category, Wants::Labels, true)?;
        let amount = match &self.amount {
            None => None,
            Some(text) => Some(input.field("amount", text, Wants::Number, true)?),
        };
        Ok(Records {
            inputs: vec![input],
            what: What::Concentration(Concentration {
                statistic: self.statistic,
                several: self.several,
                amount,
            }),
        })
    }

    pub(super) fn in_words(&self, among: &str) -> String {
        let what = match &self.amount {
            Some(amount) => format!("{amount} in {}", self.table),
            None => format!("the rows of {}", self.table),
        };
        let over = format!("{what} over the categories of {}{among}", self.category);
        match self.statistic {
            Index::EffectiveNumber => format!(
                "Effective number of categories: how many equally large categories would be as diverse as {over}."
            ),
            Index::Herfindahl => format!("Sum of the squared shares of {over}."),
            Index::InverseHerfindahl => {
                format!("One divided by the sum of the squared shares of {over}.")
            }
            Index::Shannon => format!("Shannon entropy of the shares of {over}."),
            Index::LargestShare => format!("Share of the largest category, of {over}."),
            Index::Categories => format!("Number of categories that occur, of {over}."),
        }
    }

    pub(super) fn as_text(&self) -> Vec<String> {
        let mut lines = vec![
            format!("concentration: {}", self.statistic.word()),
            line("table", &self.table),
        ];
        lines.extend(self.filter.iter().map(|f| line("where", f)));
        lines.push(line("category", &self.category));
        lines.extend(self.amount.iter().map(|a| line("amount", a)));
        if self.several == Several::Each {
            lines.push("several: a row counts once in each of its categories".to_owned());
        }
        lines
    }
}

impl Index {
    /// The word in definitions.
    pub fn word(self) -> &'static str {
        match self {
            Index::EffectiveNumber => "effective-number",
            Index::Herfindahl => "herfindahl",
            Index::InverseHerfindahl => "inverse-herfindahl",
            Index::Shannon => "shannon",
            Index::LargestShare => "largest-share",
            Index::Categories => "categories",
        }
    }
}
