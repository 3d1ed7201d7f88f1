//! Effects adjusted for how the groups differ: weighting, doubly robust estimation, matching, covariate adjustment.
//!
//! All of it rests on the same assumption, which no data can prove: among people alike in the covariates, who took part is
//! unrelated to what would have happened to them (no unmeasured confounding), and everyone could have been in either group
//! (overlap). [`Overlap`] shows how far the second holds; [`crate::stats::balance`] shows what adjusting achieved.
//!
//! - [`weighted()`]: inverse probability weighting, regression adjustment, both at once, and the doubly robust estimator.
//! - [`matched()`]: nearest neighbours with replacement.
//! - [`interacted`] and [`analysis_of_covariance`]: the columns of a regression, for [`crate::stats::linear`].

mod design;
mod influence;
mod matching;
mod neighbours;
mod propensity;
mod sample;
mod weighting;

#[cfg(test)]
mod simulations;
#[cfg(test)]
mod tests;

pub use design::{Design, analysis_of_covariance, interacted};
pub use matching::{Matched, Matching, Metric, matched};
pub use neighbours::GREATEST_ROWS;
pub use propensity::{Bin, GroupOverlap, Overlap, Propensity, propensity};
pub use sample::{Covariate, Sample, Target};
pub use weighting::{Method, Weighted, Weighting, weighted};

pub(in crate::stats) use influence::clustered_error;
pub(in crate::stats) use sample::{both_groups, check_clusters, check_weights, clusters_per_group};
