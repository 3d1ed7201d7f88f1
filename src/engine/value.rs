//! Values of expressions over a batch of rows: an array of polars, or one value for all rows.

use super::masks;
use crate::dataset::typed::{self, Cells, Texts, Words, piece};
use crate::finding::{Finding, Stop};
use polars::prelude::*;
use polars_arrow::array::{BooleanArray, PrimitiveArray};
use polars_arrow::bitmap::Bitmap;
use std::fmt::Display;

/// Value of an expression. Arrays are in one piece.
#[derive(Clone)]
pub enum Val {
    /// A number per row.
    Numbers(Float64Chunked),
    /// A truth value per row.
    Truths(BooleanChunked),
    /// A day per row, counted from 1970-01-01.
    Days(Int32Chunked),
    /// A text per row.
    Texts(Texts),
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
pub fn fault(error: &dyn Display) -> Stop {
    let help = "Please report it with the definition that leads to it.";
    Finding::error(
        "engine-fault",
        format!("A formula could not be computed: {error}."),
        help,
    )
    .into()
}

fn wrong(what: &str) -> Stop {
    fault(&format!("expected {what}"))
}

/// Numbers in one piece; `None` for `valid` where all rows have one.
pub fn float(values: Vec<f64>, valid: Option<Bitmap>) -> Float64Chunked {
    Float64Chunked::with_chunk(
        PlSmallStr::EMPTY,
        PrimitiveArray::from_vec(values).with_validity(valid),
    )
}

/// Truth values in one piece; `None` for `valid` where all rows have one.
pub fn truth(values: Bitmap, valid: Option<Bitmap>) -> BooleanChunked {
    BooleanChunked::with_chunk(
        PlSmallStr::EMPTY,
        BooleanArray::from(values).with_validity(valid),
    )
}

impl Val {
    /// The column of a frame.
    ///
    /// # Errors
    /// A [`Stop`] for a polars type that carries no logical type: a fault of the program.
    pub fn of(column: &Column) -> Result<Val, Stop> {
        let series = column.as_materialized_series();
        let broken = |error: PolarsError| fault(&error);
        Ok(match Cells::of(column)? {
            Cells::Numbers(_) => Val::Numbers(series.f64().map_err(broken)?.clone()),
            Cells::Truths(_) => Val::Truths(series.bool().map_err(broken)?.clone()),
            Cells::Days(_) => Val::Days(series.date().map_err(broken)?.phys.clone()),
            Cells::Texts(_) => Val::Texts(series.cat32().map_err(broken)?.clone()),
        })
    }

    /// Whether it is missing in every row, as numbers: what an expression of NULLs alone gives, whose type nothing says.
    pub fn is_never(&self) -> bool {
        match self {
            Val::Null => true,
            Val::Numbers(numbers) => numbers.null_count() == numbers.len(),
            _ => false,
        }
    }

    /// As numbers, one per row; truth values become 0 and 1.
    ///
    /// # Errors
    /// A [`Stop`] for texts and days, as in the functions below for what they don't take: a fault of the program.
    pub fn numbers(&self, rows: usize) -> Result<Float64Chunked, Stop> {
        match self {
            Val::Number(x) => Ok(float(vec![*x; rows], None)),
            Val::Boolean(b) => Ok(float(vec![f64::from(u8::from(*b)); rows], None)),
            Val::Null => Ok(Float64Chunked::full_null(PlSmallStr::EMPTY, rows)),
            Val::Numbers(numbers) => Ok(numbers.clone()),
            Val::Truths(truths) => {
                let truths = piece(truths)?;
                let values = truths.values().iter().map(|b| f64::from(u8::from(b)));
                Ok(float(values.collect(), truths.validity().cloned()))
            }
            _ => Err(wrong("numbers")),
        }
    }

    /// As truth values, one per row.
    ///
    /// # Errors
    /// As [`Val::numbers`].
    pub fn truths(&self, rows: usize) -> Result<BooleanChunked, Stop> {
        match self {
            Val::Boolean(b) => Ok(truth(Bitmap::new_with_value(*b, rows), None)),
            Val::Truths(truths) => Ok(truths.clone()),
            never if never.is_never() => Ok(BooleanChunked::full_null(PlSmallStr::EMPTY, rows)),
            _ => Err(wrong("truth values")),
        }
    }

