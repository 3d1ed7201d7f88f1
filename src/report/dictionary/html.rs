//! The dictionary as one HTML page that needs nothing else.

use super::guide::{COVERAGE, GUIDE, Guide, kind_meaning};
use super::{Coverage, Dictionary, Entry, Fact, Span};
use crate::report::cells::{capitalised, kind_name, plural};
use crate::report::view::{Cell, Column, Table};
use crate::report::{ReportError, environment, fonts};
use minijinja::value::Serde;
use regex::Regex;
use serde::Serialize;

/// Templates by name, embedded in the program.
const TEMPLATES: [(&str, &str); 5] = [
    (
        "dictionary.html",
        include_str!("../../../reports/dictionary/dictionary.html"),
    ),
    (
        "dictionary.css",
        include_str!("../../../reports/dictionary/dictionary.css"),
    ),
    (
        "filter.js",
        include_str!("../../../reports/dictionary/filter.js"),
    ),
    (
        "style.css",
        include_str!("../../../reports/evaluation/style.css"),
    ),
    (
        "parts.html",
        include_str!("../../../reports/evaluation/parts.html"),
    ),
];

#[derive(Serialize)]
struct Page<'a> {
    font_face: String,
    font_family: &'static str,
    summary: String,
    guide: Guide,
    kinds: Vec<Kind<'a>>,
    coverage_words: &'static str,
    coverage: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Kind<'a> {
    name: String,
    meaning: &'static str,
    count: usize,
    dimensions: Vec<Dimension<'a>>,
}

#[derive(Serialize)]
struct Dimension<'a> {
    anchor: &'a str,
    name: &'a str,
    indicators: Vec<Indicator<'a>>,
}

#[derive(Serialize)]
struct Indicator<'a> {
    entry: &'a Entry,
    tags: Vec<Span>,
    facts: Vec<Fact>,
    examples: Vec<Example>,
    examples_word: &'static str,
}

#[derive(Serialize)]
struct Example {
    tables: Vec<Table>,
    results: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'static str,
    text: &'static str,
    indicators: &'a [super::Covering],
    analysis: String,
    lacking: bool,
}

/// The dictionary as a page: printable, in light and dark, with a filter where scripts run.
///
/// # Errors
/// When a template can't be filled in.
pub fn html(dictionary: &Dictionary) -> Result<String, ReportError> {
    let (font_face, font_family) = fonts();
    let page = Page {
        font_face,
        font_family,
        summary: dictionary.summary(),
        guide: GUIDE,
        kinds: dictionary
            .kinds
            .iter()
            .map(|part| Kind {
                name: capitalised(kind_name(part.kind)),
                meaning: kind_meaning(part.kind),
                count: part.count,
                dimensions: part
                    .dimensions
                    .iter()
                    .map(|dimension| Dimension {
                        anchor: &dimension.anchor,
                        name: &dimension.name,
                        indicators: dimension.entries.iter().map(indicator).collect(),
                    })
                    .collect(),
            })
            .collect(),
        coverage_words: COVERAGE,
        coverage: dictionary.coverage.iter().map(row).collect(),
    };
    let mut environment = environment(&TEMPLATES)?;
    environment.add_filter("marked", |text: &str| {
        minijinja::Value::from_safe_string(marked(text))
    });
    Ok(environment
        .get_template("dictionary.html")?
        .render(Serde(&page))?)
}

fn indicator(entry: &Entry) -> Indicator<'_> {
    let example = |(at, rows): (usize, &super::Rows)| {
        let id = format!("{}-example-{}", entry.anchor(), at + 1);
        let mut tables = vec![table(
            &id,
            &capitalised(&rows.note),
            &rows.columns,
            &rows.rows,
        )];
        tables.extend(rows.tables.iter().map(|sheet| {
            let caption = format!("with the table {}", sheet.name);
            let id = format!("{id}-{}", sheet.name);
            table(&id, &caption, &sheet.columns, &sheet.rows)
        }));
        Example {
            tables,
            results: rows.results(&entry.unit),
        }
    };
    Indicator {
        entry,
        tags: entry.tags(),
        facts: entry.facts(),
        examples: entry.examples.iter().enumerate().map(example).collect(),
        examples_word: plural(entry.examples.len() as u64, "example", "examples"),
    }
}

fn table(id: &str, caption: &str, columns: &[String], rows: &[Vec<String>]) -> Table {
    let headings = columns.iter().map(Column::text).collect();
    let mut table = Table::new(id, caption, headings);
    for row in rows {
        let cell = |text: &String| match text.as_str() {
            "" => Cell::absent("missing"),
            text => Cell::text(text),
        };
        // A row with more cells than headings would have no column for them.
        table.push(row.iter().take(columns.len()).map(cell).collect());
    }
    table
}

fn row(covered: &Coverage) -> Row<'_> {
    Row {
        id: covered.row.id,
        text: covered.row.text,
        indicators: &covered.indicators,
        analysis: covered.analysis(),
        lacking: covered.row.measured && covered.indicators.is_empty(),
    }
}

/// The markup of the guide as HTML: `code`, **strong**, *stressed* and [links](#place).
fn marked(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    let rules = [
        (r"`([^`]+)`", "<code>$1</code>"),
        (r"\*\*([^*]+)\*\*", "<strong>$1</strong>"),
        (r"\*([^*]+)\*", "<em>$1</em>"),
        (r"\[([^\]]+)\]\((#[a-z-]+)\)", "<a href=\"$2\">$1</a>"),
    ];
    rules
        .iter()
        .fold(escaped, |text, (pattern, with)| match Regex::new(pattern) {
            Ok(rule) => rule.replace_all(&text, *with).into_owned(),
            Err(_) => text,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markup_of_the_guide_becomes_html() {
        assert_eq!(
            marked("**To use** `a.toml` & *b*: [here](#coverage) <"),
            "<strong>To use</strong> <code>a.toml</code> &amp; <em>b</em>: <a href=\"#coverage\">here</a> &lt;"
        );
    }
}
