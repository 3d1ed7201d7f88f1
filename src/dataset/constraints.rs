//! Constraints, categories and dates in order: what the values of a column must satisfy.

use super::declare::{FieldSpec, TableSpec};
use super::manifest::{self, Constraints};
use super::rows::Rows;
use super::tally::Tally;
use super::typed::Cells;
use super::values::{self, DateFormat, NumberFormat, Parse};
use super::{Column, LIST_SEPARATOR, Table, Type, units};
use crate::finding::{Finding, Findings, Stop, nearest};
use regex::Regex;
use rustc_hash::FxHashSet;
use serde_json::Value;

/// Limits of numbers and days (in days), as compared and as written.
type Limit = Option<(f64, String)>;

/// The constraints of a column, ready to be checked. `unique` is a key and checked with the keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Checks {
    pub required: bool,
    pub unique: bool,
    minimum: Limit,
    maximum: Limit,
    above: Limit,
    below: Limit,
    min_length: Option<u64>,
    max_length: Option<u64>,
    pattern: Option<Regex>,
    allowed: Option<Allowed>,
    categories: Option<Allowed>,
}

/// A closed list of values.
#[derive(Debug, Clone)]
struct Allowed {
    words: Vec<String>,
    set: FxHashSet<String>,
    numbers: Vec<f64>,
}

impl Allowed {
    fn new(words: Vec<String>, column: &Column, parse: &Parse) -> Self {
        let numbers = words
            .iter()
            .filter_map(|w| ordinal(w, column, parse))
            .collect();
        Allowed {
            set: words.iter().cloned().collect(),
            words,
            numbers,
        }
    }
}

