//! One comparison of two groups at two times, doubly robust, with the influence of every row on it.
//!
//! Sant'Anna & Zhao (2020), Doubly robust difference-in-differences estimators, Journal of Econometrics 219. With the constant alone as the model of
//! treatment the doubly robust estimate *is* that of outcome regression; with the constant alone as the model of the
//! outcome it *is* that of (normalised) inverse-probability weighting; with both it is the difference of mean changes. So
//! there is one function per kind of data, and its two designs say which estimator it is.

use super::nuisance::{Design, Fitted, least_squares, logit};
use crate::stats::Refused;
use nalgebra::DVector;

/// Effect on the treated, and the influence of each row (mean 0, in the order of the rows).
pub(super) struct Effect {
    pub(super) att: f64,
    pub(super) influence: DVector<f64>,
    /// What each row weighs in its side's mean: the comparison's like the treated.
    pub(super) weight: Vec<f64>,
}

/// The rows of one comparison.
pub(super) struct Groups<'a> {
    pub(super) treated: &'a [bool],
    pub(super) weight: &'a [f64],
    /// Model of the chance of treatment.
    pub(super) propensity: &'a Design,
    /// Model of the outcome (its change, in a panel) without treatment.
    pub(super) outcome: &'a Design,
}

impl Groups<'_> {
    fn len(&self) -> usize {
        self.treated.len()
    }

    /// Weight where `keep`, 0 elsewhere.
    fn only(&self, keep: impl Fn(usize) -> bool) -> Vec<f64> {
        (0..self.len())
            .map(|i| if keep(i) { self.weight[i] } else { 0.0 })
            .collect()
    }

    /// Comparison rows weighted like the treated: p / (1 - p).
    fn reweighted(&self, p: &DVector<f64>) -> Vec<f64> {
        (0..self.len())
            .map(|i| {
                if self.treated[i] {
                    0.0
                } else {
                    self.weight[i] * p[i] / (1.0 - p[i])
                }
            })
            .collect()
    }
}

/// A weighted mean of `f`, and how it moves.
struct Mean<'a> {
    weight: Vec<f64>,
    f: &'a DVector<f64>,
    value: f64,
    mean_weight: f64,
}

