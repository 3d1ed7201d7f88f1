//! Sampling error of any measure over rows: the measure again without each cluster (jackknife JKn, see `jackknife`).

use super::Selection;
use crate::estimate::cell;
use crate::estimate::jackknife::{Design, Replicate, Replicates, single_cluster};
use crate::estimate::margin::Grouped;
use crate::plan::cut::Cut;
use std::collections::BTreeMap;

/// The estimate without each cluster in turn, the others of its stratum weighted up by n / (n - 1).
///
/// # Errors
/// In words, why there are none.
pub fn replicates(
    grouped: &dyn Grouped,
    cut: &Cut,
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
            let id = members.first().map(|c| design.clusters[*c as usize].0);
            return Err(id.map_or_else(String::new, |id| single_cluster(grouped, cut, id)));
        }
        let mut without = |left_out: Option<u32>| {
            if correction == 0.0 {
                return value(selection).map_err(undefined);
            }
            let mut kept: Vec<u32> = Vec::with_capacity(selection.rows.len());
            kept.extend(selection.rows.iter().copied().filter(|row| {
                left_out.is_none_or(|cluster| design.cluster_of[*row as usize] != cluster)
            }));
            for row in rows_of.values().flatten() {
                weights[*row as usize] = selection.weights[*row as usize] * n / (n - 1.0);
            }
            let replicate = Selection {
                rows: &kept,
                weights: &weights,
                ..*selection
            };
            let found = if kept.is_empty() {
                Err(crate::outcome::Status::NoMatch)
            } else {
                value(&replicate)
            };
            for row in rows_of.values().flatten() {
                weights[*row as usize] = selection.weights[*row as usize];
            }
            found.map_err(undefined)
        };
        let mut of_outside = None;
        for cluster in members {
            let is_inside = rows_of.contains_key(cluster);
            let value = match (is_inside, of_outside) {
                (true, _) => without(Some(*cluster))?,
                (false, Some(value)) => value,
                (false, None) => *of_outside.insert(without(None)?),
            };
            replicates.push(Replicate {
                id: design.clusters[*cluster as usize].0,
                value,
                inside: is_inside,
                factor: correction * (n - 1.0) / n,
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
