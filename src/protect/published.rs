//! What is shown of an estimate whose sums are protected: the value made of what is shown, and an interval that allows for the noise.

use super::ground::Ground;
use super::method::{For, Handled, Placed};
use super::told::shown_as;
use crate::dataset::Dataset;
use crate::estimate::again::Numbers;
use crate::estimate::{Estimated, derived_value};
use crate::evaluation::Evaluation;
use crate::indicator::Measure;
use crate::outcome::{Estimate, Interval, IntervalKind, Sampling, Status};
use crate::plan::Item;
use crate::stats::distribution::{normal_quantile, t_quantile};
use crate::stats::survey::proportion::wilson;
use std::collections::{BTreeMap, BTreeSet};

/// Programme, group and period.
type Place = (
    Option<String>,
    Option<(String, Option<String>)>,
    Option<String>,
);

fn place(e: &Estimate) -> Place {
    (e.programme.clone(), e.group.clone(), e.period.clone())
}

/// Variance that protection added to each figure, by item.
#[derive(Debug, Default)]
pub struct Added(BTreeMap<usize, BTreeMap<String, f64>>);

impl Added {
    /// Enters the variances of an item's figures.
    pub(super) fn enter(&mut self, item: usize, variances: Vec<(Place, f64)>) {
        let keyed = variances.into_iter().map(|(p, v)| (format!("{p:?}"), v));
        self.0.insert(item, keyed.collect());
    }

    fn of(&self, item: usize, place: &Place) -> Option<f64> {
        self.0.get(&item)?.get(&format!("{place:?}")).copied()
    }
}

/// Why there is no interval.
const NO_INTERVAL: &str =
    "the figure is protected, and its exact figures give no interval that could be widened";

/// How intervals are made in place of what is said of exact figures.
const INTERVALS: &str = " Since persons are protected by rounding or noise, the interval is Wilson's for a share and Student's t for any other figure, around the value shown, with the variance of the noise added.";

