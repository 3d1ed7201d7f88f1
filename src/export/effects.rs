//! Effects as CSV and as a frame, one row per estimate.

use super::ExportError;
use super::frames::frame;
use super::rows::{Cell, Holds};
use super::separated::written;
use crate::outcome::{Effect, EffectEstimate, Evidence, Outcome};
use polars::prelude::DataFrame;

const COLUMNS: [(&str, Holds); 30] = [
    ("effect", Holds::Text),
    ("indicator", Holds::Text),
    ("name", Holds::Text),
    ("dimension", Holds::Text),
    ("design", Holds::Text),
    ("evidence", Holds::Text),
    ("kind", Holds::Text),
    ("label", Holds::Text),
    ("unit", Holds::Text),
    ("status", Holds::Text),
    ("value", Holds::Number),
    ("se", Holds::Number),
    ("se_kind", Holds::Text),
    ("df", Holds::Number),
    ("low", Holds::Number),
    ("high", Holds::Number),
    ("band_low", Holds::Number),
    ("band_high", Holds::Number),
    ("p", Holds::Number),
    ("holm", Holds::Number),
    ("benjamini_hochberg", Holds::Number),
    ("romano_wolf", Holds::Number),
    ("n", Holds::Count),
    ("clusters", Holds::Count),
    ("missing", Holds::Count),
    ("weighted", Holds::Text),
    ("design_effect", Holds::Number),
    ("standardised", Holds::Number),
    ("smallest", Holds::Number),
    ("reason", Holds::Text),
];

/// What one row says beside the effect it belongs to.
#[derive(Default)]
struct Said<'a> {
    kind: &'static str,
    label: String,
    unit: &'a str,
    value: Option<f64>,
    se: Option<f64>,
    se_kind: &'a str,
    df: Option<f64>,
    interval: Option<(f64, f64)>,
    band: Option<(f64, f64)>,
    p: Option<f64>,
    n: Option<u64>,
    clusters: Option<u64>,
    missing: Option<u64>,
    weighted: Option<bool>,
    design_effect: Option<f64>,
    standardised: Option<f64>,
    reason: &'a str,
}

/// One row per estimate: of the effect itself, by other methods (`check`), in subgroups, of further quantities (`term`) and by
/// time since adoption (`event`). Numbers stand at full precision, missing cells empty; an effect that could not be estimated
/// has one row that says why. Corrected p-values and the smallest effect of interest stand in the row of the effect itself.
///
/// # Errors
/// When the rows can't be written, which memory alone can cause.
pub fn effects_csv(outcome: &Outcome) -> Result<Vec<u8>, ExportError> {
    let failed = |cause: csv::Error| ExportError::new("CSV", cause);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(COLUMNS.iter().map(|c| c.0))
        .map_err(failed)?;
    for effect in &outcome.effects {
        for said in rows(effect) {
            for cell in cells(effect, &said) {
                writer
                    .write_field(written(&cell).as_bytes())
                    .map_err(failed)?;
            }
            writer.write_record(None::<&[u8]>).map_err(failed)?;
        }
    }
    writer
        .into_inner()
        .map_err(|cause| ExportError::new("CSV", cause.error()))
}

/// The rows of [`effects_csv`] as a frame, typed, for programs that go on computing.
///
/// # Errors
/// When the frame can't be made, which memory alone can cause.
pub fn effects_frame(outcome: &Outcome) -> Result<DataFrame, ExportError> {
    let effects = outcome.effects.iter();
    let said = effects.flat_map(|effect| rows(effect).into_iter().map(move |s| cells(effect, &s)));
    frame(&COLUMNS, said, "frame")
}

