//! Guesses a manifest from files: columns, types, keys and meaning. Every guess says what it rests on.

use super::declare::{FieldSpec, Format, TableSpec};
use super::draft::{self, Draft};
use super::files::DataFile;
use super::guess;
use super::manifest::{self, Dialect, Field, Schema};
use super::persons::{self, About};
use super::profile::Profile;
use super::{Column, Meaning, words};
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
        guess::nearly_keys(draft);
    }
    let references = guess::references(&mut drafts);
    let mut taken = Vec::new();
    let meanings: Vec<Map<String, Value>> = drafts
        .iter_mut()
        .zip(&references)
        .map(|(d, r)| words::meaning(d, r, &mut taken))
        .collect();
    let mut meanings = meanings;
    asked_persons(&mut drafts, &references, &mut meanings, ask)?;
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

/// Asks of each table that may be about persons whether it is; until somebody says so, its figures are protected.
fn asked_persons(
    drafts: &mut [Draft],
    references: &[Vec<guess::Link>],
    meanings: &mut [Map<String, Value>],
    ask: &mut Asks<'_>,
) -> Result<(), Stop> {
    let mut known: Vec<(Meaning, Vec<Column>)> = Vec::new();
    for (draft, meaning) in drafts.iter().zip(meanings.iter()) {
        let text = Value::Object(meaning.clone()).to_string();
        let columns = draft.columns.iter().map(|profile| {
            let field = FieldSpec::bare(&profile.name, profile.kind);
            field.column
        });
        known.push((manifest::parse(&text, &draft.shown)?, columns.collect()));
    }
    let abouts: Vec<About<'_>> = drafts
        .iter()
        .zip(&known)
        .zip(references)
        .map(|((draft, (meaning, columns)), links)| About {
            name: &draft.name,
            meaning,
            columns: columns.iter().collect(),
            primary_key: &[],
            keys: links.iter().map(guess::Link::key).collect(),
        })
        .collect();
    let found = persons::decide(&abouts);
    let told_apart: Vec<Option<String>> = abouts.iter().map(persons::named_key).collect();
    drop(abouts);
    let all = drafts.iter_mut().zip(meanings).zip(found).zip(told_apart);
    for (((draft, meaning), persons), key) in all {
        let Some(doubt) = persons.doubt else {
            continue;
        };
        let question = Question {
            file: draft.shown.clone(),
            text: format!("Is each row about a person ({doubt})?"),
            options: vec![
                (
                    "persons".to_owned(),
                    "a person, or something that one person has or does".to_owned(),
                ),
                (
                    "things".to_owned(),
                    "its figures tell nothing about a person".to_owned(),
                ),
                (
                    "unsure".to_owned(),
                    "protect it until somebody says".to_owned(),
                ),
            ],
            usual: 2,
        };
        match ask(&question)? {
            Some(0) => {
                meaning.insert("unit".to_owned(), json!("person"));
                if let Some(key) = key {
                    draft.guess(format!("`{key}` is the person"), "of its name");
                    meaning.insert("person".to_owned(), json!(key));
                }
            }
            Some(1) => {
                meaning.insert("protect".to_owned(), json!(false));
                let reason = "said when the table was described: its figures tell nothing about a person";
                meaning.insert("protect_reason".to_owned(), json!(reason));
            }
            _ => draft.doubt(
                format!("rows may be about persons: {doubt}; until it is said, figures of fewer persons than `small_cells` are withheld"),
                "set `unit` and `person` in its codev object, or `\"protect\": false` with a `protect_reason`",
            ),
        }
    }
    Ok(())
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

/// Takes cells, and what they are read as, out of what was said of a table that may be about persons.
fn hide_cells(draft: &mut Draft, unnamed: &[Profile]) {
    if !draft.is_private() {
        return;
    }
    let columns: Vec<&Profile> = draft.columns.iter().chain(unnamed).collect();
    let named = |text: &str| columns.iter().any(|c| c.name == text);
    let is_cell = |text: &str| {
        let short = text.trim_end_matches('…');
        let cut = |c: &&Profile| short != text && c.values.keys().any(|v| v.starts_with(short));
        columns
            .iter()
            .any(|c| c.values.contains_key(text) || cut(c))
            && !named(text)
    };
    let said: Vec<(String, String)> = draft
        .guesses
        .iter()
        .map(|g| (without(&g.what, &is_cell), without(&g.why, &is_cell)))
        .collect();
    for (guess, (what, why)) in draft.guesses.iter_mut().zip(said) {
        (guess.what, guess.why) = (what, why);
    }
}

/// A text with dots for each cell in it, quoted or a word by itself, and for the number or day that follows one.
fn without(text: &str, is_cell: &dyn Fn(&str) -> bool) -> String {
    let digits = |word: &str| word.chars().any(|c| c.is_ascii_digit());
    let hidden = std::cell::Cell::new(false);
    let word = |piece: &str| -> String {
        let bare = piece.trim_matches(|c: char| "(),;:".contains(c));
        let cell = bare.len() > 3 && digits(bare) && is_cell(bare);
        let read = hidden.get()
            && digits(bare)
            && bare
                .chars()
                .all(|c| c.is_ascii_digit() || "+-.".contains(c));
        hidden.set(hidden.get() || cell);
        match cell || read {
            true => piece.replacen(bare, "…", 1),
            false => piece.to_owned(),
        }
    };
    let mut out = String::new();
    for (at, piece) in text.split('`').enumerate() {
        match at % 2 {
            0 => out.extend(
                piece
                    .split_inclusive(' ')
                    .map(|p| match p.strip_suffix(' ') {
                        Some(p) => word(p) + " ",
                        None => word(p),
                    }),
            ),
            _ if is_cell(piece) => {
                out.push('…');
                hidden.set(true);
            }
            _ => out.extend(["`", piece, "`"]),
        }
    }
    out
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
    draft.columns = columns;
    let unnamed: Vec<Profile> = unnamed.into_iter().map(|(_, c)| c).collect();
    hide_cells(draft, &unnamed);
    let sentences: Vec<String> = draft
        .guesses
        .iter()
        .map(|g| match g.doubt {
            false => format!("Guessed: {}, since {}.", g.what, g.why),
            true => format!("In doubt: {} ({}).", g.what, g.why),
        })
        .collect();
    resource["codev:guesses"] = json!(sentences);
    resource
}
