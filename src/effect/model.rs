//! A regression of the observations, with the standard errors that the evaluation asks for.

use super::observations::{Codes, Observations, differ};
use crate::evaluation::{EffectSetting, ErrorKind};
use crate::outcome::{EffectEstimate, EffectTerm, JointTest, NotEstimable};
use crate::stats::linear::{
    Covariance, Fit, Kind, cluster, covariance, fit, fit_with, two_way, wald,
};
use crate::stats::{Inference, Refused};
use nalgebra::DMatrix;
use std::collections::BTreeMap;

/// Columns of a regression, by name.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// Names.
    pub names: Vec<String>,
    /// Values, one vector per column.
    pub values: Vec<Vec<f64>>,
}

impl Columns {
    /// A constant.
    pub fn constant(n: usize) -> Columns {
        let mut columns = Columns::default();
        columns.add("constant", vec![1.0; n]);
        columns
    }

    /// Adds a column; gives its position.
    pub fn add(&mut self, name: impl Into<String>, values: Vec<f64>) -> usize {
        self.names.push(name.into());
        self.values.push(values);
        self.names.len() - 1
    }

    /// As a matrix with a row per observation.
    pub fn matrix(&self) -> DMatrix<f64> {
        let rows = self.values.first().map_or(0, Vec::len);
        if self.values.iter().all(|column| column.len() == rows) {
            return DMatrix::from_vec(rows, self.values.len(), self.values.concat());
        }
        DMatrix::from_fn(rows, self.values.len(), |i, j| {
            self.values[j].get(i).copied().unwrap_or(f64::NAN)
        })
    }
}

/// 1 where true.
pub fn dummy(truths: impl Iterator<Item = bool>) -> Vec<f64> {
    truths.map(f64::from).collect()
}

/// Columns of a category: one per value but the most frequent, which the others are compared with.
pub fn dummies(name: &str, labels: &[&str]) -> Vec<(String, Vec<f64>)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    let Some(reference) = counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| **count)
        .map(|(label, _)| *label)
    else {
        return vec![];
    };
    let others = counts.keys().filter(|label| **label != reference);
    others
        .map(|label| {
            let column = dummy(labels.iter().map(|l| l == label));
            (format!("{name} = {label}"), column)
        })
        .collect()
}

/// Standard errors asked for, with the words for them.
#[derive(Debug, Clone, Copy)]
pub struct Errors {
    kind: Option<ErrorKind>,
    confidence: f64,
    /// Whether there is sampling or assignment to be uncertain of.
    pub any: bool,
}

impl Errors {
    /// As the evaluation sets them.
    pub fn new(setting: &EffectSetting, confidence: f64, any: bool) -> Errors {
        Errors {
            kind: setting.errors,
            confidence,
            any,
        }
    }

    /// Covariance of a fit, and its name.
    fn of(
        &self,
        fit: &Fit,
        clusters: Option<&Codes>,
        second: Option<&Codes>,
    ) -> Result<(Covariance, String), Refused> {
        if let (Some(first), Some(second)) = (clusters, second) {
            let found = two_way::clustered_two_ways(fit, &first.of, &second.of, None)?;
            return Ok((found, "clustered two ways, CR1".to_owned()));
        }
        let kind = self.kind.unwrap_or(match clusters {
            Some(_) => ErrorKind::Cr2,
            None => ErrorKind::Hc2,
        });
        let (kind, name) = match kind {
            ErrorKind::Classical => (Kind::Classical, "classical"),
            ErrorKind::Hc0 => (Kind::Hc0, "HC0"),
            ErrorKind::Hc1 => (Kind::Hc1, "HC1"),
            ErrorKind::Hc2 => (Kind::Hc2, "HC2"),
            ErrorKind::Hc3 => (Kind::Hc3, "HC3"),
            ErrorKind::Cr0 => (Kind::Cr0, "clustered, CR0"),
            ErrorKind::Cr1 => (Kind::Cr1, "clustered, CR1"),
            ErrorKind::Cr2 => (Kind::Cr2, "clustered, CR2"),
        };
        let found = match (kind, clusters) {
            (Kind::Classical, _) => covariance::classical(fit)?,
            (Kind::Cr0 | Kind::Cr1 | Kind::Cr2, Some(codes)) => {
                cluster::clustered(fit, &codes.of, kind, None)?
            }
            (Kind::Cr0 | Kind::Cr1 | Kind::Cr2, None) => {
                return Err(Refused::new(
                    format!("errors by cluster ({name}) are asked for, but no cluster is named"),
                    "Name the cluster: cluster = \"column\".",
                ));
            }
            _ => covariance::heteroskedastic(fit, kind)?,
        };
        Ok((found, name.to_owned()))
    }
}

