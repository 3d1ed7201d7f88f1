//! p-values corrected for the number of effects that are looked at together: those of one block of the evaluation in one dimension.

use super::Influence;
use crate::outcome::{Adjusted, Effect};
use crate::stats::distribution::normal_quantile;
use crate::stats::random::{stream, tag};
use crate::stats::resample::multiplicity::{benjamini_hochberg, holm, romano_wolf};
use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use rayon::prelude::*;
use std::collections::BTreeMap;

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
        let of = |at: &usize| effects[*at].estimate.as_ref().and_then(|e| e.p);
        let all: Vec<f64> = members.iter().filter_map(of).collect();
        // An outcome that is there twice (as a share and as a percentage) is one thing looked at, not two.
        let first = distinct(&all, influences, &members);
        let outcomes: Vec<usize> = (0..members.len()).filter(|i| first[*i] == *i).collect();
        if outcomes.len() < 2 {
            continue;
        }
        let p: Vec<f64> = outcomes.iter().map(|i| all[*i]).collect();
        let once: Vec<usize> = outcomes.iter().map(|i| members[*i]).collect();
        let (Ok(by_holm), Ok(by_share)) = (holm(&p), benjamini_hochberg(&p)) else {
            continue;
        };
        let name = format!("{dimension}, {block}");
        let together = jointly(&p, influences, &once, (seed, tag(&name)));
        for (member, at) in members.iter().enumerate() {
            let place = outcomes.partition_point(|i| *i < first[member]);
            effects[*at].adjusted = Some(Adjusted {
                family: name.clone(),
                size: outcomes.len() as u64,
                holm: by_holm[place],
                benjamini_hochberg: by_share[place],
                romano_wolf: together.as_ref().and_then(|t| t.get(place).copied()),
            });
        }
    }
}

/// For each member the first one that is the same outcome: the same p-value, from scores that are the same but for their unit.
fn distinct(p: &[f64], influences: &[Option<Influence>], members: &[usize]) -> Vec<usize> {
    let scores = |i: usize| members.get(i).and_then(|at| influences.get(*at)?.as_ref());
    let same = |i: usize, j: usize| {
        let (Some(one), Some(other)) = (scores(i), scores(j)) else {
            return false;
        };
        let equal = (p[i] - p[j]).abs() <= 1e-9 * p[i];
        equal && one.table == other.table && 1.0 - correlation(one, other).abs() < 1e-9
    };
    (0..members.len())
        .map(|i| (0..i).find(|j| same(*j, i)).unwrap_or(i))
        .collect()
}

/// Correlation of the scores of two effects by cluster.
fn correlation(one: &Influence, other: &Influence) -> f64 {
    let length = |s: &Influence| s.by_cluster.values().map(|x| x * x).sum::<f64>().sqrt();
    let product = |(cluster, x): (&String, &f64)| Some(x * other.by_cluster.get(cluster)?);
    let products: f64 = one.by_cluster.iter().filter_map(product).sum();
    products / (length(one) * length(other))
}

/// Romano-Wolf by draws from the joint normal distribution whose correlations are those of the clusters' scores (as a score bootstrap
/// with normal weights has it: Kline & Santos 2012); `None` where the effects don't rest on the clusters of one table.
///
/// Each effect enters with the normal quantile of its own p-value, which counts its degrees of freedom. (Signs drawn by cluster
/// can't do that: with 6 clusters they give no t above 2.45, and so corrected values below the uncorrected ones.)
fn jointly(
    p: &[f64],
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
    let correlations = DMatrix::from_fn(scores.len(), scores.len(), |i, j| {
        correlation(scores[i], scores[j])
    });
    if correlations.iter().any(|r| !r.is_finite()) {
        return None;
    }
    let parts = correlations.symmetric_eigen();
    let roots = parts.eigenvalues.map(|x| x.max(0.0).sqrt());
    let root = parts.eigenvectors * DMatrix::from_diagonal(&roots);
    let draws: Vec<Vec<f64>> = (0..DRAWS as u64)
        .into_par_iter()
        .map(|draw| {
            let mut random = stream(seed, what, draw);
            // Away from 0 and 1, which have no quantile.
            let normal = |_, _| normal_quantile(random.random::<f64>().clamp(1e-16, 1.0 - 1e-16));
            let independent = DVector::from_fn(members.len(), normal);
            (&root * independent).iter().copied().collect()
        })
        .collect();
    let observed: Vec<f64> = p
        .iter()
        .map(|p| -normal_quantile(p.max(f64::MIN_POSITIVE) / 2.0))
        .collect();
    let found = romano_wolf(&observed, &draws.concat()).ok()?;
    // What is left of chance in the draws must not undercut the uncorrected value.
    Some(found.iter().zip(p).map(|(a, p)| a.max(*p)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn influence(scores: &[f64]) -> Option<Influence> {
        let named = scores.iter().enumerate();
        Some(Influence {
            table: 0,
            by_cluster: named.map(|(at, x)| (format!("c{at}"), *x)).collect(),
        })
    }

    /// Uncorrelated: Sidak's 1 - (1 - p)^2 for the smaller; the same twice: no correction at all; few clusters: never below p.
    #[test]
    fn correction_follows_the_correlation() {
        let p = [0.02, 0.04];
        let alone = [
            influence(&[1.0, -1.0, 1.0, -1.0, 1.0, -1.0]),
            influence(&[1.0, 1.0, -1.0, -1.0, 0.0, 0.0]),
        ];
        let found = jointly(&p, &alone, &[0, 1], (1, 2)).unwrap();
        assert!(
            (found[0] - (1.0 - 0.98_f64.powi(2))).abs() < 0.006,
            "{found:?}"
        );
        assert!((found[1] - 0.04).abs() < 0.006, "{found:?}");
        let twice = [
            influence(&[1.0, -1.0, 1.0, -2.0, 1.0, 0.0]),
            influence(&[2.0, -2.0, 2.0, -4.0, 2.0, 0.0]),
        ];
        let found = jointly(&p, &twice, &[0, 1], (1, 2)).unwrap();
        assert!((found[0] - 0.02).abs() < 0.005 && (found[1] - 0.04).abs() < 0.006);
        assert!(found[0] >= p[0] && found[1] >= p[1], "{found:?}");
        let elsewhere = Some(Influence {
            table: 1,
            by_cluster: BTreeMap::new(),
        });
        assert_eq!(
            jointly(&p, &[influence(&[1.0]), elsewhere], &[0, 1], (1, 2)),
            None
        );
    }

    /// A share and the same as a percentage are one outcome; another with the same p-value is not.
    #[test]
    fn an_outcome_counts_once() {
        let p = [0.02, 0.02, 0.02, 0.04];
        let scores = [
            influence(&[1.0, -1.0, 2.0]),
            influence(&[100.0, -100.0, 200.0]),
            influence(&[1.0, 2.0, -1.0]),
            influence(&[1.0, -1.0, 2.0]),
        ];
        assert_eq!(distinct(&p, &scores, &[0, 1, 2, 3]), [0, 0, 2, 3]);
    }
}
