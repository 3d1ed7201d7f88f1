//! Numbers of a file that are no value of their column: none at all, not whole, too large to be exact, neither true nor false.

use super::Piece;
use super::shape::{How, Unread, kept, numbers};
use super::stored::Stored;
use super::write;
use crate::dataset::cells::{self, Value};
use crate::dataset::values::{EXACT, Parse};
use crate::finding::Stop;
use polars_arrow::array::{BooleanArray, PrimitiveArray};

impl How {
    /// The numbers of a piece without those that mean "no value" and those that a text table would not take either. A sum with
    /// one of these would be lost, or wrong.
    pub(super) fn sound(
        &self,
        piece: &dyn Piece,
        unread: Option<&mut Unread>,
    ) -> Result<PrimitiveArray<f64>, Stop> {
        let numbers = numbers(piece)?;
        if numbers.iter().flatten().all(|v| self.is_plain(*v)) {
            return Ok(numbers);
        }
        let doubted = |v: Option<&f64>| v.is_some_and(|v| !self.is_plain(*v) && !self.is_code(*v));
        let refused: Vec<usize> = match numbers.iter().any(doubted) {
            false => vec![],
            true => {
                // As written, since large numbers are not what they are as a Float64.
                let texts = write::texts(piece.values()?.as_ref(), piece.stored(), piece.shown())?;
                let rows = numbers.iter().zip(texts).enumerate();
                let mut refused = Vec::new();
                let mut unread = unread;
                for (row, (value, text)) in rows.filter(|(_, (v, _))| doubted(*v)) {
                    let text = text.or_else(|| value.map(f64::to_string));
                    let text = text.unwrap_or_default();
                    if let Err(fault) = cells::value(&self.parse, &[], &text) {
                        refused.push(row);
                        if let Some(unread) = unread.as_deref_mut() {
                            unread.push(row, fault, || text);
                        }
                    }
                }
                refused
            }
        };
        let mut numbers = kept(&numbers, |v| !self.is_code(*v));
        if !refused.is_empty() {
            let mut refused = refused.into_iter().peekable();
            let kept = numbers.iter().enumerate().map(|(row, value)| {
                let out = refused.next_if_eq(&row).is_some();
                value.copied().filter(|_| !out)
            });
            numbers = kept.collect();
        }
        Ok(numbers)
    }

    /// Whether a number can be taken as it is, without a look at how it is written.
    fn is_plain(&self, value: f64) -> bool {
        let fits = match self.parse {
            Parse::Integer(_) => value.abs() < EXACT && value.fract() == 0.0,
            Parse::Year => (1000.0..=9999.0).contains(&value) && value.fract() == 0.0,
            Parse::Boolean(..) => value == 0.0 || value == 1.0,
            _ => value.is_finite(),
        };
        fits && !self.is_code(value)
    }

    /// Truth values that are numbers: one, zero, or what the column's words say.
    pub(super) fn truths(
        &self,
        piece: &dyn Piece,
        unread: Option<&mut Unread>,
    ) -> Result<BooleanArray, Stop> {
        let numbers = self.sound(piece, unread)?;
        let by_word = |value: &f64| match cells::value(&self.parse, &[], &value.to_string()) {
            Ok(Some(Value::Truth(truth))) => truth,
            _ => true,
        };
        let truth = |value: &f64| *value != 0.0 && (*value == 1.0 || by_word(value));
        Ok(numbers.iter().map(|v| v.map(truth)).collect())
    }
}

/// Whether only reading tells if numbers stored so are values of a column that is declared so.
pub(in crate::dataset) fn in_doubt(stored: &Stored, parse: &Parse) -> bool {
    let number = matches!(stored, Stored::Integers | Stored::Decimals(_));
    match parse {
        Parse::Boolean(..) | Parse::Year => number,
        Parse::Integer(_) => matches!(stored, Stored::Decimals(scale) if *scale > 0),
        _ => false,
    }
}
