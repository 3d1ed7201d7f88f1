//! The secret of an evaluation, and what the protection of a report means beside a report that is there already.

use super::Prepared;
use super::compare::saved_outcome;
use crate::evaluation::secret::secret;
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::{Outcome, Way};
use std::path::Path;

/// Reads the secret of an evaluation that protects by cell keys; with `make` it is made where there is none.
///
/// # Errors
/// As [`secret`].
pub(super) fn know_secret(folder: &Path, prepared: &mut Prepared, make: bool) -> Result<(), Stop> {
    if let Some((found, warning)) = secret(folder, &prepared.evaluation, make)? {
        prepared.evaluation.secret = Some(found);
        warning.into_iter().for_each(|w| prepared.findings.push(w));
    }
    Ok(())
}

/// A warning where the figures of persons in a saved outcome were protected otherwise than those of one that takes its place; nothing
/// where there is none that can be read.
pub fn protected_otherwise(saved: &Path, now: &Outcome) -> Findings {
    let mut findings = Findings::new();
    if let Ok(earlier) = saved_outcome(saved) {
        otherwise(&earlier, now)
            .into_iter()
            .for_each(|f| findings.push(f));
    }
    findings
}

/// A warning where a report takes the place of one whose figures of persons were rounded otherwise or had other noise: whoever has both can
/// bring them together.
fn otherwise(earlier: &Outcome, now: &Outcome) -> Option<Finding> {
    let way = |outcome: &Outcome| outcome.protection.as_ref().map(|p| p.way.clone());
    let (earlier, now) = (way(earlier)?, way(now)?);
    let what = match (&earlier, &now) {
        (before, after) if before == after => return None,
        (Way::CellKey { secret: before, .. }, Way::CellKey { secret: after, .. })
            if before != after =>
        {
            "with another secret: the noise in both can be averaged"
        }
        (Way::Suppress, _) => "with exact figures: they tell what is hidden here",
        (_, Way::Suppress) => "with rounded figures or noise, and these are exact",
        _ => "rounded otherwise, or with other noise: together they tell more than each",
    };
    let message = format!(
        "The report that lies in the folder was made {what}, where both are of the same persons."
    );
    let help = "Keep the way and the secret of earlier reports (the file protection.key); publish one of the two only.";
    Some(Finding::warning("protection-changed", message, help).in_file("outcome.json"))
}
