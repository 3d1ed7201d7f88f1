//! Stage 5, estimate: effects. What changed or differs, by the design that the evaluation states, and how sure that is.

mod attrition;
mod balance;
mod blocks;
mod cells;
mod checks;
mod designed;
mod families;
mod layout;
mod model;
mod observations;
mod panel;
mod partial;
mod ratio;
mod rows;
mod series;
mod staggered;
mod steps;
mod together;
mod weighting;
mod words;

pub use designed::Designed;
pub use observations::{Codes, Observations};

use crate::dataset::Dataset;
use crate::engine::{Frame, State};
use crate::evaluation::{EffectSetting, Evaluation};
use crate::outcome::{
    Effect, EffectDesign, EffectIndicator, Evidence, NotEstimable, RowAccount, Sampling, Verdict,
};
use crate::plan::Plan;
use crate::plan::effect::{EffectItem, EffectWork};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What an effect is made of.
struct Asked<'a> {
    setting: &'a EffectSetting,
    work: &'a EffectWork,
    frame: &'a Frame,
    evaluation: &'a Evaluation,
    /// Name of the table.
    table: &'a str,
    /// Name of the indicator.
    name: &'a str,
}

impl Asked<'_> {
    /// Whether there is anything to be uncertain of: a sample, an assignment, or a model of what would have been.
    fn uncertain(&self) -> bool {
        let over_time = matches!(
            self.setting.design,
            EffectDesign::TwoWayEffects | EffectDesign::Staggered | EffectDesign::InterruptedSeries
        );
        self.work.sampling == Some(Sampling::Sample) || self.setting.randomised || over_time
    }

    /// Seed of a random method, the same whatever else is estimated.
    fn tag(&self, method: &str) -> u64 {
        crate::stats::random::tag(&format!("{method} {} {}", self.setting.name(), self.name))
    }
}

/// What clusters add to an effect, by table and cluster: effects on one table can be resampled together.
struct Influence {
    table: usize,
    by_cluster: BTreeMap<String, f64>,
}

/// Estimates the effects of a plan, in its order.
pub fn effects(
    plan: &Plan,
    frames: &[Frame],
    dataset: &Dataset,
    evaluation: &Evaluation,
) -> Vec<Effect> {
    // Each effect's random numbers come from streams of its own, so that the order of work changes nothing.
    let made: Vec<(Effect, Option<Influence>)> = plan
        .effects
        .par_iter()
        .filter_map(|item| {
            let setting = evaluation.effects.get(item.setting)?;
            Some(one(item, setting, frames, dataset, evaluation))
        })
        .collect();
    let (mut found, influences): (Vec<Effect>, Vec<Option<Influence>>) = made.into_iter().unzip();
    families::adjust(&mut found, &influences, evaluation.seed);
    found
}

/// Estimates one effect.
fn one(
    item: &EffectItem,
    setting: &EffectSetting,
    frames: &[Frame],
    dataset: &Dataset,
    evaluation: &Evaluation,
) -> (Effect, Option<Influence>) {
    let mut effect = blank(item, setting);
    let influence = match &item.work {
        Err(reason) => Err(reason.clone()),
        Ok(work) => match (frames.get(work.extract), dataset.tables.get(work.table)) {
            (Some(frame), Some(table)) => {
                let frame = together::reports(work, frame);
                let asked = Asked {
                    setting,
                    work,
                    frame: &frame,
                    evaluation,
                    table: &table.name,
                    name: &item.indicator.name,
                };
                words::describe(&mut effect, &asked);
                effect.rows = Some(account(&frame, &table.name));
                let influence = fill(&mut effect, &asked);
                influence.map(|by_cluster| {
                    by_cluster.map(|by_cluster| Influence {
                        table: work.table,
                        by_cluster,
                    })
                })
            }
            _ => Ok(None),
        },
    };
    let influence = influence.unwrap_or_else(|reason| {
        effect.not_estimable = Some(reason);
        None
    });
    (effect, influence)
}

