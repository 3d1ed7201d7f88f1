//! The data package's manifest as written: `datapackage.json`, Frictionless Data Package v2 with the `codev` object.

use super::Meaning;
use super::files;
use crate::finding::{Finding, Stop, nearest};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::path::Path;

/// Name of the manifest.
pub const NAME: &str = "datapackage.json";

/// A package.
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    pub resources: Vec<Resource>,
}

/// A resource of the package.
#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    pub name: String,
    #[serde(default)]
    pub path: Option<OneOrMany>,
    #[serde(default)]
    pub data: Option<IgnoredAny>,
    #[serde(default)]
    pub format: Option<String>,
    #[serde(default)]
    pub encoding: Option<String>,
    #[serde(default)]
    pub dialect: Option<Inline<Dialect>>,
    #[serde(default)]
    pub schema: Option<Inline<Schema>>,
    #[serde(default)]
    pub codev: Meaning,
}

/// How the text of a table is written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Dialect {
    pub delimiter: Option<String>,
    pub quote_char: Option<String>,
    pub double_quote: Option<bool>,
    pub escape_char: Option<String>,
    pub comment_char: Option<String>,
    pub null_sequence: Option<String>,
    pub skip_initial_space: Option<bool>,
    pub header: Option<bool>,
    pub header_rows: Option<Vec<u64>>,
    pub header_join: Option<String>,
    pub comment_rows: Option<Vec<u64>>,
}

/// Columns and keys of a table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Schema {
    pub fields: Vec<Field>,
    pub fields_match: Option<OneOrMany>,
    pub missing_values: Option<Vec<Labelled>>,
    pub primary_key: Option<OneOrMany>,
    pub unique_keys: Vec<OneOrMany>,
    pub foreign_keys: Vec<ForeignKey>,
}

/// A column.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Field {
    pub name: String,
    #[serde(default)]
    pub r#type: Option<String>,
    #[serde(default)]
    pub format: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub missing_values: Option<Vec<Labelled>>,
    #[serde(default)]
    pub categories: Vec<Labelled>,
    #[serde(default)]
    pub categories_ordered: bool,
    #[serde(default)]
    pub constraints: Constraints,
    #[serde(default)]
    pub decimal_char: Option<String>,
    #[serde(default)]
    pub group_char: Option<String>,
    #[serde(default)]
    pub bare_number: Option<bool>,
    #[serde(default)]
    pub true_values: Option<Vec<String>>,
    #[serde(default)]
    pub false_values: Option<Vec<String>>,
    #[serde(default)]
    pub delimiter: Option<String>,
}

/// What the values of a column must satisfy.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Constraints {
    pub required: bool,
    pub unique: bool,
    pub minimum: Option<Value>,
    pub maximum: Option<Value>,
    pub exclusive_minimum: Option<Value>,
    pub exclusive_maximum: Option<Value>,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub pattern: Option<String>,
    pub r#enum: Option<Vec<Value>>,
}

/// A reference to rows of another table.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ForeignKey {
    pub fields: OneOrMany,
    pub reference: Reference,
}

/// Where a foreign key points to; the table itself where no resource is named.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Reference {
    #[serde(default)]
    pub resource: String,
    pub fields: OneOrMany,
}

/// One text or a list of texts.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// As a list.
    pub fn list(&self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one.clone()],
            OneOrMany::Many(many) => many.clone(),
        }
    }
}

/// A value with or without a label.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a text or an object with `value` and `label`"
)]
pub(super) enum Labelled {
    Plain(Scalar),
    Pair {
        value: Scalar,
        #[serde(default)]
        label: Option<String>,
    },
}

impl Labelled {
    /// Whether it says what the value stands for.
    pub fn has_label(&self) -> bool {
        matches!(self, Labelled::Pair { label: Some(_), .. })
    }

    /// Value, and label (the value where there is none).
    pub fn pair(&self) -> (String, String) {
        match self {
            Labelled::Plain(value) => (value.text(), value.text()),
            Labelled::Pair { value, label } => {
                (value.text(), label.clone().unwrap_or_else(|| value.text()))
            }
        }
    }
}

