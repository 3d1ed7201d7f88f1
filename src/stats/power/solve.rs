//! Answers about a plan: power, minimum detectable effect, needed units, needed cluster size, smallest margin.

use super::hypothesis::{Hypothesis, Test};
use super::plan::{Clusters, Outcome, Plan};
use crate::stats::Refused;

/// Number of units beyond which a plan is refused.
pub(super) const TOO_MANY: f64 = 1e9;

/// Which way an effect goes; it matters for shares, whose variance depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The outcome rises.
    Increase,
    /// The outcome falls.
    Decrease,
}

/// How many units a plan needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Needed {
    /// Treated units (clusters, or persons without clusters), to be planned before attrition.
    pub treated: u64,
    /// Untreated units; 0 in a before-after comparison.
    pub control: u64,
    /// Persons to be asked per wave, in all groups.
    pub persons: f64,
    /// Power with these whole numbers: at least what was asked for.
    pub power: f64,
}

/// Power of a plan with `units` in all (clusters, or persons per wave without clusters) to find `effect`.
///
/// # Errors
/// Refused, in words, where the plan makes no sense or has too few units ([`Plan::precision`], [`Test::power`]).
pub fn power(plan: &Plan, units: f64, effect: f64) -> Result<f64, Refused> {
    let precision = plan.precision(units, effect)?;
    plan.test.power(effect, precision.se, precision.df)
}

/// Smallest effect (as a number above 0, in units of the outcome) that is found with probability `target`.
///
/// # Errors
/// Refused as [`power`]; where the test is for equivalence ([`smallest_margin`] answers that); and where no effect that a share
/// can have would be found.
pub fn minimum_detectable_effect(
    plan: &Plan,
    units: f64,
    target: f64,
    direction: Direction,
) -> Result<f64, Refused> {
    if matches!(plan.test.hypothesis, Hypothesis::Equivalence { .. }) {
        return Err(Refused::new(
            "a test of equivalence detects no effect, but the absence of one",
            "Ask for the smallest margin within which the effect can be shown to lie.",
        ));
    }
    plan.test.check_target(target)?;
    let se = plan.precision(units, 0.0)?.se;
    let sign = match direction {
        Direction::Increase => 1.0,
        Direction::Decrease => -1.0,
    };
    let limit = match (plan.outcome, direction) {
        (Outcome::Mean { .. }, _) => f64::INFINITY,
        (Outcome::Proportion { without }, Direction::Increase) => (1.0 - without) * (1.0 - 1e-9),
        (Outcome::Proportion { without }, Direction::Decrease) => without * (1.0 - 1e-9),
    };
    let at = |effect: f64| power(plan, units, sign * effect);
    root(at, target, 0.0, se.min(limit), limit)?.ok_or_else(|| {
        Refused::new(
            "not even the largest effect that a share can have would be found with that power",
            "Plan with more units, or with a lower power.",
        )
    })
}

/// Smallest margin within which an effect can be shown to lie with probability `target`, should it truly be `effect`.
///
/// # Errors
/// Refused as [`power`], and where the test isn't one of equivalence (its own margin is ignored).
pub fn smallest_margin(plan: &Plan, units: f64, effect: f64, target: f64) -> Result<f64, Refused> {
    let Hypothesis::Equivalence { .. } = plan.test.hypothesis else {
        return Err(Refused::new(
            "only a test of equivalence has a margin",
            "Ask for the minimum detectable effect.",
        ));
    };
    plan.test.check_target(target)?;
    let precision = plan.precision(units, effect)?;
    let at = |margin: f64| {
        let hypothesis = Hypothesis::Equivalence { margin };
        Test {
            hypothesis,
            ..plan.test
        }
        .power(effect, precision.se, precision.df)
    };
    let margin = root(
        at,
        target,
        effect.abs(),
        effect.abs() + precision.se,
        f64::INFINITY,
    )?;
    margin.ok_or_else(never)
}