    /// As days, one per row.
    ///
    /// # Errors
    /// As [`Val::numbers`].
    pub fn days(&self, rows: usize) -> Result<Int32Chunked, Stop> {
        match self {
            Val::Date(day) => Ok(Int32Chunked::full(PlSmallStr::EMPTY, *day, rows)),
            Val::Days(days) => Ok(days.clone()),
            never if never.is_never() => Ok(Int32Chunked::full_null(PlSmallStr::EMPTY, rows)),
            _ => Err(wrong("dates")),
        }
    }

    /// As texts, one per row.
    ///
    /// # Errors
    /// As [`Val::numbers`].
    pub fn texts(&self, rows: usize) -> Result<Texts, Stop> {
        match self {
            Val::Text(text) => typed::texts(std::iter::repeat_n(Some(text.as_str()), rows)),
            Val::Texts(texts) => Ok(texts.clone()),
            never if never.is_never() => Ok(Texts::full_null_with_dtype(
                PlSmallStr::EMPTY,
                rows,
                typed::words(),
            )),
            _ => Err(wrong("texts")),
        }
    }

    /// Which rows have a value; `None` when all have.
    ///
    /// # Errors
    /// As [`piece`].
    pub fn present(&self, rows: usize) -> Result<Option<Bitmap>, Stop> {
        let valid = match self {
            Val::Numbers(numbers) => piece(numbers)?.validity(),
            Val::Truths(truths) => piece(truths)?.validity(),
            Val::Days(days) => piece(days)?.validity(),
            Val::Texts(texts) => piece(&texts.phys)?.validity(),
            Val::Null => return Ok(Some(Bitmap::new_zeroed(rows))),
            _ => None,
        };
        Ok(valid.filter(|valid| valid.unset_bits() > 0).cloned())
    }

    /// Number of rows; 0 for one value in every row.
    pub fn rows(&self) -> usize {
        match self {
            Val::Numbers(numbers) => numbers.len(),
            Val::Truths(truths) => truths.len(),
            Val::Days(days) => days.len(),
            Val::Texts(texts) => texts.len(),
            _ => 0,
        }
    }

    /// The rows `order` of it, in that order; missing where no row is named.
    ///
    /// # Errors
    /// As [`Val::take`].
    pub fn take_some(&self, order: &IdxCa) -> Result<Val, Stop> {
        let broken = |error: PolarsError| fault(&error);
        Ok(match self {
            Val::Numbers(numbers) => Val::Numbers(numbers.take(order).map_err(broken)?),
            Val::Truths(truths) => Val::Truths(truths.take(order).map_err(broken)?),
            Val::Days(days) => Val::Days(days.take(order).map_err(broken)?),
            Val::Texts(texts) => {
                let codes = texts.phys.take(order).map_err(broken)?;
                Val::Texts(typed::coded(codes, texts.dtype.clone()))
            }
            one => one.clone(),
        })
    }

