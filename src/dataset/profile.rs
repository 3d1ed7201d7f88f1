//! Guesses on the columns of a file from the values in them.

use super::day_forms::{Kind, Order};
use super::draft::Draft;
use super::number_forms::Reading;
use super::short_years::ShortYears;
use crate::finding::shorten;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Words that stand for "no value" in some exports.
const MARKERS: &[&str] = &[
    "NA", "N/A", "n/a", "na", "NULL", "null", "#N/A", "NaN", "nan", "None", ".", "-", "--",
    "missing", "n.a.", "nvt", ":", "..", "...", "\u{2026}", "\u{2013}", "\u{2014}", "N.A.", "n.d.",
    "s/d", "n/d", "N/D", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "<NA>",
    "k.A.", "(blank)", "(null)",
];

/// Numbers that questionnaires use for "no answer".
const CODES: &[&str] = &[
    "-77", "-88", "-97", "-98", "-99", "-777", "-888", "-999", "-9999", "-99.0", "-999.0",
];

/// Most categories that are written into a manifest.
const MOST_CATEGORIES: usize = 12;

/// A column as found.
pub(super) struct Profile {
    pub name: String,
    /// Type word guessed.
    pub kind: &'static str,
    /// Distinct values that are there, with their rows.
    pub values: BTreeMap<String, u64>,
    /// Rows without a value.
    pub missing: u64,
    /// Markers of missing values that occur, besides the empty cell.
    markers: Vec<String>,
    pub options: Vec<(&'static str, Value)>,
    pub why: String,
    /// What else there is to say.
    notes: Vec<(String, String)>,
    /// What a person should look at: what was taken, and why it may be wrong.
    doubts: Vec<(String, String)>,
    pub open: Open,
    /// The mark before decimals that the column itself shows.
    pub decimals: Option<char>,
    /// The order of day and month that the column itself shows, and the cell that shows it.
    pub order: Option<(Order, String)>,
}

/// What the values of a column alone can't settle.
pub(super) enum Open {
    No,
    /// The mark stands between thousands, or before decimals.
    Marks(Box<(Reading, Reading)>),
    /// The day comes first, or the month.
    Order(Box<Kind>),
    /// The year has two digits and may come first.
    Years(Box<ShortYears>),
}

impl Profile {
    /// A column whose type the file itself says.
    pub fn declared(name: &str, kind: &'static str) -> Self {
        Profile {
            name: name.to_owned(),
            kind,
            values: BTreeMap::new(),
            missing: 0,
            markers: Vec::new(),
            options: Vec::new(),
            why: String::new(),
            notes: Vec::new(),
            doubts: Vec::new(),
            open: Open::No,
            decimals: None,
            order: None,
        }
    }

    /// Categories in the order that the file keeps them in.
    pub fn take_categories(&mut self, words: &[String]) {
        self.options.push(("categories", json!(words)));
        self.options.push(("categoriesOrdered", json!(true)));
    }

    /// A column of text cells.
    pub fn of(name: &str, counts: BTreeMap<String, u64>) -> Self {
        let mut out = Profile::declared(name, "string");
        for (value, rows) in counts {
            let trimmed = value.trim();
            if trimmed.is_empty() || MARKERS.contains(&trimmed) {
                out.missing += rows;
                if !trimmed.is_empty() && !out.markers.iter().any(|m| m == trimmed) {
                    out.markers.push(trimmed.to_owned());
                }
            } else {
                out.values.insert(value, rows);
            }
        }
        out.find_kind();
        if matches!(out.kind, "integer" | "number") && matches!(out.open, Open::No) {
            out.take_codes();
        }
        out
    }

    /// Whether all values pass.
    pub fn all(&self, test: impl Fn(&str) -> bool) -> bool {
        self.values.keys().all(|v| test(v.trim()))
    }

    /// Notes what was decided.
    pub fn note(&mut self, what: String, why: impl Into<String>) {
        self.notes.push((what, why.into()));
    }

