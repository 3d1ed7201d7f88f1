//! Inference for ranks: confidence sets for the rank of each of several independent estimates, and for which are among the best.
//!
//! The rank of an estimate is 1 + the number of estimates with a larger value; the caller turns signs where small is good. Sets
//! follow Mogstad, Romano, Shaikh & Wilhelm (2024), "Inference for Ranks with Applications to Mobility across Neighbourhoods and
//! Academic Achievement across Countries", Review of Economic Studies 91: all differences get simultaneous confidence statements of
//! their direction; who is above `j` for sure bounds its rank from one side, who is below for sure from the other.
//!
//! | question | answer | holds |
//! |---|---|---|
//! | where may this one programme stand? | [`Standing::marginal`] | for one programme that was named beforehand |
//! | where may all of them stand? | [`Standing::simultaneous`] | for all ranks at once, and so for any that the reader picks |
//! | which may be among the best k? | [`Standing::may_be_among`] | for all at once |
//! | how likely is it among the best k? | [`Standing::top`], [`Standing::expected`] | posterior draws (Goldstein & Spiegelhalter 1996) |
//!
//! Critical values are quantiles of simulated largest studentised differences. With finite degrees of freedom each draw has a
//! standard error of its own (s² times a chi-squared over its degrees of freedom) in both the draw of the estimate's t and the
//! denominator, so that a single pair is tested nearly as by Welch; with one or two degrees of freedom sets come out too wide rather
//! than too narrow. The values are assumed independent and normal.

mod critical;
mod draws;
mod extremes;
mod posterior;

#[cfg(test)]
mod coverage_tests;
#[cfg(test)]
mod published_tests;
#[cfg(test)]
mod tests;

pub use draws::Draws;

use super::Refused;
use critical::Observed;
use draws::Sample;
use extremes::Extremes;
use posterior::{Around, Counts};
use rayon::prelude::*;

/// Most numbers that a set of draws may have: 2^27, 1 GiB.
const LARGEST: usize = 1 << 27;

/// Draws that are worked through together.
const BLOCK: usize = 64;

/// One estimate to be ranked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The estimate, larger is better.
    pub value: f64,
    /// Its standard error; 0 where the value is known without error.
    pub se: f64,
    /// Degrees of freedom of the standard error, at least 1; infinite where the normal is used.
    pub df: f64,
}

/// What to answer.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Confidence level of the sets, such as 0.95.
    pub confidence: f64,
    /// For which k the probability of being among the best k is wanted, each at least 1.
    pub top: &'a [usize],
    /// Mean and standard deviation of each true value, in the order of the entries, where draws of the true values are to be made
    /// around these (shrunken estimates, say) instead of around the estimates.
    pub posterior: Option<&'a [(f64, f64)]>,
}

/// What is known of the rank of one estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Estimated rank: the first and the last place of those with the same value.
    pub rank: (usize, usize),
    /// Confidence set for the rank of this one alone: from best to worst.
    pub marginal: (usize, usize),
    /// Confidence set that holds together with those of all others.
    pub simultaneous: (usize, usize),
    /// Critical value of the studentised differences behind `marginal`.
    pub critical: f64,
    /// For each k of [`Options::top`], the share of draws of the true values in which this one is among the best k.
    pub top: Vec<f64>,
    /// Mean rank in the draws of the true values.
    pub expected: f64,
    /// Median rank in these draws.
    pub median: usize,
    /// The central share of ranks in these draws, the confidence level wide.
    pub likely: (usize, usize),
}

impl Standing {
    /// Whether this one is in the confidence set for the best `k` ("tau-best" in Mogstad et al. 2024): all that are truly among
    /// the best `k` are in the set together, with the confidence asked for.
    ///
    /// The lower bound of the simultaneous set decides: one-sided bounds for all ranks rest on the same family of hypotheses.
    pub fn may_be_among(&self, k: usize) -> bool {
        self.simultaneous.0 <= k
    }

    /// Whether this one is among the best `k` in all rankings that the simultaneous sets leave possible.
    pub fn is_among(&self, k: usize) -> bool {
        self.simultaneous.1 <= k
    }
}

/// A ranking with its uncertainty.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// In the order of the entries.
    pub standings: Vec<Standing>,
    /// Critical value of the studentised differences of all pairs, behind the simultaneous sets.
    pub critical: f64,
    /// Confidence level of the sets.
    pub confidence: f64,
    /// How many draws it rests on.
    pub draws: usize,
}

