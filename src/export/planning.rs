//! Plans and diagnoses as CSV and JSON.

use super::ExportError;
use super::separated::inert;
use crate::planning::{Diagnosed, PlannedPower, Property, Source};
use serde::Serialize;

/// Plain data as indented JSON, at full precision.
///
/// # Errors
/// When it holds what JSON can't, which it never does.
pub fn plain_json(value: &impl Serialize) -> Result<Vec<u8>, ExportError> {
    let text =
        serde_json::to_string_pretty(value).map_err(|e| ExportError::of("plan", "JSON", e))?;
    Ok((text + "\n").into_bytes())
}

/// One row per number: what the plan rests on, what follows, what was simulated.
///
/// # Errors
/// When the rows can't be written, which memory alone can cause.
pub fn power_csv(plan: &PlannedPower) -> Result<Vec<u8>, ExportError> {
    let mut rows = vec![line(&[
        "kind", "key", "name", "value", "low", "high", "error", "source",
    ])];
    for f in &plan.figures {
        let source = match f.source {
            Source::Given => "given",
            Source::Estimated => "estimated",
            Source::Assumed => "assumed",
        };
        let (low, high) = f.interval.unzip();
        rows.push(vec![
            "assumption".to_owned(),
            f.key.to_owned(),
            f.name.clone(),
            f.value.to_string(),
            number(low),
            number(high),
            String::new(),
            source.to_owned(),
        ]);
    }
    for (key, name, value) in answers(plan) {
        rows.push(vec![
            "answer".to_owned(),
            key.to_owned(),
            name,
            value.to_string(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]);
    }
    if let Some(simulated) = &plan.simulated {
        for p in &simulated.found.properties {
            rows.push(vec![
                "simulated".to_owned(),
                p.key.to_owned(),
                p.name.to_owned(),
                number(p.value),
                String::new(),
                String::new(),
                number(p.error),
                String::new(),
            ]);
        }
    }
    written(rows)
}

/// Everything that follows from a plan by formula: key, name, number.
fn answers(plan: &PlannedPower) -> Vec<(&'static str, String, f64)> {
    let a = &plan.answer;
    let units = if a.cluster_size.is_some() {
        "clusters"
    } else {
        "persons"
    };
    let found = [
        ("units", units.to_owned(), Some(a.units)),
        ("treated", format!("of these treated {units}"), a.treated),
        (
            "per-cluster",
            "persons per cluster".to_owned(),
            a.cluster_size,
        ),
        ("persons", "persons per wave".to_owned(), Some(a.persons)),
        ("power", "power to find the effect".to_owned(), a.power),
        (
            "detectable",
            "smallest effect found".to_owned(),
            a.detectable,
        ),
        (
            "detectable-fall",
            "smallest fall found".to_owned(),
            a.detectable_fall,
        ),
        (
            "margin",
            "smallest margin of equivalence".to_owned(),
            a.margin,
        ),
        (
            "needed",
            format!("{units} needed"),
            a.needed.map(|n| n as f64),
        ),
        (
            "needed-persons",
            "persons per wave in these".to_owned(),
            a.needed_persons,
        ),
        (
            "standard-error",
            "standard error of the effect".to_owned(),
            Some(a.standard_error),
        ),
        ("df", "degrees of freedom".to_owned(), a.df),
        (
            "design-effect",
            "design effect".to_owned(),
            Some(a.design_effect),
        ),
    ];
    found
        .into_iter()
        .filter_map(|(key, name, value)| Some((key, name, value?)))
        .collect()
}

/// One row per point of the curves.
///
/// # Errors
/// As [`power_csv`].
pub fn curves_csv(plan: &PlannedPower) -> Result<Vec<u8>, ExportError> {
    let mut rows = vec![line(&["along", "held", "at", "power"])];
    for curve in &plan.answer.curves {
        for point in &curve.points {
            rows.push(vec![
                curve.along.to_owned(),
                curve.held.clone(),
                point.at.to_string(),
                point.power.to_string(),
            ]);
        }
    }
    written(rows)
}

/// One row per effect and property; effects without a diagnosis have one with the reason.
///
/// # Errors
/// As [`power_csv`].
pub fn diagnosis_csv(all: &[Diagnosed]) -> Result<Vec<u8>, ExportError> {
    let mut rows = vec![line(&[
        "effect",
        "indicator",
        "design",
        "truth",
        "draws",
        "estimated",
        "property",
        "value",
        "error",
        "reason",
    ])];
    for d in all {
        let row = |property: Option<&Property>| {
            let count = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
            vec![
                d.id.clone(),
                d.name.clone(),
                d.design.to_owned(),
                number(d.truth),
                count(d.found.as_ref().map(|f| f.draws)),
                count(d.found.as_ref().map(|f| f.estimated)),
                property.map(|p| p.key.to_owned()).unwrap_or_default(),
                number(property.and_then(|p| p.value)),
                number(property.and_then(|p| p.error)),
                d.reason.as_ref().map(|r| r.0.clone()).unwrap_or_default(),
            ]
        };
        match &d.found {
            Some(found) => rows.extend(found.properties.iter().map(|p| row(Some(p)))),
            None => rows.push(row(None)),
        }
    }
    written(rows)
}

fn line(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn number(value: Option<f64>) -> String {
    // Adding zero turns -0 into 0.
    value.map(|x| (x + 0.0).to_string()).unwrap_or_default()
}

/// Numbers start with a minus sign, and are none that a spreadsheet would run; words are made inert.
fn written(rows: Vec<Vec<String>>) -> Result<Vec<u8>, ExportError> {
    let failed = |cause: csv::Error| ExportError::of("plan", "CSV", cause);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let safe = row.iter().map(|cell| match cell.parse::<f64>() {
            Ok(_) => cell.as_str().into(),
            Err(_) => inert(cell),
        });
        let safe: Vec<_> = safe.collect();
        writer
            .write_record(safe.iter().map(|c| c.as_bytes()))
            .map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|cause| ExportError::of("plan", "CSV", cause.error()))
}
