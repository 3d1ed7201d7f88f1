//! `codev check`: everything wrong with data, definitions and evaluation at once.

use super::progress::Bar;
use super::terminal::{Done, Terminal, Verdict};
use super::{clean, findings, folder};
use crate::run::Checked;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

/// Check data, definitions and evaluation; print all findings at once
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev check my-evaluation
  codev check my-evaluation --quiet            errors alone
  codev check my-evaluation --json | jq .code  one JSON object per finding and line

With --json, the first 20 findings of a kind are printed, one object per line (code, severity, message, help, place, \
value); for a kind with more, one further object says how many are \"unlisted\".")]
pub struct Check {
    /// Evaluation folder
    #[arg(default_value = ".")]
    dir: PathBuf,
}

/// What can be computed, a line for each table that is there or missing; of definitions beside the evaluation each with
/// its reason.
fn by_table(checked: &Checked) -> String {
    let mut text = String::new();
    let mut tables: BTreeMap<String, (usize, usize, BTreeSet<String>)> = BTreeMap::new();
    let of = |id: &str| {
        let indicator = checked.catalogue.get(id);
        match indicator.and_then(|i| i.table.as_deref()) {
            Some(wanted) => match checked.dataset.table(wanted) {
                Some(table) => table.name.clone(),
                None => format!("{wanted} (not there)"),
            },
            None => "made of other indicators".to_owned(),
        }
    };
    for id in &checked.computable {
        let entry = tables.entry(of(id)).or_default();
        (entry.0, entry.1) = (entry.0 + 1, entry.1 + 1);
    }
    for (id, reason) in &checked.not_computable {
        if checked.catalogue.get(id).is_none_or(|i| !i.builtin) {
            let _ = writeln!(text, "not computable: {id}: {}", clean::line(reason));
        }
        let entry = tables.entry(of(id)).or_default();
        entry.1 += 1;
        entry.2.insert(reason.clone());
    }
    for (table, (can, all, reasons)) in &tables {
        let noun = if *all == 1 { "indicator" } else { "indicators" };
        let _ = write!(text, "{table}: {can} of {all} {noun} can be computed");
        let told: Vec<String> = reasons
            .iter()
            .take(REASONS)
            .map(|reason| clean::line(reason).to_string())
            .collect();
        if !table.ends_with("(not there)") && !told.is_empty() {
            let more = match reasons.len() - told.len() {
                0 => String::new(),
                n => format!("; {n} more reasons"),
            };
            let _ = write!(text, " ({}{more})", told.join("; "));
        }
        text.push('\n');
    }
    if !checked.not_computable.is_empty() {
        text.push_str("`codev indicators list --for` lists them with what is missing.\n");
    }
    text
}

/// Reasons that a line names.
const REASONS: usize = 2;

impl Check {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        folder::evaluation(&self.dir)?;
        let checked = crate::run::check(&self.dir, &Bar::new(terminal))?;
        terminal.findings(&checked.findings)?;
        if !terminal.quiet && !terminal.json {
            let mut text = String::new();
            text += &by_table(&checked);
            let rows: u64 = checked.dataset.tables.iter().map(|t| t.rows).sum();
            let _ = writeln!(
                text,
                "{}: {} tables with {rows} rows; {} of {} indicators can be computed; {}.",
                self.dir.display(),
                checked.dataset.tables.len(),
                checked.computable.len(),
                checked.computable.len() + checked.not_computable.len(),
                findings::summary(&checked.findings)
            );
            terminal.result(&text)?;
        }
        Ok(Verdict::of(&checked.findings))
    }
}
