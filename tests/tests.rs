//! The integration tests, one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    missing_docs
)]

mod agreement;
mod architecture;
mod bad_input;
mod cli;
mod cli_new;
mod compare;
mod compare_files;
mod computable;
mod custom;
mod definitions;
mod dictionary;
mod effects;
mod estimates;
mod formulas;
mod golden;
mod intake;
mod intervals;
mod kit;
mod library;
mod networks;
mod nulls;
mod partner_lists;
mod power;
mod protection;
mod real;
mod refused;
mod representation;
mod reproducible;
mod retention;
mod scales;
mod statistics;
mod tandem;
mod weights;
