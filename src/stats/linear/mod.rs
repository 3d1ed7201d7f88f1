//! Linear regression and its standard errors.

pub mod fit;
mod qr;

pub use fit::{Fit, fit};