    /// The rows `order` of it, in that order.
    ///
    /// # Errors
    /// As [`piece`].
    pub fn take(&self, order: &[u32]) -> Result<Val, Stop> {
        Ok(match self {
            Val::Numbers(numbers) => Val::Numbers(gathered(numbers, order)?),
            Val::Days(days) => Val::Days(gathered(days, order)?),
            Val::Truths(truths) => {
                let truths = piece(truths)?;
                let valid = truths.validity().map(|valid| picked(valid, order));
                Val::Truths(truth(picked(truths.values(), order), valid))
            }
            Val::Texts(texts) => {
                let codes = gathered(&texts.phys, order)?;
                Val::Texts(typed::coded(codes, texts.dtype.clone()))
            }
            one => one.clone(),
        })
    }
}

/// Rows of an array in another order: values and what is missing apart, which is several times quicker than polars' own
/// way where rows are missing. A row that is not there has the value 0.
fn gathered<T: PolarsNumericType>(
    array: &ChunkedArray<T>,
    order: &[u32],
) -> Result<ChunkedArray<T>, Stop> {
    let cells = piece(array)?;
    let from = cells.values().as_slice();
    let values = order
        .iter()
        .map(|row| from.get(*row as usize).copied().unwrap_or_default());
    let valid = cells.validity().map(|valid| picked(valid, order));
    let cells = PrimitiveArray::from_vec(values.collect()).with_validity(valid);
    Ok(ChunkedArray::with_chunk(PlSmallStr::EMPTY, cells))
}

/// Bits in another order.
fn picked(bits: &Bitmap, order: &[u32]) -> Bitmap {
    let words = masks::words(bits);
    let bit = |row: &u32| {
        words
            .get(*row as usize / 64)
            .map_or(0, |w| w >> (row % 64) & 1)
    };
    let mut bytes = Vec::with_capacity(order.len() / 8 + 8);
    for rows in order.chunks(64) {
        let word = rows
            .iter()
            .rev()
            .fold(0_u64, |word, row| word << 1 | bit(row));
        bytes.extend(word.to_le_bytes());
    }
    Bitmap::from_u8_vec(bytes, order.len())
}

/// Numbers as a value; what is not finite is missing.
///
/// # Errors
/// As [`piece`].
pub fn numbers(array: Float64Chunked) -> Result<Val, Stop> {
    let cells = piece(&array)?;
    if cells.values().iter().all(|x| x.is_finite()) {
        return Ok(Val::Numbers(array));
    }
    let finite: Bitmap = cells.values().iter().map(|x| x.is_finite()).collect();
    let valid = match cells.validity() {
        Some(valid) => valid & &finite,
        None => finite,
    };
    let cells = cells.clone().with_validity(Some(valid));
    Ok(Val::Numbers(Float64Chunked::with_chunk(
        PlSmallStr::EMPTY,
        cells,
    )))
}

/// Applies a function to each text, once per different text, giving truth values by row.
///
/// # Errors
/// As [`piece`].
pub fn map_to_truths(texts: &Texts, f: impl Fn(&str) -> bool) -> Result<BooleanChunked, Stop> {
    let words = Words::of(texts)?;
    let found = words.each(f);
    let look = |code: &u32| found.get(*code).copied().unwrap_or(false);
    let values = Bitmap::from_trusted_len_iter(words.codes.values().iter().map(look));
    Ok(truth(values, words.codes.validity().cloned()))
}

/// Applies a function to each text, once per different text, giving numbers by row.
///
/// # Errors
/// As [`piece`].
pub fn map_to_numbers(texts: &Texts, f: impl Fn(&str) -> f64) -> Result<Float64Chunked, Stop> {
    let words = Words::of(texts)?;
    let found = words.each(f);
    let look = |code: &u32| found.get(*code).copied().unwrap_or(0.0);
    let values = words.codes.values().iter().map(look).collect();
    Ok(float(values, words.codes.validity().cloned()))
}

/// Applies a function to each text, once per different text, giving texts.
///
/// # Errors
/// As [`piece`].
pub fn map_to_texts(texts: &Texts, f: impl Fn(&str) -> Option<String>) -> Result<Texts, Stop> {
    let kind = typed::words();
    Ok(typed::coded(recoded(texts, &kind, f)?, kind))
}

/// The codes that the words of `kind` have for what a function gives for each text; missing where it gives nothing.
///
/// # Errors
/// As [`piece`], or when there are more different words than codes.
pub fn recoded(
    texts: &Texts,
    kind: &DataType,
    f: impl Fn(&str) -> Option<String>,
) -> Result<UInt32Chunked, Stop> {
    let words = Words::of(texts)?;
    let into = kind.cat_mapping().map_err(|error| fault(&error))?;
    let code = |text: &str| f(text).map(|text| into.insert_cat(&text)).transpose();
    let found = words.each(code);
    let mut full = None;
    let mut codes = Vec::with_capacity(words.codes.len());
    let mut valid = Vec::with_capacity(words.codes.len());
    for old in words.codes.iter() {
        let new = match old.and_then(|old| found.get(*old)) {
            Some(Ok(new)) => *new,
            Some(Err(error)) => {
                full = Some(fault(error));
                None
            }
            None => None,
        };
        codes.push(new.unwrap_or_default());
        valid.push(new.is_some());
    }
    if let Some(stop) = full {
        return Err(stop);
    }
    let valid = valid.contains(&false).then(|| Bitmap::from(valid));
    let codes = PrimitiveArray::from_vec(codes).with_validity(valid);
    Ok(UInt32Chunked::with_chunk(PlSmallStr::EMPTY, codes))
}
