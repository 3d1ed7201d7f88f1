//! The loop over replicates: draws, sums of what was drawn, statistics.

use super::{ClusterSums, Options, Statistic};
use crate::stats::{Refused, random};
use rand::RngExt;
use rayon::prelude::*;

/// Replicates that one task makes.
const BLOCK: usize = 64;
/// Step of a gradient by differences, as a share of the standard error of the total: small against the curvature that matters.
const STEP: f64 = 1e-3;

/// Clusters in an order and shape that make a replicate cheap.
///
/// A row is a cluster: its components as deviations d from the mean of its stratum, then (if studentised) the products d·d' of those
/// pairs of components that a statistic needs. With n clusters in a stratum, m = n - 1 of them drawn, and a sum over the draws, the
/// total of a replicate is T + Σ (n/m)·Σd, and the covariance of two totals Σ m/(m - 1)·(n/m)²·(Σdd' - Σd·Σd'/m).
/// Deviations keep digits that raw sums of squares would cancel.
pub(super) struct Layout {
    components: usize,
    /// Pairs of components whose covariance a statistic needs, the smaller first, sorted.
    pairs: Vec<(usize, usize)>,
    /// Numbers in a row.
    columns: usize,
    rows: Vec<f64>,
    /// Clusters of each stratum; rows stand in that order.
    sizes: Vec<usize>,
    totals: Vec<f64>,
    /// For each statistic and each pair of its components, the column of the pair.
    products: Vec<Vec<usize>>,
    /// Whether replicates get standard errors.
    studentised: bool,
}

/// Totals with the covariances of [`Layout::pairs`].
pub(super) struct Totals {
    pub totals: Vec<f64>,
    covariances: Vec<f64>,
    /// Step of differences by component.
    steps: Vec<f64>,
}

impl Layout {
    pub fn new(
        data: &ClusterSums,
        statistics: &[Statistic],
        studentised: bool,
    ) -> Result<Layout, Refused> {
        let (clusters, components) = (data.strata.len(), data.components);
        let read = statistics.iter().flat_map(|s| &s.uses);
        if data.sums.len() != clusters * components || read.clone().any(|u| *u >= components) {
            return Err(Refused::new(
                format!(
                    "{} sums are not {clusters} clusters of {components} components",
                    data.sums.len()
                ),
                "Give one row of components for each cluster, and statistics of these components.",
            ));
        }
        if !data.sums.iter().all(|x| x.is_finite()) {
            return Err(Refused::new(
                "a sum of a cluster is missing or infinite",
                "Leave out clusters without values.",
            ));
        }
        let mut order: Vec<usize> = (0..clusters).collect();
        order.sort_by_key(|c| data.strata[*c]);
        let strata: Vec<&[usize]> = order
            .chunk_by(|a, b| data.strata[*a] == data.strata[*b])
            .collect();
        check_sizes(&strata, studentised)?;

        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for statistic in statistics {
            pairs.extend(pairs_of(&statistic.uses));
        }
        // The variance of each total gives the step of a difference.
        pairs.extend(read.map(|u| (*u, *u)));
        pairs.sort_unstable();
        pairs.dedup();
        let column = |pair: (usize, usize)| pairs.partition_point(|p| *p < pair);
        let products = statistics
            .iter()
            .map(|s| pairs_of(&s.uses).map(column).collect())
            .collect();

        let columns = components + if studentised { pairs.len() } else { 0 };
        let mut rows = Vec::with_capacity(clusters * columns);
        let mut totals = vec![0.0; components];
        let row = |c: usize| &data.sums[c * components..(c + 1) * components];
        for stratum in &strata {
            let mut sums = vec![0.0; components];
            for &c in *stratum {
                add(&mut sums, row(c), 1.0);
            }
            add(&mut totals, &sums, 1.0);
            for &c in *stratum {
                let start = rows.len();
                let mean = sums.iter().map(|s| s / stratum.len() as f64);
                rows.extend(row(c).iter().zip(mean).map(|(x, mean)| x - mean));
                if studentised {
                    for &(i, j) in &pairs {
                        rows.push(rows[start + i] * rows[start + j]);
                    }
                }
            }
        }
        Ok(Layout {
            components,
            pairs,
            columns,
            rows,
            sizes: strata.iter().map(|s| s.len()).collect(),
            totals,
            products,
            studentised,
        })
    }

