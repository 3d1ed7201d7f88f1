//! A file is read for the manifest to be guessed: its layout, its columns, their values.

use super::column_files::ColumnFile;
use super::declare::{FORMATS, FieldSpec, FieldsMatch, Format, TableSpec};
use super::files::{self, DataFile};
use super::infer::{Asks, Guess, Reshaped};
use super::layout;
use super::manifest::Dialect;
use super::profile::Profile;
use super::reshape;
use super::settle;
use super::text;
use super::typos::WordCounts;
use super::values::Parse;
use super::{Meaning, json_lines, words};
use crate::finding::{Finding, Stop};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// A file with what was found in it.
pub(super) struct Draft {
    pub shown: String,
    pub name: String,
    pub columns: Vec<Profile>,
    pub rows: u64,
    pub dialect: Map<String, Value>,
    pub primary: Option<usize>,
    pub guesses: Vec<Guess>,
    /// Columns without a name, with their place counted from 1.
    pub unnamed: Vec<(usize, Profile)>,
    pub format: Format,
    pub windows: bool,
    /// The table as written anew.
    pub reshaped: Option<Reshaped>,
}

impl Draft {
    /// Whether its cells may be of persons, and must not be quoted.
    pub fn is_private(&self) -> bool {
        super::persons::may_be_in(&self.name, self.columns.iter().map(|c| c.name.as_str()))
    }

    /// Notes a guess.
    pub fn guess(&mut self, what: String, why: impl Into<String>) {
        self.guesses.push(Guess {
            file: self.shown.clone(),
            what,
            why: why.into(),
            doubt: false,
        });
    }

    /// Notes what a person has to look at.
    pub fn doubt(&mut self, what: String, why: impl Into<String>) {
        self.guess(what, why);
        if let Some(last) = self.guesses.last_mut() {
            last.doubt = true;
        }
    }
}

/// Reads a file.
pub(super) fn draft(path: &Path, ask: &mut Asks<'_>, may_reshape: bool) -> Result<Draft, Stop> {
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
        persons: super::persons::Persons::default(),
    };
    text_draft(spec, &file, ask, may_reshape)
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
        unnamed: Vec::new(),
        format,
        windows: false,
        reshaped: None,
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

/// Reads a text table, all as text, and counts the distinct values of each column.
pub(super) fn text_draft(
    mut spec: TableSpec,
    file: &DataFile,
    ask: &mut Asks<'_>,
    may_reshape: bool,
) -> Result<Draft, Stop> {
    let read = files::read_table(file, spec.encoding.as_deref())?;
    let mut draft = new_draft(file, spec.format);
    draft.windows = read.finding.is_some() && spec.encoding.is_none();
    spec.files = vec![file.clone()];
    if spec.format == Format::Json {
        return json_draft(spec, file, &read.text, draft, ask);
    }
    let mut layout = layout::find(&read.text, &spec, file)?;
    draft.take_layout(&layout, &mut spec);
    let by_unit = words::is_units(&draft.name);
    let made = if may_reshape {
        reshape::reshape(&read.text, &spec, file, &layout, by_unit, ask)?
    } else {
        None
    };
    let mut text = read.text;
    if let Some(made) = made {
        text = draft.take_made(made, file);
        spec.dialect = Dialect::default();
        spec.format = Format::Csv;
        layout = layout::find(&text, &spec, file)?;
    } else {
        draft.yearly(&layout.names);
    }
    let mut counts: Vec<BTreeMap<String, u64>> = vec![BTreeMap::new(); layout.names.len()];
    let mut rows = 0;
    // Only what the plain reader below can't count is counted here: rows may be none of the table, columns without a name.
    let unnamed = |at: usize| layout.names.get(at).is_none_or(String::is_empty);
    let left = layout::rows(&text, &spec, file, &layout, &mut |record| {
        rows += 1;
        for (at, cell) in record.iter().enumerate().filter(|(at, _)| unnamed(*at)) {
            add(&mut counts, at, cell);
        }
    })?;
    draft.rows = rows;
    draft.take_left(&left, &layout.names, may_reshape);
    for (at, counts) in counts.iter_mut().enumerate().filter(|(at, _)| unnamed(*at)) {
        let profile = Profile::of("", std::mem::take(counts));
        draft.unnamed.push((at + 1, profile));
    }
    let mut names: Vec<&str> = Vec::new();
    for name in layout.names.iter().filter(|n| !n.is_empty()) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    if left.is_empty() && draft.reshaped.is_none() {
        spec.fields = names.iter().map(|name| as_text(name)).collect();
        let table = text::read(&spec)?;
        for (at, name) in names.iter().enumerate() {
            let mut counts = WordCounts::default();
            for column in table.frames.iter().filter_map(|f| f.columns().get(at)) {
                counts.add(column)?;
            }
            let counts = counts.finish(usize::MAX);
            draft.columns.push(Profile::of(name, counts));
        }
    } else {
        counts = vec![BTreeMap::new(); layout.names.len()];
        layout::rows(&text, &spec, file, &layout, &mut |record| {
            for (at, cell) in record.iter().enumerate().filter(|(at, _)| !unnamed(*at)) {
                add(&mut counts, at, cell);
            }
        })?;
        for name in names {
            let at = layout.names.iter().position(|n| n == name);
            let counts = at.and_then(|at| counts.get_mut(at)).map(std::mem::take);
            draft
                .columns
                .push(Profile::of(name, counts.unwrap_or_default()));
        }
    }
    draft.merged();
    settle::settle(&mut draft, ask)?;
    Ok(draft)
}

fn add(counts: &mut Vec<BTreeMap<String, u64>>, at: usize, cell: &str) {
    if counts.len() <= at {
        counts.resize(at + 1, BTreeMap::new());
    }
    if let Some(counts) = counts.get_mut(at) {
        match counts.get_mut(cell) {
            Some(rows) => *rows += 1,
            None => {
                counts.insert(cell.to_owned(), 1);
            }
        }
    }
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
    ask: &mut Asks<'_>,
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
    settle::settle(&mut draft, ask)?;
    Ok(draft)
}
