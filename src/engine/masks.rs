//! Which rows of a batch count: the conditions of a mask as bits.

use super::value::Val;
use crate::dataset::typed::piece;
use crate::finding::Stop;
use crate::plan::scan::Condition;
use polars_arrow::bitmap::Bitmap;
use rustc_hash::FxHashMap;

/// Rows of a mask; `None` when all rows count.
///
/// # Errors
/// A [`Stop`] for a condition that is no truth value: a fault of the program.
pub fn mask(
    conditions: &[Condition],
    values: &[Option<Val>],
    rows: usize,
    known: &mut FxHashMap<Condition, Option<Bitmap>>,
) -> Result<Option<Bitmap>, Stop> {
    let mut result: Option<Bitmap> = None;
    for condition in conditions {
        if !known.contains_key(condition) {
            known.insert(*condition, condition_bits(*condition, values, rows)?);
        }
        if let Some(Some(bits)) = known.get(condition) {
            result = Some(match result {
                Some(before) => &before & bits,
                None => bits.clone(),
            });
        }
    }
    Ok(result)
}

fn condition_bits(
    condition: Condition,
    values: &[Option<Val>],
    rows: usize,
) -> Result<Option<Bitmap>, Stop> {
    let null = Val::Null;
    let value = |e: usize| values.get(e).and_then(Option::as_ref).unwrap_or(&null);
    let truth = |e: usize, wanted: bool| -> Result<Bitmap, Stop> {
        let truths = value(e).truths(rows)?;
        let truths = piece(&truths)?;
        let bits = if wanted {
            truths.values().clone()
        } else {
            !truths.values()
        };
        Ok(match truths.validity() {
            Some(valid) => &bits & valid,
            None => bits,
        })
    };
    let present = |e: usize| value(e).present(rows);
    let none = || Bitmap::new_zeroed(rows);
    Ok(match condition {
        Condition::True(e) => Some(truth(e, true)?),
        Condition::False(e) => Some(truth(e, false)?),
        Condition::Present(e) => present(e)?,
        Condition::Missing(e) => Some(present(e)?.map_or_else(none, |bits| !&bits)),
        Condition::PresentWhere(e, f) => match present(e)? {
            None => None,
            Some(bits) => Some(&bits | &!&truth(f, true)?),
        },
        Condition::MissingWhere(e, f) => Some(match present(e)? {
            None => none(),
            Some(bits) => &!&bits & &truth(f, true)?,
        }),
    })
}

/// Bits in words of 64, the first row in the lowest bit; those past the last row are 0.
pub fn words(bits: &Bitmap) -> Vec<u64> {
    let chunks = bits.chunks::<u64>();
    let rest = (chunks.remainder_len() > 0).then(|| chunks.remainder());
    chunks.chain(rest).collect()
}

/// How many bits are set from row `start` up to row `end`.
pub fn count(words: &[u64], start: usize, end: usize) -> u32 {
    if start >= end {
        return 0;
    }
    let (first, last) = (start / 64, (end - 1) / 64);
    let from = u64::MAX << (start % 64);
    let to = u64::MAX >> (63 - (end - 1) % 64);
    match words.get(first..=last) {
        Some([one]) => (one & from & to).count_ones(),
        Some([a, between @ .., b]) => {
            let between: u32 = between.iter().map(|w| w.count_ones()).sum();
            (a & from).count_ones() + between + (b & to).count_ones()
        }
        _ => 0,
    }
}
