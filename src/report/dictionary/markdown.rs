//! The dictionary as Markdown, as GitHub and pandoc read it.

use super::guide::{COVERAGE, GUIDE, kind_meaning};
use super::{Dictionary, Entry, Span};
use crate::report::cells::{capitalised, kind_name, plural};
use std::fmt::Write;

/// The dictionary as a Markdown document. With `beside`, the folder that it will lie in (`indicators/`), each entry links
/// to its file there.
pub fn markdown(dictionary: &Dictionary, beside: Option<&str>) -> String {
    let mut out = String::from("# Indicator dictionary\n\n");
    let _ = writeln!(out, "{}\n", text(&dictionary.summary()));
    for paragraph in GUIDE.lead {
        let _ = writeln!(out, "{paragraph}\n");
    }
    contents(dictionary, &mut out);
    out.push_str("## How to read it\n\n");
    for (term, meaning) in GUIDE.classes.iter().chain(GUIDE.reading) {
        let _ = writeln!(out, "- **{term}**: {meaning}");
    }
    out.push_str("\n## How to use it\n\n");
    for paragraph in GUIDE.using {
        let _ = writeln!(out, "{paragraph}\n");
    }
    for part in &dictionary.kinds {
        let kind = capitalised(kind_name(part.kind));
        let _ = writeln!(out, "## {kind}\n\n{}\n", kind_meaning(part.kind));
        for dimension in &part.dimensions {
            let name = text(&dimension.name);
            let _ = writeln!(
                out,
                "### <a id=\"{}\"></a>{kind}: {name}\n",
                dimension.anchor
            );
            for entry in &dimension.entries {
                one(entry, beside, &mut out);
            }
        }
    }
    coverage(dictionary, &mut out);
    out
}

fn contents(dictionary: &Dictionary, out: &mut String) {
    out.push_str("## Contents\n\n");
    for part in &dictionary.kinds {
        let kind = capitalised(kind_name(part.kind));
        let _ = writeln!(out, "**{kind}** ({})\n", part.count);
        for dimension in &part.dimensions {
            let links: Vec<String> = dimension
                .entries
                .iter()
                .map(|e| format!("[{}](#{})", text(&e.name), e.anchor()))
                .collect();
            let _ = writeln!(
                out,
                "- [{}](#{}) ({}): {}",
                text(&dimension.name),
                dimension.anchor,
                dimension.entries.len(),
                links.join(" · ")
            );
        }
        out.push('\n');
    }
    out.push_str(
        "[How to read it](#how-to-read-it) · [How to use it](#how-to-use-it) · [Rows S01 to S25](#coverage)\n\n",
    );
}

fn one(entry: &Entry, beside: Option<&str>, out: &mut String) {
    let (anchor, name) = (entry.anchor(), text(&entry.name));
    let _ = writeln!(out, "#### <a id=\"{anchor}\"></a>{name}\n");
    let tags: Vec<String> = entry.tags().iter().map(span).collect();
    let _ = writeln!(out, "{} · {}\n", code(&entry.id), tags.join(" · "));
    let question = match entry.question.is_empty() {
        true => String::new(),
        false => format!("*{}* ", text(&entry.question)),
    };
    let _ = writeln!(out, "{question}{}\n", text(&entry.definition));
    for fact in entry.facts() {
        let words: String = fact.spans.iter().map(span).collect();
        let _ = writeln!(out, "- **{}**: {words}", fact.term);
    }
    let count = entry.examples.len();
    let examples = format!("{count} {}", plural(count as u64, "example", "examples"));
    let file = beside.and_then(|folder| entry.file.strip_prefix(folder));
    let _ = match file {
        Some(file) => writeln!(
            out,
            "- **Definition**: [{}]({file}), with {examples}",
            text(&entry.id)
        ),
        None => writeln!(
            out,
            "- **Definition**: {}, with {examples}",
            code(&entry.file)
        ),
    };
    // A fence longer than any in the formula can't be closed by it.
    let fence = "`".repeat(longest_run(&entry.formula, '`').max(2) + 1);
    let _ = writeln!(out, "\n{fence}sql\n{}\n{fence}\n", entry.formula.trim());
}

fn coverage(dictionary: &Dictionary, out: &mut String) {
    let _ = writeln!(
        out,
        "## <a id=\"coverage\"></a>Rows S01 to S25\n\n{COVERAGE}\n"
    );
    out.push_str("| row | observed or asked | indicators | analysis |\n|---|---|---|---|\n");
    for covered in &dictionary.coverage {
        let row = covered.row;
        let links: Vec<String> = covered
            .indicators
            .iter()
            .map(|i| match i.shown {
                true => format!("[{}](#i-{})", text(&i.name), i.id),
                false => text(&i.name),
            })
            .collect();
        let indicators = match (links.is_empty(), row.measured) {
            (false, _) => links.join(" · "),
            (true, true) => "none yet".to_owned(),
            (true, false) => String::new(),
        };
        let _ = writeln!(
            out,
            "| <a id=\"row-{id}\"></a>{id} | {} | {indicators} | {} |",
            text(row.text),
            text(&covered.analysis()),
            id = row.id,
        );
    }
}

fn span(span: &Span) -> String {
    match (&span.link, span.code) {
        (Some(to), _) => format!("[{}](#{to})", text(&span.text)),
        (None, true) => code(&span.text),
        (None, false) => text(&span.text),
    }
}

/// Text in which nothing is markup.
fn text(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + 8);
    let mut rest = plain.chars();
    while let Some(character) = rest.next() {
        match character {
            // Before a blank it can't begin the name of a character.
            '&' if rest.as_str().starts_with(' ') => out.push('&'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => out.extend(['\\', character]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(character),
        }
    }
    out
}

/// A name as code.
fn code(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    let ticks = "`".repeat(longest_run(&plain, '`') + 1);
    let blank = if plain.contains('`') { " " } else { "" };
    format!("{ticks}{blank}{plain}{blank}{ticks}")
}

/// Length of the longest run of a character.
fn longest_run(text: &str, wanted: char) -> usize {
    let runs = text.split(|c| c != wanted);
    runs.map(|run| run.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_markup_and_code_never_ends_early() {
        assert_eq!(
            text("a_b *c* <script> [x](y) | d & e &lt;"),
            "a\\_b \\*c\\* &lt;script&gt; \\[x\\](y) \\| d & e &amp;lt;"
        );
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(longest_run("a``b```", '`'), 3);
    }
}