    /// Clusters less strata.
    pub fn df(&self) -> f64 {
        self.sizes.iter().map(|n| n - 1).sum::<usize>() as f64
    }

    /// Numbers that a replicate gives: values, then standard errors if studentised.
    pub fn width(&self, statistics: &[Statistic]) -> usize {
        statistics.len() * if self.studentised { 2 } else { 1 }
    }

    /// Rows of each stratum.
    fn strata(&self) -> impl Iterator<Item = (usize, &[f64])> {
        let mut start = 0;
        self.sizes.iter().map(move |&n| {
            let rows = &self.rows[start..start + n * self.columns];
            start += n * self.columns;
            (n, rows)
        })
    }

    /// The data themselves: variance n/(n - 1)·Σdd' by stratum.
    pub fn observed(&self) -> Totals {
        let mut covariances = vec![0.0; self.pairs.len()];
        for (n, rows) in self.strata() {
            let factor = n as f64 / (n as f64 - 1.0);
            for d in rows.chunks_exact(self.columns) {
                for (sum, &(i, j)) in covariances.iter_mut().zip(&self.pairs) {
                    *sum += factor * d[i] * d[j];
                }
            }
        }
        let mut steps = vec![0.0; self.components];
        for (&(i, j), variance) in self.pairs.iter().zip(&covariances) {
            if i == j {
                steps[i] = STEP * variance.sqrt();
            }
        }
        Totals {
            totals: self.totals.clone(),
            covariances,
            steps,
        }
    }

    /// Standard error of a statistic by linearisation over the clusters.
    pub fn linearised_se(&self, statistic: &Statistic, of: &Totals) -> f64 {
        let products: Vec<usize> = pairs_of(&statistic.uses)
            .map(|pair| self.pairs.partition_point(|p| *p < pair))
            .collect();
        let mut gradient = Vec::new();
        statistic.gradient(&of.totals, &of.steps, &mut gradient);
        quadratic(&gradient, &products, &of.covariances).sqrt()
    }

    /// Statistics without one cluster each, the others of its stratum weighted up: T - n/(n - 1)·d. One row a cluster.
    pub fn jackknife(&self, statistics: &[Statistic]) -> Vec<f64> {
        let mut values = Vec::new();
        let mut totals = self.totals.clone();
        for (n, rows) in self.strata() {
            let factor = n as f64 / (n as f64 - 1.0);
            for d in rows.chunks_exact(self.columns) {
                totals.copy_from_slice(&self.totals);
                add(&mut totals, d, -factor);
                values.extend(statistics.iter().map(|s| s.value(&totals)));
            }
        }
        values
    }

    /// Acceleration from values without one cluster each (Efron 1987, eq. 6.6, by strata as Davison & Hinkley 1997, eq. 5.27):
    /// with l = (n - 1)·(mean - value) within a stratum, Σl³/n³ / (6·(Σl²/n²)^1.5).
    pub fn acceleration(&self, values: impl Iterator<Item = f64>) -> Option<f64> {
        let values: Vec<f64> = values.collect();
        let (mut cubes, mut squares, mut start) = (0.0, 0.0, 0);
        for &n in &self.sizes {
            let own = &values[start..start + n];
            start += n;
            let size = n as f64;
            let mean = own.iter().sum::<f64>() / size;
            for value in own {
                let l = (size - 1.0) * (mean - value) / size;
                squares += l * l;
                cubes += l * l * l;
            }
        }
        let acceleration = cubes / (6.0 * squares.powf(1.5));
        acceleration.is_finite().then_some(acceleration)
    }

    /// All replicates, [`Layout::width`] numbers each, in order; the same with any number of threads.
    pub fn draw(&self, statistics: &[Statistic], observed: &Totals, options: &Options) -> Vec<f64> {
        let width = self.width(statistics);
        let mut drawn = vec![0.0; width * options.replicates];
        drawn
            .par_chunks_mut(width.max(1) * BLOCK)
            .enumerate()
            .for_each(|(block, part)| {
                let mut work = Work::new(self, observed);
                for (k, out) in part.chunks_exact_mut(width.max(1)).enumerate() {
                    let replicate = (block * BLOCK + k) as u64;
                    self.replicate(&mut work, options, replicate);
                    self.evaluate(statistics, &mut work, out);
                }
            });
        drawn
    }

