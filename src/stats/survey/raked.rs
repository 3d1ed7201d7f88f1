//! Sampling errors of estimates with raked weights: rake again without each cluster.
//!
//! Raked weights borrow from the margins, so an estimate varies less than the design alone says where margins and values go
//! together; treating raked weights as fixed misses that (Rao, Yung & Hidiroglou 2002, "Estimating equations
//! for the analysis of survey data using poststratification information").
//!
//! Rows of a cell of the cross-classification get one factor, so a replicate rakes a table of cells, starting from the factors of
//! the full sample (which leaves the limit unchanged): its cost does not depend on the rows.

use super::jackknife::{spread, undefined_without};
use super::raking::{Margin, Options, Prepared, Raked, fit, prepare, rake};
use super::sample::{Design, Estimated, Statistic, add, estimated, undefined};
use crate::stats::Refused;
use rayon::prelude::*;

/// Sums by cluster and cell of the cross-classification by all margins.
#[derive(Debug, Clone, Copy)]
pub struct Crossed<'a> {
    /// How the clusters were drawn.
    pub design: Design<'a>,
    /// Stratum of each cluster with a row anywhere, counted from 0.
    pub strata: &'a [usize],
    /// Whether each of these clusters has a row in the domain.
    pub inside: &'a [bool],
    /// The margins, with the category of each cell.
    pub margins: &'a [Margin<'a>],
    /// Pairs of cluster and cell that have rows, by cluster in ascending order.
    pub pairs: &'a [(usize, usize)],
    /// Sum of weights of each pair, all rows.
    pub weights: &'a [f64],
    /// Number of components.
    pub components: usize,
    /// Weighted sums: pairs x components, the domain's rows only.
    pub sums: &'a [f64],
}

/// A raked estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct RakedEstimate {
    /// The estimate with its error.
    pub estimated: Estimated,
    /// Factors of the cells for the full sample.
    pub raked: Raked,
}

/// An estimate with weights raked to the margins, its variance by the jackknife (see [`super::jackknife`]).
///
/// Limits on factors are refused: which factors are at a limit changes between replicates, and the jackknife needs smoothness.
///
/// # Errors
/// As for raking and the jackknife; a category with rows in a single cluster.
pub fn jackknife(
    crossed: &Crossed<'_>,
    options: &Options,
    statistic: Statistic<'_>,
    confidence: f64,
) -> Result<RakedEstimate, Refused> {
    if options.limits.is_some() {
        return Err(Refused::new(
            "raking with limits on weights has no jackknife",
            "Rake without limits, merging small categories instead.",
        ));
    }
    let mut strata = crossed.design.by_stratum(crossed.strata)?;
    let cells = crossed.margins.first().map_or(0, |m| m.codes.len());
    let table = Table::new(crossed, cells)?;
    let base: Vec<f64> = table.whole.iter().step_by(table.width).copied().collect();
    let raked = rake(&base, crossed.margins, options)?;
    supported(crossed)?;
    let prepared = prepare(&base, crossed.margins, options)?;
    let at_limit = |cells: &[f64]| table.raked(cells, &raked.factors, &prepared, options);
    let value = at_limit(&table.whole)
        .and_then(|totals| statistic(&totals))
        .filter(|v| v.is_finite())
        .ok_or_else(undefined)?;
    let mut variance = 0.0;
    for stratum in strata.iter().filter(|s| s.correction > 0.0) {
        let n = stratum.size;
        let mut others = table.whole.clone();
        for cluster in &stratum.inside {
            table.add(&mut others, *cluster, 1.0 / (n - 1.0));
        }
        let without = |cluster: Option<usize>| {
            let mut cells = others.clone();
            if let Some(cluster) = cluster {
                table.add(&mut cells, cluster, -n / (n - 1.0));
            }
            at_limit(&cells)
                .and_then(|totals| statistic(&totals))
                .filter(|v| v.is_finite())
                .ok_or_else(undefined_without)
        };
        let each: Result<Vec<f64>, Refused> = stratum
            .inside
            .par_iter()
            .map(|at| without(Some(*at)))
            .collect();
        let outside = (stratum.outside() > 0.0).then(|| without(None));
        variance += spread(stratum, value, &each?, outside.transpose()?);
    }
    strata
        .iter_mut()
        .for_each(|s| s.inside.retain(|at| crossed.inside[*at]));
    strata.retain(|s| !s.inside.is_empty());
    let noise = options.tolerance * 10.0;
    Ok(RakedEstimate {
        estimated: estimated(value, variance, &strata, noise, confidence)?,
        raked,
    })
}

