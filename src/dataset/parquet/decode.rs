//! Bytes of a Parquet file become arrays.

use super::footer::{FileColumn, Footer};
use crate::dataset::files;
use crate::finding::{Finding, Stop};
use polars::prelude::{PolarsError, PolarsResult};
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::compute::concatenate::concatenate;
use polars_arrow::datatypes::{
    ArrowDataType, DTYPE_CATEGORICAL_NEW, Field, IntegerType, Metadata,
};
use polars_parquet::parquet::page::FormatEncoding;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, Filter, PageReader, column_iter_to_arrays,
};
use std::cell::Cell;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is expected, caught and told in words.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a piece of the Parquet reader, which may panic on damaged files.
///
/// # Errors
/// A [`Stop`] for its errors and its panics. `what` of the file is read.
pub(super) fn guarded<T>(
    shown: &str,
    what: &str,
    read: impl FnOnce() -> PolarsResult<T>,
) -> Result<T, Stop> {
    static HOOK: Once = Once::new();
    // The message of a panic that is caught would only puzzle who reads the terminal. All others are shown as before.
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                before(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = std::panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    let cause = match result {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            text.unwrap_or("its bytes contradict each other").to_owned()
        }
    };
    let message = format!(
        "The Parquet file can't be read: {what} is damaged or of a kind that is not supported ({}).",
        crate::finding::shorten(cause.trim_end_matches('.'), 200)
    );
    let help = "Write the file again; if it is whole, write it with another program or other settings, or as CSV.";
    Err(Finding::error("data-unreadable", message, help)
        .in_file(shown)
        .into())
}

/// The bytes of a column in a row group, by leaf.
pub(super) struct Chunk {
    leaves: Vec<PrimitiveArray<u8>>,
    /// Whether every page refers to one dictionary.
    coded: bool,
}

/// Cells of text as they lie in a file.
pub(super) enum TextCells {
    /// Codes of each row into words.
    Coded(PrimitiveArray<u32>, Utf8ViewArray),
    /// Each row with its text.
    Plain(Utf8ViewArray),
}

impl Chunk {
    /// Reads the bytes of a column in a row group.
    pub fn read(
        file: &mut File,
        footer: &Footer,
        group: usize,
        column: &FileColumn,
    ) -> Result<Chunk, Stop> {
        let io = |error: std::io::Error| files::unreadable(&footer.shown, &error);
        let mut leaves = Vec::with_capacity(column.leaves);
        for piece in footer.pieces(group, column) {
            // The range was looked at when the file was opened.
            let range = piece.byte_range();
            let length = range.end - range.start;
            file.seek(SeekFrom::Start(range.start)).map_err(io)?;
            let mut bytes = Vec::with_capacity(length as usize);
            file.take(length).read_to_end(&mut bytes).map_err(io)?;
            leaves.push(PrimitiveArray::from_vec(bytes));
        }
        let mut chunk = Chunk {
            leaves,
            coded: false,
        };
        let pieces = footer.pieces(group, column);
        chunk.coded = guarded(&footer.shown, &words(group, column), || {
            let mut coded = true;
            for (pages, piece) in chunk.pages(pieces).zip(pieces) {
                coded &= is_coded(BasicDecompressor::new(pages, vec![]), piece)?;
            }
            Ok(coded)
        })?;
        Ok(chunk)
    }

    fn pages(&self, pieces: &[ColumnChunkMetadata]) -> impl Iterator<Item = PageReader> {
        let leaves = self.leaves.iter().zip(pieces);
        let page = |(bytes, piece): (&PrimitiveArray<u8>, &ColumnChunkMetadata)| {
            let bytes = Cursor::new(bytes.values().clone());
            PageReader::new(bytes, piece, vec![], usize::MAX)
        };
        leaves.map(page).collect::<Vec<_>>().into_iter()
    }