/// A text or a number, as categories may be either.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    Number(serde_json::Number),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Scalar::Text(text) => text.clone(),
            Scalar::Number(number) => number.to_string(),
        }
    }
}

/// An object, or the path of a JSON file that holds it.
#[derive(Debug, Clone)]
pub(super) enum Inline<T> {
    Here(T),
    File(String),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Inline<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Inline<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object or the path of a JSON file")
            }
            fn visit_str<E>(self, path: &str) -> Result<Self::Value, E> {
                Ok(Inline::File(path.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Inline::Here)
            }
        }
        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

impl<T: DeserializeOwned + Clone> Inline<T> {
    /// The object, read from its file where it has one of its own.
    pub fn get(&self, folder: &Path) -> Result<T, Stop> {
        match self {
            Inline::Here(value) => Ok(value.clone()),
            Inline::File(path) => {
                let text = files::read_text(&files::resolve(folder, path, NAME)?, path)?;
                parse(&text, path)
            }
        }
    }
}

/// Reads the manifest of `folder`: the package and the manifest's text.
pub(super) fn read(folder: &Path) -> Result<(Package, String), Stop> {
    let path = folder.join(NAME);
    if !path.is_file() {
        let what = if folder.is_dir() {
            format!("The folder has no {NAME}, which says what its tables mean.")
        } else {
            "There is no such folder.".to_owned()
        };
        let help =
            "Make one from your tables with `codev init --from FILES`, then check what it guessed.";
        return Err(Finding::error("data-no-manifest", what, help)
            .in_file(folder.display().to_string())
            .into());
    }
    files::check_links(folder, NAME, NAME)?;
    let text = files::read_text(&path, NAME)?;
    Ok((parse(&text, NAME)?, text))
}

/// Parses JSON; a fault is shown at its place.
pub(super) fn parse<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, Stop> {
    serde_json::from_str(text).map_err(|error| explain(&error, text, file))
}

fn explain(error: &serde_json::Error, text: &str, file: &str) -> Stop {
    let end = offset(text, error.line(), error.column());
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or(&full).to_owned();
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let (mut start, mut end) = (end.saturating_sub(1), end);
    let mut help = "Correct the manifest at this place; `codev check` reads it again.".to_owned();
    let mut column = None;
    if unknown && let Some((wrong, known)) = names.split_first() {
        let quoted = format!("\"{wrong}\"");
        if let Some(at) = text.get(..end).and_then(|before| before.rfind(&quoted)) {
            (start, end) = (at, at + quoted.len());
        }
        column = Some((*wrong).to_owned());
        help = match nearest(wrong, known.iter().copied()) {
            Some(name) => format!("Did you mean `{name}`?"),
            None => format!("Known here: {}.", known.join(", ")),
        };
    }
    while start > 0 && !text.is_char_boundary(start) {
        start -= 1;
    }
    let sentence = format!(
        "The manifest can't be read at line {}, column {}: {message}.",
        error.line(),
        error.column()
    );
    let mut finding = Finding::error("data-bad-manifest", sentence, help)
        .in_file(file)
        .at_line(error.line() as u64)
        .with_excerpt(text, start, end);
    finding.place.column = column;
    finding.into()
}

/// Byte offset of a line and column counted from 1 (column in bytes, as serde_json counts).
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut at = (before + column).min(text.len());
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

impl Field {
    /// A column of which only name and type are known.
    pub fn named(name: &str, r#type: &str) -> Self {
        Field {
            name: name.to_owned(),
            r#type: Some(r#type.to_owned()),
            format: None,
            title: None,
            description: None,
            missing_values: None,
            categories: Vec::new(),
            categories_ordered: false,
            constraints: Constraints::default(),
            decimal_char: None,
            group_char: None,
            bare_number: None,
            true_values: None,
            false_values: None,
            delimiter: None,
        }
    }
}
