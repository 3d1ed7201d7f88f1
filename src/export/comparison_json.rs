//! A comparison as JSON, and back.

use super::ExportError;
use crate::finding::{Finding, Stop};
use crate::outcome::comparison::{COMPARISON_FORMAT, Compared};
use serde::Deserialize;

/// The whole comparison, from which every other output can be made again. Written without spaces: 500 programmes make it large.
///
/// # Errors
/// When it can't be written as JSON.
pub fn comparison_json(compared: &Compared) -> Result<Vec<u8>, ExportError> {
    let mut bytes =
        serde_json::to_vec(compared).map_err(|cause| ExportError::new("JSON", cause))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Deserialize)]
struct Header {
    format: Option<String>,
}

/// Whether the bytes say of themselves that they are a comparison.
pub fn is_comparison(bytes: &[u8]) -> bool {
    let header: Option<Header> = serde_json::from_slice(bytes).ok();
    let format = header.and_then(|h| h.format);
    format.is_some_and(|f| f.starts_with("codev-comparison/"))
}

/// Reads a saved comparison.
///
/// # Errors
/// When the bytes are no comparison, or one of another format than [`COMPARISON_FORMAT`]. The caller names the file.
pub fn read_comparison(bytes: &[u8]) -> Result<Compared, Stop> {
    let broken = |cause: serde_json::Error| {
        let message = format!("This is not a comparison that codev wrote: {cause}.");
        let help = "Give the comparison.json unchanged, or make it again with `codev compare`.";
        let finding = Finding::error("comparison-unreadable", message, help);
        Stop::from(finding.at_line(cause.line() as u64))
    };
    let header: Header = serde_json::from_slice(bytes).map_err(broken)?;
    match header.format.as_deref() {
        Some(COMPARISON_FORMAT) => serde_json::from_slice(bytes).map_err(broken),
        found => {
            let found = found.unwrap_or("none");
            let message = format!(
                "The file states the format `{found}`, where `{COMPARISON_FORMAT}` was expected."
            );
            let help = "Render it with the version of codev that wrote it, or make it again with `codev compare`.";
            let finding = Finding::error("comparison-format", message, help);
            Err(finding.in_column("format").into())
        }
    }
}
