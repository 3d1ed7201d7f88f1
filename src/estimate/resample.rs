//! An estimate with each of the replicate weights of a table, or with its weights calibrated again without each cluster.

use super::group::{Measured, NothingKept};
use super::jackknife::{Given, Replicate, Replicates};
use super::margin::Grouped;
use super::records::Selection;
use super::weighting::{LeftOut, NOWHERE, Replicated, Source, Weighting, numbers};
use super::{cell, weighting};
use crate::engine::Frame;
use crate::plan::cut::Cut;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Stands for a programme in the name of a replicate that is one of the replicate weights.
const GIVEN: u32 = u32::MAX;

/// The same for a cluster left out with the weights calibrated again.
const LEFT_OUT: u32 = u32::MAX - 1;

/// Why there is no sampling error where a replicate has no value.
pub fn undefined(replicate: usize) -> String {
    format!(
        "the value is undefined with the replicate weights {}, so its sampling error can't be estimated",
        replicate + 1
    )
}

const UNDEFINED: &str =
    "the value is undefined when one cluster is left out, so its sampling error can't be estimated";

/// Part of a place: cluster, cell of the margins, sums with the calibrated weights.
pub type Part = (u32, u32, Vec<f64>);

/// Sums of a place by cell of the margins: of all clusters, of each stratum and of each cluster.
pub struct Pieces {
    components: usize,
    /// Cells of the margins that the place has.
    cells: Vec<u32>,
    whole: Vec<f64>,
    strata: BTreeMap<usize, Vec<f64>>,
    clusters: BTreeMap<u32, Vec<f64>>,
}

impl Pieces {
    /// From parts: cluster, cell of the margins, sums with the calibrated weights.
    fn new(left_out: &LeftOut, components: usize, parts: &[Part]) -> Pieces {
        let mut cells: Vec<u32> = parts
            .iter()
            .map(|p| p.1)
            .filter(|c| *c != NOWHERE)
            .collect();
        cells.sort_unstable();
        cells.dedup();
        let size = cells.len() * components;
        let mut pieces = Pieces {
            components,
            whole: vec![0.0; size],
            strata: BTreeMap::new(),
            clusters: BTreeMap::new(),
            cells,
        };
        for (cluster, cell, sums) in parts {
            let Ok(at) = pieces.cells.binary_search(cell) else {
                continue;
            };
            let add = |all: &mut Vec<f64>| {
                let own = &mut all[at * components..(at + 1) * components];
                own.iter_mut().zip(sums).for_each(|(sum, x)| *sum += x);
            };
            add(&mut pieces.whole);
            if let Some(stratum) = left_out.stratum_of.get(*cluster as usize) {
                let empty = || vec![0.0; size];
                add(pieces.strata.entry(*stratum).or_insert_with(empty));
                add(pieces.clusters.entry(*cluster).or_insert_with(empty));
            }
        }
        pieces
    }

    /// Totals without a cluster, the others of its stratum weighted up, with other factors of the cells.
    fn without(&self, left_out: &LeftOut, at: usize, full: &[f64]) -> Vec<f64> {
        let without = &left_out.without[at];
        let n = left_out.strata[without.stratum].size;
        let stratum = self.strata.get(&without.stratum);
        let cluster = without.cluster.and_then(|c| self.clusters.get(&(c as u32)));
        let mut totals = vec![0.0; self.components];
        for (place, cell) in self.cells.iter().enumerate() {
            let factor = without.factors[*cell as usize] / full[*cell as usize];
            for (component, total) in totals.iter_mut().enumerate() {
                let of = |sums: &Vec<f64>| sums[place * self.components + component];
                let up = stratum.map_or(0.0, of) / (n - 1.0);
                let out = cluster.map_or(0.0, of) * n / (n - 1.0);
                *total += factor * (of(&self.whole) + up - out);
            }
        }
        totals
    }
}

/// The replicates of a value made of totals, from parts of them: cluster, cell of the margins, sums with the calibrated weights.
///
/// # Errors
/// In words, where a replicate has no value.
pub fn left_out(
    weighting: &Weighting,
    left_out: &LeftOut,
    (components, parts): (usize, &[Part]),
    value: &(dyn Fn(&[f64]) -> Option<f64> + Sync),
) -> Result<Replicates, String> {
    let full = weighting
        .calibration
        .as_ref()
        .map_or(&[][..], |f| f.factors.as_slice());
    let pieces = Pieces::new(left_out, components, parts);
    let one = |at: usize| {
        let value =
            value(&pieces.without(left_out, at, full)).ok_or_else(|| UNDEFINED.to_owned())?;
        let inside = |c: usize| pieces.clusters.contains_key(&(c as u32));
        Ok(replicate(weighting.table, left_out, at, value, &inside))
    };
    (0..left_out.without.len())
        .into_par_iter()
        .map(one)
        .collect()
}

