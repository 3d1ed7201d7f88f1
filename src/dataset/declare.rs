//! What the manifest declares of a table, checked: columns, keys and how to read them.

use super::constraints::Checks;
use super::files::DataFile;
use super::manifest::{self, Dialect, Field, Labelled, OneOrMany, Resource, Schema};
use super::persons::Persons;
use super::values::{DateFormat, NumberFormat, Parse};
use super::{Column, ForeignKey, Meaning, Type, names, paths};
use crate::finding::{Finding, Findings, Stop, nearest};
use std::collections::HashSet;
use std::path::Path;

/// Roles a table can have.
pub const ROLES: &[&str] = &[
    "programmes",
    "activities",
    "actors",
    "ties",
    "outputs",
    "results",
    "funds",
    "decisions",
    "responses",
    "population",
    "codings",
];

const TYPES: &[&str] = &[
    "string",
    "number",
    "integer",
    "boolean",
    "date",
    "datetime",
    "year",
    "yearmonth",
    "list",
    "any",
    "object",
    "array",
    "time",
    "duration",
    "geopoint",
    "geojson",
];

/// What tables may be, in words.
pub(super) const FORMATS: &str =
    "CSV, TSV, newline-delimited JSON, Parquet or Arrow (IPC, Feather)";

/// How the file's columns correspond to the declared ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldsMatch {
    /// Nothing was said: columns that are not declared are left out and said so.
    Unsaid,
    Exact,
    Equal,
    Subset,
    Superset,
    Partial,
}

/// Kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Tsv,
    Json,
    Parquet,
    Arrow,
    /// A frame that a program hands over.
    Frame,
}

impl Format {
    /// Whether values are written as text.
    pub fn is_text(self) -> bool {
        matches!(self, Format::Csv | Format::Tsv | Format::Json)
    }
}

/// A column and how to read it.
#[derive(Debug, Clone)]
pub(super) struct FieldSpec {
    pub column: Column,
    pub parse: Parse,
    /// Cells that mean "no value".
    pub missing: Vec<String>,
    /// Those of them that have a label: an answer of its own kind, such as "refused".
    pub labelled: Vec<String>,
    /// Those of them that are numbers, since -99 may be written -99.0.
    pub missing_numbers: Vec<f64>,
    /// Whether the manifest itself says which cells are missing.
    pub missing_said: bool,
    pub checks: Checks,
}

/// A foreign key as declared, of one or more columns.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub fields: Vec<String>,
    pub table: String,
    pub keys: Vec<String>,
}

/// All that is declared of a table.
#[derive(Debug, Clone)]
pub(super) struct TableSpec {
    pub name: String,
    pub meaning: Meaning,
    pub format: Format,
    pub files: Vec<DataFile>,
    pub encoding: Option<String>,
    pub dialect: Dialect,
    pub fields: Vec<FieldSpec>,
    /// Whether the columns are to be found in the file, since the manifest has no schema.
    pub infer: bool,
    pub fields_match: FieldsMatch,
    pub primary_key: Vec<String>,
    pub unique_keys: Vec<Vec<String>>,
    pub references: Vec<Reference>,
    /// Whether it is about persons, as far as that is known before its columns are.
    pub persons: Persons,
}

/// The declaration of a resource; `None` with a finding where it is no table.
pub(super) fn table(
    folder: &Path,
    resource: &Resource,
    findings: &mut Findings,
) -> Result<Option<TableSpec>, Stop> {
    let name = &resource.name;
    let Some(paths) = &resource.path else {
        let what = if resource.data.is_some() {
            format!("The rows of resource `{name}` stand in the manifest, which is not supported.")
        } else {
            format!("The resource `{name}` has no `path`.")
        };
        return Err(Finding::error(
            "data-no-path",
            what,
            "Put the rows in a file (as CSV or Parquet) and name it in `path`.",
        )
        .in_file(manifest::NAME)
        .in_column(name)
        .into());
    };
    let mut files = Vec::new();
    for shown in paths.list() {
        paths::add(folder, &shown, &mut files)?;
    }
    let Some(first) = files.first() else {
        return Err(Finding::error(
            "data-no-path",
            format!("The `path` of resource `{name}` is empty."),
            "Name a file.",
        )
        .in_file(manifest::NAME)
        .into());
    };
    let Some(format) = format_of(resource.format.as_deref(), &first.shown) else {
        let message = format!("The resource `{name}` is left out: it is not {FORMATS}.");
        let help = "Save it as CSV if it is a table; set `format` if the file name does not say what it is.";
        let finding = if resource.codev.role.is_empty() {
            Finding::info("data-not-a-table", message, help)
        } else {
            Finding::error("data-not-a-table", message, help)
        };
        findings.push(finding.in_file(first.shown.clone()));
        return Ok(None);
    };
    let schema = resource
        .schema
        .as_ref()
        .map(|s| s.get(folder))
        .transpose()?;
    let dialect = resource
        .dialect
        .as_ref()
        .map(|d| d.get(folder))
        .transpose()?;
    paths::check_partitions(&files, findings);
    let mut spec = described(resource, schema, format, findings);
    spec.files = files;
    spec.dialect = dialect.unwrap_or_default();
    Ok(Some(spec))
}

