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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::cases::{Row, near, rows};
    use super::*;

    /// Sums by cluster and cell (sex x age) of the rows shared with R: weight; then w and w y of the rows chosen.
    struct Example {
        sizes: Vec<usize>,
        strata: Vec<usize>,
        inside: Vec<bool>,
        labels: [Vec<String>; 2],
        targets: [Vec<Option<f64>>; 2],
        codes: [Vec<Option<usize>>; 2],
        pairs: Vec<(usize, usize)>,
        weights: Vec<f64>,
        sums: Vec<f64>,
    }

    fn example(chosen: impl Fn(&Row) -> bool) -> Example {
        let rows = rows();
        let (mut pairs, mut weights, mut sums) = (vec![], vec![], vec![]);
        for (cluster, cell) in (0..12).flat_map(|c| (0..6).map(move |k| (c, k))) {
            let of = rows
                .iter()
                .filter(|r| r.cluster == cluster && r.sex * 3 + r.age == cell);
            let of: Vec<&Row> = of.collect();
            if !of.is_empty() {
                pairs.push((cluster, cell));
                weights.push(of.iter().map(|r| r.weight).sum());
                let used = || of.iter().filter(|r| chosen(r));
                sums.push(used().map(|r| r.weight).sum());
                sums.push(used().map(|r| r.weight * r.y).sum());
            }
        }
        let text = |n: &usize| n.to_string();
        Example {
            sizes: vec![4; 3],
            strata: (0..12).map(|c| c / 4).collect(),
            inside: (0..12)
                .map(|c| rows.iter().any(|r| r.cluster == c && chosen(r)))
                .collect(),
            labels: [
                [0, 1].iter().map(text).collect(),
                [0, 1, 2].iter().map(text).collect(),
            ],
            targets: [
                vec![Some(300.0), Some(372.0)],
                vec![Some(200.0), Some(232.0), Some(240.0)],
            ],
            codes: [
                (0..6).map(|c| Some(c / 3)).collect(),
                (0..6).map(|c| Some(c % 3)).collect(),
            ],
            pairs,
            weights,
            sums,
        }
    }

    impl Example {
        fn estimate(
            &self,
            options: &Options,
            statistic: Statistic<'_>,
        ) -> Result<RakedEstimate, Refused> {
            let margin = |at: usize, name| Margin {
                name,
                labels: &self.labels[at],
                targets: &self.targets[at],
                codes: &self.codes[at],
            };
            let crossed = Crossed {
                design: Design {
                    sizes: &self.sizes,
                    population: None,
                    names: &[],
                },
                strata: &self.strata,
                inside: &self.inside,
                margins: &[margin(0, "sex"), margin(1, "age")],
                pairs: &self.pairs,
                weights: &self.weights,
                components: 2,
                sums: &self.sums,
            };
            jackknife(&crossed, options, statistic, 0.95)
        }
    }

    /// survey 4.1.1: rake() of as.svrepdesign(s, type="JKn", mse=TRUE), then svymean, svytotal, and svymean of a subset.
    #[test]
    fn as_in_r() {
        let mean: Statistic<'_> = &|t| Some(t[1] / t[0]);
        let all = example(|_| true)
            .estimate(&Options::default(), mean)
            .unwrap();
        let i = all.estimated.inference;
        near(i.value, 7.445_557_043_072, 1e-9);
        near(i.se, 0.370_595_085_123_2, 1e-7);
        assert!(i.df == 9.0 && all.estimated.clusters == 12 && all.raked.factors.len() == 6);
        let total = example(|_| true)
            .estimate(&Options::default(), &|t| Some(t[1]))
            .unwrap();
        let i = total.estimated.inference;
        near(i.value, 5_003.414_332_944, 1e-9);
        near(i.se, 249.039_897_202_8, 1e-7);
        let old = example(|r| r.age == 2)
            .estimate(&Options::default(), mean)
            .unwrap();
        let i = old.estimated.inference;
        near(i.value, 6.867_204_257_634, 1e-9);
        near(i.se, 0.664_825_954, 1e-7);
        assert!(i.df == 4.0 && old.estimated.clusters == 7);
    }

    /// The weights alone meet their margins in every replicate: they don't vary, and nothing is made of rounding.
    #[test]
    fn known_margins_have_no_sampling_error() {
        let total = example(|r| r.sex == 1).estimate(&Options::default(), &|t| Some(t[0]));
        assert!(
            total
                .unwrap_err()
                .reason
                .starts_with("the value does not vary")
        );
    }

    #[test]
    fn refused_in_words() {
        let mean: Statistic<'_> = &|t| Some(t[1] / t[0]);
        let limits = Options {
            limits: Some((0.1, 5.0)),
            ..Options::default()
        };
        assert!(
            example(|_| true)
                .estimate(&limits, mean)
                .unwrap_err()
                .reason
                .contains("limits")
        );
        // The third age in one cluster only.
        let mut alone = example(|_| true);
        let kept: Vec<bool> = alone
            .pairs
            .iter()
            .map(|(c, k)| k % 3 < 2 || *c == 6)
            .collect();
        alone.pairs = (0..kept.len())
            .filter(|at| kept[*at])
            .map(|at| alone.pairs[at])
            .collect();
        alone.weights = (0..kept.len())
            .filter(|at| kept[*at])
            .map(|at| alone.weights[at])
            .collect();
        alone.sums = (0..kept.len())
            .filter(|at| kept[*at])
            .flat_map(|at| [alone.sums[2 * at], alone.sums[2 * at + 1]])
            .collect();
        let refused = alone.estimate(&Options::default(), mean).unwrap_err();
        assert_eq!(
            refused.reason,
            "the category 2 of age has rows in a single cluster"
        );
        let mut unsorted = example(|_| true);
        unsorted.pairs.reverse();
        assert!(
            unsorted
                .estimate(&Options::default(), mean)
                .unwrap_err()
                .reason
                .contains("don't fit")
        );
    }
}
