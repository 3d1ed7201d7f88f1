//! A sample as component sums by cluster, and what its strata allow to be said.

use crate::stats::{Inference, Refused};

/// A statistic of component totals; none where it is undefined (a ratio with denominator 0).
pub type Statistic<'a> = &'a (dyn Fn(&[f64]) -> Option<f64> + Sync);

/// The design that a sample was drawn by.
#[derive(Debug, Clone, Copy)]
pub struct Design<'a> {
    /// Clusters drawn in each stratum, those without a row in the domain included (a domain estimate).
    pub sizes: &'a [usize],
    /// Clusters of the population in each stratum, for the finite population correction; none for no correction.
    pub population: Option<&'a [f64]>,
    /// Names of the strata, for refusals; strata beyond the list are called by number, from 1.
    pub names: &'a [String],
}

/// Weighted component sums of the clusters that have a row in the domain.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// How the clusters were drawn.
    pub design: Design<'a>,
    /// Stratum of each cluster with a row in the domain, counted from 0.
    pub strata: &'a [usize],
    /// Number of components.
    pub components: usize,
    /// Weighted sums: clusters with a row in the domain x components, by cluster.
    pub totals: &'a [f64],
}

/// A stratum with a row in the domain.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// Clusters drawn.
    pub size: f64,
    /// 1 less the share of the population's clusters that were drawn; 1 without correction, 0 where all were.
    pub correction: f64,
    /// Those with a row in the domain, as indices.
    pub inside: Vec<usize>,
}

/// An estimate with its uncertainty and what that rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimated {
    /// Value, standard error, degrees of freedom, interval by t.
    pub inference: Inference,
    /// Clusters with a row in the domain.
    pub clusters: usize,
    /// Strata with a row in the domain.
    pub strata: usize,
}

impl Stratum {
    /// Clusters drawn without a row in the domain.
    pub fn outside(&self) -> f64 {
        self.size - self.inside.len() as f64
    }
}

impl Sample<'_> {
    /// Sums of a cluster.
    pub fn cluster(&self, at: usize) -> &[f64] {
        &self.totals[at * self.components..(at + 1) * self.components]
    }

    /// Sums over all clusters.
    pub fn whole(&self) -> Vec<f64> {
        let mut whole = vec![0.0; self.components];
        for at in 0..self.strata.len() {
            add(&mut whole, self.cluster(at), 1.0);
        }
        whole
    }

    /// Strata with a row in the domain, in order.
    ///
    /// # Errors
    /// See [`Design::by_stratum`]; sums that don't fit the clusters.
    pub fn by_stratum(&self) -> Result<Vec<Stratum>, Refused> {
        if self.totals.len() != self.strata.len() * self.components {
            return Err(unfit());
        }
        self.design.by_stratum(self.strata)
    }
}

