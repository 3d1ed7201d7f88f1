//! What changed, and may it be called an effect: all effects at a glance, then each by itself.

mod annex;
mod figures;
pub(super) mod numbers;
pub(super) mod sentences;
mod tables;
#[cfg(test)]
mod tests;
pub(super) mod words;

use super::ReportError;
use super::cells::{Names, listed, plural, side_name};
use super::format::Locale;
use super::title::level;
use super::view::{Figure, Table};
use crate::outcome::{Adjusted, Effect, Outcome};
use numbers::{Numbers, unit_of};
use rayon::prelude::*;
use serde::Serialize;
use words::{design_name, evidence_name};

pub(super) use annex::{Compared, Method, compared, methods};

/// All effects at a glance, and one by one.
#[derive(Serialize)]
pub(super) struct EffectsView {
    /// How many there are, and what they may be called.
    pub said: Vec<String>,
    pub table: Table,
    /// p-values, uncorrected and corrected.
    pub chances: Option<Table>,
    pub forests: Vec<Figure>,
    /// Families of effects looked at together, in words.
    pub families: Vec<String>,
    pub blocks: Vec<Block>,
    pub compared: Vec<Compared>,
    pub methods: Vec<Method>,
}

/// One effect.
#[derive(Serialize)]
pub(super) struct Block {
    pub anchor: String,
    pub name: String,
    pub badge: &'static str,
    pub tags: Vec<String>,
    pub said: Vec<String>,
    pub remarks: Vec<String>,
    pub figures: Vec<Figure>,
    pub tables: Vec<Table>,
    /// Tables that repeat what the charts show.
    pub details: Vec<Table>,
    /// What must hold, and what was found of it.
    pub assumptions: Vec<(String, String)>,
    pub facts: Vec<(&'static str, String)>,
}

/// Where an effect is on the page.
pub(super) fn anchor(effect: &Effect) -> String {
    let safe = effect.id.chars().map(|c| match c {
        '/' => '.',
        c if c.is_ascii_alphanumeric() || c == '_' => c,
        _ => '-',
    });
    format!("e-{}", safe.collect::<String>())
}

/// The indicator's name, with what tells it from another effect on the same indicator.
pub(super) fn short_name(effect: &Effect, outcome: &Outcome) -> String {
    let name = &effect.indicator.name;
    let same = || {
        let all = outcome.effects.iter();
        all.filter(|e| e.indicator.name == *name && e.id != effect.id)
    };
    if same().next().is_none() {
        return name.clone();
    }
    if same().all(|e| e.design != effect.design) {
        return format!("{name} ({})", design_name(effect.design));
    }
    let block = effect.id.split('/').next().unwrap_or(&effect.id);
    format!("{name} ({block})")
}

impl EffectsView {
    /// `None` where no effect was asked for.
    pub fn new(
        outcome: &Outcome,
        locale: &Locale,
        names: &Names,
    ) -> Result<Option<EffectsView>, ReportError> {
        if outcome.effects.is_empty() {
            return Ok(None);
        }
        let mut families: Vec<String> = Vec::new();
        for adjusted in outcome.effects.iter().filter_map(|e| e.adjusted.as_ref()) {
            let words = family(adjusted, locale);
            if !families.contains(&words) {
                families.push(words);
            }
        }
        let blocks: Vec<Result<Block, ReportError>> = outcome
            .effects
            .par_iter()
            .map(|effect| block(effect, outcome, *locale, names))
            .collect();
        Ok(Some(EffectsView {
            said: overview(outcome, locale),
            table: tables::summary(outcome, *locale),
            chances: tables::chances(outcome, *locale),
            forests: figures::forests(outcome, *locale)?,
            families,
            blocks: blocks.into_iter().collect::<Result<_, _>>()?,
            compared: compared(outcome, locale)?,
            methods: methods(outcome),
        }))
    }
}

/// How many effects of which evidence there are, and how many intervals leave zero out.
fn overview(outcome: &Outcome, locale: &Locale) -> Vec<String> {
    let asked = outcome.effects.len() as u64;
    let estimated: Vec<&Effect> = outcome
        .effects
        .iter()
        .filter(|e| e.estimate.is_some())
        .collect();
    let kinds: Vec<String> = words::EVIDENCE
        .into_iter()
        .rev()
        .filter_map(|evidence| {
            let of = estimated.iter().filter(|e| e.evidence == evidence).count() as u64;
            let name = evidence_name(evidence);
            (of > 0).then(|| format!("{} {name}", locale.count(of)))
        })
        .collect();
    let done = estimated.len() as u64;
    let mut said = vec![match kinds.is_empty() {
        true => format!(
            "None of the {} {} asked for could be estimated.",
            locale.count(asked),
            plural(asked, "effect", "effects")
        ),
        false => format!(
            "{} of {} {} asked for could be estimated. By the evidence that their design gives: {}.",
            locale.count(done),
            locale.count(asked),
            plural(asked, "effect", "effects"),
            listed(&kinds)
        ),
    }];
    let intervals = estimated
        .iter()
        .filter_map(|e| e.estimate.as_ref()?.interval);
    let (mut all, mut out) = (0u64, 0u64);
    for interval in intervals {
        all += 1;
        out += u64::from(!sentences::holds_zero(interval));
    }
    if all > 1 {
        let chance = all as f64 * (1.0 - outcome.evaluation.confidence);
        said.push(format!(
            "Of {} intervals ({}), {} {} zero out; if nothing had changed anywhere, about {} would do so by chance alone.",
            locale.count(all),
            level(outcome.evaluation.confidence, locale),
            locale.count(out),
            plural(out, "leaves", "leave"),
            locale.number(chance, usize::from(chance < 10.0))
        ));
    }
    said
}

fn block(
    effect: &Effect,
    outcome: &Outcome,
    locale: Locale,
    names: &Names,
) -> Result<Block, ReportError> {
    let numbers = Numbers::of(locale, &[effect]);
    let level = level(outcome.evaluation.confidence, &locale);
    let tables = tables::checks(effect, &numbers, &level).into_iter();
    let details = tables::means(effect, &numbers, &level).into_iter();
    let details = details.chain(tables::events(effect, &numbers, &level));
    let assumptions = effect.assumptions.iter().map(|a| {
        let found = match &a.checked {
            Some(check) => words::checked(check, &locale),
            None => "Not checked: these data can't show it.".to_owned(),
        };
        (a.words.clone(), found)
    });
    Ok(Block {
        anchor: anchor(effect),
        name: short_name(effect, outcome),
        badge: evidence_name(effect.evidence),
        tags: vec![
            design_name(effect.design).to_owned(),
            super::cells::dimension_name(&effect.indicator.dimension),
            side_name(effect.indicator.side).to_owned(),
        ],
        said: sentences::sentences(effect, &numbers, &level),
        remarks: effect.remarks.clone(),
        figures: figures::figures(effect, &numbers, names)?,
        tables: tables
            .chain(tables::terms(effect, locale, &level))
            .collect(),
        details: details
            .chain(tables::subgroups(effect, &numbers, &level, names))
            .collect(),
        assumptions: assumptions.collect(),
        facts: facts(effect, &numbers),
    })
}

/// Effects looked at together, in words.
fn family(adjusted: &Adjusted, locale: &Locale) -> String {
    let count = locale.count(adjusted.size);
    format!("{count} effects ({})", adjusted.family)
}

/// What the number is and what it rests on.
fn facts(effect: &Effect, numbers: &Numbers) -> Vec<(&'static str, String)> {
    let locale = &numbers.locale;
    let mut out = vec![("Estimand", effect.estimand.clone())];
    if let Some(estimate) = &effect.estimate {
        let unit = unit_of(effect);
        let value = format!("{} {unit}", numbers.signed(estimate.value));
        out.push(("Estimate", value.trim_end().to_owned()));
        if let Some(error) = words::error(estimate, numbers) {
            out.push(("Standard error", error));
        }
        if let Some(p) = estimate.p {
            let corrected = effect.adjusted.as_ref().map(|a| {
                let romano = a
                    .romano_wolf
                    .map(|p| format!(", Romano–Wolf {}", numbers.p(p)));
                format!(
                    "; corrected for {}: Holm {}, Benjamini–Hochberg {}{}",
                    family(a, locale),
                    numbers.p(a.holm),
                    numbers.p(a.benjamini_hochberg),
                    romano.unwrap_or_default()
                )
            });
            out.push((
                "p-value",
                format!("{}{}", numbers.p(p), corrected.unwrap_or_default()),
            ));
        }
        out.push(("Rests on", words::rests_on(estimate, locale)));
        if let Some(standardised) = estimate.standardised {
            let said = words::signed(standardised, 2, locale);
            out.push((
                "Standardised",
                format!("{said} standard deviations of the outcome among those not treated"),
            ));
        }
    }
    if let Some(rows) = &effect.rows {
        let mut said = format!(
            "{} of {} of the table {} used, {} left out by filters",
            locale.count(rows.used),
            locale.count(rows.total),
            rows.table,
            locale.count(rows.excluded)
        );
        for (why, count) in &rows.missing {
            said += &format!("; {} left out: {why}", locale.count(*count));
        }
        out.push(("Rows", said));
    }
    out
}
