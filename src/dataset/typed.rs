//! Columns of a frame by their logical type: which polars type carries them, how they are made, and how their cells are read.

use super::Type;
use super::files;
use crate::finding::Stop;
use polars::prelude::*;
use polars_arrow::array::{BooleanArray, PrimitiveArray, StaticArray};
use polars_arrow::bitmap::Bitmap;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Texts as codes, with the words that the codes stand for.
pub type Texts = Categorical32Chunked;

/// The polars type that carries a logical type. Each call for texts gives a type with words of its own: a column of a
/// table asks once, so that a code means the same in all its frames.
pub fn carrier(r#type: Type) -> DataType {
    match r#type {
        Type::Number => DataType::Float64,
        Type::Boolean => DataType::Boolean,
        Type::Date => DataType::Date,
        Type::Text | Type::List => words(),
    }
}

/// A type of texts with words of its own. Its name counts up, since polars takes two of one name for the same.
pub fn words() -> DataType {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    let words = Categories::new(name.into(), "codev".into(), CategoricalPhysical::U32);
    DataType::from_categories(words)
}

/// Texts from codes that the words of `kind` have given (see [`words`]).
pub fn coded(codes: UInt32Chunked, kind: DataType) -> Texts {
    let mut texts = Texts::full_null_with_dtype(codes.name().clone(), 0, kind);
    texts.phys = codes;
    texts
}

/// Texts with words of their own.
///
/// # Errors
/// A [`Stop`] when there are more different words than codes.
pub fn texts<'a>(cells: impl IntoIterator<Item = Option<&'a str>>) -> Result<Texts, Stop> {
    Texts::from_str_iter(PlSmallStr::EMPTY, words(), cells)
        .map_err(|error| files::unreadable("texts", &error))
}