/// What a resource says of its table, but for its files.
pub(super) fn described(
    resource: &Resource,
    schema: Option<Schema>,
    format: Format,
    findings: &mut Findings,
) -> TableSpec {
    let name = &resource.name;
    let infer = schema.as_ref().is_none_or(|s| s.fields.is_empty());
    let schema: Schema = schema.unwrap_or_default();
    let mut spec = TableSpec {
        name: name.clone(),
        meaning: resource.codev.clone(),
        format,
        files: Vec::new(),
        encoding: resource.encoding.clone(),
        dialect: Dialect::default(),
        fields: Vec::new(),
        infer,
        fields_match: fields_match(&schema, findings),
        primary_key: schema
            .primary_key
            .as_ref()
            .map(OneOrMany::list)
            .unwrap_or_default(),
        unique_keys: schema.unique_keys.iter().map(OneOrMany::list).collect(),
        references: Vec::new(),
        persons: Persons::default(),
    };
    let mut declared = HashSet::new();
    for field in &schema.fields {
        if !declared.insert(field.name.as_str()) {
            let message = format!("The column `{}` of `{name}` is declared twice.", field.name);
            findings.push(
                Finding::error(
                    "data-duplicate-field",
                    message,
                    "Remove one of the two declarations.",
                )
                .in_file(manifest::NAME)
                .in_column(&field.name),
            );
            continue;
        }
        spec.fields.push(field_spec(field, &schema, findings));
    }
    for key in &schema.foreign_keys {
        let table = if key.reference.resource.is_empty() {
            name.clone()
        } else {
            key.reference.resource.clone()
        };
        spec.references.push(Reference {
            fields: key.fields.list(),
            table,
            keys: key.reference.fields.list(),
        });
    }
    names::check_role(&spec, findings);
    spec
}

impl TableSpec {
    /// The foreign keys of one column each.
    pub fn links(&self) -> Vec<ForeignKey> {
        let single = |r: &Reference| match (r.fields.as_slice(), r.keys.as_slice()) {
            ([column], [key]) => Some(ForeignKey {
                column: column.clone(),
                table: r.table.clone(),
                key: key.clone(),
            }),
            _ => None,
        };
        self.references.iter().filter_map(single).collect()
    }

    /// Declares the columns that folders give (`year=2019`) and nobody declared: as text, since a code may have zeros
    /// in front.
    pub fn add_partitions(&mut self) {
        for file in &self.files {
            for (name, _) in &file.partitions {
                if !self.fields.iter().any(|f| f.column.name == *name) {
                    self.fields.push(FieldSpec::bare(name, "string"));
                }
            }
        }
    }
}

pub(super) fn format_of(said: Option<&str>, shown: &str) -> Option<Format> {
    let lower = shown.to_lowercase();
    let packed = |s: &str| -> String {
        let stem = s.strip_suffix(".gz").or_else(|| s.strip_suffix(".zst"));
        stem.unwrap_or(s).to_owned()
    };
    let stem = packed(&lower);
    let said = said.map(|said| packed(&said.to_lowercase()));
    match said.as_deref() {
        Some("csv" | "text/csv") => return Some(Format::Csv),
        Some("tsv" | "tab") => return Some(Format::Tsv),
        Some("ndjson" | "jsonl" | "application/x-ndjson") => return Some(Format::Json),
        Some("parquet") => return Some(Format::Parquet),
        Some("arrow" | "ipc" | "feather") => return Some(Format::Arrow),
        Some("gz" | "zst") | None => {}
        Some(_) => return None,
    }
    match stem.rsplit_once('.').map(|(_, end)| end) {
        Some("csv" | "txt") => Some(Format::Csv),
        Some("tsv" | "tab") => Some(Format::Tsv),
        Some("ndjson" | "jsonl") => Some(Format::Json),
        Some("parquet" | "pq") => Some(Format::Parquet),
        Some("arrow" | "ipc" | "feather") => Some(Format::Arrow),
        _ => None,
    }
}

