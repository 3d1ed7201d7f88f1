//! Samples: standard errors and intervals under strata, clusters, unequal weights and finite populations.
//!
//! | for | use |
//! |---|---|
//! | a total, mean, share or ratio | [`linearisation::ratio`], [`linearisation::total`] |
//! | any smooth function of totals | [`linearisation::smooth`], or [`jackknife::jackknife`] |
//! | replicate weights that came with the data | [`replicate`] |
//! | the interval of a share | [`proportion`]: Wilson with the effective number of rows |
//! | the interval of a mean on a scale with ends | [`bounded::mean`] |
//! | how much clusters and weights cost | [`design_effect`] |
//! | weights that meet known margins, and what that does to errors | [`raking`], [`raked`] |
//! | likeness within clusters, for planning | [`intracluster`] |
//!
//! All but [`proportion`], [`replicate`] and [`raking`] work on weighted component sums by cluster, so their cost does not depend on
//! the number of rows. Clusters are those of the first stage; what was drawn within them needs no description as long as the first
//! stage was drawn with replacement or its sampling fraction is small (the "ultimate cluster" of Hansen, Hurwitz & Madow 1953).

pub mod bounded;
#[cfg(test)]
mod cases;
pub mod design_effect;
pub mod intracluster;
pub mod jackknife;
pub mod linearisation;
pub mod proportion;
pub mod raked;
pub mod raking;
pub mod replicate;
pub mod sample;
