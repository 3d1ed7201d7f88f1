//! A plan locked before the data are seen: what will be measured and tested, and by which rules, with hashes.

use super::Evaluation;
use crate::finding::{Finding, Stop};
use crate::indicator::{Catalogue, beside, hex};
use crate::outcome::{LockedPlan, PlanChange, PlanDifference};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Name of the file with a locked plan, beside `evaluation.toml`.
pub const FILE: &str = "plan.lock.json";

/// Version of the shape of the file.
const FORMAT: &str = "codev-plan-lock/1";

/// Blocks of `evaluation.toml` that are parts of a plan, each with the keys that name one.
const BLOCKS: &[(&str, &[&str])] = &[
    ("effect", &["id", "design"]),
    ("comparison", &["id"]),
    ("qca", &["id"]),
    ("target", &["indicator", "programme"]),
    ("override", &["indicator"]),
    ("calibrate", &["table"]),
];

/// Keys of `evaluation.toml` that decide nothing about figures.
const ASIDE: &[&str] = &[
    "title",
    "description",
    "authors",
    "locale",
    "note",
    "indicators",
];

/// A locked plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    format: String,
    /// Title of the evaluation.
    pub evaluation: String,
    /// Day on which it was locked.
    pub locked: String,
    /// Where it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<String>,
    /// Version of `codev` that locked it.
    codev: String,
    /// Plans that this one takes the place of, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
    /// What is planned.
    pub parts: Vec<Part>,
    /// SHA-256 of all of the above.
    pub sha256: String,
}

/// A plan that was locked before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Day.
    pub locked: String,
    /// SHA-256 of that plan.
    pub sha256: String,
}

/// A part of a plan: an indicator, an effect, a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `indicator`, or the block of `evaluation.toml`.
    pub kind: String,
    /// Name, unique among those of its kind.
    pub name: String,
    /// SHA-256 of its definition.
    pub sha256: String,
    /// Its keys, each with its value as JSON; an indicator's hash stands for its definition.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, String>,
}

/// The parts of the plan that an evaluation is, by its text and the definitions; no data are needed.
///
/// # Errors
/// A [`Stop`] when the text is no TOML or an indicator asked for does not exist.
pub fn parts(
    evaluation: &Evaluation,
    text: &str,
    catalogue: &Catalogue,
) -> Result<Vec<Part>, Stop> {
    let mut parts = Vec::new();
    let mut ids = BTreeSet::new();
    let of_effects = evaluation
        .effects
        .iter()
        .flat_map(|e| e.indicators.iter().chain(&e.with));
    for pattern in evaluation.patterns().into_iter().chain(of_effects) {
        let found = catalogue
            .matching(pattern)
            .map_err(|f| f.in_file(super::FILE).in_column("indicators"))?;
        for indicator in found {
            if ids.insert(indicator.id.clone()) {
                parts.push(Part {
                    kind: "indicator".to_owned(),
                    name: indicator.id.clone(),
                    sha256: indicator.hash.clone(),
                    keys: BTreeMap::new(),
                });
            }
        }
    }
    let table: toml::Table =
        toml::from_str(text).map_err(|e| super::toml_finding(&e, text, super::FILE))?;
    for (kind, names) in BLOCKS {
        let blocks = table.get(*kind).and_then(toml::Value::as_array);
        for block in blocks
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_table)
        {
            let said = names.iter().filter_map(|key| block.get(*key)?.as_str());
            let said: Vec<&str> = match kind {
                // An effect is named by its id, else by its design.
                &"effect" => said.take(1).collect(),
                _ => said.collect(),
            };
            let name = if said.is_empty() {
                (*kind).to_owned()
            } else {
                said.join(" ")
            };
            let again = |name: &str| {
                parts
                    .iter()
                    .any(|p: &Part| p.kind == *kind && p.name == name)
            };
            let mut unique = name.clone();
            let mut number = 2;
            while again(&unique) {
                unique = format!("{name} {number}");
                number += 1;
            }
            parts.push(part(kind, unique, keys(block.iter())));
        }
    }
    let block = |key: &String| BLOCKS.iter().any(|(kind, _)| kind == key);
    let rest = table
        .iter()
        .filter(|(key, _)| !block(key) && !ASIDE.contains(&key.as_str()));
    let mut settings = keys(rest);
    settings.insert("confidence".to_owned(), evaluation.confidence.to_string());
    settings.insert("interval".to_owned(), json(&evaluation.interval.word()));
    settings.insert("small_cells".to_owned(), evaluation.small_cells.to_string());
    parts.push(part("settings", "settings".to_owned(), settings));
    parts.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
    Ok(parts)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn keys<'a>(
    entries: impl Iterator<Item = (&'a String, &'a toml::Value)>,
) -> BTreeMap<String, String> {
    entries
        .map(|(key, value)| (key.clone(), json(value)))
        .collect()
}

