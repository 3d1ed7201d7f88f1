//! What the protection of persons did to an evaluation, and why.

use super::{Progress, estimated, prepare, read};
use crate::finding::Stop;
use crate::protect::{Reasons, protect};
use std::path::Path;

/// Why each figure of the evaluation in `folder` is withheld. It tells of few persons: nothing to publish.
///
/// # Errors
/// As [`super::evaluate`].
pub fn reasons(folder: &Path, progress: &dyn Progress) -> Result<Reasons, Stop> {
    let prepared = prepare(folder, progress)?;
    let (sums, frames) = read(&prepared, progress)?;
    let mut estimated = estimated(&prepared, &sums, &frames);
    let mut reasons = Reasons::default();
    protect(
        (&prepared.plan, &prepared.dataset, &prepared.evaluation),
        (&sums, &frames),
        &[],
        (&mut estimated, &mut []),
        Some(&mut reasons),
    )?;
    progress.finish();
    Ok(reasons)
}
