//! The same effect by other means: wild cluster bootstrap where clusters are few, randomisation inference where chance assigned.

use super::Asked;
use super::observations::{Codes, Observations, differ};
use super::rows::Fitted;
use crate::evaluation::{Adjust, WildWeights};
use crate::outcome::{Effect, EffectCheck, EffectDesign};
use crate::stats::Refused;
use crate::stats::resample::{permutation, wild};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Below this number of clusters the wild bootstrap is made beside, unless the evaluation says otherwise.
const FEW_CLUSTERS: usize = 50;

/// Draws of the wild bootstrap.
const DRAWS: usize = 9_999;

/// Draws of randomisation inference.
const ASSIGNMENTS: usize = 4_999;

/// Where the wild bootstrap comes from.
const WILD: &str = "Roodman, MacKinnon, Nielsen & Webb 2019, Fast and wild: bootstrap inference in Stata using boottest, Stata Journal 19: 4-60";

/// Adds what other methods say of the effect. A check that can't be made says why; it never takes the estimate away.
pub fn beside(effect: &mut Effect, asked: &Asked<'_>, fitted: &Fitted<'_>) {
    if !asked.uncertain() {
        return;
    }
    if let Some(check) = wild_bootstrap(asked, fitted) {
        effect.checks.push(check);
        effect.references.push(WILD.to_owned());
    }
    if asked.setting.randomised {
        effect.checks.push(randomisation(asked, fitted));
        effect
            .remarks
            .extend(contradiction(asked, &fitted.observations));
    }
}

/// What the data say against the lottery as it is stated: units that were drawn as a whole, and yet are treated in part or lie in several blocks.
fn contradiction(asked: &Asked<'_>, of: &Observations) -> Option<String> {
    asked.work.assigned?;
    let drawn = Drawn::new(asked, of);
    let units = drawn.units?;
    let mut seen: BTreeMap<usize, BTreeSet<(bool, usize)>> = BTreeMap::new();
    for (at, unit) in units.iter().enumerate() {
        let block = drawn.blocks.as_ref().map_or(0, |b| b[at]);
        seen.entry(*unit)
            .or_default()
            .insert((of.treated[at], block));
    }
    let crossing = seen.values().filter(|s| s.len() > 1).count();
    (crossing > 0).then(|| {
        format!(
            "The lottery as stated contradicts the data: {crossing} of {} units of `assigned` ({}) have treated and others among their rows, or lie in several blocks. What was drawn as a whole can be neither.",
            seen.len(),
            asked.setting.assigned.as_deref().unwrap_or_default()
        )
    })
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
        weights: differ(&fitted.row_weights).then_some(fitted.row_weights.as_slice()),
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
    not_made(method, &refused.reason)
}

/// The lottery as it was: what was drawn as a whole, and the blocks within which.
struct Drawn {
    units: Option<Vec<usize>>,
    blocks: Option<Vec<usize>>,
}

impl Drawn {
    fn new(asked: &Asked<'_>, of: &Observations) -> Drawn {
        let codes = |field: usize| {
            let labels = of.labels(asked.frame, field);
            let codes = Codes::new(labels.into_iter());
            codes.of.iter().map(|c| *c as usize).collect::<Vec<usize>>()
        };
        let by_person = || {
            let person = of.person.as_ref()?;
            Some(person.of.iter().map(|c| *c as usize).collect())
        };
        Drawn {
            units: asked.work.assigned.map(codes).or_else(by_person),
            blocks: asked.work.blocks.map(codes),
        }
    }

    /// Treated and other units of each block, by its code.
    fn sides(&self, treated: &[bool]) -> BTreeMap<usize, [BTreeSet<usize>; 2]> {
        let mut sides: BTreeMap<usize, [BTreeSet<usize>; 2]> = BTreeMap::new();
        for (at, treated) in treated.iter().enumerate() {
            let block = self.blocks.as_ref().map_or(0, |b| b[at]);
            let unit = self.units.as_ref().map_or(at, |u| u[at]);
            sides.entry(block).or_default()[usize::from(*treated)].insert(unit);
        }
        sides
    }
}

