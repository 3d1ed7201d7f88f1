//! Statistics against published numbers and other programs.

mod adjust;
mod did;
mod linear;
mod nist;
mod qca;
mod resample;
mod series;