/// The cells of a column in one piece, by type. Reading a cell gives `None` where it is missing.
pub enum Cells<'a> {
    /// Numbers.
    Numbers(&'a PrimitiveArray<f64>),
    /// Truth values.
    Truths(&'a BooleanArray),
    /// Days since 1970-01-01.
    Days(&'a PrimitiveArray<i32>),
    /// Texts.
    Texts(Words<'a>),
}

/// Codes of texts and the words that they stand for.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Code of each row.
    pub codes: &'a PrimitiveArray<u32>,
    /// The words.
    pub words: &'a CategoricalMapping,
}

impl<'a> Cells<'a> {
    /// The cells of a column of a frame that `dataset` made.
    ///
    /// # Errors
    /// A [`Stop`] for a polars type that carries no logical type, or a column in several pieces: a fault of the program.
    pub fn of(column: &'a Column) -> Result<Cells<'a>, Stop> {
        let series = column.as_materialized_series();
        let fault = |error: PolarsError| files::unreadable(column.name(), &error);
        Ok(match series.dtype() {
            DataType::Float64 => Cells::Numbers(piece(series.f64().map_err(fault)?)?),
            DataType::Boolean => Cells::Truths(piece(series.bool().map_err(fault)?)?),
            DataType::Date => Cells::Days(piece(&series.date().map_err(fault)?.phys)?),
            _ => Cells::Texts(Words::of(series.cat32().map_err(fault)?)?),
        })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Cells::Numbers(cells) => cells.len(),
            Cells::Truths(cells) => cells.len(),
            Cells::Days(cells) => cells.len(),
            Cells::Texts(cells) => cells.codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which rows have a value; `None` when all have.
    pub fn validity(&self) -> Option<&'a Bitmap> {
        match self {
            Cells::Numbers(cells) => cells.validity(),
            Cells::Truths(cells) => cells.validity(),
            Cells::Days(cells) => cells.validity(),
            Cells::Texts(cells) => cells.codes.validity(),
        }
    }

    /// Whether a row has no value.
    pub fn is_missing(&self, row: usize) -> bool {
        row >= self.len() || self.validity().is_some_and(|valid| !valid.get_bit(row))
    }
}

/// The one piece of an array in pieces.
///
/// # Errors
/// A [`Stop`] when there are several: a fault of the program, since frames are made in one piece.
pub fn piece<T: PolarsDataType>(array: &ChunkedArray<T>) -> Result<&T::Array, Stop> {
    let mut pieces = array.downcast_iter();
    match (pieces.next(), pieces.next()) {
        (Some(piece), None) => Ok(piece),
        _ => Err(files::unreadable(
            array.name(),
            &"a column is in several pieces",
        )),
    }
}

impl<'a> Words<'a> {
    /// Codes and words of texts in one piece.
    ///
    /// # Errors
    /// As [`piece`].
    pub fn of(texts: &'a Texts) -> Result<Words<'a>, Stop> {
        Ok(Words {
            codes: piece(&texts.phys)?,
            words: texts.get_mapping(),
        })
    }

    /// Text of a row; `None` where missing.
    pub fn get(&self, row: usize) -> Option<&'a str> {
        self.words.cat_to_str(self.codes.get(row)?)
    }

    /// Number of codes; some may stand for no word yet while other frames are read.
    pub fn count(&self) -> usize {
        self.words.num_cats_upper_bound()
    }

    /// What a function gives for the texts of the rows, worked out once per different text.
    pub fn each<T>(&self, f: impl FnMut(&'a str) -> T) -> ByWord<T> {
        let rows = self.codes.len();
        let mut f = f;
        let words = self.words;
        // All words are looked at where they are few; else those that occur.
        if self.count() <= rows.max(256) {
            let all = (0..self.count() as u32).map(|code| words.cat_to_str(code).map(&mut f));
            return ByWord::All(all.collect());
        }
        let mut some = FxHashMap::default();
        for code in StaticArray::iter(self.codes).flatten() {
            some.entry(code)
                .or_insert_with(|| words.cat_to_str(code).map(&mut f));
        }
        ByWord::Some(some)
    }
}

/// A value for each different text, by its code.
pub enum ByWord<T> {
    /// For all codes in order.
    All(Vec<Option<T>>),
    /// For the codes that occur.
    Some(FxHashMap<u32, Option<T>>),
}

impl<T> ByWord<T> {
    /// Whether one of the values is such.
    pub fn any(&self, f: impl FnMut(&T) -> bool) -> bool {
        match self {
            ByWord::All(all) => all.iter().flatten().any(f),
            ByWord::Some(some) => some.values().flatten().any(f),
        }
    }

    /// Value of a code; `None` for a code that no row has.
    pub fn get(&self, code: u32) -> Option<&T> {
        match self {
            ByWord::All(all) => all.get(code as usize)?.as_ref(),
            ByWord::Some(some) => some.get(&code)?.as_ref(),
        }
    }
}

/// A column from an array in one piece.
pub fn column<T: PolarsDataType>(name: &str, array: T::Array) -> Column
where
    ChunkedArray<T>: IntoSeries,
    T::Array: StaticArray,
{
    ChunkedArray::<T>::with_chunk(name.into(), array)
        .into_series()
        .into_column()
}

/// A column of days from days since 1970-01-01.
pub fn days(name: &str, days: PrimitiveArray<i32>) -> Column {
    let days = Int32Chunked::with_chunk(name.into(), days);
    days.into_date().into_series().into_column()
}

/// A column of texts from codes that the words of `kind` have given.
pub fn coded_column(name: &str, codes: PrimitiveArray<u32>, kind: DataType) -> Column {
    let codes = UInt32Chunked::with_chunk(name.into(), codes);
    coded(codes, kind).into_series().into_column()
}

/// A column without any value.
pub fn nothing(name: &str, rows: usize, kind: &DataType) -> Column {
    match kind {
        DataType::Categorical(..) => {
            let codes = PrimitiveArray::new_null(ArrowDataType::UInt32, rows);
            coded_column(name, codes, kind.clone())
        }
        kind => Series::full_null(name.into(), rows, kind).into_column(),
    }
}

/// The words of texts, shared; `None` where the type carries no texts.
pub fn shared_words(kind: &DataType) -> Option<Arc<CategoricalMapping>> {
    kind.cat_mapping().ok().cloned()
}
