//! Pieces that are in memory: an array, or one value for all rows.

use super::{Piece, Stored, TextCells, downcast};
use crate::dataset::files;
use crate::finding::{Finding, Stop};
use polars_arrow::array::{
    Array, BinaryArray, BinaryViewArray, DictionaryArray, DictionaryKey, ListArray,
    MutableBinaryViewArray, PrimitiveArray, Utf8Array, Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, Field, IntegerType};
use polars_arrow::offset::{Offset, OffsetsBuffer};
use polars_arrow::types::NativeType;

/// What an array in memory holds. A dictionary of anything but texts is nothing that a column can have.
pub(in crate::dataset) fn held(r#type: &ArrowDataType) -> Stored {
    match (r#type.to_storage(), Stored::of(r#type)) {
        (ArrowDataType::Dictionary(..), stored) if !matches!(stored, Stored::Texts) => {
            Stored::Other(format!("dictionary of {}", stored.name()))
        }
        (_, stored) => stored,
    }
}

/// An array in memory.
pub(in crate::dataset) struct Held<'a> {
    pub stored: &'a Stored,
    pub shown: &'a str,
    pub array: Box<dyn Array>,
}

impl Piece for Held<'_> {
    fn stored(&self) -> &Stored {
        self.stored
    }

    fn shown(&self) -> &str {
        self.shown
    }

    fn rows(&self) -> usize {
        self.array.len()
    }

    fn values(&self) -> Result<Box<dyn Array>, Stop> {
        use ArrowDataType as A;
        let array = self.array.as_ref();
        Ok(match array.dtype().to_storage() {
            A::List(_) => lists::<i32>(array, self.shown)?,
            A::LargeList(_) => lists::<i64>(array, self.shown)?,
            A::Decimal32(..) => wide::<i32>(array, self.shown)?,
            A::Decimal64(..) => wide::<i64>(array, self.shown)?,
            _ => self.array.clone(),
        })
    }

    fn texts(&self) -> Result<TextCells, Stop> {
        cells(self.array.as_ref(), self.shown)
    }
}

/// One text, or no value, for all rows.
pub(in crate::dataset) struct Constant<'a> {
    pub text: Option<&'a str>,
    pub shown: &'a str,
    pub rows: usize,
}

impl Piece for Constant<'_> {
    fn stored(&self) -> &Stored {
        const TEXTS: &Stored = &Stored::Texts;
        TEXTS
    }

    fn shown(&self) -> &str {
        self.shown
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn values(&self) -> Result<Box<dyn Array>, Stop> {
        Ok(Box::new(texts(std::iter::repeat_n(self.text, self.rows))))
    }

    fn texts(&self) -> Result<TextCells, Stop> {
        let Some(text) = self.text else {
            let keys = PrimitiveArray::new_null(ArrowDataType::UInt32, self.rows);
            return Ok(TextCells::Coded(keys, texts([])));
        };
        let keys = PrimitiveArray::from_vec(vec![0; self.rows]);
        Ok(TextCells::Coded(keys, texts([Some(text)])))
    }
}

/// The words of a dictionary in their order.
pub(in crate::dataset) fn words(array: &dyn Array, shown: &str) -> Result<Vec<String>, Stop> {
    let words = plain(array, shown)?;
    Ok(words.iter().flatten().map(str::to_owned).collect())
}

fn texts<'t>(cells: impl IntoIterator<Item = Option<&'t str>>) -> Utf8ViewArray {
    cells
        .into_iter()
        .collect::<MutableBinaryViewArray<str>>()
        .into()
}

/// The texts of an array of texts, bytes, or codes for them.
fn cells(array: &dyn Array, shown: &str) -> Result<TextCells, Stop> {
    use ArrowDataType as A;
    use IntegerType as I;
    Ok(match array.dtype().to_storage() {
        A::Dictionary(I::Int8, ..) => coded::<i8>(array, shown)?,
        A::Dictionary(I::Int16, ..) => coded::<i16>(array, shown)?,
        A::Dictionary(I::Int32, ..) => coded::<i32>(array, shown)?,
        A::Dictionary(I::Int64, ..) => coded::<i64>(array, shown)?,
        A::Dictionary(I::UInt8, ..) => coded::<u8>(array, shown)?,
        A::Dictionary(I::UInt16, ..) => coded::<u16>(array, shown)?,
        A::Dictionary(I::UInt32, ..) => coded::<u32>(array, shown)?,
        A::Dictionary(I::UInt64, ..) => coded::<u64>(array, shown)?,
        _ => TextCells::Plain(plain(array, shown)?),
    })
}

