//! Parquet tables: columns from the footer, and columns of row groups.

mod decode;
mod footer;

pub(super) use decode::{Chunk, GroupPiece};
pub(super) use footer::{FileColumn, Footer};

use super::arrays::{Stored, TextCells};
use super::files;
use crate::finding::Stop;
use std::fs::File;

/// The words of an ordered categorical in their order. `None` where the column is no such, or its row groups keep
/// words that can't be put in one order.
pub(super) fn ordered_words(
    footer: &Footer,
    column: &FileColumn,
) -> Result<Option<Vec<String>>, Stop> {
    if !column.ordered || !matches!(column.stored, Stored::Texts) {
        return Ok(None);
    }
    let mut file =
        File::open(&footer.path).map_err(|error| files::unreadable(&footer.shown, &error))?;
    let mut longest: Vec<String> = Vec::new();
    let mut all: Vec<Vec<String>> = Vec::new();
    for group in (0..footer.metadata.row_groups.len()).filter(|g| footer.group_rows(*g) > 0) {
        let chunk = Chunk::read(&mut file, footer, group, column)?;
        let TextCells::Coded(_, words) = chunk.texts(footer, group, column, &(0..1))? else {
            return Ok(None);
        };
        let words: Vec<String> = words.values_iter().map(str::to_owned).collect();
        if words.len() > longest.len() {
            longest.clone_from(&words);
        }
        all.push(words);
    }
    let within = |words: &Vec<String>| {
        let mut order = longest.iter();
        words.iter().all(|word| order.any(|known| known == word))
    };
    let one_order = !longest.is_empty() && all.iter().all(within);
    Ok(one_order.then_some(longest))
}
