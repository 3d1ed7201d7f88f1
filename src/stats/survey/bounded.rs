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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stats::distribution::t_quantile;

    /// By hand: mean 4.8 of 1 to 5 has u = .95 and logit 2.944439; se .1 of it becomes .025 / .0475 = .526316; t with 10 degrees
    /// is 2.228139, so the logit goes from 1.771734 to 4.117144, u from .854674 to .983968.
    #[test]
    fn stays_on_the_scale() {
        let bounds = mean(4.8, 0.1, 10.0, (1.0, 5.0), 0.95).unwrap();
        assert!(
            (bounds.low - (1.0 + 4.0 * 0.854_674)).abs() < 1e-5,
            "{bounds:?}"
        );
        assert!(
            (bounds.high - (1.0 + 4.0 * 0.983_968)).abs() < 1e-5,
            "{bounds:?}"
        );
        let wide = mean(4.9, 0.5, 3.0, (1.0, 5.0), 0.95).unwrap();
        assert!(wide.low > 1.0 && wide.high < 5.0);
        // In the middle it is the usual interval, nearly.
        let middle = mean(3.0, 0.05, 20.0, (1.0, 5.0), 0.95).unwrap();
        assert!((middle.high - 3.0 - 0.05 * t_quantile(0.975, 20.0)).abs() < 1e-3);
        // A scale turned round gives the interval turned round.
        let turned = mean(1.2, 0.1, 10.0, (1.0, 5.0), 0.95).unwrap();
        assert!((turned.low - (6.0 - bounds.high)).abs() < 1e-12);
    }

    #[test]
    fn refused_in_words() {
        let reason = |m, se, scale| mean(m, se, 10.0, scale, 0.95).unwrap_err().reason;
        assert!(reason(5.0, 0.0, (1.0, 5.0)).starts_with("all answers are 5"));
        assert!(reason(5.2, 0.1, (1.0, 5.0)).contains("outside the scale"));
        assert!(reason(1.0, 0.1, (1.0, 1.0)).contains("no length"));
        assert!(reason(3.0, 0.0, (1.0, 5.0)).contains("does not vary"));
    }
}
