//! `codev indicators show`: one definition, in words with its examples, or as its file.

use super::{catalogue, find, word};
use crate::cli::clean;
use crate::cli::terminal::{Done, Look, Terminal, Verdict};
use crate::indicator::{Indicator, domain};
use crate::report::dictionary::{Entry, Rows};
use crate::run::{self, ExampleResult};
use clap::Args;
use std::fmt::Write;
use std::path::PathBuf;

/// Explain one indicator: question, definition, what it needs, examples
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators show new-cross-sector-ties
  codev indicators show new-cross-sector-ties --toml > indicators/process/ties/my-ties.toml")]
pub struct Show {
    /// Id of the indicator
    id: String,
    /// Print the definition file itself
    #[arg(long)]
    toml: bool,
    /// Evaluation folder whose own definitions count too [default: the current one, if it is one]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Longer lines are hard to read, however wide the terminal is.
const WIDEST: usize = 80;
/// Where the texts beside the headings begin.
const INDENT: usize = 16;

impl Show {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let (catalogue, _) = catalogue(self.dir.as_deref(), terminal)?;
        let indicator = find(&catalogue, &self.id)?;
        if self.toml {
            terminal.data(format!("{}\n", indicator.text.trim_end_matches('\n')).as_bytes())?;
            return Ok(Verdict::Fine);
        }
        let entry = Entry::new(indicator, &catalogue);
        if terminal.json {
            let entry = serde_json::to_value(&entry).unwrap_or_default();
            terminal.json(&entry.to_string())?;
        } else {
            let width = Look::of_output().width.min(WIDEST);
            terminal.result(&explain(&entry, indicator, width))?;
        }
        Ok(Verdict::Fine)
    }
}

fn explain(entry: &Entry, indicator: &Indicator, width: usize) -> String {
    let mut text = String::new();
    let class = format!(
        "{} · {} · {} · {}",
        entry.id,
        word(&entry.kind),
        entry.dimension,
        entry.side()
    );
    for (at, line) in [&entry.name, &class, &entry.question, &entry.definition]
        .iter()
        .filter(|line| !line.is_empty())
        .enumerate()
    {
        text += &wrapped(line, 0, width);
        if at > 0 {
            text.push('\n');
        }
    }
    let mut facts: Vec<(&str, String)> = vec![("Unit", entry.unit_and_direction())];
    for fact in entry.facts() {
        if fact.term == "Needs" && !entry.inputs.is_empty() {
            // One line each, with the id to ask for next.
            facts.extend(entry.inputs.iter().enumerate().map(|(at, input)| {
                let words = format!("{}: {} ({})", input.alias, input.name, input.id);
                (if at == 0 { "Made of" } else { "" }, words)
            }));
            continue;
        }
        let words: String = fact.spans.iter().map(|s| s.text.as_str()).collect();
        facts.push((fact.term, words));
    }
    // Numerator and denominator come before the unit, as they are read.
    facts.sort_by_key(|(term, _)| !matches!(*term, "Numerator" | "Denominator"));
    facts.push(("DAC criteria", entry.criteria.join(", ")));
    for (at, id) in entry.rows.iter().enumerate() {
        let row = match domain::row(id) {
            Some(row) => format!("{} {}", row.id, row.text),
            None => id.clone(),
        };
        facts.push((if at == 0 { "Rows" } else { "" }, row));
    }
    for (at, line) in entry.formula.lines().enumerate() {
        facts.push((if at == 0 { "Formula" } else { "" }, line.to_owned()));
    }
    facts.push(("File", entry.file.clone()));
    for (term, words) in facts.iter().filter(|(_, words)| !words.is_empty()) {
        let body = wrapped(words, INDENT, width);
        let _ = write!(
            text,
            "  {term:<rest$}{}",
            body.get(INDENT..).unwrap_or_default(),
            rest = INDENT - 2
        );
    }
    let results = run::examples(indicator);
    for (at, example) in entry.examples.iter().enumerate() {
        text.push('\n');
        let heading = format!("Example {}: {}", at + 1, example.note);
        text += &wrapped(&heading, 0, width);
        let room = width.saturating_sub(2);
        text += &columns(&example.columns, &example.rows, room);
        for sheet in &example.tables {
            let _ = writeln!(text, "  with the table {}", sheet.name);
            text += &columns(&sheet.columns, &sheet.rows, room);
        }
        text += &wrapped(&outcome(entry, example, results.get(at)), 2, width);
    }
    text
}

