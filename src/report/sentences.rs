//! What is said of each indicator, by rule. The sentences describe: no word claims a cause, and none calls a difference proven.

use super::cells::{Cells, Names, kind_name, listed, plural, unit_name, value, why_not};
use super::format::{Locale, Style, status_words};
use super::title::level;
use crate::outcome::{Estimate, IndicatorResult, Kind, Outcome, Sampling, Status};
use serde::Serialize;

/// What is to be said of one indicator.
#[derive(Serialize)]
pub(super) struct Item {
    /// The figure for all programmes together.
    pub total: String,
    /// Highest and lowest, targets, change.
    pub detail: String,
    /// Which rows and programmes are missing.
    pub gaps: String,
}

/// How many indicators of which kind could be computed.
pub(super) fn computed(outcome: &Outcome, locale: &Locale) -> String {
    let asked = outcome.indicators.len() as u64;
    let done = |kind: Option<Kind>| {
        let of_kind = outcome
            .indicators
            .iter()
            .filter(|i| kind.is_none_or(|k| i.definition.kind == k));
        (
            of_kind.clone().count() as u64,
            of_kind.filter(|i| why_not(i).is_none()).count() as u64,
        )
    };
    if asked == 0 {
        return "No indicator was asked for.".to_owned();
    }
    let kinds: Vec<String> = [Kind::Output, Kind::Process, Kind::Structure]
        .into_iter()
        .map(|kind| {
            let (asked, computed) = done(Some(kind));
            match asked {
                0 => format!("none on {}", kind_name(kind)),
                _ if asked == computed => format!("{} on {}", locale.count(asked), kind_name(kind)),
                _ => format!(
                    "{} of {} on {}",
                    locale.count(computed),
                    locale.count(asked),
                    kind_name(kind)
                ),
            }
        })
        .collect();
    let (_, computed) = done(None);
    let words = match (asked, computed) {
        (1, 1) => "The one indicator asked for could be computed".to_owned(),
        (1, _) => "The one indicator asked for could not be computed".to_owned(),
        _ if asked == computed => format!(
            "All {} indicators asked for could be computed",
            locale.count(asked)
        ),
        _ => format!(
            "{} of {} indicators asked for could be computed",
            locale.count(computed),
            locale.count(asked)
        ),
    };
    format!("{words}: {}.", listed(&kinds))
}

/// All that is needed to speak of one indicator.
pub(super) struct Speaker<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) locale: &'a Locale,
    pub(super) names: &'a Names<'a>,
    pub(super) style: Style,
    pub(super) result: &'a IndicatorResult,
}