/// Ranks `entries` with `draws`, which must be for as many.
///
/// The result doesn't depend on the order of the entries (but for entries that are alike in all three numbers), nor on the number
/// of threads. 500 entries and 5,000 draws take about 0.1 s of one core (0.17 s with finite degrees of freedom), and room for 10
/// bytes per entry and draw (26 with finite degrees of freedom) beside the draws themselves.
///
/// # Errors
/// Numbers that aren't finite, a negative standard error, degrees of freedom below 1, no standard error above 0, a number of
/// entries that isn't that of the draws, too few draws for the confidence level, a `top` of 0.
pub fn rank(entries: &[Entry], draws: &Draws, options: &Options) -> Result<Ranking, Refused> {
    check(entries, draws, options)?;
    let Some(allowed) = critical::allowed(options.confidence, draws.draws()) else {
        return Err(Refused::new(
            format!(
                "{} draws are too few for a confidence of {}",
                draws.draws(),
                options.confidence
            ),
            "Ask for more draws, or for a lower confidence.",
        ));
    };
    let k = entries.len();
    // Draws go to entries by value, so that the order in which they come doesn't matter.
    let mut by_value: Vec<usize> = (0..k).collect();
    by_value.sort_by(|&i, &j| {
        let (a, b) = (&entries[i], &entries[j]);
        b.value
            .total_cmp(&a.value)
            .then(a.se.total_cmp(&b.se))
            .then(a.df.total_cmp(&b.df))
    });
    let centre = entries[by_value[k / 2]].value;
    let scale = entries.iter().fold(0.0, |most: f64, e| most.max(e.se));
    let pick = |f: &dyn Fn(usize) -> f64| by_value.iter().map(|&i| f(i)).collect::<Vec<f64>>();
    let value = pick(&|i| (entries[i].value - centre) / scale);
    let se = pick(&|i| entries[i].se / scale);
    let df = pick(&|i| entries[i].df);
    let given: Option<Vec<(f64, f64)>> = options.posterior.map(|given| {
        let scaled = |&i: &usize| ((given[i].0 - centre) / scale, given[i].1 / scale);
        by_value.iter().map(scaled).collect()
    });
    let shown = value.iter().all(|v| v.abs() < 1e150);
    let drawn = given
        .iter()
        .flatten()
        .all(|g| g.0.abs() < 1e150 && g.1 < 1e150);
    if !shown || !drawn {
        return Err(Refused::new(
            "the values are too far apart, measured in standard errors, to be ranked with them",
            "Check the values and their standard errors.",
        ));
    }

    let sample = Sample::new(draws, &se, &df);
    let variance: Vec<f64> = se.iter().map(|s| s * s).collect();
    let observed = Observed {
        value: &value,
        variance: &variance,
    };
    let around = match &given {
        Some(given) => Around::Given(given),
        None => Around::Estimates(&value),
    };
    let blocks = blocks(&sample, &se, &around);
    let largest: Vec<f64> = blocks.iter().flat_map(|b| b.overall.clone()).collect();
    let overall = critical::simultaneous(&sample, &observed, &largest, allowed);

    let mut standings: Vec<(usize, Standing)> = (0..k)
        .into_par_iter()
        .map(|j| {
            let mut largest = Vec::with_capacity(sample.draws);
            let mut ranks = Vec::with_capacity(sample.draws);
            for block in &blocks {
                largest.extend_from_slice(block.largest(j));
                ranks.extend_from_slice(block.ranks(j));
            }
            let critical = critical::marginal(&sample, &observed, j, &largest, allowed);
            let counts = Counts::new(k, &ranks);
            let tail = (1.0 - options.confidence) / 2.0;
            let standing = Standing {
                rank: tied(&value, value[j]),
                marginal: set(&observed, j, critical),
                simultaneous: set(&observed, j, overall),
                critical: critical.sqrt(),
                top: options.top.iter().map(|&top| counts.at_most(top)).collect(),
                expected: counts.mean(),
                median: counts.quantile(0.5),
                likely: (counts.quantile(tail), counts.quantile(1.0 - tail)),
            };
            (by_value[j], standing)
        })
        .collect();
    standings.sort_by_key(|s| s.0);
    Ok(Ranking {
        standings: standings.into_iter().map(|s| s.1).collect(),
        critical: overall.sqrt(),
        confidence: options.confidence,
        draws: draws.draws(),
    })
}

