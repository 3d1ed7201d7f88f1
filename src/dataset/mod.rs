//! Stage 2, load: a data package becomes typed tables and findings.

mod above;
mod accumulation_words;
mod arrays;
mod arrow_file;
mod cells;
mod column_files;
mod constraints;
mod currencies;
mod day_forms;
mod declare;
mod draft;
mod draft_notes;
mod escaped;
mod far_off;
mod files;
mod footnotes;
mod frames;
mod guess;
mod header;
pub mod infer;
mod json_lines;
mod key_forms;
mod keys;
mod kinds;
mod layout;
mod lines;
mod links;
mod list_names;
mod lists;
mod load;
mod load_columns;
mod manifest;
mod month_names;
mod names;
mod no_day;
mod number_forms;
mod number_signs;
mod numbers;
mod numbers_as_text;
mod odd_days;
mod order;
mod parquet;
mod parts;
mod paths;
mod periods;
mod person_words;
mod persons;
mod profile;
mod programme_years;
mod quarters;
mod repeats;
mod replicates;
mod reshape;
mod rows;
mod settle;
mod short_years;
mod surplus;
mod survey_signs;
mod tally;
mod text;
mod texts;
mod total_sheet;
mod total_summaries;
mod total_sums;
mod total_words;
mod totals;
pub mod typed;
mod typos;
mod units;
mod values;
mod words;

pub use column_files::ColumnFiles;
pub(crate) use currencies::{in_name, is_amount, is_rate, scale_in_name};
pub use declare::ROLES;
pub use frames::from_frames;
pub use infer::{Described, Guess, Question, Reshaped, describe, infer};
pub use list_names::rows_by_name;
pub use load::{data_files, load, size};
pub use manifest::NAME as MANIFEST;
pub use persons::Persons;
pub use repeats::{Repeats, repeats};
pub use replicates::{About, ReplicateMethod, ReplicateWeights, Scales, WeightColumns};
pub(crate) use total_words::{calls_total, names_total};
pub use units::{Batches, Unit, units};
pub(crate) use values::show_day;
pub(crate) use words::is_key;

use crate::finding::Findings;
use crate::outcome::{FileHash, Sampling, TableQuality};
use polars::prelude::DataFrame;
use typed::Cells;

/// Logical type of a column. The polars types that carry them are given in brackets (see [`typed`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Any number \[Float64\]; integers are exact up to 2^53.
    Number,
    /// Truth value \[Boolean\].
    Boolean,
    /// Text \[Categorical, with words of its own for each column\].
    Text,
    /// Day \[Date\]; a datetime is cut to its day, a `yearmonth` is its first day.
    Date,
    /// Several codes in one cell \[Categorical, the codes joined by U+001F\].
    List,
}

impl Type {
    /// The type word of the Table Schema.
    pub fn word(self) -> &'static str {
        match self {
            Type::Number => "number",
            Type::Boolean => "boolean",
            Type::Text => "string",
            Type::Date => "date",
            Type::List => "list",
        }
    }
}

/// A column as declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name as in the manifest.
    pub name: String,
    /// Logical type.
    pub r#type: Type,
    /// Type word of the Table Schema (`integer`, `year`, ...).
    pub declared: String,
    /// Title or description, where given.
    pub description: String,
    /// Categories in order, where declared: (value, label).
    pub categories: Vec<(String, String)>,
    /// Whether the order of categories means something.
    pub ordered: bool,
    /// Lowest and highest number that categories, `enum` or minimum and maximum allow, where both are declared.
    pub limits: Option<(f64, f64)>,
    /// Lowest and highest number that is declared; infinite where it is not.
    pub bounds: (f64, f64),
}

/// A reference to one row of another table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Column of this table.
    pub column: String,
    /// Table pointed to (resource name).
    pub table: String,
    /// Column of that table.
    pub key: String,
}

/// The `codev` object of a resource.
#[derive(Debug, Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Meaning {
    /// Role: `programmes`, `ties`, ...
    pub role: String,
    /// What a row is.
    pub unit: String,
    /// Census or sample; census where not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// Column of the programme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// Column with the name of a programme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Column that places a row in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Column of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// `false` with a reason where figures of the table tell nothing about a person; `true` where they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
    /// Why figures of the table tell nothing about a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protect_reason: Option<String>,
    /// Column of the sampling cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Column of the sampling stratum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// Clusters that each stratum has in the population.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<Clusters>,
    /// Persons (rows, where no person is named) that each cluster has in the population.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_population: Option<Clusters>,
    /// Column of the weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// Replicate weights, from which sampling errors are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicate_weights: Option<ReplicateWeights>,
    /// Column of the survey wave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wave: Option<String>,
    /// Columns whose values are different accounts of the same thing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overlapping: Vec<String>,
    /// How the reports of a series add up over time: `incremental`, `cumulative`, `level`, or the column that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accumulation: Option<String>,
    /// Columns that tell the series of a programme apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<String>,
    /// Currency of the amounts: its code, or the column that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Columns with the value that stands for the sum of the others: such rows are not added to those.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub totals: std::collections::BTreeMap<String, String>,
    /// What to do with rows that repeat the primary key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<Duplicates>,
}

