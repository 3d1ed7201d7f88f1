//! Intervals from replicates: percentile, BCa, studentised.

use super::Resampled;
use crate::stats::distribution::{normal, normal_quantile};
use crate::stats::{Inference, Refused};

/// How limits come from replicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Quantiles of the replicates (Efron 1979).
    Percentile,
    /// Bias-corrected and accelerated quantiles (Efron 1987), with the acceleration of a jackknife over clusters within strata.
    Bca,
    /// Quantiles of the studentised replicates times the linearised standard error ("bootstrap t", Efron 1982).
    Studentised,
}

impl Resampled {
    /// The interval at a `confidence` such as 0.95, with the two-sided p-value of "the true value is `null`", each as the method
    /// has it: p is the level at which the interval just touches `null` (no less than 2 / (replicates + 1)).
    ///
    /// The q-quantile of B replicates is number (B + 1)·q in rising order, with a straight line between two neighbours (Davison &
    /// Hinkley 1997, section 2.4 and eq. 5.6). `se` is the bootstrap standard error; linearised for [`Method::Studentised`].
    ///
    /// # Errors
    /// Too few replicates for the level; BCa without an acceleration or beyond the replicates; studentised without standard errors.
    pub fn interval(
        &self,
        method: Method,
        confidence: f64,
        null: f64,
    ) -> Result<Inference, Refused> {
        let tail = (1.0 - confidence) / 2.0;
        let (low, high, p, se) = match method {
            Method::Percentile => {
                let sorted = sorted(&self.replicates);
                let (low, high) = (quantile(&sorted, tail)?, quantile(&sorted, 1.0 - tail)?);
                (low, high, equal_tailed(&sorted, null), self.se)
            }
            Method::Bca => {
                let sorted = sorted(&self.replicates);
                let bca = self.correction(&sorted)?;
                let (low, high) = (bca.level(tail)?, bca.level(1.0 - tail)?);
                let p = bca.p(&sorted, null);
                (
                    quantile(&sorted, low)?,
                    quantile(&sorted, high)?,
                    p,
                    self.se,
                )
            }
            Method::Studentised => {
                let sorted = self.sorted_t()?;
                let (below, above) = (quantile(&sorted, tail)?, quantile(&sorted, 1.0 - tail)?);
                let se = self.linearised_se;
                let p = equal_tailed(&sorted, (self.value - null) / se);
                (self.value - above * se, self.value - below * se, p, se)
            }
        };
        Ok(Inference {
            value: self.value,
            se,
            df: self.df,
            low,
            high,
            p,
        })
    }

    fn sorted_t(&self) -> Result<Vec<f64>, Refused> {
        if self.t.is_empty() {
            return Err(Refused::new(
                "the replicates were drawn without standard errors",
                "Draw them with the option `studentised`.",
            ));
        }
        let sorted = sorted(&self.t);
        let undefined = self.t.len() - sorted.len();
        if undefined as f64 > super::UNDEFINED_AT_MOST * self.t.len() as f64 {
            return Err(Refused::new(
                format!(
                    "{undefined} of {} resamples have no standard error",
                    self.t.len()
                ),
                "Ask for the BCa or percentile interval.",
            ));
        }
        Ok(sorted)
    }

    /// Bias correction and acceleration.
    fn correction(&self, sorted: &[f64]) -> Result<Correction, Refused> {
        let bias = normal_quantile(share_below(sorted, self.value));
        match self.acceleration {
            Some(acceleration) if bias.is_finite() => Ok(Correction { bias, acceleration }),
            _ => Err(Refused::new(
                "leaving out one cluster leaves no value, or all resamples lie on one side of it",
                "Ask for the percentile interval, and look at the clusters: one of them decides.",
            )),
        }
    }
}

struct Correction {
    bias: f64,
    acceleration: f64,
}

impl Correction {
    /// The level of the replicates that stands for the level `tail` (Efron 1987, eq. 3.9).
    fn level(&self, tail: f64) -> Result<f64, Refused> {
        let z = self.bias + normal_quantile(tail);
        let slope = 1.0 - self.acceleration * z;
        if slope <= 0.0 {
            return Err(Refused::new(
                "the resamples are too skewed for a BCa interval at this level",
                "Ask for the studentised or percentile interval, or a lower level.",
            ));
        }
        Ok(normal(self.bias + z / slope))
    }

    /// The two-sided level at which a limit is `null`: the inverse of [`Correction::level`].
    fn p(&self, sorted: &[f64], null: f64) -> f64 {
        let least = 1.0 / (sorted.len() as f64 + 1.0);
        let w = normal_quantile(share_below(sorted, null).clamp(least, 1.0 - least)) - self.bias;
        let tail = normal(w / (1.0 + self.acceleration * w) - self.bias);
        (2.0 * tail.min(1.0 - tail)).clamp(2.0 * least, 1.0)
    }
}

/// Those that have a value, in rising order.
fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

fn quantile(sorted: &[f64], q: f64) -> Result<f64, Refused> {
    // (B + 1)·q is a whole number for the usual levels and B = 999, 9,999; rounding must not push it beyond the ends.
    let place = (sorted.len() as f64 + 1.0) * q;
    let place = if (place - place.round()).abs() < 1e-9 {
        place.round()
    } else {
        place
    };
    let (whole, part) = (place.floor(), place.fract());
    let at = |rank: f64| {
        if rank >= 1.0 {
            sorted.get(rank as usize - 1).copied()
        } else {
            None
        }
    };
    let value = match at(whole) {
        Some(low) if part == 0.0 => Some(low),
        Some(low) => at(whole + 1.0).map(|high| low + part * (high - low)),
        None => None,
    };
    value.ok_or_else(|| {
        Refused::new(
            format!(
                "{} resamples are too few for an interval at this level",
                sorted.len()
            ),
            "Ask for more replicates: 9,999 serve most levels.",
        )
    })
}

/// Share below `x`, with half of what equals it.
fn share_below(sorted: &[f64], x: f64) -> f64 {
    let below = sorted.partition_point(|v| *v < x);
    let equal = sorted[below..].partition_point(|v| *v <= x);
    (below as f64 + equal as f64 / 2.0) / sorted.len() as f64
}

/// Twice the smaller share of values as low or as high as `x`, with the data as one more value (Davison & Hinkley 1997, eq. 4.11).
fn equal_tailed(sorted: &[f64], x: f64) -> f64 {
    let low = sorted.partition_point(|v| *v <= x);
    let high = sorted.len() - sorted.partition_point(|v| *v < x);
    (2.0 * (1.0 + low.min(high) as f64) / (1.0 + sorted.len() as f64)).min(1.0)
}