fn blank(item: &EffectItem, setting: &EffectSetting) -> Effect {
    let indicator = &item.indicator;
    Effect {
        id: format!("{}/{}", setting.name(), indicator.id),
        indicator: EffectIndicator {
            id: indicator.id.clone(),
            name: indicator.name.clone(),
            kind: indicator.kind,
            dimension: indicator.dimension.clone(),
            side: indicator.side,
            unit: indicator.unit.clone(),
            direction: indicator.direction,
            hash: indicator.hash.clone(),
        },
        design: setting.design,
        scale: setting.scale,
        evidence: evidence(setting),
        estimand: words::estimand(setting, &indicator.name, None),
        not_estimable: None,
        estimate: None,
        checks: vec![],
        means: vec![],
        terms: vec![],
        events: None,
        subgroups: vec![],
        adjusted: None,
        smallest: setting.smallest_effect,
        verdict: None,
        balance: None,
        attrition: None,
        overlap: None,
        series: None,
        partial: None,
        assumptions: vec![],
        method: String::new(),
        references: vec![],
        rows: None,
        remarks: item.remarks.clone(),
    }
}

/// What a design allows to be said. Groups that nobody assigned by chance stay a comparison, whatever is held constant.
fn evidence(setting: &EffectSetting) -> Evidence {
    match setting.design {
        _ if setting.randomised => Evidence::Randomised,
        EffectDesign::BeforeAfter => Evidence::BeforeAfter,
        EffectDesign::Comparison => Evidence::Comparison,
        EffectDesign::DifferenceInDifferences
        | EffectDesign::TwoWayEffects
        | EffectDesign::Staggered
        | EffectDesign::InterruptedSeries => Evidence::QuasiExperimental,
        EffectDesign::DoseResponse | EffectDesign::Association => Evidence::Descriptive,
    }
}

/// Estimates an effect; gives what each cluster adds to it, where it is a linear regression.
fn fill(
    effect: &mut Effect,
    asked: &Asked<'_>,
) -> Result<Option<BTreeMap<String, f64>>, NotEstimable> {
    let influence = match asked.setting.design {
        EffectDesign::TwoWayEffects => panel::two_way(effect, asked)?,
        EffectDesign::Staggered => staggered::staggered(effect, asked)?,
        EffectDesign::InterruptedSeries => series::interrupted(effect, asked)?,
        _ => rows::over_rows(effect, asked)?,
    };
    if let Some(estimate) = &mut effect.estimate {
        let missing: u64 = effect
            .rows
            .iter()
            .flat_map(|r| &r.missing)
            .map(|(_, n)| n)
            .sum();
        estimate.missing = missing;
        effect.verdict = estimate
            .interval
            .map(|interval| verdict(interval, effect.smallest));
    }
    Ok(influence)
}

/// What an interval says of the smallest effect of interest; without one, of zero.
fn verdict((low, high): (f64, f64), smallest: Option<f64>) -> Verdict {
    match smallest {
        Some(least) if low >= least => Verdict::AtLeast,
        Some(least) if high <= -least => Verdict::AtMost,
        Some(least) if low > -least && high < least => Verdict::Negligible,
        _ if low > 0.0 => Verdict::AboveZero,
        _ if high < 0.0 => Verdict::BelowZero,
        _ => Verdict::NotEstablished,
    }
}

fn account(frame: &Frame, table: &str) -> RowAccount {
    let count = |state: State| frame.states.iter().filter(|s| **s == state).count() as u64;
    RowAccount {
        table: table.to_owned(),
        total: frame.states.len() as u64,
        used: count(State::Used),
        excluded: count(State::Excluded),
        missing: frame.reasons.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_held_against_the_smallest_effect_of_interest() {
        let cases = [
            ((0.2, 0.4), Some(0.1), Verdict::AtLeast),
            ((0.05, 0.4), Some(0.1), Verdict::AboveZero),
            ((0.01, 0.05), Some(0.1), Verdict::Negligible),
            ((-0.05, 0.05), Some(0.1), Verdict::Negligible),
            ((-0.2, 0.05), Some(0.1), Verdict::NotEstablished),
            ((-0.2, -0.05), Some(0.1), Verdict::BelowZero),
            ((-0.3, -0.1), Some(0.1), Verdict::AtMost),
            ((0.01, 0.05), None, Verdict::AboveZero),
            ((-0.01, 0.05), None, Verdict::NotEstablished),
        ];
        for (interval, smallest, expected) in cases {
            assert_eq!(
                verdict(interval, smallest),
                expected,
                "{interval:?} {smallest:?}"
            );
        }
    }
}
