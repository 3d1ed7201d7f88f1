//! Where the figures come from, which definitions differ, how each part was made.

use super::article_anchor;
use super::found;
use super::voice::Voice;
use crate::outcome::comparison::{Compared, Mismatch, Part};
use crate::report::cells::{listed, plural};
use crate::report::format::Locale;
use crate::report::title::level;
use crate::report::view::{Cell, Column, Table};
use serde::Serialize;

/// A way in which parts were made, and who is made so.
#[derive(Serialize)]
pub(super) struct Method {
    pub part: &'static str,
    pub words: String,
    pub references: Vec<String>,
    /// Comparisons made so: name and anchor; empty where there are too many to name.
    pub used: Vec<(String, String)>,
    /// In place of the names.
    pub many: Option<String>,
}

/// Name of a part.
pub(super) fn part_name(part: Part) -> &'static str {
    match part {
        Part::Values => "Values",
        Part::Differences => "Differences",
        Part::Equivalence => "Equivalence",
        Part::Pooled => "Pooling",
        Part::League => "Ranks",
        Part::Context => "Like with like",
        Part::Trend => "Change over time",
        Part::Profiles => "Profiles",
        Part::Plane => "Outputs and process",
        Part::Qca => "Qualitative comparative analysis",
    }
}

/// So many comparisons are named beside a method at most.
const NAMED: usize = 8;

/// Each way once, with the comparisons that were made so.
pub(super) fn methods(compared: &Compared, locale: &Locale) -> Vec<Method> {
    let mut out: Vec<(Part, Method)> = Vec::new();
    for (at, comparison) in compared.comparisons.iter().enumerate() {
        for note in &comparison.methods {
            let link = (
                comparison.measure.name.clone(),
                article_anchor(compared, at),
            );
            match out
                .iter_mut()
                .find(|(p, m)| *p == note.part && m.words == note.words)
            {
                Some((_, known)) => known.used.push(link),
                None => out.push((
                    note.part,
                    Method {
                        part: part_name(note.part),
                        words: note.words.clone(),
                        references: note.references.clone(),
                        used: vec![link],
                        many: None,
                    },
                )),
            }
        }
    }
    for qca in &compared.qca {
        for note in qca.methods.iter().filter(|n| !n.references.is_empty()) {
            let link = (super::qca::title(qca), super::qca::anchor(qca));
            match out.iter_mut().find(|(_, m)| m.words == note.words) {
                Some((_, known)) => known.used.push(link),
                None => out.push((
                    Part::Qca,
                    Method {
                        part: part_name(Part::Qca),
                        words: note.words.clone(),
                        references: note.references.clone(),
                        used: vec![link],
                        many: None,
                    },
                )),
            }
        }
    }
    out.sort_by_key(|(part, _)| *part);
    out.into_iter()
        .map(|(_, mut method)| {
            if method.used.len() > NAMED {
                method.many = Some(format!(
                    "{} comparisons",
                    locale.count(method.used.len() as u64)
                ));
                method.used.clear();
            }
            method
        })
        .collect()
}

/// A definition that is not the same everywhere, its texts side by side.
#[derive(Serialize)]
pub(super) struct MismatchView {
    pub said: String,
    pub table: Table,
}

/// Definitions that differ between evaluations.
pub(super) fn mismatches(compared: &Compared) -> Vec<MismatchView> {
    let views = compared.mismatches.iter().enumerate();
    views.map(|(at, m)| mismatch(at, m)).collect()
}

fn mismatch(at: usize, mismatch: &Mismatch) -> MismatchView {
    let mut columns = vec![Column::text("What differs")];
    columns.extend(mismatch.groups.iter().map(|g| Column::text(listed(g))));
    let mut table = Table::new(
        format!("mismatch-{}", at + 1),
        format!("{}: the definitions side by side", mismatch.id),
        columns,
    );
    for (field, texts) in &mismatch.fields {
        let mut cells = vec![Cell::text(field.replace('_', " "))];
        cells.extend(texts.iter().map(|t| match t.as_str() {
            "" => Cell::absent("nothing stated"),
            text => Cell {
                class: "wrap",
                ..Cell::text(text)
            },
        }));
        cells.resize_with(table.columns.len(), Cell::none);
        table.push(cells);
    }
    let groups: Vec<String> = mismatch.groups.iter().map(|g| listed(g)).collect();
    MismatchView {
        said: match &mismatch.accepted {
            Some(reason) => format!(
                "“{}” is not defined in the same way in {}. It is compared all the same, since the settings say: “{}”.",
                mismatch.id,
                listed(&groups),
                reason.trim_end_matches('.')
            ),
            None => format!(
                "“{}” is not defined in the same way in {}, and was not compared over them. A `[[same]]` block with a reason would allow it.",
                mismatch.id,
                listed(&groups)
            ),
        },
        table,
    }
}

