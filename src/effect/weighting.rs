//! Comparisons in which the groups are made alike: weighting, doubly robust estimation, matching.

use super::Asked;
use super::balance::{after_adjustment, note};
use super::layout::covariates;
use super::model::estimate as plain;
use super::observations::{Observations, refuse};
use super::rows::effect_check;
use crate::evaluation::Adjust;
use crate::outcome::{Checked, Effect, EffectEstimate, NotEstimable, Overlap};
use crate::stats::Inference;
use crate::stats::adjust::{
    self, Covariate, GroupOverlap, Matching, Method, Metric, Sample, Target, Weighting,
};

/// Rows of the smaller group below which matching has no interval: docs/statistics.md has the figures.
const MATCHED_AT_LEAST: usize = 10;

/// What adjusting gives.
struct Adjusted {
    inference: Inference,
    weights: Vec<f64>,
    overlap: Option<adjust::Overlap>,
    kind: &'static str,
    lost: usize,
    /// Why there is no interval.
    no_interval: Option<String>,
}

/// Estimates the effect on the treated, and shows overlap and what adjusting achieved.
///
/// # Errors
/// What the data don't allow, in words.
pub fn weighted(
    effect: &mut Effect,
    asked: &Asked<'_>,
    observations: &Observations,
) -> Result<(), NotEstimable> {
    let found = adjusted(asked, observations)?;
    effect.estimate = Some(told(asked, observations, &found));
    if found.lost > 0 {
        effect.remarks.push(format!(
            "{} rows have no row like them in the other group and are left out.",
            found.lost
        ));
    }
    if let Some(overlap) = &found.overlap {
        let shown = show(overlap);
        let outside = shown.outside;
        effect.overlap = Some(shown);
        if let Some(place) = effect_check(effect, "overlap") {
            *place = Some(Checked::Overlap { outside });
        }
    }
    if let Some(balance) = &mut effect.balance {
        after_adjustment(asked, balance, observations, &found.weights)?;
    }
    note(effect);
    Ok(())
}

/// The estimate alone, for subgroups.
///
/// # Errors
/// What the data don't allow, in words.
pub fn estimate(
    asked: &Asked<'_>,
    observations: &Observations,
) -> Result<EffectEstimate, NotEstimable> {
    let found = adjusted(asked, observations)?;
    Ok(told(asked, observations, &found))
}

/// Estimate and uncertainty alone.
///
/// # Errors
/// What the data don't allow, in words.
pub fn inference(
    asked: &Asked<'_>,
    observations: &Observations,
) -> Result<Inference, NotEstimable> {
    let found = adjusted(asked, observations)?;
    match found.no_interval {
        Some(reason) => refuse(
            reason,
            "Use adjust = \"doubly-robust\", or gather more rows.",
        ),
        None => Ok(found.inference),
    }
}

fn told(asked: &Asked<'_>, observations: &Observations, found: &Adjusted) -> EffectEstimate {
    let certain = !asked.uncertain() || found.no_interval.is_some();
    let inference = (!certain).then_some(&found.inference);
    let mut estimate = plain(found.inference.value, inference, observations);
    if inference.is_some() {
        estimate.se_kind = found.kind.to_owned();
    }
    estimate.no_interval.clone_from(&found.no_interval);
    let untreated = observations.moments(|at| !observations.treated[at]);
    estimate.standardised = untreated
        .filter(|(_, sd)| *sd > 0.0)
        .map(|(_, sd)| estimate.value / sd);
    estimate
}

fn adjusted(asked: &Asked<'_>, observations: &Observations) -> Result<Adjusted, NotEstimable> {
    let held: Vec<Covariate> = covariates(asked, observations)
        .into_iter()
        .map(|(name, values)| Covariate::new(name, values))
        .collect();
    let clusters = observations.cluster.as_ref().map(|c| c.of.as_slice());
    let sample = Sample {
        outcome: &observations.y,
        treated: &observations.treated,
        weights: observations.weighted().then_some(observations.w.as_slice()),
        clusters,
    };
    let by_cluster = clusters.is_some();
    if asked.setting.adjust == Adjust::Matching {
        let options = Matching {
            target: Target::Treated,
            covariates: &held,
            metric: Metric::Mahalanobis,
            neighbours: 1,
            variance_neighbours: 1,
            bias_correction: &held,
            exact: None,
            caliper: None,
            confidence: asked.evaluation.confidence,
        };
        let found = adjust::matched(&sample, &options)?;
        let treated = observations.treated.iter().filter(|t| **t).count();
        let smaller = treated.min(observations.len() - treated);
        return Ok(Adjusted {
            inference: Inference::t(
                found.effect.value,
                found.effect.se,
                smaller as f64 / 2.0,
                asked.evaluation.confidence,
            ),
            no_interval: (smaller < MATCHED_AT_LEAST).then(|| {
                format!(
                    "the smaller group has {smaller} rows; with fewer than {MATCHED_AT_LEAST} the error of matching holds the truth too seldom"
                )
            }),
            weights: found.weights,
            overlap: None,
            kind: "Abadie and Imbens",
            lost: found.lost_treated + found.lost_comparison,
        });
    }
    let options = Weighting {
        method: match asked.setting.adjust {
            Adjust::DoublyRobust => Method::DoublyRobust,
            _ => Method::InverseProbability,
        },
        target: Target::Treated,
        propensity: &held,
        outcome: &held,
        trim: None,
        few: true,
        confidence: asked.evaluation.confidence,
    };
    let found = adjust::weighted(&sample, &options)?;
    Ok(Adjusted {
        inference: found.effect,
        weights: found.weights,
        overlap: found.overlap,
        kind: if by_cluster {
            "influence function, by cluster, corrected as CR2"
        } else {
            "influence function, corrected as HC2"
        },
        lost: found.trimmed_treated + found.trimmed_comparison,
        no_interval: None,
    })
}

fn show(overlap: &adjust::Overlap) -> Overlap {
    let mut bounds: Vec<f64> = overlap.bins.iter().map(|bin| bin.from).collect();
    bounds.extend(overlap.bins.last().map(|bin| bin.to));
    let rows = |group: &GroupOverlap| group.rows as f64;
    let share = |counts: Vec<usize>, group: &GroupOverlap| {
        counts.into_iter().map(|n| n as f64 / rows(group)).collect()
    };
    let all = rows(&overlap.treated) + rows(&overlap.comparison);
    let outside = |group: &GroupOverlap| group.share_outside * rows(group);
    Overlap {
        bounds,
        treated: share(
            overlap.bins.iter().map(|b| b.treated).collect(),
            &overlap.treated,
        ),
        comparison: share(
            overlap.bins.iter().map(|b| b.comparison).collect(),
            &overlap.comparison,
        ),
        outside: (outside(&overlap.treated) + outside(&overlap.comparison)) / all,
        effective: Some((
            overlap.treated.effective_rows,
            overlap.comparison.effective_rows,
        )),
        greatest: Some(
            overlap
                .treated
                .greatest_weight_share
                .max(overlap.comparison.greatest_weight_share),
        ),
    }
}