    /// The rows of a range, as one array.
    fn array(
        &self,
        footer: &Footer,
        group: usize,
        column: &FileColumn,
        field: Field,
        rows: &Range<usize>,
    ) -> Result<Box<dyn Array>, Stop> {
        let pieces = footer.pieces(group, column);
        let whole = *rows == (0..footer.group_rows(group));
        let filter = (!whole).then(|| Filter::new_ranged(rows.start, rows.end));
        let what = words(group, column);
        let array = guarded(&footer.shown, &what, || {
            let pages = self.pages(pieces);
            let pages = pages.map(|pages| BasicDecompressor::new(pages, vec![]));
            let types = pieces.iter();
            let types = types.map(|piece| &piece.descriptor().descriptor.primitive_type);
            let read = column_iter_to_arrays(pages.collect(), types.collect(), field, filter)?;
            let mut arrays = read.0;
            if arrays.len() == 1 {
                return Ok(arrays.swap_remove(0));
            }
            concatenate(&arrays.iter().map(|a| a.as_ref()).collect::<Vec<_>>())
        })?;
        if array.len() == rows.len() {
            return Ok(array);
        }
        let message = format!(
            "The Parquet file is damaged: {what} has {} rows where {} are said to be.",
            array.len(),
            rows.len()
        );
        Err(
            Finding::error("data-unreadable", message, "Copy or write the file again.")
                .in_file(&footer.shown)
                .into(),
        )
    }

    /// The values of a range of rows.
    pub fn values(
        &self,
        footer: &Footer,
        group: usize,
        column: &FileColumn,
        rows: &Range<usize>,
    ) -> Result<Box<dyn Array>, Stop> {
        self.array(footer, group, column, column.field.clone(), rows)
    }

    /// The texts of a range of rows. Where the file has a dictionary, the codes come straight from it.
    pub fn texts(
        &self,
        footer: &Footer,
        group: usize,
        column: &FileColumn,
        rows: &Range<usize>,
    ) -> Result<TextCells, Stop> {
        let name = column.field.name.clone();
        let text = ArrowDataType::Utf8View;
        if !self.coded {
            let field = Field::new(name, text, true);
            let array = self.array(footer, group, column, field, rows)?;
            return Ok(TextCells::Plain(downcast(array.as_ref(), footer)?));
        }
        let coded = ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(text), false);
        // By this mark the reader takes it that all pages refer to the dictionary, as they do.
        let mark = [(DTYPE_CATEGORICAL_NEW.into(), Default::default())];
        let field = Field::new(name, coded, true).with_metadata(Metadata::from(mark));
        let array = self.array(footer, group, column, field, rows)?;
        let array: DictionaryArray<u32> = downcast(array.as_ref(), footer)?;
        let (_, keys, words) = array.take();
        Ok(TextCells::Coded(keys, downcast(words.as_ref(), footer)?))
    }
}

/// The array as what it is; a [`Stop`] if it is something else, which would be a fault of the program.
pub(super) fn downcast<T: Clone + 'static>(array: &dyn Array, footer: &Footer) -> Result<T, Stop> {
    let found = array.as_any().downcast_ref::<T>();
    found.cloned().ok_or_else(|| {
        let what = format!("a column came as {:?}", array.dtype());
        files::unreadable(&footer.shown, &what)
    })
}

/// What is read, in words.
fn words(group: usize, column: &FileColumn) -> String {
    format!("row group {} of the column `{}`", group + 1, column.name)
}

/// Whether all pages refer to a dictionary. That their headers can be true is made sure of first: the reader asks for
/// as much memory as they say, and there is no way back from asking for too much.
fn is_coded(mut pages: BasicDecompressor, piece: &ColumnChunkMetadata) -> PolarsResult<bool> {
    let fault = |what: &str| Err(PolarsError::ComputeError(what.to_owned().into()));
    let dictionary = pages.read_dict_page()?;
    if let Some(page) = &dictionary
        && page.num_values > page.buffer.len()
    {
        return fault("a dictionary is said to have more entries than bytes");
    }
    let mut coded = dictionary.is_some();
    let mut left = usize::try_from(piece.num_values()).unwrap_or_default();
    let most = usize::try_from(piece.uncompressed_size()).unwrap_or_default();
    for page in pages {
        let page = page?;
        match left.checked_sub(page.num_values()) {
            Some(rest) => left = rest,
            None => return fault("its pages are said to have more values than it has"),
        }
        if page.page().uncompressed_size() > most {
            return fault("a page is said to be larger than all of them");
        }
        let encoding = page.page().header().encoding();
        coded &= encoding == FormatEncoding::RLE_DICTIONARY
            || encoding == FormatEncoding::PLAIN_DICTIONARY;
    }
    if left > 0 {
        return fault("its pages have fewer values than it is said to have");
    }
    Ok(coded)
}
