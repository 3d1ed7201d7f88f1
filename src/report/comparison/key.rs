//! Key findings: what a reader in a hurry may take away, with its uncertainty.

use super::article_anchor;
use super::found;
use super::qca;
use super::voice::{Voice, noun};
use crate::outcome::comparison::{Compared, Comparison, Part};
use crate::report::cells::{listed, plural};
use crate::report::format::Locale;
use serde::Serialize;

/// So many key sentences at most.
const MOST: usize = 12;

/// The findings: an overview, then sentences with links.
#[derive(Serialize)]
pub(super) struct Key {
    pub overview: Vec<String>,
    pub sentences: Vec<Sentence>,
    /// How the sentences were chosen.
    pub rule: String,
}

/// A finding: where it is told of, and what it is.
#[derive(Serialize)]
pub(super) struct Sentence {
    pub link: String,
    pub name: String,
    pub text: String,
}

/// What a comparison shows, for counting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// It could not be made.
    Nothing,
    /// Some of those compared differ.
    Difference,
    /// No difference is shown.
    Open,
    /// There is no test: figures are recorded in full, or their errors are not known.
    Untested,
}

fn shows(voice: &Voice) -> Shows {
    let of = voice.of;
    if of.refusals.iter().any(|r| r.part == Part::Values) {
        return Shows::Nothing;
    }
    let pairs = of.differences.iter().flat_map(|d| &d.pairs);
    let verdicts: Vec<bool> = pairs.filter_map(|p| voice.shown(p)).collect();
    if !verdicts.is_empty() {
        return match verdicts.iter().any(|v| *v) {
            true => Shows::Difference,
            false => Shows::Open,
        };
    }
    match &of.overall {
        Some(test) if test.p < 1.0 - voice.compared.confidence => Shows::Difference,
        Some(_) => Shows::Open,
        None => Shows::Untested,
    }
}

/// Whether somebody asked for it more expressly than for a look at everything.
fn express(comparison: &Comparison) -> bool {
    comparison.equivalence.is_some()
        || comparison
            .differences
            .as_ref()
            .is_some_and(|d| d.benchmark.is_some())
}

impl Key {
    pub fn new(compared: &Compared, locale: &Locale) -> Key {
        let voices: Vec<Voice> = compared
            .comparisons
            .iter()
            .map(|c| Voice::new(compared, c))
            .collect();
        let shown: Vec<Shows> = voices.iter().map(shows).collect();
        let mut sentences = Vec::new();
        let order = order(&voices, &shown);
        let all = order.len();
        for at in order.into_iter().take(MOST) {
            let Some(voice) = voices.get(at) else {
                continue;
            };
            // Of a few measures more is said of each.
            let most = if all <= 4 { 3 } else { 2 };
            let found = found::sentences(voice);
            let text: Vec<String> = found.into_iter().take(most).collect();
            sentences.push(Sentence {
                link: article_anchor(compared, at),
                name: label(compared, voice.of),
                text: text.join(" "),
            });
        }
        for one in &compared.qca {
            sentences.push(Sentence {
                link: qca::anchor(one),
                name: qca::title(one),
                text: qca::summary(one, locale),
            });
        }
        let rule = match all > MOST {
            true => format!(
                "Told here are {MOST} of {} comparisons: first those with a benchmark, then those in which a difference is shown, in the order of the settings. The overview has all of them.",
                locale.count(all as u64)
            ),
            false => "Sentences follow the intervals: what is “not shown to differ” is not shown to be equal.".to_owned(),
        };
        Key {
            overview: overview(compared, &shown, locale),
            sentences,
            rule,
        }
    }
}

/// Name of a comparison, with what tells it from others of the same measure: the block's title, the design of an effect.
pub(super) fn label(compared: &Compared, comparison: &Comparison) -> String {
    let name = &comparison.measure.name;
    let same = |test: &dyn Fn(&Comparison) -> bool| {
        let all = compared.comparisons.iter();
        all.filter(|c| c.measure.name == *name && test(c)).count() > 1
    };
    let design = comparison
        .measure
        .effect
        .map(|(design, _)| crate::report::effects::words::design_name(design).to_owned());
    let block = match comparison.title.as_str() {
        "" => super::voice::between_words(&comparison.between),
        title => title.to_owned(),
    };
    let mut more = Vec::new();
    if same(&|c| c.block != comparison.block)
        || same(&|c| c.measure.effect == comparison.measure.effect)
    {
        more.push(block);
    }
    if same(&|c| c.measure.effect != comparison.measure.effect || c.id == comparison.id) {
        more.extend(design);
    }
    match more.is_empty() {
        true => name.clone(),
        false => format!("{name} ({})", more.join("; ")),
    }
}

