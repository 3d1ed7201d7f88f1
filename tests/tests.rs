//! The integration tests, one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    missing_docs
)]

mod architecture;
mod bad_input;
mod cli;
mod computable;
mod definitions;
mod estimates;
mod formulas;
mod golden;
mod kit;
mod nulls;
mod protection;
mod real;
mod refused;
mod reproducible;
mod tandem;