fn replicate(
    table: usize,
    left_out: &LeftOut,
    at: usize,
    value: f64,
    inside: &dyn Fn(usize) -> bool,
) -> Replicate {
    let without = &left_out.without[at];
    let stratum = &left_out.strata[without.stratum];
    let cluster = without.cluster.map_or(u32::MAX, |c| c as u32);
    Replicate {
        id: (table, LEFT_OUT, without.stratum as u32, cluster),
        value,
        inside: without.cluster.is_some_and(inside),
        factor: without.times * stratum.correction * (stratum.size - 1.0) / stratum.size,
        in_df: true,
        given: None,
    }
}

/// A weighting with the place of each thing in it: of the cells of a scan, or the rows of a frame.
pub struct Bound<'a> {
    /// The weighting.
    pub weighting: &'a Weighting,
    /// Number of each thing's cluster, where clusters are left out.
    pub cluster_of: Vec<u32>,
    /// Cell of the margins of each thing; empty where weights are not calibrated.
    pub cell_of: Vec<u32>,
}

impl<'a> Bound<'a> {
    /// The weighting whose replicates tell the sampling errors of things; none where clusters are left out as usual.
    pub fn new(weightings: &'a [Weighting], grouped: &dyn Grouped, cut: &Cut) -> Option<Self> {
        let weighting = weighting::of(weightings, grouped.scan().table)?;
        let cluster_of = match &weighting.source {
            Ok(Source::Clusters) => return None,
            Ok(Source::LeftOut(left_out)) => {
                let keys = [cut.programme, cut.stratum, cut.cluster];
                numbers(grouped, &keys, &left_out.clusters)
            }
            Ok(Source::Given(_)) | Err(_) => vec![],
        };
        let cells = weighting.calibration.as_ref().map(|f| f.places(grouped));
        Some(Bound {
            weighting,
            cluster_of,
            cell_of: cells.unwrap_or_default(),
        })
    }

    /// Factor that calibration gives the weights of a thing.
    pub fn factor(&self, at: u32) -> f64 {
        match (&self.weighting.calibration, self.cell_of.get(at as usize)) {
            (Some(factors), Some(cell)) => factors.factor(*cell),
            _ => 1.0,
        }
    }
}

/// The replicates of a formula whose parts add up.
///
/// # Errors
/// In words, why there are none.
pub fn replicates(
    measured: &Measured<'_>,
    bound: &Bound<'_>,
    cells: &[u32],
    clusters: (u64, f64),
) -> Result<Replicates, String> {
    let weighting = bound.weighting;
    let used = measured.used_components();
    let whole = measured.totals(&used, cells);
    let weighted = |at: &usize| measured.scan.components[*at].weighted;
    let value = |components: &[usize], totals: &[f64]| {
        let mut changed = whole.clone();
        for (component, total) in components.iter().zip(totals) {
            changed.0[*component] = *total;
        }
        measured.compute(&changed, &NothingKept).value.ok()
    };
    match weighting.source.as_ref().map_err(Clone::clone)? {
        Source::Given(replicated) => {
            let slots = measured.scan.replicated.iter().enumerate();
            let (slots, components): (Vec<usize>, Vec<usize>) =
                slots.filter(|(_, c)| used.contains(c)).unzip();
            let count = replicated.factors.len();
            let one = |at: usize| {
                let totals: Vec<f64> = slots
                    .iter()
                    .map(|slot| {
                        let sums = &measured.sums.replicated[*slot];
                        let each = cells.iter().map(|cell| {
                            let factor = match bound.cell_of.get(*cell as usize) {
                                Some(place) => replicated.factor(at, *place),
                                None => 1.0,
                            };
                            factor * sums[*cell as usize * count + at]
                        });
                        each.sum()
                    })
                    .collect();
                let value = value(&components, &totals).ok_or_else(|| undefined(at))?;
                Ok(replicated.replicate(weighting.table, at, value, clusters))
            };
            (0..count).into_par_iter().map(one).collect()
        }
        Source::LeftOut(found) => {
            let components: Vec<usize> = used.iter().copied().filter(weighted).collect();
            let n = &measured.sums.components[measured.program.used];
            let parts: Vec<Part> = cells
                .iter()
                .map(|cell| *cell as usize)
                .filter(|cell| n[*cell] > 0.0)
                .map(|cell| {
                    let sums = components
                        .iter()
                        .map(|c| measured.sums.components[*c][cell]);
                    (bound.cluster_of[cell], bound.cell_of[cell], sums.collect())
                })
                .collect();
            left_out(weighting, found, (components.len(), &parts), &|totals| {
                value(&components, totals)
            })
        }
        Source::Clusters => Err("nothing was made of its weights".to_owned()),
    }
}

