//! Profiles: programmes by indicators on one scale, how like each other they are, in which order, and how two scores go together.
//!
//! A matrix is a slice of rows (programmes), each with one `Option<f64>` per column (indicator); `None` is missing, is never replaced,
//! and is left out of every sum.

pub mod association;
mod distance;
mod order;
mod scale;

#[cfg(test)]
mod tests;

pub use distance::{DEFAULT_SHARED, Distance, Metric, Nearest, Neighbour, distance, nearest};
pub use order::{Merge, Order, order, transposed};
pub use scale::{Better, Column, Scaling, Spread, Standardised, standardise};

use super::Refused;

/// Number of columns of a matrix that is whole: at least one row and column, rows of one length, numbers finite.
///
/// # Errors
/// Where it isn't.
fn columns_of(rows: &[Vec<Option<f64>>]) -> Result<usize, Refused> {
    let columns = rows.first().map_or(0, Vec::len);
    if columns == 0 {
        return Err(Refused::new(
            "there is no programme or no indicator",
            "Give at least one programme with at least one indicator.",
        ));
    }
    if rows.iter().any(|r| r.len() != columns) {
        return Err(Refused::new(
            "the programmes don't have the same number of indicators",
            "Give every programme one entry per indicator, empty where the value is missing.",
        ));
    }
    if rows.iter().flatten().flatten().any(|v| !v.is_finite()) {
        return Err(Refused::new(
            "a value is not a finite number",
            "Give a value that isn't known as missing.",
        ));
    }
    Ok(columns)
}
