//! The outcome itself as JSON, and back.

use super::ExportError;
use crate::finding::{Finding, Stop};
use crate::outcome::{FORMAT, Outcome};
use serde::Deserialize;

/// The whole outcome, from which every other output can be made again.
///
/// # Errors
/// When a value is not a finite number, which JSON has no word for.
pub fn json(outcome: &Outcome) -> Result<Vec<u8>, ExportError> {
    for result in &outcome.indicators {
        let estimates = result.estimates.iter().flat_map(|e| {
            let parts = e.parts.map(|p| [p.0, p.1]).unwrap_or_default();
            let interval = e
                .interval
                .map(|i| [i.low, i.high, i.se, i.df])
                .unwrap_or_default();
            e.value.into_iter().chain(parts).chain(interval)
        });
        if estimates
            .chain(result.targets.iter().map(|t| t.value))
            .any(|number| !number.is_finite())
        {
            let cause = format!(
                "indicator {} holds a number that is not finite",
                result.definition.id
            );
            return Err(ExportError::new("JSON", cause));
        }
    }
    let mut bytes =
        serde_json::to_vec_pretty(outcome).map_err(|cause| ExportError::new("JSON", cause))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Deserialize)]
struct Header {
    format: Option<String>,
}

/// Reads a saved outcome.
///
/// # Errors
/// When the bytes are no outcome, or one of another format than [`FORMAT`]. The caller names the file.
pub fn read_json(bytes: &[u8]) -> Result<Outcome, Stop> {
    let broken = |cause: serde_json::Error| {
        let message = format!("This is not an outcome that codev wrote: {cause}.");
        let help =
            "Give the outcome.json of a report, unchanged, or make it again with `codev report`.";
        Stop::from(Finding::error("outcome-unreadable", message, help).at_line(cause.line() as u64))
    };
    let header: Header = serde_json::from_slice(bytes).map_err(broken)?;
    match header.format.as_deref() {
        Some(FORMAT) => serde_json::from_slice(bytes).map_err(broken),
        found => {
            let found = found.map_or("no format".to_owned(), |name| {
                format!("the format `{name}`")
            });
            let message = format!("The file states {found}, where `{FORMAT}` was expected.");
            let help = "Render it with the version of codev that wrote it, or make it again with `codev report`.";
            Err(Finding::error("outcome-format", message, help)
                .in_column("format")
                .into())
        }
    }
}
