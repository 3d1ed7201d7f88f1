//! What is tested, at which level, and the power that follows from effect, standard error and degrees of freedom.

use super::noncentral::{equivalence_power, noncentral_t_above};
use super::solve::{never, root};
use crate::stats::Refused;
use crate::stats::distribution::t_quantile;

/// What a test is meant to show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Hypothesis {
    /// That the effect isn't 0, whichever its sign.
    TwoSided,
    /// That the effect goes in the direction that was stated beforehand: that of the assumed effect.
    OneSided,
    /// That the effect lies within `margin` of 0 (two one-sided tests, Schuirmann 1987).
    Equivalence {
        /// Largest effect that is still as good as none, in units of the outcome.
        margin: f64,
    },
}

/// A test: what it shows, and how often it may err.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// What is to be shown.
    pub hypothesis: Hypothesis,
    /// Share of wrong rejections allowed, such as 0.05; of each one-sided test under [`Hypothesis::Equivalence`].
    pub alpha: f64,
}

impl Test {
    /// Probability that the test shows what it is meant to, where the true effect is `effect`, its true standard error `se`
    /// (estimated with `df` degrees of freedom; infinite: known, so that the normal is used).
    ///
    /// From the noncentral t with noncentrality effect / se (Cohen 1988); both tails count in the two-sided test.
    ///
    /// # Errors
    /// Refused where alpha isn't between 0 and 0.5, `se` not a number above 0, `df` not above 0, `effect` not a number, or a
    /// margin not above 0.
    pub fn power(&self, effect: f64, se: f64, df: f64) -> Result<f64, Refused> {
        self.check()?;
        if !effect.is_finite() || !se.is_finite() || se <= 0.0 {
            return Err(Refused::new(
                format!(
                    "the effect ({effect}) or its standard error ({se}) is not a usable number"
                ),
                "Give a finite effect, and a standard deviation and a sample that lead to a standard error above 0.",
            ));
        }
        let shift = effect.abs() / se;
        Ok(match self.hypothesis {
            Hypothesis::TwoSided => {
                let critical = critical(1.0 - self.alpha / 2.0, df)?;
                let above = noncentral_t_above(critical, df, shift);
                (above + noncentral_t_above(critical, df, -shift)).min(1.0)
            }
            Hypothesis::OneSided => noncentral_t_above(critical(1.0 - self.alpha, df)?, df, shift),
            Hypothesis::Equivalence { margin } => equivalence_power(
                (effect + margin) / se,
                (margin - effect) / se,
                critical(1.0 - self.alpha, df)?,
                df,
            ),
        })
    }

    /// How many standard errors an effect must measure to be found with probability `power`: 2.8 for a two-sided test at 5 %
    /// with power 80 % and many degrees of freedom (Bloom 1995, who adds two central t quantiles; here exactly, by the
    /// noncentral t). For equivalence: how many the margin must measure where the effect is 0.
    ///
    /// # Errors
    /// Refused where alpha, `df` or `power` has no meaning; power must exceed alpha and be below 1.
    pub fn multiplier(&self, df: f64, power: f64) -> Result<f64, Refused> {
        self.check()?;
        self.check_target(power)?;
        let at = |x: f64| match self.hypothesis {
            Hypothesis::Equivalence { .. } => Test {
                hypothesis: Hypothesis::Equivalence { margin: x },
                ..*self
            }
            .power(0.0, 1.0, df),
            _ => self.power(x, 1.0, df),
        };
        root(at, power, 0.0, 1.0, f64::INFINITY)?.ok_or_else(never)
    }

    /// Alpha and margin make sense.
    pub(super) fn check(&self) -> Result<(), Refused> {
        if !(self.alpha > 0.0 && self.alpha < 0.5) {
            return Err(Refused::new(
                format!(
                    "a significance level of {} is not between 0 and 0.5",
                    self.alpha
                ),
                "Give the share of wrong rejections allowed, such as 0.05.",
            ));
        }
        if self.alpha < LEAST_ALPHA {
            return Err(Refused::new(
                format!(
                    "a significance level of {:e} is smaller than any distribution of a test is known to hold",
                    self.alpha
                ),
                format!("Give a share from {LEAST_ALPHA:e} up, such as 0.05 or 0.01."),
            ));
        }
        match self.hypothesis {
            Hypothesis::Equivalence { margin } if !(margin.is_finite() && margin > 0.0) => {
                Err(Refused::new(
                    format!("an equivalence margin of {margin} is not above 0"),
                    "Give the largest effect that is still as good as none, in units of the outcome.",
                ))
            }
            _ => Ok(()),
        }
    }

    /// A power to aim at makes sense.
    pub(super) fn check_target(&self, power: f64) -> Result<(), Refused> {
        if power > self.alpha && power < 1.0 {
            return Ok(());
        }
        Err(Refused::new(
            format!(
                "a power of {power} can't be aimed at: it must be above the significance level ({}) and below 1",
                self.alpha
            ),
            "Give a share such as 0.8.",
        ))
    }
}

/// Fewer degrees of freedom than one say nothing of an error, and their integrals have no end. Rounding is allowed for.
const LEAST_DF: f64 = 1.0 - 1e-9;

/// Least significance level: its quantiles still have digits, and no data are so regular as to give it a meaning.
const LEAST_ALPHA: f64 = 1e-9;

/// Critical value of t, refused where there is none.
fn critical(p: f64, df: f64) -> Result<f64, Refused> {
    let value = t_quantile(p, df);
    if df >= LEAST_DF && value.is_finite() {
        return Ok(value);
    }
    Err(Refused::new(
        "the sample is too small: nothing is left over to tell the size of chance differences (no degrees of freedom)",
        "Plan with more clusters, or more persons where there are no clusters.",
    ))
}
