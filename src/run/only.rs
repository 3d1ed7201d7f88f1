//! Some indicators of an evaluation and nothing else.

use super::{Progress, evaluated, prepare};
use crate::finding::Stop;
use crate::outcome::Outcome;
use crate::protect::with_those_of_the_same_persons;
use std::path::Path;

/// Evaluates some indicators of `folder` and nothing else: no effects, no look at what else could be measured, and of the other
/// indicators only those that these are made of. The figures are those of [`super::evaluate`]. Everything is evaluated where the
/// evaluation doesn't ask for one of `ids`, or where only other tables can tell whether a programme with a target exists.
///
/// # Errors
/// As [`super::evaluate`].
pub fn evaluate_only(
    folder: &Path,
    ids: &[String],
    progress: &dyn Progress,
) -> Result<Outcome, Stop> {
    let mut prepared = prepare(folder, progress)?;
    let requested = |id: &String| {
        let items = &mut prepared.plan.items.iter();
        items.any(|item| item.requested && item.indicator.id == *id)
    };
    let known = prepared.dataset.programme_ids();
    let targets = prepared.evaluation.targets.iter();
    let mut programmes = targets.filter_map(|t| t.programme.as_ref());
    let all = ids.is_empty() || !ids.iter().all(requested);
    if !all && programmes.all(|p| known.contains(p)) {
        // What of persons is withheld depends on all figures about them.
        let ids = match prepared.evaluation.small_cells {
            0 | 1 => ids.to_vec(),
            _ => with_those_of_the_same_persons(&prepared.plan, ids),
        };
        prepared.plan.restrict(&ids);
        prepared.purses.clear();
    }
    evaluated(prepared, &[], progress)
}
