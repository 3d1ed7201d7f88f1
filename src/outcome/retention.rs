//! The share still there over time.

use serde::{Deserialize, Serialize};

/// A survival curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// Years after the event that the value speaks of.
    pub after: f64,
    /// Rows watched from the event on.
    pub rows: u64,
    /// Of them, rows whose end was seen.
    pub ended: u64,
    /// Rows left out since they had ended, or were no longer watched, before the event.
    pub before: u64,
    /// Median time until the end, in years; `None` when less than half of them ended while watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// The curve: one entry per time at which a row ended or was last seen.
    pub steps: Vec<RetentionStep>,
}

/// What happened at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetentionStep {
    /// Years since the event.
    pub time: f64,
    /// Share still there from this time on.
    pub share: f64,
    /// Bounds of its interval (Greenwood), where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<(f64, f64)>,
    /// Rows watched until just before this time.
    pub at_risk: u64,
    /// Rows that ended at this time.
    pub ended: u64,
    /// Rows last seen at this time, still there.
    pub censored: u64,
}
