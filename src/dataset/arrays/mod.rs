//! Arrays, wherever they come from, and the columns that they become: row groups of Parquet files, batches of Arrow files,
//! and the frames of a program.

mod guard;
mod held;
mod shape;
mod sound;
mod stored;
mod write;
mod zones;

pub(super) use guard::guarded;
pub(super) use held::{Constant, Held, held, words};
pub(super) use shape::{How, Unread};
pub(super) use sound::in_doubt;
pub(super) use stored::Stored;

use super::files;
use crate::finding::Stop;
use polars_arrow::array::{Array, PrimitiveArray, Utf8ViewArray};

/// A piece of a column that is to be read as it is declared.
pub(super) trait Piece {
    /// What is stored.
    fn stored(&self) -> &Stored;
    /// Name of the file or frame in findings.
    fn shown(&self) -> &str;
    /// Rows of the piece.
    fn rows(&self) -> usize;
    /// The values: lists as those of texts with 64-bit offsets, decimals with 128 or 256 bits.
    fn values(&self) -> Result<Box<dyn Array>, Stop>;
    /// The texts, where there are texts or bytes.
    fn texts(&self) -> Result<TextCells, Stop>;
}

/// Cells of text as they are stored.
pub(super) enum TextCells {
    /// Codes of each row into words.
    Coded(PrimitiveArray<u32>, Utf8ViewArray),
    /// Each row with its text.
    Plain(Utf8ViewArray),
}

/// The array as what it is; a [`Stop`] if it is something else, which would be a fault of the program.
pub(super) fn downcast<T: Clone + 'static>(array: &dyn Array, shown: &str) -> Result<T, Stop> {
    let found = array.as_any().downcast_ref::<T>();
    found.cloned().ok_or_else(|| {
        let what = format!("a column came as {:?}", array.dtype());
        files::unreadable(shown, &what)
    })
}
