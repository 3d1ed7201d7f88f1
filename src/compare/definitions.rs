//! One measure out of several evaluations: matched by id and by content, refused where the definitions differ.

use super::gather::{Figure, Found, Material};
use crate::evaluation::SameSetting;
use crate::finding::{Finding, Findings, nearest};
use crate::outcome::comparison::{Measure, Mismatch, Part, Refusal};

/// A measure over all sources that have it.
pub(super) struct Unified {
    pub measure: Measure,
    pub figures: Vec<Figure>,
    /// Sources that ask for it.
    pub sources: Vec<usize>,
    /// Whether it counts single rows.
    pub counts: bool,
    /// Why it is not compared.
    pub refusal: Option<Refusal>,
    /// Why its differing definitions are compared all the same.
    pub accepted: Option<String>,
}

/// Matches the measures of all sources, indicators before effects, in the order of the first source that has each.
pub(super) fn unify(
    material: &Material,
    same: &[SameSetting],
    findings: &mut Findings,
) -> (Vec<Unified>, Vec<Mismatch>) {
    check(material, same, findings);
    let mut together: Vec<(String, Vec<&Found>)> = Vec::new();
    for found in &material.found {
        let id = called(found, material, same);
        match together.iter_mut().find(|(known, _)| *known == id) {
            Some((_, all)) => all.push(found),
            None => together.push((id, vec![found])),
        }
    }
    let mut mismatches = Vec::new();
    let unified = together.into_iter().map(|(id, all)| {
        let accepted = same.iter().find(|s| s.indicator == id);
        let mismatch = mismatch(&id, &all, material);
        let refusal = mismatch.as_ref().and_then(|m| refusal(m, accepted));
        let accepted = accepted.filter(|_| mismatch.is_some() && refusal.is_none());
        let accepted = accepted.map(|s| s.reason.clone());
        mismatches.extend(mismatch.map(|m| Mismatch {
            accepted: accepted.clone(),
            ..m
        }));
        Unified {
            measure: Measure {
                id,
                ..all[0].measure.clone()
            },
            figures: all.iter().flat_map(|f| f.figures.clone()).collect(),
            sources: all.iter().map(|f| f.source).collect(),
            counts: all.iter().all(|f| f.counts),
            refusal: refusal.or_else(|| no_figure(&all)),
            accepted,
        }
    });
    (unified.collect(), mismatches)
}

/// The id under which a measure of a source is compared.
fn called(found: &Found, material: &Material, same: &[SameSetting]) -> String {
    let label = &material.sources[found.source].label;
    let own = &found.measure.id;
    let named = same.iter().find(|s| s.called.get(label) == Some(own));
    named.map_or_else(|| own.clone(), |s| s.indicator.clone())
}

/// Settings that name what is not there.
fn check(material: &Material, same: &[SameSetting], findings: &mut Findings) {
    for setting in same {
        for (label, id) in &setting.called {
            let Some(source) = material.sources.iter().position(|s| s.label == *label) else {
                let message =
                    format!("`[[same]]` names the evaluation `{label}`, which takes no part.");
                let labels = material.sources.iter().map(|s| s.label.as_str());
                let help = near(
                    label,
                    labels,
                    "Use the name of one of the folders compared.",
                );
                findings.push(Finding::error("compare-unknown-evaluation", message, help));
                continue;
            };
            let own = || material.found.iter().filter(|f| f.source == source);
            if own().all(|f| f.measure.id != *id) {
                let message = format!("The evaluation `{label}` has no indicator `{id}`.");
                let help = near(
                    id,
                    own().map(|f| f.measure.id.as_str()),
                    "Use an id that it computes.",
                );
                findings.push(Finding::error("compare-unknown-indicator", message, help));
            }
        }
    }
}

/// The nearest of `names`, else other words.
pub(super) fn near<'a>(
    name: &str,
    names: impl IntoIterator<Item = &'a str>,
    otherwise: &str,
) -> String {
    match nearest(name, names) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => otherwise.to_owned(),
    }
}

/// How definitions of one id differ; `None` where they are the same.
fn mismatch(id: &str, all: &[&Found], material: &Material) -> Option<Mismatch> {
    let mut groups: Vec<Vec<&Found>> = Vec::new();
    for found in all {
        let alike = |g: &&mut Vec<&Found>| g[0].measure.hash == found.measure.hash;
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(found),
            None => groups.push(vec![found]),
        }
    }
    if groups.len() < 2 {
        return None;
    }
    let text = |found: &Found, name: &str| {
        let field = found.fields.iter().find(|(n, _)| n == name);
        field.map_or_else(String::new, |(_, text)| text.clone())
    };
    let names = groups[0][0].fields.iter().map(|(name, _)| name);
    let differ = names.filter_map(|name| {
        let texts: Vec<String> = groups.iter().map(|g| text(g[0], name)).collect();
        texts
            .iter()
            .any(|t| *t != texts[0])
            .then(|| (name.clone(), texts))
    });
    let mut fields: Vec<(String, Vec<String>)> = differ.collect();
    if fields.is_empty() {
        // What is shown agrees: the difference lies in what a definition has beside it, such as how missing values are treated.
        let hashes = groups.iter().map(|g| g[0].measure.hash.clone());
        fields.push(("content (SHA-256)".to_owned(), hashes.collect()));
    }
    let label = |f: &&Found| material.sources[f.source].label.clone();
    Some(Mismatch {
        id: id.to_owned(),
        groups: groups
            .iter()
            .map(|g| g.iter().map(label).collect())
            .collect(),
        fields,
        accepted: None,
    })
}

/// Units and directions must agree whatever the user says: figures in different units can't be set beside each other.
fn refusal(mismatch: &Mismatch, accepted: Option<&SameSetting>) -> Option<Refusal> {
    let id = &mismatch.id;
    for hard in ["unit", "direction"] {
        if let Some((_, texts)) = mismatch.fields.iter().find(|(name, _)| name == hard) {
            let quoted: Vec<String> = texts.iter().map(|t| format!("“{t}”")).collect();
            return Some(Refusal {
                part: Part::Values,
                reason: format!(
                    "the evaluations give `{id}` a different {hard}: {}",
                    quoted.join(" and ")
                ),
                help: "Compute it by one definition in all of them.".to_owned(),
            });
        }
    }
    if accepted.is_some() {
        return None;
    }
    let fields: Vec<&str> = mismatch
        .fields
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    Some(Refusal {
        part: Part::Values,
        reason: format!(
            "the evaluations define `{id}` in different ways ({})",
            fields.join(", ")
        ),
        help: format!(
            "Compute it by one definition, or say in the settings why they mean the same: [[same]], indicator = \"{id}\", \
             reason = \"...\"."
        ),
    })
}

/// No source could compute it.
fn no_figure(all: &[&Found]) -> Option<Refusal> {
    let reason = all
        .iter()
        .map(|f| f.not_computable.clone())
        .collect::<Option<Vec<_>>>()?;
    Some(Refusal {
        part: Part::Values,
        reason: format!("it could not be computed: {}", reason.first()?),
        help: "`codev check` says what the data lack.".to_owned(),
    })
}