impl Speaker<'_> {
    pub(super) fn item(&self) -> Item {
        let cells = Cells::new(self.result);
        let mut detail: Vec<String> = self.extremes(&cells).into_iter().collect();
        detail.extend(self.targets(&cells));
        detail.extend(self.change(&cells));
        let gaps: Vec<String> = self
            .rows_left_out(&cells)
            .into_iter()
            .chain(self.absent(&cells))
            .collect();
        Item {
            total: self.total(&cells),
            detail: detail.join(" "),
            gaps: gaps.join(" "),
        }
    }

    /// A number with its unit: `412 ties`, `15%`.
    pub(super) fn with_unit(&self, number: f64) -> String {
        let unit = unit_name(&self.result.definition.unit);
        let written = self.style.value(number);
        if unit.is_empty() {
            written
        } else {
            format!("{written} {unit}")
        }
    }

    fn total(&self, cells: &Cells) -> String {
        let Some(total) = cells.total else {
            return "There is no figure for all programmes together.".to_owned();
        };
        let Some(number) = value(total) else {
            return format!("{}.", self.no_total(total));
        };
        let parts = total
            .parts
            .map(|p| format!(" ({})", self.style.parts(p)))
            .unwrap_or_default();
        let mut said = format!("All programmes together: {}{parts}", self.with_unit(number));
        if let Some(interval) = total.interval {
            let level = level(self.outcome.evaluation.confidence, self.locale);
            said += &format!(
                ", {level} confidence interval {}",
                self.style.bounds(interval.low, interval.high)
            );
        } else if self.result.sampling == Some(Sampling::Sample) {
            said += &match &total.no_interval {
                Some(reason) => format!(", without an interval: {}", reason.trim_end_matches('.')),
                None => ", without an interval".to_owned(),
            };
        }
        said.push('.');
        said
    }

    fn rows_left_out(&self, cells: &Cells) -> Option<String> {
        let total = cells
            .total
            .filter(|t| t.missing > 0 && t.status != Status::Suppressed)?;
        let rounded = self.result.rounded;
        let rows = self.locale.about(total.n + total.missing, rounded);
        let are = plural(total.missing, "is", "are");
        let missing = self.locale.about(total.missing, rounded);
        Some(format!(
            "Of {rows} matching rows, {missing} {are} left out since something is missing."
        ))
    }

    fn no_total(&self, total: &Estimate) -> String {
        let why = match total.status {
            Status::Value => "the value was not recorded".to_owned(),
            Status::NoRows => "the data have no rows".to_owned(),
            Status::NoMatch => "none of the rows matched".to_owned(),
            Status::AllMissing => "all matching rows lack something that is needed".to_owned(),
            Status::Undefined => "it is undefined, as a division by zero is".to_owned(),
            Status::Suppressed => {
                format!(
                    "it is {}",
                    status_words(Status::Suppressed, self.outcome.evaluation.small_cells)
                )
            }
            Status::Refused => self.result.remarks.first().map_or_else(
                || "adding the rows would be wrong".to_owned(),
                |why| why.trim_end_matches('.').to_owned(),
            ),
        };
        format!("There is no value for all programmes together: {why}")
    }

    /// Highest and lowest programme.
    fn extremes(&self, cells: &Cells) -> Option<String> {
        let valued = cells.valued();
        let top = valued.iter().map(|v| v.1).max_by(f64::total_cmp)?;
        let bottom = valued.iter().map(|v| v.1).min_by(f64::total_cmp)?;
        if valued.len() < 2 {
            return None;
        }
        if top == bottom {
            let count = self.locale.count(valued.len() as u64);
            return Some(format!(
                "All {count} programmes with a value have the same: {}.",
                self.style.value(top)
            ));
        }
        let at = |wanted: f64| -> Vec<&(&str, f64, &Estimate)> {
            valued.iter().filter(|v| v.1 == wanted).collect()
        };
        let (highest, lowest) = (at(top), at(bottom));
        let mut said = format!(
            "Highest: {}; lowest: {}.",
            self.programmes(&highest, top),
            self.programmes(&lowest, bottom)
        );
        if let (Some(high), Some(low)) = (
            highest.first().and_then(|v| v.2.interval),
            lowest.first().and_then(|v| v.2.interval),
        ) && high.low <= low.high
        {
            said += " The intervals of the two overlap, so their order is uncertain.";
        }
        Some(said)
    }

    /// `Name, 15% (15/100)`, or how many share the value.
    fn programmes(&self, sharing: &[&(&str, f64, &Estimate)], number: f64) -> String {
        match sharing {
            [(id, _, estimate)] => {
                let written = self
                    .style
                    .estimate(estimate, self.outcome.evaluation.small_cells);
                format!("{}, {written}", self.names.of(id))
            }
            [(one, ..), (other, ..)] => {
                format!(
                    "{} and {}, both {}",
                    self.names.of(one),
                    self.names.of(other),
                    self.style.value(number)
                )
            }
            _ => {
                format!(
                    "{} programmes share {}",
                    self.locale.count(sharing.len() as u64),
                    self.style.value(number)
                )
            }
        }
    }

    /// Programmes without a value, by reason.
    fn absent(&self, cells: &Cells) -> Option<String> {
        let small = self.outcome.evaluation.small_cells;
        let mut reasons: Vec<(String, u64)> = Vec::new();
        for (_, estimate) in cells.programmes.iter().filter(|(_, e)| value(e).is_none()) {
            let words = status_words(estimate.status, small);
            match reasons.iter_mut().find(|(known, _)| *known == words) {
                Some((_, count)) => *count += 1,
                None => reasons.push((words, 1)),
            }
        }
        let without: u64 = reasons.iter().map(|r| r.1).sum();
        if without == 0 {
            return None;
        }
        let all = self.locale.count(cells.programmes.len() as u64);
        let have = plural(without, "has", "have");
        let reasons: Vec<String> = reasons
            .iter()
            .map(|(words, n)| format!("{} {words}", self.locale.count(*n)))
            .collect();
        Some(format!(
            "{} of {all} programmes {have} no value ({}).",
            self.locale.count(without),
            reasons.join("; ")
        ))
    }
}
