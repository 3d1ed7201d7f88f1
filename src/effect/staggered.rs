//! Effects of adoption at different times.

use super::Asked;
use super::cells::Cells;
use super::model::{estimate, term};
use super::observations::{Observations, refuse};
use super::panel::{by_subgroup, covariates, lacking, means, note_cells, observations};
use super::rows::effect_check;
use crate::evaluation::{AverageOf, BasePeriod, ComparisonUnits, Estimator};
use crate::outcome::{
    Checked, Effect, EffectEstimate, EffectTerm, EventPoint, EventStudy, JointTest, NotEstimable,
};
use crate::stats::did::{self, Aggregation, Average, Few};
use crate::stats::linear::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Draws of the bands that hold for all times together.
const DRAWS: usize = 9_999;

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
    let found = staggered_of(asked, &cells, DRAWS)?;
    let mut events = found.events;
    let reference = -1;
    let universal = asked.setting.base == BasePeriod::Universal;
    if universal && !events.iter().any(|e| e.time == reference) {
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
        period: cells.step_word(dates).to_owned(),
        average: Some(asked.setting.average),
        base: Some(asked.setting.base),
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
        staggered_of(asked, &cells, 0).map(|found| found.estimate)
    });
    Ok(None)
}

/// What an estimator of staggered adoption gives.
struct Staggered {
    estimate: EffectEstimate,
    events: Vec<EventPoint>,
    pretrend: Option<JointTest>,
    terms: Vec<EffectTerm>,
    remarks: Vec<String>,
}

/// Units with their cohorts, on the scale of the periods.
struct Scaled {
    period: Vec<i64>,
    cohort: Vec<Option<i64>>,
    /// Labels of the times at which cohorts adopt.
    labels: BTreeMap<i64, String>,
}

impl Scaled {
    fn new(asked: &Asked<'_>, cells: &Cells) -> Result<Scaled, NotEstimable> {
        let dates = asked.work.time_is_date;
        let time = cells.times(dates)?;
        // Adoption between two periods counts from the later one.
        let adopted: Vec<Option<usize>> = cells
            .adopted
            .iter()
            .map(|adopted| {
                let first = cells.periods.iter().position(|p| Some(*p) >= *adopted);
                adopted.and(first)
            })
            .collect();
        compared(asked, cells, &adopted)?;
        Ok(Scaled {
            period: cells.period.iter().map(|p| time[*p]).collect(),
            cohort: cells
                .unit
                .iter()
                .map(|u| adopted[*u].map(|p| time[p]))
                .collect(),
            labels: time
                .iter()
                .enumerate()
                .map(|(p, t)| (*t, cells.label(p, dates)))
                .collect(),
        })
    }

    fn label(&self, at: i64) -> String {
        self.labels
            .get(&at)
            .cloned()
            .unwrap_or_else(|| at.to_string())
    }
}

/// Refuses adoptions that leave nothing to compare, in words of the data.
fn compared(
    asked: &Asked<'_>,
    cells: &Cells,
    adopted: &[Option<usize>],
) -> Result<(), NotEstimable> {
    let label = |period: usize| cells.label(period, asked.work.time_is_date);
    let (first, last) = (label(0), label(cells.periods.len().saturating_sub(1)));
    let units = adopted.len();
    let early = adopted.iter().filter(|a| **a == Some(0)).count();
    let later: BTreeSet<usize> = adopted
        .iter()
        .flatten()
        .copied()
        .filter(|p| *p > 0)
        .collect();
    let never = adopted.iter().filter(|a| a.is_none()).count();
    let left_out = match lacking(asked) {
        Some(reasons) => format!(" Rows left out: {reasons}."),
        None => String::new(),
    };
    if early == units {
        return refuse(
            format!(
                "all {units} units had adopted in the first period ({first}) already, so that nothing is known of them before"
            ),
            format!("Add periods before the adoption.{left_out}"),
        );
    }
    if later.is_empty() {
        return refuse(
            "no unit adopts within the periods of the data".to_owned()
                + &match early {
                    0 => String::new(),
                    n => {
                        format!(", but for {n} that had adopted in the first one ({first}) already")
                    }
                },
            "Check `adopted`: it must be on the scale of `time`.",
        );
    }
    if never == 0 && later.len() == 1 {
        let from = later.first().map_or_else(String::new, |p| label(*p));
        return refuse(
            format!("all units are treated from {from} on: no comparison is left"),
            format!("Add units that never adopt, or that adopt later.{left_out}"),
        );
    }
    let needs_never = asked.setting.estimator == Estimator::CallawaySantanna
        && asked.setting.comparison == ComparisonUnits::Never;
    if never == 0 && needs_never {
        return refuse(
            format!(
                "every unit adopts within the periods of the data ({first} to {last}), so that there is none that never does to compare with"
            ),
            format!(
                "Compare with those that have not adopted yet: comparison = \"not-yet\".{left_out}"
            ),
        );
    }
    Ok(())
}

/// `draws` of the bands; none for subgroups, which show no event study.
fn staggered_of(asked: &Asked<'_>, cells: &Cells, draws: usize) -> Result<Staggered, NotEstimable> {
    let scaled = Scaled::new(asked, cells)?;
    let observations = observations(asked, cells);
    let cluster: Option<Vec<usize>> = observations
        .cluster
        .as_ref()
        .map(|codes| codes.of.iter().map(|c| *c as usize).collect());
    let covariates = covariates(cells);
    let rows = did::Rows {
        outcome: &cells.y,
        period: &scaled.period,
        cohort: &scaled.cohort,
        unit: Some(&cells.unit),
        cluster: cluster.as_deref(),
        weight: None,
        covariates: &covariates,
    };
    let mut found = match asked.setting.estimator {
        Estimator::CallawaySantanna => {
            callaway_santanna(asked, &rows, &observations, &scaled, draws)?
        }
        Estimator::SunAbraham => sun_abraham(asked, &rows, &observations, &scaled, draws)?,
    };
    let untreated = |at: usize| scaled.cohort[at].is_none_or(|g| scaled.period[at] < g);
    found.estimate.standardised = observations
        .moments(untreated)
        .filter(|(_, sd)| *sd > 0.0)
        .map(|(_, sd)| found.estimate.value / sd);
    Ok(found)
}

