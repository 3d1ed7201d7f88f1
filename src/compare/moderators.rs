//! What programmes are beside the measure: groups and numbers from their facts, as statistics take them.

use super::asked::Asked;
use super::pooled::coefficient;
use crate::outcome::comparison::PooledCoefficient;
use crate::stats::{Inference, Refused};
use std::collections::BTreeMap;

/// Facts of some of the entries.
pub(super) struct Moderators<'a> {
    asked: &'a Asked<'a>,
    places: &'a [usize],
}

/// Entries in groups by a column.
pub(super) struct Groups {
    labels: Vec<String>,
    codes: Vec<usize>,
}

impl Groups {
    /// Code of each entry, counted from 0 in the order of the labels.
    pub fn codes(&self) -> Vec<usize> {
        self.codes.clone()
    }

    /// Label of a code.
    pub fn label(&self, code: usize) -> &str {
        self.labels.get(code).map_or("", String::as_str)
    }

    /// Entries per group.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.labels.len()];
        for code in &self.codes {
            sizes[*code] += 1;
        }
        sizes
    }

    /// Places of the entries with a code.
    pub fn members(&self, code: usize) -> impl Iterator<Item = usize> {
        let at = self.codes.iter().enumerate();
        at.filter(move |(_, c)| **c == code).map(|(i, _)| i)
    }
}

/// Columns of a regression.
pub(super) struct Design {
    /// Places of the entries that have all of them.
    pub rows: Vec<usize>,
    /// Name and values, the constant left out.
    pub columns: Vec<(String, Vec<f64>)>,
}

impl<'a> Moderators<'a> {
    /// Facts of the entries at `places`.
    pub fn of(asked: &'a Asked<'a>, places: &'a [usize]) -> Moderators<'a> {
        Moderators { asked, places }
    }

    fn text(&self, at: usize, column: &str) -> Option<&'a str> {
        self.asked
            .fact(&self.asked.entries[self.places[at]], column)
    }

    /// Groups by a column; those without a value are a group of their own.
    pub fn groups(&self, column: &str, missing: &str) -> Groups {
        let texts: Vec<&str> = (0..self.places.len())
            .map(|at| self.text(at, column).unwrap_or(missing))
            .collect();
        let mut known: BTreeMap<&str, usize> = texts.iter().map(|t| (*t, 0)).collect();
        for (code, place) in known.values_mut().enumerate() {
            *place = code;
        }
        Groups {
            codes: texts.iter().map(|t| known[t]).collect(),
            labels: known.keys().map(|label| (*label).to_owned()).collect(),
        }
    }

    /// Columns as numbers: numbers and dates as they are (dates in years), everything else by category against the first of them.
    ///
    /// # Errors
    /// A column without any value, or with the same value everywhere.
    pub fn design(&self, columns: &[String]) -> Result<Design, Refused> {
        let all = 0..self.places.len();
        let complete = |at: &usize| columns.iter().all(|c| self.text(*at, c).is_some());
        let rows: Vec<usize> = all.filter(complete).collect();
        if rows.is_empty() {
            return Err(Refused::new(
                format!("no programme has a value of all of {}", columns.join(", ")),
                "Leave out the column that is missing most.",
            ));
        }
        let mut made = Vec::new();
        for column in columns {
            let texts: Vec<&str> = rows
                .iter()
                .filter_map(|at| self.text(*at, column))
                .collect();
            let numbers: Option<Vec<f64>> = texts.iter().map(|t| number(t)).collect();
            match numbers {
                Some(numbers) => made.push((column.clone(), numbers)),
                None => made.extend(categories(column, &texts)),
            }
        }
        if let Some((name, _)) = made.iter().find(|(_, c)| c.iter().all(|x| *x == c[0])) {
            return Err(Refused::new(
                format!("`{name}` is the same for all programmes that are compared"),
                "Leave it out: what doesn't vary explains no differences.",
            ));
        }
        Ok(Design {
            rows,
            columns: made,
        })
    }
}

/// One column of 0 and 1 per category but the first.
fn categories(column: &str, texts: &[&str]) -> Vec<(String, Vec<f64>)> {
    let mut labels: Vec<&str> = texts.to_vec();
    labels.sort_unstable();
    labels.dedup();
    let is = |label: &str| texts.iter().map(|t| f64::from(*t == label)).collect();
    match labels.split_first() {
        Some((_, [])) | None => vec![(column.to_owned(), vec![0.0; texts.len()])],
        Some((first, rest)) => rest
            .iter()
            .map(|label| (format!("{column}: {label} (against {first})"), is(label)))
            .collect(),
    }
}

/// A number, a truth value as 0 or 1, or a date as a year with its part.
pub(super) fn number(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return number.is_finite().then_some(number);
    }
    if let Ok(date) = text.parse::<jiff::civil::Date>() {
        let days = f64::from(date.days_in_year());
        return Some(f64::from(date.year()) + f64::from(date.day_of_year() - 1) / days);
    }
    match text {
        "true" => Some(1.0),
        "false" => Some(0.0),
        _ => None,
    }
}

/// Coefficients with their names.
pub(super) fn coefficients(names: &[String], values: &[Inference]) -> Vec<PooledCoefficient> {
    let pairs = names.iter().zip(values);
    pairs
        .map(|(name, value)| coefficient(name, value))
        .collect()
}
