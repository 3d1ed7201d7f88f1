//! Effects over rows: before and after, comparison, difference in differences, dose, association.

use super::blocks::Blocks;
use super::layout::{Layout, layout, spread, with_value_before};
use super::model::{Columns, Errors, Model, dummy};
use super::observations::{Observations, refuse, some_rows};
use super::{Asked, attrition, balance, checks, partial, ratio, weighting, words};
use crate::evaluation::Adjust;
use crate::outcome::{
    Checked, Effect, EffectDesign, EffectEstimate, GroupMean, NotEstimable, Subgroup,
};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Estimates an effect over rows.
///
/// # Errors
/// What the data don't allow, in words.
pub fn over_rows(
    effect: &mut Effect,
    asked: &Asked<'_>,
) -> Result<Option<BTreeMap<String, f64>>, NotEstimable> {
    some_rows(asked)?;
    let all = Observations::new(asked.work, asked.frame, asked.table)?;
    if all.outside > 0 {
        effect.remarks.push(format!(
            "{} rows are outside the denominator of the indicator and take no part.",
            all.outside
        ));
    }
    varies(asked, &all)?;
    same_group(&all)?;
    if !asked.setting.scale.is_difference() {
        return ratio::ratio(effect, asked, &all).map(|()| None);
    }
    if asked.work.treated.is_some() {
        effect.balance = balance::balance(asked, &all)?;
        balance::note(effect);
    }
    if asked.work.treated.is_some() && asked.work.before.is_some() {
        effect.attrition = attrition::attrition(asked, &all);
        let difference = effect.attrition.as_ref().map(|a| a.difference);
        if let (Some(difference), Some(place)) = (difference, effect_check(effect, "lost")) {
            *place = Some(Checked::Attrition { difference });
        }
    }
    let errors = Errors::new(
        asked.setting,
        asked.evaluation.confidence,
        asked.uncertain(),
    );
    effect.means = means(asked, &all, errors);
    let influence = match asked.setting.adjust {
        Adjust::Weighting | Adjust::DoublyRobust | Adjust::Matching => {
            let observations = later(asked, &all);
            clustered_by(effect, asked, &observations);
            weighting::weighted(effect, asked, &observations)?;
            None
        }
        _ => {
            let fitted = Fitted::new(asked, &all, errors)?;
            clustered_by(effect, asked, &fitted.observations);
            if let Some(blocks) = &fitted.blocks {
                let (within, papers) = blocks.words();
                effect.method = format!("{within}. {}", effect.method);
                effect
                    .references
                    .extend(papers.into_iter().map(str::to_owned));
                effect.remarks.extend(blocks.remark());
            }
            effect.estimate = Some(fitted.estimate()?);
            for (name, weights) in &fitted.layout.terms {
                let weights = spread(weights, fitted.model.fit.k);
                effect
                    .terms
                    .push(fitted.model.term(name.clone(), &weights)?);
            }
            effect.partial = partial::partial(effect, asked, &fitted.observations);
            checks::beside(effect, asked, &fitted);
            asked.uncertain().then(|| {
                let weights = fitted.weights();
                fitted.model.influence(&weights, &fitted.observations)
            })
        }
    };
    let clusters = effect.estimate.as_ref().and_then(|e| e.clusters);
    if let (Some(clusters), Some(place)) = (clusters, effect_check(effect, "clusters")) {
        *place = Some(Checked::Clusters { clusters });
    }
    subgroups(effect, asked, &all, errors);
    if let Some(estimate) = &mut effect.estimate
        && !asked.uncertain()
    {
        estimate.no_interval = Some(
            "the table is a census: the difference is what it is, without sampling error"
                .to_owned(),
        );
    }
    Ok(influence)
}

/// Says what the errors are clustered by, if by anything.
pub fn clustered_by(effect: &mut Effect, asked: &Asked<'_>, observations: &Observations) {
    let name = observations.cluster_name.as_str();
    words::say_method(effect, asked, observations.cluster.as_ref().map(|_| name));
}

/// Place for what a check of an assumption found: the one whose words hold `word`.
pub fn effect_check<'a>(effect: &'a mut Effect, word: &str) -> Option<&'a mut Option<Checked>> {
    let found = effect
        .assumptions
        .iter_mut()
        .find(|a| a.words.contains(word));
    found.map(|a| &mut a.checked)
}

/// A regression over rows, fitted.
pub struct Fitted<'a> {
    /// What it is fitted to.
    pub observations: Cow<'a, Observations>,
    /// How it is laid out.
    pub layout: Layout,
    /// The fit and its errors.
    pub model: Model,
    /// The blocks of a lottery, where it was within blocks.
    pub blocks: Option<Blocks>,
    /// What each observation weighs in the fit.
    pub row_weights: Vec<f64>,
    /// Standard deviation of the outcome among those not treated.
    sd: Option<f64>,
}

