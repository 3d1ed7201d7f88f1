//! Findings as text for people and as JSON lines for programs.

use super::terminal::Look;
use crate::finding::{Finding, FindingCount, Findings, Severity};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report,
};
use std::fmt::Write;

const ORDER: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// All findings, worst first, those of a kind together, with the counts of those not listed. `errors_only` leaves out
/// what is less than an error.
pub fn text(all: &Findings, look: Look, errors_only: bool) -> String {
    let mut out = String::new();
    for severity in ORDER
        .into_iter()
        .filter(|s| !errors_only || *s == Severity::Error)
    {
        for count in all.counts.iter().filter(|c| c.severity == severity) {
            let mut listed = 0;
            for finding in of_kind(all, count) {
                out.push_str(&one(finding, look));
                listed += 1;
            }
            if count.count > listed {
                let _ = writeln!(
                    out,
                    "  … and {} more of this kind ({})",
                    count.count - listed,
                    kind(count)
                );
            }
        }
    }
    out
}

/// One line with the numbers of findings of each level.
pub fn summary(all: &Findings) -> String {
    if all.is_empty() {
        return "nothing found".to_owned();
    }
    let part = |severity: Severity, many: &str| match all.count(severity) {
        0 => None,
        1 => Some(format!("1 {}", word(severity))),
        n => Some(format!("{n} {many}")),
    };
    let parts = [
        part(Severity::Error, "errors"),
        part(Severity::Warning, "warnings"),
        part(Severity::Info, "notes"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Kinds of findings with their numbers, one line each, the worst first.
pub fn kinds(all: &Findings, limit: usize) -> String {
    let mut out = String::new();
    let sorted = ORDER
        .iter()
        .flat_map(|s| all.counts.iter().filter(move |c| c.severity == *s));
    for count in sorted.clone().take(limit) {
        let first = of_kind(all, count)
            .next()
            .map_or("", |f| f.message.as_str());
        let _ = writeln!(
            out,
            "  {:>6}  {}[{}] {first}",
            count.count,
            word(count.severity),
            kind(count)
        );
    }
    let rest = sorted.skip(limit).count();
    if rest > 0 {
        let _ = writeln!(
            out,
            "          and {rest} more kinds: `codev check` lists them"
        );
    }
    out
}

fn kind(count: &FindingCount) -> String {
    let mut out = count.code.clone();
    if let Some(file) = &count.file {
        let _ = write!(out, ", {file}");
    }
    if let Some(column) = &count.column {
        let _ = write!(out, ", \"{column}\"");
    }
    out
}

fn of_kind<'a>(all: &'a Findings, count: &'a FindingCount) -> impl Iterator<Item = &'a Finding> {
    all.listed.iter().filter(|f| {
        f.code == count.code && f.place.file == count.file && f.place.column == count.column
    })
}

/// One finding: underlined in its source text where it has one, else on one line with its help below.
pub fn one(finding: &Finding, look: Look) -> String {
    graphical(finding, look).unwrap_or_else(|| plain(finding, look))
}

fn plain(finding: &Finding, look: Look) -> String {
    let head = format!("{}[{}]", word(finding.severity), finding.code);
    let place = place(finding);
    let mut out = if look.colour {
        format!("{}{head}\u{1b}[0m", colour(finding.severity))
    } else {
        head
    };
    if !place.is_empty() {
        let _ = write!(out, " {place}:");
    }
    let _ = write!(out, " {}", finding.message);
    if let Some(value) = &finding.value
        && !finding.message.contains(value.as_str())
    {
        let _ = write!(out, " Found: \"{}\".", visible(value));
    }
    out.push('\n');
    if !finding.help.is_empty() {
        let _ = writeln!(out, "  help: {}", finding.help);
    }
    out
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\u{1b}[1;31m",
        Severity::Warning => "\u{1b}[1;33m",
        Severity::Info => "\u{1b}[1;36m",
    }
}

/// Control characters as escapes: data must not steer the terminal.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

fn place(finding: &Finding) -> String {
    let place = &finding.place;
    let mut parts = Vec::new();
    match (&place.file, place.line) {
        (Some(file), Some(line)) => parts.push(format!("{file} line {line}")),
        (Some(file), None) => parts.push(file.clone()),
        (None, Some(line)) => parts.push(format!("line {line}")),
        (None, None) => {}
    }
    if let (Some(row), None) = (place.row, place.line) {
        parts.push(format!("row {row}"));
    }
    if let Some(column) = &place.column {
        parts.push(format!("column \"{column}\""));
    }
    parts.join(", ")
}

/// With the source text and the fault underlined; `None` when there is no text, or the range does not fit it.
fn graphical(finding: &Finding, look: Look) -> Option<String> {
    let excerpt = finding.excerpt.as_ref()?;
    let end = excerpt.end.min(excerpt.text.len());
    let start = excerpt.start.min(end);
    if !excerpt.text.is_char_boundary(start) || !excerpt.text.is_char_boundary(end) {
        return None;
    }
    let severity = match finding.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Info => miette::Severity::Advice,
    };
    let mut diagnostic = MietteDiagnostic::new(finding.message.clone())
        .with_code(format!("{}[{}]", word(finding.severity), finding.code))
        .with_severity(severity)
        .with_label(LabeledSpan::underline(start..end));
    if !finding.help.is_empty() {
        diagnostic = diagnostic.with_help(finding.help.clone());
    }
    let name = match place(finding) {
        place if place.is_empty() => "formula".to_owned(),
        place => place,
    };
    let report =
        Report::from(diagnostic).with_source_code(NamedSource::new(name, excerpt.text.clone()));
    let theme = if look.colour {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_links(false)
        .with_context_lines(1);
    let mut out = String::new();
    handler.render_report(&mut out, report.as_ref()).ok()?;
    out.push('\n');
    Some(out)
}

/// A finding as one line of JSON.
pub fn json_line(finding: &Finding) -> String {
    serde_json::to_string(finding).unwrap_or_default()
}

/// One line of JSON per listed finding and, for a kind of which more were found, one that says how many are unlisted.
pub fn json_lines(all: &Findings, errors_only: bool) -> String {
    let mut out = String::new();
    for severity in ORDER
        .into_iter()
        .filter(|s| !errors_only || *s == Severity::Error)
    {
        for count in all.counts.iter().filter(|c| c.severity == severity) {
            let mut listed = 0;
            for finding in of_kind(all, count) {
                let _ = writeln!(out, "{}", json_line(finding));
                listed += 1;
            }
            if count.count > listed {
                let place = serde_json::json!({ "file": count.file, "column": count.column });
                let rest = serde_json::json!({ "code": count.code, "severity": count.severity, "place": place,
                    "unlisted": count.count - listed });
                let _ = writeln!(out, "{rest}");
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
