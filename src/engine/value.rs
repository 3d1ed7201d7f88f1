//! Values of expressions over a batch of rows: an array, or one value for all rows.

use crate::finding::{Finding, Stop};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, StringArray,
};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::ArrowError;
use std::sync::Arc;

/// Text as the engine holds it: codes into a dictionary.
pub type Texts = DictionaryArray<Int32Type>;

/// Value of an expression.
#[derive(Debug, Clone)]
pub enum Val {
    /// One value per row: Float64, Boolean, Dictionary(Int32, Utf8) or Date32.
    Rows(ArrayRef),
    /// The same number in every row.
    Number(f64),
    /// The same text in every row.
    Text(String),
    /// The same truth value in every row.
    Boolean(bool),
    /// The same day in every row.
    Date(i32),
    /// Missing in every row.
    Null,
}

/// A fault inside the engine; it names the operation, since no input should lead to one.
pub fn fault(error: &ArrowError) -> Stop {
    let help = "Please report it with the definition that leads to it.";
    Finding::error(
        "engine-fault",
        format!("A formula could not be computed: {error}."),
        help,
    )
    .into()
}

fn wrong(what: &str) -> Stop {
    fault(&ArrowError::ComputeError(format!("expected {what}")))
}

/// Whether it is missing in every row, as numbers: what an expression of NULLs alone gives, whose type nothing says.
fn never(array: &ArrayRef) -> bool {
    array.as_primitive_opt::<Float64Type>().is_some() && array.null_count() == array.len()
}

impl Val {
    /// As numbers, one per row; truth values become 0 and 1.
    pub fn numbers(&self, rows: usize) -> Result<Float64Array, Stop> {
        match self {
            Val::Number(x) => Ok(Float64Array::from_value(*x, rows)),
            Val::Boolean(b) => Ok(Float64Array::from_value(f64::from(u8::from(*b)), rows)),
            Val::Null => Ok(Float64Array::new_null(rows)),
            Val::Rows(array) => {
                if let Some(numbers) = array.as_primitive_opt::<Float64Type>() {
                    Ok(numbers.clone())
                } else if let Some(truths) = array.as_boolean_opt() {
                    let values: Vec<f64> = truths
                        .values()
                        .iter()
                        .map(|b| f64::from(u8::from(b)))
                        .collect();
                    Ok(Float64Array::new(values.into(), truths.nulls().cloned()))
                } else {
                    Err(wrong("numbers"))
                }
            }
            _ => Err(wrong("numbers")),
        }
    }

    /// As truth values, one per row.
    pub fn truths(&self, rows: usize) -> Result<BooleanArray, Stop> {
        match self {
            Val::Boolean(b) => Ok(BooleanArray::new(
                if *b {
                    BooleanBuffer::new_set(rows)
                } else {
                    BooleanBuffer::new_unset(rows)
                },
                None,
            )),
            Val::Null => Ok(BooleanArray::new_null(rows)),
            Val::Rows(array) if never(array) => Ok(BooleanArray::new_null(rows)),
            Val::Rows(array) => array
                .as_boolean_opt()
                .cloned()
                .ok_or_else(|| wrong("truth values")),
            _ => Err(wrong("truth values")),
        }
    }

    /// As days, one per row.
    pub fn dates(&self, rows: usize) -> Result<Date32Array, Stop> {
        match self {
            Val::Date(d) => Ok(Date32Array::from_value(*d, rows)),
            Val::Null => Ok(Date32Array::new_null(rows)),
            Val::Rows(array) if never(array) => Ok(Date32Array::new_null(rows)),
            Val::Rows(array) => array
                .as_primitive_opt()
                .cloned()
                .ok_or_else(|| wrong("dates")),
            _ => Err(wrong("dates")),
        }
    }

