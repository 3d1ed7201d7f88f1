//! What a meta-analysis can be made from: finite estimates with variances above 0, and enough of them.

use super::{Between, Options};
use crate::stats::Refused;

/// What is wrong with an estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Problem {
    /// The estimate is not a finite number.
    Value(f64),
    /// Its variance is not a finite number above 0.
    Variance(f64),
}

/// The first estimate that can't be used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// Its place, from 0.
    pub position: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// The first estimate or variance that can't be used, for callers that name programmes; none where all can.
pub fn first_fault(value: &[f64], variance: &[f64]) -> Option<Fault> {
    let rows = value.iter().zip(variance).enumerate();
    rows.filter_map(|(position, (&y, &v))| {
        let problem = if !y.is_finite() {
            Problem::Value(y)
        } else if !(v.is_finite() && v > 0.0) {
            Problem::Variance(v)
        } else {
            return None;
        };
        Some(Fault { position, problem })
    })
    .next()
}

/// Refuses lengths that differ, faulty estimates, a confidence level that is none.
pub(super) fn input(value: &[f64], variance: &[f64], confidence: f64) -> Result<(), Refused> {
    if value.len() != variance.len() {
        return Err(Refused::new(
            format!(
                "there are {} estimates and {} variances",
                value.len(),
                variance.len()
            ),
            "Give one sampling variance per estimate.",
        ));
    }
    level(confidence)?;
    let Some(fault) = first_fault(value, variance) else {
        return spread(variance);
    };
    let at = fault.position;
    Err(match fault.problem {
        Problem::Value(y) => Refused::new(
            format!("estimate {at} (counted from 0) is {y}"),
            "Leave out programmes without an estimate.",
        ),
        Problem::Variance(v) => Refused::new(
            format!("the variance of estimate {at} (counted from 0) is {v}"),
            "Every estimate needs a standard error above 0; leave out those without one, such as censuses or groups in which nobody \
             differs.",
        ),
    })
}

/// Refuses variances so far apart that sums of weights lose their digits.
fn spread(variance: &[f64]) -> Result<(), Refused> {
    let least = variance.iter().copied().fold(f64::INFINITY, f64::min);
    let most = variance.iter().copied().fold(0.0, f64::max);
    if variance.is_empty() || (most / least < 1e14 && least > 1e-140 && most < 1e140) {
        return Ok(());
    }
    Err(Refused::new(
        format!("variances reach from {least:e} to {most:e}"),
        "Give estimates in one unit; a standard error next to nothing is no sampling error.",
    ))
}

/// Refuses a confidence level that is none.
pub(super) fn level(confidence: f64) -> Result<(), Refused> {
    if confidence > 0.0 && confidence < 1.0 {
        return Ok(());
    }
    Err(Refused::new(
        format!("the confidence level is {confidence}"),
        "Give a level between 0 and 1, such as 0.95.",
    ))
}

/// Refuses fewer estimates than the model needs: 2 for a fixed effect, 3 for random effects; with moderators, as many more.
pub(super) fn enough(k: usize, columns: usize, options: &Options) -> Result<(), Refused> {
    let (needed, what) = match options.between {
        Between::Fixed => (columns + 1, "a fixed effect"),
        _ => (columns + 2, "random effects"),
    };
    if k >= needed {
        return Ok(());
    }
    let with = match columns {
        1 => String::new(),
        _ => format!(" with {columns} coefficients"),
    };
    let help = match options.between {
        Between::Fixed => "Show the estimate by itself.".to_owned(),
        _ if columns == 1 => {
            "How much programmes differ can't be learnt from fewer than 3; show the estimates side by side, or pool with a fixed \
             effect if one true value can be argued for."
                .to_owned()
        }
        _ => "Use fewer moderators or groups, or a tau2 that groups have in common.".to_owned(),
    };
    let count = match k {
        0 => "there are no estimates".to_owned(),
        1 => "there is 1 estimate".to_owned(),
        _ => format!("there are {k} estimates"),
    };
    Err(Refused::new(
        format!("{count}; {what}{with} can't be had from fewer than {needed}"),
        help,
    ))
}
