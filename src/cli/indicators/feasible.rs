//! `codev indicators list --for`: what can be computed on a data package, and what is missing for the rest.

use super::list::{json, listing};
use crate::cli::progress::Bar;
use crate::cli::table::wrapped;
use crate::cli::terminal::{Fault, Look, Terminal};
use crate::dataset::{self, Dataset};
use crate::finding::Stop;
use crate::indicator::{Catalogue, Indicator};
use crate::outcome::{Lack, LackGroup, grouped};
use crate::plan::lack::feasible;
use crate::run::Progress;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Shows which of the indicators `found` can be computed on the package in `folder`.
pub fn show(
    folder: &Path,
    catalogue: &Catalogue,
    found: &[&Indicator],
    terminal: &Terminal,
) -> Result<(), Fault> {
    let dataset = load(folder, terminal)?;
    let lacks: BTreeMap<&str, Option<Lack>> = feasible(catalogue, &dataset)
        .into_iter()
        .map(|(indicator, lack)| (indicator.id.as_str(), lack))
        .collect();
    let lack = |i: &Indicator| lacks.get(i.id.as_str()).and_then(Option::as_ref);
    if terminal.json {
        let lines: String = found.iter().map(|i| line(i, lack(i))).collect();
        return terminal.json(&lines);
    }
    if found.is_empty() {
        terminal.note("No indicator is like that; leave out an option to see more.");
        return Ok(());
    }
    let (can, rest): (Vec<&Indicator>, Vec<&Indicator>) =
        found.iter().partition(|i| lack(i).is_none());
    let width = Look::of_output().width;
    let mut text = format!(
        "{} of {} indicators can be computed on {}.\n",
        can.len(),
        found.len(),
        folder.display()
    );
    if !can.is_empty() {
        text.push('\n');
        text.push_str(&listing(&can, width));
    }
    let lost: Vec<(&str, &Lack)> = rest
        .iter()
        .filter_map(|i| Some((i.id.as_str(), lack(i)?)))
        .collect();
    let names: BTreeMap<&str, &str> = rest
        .iter()
        .map(|i| (i.id.as_str(), i.name.as_str()))
        .collect();
    if !lost.is_empty() {
        let _ = writeln!(text, "\nMissing for the other {}:", lost.len());
        for group in grouped(lost) {
            text.push_str(&block(&group, &names, width));
        }
    }
    terminal.result(&text)?;
    terminal.note(&hints(&dataset, folder, width));
    Ok(())
}

fn load(folder: &Path, terminal: &Terminal) -> Result<Dataset, Stop> {
    let bar = Bar::new(terminal);
    bar.start("Reading data", dataset::size(folder));
    let dataset = dataset::load(folder, &|bytes| bar.advance(bytes));
    bar.finish();
    dataset
}

fn line(indicator: &Indicator, lack: Option<&Lack>) -> String {
    let mut value = json(indicator);
    value["computable"] = lack.is_none().into();
    if let Some(lack) = lack {
        value["lack"] = serde_json::json!(lack);
        let wanted: Vec<String> = lack.leaves().iter().map(|n| n.wanted()).collect();
        value["needs"] = serde_json::json!(wanted);
        value["reason"] = lack.to_string().into();
    }
    format!("{value}\n")
}

/// What is missing, and the indicators that it would make computable.
fn block(group: &LackGroup<'_>, names: &BTreeMap<&str, &str>, width: usize) -> String {
    let mut text = String::from("\n");
    let wanted = group.wanted.join(", and ");
    let plural = if group.ids.len() == 1 {
        "indicator"
    } else {
        "indicators"
    };
    let opening = format!("{} {plural}: needs {wanted}", group.ids.len());
    let opening = match group.ids.len() {
        1 => opening,
        _ => opening.replacen(": needs", ": need", 1),
    };
    wrapped(&mut text, &opening, "", "  ", width);
    for (table, columns) in &group.columns {
        if !columns.is_empty() {
            let columns = columns.join(", ");
            let words = format!("columns read from `{table}`: {columns}");
            wrapped(&mut text, &words, "  ", "    ", width);
        }
    }
    for remedy in &group.remedies {
        wrapped(&mut text, remedy, "  ", "    ", width);
    }
    for id in &group.ids {
        let name = names.get(id).copied().unwrap_or_default();
        wrapped(&mut text, &format!("- {id}: {name}"), "  ", "    ", width);
    }
    text
}

/// What else may stand in the way.
fn hints(dataset: &Dataset, folder: &Path, width: usize) -> String {
    let mut text = String::new();
    let plain: Vec<String> = dataset
        .tables
        .iter()
        .filter(|t| t.meaning.role.is_empty())
        .map(|t| format!("`{}`", t.name))
        .collect();
    if !plain.is_empty() {
        let words = format!(
            "Tables without a role: {}. The library finds tables by role (\"codev\": {{\"role\": \"...\"}} in datapackage.json).",
            plain.join(", ")
        );
        wrapped(&mut text, &words, "", "  ", width);
    }
    if !dataset.findings.is_empty() {
        let words = format!(
            "The data have faults or remarks; `codev check {}` lists them.",
            folder.display()
        );
        wrapped(&mut text, &words, "", "  ", width);
    }
    text
}
