//! Guesses a manifest from files: columns, types, keys and meaning. Every guess says what it rests on.

use super::declare::{FieldSpec, Format, TableSpec};
use super::draft::{self, Draft};
use super::files::DataFile;
use super::guess;
use super::manifest::{self, Dialect, Field, Schema};
use super::words;
use crate::finding::{Findings, Stop};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// One guess: to be confirmed or corrected by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// File it is about.
    pub file: String,
    /// What was guessed.
    pub what: String,
    /// What it rests on; of what is in doubt, why, and how to change it.
    pub why: String,
    /// Whether another reading fits as well, or something was not understood.
    pub doubt: bool,
}

/// A question that only a person can answer, since several readings fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// File it is about.
    pub file: String,
    /// The question.
    pub text: String,
    /// The readings: a word, and what it means.
    pub options: Vec<(String, String)>,
    /// The reading that is taken where nobody answers.
    pub usual: usize,
}

/// Whoever can be asked: gives the place of the answer among the options, or nothing.
pub type Asks<'a> = dyn FnMut(&Question) -> Result<Option<usize>, Stop> + 'a;

/// A table that was written anew, since the file holds it in another shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reshaped {
    /// The file it comes from.
    pub source: PathBuf,
    /// Name of the new file, to lie beside the source.
    pub name: String,
    /// Its text, CSV.
    pub text: String,
}

/// A manifest with what it rests on.
#[derive(Debug)]
pub struct Described {
    /// The manifest.
    pub manifest: Value,
    /// All that was guessed.
    pub guesses: Vec<Guess>,
    /// Files that the manifest names and that are to be written.
    pub reshaped: Vec<Reshaped>,
}

/// Guesses a manifest for files, which it names by their file name, as if they lay beside it.
///
/// The guesses stand in the manifest, too (`"codev:guesses"` of each resource), so that whoever corrects it sees them.
///
/// # Errors
/// A [`Stop`] when a file can't be read, or is of no format that tables can have.
pub fn infer(files: &[PathBuf]) -> Result<(Value, Vec<Guess>), Stop> {
    let described = describe_all(files, &mut |_| Ok(None), false)?;
    Ok((described.manifest, described.guesses))
}

/// Guesses a manifest as [`infer`] does, and asks where several readings fit. Tables with years as columns, with several
/// keys in one column or with flags behind their numbers are written anew, for the caller to save.
///
/// # Errors
/// As [`infer`], and when there is no answer to a question.
pub fn describe(files: &[PathBuf], ask: &mut Asks<'_>) -> Result<Described, Stop> {
    describe_all(files, ask, true)
}

fn describe_all(
    files: &[PathBuf],
    ask: &mut Asks<'_>,
    may_reshape: bool,
) -> Result<Described, Stop> {
    let mut drafts = Vec::new();
    for path in files {
        let mut draft = draft::draft(path, ask, may_reshape)?;
        if draft.columns.is_empty() {
            let what = format!("`{}` is empty: it has no columns", draft.shown);
            draft.doubt(
                what,
                "leave it out, or save it again with a first line of column names",
            );
        }
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
    let reshaped = drafts
        .iter_mut()
        .filter_map(|d| d.reshaped.take())
        .collect();
    Ok(Described {
        manifest,
        guesses: drafts.into_iter().flat_map(|d| d.guesses).collect(),
        reshaped,
    })
}

/// What is found of a text table without a schema.
pub(super) struct Found {
    pub fields: Vec<FieldSpec>,
    pub dialect: Dialect,
    /// What is in doubt.
    pub doubts: Vec<Guess>,
}

/// Columns of a text table without a schema.
pub(super) fn fields(spec: &TableSpec, file: &DataFile) -> Result<Found, Stop> {
    let mut draft = draft::text_draft(spec.clone(), file, &mut |_| Ok(None), false)?;
    let mut dialect = spec.dialect.clone();
    let said: Dialect = manifest::parse(
        &Value::Object(draft.dialect.clone()).to_string(),
        &file.shown,
    )?;
    dialect.delimiter = dialect.delimiter.or(said.delimiter);
    dialect.header_rows = dialect.header_rows.or(said.header_rows);
    dialect.comment_rows = dialect.comment_rows.or(said.comment_rows);
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
    Ok(Found {
        fields: out,
        dialect,
        doubts: draft.guesses.into_iter().filter(|g| g.doubt).collect(),
    })
}

fn resource(draft: &mut Draft, references: &[guess::Link], meaning: Map<String, Value>) -> Value {
    let mut fields = Vec::new();
    let columns = std::mem::take(&mut draft.columns);
    for (at, column) in columns.iter().enumerate() {
        let key = draft.primary == Some(at) || references.iter().any(|r| r.column == column.name);
        fields.push(column.field(!key, draft));
    }
    let mut schema = json!({ "fields": fields });
    let unnamed = std::mem::take(&mut draft.unnamed);
    if !unnamed.is_empty() {
        schema["fieldsMatch"] = json!("subset");
    }
    let empty = unnamed.iter().filter(|(_, c)| c.values.is_empty()).count();
    if empty > 0 {
        let what = if empty == 1 {
            "a column without a name is left out".to_owned()
        } else {
            format!("{empty} columns without a name are left out")
        };
        draft.guess(what, "nothing stands there");
    }
    for (place, column) in unnamed.iter().filter(|(_, c)| !c.values.is_empty()) {
        if column.counts_rows() {
            draft.guess(
                "the column without a name is left out".to_owned(),
                "it looks like row numbers",
            );
        } else {
            let what = format!(
                "column {place}, which has no name, is left out; it holds {}",
                column.some()
            );
            draft.doubt(what, "give it a name in the header to have it read");
        }
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
    if let Some(made) = &draft.reshaped {
        resource["path"] = json!(made.name);
        resource["sources"] = json!([{ "title": draft.shown, "path": draft.shown }]);
    }
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
        .map(|g| match g.doubt {
            false => format!("Guessed: {}, since {}.", g.what, g.why),
            true => format!("In doubt: {} ({}).", g.what, g.why),
        })
        .collect();
    resource["codev:guesses"] = json!(sentences);
    draft.columns = columns;
    resource
}
