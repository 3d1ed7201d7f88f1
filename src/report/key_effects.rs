//! The rules by which effects are key findings: those whose interval leaves zero out, and how many are not settled.

use super::cells::plural;
use super::effects::anchor;
use super::effects::numbers::Numbers;
use super::effects::sentences::holds_zero;
use super::effects::words::evidence_name;
use super::format::Locale;
use super::key::{Sentence, Span, words};
use super::key_facts::NAMED;
use super::title::level;
use crate::outcome::{Effect, Outcome};

/// The rules in words.
pub(super) const RULE: &str = "Of effects: those whose interval leaves zero out, the surest evidence first, and how many are not \
     settled or not estimable.";

fn link(effect: &Effect) -> Span {
    Span {
        text: effect.indicator.name.clone(),
        link: Some(anchor(effect)),
    }
}

/// Effects whose interval leaves zero out, the surest evidence first.
pub(super) fn settled(outcome: &Outcome, locale: &Locale) -> Option<Sentence> {
    let mut found: Vec<(&Effect, f64, (f64, f64))> = outcome
        .effects
        .iter()
        .filter_map(|e| {
            let estimate = e.estimate.as_ref()?;
            let interval = estimate.interval.filter(|i| !holds_zero(*i))?;
            Some((e, estimate.value, interval))
        })
        .collect();
    // A stable sort: within a kind of evidence the order of the evaluation file holds.
    found.sort_by_key(|f| std::cmp::Reverse(f.0.evidence));
    let with = outcome
        .effects
        .iter()
        .filter_map(|e| e.estimate.as_ref()?.interval);
    let all = with.count() as u64;
    if found.is_empty() {
        return None;
    }
    let mut sentence = vec![words(format!(
        "Of {} {} with a {} interval, {} {} zero out: ",
        locale.count(all),
        plural(all, "effect", "effects"),
        level(outcome.evaluation.confidence, locale),
        locale.count(found.len() as u64),
        plural(found.len() as u64, "leaves", "leave"),
    ))];
    let rest = found.len().saturating_sub(NAMED);
    for (at, (effect, value, interval)) in found.iter().take(NAMED).enumerate() {
        if at > 0 {
            let last = at + 1 == found.len();
            sentence.push(words(if last { " and " } else { ", " }));
        }
        let numbers = Numbers::of(*locale, &[*effect]);
        sentence.push(link(effect));
        sentence.push(words(format!(
            " ({}, interval {}; {})",
            numbers.with_unit(&numbers.signed(*value)),
            numbers.range(*interval),
            evidence_name(effect.evidence)
        )));
    }
    if rest > 0 {
        sentence.push(words(format!(" and {} more", locale.count(rest as u64))));
    }
    sentence.push(words("."));
    Some(sentence)
}

/// How many effects the data don't settle, and how many could not be estimated.
pub(super) fn open(outcome: &Outcome, locale: &Locale) -> Option<Sentence> {
    let holds = |e: &&Effect| {
        let interval = e.estimate.as_ref().and_then(|e| e.interval);
        interval.is_some_and(holds_zero)
    };
    let held: Vec<&Effect> = outcome.effects.iter().filter(holds).collect();
    let without = outcome
        .effects
        .iter()
        .filter(|e| e.estimate.is_none())
        .count() as u64;
    let mut parts = Vec::new();
    if !held.is_empty() {
        let count = held.len() as u64;
        parts.push(format!(
            "for {} {} the interval holds zero, which does not show that nothing changed",
            locale.count(count),
            plural(count, "effect", "effects")
        ));
    }
    if without > 0 {
        let verb = plural(without, "effect could", "effects could");
        parts.push(format!("{} {verb} not be estimated", locale.count(without)));
    }
    if parts.is_empty() {
        return None;
    }
    let said = super::cells::capitalised(&parts.join("; "));
    let see = Span {
        text: "all effects".to_owned(),
        link: Some("effects".to_owned()),
    };
    Some(vec![words(format!("{said}: see ")), see, words(".")])
}
