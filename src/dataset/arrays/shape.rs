//! Arrays become columns as they are declared.

use super::stored::Stored;
use super::write;
use super::zones::{Clocks, seconds};
use super::{Piece, TextCells, downcast};
use crate::dataset::cells::{self, Fault, Value};
use crate::dataset::declare::FieldSpec;
use crate::dataset::key_forms::Mended;
use crate::dataset::list_names::Names;
use crate::dataset::values::{self, Parse};
use crate::dataset::{LIST_SEPARATOR, Type, files, typed};
use crate::finding::{Findings, Stop};
use polars::prelude::{BooleanType, Column, DataType, Float64Type};
use polars_arrow::array::{
    Array, BooleanArray, ListArray, PrimitiveArray, StaticArray, Utf8ViewArray,
};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::ArrowDataType;
use polars_arrow::types::{NativeType, i256};
use std::borrow::Cow;
use std::sync::Arc;

/// How a column of a table is read from its files.
#[derive(Debug, Clone)]
pub(in crate::dataset) struct How {
    pub name: String,
    pub r#type: Type,
    pub parse: Parse,
    /// Cells that mean "no value". Texts are looked up only where the manifest itself says so.
    pub missing: Vec<String>,
    pub missing_numbers: Vec<f64>,
    pub missing_said: bool,
    /// The polars type, for texts with the words of the column.
    pub kind: DataType,
    /// Names that the entries of a list may be.
    pub names: Vec<Arc<Names>>,
    /// Keys that are read as others, and whether they are numbers.
    pub keys: Option<(bool, Arc<Mended>)>,
}

impl How {
    /// How a field is read.
    pub fn new(field: &FieldSpec) -> How {
        How {
            name: field.column.name.clone(),
            r#type: field.column.r#type,
            parse: field.parse.clone(),
            missing: field.missing.clone(),
            missing_numbers: field.missing_numbers.clone(),
            missing_said: field.missing_said && !field.missing.is_empty(),
            kind: typed::carrier(field.column.r#type),
            names: Vec::new(),
            keys: None,
        }
    }

    /// Whether a number of a file means "no value".
    pub(super) fn is_code(&self, value: f64) -> bool {
        let codes = &self.missing_numbers;
        codes.contains(&value) || (value.is_nan() && codes.iter().any(|c| c.is_nan()))
    }
}

/// Cells of a column that could not be read.
#[derive(Debug, Default)]
pub(in crate::dataset) struct Unread {
    /// Of each fault the first: row, cell, fault.
    pub first: Vec<(usize, String, Fault)>,
    /// All, by fault.
    pub counts: Vec<(Fault, u64)>,
}

impl Unread {
    pub(super) fn push(&mut self, row: usize, fault: Fault, cell: impl FnOnce() -> String) {
        let at = self.counts.iter().position(|(known, _)| *known == fault);
        let at = at.unwrap_or_else(|| {
            self.counts.push((fault, 0));
            self.counts.len() - 1
        });
        if let Some((_, count)) = self.counts.get_mut(at) {
            *count += 1;
            if *count <= Findings::LISTED {
                self.first.push((row, cell(), fault));
            }
        }
    }

    /// Adds what was noted of later rows, which begin with the row `from`.
    pub fn append(&mut self, next: Unread, from: usize) {
        let before = self.counts.clone();
        for (row, cell, fault) in next.first {
            self.push(from + row, fault, || cell);
        }
        for (fault, count) in next.counts {
            let known = before.iter().find(|(f, _)| *f == fault).map_or(0, |f| f.1);
            if let Some(all) = self.counts.iter_mut().find(|(f, _)| *f == fault) {
                all.1 = known + count;
            }
        }
    }
}

impl How {
    /// The column in a piece. Cells that can't be read are missing, and noted where that is asked for.
    pub fn read(&self, piece: &dyn Piece, unread: Option<&mut Unread>) -> Result<Column, Stop> {
        let stored = piece.stored();
        if matches!(stored, Stored::Nothing) || !stored.fits(self.r#type) {
            return Ok(typed::nothing(&self.name, piece.rows(), &self.kind));
        }
        match self.r#type {
            Type::Text | Type::List => self.texts(piece).map_err(|Stop(mut finding)| {
                finding
                    .place
                    .column
                    .get_or_insert_with(|| self.name.clone());
                Stop(finding)
            }),
            _ if matches!(stored, Stored::Texts) => self.parsed(piece, unread),
            Type::Number => {
                let numbers = self.sound(piece, unread)?;
                Ok(typed::column::<Float64Type>(&self.name, numbers))
            }
            Type::Boolean => {
                let truths = match stored {
                    Stored::Truths => downcast(piece.values()?.as_ref(), piece.shown())?,
                    _ => self.truths(piece, unread)?,
                };
                Ok(typed::column::<BooleanType>(&self.name, truths))
            }
            Type::Date => Ok(typed::days(&self.name, dated(piece, unread)?)),
        }
    }

