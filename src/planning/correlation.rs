//! What the rows of clusters tell of a plan beside the intra-cluster correlation: spread, and correlations between two waves.

use crate::stats::Inference;
use std::collections::BTreeMap;

/// Groups that a jackknife leaves out one by one, at most.
const GROUPS: usize = 400;

/// Sums over the persons of a cluster: of their values in the first wave, in the second, squares and products.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pairs {
    /// Stratum and group.
    pub cell: u32,
    /// Persons.
    pub n: f64,
    /// Sums.
    pub first: (f64, f64),
    /// Sums of squares.
    pub squares: (f64, f64),
    /// Sum of products.
    pub products: f64,
}

impl Pairs {
    /// Adds a person.
    pub fn add(&mut self, a: f64, b: f64) {
        self.n += 1.0;
        self.first.0 += a;
        self.first.1 += b;
        self.squares.0 += a * a;
        self.squares.1 += b * b;
        self.products += a * b;
    }
}

/// Mean squares and products between clusters and within, and the adjusted size of clusters.
struct Components {
    between: [f64; 3],
    within: [f64; 3],
    size: f64,
}

impl Components {
    /// Components of (first wave, second wave, both).
    fn new(clusters: &[&Pairs]) -> Option<Components> {
        let mut cells: BTreeMap<u32, [f64; 4]> = BTreeMap::new();
        for c in clusters {
            let place = cells.entry(c.cell).or_default();
            for (sum, more) in place.iter_mut().zip([c.n, c.first.0, c.first.1, c.n * c.n]) {
                *sum += more;
            }
        }
        let (mut between, mut within) = ([0.0; 3], [0.0; 3]);
        let (mut k, mut rows) = (0.0, 0.0);
        for c in clusters {
            let [n, a, b, _] = *cells.get(&c.cell)?;
            let far = (c.first.0 / c.n - a / n, c.first.1 / c.n - b / n);
            k += 1.0;
            rows += c.n;
            between[0] += c.n * far.0 * far.0;
            between[1] += c.n * far.1 * far.1;
            between[2] += c.n * far.0 * far.1;
            within[0] += c.squares.0 - c.first.0 * c.first.0 / c.n;
            within[1] += c.squares.1 - c.first.1 * c.first.1 / c.n;
            within[2] += c.products - c.first.0 * c.first.1 / c.n;
        }
        let free = k - cells.len() as f64;
        if free < 1.0 {
            return None;
        }
        let left = rows - k;
        let unequal: f64 = cells.values().map(|[n, _, _, squares]| squares / n).sum();
        Some(Components {
            between: between.map(|x| x / free),
            within: within.map(|x| if left > 0.0 { x / left } else { 0.0 }),
            size: (rows - unequal) / free,
        })
    }

    fn variance_between(&self, at: usize) -> f64 {
        (self.between[at] - self.within[at]) / self.size
    }
}

fn correlation(product: f64, a: f64, b: f64) -> Option<f64> {
    let found = product / (a * b).sqrt();
    (a > 0.0 && b > 0.0 && found.is_finite()).then_some(found)
}

/// Correlation over time of a person's deviation from the cluster; of the outcome, within cells, where each cluster is a person.
pub fn of_persons(clusters: &[Pairs], confidence: f64) -> Option<(f64, Option<(f64, f64)>)> {
    let single = clusters.iter().all(|c| c.n == 1.0);
    jackknife(clusters, confidence, Scale::Correlation, |all| {
        let found = Components::new(all)?;
        let [a, b, both] = if single { found.between } else { found.within };
        correlation(both, a, b)
    })
}

/// Correlation over time of a cluster's true mean: that of the variance components between clusters.
pub fn of_clusters(clusters: &[Pairs], confidence: f64) -> Option<(f64, Option<(f64, f64)>)> {
    jackknife(clusters, confidence, Scale::Correlation, |all| {
        let found = Components::new(all)?;
        let between = |at| found.variance_between(at);
        correlation(between(2), between(0), between(1))
    })
}

/// Standard deviation between persons of a cell, in the first wave: within clusters and between them together.
pub fn spread(clusters: &[Pairs], confidence: f64) -> Option<(f64, Option<(f64, f64)>)> {
    let single = clusters.iter().all(|c| c.n == 1.0);
    jackknife(clusters, confidence, Scale::Above0, |all| {
        let found = Components::new(all)?;
        let variance = match single {
            true => found.between[0],
            false => found.within[0] + found.variance_between(0).max(0.0),
        };
        (variance > 0.0).then(|| variance.sqrt())
    })
}

/// On which scale an interval is symmetric.
#[derive(Clone, Copy)]
enum Scale {
    /// Fisher's z.
    Correlation,
    /// Logarithm.
    Above0,
}

/// A statistic with its interval from leaving out clusters one by one (groups of clusters where there are very many).
fn jackknife(
    clusters: &[Pairs],
    confidence: f64,
    scale: Scale,
    statistic: impl Fn(&[&Pairs]) -> Option<f64>,
) -> Option<(f64, Option<(f64, f64)>)> {
    let value = statistic(&clusters.iter().collect::<Vec<_>>())?;
    let there = |x: f64| match scale {
        Scale::Correlation => x.atanh(),
        Scale::Above0 => x.ln(),
    };
    let back = |x: f64| match scale {
        Scale::Correlation => x.tanh(),
        Scale::Above0 => x.exp(),
    };
    let groups = clusters.len().min(GROUPS);
    let left_out: Option<Vec<f64>> = (0..groups)
        .map(|out| {
            let kept = clusters.iter().enumerate();
            let kept = kept.filter(|(at, _)| at % groups != out);
            let found = statistic(&kept.map(|(_, c)| c).collect::<Vec<_>>())?;
            Some(there(found)).filter(|x| x.is_finite())
        })
        .collect();
    let interval = left_out.and_then(|values| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        let se = (squares * (n - 1.0) / n).sqrt();
        let cells: std::collections::BTreeSet<u32> = clusters.iter().map(|c| c.cell).collect();
        let df = n - cells.len() as f64;
        let centre = there(value);
        if df < 1.0 || !se.is_finite() || !centre.is_finite() {
            return None;
        }
        let found = Inference::t(centre, se, df, confidence);
        Some((back(found.low), back(found.high)))
    });
    Some((value, interval))
}
