//! Effects by inverse probability weighting, regression adjustment, both, and doubly robust estimation.

use super::influence::clustered_error;
use super::propensity::{Overlap, Propensity, propensity};
use super::sample::{Covariate, Sample, Target, least_squares, with_constant};
use crate::stats::arms::arms_error;
use crate::stats::{Inference, Refused};
use nalgebra::{DMatrix, DVector};

/// How the groups are made alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Difference of means weighted by the inverse of the propensity, weights normalised within each group (Hajek).
    /// Right where the propensity model is.
    InverseProbability,
    /// Difference of the outcomes that a linear regression per group predicts for the target. Right where those regressions are.
    RegressionAdjustment,
    /// The same with regressions weighted by the inverse probability (Wooldridge 2007). Right where either model is.
    WeightedRegression,
    /// Predictions corrected by weighted residuals (Robins, Rotnitzky & Zhao 1994): AIPW. Right where either model is.
    DoublyRobust,
}

/// What to estimate, and from which covariates.
#[derive(Debug, Clone, Copy)]
pub struct Weighting<'a> {
    /// How the groups are made alike.
    pub method: Method,
    /// For whom.
    pub target: Target,
    /// Covariates of the propensity; not looked at by [`Method::RegressionAdjustment`].
    pub propensity: &'a [Covariate],
    /// Covariates of the outcome regressions; not looked at by [`Method::InverseProbability`].
    pub outcome: &'a [Covariate],
    /// Drops rows whose propensity is below this or above 1 minus this (Crump et al. 2009 advise 0.1), then fits anew. The
    /// effect is then that of the rows kept, and the standard error takes the choice of rows as given.
    pub trim: Option<f64>,
    /// Whether the error allows for few clusters (rows where there are none): sums corrected as CR2 does, and Satterthwaite's degrees of freedom
    /// under the weights. Else the sandwich of an M-estimator, with clusters less one degrees of freedom: right with many.
    pub few: bool,
    /// Confidence level, such as 0.95.
    pub confidence: f64,
}

/// An adjusted effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted {
    /// Mean outcome under treatment less that without.
    pub effect: Inference,
    /// Mean outcome of the target had all been treated.
    pub treated_mean: f64,
    /// Mean outcome of the target had none been treated.
    pub comparison_mean: f64,
    /// Rows used.
    pub rows: usize,
    /// Clusters used; rows where there are none.
    pub clusters: usize,
    /// Treated rows dropped by trimming.
    pub trimmed_treated: usize,
    /// Untreated rows dropped by trimming.
    pub trimmed_comparison: usize,
    /// Overlap of the rows used; none for [`Method::RegressionAdjustment`], which has no propensity.
    pub overlap: Option<Overlap>,
    /// Final weight of every row of the sample given (survey weight times inverse probability; 0 where trimmed), for a
    /// balance table after weighting.
    pub weights: Vec<f64>,
}

