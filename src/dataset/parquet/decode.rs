//! Bytes of a Parquet file become arrays.

use super::footer::{FileColumn, Footer};
use crate::dataset::arrays::{self, Piece, Stored, TextCells, downcast};
use crate::dataset::files;
use crate::finding::{Finding, Stop};
use polars::prelude::{PolarsError, PolarsResult};
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray};
use polars_arrow::compute::concatenate::concatenate;
use polars_arrow::datatypes::{ArrowDataType, DTYPE_CATEGORICAL_NEW, Field, IntegerType, Metadata};
use polars_parquet::parquet::page::FormatEncoding;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, Filter, PageReader, column_iter_to_arrays,
};
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::Range;

/// Runs a piece of the Parquet reader, which may panic on damaged files.
///
/// # Errors
/// A [`Stop`] for its errors and its panics. `what` of the file is read.
pub(super) fn guarded<T>(
    shown: &str,
    what: &str,
    read: impl FnOnce() -> PolarsResult<T>,
) -> Result<T, Stop> {
    arrays::guarded("Parquet file", shown, what, read)
}

/// The bytes of a column in a row group, by leaf.
pub(in crate::dataset) struct Chunk {
    leaves: Vec<PrimitiveArray<u8>>,
    /// Whether every page refers to one dictionary.
    coded: bool,
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
            return Ok(TextCells::Plain(downcast(array.as_ref(), &footer.shown)?));
        }
        let coded = ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(text), false);
        // By this mark the reader takes it that all pages refer to the dictionary, as they do.
        let mark = [(DTYPE_CATEGORICAL_NEW.into(), Default::default())];
        let field = Field::new(name, coded, true).with_metadata(Metadata::from(mark));
        let array = self.array(footer, group, column, field, rows)?;
        let array: DictionaryArray<u32> = downcast(array.as_ref(), &footer.shown)?;
        let (_, keys, words) = array.take();
        Ok(TextCells::Coded(
            keys,
            downcast(words.as_ref(), &footer.shown)?,
        ))
    }
}

/// A piece of a column in a file that is to be read.
pub(in crate::dataset) struct GroupPiece<'a> {
    pub footer: &'a Footer,
    pub group: usize,
    pub column: &'a FileColumn,
    pub chunk: &'a Chunk,
    pub rows: Range<usize>,
}

impl Piece for GroupPiece<'_> {
    fn stored(&self) -> &Stored {
        &self.column.stored
    }

    fn shown(&self) -> &str {
        &self.footer.shown
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn values(&self) -> Result<Box<dyn Array>, Stop> {
        self.chunk
            .values(self.footer, self.group, self.column, &self.rows)
    }

    fn texts(&self) -> Result<TextCells, Stop> {
        self.chunk
            .texts(self.footer, self.group, self.column, &self.rows)
    }
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
