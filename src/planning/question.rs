//! A question about a plan: whichever of effect, units, cluster size and power is not given is solved for.

use crate::stats::Refused;
use crate::stats::power::{
    Along, Direction, Hypothesis, Outcome, Plan, curve, minimum_detectable_effect,
    needed_cluster_size, needed_units, power, smallest_margin,
};
use serde::Serialize;

/// Points of a curve.
const POINTS: u32 = 40;

/// What is asked of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// The plan; the size of its clusters is ignored where `size_known` is false.
    pub plan: Plan,
    /// Clusters in all (persons per wave without clusters), where they are known.
    pub units: Option<f64>,
    /// Whether the persons per cluster are known.
    pub size_known: bool,
    /// Effect in units of the outcome, where one is assumed.
    pub effect: Option<f64>,
    /// Power to aim at.
    pub target: f64,
}

/// What was solved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sought {
    /// The effect that would be found.
    Effect,
    /// Number of clusters, or persons without clusters.
    Units,
    /// Persons per cluster and wave.
    ClusterSize,
    /// Power.
    Power,
}

/// Power along something.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// What runs along it: `effect`, `clusters`, `persons`.
    pub along: &'static str,
    /// What is held.
    pub held: String,
    /// Its points, rising.
    pub points: Vec<CurvePoint>,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Effect or units.
    pub at: f64,
    /// Power there.
    pub power: f64,
}

/// Everything that a plan answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// What was not given.
    pub sought: Sought,
    /// Clusters in all, or persons per wave; given or needed.
    pub units: f64,
    /// Of these, treated; none in a before-after comparison.
    pub treated: Option<f64>,
    /// Persons per cluster and wave; none without clusters.
    pub cluster_size: Option<f64>,
    /// Persons per wave, to be asked.
    pub persons: f64,
    /// Power that is aimed at.
    pub target: f64,
    /// Assumed effect.
    pub effect: Option<f64>,
    /// Power to find it.
    pub power: Option<f64>,
    /// Smallest rise found with the power aimed at.
    pub detectable: Option<f64>,
    /// Smallest fall (above 0), where it differs from the rise: shares.
    pub detectable_fall: Option<f64>,
    /// Smallest margin of equivalence shown with the power aimed at.
    pub margin: Option<f64>,
    /// Units needed for the effect with the power aimed at.
    pub needed: Option<u64>,
    /// Persons per wave in these.
    pub needed_persons: Option<f64>,
    /// Standard error of the effect.
    pub standard_error: f64,
    /// Its degrees of freedom; none where infinite.
    pub df: Option<f64>,
    /// Variance over that of as many persons drawn one by one.
    pub design_effect: f64,
    /// What could not be answered, and why.
    pub remarks: Vec<String>,
    /// Power along the effect, and along units where an effect is assumed.
    pub curves: Vec<Curve>,
}

