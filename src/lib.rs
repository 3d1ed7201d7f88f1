//! `codev` evaluates co-development programmes: it turns tabular programme data and indicator definitions into
//! estimates, comparisons, charts and reports.
//!
//! The stages and the rules that hold between them are described in `src/ARCHITECTURE.md`.

pub mod stats;

pub mod finding;
pub mod outcome;

pub mod indicator;

pub mod evaluation;

pub mod dataset;

pub mod plan;

pub mod engine;

pub mod estimate;

pub mod effect;
pub mod protect;

pub mod planning;

pub mod compare;

pub mod chart;
pub mod export;
pub mod report;

pub mod examples;
pub mod run;

#[cfg(feature = "cli")]
pub mod cli;
