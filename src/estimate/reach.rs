//! Intervals that stay where a value can lie.
//!
//! Where the symmetrical interval would leave the values that can be, it is made on a scale that can't: the logarithm of the
//! distance to the one end there is, or the logit of the place between two (the standard error goes through the derivative: the delta
//! method; Korn & Graubard 1999, "Analysis of Health Surveys", on shares). Standard deviations and variances always have the logarithm,
//! correlations always Fisher's z (Fisher 1921; the same derivative, 1 / (1 - r^2), in place of his 1 / (n - 3), which holds for
//! simple random samples of a normal distribution only).

use super::jackknife::quantile;
use crate::plan::reach::{Reach, Scale};

/// Bounds of a value with a standard error, by Student's t.
///
/// # Errors
/// In words: fewer than one degree of freedom, or so few that a bound is beyond all numbers.
pub fn bounds(
    value: f64,
    se: f64,
    df: f64,
    confidence: f64,
    reach: &Reach,
) -> Result<(f64, f64), String> {
    let half = quantile(df, confidence)? * se;
    let Reach { low, high, scale } = *reach;
    let found = match scale {
        Scale::Fisher if value.abs() < 1.0 => {
            let (centre, half) = (value.atanh(), half / (1.0 - value * value));
            ((centre - half).tanh(), (centre + half).tanh())
        }
        Scale::Log if value > 0.0 => {
            let times = (half / value).exp();
            (value / times, (value * times).min(high))
        }
        _ => {
            let plain = (value - half, value + half);
            match (low < value, value < high) {
                _ if low <= plain.0 && plain.1 <= high => plain,
                (true, true) if low.is_finite() && high.is_finite() => {
                    let width = high - low;
                    let place = (value - low) / width;
                    let centre = (place / (1.0 - place)).ln();
                    let half = half / width / (place * (1.0 - place));
                    let back = |x: f64| low + width / (1.0 + (-x).exp());
                    (back(centre - half), back(centre + half))
                }
                (true, true) if low.is_finite() => {
                    let times = (half / (value - low)).exp();
                    (low + (value - low) / times, low + (value - low) * times)
                }
                (true, true) => {
                    let times = (half / (high - value)).exp();
                    (high - (high - value) * times, high - (high - value) / times)
                }
                // At an end, or beyond it, where the data are not what was declared.
                _ if low <= value && value <= high => (plain.0.max(low), plain.1.min(high)),
                _ => plain,
            }
        }
    };
    match found.0.is_finite() && found.1.is_finite() {
        true => Ok(found),
        false => Err(
            "its sampling error is too large for an interval: there are too few clusters, or they differ too much"
                .to_owned(),
        ),
    }
}

/// Bounds that were made without a standard error, kept where the value can lie.
pub fn kept((low, high): (f64, f64), value: f64, reach: &Reach) -> (f64, f64) {
    match reach.low <= value && value <= reach.high {
        true => (low.max(reach.low), high.min(reach.high)),
        false => (low, high),
    }
}

/// The way to a scale, the way back, and the derivative of the first.
pub type Scaled = (fn(f64) -> f64, fn(f64) -> f64, f64);

/// A value on the scale on which its interval is symmetrical, with the way back and the derivative there; none where that is its own.
pub fn scaled(value: f64, reach: &Reach) -> Option<Scaled> {
    match reach.scale {
        Scale::Fisher if value.abs() < 1.0 => {
            Some((f64::atanh, f64::tanh, 1.0 / (1.0 - value * value)))
        }
        Scale::Log if value > 0.0 => Some((f64::ln, f64::exp, 1.0 / value)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// t with 10 degrees of freedom is 2.228138851964939. By hand: a count of 20 with error 10 would reach below zero; on the
    /// logarithm it goes from 20 / e^(2.228 / 2) to 20 e^(2.228 / 2). A correlation of .5 with error .1: atanh(.5) = .549306,
    /// 2.228 * .1 / .75 = .297085.
    #[test]
    fn by_hand() {
        let of = |value, se, reach: Reach| bounds(value, se, 10.0, 0.95, &reach).unwrap();
        let times = (2.228_138_851_964_939_f64 / 2.0).exp();
        let (low, high) = of(20.0, 10.0, Reach::POSITIVE);
        assert!((low - 20.0 / times).abs() < 1e-9 && (high - 20.0 * times).abs() < 1e-9);
        let (low, high) = of(20.0, 1.0, Reach::POSITIVE);
        assert!((low + high - 40.0).abs() < 1e-12);
        let fisher = Reach {
            scale: Scale::Fisher,
            ..Reach::SIGNED
        };
        let (low, high) = of(0.5, 0.1, fisher);
        assert!((low - 0.252_221_f64.tanh()).abs() < 1e-5, "{low}");
        assert!((high - 0.846_391_f64.tanh()).abs() < 1e-5, "{high}");
        // Declared to lie above 30, but it doesn't.
        let beyond = of(20.0, 1.0, Reach::of(30.0, 40.0));
        assert!((beyond.0 - (20.0 - 2.228_138_851_964_939)).abs() < 1e-9);
        assert_eq!(of(0.0, 1.0, Reach::POSITIVE).0, 0.0);
        assert!(bounds(1e-5, 10.0, 1.0, 0.95, &Reach::POSITIVE).is_err());
    }

    proptest! {
        #[test]
        fn intervals_hold_the_value_and_stay_where_it_can_lie(
            low in -5.0..5.0_f64, width in 0.1..10.0_f64, place in 0.001..0.999_f64, se in 1e-6..20.0_f64, df in 1.0..50.0_f64,
            ends in 0..4, scale in 0..3,
        ) {
            let value = low + place * width;
            let reach = match (scale, ends) {
                (1, _) => Reach { scale: Scale::Log, ..Reach::POSITIVE },
                (2, _) => Reach { scale: Scale::Fisher, ..Reach::SIGNED },
                (_, 0) => Reach::ANY,
                (_, 1) => Reach::of(low, f64::INFINITY),
                (_, 2) => Reach::of(f64::NEG_INFINITY, low + width),
                _ => Reach::of(low, low + width),
            };
            let value = match scale {
                1 => value.abs().max(1e-3),
                2 => 2.0 * place - 1.0,
                _ => value,
            };
            if let Ok((a, b)) = bounds(value, se, df, 0.95, &reach) {
                prop_assert!(reach.low <= a && a <= value && value <= b && b <= reach.high, "{value} {a} {b} {reach:?}");
            }
        }
    }
}
