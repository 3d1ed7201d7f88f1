//! State of the data and what the numbers were made from.

use super::cells::{capitalised, listed, plural};
use super::format::Locale;
use super::indicator::sampling;
use super::title::level;
use super::view::{Cell, Column, Table};
use crate::finding::{Finding, FindingCount, Findings, Severity};
use crate::outcome::{Outcome, Protection};
use serde::Serialize;

/// The data-quality section.
#[derive(Serialize)]
pub(super) struct QualityView {
    pub summary: String,
    /// The state of the tables in sentences.
    pub statements: Vec<String>,
    /// Which tables are protected and which are not.
    pub protection: Vec<String>,
    pub tables: Table,
    pub columns: Option<Table>,
    pub findings: Vec<FindingView>,
    pub accounts: Option<Table>,
}

/// A kind of finding.
#[derive(Serialize)]
pub(super) struct FindingView {
    pub severity: &'static str,
    pub count: String,
    pub place: String,
    pub code: String,
    pub message: String,
    pub help: String,
    /// Where the first ones are, with the value at fault.
    pub examples: Vec<String>,
}

/// Examples given for a kind of finding.
const EXAMPLES: usize = 3;

impl QualityView {
    pub fn new(outcome: &Outcome, locale: &Locale) -> QualityView {
        let findings = &outcome.quality.findings;
        let count = |severity, one, many| {
            let found = findings.count(severity);
            format!("{} {}", locale.count(found), plural(found, one, many))
        };
        let summary = if findings.is_empty() {
            "Nothing in the data, the definitions or the evaluation file called for a remark."
                .to_owned()
        } else {
            format!(
                "The check of data, definitions and evaluation file gave {}, {} and {}.",
                count(Severity::Error, "error", "errors"),
                count(Severity::Warning, "warning", "warnings"),
                count(Severity::Info, "note", "notes"),
            )
        };
        let findings = finding_views(findings, locale);
        QualityView {
            summary,
            statements: super::statements::statements(outcome, locale)
                .into_iter()
                .chain(outcome.protection.iter().map(|p| protection(p, locale)))
                .collect(),
            protection: super::planned::protection(outcome),
            tables: tables(outcome, locale),
            columns: columns(outcome, locale),
            findings,
            accounts: accounts(outcome, locale),
        }
    }
}

/// How persons in small groups are protected.
fn protection(protection: &Protection, locale: &Locale) -> String {
    let one = protection.tables.len() == 1;
    format!(
        "Protection of persons: {} {} about persons. {} {} withheld. {}",
        listed(&protection.tables),
        if one { "is" } else { "are" },
        protection.method,
        match protection.withheld {
            0 => "No figure of the indicators is".to_owned(),
            1 => "1 figure of the indicators is".to_owned(),
            n => format!("{} figures of the indicators are", locale.count(n)),
        },
        protection.audit
    )
}

/// Findings kind by kind.
pub(super) fn finding_views(findings: &Findings, locale: &Locale) -> Vec<FindingView> {
    let mut kinds: Vec<&FindingCount> = findings.counts.iter().collect();
    // The worst first; a stable sort keeps the order of discovery otherwise.
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.severity));
    kinds
        .into_iter()
        .map(|kind| finding(kind, &findings.listed, locale))
        .collect()
}

fn finding(kind: &FindingCount, listed: &[Finding], locale: &Locale) -> FindingView {
    let of_kind = || {
        listed.iter().filter(|f| {
            f.code == kind.code && f.place.file == kind.file && f.place.column == kind.column
        })
    };
    let first = of_kind().next();
    let place = [
        kind.file.clone(),
        kind.column.as_ref().map(|c| format!("column {c}")),
    ];
    let examples: Vec<String> = of_kind()
        .take(EXAMPLES)
        .filter_map(|f| example(f, locale))
        .collect();
    FindingView {
        severity: match kind.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        },
        count: locale.count(kind.count),
        place: place.into_iter().flatten().collect::<Vec<_>>().join(", "),
        code: kind.code.clone(),
        message: first.map(|f| f.message.clone()).unwrap_or_default(),
        help: first.map(|f| f.help.clone()).unwrap_or_default(),
        examples,
    }
}

fn example(finding: &Finding, locale: &Locale) -> Option<String> {
    let place = match (finding.place.line, finding.place.row) {
        (Some(line), _) => Some(format!("line {}", locale.count(line))),
        (None, Some(row)) => Some(format!("row {}", locale.count(row))),
        (None, None) => None,
    };
    match (place, &finding.value) {
        (Some(place), Some(value)) => Some(format!("{place}: “{value}”")),
        (Some(place), None) => Some(place),
        (None, Some(value)) => Some(format!("“{value}”")),
        (None, None) => None,
    }
}

