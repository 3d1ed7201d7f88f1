//! What details have to know of the table: protection of persons, and the sampling design.

use super::{Job, Selection, leave_out};
use crate::estimate::cell;
use crate::estimate::design::Design;
use crate::estimate::jackknife;
use crate::estimate::resample::{self, Bound};
use crate::outcome::Interval;
use crate::plan::reach::Reach;

/// Counts the persons that rows speak of.
pub(super) type Count<'a> = dyn Fn(&[u32]) -> u64 + 'a;

/// What details have to know of the table: how persons in it are protected, and how sure its figures are.
pub struct Setting<'a> {
    /// Persons of a set of rows; `None` where rows are not about persons.
    pub(super) persons: Option<&'a Count<'a>>,
    pub(super) least: u64,
    /// The sample; `None` for a census.
    pub(super) design: Option<&'a Design>,
    /// Weights that tell how the sample varies; none where clusters are left out with the weights as they are.
    pub(super) bound: Option<&'a Bound<'a>>,
    pub(super) job: &'a Job<'a>,
}

impl Setting<'_> {
    /// Whether rows are about nobody in particular, so that single rows may be shown.
    pub fn is_open(&self) -> bool {
        self.persons.is_none()
    }

    /// Whether something that rests on these rows may be shown: on no person, or on enough.
    pub fn allows(&self, rows: &[u32]) -> bool {
        match self.persons {
            None => true,
            Some(persons) => {
                let count = persons(rows);
                count == 0 || count >= self.least
            }
        }
    }

    /// Interval of any figure made of a selection, by leaving out clusters; `None` for a census.
    ///
    /// # Errors
    /// In words, why a sample has none.
    pub fn interval(
        &self,
        selection: &Selection<'_>,
        figure: &dyn Fn(&Selection<'_>) -> cell::Outcome,
    ) -> Option<Result<Interval, String>> {
        let design = self.design?;
        let value = figure(selection).ok()?;
        let replicates = match self.bound {
            Some(bound) => resample::rows(bound, self.job.first.frame, selection, figure),
            None => leave_out::replicates(design, selection, figure),
        };
        let confidence = self.job.context.evaluation.confidence;
        Some(replicates.and_then(|r| jackknife::interval(value, &r, confidence, &Reach::ANY)))
    }
}
