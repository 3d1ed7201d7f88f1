//! An evaluation against the plan that was locked for it.

use crate::evaluation::Evaluation;
use crate::evaluation::lock::{self, Lock, Part};
use crate::finding::{Severity, Stop};
use crate::indicator::Catalogue;
use crate::outcome::{LockedPlan, Outcome, PlanChange};
use std::path::Path;

/// The parts of the plan that the evaluation in `folder` is, without its data.
///
/// # Errors
/// A [`Stop`] when the evaluation file can't be read, or a definition beside it is faulty.
pub fn planned_parts(folder: &Path) -> Result<(Evaluation, Vec<Part>), Stop> {
    let (evaluation, bytes) = Evaluation::load(folder)?;
    let (mut catalogue, findings) = Catalogue::load(folder);
    let mut faults = findings.listed.into_iter();
    if let Some(fault) = faults.find(|f| f.severity == Severity::Error) {
        return Err(fault.into());
    }
    for setting in &evaluation.overrides {
        catalogue.set_parameters(&setting.indicator, &setting.parameters);
    }
    let text = String::from_utf8_lossy(&bytes);
    let parts = lock::parts(&evaluation, &text, &catalogue)?;
    Ok((evaluation, parts))
}

/// The plan that was locked for an evaluation, held against what it is now.
///
/// # Errors
/// A lock that can't be read, was changed, or is of another evaluation.
pub(super) fn locked(
    folder: &Path,
    (evaluation, text): (&Evaluation, &str),
    catalogue: &Catalogue,
) -> Result<Option<LockedPlan>, Stop> {
    match Lock::read(folder, &evaluation.title)? {
        None => Ok(None),
        Some(lock) => Ok(Some(
            lock.against(&lock::parts(evaluation, text, catalogue)?),
        )),
    }
}

/// Marks what was not planned, or was planned otherwise. No figure changes.
pub(super) fn mark(outcome: &mut Outcome) {
    let Some(plan) = &outcome.plan else {
        return;
    };
    let words = |kind: &str, name: &str| {
        let difference = plan.difference(kind, name)?;
        let day = &plan.locked;
        match difference.change {
            PlanChange::Added => Some(format!(
                "Not planned: it is not in the plan that was locked on {day}."
            )),
            PlanChange::Changed => Some(format!(
                "Not as planned: it differs from the plan that was locked on {day} ({}).",
                difference.what.join("; ")
            )),
            PlanChange::Dropped => None,
        }
    };
    for result in &mut outcome.indicators {
        if let Some(words) = words("indicator", &result.definition.id)
            && result.estimates.iter().any(|e| e.value.is_some())
        {
            result.remarks.push(words);
        }
    }
    for effect in &mut outcome.effects {
        let block = effect.id.split('/').next().unwrap_or_default();
        effect.remarks.extend(words("effect", block));
    }
}
