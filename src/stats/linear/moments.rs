//! Mean, standard deviation and autocorrelation that keep their digits when values share many leading ones.

use super::twice::Twice;
use crate::stats::Refused;

/// Mean and standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Values.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Square root of the squares about the mean over n - 1.
    pub sd: f64,
}

/// Mean and standard deviation (denominator n - 1) of at least two values, in two passes about a shift.
///
/// # Errors
/// Fewer than two values; values that are not finite.
pub fn moments(values: &[f64]) -> Result<Moments, Refused> {
    let centred = centred(values)?;
    let n = values.len();
    Ok(Moments {
        n,
        mean: centred.mean,
        sd: (centred.squares / (n - 1) as f64).sqrt(),
    })
}

/// Autocorrelation at `lag`: products of deviations from the mean `lag` apart over the squares of all.
///
/// # Errors
/// No more values than `lag`; values that are all the same or not finite.
pub fn autocorrelation(values: &[f64], lag: usize) -> Result<f64, Refused> {
    let Centred {
        deviations,
        squares,
        ..
    } = centred(values)?;
    if lag >= values.len() {
        return Err(Refused::new(
            format!("{} values have no pairs {lag} apart", values.len()),
            "Take a smaller lag, or a longer series.",
        ));
    }
    if squares <= 0.0 {
        return Err(Refused::new(
            format!("all {} values are the same", values.len()),
            "Autocorrelation needs a series that varies.",
        ));
    }
    let mut products = Twice::default();
    let pairs = deviations.iter().zip(&deviations[lag..]);
    pairs.for_each(|(a, b)| products.add_product(*a, *b));
    Ok(products.value() / squares)
}

/// Values about their mean.
struct Centred {
    mean: f64,
    deviations: Vec<f64>,
    /// Sum of the squares of the deviations.
    squares: f64,
}

fn centred(values: &[f64]) -> Result<Centred, Refused> {
    if values.len() < 2 {
        return Err(Refused::new(
            format!("{} values show no variation", values.len()),
            "Give at least two values.",
        ));
    }
    let (shift, mut deviations) = shifted(values)?;
    let mean = average(&deviations);
    deviations.iter_mut().for_each(|d| *d -= mean);
    Ok(Centred {
        mean: shift + mean,
        squares: squares(&deviations),
        deviations,
    })
}

/// Mean, in twice the digits.
pub(super) fn average(values: &[f64]) -> f64 {
    let mut sum = Twice::default();
    values.iter().for_each(|v| sum.add(*v));
    sum.value() / values.len() as f64
}

/// Sum of squares of deviations from a mean, less what the mean's rounding adds to it (Chan, Golub & LeVeque 1983).
pub(super) fn squares(deviations: &[f64]) -> f64 {
    let (mut sum, mut squares) = (Twice::default(), Twice::default());
    for d in deviations {
        sum.add(*d);
        squares.add_product(*d, *d);
    }
    let sum = sum.value();
    (squares.value() - sum * sum / deviations.len() as f64).max(0.0)
}

/// The first value, and all values less it.
///
/// Values that share four or more leading digits lose as many in their conversion from decimal to binary: their differences are
/// taken between the shortest decimals that stand for them, which are those that were read.
///
/// # Errors
/// Values that are not finite.
pub(super) fn shifted(values: &[f64]) -> Result<(f64, Vec<f64>), Refused> {
    if let Some(place) = values.iter().position(|v| !v.is_finite()) {
        return Err(Refused::new(
            format!("value {} is not a number", place + 1),
            "Leave out missing values.",
        ));
    }
    let shift = values.first().copied().unwrap_or(0.0);
    let plain: Vec<f64> = values.iter().map(|v| v - shift).collect();
    let widest = plain.iter().fold(0.0, |m: f64, d| m.max(d.abs()));
    if widest >= 1e-4 * shift.abs() {
        return Ok((shift, plain));
    }
    let decimal = values.iter().zip(&plain);
    let decimal = decimal.map(|(v, plain)| decimal_difference(*v, shift).unwrap_or(*plain));
    Ok((shift, decimal.collect()))
}

/// Difference of the shortest decimals of two numbers; `None` where they are too far apart in size for 38 digits.
fn decimal_difference(a: f64, b: f64) -> Option<f64> {
    let ((a, a10), (b, b10)) = (decimal(a)?, decimal(b)?);
    let least = a10.min(b10);
    let whole = |digits: i128, power: i32| {
        let by = 10i128.checked_pow(u32::try_from(power - least).ok()?)?;
        digits.checked_mul(by)
    };
    let difference = whole(a, a10)?.checked_sub(whole(b, b10)?)?;
    format!("{difference}e{least}").parse().ok()
}

/// Shortest decimal digits of a number as a whole number, and its power of ten.
fn decimal(x: f64) -> Option<(i128, i32)> {
    let text = format!("{x:e}");
    let (digits, power) = text.split_once('e')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let power: i32 = power.parse().ok()?;
    let digits = format!("{whole}{fraction}").parse().ok()?;
    Some((digits, power - i32::try_from(fraction.len()).ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn decimals_that_binary_numbers_stand_for() {
        assert_eq!(decimal_difference(1e12 + 0.3, 1e12 + 0.4), Some(-0.1));
        assert_eq!(decimal_difference(-2.5, 0.0), Some(-2.5));
        assert_eq!(decimal_difference(1e300, 1e-300), None);
        let m = moments(&[1e12 + 0.3, 1e12 + 0.4, 1e12 + 0.5]).unwrap();
        assert!((m.sd - 0.1).abs() < 1e-16, "{}", m.sd);
    }

    #[test]
    fn small_cases_by_hand() {
        let m = moments(&[2.0, 4.0, 9.0]).unwrap();
        assert_eq!((m.n, m.mean), (3, 5.0));
        assert!((m.sd - 13f64.sqrt()).abs() < 1e-15);
        // Deviations -3, -1, 4: (3 - 4) / 26.
        assert!((autocorrelation(&[2.0, 4.0, 9.0], 1).unwrap() + 1.0 / 26.0).abs() < 1e-16);
        assert_eq!(moments(&[7.0, 7.0]).unwrap().sd, 0.0);
    }

    #[test]
    fn refusals_in_words() {
        assert_eq!(
            moments(&[1.0]).unwrap_err().reason,
            "1 values show no variation"
        );
        assert_eq!(
            moments(&[1.0, f64::NAN]).unwrap_err().reason,
            "value 2 is not a number"
        );
        assert_eq!(
            autocorrelation(&[3.0; 4], 1).unwrap_err().reason,
            "all 4 values are the same"
        );
        assert_eq!(
            autocorrelation(&[3.0, 4.0], 2).unwrap_err().reason,
            "2 values have no pairs 2 apart"
        );
    }
}
