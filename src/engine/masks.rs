//! Which rows of a batch count: the conditions of a mask as bits.

use super::value::Val;
use crate::finding::Stop;
use crate::plan::scan::Condition;
use arrow_array::Array as _;
use arrow_buffer::BooleanBuffer;
use rustc_hash::FxHashMap;

/// Rows of a mask; `None` when all rows count.
pub fn mask(
    conditions: &[Condition],
    values: &[Option<Val>],
    rows: usize,
    known: &mut FxHashMap<Condition, Option<BooleanBuffer>>,
) -> Result<Option<BooleanBuffer>, Stop> {
    let mut result: Option<BooleanBuffer> = None;
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
) -> Result<Option<BooleanBuffer>, Stop> {
    let null = Val::Null;
    let value = |e: usize| values.get(e).and_then(Option::as_ref).unwrap_or(&null);
    let truth = |e: usize, wanted: bool| -> Result<BooleanBuffer, Stop> {
        let array = value(e).truths(rows)?;
        let bits = if wanted {
            array.values().clone()
        } else {
            !array.values()
        };
        Ok(match array.nulls() {
            Some(nulls) => &bits & nulls.inner(),
            None => bits,
        })
    };
    let present = |e: usize| value(e).present(rows).map(|nulls| nulls.inner().clone());
    let none = || BooleanBuffer::new_unset(rows);
    Ok(match condition {
        Condition::True(e) => Some(truth(e, true)?),
        Condition::False(e) => Some(truth(e, false)?),
        Condition::Present(e) => present(e),
        Condition::Missing(e) => Some(present(e).map_or_else(none, |bits| !&bits)),
        Condition::PresentWhere(e, f) => match present(e) {
            None => None,
            Some(bits) => Some(&bits | &!&truth(f, true)?),
        },
        Condition::MissingWhere(e, f) => Some(match present(e) {
            None => none(),
            Some(bits) => &!&bits & &truth(f, true)?,
        }),
    })
}

/// Bits as bytes.
pub fn expand(bits: &BooleanBuffer) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(bits.len() + 64);
    for word in bits.bit_chunks().iter_padded() {
        bytes.extend((0..64).map(|bit| (word >> bit & 1) as u8));
    }
    bytes.truncate(bits.len());
    bytes
}
