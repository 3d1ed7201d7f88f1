//! Key findings: at most ten sentences, chosen by the rules of [`super::key_facts`], each with links to its indicators.

use super::cells::{Cells, Names, why_not};
use super::format::{Locale, Style};
use super::key_effects as effects;
use super::key_facts as facts;
use super::key_gaps as gaps;
use super::sentences::{Speaker, computed};
use crate::outcome::Outcome;
use serde::Serialize;

/// So many findings at most are key.
const MOST: usize = 10;

/// The findings of the first page.
#[derive(Serialize)]
pub(super) struct Findings {
    /// What is measured and what is not.
    pub overview: Vec<String>,
    pub key: Vec<Sentence>,
    /// How the findings were chosen.
    pub rule: String,
}

/// A piece of a sentence, with the anchor it links to.
#[derive(Serialize, Debug, Clone)]
pub(super) struct Span {
    pub text: String,
    pub link: Option<String>,
}

/// A sentence in pieces.
pub(super) type Sentence = Vec<Span>;

/// Plain words of a sentence.
pub(super) fn words(text: impl Into<String>) -> Span {
    Span {
        text: text.into(),
        link: None,
    }
}

/// One indicator with all that is needed to speak of it.
pub(super) struct Subject<'a> {
    pub speaker: Speaker<'a>,
    pub cells: Cells<'a>,
}

impl Subject<'_> {
    /// The indicator's name, linked to its section.
    pub fn link(&self) -> Span {
        let definition = &self.speaker.result.definition;
        Span {
            text: definition.name.clone(),
            link: Some(format!("i-{}", definition.id)),
        }
    }
}

/// Every indicator that has a value.
pub(super) fn subjects<'a>(
    outcome: &'a Outcome,
    locale: &'a Locale,
    names: &'a Names<'a>,
) -> Vec<Subject<'a>> {
    let with_value = outcome.indicators.iter().filter(|i| why_not(i).is_none());
    with_value
        .map(|result| Subject {
            speaker: Speaker {
                outcome,
                locale,
                names,
                style: Style::of(*locale, result),
                result,
            },
            cells: Cells::new(result),
        })
        .collect()
}

impl Findings {
    pub fn new(outcome: &Outcome, locale: &Locale, names: &Names) -> Findings {
        let mut overview = vec![computed(outcome, locale)];
        overview.extend(outcome.audit.verdict.iter().cloned());
        let subjects = subjects(outcome, locale, names);
        let mut key: Vec<Sentence> = Vec::new();
        key.extend(effects::settled(outcome, locale));
        key.extend(effects::open(outcome, locale));
        key.extend(facts::targets(&subjects, true));
        key.extend(facts::targets(&subjects, false));
        key.extend(facts::programme_targets(&subjects, locale));
        key.extend(facts::change(&subjects, locale, true));
        key.extend(facts::change(&subjects, locale, false));
        key.extend(facts::apart(&subjects, locale));
        key.extend(facts::spread(&subjects, locale));
        key.extend(facts::groups(&subjects, locale));
        let missing = gaps::missing(&subjects, locale);
        let without = gaps::without(&subjects, outcome, locale, names);
        // What is missing is never crowded out by results.
        let last: Vec<Sentence> = missing.into_iter().chain(without).collect();
        key.truncate(MOST.saturating_sub(last.len()));
        key.extend(last);
        Findings {
            overview,
            key,
            rule: match outcome.effects.is_empty() {
                true => facts::rule(locale),
                false => format!("{} {}", effects::RULE, facts::rule(locale)),
            },
        }
    }
}
