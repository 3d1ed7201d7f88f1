//! What adjusted estimators take, and the checks that all of them share.

use crate::stats::Refused;
use crate::stats::linear::{self, Fit};
use nalgebra::DMatrix;

/// A covariate measured before the treatment: one number per row.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// Its name, as refusals and reports show it.
    pub name: String,
    /// One finite value per row of the sample.
    pub values: Vec<f64>,
}

impl Covariate {
    /// A named covariate.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Covariate {
        Covariate {
            name: name.into(),
            values,
        }
    }
}

/// The rows that an effect is estimated from, all complete: rows with a missing value are dropped, and counted, by the caller.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The outcome, one finite number per row.
    pub outcome: &'a [f64],
    /// Whether the row was treated.
    pub treated: &'a [bool],
    /// Survey weights above 0; all equal where none.
    pub weights: Option<&'a [f64]>,
    /// The cluster of each row, any numbers; each row its own cluster where none.
    pub clusters: Option<&'a [u32]>,
}

/// For whom the mean effect is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Everyone in the sample, treated or not (ATE).
    Everyone,
    /// Those who were treated (ATT).
    Treated,
}

impl Sample<'_> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.treated.len()
    }

    /// Weight of a row: 1 where there are none.
    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |w| w[row])
    }

    /// Lengths, finite outcomes, usable weights, both groups there.
    pub(super) fn check(&self) -> Result<(), Refused> {
        let n = self.rows();
        same_length("the outcome", self.outcome.len(), n)?;
        finite("the outcome", self.outcome)?;
        check_weights(self.weights, n)?;
        check_clusters(self.clusters, n)?;
        both_groups(self.treated)?;
        clusters_per_group(self.treated, self.clusters)
    }
}

/// Refused unless both groups have at least two rows.
pub(in crate::stats) fn both_groups(treated: &[bool]) -> Result<(), Refused> {
    let (n, ones) = (treated.len(), treated.iter().filter(|&&t| t).count());
    let help = "Compare groups of which each has at least two rows.";
    match ones {
        _ if n == 0 => Err(Refused::new("there are no rows", help)),
        0 => Err(Refused::new(
            format!("the treatment does not vary: none of the {n} rows is treated"),
            help,
        )),
        _ if ones == n => Err(Refused::new(
            format!("the treatment does not vary: all {n} rows are treated"),
            help,
        )),
        1 => Err(Refused::new("only one row is treated", help)),
        _ if ones + 1 == n => Err(Refused::new("only one row is untreated", help)),
        _ => Ok(()),
    }
}

/// Refused where one group lies in a single cluster: how clusters of that group differ is then unknown.
pub(in crate::stats) fn clusters_per_group(
    treated: &[bool],
    clusters: Option<&[u32]>,
) -> Result<(), Refused> {
    let Some(clusters) = clusters else {
        return Ok(());
    };
    for (group, words) in [(true, "treated"), (false, "untreated")] {
        let mut of_group = treated
            .iter()
            .zip(clusters)
            .filter(|(t, _)| **t == group)
            .map(|(_, c)| *c);
        let first = of_group.next();
        if of_group.all(|c| Some(c) == first) {
            return Err(Refused::new(
                format!(
                    "all {words} rows are in one cluster, so how clusters differ among the {words} is unknown"
                ),
                "Name smaller clusters, or gather data from more clusters.",
            ));
        }
    }
    Ok(())
}

/// Refused unless every weight is finite and above 0.
pub(in crate::stats) fn check_weights(weights: Option<&[f64]>, n: usize) -> Result<(), Refused> {
    let Some(weights) = weights else {
        return Ok(());
    };
    same_length("the weight", weights.len(), n)?;
    let bad = weights
        .iter()
        .filter(|w| !(w.is_finite() && **w > 0.0))
        .count();
    if bad > 0 {
        return Err(Refused::new(
            format!("{bad} of the {n} weights are missing, zero or negative"),
            "Give every row a weight above 0, or drop the rows that have none.",
        ));
    }
    Ok(())
}

/// Refused unless there is a cluster for every row.
pub(in crate::stats) fn check_clusters(clusters: Option<&[u32]>, n: usize) -> Result<(), Refused> {
    clusters.map_or(Ok(()), |c| same_length("the cluster", c.len(), n))
}

/// Refused unless every value is a finite number.
pub(super) fn finite(what: &str, values: &[f64]) -> Result<(), Refused> {
    let bad = values.iter().filter(|v| !v.is_finite()).count();
    if bad > 0 {
        return Err(Refused::new(
            format!("{what} is missing in {bad} of {} rows", values.len()),
            "Drop the rows with missing values first, and say how many they are.",
        ));
    }
    Ok(())
}

pub(super) fn same_length(what: &str, has: usize, rows: usize) -> Result<(), Refused> {
    if has == rows {
        return Ok(());
    }
    Err(Refused::new(
        format!("{what} has {has} values where there are {rows} rows"),
        "Give one value per row.",
    ))
}

/// Covariates as a matrix (rows by 1 + covariates) with a leading column of ones, checked for length and missing values.
pub(super) fn with_constant(
    covariates: &[Covariate],
    rows: usize,
) -> Result<DMatrix<f64>, Refused> {
    for covariate in covariates {
        same_length(&covariate.name, covariate.values.len(), rows)?;
        finite(&covariate.name, &covariate.values)?;
    }
    Ok(DMatrix::from_fn(
        rows,
        covariates.len() + 1,
        |row, column| {
            column
                .checked_sub(1)
                .map_or(1.0, |c| covariates[c].values[row])
        },
    ))
}

/// Names of the columns of [`with_constant`].
pub(super) fn names(covariates: &[Covariate]) -> Vec<String> {
    let constant = std::iter::once("constant".to_owned());
    constant
        .chain(covariates.iter().map(|c| c.name.clone()))
        .collect()
}

/// Least squares among the rows with a weight above 0, which `words` calls by name in a refusal.
pub(super) fn least_squares(
    design: &DMatrix<f64>,
    covariates: &[Covariate],
    outcome: &[f64],
    weights: &[f64],
    words: &str,
) -> Result<Fit, Refused> {
    let rows: Vec<usize> = (0..weights.len()).filter(|&i| weights[i] > 0.0).collect();
    let pick = |all: &[f64]| -> Vec<f64> { rows.iter().map(|&i| all[i]).collect() };
    linear::fit(
        &pick(outcome),
        &design.select_rows(&rows),
        &names(covariates),
        Some(&pick(weights)),
    )
    .map_err(|refused| Refused::new(format!("among {words}, {}", refused.reason), refused.help))
}
