//! Who is pooled, on which scale, and from counts where shares have them.

use super::asked::{Asked, Made};
use super::pooled::{ENOUGH, Pool, mean, method};
use crate::evaluation::PoolErrors;
use crate::outcome::comparison::{
    Heterogeneity, Part, PoolModel, PoolScale, Pooled, PooledMember, Refusal,
};
use crate::stats::Refused;
use crate::stats::meta::{self, Between, Errors, Options, binomial_normal};

/// Shares of none or all rows may be one in so many of those pooled, where they have fewer rows than `FEW`.
const SPARSE: usize = 5;

/// Half a row beside fewer than so many says more than they do.
const FEW: f64 = 10.0;

/// The programmes that are pooled, on the scale of pooling.
pub(super) struct Members {
    pub scale: PoolScale,
    /// Indices among the entries.
    pub places: Vec<usize>,
    pub value: Vec<f64>,
    pub variance: Vec<f64>,
    /// Rows in each share and all of them, effective ones of samples; `None` for what is no share of rows.
    pub counts: Vec<Option<(f64, f64)>>,
    /// Shares of none or all of their rows, to which half a row is added on either side.
    pub halves: usize,
    /// Whether so many of these have so few rows that log odds of them are mostly what is added to have them.
    pub sparse: bool,
    /// Those that have an error and no value on the scale of pooling.
    pub outside: usize,
    pub remarks: Vec<String>,
}

impl Members {
    /// Those of the entries that can be pooled by `model`.
    pub fn of(asked: &Asked<'_>, model: PoolModel) -> Members {
        let share = asked.measure.unit == "%" && asked.measure.effect.is_none();
        let scale = match (model, asked.setting.pool_scale) {
            (PoolModel::BinomialNormal, _) => PoolScale::Logit,
            // Ratios of two arms are there as logarithms.
            (_, Some(PoolScale::Log)) if asked.measure.is_log_ratio() => PoolScale::Own,
            (_, Some(scale)) => scale,
            (_, None) if share => PoolScale::Logit,
            (_, None) => PoolScale::Own,
        };
        let mut members = Members {
            scale,
            places: vec![],
            value: vec![],
            variance: vec![],
            counts: vec![],
            halves: 0,
            sparse: false,
            outside: 0,
            remarks: vec![],
        };
        let (mut flagged, mut exact, mut unknown, mut few) = (0, 0, 0, 0);
        for (at, entry) in asked.entries.iter().enumerate() {
            let case = entry.case.and_then(|c| asked.cases.get(c));
            let flag = case.is_some_and(|c| c.flag.is_some());
            if flag && !asked.setting.pool_flagged {
                flagged += 1;
                continue;
            }
            let Some(se) = entry.se else {
                exact += usize::from(entry.exact());
                unknown += usize::from(entry.error_unknown());
                continue;
            };
            let counts = entry.effective.filter(|_| share);
            let counts = counts.map(|n| (entry.value * n, n));
            let Some((value, se)) = onto(scale, entry.value, se, counts) else {
                members.outside += 1;
                continue;
            };
            if scale == PoolScale::Logit
                && let Some((part, whole)) = counts
                && (part <= 0.0 || part >= whole)
            {
                members.halves += 1;
                few += usize::from(whole < FEW);
            }
            members.places.push(at);
            members.value.push(value);
            members.variance.push(se * se);
            members.counts.push(counts);
        }
        let all = members.places.len();
        members.sparse = few * SPARSE > all;
        let mut say = |n: usize, words: &str| {
            if n > 0 {
                members.remarks.push(format!("{n} {words}"));
            }
        };
        say(
            flagged,
            "with a remigration objective are not pooled with the others (S03); `pool_flagged = true` pools them.",
        );
        say(
            exact,
            "recorded in full, without an error to weigh them by, are not pooled.",
        );
        say(unknown, "whose error is not known are not pooled.");
        say(
            members.outside,
            "with a value that the scale of pooling doesn't have (0 or less on the logarithm; a share of 0 or 1 that is no share of \
             rows) are not pooled.",
        );
        if members.halves > 0 && model != PoolModel::BinomialNormal {
            members.remarks.push(format!(
                "{} of the {all} pooled have a share of none or all of their rows: half a row is added to both sides of these, which draws them \
                 towards one half. `pool = \"binomial-normal\"` pools the counts as they are.",
                members.halves
            ));
        }
        members
    }

