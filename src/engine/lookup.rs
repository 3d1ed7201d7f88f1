//! Columns of parent tables, brought to the rows of a table over foreign keys. A child row finds at most one parent.

use super::value::{Texts, fault};
use crate::dataset::{Dataset, ForeignKey, LIST_SEPARATOR, Table, Type, rows_by_name, units};
use crate::finding::{Finding, Stop};
use crate::plan::resolve::Resolved;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, StringArray, UInt32Array};
use arrow_cast::cast;
use arrow_schema::DataType;
use arrow_select::concat::concat;
use arrow_select::take::take;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Brings one parent column to the rows of a batch.
pub struct Lookup {
    /// Column of the scanned table that holds the foreign key.
    pub column: String,
    rows: Keys,
    values: ArrayRef,
}

/// Row of the parent table by key.
enum Keys {
    /// By the name that an entry of a list is; with the parents' values as texts.
    Lists(FxHashMap<String, u32>, StringArray),
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
            Keys::Lists(rows_by_name(parent, &first.key)?, labels(&values))
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
    pub fn apply(&self, child: &ArrayRef) -> Result<ArrayRef, Stop> {
        if let Keys::Lists(rows, values) = &self.rows {
            return lists(child, rows, values);
        }
        take(&self.values, &self.find(child), None).map_err(|e| fault(&e))
    }

    fn find(&self, child: &ArrayRef) -> UInt32Array {
        match &self.rows {
            Keys::Text(map) => match child.as_dictionary_opt::<Int32Type>() {
                Some(texts) => by_text(texts, map),
                None => UInt32Array::new_null(child.len()),
            },
            Keys::Lists(..) => UInt32Array::new_null(child.len()),
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

/// Lists of the values of the parents that the entries of a list name: once per different cell, not per row.
fn lists(
    child: &ArrayRef,
    rows: &FxHashMap<String, u32>,
    values: &StringArray,
) -> Result<ArrayRef, Stop> {
    let Some(cells) = child.as_dictionary_opt::<Int32Type>() else {
        let none = DictionaryArray::<Int32Type>::from_iter(vec![None::<&str>; child.len()]);
        return Ok(Arc::new(none));
    };
    let of_cell = |cell: &str| {
        let row = |entry| usize::try_from(*rows.get(entry)?).ok();
        let value = |row: usize| values.is_valid(row).then(|| values.value(row));
        let parents = cell.split(LIST_SEPARATOR).filter_map(row).filter_map(value);
        // A value may be a list itself.
        let entries: BTreeSet<&str> = parents
            .flat_map(|v| v.split(LIST_SEPARATOR))
            .filter(|v| !v.is_empty())
            .collect();
        let entries: Vec<&str> = entries.into_iter().collect();
        (!entries.is_empty()).then(|| entries.join(&LIST_SEPARATOR.to_string()))
    };
    let by_cell: StringArray = match cells.values().as_string_opt::<i32>() {
        Some(texts) => texts.iter().map(|t| of_cell(t?)).collect(),
        None => StringArray::new_null(cells.values().len()),
    };
    let there =
        |code: &i32| usize::try_from(*code).is_ok_and(|c| c < by_cell.len() && by_cell.is_valid(c));
    let codes: Int32Array = cells.keys().iter().map(|code| code.filter(there)).collect();
    let lists = DictionaryArray::try_new(codes, Arc::new(by_cell)).map_err(|e| fault(&e))?;
    Ok(Arc::new(lists))
}

/// The values of a column as texts, as they stand in a list.
fn labels(values: &ArrayRef) -> StringArray {
    let label = |row: usize| {
        if values.is_null(row) {
            None
        } else if let Some(texts) = values.as_dictionary_opt::<Int32Type>() {
            super::value::text_at(texts, row).map(str::to_owned)
        } else if let Some(numbers) = values.as_primitive_opt::<Float64Type>() {
            Some(super::cells::number_label(numbers.value(row)))
        } else if let Some(days) = values.as_primitive_opt::<Date32Type>() {
            Some(crate::indicator::formula::node::date_text(days.value(row)))
        } else {
            values.as_boolean_opt().map(|b| b.value(row).to_string())
        }
    };
    (0..values.len()).map(label).collect()
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
            Some(Type::Number) => &DataType::Float64,
            Some(Type::Boolean) => &DataType::Boolean,
            Some(Type::Date) => &DataType::Date32,
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
        r#type: Type::Text,
        year: false,
    };
    match Lookup::new(dataset, table, &resolved)? {
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
