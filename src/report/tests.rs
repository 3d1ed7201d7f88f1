//! What a report must and must not hold.
#![allow(clippy::unwrap_used)]
use super::fixture;
use super::html;

/// Writes the reports to look at; run with CODEV_LOOK=folder.
#[test]
fn look() {
    if let Ok(folder) = std::env::var("CODEV_LOOK") {
        for (name, outcome) in [
            ("report", fixture::outcome()),
            ("large", fixture::large()),
            ("output-only", fixture::output_only()),
        ] {
            std::fs::write(format!("{folder}/{name}.html"), html(&outcome).unwrap()).unwrap();
        }
    }
}