/// Estimates an effect under no unmeasured confounding and overlap.
///
/// The standard error adds up each row's influence on the estimate, that on the coefficients of the propensity and of the
/// outcome regressions included (stacked estimating equations: Lunceford & Davidian 2004; Stefanski & Boos 2002), within
/// clusters; t with clusters - 1 degrees of freedom, or as [`Weighting::few`] says.
///
/// Refused where the treatment doesn't vary, a group lies in one cluster, covariates are collinear or separate the groups, or
/// values are missing.
pub fn weighted(sample: &Sample, options: &Weighting) -> Result<Weighted, Refused> {
    sample.check()?;
    let Some(trim) = options
        .trim
        .filter(|_| options.method != Method::RegressionAdjustment)
    else {
        return estimate(sample, options);
    };
    if !(0.0..0.5).contains(&trim) {
        return Err(Refused::new(
            format!("the limit for trimming is {trim}"),
            "Choose a limit from 0 up to (not including) 0.5, such as 0.1.",
        ));
    }
    let first = propensity(sample.treated, options.propensity, sample.weights)?;
    let kept: Vec<usize> = (0..sample.rows())
        .filter(|&i| (trim..=1.0 - trim).contains(&first.scores[i]))
        .collect();
    let pick = |values: &[f64]| -> Vec<f64> { kept.iter().map(|&i| values[i]).collect() };
    let narrow = |all: &[Covariate]| -> Vec<Covariate> {
        all.iter()
            .map(|c| Covariate::new(c.name.clone(), pick(&c.values)))
            .collect()
    };
    let outcome = pick(sample.outcome);
    let treated: Vec<bool> = kept.iter().map(|&i| sample.treated[i]).collect();
    let weights = sample.weights.map(pick);
    let clusters: Option<Vec<u32>> = sample
        .clusters
        .map(|c| kept.iter().map(|&i| c[i]).collect());
    let rest = Sample {
        outcome: &outcome,
        treated: &treated,
        weights: weights.as_deref(),
        clusters: clusters.as_deref(),
    };
    rest.check().map_err(|refused| {
        Refused::new(
            format!(
                "after trimming propensities outside [{trim}, {}], {}",
                1.0 - trim,
                refused.reason
            ),
            "The groups hardly overlap: choose a comparison group that is more alike.",
        )
    })?;
    // Outcome covariates that the method doesn't look at may be of any length.
    let of_outcome = if options.method == Method::InverseProbability {
        Vec::new()
    } else {
        with_constant(options.outcome, sample.rows())?;
        narrow(options.outcome)
    };
    let mut found = estimate(
        &rest,
        &Weighting {
            propensity: &narrow(options.propensity),
            outcome: &of_outcome,
            ..*options
        },
    )?;
    let count = |treated: &[bool]| treated.iter().filter(|t| **t).count();
    found.trimmed_treated = count(sample.treated) - count(&treated);
    found.trimmed_comparison = sample.rows() - kept.len() - found.trimmed_treated;
    let mut all = vec![0.0; sample.rows()];
    for (&row, weight) in kept.iter().zip(&found.weights) {
        all[row] = *weight;
    }
    found.weights = all;
    Ok(found)
}

fn estimate(sample: &Sample, options: &Weighting) -> Result<Weighted, Refused> {
    let score = match options.method {
        Method::RegressionAdjustment => None,
        _ => Some(propensity(
            sample.treated,
            options.propensity,
            sample.weights,
        )?),
    };
    let outcome = match options.method {
        Method::InverseProbability => None,
        _ => Some(with_constant(options.outcome, sample.rows())?),
    };
    let mean = |group| {
        Arm {
            sample,
            options,
            score: score.as_ref(),
            group,
        }
        .mean(outcome.as_ref())
    };
    let (treated, comparison) = (mean(true)?, mean(false)?);
    let influence: Vec<f64> = treated
        .influence
        .iter()
        .zip(&comparison.influence)
        .map(|(a, b)| a - b)
        .collect();
    let weights: Vec<f64> = treated
        .weights
        .iter()
        .zip(&comparison.weights)
        .map(|(a, b)| a + b)
        .collect();
    let (se, df, clusters) = if options.few {
        let found = arms_error(&influence, sample.treated, sample.clusters, &weights, 0)?;
        (found.se, found.df, found.clusters)
    } else {
        let (se, clusters) = clustered_error(&influence, sample.clusters)?;
        (se, clusters as f64 - 1.0, clusters)
    };
    if se.is_nan() || se <= 0.0 {
        return Err(Refused::new(
            "the outcome does not vary within the groups",
            "Check the outcome: a constant has no sampling error to estimate.",
        ));
    }
    Ok(Weighted {
        effect: Inference::t(treated.value - comparison.value, se, df, options.confidence),
        treated_mean: treated.value,
        comparison_mean: comparison.value,
        rows: sample.rows(),
        clusters,
        trimmed_treated: 0,
        trimmed_comparison: 0,
        overlap: score.map(|s| Overlap::of(&s.scores, sample.treated, &weights)),
        weights,
    })
}

/// A mean outcome had the target been in one group.
struct Mean {
    value: f64,
    influence: Vec<f64>,
    /// Weight of each row of that group; 0 for rows of the other.
    weights: Vec<f64>,
}

