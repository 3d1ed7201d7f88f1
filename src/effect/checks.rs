//! The same effect by other means: wild cluster bootstrap where clusters are few, randomisation inference where chance assigned.

use super::Asked;
use super::observations::Observations;
use super::rows::Fitted;
use crate::evaluation::WildWeights;
use crate::outcome::{Effect, EffectCheck, EffectDesign, NotEstimable};
use crate::stats::Refused;
use crate::stats::resample::{permutation, wild};

/// Below this number of clusters the wild bootstrap is made beside, unless the evaluation says otherwise.
const FEW_CLUSTERS: usize = 50;

/// Draws of the wild bootstrap.
const DRAWS: usize = 9_999;

/// Draws of randomisation inference.
const ASSIGNMENTS: usize = 4_999;

/// Where the wild bootstrap comes from.
const WILD: &str = "Roodman, MacKinnon, Nielsen & Webb 2019, Fast and wild: bootstrap inference in Stata using boottest, Stata Journal 19: 4-60";

/// Adds what other methods say of the effect.
///
/// # Errors
/// Randomisation inference that the evaluation asks for and the data contradict (clusters that cross treatment).
pub fn beside(
    effect: &mut Effect,
    asked: &Asked<'_>,
    fitted: &Fitted<'_>,
) -> Result<(), NotEstimable> {
    if !asked.uncertain() {
        return Ok(());
    }
    if let Some(check) = wild_bootstrap(asked, fitted) {
        effect.checks.push(check);
        effect.references.push(WILD.to_owned());
    }
    if asked.setting.randomised {
        effect
            .checks
            .push(randomisation(asked, &fitted.observations)?);
    }
    Ok(())
}

/// The wild cluster bootstrap; `None` where there is no need or no cluster.
fn wild_bootstrap(asked: &Asked<'_>, fitted: &Fitted<'_>) -> Option<EffectCheck> {
    let observations = &fitted.observations;
    let clusters = observations.cluster.as_ref()?;
    let weights = match asked.setting.wild {
        Some(WildWeights::Off) => return None,
        Some(WildWeights::Rademacher) => wild::Weights::Rademacher,
        Some(WildWeights::Mammen) => wild::Weights::Mammen,
        Some(WildWeights::Webb) => wild::Weights::Webb,
        None if clusters.count() >= FEW_CLUSTERS || observations.second.is_some() => return None,
        // Two points give too few patterns to reject anything at 5 % (Webb 2014). From 6 clusters on they keep the level better:
        // docs/statistics.md has the figures.
        None if clusters.count() < 6 => wild::Weights::Webb,
        None => wild::Weights::Rademacher,
    };
    let codes: Vec<usize> = clusters.of.iter().map(|c| *c as usize).collect();
    let columns: Vec<&[f64]> = fitted
        .layout
        .columns
        .values
        .iter()
        .map(Vec::as_slice)
        .collect();
    let names: Vec<&str> = fitted
        .layout
        .columns
        .names
        .iter()
        .map(String::as_str)
        .collect();
    let regression = wild::Regression {
        outcome: &observations.y,
        columns: &columns,
        names: &names,
        weights: observations.weighted().then_some(observations.w.as_slice()),
        clusters: &codes,
        absorbed: 0,
    };
    let options = wild::Options {
        restricted: true,
        weights,
        draws: DRAWS,
        null: 0.0,
        confidence: asked.evaluation.confidence,
        seed: asked.evaluation.seed,
        what: asked.tag("wild"),
    };
    let found = wild::wild(&regression, &fitted.weights(), &options);
    let method = format!("wild cluster bootstrap, {} weights", weight_name(weights));
    Some(match found {
        Err(refused) => failed(method, &refused),
        Ok(found) => {
            let how = if found.exact {
                format!("all {} sign patterns", found.draws)
            } else {
                format!("{} draws", found.draws)
            };
            let set = found.confidence_set.as_ref();
            let gaps = set.is_ok_and(|s| s.len() > 1);
            let note = match set {
                Err(refused) => format!("{how}; no interval: {}", refused.reason),
                Ok(_) if gaps => format!("{how}; the interval is the hull of several pieces"),
                Ok(_) => how,
            };
            EffectCheck {
                method,
                value: None,
                se: None,
                interval: found
                    .inference()
                    .ok()
                    .map(|i| (i.low, i.high))
                    .filter(finite),
                p: Some(found.p),
                note,
            }
        }
    })
}

fn finite((low, high): &(f64, f64)) -> bool {
    low.is_finite() && high.is_finite()
}

fn weight_name(weights: wild::Weights) -> &'static str {
    match weights {
        wild::Weights::Rademacher => "Rademacher",
        wild::Weights::Mammen => "Mammen",
        wild::Weights::Webb => "Webb",
    }
}

fn failed(method: String, refused: &Refused) -> EffectCheck {
    EffectCheck {
        method,
        value: None,
        se: None,
        interval: None,
        p: None,
        note: format!("not made: {}", refused.reason),
    }
}

/// Randomisation inference on the values after, or on the changes of those seen twice.
fn randomisation(
    asked: &Asked<'_>,
    observations: &Observations,
) -> Result<EffectCheck, NotEstimable> {
    let of = match asked.setting.design {
        EffectDesign::DifferenceInDifferences => changes(observations),
        _ => observations.clone(),
    };
    let codes = |field: Option<usize>| {
        field.map(|field| {
            let labels = of.labels(asked.frame, field);
            let codes = super::observations::Codes::new(labels.into_iter());
            codes.of.iter().map(|c| *c as usize).collect::<Vec<usize>>()
        })
    };
    let named = codes(asked.work.assigned);
    let by_person = || {
        let person = of.person.as_ref()?;
        Some(
            person
                .of
                .iter()
                .map(|c| *c as usize)
                .collect::<Vec<usize>>(),
        )
    };
    let units = named.or_else(by_person);
    let strata = codes(asked.work.blocks);
    let experiment = permutation::Experiment {
        outcome: &of.y,
        treated: &of.treated,
        weights: of.weighted().then_some(of.w.as_slice()),
        units: units.as_deref(),
        strata: strata.as_deref(),
    };
    let options = permutation::Options {
        draws: ASSIGNMENTS,
        null: 0.0,
        confidence: asked.evaluation.confidence,
        seed: asked.evaluation.seed,
        what: asked.tag("randomisation"),
    };
    let found = permutation::randomise(&experiment, &permutation::Statistic::Studentised, &options)
        .map_err(|refused| NotEstimable {
            reason: format!("randomisation inference: {}", refused.reason),
            help: refused.help,
        })?;
    let how = if found.exact {
        format!("all {} assignments of {} units", found.draws, found.units)
    } else {
        format!(
            "{} draws of assignments of {} units",
            found.draws, found.units
        )
    };
    Ok(EffectCheck {
        method: "randomisation inference, studentised difference".to_owned(),
        value: Some(found.value),
        se: None,
        interval: found
            .inference()
            .ok()
            .map(|i| (i.low, i.high))
            .filter(finite),
        p: Some(found.p),
        note: how,
    })
}

/// Changes of the persons seen at both times; where nobody is, the values after: chance made the groups alike before.
fn changes(observations: &Observations) -> Observations {
    match super::layout::with_value_before(observations) {
        Ok((mut kept, before)) => {
            kept.y.iter_mut().zip(before).for_each(|(y, b)| *y -= b);
            kept
        }
        Err(_) => observations.keep(|at| observations.after[at]),
    }
}
