//! Stage 5, estimate: component sums become values with their parts, intervals and reasons.
//!
//! A total is computed again from the sums, never from the values of its groups.

pub mod again;
mod apart;
mod cell;
mod clusters;
mod coarse;
mod derived;
mod design;
mod drawn;
mod extremes;
mod group;
mod interval;
mod jackknife;
mod latest;
mod margin;
mod method;
mod reach;
mod records;
mod resample;
mod sampled;
pub mod weighting;
mod woodruff;

pub use apart::why as why_apart;

use crate::dataset::Dataset;
use crate::engine::Frame;
use crate::engine::sums::Sums;
use crate::evaluation::Evaluation;
use crate::indicator::Measure;
use crate::outcome::{Detail, Estimate, RowAccount, Sampling, Status};
use crate::plan::reach::Reach;
use crate::plan::scan::What as ScanWhat;
use crate::plan::{Item, Plan, RowWork, Work};
use design::Design;
use group::{Kept, Measured, NothingKept, Totals};
use interval::{Cell, Making};
use jackknife::Replicates;
use margin::Place;
use method::method;
use rayon::prelude::*;
use records::{Context, Job};
use resample::Bound;
use std::collections::BTreeSet;
use weighting::Weighting;

/// All that was estimated for one item of the plan.
#[derive(Debug, Clone, Default)]
pub struct Estimated {
    /// The estimates, the total first.
    pub estimates: Vec<Estimate>,
    /// Per estimate, its value without each cluster; only where a derived indicator needs them.
    replicates: Vec<Result<Replicates, String>>,
    /// Where values can lie.
    reach: Reach,
    /// Census or sample.
    pub sampling: Option<Sampling>,
    /// How value and interval were obtained.
    pub method: String,
    /// What the measure gives beside its values.
    pub details: Vec<Detail>,
    /// Rows used and left out.
    pub rows: Option<RowAccount>,
    /// Remarks for the reader.
    pub remarks: Vec<String>,
    /// Persons behind each estimate, where small groups are protected.
    pub persons: Vec<Persons>,
    /// Remarks that stand where no estimate is withheld.
    pub of_all: Vec<String>,
    /// Remarks that stand where the total is not withheld.
    pub of_total: Vec<String>,
}

/// How many persons stand behind an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Persons {
    /// The smallest number of persons, above zero, that some part of the value rests on; 0 where there is none.
    pub fewest: u64,
}

/// Estimates every item of a plan from the sums of its scans and the rows of its extracts, in the plan's order.
pub fn estimate(
    plan: &Plan,
    sums: &[Sums],
    frames: &[Frame],
    (dataset, weightings): (&Dataset, &[Weighting]),
    evaluation: &Evaluation,
) -> Vec<Estimated> {
    let programmes = dataset.programme_ids();
    let context = Context {
        dataset,
        programmes: &programmes,
        evaluation,
        extracts: &plan.extracts,
        frames,
        weightings,
    };
    let inputs: BTreeSet<usize> = plan
        .items
        .iter()
        .filter_map(|item| match &item.work {
            Ok(Work::Derived(inputs)) => Some(inputs),
            _ => None,
        })
        .flatten()
        .copied()
        .collect();
    let from_tables: Vec<Option<Estimated>> = plan
        .items
        .par_iter()
        .enumerate()
        .map(|(at, item)| from_table(item, plan, sums, context, inputs.contains(&at)))
        .collect();
    let mut done: Vec<Estimated> = Vec::with_capacity(plan.items.len());
    for (item, estimated) in plan.items.iter().zip(from_tables) {
        let estimated = match (estimated, &item.work, &item.indicator.measure) {
            (Some(estimated), _, _) => estimated,
            (None, Ok(Work::Derived(inputs)), Measure::Derived { value, .. }) => {
                let inputs: Vec<&Estimated> = inputs.iter().filter_map(|i| done.get(*i)).collect();
                derived::estimate(value, &inputs, &item.interval, evaluation.confidence)
            }
            _ => Estimated::default(),
        };
        done.push(with_remarks(estimated, item));
    }
    let units = units_of_persons(plan, dataset, evaluation);
    for (estimated, clustered) in done.iter_mut().zip(units) {
        if let Some(clustered) = clustered {
            let reach = estimated.reach;
            for estimate in &mut estimated.estimates {
                coarse::tell(estimate, &reach, evaluation.confidence, clustered);
            }
        }
    }
    done
}