/// Facts of the first page.
pub(super) fn facts(compared: &Compared, locale: &Locale) -> Vec<(String, String)> {
    let count = |n: usize| locale.count(n as u64);
    let counted =
        |n: usize, one: &str, many: &str| format!("{} {}", count(n), plural(n as u64, one, many));
    let mut facts = Vec::new();
    let mut fact = |label: &str, text: String| {
        if !text.is_empty() {
            facts.push((label.to_owned(), text));
        }
    };
    fact("Authors", listed(&compared.authors));
    let mut between: Vec<String> = Vec::new();
    for comparison in &compared.comparisons {
        let words = super::voice::between_words(&comparison.between);
        if !between.contains(&words) {
            between.push(words);
        }
    }
    let n = compared.comparisons.len();
    let measures: std::collections::BTreeSet<&str> = compared
        .comparisons
        .iter()
        .map(|c| c.measure.id.as_str())
        .collect();
    if n > 0 {
        fact(
            "Compared",
            format!(
                "{}, {}",
                counted(measures.len(), "measure", "measures"),
                listed(&between)
            ),
        );
    }
    fact("Programmes", count(compared.cases.len()));
    let sources: Vec<String> = compared.sources.iter().map(|s| s.title.clone()).collect();
    fact(
        "Evaluations",
        match sources.len() {
            0 => String::new(),
            n if n <= 6 => format!("{}: {}", count(n), listed(&sources)),
            n => count(n),
        },
    );
    if !compared.qca.is_empty() {
        fact(
            "Also",
            counted(
                compared.qca.len(),
                "qualitative comparative analysis",
                "qualitative comparative analyses",
            ),
        );
    }
    fact(
        "Intervals",
        format!("{} confidence", level(compared.confidence, locale)),
    );
    facts
}

/// The evaluations that take part.
pub(super) fn table(compared: &Compared, locale: &Locale) -> Table {
    let mut table = Table::new(
        "sources-table",
        "Evaluations compared",
        vec![
            Column::text("Evaluation"),
            Column::text("Title"),
            Column::number("Programmes"),
            Column::text("Read from"),
            Column::text("codev"),
            Column::number("Files"),
        ],
    );
    for source in &compared.sources {
        table.push(vec![
            Cell::text(&source.label),
            Cell {
                class: "wrap",
                ..Cell::text(&source.title)
            },
            Cell::text(locale.count(source.programmes)),
            Cell::text(if source.saved {
                "a saved outcome"
            } else {
                "its data"
            }),
            Cell::text(&source.codev),
            Cell::text(locale.count(source.files.len() as u64)),
        ]);
    }
    table
}

/// Files with shortened hashes.
pub(super) fn files(compared: &Compared) -> Option<Table> {
    let mut table = Table::new(
        "sources-files",
        "Files that the figures come from",
        vec![Column::text("File"), Column::text("SHA-256")],
    );
    for source in &compared.sources {
        if compared.sources.len() > 1 && !source.files.is_empty() {
            table.group(&source.label);
        }
        for file in &source.files {
            let short: String = file.sha256.chars().take(12).collect();
            table.push(vec![
                Cell::text(&file.path),
                Cell {
                    class: "code",
                    title: Some(file.sha256.clone()),
                    ..Cell::text(format!("{short}…"))
                },
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

/// How the whole can be made again.
pub(super) fn provenance(compared: &Compared, locale: &Locale) -> Vec<(&'static str, String)> {
    vec![
        ("Program", format!("codev {}", compared.codev)),
        ("Seed", compared.seed.to_string()),
        (
            "Draws",
            format!(
                "{} for rank sets and step-down tests",
                locale.count(compared.draws)
            ),
        ),
        (
            "Intervals",
            format!("{} confidence", level(compared.confidence, locale)),
        ),
    ]
}

/// All comparisons in a table: measure, what was found, how many are compared and set apart.
pub(super) fn overview(compared: &Compared, locale: &Locale) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut block: Option<&str> = None;
    for (at, comparison) in compared.comparisons.iter().enumerate() {
        if block != Some(comparison.block.as_str()) {
            block = Some(&comparison.block);
            let title = match comparison.title.as_str() {
                "" => super::voice::between_words(&comparison.between),
                title => format!(
                    "{title} ({})",
                    super::voice::between_words(&comparison.between)
                ),
            };
            let title = match &comparison.period {
                Some(period) => format!("{title}, in {period}"),
                None => title,
            };
            tables.push(Table::new(
                format!("overview-{}", tables.len() + 1),
                crate::report::cells::capitalised(&title),
                vec![
                    Column::text("Measure"),
                    Column::text("What was found"),
                    Column::number("Compared"),
                    Column::number("Set apart"),
                ],
            ));
        }
        let voice = Voice::new(compared, comparison);
        let found = found::sentences(&voice);
        let Some(table) = tables.last_mut() else {
            continue;
        };
        if compared.comparisons.len() > 8 {
            table.group(&crate::report::cells::dimension_name(
                &comparison.measure.dimension,
            ));
        }
        let class = match comparison.refusals.iter().any(|r| r.part == Part::Values) {
            true => "absent",
            false => "wrap",
        };
        table.push(vec![
            Cell {
                link: Some(article_anchor(compared, at)),
                ..Cell::text(&comparison.measure.name)
            },
            Cell {
                class,
                ..Cell::text(found.into_iter().next().unwrap_or_default())
            },
            Cell::text(locale.count(comparison.entries.len() as u64)),
            Cell::text(locale.count(comparison.apart.len() as u64)),
        ]);
    }
    tables
}
