//! The rules by which gaps are key findings: indicators with much missing, programmes without values.

use super::cells::{Names, listed, plural};
use super::format::Locale;
use super::key::{Sentence, Span, Subject, words};
use super::key_facts::{MUCH, NAMED};
use crate::outcome::Outcome;
use std::collections::BTreeMap;

/// Where much of the data can't be used.
pub(super) fn missing(subjects: &[Subject], locale: &Locale) -> Option<Sentence> {
    let mut found: Vec<(f64, Span, String, String)> = subjects
        .iter()
        .filter_map(|subject| {
            let total = subject.cells.total?;
            let all = total.n + total.missing;
            (all > 0).then(|| {
                let share = total.missing as f64 / all as f64;
                let count = |rows| locale.about(rows, subject.speaker.result.rounded);
                (share, subject.link(), count(total.missing), count(all))
            })
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let much = found.iter().filter(|f| f.0 >= MUCH).count();
    let (most, ..) = found.first()?;
    if *most == 0.0 {
        return None;
    }
    let indicators = plural(much as u64, "indicator", "indicators");
    let opening = if much == 0 {
        "Of the rows that match an indicator, most are missing in ".to_owned()
    } else {
        format!(
            "Much is missing in {} {indicators}, most of all in ",
            locale.count(much as u64)
        )
    };
    let mut sentence = vec![words(opening)];
    let shown = much.clamp(1, NAMED - 1);
    for (at, (share, link, missing, all)) in found.into_iter().take(shown).enumerate() {
        if at > 0 {
            sentence.push(words(if at + 1 == shown { " and " } else { ", " }));
        }
        let said = format!(
            " ({missing} of {all} rows can't be used, {})",
            locale.percent(share, 0)
        );
        sentence.extend([link, words(said)]);
    }
    sentence.push(words("."));
    Some(sentence)
}

/// Programmes without a value in any indicator or, where all have some, those that lack the most.
pub(super) fn without(
    subjects: &[Subject],
    outcome: &Outcome,
    locale: &Locale,
    names: &Names,
) -> Option<Sentence> {
    let by_programme: Vec<&Subject> = subjects
        .iter()
        .filter(|s| !s.cells.programmes.is_empty())
        .collect();
    let of = by_programme.len() as u64;
    if of == 0 || outcome.programmes.len() < 2 {
        return None;
    }
    let mut has: BTreeMap<&str, u64> = outcome
        .programmes
        .iter()
        .map(|p| (p.id.as_str(), 0))
        .collect();
    for (id, ..) in by_programme.iter().flat_map(|s| s.cells.valued()) {
        *has.entry(id).or_default() += 1;
    }
    let least = has.values().copied().min()?;
    if least == of {
        return None;
    }
    let those: Vec<String> = outcome
        .programmes
        .iter()
        .filter(|p| has.get(p.id.as_str()) == Some(&least))
        .map(|p| names.of(&p.id).to_owned())
        .collect();
    let count = those.len() as u64;
    let named = if those.len() < NAMED {
        listed(&those)
    } else {
        format!("{} programmes", locale.count(count))
    };
    let have = plural(count, "has", "have");
    let (all, link) = (locale.count(of), Some("glance".to_owned()));
    let said = if least == 0 {
        format!("{named} {have} no value in any of the ")
    } else {
        format!(
            "{named} {have} the fewest values, in {} of the ",
            locale.count(least)
        )
    };
    let indicators = plural(of, "indicator", "indicators");
    let linked = Span {
        text: format!("{all} {indicators} shown by programme"),
        link,
    };
    Some(vec![words(said), linked, words(".")])
}