/// Of each item about persons who are protected, whether the units of its sample are clusters.
fn units_of_persons(plan: &Plan, dataset: &Dataset, evaluation: &Evaluation) -> Vec<Option<bool>> {
    let mut all: Vec<Option<bool>> = Vec::with_capacity(plan.items.len());
    for item in &plan.items {
        let of = |table: Option<usize>, persons: bool| {
            let table = table.and_then(|at| dataset.tables.get(at));
            let is_protected = persons && evaluation.small_cells > 1;
            table
                .filter(|_| is_protected)
                .map(|t| t.meaning.cluster.is_some())
        };
        all.push(match &item.work {
            Ok(Work::Rows(work)) => {
                let scan = plan.scans.get(work.scan);
                of(scan.map(|s| s.table), work.cut.persons)
            }
            Ok(Work::Records(work)) => {
                let first = work.extracts.first().copied().flatten();
                let extract = first.and_then(|at| plan.extracts.get(at));
                of(extract.map(|e| e.scan.table), work.cut.persons)
            }
            Ok(Work::Derived(inputs)) => {
                let units = inputs.iter().filter_map(|at| *all.get(*at)?);
                units.reduce(|a, b| a && b)
            }
            Err(_) => None,
        });
    }
    all
}

/// Estimates an item that rests on tables; `None` for any other.
fn from_table(
    item: &Item,
    plan: &Plan,
    sums: &[Sums],
    context: Context<'_>,
    keep_replicates: bool,
) -> Option<Estimated> {
    match (&item.work, &item.indicator.measure) {
        (Ok(Work::Rows(work)), Measure::Formula(rows)) => {
            let measured = Measured {
                scan: plan.scans.get(work.scan)?,
                sums: sums.get(work.scan)?,
                program: &work.program,
                formula: &rows.formula,
            };
            let mut estimated = from_rows(
                &measured,
                work,
                (context.dataset, context.programmes, context.weightings),
                (item, context.evaluation),
                keep_replicates,
            );
            if let (Some(records), Some(beside)) = (&rows.beside, &work.beside)
                && let Some(job) = Job::new(records, beside, context)
            {
                estimated.details = job.details(&estimated.estimates);
                estimated.of_total = records::remarks(&estimated.details);
            }
            Some(estimated)
        }
        (Ok(Work::Records(work)), Measure::Records(records)) => {
            let job = Job::new(records, work, context)?;
            Some(job.estimate(&item.interval, keep_replicates))
        }
        _ => None,
    }
}

/// Value of a derived measure from given inputs.
///
/// # Errors
/// The status of a cell without value.
pub fn derived_value(
    tree: &crate::indicator::formula::node::Value,
    inputs: &[Result<f64, Status>],
) -> Result<f64, Status> {
    cell::value(tree, &|at| {
        inputs.get(at).copied().unwrap_or(Err(Status::Undefined))
    })
}

fn with_remarks(mut estimated: Estimated, item: &Item) -> Estimated {
    let mut remarks = item.remarks.clone();
    remarks.append(&mut estimated.remarks);
    estimated.remarks = remarks;
    estimated
}

