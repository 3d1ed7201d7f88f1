//! Intervals of means on a scale with ends (answers from 1 to 5), which stay on the scale.

use super::proportion::{Bounds, logit};
use crate::stats::Refused;

/// Interval of a mean on a scale from `least` to `most`: the symmetrical interval, by t, of log(u / (1 - u)) with
/// u = (mean - least) / (most - least), taken back. The standard error of u goes through the derivative, 1 / (u (1 - u)) (the
/// delta method; for shares see Korn & Graubard 1999, "Analysis of Health Surveys").
///
/// In the middle of the scale it is nearly the usual interval; near an end it is longer towards the middle.
///
/// # Errors
/// A scale without length; a mean outside the scale, or at an end of it (then all answers are the same); no variation; fewer than
/// one degree of freedom.
pub fn mean(
    mean: f64,
    se: f64,
    df: f64,
    (least, most): (f64, f64),
    confidence: f64,
) -> Result<Bounds, Refused> {
    let length = most - least;
    if !(length > 0.0 && length.is_finite()) {
        return Err(Refused::new(
            format!("the scale from {least} to {most} has no length"),
            "Give the lowest and the highest answer that are possible.",
        ));
    }
    if !(least..=most).contains(&mean) {
        return Err(Refused::new(
            format!("the mean {mean} is outside the scale from {least} to {most}"),
            "Give the lowest and the highest answer that are possible.",
        ));
    }
    if mean == least || mean == most {
        return Err(Refused::new(
            format!(
                "all answers are {mean}, an end of the scale, so the sampling error can't be estimated"
            ),
            "Report the share of answers at that end, with Wilson's interval.",
        ));
    }
    let bounds = logit((mean - least) / length, se / length, df, confidence).map_err(|_| {
        Refused::new(
            "the mean does not vary between clusters, or there are too few of them",
            "Merge groups or strata.",
        )
    })?;
    Ok(Bounds {
        low: least + length * bounds.low,
        high: least + length * bounds.high,
    })
}
