//! Finding definitions: the built-in library, and those beside an evaluation.

use super::{Catalogue, Indicator, Measure, parse};
use crate::finding::{Finding, Findings, Stop, nearest};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const LIBRARY: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

impl Catalogue {
    /// The built-in library.
    pub fn builtin() -> (Catalogue, Findings) {
        let mut findings = Findings::new();
        let mut catalogue = Catalogue::default();
        for (file, text) in LIBRARY {
            catalogue.add(parse(text, file, true), &mut findings);
        }
        catalogue.finish(&mut findings);
        (catalogue, findings)
    }

    /// The built-in library and the definitions in `folder/indicators`, if that exists.
    pub fn load(folder: &Path) -> (Catalogue, Findings) {
        let (mut catalogue, mut findings) = Self::builtin();
        let own = folder.join("indicators");
        if own.is_dir() {
            let mut files = Vec::new();
            collect(&own, &mut files, &mut findings);
            files.sort();
            for file in files {
                match read(&file) {
                    Ok(text) => {
                        let shown = file
                            .strip_prefix(folder)
                            .unwrap_or(&file)
                            .to_string_lossy()
                            .into_owned();
                        catalogue.add(parse(&text, &shown, false), &mut findings);
                    }
                    Err(stop) => findings.push(*stop.0),
                }
            }
        }
        catalogue.finish(&mut findings);
        (catalogue, findings)
    }

    /// One file of definitions alone, not merged with anything.
    pub fn single(file: &Path) -> (Option<Indicator>, Findings) {
        let mut findings = Findings::new();
        let read = read(file).map_err(|stop| stop.0);
        let parsed = read.and_then(|text| parse(&text, &file.to_string_lossy(), false));
        let indicator = parsed.map_err(|finding| findings.push(*finding)).ok();
        (indicator, findings)
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

    fn add(&mut self, parsed: Result<Indicator, Box<Finding>>, findings: &mut Findings) {
        let indicator = match parsed {
            Ok(indicator) => indicator,
            Err(finding) => return findings.push(*finding),
        };
        if let Some(first) = self.get(&indicator.id) {
            let message = format!(
                "The id `{}` is taken already by {}.",
                indicator.id, first.file
            );
            let help = "Give one of them another id; nothing overrides a definition silently.";
            return findings.push(
                Finding::error("definition-duplicate-id", message, help)
                    .in_file(&indicator.file)
                    .in_column("id"),
            );
        }
        self.indicators.push(indicator);
    }

    /// Sorts, and removes derived indicators that refer to nothing or to themselves.
    fn finish(&mut self, findings: &mut Findings) {
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

fn collect(folder: &Path, files: &mut Vec<PathBuf>, findings: &mut Findings) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) => {
            let message = format!("The folder can't be read: {e}.");
            let finding =
                Finding::error("definition-unreadable", message, "Check its permissions.");
            return findings.push(finding.in_file(folder.to_string_lossy()));
        }
    };
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            collect(&path, files, findings);
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
}

fn read(file: &Path) -> Result<String, Stop> {
    std::fs::read_to_string(file).map_err(|e| {
        let finding = Finding::error(
            "definition-unreadable",
            format!("The file can't be read: {e}."),
            "Check that it is there and is UTF-8 text.",
        );
        finding.in_file(file.to_string_lossy()).into()
    })
}