    /// Totals and covariances of one replicate.
    fn replicate(&self, work: &mut Work, options: &Options, replicate: u64) {
        let mut stream = random::stream(options.seed, options.what, replicate);
        work.of.totals.copy_from_slice(&self.totals);
        work.of.covariances.fill(0.0);
        for (n, rows) in self.strata() {
            let counts = &mut work.counts[..n];
            counts.fill(0);
            for _ in 1..n {
                counts[stream.random_range(0..n as u32) as usize] += 1;
            }
            work.sums.fill(0.0);
            for (&count, row) in counts.iter().zip(rows.chunks_exact(self.columns)) {
                if count > 0 {
                    add(&mut work.sums, row, f64::from(count));
                }
            }
            let m = n as f64 - 1.0;
            let (sums, squares) = work.sums.split_at(self.components);
            let weight = n as f64 / m;
            add(&mut work.of.totals, sums, weight);
            if self.studentised {
                let factor = m / (m - 1.0) * weight * weight;
                for ((to, square), &(i, j)) in
                    work.of.covariances.iter_mut().zip(squares).zip(&self.pairs)
                {
                    *to += factor * (square - sums[i] * sums[j] / m);
                }
            }
        }
    }

    fn evaluate(&self, statistics: &[Statistic], work: &mut Work, out: &mut [f64]) {
        let (values, errors) = out.split_at_mut(statistics.len());
        for (to, statistic) in values.iter_mut().zip(statistics) {
            *to = statistic.value(&work.of.totals);
        }
        for ((to, statistic), products) in errors.iter_mut().zip(statistics).zip(&self.products) {
            statistic.gradient(&work.of.totals, &work.of.steps, &mut work.gradient);
            *to = quadratic(&work.gradient, products, &work.of.covariances).sqrt();
        }
    }
}

/// What a task needs for its replicates.
struct Work {
    counts: Vec<u32>,
    sums: Vec<f64>,
    of: Totals,
    gradient: Vec<f64>,
}

impl Work {
    fn new(layout: &Layout, observed: &Totals) -> Work {
        Work {
            counts: vec![0; layout.sizes.iter().copied().max().unwrap_or(0)],
            sums: vec![0.0; layout.columns],
            of: Totals {
                totals: observed.totals.clone(),
                covariances: observed.covariances.clone(),
                steps: observed.steps.clone(),
            },
            gradient: Vec::new(),
        }
    }
}

/// `to` += `factor`·`row`, as far as the shorter of the two goes.
fn add(to: &mut [f64], row: &[f64], factor: f64) {
    for (to, x) in to.iter_mut().zip(row) {
        *to += factor * x;
    }
}

/// All pairs of used components, by position from the first: (0,0), (0,1), ..., (1,1), ...; each with the smaller number first.
fn pairs_of(uses: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    uses.iter()
        .enumerate()
        .flat_map(|(k, &i)| uses[k..].iter().map(move |&j| (i.min(j), i.max(j))))
}

/// g'Vg, `products` holding the place of each pair of [`pairs_of`] in `covariances`.
fn quadratic(gradient: &[f64], products: &[usize], covariances: &[f64]) -> f64 {
    let mut places = products.iter();
    let mut sum = 0.0;
    for (k, a) in gradient.iter().enumerate() {
        for (l, b) in gradient[k..].iter().enumerate() {
            let covariance = places.next().map_or(0.0, |p| covariances[*p]);
            sum += if l == 0 { 1.0 } else { 2.0 } * a * b * covariance;
        }
    }
    sum.max(0.0)
}

fn check_sizes(strata: &[&[usize]], studentised: bool) -> Result<(), Refused> {
    let least = if studentised { 3 } else { 2 };
    let Some(stratum) = strata.iter().position(|s| s.len() < least) else {
        return if strata.is_empty() {
            Err(Refused::new(
                "there are no clusters",
                "Check the filter: no row is left.",
            ))
        } else {
            Ok(())
        };
    };
    let which = if strata.len() == 1 {
        "the sample".to_owned()
    } else {
        format!("stratum {} of {}", stratum + 1, strata.len())
    };
    Err(if strata[stratum].len() == 1 {
        Refused::new(
            format!("{which} has a single cluster, so that nothing shows how much clusters differ"),
            "Join it to a similar stratum in the data, under a name of its own.",
        )
    } else {
        Refused::new(
            format!("{which} has two clusters, and a studentised interval needs three"),
            "Ask for the BCa or percentile interval, or join strata.",
        )
    })
}