/// Shows the figures of an indicator as its way has them. Gives the variance that was added to each; nothing of exact figures.
pub(super) fn publish(
    (evaluation, dataset): (&Evaluation, &Dataset),
    (ground, placed): (&Ground<'_>, &Placed<'_, '_>),
    (handled, estimated): (Option<&Handled<'_>>, &mut Estimated),
) -> Vec<(Place, f64)> {
    estimated.details.clear();
    estimated.of_all.clear();
    estimated.of_total.clear();
    let mut variances = Vec::new();
    let mut left: BTreeSet<usize> = BTreeSet::new();
    let in_clusters = dataset
        .tables
        .get(ground.table())
        .is_some_and(|t| t.meaning.cluster.is_some());
    let asked = Asked {
        confidence: evaluation.confidence,
        in_clusters,
    };
    for (at, estimate) in estimated.estimates.iter_mut().enumerate() {
        let classes = placed.places.get(at).map_or(&[][..], Vec::as_slice);
        let rows = |what: For| placed.overs.get(&what).map(|o| ground.number(o, classes));
        let is_part = estimate.group.is_some() || estimate.period.is_some();
        match rows(For::Place) {
            // That a group is named would tell that somebody is in it.
            Some(Some(0)) if is_part => {
                left.insert(at);
                continue;
            }
            Some(None) => {
                estimate.withhold();
                continue;
            }
            _ => {}
        }
        match handled {
            Some(handled) => {
                let found = one((ground, placed), handled, (at, classes), (estimate, &asked));
                variances.push((place(estimate), found));
            }
            None if !estimate.is_withheld() => {
                estimate.n = rows(For::Rows).flatten().unwrap_or(0);
                // Nothing tells which rows they are.
                estimate.missing = 10 * ((estimate.missing + 5) / 10);
            }
            None => {}
        }
    }
    account(ground, placed, estimated);
    let mut at = 0;
    estimated.estimates.retain(|_| {
        at += 1;
        !left.contains(&(at - 1))
    });
    estimated.persons.clear();
    if handled.is_some() && placed.measuring.cut.sampling == Sampling::Sample {
        estimated.method.push_str(INTERVALS);
    }
    estimated.remarks.push(match handled {
        Some(_) => shown_as(ground.way),
        None => "The values are exact, and withheld where something of few persons would follow; counts of rows are as in the other figures of persons.".to_owned(),
    });
    variances
}

/// The account of rows, made of figures that are shown.
fn account(ground: &Ground<'_>, placed: &Placed<'_, '_>, estimated: &mut Estimated) {
    let (Some(rows), Some(total)) = (&mut estimated.rows, estimated.estimates.first()) else {
        return;
    };
    let everything = ground.everything();
    let all = placed.overs.get(&For::Place);
    let all = all.and_then(|over| ground.number(over, &everything));
    rows.total = all.unwrap_or(0);
    rows.used = total.n;
    let reasons: Vec<String> = rows
        .missing
        .iter()
        .map(|(reason, _)| reason.clone())
        .collect();
    rows.missing = match total.missing {
        0 => vec![],
        missing => vec![(reasons.join("; "), missing)],
    };
    rows.excluded = rows.total.saturating_sub(rows.used + total.missing);
}

struct Asked {
    confidence: f64,
    in_clusters: bool,
}

/// Shows one estimate. Gives the variance added.
fn one(
    (ground, placed): (&Ground<'_>, &Placed<'_, '_>),
    handled: &Handled<'_>,
    (at, classes): (usize, &[u32]),
    (estimate, asked): (&mut Estimate, &Asked),
) -> f64 {
    let again = &handled.again;
    let exact = again.exact(at);
    let mut shown = exact.clone();
    let mut variances: BTreeMap<usize, f64> = BTreeMap::new();
    for component in again.components() {
        let over = placed.overs.get(&For::Component(*component));
        let value = exact.sums.get(*component).copied().unwrap_or(0.0);
        let found = over.and_then(|over| ground.sum(over, classes, value));
        let (Some((value, variance)), Some(slot)) = (found, shown.sums.get_mut(*component)) else {
            estimate.withhold();
            return 0.0;
        };
        *slot = value;
        variances.insert(*component, variance);
    }
    let mut of_distinct: BTreeMap<usize, f64> = BTreeMap::new();
    for (collector, rows) in again.collectors() {
        let over = placed.overs.get(&For::Component(rows));
        let values = exact.distinct.get(&collector).copied().unwrap_or(0.0) as u64;
        let what = format!("different {}", again.of_collector(collector));
        let found = over.and_then(|over| ground.distinct(over, classes, (values, &what)));
        let Some((value, variance)) = found else {
            estimate.withhold();
            return 0.0;
        };
        shown.distinct.insert(collector, value);
        of_distinct.insert(collector, variance);
    }
    let before = (
        estimate.interval,
        estimate.status,
        exact_n(&exact, again.rows()),
    );
    estimate.n = shown
        .sums
        .get(again.rows())
        .map_or(0, |n| n.max(0.0).round() as u64);
    let missing = placed.overs.get(&For::Missing);
    let missing = missing.and_then(|over| ground.number(over, classes));
    estimate.missing = missing.unwrap_or(0);
    if before.1 == Status::Refused {
        return 0.0;
    }
    let (value, parts) = again.value(&shown);
    let least = ground.least_rows();
    let below = parts
        .filter(|_| ground.unweighted())
        .map(|(_, below)| below);
    let few = estimate.n < least || below.is_some_and(|b| b.abs() < least as f64);
    if again.is_quotient && value.is_ok() && few {
        estimate.withhold();
        return 0.0;
    }
    let reach = again.reach;
    estimate.status = value.err().unwrap_or(Status::Value);
    estimate.value = value.ok().map(|x| x.max(reach.low).min(reach.high));
    estimate.parts = parts.filter(|_| value.is_ok());
    estimate.interval = None;
    estimate.no_interval = None;
    let Some(value) = estimate.value else {
        return 0.0;
    };
    // The noise of each sum, by how much the value moves with it.
    let mut added = 0.0;
    let mut moved = |change: &dyn Fn(&mut Numbers, f64), variance: f64| {
        if variance > 0.0 {
            let step = variance.sqrt() / 16.0;
            let at = |by: f64| {
                let mut other = shown.clone();
                change(&mut other, by);
                again.value(&other).0.ok()
            };
            if let (Some(up), Some(down)) = (at(step), at(-step)) {
                added += ((up - down) / (2.0 * step)).powi(2) * variance;
            }
        }
    };
    for (component, variance) in &variances {
        let change = |numbers: &mut Numbers, by: f64| {
            if let Some(sum) = numbers.sums.get_mut(*component) {
                *sum += by;
            }
        };
        moved(&change, *variance);
    }
    for (collector, variance) in &of_distinct {
        let change = |numbers: &mut Numbers, by: f64| {
            if let Some(count) = numbers.distinct.get_mut(collector) {
                *count += by;
            }
        };
        moved(&change, *variance);
    }
    if let Some(interval) = before.0 {
        let is_share = again.is_quotient && reach.low == 0.0 && reach.high == 1.0;
        let given = Given {
            interval,
            exact_n: before.2,
            n: estimate.n,
            value,
            added,
        };
        estimate.interval = Some(match is_share {
            true => given.of_share(asked),
            false => given.of_other(asked, (reach.low, reach.high)),
        });
    } else if placed.measuring.cut.sampling == Sampling::Sample {
        estimate.no_interval = Some(NO_INTERVAL.to_owned());
    }
    added
}

fn exact_n(exact: &Numbers, rows: usize) -> f64 {
    exact.sums.get(rows).copied().unwrap_or(0.0)
}

/// What an interval is made of.
struct Given {
    /// That of the exact figures.
    interval: Interval,
    exact_n: f64,
    /// Rows shown.
    n: u64,
    /// Value shown.
    value: f64,
    /// Variance added.
    added: f64,
}

impl Given {
    /// Degrees of freedom that tell of no number of persons: those of the rows shown, or of clusters on a coarse scale.
    fn df(&self, asked: &Asked) -> f64 {
        let of_rows = self.n.saturating_sub(1).max(1) as f64;
        if self.interval.df == 0.0 {
            return 0.0;
        }
        if !asked.in_clusters {
            return of_rows;
        }
        let steps = [
            100.0, 70.0, 50.0, 30.0, 20.0, 15.0, 10.0, 7.0, 5.0, 4.0, 3.0, 2.0,
        ];
        let found = steps.into_iter().find(|step| *step <= self.interval.df);
        found.unwrap_or(1.0)
    }

    fn with(
        &self,
        (low, high): (f64, f64),
        se: f64,
        df: f64,
        design_effect: Option<f64>,
    ) -> Interval {
        Interval {
            low,
            high,
            se,
            df,
            clusters: 0,
            kind: self.interval.kind,
            design_effect,
        }
    }

    /// Of a share, from the share and rows shown and a design effect in quarters: an exact error would give exact figures back.
    fn of_share(&self, asked: &Asked) -> Interval {
        let n = self.n.max(1) as f64;
        // Agresti & Coull's share, so that 0 % and 100 % have a variance too.
        let share = (self.value * n + 2.0) / (n + 4.0);
        let simple = share * (1.0 - share) / n;
        let exact_simple = share * (1.0 - share) / self.exact_n.max(1.0);
        let effect = match self.interval.se > 0.0 && asked.in_clusters {
            true => (self.interval.se.powi(2) / exact_simple * 4.0).ceil() / 4.0,
            false => 1.0,
        };
        let effect = effect.clamp(0.25, 100.0);
        let se = (simple * effect + self.added).sqrt();
        let df = self.df(asked);
        // Korn & Graubard 1998: effective rows are fewer where the error is known from few clusters.
        let tail = f64::midpoint(1.0, asked.confidence);
        let fewer = match df > 0.0 {
            true => (normal_quantile(tail) / t_quantile(tail, df)).powi(2),
            false => 1.0,
        };
        let rows = share * (1.0 - share) / (se * se) * fewer;
        let bounds = wilson(self.value.clamp(0.0, 1.0), rows, asked.confidence);
        let ends = bounds.map_or((0.0, 1.0), |b| (b.low, b.high));
        Interval {
            kind: IntervalKind::Wilson,
            ..self.with(ends, se, df, Some(effect))
        }
    }

    /// Of anything else, from the error with two digits, rounded up, and Student's t.
    fn of_other(&self, asked: &Asked, (least, most): (f64, f64)) -> Interval {
        let se = two_digits((self.interval.se.powi(2) + self.added).sqrt());
        let df = self.df(asked);
        let t = t_quantile(
            f64::midpoint(1.0, asked.confidence),
            if df == 0.0 { 1e9 } else { df },
        );
        let ends = (
            (self.value - t * se).max(least),
            (self.value + t * se).min(most),
        );
        self.with(ends, se, df, None)
    }
}

/// A number with two digits, rounded up.
fn two_digits(x: f64) -> f64 {
    if x <= 0.0 || !x.is_finite() {
        return x;
    }
    let unit = 10_f64.powf(x.log10().floor() - 1.0);
    (x / unit).ceil() * unit
}

/// An indicator made of others, of which some are protected, made of what is shown of them.
pub(super) fn derived(
    (at, item, inputs): (usize, &Item, &[usize]),
    evaluation: &Evaluation,
    added: &mut Added,
    estimated: &mut [Estimated],
) {
    let Measure::Derived { value: tree, .. } = &item.indicator.measure else {
        return;
    };
    if !inputs.iter().any(|i| added.0.contains_key(i)) {
        return;
    }
    let known: Vec<BTreeMap<Place, Estimate>> = inputs
        .iter()
        .filter_map(|i| estimated.get(*i))
        .map(|e| e.estimates.iter().map(|e| (place(e), e.clone())).collect())
        .collect();
    let Some(own) = estimated.get_mut(at) else {
        return;
    };
    let mut variances = Vec::new();
    own.estimates.retain_mut(|estimate| {
        let here = place(estimate);
        let cells: Option<Vec<&Estimate>> = known.iter().map(|k| k.get(&here)).collect();
        let Some(cells) = cells else {
            return false;
        };
        let of = |e: &&Estimate| e.value.ok_or(e.status);
        let values: Vec<Result<f64, Status>> = cells.iter().map(of).collect();
        let value = derived_value(tree, &values);
        let mut variance = 0.0;
        for (input, (item, found)) in inputs.iter().zip(&values).enumerate() {
            let own = added.of(*item, &here).unwrap_or(0.0);
            if let (Ok(x), true) = (found, own > 0.0) {
                let step = own.sqrt() / 16.0;
                let moved = |by: f64| {
                    let mut other = values.clone();
                    if let Some(slot) = other.get_mut(input) {
                        *slot = Ok(x + by);
                    }
                    derived_value(tree, &other).ok()
                };
                if let (Some(up), Some(down)) = (moved(step), moved(-step)) {
                    variance += ((up - down) / (2.0 * step)).powi(2) * own;
                }
            }
        }
        estimate.status = value.err().unwrap_or(Status::Value);
        estimate.value = value.ok();
        estimate.parts = None;
        estimate.n = cells.iter().map(|c| c.n).min().unwrap_or(0);
        estimate.missing = cells.iter().map(|c| c.missing).max().unwrap_or(0);
        estimate.interval = match (estimate.interval, estimate.value) {
            (Some(interval), Some(value)) => {
                let given = Given {
                    interval,
                    exact_n: 0.0,
                    n: estimate.n,
                    value,
                    added: variance,
                };
                let asked = Asked {
                    confidence: evaluation.confidence,
                    in_clusters: true,
                };
                Some(given.of_other(&asked, (f64::NEG_INFINITY, f64::INFINITY)))
            }
            _ => None,
        };
        variances.push((here, variance));
        true
    });
    own.remarks
        .push("Made of figures of persons as they are shown, with their noise.".to_owned());
    added.enter(at, variances);
}
