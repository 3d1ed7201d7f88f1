//! Effects over units and periods: unit and period effects, and what staggered adoption shares with them.

use super::Asked;
use super::cells::Cells;
use super::model::{Errors, Model};
use super::observations::{Codes, Observations, refuse};
use super::rows::effect_check;
use crate::outcome::{Checked, Effect, EffectEstimate, GroupMean, NotEstimable, Subgroup};
use crate::stats::did;
use std::collections::BTreeMap;

/// A cell as an observation, with the cluster of its unit.
pub(super) fn observations(asked: &Asked<'_>, cells: &Cells) -> Observations {
    let cluster = |at: &usize| cells.cluster.get(*at).cloned().unwrap_or_default();
    Observations {
        rows: (0..cells.y.len() as u32).collect(),
        y: cells.y.clone(),
        w: vec![1.0; cells.y.len()],
        treated: cells.treated.clone(),
        cluster: Some(Codes::new(cells.unit.iter().map(cluster))),
        cluster_name: asked
            .setting
            .cluster
            .clone()
            .or_else(|| asked.setting.unit.clone())
            .unwrap_or_default(),
        ..Observations::default()
    }
}

/// Effect of a treatment that units get in some periods, with an effect of each unit and each period.
///
/// # Errors
/// What the data don't allow, in words.
pub fn two_way(
    effect: &mut Effect,
    asked: &Asked<'_>,
) -> Result<Option<BTreeMap<String, f64>>, NotEstimable> {
    let cells = Cells::new(asked, |_| true)?;
    let (estimate, influence) = two_way_of(asked, &cells)?;
    let ever = ever_treated(&cells);
    let group = |unit: usize| if ever[unit] { "treated" } else { "comparison" }.to_owned();
    effect.means = means(asked, &cells, group);
    let clusters = estimate.clusters;
    effect.estimate = Some(estimate);
    note_cells(effect, &cells, clusters);
    by_subgroup(effect, asked, |asked, cells| {
        two_way_of(asked, cells).map(|(estimate, _)| estimate)
    });
    Ok(Some(influence))
}

fn ever_treated(cells: &Cells) -> Vec<bool> {
    let mut ever = vec![false; cells.units.len()];
    for (unit, treated) in cells.unit.iter().zip(&cells.treated) {
        if let Some(place) = ever.get_mut(*unit) {
            *place |= treated;
        }
    }
    ever
}

fn two_way_of(
    asked: &Asked<'_>,
    cells: &Cells,
) -> Result<(EffectEstimate, BTreeMap<String, f64>), NotEstimable> {
    contrast(asked, cells)?;
    let unit: Vec<u32> = cells.unit.iter().map(|u| *u as u32).collect();
    let period: Vec<u32> = cells.period.iter().map(|p| *p as u32).collect();
    let covariates = covariates(cells);
    let regression = did::two_way(&did::TwoWay {
        outcome: &cells.y,
        treated: &cells.treated,
        unit: &unit,
        period: &period,
        weight: None,
        covariates: &covariates,
    })?;
    let observations = observations(asked, cells);
    let errors = Errors::new(asked.setting, asked.evaluation.confidence, true);
    let model = Model::of(regression.fit, &observations, errors)?;
    let weights = model.one(regression.effect);
    let mut estimate = model.estimate(&weights, &observations)?;
    estimate.standardised = observations
        .moments(|at| !cells.treated[at])
        .filter(|(_, sd)| *sd > 0.0)
        .map(|(_, sd)| estimate.value / sd);
    Ok((estimate, model.influence(&weights, &observations)))
}

pub(super) fn covariates(cells: &Cells) -> Vec<(&str, &[f64])> {
    let named = cells.covariates.iter();
    named
        .map(|(name, values)| (name.as_str(), values.as_slice()))
        .collect()
}

pub(super) fn note_cells(effect: &mut Effect, cells: &Cells, clusters: Option<u64>) {
    if cells.undefined > 0 {
        effect.remarks.push(format!(
            "{} units have no value in a period, since the denominator of the indicator is zero there.",
            cells.undefined
        ));
    }
    if let (Some(clusters), Some(place)) = (clusters, effect_check(effect, "clusters")) {
        *place = Some(Checked::Clusters { clusters });
    }
}