fn from_rows(
    measured: &Measured<'_>,
    work: &RowWork,
    (dataset, programmes, weightings): (&Dataset, &[String], &[Weighting]),
    (item, evaluation): (&Item, &Evaluation),
    keep_replicates: bool,
) -> Estimated {
    let table = &dataset.tables[measured.scan.table];
    let places = margin::places(measured, &work.cut, dataset, programmes);
    let used = measured.used_components();
    let design = (work.cut.sampling == Sampling::Sample).then(|| Design::new(measured, &work.cut));
    let mut estimated = Estimated {
        sampling: Some(work.cut.sampling),
        reach: work.reach,
        method: method(
            table,
            &work.cut,
            measured.scan.is_weighted(),
            &method::How {
                scale: work.reach.scale,
                asked: &item.interval,
                shape: Some(work.shape),
                evaluation,
                weighting: weighting::of(weightings, measured.scan.table),
                design: design.as_ref(),
            },
        ),
        ..Estimated::default()
    };
    estimated
        .remarks
        .extend(weighting::remark(weightings, measured.scan.table));
    estimated
        .remarks
        .extend(design.iter().flat_map(|d| d.remarks(table)));
    let bound = Bound::new(weightings, measured, &work.cut);
    let making = design.as_ref().map(|design| Making {
        measured,
        shape: work.shape,
        reach: work.reach,
        design,
        bound: bound.as_ref(),
        clusters: work.clusters,
        asked: &item.interval,
        confidence: evaluation.confidence,
        seed: evaluation.seed,
        replicates: evaluation.replicates,
        indicator: &item.indicator.id,
    });
    let of_percentages = apart::of_percentages(measured, work.percentages.as_ref());
    let mut persons = Vec::with_capacity(places.len());
    for (number, place) in places.iter().enumerate() {
        let totals = measured.totals(&used, &place.cells);
        let kept = (!measured.is_additive()
            || !measured.program.overlapping.is_empty()
            || !measured.program.shared.is_empty()
            || !measured.program.persons.is_empty())
        .then(|| Kept::new(measured, &place.cells));
        let computed = match &kept {
            Some(kept) => measured.compute(&totals, kept),
            None => measured.compute(&totals, &NothingKept),
        };
        let refused = of_percentages.clone().or_else(|| {
            kept.as_ref()
                .and_then(|kept| apart::refused(measured, kept, &totals, &table.name))
        });
        let value = match refused {
            Some(remark) if computed.value.is_ok() => {
                if !estimated.remarks.contains(&remark) {
                    estimated.remarks.push(remark);
                }
                Err(Status::Refused)
            }
            _ => computed.value,
        };
        if value == Err(Status::Undefined)
            && used.iter().any(|at| !can_be_held(measured, &totals, *at))
        {
            remark_once(&mut estimated.remarks, TOO_LARGE);
        }
        if value.is_ok_and(|x| x.abs() > WHOLE) {
            remark_once(&mut estimated.remarks, ROUNDED);
        }
        if let Some(kept) = &kept
            && number == 0
        {
            estimated.remarks.extend(apart::ties(measured, kept));
        }
        let parts = value.ok().and(computed.parts);
        let mut estimate = estimate_at(place, value, parts);
        estimate.n = totals.0[measured.program.used] as u64;
        let undecided = measured.program.undecided.map_or(0.0, |u| totals.0[u]);
        estimate.missing = (totals.0[measured.program.matched] + undecided) as u64 - estimate.n;
        if place.cells.is_empty() {
            estimate.missing = 0;
        }
        let mut replicates = Ok(vec![]);
        if let (Some(making), Some(value)) = (&making, estimate.value) {
            let at = Cell {
                value,
                cells: &place.cells,
                number,
            };
            let (interval, found) = making.interval(at, keep_replicates);
            match interval {
                // What weights are calibrated to does not vary but by rounding.
                Ok(interval) if bound.is_some() && interval.se <= NOISE * value.abs() => {
                    estimate.no_interval = Some(MEETS_MARGIN.to_owned());
                }
                Ok(interval) => estimate.interval = Some(interval),
                Err(reason) => estimate.no_interval = Some(reason),
            }
            if keep_replicates {
                replicates = found;
            }
        }
        estimated.replicates.push(replicates);
        persons.push(persons_behind(measured, &totals, kept.as_ref(), estimate.n));
        estimated.estimates.push(estimate);
    }
    if work.cut.persons {
        let simple = !measured.scan.is_weighted() && table.meaning.cluster.is_none();
        let asked = (evaluation.small_cells, evaluation.confidence, simple);
        let program = &measured.program;
        let said = extremes::withhold(&mut estimated.estimates, &persons, program, asked);
        estimated.remarks.extend(said);
        estimated.persons = persons;
    }
    let mut rows = account(measured, table.name.clone(), table.rows);
    if !work.cut.totals.is_empty()
        && let Some(whole) = estimated.estimates.first()
    {
        // Parts of a total are left out by what the table declares.
        rows.excluded += rows.used.saturating_sub(whole.n);
        rows.used = whole.n;
    }
    estimated.rows = Some(rows);
    if item.indicator.unit == "%" {
        let above = apart::above_whole(measured, &estimated.estimates);
        estimated.remarks.extend(above);
    }
    estimated
        .remarks
        .extend(apart::without_total(measured, &work.cut, &places));
    let hide = work.cut.persons;
    let used_of = |cell: u32| measured.sums.components[measured.program.used][cell as usize];
    estimated.remarks.extend(margin::without_programme(
        measured, &work.cut, &used_of, hide,
    ));
    estimated
}