impl<'a> Fitted<'a> {
    /// Fits the regression that a design asks for.
    ///
    /// # Errors
    /// What the data don't allow, in words.
    pub fn new(
        asked: &Asked<'_>,
        all: &'a Observations,
        errors: Errors,
    ) -> Result<Fitted<'a>, NotEstimable> {
        let (observations, before) = match asked.setting.adjust {
            Adjust::Ancova => {
                let (kept, before) = with_value_before(all)?;
                (Cow::Owned(kept), Some(before))
            }
            _ => (later(asked, all), None),
        };
        let blocks = Blocks::of(asked, &observations);
        let (mut observations, before) = match &blocks {
            None => (observations, before),
            Some(blocks) => {
                let within = blocks.within(asked, &observations);
                let takes = |(at, value): (usize, f64)| blocks.takes(at).then_some(value);
                let before =
                    before.map(|all| all.into_iter().enumerate().filter_map(takes).collect());
                (Cow::Owned(within), before)
            }
        };
        let mut layout = layout(asked, &observations)?;
        if let Some(before) = before {
            let at = layout.columns.add("value before", before);
            layout.covariates.push(at);
        }
        let sd = untreated_sd(asked, &observations);
        let row_weights = match &blocks {
            None => observations.w.clone(),
            Some(blocks) => {
                blocks.even_out(asked, observations.to_mut(), &mut layout);
                blocks.lay_out(asked, &observations, &mut layout)
            }
        };
        let model = Model::weighted(&observations, &layout.columns, errors, &row_weights)?;
        Ok(Fitted {
            observations,
            layout,
            model,
            blocks,
            row_weights,
            sd,
        })
    }

    /// Weights of the coefficients that give the effect.
    pub fn weights(&self) -> Vec<f64> {
        spread(&self.layout.effect, self.model.fit.k)
    }

    /// The effect.
    fn estimate(&self) -> Result<EffectEstimate, NotEstimable> {
        let mut estimate = self.model.estimate(&self.weights(), &self.observations)?;
        estimate.standardised = self.sd.filter(|sd| *sd > 0.0).map(|sd| estimate.value / sd);
        Ok(estimate)
    }
}

/// Standard deviation of the outcome among those not treated, before where there is a before; `None` for designs without treatment.
fn untreated_sd(asked: &Asked<'_>, observations: &Observations) -> Option<f64> {
    let before = |at: usize| observations.after.get(at) != Some(&true);
    let untreated = |at: usize| observations.treated.get(at) != Some(&true);
    let found = match asked.setting.design {
        EffectDesign::BeforeAfter => observations.moments(before),
        EffectDesign::Comparison => observations.moments(untreated),
        EffectDesign::DifferenceInDifferences => {
            observations.moments(|at| untreated(at) && before(at))
        }
        _ => None,
    };
    found.map(|(_, sd)| sd)
}

/// A comparison looks at those after only, where it knows of a before.
pub fn later<'a>(asked: &Asked<'_>, all: &'a Observations) -> Cow<'a, Observations> {
    match asked.setting.design {
        EffectDesign::Comparison if asked.work.before.is_some() => {
            Cow::Owned(all.keep(|at| all.after[at]))
        }
        _ => Cow::Borrowed(all),
    }
}

/// Groups and times as the design compares them: label of group, label of time, whether an observation is in it.
fn cells(asked: &Asked<'_>, observations: &Observations) -> Vec<(&'static str, String, Vec<bool>)> {
    let groups: Vec<(&'static str, Option<bool>)> = match asked.work.treated {
        None => vec![("all", None)],
        Some(_) => vec![("treated", Some(true)), ("comparison", Some(false))],
    };
    let times: Vec<(String, Option<bool>)> = match &asked.work.waves {
        None => vec![(String::new(), None)],
        Some((before, after)) => vec![(before.clone(), Some(false)), (after.clone(), Some(true))],
    };
    let mut found = Vec::new();
    for (group, treated) in &groups {
        for (time, after) in &times {
            let within = (0..observations.len())
                .map(|at| {
                    treated.is_none_or(|t| observations.treated[at] == t)
                        && after.is_none_or(|a| observations.after[at] == a)
                })
                .collect();
            found.push((*group, time.clone(), within));
        }
    }
    found
}

