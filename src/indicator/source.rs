//! Definition files as TOML that remembers where each part was written, over a file and those that it extends.

use super::toml_fault;
use crate::finding::Finding;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file of definitions.
#[derive(Debug, Clone)]
pub struct Source {
    /// As shown to the user.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Whether it is of the built-in library.
    pub builtin: bool,
}

/// Files one after the other, so that one number says where in which of them something stands.
#[derive(Debug, Clone, Default)]
pub struct Sources(pub Vec<Source>);

/// A value of TOML with its place in the [`Sources`]. Equal values are equal wherever they stand.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it stands.
    pub span: Range<usize>,
    /// What it is.
    pub item: Item,
}

/// A value of TOML.
#[derive(Debug, Clone)]
pub enum Item {
    /// A text.
    Text(String),
    /// A number, truth value or date, as it is written in TOML.
    Literal(String),
    /// An array.
    Array(Vec<Entry>),
    /// A table.
    Table(Table),
}

/// Keys with where they stand, and their values.
pub type Table = BTreeMap<String, (Range<usize>, Entry)>;

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Item::Text(a), Item::Text(b)) | (Item::Literal(a), Item::Literal(b)) => a == b,
            (Item::Array(a), Item::Array(b)) => a == b,
            (Item::Table(a), Item::Table(b)) => {
                let values = |table| Table::values(table).map(|(_, entry)| entry);
                a.keys().eq(b.keys()) && values(a).eq(values(b))
            }
            _ => false,
        }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.item == other.item
    }
}

impl Entry {
    /// The text of a text.
    pub fn text(&self) -> Option<&str> {
        match &self.item {
            Item::Text(text) => Some(text),
            _ => None,
        }
    }

    fn new(value: Spanned<DeValue<'_>>, offset: usize) -> Entry {
        let span = moved(&value.span(), offset);
        let item = match value.into_inner() {
            DeValue::String(text) => Item::Text(text.into_owned()),
            DeValue::Integer(number) => Item::Literal(number.to_string()),
            DeValue::Float(number) => Item::Literal(number.to_string()),
            DeValue::Boolean(truth) => Item::Literal(truth.to_string()),
            DeValue::Datetime(time) => Item::Literal(time.to_string()),
            DeValue::Array(list) => {
                let each = list.into_iter().map(|v| Entry::new(v, offset));
                Item::Array(each.collect())
            }
            DeValue::Table(table) => Item::Table(entries(table, offset)),
        };
        Entry { span, item }
    }

    /// As the deserializer takes it.
    pub fn toml(&self) -> Spanned<DeValue<'_>> {
        let value = match &self.item {
            Item::Text(text) => DeValue::String(Cow::Borrowed(text)),
            Item::Literal(text) => match DeValue::parse(text) {
                Ok(value) => value.into_inner(),
                Err(_) => DeValue::String(Cow::Borrowed(text)),
            },
            Item::Array(list) => DeValue::Array(list.iter().map(Entry::toml).collect()),
            Item::Table(table) => DeValue::Table(toml(table)),
        };
        Spanned::new(self.span.clone(), value)
    }
}

fn moved(span: &Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}

fn entries(table: DeTable<'_>, offset: usize) -> Table {
    let each = |(key, value): (Spanned<Cow<'_, str>>, Spanned<DeValue<'_>>)| {
        let span = moved(&key.span(), offset);
        (
            key.into_inner().into_owned(),
            (span, Entry::new(value, offset)),
        )
    };
    table.into_iter().map(each).collect()
}

/// A table as the deserializer takes it.
pub fn toml(table: &Table) -> DeTable<'_> {
    let mut out = DeTable::new();
    for (key, (span, entry)) in table {
        let key = Spanned::new(span.clone(), Cow::Borrowed(key.as_str()));
        out.insert(key, entry.toml());
    }
    out
}

/// The keys of a definition file.
///
/// # Errors
/// A finding with the line, where the text is no TOML.
pub fn read(source: &Source, offset: usize) -> Result<Table, Box<Finding>> {
    match DeTable::parse(&source.text) {
        Ok(table) => Ok(entries(table.into_inner(), offset)),
        Err(e) => Err(Box::new(toml_fault(
            e.message(),
            e.span(),
            &source.text,
            &source.file,
        ))),
    }
}

impl Sources {
    /// Where the next file will start.
    pub fn end(&self) -> usize {
        self.0.iter().map(|s| s.text.len() + 1).sum()
    }

    /// The file at a place, and the range inside it.
    pub fn find(&self, span: &Range<usize>) -> Option<(&Source, Range<usize>)> {
        let mut start = 0;
        for source in &self.0 {
            let end = start + source.text.len();
            if span.start <= end {
                let local = |at: usize| at.clamp(start, end) - start;
                return Some((source, local(span.start)..local(span.end)));
            }
            start = end + 1;
        }
        None
    }

    /// File and line of a place.
    pub fn line(&self, span: &Range<usize>) -> Option<(&Source, u64)> {
        let (source, local) = self.find(span)?;
        let before = source.text.get(..local.start)?;
        Some((source, before.matches('\n').count() as u64 + 1))
    }

    /// A finding with the text at a place underlined.
    pub fn underline(&self, finding: Finding, span: &Range<usize>) -> Finding {
        let (Some((source, local)), Some((_, line))) = (self.find(span), self.line(span)) else {
            return finding;
        };
        finding.in_file(&source.file).at_line(line).with_excerpt(
            &source.text,
            local.start,
            local.end,
        )
    }
}
