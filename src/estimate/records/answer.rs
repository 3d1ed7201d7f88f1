//! What a measure over records says of a selection of rows.

use crate::estimate::cell;
use crate::outcome::{Interval, Status};

/// What a measure says of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The value, or why there is none.
    pub value: cell::Outcome,
    /// Numerator and denominator of a ratio.
    pub parts: Option<(f64, f64)>,
    /// Its own interval, where the measure has one; else that of a sample comes from leaving out clusters.
    pub interval: Option<Interval>,
}

impl Answer {
    /// A value without parts.
    pub fn value(value: f64) -> Answer {
        let value = if value.is_finite() {
            Ok(value)
        } else {
            Err(Status::Undefined)
        };
        Answer {
            value,
            parts: None,
            interval: None,
        }
    }

    /// No value.
    pub fn none(status: Status) -> Answer {
        Answer {
            value: Err(status),
            parts: None,
            interval: None,
        }
    }
}
