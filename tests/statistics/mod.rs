//! Statistics against published numbers and other programs.

mod adjust;
mod did;
mod resample;
