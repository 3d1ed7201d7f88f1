//! Definition files become a catalogue: ids are told apart, what is extended comes first.

use super::extend::{Composed, Draft};
use super::parameters::Values;
use super::{Catalogue, Indicator, build};
use crate::finding::{Finding, Findings, nearest};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Catalogue {
    /// Merges, checks and sorts definitions. Of two with the same id the first counts.
    pub(super) fn assemble(drafts: Vec<Draft>, findings: &mut Findings) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let mut by_id: BTreeMap<String, Draft> = BTreeMap::new();
        let mut order = Vec::new();
        for draft in drafts {
            match &draft.id {
                Some(id) => match by_id.get(id) {
                    Some(first) => findings.push(taken(&draft, id, first)),
                    None => {
                        order.push(id.clone());
                        by_id.insert(id.clone(), draft);
                    }
                },
                None => findings.push(without_id(&draft)),
            }
        }
        let mut built: BTreeMap<String, Option<Indicator>> = BTreeMap::new();
        for id in &order {
            // From it to what it extends in the end; those are built first.
            let mut chain = vec![id.clone()];
            let mut at = by_id.get(id);
            while let Some(next) = at.and_then(|d| d.extends.clone()) {
                if built.contains_key(&next) || chain.contains(&next) {
                    break;
                }
                at = by_id.get(&next);
                if at.is_some() {
                    chain.push(next);
                }
            }
            for id in chain.iter().rev() {
                if let Some(draft) = by_id.get(id)
                    && !built.contains_key(id)
                {
                    let indicator = extended(draft, &by_id, &built)
                        .map_err(|finding| findings.push(*finding))
                        .ok();
                    match &indicator {
                        Some(indicator) => same_name(draft, indicator, &built, findings),
                        None => {
                            let file = draft.source.file.clone();
                            catalogue.faulty.insert(id.clone(), file);
                        }
                    }
                    built.insert(id.clone(), indicator);
                }
            }
        }
        catalogue.indicators = built.into_values().flatten().collect();
        catalogue.finish(findings);
        catalogue
    }
}

/// A definition on top of what it extends, which was built before where it could be.
fn extended(
    draft: &Draft,
    by_id: &BTreeMap<String, Draft>,
    built: &BTreeMap<String, Option<Indicator>>,
) -> Result<Indicator, Box<Finding>> {
    let base = match &draft.extends {
        None => None,
        Some(id) => {
            if let Some(cycle) = cycle_of(draft, by_id) {
                let message = format!("It extends itself: {}.", cycle.join(" → "));
                let help =
                    "Break the circle: one of them must be a whole definition, or extend another.";
                let finding = Finding::error("definition-cycle", message, help);
                return Err(Box::new(draft.at("extends", finding)));
            }
            match (built.get(id), by_id.get(id)) {
                (Some(Some(base)), _) => Some(base),
                (_, Some(base)) => {
                    let message = format!("It extends `{id}`, whose definition has a fault.");
                    let help = format!("Correct {} first.", base.source.file);
                    let finding = Finding::error("definition-faulty-base", message, help);
                    return Err(Box::new(draft.at("extends", finding)));
                }
                (_, None) => {
                    let ids = by_id.keys().map(String::as_str);
                    return Err(Box::new(unknown_base(draft, id, ids)));
                }
            }
        }
    };
    build(
        Arc::new(Composed::new(draft.clone(), base)?),
        &Values::new(),
    )
}

/// The way from a definition back to itself, when it extends itself in the end.
fn cycle_of(draft: &Draft, by_id: &BTreeMap<String, Draft>) -> Option<Vec<String>> {
    let start = draft.id.clone()?;
    let mut path = vec![start.clone()];
    let mut at = draft;
    while let Some(next) = &at.extends {
        if *next == start {
            path.push(start);
            return Some(path);
        }
        if path.contains(next) {
            return None;
        }
        path.push(next.clone());
        at = by_id.get(next)?;
    }
    None
}

pub(super) fn unknown_base<'a>(
    draft: &Draft,
    id: &str,
    ids: impl Iterator<Item = &'a str>,
) -> Finding {
    let own = draft.id.as_deref().unwrap_or_default();
    let help = match nearest(id, ids.filter(|i| *i != own)) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => "`codev indicators list` shows all.".to_owned(),
    };
    let message = format!("It extends `{id}`, which is not defined.");
    draft.at(
        "extends",
        Finding::error("definition-unknown-base", message, help),
    )
}

fn taken(draft: &Draft, id: &str, first: &Draft) -> Finding {
    let (message, help) = if first.source.builtin && !draft.source.builtin {
        (
            format!("The id `{id}` is that of a definition of the library."),
            format!(
                "Give it an id of its own. To change the library's: extends = \"{id}\", a new id, and what differs."
            ),
        )
    } else {
        (
            format!("The id `{id}` is taken already by {}.", first.source.file),
            "Give one of them another id; nothing overrides a definition silently.".to_owned(),
        )
    };
    draft.at(
        "id",
        Finding::error("definition-duplicate-id", message, help),
    )
}

/// Warns when an extending definition leaves its reader with two indicators of one name.
fn same_name(
    draft: &Draft,
    indicator: &Indicator,
    built: &BTreeMap<String, Option<Indicator>>,
    findings: &mut Findings,
) {
    let base = indicator.extends.as_ref().and_then(|id| built.get(id));
    if let Some(Some(base)) = base
        && !indicator.composed.names_itself()
        && base.name == indicator.name
    {
        let message = format!("It has the name of `{}`, which it extends.", base.id);
        let help = "Say in `name` how it differs: a report may show both.";
        let finding = Finding::warning("definition-same-name", message, help);
        findings.push(draft.at("extends", finding));
    }
}

/// What is wrong with a definition that has no id, or one that is no text.
fn without_id(draft: &Draft) -> Finding {
    let source = &draft.source;
    let parsed = Catalogue::default().parse(&source.text, &source.file, source.builtin);
    match parsed {
        Err(fault) if draft.extends.is_none() => *fault,
        _ => {
            let help = "Give it an id of its own: small letters, digits and hyphens.";
            let finding = Finding::error("definition-toml", "missing field `id`.", help);
            finding.in_file(&source.file).at_line(1)
        }
    }
}
