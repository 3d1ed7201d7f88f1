//! What `codev` has to say about data, definitions and evaluations: findings with a place and a remedy.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How bad a finding is. An `Error` makes the command exit with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing has to change.
    Info,
    /// Results are computed, but the reader of a report should know.
    Warning,
    /// Something asked for could not be done as asked.
    Error,
}

/// Where a finding is: every part that is known, counted from 1 as a person counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// File as the user named it (relative to the package folder where it lies inside).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line in the file, the header being line 1 (text files; of a record that spans lines, its first).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Row of the table, the first row of data being row 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Name of the column, or the key inside a manifest or definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// Source text with the byte range at fault, so that it can be shown underlined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The whole text that the range points into (a formula, a TOML file).
    pub text: String,
    /// Start of the fault, in bytes.
    pub start: usize,
    /// End of the fault (exclusive), in bytes.
    pub end: usize,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, kebab-case, `<stage>-<what>`: `data-not-a-number`, `formula-unknown-column`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what was expected, one sentence without the place.
    pub message: String,
    /// What to do about it, one sentence.
    pub help: String,
    /// Where.
    #[serde(default)]
    pub place: Place,
    /// The value at fault, shortened to 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Source text to show underlined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Excerpt>,
}

impl Finding {
    /// A finding of `severity` without place.
    pub fn new(
        severity: Severity,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Finding {
            code: code.to_owned(),
            severity,
            message: message.into(),
            help: help.into(),
            place: Place::default(),
            value: None,
            excerpt: None,
        }
    }

    /// A finding of severity error.
    pub fn error(code: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message, help)
    }

    /// A finding of severity warning.
    pub fn warning(code: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message, help)
    }

    /// A finding of severity info.
    pub fn info(code: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, message, help)
    }

    /// Adds the file.
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.place.file = Some(file.into());
        self
    }

    /// Adds the line of the file.
    pub fn at_line(mut self, line: u64) -> Self {
        self.place.line = Some(line);
        self
    }

    /// Adds the row of the table.
    pub fn at_row(mut self, row: u64) -> Self {
        self.place.row = Some(row);
        self
    }

    /// Adds the column or key.
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.place.column = Some(column.into());
        self
    }

    /// Adds the value at fault, shortened to 80 characters.
    pub fn with_value(mut self, value: &str) -> Self {
        self.value = Some(shorten(value, 80));
        self
    }

    /// Adds source text with the range at fault.
    pub fn with_excerpt(mut self, text: &str, start: usize, end: usize) -> Self {
        self.excerpt = Some(Excerpt {
            text: text.to_owned(),
            start,
            end,
        });
        self
    }

    /// Findings of one kind share file, column and code; only so many of a kind are listed.
    fn kind(&self) -> (String, Option<String>, Option<String>) {
        (
            self.code.clone(),
            self.place.file.clone(),
            self.place.column.clone(),
        )
    }
}

/// The first `limit` characters of `text`, with an ellipsis where something was cut.
pub fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// A list that keeps the first [`Findings::LISTED`] findings of a kind and counts the rest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The findings kept, in the order in which they were found.
    pub listed: Vec<Finding>,
    /// Kinds of which more were found than listed, or that occur more than once.
    pub counts: Vec<FindingCount>,
    #[serde(skip)]
    index: BTreeMap<(String, Option<String>, Option<String>), usize>,
}

/// How often one kind of finding occurred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingCount {
    /// Code of the kind.
    pub code: String,
    /// Severity of the kind.
    pub severity: Severity,
    /// File, where the kind has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Column, where the kind has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// How many were found, listed or not.
    pub count: u64,
}

impl Findings {
    /// How many findings of one kind (same code, file and column) are listed.
    pub const LISTED: u64 = 20;

    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding: lists it if fewer than [`Self::LISTED`] of its kind are there, counts it in any case.
    pub fn push(&mut self, finding: Finding) {
        let kind = finding.kind();
        if self.index.is_empty() && !self.counts.is_empty() {
            self.reindex();
        }
        let at = *self.index.entry(kind.clone()).or_insert_with(|| {
            self.counts.push(FindingCount {
                code: kind.0,
                severity: finding.severity,
                file: kind.1,
                column: kind.2,
                count: 0,
            });
            self.counts.len() - 1
        });
        self.counts[at].count += 1;
        if self.counts[at].count <= Self::LISTED {
            self.listed.push(finding);
        }
    }

    /// Adds all of another list, keeping its counts.
    pub fn extend(&mut self, other: Findings) {
        let mut by_kind: BTreeMap<_, Vec<Finding>> = BTreeMap::new();
        for finding in other.listed {
            by_kind.entry(finding.kind()).or_default().push(finding);
        }
        for count in &other.counts {
            let kind = (count.code.clone(), count.file.clone(), count.column.clone());
            let these = by_kind.remove(&kind).unwrap_or_default();
            let listed = these.len() as u64;
            these.into_iter().for_each(|finding| self.push(finding));
            if let Some(&at) = self.index.get(&kind) {
                self.counts[at].count += count.count.saturating_sub(listed);
            }
        }
    }

    fn reindex(&mut self) {
        for (at, count) in self.counts.iter().enumerate() {
            self.index.insert(
                (count.code.clone(), count.file.clone(), count.column.clone()),
                at,
            );
        }
    }

    /// Number of findings of a severity, listed or not.
    pub fn count(&self, severity: Severity) -> u64 {
        self.counts
            .iter()
            .filter(|c| c.severity == severity)
            .map(|c| c.count)
            .sum()
    }

    /// Number of findings with this code, listed or not.
    pub fn count_of(&self, code: &str) -> u64 {
        self.counts
            .iter()
            .filter(|c| c.code == code)
            .map(|c| c.count)
            .sum()
    }

    /// Whether a finding of severity error is among them.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// Why a command could not go on: unreadable input or a usage that cannot be met. Exit code 2.
#[derive(Debug, Clone)]
pub struct Stop(pub Box<Finding>);

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Stop(Box::new(finding))
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = &self.0.place.file {
            write!(f, "{file}: ")?;
        }
        write!(f, "{} {}", self.0.message, self.0.help)
    }
}

impl std::error::Error for Stop {}

/// The candidate nearest to `word`, when one is near enough to be a likely misspelling.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&lower, &c.to_lowercase()), c))
        .filter(|(distance, c)| {
            *distance <= (c.chars().count().max(lower.chars().count()) / 3).max(1)
        })
        .min_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(b.1)))
        .map(|(_, c)| c)
}
