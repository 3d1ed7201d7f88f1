//! Planning an evaluation: power by formula and by simulation, minimum detectable effects, needed samples, diagnosis of a design.
//!
//! By formula: a [`Plan`] answers [`power`], [`minimum_detectable_effect`], [`needed_units`], [`needed_cluster_size`],
//! [`smallest_margin`] and [`curve`]. By simulation: [`diagnose`] runs any estimator over rows from [`TwoLevel`] (a model) or
//! [`Resampled`] (the user's own baseline).

mod check;
mod curve;
mod diagnose;
mod hypothesis;
mod noncentral;
mod plan;
mod resampled;
mod rows;
mod solve;
mod two_level;

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod models;
#[cfg(test)]
mod published;

pub use curve::{Along, Point, curve};
pub use diagnose::{Diagnosis, Simulated, Simulation, diagnose};
pub use hypothesis::{Hypothesis, Test};
pub use noncentral::{equivalence_power, noncentral_t_above};
pub use plan::{Baseline, Clusters, Comparison, Covariates, Outcome, Plan, Precision, Waves};
pub use resampled::{Assignment, BaselineRow, Resampled, Resampling};
pub use rows::Row;
pub use solve::{
    Direction, Needed, minimum_detectable_effect, needed_cluster_size, needed_units, power,
    smallest_margin,
};
pub use two_level::TwoLevel;
