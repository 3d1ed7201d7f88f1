//! Ratio of two independent estimates: on the log scale, and Fieller's set.

use super::estimate::{Estimate, check_confidence, satterthwaite};
use crate::stats::Refused;
use crate::stats::distribution::{t_quantile, t_two_sided};

/// A ratio with its interval from the log scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRatio {
    /// The ratio.
    pub value: f64,
    /// Standard error of its logarithm.
    pub log_se: f64,
    /// Degrees of freedom (Satterthwaite); infinite where the normal is used.
    pub df: f64,
    /// Lower bound of the ratio.
    pub low: f64,
    /// Upper bound of the ratio.
    pub high: f64,
    /// Two-sided p-value of a ratio of 1.
    pub p: f64,
}

/// The ratios that the data don't reject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RatioSet {
    /// All ratios from `low` to `high`.
    Interval {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// All ratios up to `below` and all from `above`, so without bound: the denominator can't be told from 0, yet some ratios between
    /// are rejected. One of the two may be infinite: then that side is empty.
    Outside {
        /// Upper end of the lower part; minus infinity: there is no lower part.
        below: f64,
        /// Lower end of the upper part; infinity: there is no upper part.
        above: f64,
    },
    /// Every ratio: neither numerator nor denominator can be told from 0.
    Everything,
}

/// A ratio with Fieller's set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fieller {
    /// The ratio of the estimates; none where the denominator's estimate is 0.
    pub value: Option<f64>,
    /// Degrees of freedom (Satterthwaite at the estimated ratio); infinite where the normal is used.
    pub df: f64,
    /// The ratios that the data don't reject.
    pub set: RatioSet,
}

/// a/b with the interval exp(ln(a/b) ± t·se), se² = (se(a)/a)² + (se(b)/b)² (delta method).
///
/// # Errors
/// An estimate that is no number, not above 0, or not shown to be above 0 at this confidence: the logarithm then hides that the ratio may
/// be anything. Two exact values. [`fieller`] answers where only the numerator is near 0.
pub fn log_ratio(a: Estimate, b: Estimate, confidence: f64) -> Result<LogRatio, Refused> {
    check_confidence(confidence)?;
    for (estimate, what) in [(a, "numerator"), (b, "denominator")] {
        estimate.check()?;
        if estimate.value <= 0.0 {
            return Err(Refused::new(
                format!("the {what} of the ratio is not above 0, so that it has no logarithm"),
                "Compare by the difference instead.",
            ));
        }
        if t_quantile(0.5 + confidence / 2.0, estimate.df) * estimate.se >= estimate.value {
            return Err(Refused::new(
                format!("the {what} of the ratio can't be told from 0"),
                if what == "numerator" {
                    "Use Fieller's interval for the ratio, or compare by the difference."
                } else {
                    "The ratio may then be of any size; compare by the difference."
                },
            ));
        }
    }
    let (u, v) = (a.se / a.value, b.se / b.value);
    let log_se = u.hypot(v);
    if log_se == 0.0 {
        return Err(exact());
    }
    let df = satterthwaite((u, a.df), (v, b.df));
    let log = (a.value / b.value).ln();
    let half = t_quantile(0.5 + confidence / 2.0, df) * log_se;
    Ok(LogRatio {
        value: a.value / b.value,
        log_se,
        df,
        low: (log - half).exp(),
        high: (log + half).exp(),
        p: t_two_sided(log / log_se, df),
    })
}

/// All ratios r for which a - r·b is not told from 0: (a - r b)² <= t² (se(a)² + r² se(b)²) (Fieller 1954), with Welch's degrees of
/// freedom at the estimated ratio. Exact for normal estimates with known errors.
///
/// # Errors
/// An estimate that is no number, two exact values, or an exact denominator of 0.
pub fn fieller(a: Estimate, b: Estimate, confidence: f64) -> Result<Fieller, Refused> {
    check_confidence(confidence)?;
    a.check()?;
    b.check()?;
    if a.is_exact() && b.is_exact() {
        return Err(exact());
    }
    if b.value == 0.0 && b.is_exact() {
        return Err(Refused::new(
            "the denominator of the ratio is 0",
            "Compare by the difference instead.",
        ));
    }
    let value = (b.value != 0.0).then(|| a.value / b.value);
    // Where b is 0 the ratio is without bound, and b's error alone counts.
    let df = match value {
        Some(ratio) => satterthwaite((a.se, a.df), ((ratio * b.se).abs(), b.df)),
        None => b.df,
    };
    let t = t_quantile(0.5 + confidence / 2.0, df);
    // p r² - 2 q r + c <= 0.
    let (va, vb) = ((t * a.se).powi(2), (t * b.se).powi(2));
    let p = b.value.powi(2) - vb;
    let q = a.value * b.value;
    let c = a.value.powi(2) - va;
    // q² - p c, without taking the difference of two large numbers.
    let root = b.value.powi(2) * va + vb * c;
    let set = if p > 0.0 {
        let (low, high) = roots(p, q, c, root.max(0.0).sqrt());
        RatioSet::Interval { low, high }
    } else if p == 0.0 && q != 0.0 {
        let end = c / (2.0 * q);
        let (below, above) = if q > 0.0 {
            (f64::NEG_INFINITY, end)
        } else {
            (end, f64::INFINITY)
        };
        RatioSet::Outside { below, above }
    } else if p < 0.0 && root > 0.0 {
        let (below, above) = roots(p, q, c, root.sqrt());
        RatioSet::Outside { below, above }
    } else {
        RatioSet::Everything
    };
    Ok(Fieller { value, df, set })
}

/// The two roots of p r² - 2 q r + c, the lower first, with the root of a quarter of the discriminant.
fn roots(p: f64, q: f64, c: f64, root: f64) -> (f64, f64) {
    let far = if q >= 0.0 { q + root } else { q - root };
    let one = far / p;
    let two = if far == 0.0 { one } else { c / far };
    (one.min(two), one.max(two))
}

fn exact() -> Refused {
    Refused::new(
        "neither of the two values has a sampling error",
        "Give their ratio as it is: it is exact.",
    )
}
