//! p-values corrected for the number of effects that are looked at together: those of one block of the evaluation in one dimension.

use super::Influence;
use crate::outcome::{Adjusted, Effect};
use crate::stats::random::{stream, tag};
use crate::stats::resample::multiplicity::{benjamini_hochberg, holm, romano_wolf};
use rand::RngExt;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Draws of the joint distribution.
const DRAWS: usize = 9_999;

/// Corrects the p-values of each family of two effects and more.
pub fn adjust(effects: &mut [Effect], influences: &[Option<Influence>], seed: u64) {
    let mut families: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (at, effect) in effects.iter().enumerate() {
        if effect.estimate.as_ref().is_some_and(|e| e.p.is_some()) {
            let block = effect.id.split('/').next().unwrap_or_default().to_owned();
            let key = (effect.indicator.dimension.clone(), block);
            families.entry(key).or_default().push(at);
        }
    }
    for ((dimension, block), members) in families {
        if members.len() < 2 {
            continue;
        }
        let p: Vec<f64> = members
            .iter()
            .filter_map(|at| effects[*at].estimate.as_ref()?.p)
            .collect();
        let (Ok(by_holm), Ok(by_share)) = (holm(&p), benjamini_hochberg(&p)) else {
            continue;
        };
        let name = format!("{dimension}, {block}");
        let together = jointly(effects, influences, &members, (seed, tag(&name)));
        for (place, at) in members.iter().enumerate() {
            effects[*at].adjusted = Some(Adjusted {
                family: name.clone(),
                size: members.len() as u64,
                holm: by_holm[place],
                benjamini_hochberg: by_share[place],
                romano_wolf: together.as_ref().and_then(|t| t.get(place).copied()),
            });
        }
    }
}

/// Romano-Wolf from the scores of the clusters with random signs, the same for all effects (Kline & Santos 2012); `None` where the
/// effects don't rest on the clusters of one table.
fn jointly(
    effects: &[Effect],
    influences: &[Option<Influence>],
    members: &[usize],
    (seed, what): (u64, u64),
) -> Option<Vec<f64>> {
    let scores: Vec<&Influence> = members
        .iter()
        .map(|at| influences.get(*at)?.as_ref())
        .collect::<Option<_>>()?;
    let table = scores.first()?.table;
    if scores.iter().any(|s| s.table != table) {
        return None;
    }
    let observed: Vec<f64> = members
        .iter()
        .filter_map(|at| {
            let estimate = effects[*at].estimate.as_ref()?;
            Some(estimate.value / estimate.se?)
        })
        .collect();
    let clusters: BTreeSet<&String> = scores.iter().flat_map(|s| s.by_cluster.keys()).collect();
    // Scores by cluster, each effect's with a length of 1.
    let rows: Vec<Vec<f64>> = scores
        .iter()
        .map(|s| {
            let length = s.by_cluster.values().map(|x| x * x).sum::<f64>().sqrt();
            let score = |c: &&String| s.by_cluster.get(*c).copied().unwrap_or(0.0) / length;
            clusters.iter().map(score).collect()
        })
        .collect();
    let draws: Vec<Vec<f64>> = (0..DRAWS as u64)
        .into_par_iter()
        .map(|draw| {
            let mut random = stream(seed, what, draw);
            let signs: Vec<f64> = (0..clusters.len())
                .map(|_| if random.random::<bool>() { 1.0 } else { -1.0 })
                .collect();
            rows.iter()
                .map(|row| row.iter().zip(&signs).map(|(x, s)| x * s).sum())
                .collect()
        })
        .collect();
    let flat: Vec<f64> = draws.concat();
    romano_wolf(&observed, &flat).ok()
}