/// What comes out of an example, or how it differs from what its author expects.
fn outcome(entry: &Entry, example: &Rows, result: Option<&ExampleResult>) -> String {
    if let Some(failure) = result.and_then(|r| r.failure.as_ref()) {
        return format!("The example can't run: {failure}.");
    }
    let cells = result.map(|r| r.cells.as_slice()).unwrap_or_default();
    let wrong: Vec<String> = cells
        .iter()
        .filter(|(.., agree)| !agree)
        .map(|(place, wanted, got, _)| format!("{place}: expected {wanted}, got {got}"))
        .collect();
    if !wrong.is_empty() {
        return format!("The example fails: {}.", wrong.join("; "));
    }
    let results: Vec<String> = example
        .results(&entry.unit)
        .iter()
        .map(|(place, value)| format!("{place}: {value}"))
        .collect();
    format!("→ {}", results.join("; "))
}

/// A table of an example. Columns that don't fit follow below, each time with the first one.
fn columns(names: &[String], rows: &[Vec<String>], width: usize) -> String {
    let cell = |row: &[String], at: usize| match row.get(at).map(String::as_str) {
        None | Some("") => "(missing)".to_owned(),
        Some(text) => clean::line(text).into_owned(),
    };
    let of = |at: usize| -> Vec<String> {
        let head = names.get(at).map(|name| clean::line(name).into_owned());
        let head = head.unwrap_or_default();
        let rows = rows.iter().map(|row| cell(row, at));
        [head].into_iter().chain(rows).collect()
    };
    let all: Vec<Vec<String>> = (0..names.len()).map(of).collect();
    let wide = |column: &[String]| column.iter().map(|c| c.chars().count()).max().unwrap_or(0) + 2;
    let Some((first, rest)) = all.split_first() else {
        return String::new();
    };
    let mut blocks: Vec<Vec<&[String]>> = vec![vec![first]];
    let mut used = wide(first);
    for column in rest {
        if used + wide(column) > width + 2 && blocks.last().is_some_and(|b| b.len() > 1) {
            blocks.push(vec![first]);
            used = wide(first);
        }
        used += wide(column);
        if let Some(block) = blocks.last_mut() {
            block.push(column);
        }
    }
    let mut text = String::new();
    for block in blocks {
        for at in 0..first.len() {
            let mut line = String::new();
            for column in &block {
                let cell = column.get(at).map(String::as_str).unwrap_or_default();
                let _ = write!(line, "{cell:<width$}", width = wide(column));
            }
            let _ = writeln!(text, "  {}", line.trim_end());
        }
    }
    text
}

/// Text broken between words to a width, each line indented.
fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let room = width.saturating_sub(indent).max(20);
    let mut out = String::new();
    let mut line = String::new();
    let text = clean::text(text);
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            let _ = writeln!(out, "{:indent$}{line}", "");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_keep_their_indent() {
        assert_eq!(
            wrapped("one two three four five six", 2, 22),
            "  one two three four\n  five six\n"
        );
        assert_eq!(wrapped("", 2, 22), "");
    }

    #[test]
    fn columns_that_do_not_fit_follow_below_with_the_first() {
        let strings = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
        let names: Vec<String> = strings(&["programme", "sector_from", "sector_to"]);
        let rows: Vec<Vec<String>> = vec![strings(&["P1", "government", ""])];
        assert_eq!(
            columns(&names, &rows, 40),
            "  programme  sector_from  sector_to\n  P1         government   (missing)\n"
        );
        assert_eq!(
            columns(&names, &rows, 24),
            "  programme  sector_from\n  P1         government\n  programme  sector_to\n  P1         (missing)\n"
        );
    }
}
