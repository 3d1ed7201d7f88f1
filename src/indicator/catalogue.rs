//! Finding definitions: the built-in library, and those beside an evaluation.

use super::assemble::unknown_base;
use super::beside;
use super::extend::{Composed, Draft};
use super::parameters::{Value, Values};
use super::{Catalogue, Indicator, Measure, build};
use crate::finding::{Finding, Findings, Stop, nearest};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LIBRARY: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

impl Catalogue {
    /// The built-in library.
    pub fn builtin() -> (Catalogue, Findings) {
        let mut findings = Findings::new();
        let catalogue = Self::assemble(library(&mut findings), &mut findings);
        (catalogue, findings)
    }

    /// The built-in library and the definitions in `folder/indicators`, if that exists.
    pub fn load(folder: &Path) -> (Catalogue, Findings) {
        let mut findings = Findings::new();
        let own = folder.join("indicators");
        let mut texts = Vec::new();
        if own.is_dir() {
            let mut files = Vec::new();
            collect(folder, &own, &mut Vec::new(), &mut files, &mut findings);
            files.sort();
            for file in files {
                let shown = shown(folder, &file);
                match read(&file, Some(folder), &shown) {
                    Ok(text) => texts.push((shown, text)),
                    Err(stop) => findings.push(*stop.0),
                }
            }
        }
        let (catalogue, more) = Self::with(&texts);
        findings.extend(more);
        (catalogue, findings)
    }

    /// The built-in library and definitions of one's own: the name of each (as a file would have), and its text.
    pub fn with(own: &[(String, String)]) -> (Catalogue, Findings) {
        let mut findings = Findings::new();
        let mut drafts = library(&mut findings);
        for (name, text) in own {
            match Draft::read(text, name, false) {
                Ok(draft) => drafts.push(draft),
                Err(finding) => findings.push(*finding),
            }
        }
        (Self::assemble(drafts, &mut findings), findings)
    }

    /// A definition that is not added; it may extend those of the catalogue.
    ///
    /// # Errors
    /// A finding with the file, the line and the text underlined.
    pub fn parse(&self, text: &str, file: &str, builtin: bool) -> Result<Indicator, Box<Finding>> {
        let draft = Draft::read(text, file, builtin)?;
        let base = match &draft.extends {
            Some(id) => Some(self.get(id).ok_or_else(|| {
                let ids = self.indicators.iter().map(|i| i.id.as_str());
                Box::new(unknown_base(&draft, id, ids))
            })?),
            None => None,
        };
        build(Arc::new(Composed::new(draft, base)?), &Values::new())
    }

    /// One file alone, which is not added; it may extend those of the catalogue.
    pub fn single(&self, file: &Path) -> (Option<Indicator>, Findings) {
        let mut findings = Findings::new();
        let shown = file.to_string_lossy();
        let read = read(file, None, &shown).map_err(|stop| stop.0);
        let parsed = read.and_then(|text| self.parse(&text, &shown, false));
        let indicator = parsed.map_err(|finding| findings.push(*finding)).ok();
        (indicator, findings)
    }

