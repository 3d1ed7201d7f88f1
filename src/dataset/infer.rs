//! Guesses a manifest from files: columns, types, keys and meaning. Every guess says what it rests on.

use super::column_files::ColumnFile;
use super::declare::{FORMATS, FieldSpec, FieldsMatch, Format, TableSpec};
use super::files::{self, DataFile};
use super::guess::{self, Profile};
use super::manifest::{self, Dialect, Field, Schema};
use super::text::{self, Records};
use super::typos::WordCounts;
use super::values::Parse;
use super::{Meaning, json_lines, words};
use crate::finding::{Finding, Findings, Stop};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// One guess: to be confirmed or corrected by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// File it is about.
    pub file: String,
    /// What was guessed.
    pub what: String,
    /// What it rests on.
    pub why: String,
}

/// A file with what was found in it.
pub(super) struct Draft {
    pub shown: String,
    pub name: String,
    pub columns: Vec<Profile>,
    pub rows: u64,
    pub dialect: Map<String, Value>,
    pub primary: Option<usize>,
    pub guesses: Vec<Guess>,
    format: Format,
    windows: bool,
}

impl Draft {
    /// Notes a guess.
    pub fn guess(&mut self, what: String, why: impl Into<String>) {
        self.guesses.push(Guess {
            file: self.shown.clone(),
            what,
            why: why.into(),
        });
    }
}

/// Guesses a manifest for files, which it names by their file name, as if they lay beside it.
///
/// The guesses stand in the manifest, too (`"codev:guesses"` of each resource), so that whoever corrects it sees them.
///
/// # Errors
/// A [`Stop`] when a file can't be read, or is of no format that tables can have.
pub fn infer(files: &[PathBuf]) -> Result<(Value, Vec<Guess>), Stop> {
    let mut drafts = Vec::new();
    for path in files {
        let mut draft = draft(path)?;
        let base = draft.name.clone();
        let mut n = 2;
        while drafts.iter().any(|d: &Draft| d.name == draft.name) {
            draft.name = format!("{base}-{n}");
            n += 1;
        }
        drafts.push(draft);
    }
    for draft in &mut drafts {
        guess::primary_key(draft);
    }
    let references = guess::references(&mut drafts);
    let mut taken = Vec::new();
    let meanings: Vec<Map<String, Value>> = drafts
        .iter_mut()
        .zip(&references)
        .map(|(d, r)| words::meaning(d, r, &mut taken))
        .collect();
    let mut resources = Vec::new();
    for ((draft, references), meaning) in drafts.iter_mut().zip(&references).zip(meanings) {
        resources.push(resource(draft, references, meaning));
    }
    let manifest = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "evaluation",
        "resources": resources,
    });
    Ok((
        manifest,
        drafts.into_iter().flat_map(|d| d.guesses).collect(),
    ))
}

/// Columns of a text table without a schema.
pub(super) fn fields(spec: &TableSpec, file: &DataFile) -> Result<Vec<FieldSpec>, Stop> {
    let mut draft = text_draft(spec.clone(), file)?;
    let schema = Schema::default();
    let columns = std::mem::take(&mut draft.columns);
    let mut out = Vec::new();
    for column in columns {
        let json = column.field(false, &mut draft).to_string();
        let field: Field = manifest::parse(&json, &file.shown)?;
        out.push(super::declare::field_spec(
            &field,
            &schema,
            &mut Findings::new(),
        ));
    }
    Ok(out)
}

fn draft(path: &Path) -> Result<Draft, Stop> {
    let shown = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let file = DataFile {
        shown: shown.clone(),
        path: path.to_owned(),
        partitions: Vec::new(),
    };
    let Some(format) = super::declare::format_of(None, &shown) else {
        let help = "Save it as CSV or Parquet, with a name that ends so.";
        return Err(Finding::error(
            "data-not-a-table",
            format!("The file is not {FORMATS}."),
            help,
        )
        .in_file(path.display().to_string())
        .into());
    };
    if matches!(format, Format::Parquet | Format::Arrow) {
        return columns_draft(&file, format);
    }
    let spec = TableSpec {
        name: shown.clone(),
        meaning: Meaning::default(),
        format,
        files: vec![file.clone()],
        encoding: None,
        dialect: Dialect::default(),
        fields: Vec::new(),
        infer: true,
        fields_match: FieldsMatch::Subset,
        primary_key: Vec::new(),
        unique_keys: Vec::new(),
        references: Vec::new(),
    };
    text_draft(spec, &file)
}

fn new_draft(file: &DataFile, format: Format) -> Draft {
    let stem = file
        .shown
        .split('.')
        .next()
        .unwrap_or("table")
        .to_lowercase();
    let name: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let name = name
        .split('-')
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    Draft {
        shown: file.shown.clone(),
        name: if name.is_empty() {
            "table".to_owned()
        } else {
            name
        },
        columns: Vec::new(),
        rows: 0,
        dialect: Map::new(),
        primary: None,
        guesses: Vec::new(),
        format,
        windows: false,
    }
}

fn columns_draft(file: &DataFile, format: Format) -> Result<Draft, Stop> {
    let whole = DataFile {
        shown: file.path.display().to_string(),
        ..file.clone()
    };
    let opened = ColumnFile::open(&whole, format)?;
    let mut draft = new_draft(file, format);
    draft.rows = opened.rows();
    for column in opened.columns() {
        let Some(declared) = column.stored.declared() else {
            continue;
        };
        let mut profile = Profile::declared(column.name, declared);
        if let Some(words) = opened.ordered_words(column.name)? {
            draft.guess(
                format!(
                    "`{}` has {} categories in this order: {}",
                    column.name,
                    words.len(),
                    crate::finding::shorten(&words.join(", "), 200)
                ),
                "the file keeps them so",
            );
            profile.take_categories(&words);
        }
        draft.columns.push(profile);
    }
    Ok(draft)
}