/// The same effect from the rows of each subgroup.
pub(super) fn by_subgroup(
    effect: &mut Effect,
    asked: &Asked<'_>,
    estimate: impl Fn(&Asked<'_>, &Cells) -> Result<EffectEstimate, NotEstimable>,
) {
    for (name, field) in &asked.work.by {
        let Some(values) = asked.frame.fields.get(*field) else {
            continue;
        };
        let labels: std::collections::BTreeSet<String> = super::observations::used(asked.frame)
            .filter_map(|row| values.text(row).map(str::to_owned))
            .collect();
        for value in labels {
            let found = Cells::new(asked, |row| values.text(row) == Some(value.as_str()))
                .and_then(|cells| estimate(asked, &cells));
            effect.subgroups.push(Subgroup {
                by: name.clone(),
                value,
                reason: found.as_ref().err().map(|e| e.reason.clone()),
                estimate: found.ok(),
            });
        }
    }
}

/// Means of groups of units in each period.
pub(super) fn means(
    asked: &Asked<'_>,
    cells: &Cells,
    group: impl Fn(usize) -> String,
) -> Vec<GroupMean> {
    let mut sums: BTreeMap<(String, usize), (f64, u64)> = BTreeMap::new();
    for at in 0..cells.y.len() {
        let place = sums
            .entry((group(cells.unit[at]), cells.period[at]))
            .or_default();
        place.0 += cells.y[at];
        place.1 += 1;
    }
    sums.into_iter()
        .map(|((group, period), (sum, n))| GroupMean {
            group,
            time: cells.label(period, asked.work.time_is_date),
            mean: sum / n as f64,
            interval: None,
            n,
        })
        .collect()
}

/// Refuses a treatment that leaves nothing to compare once the level of each unit and the course of time are taken out, in words of
/// the data.
fn contrast(asked: &Asked<'_>, cells: &Cells) -> Result<(), NotEstimable> {
    let (units, periods) = (cells.units.len(), cells.periods.len());
    let condition = asked.setting.treated.as_deref().unwrap_or_default();
    let label = |period: usize| cells.label(period, asked.work.time_is_date);
    let never = lacking(asked);
    let help = |words: &str| match &never {
        Some(reasons) => format!(
            "{words} Rows in which `treated` ({condition}) is missing take no part ({reasons}): where it is missing for those never treated, write it as in \"adopted IS NOT NULL AND year >= adopted\"."
        ),
        None => words.to_owned(),
    };
    let treated = cells.treated.iter().filter(|t| **t).count();
    if treated == 0 {
        return refuse(
            format!(
                "no unit is treated in any period: {condition} holds in none of {} rows of a unit in a period",
                cells.y.len()
            ),
            help("Check `treated` against the values in the data."),
        );
    }
    if treated == cells.y.len() {
        return refuse(
            format!(
                "all {units} units are treated in all {periods} periods: there is nothing to compare with"
            ),
            help("Add the time before the treatment, or units without it."),
        );
    }
    // Whether any is treated, and any is not, in each period and of each unit.
    let mut of_period = vec![[false; 2]; periods];
    let mut of_unit = vec![[false; 2]; units];
    for at in 0..cells.y.len() {
        of_period[cells.period[at]][usize::from(cells.treated[at])] = true;
        of_unit[cells.unit[at]][usize::from(cells.treated[at])] = true;
    }
    if of_period.iter().all(|[no, yes]| !(*no && *yes)) {
        let first = of_period.iter().position(|p| p[1]).unwrap_or_default();
        let lasting = of_period[first..].iter().all(|p| p[1]);
        let when = match lasting {
            true => format!("all units are treated from {} on", label(first)),
            false => "in each period either all units are treated or none is".to_owned(),
        };
        return refuse(
            format!("{when}: no comparison is left"),
            help(
                "Add units that are not treated, or treated later. Without any, only before and after can be compared (design = \"before-after\" or \"interrupted-series\").",
            ),
        );
    }
    if of_unit.iter().all(|[no, yes]| !(*no && *yes)) {
        let always = of_unit.iter().filter(|u| u[1]).count();
        return refuse(
            format!(
                "no unit changes: {always} of {units} units are treated in all of their periods, from {} on, and the others in none",
                label(0)
            ),
            help(
                "Add periods before the treatment; without them, compare groups at one time (design = \"comparison\").",
            ),
        );
    }
    Ok(())
}

/// Rows left out for want of something, with reasons; `None` without any.
pub(super) fn lacking(asked: &Asked<'_>) -> Option<String> {
    let reasons = asked.frame.reasons.iter().filter(|(_, n)| *n > 0);
    let reasons: Vec<String> = reasons
        .map(|(reason, n)| format!("{n}: {reason}"))
        .collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}
