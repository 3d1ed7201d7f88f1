//! Randomisation inference: what the effect would have been under the other assignments of a lottery that changes nothing.
//!
//! The lottery: within each stratum a fixed number of units (rows, or whole clusters) is treated, every choice as likely as the other. The test
//! is of the sharp hypothesis that the treatment moves every outcome by the same amount, the hypothesised value (Fisher 1935; Gerber & Green
//! 2012, chapter 3); it is exact whatever the distribution of outcomes.

mod assignment;
mod interacted;
mod statistic;
mod units;

#[cfg(test)]
mod tests;

pub use statistic::Statistic;

use super::inversion::{Curve, Reference};
use crate::stats::{Inference, Refused, random};
use assignment::Lottery;
use rayon::prelude::*;
use statistic::Prepared;

/// Assignments up to this number are all taken, none is drawn.
const EXACT_AT_MOST: f64 = 1_000_000.0;

/// Outcomes with the treatment that was drawn.
#[derive(Debug, Clone, Copy)]
pub struct Experiment<'a> {
    /// Outcome by row.
    pub outcome: &'a [f64],
    /// Whether the row was treated.
    pub treated: &'a [bool],
    /// Weights by row, above 0; none: all 1.
    pub weights: Option<&'a [f64]>,
    /// The unit that was drawn as a whole (cluster), by row: any code. None: each row on its own.
    pub units: Option<&'a [usize]>,
    /// Stratum (block) within which units were drawn, by row: any code. None: one.
    pub strata: Option<&'a [usize]>,
}

/// What is tested, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Draws, where not all assignments are taken.
    pub draws: usize,
    /// Hypothesised effect, the same for all.
    pub null: f64,
    /// Confidence level such as 0.95.
    pub confidence: f64,
    /// Seed of the evaluation.
    pub seed: u64,
    /// Tells the uses of a seed apart; see [`crate::stats::random::stream`].
    pub what: u64,
}

/// Test and confidence set of a lottery.
#[derive(Debug, Clone, PartialEq)]
pub struct Randomisation {
    /// The effect: difference or coefficient (not divided by its standard error).
    pub value: f64,
    /// Standard deviation of the effect over assignments if everyone's effect were `value`.
    pub se: f64,
    /// Share of assignments with a statistic as far from 0 as the one drawn, or farther: of all assignments, or
    /// (1 + count)/(1 + draws). The statistic is that of the outcomes less the hypothesised effect.
    pub p: f64,
    /// The same for as high, or higher.
    pub upper: f64,
    /// The same for as low, or lower.
    pub lower: f64,
    /// Whether all assignments were taken.
    pub exact: bool,
    /// Assignments, or draws.
    pub draws: usize,
    /// Units that could be drawn.
    pub units: usize,
    /// All effects with [`Randomisation::p`] above 1 - confidence, if it is the same for all, as intervals in rising order: usually
    /// one; infinite ends are unbounded. Refused where no effect can be rejected.
    pub confidence_set: Result<Vec<(f64, f64)>, Refused>,
    /// Statistics under the hypothesis, by assignment or draw in order: for [`super::multiplicity::romano_wolf`].
    pub replicates: Vec<f64>,
}

impl Randomisation {
    /// Value, standard deviation, p and the hull of the confidence set. No distribution is assumed, so `df` is infinite and means nothing.
    ///
    /// # Errors
    /// No confidence set.
    pub fn inference(&self) -> Result<Inference, Refused> {
        let set = self.confidence_set.as_ref().map_err(Refused::clone)?;
        let ends = set.first().zip(set.last());
        let (low, high) = ends.map_or((f64::NEG_INFINITY, f64::INFINITY), |(f, l)| (f.0, l.1));
        Ok(Inference {
            value: self.value,
            se: self.se,
            df: f64::INFINITY,
            low,
            high,
            p: self.p,
        })
    }
}

/// Tests a constant effect by the assignments that might have been, and inverts the test.
///
/// The statistic of an assignment is computed from sums over the treated units; outcomes less a hypothesised effect are linear in it, so
/// one pass over assignments serves all hypothesised effects.
///
/// # Errors
/// Sizes that don't fit, missing values, weights not above 0, units that cross treatment or strata, a stratum without treated or
/// without others, collinear covariates (named), outcomes that don't vary.
pub fn randomise(
    experiment: &Experiment,
    statistic: &Statistic,
    options: &Options,
) -> Result<Randomisation, Refused> {
    let prepared = Prepared::new(experiment, statistic)?;
    let lottery = Lottery::new(&prepared.units.strata);
    let assignments = lottery.assignments();
    let exact = assignments <= EXACT_AT_MOST;
    let draws = if exact {
        assignments as usize
    } else {
        options.draws
    };
    if draws == 0 {
        return Err(Refused::new(
            "no draws were asked for",
            "Ask for 4,999 draws or more.",
        ));
    }
    let curves: Vec<Curve> = (0..draws)
        .into_par_iter()
        .with_min_len(64)
        .map_init(
            || (lottery.work(), prepared.work()),
            |(picked, sums), draw| {
                if exact {
                    lottery.number(draw as u64, picked);
                } else {
                    let mut stream = random::stream(options.seed, options.what, draw as u64);
                    lottery.sample(&mut stream, picked);
                }
                prepared.add_up(&lottery, picked, sums);
                prepared.curve(sums)
            },
        )
        .collect();
    let observed = prepared.observed();
    if prepared.interacted > 0 && observed.v == [0.0; 3] {
        return Err(Refused::new(
            "the rows of an arm are too few, or too alike, for the covariates",
            "Use fewer covariates.",
        ));
    }
    let value = -observed.a / observed.b;
    let se = prepared.spread(&curves, value);
    if !value.is_finite() || se.is_nan() || se <= 1e-12 * prepared.length {
        return Err(Refused::new(
            "the outcome does not vary beyond the effect itself, so that all assignments look the same",
            "Check that the column varies; a figure that can't vary needs no test.",
        ));
    }
    let tie = 1e-12 * if prepared.studentised { 1.0 } else { se };
    let reference = Reference {
        observed,
        draws: curves,
        exact,
        tie,
    };
    let set = reference.confidence_set(value, se, 1.0 - options.confidence);
    let confidence_set = if set == [(f64::NEG_INFINITY, f64::INFINITY)] {
        Err(Refused::new(
            format!("no effect can be ruled out: there are {draws} assignments only"),
            "Report the p-value with the number of assignments, or ask for a lower confidence level.",
        ))
    } else {
        Ok(set)
    };
    let tally = reference.tally(options.null);
    Ok(Randomisation {
        value,
        se,
        p: reference.p(tally.at_least),
        upper: reference.p(tally.upper),
        lower: reference.p(tally.lower),
        exact,
        draws,
        units: prepared.units.count(),
        confidence_set,
        replicates: reference.draws.iter().map(|d| d.at(options.null)).collect(),
    })
}