    /// Texts of a column that is declared to hold something else, read as those of a text table.
    fn parsed(&self, piece: &dyn Piece, unread: Option<&mut Unread>) -> Result<Column, Stop> {
        let texts = piece.texts()?;
        let value = |cell: &str| -> Result<Option<Value>, Fault> {
            if cells::is_missing(&self.missing, cell) {
                return Ok(None);
            }
            cells::value(&self.parse, &self.missing_numbers, cell)
        };
        let values = texts.map(value);
        if let Some(unread) = unread {
            for (row, value) in values.iter().enumerate() {
                if let Some(Err(fault)) = value {
                    unread.push(row, *fault, || {
                        texts.get(row).unwrap_or_default().to_owned()
                    });
                }
            }
        }
        let values = values.into_iter().map(|v| v.and_then(|v| v.ok().flatten()));
        let column = match self.r#type {
            Type::Boolean => {
                let truth = |v| match v {
                    Some(Value::Truth(truth)) => Some(truth),
                    _ => None,
                };
                let array: BooleanArray = values.map(truth).collect();
                typed::column::<BooleanType>(&self.name, array)
            }
            Type::Date => {
                let day = |v| match v {
                    Some(Value::Day(day)) => Some(day),
                    _ => None,
                };
                typed::days(&self.name, values.map(day).collect())
            }
            _ => {
                let number = |v| match v {
                    Some(Value::Number(number)) => Some(number),
                    _ => None,
                };
                let array: PrimitiveArray<f64> = values.map(number).collect();
                typed::column::<Float64Type>(&self.name, array)
            }
        };
        Ok(column)
    }

    fn texts(&self, piece: &dyn Piece) -> Result<Column, Stop> {
        let fault = |error| files::unreadable(piece.shown(), &error);
        let words = typed::shared_words(&self.kind)
            .ok_or_else(|| files::unreadable(&self.name, &"a text column has no words"))?;
        // What is a list in the file has its entries, whatever stands in them.
        let separator = LIST_SEPARATOR.to_string();
        let delimiter = match (piece.stored(), &self.parse) {
            (Stored::Lists, _) => separator.as_str(),
            (_, Parse::List(delimiter)) => delimiter,
            _ => ",",
        };
        let mut joined = String::new();
        let mut code = |text: &str| -> Result<Option<u32>, Stop> {
            let word = self.word(text, delimiter, &mut joined);
            word.map(|word| words.insert_cat(&word).map_err(fault))
                .transpose()
        };
        let codes = match piece.stored() {
            Stored::Texts | Stored::Bytes => match piece.texts()? {
                TextCells::Coded(keys, own) => {
                    let codes: Result<Vec<_>, Stop> = own.values_iter().map(&mut code).collect();
                    recoded(keys, &codes?)
                }
                TextCells::Plain(texts) => {
                    let codes = texts.iter().map(|text| text.map_or(Ok(None), &mut code));
                    codes.collect::<Result<PrimitiveArray<u32>, Stop>>()?
                }
            },
            _ => {
                let texts = written(piece)?;
                let codes = texts.iter().map(|text| match text {
                    Some(text) => code(text),
                    None => Ok(None),
                });
                codes.collect::<Result<PrimitiveArray<u32>, Stop>>()?
            }
        };
        Ok(typed::coded_column(&self.name, codes, self.kind.clone()))
    }

    /// What a text of the file stands for; `None` where it means "no value".
    fn word<'t>(
        &self,
        text: &'t str,
        delimiter: &str,
        joined: &mut String,
    ) -> Option<Cow<'t, str>> {
        if self.missing_said && self.missing.iter().any(|m| m == text) {
            return None;
        }
        if let Some((numbers, keys)) = &self.keys {
            let code = |number: f64| self.is_code(number);
            if *numbers && text.parse().is_ok_and(code) {
                return None;
            }
            let text = match text.strip_suffix(".0") {
                Some(whole) if *numbers => whole,
                _ => text,
            };
            return Some(match keys.get(text) {
                Some(key) => Cow::Owned(key.clone()),
                None => Cow::Borrowed(text),
            });
        }
        if self.r#type != Type::List {
            return Some(Cow::Borrowed(text));
        }
        if !values::list(text, delimiter, joined) {
            return None;
        }
        let mut entries = joined.clone();
        for names in &self.names {
            entries = names.account(&entries).entries;
        }
        Some(Cow::Owned(entries))
    }
}

