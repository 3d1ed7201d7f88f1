//! The shape of a definition file (TOML), as written by a user.

use super::measure::{
    AgreementFile, ConcentrationFile, NetworkFile, RepresentationFile, RetentionFile, ScaleFile,
};
use crate::outcome::{Criterion, Direction, Kind, Side};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An indicator of `codev`: what is measured, how, and an example of it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "codev indicator definition")]
pub struct DefinitionFile {
    /// Identifier in kebab-case; the file's name without `.toml`.
    pub id: String,
    /// Id of another definition, from which everything is taken that is not stated here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Name: a noun phrase that says what is measured.
    pub name: String,
    /// output, process or structure.
    pub kind: Kind,
    /// Dimension in kebab-case, such as `state-civil-society-interface`.
    pub dimension: String,
    /// Locality it speaks of: origin, destination or both.
    pub side: Side,
    /// The question that it answers.
    pub question: String,
    /// The definition in plain words; made from the formula where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// What is counted above the line of a ratio, or added up, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numerator: Option<String>,
    /// What stands below the line of a ratio, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<String>,
    /// Unit of the value. `%`: the formula gives a proportion (0.15), shown as 15 %.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// Where the measure comes from.
    pub source: String,
    /// What it does not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// Means of verification: where the data come from, and how an outsider could check them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<String>,
    /// DAC criteria that it speaks to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
    /// Rows S01-S25 of the domain that it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<String>,
    /// Named numbers, texts or dates, which stand as `{name}` in the texts of the measure and in the words above.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, Parameter>")]
    pub parameters: BTreeMap<String, toml::Value>,
    /// How it is computed.
    pub measure: MeasureFile,
    /// Examples: documentation and test at once.
    #[serde(default, rename = "example", skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
}

/// A number, a text or a date, as a JSON Schema knows them.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum Parameter {
    Number(f64),
    Text(String),
}

/// How an indicator is computed.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum MeasureFile {
    /// An aggregate expression over a table.
    Formula {
        /// Role of a table, or a resource's name.
        table: String,
        /// Filter, SQL.
        #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
        /// Aggregate expression, SQL.
        value: String,
        /// What happens to a row in which something is missing.
        #[serde(default)]
        missing: MissingRule,
        /// Column that places a row in time, where it is not the table's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        date: Option<String>,
    },
    /// Arithmetic on other indicators.
    Derived {
        /// Name in the formula = id of an indicator.
        inputs: BTreeMap<String, String>,
        /// Arithmetic on the names.
        value: String,
    },
    /// Baseline, target and actual of a results table.
    Progress {
        /// Role of a table, or a resource's name.
        table: String,
        /// Filter, SQL.
        #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
        /// Column or row expression of the baseline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        baseline: Option<String>,
        /// Column or row expression of the target.
        target: String,
        /// Column or row expression of the actual value.
        actual: String,
        /// How rows are put together.
        #[serde(default)]
        combine: Combine,
        /// Column that places a row in time, where it is not the table's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        date: Option<String>,
        /// How the reports of a series add up over time: `incremental`, `cumulative` or `level`, or the column that says it row by
        /// row in these words. Of cumulative reports and levels the last counts. Default: as the table says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accumulation: Option<String>,
        /// Columns that tell the series of a programme apart. Default: as the table says, else its column `indicator`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        series: Vec<String>,
    },
    /// How far parties who score the same cases agree.
    Agreement(AgreementFile),
    /// How evenly rows, or an amount, are spread over categories.
    Concentration(ConcentrationFile),
    /// Who takes part, against who lives there.
    Representation(RepresentationFile),
    /// The share still there some years after an event.
    Retention(RetentionFile),
    /// A score from several items.
    Scale(ScaleFile),
    /// A statistic of the network that ties between actors form.
    Network(Box<NetworkFile>),
}

/// What happens to a row in which something that the formula needs is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MissingRule {
    /// The whole row is left out and counted, so that all parts of the formula see the same rows.
    #[default]
    Row,
    /// Each aggregate leaves out its own missing values, as in SQL.
    Value,
}

/// How the rows of a progress measure are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Combine {
    /// Distance covered over distance to cover, both summed: for quantities that add up.
    #[default]
    Sum,
    /// Mean of the rows' percentages.
    Mean,
    /// Share of rows whose target is met.
    Met,
}

/// Rows and what the indicator must give for them.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What the example shows.
    pub note: String,
    /// A CSV table with the columns that the indicator needs; of a derived one, `programme` and its inputs.
    pub rows: String,
    /// CSV tables that the measure reads beside the rows: name of the input = table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, String>,
    /// Expected value or status by programme; `total` for all together.
    pub expect: BTreeMap<String, Expected>,
}

/// A value or a status.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Expected {
    /// A value.
    Number(f64),
    /// `no-rows`, `no-match`, `all-missing`, `undefined` or `refused`.
    Status(String),
}
