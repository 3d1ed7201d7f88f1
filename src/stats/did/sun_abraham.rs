//! The interaction-weighted event study of Sun & Abraham (2021): one regression, each cohort with effects of its own.

use super::prepare::prepare;
use super::{Average, Counts, Few, Part, Rows};
use crate::stats::distribution::t_quantile;
use crate::stats::linear::absorb::{Effects, fit_absorbing};
use crate::stats::linear::cluster::clustered;
use crate::stats::linear::wald::{Wald, wald};
use crate::stats::linear::{Covariance, Fit, Kind};
use crate::stats::{Inference, Refused, random, simultaneous};
use nalgebra::DMatrix;
use std::collections::BTreeMap;

/// How an event study is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventOptions {
    /// Number of periods before treatment in which it may already act.
    pub anticipation: u32,
    /// Clustered covariance: CR0, CR1 or CR2.
    pub kind: Kind,
    /// Confidence level, such as 0.95.
    pub confidence: f64,
    /// What the overall effect is the mean of.
    pub average: Average,
    /// Draws and seed of simultaneous bands; none: no bands.
    pub bands: Option<Few>,
}

/// An interaction-weighted event study.
#[derive(Debug, Clone)]
pub struct EventStudy {
    /// Effects by periods since adoption, the reference left out.
    pub events: Vec<Part>,
    /// Effects by cohort: means over the periods from adoption on.
    pub cohorts: Vec<Part>,
    /// Mean effect from adoption on, as asked for.
    pub overall: Inference,
    /// Are all effects before treatment (and anticipation) 0 at once? Refused where there is none.
    pub pretrend: Result<Wald, Refused>,
    /// Units that came in, and that were dropped.
    pub counts: Counts,
    /// Rows of the regression.
    pub rows: usize,
    /// Where nobody is never treated, the last cohort to adopt: it serves as comparison, and rows from its adoption (less
    /// anticipation) on are left out.
    pub comparison_cohort: Option<i64>,
    /// Rows left out for that.
    pub rows_left_out: usize,
    /// The regression of cohort x period, and its covariance.
    pub fit: Fit,
    /// Clustered covariance of the regression.
    pub covariance: Covariance,
}

/// A cohort in a period.
type Interaction = (i64, i64);

