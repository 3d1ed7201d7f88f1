//! A report beside what was published earlier about the same persons.

use super::compare::{labels, saved_outcome};
use super::releases::{Place, Rebuilt, place};
use super::{Progress, evaluated, prepare};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::{Outcome, Way};
use crate::protect::{Release, together};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Evaluates `folder`, and withholds also what would tell on few persons beside earlier releases: saved outcomes. `data`: folders in
/// which their data may lie, beside `folder` and the folders above them.
///
/// # Errors
/// As [`super::evaluate`] and [`audit_releases`].
pub fn evaluate_after(
    folder: &Path,
    earlier: &[&Path],
    data: &[PathBuf],
    progress: &dyn Progress,
) -> Result<Outcome, Stop> {
    let mut prepared = prepare(folder, progress)?;
    let mut folders = data.to_vec();
    folders.push(folder.to_owned());
    let names = match earlier {
        [] => vec![],
        several => labels(several)?,
    };
    let mut findings = Findings::new();
    let mut all = Vec::with_capacity(earlier.len());
    for (path, name) in earlier.iter().zip(&names) {
        all.push(Rebuilt::of_saved(
            path,
            (name, &folders),
            progress,
            &mut findings,
        )?);
    }
    prepared.findings.extend(findings);
    evaluated(prepared, &all, progress)
}

/// Whether an outcome tells something of few persons beside one that was saved earlier, in words: nothing where no figure of persons
/// is new in it, or where what is new tells nothing.
///
/// # Errors
/// A [`Stop`] when the data can't be read.
pub fn tells_beside(
    folder: &Path,
    (saved, new): (&Path, &Outcome),
    progress: &dyn Progress,
) -> Result<Option<Finding>, Stop> {
    // What can't be read was not written by a report.
    let Ok(old) = saved_outcome(saved) else {
        return Ok(None);
    };
    let is_exact = |outcome: &Outcome| {
        let protection = outcome.protection.as_ref();
        protection.is_none_or(|p| p.way == Way::Suppress)
    };
    // Rounded figures and those with noise are no equations.
    if !is_exact(new) || !is_exact(&old) {
        return Ok(None);
    }
    if figures(new).is_subset(&figures(&old)) {
        return Ok(None);
    }
    let mut findings = Findings::new();
    let folders = [folder.to_owned()];
    let name = "earlier";
    let rebuilt = match Rebuilt::of_saved(saved, (name, &folders), progress, &mut findings) {
        Ok(rebuilt) if findings.is_empty() => rebuilt,
        _ => return Ok(Some(other_data(saved))),
    };
    let now = Rebuilt::of_folder(folder, "now", progress)?;
    let releases: [Release<'_>; 2] = [rebuilt.release(), now.release()];
    let told = together(&releases)?;
    let count: usize = told.iter().map(|t| t.withheld.len() + t.groups.len()).sum();
    if count == 0 {
        return Ok(None);
    }
    let message = format!(
        "Together with the report that lay here before, this one tells of few persons: {count} withheld figures or groups follow from both."
    );
    let help = "If the earlier one was handed out, withhold what tells beside it: `codev report DIR --after OUTCOME`, with its outcome.json as it was handed out.";
    Ok(Some(
        Finding::warning("report-tells-beside", message, help).in_file(saved.display().to_string()),
    ))
}

fn other_data(saved: &Path) -> Finding {
    let message = "The report that lay here before was made of other data, so what both tell together of few persons is not known.";
    let help = "If it was handed out: `codev audit` and `codev report --after OUTCOME` say and prevent it, given its outcome.json as it was handed out and, with --data, the folder with its data.";
    Finding::info("report-other-data", message, help).in_file(saved.display().to_string())
}

/// The figures about persons that an outcome shows.
fn figures(outcome: &Outcome) -> BTreeSet<(&str, Place<'_>, u64)> {
    let of_persons = outcome.indicators.iter().filter(|i| i.rounded.is_some());
    let cells =
        of_persons.flat_map(|i| i.estimates.iter().map(|e| (i.definition.hash.as_str(), e)));
    cells
        .filter_map(|(hash, e)| Some((hash, place(e), e.value?.to_bits())))
        .collect()
}