/// Solves for what is not given, and answers whatever else follows.
///
/// # Errors
/// In words: too little given, values out of range, an effect of 0, a power out of reach.
pub fn answer(question: &Question) -> Result<Answer, Refused> {
    let Question {
        mut plan,
        effect,
        target,
        ..
    } = *question;
    let equivalence = matches!(plan.test.hypothesis, Hypothesis::Equivalence { .. });
    let effect = effect.or(equivalence.then_some(0.0));
    let word = if plan.clusters.is_some() {
        "clusters"
    } else {
        "persons"
    };
    if let Some(effect) = effect
        && !equivalence
        && (effect == 0.0 || !effect.is_finite())
    {
        return Err(Refused::new(
            format!("an effect of {effect} can't be found by any sample"),
            "Give the smallest effect that would matter, in units of the outcome, or leave --effect out to learn what can be found.",
        ));
    }
    let mut sought = if effect.is_some() && !equivalence {
        Sought::Power
    } else {
        Sought::Effect
    };
    if equivalence {
        sought = Sought::Power;
    }
    if !question.size_known && plan.clusters.is_some() {
        let (Some(units), Some(effect)) = (question.units, effect) else {
            return Err(Refused::new(
                "the number of persons per cluster is not given, and can't be solved for without both the clusters and the effect",
                "Give --per-cluster, or both --clusters and --effect.",
            ));
        };
        let size = needed_cluster_size(&plan, units, effect, target)? as f64;
        if let Some(clusters) = &mut plan.clusters {
            clusters.size = size;
        }
        sought = Sought::ClusterSize;
    }
    let needed = effect.map(|effect| needed_units(&plan, effect, target));
    let mut remarks = Vec::new();
    let (units, share) = match (question.units, &needed) {
        (Some(units), _) => (units, None),
        (None, Some(Ok(needed))) => {
            sought = Sought::Units;
            let all = (needed.treated + needed.control) as f64;
            (all, Some(needed.treated as f64))
        }
        (None, Some(Err(refused))) => return Err(refused.clone()),
        (None, None) => {
            return Err(Refused::new(
                format!("neither the number of {word} nor an effect is given"),
                format!(
                    "Give --{word} to learn which effect can be found, or --effect to learn how many {word} are needed."
                ),
            ));
        }
    };
    let assumed = effect.unwrap_or(0.0);
    let precision = plan.precision(units, assumed)?;
    let found = match (&needed, sought) {
        (Some(Ok(needed)), Sought::Units) => Some(needed.power),
        _ => effect
            .map(|effect| power(&plan, units, effect))
            .transpose()?,
    };
    let mut detect = |direction| match minimum_detectable_effect(&plan, units, target, direction) {
        Ok(found) => Some(found),
        Err(refused) => {
            let way = match direction {
                Direction::Increase => "rise",
                Direction::Decrease => "fall",
            };
            remarks.push(format!("Smallest {way} found: {}.", refused.reason));
            None
        }
    };
    let is_share = matches!(plan.outcome, Outcome::Proportion { .. });
    let detectable = (!equivalence)
        .then(|| detect(Direction::Increase))
        .flatten();
    let detectable_fall = (!equivalence && is_share)
        .then(|| detect(Direction::Decrease))
        .flatten();
    let margin = match equivalence {
        true => Some(smallest_margin(&plan, units, assumed, target)?),
        false => None,
    };
    let needed = match needed {
        Some(Err(refused)) => {
            remarks.push(format!("{word} needed: {}.", refused.reason));
            None
        }
        Some(Ok(needed)) => Some(needed),
        None => None,
    };
    let size = plan.clusters.map(|c| c.size);
    let whole = needed.map(|n| n.treated + n.control);
    let widest = detectable
        .into_iter()
        .chain(effect.map(f64::abs))
        .reduce(f64::max);
    Ok(Answer {
        sought,
        units,
        treated: share.or_else(|| share_of(&plan).map(|share| share * units)),
        cluster_size: size,
        persons: units * size.unwrap_or(1.0),
        target,
        effect,
        power: found,
        detectable,
        detectable_fall,
        margin,
        needed: whole,
        needed_persons: needed.map(|n| n.persons),
        standard_error: precision.se,
        df: Some(precision.df).filter(|df| df.is_finite()),
        design_effect: precision.design_effect,
        remarks,
        curves: curves(&plan, units, effect, widest, whole, word),
    })
}

/// Share of treated units; none in a before-after comparison.
fn share_of(plan: &Plan) -> Option<f64> {
    use crate::stats::power::Comparison;
    match plan.comparison {
        Comparison::TwoGroups { share_treated }
        | Comparison::DifferenceInDifferences { share_treated, .. } => Some(share_treated),
        Comparison::BeforeAfter { .. } => None,
    }
}

fn curves(
    plan: &Plan,
    units: f64,
    effect: Option<f64>,
    widest: Option<f64>,
    needed: Option<u64>,
    word: &'static str,
) -> Vec<Curve> {
    let mut found = Vec::new();
    let draw = |along: Along, grid: &[f64]| {
        let points = curve(plan, along, grid).into_iter();
        points
            .filter_map(|p| {
                let power = p.power.ok()?;
                Some(CurvePoint { at: p.at, power })
            })
            .collect::<Vec<_>>()
    };
    let each = |top: f64| (1..=POINTS).map(move |i| top * f64::from(i) / f64::from(POINTS));
    let of = match plan.clusters {
        Some(clusters) => format!("{units} clusters of {:.1}", clusters.size),
        None => format!("{units} persons"),
    };
    let equivalence = matches!(plan.test.hypothesis, Hypothesis::Equivalence { .. });
    if let Some(widest) = widest.filter(|_| !equivalence) {
        let sign = effect.map_or(1.0, f64::signum);
        let mut grid: Vec<f64> = each(2.0 * widest).map(|x| sign * x).collect();
        grid.sort_by(f64::total_cmp);
        found.push(Curve {
            along: "effect",
            held: of,
            points: draw(Along::Effects { units }, &grid),
        });
    }
    if let Some(effect) = effect {
        let top = needed.map_or(units, |n| (n as f64).max(units));
        let mut grid: Vec<f64> = each(2.0 * top).map(f64::round).collect();
        grid.dedup();
        found.push(Curve {
            along: word,
            held: format!("effect {effect}"),
            points: draw(Along::Units { effect }, &grid),
        });
    }
    found.retain(|curve| !curve.points.is_empty());
    found
}