impl Design<'_> {
    /// Strata that have one of the clusters given (by the stratum of each), in order.
    ///
    /// A single cluster says nothing about the spread in its stratum and is refused, unless it is all there is in the population.
    ///
    /// # Errors
    /// No clusters; a stratum with a single cluster; more clusters drawn than there are; lists that don't fit each other.
    pub fn by_stratum(&self, strata: &[usize]) -> Result<Vec<Stratum>, Refused> {
        let fits = strata.iter().all(|h| *h < self.sizes.len())
            && self.population.is_none_or(|p| p.len() == self.sizes.len());
        if !fits {
            return Err(unfit());
        }
        if strata.is_empty() {
            return Err(Refused::new(
                "no cluster has a row here",
                "Choose a group with rows.",
            ));
        }
        let mut inside = vec![Vec::new(); self.sizes.len()];
        for (at, stratum) in strata.iter().enumerate() {
            inside[*stratum].push(at);
        }
        let with_rows = inside
            .into_iter()
            .enumerate()
            .filter(|(_, c)| !c.is_empty());
        with_rows
            .map(|(at, inside)| self.stratum(at, inside))
            .collect()
    }

    fn stratum(&self, at: usize, inside: Vec<usize>) -> Result<Stratum, Refused> {
        let size = self.sizes[at] as f64;
        let name = || match self.names.get(at) {
            Some(name) => format!("stratum {name}"),
            None if self.sizes.len() == 1 => "the sample".to_owned(),
            None => format!("stratum {}", at + 1),
        };
        if inside.len() > self.sizes[at] {
            return Err(Refused::new(
                format!(
                    "{} has {} clusters with rows but a size of {size}",
                    name(),
                    inside.len()
                ),
                "The size counts all clusters drawn, with and without rows.",
            ));
        }
        let correction = match self.population.map(|p| p[at]) {
            None => 1.0,
            Some(all) if all >= size && all.is_finite() => 1.0 - size / all,
            Some(all) => {
                return Err(Refused::new(
                    format!(
                        "{} has {size} clusters in the sample but {all} in the population",
                        name()
                    ),
                    "Give the number of clusters that the stratum has in the population, not of rows or persons.",
                ));
            }
        };
        if size < 2.0 && correction > 0.0 {
            return Err(Refused::new(
                format!(
                    "{} has a single cluster, so its sampling error can't be estimated",
                    name()
                ),
                "Merge it with the stratum that is most like it; or, where it was in the sample with certainty, give its population \
                 as 1 cluster or take its rows as clusters.",
            ));
        }
        Ok(Stratum {
            size,
            correction,
            inside,
        })
    }
}

/// The estimate, from the variance and the strata: degrees of freedom are the clusters with a row in the domain less their strata,
/// where strata that were drawn completely count for neither (Korn & Graubard 1999, "Analysis of Health Surveys", on
/// subdomains).
///
/// `within` is added to them: those of the units within clusters of such strata.
///
/// `noise` is the standard error relative to the value below which nothing but rounding varies.
///
/// # Errors
/// All clusters of the population are in the sample; the value is the same in all clusters; too few clusters.
pub(super) fn estimated(
    value: f64,
    variance: f64,
    (strata, within): (&[Stratum], f64),
    noise: f64,
    confidence: f64,
) -> Result<Estimated, Refused> {
    let drawn = || strata.iter().filter(|s| s.correction > 0.0);
    if drawn().next().is_none() && within == 0.0 {
        return Err(Refused::new(
            "all clusters of the population are in the sample, so there is no sampling error",
            "Declare the table a census.",
        ));
    }
    let between: f64 = drawn().map(|s| s.inside.len() as f64 - 1.0).sum();
    let df = between + within;
    if df < 1.0 {
        return Err(Refused::new(
            "there are too few clusters to estimate the sampling error",
            "At least one stratum needs two clusters with rows here; merge groups or strata.",
        ));
    }
    let se = variance.sqrt();
    if !se.is_finite() {
        return Err(Refused::new(
            "the numbers are too large for a sampling error to be computed: measure in a larger unit",
            "Measure in a larger unit.",
        ));
    }
    if se.is_nan() || se <= value.abs() * noise {
        return Err(Refused::new(
            "the value does not vary between clusters, so its sampling error can't be estimated",
            "For a share of 0 or 100 %, use an interval for proportions with an assumed design effect.",
        ));
    }
    Ok(Estimated {
        inference: Inference::t(value, se, df, confidence),
        clusters: strata.iter().map(|s| s.inside.len()).sum(),
        strata: strata.len(),
    })
}

/// Adds `times` the second to the first.
pub(super) fn add(sums: &mut [f64], more: &[f64], times: f64) {
    sums.iter_mut()
        .zip(more)
        .for_each(|(sum, x)| *sum += times * x);
}

fn unfit() -> Refused {
    Refused::new(
        "the lists of clusters, strata and sums don't fit each other",
        "Give each cluster its stratum and its sums, and each stratum its size and population.",
    )
}

pub(super) fn undefined() -> Refused {
    Refused::new(
        "the value is undefined for these rows",
        "Choose a group in which the denominator is above 0.",
    )
}
