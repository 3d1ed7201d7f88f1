//! Stage 6, compare: indicators side by side. What an evaluation measures and where it is blind, and each programme's
//! outputs against its process.

pub mod advice;
pub mod audit;
pub mod plane;
