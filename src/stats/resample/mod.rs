//! Inference by drawing again: cluster bootstrap, wild cluster bootstrap, randomisation, and corrections for many hypotheses.
//!
//! | question | module | reference |
//! |---|---|---|
//! | how far would a ratio, a mean or a difference move with other clusters? | [`bootstrap`] | Rao & Wu 1988; Efron 1987 |
//! | a regression with few clusters | [`wild`] | Roodman, MacKinnon, Nielsen & Webb 2019 |
//! | a treatment that was drawn by lot | [`permutation`] | Gerber & Green 2012, ch. 3 |
//! | many hypotheses at once | [`multiplicity`] | Holm 1979; Benjamini & Hochberg 1995; Romano & Wolf 2005, 2016 |
//!
//! All work on sums by cluster: after one pass over the rows, a replicate costs the same whatever the number of rows. Replicates of
//! several statistics that are drawn with the same seed and tag over the same clusters belong together row by row, as
//! [`multiplicity::romano_wolf`] needs them.

pub mod bootstrap;
mod inversion;
pub mod multiplicity;
pub mod permutation;
pub mod wild;
