//! Stage 6, compare: indicators side by side. What an evaluation measures and where it is blind, each programme's outputs
//! against its process, and programmes against each other.

pub mod advice;
mod asked;
pub mod audit;
mod chance;
mod context;
mod definitions;
mod differences;
mod entries;
mod equivalence;
mod followed;
mod gather;
mod gather_effects;
mod league;
mod moderators;
mod multiplicity;
pub mod plane;
mod pool_members;
mod pooled;
mod profiles;
mod programmes;
mod qca;
mod score_plane;
mod trend;
mod unknown;

pub use programmes::{Source, compare};
