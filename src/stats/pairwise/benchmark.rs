//! Several estimates against one benchmark, whose error all the differences share.

use super::estimate::{Estimate, check_confidence};
use super::family::{Correction, Pair, corrected, each_alone, ranged};
use crate::stats::Refused;
use crate::stats::studentised::{MOST, Studentised};

/// Every other estimate minus that at position `benchmark`, in order.
///
/// `Correction::Simultaneous` takes the largest of the correlated |t|, with each difference's own degrees of freedom (Dunnett 1955
/// for equal variances; Hasler & Hothorn 2008 for the plug-in of unequal ones).
///
/// # Errors
/// No other estimate or more than [`MOST`], no estimate at `benchmark`, a difference of two exact values, an estimate that is no
/// number, or too few or too many draws.
pub fn against(
    estimates: &[Estimate],
    benchmark: usize,
    correction: Correction,
    confidence: f64,
) -> Result<Vec<Pair>, Refused> {
    check_confidence(confidence)?;
    let count = estimates.len();
    let Some(base) = estimates.get(benchmark) else {
        return Err(Refused::new(
            format!("the benchmark is number {benchmark} of {count} estimates, counted from 0"),
            "Name a benchmark that has an estimate.",
        ));
    };
    if !(2..=MOST + 1).contains(&count) {
        return Err(Refused::new(
            format!(
                "{} estimates can't be compared with a benchmark: 1 to {MOST} can",
                count - 1
            ),
            "Compare within parts of the set.",
        ));
    }
    for estimate in estimates {
        estimate.check()?;
    }
    let contrasts: Vec<(usize, usize)> = (0..count)
        .filter(|i| *i != benchmark)
        .map(|i| (i, benchmark))
        .collect();
    if base.is_exact() && contrasts.iter().any(|(i, _)| estimates[*i].is_exact()) {
        return Err(Refused::new(
            "the benchmark and a value compared with it have no sampling error, so that there is nothing to test between them",
            "Compare exact values as they are, and test only those from samples.",
        ));
    }
    if correction == Correction::Simultaneous {
        return dunnett(estimates, &contrasts, confidence);
    }
    corrected(estimates, &contrasts, correction, confidence)
}

fn dunnett(
    estimates: &[Estimate],
    contrasts: &[(usize, usize)],
    confidence: f64,
) -> Result<Vec<Pair>, Refused> {
    let alone = each_alone(estimates, contrasts, confidence)?;
    let shared: Vec<f64> = contrasts
        .iter()
        .zip(&alone)
        .map(|((_, base), alone)| estimates[*base].se / alone.se)
        .collect();
    let family = Studentised::benchmark(&shared)?;
    Ok(ranged(contrasts, &alone, &family, 1.0, confidence))
}
