//! Finding definitions: the built-in library, and those beside an evaluation.

use super::assemble::unknown_base;
use super::beside;
use super::extend::{Composed, Draft};
use super::parameters::{Value, Values};
use super::{Catalogue, Indicator, build};
use crate::finding::{Finding, Findings, Stop, nearest};
use std::collections::BTreeMap;
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
        let mut unread = Vec::new();
        for (name, text) in own {
            match Draft::read(text, name, false) {
                Ok(draft) => drafts.push(draft),
                Err(finding) => {
                    unread.push((id_of(name, text), name.clone()));
                    findings.push(*finding);
                }
            }
        }
        let mut catalogue = Self::assemble(drafts, &mut findings);
        catalogue.faulty.extend(unread);
        (catalogue, findings)
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

    /// Says of the id of a definition with errors that it has them, and what to do.
    pub fn faulty_in_words(&self, id: &str) -> (String, String) {
        let file = self.faulty.get(id).map_or("its file", String::as_str);
        (
            format!("The definition of `{id}` has errors, so that it can't be computed."),
            format!("Correct {file}: what is wrong with it is told beside this."),
        )
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
        let is_faulty = |id: &&String| *id == pattern || glob.matches(id);
        if found.is_empty()
            && let Some(id) = self.faulty.keys().find(is_faulty)
        {
            let (message, help) = self.faulty_in_words(id);
            let code = "evaluation-faulty-indicator";
            return Err(Box::new(Finding::error(code, message, help)));
        }
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
}

impl Indicator {
    /// `kind/dimension/id`, what globs match.
    pub fn path(&self) -> String {
        let kind = format!("{:?}", self.kind).to_lowercase();
        format!("{kind}/{}/{}", self.dimension, self.id)
    }
}

/// The id of a definition that can't be read: the one that it gives itself, else the name of its file.
fn id_of(name: &str, text: &str) -> String {
    let table: Option<toml::Table> = text.parse().ok();
    let given = table.and_then(|t| Some(t.get("id")?.as_str()?.to_owned()));
    let stem = || {
        Path::new(name)
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
    };
    given.or_else(stem).unwrap_or_default()
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
