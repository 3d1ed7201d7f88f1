//! Columns of parent tables, brought to the rows of a table over foreign keys. A child row finds at most one parent.

use super::cells::number_label;
use super::value::{Val, fault, map_to_texts};
use crate::dataset::typed::{Words, carrier, piece};
use crate::dataset::{Dataset, ForeignKey, LIST_SEPARATOR, Table, Type, rows_by_name, units};
use crate::finding::{Finding, Stop};
use crate::indicator::formula::node::date_text;
use crate::plan::resolve::Resolved;
use polars::prelude::{Column, IdxCa, NewChunkedArray as _, PlSmallStr};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Brings one parent column to the rows of a batch.
pub struct Lookup {
    /// Column of the scanned table that holds the foreign key.
    pub column: String,
    rows: Keys,
    values: Val,
}

/// Row of the parent table by key.
enum Keys {
    /// By the name that an entry of a list is; with the parents' values as texts.
    Lists(FxHashMap<String, u32>, Vec<Option<String>>),
    Text(FxHashMap<String, u32>),
    Number(FxHashMap<u64, u32>),
}

impl Lookup {
    /// Prepares the way from `table` to a column of a parent table; `None` for a column of its own.
    ///
    /// # Errors
    /// A [`Stop`] when the parent can't be read or its key repeats.
    pub fn new(
        dataset: &Dataset,
        table: &Table,
        resolved: &Resolved,
    ) -> Result<Option<Lookup>, Stop> {
        let Some((first, rest)) = resolved.joins.split_first() else {
            return Ok(None);
        };
        let Some(parent) = dataset.tables.iter().find(|t| t.name == first.table) else {
            return Ok(None);
        };
        let values = parent_column(dataset, parent, rest, &resolved.column)?;
        let rows = if table
            .column(&first.column)
            .is_some_and(|c| c.r#type == Type::List)
        {
            Keys::Lists(rows_by_name(parent, &first.key)?, labels(&values)?)
        } else {
            keys(parent, first)?
        };
        Ok(Some(Lookup {
            column: first.column.clone(),
            rows,
            values,
        }))
    }

    /// The parent's values for the rows of a batch, missing where there is no parent. Over a list: the values of all
    /// parents as a list, each value once, in order of their text; missing where no parent has one.
    ///
    /// # Errors
    /// As [`Val::numbers`].
    pub fn apply(&self, child: &Val, rows: usize) -> Result<Val, Stop> {
        if let Keys::Lists(parents, values) = &self.rows {
            return lists(child, rows, parents, values);
        }
        self.values.take_some(&self.find(child, rows)?)
    }

    fn find(&self, child: &Val, rows: usize) -> Result<IdxCa, Stop> {
        let number = |map: &FxHashMap<u64, u32>, x: f64| map.get(&x.to_bits()).copied();
        let found: Vec<Option<u32>> = match (&self.rows, child) {
            (Keys::Text(map), Val::Texts(texts)) => {
                let words = Words::of(texts)?;
                let parents = words.each(|word| map.get(word).copied());
                let parent = |code: Option<&u32>| parents.get(*code?).copied().flatten();
                words.codes.iter().map(parent).collect()
            }
            (Keys::Number(map), Val::Numbers(numbers)) => {
                let numbers = piece(numbers)?.iter();
                numbers.map(|x| number(map, *x?)).collect()
            }
            (Keys::Number(map), Val::Days(days)) => {
                let days = piece(days)?.iter();
                days.map(|day| number(map, f64::from(*day?))).collect()
            }
            _ => vec![None; rows],
        };
        Ok(IdxCa::from_slice_options(PlSmallStr::EMPTY, &found))
    }
}

/// Lists of the values of the parents that the entries of a list name: once per different cell, not per row.
fn lists(
    child: &Val,
    rows: usize,
    parents: &FxHashMap<String, u32>,
    values: &[Option<String>],
) -> Result<Val, Stop> {
    let Val::Texts(cells) = child else {
        return Ok(Val::Texts(Val::Null.texts(rows)?));
    };
    let of_cell = |cell: &str| {
        let value = |entry| {
            values
                .get(usize::try_from(*parents.get(entry)?).ok()?)?
                .as_deref()
        };
        // A value may be a list itself.
        let entries: BTreeSet<&str> = cell
            .split(LIST_SEPARATOR)
            .filter_map(value)
            .flat_map(|v| v.split(LIST_SEPARATOR))
            .filter(|v| !v.is_empty())
            .collect();
        let entries: Vec<&str> = entries.into_iter().collect();
        (!entries.is_empty()).then(|| entries.join(&LIST_SEPARATOR.to_string()))
    };
    Ok(Val::Texts(map_to_texts(cells, of_cell)?))
}

/// The values of a column as texts, as they stand in a list.
fn labels(values: &Val) -> Result<Vec<Option<String>>, Stop> {
    Ok(match values {
        Val::Texts(texts) => {
            let words = Words::of(texts)?;
            let rows = 0..texts.len();
            rows.map(|row| words.get(row).map(str::to_owned)).collect()
        }
        Val::Numbers(numbers) => {
            let numbers = piece(numbers)?.iter();
            numbers.map(|x| x.map(|x| number_label(*x))).collect()
        }
        Val::Days(days) => piece(days)?
            .iter()
            .map(|d| d.map(|d| date_text(*d)))
            .collect(),
        Val::Truths(truths) => piece(truths)?
            .iter()
            .map(|b| b.map(|b| b.to_string()))
            .collect(),
        _ => vec![],
    })
}

/// All values of a column of a table as one.
fn whole(table: &Table, name: &str) -> Result<Val, Stop> {
    let mut all: Option<Column> = None;
    for unit in units(table, &[name.to_owned()])? {
        for frame in unit.read()? {
            let frame = frame?;
            let Some(column) = frame.columns().first() else {
                continue;
            };
            match &mut all {
                None => all = Some(column.clone()),
                Some(all) => {
                    all.append(column).map_err(|e| fault(&e))?;
                }
            }
        }
    }
    match all {
        Some(all) => Val::of(&all.rechunk()),
        None => {
            let kind = table.column(name).map_or(Type::Text, |c| c.r#type);
            Val::of(&Column::new_empty(name.into(), &carrier(kind)))
        }
    }
}

fn parent_column(
    dataset: &Dataset,
    table: &Table,
    joins: &[ForeignKey],
    column: &str,
) -> Result<Val, Stop> {
    let resolved = Resolved {
        joins: joins.to_vec(),
        column: column.to_owned(),
        r#type: Type::Text,
        year: false,
    };
    match Lookup::new(dataset, table, &resolved)? {
        None => whole(table, column),
        Some(next) => {
            let child = whole(table, &next.column)?;
            let rows = child.rows();
            next.apply(&child, rows)
        }
    }
}

fn keys(parent: &Table, key: &ForeignKey) -> Result<Keys, Stop> {
    let values = whole(parent, &key.key)?;
    let repeated = |value: String| {
        let message = format!(
            "Joining to `{}` would multiply rows: the key `{}` occurs more than once.",
            parent.name, value
        );
        let help = "Remove the repeated rows, or set \"duplicates\": \"first\" in the table's codev object.";
        Stop::from(Finding::error("data-duplicate-key", message, help).in_column(&key.key))
    };
    let numbers: Vec<Option<f64>> = match &values {
        Val::Texts(texts) => {
            let words = Words::of(texts)?;
            let mut map = FxHashMap::default();
            for row in 0..texts.len() {
                if let Some(text) = words.get(row)
                    && map.insert(text.to_owned(), row as u32).is_some()
                {
                    return Err(repeated(text.to_owned()));
                }
            }
            return Ok(Keys::Text(map));
        }
        Val::Days(days) => piece(days)?
            .iter()
            .map(|d| d.map(|d| f64::from(*d)))
            .collect(),
        other => piece(&other.numbers(other.rows())?)?
            .iter()
            .map(|x| x.copied())
            .collect(),
    };
    let mut map = FxHashMap::default();
    for (row, number) in numbers.into_iter().enumerate() {
        if let Some(number) = number
            && map.insert(number.to_bits(), row as u32).is_some()
        {
            return Err(repeated(number.to_string()));
        }
    }
    Ok(Keys::Number(map))
}
