//! Linear regression and its standard errors.
//!
//! [`fit`] (or [`absorb::fit_absorbing`], with effects taken out) gives a [`Fit`]; [`covariance`], [`cluster`], [`two_way`] and
//! [`series`] each give the [`Covariance`] of its coefficients under what they assume; [`Covariance::coefficient`],
//! [`Covariance::combination`] and [`wald::wald`] say what follows. [`logit`] gives a fit to which the same covariances apply.

pub mod absorb;
pub mod anova;
pub mod cluster;
pub mod covariance;
mod degrees;
pub mod fit;
pub mod logit;
#[cfg(test)]
mod made;
pub mod moments;
mod qr;
pub mod series;
mod twice;
pub mod two_way;
pub mod wald;

pub use covariance::{Covariance, Kind};
pub use fit::{Fit, fit, fit_with};