/// Refuses a design with an empty or too small cell, or without anything to compare.
pub fn varies(asked: &Asked<'_>, all: &Observations) -> Result<(), NotEstimable> {
    let n = all.len();
    let treated = all.treated.iter().filter(|t| **t).count();
    if asked.work.treated.is_some() && (treated == 0 || treated == n) {
        let which = if treated == 0 { "none of the" } else { "all" };
        if let Some((name, group)) = balance::missing_covariate(asked) {
            return refuse(
                format!(
                    "the covariate {name} is missing for all {group} rows, so that none of them can be used"
                ),
                "Remove it from `covariates`, or complete it: what one group lacks altogether can't be held constant.",
            );
        }
        return refuse(
            format!("the treatment does not vary: {which} {n} rows are treated"),
            format!(
                "Look at `treated` ({}): rows of a comparison group must be in the table too.",
                asked.setting.treated.as_deref().unwrap_or_default()
            ),
        );
    }
    let is_later = all.after.iter().filter(|a| **a).count();
    if let Some((before, after)) = &asked.work.waves
        && (is_later == 0 || is_later == n)
        && !(asked.setting.design == EffectDesign::Comparison && is_later == n)
    {
        let (there, lacking) = if is_later == 0 {
            (before, after)
        } else {
            (after, before)
        };
        return refuse(
            format!("there is one wave only: all {n} rows are {there}, none is {lacking}"),
            "Add the other wave, or compare groups at one time (design = \"comparison\").",
        );
    }
    for (group, time, within) in cells(asked, all) {
        let persons = all.persons(|at| within[at]);
        let of = if time.is_empty() {
            group.to_owned()
        } else {
            format!("{group}, {time}")
        };
        let needed = asked.setting.design != EffectDesign::Comparison
            || time.is_empty()
            || asked
                .work
                .waves
                .as_ref()
                .is_some_and(|(_, after)| *after == time)
            || asked.setting.adjust == Adjust::Ancova;
        if persons == 0 && needed {
            return refuse(
                format!("there is no row in one of the groups compared ({of})"),
                "Check `treated` and the waves against the values in the data.",
            );
        }
        if asked.work.persons && persons > 0 && persons < asked.evaluation.small_cells {
            return refuse(
                format!(
                    "one of the groups compared ({of}) has fewer than {} persons, which are protected",
                    asked.evaluation.small_cells
                ),
                "Compare larger groups.",
            );
        }
    }
    Ok(())
}

/// Refuses persons who are treated at one time and not at the other: who is compared must not depend on when.
pub fn same_group(all: &Observations) -> Result<(), NotEstimable> {
    let Some(person) = &all.person else {
        return Ok(());
    };
    if all.treated.is_empty() || all.after.is_empty() {
        return Ok(());
    }
    // Whether a person was ever treated, ever not, and treated before.
    let mut seen: BTreeMap<u32, [bool; 3]> = BTreeMap::new();
    for at in 0..all.len() {
        let place = seen.entry(person.of[at]).or_default();
        place[usize::from(!all.treated[at])] = true;
        place[2] |= all.treated[at] && !all.after[at];
    }
    let changed: Vec<&[bool; 3]> = seen.values().filter(|s| s[0] && s[1]).collect();
    let already = changed.iter().filter(|s| s[2]).count();
    if changed.is_empty() {
        return Ok(());
    }
    let who = match changed.len() {
        1 => "1 person is".to_owned(),
        n => format!("{n} persons are"),
    };
    refuse(
        format!(
            "{who} treated at one time and not at the other ({already} already before), so that the groups are not the same ones"
        ),
        "Give a condition for `treated` that says which group a person belongs to, whatever the wave.",
    )
}

/// Means of each group at each time, with intervals from one regression on the cells.
pub fn means(asked: &Asked<'_>, all: &Observations, errors: Errors) -> Vec<GroupMean> {
    let cells: Vec<_> = cells(asked, all)
        .into_iter()
        .filter(|(_, _, within)| within.contains(&true))
        .collect();
    if asked.work.dose.is_some() || asked.work.with.is_some() || cells.len() < 2 {
        return vec![];
    }
    let mut columns = Columns::default();
    for (group, time, within) in &cells {
        columns.add(format!("{group} {time}"), dummy(within.iter().copied()));
    }
    let model = Model::new(all, &columns, errors);
    let mean = |(at, (group, time, within)): (usize, &(&str, String, Vec<bool>))| {
        let interval = model.as_ref().ok().and_then(|model| {
            let (_, inference) = model.combination(&model.one(at)).ok()?;
            inference.map(|i| (i.low, i.high))
        });
        Some(GroupMean {
            group: (*group).to_owned(),
            time: time.clone(),
            mean: all.moments(|i| within[i])?.0,
            interval,
            n: within.iter().filter(|w| **w).count() as u64,
        })
    };
    cells.iter().enumerate().filter_map(mean).collect()
}

/// The effect in each subgroup, from its own rows alone.
pub fn subgroups(effect: &mut Effect, asked: &Asked<'_>, all: &Observations, errors: Errors) {
    for (name, field) in &asked.work.by {
        let labels = all.labels(asked.frame, *field);
        let mut values: Vec<&str> = labels.iter().copied().filter(|l| !l.is_empty()).collect();
        values.sort_unstable();
        values.dedup();
        let each = values.into_par_iter().map(|value| {
            let part = all.keep(|at| labels[at] == value);
            let found = varies(asked, &part).and_then(|()| match asked.setting.adjust {
                _ if !asked.setting.scale.is_difference() => {
                    ratio::estimate(asked, &later(asked, &part)).map(|found| found.estimate)
                }
                Adjust::Weighting | Adjust::DoublyRobust | Adjust::Matching => {
                    weighting::estimate(asked, &later(asked, &part))
                }
                _ => Fitted::new(asked, &part, errors)?.estimate(),
            });
            Subgroup {
                by: name.clone(),
                value: value.to_owned(),
                reason: found.as_ref().err().map(|e| e.reason.clone()),
                estimate: found.ok(),
            }
        });
        effect.subgroups.par_extend(each);
    }
}
