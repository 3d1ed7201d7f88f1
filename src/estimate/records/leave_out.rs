//! Sampling error of any measure over rows: the measure again without each cluster (jackknife JKn, see `jackknife`).

use super::Selection;
use crate::estimate::cell;
use crate::estimate::design::Design;
use crate::estimate::jackknife::{Replicate, Replicates};
use std::collections::BTreeMap;

/// The estimate without each cluster in turn, the others of its stratum weighted up by n / (n - 1).
///
/// # Errors
/// In words, why there are none.
pub fn replicates(
    design: &Design,
    selection: &Selection<'_>,
    value: &dyn Fn(&Selection<'_>) -> cell::Outcome,
) -> Result<Replicates, String> {
    let mut inside: BTreeMap<u32, BTreeMap<u32, Vec<u32>>> = BTreeMap::new();
    for row in selection.rows {
        let cluster = design.cluster_of[*row as usize];
        let stratum = design.clusters[cluster as usize].1;
        let clusters = inside.entry(stratum).or_default();
        clusters.entry(cluster).or_default().push(*row);
    }
    let mut weights = selection.weights.to_vec();
    let mut replicates = Vec::new();
    for (stratum, rows_of) in &inside {
        let members = &design.strata[*stratum as usize];
        let n = members.len() as f64;
        let correction = design.correction(*stratum)?;
        if n < 2.0 && correction > 0.0 {
            return Err(design.single(*stratum));
        }
        // Without some rows, those of `among` weighted up.
        let mut lacking = |left_out: &[u32], among: &mut dyn Iterator<Item = u32>, up: f64| {
            let among: Vec<u32> = among.collect();
            for row in &among {
                weights[*row as usize] = selection.weights[*row as usize] * up;
            }
            let mut kept: Vec<u32> = Vec::with_capacity(selection.rows.len());
            let stays = |row: &u32| left_out.binary_search(row).is_err();
            kept.extend(selection.rows.iter().copied().filter(stays));
            let replicate = Selection {
                rows: &kept,
                weights: &weights,
                ..*selection
            };
            let found = match kept.is_empty() {
                true => Err(crate::outcome::Status::NoMatch),
                false => value(&replicate),
            };
            for row in among {
                weights[row as usize] = selection.weights[row as usize];
            }
            found.map_err(undefined)
        };
        for (cluster, within) in design.within(*stratum)? {
            let Some(rows) = rows_of.get(&cluster) else {
                continue;
            };
            let table = design.clusters[cluster as usize].0.0;
            let units = design.by_unit(rows);
            for (unit, own) in &units {
                let value = lacking(own, &mut rows.iter().copied(), within.up())?;
                replicates.push(within.replicate(table, cluster, *unit, value));
            }
            // Units without a row here all give the same.
            let outside = within.units - units.len() as f64;
            if outside > 0.0 {
                let value = lacking(&[], &mut rows.iter().copied(), within.up())?;
                let mut replicate = within.replicate(table, cluster, u32::MAX, value);
                replicate.factor *= outside;
                replicate.inside = false;
                replicates.push(replicate);
            }
        }
        let mut without = |left_out: &[u32]| {
            if correction == 0.0 {
                return value(selection).map_err(undefined);
            }
            let mut among = rows_of.values().flatten().copied();
            lacking(left_out, &mut among, n / (n - 1.0))
        };
        let mut of_outside = None;
        for cluster in members {
            let own = rows_of.get(cluster);
            let value = match (own, of_outside) {
                (Some(rows), _) => without(rows)?,
                (None, Some(value)) => value,
                (None, None) => *of_outside.insert(without(&[])?),
            };
            replicates.push(Replicate {
                id: design.clusters[*cluster as usize].0,
                value,
                inside: own.is_some(),
                factor: correction * (n - 1.0) / n,
                in_df: correction > 0.0,
                given: None,
            });
        }
    }
    Ok(replicates)
}

fn undefined(_: crate::outcome::Status) -> String {
    "the value is undefined when one cluster is left out, so its sampling error can't be estimated"
        .to_owned()
}