/// Randomisation inference on the values after, or on the changes of those seen twice; with the covariates that the estimate holds
/// constant.
fn randomisation(asked: &Asked<'_>, fitted: &Fitted<'_>) -> EffectCheck {
    const NAME: &str = "randomisation inference";
    let all = match asked.setting.design {
        EffectDesign::DifferenceInDifferences => Cow::Owned(changes(&fitted.observations)),
        _ => Cow::Borrowed(fitted.observations.as_ref()),
    };
    // Blocks in which all units are treated, or none, were no part of the lottery.
    let drawn = Drawn::new(asked, &all);
    let sides = drawn.sides(&all.treated);
    let mixed = |block: usize| {
        let sides = sides.get(&block);
        sides.is_some_and(|[others, treated]| !others.is_empty() && !treated.is_empty())
    };
    let blocks = drawn.blocks.as_ref();
    let kept: Vec<usize> = (0..all.len())
        .filter(|at| blocks.is_none_or(|b| mixed(b[*at])))
        .collect();
    let left_out = sides.keys().filter(|block| !mixed(**block)).count();
    let left_out = left_out + fitted.blocks.as_ref().map_or(0, |b| b.left_out);
    let of = match kept.len() == all.len() {
        true => all,
        false => {
            let within: BTreeSet<usize> = kept.iter().copied().collect();
            Cow::Owned(all.keep(|at| within.contains(&at)))
        }
    };
    if of.is_empty() {
        return not_made(
            NAME.to_owned(),
            "in each block all units were treated or none was, so that no block compares anything",
        );
    }
    let drawn = Drawn::new(asked, &of);
    let experiment = permutation::Experiment {
        outcome: &of.y,
        treated: &of.treated,
        weights: of.weighted().then_some(of.w.as_slice()),
        units: drawn.units.as_deref(),
        strata: drawn.blocks.as_deref(),
    };
    let (columns, names) = held(asked, fitted, &kept);
    let borrowed: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let single = |[others, treated]: &[BTreeSet<usize>; 2]| others.len() < 2 || treated.len() < 2;
    let sides = drawn.sides(&of.treated);
    let pairs = sides
        .values()
        .all(|[others, treated]| others.len() == 1 && treated.len() == 1);
    let within = if pairs { "pairs" } else { "blocks" };
    let (statistic, what) = match asked.setting.adjust {
        Adjust::Lin if !columns.is_empty() => (
            permutation::Statistic::Interacted {
                covariates: &borrowed,
                names: &names,
            },
            match blocks {
                None => "coefficient with the same covariates".to_owned(),
                Some(_) => "coefficient with the same covariates, drawn within blocks".to_owned(),
            },
        ),
        _ if !columns.is_empty() => (
            permutation::Statistic::Regression {
                covariates: &borrowed,
                names: &names,
            },
            match blocks {
                None => "coefficient with the same covariates".to_owned(),
                Some(_) => format!("coefficient with the same covariates, within {within}"),
            },
        ),
        _ if sides.values().any(single) => (
            permutation::Statistic::Difference,
            match blocks {
                None => "difference of means".to_owned(),
                Some(_) => format!("mean difference within {within}"),
            },
        ),
        _ => (
            permutation::Statistic::Studentised,
            "studentised difference".to_owned(),
        ),
    };
    let options = permutation::Options {
        draws: ASSIGNMENTS,
        null: 0.0,
        confidence: asked.evaluation.confidence,
        seed: asked.evaluation.seed,
        what: asked.tag("randomisation"),
    };
    let method = format!("{NAME}, {what}");
    let found = match permutation::randomise(&experiment, &statistic, &options) {
        Ok(found) => found,
        Err(refused) => return failed(method, &refused),
    };
    let mut note = if found.exact {
        format!("all {} assignments of {} units", found.draws, found.units)
    } else {
        format!(
            "{} draws of assignments of {} units",
            found.draws, found.units
        )
    };
    if let Err(refused) = &found.confidence_set {
        note.push_str(&format!("; no interval: {}", refused.reason));
    }
    if left_out > 0 {
        note.push_str(&format!(
            "; {left_out} of {} blocks, in which all units were treated or none was, take no part",
            left_out + sides.len()
        ));
    }
    EffectCheck {
        method,
        value: Some(found.value),
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

/// Covariates that the estimate holds constant, of the observations that `kept` numbers. In a difference of changes what stays the same in a
/// person has dropped out.
fn held(asked: &Asked<'_>, fitted: &Fitted<'_>, kept: &[usize]) -> (Vec<Vec<f64>>, Vec<String>) {
    if asked.setting.design == EffectDesign::DifferenceInDifferences {
        return (vec![], vec![]);
    }
    let columns = &fitted.layout.columns;
    let one = |at: &usize| -> Vec<f64> {
        let values = &columns.values[*at];
        kept.iter().map(|row| values[*row]).collect()
    };
    let held = &fitted.layout.covariates;
    (
        held.iter().map(one).collect(),
        held.iter().map(|at| columns.names[*at].clone()).collect(),
    )
}

fn not_made(method: String, reason: &str) -> EffectCheck {
    EffectCheck {
        method,
        value: None,
        se: None,
        interval: None,
        p: None,
        note: format!("not made: {reason}"),
    }
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
