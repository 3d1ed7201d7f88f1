//! `retention`: the share that is still there some years after an event.

use super::words::line;
use super::{Input, MeasureFault, Records, Wants, What, refused};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Share of the rows still there some years after an event, estimated over rows that are watched for different lengths of
/// time (Kaplan & Meier 1958).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionFile {
    /// Role of a table, or a resource's name: a row per tie, organisation or source of funds.
    pub table: String,
    /// Filter, SQL.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Column or row expression with the day of the event from which time is counted.
    pub start: String,
    /// Column or row expression with the day of the end; missing where there was none.
    pub end: String,
    /// Column or row expression with the last day on which the row was watched.
    pub until: String,
    /// Years after the event.
    pub after: f64,
    /// Column that places a row in time, where it is not the table's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// The measure, checked. Its input has the fields start, end and until, all dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retention {
    /// Years after the event.
    pub after: f64,
}

impl RetentionFile {
    pub(super) fn parse(&self) -> Result<Records, MeasureFault> {
        if !(self.after > 0.0 && self.after.is_finite()) {
            return refused(
                "after",
                &self.after.to_string(),
                "measure-after",
                "The share still there is asked for some time after the event.",
                "Write the years as a number above zero: after = 3.",
            );
        }
        let mut input = Input::new("rows", &self.table, &self.filter)?;
        input.date.clone_from(&self.date);
        input.field("start", &self.start, Wants::Date, true)?;
        input.field("end", &self.end, Wants::Date, false)?;
        input.field("until", &self.until, Wants::Date, true)?;
        Ok(Records {
            inputs: vec![input],
            what: What::Retention(Retention { after: self.after }),
        })
    }

    pub(super) fn in_words(&self, among: &str) -> String {
        let years = if (self.after - 1.0).abs() < f64::EPSILON {
            "a year".to_owned()
        } else {
            format!("{} years", self.after)
        };
        format!(
            "Share of the rows of {} still there {years} after {}, estimated with those that were watched for less{among}.",
            self.table, self.start
        )
    }

    pub(super) fn as_text(&self) -> Vec<String> {
        let mut lines = vec![
            format!("retention: {} years after", self.after),
            line("table", &self.table),
        ];
        lines.extend(self.filter.iter().map(|f| line("where", f)));
        lines.push(line("start", &self.start));
        lines.push(line("end", &self.end));
        lines.push(line("until", &self.until));
        lines
    }
}
