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
mod chains;
mod cli;
mod cli_new;
mod compare;
mod compare_files;
mod computable;
mod custom;
mod definitions;
mod design;
mod dictionary;
mod doubted;
mod effects;
mod estimates;
mod formulas;
mod fuzz;
mod golden;
mod inside;
mod intake;
mod intervals;
mod kit;
mod library;
mod meaning;
mod networks;
mod nulls;
mod odd_files;
mod output_sets;
mod overflow;
mod partner_lists;
mod persons;
mod power;
mod power_bounds;
mod protection;
mod reach;
mod real;
mod refused;
mod representation;
mod reproducible;
mod retention;
mod scales;
mod silent_networks;
mod statistics;
mod steering;
mod table_faults;
mod tandem;
mod weights;
mod years;