fn check(entries: &[Entry], draws: &Draws, options: &Options) -> Result<(), Refused> {
    if entries.len() != draws.entries() {
        return Err(Refused::new(
            format!(
                "{} estimates can't be ranked with draws for {}",
                entries.len(),
                draws.entries()
            ),
            "Make draws for as many as there are.",
        ));
    }
    if !(options.confidence > 0.0 && options.confidence < 1.0) {
        return Err(Refused::new(
            "the confidence level is not between 0 and 1",
            "Give a level such as 0.95.",
        ));
    }
    if options.top.contains(&0) {
        return Err(Refused::new(
            "nobody is among the best 0",
            "Ask for the best 1 or more.",
        ));
    }
    let sound = |e: &Entry| e.value.is_finite() && e.se.is_finite() && e.se >= 0.0;
    if !entries.iter().all(sound) {
        return Err(Refused::new(
            "a value or a standard error is missing or not finite",
            "List programmes without a value or without a standard error apart from the ranking.",
        ));
    }
    if !entries.iter().all(|e| e.df >= 1.0) {
        return Err(Refused::new(
            "a standard error has less than one degree of freedom",
            "Rank only estimates that rest on two or more independent units.",
        ));
    }
    if entries.iter().all(|e| e.se == 0.0) {
        return Err(Refused::new(
            "no value has a standard error, so that their ranks have no uncertainty to be stated",
            "Show the plain ranks, and say that the values are complete counts.",
        ));
    }
    if let Some(given) = options.posterior {
        let sound = |g: &(f64, f64)| g.0.is_finite() && g.1.is_finite() && g.1 >= 0.0;
        if given.len() != entries.len() || !given.iter().all(sound) {
            return Err(Refused::new(
                "the values to draw around are not as many as the estimates, or not finite",
                "Give a finite mean and standard deviation for each estimate.",
            ));
        }
    }
    Ok(())
}

/// What some draws made of each entry, entry by entry.
struct Block {
    draws: usize,
    /// Square of the largest studentised difference of each (entries x draws).
    largest: Vec<f64>,
    /// Rank of each in the draw of the true values (entries x draws).
    ranks: Vec<u16>,
    /// By draw, the largest square of all.
    overall: Vec<f64>,
}

impl Block {
    fn largest(&self, j: usize) -> &[f64] {
        &self.largest[j * self.draws..][..self.draws]
    }

    fn ranks(&self, j: usize) -> &[u16] {
        &self.ranks[j * self.draws..][..self.draws]
    }
}

fn blocks(sample: &Sample, se: &[f64], around: &Around) -> Vec<Block> {
    let k = sample.entries;
    let mut first: Vec<u16> = (0..k as u16).collect();
    first.sort_by(|&i, &j| se[usize::from(i)].total_cmp(&se[usize::from(j)]));
    (0..sample.draws.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let start = block * BLOCK;
            let draws = BLOCK.min(sample.draws - start);
            let mut made = Block {
                draws,
                largest: vec![0.0; k * draws],
                ranks: vec![0; k * draws],
                overall: Vec::with_capacity(draws),
            };
            let mut extremes = Extremes::new();
            let (mut errors, mut largest) = (vec![0.0; k], vec![0.0; k]);
            let (mut keys, mut ranks) = (Vec::with_capacity(k), vec![0_u16; k]);
            for i in 0..draws {
                let draw = start + i;
                sample.errors(draw, &mut errors);
                extremes.squares(&first, &errors, sample.variance(draw), &mut largest);
                posterior::ranks(around, sample, se, draw, &mut keys, &mut ranks);
                made.overall
                    .push(largest.iter().fold(0.0, |m: f64, v| m.max(*v)));
                for j in 0..k {
                    made.largest[j * draws + i] = largest[j];
                    made.ranks[j * draws + i] = ranks[j];
                }
            }
            made
        })
        .collect()
}

/// First and last place of those whose value is `own`.
fn tied(values: &[f64], own: f64) -> (usize, usize) {
    let larger = values.iter().filter(|v| **v > own).count();
    let smaller = values.iter().filter(|v| **v < own).count();
    (1 + larger, values.len() - smaller)
}

/// 1 + how many are above `j` for sure, and the number of all less those below for sure.
fn set(observed: &Observed, j: usize, critical: f64) -> (usize, usize) {
    let k = observed.value.len();
    let above = (0..k).filter(|&i| observed.above(i, j, critical)).count();
    let below = (0..k).filter(|&i| observed.above(j, i, critical)).count();
    (1 + above, k - below)
}