    /// Sets parameters of an indicator in place of their defaults, for one evaluation. With a fault the indicator is
    /// not computed at all: the defaults are not what was asked for.
    pub fn set_parameters(&mut self, id: &str, values: &BTreeMap<String, toml::Value>) -> Findings {
        let mut findings = Findings::new();
        let Some(indicator) = self.indicators.iter_mut().find(|i| i.id == id) else {
            return findings;
        };
        let (mut set, mut remarks) = (Values::new(), Vec::new());
        for (name, value) in values {
            let fault = match (indicator.composed.default(name), Value::new(value)) {
                (None, _) => {
                    let names = indicator.composed.parameters();
                    let help = match nearest(name, names) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => format!("`codev indicators show {id}` names its parameters."),
                    };
                    (format!("`{id}` has no parameter `{name}`."), help)
                }
                (Some(default), Some(value)) if value.kind() == default.kind() => {
                    if value != *default {
                        let (now, before) = (value.plain(), default.plain());
                        remarks.push(format!(
                            "This evaluation sets {name} to {now}; the definition says {before}."
                        ));
                    }
                    set.insert(name.clone(), value);
                    continue;
                }
                (Some(default), _) => (
                    format!("The parameter `{name}` of `{id}` is {}.", default.kind()),
                    format!(
                        "Write {name} = {}, or another value like it.",
                        example(default)
                    ),
                ),
            };
            let finding = Finding::error("evaluation-bad-parameter", fault.0, fault.1);
            findings.push(
                finding
                    .in_file("evaluation.toml")
                    .in_column("override.parameters"),
            );
        }
        let built = match findings.is_empty() {
            true => build(indicator.composed.clone(), &set),
            false => {
                indicator.refused = Some("the evaluation sets a parameter wrongly".to_owned());
                return findings;
            }
        };
        match built {
            Ok(built) => *indicator = Indicator { remarks, ..built },
            Err(finding) => {
                indicator.refused = Some(finding.message.trim_end_matches('.').to_owned());
                findings.push(*finding);
            }
        }
        findings
    }

    /// By id.
    pub fn get(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|i| i.id == id)
    }

    /// Those whose id or `kind/dimension/id` matches a glob, in catalogue order; `own/` stands for the evaluation's own.
    ///
    /// # Errors
    /// A finding when the pattern is malformed or matches nothing.
    pub fn matching(&self, pattern: &str) -> Result<Vec<&Indicator>, Box<Finding>> {
        let glob = glob::Pattern::new(pattern).map_err(|e| {
            let help = "Use an id, or `*` and `?` as in `process/*`.";
            Box::new(Finding::error(
                "evaluation-bad-glob",
                format!("`{pattern}` is not a pattern: {e}."),
                help,
            ))
        })?;
        let matches = |i: &&Indicator| {
            let own = !i.builtin && glob.matches(&format!("own/{}", i.path()));
            i.id == pattern || own || glob.matches(&i.path()) || glob.matches(&i.id)
        };
        let found: Vec<&Indicator> = self.indicators.iter().filter(matches).collect();
        if found.is_empty() {
            let help = match nearest(pattern, self.indicators.iter().map(|i| i.id.as_str())) {
                Some(near) => format!("Did you mean `{near}`? `codev indicators list` shows all."),
                None => "`codev indicators list` shows all.".to_owned(),
            };
            let message = format!("No indicator is called or matches `{pattern}`.");
            return Err(Box::new(Finding::error(
                "evaluation-unknown-indicator",
                message,
                help,
            )));
        }
        Ok(found)
    }

    /// Sorts, and removes derived indicators that refer to nothing or to themselves.
    pub(super) fn finish(&mut self, findings: &mut Findings) {
        self.indicators
            .sort_by(|a, b| (a.kind, &a.dimension, &a.id).cmp(&(b.kind, &b.dimension, &b.id)));
        // Each round can leave others without an input.
        let mut removed: BTreeSet<String> = BTreeSet::new();
        loop {
            let mut bad: BTreeSet<String> = BTreeSet::new();
            for indicator in &self.indicators {
                if let Some(finding) = self.fault_of_derived(indicator, &removed) {
                    findings.push(finding.in_file(&indicator.file).in_column("inputs"));
                    bad.insert(indicator.id.clone());
                }
            }
            if bad.is_empty() {
                return;
            }
            self.indicators.retain(|i| !bad.contains(&i.id));
            removed.extend(bad);
        }
    }

    fn fault_of_derived(
        &self,
        indicator: &Indicator,
        removed: &BTreeSet<String>,
    ) -> Option<Finding> {
        let Measure::Derived { inputs, .. } = &indicator.measure else {
            return None;
        };
        for (_, id) in inputs {
            if removed.contains(id) {
                let message = format!("It is derived from `{id}`, whose own inputs have a fault.");
                let help = format!("Correct `{id}` first.");
                return Some(Finding::error("definition-unknown-input", message, help));
            }
            if self.get(id).is_none() {
                let help = match nearest(id, self.indicators.iter().map(|i| i.id.as_str())) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => "`codev indicators list` shows all.".to_owned(),
                };
                let message = format!("It is derived from `{id}`, which is not defined.");
                return Some(Finding::error("definition-unknown-input", message, help));
            }
        }
        let cycle = self.cycle(
            indicator,
            &mut vec![indicator.id.clone()],
            &mut BTreeSet::new(),
        )?;
        let message = format!("It is derived from itself: {}.", cycle.join(" → "));
        Some(Finding::error(
            "definition-cycle",
            message,
            "Break the circle: one of them must come from a table.",
        ))
    }

    /// The path back to the first id of `path`, when there is one.
    fn cycle(
        &self,
        indicator: &Indicator,
        path: &mut Vec<String>,
        seen: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        let Measure::Derived { inputs, .. } = &indicator.measure else {
            return None;
        };
        for (_, id) in inputs {
            if Some(id) == path.first() {
                let mut cycle = path.clone();
                cycle.push(id.clone());
                return Some(cycle);
            }
            // One that was seen led nowhere, or is on the path already.
            if !seen.insert(id.clone()) {
                continue;
            }
            if let Some(next) = self.get(id) {
                path.push(id.clone());
                if let Some(cycle) = self.cycle(next, path, seen) {
                    return Some(cycle);
                }
                path.pop();
            }
        }
        None
    }
}