impl<'a> Mean<'a> {
    fn new(weight: Vec<f64>, f: &'a DVector<f64>) -> Mean<'a> {
        let total: f64 = weight.iter().sum();
        let value = weight.iter().zip(f.iter()).map(|(w, f)| w * f).sum::<f64>() / total;
        Mean {
            mean_weight: total / weight.len() as f64,
            weight,
            f,
            value,
        }
    }

    /// Influence of each row, times `sign`, added to `onto`.
    fn add_influence(&self, sign: f64, onto: &mut DVector<f64>) {
        for i in 0..onto.len() {
            onto[i] += sign * self.weight[i] * (self.f[i] - self.value) / self.mean_weight;
        }
    }

    /// Weighted mean of the columns of a design.
    fn of_design(&self, design: &Design) -> DVector<f64> {
        self.moment(design, |_| 1.0)
    }

    /// Derivative by the coefficients of the logit, where the weight holds p / (1 - p).
    fn by_logit(&self, design: &Design) -> DVector<f64> {
        self.moment(design, |i| self.f[i] - self.value)
    }

    fn moment(&self, design: &Design, times: impl Fn(usize) -> f64) -> DVector<f64> {
        let rows = self.weight.len();
        let weights = DVector::from_fn(rows, |i, _| self.weight[i] * times(i));
        design.x.tr_mul(&weights) / (rows as f64 * self.mean_weight)
    }
}

/// From the change of each unit (equation 3.1; influence function of theorem A.1).
pub(super) fn panel(change: &DVector<f64>, groups: &Groups) -> Result<Effect, Refused> {
    let chance = logit(groups.propensity, groups.treated, groups.weight)?;
    let untreated = least_squares(
        groups.outcome,
        change,
        &groups.only(|i| !groups.treated[i]),
        "comparison units",
    )?;
    let beyond = change - &untreated.prediction;
    let treated = Mean::new(groups.only(|i| groups.treated[i]), &beyond);
    let comparison = Mean::new(groups.reweighted(&chance.prediction), &beyond);

    let mut influence = DVector::zeros(groups.len());
    treated.add_influence(1.0, &mut influence);
    comparison.add_influence(-1.0, &mut influence);
    influence -= &chance.influence * comparison.by_logit(groups.propensity);
    influence -= &untreated.influence
        * (treated.of_design(groups.outcome) - comparison.of_design(groups.outcome));
    let weight = treated.weight.iter().zip(&comparison.weight);
    let weight = weight.map(|(a, b)| a + b).collect();
    Ok(Effect {
        att: treated.value - comparison.value,
        influence,
        weight,
    })
}

/// From rows of two times, different persons in each (the locally efficient estimator, equation 3.4).
pub(super) fn cross_sections(
    y: &DVector<f64>,
    after: &[bool],
    groups: &Groups,
) -> Result<Effect, Refused> {
    let chance = logit(groups.propensity, groups.treated, groups.weight)?;
    let cell = |treated: bool, late: bool| {
        groups.only(|i| groups.treated[i] == treated && after[i] == late)
    };
    let fit = |treated: bool, late: bool| -> Result<Fitted, Refused> {
        let whom = match (treated, late) {
            (true, true) => "treated rows of the later time",
            (true, false) => "treated rows of the earlier time",
            (false, true) => "comparison rows of the later time",
            (false, false) => "comparison rows of the earlier time",
        };
        least_squares(groups.outcome, y, &cell(treated, late), whom)
    };
    let (c0, c1) = (fit(false, false)?, fit(false, true)?);
    let (t0, t1) = (fit(true, false)?, fit(true, true)?);
    let beyond = DVector::from_fn(groups.len(), |i, _| {
        y[i] - if after[i] {
            c1.prediction[i]
        } else {
            c0.prediction[i]
        }
    });
    let gap1 = &t1.prediction - &c1.prediction;
    let gap0 = &t0.prediction - &c0.prediction;
    let like = |late: bool| -> Vec<f64> {
        groups
            .reweighted(&chance.prediction)
            .into_iter()
            .enumerate()
            .map(|(i, w)| if after[i] == late { w } else { 0.0 })
            .collect()
    };
    let all = || groups.only(|i| groups.treated[i]);
    let terms = [
        (1.0, Mean::new(cell(true, true), &beyond)),
        (-1.0, Mean::new(cell(true, false), &beyond)),
        (-1.0, Mean::new(like(true), &beyond)),
        (1.0, Mean::new(like(false), &beyond)),
        (1.0, Mean::new(all(), &gap1)),
        (-1.0, Mean::new(cell(true, true), &gap1)),
        (-1.0, Mean::new(all(), &gap0)),
        (1.0, Mean::new(cell(true, false), &gap0)),
    ];
    let mut influence = DVector::zeros(groups.len());
    for (sign, mean) in &terms {
        mean.add_influence(*sign, &mut influence);
    }
    let [
        (_, treated1),
        (_, treated0),
        (_, like1),
        (_, like0),
        (_, everyone),
        ..,
    ] = &terms;
    let x = groups.outcome;
    let on_all = everyone.of_design(x);
    influence += &c1.influence * (like1.of_design(x) - &on_all);
    influence += &c0.influence * (&on_all - like0.of_design(x));
    influence += &t1.influence * (&on_all - treated1.of_design(x));
    influence += &t0.influence * (treated0.of_design(x) - &on_all);
    influence +=
        &chance.influence * (like0.by_logit(groups.propensity) - like1.by_logit(groups.propensity));
    Ok(Effect {
        att: terms.iter().map(|(sign, mean)| sign * mean.value).sum(),
        influence,
        weight: groups.weight.to_vec(),
    })
}
