//! The stages in order, for the command line and for library users.

use crate::dataset::Dataset;
use crate::finding::{Findings, Stop};
use crate::indicator::{Catalogue, Indicator};
use crate::outcome::Outcome;
use std::path::Path;

/// Told how far a stage is; the command line draws a bar from it.
pub trait Progress: Sync {
    /// A stage starts: what it does, and its size in `steps` (0: unknown).
    fn start(&self, what: &str, steps: u64);
    /// `steps` more are done. May be called from several threads.
    fn advance(&self, steps: u64);
    /// The stage is over.
    fn finish(&self);
}

/// Progress that nobody watches.
pub struct Quiet;

impl Progress for Quiet {
    fn start(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn finish(&self) {}
}

/// What `check` found, with what it looked at.
pub struct Checked {
    /// Everything that is wrong or worth knowing, over data, definitions and evaluation.
    pub findings: Findings,
    /// The data.
    pub dataset: Dataset,
    /// The definitions.
    pub catalogue: Catalogue,
    /// Ids of the requested indicators that can be computed.
    pub computable: Vec<String>,
    /// Ids of the requested indicators that can't, with the reason.
    pub not_computable: Vec<(String, String)>,
}

/// Checks data, definitions and evaluation of `folder` without computing.
///
/// # Errors
/// A [`Stop`] when the manifest or the evaluation file can't be read at all.
pub fn check(folder: &Path, progress: &dyn Progress) -> Result<Checked, Stop> {
    let _ = (folder, progress);
    todo!()
}

/// Evaluates `folder`.
///
/// # Errors
/// A [`Stop`] when the manifest or the evaluation file can't be read at all. Anything less is in the outcome.
pub fn evaluate(folder: &Path, progress: &dyn Progress) -> Result<Outcome, Stop> {
    let _ = (folder, progress);
    todo!()
}

/// What running one example of a definition gave.
#[derive(Debug, Clone)]
pub struct ExampleResult {
    /// The example's note.
    pub note: String,
    /// Per expected cell: programme (or `total`), what was expected, what came out, and whether they agree.
    pub cells: Vec<(String, String, String, bool)>,
    /// Why the example could not run at all.
    pub failure: Option<String>,
}

/// Runs every example of a definition on its own rows.
pub fn examples(indicator: &Indicator, catalogue: &Catalogue) -> Vec<ExampleResult> {
    let _ = (indicator, catalogue);
    todo!()
}