    /// As texts, one per row.
    pub fn texts(&self, rows: usize) -> Result<Texts, Stop> {
        match self {
            Val::Text(text) => {
                let keys = arrow_array::Int32Array::from_value(0, rows);
                DictionaryArray::try_new(keys, Arc::new(StringArray::from(vec![text.as_str()])))
                    .map_err(|e| fault(&e))
            }
            Val::Rows(array) if never(array) => Val::Null.texts(rows),
            Val::Null => {
                let keys = arrow_array::Int32Array::new_null(rows);
                DictionaryArray::try_new(keys, Arc::new(StringArray::from(Vec::<&str>::new())))
                    .map_err(|e| fault(&e))
            }
            Val::Rows(array) => array
                .as_dictionary_opt::<Int32Type>()
                .cloned()
                .ok_or_else(|| wrong("texts")),
            _ => Err(wrong("texts")),
        }
    }

    /// Which rows have a value; `None` when all have.
    pub fn present(&self, rows: usize) -> Option<NullBuffer> {
        match self {
            Val::Rows(array) => array.logical_nulls().filter(|n| n.null_count() > 0),
            Val::Null => Some(NullBuffer::new_null(rows)),
            _ => None,
        }
    }
}

/// Numbers as a value; what is not finite is missing.
pub fn numbers(array: Float64Array) -> Val {
    if array.values().iter().all(|x| x.is_finite()) {
        return Val::Rows(Arc::new(array));
    }
    let finite: BooleanBuffer = array.values().iter().map(|x| x.is_finite()).collect();
    let nulls = NullBuffer::union(array.nulls(), Some(&NullBuffer::new(finite)));
    Val::Rows(Arc::new(Float64Array::new(array.values().clone(), nulls)))
}

/// Applies a function to each text of a dictionary, once per different text, giving truth values by row.
pub fn map_to_truths(texts: &Texts, f: impl Fn(&str) -> bool) -> Result<BooleanArray, Stop> {
    let values = texts
        .values()
        .as_string_opt::<i32>()
        .ok_or_else(|| wrong("text dictionary"))?;
    let by_code: Vec<bool> = values.iter().map(|t| t.is_some_and(&f)).collect();
    let keys = texts.keys();
    let look = |key: &i32| {
        usize::try_from(*key)
            .ok()
            .and_then(|k| by_code.get(k))
            .copied()
            .unwrap_or(false)
    };
    let truths: BooleanBuffer = keys.values().iter().map(look).collect();
    Ok(BooleanArray::new(truths, texts.logical_nulls()))
}

/// Applies a function to each text of a dictionary, giving numbers by row.
pub fn map_to_numbers(texts: &Texts, f: impl Fn(&str) -> f64) -> Result<Float64Array, Stop> {
    let values = texts
        .values()
        .as_string_opt::<i32>()
        .ok_or_else(|| wrong("text dictionary"))?;
    let by_code: Vec<f64> = values.iter().map(|t| t.map_or(0.0, &f)).collect();
    let look = |key: &i32| {
        usize::try_from(*key)
            .ok()
            .and_then(|k| by_code.get(k))
            .copied()
            .unwrap_or(0.0)
    };
    let numbers: Vec<f64> = texts.keys().values().iter().map(look).collect();
    Ok(Float64Array::new(numbers.into(), texts.logical_nulls()))
}

/// Applies a function to each text of a dictionary, giving texts.
pub fn map_to_texts(texts: &Texts, f: impl Fn(&str) -> String) -> Result<Texts, Stop> {
    let values = texts
        .values()
        .as_string_opt::<i32>()
        .ok_or_else(|| wrong("text dictionary"))?;
    let mapped: StringArray = values.iter().map(|t| t.map(&f)).collect();
    DictionaryArray::try_new(texts.keys().clone(), Arc::new(mapped)).map_err(|e| fault(&e))
}

/// Text of a row; `None` where missing.
pub fn text_at(texts: &Texts, row: usize) -> Option<&str> {
    let code = usize::try_from(
        texts
            .keys()
            .is_valid(row)
            .then(|| texts.keys().value(row))?,
    )
    .ok()?;
    let values = texts.values().as_string_opt::<i32>()?;
    (code < values.len() && values.is_valid(code)).then(|| values.value(code))
}