struct Arm<'a> {
    sample: &'a Sample<'a>,
    options: &'a Weighting<'a>,
    score: Option<&'a Propensity>,
    group: bool,
}

impl Arm<'_> {
    /// Weight of a row of this group, and its derivative by the linear predictor of the propensity as a factor of it.
    fn weight(&self, row: usize) -> (f64, f64) {
        if self.sample.treated[row] != self.group {
            return (0.0, 0.0);
        }
        let survey = self.sample.weight(row);
        let Some(p) = self.score.map(|s| s.scores[row]) else {
            return (survey, 0.0);
        };
        match (self.options.target, self.group) {
            (Target::Everyone, true) => (survey / p, p - 1.0),
            (Target::Everyone, false) => (survey / (1.0 - p), p),
            (Target::Treated, true) => (survey, 0.0),
            (Target::Treated, false) => (survey * p / (1.0 - p), 1.0),
        }
    }

    /// Weight of a row in the target.
    fn target(&self, row: usize) -> f64 {
        match self.options.target {
            Target::Treated if !self.sample.treated[row] => 0.0,
            _ => self.sample.weight(row),
        }
    }

    fn mean(&self, outcome: Option<&DMatrix<f64>>) -> Result<Mean, Refused> {
        let rows = 0..self.sample.rows();
        let y = self.sample.outcome;
        let (weights, slopes): (Vec<f64>, Vec<f64>) = rows.clone().map(|i| self.weight(i)).unzip();
        let weight: f64 = weights.iter().sum();
        let target: Vec<f64> = rows.clone().map(|i| self.target(i)).collect();
        let targets: f64 = target.iter().sum();
        // Each row's influence, and what a change of the propensity's linear predictor in that row does to the mean.
        let (value, mut influence, by_predictor): (f64, Vec<f64>, Vec<f64>);
        if let Some(z) = outcome {
            let doubly = self.options.method == Method::DoublyRobust;
            let fitted_with: Vec<f64> = match self.options.method {
                Method::DoublyRobust => rows
                    .clone()
                    .map(|i| {
                        if self.sample.treated[i] == self.group {
                            self.sample.weight(i)
                        } else {
                            0.0
                        }
                    })
                    .collect(),
                _ => weights.clone(),
            };
            let words = if self.group {
                "the treated"
            } else {
                "the untreated"
            };
            let fit = least_squares(z, self.options.outcome, y, &fitted_with, words)?;
            let fitted = z * fit.coefficients;
            let residual: Vec<f64> = rows.clone().map(|i| y[i] - fitted[i]).collect();
            let corrected = |i: usize| if doubly { weights[i] } else { 0.0 };
            value = rows
                .clone()
                .map(|i| target[i] * fitted[i] + corrected(i) * residual[i])
                .sum::<f64>()
                / targets;
            let by_beta = z.tr_mul(&DVector::from_iterator(
                rows.len(),
                rows.clone().map(|i| (target[i] - corrected(i)) / targets),
            ));
            let along = z * (fit.bread * by_beta);
            influence = rows
                .clone()
                .map(|i| {
                    (target[i] * (fitted[i] - value) + corrected(i) * residual[i]) / targets
                        + fitted_with[i] * residual[i] * along[i]
                })
                .collect();
            by_predictor = rows
                .clone()
                .map(|i| {
                    let by_weight = if doubly { 1.0 / targets } else { along[i] };
                    weights[i] * slopes[i] * residual[i] * by_weight
                })
                .collect();
        } else {
            value = rows.clone().map(|i| weights[i] * y[i]).sum::<f64>() / weight;
            influence = rows
                .clone()
                .map(|i| weights[i] * (y[i] - value) / weight)
                .collect();
            by_predictor = rows.clone().map(|i| slopes[i] * influence[i]).collect();
        }
        if let Some(score) = self.score {
            let gradient = score.design.tr_mul(&DVector::from_vec(by_predictor));
            for (total, own) in influence
                .iter_mut()
                .zip(score.influence(&gradient, self.sample))
            {
                *total += own;
            }
        }
        Ok(Mean {
            value,
            influence,
            weights,
        })
    }
}
