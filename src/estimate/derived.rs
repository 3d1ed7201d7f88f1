//! Indicators made of other indicators, cell by cell.

use super::Estimated;
use super::cell::{Outcome, value};
use super::jackknife::{self, ClusterId, Replicate};
use crate::evaluation::IntervalMethod;
use crate::indicator::formula::node::{Op, Value};
use crate::outcome::{Estimate, Sampling, Status};
use crate::plan::reach::{Reach, of_value};
use std::collections::BTreeMap;

/// Estimates arithmetic on inputs in every cell that all of them have.
pub fn estimate(
    tree: &Value,
    inputs: &[&Estimated],
    asked: &Result<IntervalMethod, String>,
    confidence: f64,
) -> Estimated {
    let sample = inputs.iter().any(|i| i.sampling == Some(Sampling::Sample));
    let mut estimated = Estimated {
        sampling: Some(if sample {
            Sampling::Sample
        } else {
            Sampling::Census
        }),
        method: method(sample),
        ..Estimated::default()
    };
    let reach = of_value(tree, &|i| {
        inputs.get(i).map_or(Reach::ANY, |input| input.reach)
    });
    estimated.reach = reach;
    let Some((first, rest)) = inputs.split_first() else {
        return estimated;
    };
    let indices: Vec<BTreeMap<Place<'_>, usize>> = rest.iter().map(|input| index(input)).collect();
    for (at, cell) in first.estimates.iter().enumerate() {
        let mut places = vec![at];
        places.extend(
            indices
                .iter()
                .map_while(|index| index.get(&place(cell)).copied()),
        );
        if places.len() < inputs.len() {
            continue;
        }
        let cells: Vec<&Estimate> = inputs
            .iter()
            .zip(&places)
            .map(|(input, at)| &input.estimates[*at])
            .collect();
        let leaf = |i: usize| outcome(cells.get(i).copied());
        let result = value(tree, &leaf);
        let mut estimate = Estimate {
            status: result.err().unwrap_or(Status::Value),
            value: result.ok(),
            parts: parts(tree, &leaf).filter(|_| result.is_ok()),
            interval: None,
            no_interval: None,
            n: cells.iter().map(|c| c.n).min().unwrap_or(0),
            missing: cells.iter().map(|c| c.missing).max().unwrap_or(0),
            ..cell.clone()
        };
        let replicates = if sample {
            replicates(tree, inputs, &places)
        } else {
            Ok(vec![])
        };
        if let (true, Some(value)) = (sample, estimate.value) {
            let interval = asked
                .as_ref()
                .and(replicates.as_ref())
                .map_err(Clone::clone)
                .and_then(|r| jackknife::interval(value, r, confidence, &reach));
            match interval {
                Ok(interval) => estimate.interval = Some(interval),
                Err(reason) => estimate.no_interval = Some(reason),
            }
        }
        estimated.estimates.push(estimate);
        estimated.replicates.push(replicates);
    }
    estimated
}

fn method(sample: bool) -> String {
    let how = if sample {
        "; standard error by leaving out one cluster at a time in all samples involved (jackknife JKn)"
    } else {
        "; no part of it is a sample, so it has no sampling error"
    };
    format!("Computed from other indicators, cell by cell{how}.")
}

/// Programme, group and period of an estimate.
type Place<'a> = (
    &'a Option<String>,
    &'a Option<(String, Option<String>)>,
    &'a Option<String>,
);

fn place(estimate: &Estimate) -> Place<'_> {
    (&estimate.programme, &estimate.group, &estimate.period)
}

fn index(input: &Estimated) -> BTreeMap<Place<'_>, usize> {
    input
        .estimates
        .iter()
        .enumerate()
        .map(|(at, estimate)| (place(estimate), at))
        .collect()
}

fn outcome(estimate: Option<&Estimate>) -> Outcome {
    let estimate = estimate.ok_or(Status::Undefined)?;
    estimate.value.ok_or(estimate.status)
}

fn parts(tree: &Value, leaf: &dyn Fn(usize) -> Outcome) -> Option<(f64, f64)> {
    match tree {
        Value::Call(Op::Divide, both) => match both.as_slice() {
            [n, d] => Some((value(n, leaf).ok()?, value(d, leaf).ok()?)),
            _ => None,
        },
        _ => None,
    }
}

/// The value without each cluster of any input; an input that does not know the cluster keeps its full value.
fn replicates(
    tree: &Value,
    inputs: &[&Estimated],
    places: &[usize],
) -> Result<jackknife::Replicates, String> {
    let mut by_cluster: BTreeMap<ClusterId, (Vec<Option<f64>>, Replicate)> = BTreeMap::new();
    for (i, (input, at)) in inputs.iter().zip(places).enumerate() {
        let none = Ok(vec![]);
        let replicates = input.replicates.get(*at).unwrap_or(&none);
        for replicate in replicates.as_ref().map_err(Clone::clone)? {
            let entry = by_cluster
                .entry(replicate.id)
                .or_insert_with(|| (vec![None; inputs.len()], *replicate));
            entry.0[i] = Some(replicate.value);
            entry.1.inside |= replicate.inside;
            if let (Some(known), Some(own)) = (&mut entry.1.given, replicate.given) {
                known.df = known.df.min(own.df);
                known.clusters = known.clusters.max(own.clusters);
            }
        }
    }
    let full: Vec<Outcome> = inputs
        .iter()
        .zip(places)
        .map(|(input, at)| outcome(input.estimates.get(*at)))
        .collect();
    let mut replicates = Vec::with_capacity(by_cluster.len());
    for (values, replicate) in by_cluster.into_values() {
        let leaf = |i: usize| match values.get(i).copied().flatten() {
            Some(value) => Ok(value),
            None => full.get(i).copied().unwrap_or(Err(Status::Undefined)),
        };
        let result = value(tree, &leaf).map_err(|_| match replicate.given {
            None => "the value is undefined when one cluster is left out".to_owned(),
            Some(_) => super::resample::undefined(replicate.id.3 as usize),
        })?;
        replicates.push(Replicate {
            value: result,
            ..replicate
        });
    }
    Ok(replicates)
}