fn rows(effect: &Effect) -> Vec<Said<'_>> {
    let mut out = vec![Said {
        kind: "estimate",
        label: effect.estimand.clone(),
        reason: effect.not_estimable.as_ref().map_or("", |w| &w.reason),
        ..of(effect.estimate.as_ref())
    }];
    out.extend(effect.checks.iter().map(|check| Said {
        kind: "check",
        label: check.method.clone(),
        value: check.value.or(effect.estimate.as_ref().map(|e| e.value)),
        se: check.se,
        interval: check.interval,
        p: check.p,
        reason: &check.note,
        ..Said::default()
    }));
    out.extend(effect.subgroups.iter().map(|subgroup| Said {
        kind: "subgroup",
        label: format!("{} = {}", subgroup.by, subgroup.value),
        reason: match (&subgroup.reason, &subgroup.estimate) {
            (Some(reason), _) => reason,
            (None, Some(e)) => e.no_interval.as_deref().unwrap_or_default(),
            (None, None) => "",
        },
        ..of(subgroup.estimate.as_ref())
    }));
    out.extend(effect.terms.iter().map(|term| Said {
        kind: "term",
        label: term.name.clone(),
        unit: &term.unit,
        value: Some(term.value),
        se: term.se,
        df: term.df,
        interval: term.interval,
        p: term.p,
        ..Said::default()
    }));
    let points = effect.events.iter().flat_map(|e| &e.points);
    out.extend(points.map(|point| Said {
        kind: "event",
        label: point.time.to_string(),
        value: Some(point.value),
        interval: point.interval,
        band: point.band,
        n: point.units,
        reason: if point.reference { "reference" } else { "" },
        ..Said::default()
    }));
    out
}

fn of(estimate: Option<&EffectEstimate>) -> Said<'_> {
    let Some(e) = estimate else {
        return Said::default();
    };
    Said {
        value: Some(e.value),
        se: e.se,
        se_kind: &e.se_kind,
        df: e.df,
        interval: e.interval,
        p: e.p,
        n: Some(e.n),
        clusters: e.clusters,
        missing: Some(e.missing),
        weighted: Some(e.weighted),
        design_effect: e.design_effect,
        standardised: e.standardised,
        reason: e.no_interval.as_deref().unwrap_or_default(),
        ..Said::default()
    }
}

fn cells(effect: &Effect, said: &Said) -> [Cell; 30] {
    let text = |value: &str| Cell::Text((!value.is_empty()).then(|| value.to_owned()));
    let itself = said.kind == "estimate";
    let adjusted = effect.adjusted.as_ref().filter(|_| itself);
    let indicator = &effect.indicator;
    let unit = match said.unit {
        "" => effect.unit(),
        unit => unit,
    };
    let reason = match (itself, &effect.not_estimable) {
        (true, Some(why)) => &why.reason,
        _ => said.reason,
    };
    [
        text(&effect.id),
        text(&indicator.id),
        text(&indicator.name),
        text(&indicator.dimension),
        text(effect.design.word()),
        text(evidence(effect.evidence)),
        text(said.kind),
        text(&said.label),
        text(unit),
        text(match said.value {
            Some(_) => "value",
            None => "not-estimable",
        }),
        Cell::Number(said.value),
        Cell::Number(said.se),
        text(said.se_kind),
        Cell::Number(said.df),
        Cell::Number(said.interval.map(|i| i.0)),
        Cell::Number(said.interval.map(|i| i.1)),
        Cell::Number(said.band.map(|i| i.0)),
        Cell::Number(said.band.map(|i| i.1)),
        Cell::Number(said.p),
        Cell::Number(adjusted.map(|a| a.holm)),
        Cell::Number(adjusted.map(|a| a.benjamini_hochberg)),
        Cell::Number(adjusted.and_then(|a| a.romano_wolf)),
        Cell::Count(said.n),
        Cell::Count(said.clusters),
        Cell::Count(said.missing),
        text(match said.weighted {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        }),
        Cell::Number(said.design_effect),
        Cell::Number(said.standardised),
        Cell::Number(effect.smallest.filter(|_| itself)),
        text(reason),
    ]
}

fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Descriptive => "descriptive",
        Evidence::BeforeAfter => "before-after",
        Evidence::Comparison => "comparison",
        Evidence::QuasiExperimental => "quasi-experimental",
        Evidence::Randomised => "randomised",
    }
}