/// A fitted regression.
pub struct Model {
    /// The fit.
    pub fit: Fit,
    covariance: Option<(Covariance, String)>,
    confidence: f64,
}

impl From<Refused> for NotEstimable {
    fn from(refused: Refused) -> NotEstimable {
        NotEstimable {
            reason: refused.reason,
            help: refused.help,
        }
    }
}

impl Model {
    /// Regression of the outcome on `columns`.
    ///
    /// # Errors
    /// Collinear columns (named), too few observations or clusters.
    pub fn new(
        observations: &Observations,
        columns: &Columns,
        errors: Errors,
    ) -> Result<Model, NotEstimable> {
        Model::weighted(observations, columns, errors, &observations.w)
    }

    /// The same with weights of its own.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn weighted(
        observations: &Observations,
        columns: &Columns,
        errors: Errors,
        weights: &[f64],
    ) -> Result<Model, NotEstimable> {
        let weights = differ(weights).then_some(weights);
        let fit = fit_with(&observations.y, columns.matrix(), &columns.names, weights)?;
        Model::of(fit, observations, errors)
    }

    /// A fit with the errors asked for.
    ///
    /// # Errors
    /// Too few observations or clusters.
    pub fn of(
        fit: Fit,
        observations: &Observations,
        errors: Errors,
    ) -> Result<Model, NotEstimable> {
        let covariance = match errors.any {
            false => None,
            true => Some(errors.of(
                &fit,
                observations.cluster.as_ref(),
                observations.second.as_ref(),
            )?),
        };
        Ok(Model {
            fit,
            covariance,
            confidence: errors.confidence,
        })
    }

    /// Name of the standard errors; empty without any.
    pub fn errors_name(&self) -> &str {
        self.covariance.as_ref().map_or("", |(_, name)| name)
    }

    /// Value of a combination of coefficients, and its uncertainty where there is any.
    ///
    /// # Errors
    /// A single row or cluster tells it alone.
    pub fn combination(&self, weights: &[f64]) -> Result<(f64, Option<Inference>), NotEstimable> {
        let value = weights
            .iter()
            .zip(&self.fit.coefficients)
            .map(|(w, b)| w * b)
            .sum();
        match &self.covariance {
            None => Ok((value, None)),
            Some((covariance, _)) => {
                let found = covariance.combination(&self.fit, weights, self.confidence)?;
                Ok((value, Some(found)))
            }
        }
    }

    /// Weights that pick one coefficient.
    pub fn one(&self, column: usize) -> Vec<f64> {
        let mut weights = vec![0.0; self.fit.k];
        if let Some(weight) = weights.get_mut(column) {
            *weight = 1.0;
        }
        weights
    }

    /// A term: a combination of coefficients with a name.
    ///
    /// # Errors
    /// As [`Model::combination`].
    pub fn term(
        &self,
        name: impl Into<String>,
        weights: &[f64],
    ) -> Result<EffectTerm, NotEstimable> {
        let (value, inference) = self.combination(weights)?;
        Ok(term(name, value, inference.as_ref()))
    }

    /// Joint test that these coefficients are all 0; `None` without errors or where it can't be made.
    pub fn joint(&self, columns: &[usize]) -> Option<JointTest> {
        let (covariance, _) = self.covariance.as_ref()?;
        let restrictions = DMatrix::from_fn(columns.len(), self.fit.k, |i, j| {
            f64::from(columns.get(i) == Some(&j))
        });
        let test = wald::wald(
            &self.fit,
            covariance,
            &restrictions,
            &vec![0.0; columns.len()],
        )
        .ok()?;
        Some(JointTest {
            statistic: test.f,
            df1: test.df1,
            df2: test.df2.is_finite().then_some(test.df2),
            p: test.p,
        })
    }

    /// The estimate that a combination of coefficients is.
    ///
    /// # Errors
    /// As [`Model::combination`].
    pub fn estimate(
        &self,
        weights: &[f64],
        observations: &Observations,
    ) -> Result<EffectEstimate, NotEstimable> {
        let (value, inference) = self.combination(weights)?;
        let mut estimate = estimate(value, inference.as_ref(), observations);
        estimate.se_kind = self.errors_name().to_owned();
        estimate.design_effect = estimate.se.and_then(|se| {
            let independent = self.independent(weights, observations)?;
            Some(se * se / independent)
        });
        Ok(estimate)
    }

    /// Variance of a combination if rows were independent and of equal weight.
    fn independent(&self, weights: &[f64], observations: &Observations) -> Option<f64> {
        let plain = observations.cluster.is_none() && !observations.weighted();
        if plain || self.fit.absorbed.is_some() {
            return None;
        }
        let plain = fit(&observations.y, &self.fit.x, &self.fit.names, None).ok()?;
        let classical = covariance::classical(&plain).ok()?;
        let found = classical.combination(&plain, weights, 0.95).ok()?;
        Some(found.se * found.se)
    }

    /// What each cluster (observation without clusters) adds to a combination, by a name that other effects on the same table share.
    pub fn influence(&self, weights: &[f64], observations: &Observations) -> BTreeMap<String, f64> {
        let weights = nalgebra::DVector::from_column_slice(weights);
        let direction = &self.fit.bread * weights;
        let pull = &self.fit.x * direction;
        let mut found = BTreeMap::new();
        for at in 0..observations.len() {
            let key = match &observations.cluster {
                Some(codes) => codes.label(codes.of[at]).to_owned(),
                None => observations.rows[at].to_string(),
            };
            let adds = pull[at] * self.fit.residuals[at] * self.fit.weights[at];
            *found.entry(key).or_insert(0.0) += adds;
        }
        found
    }
}

/// A term with its uncertainty.
pub fn term(name: impl Into<String>, value: f64, inference: Option<&Inference>) -> EffectTerm {
    EffectTerm {
        name: name.into(),
        unit: String::new(),
        value,
        se: inference.map(|i| i.se),
        df: inference.map(|i| i.df).filter(|df| df.is_finite()),
        interval: inference.map(|i| (i.low, i.high)),
        p: inference.map(|i| i.p),
    }
}

/// An estimate with its uncertainty; kind of errors, missing rows and standardised value are for the caller to add.
pub fn estimate(
    value: f64,
    inference: Option<&Inference>,
    observations: &Observations,
) -> EffectEstimate {
    EffectEstimate {
        value,
        se: inference.map(|i| i.se),
        se_kind: String::new(),
        df: inference.map(|i| i.df).filter(|df| df.is_finite()),
        interval: inference.map(|i| (i.low, i.high)),
        p: inference.map(|i| i.p),
        no_interval: None,
        n: observations.len() as u64,
        clusters: observations.cluster.as_ref().map(|c| c.count() as u64),
        missing: 0,
        weighted: observations.weighted(),
        design_effect: None,
        standardised: None,
    }
}
