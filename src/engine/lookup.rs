//! Columns of parent tables, brought to the rows of a table over foreign keys. A child row finds at most one parent.

use super::value::{Texts, fault};
use crate::dataset::{Dataset, ForeignKey, Table, units};
use crate::finding::{Finding, Stop};
use crate::plan::resolve::Resolved;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, UInt32Array};
use arrow_cast::cast;
use arrow_schema::DataType;
use arrow_select::concat::concat;
use arrow_select::take::take;
use rustc_hash::FxHashMap;

/// Brings one parent column to the rows of a batch.
pub struct Lookup {
    /// Column of the scanned table that holds the foreign key.
    pub column: String,
    rows: Keys,
    values: ArrayRef,
}

/// Row of the parent table by key.
enum Keys {
    Text(FxHashMap<String, u32>),
    Number(FxHashMap<u64, u32>),
}

impl Lookup {
    /// Prepares the way to a column of a parent table (`resolved.joins` is not empty).
    ///
    /// # Errors
    /// A [`Stop`] when the parent can't be read or its key repeats.
    pub fn new(dataset: &Dataset, resolved: &Resolved) -> Result<Option<Lookup>, Stop> {
        let Some((first, rest)) = resolved.joins.split_first() else {
            return Ok(None);
        };
        let Some(parent) = dataset.tables.iter().find(|t| t.name == first.table) else {
            return Ok(None);
        };
        let rows = keys(parent, first)?;
        let values = parent_column(dataset, parent, rest, &resolved.column)?;
        Ok(Some(Lookup {
            column: first.column.clone(),
            rows,
            values,
        }))
    }

    /// The parent's values for the rows of a batch, missing where there is no parent.
    pub fn apply(&self, child: &ArrayRef) -> Result<ArrayRef, Stop> {
        take(&self.values, &self.find(child), None).map_err(|e| fault(&e))
    }

    fn find(&self, child: &ArrayRef) -> UInt32Array {
        match &self.rows {
            Keys::Text(map) => match child.as_dictionary_opt::<Int32Type>() {
                Some(texts) => by_text(texts, map),
                None => UInt32Array::new_null(child.len()),
            },
            Keys::Number(map) => match child.as_primitive_opt::<Float64Type>() {
                Some(numbers) => numbers
                    .iter()
                    .map(|n| map.get(&n?.to_bits()).copied())
                    .collect(),
                None => match child.as_primitive_opt::<Date32Type>() {
                    Some(days) => days
                        .iter()
                        .map(|d| map.get(&f64::from(d?).to_bits()).copied())
                        .collect(),
                    None => UInt32Array::new_null(child.len()),
                },
            },
        }
    }
}

fn by_text(texts: &Texts, map: &FxHashMap<String, u32>) -> UInt32Array {
    let rows: Vec<Option<u32>> = match texts.values().as_string_opt::<i32>() {
        Some(values) => values.iter().map(|v| map.get(v?).copied()).collect(),
        None => vec![],
    };
    texts
        .keys()
        .iter()
        .map(|key| *rows.get(usize::try_from(key?).ok()?)?)
        .collect()
}

/// All values of a column of a table as one array.
fn whole(table: &Table, name: &str) -> Result<ArrayRef, Stop> {
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for unit in units(table, &[name.to_owned()])? {
        for batch in unit.read()? {
            let array = batch?.column(0).clone();
            arrays.push(match array.data_type() {
                DataType::Dictionary(..) => cast(&array, &DataType::Utf8).map_err(|e| fault(&e))?,
                _ => array,
            });
        }
    }
    let parts: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    let kind = table.column(name).map(|c| c.r#type);
    let joined = if parts.is_empty() {
        arrow_array::new_empty_array(match kind {
            Some(crate::dataset::Type::Number) => &DataType::Float64,
            Some(crate::dataset::Type::Boolean) => &DataType::Boolean,
            Some(crate::dataset::Type::Date) => &DataType::Date32,
            _ => &DataType::Utf8,
        })
    } else {
        concat(&parts).map_err(|e| fault(&e))?
    };
    if joined.data_type() == &DataType::Utf8 {
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        return cast(&joined, &dictionary).map_err(|e| fault(&e));
    }
    Ok(joined)
}

fn parent_column(
    dataset: &Dataset,
    table: &Table,
    joins: &[ForeignKey],
    column: &str,
) -> Result<ArrayRef, Stop> {
    let resolved = Resolved {
        joins: joins.to_vec(),
        column: column.to_owned(),
        r#type: crate::dataset::Type::Text,
        year: false,
    };
    match Lookup::new(dataset, &resolved)? {
        None => whole(table, column),
        Some(next) => next.apply(&whole(table, &next.column)?),
    }
}

fn keys(parent: &Table, key: &ForeignKey) -> Result<Keys, Stop> {
    let array = whole(parent, &key.key)?;
    let repeated = |value: String| {
        let message = format!(
            "Joining to `{}` would multiply rows: the key `{}` occurs more than once.",
            parent.name, value
        );
        let help = "Remove the repeated rows, or set \"duplicates\": \"first\" in the table's codev object.";
        Stop::from(Finding::error("data-duplicate-key", message, help).in_column(&key.key))
    };
    if let Some(texts) = array.as_dictionary_opt::<Int32Type>() {
        let mut map = FxHashMap::default();
        for row in 0..texts.len() {
            if let Some(text) = super::value::text_at(texts, row)
                && map.insert(text.to_owned(), row as u32).is_some()
            {
                return Err(repeated(text.to_owned()));
            }
        }
        return Ok(Keys::Text(map));
    }
    let numbers = match array.as_primitive_opt::<Float64Type>() {
        Some(numbers) => numbers.clone(),
        None => cast(
            &cast(&array, &DataType::Int32).map_err(|e| fault(&e))?,
            &DataType::Float64,
        )
        .map_err(|e| fault(&e))?
        .as_primitive::<Float64Type>()
        .clone(),
    };
    let mut map = FxHashMap::default();
    for (row, number) in numbers.iter().enumerate() {
        if let Some(number) = number
            && map.insert(number.to_bits(), row as u32).is_some()
        {
            return Err(repeated(number.to_string()));
        }
    }
    Ok(Keys::Number(map))
}