/// A number or day as a number to compare with.
fn ordinal(text: &str, column: &Column, parse: &Parse) -> Option<f64> {
    match (column.r#type, parse) {
        (Type::Number, _) => values::number(text, &NumberFormat::default()),
        (Type::Date, Parse::YearMonth) => values::yearmonth(text).map(f64::from),
        (Type::Date, _) => values::datetime(text, &DateFormat::Iso).map(f64::from),
        _ => None,
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Checks {
    /// The checks of a column; a constraint that does not fit its type is a finding.
    pub fn new(
        said: &Constraints,
        column: &Column,
        parse: &Parse,
        findings: &mut Findings,
    ) -> Self {
        let mut bad = |key: &str, why: String| {
            findings.push(
                Finding::error(
                    "data-bad-constraint",
                    why,
                    "Correct the constraint or the type of the column.",
                )
                .in_file(manifest::NAME)
                .in_column(format!("{}.{key}", column.name)),
            );
        };
        let mut limit = |key: &str, value: &Option<Value>| -> Limit {
            let text = text_of(value.as_ref()?);
            let number = ordinal(&text, column, parse);
            if number.is_none() {
                bad(
                    key,
                    format!(
                        "`{key}` is `{text}`, which can't be compared with values of type {}.",
                        column.declared
                    ),
                );
            }
            Some((number?, text))
        };
        let minimum = limit("minimum", &said.minimum);
        let maximum = limit("maximum", &said.maximum);
        let above = limit("exclusiveMinimum", &said.exclusive_minimum);
        let below = limit("exclusiveMaximum", &said.exclusive_maximum);
        let pattern =
            said.pattern
                .as_ref()
                .and_then(|text| match Regex::new(&format!("^(?:{text})$")) {
                    Ok(pattern) => Some(pattern),
                    Err(_) => {
                        bad(
                            "pattern",
                            format!("`pattern` is not a regular expression: `{text}`."),
                        );
                        None
                    }
                });
        let allowed = said.r#enum.as_ref();
        let allowed =
            allowed.map(|words| Allowed::new(words.iter().map(text_of).collect(), column, parse));
        let words: Vec<String> = column
            .categories
            .iter()
            .map(|(value, _)| value.clone())
            .collect();
        let categories = (!words.is_empty()).then(|| Allowed::new(words, column, parse));
        Checks {
            required: said.required,
            unique: said.unique,
            minimum,
            maximum,
            above,
            below,
            min_length: said.min_length,
            max_length: said.max_length,
            pattern,
            allowed,
            categories,
        }
    }

    /// Lowest and highest number allowed: by a list of numbers (but for those that stand for missing), else by minimum
    /// and maximum.
    pub fn limits(&self, missing: &[String]) -> Option<(f64, f64)> {
        let lists = [&self.categories, &self.allowed].into_iter().flatten();
        for list in lists.filter(|l| l.numbers.len() == l.words.len()) {
            let answers = list.words.iter().zip(&list.numbers);
            let answers = answers.filter(|(word, _)| !missing.contains(word));
            let (low, high) = answers.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), (_, x)| {
                (l.min(*x), h.max(*x))
            });
            if low <= high {
                return Some((low, high));
            }
        }
        Some((self.minimum.as_ref()?.0, self.maximum.as_ref()?.0))
    }

    /// Lowest and highest number that minimum and maximum allow, each where it is declared.
    pub fn bounds(&self) -> (f64, f64) {
        let of = |a: &Limit, b: &Limit, none: f64| {
            let limit = a.as_ref().or(b.as_ref());
            limit.map_or(none, |l| l.0)
        };
        (
            of(&self.minimum, &self.above, f64::NEG_INFINITY),
            of(&self.maximum, &self.below, f64::INFINITY),
        )
    }

    /// Whether a value has to be looked at.
    fn any(&self) -> bool {
        self.required
            || [&self.minimum, &self.maximum, &self.above, &self.below]
                .iter()
                .any(|l| l.is_some())
            || self.min_length.or(self.max_length).is_some()
            || self.pattern.is_some()
            || self.allowed.is_some()
            || self.categories.is_some()
    }

    fn number(&self, value: f64) -> Option<Breach> {
        let broken = |limit: &Limit, test: fn(f64, f64) -> bool| {
            limit
                .as_ref()
                .filter(|(limit, _)| !test(value, *limit))
                .map(|(_, text)| text.clone())
        };
        let at_least = broken(&self.minimum, |v, l| v >= l).map(|l| {
            Breach(
                "data-constraint-minimum",
                format!("is below the minimum of {l}"),
            )
        });
        at_least
            .or_else(|| {
                let limit = broken(&self.maximum, |v, l| v <= l)?;
                Some(Breach(
                    "data-constraint-maximum",
                    format!("is above the maximum of {limit}"),
                ))
            })
            .or_else(|| {
                let limit = broken(&self.above, |v, l| v > l)?;
                Some(Breach(
                    "data-constraint-minimum",
                    format!("is not above {limit}"),
                ))
            })
            .or_else(|| {
                let limit = broken(&self.below, |v, l| v < l)?;
                Some(Breach(
                    "data-constraint-maximum",
                    format!("is not below {limit}"),
                ))
            })
            .or_else(|| {
                let found = |a: &Allowed| a.numbers.contains(&value);
                self.listed(found, "")
            })
    }

    fn text(&self, value: &str, is_list: bool) -> Option<Breach> {
        let length = if is_list {
            value.split(LIST_SEPARATOR).count() as u64
        } else {
            value.chars().count() as u64
        };
        let unit = if is_list { "codes" } else { "characters" };
        if let Some(least) = self.min_length.filter(|l| length < *l) {
            return Some(Breach(
                "data-constraint-length",
                format!("has {length} {unit} and needs at least {least}"),
            ));
        }
        if let Some(most) = self.max_length.filter(|l| length > *l) {
            return Some(Breach(
                "data-constraint-length",
                format!("has {length} {unit} and may have {most}"),
            ));
        }
        if let Some(pattern) = self.pattern.as_ref().filter(|p| !p.is_match(value)) {
            let shown = pattern
                .as_str()
                .trim_start_matches("^(?:")
                .trim_end_matches(")$");
            return Some(Breach(
                "data-constraint-pattern",
                format!("does not match the pattern `{shown}`"),
            ));
        }
        if is_list {
            return value
                .split(LIST_SEPARATOR)
                .find_map(|code| self.listed(|a| a.set.contains(code), code));
        }
        self.listed(|a| a.set.contains(value), value)
    }

    fn listed(&self, found: impl Fn(&Allowed) -> bool, value: &str) -> Option<Breach> {
        let lists = [
            (&self.categories, "data-constraint-category", "categories"),
            (&self.allowed, "data-constraint-enum", "values of `enum`"),
        ];
        lists.into_iter().find_map(|(list, code, what)| {
            let list = list.as_ref().filter(|l| !found(l))?;
            let near =
                nearest(value, list.words.iter().map(String::as_str)).filter(|_| !value.is_empty());
            let known = match near {
                Some(near) => format!("the nearest is `{near}`"),
                None => format!(
                    "they are {}",
                    crate::finding::shorten(&list.words.join(", "), 200)
                ),
            };
            Some(Breach(code, format!("is none of the {what} ({known})")))
        })
    }
}