/// How many clusters a stratum has in the population, within each programme; or how many units a cluster has.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(untagged)]
pub enum Clusters {
    /// In every stratum as many.
    Number(f64),
    /// As a column says, the same in all rows of a stratum.
    Column(String),
}

impl Clusters {
    /// The column that says it.
    pub fn column(&self) -> Option<&String> {
        match self {
            Clusters::Column(name) => Some(name),
            Clusters::Number(_) => None,
        }
    }
}

/// Rule for rows that repeat a primary key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// An error; the table can't be joined to.
    Error,
    /// Keep the first, refuse the later ones with a finding.
    First,
}

/// Where a table's rows are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In memory, in frames of at most [`BATCH_ROWS`] rows, polars types as in [`Type`], every column in one piece.
    Memory(Vec<DataFrame>),
    /// In Parquet or Arrow files of the same shape, read when scanned.
    Files(ColumnFiles),
}

/// Rows in a batch. Fixed, since it decides the order in which numbers are added.
pub const BATCH_ROWS: usize = 65_536;

/// Separator of the codes of a [`Type::List`] cell.
pub const LIST_SEPARATOR: char = '\u{1f}';

/// A typed table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Resource name.
    pub name: String,
    /// What it means.
    pub meaning: Meaning,
    /// Columns in file order.
    pub columns: Vec<Column>,
    /// Primary key columns, possibly empty.
    pub primary_key: Vec<String>,
    /// Foreign keys of one column each.
    pub foreign_keys: Vec<ForeignKey>,
    /// Whether rows of `primary_key` repeat (with `duplicates = "error"`), so that no table may be joined to this one:
    /// the number of surplus rows.
    pub repeated_keys: u64,
    /// Whether it is about persons.
    pub persons: Persons,
    /// Rows kept.
    pub rows: u64,
    /// The rows.
    pub source: Source,
}

/// A loaded data package.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Title or name of the package.
    pub title: String,
    /// Tables in manifest order.
    pub tables: Vec<Table>,
    /// State of each table, in the same order.
    pub quality: Vec<TableQuality>,
    /// Files read, the manifest first.
    pub files: Vec<FileHash>,
    /// What was found.
    pub findings: Findings,
}

impl Table {
    /// Column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Whether rows are of persons, whose values are not to be told one by one.
    pub fn of_persons(&self) -> bool {
        self.persons.protected
    }

    /// Whether a column holds names or free text of the persons that the rows are of.
    pub fn names_its_persons(&self, column: &str) -> bool {
        self.of_persons() && person_words::names_somebody(column)
    }

    /// Census unless declared a sample.
    pub fn sampling(&self) -> Sampling {
        self.meaning.sampling.unwrap_or(Sampling::Census)
    }
}

impl Dataset {
    /// Table by role or, failing that, by resource name.
    pub fn table(&self, role_or_name: &str) -> Option<&Table> {
        let by_role = self.tables.iter().find(|t| t.meaning.role == role_or_name);
        by_role.or_else(|| self.tables.iter().find(|t| t.name == role_or_name))
    }

    /// The table of role `programmes`.
    pub fn programmes(&self) -> Option<&Table> {
        self.tables.iter().find(|t| t.meaning.role == "programmes")
    }
}

#[cfg(test)]
mod tests;

/// Facts on the programmes, as text, for the reader and for the order of tables.
impl Dataset {
    /// Keys of the programmes table, in file order, each once; empty without such a table.
    pub fn programme_ids(&self) -> Vec<String> {
        self.programme_rows()
            .into_iter()
            .map(|(id, _)| id)
            .collect()
    }

    /// Key and the other columns as text of every programme, in file order, each key once (its first row).
    pub fn programme_rows(&self) -> Vec<(String, Vec<(String, String)>)> {
        let Some(table) = self.programmes() else {
            return vec![];
        };
        let Some(key) = table
            .primary_key
            .first()
            .or(table.meaning.programme.as_ref())
        else {
            return vec![];
        };
        let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        let Ok(units) = units(table, &names) else {
            return vec![];
        };
        let mut seen = std::collections::BTreeSet::new();
        let mut rows = Vec::new();
        for frame in units
            .iter()
            .filter_map(|u| u.read().ok())
            .flatten()
            .filter_map(Result::ok)
        {
            let columns: Result<Vec<Cells>, _> = frame.columns().iter().map(Cells::of).collect();
            let columns = columns.unwrap_or_default();
            for row in 0..frame.height() {
                let mut id = None;
                let mut facts = Vec::new();
                for (name, cells) in names.iter().zip(&columns) {
                    let Some(text) = text::cell_text(cells, row) else {
                        continue;
                    };
                    if name == key {
                        id = Some(text);
                    } else {
                        facts.push((name.clone(), text));
                    }
                }
                if let Some(id) = id.filter(|id| seen.insert(id.clone())) {
                    rows.push((id, facts));
                }
            }
        }
        rows
    }
}