impl TextCells {
    /// Text of a row.
    fn get(&self, row: usize) -> Option<&str> {
        match self {
            TextCells::Coded(keys, words) => words.get(keys.get(row)? as usize),
            TextCells::Plain(texts) => texts.get(row),
        }
    }

    /// What a function gives for each row, worked out once per word where there is a dictionary.
    fn map<T: Copy>(&self, f: impl FnMut(&str) -> T) -> Vec<Option<T>> {
        let mut f = f;
        match self {
            TextCells::Coded(keys, words) => {
                let all: Vec<T> = words.values_iter().map(f).collect();
                let of = |key: Option<&u32>| all.get(*key? as usize).copied();
                keys.iter().map(of).collect()
            }
            TextCells::Plain(texts) => texts.iter().map(|text| text.map(&mut f)).collect(),
        }
    }
}

/// Codes of a dictionary as those of the column's words.
fn recoded(keys: PrimitiveArray<u32>, codes: &[Option<u32>]) -> PrimitiveArray<u32> {
    let mut numbered = codes.iter().zip(0..);
    if numbered.all(|(code, at)| *code == Some(at)) {
        return keys;
    }
    let plain: Vec<u32> = codes.iter().map(|code| code.unwrap_or_default()).collect();
    // Rows without a value may have any code.
    let code = |key: &u32| plain.get(*key as usize).copied().unwrap_or_default();
    let values: Vec<u32> = keys.values_iter().map(code).collect();
    let mut valid = keys.validity().cloned();
    if codes.contains(&None) {
        let there = |key: &u32| codes.get(*key as usize).is_some_and(Option::is_some);
        let there: Bitmap = keys.values_iter().map(there).collect();
        valid = Some(valid.map_or_else(|| there.clone(), |valid| &valid & &there));
    }
    PrimitiveArray::from_vec(values).with_validity(valid)
}

/// Numbers of which some become missing.
pub(super) fn kept(
    numbers: &PrimitiveArray<f64>,
    keep: impl Fn(&f64) -> bool,
) -> PrimitiveArray<f64> {
    let there = |v: Option<&f64>| v.copied().filter(&keep);
    numbers.iter().map(there).collect()
}

pub(super) fn numbers(piece: &dyn Piece) -> Result<PrimitiveArray<f64>, Stop> {
    let array = piece.values()?;
    let shown = piece.shown();
    if let Stored::Decimals(scale) = *piece.stored() {
        if matches!(array.dtype(), ArrowDataType::Decimal256(..)) {
            let decimals: PrimitiveArray<i256> = downcast(array.as_ref(), shown)?;
            let number = |v: Option<&i256>| {
                let text = write::decimal(&v?.0.to_string(), scale);
                text.parse().ok()
            };
            return Ok(decimals.iter().map(number).collect());
        }
        let decimals: PrimitiveArray<i128> = downcast(array.as_ref(), shown)?;
        return Ok(mapped(&decimals, |v| decimal(v, scale)));
    }
    let array = array.as_ref();
    use ArrowDataType as A;
    Ok(match array.dtype() {
        A::Int8 => mapped(&downcast(array, shown)?, |v: i8| f64::from(v)),
        A::Int16 => mapped(&downcast(array, shown)?, |v: i16| f64::from(v)),
        A::Int32 => mapped(&downcast(array, shown)?, |v: i32| f64::from(v)),
        A::Int64 => mapped(&downcast(array, shown)?, |v: i64| v as f64),
        A::UInt8 => mapped(&downcast(array, shown)?, |v: u8| f64::from(v)),
        A::UInt16 => mapped(&downcast(array, shown)?, |v: u16| f64::from(v)),
        A::UInt32 => mapped(&downcast(array, shown)?, |v: u32| f64::from(v)),
        A::UInt64 => mapped(&downcast(array, shown)?, |v: u64| v as f64),
        A::Float16 => mapped(&downcast(array, shown)?, |v: write::Half| f64::from(v.0)),
        A::Float32 => mapped(&downcast(array, shown)?, |v: f32| f64::from(v)),
        A::Boolean => {
            let truths: BooleanArray = downcast(array, shown)?;
            let values: Vec<f64> = truths.values_iter().map(f64::from).collect();
            PrimitiveArray::from_vec(values).with_validity(truths.validity().cloned())
        }
        _ => downcast(array, shown)?,
    })
}

