//! Sampling errors of estimates with raked weights: rake again without each cluster.
//!
//! Raked weights borrow from the margins, so an estimate varies less than the design alone says where margins and values go
//! together; treating raked weights as fixed misses that (Rao, Yung & Hidiroglou 2002, "Estimating equations
//! for the analysis of survey data using poststratification information").
//!
//! Rows of a cell of the cross-classification get one factor, so a replicate rakes a table of cells, starting from the factors of
//! the full sample (which leaves the limit unchanged): its cost does not depend on the rows.

use super::jackknife::undefined_without;
use super::raking::{Margin, Options, Prepared, Raked, fit, prepare, rake};
use super::sample::{Design, Estimated, Statistic, Stratum, add, estimated, undefined};
use crate::stats::Refused;
use rayon::prelude::*;

/// Weights by cluster and cell of the cross-classification by all margins.
#[derive(Debug, Clone, Copy)]
pub struct Weighted<'a> {
    /// How the clusters were drawn.
    pub design: Design<'a>,
    /// Stratum of each cluster with a row anywhere, counted from 0.
    pub strata: &'a [usize],
    /// The margins, with the category of each cell.
    pub margins: &'a [Margin<'a>],
    /// Pairs of cluster and cell that have rows, by cluster in ascending order.
    pub pairs: &'a [(usize, usize)],
    /// Sum of weights of each pair, all rows.
    pub weights: &'a [f64],
}

/// Sums of a domain by cluster and cell.
#[derive(Debug, Clone, Copy)]
pub struct Crossed<'a> {
    /// The weights of all rows.
    pub weighted: Weighted<'a>,
    /// Whether each cluster has a row in the domain.
    pub inside: &'a [bool],
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

/// Factors of cells that can be found again with other weights.
#[derive(Debug, Clone)]
pub struct Rakes {
    /// Factors for the full weights.
    pub raked: Raked,
    prepared: Vec<Prepared>,
    options: Options,
}

/// The factors without a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Without {
    /// Stratum, as an index into [`Replicates::strata`].
    pub stratum: usize,
    /// The cluster left out; none for one that was drawn and has no row.
    pub cluster: Option<usize>,
    /// How many clusters give this replicate.
    pub times: f64,
    /// Factor of each cell: times that of the cluster's stratum (n / (n - 1) for the clusters that stay) it gives the weights.
    pub factors: Vec<f64>,
}

/// The factors without each cluster in turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// Strata, with the clusters in them.
    pub strata: Vec<Stratum>,
    /// One per cluster of the strata that were not drawn completely.
    pub without: Vec<Without>,
}

