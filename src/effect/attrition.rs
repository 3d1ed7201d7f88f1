//! Who was lost between the waves, by group, and how far that could have moved the effect.

use super::Asked;
use super::observations::Observations;
use crate::outcome::{Attrition, EffectDesign, LeeBounds};
use crate::stats::balance::{attrition as lost, lee_bounds};
use std::collections::BTreeMap;

/// Attrition between the waves; `None` where persons are not named or nobody was seen before.
pub fn attrition(asked: &Asked<'_>, all: &Observations) -> Option<Attrition> {
    let person = all.person.as_ref()?;
    let mut later: BTreeMap<u32, f64> = BTreeMap::new();
    for at in (0..all.len()).filter(|at| all.after[*at]) {
        later.insert(person.of[at], all.y[at]);
    }
    let mut seen = std::collections::BTreeSet::new();
    let first: Vec<usize> = (0..all.len())
        .filter(|at| !all.after[*at] && seen.insert(person.of[*at]))
        .collect();
    let treated: Vec<bool> = first.iter().map(|at| all.treated[*at]).collect();
    let change = asked.setting.design == EffectDesign::DifferenceInDifferences;
    let outcome: Vec<Option<f64>> = first
        .iter()
        .map(|at| {
            let value = later.get(&person.of[*at])?;
            Some(if change { value - all.y[*at] } else { *value })
        })
        .collect();
    let stayed: Vec<bool> = outcome.iter().map(Option::is_some).collect();
    if stayed.iter().all(|s| !s) {
        // Other persons at each wave: nobody was to be seen again.
        return None;
    }
    let weights: Vec<f64> = first.iter().map(|at| all.w[*at]).collect();
    let weights = all.weighted().then_some(weights.as_slice());
    let clusters: Option<Vec<u32>> = all
        .cluster
        .as_ref()
        .map(|c| first.iter().map(|at| c.of[*at]).collect());
    let clusters = clusters.as_deref().filter(|_| !all.by_person);
    let confidence = asked.evaluation.confidence;
    let found = lost(&treated, &stayed, weights, clusters, confidence).ok()?;
    let bounds = match asked.uncertain() {
        true => lee_bounds(&treated, &outcome, weights, clusters, confidence).map_err(|r| r.reason),
        false => Err("the table is a census".to_owned()),
    };
    let rows = (found.treated.rows as u64, found.comparison.rows as u64);
    Some(Attrition {
        before: rows,
        after: (
            rows.0 - found.treated.lost as u64,
            rows.1 - found.comparison.lost as u64,
        ),
        difference: found.treated.share - found.comparison.share,
        interval: found
            .difference
            .map(|d| (d.low, d.high))
            .filter(|_| asked.uncertain()),
        no_bounds: bounds.as_ref().err().cloned().unwrap_or_default(),
        bounds: bounds.ok().map(|b| LeeBounds {
            low: b.lower.value,
            high: b.upper.value,
            interval: (b.low, b.high),
            trimmed: b.trimmed_share,
        }),
    })
}
