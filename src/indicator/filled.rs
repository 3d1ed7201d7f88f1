//! A merged definition with its parameters inserted and its filters put together.

use super::extend::Composed;
use super::parameters::{self, Values};
use super::source::{Entry, Item, Table};
use crate::finding::{Finding, nearest};
use std::ops::Range;

/// A definition with its parameters inserted.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// Its keys.
    pub tree: Table,
    /// Further filters that the definition in words doesn't speak of.
    pub unsaid: Vec<String>,
    /// Bytes of the filter, and where they are written.
    pub filter: Vec<(Range<usize>, Range<usize>)>,
    /// The values inserted.
    pub values: Values,
}

impl Composed {
    /// The keys with the parameters inserted: their defaults, or the values `set`.
    ///
    /// # Errors
    /// A finding with file and line: an unknown or unused parameter, or a brace alone.
    pub fn filled(&self, set: &Values) -> Result<Filled, Box<Finding>> {
        let mut filled = Filled {
            tree: self.tree.clone(),
            ..Filled::default()
        };
        for (name, parameter) in &self.parameters {
            let value = set.get(name).unwrap_or(&parameter.value);
            filled.values.insert(name.clone(), value.clone());
        }
        let narrowed = !self.narrowing.is_empty();
        if let (Some(measure), true) = (filled.measure(), narrowed) {
            let list = self.narrowing.iter().map(|n| n.sql.clone()).collect();
            let entry = Entry {
                span: 0..0,
                item: Item::Array(list),
            };
            measure.insert("only".to_owned(), (0..0, entry));
        }
        let values = filled.values.clone();
        let used = parameters::fill(&mut filled.tree, &values)
            .map_err(|bad| Box::new(self.bad_text(&bad.0, &bad.1, &bad.2)))?;
        for (name, parameter) in self.parameters.iter().filter(|(_, p)| p.own) {
            if !used.contains(name) {
                let others = self.parameters.keys().filter(|n| *n != name);
                let help = match nearest(name, others.map(String::as_str)) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("Use it as `{{{name}}}` in a text of [measure], or remove it."),
                };
                let message = format!("Nothing in the measure uses the parameter `{name}`.");
                let finding = Finding::error("definition-unused-parameter", message, help);
                return Err(Box::new(self.sources.underline(finding, &parameter.span)));
            }
        }
        if narrowed {
            self.narrow(&mut filled);
        }
        Ok(filled)
    }

    /// Puts the further filters behind the filter: `(filter) AND (further)`.
    fn narrow(&self, filled: &mut Filled) {
        let Some(measure) = filled.measure() else {
            return;
        };
        let mut pieces: Vec<Entry> = Vec::new();
        pieces.extend(measure.remove("where").map(|(_, entry)| entry));
        let mut further = Vec::new();
        if let Some((_, entry)) = measure.remove("only")
            && let Item::Array(list) = entry.item
        {
            further = list;
        }
        pieces.extend(further.iter().cloned());
        let (mut text, mut places) = (String::new(), Vec::new());
        for piece in &pieces {
            let Some(sql) = piece.text() else { continue };
            let (open, close) = if pieces.len() > 1 {
                ("(", ")")
            } else {
                ("", "")
            };
            if !text.is_empty() {
                text.push_str(" AND ");
            }
            let start = text.len();
            text.push_str(open);
            text.push_str(sql);
            text.push_str(close);
            places.push((start..text.len(), piece.span.clone()));
        }
        let span = pieces.last().map_or(0..0, |p| p.span.clone());
        let entry = Entry {
            span: span.clone(),
            item: Item::Text(text),
        };
        measure.insert("where".to_owned(), (span, entry));
        filled.filter = places;
        let unsaid = self.narrowing.iter().zip(&further).filter(|(n, _)| !n.said);
        filled.unsaid = unsaid
            .filter_map(|(_, entry)| entry.text().map(str::to_owned))
            .collect();
    }

    fn bad_text(&self, key: &str, span: &Range<usize>, bad: &parameters::BadText) -> Finding {
        let finding = Finding::error(bad.code, bad.message.clone(), bad.help.clone());
        let finding = self.place(finding.in_column(key), span);
        finding.with_excerpt(&bad.text, bad.range.start, bad.range.end)
    }
}

impl Filled {
    fn measure(&mut self) -> Option<&mut Table> {
        match self.tree.get_mut("measure").map(|(_, e)| &mut e.item) {
            Some(Item::Table(measure)) => Some(measure),
            _ => None,
        }
    }

    /// Where a byte of an expression of the measure is written.
    pub fn span(&self, key: &str, byte: usize) -> Option<Range<usize>> {
        let piece = self.filter.iter().find(|(range, _)| range.contains(&byte));
        if let (Some((_, span)), "where") = (piece, key) {
            return Some(span.clone());
        }
        match self.tree.get("measure").map(|(_, e)| &e.item) {
            Some(Item::Table(measure)) => measure.get(key).map(|(_, e)| e.span.clone()),
            _ => None,
        }
    }
}
