//! Parameters of fit: inclusion, PRI and coverage of sufficiency; inclusion, coverage and relevance of necessity.

use super::sets::check;
use crate::stats::Refused;

/// How far a set X is a subset of the outcome Y, with sums over cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sufficiency {
    /// Inclusion or consistency, sum min(X, Y) / sum X (Ragin 2006); none where no case has any membership in X.
    pub inclusion: Option<f64>,
    /// Proportional reduction in inconsistency, (sum min(X, Y) - sum min(X, Y, 1-Y)) / (sum X - sum min(X, Y, 1-Y)): near
    /// inclusion if X is a subset of Y alone, low if as much of its negation (Schneider & Wagemann 2012, chapter 9); none where the
    /// denominator is 0.
    pub pri: Option<f64>,
    /// Raw coverage, sum min(X, Y) / sum Y (Ragin 2006); none where no case has any membership in Y.
    pub coverage: Option<f64>,
}

/// How far a set X is a superset of the outcome Y, with sums over cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Necessity {
    /// Inclusion, sum min(X, Y) / sum Y; none where no case has any membership in Y.
    pub inclusion: Option<f64>,
    /// Coverage, sum min(X, Y) / sum X; none where no case has any membership in X.
    pub coverage: Option<f64>,
    /// Relevance of necessity, sum (1-X) / sum (1 - min(X, Y)): low where X holds nearly everywhere, so that any outcome would lie
    /// within it (Schneider & Wagemann 2012, chapter 9); none where every case is fully in X and Y.
    pub relevance: Option<f64>,
}

/// Parameters of sufficiency of memberships `x` (n) for `y` (n).
///
/// # Errors
/// Lengths that differ, a membership outside 0 to 1.
pub fn sufficiency(x: &[f64], y: &[f64]) -> Result<Sufficiency, Refused> {
    check("the set", x, y.len())?;
    check("the outcome", y, y.len())?;
    Ok(sufficient(x, y))
}

/// Parameters of necessity of memberships `x` (n) for `y` (n).
///
/// # Errors
/// Lengths that differ, a membership outside 0 to 1.
pub fn necessity(x: &[f64], y: &[f64]) -> Result<Necessity, Refused> {
    check("the set", x, y.len())?;
    check("the outcome", y, y.len())?;
    Ok(necessary(x, y))
}

/// [`sufficiency`] of memberships known to be sound.
pub(super) fn sufficient(x: &[f64], y: &[f64]) -> Sufficiency {
    let (mut both, mut three) = (0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        both += x.min(*y);
        three += x.min(*y).min(1.0 - y);
    }
    let (sum_x, sum_y): (f64, f64) = (x.iter().sum(), y.iter().sum());
    Sufficiency {
        inclusion: ratio(both, sum_x),
        pri: ratio(both - three, sum_x - three),
        coverage: ratio(both, sum_y),
    }
}

/// [`necessity`] of memberships known to be sound.
pub(super) fn necessary(x: &[f64], y: &[f64]) -> Necessity {
    let (mut both, mut outside, mut not_both) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        both += x.min(*y);
        outside += 1.0 - x;
        not_both += 1.0 - x.min(*y);
    }
    Necessity {
        inclusion: ratio(both, y.iter().sum()),
        coverage: ratio(both, x.iter().sum()),
        relevance: ratio(outside, not_both),
    }
}

/// A ratio of sums of memberships, none over 0 (or what rounding left of it).
pub(super) fn ratio(over: f64, under: f64) -> Option<f64> {
    (under > 1e-12).then(|| (over / under).clamp(0.0, 1.0))
}