/// Persons behind a value: those in the cell, and the fewest that a part of the value rests on.
fn persons_behind(
    measured: &Measured<'_>,
    totals: &Totals,
    kept: Option<&Kept<'_>>,
    n: u64,
) -> Persons {
    let Some(kept) = kept.filter(|_| !measured.program.persons.is_empty()) else {
        return Persons { fewest: n };
    };
    let count = |(collector, nameless): &(usize, usize)| {
        kept.count_distinct(*collector) as u64 + totals.0[*nameless] as u64
    };
    let counts: Vec<u64> = measured.program.persons.iter().map(count).collect();
    let fewest = counts.iter().copied().filter(|n| *n > 0).min();
    Persons {
        fewest: fewest.unwrap_or(0),
    }
}

/// Why a value that sums beyond all numbers would give is undefined.
const TOO_LARGE: &str = "A sum, or a sum of squares or products, goes beyond 1.8e308, the largest number that can be held; what rests on it is undefined. Look for values that can't be, or measure in a larger unit.";

/// A standard error of this part of its value is what additions round off.
const NOISE: f64 = 1e-9;

/// Why there is no interval of a figure that margins of the population fix.
const MEETS_MARGIN: &str =
    "it meets the margin that the weights are calibrated to, so that it has no sampling error";

/// Up to here every whole number is held exactly: 2^53.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// What the reader has to know of larger ones.
const ROUNDED: &str = "Figures above 9,007,199,254,740,992 are held to 15 or 16 digits: their last digits are rounded.";

/// Whether a component's sum is a number: a minimum or maximum of nothing is infinite for another reason.
fn can_be_held(measured: &Measured<'_>, totals: &Totals, at: usize) -> bool {
    let what = measured.scan.components[at].what;
    let extreme = matches!(what, ScanWhat::Minimum(_) | ScanWhat::Maximum(_));
    extreme || totals.0[at].is_finite()
}

fn remark_once(remarks: &mut Vec<String>, remark: &str) {
    if !remarks.iter().any(|known| known == remark) {
        remarks.push(remark.to_owned());
    }
}

fn estimate_at(place: &Place, value: cell::Outcome, parts: Option<(f64, f64)>) -> Estimate {
    Estimate {
        programme: place.programme.clone(),
        group: place.group.clone(),
        period: place.period.clone(),
        status: value.err().unwrap_or(Status::Value),
        value: value.ok(),
        parts,
        interval: None,
        no_interval: None,
        n: 0,
        missing: 0,
    }
}

fn account(measured: &Measured<'_>, table: String, rows: u64) -> RowAccount {
    let counter = |at: usize| measured.sums.counters.get(at).copied().unwrap_or(0);
    let mut missing: Vec<(String, u64)> = Vec::new();
    for (reason, at) in &measured.program.reasons {
        let count = counter(*at);
        match missing.iter_mut().find(|(r, _)| r == reason) {
            Some((_, total)) => *total += count,
            None if count > 0 => missing.push((reason.clone(), count)),
            None => {}
        }
    }
    RowAccount {
        table,
        total: rows,
        used: counter(measured.program.used_rows),
        excluded: measured.program.excluded.map_or(0, counter),
        missing,
    }
}
