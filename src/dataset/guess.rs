//! Guesses on the columns of a file from the values in them.

use super::infer::Draft;
use super::values::{self, DateFormat, NumberFormat};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Words that stand for "no value" in some exports.
const MARKERS: &[&str] = &[
    "NA", "N/A", "n/a", "na", "NULL", "null", "#N/A", "NaN", "nan", "None", ".", "-", "--",
    "missing", "n.a.", "nvt",
];

/// Numbers that questionnaires use for "no answer".
const CODES: &[&str] = &[
    "-77", "-88", "-97", "-98", "-99", "-777", "-888", "-999", "-9999", "-99.0", "-999.0",
];

const YES: &[&str] = &["true", "yes", "ja", "oui", "si", "sí", "t", "y"];
const NO: &[&str] = &["false", "no", "nee", "non", "f", "n"];

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
    options: Vec<(&'static str, Value)>,
    why: String,
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
                if !trimmed.is_empty() {
                    out.markers.push(trimmed.to_owned());
                }
            } else {
                out.values.insert(value, rows);
            }
        }
        out.find_kind();
        if matches!(out.kind, "integer" | "number") {
            out.take_codes();
        }
        out
    }

    fn all(&self, test: impl Fn(&str) -> bool) -> bool {
        self.values.keys().all(|v| test(v.trim()))
    }

    fn find_kind(&mut self) {
        if self.values.is_empty() {
            self.why = "it has no values".to_owned();
            return;
        }
        let plain = NumberFormat::default();
        let comma = NumberFormat {
            decimal: ",".to_owned(),
            ..NumberFormat::default()
        };
        let word = |list: &[&str], v: &str| list.contains(&v.to_lowercase().as_str());
        if self.values.len() >= 2 && self.all(|v| word(YES, v) || word(NO, v)) {
            self.kind = "boolean";
            let pick = |list: &[&str]| {
                self.values
                    .keys()
                    .map(|v| v.trim())
                    .filter(|v| word(list, v))
                    .collect::<Vec<_>>()
            };
            let (yes, no) = (json!(pick(YES)), json!(pick(NO)));
            self.options = vec![("trueValues", yes), ("falseValues", no)];
            self.why = "all values are words for yes and no".to_owned();
            return;
        }
        let zero_led =
            |v: &str| v.len() > 1 && v.starts_with('0') && v.bytes().all(|b| b.is_ascii_digit());
        if self.all(|v| values::number(v, &plain).is_some())
            && !self.values.keys().any(|v| zero_led(v.trim()))
        {
            let whole = |v: f64| v.fract() == 0.0 && v.abs() <= values::EXACT;
            let years =
                self.all(|v| values::year(v).is_some_and(|y| (1900.0..=2100.0).contains(&y)));
            if years && super::words::is_year(&self.name) {
                self.kind = "year";
            } else if self.all(|v| values::number(v, &plain).is_some_and(whole)) {
                self.kind = "integer";
            } else {
                self.kind = "number";
            }
            self.why = "all values are such numbers".to_owned();
            return;
        }
        let decimal = |v: &str| values::number(v, &comma).is_some();
        if self.all(decimal) && !self.values.keys().any(|v| zero_led(v.trim())) {
            self.kind = "number";
            self.options = vec![("decimalChar", json!(","))];
            self.why = "all values are numbers with a decimal comma".to_owned();
            return;
        }
        if self.all(|v| values::date(v, &DateFormat::Iso).is_some()) {
            self.kind = "date";
            self.why = "all values are days".to_owned();
            return;
        }
        if self.all(|v| values::datetime(v, &DateFormat::Iso).is_some()) {
            self.kind = "datetime";
            self.why = "all values are times".to_owned();
            return;
        }
        for pattern in ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y"] {
            let format = DateFormat::Pattern(pattern.to_owned());
            if self.all(|v| values::date(v, &format).is_some()) {
                self.kind = "date";
                self.options = vec![("format", json!(pattern))];
                self.why = format!("all values are days of the pattern {pattern}");
                return;
            }
        }
        if self.all(|v| values::yearmonth(v).is_some()) {
            self.kind = "yearmonth";
            self.why = "all values are months".to_owned();
            return;
        }
        self.find_list();
    }

    /// Codes joined by semicolons, which come again in other cells.
    fn find_list(&mut self) {
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
    fn take_codes(&mut self) {
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

    /// The field of the schema.
    pub fn field(&self, with_categories: bool, draft: &mut Draft) -> Value {
        let mut field = json!({ "name": self.name, "type": self.kind });
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

/// A guessed foreign key.
pub(super) struct Link {
    pub column: String,
    pub table: String,
    pub key: String,
}

/// Guesses the column that identifies a row.
pub(super) fn primary_key(draft: &mut Draft) {
    let usable = |p: &Profile| {
        !p.name.is_empty() && p.identifies() && matches!(p.kind, "string" | "integer")
    };
    let named = draft
        .columns
        .iter()
        .position(|p| usable(p) && super::words::is_key(&p.name));
    let first = draft.columns.iter().position(|p| !p.name.is_empty());
    let first = first.filter(|at| draft.rows >= 3 && draft.columns.get(*at).is_some_and(usable));
    draft.primary = named.or(first);
    if let Some(name) = draft
        .primary
        .and_then(|at| draft.columns.get(at))
        .map(|p| p.name.clone())
    {
        draft.guess(
            format!("`{name}` is the primary key"),
            "every row has a value of its own in it",
        );
    }
}

/// Guesses which columns point to which tables.
pub(super) fn references(drafts: &mut [Draft]) -> Vec<Vec<Link>> {
    let mut all = Vec::new();
    for at in 0..drafts.len() {
        let mut links: Vec<Link> = Vec::new();
        let mut notes = Vec::new();
        let Some(draft) = drafts.get(at) else {
            continue;
        };
        for (c, column) in draft.columns.iter().enumerate() {
            if draft.primary == Some(c) || column.values.is_empty() {
                continue;
            }
            for (t, target) in drafts.iter().enumerate() {
                let Some(key) = target
                    .primary
                    .and_then(|k| target.columns.get(k))
                    .filter(|_| t != at)
                else {
                    continue;
                };
                if key.kind != column.kind
                    || !super::words::resembles(&column.name, &key.name, &target.name)
                {
                    continue;
                }
                let there = column
                    .values
                    .keys()
                    .filter(|v| key.values.contains_key(*v))
                    .count();
                // A few orphans are an error in the data rather than a sign that there is no reference.
                if there * 10 < column.values.len() * 9 {
                    continue;
                }
                let why = format!(
                    "{there} of its {} different values are there",
                    column.values.len()
                );
                notes.push((
                    format!("`{}` points to `{}.{}`", column.name, target.name, key.name),
                    why,
                ));
                links.push(Link {
                    column: column.name.clone(),
                    table: target.name.clone(),
                    key: key.name.clone(),
                });
                break;
            }
        }
        if let Some(draft) = drafts.get_mut(at) {
            notes
                .into_iter()
                .for_each(|(what, why)| draft.guess(what, why));
        }
        all.push(links);
    }
    all
}