/// Units needed to find `effect` with probability `target`: each group is rounded up, so that the planned share holds as nearly as
/// whole numbers allow.
///
/// # Errors
/// Refused as [`power`]; where the effect is 0 (or not within the margin of equivalence); and where more than a thousand
/// million units would be needed.
pub fn needed_units(plan: &Plan, effect: f64, target: f64) -> Result<Needed, Refused> {
    plan.check()?;
    check_effect(plan, effect, target)?;
    // The plan is sound, so that what is still refused is a number of units too small: it has no power.
    let at = |units: f64| Ok(power(plan, units, effect).unwrap_or(0.0));
    let Some(units) = root(at, target, 0.0, 2.0, TOO_MANY)? else {
        return Err(Refused::new(
            "more than a thousand million units would be needed",
            "Plan for a larger effect or a lower power.",
        ));
    };
    // Root finding leaves an error of some 1e-12 of the units.
    let up = |x: f64| (x - 1e-6).ceil().max(1.0);
    let share = plan.share_treated();
    let treated = up(units * share);
    let control = if share < 1.0 {
        up(units * (1.0 - share))
    } else {
        0.0
    };
    let all = treated + control;
    let whole = plan.with_share(treated / all);
    Ok(Needed {
        treated: treated as u64,
        control: control as u64,
        persons: all * plan.clusters.map_or(1.0, |c| c.size),
        power: power(&whole, all, effect)?,
    })
}

/// Persons per cluster and wave needed to find `effect` with probability `target` in `units` clusters, rounded up.
///
/// # Errors
/// Refused as [`needed_units`]; where there are no clusters; and where so few clusters can't reach that power with any number of
/// persons (Hemming et al. 2011), naming the power that can be reached.
pub fn needed_cluster_size(
    plan: &Plan,
    units: f64,
    effect: f64,
    target: f64,
) -> Result<u64, Refused> {
    let Some(clusters) = plan.clusters else {
        return Err(Refused::new(
            "there are no clusters whose size could be planned",
            "Ask for the number of persons.",
        ));
    };
    let with = |size: f64| Plan {
        clusters: Some(Clusters { size, ..clusters }),
        ..*plan
    };
    let smallest = 1.0 / (1.0 - plan.attrition);
    with(smallest.max(1.0)).check()?;
    check_effect(plan, effect, target)?;
    let at = |size: f64| power(&with(size), units, effect);
    match root(at, target, smallest, smallest, TOO_MANY)? {
        Some(size) => Ok((size - 1e-6).ceil() as u64),
        None => Err(Refused::new(
            format!(
                "{units} clusters can't reach a power of {target} however many persons each has: at most {:.3}",
                at(TOO_MANY)?
            ),
            "Plan with more clusters, or for a larger effect.",
        )),
    }
}

/// An effect for which a number of units can be asked.
fn check_effect(plan: &Plan, effect: f64, target: f64) -> Result<(), Refused> {
    plan.test.check_target(target)?;
    plan.sd(effect)?;
    match plan.test.hypothesis {
        Hypothesis::Equivalence { margin } if effect.abs() < margin => Ok(()),
        Hypothesis::Equivalence { margin } => Err(Refused::new(
            format!(
                "an effect of {effect} is not within the margin of {margin}, so that no sample can show that it is"
            ),
            "Give an effect nearer to 0 than the margin.",
        )),
        _ if effect.is_finite() && effect != 0.0 => Ok(()),
        _ => Err(Refused::new(
            format!("an effect of {effect} can't be found by any sample"),
            "Give the smallest effect that would matter, in units of the outcome.",
        )),
    }
}

/// A power that is out of reach for a reason that the inputs don't show.
pub(super) fn never() -> Refused {
    Refused::new(
        "that power can't be reached",
        "Plan with more units, or with a lower power.",
    )
}

/// Where the rising function `at` reaches `target`: from `low` (where it is below, and which isn't asked), doubling from `start`
/// until it is passed, then bisection; the upper end of the last bracket. None where it isn't reached up to `limit`.
pub(super) fn root(
    at: impl Fn(f64) -> Result<f64, Refused>,
    target: f64,
    low: f64,
    start: f64,
    limit: f64,
) -> Result<Option<f64>, Refused> {
    let reached = |x: f64| at(x).map(|y| y >= target);
    let (mut low, mut high) = (low, start);
    // 2^200 is more than any unit of measurement asks for.
    let mut doublings = 0;
    while !reached(high)? {
        if high >= limit || doublings == 200 {
            return Ok(None);
        }
        low = high;
        high = (2.0 * high).min(limit);
        doublings += 1;
    }
    while high - low > 1e-12 * high {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if reached(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(Some(high))
}