/// y = unit + period + one effect per cohort and period (+ covariates), left out the last period of each cohort before its
/// adoption (less anticipation); summed up over cohorts by their share of rows (Sun & Abraham 2021, definition 3).
///
/// The shares are taken as given, as in the common implementations: the standard errors are those of the effect on the
/// cohorts as they are. Clustered by `rows.cluster`, by unit where there is none.
///
/// # Errors
/// As for [`super::group_time`]; cross-sections; a cohort of a single cluster, whose error can't be seen; no cohort but the
/// comparison.
pub fn sun_abraham(rows: &Rows, options: &EventOptions) -> Result<EventStudy, Refused> {
    let Some(unit) = rows.unit else {
        return Err(Refused::new(
            "an event study with unit effects needs a panel",
            "Name the column of the unit, or use the group-time effects for cross-sections.",
        ));
    };
    let anticipation = i64::from(options.anticipation);
    let data = prepare(rows, anticipation)?;
    let last = data.periods.last().copied().unwrap_or_default();
    let untreated = |g: Option<i64>| g.is_none_or(|g| g - anticipation > last);
    let comparison_cohort = if data.subjects.iter().any(|s| untreated(s.cohort)) {
        None
    } else {
        data.subjects.iter().filter_map(|s| s.cohort).max()
    };
    let until = comparison_cohort.map(|g| g - anticipation);

    let first = data.periods.first().copied().unwrap_or_default();
    let used = |i: usize| rows.cohort[i].is_none_or(|g| g - anticipation > first);
    let early = |i: usize| until.is_none_or(|end| rows.period[i] < end);
    let kept: Vec<usize> = (0..rows.outcome.len())
        .filter(|&i| used(i) && early(i))
        .collect();
    let rows_left_out = (0..rows.outcome.len())
        .filter(|&i| used(i) && !early(i))
        .count();

    let weight = |i: usize| rows.weight.map_or(1.0, |w| w[i]);
    let mut mass: BTreeMap<Interaction, f64> = BTreeMap::new();
    for &i in &kept {
        let Some(g) = rows.cohort[i] else { continue };
        if untreated(Some(g)) || Some(g) == comparison_cohort {
            continue;
        }
        let place = data.periods.partition_point(|t| *t < g - anticipation);
        let reference = place.checked_sub(1).map(|p| data.periods[p]);
        if reference != Some(rows.period[i]) {
            *mass.entry((g, rows.period[i])).or_insert(0.0) += weight(i);
        }
    }
    if !mass.keys().any(|(g, t)| t >= g) {
        return Err(Refused::new(
            "no cohort is treated while another is not, so there is nothing to compare",
            "Add units that are never treated, or treated later.",
        ));
    }
    let interactions: Vec<Interaction> = mass.keys().copied().collect();
    let (x, names) = columns(rows, &kept, &interactions);
    let y: Vec<f64> = kept.iter().map(|&i| rows.outcome[i]).collect();
    let weights: Option<Vec<f64>> = rows.weight.map(|w| kept.iter().map(|&i| w[i]).collect());
    let units = codes(kept.iter().map(|&i| unit[i]));
    let periods = codes(kept.iter().map(|&i| rows.period[i]));
    let clusters = match rows.cluster {
        Some(cluster) => codes(kept.iter().map(|&i| cluster[i])),
        None => units.clone(),
    };
    let effects = [
        Effects {
            name: "unit",
            codes: &units,
        },
        Effects {
            name: "period",
            codes: &periods,
        },
    ];
    let fit = fit_absorbing(&y, &x, &names, weights.as_deref(), &effects)?;
    let covariance = clustered(&fit, &clusters, options.kind, None)?;

    let average = |chosen: &dyn Fn(&Interaction) -> bool| -> Vec<f64> {
        let total: f64 = mass.iter().filter(|(k, _)| chosen(k)).map(|(_, m)| m).sum();
        let mut weights = vec![0.0; fit.k];
        for (weight, (key, mass)) in weights.iter_mut().zip(&mass) {
            if chosen(key) {
                *weight = mass / total;
            }
        }
        weights
    };
    let mut by_event: BTreeMap<i64, usize> = BTreeMap::new();
    for (g, t) in &interactions {
        *by_event.entry(t - g).or_insert(0) += 1;
    }
    let mut events = Vec::new();
    let mut restrictions: Vec<f64> = Vec::new();
    for (&event, &cells) in &by_event {
        let weights = average(&|(g, t)| t - g == event);
        events.push(Part {
            at: event,
            inference: covariance.combination(&fit, &weights, options.confidence)?,
            band: None,
            cells,
        });
        if event < -anticipation {
            restrictions.extend(weights);
        }
    }
    let tested = restrictions.len() / fit.k;
    let pretrend = if tested == 0 {
        Err(Refused::new(
            "no cohort has two periods before its treatment",
            "Add earlier periods to see whether the groups moved alike before the treatment.",
        ))
    } else {
        let restrictions = DMatrix::from_row_slice(tested, fit.k, &restrictions);
        wald(&fit, &covariance, &restrictions, &vec![0.0; tested])
    };
    if let Some(plan) = options.bands {
        let weights: Vec<Vec<f64>> = by_event
            .keys()
            .map(|e| average(&|(g, t)| t - g == *e))
            .collect();
        bands(&mut events, &weights, &covariance, plan, options.confidence);
    }
    let mut cohorts: Vec<(Part, Vec<f64>)> = Vec::new();
    let mut adopters: Vec<i64> = interactions.iter().map(|(g, _)| *g).collect();
    adopters.dedup();
    for cohort in adopters {
        let cells = interactions
            .iter()
            .filter(|(g, t)| *g == cohort && t >= g)
            .count();
        if cells == 0 {
            continue;
        }
        let each = interactions.iter().map(|(g, t)| *g == cohort && t >= g);
        let mut weights: Vec<f64> = each.map(|is| f64::from(is) / cells as f64).collect();
        weights.resize(fit.k, 0.0);
        let part = Part {
            at: cohort,
            inference: covariance.combination(&fit, &weights, options.confidence)?,
            band: None,
            cells,
        };
        cohorts.push((part, weights));
    }
    let mean = |parts: Vec<(f64, Vec<f64>)>| -> Vec<f64> {
        let total: f64 = parts.iter().map(|(share, _)| share).sum();
        let mut weights = vec![0.0; fit.k];
        for (share, part) in &parts {
            for (sum, weight) in weights.iter_mut().zip(part) {
                *sum += share * weight / total;
            }
        }
        weights
    };
    let overall = match options.average {
        Average::Simple => average(&|(g, t)| t >= g),
        Average::Dynamic => {
            let events = by_event.keys().filter(|e| **e >= 0);
            mean(
                events
                    .map(|e| (1.0, average(&|(g, t)| t - g == *e)))
                    .collect(),
            )
        }
        Average::Calendar => {
            let treated = interactions.iter().filter(|(g, t)| t >= g);
            let periods: std::collections::BTreeSet<i64> = treated.map(|(_, t)| *t).collect();
            let one = |period: &i64| (1.0, average(&|(g, t)| t == period && t >= g));
            mean(periods.iter().map(one).collect())
        }
        Average::Group => {
            let size = |cohort: i64| -> f64 {
                let own = data.subjects.iter().filter(|s| s.cohort == Some(cohort));
                own.map(|s| s.weight).sum()
            };
            mean(
                cohorts
                    .iter()
                    .map(|(part, weights)| (size(part.at), weights.clone()))
                    .collect(),
            )
        }
    };
    let overall = covariance.combination(&fit, &overall, options.confidence)?;
    Ok(EventStudy {
        events,
        cohorts: cohorts.into_iter().map(|(part, _)| part).collect(),
        overall,
        pretrend,
        counts: data.counts,
        rows: kept.len(),
        comparison_cohort,
        rows_left_out,
        fit,
        covariance,
    })
}

