//! Whether groups are alike before they are compared, and whether they stay so: balance table, attrition, bounds.

mod attrition;
mod bounds;
mod table;
#[cfg(test)]
mod tests;

pub use attrition::{Attrition, Rate, attrition};
pub use bounds::{Bounds, MONOTONICITY, Trimmed, lee_bounds};
pub use table::{Denominator, Row, Side, Values, Variable, balance};