fn tables(outcome: &Outcome, locale: &Locale) -> Table {
    let columns = vec![
        Column::text("Table"),
        Column::text("Role"),
        Column::text("Recorded as"),
        Column::number("Rows"),
        Column::number("Rows refused"),
        Column::number("Columns"),
        Column::number("Cells without value"),
    ];
    let mut table = Table::new("quality-tables", "Tables read", columns);
    for data in &outcome.quality.tables {
        let cells = data.rows * data.columns.len() as u64;
        let missing: u64 = data.columns.iter().map(|c| c.missing + c.invalid).sum();
        let absent = match cells {
            0 => Cell::none(),
            _ => Cell::text(share(missing, cells, locale)),
        };
        table.push(vec![
            Cell::text(&data.name),
            if data.role.is_empty() {
                Cell::absent("none")
            } else {
                Cell::text(&data.role)
            },
            Cell::text(sampling(data.sampling)),
            Cell::text(locale.count(data.rows)),
            Cell::text(locale.count(data.refused)),
            Cell::text(locale.count(data.columns.len() as u64)),
            absent,
        ]);
    }
    table
}

/// `3% (600)`; a true zero is a bare 0.
fn share(part: u64, whole: u64, locale: &Locale) -> String {
    if part == 0 || whole == 0 {
        return locale.count(part);
    }
    format!(
        "{} ({})",
        locale.percent(part as f64 / whole as f64, 0),
        locale.count(part)
    )
}

fn columns(outcome: &Outcome, locale: &Locale) -> Option<Table> {
    let headings = vec![
        Column::text("Table and column"),
        Column::text("Type"),
        Column::number("Without value"),
        Column::number("Unreadable"),
    ];
    let mut table = Table::new(
        "quality-columns",
        "Columns with missing or unreadable values",
        headings,
    );
    for data in &outcome.quality.tables {
        for column in data.columns.iter().filter(|c| c.missing + c.invalid > 0) {
            table.push(vec![
                Cell::text(format!("{}: {}", data.name, column.name)),
                Cell::text(&column.r#type),
                Cell::text(share(column.missing, data.rows, locale)),
                Cell::text(share(column.invalid, data.rows, locale)),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn accounts(outcome: &Outcome, locale: &Locale) -> Option<Table> {
    let headings = vec![
        Column::text("Indicator"),
        Column::text("Table"),
        Column::number("Rows"),
        Column::number("Used"),
        Column::number("Filtered out"),
        Column::number("Incomplete"),
        Column::text("What is missing"),
    ];
    let mut table = Table::new(
        "quality-accounts",
        "What became of the rows, by indicator",
        headings,
    );
    for result in &outcome.indicators {
        let Some(rows) = &result.rows else { continue };
        let reasons: Vec<String> = rows
            .missing
            .iter()
            .map(|(why, count)| format!("{why} ({})", locale.about(*count, result.rounded)))
            .collect();
        table.push(vec![
            Cell::text(&result.definition.name),
            Cell::text(&rows.table),
            Cell::text(locale.about(rows.total, result.rounded)),
            Cell::text(locale.about(rows.used, result.rounded)),
            Cell::text(locale.about(rows.excluded, result.rounded)),
            Cell::text(locale.about(rows.missing.iter().map(|m| m.1).sum(), result.rounded)),
            if reasons.is_empty() {
                Cell::none()
            } else {
                Cell::text(reasons.join("; "))
            },
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The provenance section.
#[derive(Serialize)]
pub(super) struct ProvenanceView {
    pub facts: Vec<(String, String)>,
    pub files: Table,
    pub definitions: Table,
}

impl ProvenanceView {
    pub fn new(outcome: &Outcome, locale: &Locale) -> ProvenanceView {
        let about = &outcome.evaluation;
        let mut facts = vec![
            (
                "Program".to_owned(),
                format!("codev {}", outcome.provenance.codev),
            ),
            ("Seed of random methods".to_owned(), about.seed.to_string()),
            (
                "Confidence level".to_owned(),
                level(about.confidence, locale),
            ),
        ];
        facts.extend(
            outcome
                .provenance
                .time
                .clone()
                .map(|time| ("Time of the run".to_owned(), time)),
        );
        let columns = vec![
            Column::text("File"),
            Column::number("Bytes"),
            Column::text("SHA-256"),
        ];
        let mut files = Table::new("provenance-files", "Files read", columns);
        for file in &outcome.provenance.files {
            files.push(vec![
                Cell::text(&file.path),
                Cell::text(locale.count(file.bytes)),
                hash(&file.sha256),
            ]);
        }
        let columns = [
            "Indicator",
            "Identifier",
            "Covers",
            "SHA-256 of the definition",
        ]
        .map(Column::text)
        .into_iter()
        .collect();
        let mut definitions = Table::new("provenance-definitions", "Definitions used", columns);
        for result in &outcome.indicators {
            let definition = &result.definition;
            definitions.push(vec![
                Cell::text(capitalised(&definition.name)),
                Cell {
                    class: "code",
                    ..Cell::text(&definition.id)
                },
                if definition.rows.is_empty() {
                    Cell::none()
                } else {
                    Cell::text(definition.rows.join(", "))
                },
                hash(&definition.hash),
            ]);
        }
        ProvenanceView {
            facts,
            files,
            definitions,
        }
    }
}

/// The first 12 digits of a hash, the whole of it on hovering.
fn hash(hash: &str) -> Cell {
    let short: String = hash.chars().take(12).collect();
    Cell {
        title: Some(hash.to_owned()),
        class: "code",
        ..Cell::text(short)
    }
}
