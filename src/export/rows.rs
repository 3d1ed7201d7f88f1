//! Estimates as flat rows: what CSV, Parquet and Arrow have in common.

use crate::outcome::{Estimate, IndicatorResult, Kind, Outcome, Side, Status};

/// One cell of a flat row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Text(Option<String>),
    Number(Option<f64>),
    Count(Option<u64>),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Count,
}

/// The columns, in order.
pub(super) const COLUMNS: [(&str, Holds); 26] = [
    ("indicator", Holds::Text),
    ("name", Holds::Text),
    ("kind", Holds::Text),
    ("dimension", Holds::Text),
    ("side", Holds::Text),
    ("programme", Holds::Text),
    ("group_column", Holds::Text),
    ("group_value", Holds::Text),
    ("period", Holds::Text),
    ("status", Holds::Text),
    ("value", Holds::Number),
    ("numerator", Holds::Number),
    ("denominator", Holds::Number),
    ("low", Holds::Number),
    ("high", Holds::Number),
    ("se", Holds::Number),
    ("df", Holds::Number),
    ("clusters", Holds::Count),
    ("interval_kind", Holds::Text),
    ("design_effect", Holds::Number),
    ("n", Holds::Count),
    ("missing", Holds::Count),
    ("unit", Holds::Text),
    ("no_interval", Holds::Text),
    ("sampling", Holds::Text),
    ("reason", Holds::Text),
];

/// One row per estimate; an indicator that could not be computed has one row that says why.
pub(super) fn rows(outcome: &Outcome) -> impl Iterator<Item = [Cell; 26]> {
    outcome.indicators.iter().flat_map(move |result| {
        let refusal = result
            .not_computable
            .as_deref()
            .map(|reason| row(result, None, "not-computable", Some(reason)));
        refusal
            .into_iter()
            .chain(result.estimates.iter().map(move |estimate| {
                let reason = match estimate.status {
                    Status::Refused => result.remarks.first().map(String::as_str),
                    _ => None,
                };
                row(result, Some(estimate), estimate.status.word(), reason)
            }))
    })
}

fn row(
    result: &IndicatorResult,
    estimate: Option<&Estimate>,
    status: &str,
    reason: Option<&str>,
) -> [Cell; 26] {
    let definition = &result.definition;
    let text = |value: Option<&str>| Cell::Text(value.map(str::to_owned));
    let group = estimate.and_then(|e| e.group.as_ref());
    // Of a withheld cell nothing is told from which the persons in it could be worked out.
    let told = estimate.filter(|e| e.status != Status::Suppressed);
    let valued = told.filter(|e| e.status == Status::Value);
    let parts = valued.and_then(|e| e.parts);
    let interval = valued.and_then(|e| e.interval);
    [
        text(Some(&definition.id)),
        text(Some(&definition.name)),
        text(Some(kind(definition.kind))),
        text(Some(&definition.dimension)),
        text(Some(side(definition.side))),
        text(estimate.and_then(|e| e.programme.as_deref())),
        text(group.map(|g| g.0.as_str())),
        text(group.and_then(|g| g.1.as_deref())),
        text(estimate.and_then(|e| e.period.as_deref())),
        text(Some(status)),
        Cell::Number(valued.and_then(|e| e.value)),
        Cell::Number(parts.map(|p| p.0)),
        Cell::Number(parts.map(|p| p.1)),
        Cell::Number(interval.map(|i| i.low)),
        Cell::Number(interval.map(|i| i.high)),
        Cell::Number(interval.map(|i| i.se)),
        Cell::Number(interval.map(|i| i.df)),
        Cell::Count(interval.map(|i| i.clusters)),
        text(interval.map(|i| i.kind.word())),
        Cell::Number(interval.and_then(|i| i.design_effect)),
        Cell::Count(told.map(|e| e.n)),
        Cell::Count(told.map(|e| e.missing)),
        text(Some(&definition.unit)),
        text(valued.and_then(|e| e.no_interval.as_deref())),
        text(result.sampling.map(|s| match s {
            crate::outcome::Sampling::Census => "census",
            crate::outcome::Sampling::Sample => "sample",
        })),
        text(reason),
    ]
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Output => "output",
        Kind::Process => "process",
        Kind::Structure => "structure",
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Origin => "origin",
        Side::Destination => "destination",
        Side::Both => "both",
    }
}
