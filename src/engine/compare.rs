//! Comparisons of values, missing where a side is.

use super::truths::or;
use super::value::{Val, fault, map_to_truths, truth};
use crate::dataset::typed::{self, Words, piece};
use crate::finding::Stop;
use crate::indicator::formula::node::Op;
use polars::prelude::*;
use polars_arrow::bitmap::Bitmap;

fn holds<T: PartialOrd>(op: Op, x: &T, y: &T) -> bool {
    match op {
        Op::Equal => x == y,
        Op::NotEqual => x != y,
        Op::Less => x < y,
        Op::LessOrEqual => x <= y,
        Op::Greater => x > y,
        _ => x >= y,
    }
}

/// The same comparison with its sides exchanged.
fn mirrored(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        other => other,
    }
}

/// Comparison of arrays, or of an array with one value; missing where a side is.
fn compared<A, B>(op: Op, left: &A, right: B) -> BooleanChunked
where
    A: ChunkCompareEq<B, Item = BooleanChunked> + ChunkCompareIneq<B, Item = BooleanChunked>,
{
    match op {
        Op::Equal => left.equal(right),
        Op::NotEqual => left.not_equal(right),
        Op::Less => left.lt(right),
        Op::LessOrEqual => left.lt_eq(right),
        Op::Greater => left.gt(right),
        _ => left.gt_eq(right),
    }
}

/// A comparison by `op`, row by row.
pub(super) fn compare(
    op: Op,
    left: &Val,
    right: &Val,
    rows: usize,
) -> Result<BooleanChunked, Stop> {
    let constant = |b: bool| Val::Boolean(b).truths(rows);
    if left.is_never() || right.is_never() {
        return Val::Null.truths(rows);
    }
    match (left, right) {
        (Val::Number(x), Val::Number(y)) => constant(holds(op, x, y)),
        (Val::Text(x), Val::Text(y)) => constant(holds(op, x, y)),
        (Val::Boolean(x), Val::Boolean(y)) => constant(holds(op, x, y)),
        (Val::Date(x), Val::Date(y)) => constant(holds(op, x, y)),
        (Val::Number(_) | Val::Date(_) | Val::Text(_) | Val::Boolean(_), _) => {
            compare(mirrored(op), right, left, rows)
        }
        (_, Val::Number(y)) => Ok(compared(op, &left.numbers(rows)?, *y)),
        (_, Val::Date(y)) => Ok(compared(op, &left.days(rows)?, *y)),
        (_, Val::Text(y)) => {
            let texts = left.texts(rows)?;
            if op == Op::Equal || op == Op::NotEqual {
                return is_word(&texts, y, op == Op::Equal);
            }
            map_to_truths(&texts, |x| holds(op, &x, &y.as_str()))
        }
        (Val::Numbers(x), Val::Numbers(_)) => Ok(compared(op, x, &right.numbers(rows)?)),
        (Val::Days(_), _) | (_, Val::Days(_)) => {
            Ok(compared(op, &left.days(rows)?, &right.days(rows)?))
        }
        (Val::Truths(_), _) | (_, Val::Truths(_)) => {
            let (x, y) = (left.truths(rows)?, right.truths(rows)?);
            let (x, y) = (piece(&x)?, piece(&y)?);
            let each = |(x, y)| holds(op, &x, &y);
            let values: Bitmap = x.values().iter().zip(y.values().iter()).map(each).collect();
            Ok(truth(values, both(x.validity(), y.validity())))
        }
        (Val::Texts(_), _) | (_, Val::Texts(_)) => {
            let (x, y) = (left.texts(rows)?, right.texts(rows)?);
            let (x, y) = (Words::of(&x)?, Words::of(&y)?);
            let each = |row| Some(holds(op, &x.get(row)?, &y.get(row)?));
            let found: Vec<Option<bool>> = (0..rows).map(each).collect();
            let values: Bitmap = found.iter().map(|t| *t == Some(true)).collect();
            let valid: Bitmap = found.iter().map(Option::is_some).collect();
            Ok(truth(values, Some(valid)))
        }
        _ => Err(fault(&"sides of a comparison differ in type")),
    }
}

/// Rows in which both sides have a value.
pub(super) fn both(left: Option<&Bitmap>, right: Option<&Bitmap>) -> Option<Bitmap> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left & right),
        (one, other) => one.or(other).cloned(),
    }
}

/// Whether each text is a word, or is not: a comparison of codes.
fn is_word(texts: &typed::Texts, word: &str, wanted: bool) -> Result<BooleanChunked, Stop> {
    let codes = &texts.phys;
    match texts.get_mapping().get_cat(word) {
        Some(code) if wanted => Ok(codes.equal(code)),
        Some(code) => Ok(codes.not_equal(code)),
        // No row has it.
        None => {
            let valid = piece(codes)?.validity().cloned();
            Ok(truth(Bitmap::new_with_value(!wanted, codes.len()), valid))
        }
    }
}

/// Whether the first value is one of the others.
pub(super) fn is_in(values: &[&Val], rows: usize) -> Result<BooleanChunked, Stop> {
    let (value, list) = values.split_first().ok_or_else(|| fault(&"no arguments"))?;
    let word = |v: &&Val| match v {
        Val::Text(t) => Some(t.clone()),
        _ => None,
    };
    let words: Option<Vec<String>> = list.iter().map(word).collect();
    if let (Val::Texts(texts), Some(words)) = (value, words) {
        return map_to_truths(texts, |text| words.iter().any(|w| w == text));
    }
    let mut found = Val::Boolean(false).truths(rows)?;
    for item in list {
        found = or(&found, &compare(Op::Equal, value, item, rows)?)?;
    }
    Ok(found)
}
