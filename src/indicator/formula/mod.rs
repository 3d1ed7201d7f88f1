//! The formula language: SQL expressions, parsed by `sqlparser`, checked against an allow-list and the table's columns.

pub mod check;
pub mod functions;
pub mod node;
pub mod parse;
pub mod per_row;
mod rows;
mod sql;
mod synonyms;
mod values;
pub mod words;