fn fields_match(schema: &Schema, findings: &mut Findings) -> FieldsMatch {
    let words = ["exact", "equal", "subset", "superset", "partial"];
    let Some(said) = schema.fields_match.as_ref().map(OneOrMany::list) else {
        return FieldsMatch::Unsaid;
    };
    match said.first().map(String::as_str) {
        Some("exact") => FieldsMatch::Exact,
        Some("equal") => FieldsMatch::Equal,
        Some("subset") => FieldsMatch::Subset,
        Some("superset") => FieldsMatch::Superset,
        Some("partial") => FieldsMatch::Partial,
        other => {
            let word = other.unwrap_or("");
            let near = nearest(word, words).unwrap_or("subset");
            findings.push(
                Finding::error(
                    "data-bad-schema",
                    format!("`fieldsMatch` is none of {}.", words.join(", ")),
                    format!("Did you mean `{near}`?"),
                )
                .in_file(manifest::NAME)
                .in_column("fieldsMatch")
                .with_value(word),
            );
            FieldsMatch::Unsaid
        }
    }
}

pub(super) fn field_spec(field: &Field, schema: &Schema, findings: &mut Findings) -> FieldSpec {
    let declared = field.r#type.clone().unwrap_or_else(|| "any".to_owned());
    if !TYPES.contains(&declared.as_str()) {
        let help = match nearest(&declared, TYPES.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("Types are {}.", TYPES.join(", ")),
        };
        let message = format!(
            "The type of column `{}` is not known; the column is read as text.",
            field.name
        );
        findings.push(
            Finding::error("data-unknown-type", message, help)
                .in_file(manifest::NAME)
                .in_column(&field.name)
                .with_value(&declared),
        );
    }
    let number = || NumberFormat {
        decimal: field
            .decimal_char
            .clone()
            .filter(|c| !c.is_empty())
            .unwrap_or_else(|| ".".to_owned()),
        group: field.group_char.clone().filter(|c| !c.is_empty()),
        bare: field.bare_number.unwrap_or(true),
    };
    let day = || match field.format.as_deref() {
        None | Some("default" | "") => DateFormat::Iso,
        Some("any") => DateFormat::Any,
        Some(pattern) => DateFormat::Pattern(pattern.to_owned()),
    };
    let words = |said: &Option<Vec<String>>, usual: &[&str]| {
        said.clone()
            .unwrap_or_else(|| usual.iter().map(|s| (*s).to_owned()).collect())
    };
    let (r#type, parse) = match declared.as_str() {
        "number" => (Type::Number, Parse::Number(number())),
        "integer" => (Type::Number, Parse::Integer(number())),
        "year" => (Type::Number, Parse::Year),
        "boolean" => {
            let yes = words(&field.true_values, &["true", "True", "TRUE", "1"]);
            let no = words(&field.false_values, &["false", "False", "FALSE", "0"]);
            (Type::Boolean, Parse::Boolean(yes, no))
        }
        "date" => (Type::Date, Parse::Date(day())),
        "datetime" => (Type::Date, Parse::DateTime(day())),
        "yearmonth" => (Type::Date, Parse::YearMonth),
        "list" => {
            let delimiter = field.delimiter.clone().filter(|d| !d.is_empty());
            (
                Type::List,
                Parse::List(delimiter.unwrap_or_else(|| ",".to_owned())),
            )
        }
        _ => (Type::Text, Parse::Text),
    };
    let said = field
        .missing_values
        .as_ref()
        .or(schema.missing_values.as_ref());
    let missing: Vec<String> = match said {
        Some(values) => values.iter().map(|v| v.pair().0).collect(),
        None => vec![String::new()],
    };
    let mut column = Column {
        name: field.name.clone(),
        r#type,
        declared,
        description: field
            .title
            .clone()
            .or_else(|| field.description.clone())
            .unwrap_or_default(),
        categories: field.categories.iter().map(Labelled::pair).collect(),
        ordered: field.categories_ordered,
        limits: None,
        bounds: (f64::NEG_INFINITY, f64::INFINITY),
    };
    let checks = Checks::new(&field.constraints, &column, &parse, findings);
    column.limits = checks.limits(&missing);
    column.bounds = column.limits.unwrap_or_else(|| checks.bounds());
    let mut spec = FieldSpec::new(column, parse, missing, said.is_some(), checks);
    let labelled = said.into_iter().flatten().filter(|v| v.has_label());
    spec.labelled = labelled.map(|v| v.pair().0).collect();
    spec
}

impl FieldSpec {
    pub fn new(
        column: Column,
        parse: Parse,
        missing: Vec<String>,
        missing_said: bool,
        checks: Checks,
    ) -> Self {
        let missing_numbers = match &parse {
            Parse::Number(_) | Parse::Integer(_) | Parse::Year => missing
                .iter()
                .filter_map(|m| m.trim().parse::<f64>().ok())
                .collect(),
            _ => Vec::new(),
        };
        FieldSpec {
            column,
            parse,
            missing,
            labelled: Vec::new(),
            missing_numbers,
            missing_said,
            checks,
        }
    }

    /// A column of which nothing is declared but its type.
    pub fn bare(name: &str, declared: &str) -> Self {
        let field: Field = Field::named(name, declared);
        field_spec(&field, &Schema::default(), &mut Findings::new())
    }
}
