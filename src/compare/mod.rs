//! Stage 6, compare: indicators side by side. What an evaluation measures and where it is blind, each programme's outputs
//! against its process, and programmes against each other.

pub mod advice;
mod asked;
pub mod audit;
mod chance;
mod definitions;
mod differences;
mod entries;
mod equivalence;
mod gather;
mod gather_effects;
mod league;
mod moderators;
pub mod plane;
mod pooled;
mod programmes;

pub use programmes::{Source, compare};
