//! One estimate with its standard error, and the difference of two.

use crate::stats::{Inference, Refused};

/// An estimate that shares no sampled unit with the others it is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error; 0 for an exact value alone.
    pub se: f64,
    /// Degrees of freedom of the standard error; infinite where the normal is used.
    pub df: f64,
}

impl Estimate {
    /// From a sample.
    ///
    /// # Errors
    /// A value that is no number, a standard error that is not above 0, degrees of freedom below 1.
    pub fn new(value: f64, se: f64, df: f64) -> Result<Estimate, Refused> {
        let estimate = Estimate { value, se, df };
        estimate.check()?;
        if se == 0.0 {
            return Err(no_error());
        }
        Ok(estimate)
    }

    /// A value without sampling error: a census, or a benchmark set by decision.
    ///
    /// # Errors
    /// A value that is no number.
    pub fn exact(value: f64) -> Result<Estimate, Refused> {
        let estimate = Estimate {
            value,
            se: 0.0,
            df: f64::INFINITY,
        };
        estimate.check()?;
        Ok(estimate)
    }

    /// Whether it has no sampling error.
    pub fn is_exact(&self) -> bool {
        self.se == 0.0
    }

    /// Refuses what is neither a sample's estimate nor an exact value.
    pub(super) fn check(&self) -> Result<(), Refused> {
        if !self.value.is_finite() || !self.se.is_finite() || self.se < 0.0 {
            return Err(Refused::new(
                "an estimate or its standard error is not a number",
                "Leave out what could not be estimated, and list it apart.",
            ));
        }
        if self.df.is_nan() || self.df < 1.0 {
            return Err(Refused::new(
                "an estimate has fewer than one degree of freedom",
                "Leave it out: its standard error says nothing yet.",
            ));
        }
        if self.se == 0.0 && self.df.is_finite() {
            return Err(no_error());
        }
        Ok(())
    }

    /// By itself, at a confidence level such as .95.
    pub(super) fn inference(&self, confidence: f64) -> Inference {
        Inference::t(self.value, self.se, self.df, confidence)
    }
}

fn no_error() -> Refused {
    Refused::new(
        "an estimate from a sample has a standard error of 0",
        "All its units have the same value, so that the sample can't show how sure it is; if it is a census, give it as exact.",
    )
}

/// a - b for independent estimates, with the degrees of freedom of Welch (1938) and Satterthwaite (1946):
/// (u + v)² / (u²/df(a) + v²/df(b)) with u, v the two squared standard errors. Of two exact values it is exact.
///
/// # Errors
/// An estimate that is no number ([`Estimate::new`]).
pub fn difference(a: Estimate, b: Estimate) -> Result<Estimate, Refused> {
    a.check()?;
    b.check()?;
    Ok(Estimate {
        value: a.value - b.value,
        se: a.se.hypot(b.se),
        df: satterthwaite((a.se, a.df), (b.se, b.df)),
    })
}

/// Degrees of freedom of the root of the sum of two squared standard errors.
pub(super) fn satterthwaite(a: (f64, f64), b: (f64, f64)) -> f64 {
    // As shares of the larger, so that neither overflow nor underflow of the fourth powers matters.
    let top = a.0.max(b.0);
    if top == 0.0 {
        return f64::INFINITY;
    }
    let (u, v) = ((a.0 / top).powi(2), (b.0 / top).powi(2));
    (u + v).powi(2) / (u * u / a.1 + v * v / b.1)
}

/// Refuses what is no confidence level.
pub(super) fn check_confidence(confidence: f64) -> Result<(), Refused> {
    if confidence > 0.0 && confidence < 1.0 {
        return Ok(());
    }
    Err(Refused::new(
        format!("{confidence} is no confidence level"),
        "Give a share between 0 and 1, such as 0.95.",
    ))
}