/// A constraint not kept: code, and the rest of the sentence "The value of `x` ...".
struct Breach(&'static str, String);

/// What is said of a cell that must not be told: which constraint it breaks.
fn kind_of(code: &str) -> &'static str {
    match code {
        "data-constraint-required" => "is missing, and the column is required",
        "data-constraint-minimum" => "is below the minimum",
        "data-constraint-maximum" => "is above the maximum",
        "data-constraint-length" => "is shorter or longer than is declared",
        "data-constraint-pattern" => "does not match the pattern",
        "data-constraint-category" => "is none of the categories",
        "data-constraint-enum" => "is none of the values of `enum`",
        _ => "breaks a constraint",
    }
}

/// Checks every constraint of a table.
pub(super) fn check(
    table: &Table,
    spec: &TableSpec,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let fields: Vec<&FieldSpec> = spec.fields.iter().filter(|f| f.checks.any()).collect();
    if fields.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = fields.iter().map(|f| f.column.name.clone()).collect();
    let mut tallies: Vec<Tally> = fields.iter().map(|_| Tally::default()).collect();
    units::scan(table, &names, |first, frame| {
        for ((field, column), tally) in fields.iter().zip(frame.columns()).zip(&mut tallies) {
            cells(
                (field, table.of_persons()),
                &Cells::of(column)?,
                first,
                rows,
                tally,
            );
        }
        Ok(())
    })?;
    for tally in tallies {
        tally.close(findings);
    }
    Ok(())
}

fn cells(
    (field, hidden): (&FieldSpec, bool),
    cells: &Cells<'_>,
    first: u64,
    rows: &Rows,
    tally: &mut Tally,
) {
    let checks = &field.checks;
    let name = &field.column.name;
    let mut report = |row: usize, breach: Breach, value: &dyn Fn() -> Option<String>| {
        tally.push(breach.0, 0, || {
            // The nearest category, or a length, would tell what the cell is.
            let what = if hidden { kind_of(breach.0) } else { &breach.1 };
            let message = format!("The value of `{name}` {what}.");
            let help = "Correct the value, or the constraint if the value is right; the value is used as it is.";
            let mut finding = rows.place(first + row as u64).on(Finding::warning(breach.0, message, help));
            finding.place.column = Some(name.clone());
            match value() {
                Some(value) => finding.with_value(&value),
                None => finding,
            }
        });
    };
    if checks.required && cells.validity().is_some() {
        for row in (0..cells.len()).filter(|row| cells.is_missing(*row)) {
            let breach = Breach(
                "data-constraint-required",
                "is missing, and the column is required".to_owned(),
            );
            report(row, breach, &|| None);
        }
    }
    match cells {
        Cells::Numbers(numbers) => {
            for (row, value) in numbers.iter().enumerate() {
                if let Some((value, breach)) = value.and_then(|v| Some((*v, checks.number(*v)?))) {
                    report(row, breach, &|| Some(value.to_string()));
                }
            }
        }
        Cells::Days(days) => {
            for (row, value) in days.iter().enumerate() {
                if let Some((value, breach)) =
                    value.and_then(|v| Some((*v, checks.number(f64::from(*v))?)))
                {
                    report(row, breach, &|| Some(values::show_day(value)));
                }
            }
        }
        Cells::Truths(truths) => {
            for (row, value) in truths.iter().enumerate() {
                let Some(word) = value.map(|v| if v { "true" } else { "false" }) else {
                    continue;
                };
                if let Some(breach) = checks.listed(|a| a.set.contains(word), word) {
                    report(row, breach, &|| Some(word.to_owned()));
                }
            }
        }
        Cells::Texts(words) => {
            let is_list = field.column.r#type == Type::List;
            let bad = words.each(|word| checks.text(word, is_list).is_some());
            for (row, code) in words.codes.iter().enumerate() {
                let bad = code.is_some_and(|code| bad.get(*code) == Some(&true));
                let Some(word) = words.get(row).filter(|_| bad) else {
                    continue;
                };
                if let Some(breach) = checks.text(word, is_list) {
                    report(row, breach, &|| Some(word.replace(LIST_SEPARATOR, ";")));
                }
            }
        }
    }
}