    /// Why these can't be pooled, and what to do.
    pub fn refusal(&self, asked: &Asked<'_>, model: PoolModel) -> Option<(String, String)> {
        let some = |reason: &str, help: &str| Some((reason.to_owned(), help.to_owned()));
        let difference = asked.measure.effect.is_some();
        if self.scale == PoolScale::Log && difference {
            return some(
                "the values are differences, which have no logarithm: one of 0 or below may be as true as one above",
                "Leave `pool_scale` out, or set `pool_scale = \"own\"`; the logarithm is for amounts and ratios.",
            );
        }
        if self.scale == PoolScale::Logit && asked.setting.pool_scale.is_some() && difference {
            return some(
                "the values are differences, which have no log odds",
                "Leave `pool_scale` out, or set `pool_scale = \"own\"`; log odds are for shares.",
            );
        }
        let n = self.places.len();
        if model == PoolModel::BinomialNormal && self.counts.iter().any(Option::is_none) {
            return some(
                "the values are no shares of rows, and only these have counts to be pooled",
                "Set `pool = \"reml\"`, or choose an indicator that is a share of rows.",
            );
        }
        if n < ENOUGH && n + self.outside >= ENOUGH && model != PoolModel::Fixed {
            let (what, help) = match self.scale {
                PoolScale::Log => (
                    "above 0, as the logarithm needs",
                    "Set `pool_scale = \"own\"`.",
                ),
                _ => (
                    "between 0 and 1, as log odds need",
                    "Set `pool_scale = \"own\"`.",
                ),
            };
            return Some((
                format!("{n} of them have a value {what}, and pooling needs three"),
                help.to_owned(),
            ));
        }
        if n < ENOUGH && model != PoolModel::Fixed {
            return Some((
                format!("{n} of them have a standard error, and pooling needs three"),
                "Pool more programmes, or show them side by side.".to_owned(),
            ));
        }
        let all = |pick: fn(&(f64, f64)) -> bool| {
            !self.counts.is_empty() && self.counts.iter().all(|c| c.as_ref().is_some_and(pick))
        };
        if all(|(yes, _)| *yes == 0.0) || all(|(yes, of)| yes == of) {
            return some(
                "the share is none, or all, of the rows of every programme, so there is nothing that differs to be pooled",
                "Read the share over all rows together with its interval, which `codev report` shows.",
            );
        }
        if self.sparse && model != PoolModel::BinomialNormal {
            return some(
                "more than a fifth of the programmes have a share of none or all of their rows, and too few rows each to be pooled as log odds",
                "Set `pool = \"binomial-normal\"`, which pools the counts as they are; or read the share over all rows together, which \
                 `codev report` shows.",
            );
        }
        None
    }