impl Rakes {
    /// Rakes weights of cells to margins.
    ///
    /// # Errors
    /// As for [`rake`].
    pub fn new(
        weights: &[f64],
        margins: &[Margin<'_>],
        options: &Options,
    ) -> Result<Rakes, Refused> {
        Ok(Rakes {
            raked: rake(weights, margins, options)?,
            prepared: prepare(weights, margins, options)?,
            options: *options,
        })
    }

    /// Targets of each margin, as they were met.
    pub fn targets(&self) -> impl Iterator<Item = &[f64]> {
        self.prepared.iter().map(|p| p.targets.as_slice())
    }

    /// Factors that make other weights of the same cells meet the margins, 0 for cells without weight; none where they can't.
    ///
    /// They start from those of the full sample, which leaves the limit unchanged.
    pub fn again(&self, weights: &[f64]) -> Option<Vec<f64>> {
        let mut raked: Vec<f64> = weights
            .iter()
            .zip(&self.raked.factors)
            .map(|(w, g)| w * g)
            .collect();
        let Options {
            rounds, tolerance, ..
        } = self.options;
        fit(&mut raked, &self.prepared, rounds, tolerance).ok()?;
        let factor = |(raked, w): (f64, &f64)| if *w > 0.0 { raked / w } else { 0.0 };
        Some(raked.into_iter().zip(weights).map(factor).collect())
    }
}

/// Factors of the cells without each cluster in turn, the others of its stratum weighted up by n / (n - 1).
///
/// Limits on factors are refused: which factors are at a limit changes between replicates, and the jackknife needs smoothness.
///
/// # Errors
/// See [`Design::by_stratum`]; lists that don't fit; a category with rows in a single cluster; no convergence without a cluster.
pub fn replicates(weighted: &Weighted<'_>, rakes: &Rakes) -> Result<Replicates, Refused> {
    if rakes.options.limits.is_some() {
        return Err(Refused::new(
            "raking with limits on weights has no jackknife",
            "Rake without limits, merging small categories instead.",
        ));
    }
    let strata = weighted.design.by_stratum(weighted.strata)?;
    let table = Table::new(weighted, &[], 0)?;
    supported(weighted)?;
    let mut jobs = Vec::new();
    for (at, stratum) in strata.iter().enumerate() {
        if stratum.correction > 0.0 {
            jobs.extend(stratum.inside.iter().map(|c| (at, Some(*c), 1.0)));
            let outside = stratum.outside();
            jobs.extend((outside > 0.0).then_some((at, None, outside)));
        }
    }
    let without = jobs.into_par_iter().map(|(stratum, cluster, times)| {
        let weights = table.without(&strata[stratum], cluster);
        // Where a cluster was all of a cell, taking it out leaves nothing but rounding.
        let positive = |(w, whole): (f64, &f64)| if w > 1e-12 * whole { w } else { 0.0 };
        let weights: Vec<f64> = weights
            .into_iter()
            .zip(&table.whole)
            .map(positive)
            .collect();
        let factors = rakes.again(&weights).ok_or_else(undefined_without)?;
        Ok(Without {
            stratum,
            cluster,
            times,
            factors,
        })
    });
    let without = without.collect::<Result<_, Refused>>()?;
    Ok(Replicates { strata, without })
}

/// An estimate with weights raked to the margins, its variance by the jackknife (see [`super::jackknife`]).
///
/// # Errors
/// As for raking and [`replicates`].
pub fn jackknife(
    crossed: &Crossed<'_>,
    options: &Options,
    statistic: Statistic<'_>,
    confidence: f64,
) -> Result<RakedEstimate, Refused> {
    let weighted = &crossed.weighted;
    let base = Table::new(weighted, &[], 0)?.whole;
    let rakes = Rakes::new(&base, weighted.margins, options)?;
    let Replicates {
        mut strata,
        without,
    } = replicates(weighted, &rakes)?;
    if crossed.inside.len() != weighted.strata.len() {
        return Err(unfit());
    }
    let components = crossed.components;
    let table = Table::new(weighted, crossed.sums, components)?;
    let of = |cells: &[f64], factors: &[f64]| {
        let mut totals = vec![0.0; components];
        for (cell, factor) in cells.chunks_exact(components + 1).zip(factors) {
            add(&mut totals, &cell[1..], *factor);
        }
        statistic(&totals).filter(|v| v.is_finite())
    };
    let value = of(&table.whole, &rakes.raked.factors).ok_or_else(undefined)?;
    let mut variance = 0.0;
    for one in &without {
        let stratum = &strata[one.stratum];
        let cells = table.without(stratum, one.cluster);
        let replicate = of(&cells, &one.factors).ok_or_else(undefined_without)?;
        let factor = stratum.correction * (stratum.size - 1.0) / stratum.size;
        variance += factor * one.times * (replicate - value).powi(2);
    }
    strata
        .iter_mut()
        .for_each(|s| s.inside.retain(|at| crossed.inside[*at]));
    strata.retain(|s| !s.inside.is_empty());
    let noise = options.tolerance * 10.0;
    Ok(RakedEstimate {
        estimated: estimated(value, variance, (&strata, 0.0), noise, confidence)?,
        raked: rakes.raked,
    })
}

/// Cells, each with its sum of weights and then its components.
struct Table<'a> {
    weighted: &'a Weighted<'a>,
    sums: &'a [f64],
    components: usize,
    /// Pairs of each cluster.
    ranges: Vec<std::ops::Range<usize>>,
    whole: Vec<f64>,
}

impl<'a> Table<'a> {
    fn new(
        weighted: &'a Weighted<'a>,
        sums: &'a [f64],
        components: usize,
    ) -> Result<Self, Refused> {
        let cells = weighted.margins.first().map_or(0, |m| m.codes.len());
        let pairs = weighted.pairs;
        let clusters = weighted.strata.len();
        let fits = weighted.weights.len() == pairs.len()
            && sums.len() == pairs.len() * components
            && pairs
                .iter()
                .all(|(cluster, cell)| *cluster < clusters && *cell < cells)
            && pairs.is_sorted_by_key(|(cluster, _)| *cluster);
        if !fits {
            return Err(unfit());
        }
        let place = |cluster: usize| pairs.partition_point(|(c, _)| *c < cluster);
        let mut table = Table {
            weighted,
            sums,
            components,
            ranges: (0..clusters).map(|c| place(c)..place(c + 1)).collect(),
            whole: vec![0.0; cells * (components + 1)],
        };
        let mut whole = std::mem::take(&mut table.whole);
        (0..clusters).for_each(|cluster| table.add(&mut whole, cluster, 1.0));
        table.whole = whole;
        Ok(table)
    }

    fn add(&self, cells: &mut [f64], cluster: usize, times: f64) {
        let (components, width) = (self.components, self.components + 1);
        for pair in self.ranges[cluster].clone() {
            let cell = &mut cells[self.weighted.pairs[pair].1 * width..][..width];
            cell[0] += times * self.weighted.weights[pair];
            add(
                &mut cell[1..],
                &self.sums[pair * components..][..components],
                times,
            );
        }
    }

    /// The cells without a cluster of a stratum, the others of the stratum weighted up.
    fn without(&self, stratum: &Stratum, cluster: Option<usize>) -> Vec<f64> {
        let n = stratum.size;
        let mut cells = self.whole.clone();
        for other in &stratum.inside {
            self.add(&mut cells, *other, 1.0 / (n - 1.0));
        }
        if let Some(cluster) = cluster {
            self.add(&mut cells, cluster, -n / (n - 1.0));
        }
        cells
    }
}

fn unfit() -> Refused {
    Refused::new(
        "the lists of clusters, cells and sums don't fit each other",
        "Give the pairs of cluster and cell by cluster, each with its weight and sums.",
    )
}

/// Every category needs rows in two clusters, so that none is empty when a cluster is left out.
fn supported(crossed: &Weighted<'_>) -> Result<(), Refused> {
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

#[cfg(test)]
mod tests;
