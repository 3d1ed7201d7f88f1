//! Evaluations compared: each computed from its data or read from a saved outcome, then set beside each other.

use super::{Progress, benchmark, evaluate, evaluated, prepare};
use crate::compare::{Source, compare};
use crate::evaluation::ComparisonFile;
use crate::export::read_json;
use crate::finding::{Finding, Stop};
use crate::outcome::comparison::Compared;
use std::collections::BTreeSet;
use std::path::Path;

/// What is asked of a comparison beside its settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct CompareOptions {
    /// Programmes are named after their evaluation, `evaluation/programme`.
    pub qualify: bool,
}

/// Where it stands what is compared.
#[derive(Debug, Clone)]
pub enum Settings<'a> {
    /// In the evaluation file, where there is one evaluation in a folder; else all indicators are compared between programmes.
    OfEvaluation,
    /// In a file with `[[comparison]]` blocks.
    File(&'a Path),
    /// Here.
    Given(Box<ComparisonFile>),
}

/// Compares evaluations: folders, or saved `outcome.json` files.
///
/// # Errors
/// A [`Stop`] when a place can't be read, the settings are wrong, or a programme is in two evaluations.
pub fn compare_evaluations(
    places: &[&Path],
    settings: Settings<'_>,
    options: CompareOptions,
    progress: &dyn Progress,
) -> Result<Compared, Stop> {
    let mut file = match settings {
        Settings::OfEvaluation => None,
        Settings::File(path) => Some(ComparisonFile::load(path)?),
        Settings::Given(file) => Some(*file),
    };
    let labels = labels(places)?;
    let mut sources = Vec::with_capacity(places.len());
    for (place, label) in places.iter().zip(labels) {
        let saved = place.is_file();
        let outcome = match saved {
            true => saved_outcome(place)?,
            false if places.len() == 1 => {
                let prepared = prepare(place, progress)?;
                let settings = file.get_or_insert_with(|| ComparisonFile::of(&prepared.evaluation));
                // A benchmark that is not there is told at once, not after everything is computed.
                let asked = benchmark::faults(&settings.comparisons, &prepared.dataset, None);
                if let Some(fault) = asked.into_iter().next() {
                    return Err(fault.into());
                }
                evaluated(prepared, &[], progress)?
            }
            false => evaluate(place, progress)?,
        };
        sources.push(Source {
            label,
            outcome,
            saved,
        });
    }
    compare(&sources, &file.unwrap_or_default(), options.qualify)
}

pub(super) fn saved_outcome(path: &Path) -> Result<crate::outcome::Outcome, Stop> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| {
        let help = "Name an evaluation folder, or the outcome.json that `codev report` wrote.";
        let message = format!("The outcome can't be read: {e}.");
        Stop::from(Finding::error("compare-unreadable", message, help).in_file(&shown))
    })?;
    read_json(&bytes).map_err(|mut stop| {
        stop.0.place.file.get_or_insert(shown);
        stop
    })
}

/// A short name per place: of the folder, told apart by the folders above where several have the same.
pub(super) fn labels(places: &[&Path]) -> Result<Vec<String>, Stop> {
    let parts = |place: &Path| -> Vec<String> {
        let whole = place.canonicalize().unwrap_or_else(|_| place.to_owned());
        let name = |c: std::path::Component<'_>| c.as_os_str().to_string_lossy().into_owned();
        let mut parts: Vec<String> = whole.components().map(name).collect();
        // A saved outcome is named after the evaluation that it lies in.
        if place.is_file() {
            let stem = whole.file_stem().map(|s| s.to_string_lossy().into_owned());
            parts.pop();
            match stem {
                Some(stem) if stem != "outcome" => parts.push(stem),
                _ if parts.last().is_some_and(|p| p == "report") => drop(parts.pop()),
                _ => {}
            }
        }
        parts
    };
    let all: Vec<Vec<String>> = places.iter().map(|p| parts(p)).collect();
    let deepest = all.iter().map(Vec::len).max().unwrap_or(0);
    for depth in 1..=deepest.max(1) {
        let short = all
            .iter()
            .map(|p| p[p.len().saturating_sub(depth)..].join("/"));
        let short: Vec<String> = short.collect();
        if short.iter().collect::<BTreeSet<_>>().len() == short.len() {
            return Ok(short);
        }
    }
    let help = "Name each evaluation once; a saved copy can have another file name.";
    let message = "An evaluation is named twice.";
    Err(Finding::error("compare-twice", message, help).into())
}