fn part(kind: &str, name: String, keys: BTreeMap<String, String>) -> Part {
    Part {
        kind: kind.to_owned(),
        name,
        sha256: hex(&Sha256::digest(json(&keys).as_bytes())),
        keys,
    }
}

impl Lock {
    /// A plan locked on a day, in place of an earlier one where there is one.
    pub fn new(
        evaluation: &Evaluation,
        parts: Vec<Part>,
        (locked, registered): (String, Option<String>),
        before: Option<&Lock>,
    ) -> Lock {
        let mut earlier = before.map_or_else(Vec::new, |b| b.earlier.clone());
        earlier.extend(before.map(|b| Earlier {
            locked: b.locked.clone(),
            sha256: b.sha256.clone(),
        }));
        let mut lock = Lock {
            format: FORMAT.to_owned(),
            evaluation: evaluation.title.clone(),
            locked,
            registered,
            codev: env!("CARGO_PKG_VERSION").to_owned(),
            earlier,
            parts,
            sha256: String::new(),
        };
        lock.sha256 = lock.hash();
        lock
    }

    fn hash(&self) -> String {
        let mut plain = self.clone();
        plain.sha256 = String::new();
        hex(&Sha256::digest(json(&plain).as_bytes()))
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }

    /// The lock of an evaluation's folder; `None` where there is none.
    ///
    /// # Errors
    /// A [`Stop`] when the file can't be read, was changed by hand or belongs to another evaluation.
    pub fn read(folder: &Path, title: &str) -> Result<Option<Lock>, Stop> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let text = beside::read(
            &path,
            Some(folder),
            ("plan-lock", FILE),
            "`codev plan lock` writes it.",
        )?;
        let damaged = |why: String| -> Stop {
            let message = format!("The locked plan is damaged: {why}.");
            let help = "Take it back from where it is kept or registered; nothing is compared with it. A new plan is locked with `codev plan lock --again`.";
            Finding::error("plan-lock-damaged", message, help)
                .in_file(FILE)
                .into()
        };
        let lock: Lock = serde_json::from_str(&text).map_err(|e| damaged(e.to_string()))?;
        if lock.format != FORMAT {
            return Err(damaged(format!(
                "its format is `{}`, not `{FORMAT}`",
                lock.format
            )));
        }
        if lock.hash() != lock.sha256 {
            return Err(damaged("its parts do not give the hash that stands in it, so that it was changed after it was locked".to_owned()));
        }
        if lock.evaluation != title {
            let message = format!(
                "The locked plan is that of the evaluation “{}”, and this one is “{title}”.",
                lock.evaluation
            );
            let help = "Put the plan back beside its own evaluation, or give the title that was locked; nothing is compared with it.";
            return Err(Finding::error("plan-lock-other", message, help)
                .in_file(FILE)
                .into());
        }
        Ok(Some(lock))
    }

    /// How an evaluation differs from what was locked.
    pub fn against(&self, now: &[Part]) -> LockedPlan {
        let find = |parts: &[Part], part: &Part| -> Option<Part> {
            let mut all = parts.iter();
            all.find(|p| p.kind == part.kind && p.name == part.name)
                .cloned()
        };
        let mut differences = Vec::new();
        let mut tell = |part: &Part, change: PlanChange, what: Vec<String>| {
            differences.push(PlanDifference {
                kind: part.kind.clone(),
                name: part.name.clone(),
                change,
                what,
            });
        };
        for part in now {
            match find(&self.parts, part) {
                None => tell(part, PlanChange::Added, vec![]),
                Some(planned) if planned.sha256 != part.sha256 => {
                    tell(part, PlanChange::Changed, changed(&planned, part));
                }
                Some(_) => {}
            }
        }
        for part in &self.parts {
            if find(now, part).is_none() {
                tell(part, PlanChange::Dropped, vec![]);
            }
        }
        LockedPlan {
            locked: self.locked.clone(),
            registered: self.registered.clone(),
            sha256: self.sha256.clone(),
            earlier: self.earlier.iter().map(|e| e.locked.clone()).collect(),
            parts: self.parts.len() as u64,
            differences,
        }
    }
}

/// Which keys of a part differ, in words.
fn changed(planned: &Part, now: &Part) -> Vec<String> {
    let names: BTreeSet<&String> = planned.keys.keys().chain(now.keys.keys()).collect();
    let mut out = Vec::new();
    for name in names {
        out.extend(match (planned.keys.get(name), now.keys.get(name)) {
            (Some(before), Some(after)) if before != after => {
                Some(format!("{name}: {after}, planned {before}"))
            }
            (Some(before), None) => Some(format!("{name}: left out, planned {before}")),
            (None, Some(after)) => Some(format!("{name}: {after}, not planned")),
            _ => None,
        });
    }
    if out.is_empty() {
        out.push("its definition".to_owned());
    }
    out
}