/// The texts of an array without codes.
fn plain(array: &dyn Array, shown: &str) -> Result<Utf8ViewArray, Stop> {
    use ArrowDataType as A;
    Ok(match array.dtype().to_storage() {
        A::Utf8 => texts(downcast::<Utf8Array<i32>>(array, shown)?.iter()),
        A::LargeUtf8 => texts(downcast::<Utf8Array<i64>>(array, shown)?.iter()),
        A::Binary => decoded(downcast::<BinaryArray<i32>>(array, shown)?.iter(), shown)?,
        A::LargeBinary => decoded(downcast::<BinaryArray<i64>>(array, shown)?.iter(), shown)?,
        A::BinaryView => {
            let bytes: BinaryViewArray = downcast(array, shown)?;
            bytes.to_utf8view().map_err(|_| no_text(shown))?
        }
        _ => downcast(array, shown)?,
    })
}

/// Bytes as the texts that they must be.
fn decoded<'t>(
    cells: impl Iterator<Item = Option<&'t [u8]>>,
    shown: &str,
) -> Result<Utf8ViewArray, Stop> {
    let text = |bytes: Option<&'t [u8]>| bytes.map(std::str::from_utf8).transpose();
    let read: Result<Vec<Option<&str>>, _> = cells.map(text).collect();
    Ok(texts(read.map_err(|_| no_text(shown))?))
}

fn no_text(shown: &str) -> Stop {
    let message = "The column holds bytes that are no text (UTF-8): pictures, places on a map or keys in binary, perhaps.";
    let help = "Remove the column from the schema and from the file, or write it as text.";
    let finding = Finding::error("data-binary-column", message, help);
    finding.in_file(shown).into()
}

fn coded<K: DictionaryKey>(array: &dyn Array, shown: &str) -> Result<TextCells, Stop> {
    let array: DictionaryArray<K> = downcast(array, shown)?;
    let words = plain(array.values().as_ref(), shown)?;
    let keys = array.keys_iter();
    let narrow = u32::try_from(words.len()).is_ok();
    if words.validity().is_some() || !narrow {
        return Ok(TextCells::Plain(texts(keys.map(|key| words.get(key?)))));
    }
    // A row without a value may have any key.
    let values: Vec<u32> = keys.map(|key| key.unwrap_or_default() as u32).collect();
    let keys = PrimitiveArray::from_vec(values).with_validity(array.validity().cloned());
    Ok(TextCells::Coded(keys, words))
}

/// Lists of texts with 64-bit offsets.
fn lists<O: Offset>(array: &dyn Array, shown: &str) -> Result<Box<dyn Array>, Stop> {
    let array: ListArray<O> = downcast(array, shown)?;
    let entries = match cells(array.values().as_ref(), shown)? {
        TextCells::Plain(texts) => texts,
        TextCells::Coded(keys, words) => texts(keys.iter().map(|key| words.get(*key? as usize))),
    };
    let fault = |error| files::unreadable(shown, &error);
    let offsets: Vec<i64> = array
        .offsets()
        .iter()
        .map(|at| at.to_usize() as i64)
        .collect();
    let item = Field::new("item".into(), ArrowDataType::Utf8View, true);
    let lists = ListArray::<i64>::try_new(
        ArrowDataType::LargeList(Box::new(item)),
        OffsetsBuffer::try_from(offsets).map_err(fault)?,
        Box::new(entries),
        array.validity().cloned(),
    );
    Ok(Box::new(lists.map_err(fault)?))
}

/// Decimals of fewer bits with 128.
fn wide<T: NativeType + Into<i128>>(
    array: &dyn Array,
    shown: &str,
) -> Result<Box<dyn Array>, Stop> {
    let array: PrimitiveArray<T> = downcast(array, shown)?;
    let values: Vec<i128> = array.values_iter().map(|v| (*v).into()).collect();
    let wide = PrimitiveArray::from_vec(values).with_validity(array.validity().cloned());
    Ok(Box::new(wide))
}
