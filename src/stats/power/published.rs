//! Powers against published tables and examples.