impl Replicated {
    fn factor(&self, replicate: usize, cell: u32) -> f64 {
        let factors = self.cells.get(replicate);
        factors.map_or(1.0, |f| f.get(cell as usize).copied().unwrap_or(0.0))
    }

    fn replicate(
        &self,
        table: usize,
        at: usize,
        value: f64,
        (clusters, df): (u64, f64),
    ) -> Replicate {
        Replicate {
            id: (table, GIVEN, 0, at as u32),
            value,
            inside: true,
            factor: self.factors[at],
            in_df: true,
            given: Some(Given {
                df: df.min(self.df),
                clusters,
                about_mean: self.about_mean,
            }),
        }
    }
}

/// The replicates of any figure made of rows.
///
/// # Errors
/// In words, why there are none.
pub fn rows(
    bound: &Bound<'_>,
    frame: &Frame,
    selection: &Selection<'_>,
    figure: &dyn Fn(&Selection<'_>) -> cell::Outcome,
) -> Result<Replicates, String> {
    let weighting = bound.weighting;
    let of = |weights: &[f64]| {
        let kept = selection.rows.iter().copied();
        let kept: Vec<u32> = kept.filter(|row| weights[*row as usize] > 0.0).collect();
        let replicate = Selection {
            rows: &kept,
            weights,
            ..*selection
        };
        match kept.is_empty() {
            true => None,
            false => figure(&replicate).ok(),
        }
    };
    match weighting.source.as_ref().map_err(Clone::clone)? {
        Source::Given(replicated) => {
            if frame.replicates.len() != replicated.factors.len() {
                return Err(
                    "the table has too many rows for replicate weights of a measure that reads them one by one"
                        .to_owned(),
                );
            }
            let mut replicates = Vec::with_capacity(replicated.factors.len());
            for (at, own) in frame.replicates.iter().enumerate() {
                let weights: Vec<f64> = match bound.cell_of.as_slice() {
                    [] => own.clone(),
                    places => own
                        .iter()
                        .zip(places)
                        .map(|(w, place)| w * replicated.factor(at, *place))
                        .collect(),
                };
                let value = of(&weights).ok_or_else(|| undefined(at))?;
                let all = (0, f64::INFINITY);
                replicates.push(replicated.replicate(weighting.table, at, value, all));
            }
            Ok(replicates)
        }
        Source::LeftOut(found) => {
            let (cluster_of, cell_of) = (&bound.cluster_of, &bound.cell_of);
            let inside: std::collections::BTreeSet<u32> = selection
                .rows
                .iter()
                .map(|r| cluster_of[*r as usize])
                .collect();
            let inside = |c: usize| inside.contains(&(c as u32));
            let full = weighting.calibration.as_ref();
            let mut replicates = Vec::with_capacity(found.without.len());
            for (at, without) in found.without.iter().enumerate() {
                let n = found.strata[without.stratum].size;
                let weights: Vec<f64> = (0..selection.weights.len())
                    .map(|row| {
                        let (cluster, cell) = (cluster_of[row], cell_of[row]);
                        let (Some(own), Some(factor)) = (
                            full.map(|f| f.factor(cell)).filter(|f| *f > 0.0),
                            without.factors.get(cell as usize),
                        ) else {
                            return 0.0;
                        };
                        let stratum = found.stratum_of.get(cluster as usize);
                        let times = match stratum == Some(&without.stratum) {
                            _ if without.cluster == Some(cluster as usize) => 0.0,
                            true => n / (n - 1.0),
                            false => 1.0,
                        };
                        selection.weights[row] * times * factor / own
                    })
                    .collect();
                let value = of(&weights).ok_or_else(|| UNDEFINED.to_owned())?;
                replicates.push(replicate(weighting.table, found, at, value, &inside));
            }
            Ok(replicates)
        }
        Source::Clusters => Err("nothing was made of its weights".to_owned()),
    }
}
