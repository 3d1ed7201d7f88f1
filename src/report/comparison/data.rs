//! Tables of plain data: what stands behind a figure, and the sheets of the workbook.

use crate::outcome::comparison::Case;

/// A table of data: names of columns, and rows of as many cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows; each has one cell per column.
    pub rows: Vec<Vec<Datum>>,
}

/// One cell. Numbers are never rounded here.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// Nothing.
    None,
    /// Text.
    Text(String),
    /// A number in its own unit.
    Number(f64),
    /// A proportion, to be shown as a percentage where cells have formats.
    Share(f64),
    /// A p-value.
    P(f64),
    /// A count.
    Count(u64),
}

impl Data {
    /// A table without rows.
    pub fn new(columns: &[&str]) -> Data {
        Data {
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Datum>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }
}

impl Datum {
    /// Text; nothing where it is empty.
    pub fn text(text: impl Into<String>) -> Datum {
        match text.into() {
            empty if empty.is_empty() => Datum::None,
            text => Datum::Text(text),
        }
    }

    /// A number in a unit; a proportion where the unit is `%`. Nothing where it is missing or not finite.
    pub fn of(value: Option<f64>, unit: &str) -> Datum {
        match value.filter(|v| v.is_finite()) {
            Some(value) if unit == "%" => Datum::Share(value),
            Some(value) => Datum::Number(value),
            None => Datum::None,
        }
    }

    /// A number that bears no unit of the measure.
    pub fn number(value: Option<f64>) -> Datum {
        Datum::of(value, "")
    }

    /// A p-value.
    pub fn p(value: Option<f64>) -> Datum {
        value
            .filter(|v| v.is_finite())
            .map_or(Datum::None, Datum::P)
    }

    /// Whether something holds; nothing where it is not asked.
    pub fn yes(holds: Option<bool>) -> Datum {
        match holds {
            Some(true) => Datum::Text("yes".to_owned()),
            Some(false) => Datum::Text("no".to_owned()),
            None => Datum::None,
        }
    }
}

/// The lower and upper end of an interval, where there is one.
pub fn ends(interval: Option<(f64, f64)>) -> (Option<f64>, Option<f64>) {
    (interval.map(|i| i.0), interval.map(|i| i.1))
}

/// A fact of a programme; `programme.type` means `type`, as paths in definitions do.
pub fn fact<'a>(case: &'a Case, column: &str) -> Option<&'a str> {
    let name = column.strip_prefix("programme.").unwrap_or(column);
    let known = case.facts.iter().find(|(known, _)| known == name);
    known
        .map(|(_, text)| text.as_str())
        .filter(|text| !text.is_empty())
}