fn average(asked: &Asked<'_>) -> Average {
    match asked.setting.average {
        AverageOf::Group => Average::Group,
        AverageOf::Simple => Average::Simple,
        AverageOf::Dynamic => Average::Dynamic,
        AverageOf::Calendar => Average::Calendar,
    }
}

fn few(asked: &Asked<'_>, draws: usize) -> Few {
    Few {
        draws,
        seed: asked.evaluation.seed,
    }
}

/// Effects of each cohort, with the time of its adoption.
fn by_cohort(parts: &[did::Part], scaled: &Scaled) -> Vec<EffectTerm> {
    let one = |part: &did::Part| {
        term(
            format!("Units that adopted at {}", scaled.label(part.at)),
            part.inference.value,
            Some(&part.inference),
        )
    };
    parts.iter().map(one).collect()
}

fn callaway_santanna(
    asked: &Asked<'_>,
    rows: &did::Rows<'_>,
    observations: &Observations,
    scaled: &Scaled,
    draws: usize,
) -> Result<Staggered, NotEstimable> {
    let options = did::Options {
        comparison: match asked.setting.comparison {
            ComparisonUnits::Never => did::Comparison::NeverTreated,
            ComparisonUnits::NotYet => did::Comparison::NotYetTreated,
        },
        base: match asked.setting.base {
            BasePeriod::Universal => did::Base::Universal,
            BasePeriod::Varying => did::Base::Varying,
        },
        confidence: asked.evaluation.confidence,
        few: Some(few(asked, 0)),
        ..did::Options::default()
    };
    let found = did::group_time(rows, &options)?;
    let overall = found.aggregate(average(asked).into())?;
    let cohorts = found.aggregate(Aggregation::Group)?;
    let dynamic = found.with_bands(draws).aggregate(Average::Dynamic.into())?;
    let mut result = estimate(overall.overall.value, Some(&overall.overall), observations);
    result.se_kind = "by cluster, corrected as CR2".to_owned();
    result.clusters = Some(found.counts.clusters as u64);
    let mut terms = by_cohort(&cohorts.parts, scaled);
    if asked.setting.average != AverageOf::Dynamic {
        terms.push(term(
            "Mean over the times since adoption",
            dynamic.overall.value,
            Some(&dynamic.overall),
        ));
    }
    let mut remarks = dropped(&found.counts);
    if !found.skipped.is_empty() {
        remarks.push(format!(
            "{} effects of a cohort in a period could not be estimated: {}.",
            found.skipped.len(),
            found.skipped[0].refused.reason
        ));
    }
    let pretrend = found.pretrend_by_event().ok();
    Ok(Staggered {
        estimate: result,
        events: dynamic.parts.iter().map(point).collect(),
        pretrend: pretrend.and_then(|test| {
            let few = test.few?;
            Some(JointTest {
                statistic: few.f,
                df1: test.df as f64,
                df2: Some(few.df),
                p: few.p,
            })
        }),
        terms,
        remarks,
    })
}

/// Most work that CR2's degrees of freedom may take: squared number of effects times clusters.
const CR2_AT_MOST: usize = 10_000_000;

/// CR2, but for designs of very many cohorts and periods in hundreds of clusters, where it would take hours and differs from CR1 in the third digit.
fn kind(rows: &did::Rows<'_>, observations: &Observations) -> Kind {
    let cohorts: BTreeSet<i64> = rows.cohort.iter().flatten().copied().collect();
    let periods: BTreeSet<i64> = rows.period.iter().copied().collect();
    let effects = cohorts.len().saturating_mul(periods.len());
    let clusters = observations.cluster.as_ref().map_or(0, |c| c.count());
    let work = effects.saturating_mul(effects).saturating_mul(clusters);
    match work <= CR2_AT_MOST {
        true => Kind::Cr2,
        false => Kind::Cr1,
    }
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
    scaled: &Scaled,
    draws: usize,
) -> Result<Staggered, NotEstimable> {
    let kind = kind(rows, observations);
    let options = did::EventOptions {
        anticipation: 0,
        kind,
        confidence: asked.evaluation.confidence,
        average: average(asked),
        bands: Some(few(asked, draws)),
    };
    let found = did::sun_abraham(rows, &options)?;
    let mut result = estimate(found.overall.value, Some(&found.overall), observations);
    result.se_kind = match kind {
        Kind::Cr2 => "clustered, CR2".to_owned(),
        _ => "clustered, CR1, t with clusters less one degrees of freedom".to_owned(),
    };
    result.n = found.rows as u64;
    result.clusters = found.covariance.clusters.first().map(|c| *c as u64);
    let mut remarks = dropped(&found.counts);
    if let Some(cohort) = found.comparison_cohort {
        remarks.push(format!(
            "No unit never adopts: those that adopted last ({}) serve as the comparison until then, and {} rows after that are left out.",
            scaled.label(cohort),
            found.rows_left_out
        ));
    }
    Ok(Staggered {
        estimate: result,
        events: found.events.iter().map(point).collect(),
        pretrend: found.pretrend.ok().map(|test| JointTest {
            statistic: test.f,
            df1: test.df1,
            df2: Some(test.df2),
            p: test.p,
        }),
        terms: by_cohort(&found.cohorts, scaled),
        remarks,
    })
}