/// Adds bands that hold for all events together.
fn bands(
    events: &mut [Part],
    weights: &[Vec<f64>],
    covariance: &Covariance,
    plan: Few,
    confidence: f64,
) {
    let (n, k) = (weights.len(), covariance.matrix.nrows());
    let weights = DMatrix::from_fn(n, k, |i, j| weights[i].get(j).copied().unwrap_or_default());
    let variance = &weights * &covariance.matrix * weights.transpose();
    let root = |i: usize| variance[(i, i)].sqrt();
    let correlations = DMatrix::from_fn(n, n, |i, j| variance[(i, j)] / (root(i) * root(j)));
    let what = (plan.seed, random::tag("did-bands"));
    let level = simultaneous::level(correlations, confidence, plan.draws, what);
    for event in events {
        event.band = level.map(|level| {
            let half = t_quantile(1.0 - level / 2.0, event.inference.df) * event.inference.se;
            (event.inference.value - half, event.inference.value + half)
        });
    }
}

/// A column per cohort and period, then the covariates.
fn columns(
    rows: &Rows,
    kept: &[usize],
    interactions: &[Interaction],
) -> (DMatrix<f64>, Vec<String>) {
    let mut x = DMatrix::zeros(kept.len(), interactions.len() + rows.covariates.len());
    for (at, &i) in kept.iter().enumerate() {
        if let Some(g) = rows.cohort[i]
            && let Ok(j) = interactions.binary_search(&(g, rows.period[i]))
        {
            x[(at, j)] = 1.0;
        }
        for (j, (_, values)) in rows.covariates.iter().enumerate() {
            x[(at, interactions.len() + j)] = values[i];
        }
    }
    let mut names: Vec<String> = interactions
        .iter()
        .map(|(g, t)| format!("cohort {g} in {t}"))
        .collect();
    names.extend(rows.covariates.iter().map(|(name, _)| name.to_string()));
    (x, names)
}

/// Codes from 0 in the order of the values.
fn codes<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Vec<u32> {
    let values: Vec<T> = values.collect();
    let mut distinct = values.clone();
    distinct.sort_unstable();
    distinct.dedup();
    values
        .iter()
        .map(|v| distinct.partition_point(|d| d < v) as u32)
        .collect()
}
