//! Effects over units and periods: unit and period effects, and staggered adoption.

use super::Asked;
use super::cells::Cells;
use super::model::{Errors, Model, estimate, term};
use super::observations::{Codes, Observations, refuse};
use super::rows::effect_check;
use crate::evaluation::{ComparisonUnits, Estimator};
use crate::outcome::{
    Checked, Effect, EffectEstimate, EventPoint, EventStudy, GroupMean, JointTest, NotEstimable,
    Subgroup,
};
use crate::stats::did::{self, Aggregation, Bootstrap, Multiplier};
use crate::stats::linear::Kind;
use std::collections::BTreeMap;

/// Draws of the multiplier bootstrap.
const DRAWS: usize = 1_999;

/// A cell as an observation, with the cluster of its unit.
fn observations(asked: &Asked<'_>, cells: &Cells) -> Observations {
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

fn covariates(cells: &Cells) -> Vec<(&str, &[f64])> {
    let named = cells.covariates.iter();
    named
        .map(|(name, values)| (name.as_str(), values.as_slice()))
        .collect()
}

fn note_cells(effect: &mut Effect, cells: &Cells, clusters: Option<u64>) {
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
fn by_subgroup(
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
fn means(asked: &Asked<'_>, cells: &Cells, group: impl Fn(usize) -> String) -> Vec<GroupMean> {
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

/// Effect of adoption at different times.
///
/// # Errors
/// What the data don't allow, in words.
pub fn staggered(
    effect: &mut Effect,
    asked: &Asked<'_>,
) -> Result<Option<BTreeMap<String, f64>>, NotEstimable> {
    let mut cells = Cells::new(asked, |_| true)?;
    if asked.work.adopted.is_none() {
        let back = cells.adopt_when_treated();
        if back > 0 {
            effect.remarks.push(format!(
                "{back} of {} units are not treated in a period after their adoption; they count as adopters all the same.",
                cells.units.len()
            ));
        }
    }
    let dates = asked.work.time_is_date;
    let group = |unit: usize| match cells.adopted.get(unit).copied().flatten() {
        Some(time) if dates => format!(
            "adopted {}",
            crate::indicator::formula::node::date_text(time as i32)
        ),
        Some(time) => format!("adopted {time}"),
        None => "never adopted".to_owned(),
    };
    effect.means = means(asked, &cells, group);
    let found = staggered_of(asked, &cells)?;
    let mut events = found.events;
    let reference = found.reference;
    if !events.iter().any(|e| e.time == reference) {
        events.push(EventPoint {
            time: reference,
            value: 0.0,
            interval: None,
            band: None,
            reference: true,
            units: None,
        });
        events.sort_by_key(|e| e.time);
    }
    effect.events = Some(EventStudy {
        points: events,
        pretrend: found.pretrend,
        period: if dates { "period" } else { "year" }.to_owned(),
    });
    if let (Some(test), Some(place)) = (found.pretrend, effect_check(effect, "parallel")) {
        *place = Some(Checked::Pretrend(test));
    }
    effect.terms = found.terms;
    effect.remarks.extend(found.remarks);
    let clusters = found.estimate.clusters;
    effect.estimate = Some(found.estimate);
    note_cells(effect, &cells, clusters);
    by_subgroup(effect, asked, |asked, cells| {
        let mut cells = cells.clone();
        if asked.work.adopted.is_none() {
            cells.adopt_when_treated();
        }
        staggered_of(asked, &cells).map(|found| found.estimate)
    });
    Ok(None)
}

/// What an estimator of staggered adoption gives.
struct Staggered {
    estimate: EffectEstimate,
    events: Vec<EventPoint>,
    /// Time since adoption that effects are measured from.
    reference: i64,
    pretrend: Option<JointTest>,
    terms: Vec<crate::outcome::EffectTerm>,
    remarks: Vec<String>,
}

fn staggered_of(asked: &Asked<'_>, cells: &Cells) -> Result<Staggered, NotEstimable> {
    let steps = cells.steps()?;
    // Years stay years; dates become numbers of steps.
    let whole = !asked.work.time_is_date && cells.periods.iter().all(|p| p.fract() == 0.0);
    let time = |at: usize| match whole {
        true => cells.periods[at] as i64,
        false => steps[at],
    };
    // Adoption between two periods counts from the later one.
    let adopted: Vec<Option<i64>> = cells
        .adopted
        .iter()
        .map(|adopted| {
            let first = cells.periods.iter().position(|p| Some(*p) >= *adopted);
            adopted.and(first).map(time)
        })
        .collect();
    if adopted.iter().all(Option::is_none) {
        return refuse(
            "no unit adopts within the periods of the data",
            "Check `adopted`: it must be on the scale of `time`.",
        );
    }
    let period: Vec<i64> = cells.period.iter().map(|p| time(*p)).collect();
    let cohort: Vec<Option<i64>> = cells.unit.iter().map(|u| adopted[*u]).collect();
    let observations = observations(asked, cells);
    let cluster: Option<Vec<usize>> = observations
        .cluster
        .as_ref()
        .map(|codes| codes.of.iter().map(|c| *c as usize).collect());
    let covariates = covariates(cells);
    let rows = did::Rows {
        outcome: &cells.y,
        period: &period,
        cohort: &cohort,
        unit: Some(&cells.unit),
        cluster: cluster.as_deref(),
        weight: None,
        covariates: &covariates,
    };
    let mut found = match asked.setting.estimator {
        Estimator::CallawaySantanna => callaway_santanna(asked, &rows, &observations)?,
        Estimator::SunAbraham => sun_abraham(asked, &rows, &observations)?,
    };
    let untreated = |at: usize| cohort[at].is_none_or(|g| period[at] < g);
    found.estimate.standardised = observations
        .moments(untreated)
        .filter(|(_, sd)| *sd > 0.0)
        .map(|(_, sd)| found.estimate.value / sd);
    Ok(found)
}

fn callaway_santanna(
    asked: &Asked<'_>,
    rows: &did::Rows<'_>,
    observations: &Observations,
) -> Result<Staggered, NotEstimable> {
    let options = did::Options {
        comparison: match asked.setting.comparison {
            ComparisonUnits::Never => did::Comparison::NeverTreated,
            ComparisonUnits::NotYet => did::Comparison::NotYetTreated,
        },
        base: did::Base::Universal,
        confidence: asked.evaluation.confidence,
        bootstrap: Some(Bootstrap {
            replicates: DRAWS,
            multiplier: Multiplier::Mammen,
            seed: asked.evaluation.seed,
        }),
        ..did::Options::default()
    };
    let found = did::group_time(rows, &options)?;
    let overall = found.aggregate(Aggregation::Group)?;
    let dynamic = found.aggregate(Aggregation::Dynamic {
        between: None,
        balanced: None,
    })?;
    let mut result = estimate(overall.overall.value, Some(&overall.overall), observations);
    result.se_kind = format!("multiplier bootstrap by cluster, {DRAWS} draws");
    result.clusters = Some(found.counts.clusters as u64);
    let mut terms: Vec<_> = overall
        .parts
        .iter()
        .map(|part| {
            term(
                format!("Units that adopted at {}", part.at),
                part.inference.value,
                Some(&part.inference),
            )
        })
        .collect();
    terms.push(term(
        "Mean over the times since adoption",
        dynamic.overall.value,
        Some(&dynamic.overall),
    ));
    let mut remarks = dropped(&found.counts);
    if !found.skipped.is_empty() {
        remarks.push(format!(
            "{} effects of a cohort in a period could not be estimated: {}.",
            found.skipped.len(),
            found.skipped[0].refused.reason
        ));
    }
    Ok(Staggered {
        estimate: result,
        events: dynamic.parts.iter().map(point).collect(),
        reference: -1,
        pretrend: found.pretrend_by_event().ok().map(|test| {
            let (clusters, q) = (found.counts.clusters as f64, test.df as f64);
            match test.p_few {
                Some(p) => JointTest {
                    statistic: test.statistic * (clusters - q) / (q * clusters),
                    df1: q,
                    df2: Some(clusters - q),
                    p,
                },
                None => JointTest {
                    statistic: test.statistic,
                    df1: q,
                    df2: None,
                    p: test.p,
                },
            }
        }),
        terms,
        remarks,
    })
}

fn point(part: &did::Part) -> EventPoint {
    let interval = (part.inference.low, part.inference.high);
    EventPoint {
        time: part.at,
        value: part.inference.value,
        interval: Some(interval)
            .filter(|(low, high)| low.is_finite() && high.is_finite() && low < high),
        band: part
            .band
            .filter(|(low, high)| low.is_finite() && high.is_finite() && low < high),
        reference: part.inference.value == 0.0
            && (part.inference.se == 0.0 || part.inference.se.is_nan()),
        units: None,
    }
}

fn dropped(counts: &did::Counts) -> Vec<String> {
    let mut remarks = Vec::new();
    if counts.treated_from_start > 0 {
        remarks.push(format!(
            "{} of {} units had adopted in the first period already and are left out: nothing is known of them before.",
            counts.treated_from_start, counts.given
        ));
    }
    if counts.not_in_every_period > 0 {
        remarks.push(format!(
            "{} of {} units are not seen in every period; each comparison uses those seen in both of its periods.",
            counts.not_in_every_period, counts.used
        ));
    }
    remarks
}

fn sun_abraham(
    asked: &Asked<'_>,
    rows: &did::Rows<'_>,
    observations: &Observations,
) -> Result<Staggered, NotEstimable> {
    let options = did::EventOptions {
        anticipation: 0,
        kind: Kind::Cr1,
        confidence: asked.evaluation.confidence,
    };
    let found = did::sun_abraham(rows, &options)?;
    let mut result = estimate(found.overall.value, Some(&found.overall), observations);
    result.se_kind = "clustered, CR1".to_owned();
    result.n = found.rows as u64;
    result.clusters = found.covariance.clusters.first().map(|c| *c as u64);
    let mut remarks = dropped(&found.counts);
    if let Some(cohort) = found.comparison_cohort {
        remarks.push(format!(
            "No unit never adopts: those that adopted last ({cohort}) serve as the comparison until then, and {} rows after that are left out.",
            found.rows_left_out
        ));
    }
    Ok(Staggered {
        estimate: result,
        events: found.events.iter().map(point).collect(),
        reference: -1,
        pretrend: found.pretrend.ok().map(|test| JointTest {
            statistic: test.f,
            df1: test.df1,
            df2: Some(test.df2),
            p: test.p,
        }),
        terms: vec![],
        remarks,
    })
}
