//! Comparisons between independent estimates: differences and ratios, families of them, letters, equivalence.
//!
//! Everything starts from [`Estimate`]s (value, standard error, degrees of freedom) that come from samples of their own; groups of
//! programmes become estimates by [`groups::summaries`]. A census has no sampling error: [`Estimate::exact`].

pub mod benchmark;
pub mod equivalence;
pub mod estimate;
pub mod family;
pub mod groups;
pub mod letters;
pub mod ratio;
pub mod step_down;

pub use estimate::{Estimate, difference};
pub use family::{Pair, all_pairs};

#[cfg(test)]
mod equivalence_tests;
#[cfg(test)]
mod letters_tests;
#[cfg(test)]
mod ratio_tests;
#[cfg(test)]
mod simulations;
#[cfg(test)]
mod tests;
