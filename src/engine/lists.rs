//! Functions on list columns. What depends on one list is found once per different list, not per row.

use super::value::{Val, map_to_truths, truth};
use crate::dataset::LIST_SEPARATOR;
use crate::dataset::typed::{Texts, Words};
use crate::finding::Stop;
use polars::prelude::BooleanChunked;
use polars_arrow::array::StaticArray as _;
use polars_arrow::bitmap::Bitmap;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// The codes of a list.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(LIST_SEPARATOR).filter(|code| !code.is_empty())
}

/// Number of codes.
pub fn size(list: &str) -> f64 {
    entries(list).count() as f64
}

/// Number of different codes.
pub fn different(list: &str) -> f64 {
    entries(list).collect::<FxHashSet<_>>().len() as f64
}

/// Whether a list holds one of the codes among `arguments`, the first of which is the list itself.
pub fn any(lists: &Texts, arguments: &[Val]) -> Result<BooleanChunked, Stop> {
    let code = |value: &Val| match value {
        Val::Text(code) => Some(code.clone()),
        _ => None,
    };
    let codes: Vec<String> = arguments.iter().skip(1).filter_map(code).collect();
    map_to_truths(lists, |list| {
        entries(list).any(|e| codes.iter().any(|c| c == e))
    })
}

/// Whether the two lists of a row have a code in common.
pub fn common(left: &Texts, right: &Texts) -> Result<BooleanChunked, Stop> {
    let (left, right) = (Words::of(left)?, Words::of(right)?);
    let mut known: FxHashMap<(u32, u32), bool> = FxHashMap::default();
    let each = |row: usize| {
        let pair = (left.codes.get(row)?, right.codes.get(row)?);
        let (a, b) = (left.get(row)?, right.get(row)?);
        let both = || entries(a).any(|x| entries(b).any(|y| x == y));
        Some(*known.entry(pair).or_insert_with(both))
    };
    let found: Vec<Option<bool>> = (0..left.codes.len()).map(each).collect();
    let values: Bitmap = found.iter().map(|t| *t == Some(true)).collect();
    let valid: Bitmap = found.iter().map(Option::is_some).collect();
    Ok(truth(values, Some(valid)))
}

/// A list as a label: `broker; charity`.
pub fn label(text: &str) -> Cow<'_, str> {
    if text.contains(LIST_SEPARATOR) {
        Cow::Owned(entries(text).collect::<Vec<_>>().join("; "))
    } else {
        Cow::Borrowed(text)
    }
}

/// A text or a list as it is, its codes apart.
pub fn as_written(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}