/// Comparisons in the order in which they are told; those that could not be made are left out.
fn order(voices: &[Voice], shown: &[Shows]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..voices.len())
        .filter(|at| shown.get(*at) != Some(&Shows::Nothing))
        .collect();
    let class = |at: &usize| {
        let asked = voices.get(*at).is_some_and(|v| express(v.of));
        match (asked, shown.get(*at)) {
            (true, _) => 0,
            (_, Some(Shows::Difference)) => 1,
            (_, Some(Shows::Open)) => 2,
            _ => 3,
        }
    };
    order.sort_by_key(class);
    order
}

fn overview(compared: &Compared, shown: &[Shows], locale: &Locale) -> Vec<String> {
    let count = |n: usize| locale.count(n as u64);
    let of = |kind: Shows| shown.iter().filter(|s| **s == kind).count();
    let (differ, open, untested, lost) = (
        of(Shows::Difference),
        of(Shows::Open),
        of(Shows::Untested),
        of(Shows::Nothing),
    );
    let all = shown.len();
    let tested = differ + open;
    let mut said = Vec::new();
    if all > 0 {
        let what = match compared.comparisons.first() {
            Some(first)
                if compared
                    .comparisons
                    .iter()
                    .all(|c| c.between == first.between) =>
            {
                noun(&first.between, 2)
            }
            _ => "of those compared",
        };
        said.push(match (tested, differ) {
            (0, _) => format!(
                "{} {} made; in none is a difference tested, since that takes figures with an error.",
                count(untested),
                plural(untested as u64, "comparison was", "comparisons were")
            ),
            (_, 0) => format!(
                "In none of {} {} is a difference shown. That does not show those compared to be equal.",
                count(tested),
                plural(tested as u64, "comparison", "comparisons")
            ),
            (1, _) => format!("Some {what} are shown to differ."),
            _ => format!(
                "In {} of {} comparisons some {what} are shown to differ; in the other {} no difference is shown, which does not show them to be equal.",
                count(differ),
                count(tested),
                count(open)
            ),
        });
        if tested > 5 {
            let chance = tested as f64 * (1.0 - compared.confidence);
            said.push(format!(
                "If nothing differed anywhere, about {} of {} would show a difference by chance.",
                locale.number(chance, usize::from(chance < 10.0)),
                count(tested)
            ));
        }
    }
    said.extend(leaders(compared, locale));
    let mut rest = Vec::new();
    if untested > 0 && tested > 0 {
        rest.push(format!(
            "{} {} figures without an error that is known, or recorded in full",
            count(untested),
            plural(untested as u64, "has", "have")
        ));
    }
    if lost > 0 {
        rest.push(format!("{} could not be made", count(lost)));
    }
    if !rest.is_empty() {
        said.push(format!(
            "Of the {} comparisons, {}.",
            count(all),
            listed(&rest)
        ));
    }
    let flagged = compared.cases.iter().filter(|c| c.flag.is_some()).count();
    if flagged > 0 {
        said.push(format!(
            "{} {} flagged for a remigration objective (S03); the sections say where they are not pooled with the others.",
            count(flagged),
            plural(flagged as u64, "programme is", "programmes are")
        ));
    }
    if compared.mismatches.iter().any(|m| m.accepted.is_none()) {
        said.push("Some measures are defined differently in the evaluations and were not compared over them.".to_owned());
    }
    said
}

/// Of all leagues: in how many the first can be told from all others.
fn leaders(compared: &Compared, locale: &Locale) -> Option<String> {
    let leagues: Vec<_> = compared
        .comparisons
        .iter()
        .filter_map(|c| c.league.as_ref())
        .collect();
    let all = leagues.len();
    if all < 3 {
        return None;
    }
    let clear = leagues
        .iter()
        .filter(|l| l.ranks.first().is_some_and(|r| r.simultaneous.1 <= 1))
        .count();
    Some(match clear {
        0 => format!(
            "In none of {} rankings do the data tell the first from all others.",
            locale.count(all as u64)
        ),
        n => format!(
            "In {} of {} rankings the data tell the first from all others; in the rest several may be the best.",
            locale.count(n as u64),
            locale.count(all as u64)
        ),
    })
}