    /// Shares from their counts.
    ///
    /// # Errors
    /// What the model refuses.
    pub fn pool_counts(&self, asked: &Asked<'_>) -> Result<Pool, Refused> {
        let (yes, of): (Vec<f64>, Vec<f64>) = self.counts.iter().flatten().copied().unzip();
        let confidence = asked.common.confidence;
        let errors = match asked.setting.pool_errors {
            PoolErrors::Normal => Errors::Normal,
            PoolErrors::HartungKnapp => Errors::HartungKnapp,
            PoolErrors::HartungKnappModified => Errors::HartungKnappModified,
        };
        let found = binomial_normal(&yes, &of, errors, confidence)?;
        // The typical sampling variance is that of log odds, with half a row added where they have none.
        let fixed = Options {
            between: Between::Fixed,
            errors: Errors::Normal,
            confidence,
        };
        let plain = meta::pool(&self.value, &self.variance, &fixed)?;
        let typical = plain.heterogeneity.typical_variance;
        let total: f64 = self.variance.iter().map(|v| 1.0 / (v + found.tau2)).sum();
        let member = |i: usize| PooledMember {
            entry: self.places[i],
            value: self.value[i],
            se: self.variance[i].sqrt(),
            weight: 1.0 / (self.variance[i] + found.tau2) / total,
            shrunken: found.shrunken.get(i).copied().unwrap_or_default(),
            without: self.mean_without(i, errors, confidence),
            tau2_without: None,
            residual: None,
            cook: None,
            influential: false,
        };
        let members = (0..self.places.len()).map(member).collect();
        let asks = [
            asked.setting.subgroups.is_some(),
            !asked.setting.moderators.is_empty(),
            asked.setting.levels.is_some(),
        ];
        let refusals = match asks.contains(&true) {
            false => vec![],
            true => vec![Refusal {
                part: Part::Pooled,
                reason: "`pool = \"binomial-normal\"` makes the mean alone: subgroups, moderators and levels are not made from counts"
                    .to_owned(),
                help: "Set `pool = \"reml\"` in a block of its own for these.".to_owned(),
            }],
        };
        let part = Pooled {
            model: PoolModel::BinomialNormal,
            scale: PoolScale::Logit,
            pooled: self.places.clone(),
            mean: mean(&found.mean),
            fixed: mean(&found.fixed),
            heterogeneity: Heterogeneity {
                q: found.ratio.statistic,
                df: found.ratio.df,
                p: found.ratio.p,
                tau2: found.tau2,
                tau2_interval: None,
                i2: found.tau2 / (found.tau2 + typical),
                i2_interval: None,
                h2: found.tau2 / typical + 1.0,
            },
            prediction: Some((found.prediction.low, found.prediction.high)),
            prediction_df: Some(found.prediction.df),
            normal_interval: None,
            halves_added: 0,
            members,
            subgroups: None,
            regression: None,
            multilevel: None,
            small_study: None,
        };
        Ok(Pool {
            made: Made {
                part,
                method: method(asked, PoolModel::BinomialNormal, PoolScale::Logit),
                remarks: self.remarks.clone(),
            },
            refusals,
        })
    }

    /// The mean without one; of many programmes one more or less is not looked at.
    fn mean_without(&self, out: usize, errors: Errors, confidence: f64) -> Option<(f64, f64, f64)> {
        const MOST: usize = 40;
        if self.places.len() > MOST {
            return None;
        }
        let others = self.counts.iter().enumerate().filter(|(i, _)| *i != out);
        let (yes, of): (Vec<f64>, Vec<f64>) = others.filter_map(|(_, c)| *c).unzip();
        let found = binomial_normal(&yes, &of, errors, confidence).ok()?;
        Some((found.mean.value, found.mean.low, found.mean.high))
    }
}

/// A figure with its standard error on the scale of pooling; `None` where the scale has no such value. `counts`: rows that are in the
/// share, of all rows.
///
/// Log odds of counts a of n have the variance 1/a + 1/(n - a); where one of the two is 0, half a row is added to both (Haldane 1956,
/// Anscombe 1956; so does metafor's `escalc(measure = "PLO")` by default).
fn onto(scale: PoolScale, value: f64, se: f64, counts: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (scale, counts) {
        (PoolScale::Own, _) => Some((value, se)),
        (PoolScale::Log, _) => (value > 0.0).then(|| (value.ln(), se / value)),
        (PoolScale::Logit, Some((part, whole))) => {
            let (mut yes, mut no) = (part, whole - part);
            if yes <= 0.0 || no <= 0.0 {
                (yes, no) = (yes + 0.5, no + 0.5);
            }
            Some(((yes / no).ln(), (1.0 / yes + 1.0 / no).sqrt()))
        }
        (PoolScale::Logit, None) => (value > 0.0 && value < 1.0)
            .then(|| ((value / (1.0 - value)).ln(), se / (value * (1.0 - value)))),
    }
}