/// Cells, each with its sum of weights and then its components.
struct Table<'a> {
    crossed: &'a Crossed<'a>,
    width: usize,
    /// Pairs of each cluster.
    ranges: Vec<std::ops::Range<usize>>,
    whole: Vec<f64>,
}

impl<'a> Table<'a> {
    fn new(crossed: &'a Crossed<'a>, cells: usize) -> Result<Self, Refused> {
        let pairs = crossed.pairs;
        let clusters = crossed.strata.len();
        let fits = crossed.weights.len() == pairs.len()
            && crossed.sums.len() == pairs.len() * crossed.components
            && crossed.inside.len() == clusters
            && pairs
                .iter()
                .all(|(cluster, cell)| *cluster < clusters && *cell < cells)
            && pairs.is_sorted_by_key(|(cluster, _)| *cluster);
        if !fits {
            return Err(Refused::new(
                "the lists of clusters, cells and sums don't fit each other",
                "Give the pairs of cluster and cell by cluster, each with its weight and sums.",
            ));
        }
        let place = |cluster: usize| pairs.partition_point(|(c, _)| *c < cluster);
        let mut table = Table {
            crossed,
            width: crossed.components + 1,
            ranges: (0..clusters).map(|c| place(c)..place(c + 1)).collect(),
            whole: vec![0.0; cells * (crossed.components + 1)],
        };
        let mut whole = std::mem::take(&mut table.whole);
        (0..clusters).for_each(|cluster| table.add(&mut whole, cluster, 1.0));
        table.whole = whole;
        Ok(table)
    }

    fn add(&self, cells: &mut [f64], cluster: usize, times: f64) {
        let components = self.crossed.components;
        for pair in self.ranges[cluster].clone() {
            let cell = &mut cells[self.crossed.pairs[pair].1 * self.width..][..self.width];
            cell[0] += times * self.crossed.weights[pair];
            add(
                &mut cell[1..],
                &self.crossed.sums[pair * components..][..components],
                times,
            );
        }
    }

    /// Totals of the components with weights raked from a start.
    fn raked(
        &self,
        cells: &[f64],
        start: &[f64],
        margins: &[Prepared],
        options: &Options,
    ) -> Option<Vec<f64>> {
        let cells = || cells.chunks_exact(self.width);
        // Where a cluster was all of a cell, taking it out leaves nothing but rounding.
        let positive = |w: f64, whole: f64| if w > 1e-12 * whole { w } else { 0.0 };
        let whole = || self.whole.iter().step_by(self.width);
        let base: Vec<f64> = cells()
            .zip(whole())
            .map(|(c, w)| positive(c[0], *w))
            .collect();
        let mut weights: Vec<f64> = base.iter().zip(start).map(|(w, g)| w * g).collect();
        fit(&mut weights, margins, options.rounds, options.tolerance).ok()?;
        let mut totals = vec![0.0; self.crossed.components];
        for (cell, (raked, base)) in cells().zip(weights.iter().zip(&base)) {
            if *base > 0.0 {
                add(&mut totals, &cell[1..], raked / base);
            }
        }
        Some(totals)
    }
}

/// Every category needs rows in two clusters, so that none is empty when a cluster is left out.
fn supported(crossed: &Crossed<'_>) -> Result<(), Refused> {
    for margin in crossed.margins {
        let mut clusters: Vec<Option<usize>> = vec![None; margin.labels.len()];
        let mut enough = vec![false; margin.labels.len()];
        let pairs = crossed.pairs.iter().zip(crossed.weights);
        for ((cluster, cell), _) in pairs.filter(|(_, w)| **w > 0.0) {
            if let Some(code) = margin.codes.get(*cell).copied().flatten() {
                enough[code] |= clusters[code].is_some_and(|first| first != *cluster);
                clusters[code].get_or_insert(*cluster);
            }
        }
        let alone = (0..enough.len()).find(|c| clusters[*c].is_some() && !enough[*c]);
        if let Some(label) = alone.and_then(|c| margin.labels.get(c)) {
            return Err(Refused::new(
                format!(
                    "the category {label} of {} has rows in a single cluster",
                    margin.name
                ),
                "Merge it with a neighbouring category, in the margin and in the sample.",
            ));
        }
    }
    Ok(())
}