fn mapped<T: NativeType>(array: &PrimitiveArray<T>, f: impl Fn(T) -> f64) -> PrimitiveArray<f64> {
    let values: Vec<f64> = array.values_iter().map(|v| f(*v)).collect();
    PrimitiveArray::from_vec(values).with_validity(array.validity().cloned())
}

/// The number nearest to a decimal.
fn decimal(value: i128, scale: usize) -> f64 {
    /// Up to here whole numbers, and up to 22 digits powers of ten, are exact, so that dividing rounds once.
    const EXACT: u128 = 1 << 53;
    match i32::try_from(scale) {
        Ok(digits @ 0..=22) if value.unsigned_abs() < EXACT => value as f64 / 10_f64.powi(digits),
        _ => {
            let text = write::decimal(&value.to_string(), scale);
            // What is written there is a number.
            text.parse().unwrap_or(f64::NAN)
        }
    }
}

/// Days that a calendar has: 0001-01-01 to 9999-12-31.
const CALENDAR: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

/// Days since 1970-01-01 without those that no calendar has.
fn dated(piece: &dyn Piece, unread: Option<&mut Unread>) -> Result<PrimitiveArray<i32>, Stop> {
    let days = days(piece)?;
    let array = piece.values()?;
    let within = |days: &PrimitiveArray<i32>| days.iter().flatten().all(|d| CALENDAR.contains(d));
    if array.null_count() == days.null_count() && within(&days) {
        return Ok(days);
    }
    let day = |v: Option<&i32>| v.copied().filter(|day| CALENDAR.contains(day));
    let kept: PrimitiveArray<i32> = days.iter().map(day).collect();
    if let Some(unread) = unread {
        let fault = ("data-not-a-date", "a day from 0001-01-01 to 9999-12-31");
        for (row, day) in kept.iter().enumerate() {
            if day.is_none() && !array.is_null(row) {
                let cell = days.get(row).map_or_else(String::new, values::show_day);
                unread.push(row, fault, || cell);
            }
        }
    }
    Ok(kept)
}

/// Days since 1970-01-01; missing where they are too many to count.
fn days(piece: &dyn Piece) -> Result<PrimitiveArray<i32>, Stop> {
    const DAY: i64 = 86_400_000;
    match piece.stored() {
        Stored::Days => {
            let days: PrimitiveArray<i32> = downcast(piece.values()?.as_ref(), piece.shown())?;
            Ok(days.to(ArrowDataType::Int32))
        }
        Stored::Midnights => {
            let days: PrimitiveArray<i64> = downcast(piece.values()?.as_ref(), piece.shown())?;
            let day = |v: Option<&i64>| i32::try_from(v?.div_euclid(DAY)).ok();
            Ok(days.iter().map(day).collect())
        }
        Stored::Instants(unit, zone) => {
            let times: PrimitiveArray<i64> = downcast(piece.values()?.as_ref(), piece.shown())?;
            let mut clocks = Clocks::new(zone);
            let day = |v: Option<&i64>| clocks.day(seconds(*v?, *unit).0);
            Ok(times.iter().map(day).collect())
        }
        // Whole numbers are days since 1970-01-01.
        _ => {
            let day = |v: Option<&f64>| {
                let v = *v?;
                (v.abs() <= f64::from(i32::MAX)).then_some(v as i32)
            };
            Ok(numbers(piece)?.iter().map(day).collect())
        }
    }
}

/// What is no text, as text.
fn written(piece: &dyn Piece) -> Result<Vec<Option<String>>, Stop> {
    let array = piece.values()?;
    match piece.stored() {
        Stored::Lists => {
            let lists: ListArray<i64> = downcast(array.as_ref(), piece.shown())?;
            let separator = LIST_SEPARATOR.to_string();
            let join = |list: Option<Box<dyn Array>>| -> Result<Option<String>, Stop> {
                let Some(list) = list else { return Ok(None) };
                let entries: Utf8ViewArray = downcast(list.as_ref(), piece.shown())?;
                let entries: Vec<&str> = entries.iter().flatten().collect();
                let joined = entries.join(&separator);
                Ok((!joined.is_empty()).then_some(joined))
            };
            lists.iter().map(join).collect()
        }
        stored => write::texts(array.as_ref(), stored, piece.shown()),
    }
}
