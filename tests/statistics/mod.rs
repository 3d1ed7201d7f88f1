//! Statistics against published numbers and other programs.

mod adjust;
mod did;
mod linear;
mod nist;
mod resample;
mod series;