impl Indicator {
    /// `kind/dimension/id`, what globs match.
    pub fn path(&self) -> String {
        let kind = format!("{:?}", self.kind).to_lowercase();
        format!("{kind}/{}/{}", self.dimension, self.id)
    }
}

/// The drafts of the built-in library.
fn library(findings: &mut Findings) -> Vec<Draft> {
    let read = |(file, text): &(&str, &str)| Draft::read(text, file, true);
    let mut drafts = Vec::new();
    for draft in LIBRARY.iter().map(read) {
        match draft {
            Ok(draft) => drafts.push(draft),
            Err(finding) => findings.push(*finding),
        }
    }
    drafts
}

/// A value as it is written in TOML.
fn example(value: &Value) -> String {
    match value {
        Value::Text(text) => toml::Value::String(text.clone()).to_string(),
        Value::Number(text) | Value::Date(text) => text.clone(),
    }
}

/// The path of a file in the evaluation folder.
fn shown(folder: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(folder).unwrap_or(file);
    inside.to_string_lossy().into_owned()
}

/// Finds the definition files below `at`. `above` are the folders that it lies in, with links followed: one that comes again is a
/// circle.
fn collect(
    home: &Path,
    at: &Path,
    above: &mut Vec<PathBuf>,
    files: &mut Vec<PathBuf>,
    findings: &mut Findings,
) {
    let real = at.canonicalize().unwrap_or_else(|_| at.to_owned());
    if above.contains(&real) {
        return;
    }
    if !beside::stays_inside(home, at) {
        return findings.push(*beside::outside("definition", &shown(home, at)).0);
    }
    let entries = match std::fs::read_dir(at) {
        Ok(entries) => entries,
        Err(e) => {
            let message = format!("The folder can't be read: {e}.");
            let finding =
                Finding::error("definition-unreadable", message, "Check its permissions.");
            return findings.push(finding.in_file(shown(home, at)));
        }
    };
    above.push(real);
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            collect(home, &path, above, files, findings);
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    above.pop();
}

fn read(file: &Path, home: Option<&Path>, shown: &str) -> Result<String, Stop> {
    let help = "Check that it is there and that you may read it.";
    beside::read(file, home, ("definition", shown), help)
}