/// Reads a text table once, all as text, and counts the distinct values of each column.
fn text_draft(mut spec: TableSpec, file: &DataFile) -> Result<Draft, Stop> {
    let read = files::read_table(file, spec.encoding.as_deref())?;
    let mut draft = new_draft(file, spec.format);
    draft.windows = read.finding.is_some() && spec.encoding.is_none();
    if spec.format == Format::Json {
        return json_draft(spec, file, &read.text, draft);
    }
    if spec.dialect.delimiter.is_none() && spec.format == Format::Csv {
        let first = read.text.lines().next().unwrap_or_default();
        let count = |c: char| first.matches(c).count();
        let best = [',', ';', '\t', '|']
            .into_iter()
            .rev()
            .max_by_key(|c| count(*c))
            .unwrap_or(',');
        if best != ',' && count(best) > count(',') {
            spec.dialect.delimiter = Some(best.to_string());
            draft
                .dialect
                .insert("delimiter".to_owned(), json!(best.to_string()));
            draft.guess(
                format!("cells are separated by `{}`", best.escape_default()),
                "the first line has most of it",
            );
        }
    }
    let mut reader = Records::new(&read.text, &spec, file);
    let mut names: Vec<String> = Vec::new();
    if reader.next()? {
        for name in reader.record.iter().map(str::trim) {
            if !names.iter().any(|n| n == name) {
                names.push(name.to_owned());
            }
        }
    }
    spec.files = vec![file.clone()];
    spec.fields = names.iter().map(|name| as_text(name)).collect();
    let table = text::read(&spec)?;
    draft.rows = table.rows.count;
    for (at, name) in names.iter().enumerate() {
        let mut counts = WordCounts::default();
        for column in table.frames.iter().filter_map(|f| f.columns().get(at)) {
            counts.add(column)?;
        }
        let counts = counts.finish(usize::MAX);
        draft.columns.push(Profile::of(name, counts));
    }
    Ok(draft)
}

/// A column of which every cell is kept as the text that it is.
fn as_text(name: &str) -> FieldSpec {
    let mut field = FieldSpec::bare(name, "string");
    field.parse = Parse::Text;
    field.missing = Vec::new();
    field
}

/// Reads a file of JSON objects once, all as text.
fn json_draft(
    mut spec: TableSpec,
    file: &DataFile,
    text: &str,
    mut draft: Draft,
) -> Result<Draft, Stop> {
    let keys = json_lines::keys(text);
    spec.files = vec![file.clone()];
    spec.fields = keys.iter().map(|(name, _)| as_text(name)).collect();
    let table = json_lines::read(&spec)?;
    draft.rows = table.rows.count;
    for (at, (name, list)) in keys.iter().enumerate() {
        let missing = table.counts.get(at).map_or(0, |(missing, _)| *missing);
        let mut profile = if *list {
            Profile::declared(name, "list")
        } else {
            let mut counts = WordCounts::default();
            for column in table.frames.iter().filter_map(|f| f.columns().get(at)) {
                counts.add(column)?;
            }
            Profile::of(name, counts.finish(usize::MAX))
        };
        profile.missing += missing;
        draft.columns.push(profile);
    }
    Ok(draft)
}

fn resource(draft: &mut Draft, references: &[guess::Link], meaning: Map<String, Value>) -> Value {
    let mut fields = Vec::new();
    let columns = std::mem::take(&mut draft.columns);
    let mut unnamed = false;
    for (at, column) in columns.iter().enumerate() {
        if column.name.is_empty() {
            unnamed = true;
            continue;
        }
        let key = draft.primary == Some(at) || references.iter().any(|r| r.column == column.name);
        fields.push(column.field(!key, draft));
    }
    let mut schema = json!({ "fields": fields });
    if unnamed {
        schema["fieldsMatch"] = json!("subset");
        draft.guess(
            "the column without a name is left out".to_owned(),
            "it looks like row numbers",
        );
    }
    if let Some(key) = draft.primary.and_then(|at| columns.get(at)) {
        schema["primaryKey"] = json!(key.name);
    }
    if !references.is_empty() {
        let keys: Vec<Value> = references
            .iter()
            .map(|r| json!({ "fields": r.column, "reference": { "resource": r.table, "fields": r.key } }))
            .collect();
        schema["foreignKeys"] = json!(keys);
    }
    let mut resource = json!({ "name": draft.name, "path": draft.shown });
    let format = match draft.format {
        Format::Parquet => Some("parquet"),
        Format::Arrow => Some("arrow"),
        Format::Json => Some("ndjson"),
        _ => None,
    };
    if let Some(format) = format {
        resource["format"] = json!(format);
    }
    if draft.windows {
        resource["encoding"] = json!("windows-1252");
        draft.guess(
            "the encoding is Windows-1252".to_owned(),
            "the file is not UTF-8",
        );
    }
    if !draft.dialect.is_empty() {
        resource["dialect"] = Value::Object(draft.dialect.clone());
    }
    resource["schema"] = schema;
    resource["codev"] = Value::Object(meaning);
    let sentences: Vec<String> = draft
        .guesses
        .iter()
        .map(|g| format!("Guessed: {}, since {}.", g.what, g.why))
        .collect();
    resource["codev:guesses"] = json!(sentences);
    draft.columns = columns;
    resource
}
