//! Sentences on targets and on change over time.

use super::cells::{Cells, plural, value};
use super::sentences::Speaker;
use crate::outcome::{Direction, Estimate};

impl Speaker<'_> {
    /// Targets met, as far as the direction says what meeting one is.
    pub(super) fn targets(&self, cells: &Cells) -> Vec<String> {
        let direction = self.result.definition.direction;
        let mut said = Vec::new();
        let (mut set, mut met, mut open) = (0u64, 0u64, 0u64);
        for target in &self.result.targets {
            let estimate = match &target.programme {
                None => cells.total,
                Some(id) => cells
                    .programmes
                    .iter()
                    .find(|(known, _)| known == id)
                    .map(|(_, e)| *e),
            };
            let verdict = estimate
                .and_then(value)
                .and_then(|actual| is_met(actual, target.value, direction));
            if target.programme.is_some() {
                set += 1;
                met += u64::from(verdict == Some(true));
                open += u64::from(verdict.is_none());
                continue;
            }
            let wanted = self.style.value(target.value);
            let within = estimate
                .and_then(|e| e.interval)
                .is_some_and(|i| i.low <= target.value && target.value <= i.high);
            let doubt = if within {
                ", but the interval includes the target"
            } else {
                ""
            };
            said.push(match verdict {
                Some(true) => format!("The target of {wanted} for all together is met{doubt}."),
                Some(false) => format!("The target of {wanted} for all together is not met{doubt}."),
                None if direction == Direction::Neither => {
                    format!("The target for all together is {wanted}; no direction is stated, so it is not judged.")
                }
                None => format!("The target of {wanted} for all together can't be judged, as there is no value."),
            });
        }
        if set > 0 && direction == Direction::Neither {
            let count = self.locale.count(set);
            let are = plural(set, "programme target is", "programme targets are");
            said.push(format!(
                "{count} {are} set; no direction is stated, so they are not judged."
            ));
        } else if set > 0 {
            let judged = set - open;
            if judged > 0 {
                let share = self.locale.percent(met as f64 / judged as f64, 0);
                let words = plural(
                    judged,
                    "programme target that can be judged is",
                    "programme targets that can be judged are",
                );
                let parts = format!("{}/{}", self.locale.count(met), self.locale.count(judged));
                said.push(format!(
                    "Of {} {words} met: {share} ({parts}).",
                    self.locale.count(judged)
                ));
            }
            if open > 0 {
                let words = plural(open, "programme target", "programme targets");
                said.push(format!(
                    "{} {words} can't be judged, as there is no value.",
                    self.locale.count(open)
                ));
            }
        }
        said
    }

    /// From the first period with a value to the last.
    pub(super) fn change(&self, cells: &Cells) -> Option<String> {
        let valued: Vec<(&str, f64, &Estimate)> = cells
            .periods
            .iter()
            .filter_map(|(label, e)| Some((*label, value(e)?, *e)))
            .collect();
        let ((first, from, a), (last, to, b)) = (*valued.first()?, *valued.last()?);
        if first == last {
            return None;
        }
        let (before, after) = (self.style.value(from), self.style.value(to));
        let mut said = if before == after {
            format!("It was {before} in {first} and in {last}.")
        } else {
            format!("It changed from {before} in {first} to {after} in {last}.")
        };
        if let (Some(a), Some(b)) = (a.interval, b.interval)
            && a.low <= b.high
            && b.low <= a.high
        {
            said += " The intervals of the two periods overlap.";
        }
        let without = (cells.periods.len() - valued.len()) as u64;
        if without > 0 {
            let have = plural(without, "period has", "periods have");
            said += &format!(" {} {have} no value.", self.locale.count(without));
        }
        Some(said)
    }
}

/// Whether a target is met; `None` where no direction says what meeting it is.
pub(super) fn is_met(actual: f64, target: f64, direction: Direction) -> Option<bool> {
    match direction {
        Direction::HigherIsBetter => Some(actual >= target),
        Direction::LowerIsBetter => Some(actual <= target),
        Direction::Neither => None,
    }
}
