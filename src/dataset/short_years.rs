//! Days whose years have two digits, and which may have the year first: `21-03-15`.

use super::day_forms::{Kind, Order};
use super::infer::{Asks, Question};
use super::profile::Profile;
use super::values::{self, DateFormat};
use crate::finding::Stop;
use serde_json::json;
use std::collections::BTreeMap;

/// Two readings of the days of a column.
#[derive(Debug)]
pub(super) struct ShortYears {
    /// Date or datetime.
    kind: &'static str,
    /// A cell.
    cell: String,
    /// With the year first: pattern, the cell's day, and days from the first to the last.
    first: (String, String, i32),
    /// With the year last, in the order of day and month in which the days lie closer together; `None` where no order fits all.
    last: Option<(String, String, i32)>,
}

/// How the days of a kind are read with the year first, where all cells are days then.
pub(super) fn year_first(cells: &BTreeMap<String, u64>, kind: &Kind) -> Option<ShortYears> {
    let day_first = kind.pattern(Order::DayFirst)?;
    if !(day_first.starts_with("%d") && day_first.contains("%m") && day_first.contains("%y")) {
        return None;
    }
    let swapped = day_first.replace("%d", "%?").replace("%y", "%d");
    let pattern = swapped.replace("%?", "%y");
    let read = |pattern: String| {
        let format = DateFormat::Pattern(pattern.clone());
        let day = |cell: &String| match kind.kind() {
            "datetime" => values::datetime(cell.trim(), &format),
            _ => values::date(cell.trim(), &format),
        };
        let days: Vec<i32> = cells.keys().map(day).collect::<Option<_>>()?;
        let spread = days.iter().max()?.saturating_sub(*days.iter().min()?);
        Some((pattern, values::show_day(*days.first()?), spread))
    };
    let first = read(pattern)?;
    let orders = [Order::DayFirst, Order::MonthFirst];
    let last = orders
        .iter()
        .filter_map(|order| read(kind.pattern(*order)?));
    Some(ShortYears {
        kind: kind.kind(),
        cell: cells.keys().next()?.clone(),
        first,
        last: last.min_by_key(|(_, _, spread)| *spread),
    })
}

impl ShortYears {
    /// Whether the days lie closer together with the year first.
    pub fn is_likelier(&self) -> bool {
        self.last.as_ref().is_none_or(|last| self.first.2 < last.2)
    }

    /// The other reading, to be said beside the one with the year last.
    pub fn words(&self) -> String {
        let (pattern, day, _) = &self.first;
        format!(
            "`{}` may also have the year first, and be {day}: then set the column's `format` to `{pattern}`",
            self.cell
        )
    }

    /// Takes the likelier reading, or that which whoever can be asked says.
    ///
    /// # Errors
    /// A [`Stop`] when there is no answer to a question.
    pub fn settle(
        &self,
        column: &mut Profile,
        (shown, private): (&str, bool),
        ask: &mut Asks<'_>,
    ) -> Result<(), Stop> {
        let (pattern, day, spread) = &self.first;
        let Some((other, other_day, other_spread)) = &self.last else {
            self.take(column, pattern);
            return Ok(());
        };
        // Of tables that may be about persons no cell is told: a made-up one shows the readings as well.
        let (mut cell, mut day, mut other_day) =
            (self.cell.clone(), day.clone(), other_day.clone());
        if private {
            let made_up = jiff::civil::date(2021, 2, 3).at(12, 0, 0, 0);
            cell = jiff::fmt::strtime::format(pattern, made_up).unwrap_or_default();
            (day, other_day) = ("2021-02-03".to_owned(), "2003-02-21".to_owned());
        }
        let question = Question {
            file: shown.to_owned(),
            text: format!("What is `{cell}` in the column `{}`?", column.name),
            options: vec![
                ("year-first".to_owned(), day.clone()),
                ("year-last".to_owned(), other_day.clone()),
            ],
            usual: 0,
        };
        let answer = ask(&question)?;
        if answer == Some(1) {
            self.take(column, other);
        } else {
            self.take(column, pattern);
        }
        if answer.is_some() {
            column.why = "you said so".to_owned();
            return Ok(());
        }
        let what = format!(
            "`{cell}` in `{}` is read with the year first, as {day}",
            column.name
        );
        let why = format!(
            "its days lie within {spread} days then, and within {other_spread} where the year comes last ({other_day}); if that is meant, set the column's `format` to `{other}`"
        );
        column.doubt(what, why);
        Ok(())
    }

    fn take(&self, column: &mut Profile, pattern: &str) {
        column.kind = self.kind;
        column.options = vec![("format", json!(pattern))];
        column.why = format!("all values are days of the pattern {pattern}");
    }
}