    /// Notes what a person should look at.
    pub fn doubt(&mut self, what: String, why: impl Into<String>) {
        self.doubts.push((what, why.into()));
    }

    /// Codes joined by semicolons, which come again in other cells.
    pub fn find_list(&mut self) {
        let mut codes: BTreeSet<&str> = BTreeSet::new();
        let (mut joined, mut total) = (0u64, 0usize);
        for value in self.values.keys() {
            let parts: Vec<&str> = value
                .split(';')
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .collect();
            joined += u64::from(parts.len() > 1);
            total += parts.len();
            codes.extend(parts);
        }
        let short = codes.iter().all(|c| c.chars().count() <= 40);
        if joined >= 2 && short && codes.len() <= 50 && codes.len() * 3 <= total * 2 {
            self.kind = "list";
            self.options = vec![("delimiter", json!(";"))];
            self.why = format!(
                "{joined} different cells hold several of {} codes, joined by semicolons",
                codes.len()
            );
        }
    }

    /// In a column that is otherwise not negative, -99 and its like mean that there is no answer.
    pub fn take_codes(&mut self) {
        let is_code = |v: &str| CODES.contains(&v.trim());
        if !self.values.keys().any(|v| is_code(v)) || !self.values.keys().any(|v| !is_code(v)) {
            return;
        }
        if self
            .values
            .keys()
            .any(|v| !is_code(v) && v.trim().starts_with('-'))
        {
            return;
        }
        let codes: Vec<String> = self.values.keys().filter(|v| is_code(v)).cloned().collect();
        for code in codes {
            self.missing += self.values.remove(&code).unwrap_or(0);
            self.markers.push(code.trim().to_owned());
        }
    }

    /// Whether each row has a value of its own.
    pub fn identifies(&self) -> bool {
        self.missing == 0 && !self.values.is_empty() && self.values.values().all(|rows| *rows == 1)
    }

    /// Whether the values are 1, 2, 3 and so on.
    pub fn counts_rows(&self) -> bool {
        let numbers: Option<BTreeSet<u64>> =
            self.values.keys().map(|v| v.trim().parse().ok()).collect();
        let n = self.values.len() as u64;
        self.identifies()
            && numbers.is_some_and(|all| all.len() as u64 == n && all.iter().all(|x| *x <= n))
    }

    /// Some of the values, for a person to recognise the column by.
    pub fn some(&self) -> String {
        let some: Vec<String> = self
            .values
            .keys()
            .take(3)
            .map(|v| format!("`{}`", shorten(v, 30)))
            .collect();
        some.join(", ")
    }

    /// The field of the schema.
    pub fn field(&self, with_categories: bool, draft: &mut Draft) -> Value {
        let mut field = json!({ "name": self.name, "type": self.kind });
        for (what, why) in &self.notes {
            draft.guess(what.clone(), why.clone());
        }
        for (what, why) in &self.doubts {
            draft.doubt(what.clone(), why.clone());
        }
        if !self.why.is_empty() && self.kind != "string" {
            draft.guess(
                format!("`{}` is of type {}", self.name, self.kind),
                self.why.clone(),
            );
        }
        for (key, value) in &self.options {
            field[*key] = value.clone();
        }
        if !self.markers.is_empty() {
            let mut markers = vec![String::new()];
            markers.extend(self.markers.iter().cloned());
            field["missingValues"] = json!(markers);
            let what = format!(
                "{} of `{}` mean that there is no value",
                self.markers.join(", "),
                self.name
            );
            draft.guess(what, "files often use them so");
        }
        let rows: u64 = self.values.values().sum();
        let few = (2..=MOST_CATEGORIES).contains(&self.values.len())
            && rows >= 5 * self.values.len() as u64;
        if with_categories && self.kind == "string" && few {
            field["categories"] = json!(self.values.keys().collect::<Vec<_>>());
            let what = format!("`{}` has {} categories", self.name, self.values.len());
            draft.guess(what, format!("no other value occurs in {rows} rows"));
        }
        field
    }
}
