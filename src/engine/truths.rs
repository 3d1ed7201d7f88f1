//! Three-valued logic on truth values, as in SQL: `FALSE AND NULL` is false, `TRUE OR NULL` is true.

use super::value::truth;
use crate::dataset::typed::piece;
use crate::finding::Stop;
use polars::prelude::BooleanChunked;
use polars_arrow::array::BooleanArray;
use polars_arrow::bitmap::Bitmap;

/// Rows that are true, and rows that are false.
fn sides(truths: &BooleanArray) -> (Bitmap, Bitmap) {
    let values = truths.values();
    match truths.validity() {
        None => (values.clone(), !values),
        Some(valid) => (values & valid, &!values & valid),
    }
}

/// True where both are, false where one is false.
///
/// # Errors
/// As [`piece`].
pub fn and(left: &BooleanChunked, right: &BooleanChunked) -> Result<BooleanChunked, Stop> {
    let (left, right) = (piece(left)?, piece(right)?);
    if left.validity().is_none() && right.validity().is_none() {
        return Ok(truth(left.values() & right.values(), None));
    }
    let ((yes, no), (yes_too, no_too)) = (sides(left), sides(right));
    let (yes, no) = (&yes & &yes_too, &no | &no_too);
    let valid = &yes | &no;
    Ok(truth(yes, Some(valid)))
}

/// True where one is, false where both are false.
///
/// # Errors
/// As [`piece`].
pub fn or(left: &BooleanChunked, right: &BooleanChunked) -> Result<BooleanChunked, Stop> {
    let (left, right) = (piece(left)?, piece(right)?);
    if left.validity().is_none() && right.validity().is_none() {
        return Ok(truth(left.values() | right.values(), None));
    }
    let ((yes, no), (yes_too, no_too)) = (sides(left), sides(right));
    let (yes, no) = (&yes | &yes_too, &no & &no_too);
    let valid = &yes | &no;
    Ok(truth(yes, Some(valid)))
}
