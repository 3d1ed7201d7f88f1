//! One mean over programmes, how far they scatter, and how far each is drawn towards the mean.

use super::PartView;
use super::found;
use super::pooled_tables::{groups, members, regression, summary};
use super::voice::Voice;
use crate::outcome::comparison::{Part, PoolModel, PoolScale, Pooled};
use crate::report::cells::listed;

/// Name of a model.
pub(super) fn model_name(model: PoolModel) -> &'static str {
    match model {
        PoolModel::Reml => "random effects, REML",
        PoolModel::DersimonianLaird => "random effects, DerSimonian–Laird",
        PoolModel::PauleMandel => "random effects, Paule–Mandel",
        PoolModel::SidikJonkman => "random effects, Sidik–Jonkman",
        PoolModel::Hedges => "random effects, Hedges",
        PoolModel::BinomialNormal => "random effects, binomial-normal",
        PoolModel::Fixed => "one true value for all (fixed effect)",
    }
}

pub(super) fn scale_words(scale: PoolScale) -> &'static str {
    match scale {
        PoolScale::Own => "",
        PoolScale::Logit => "log-odds",
        PoolScale::Log => "logarithmic scale",
    }
}

/// Heterogeneity in words, without Greek letters: `tau² 0.04, I² 62%, Q 24.1 on 9 degrees of freedom, p = 0.004`.
pub(super) fn scatter_words(voice: &Voice, pooled: &Pooled) -> String {
    let h = &pooled.heterogeneity;
    let q = match pooled.model {
        PoolModel::BinomialNormal => "likelihood ratio",
        _ => "Q",
    };
    format!(
        "tau² {}, I² {}, {q} {} on {} degrees of freedom, {}",
        small(voice, h.tau2),
        voice.locale.percent(h.i2, 0),
        voice.locale.number(h.q, 1),
        voice.locale.number(h.df, 0),
        voice.p_words(h.p)
    )
}

/// A variance with two digits that count.
pub(super) fn small(voice: &Voice, value: f64) -> String {
    crate::report::format::Style::of_errors(voice.locale, &[value], &[value]).value(value)
}

pub(super) fn part(voice: &Voice, anchor: &str, brief: bool) -> Option<PartView> {
    let pooled = voice.of.pooled.as_ref()?;
    let mut part = PartView::new(Part::Pooled, anchor, "Pooled");
    part.said.push(found::mean(voice, pooled));
    part.said.push(scatter(voice, pooled));
    part.said.extend(scale(pooled));
    part.said.extend(halves(voice, pooled));
    part.said.extend(not_pooled(voice, pooled));
    part.said.extend(influence(voice, pooled));
    part.said.extend(small_study(voice, pooled));
    part.said.push(
        "A mean over programmes describes these programmes; where the scatter between them is wide, it stands for none of them."
            .to_owned(),
    );
    part.tables.push(summary(voice, pooled, anchor));
    part.tables.extend(groups(voice, pooled, anchor));
    part.tables.extend(regression(voice, pooled, anchor));
    if !brief {
        part.details.push(members(voice, pooled, anchor));
    }
    Some(part)
}

fn scatter(voice: &Voice, pooled: &Pooled) -> String {
    let h = &pooled.heterogeneity;
    let words = scatter_words(voice, pooled);
    let range = h.i2_interval.map(|(low, high)| {
        format!(
            ", {} interval {} to {}",
            voice.level,
            voice.locale.percent(low, 0),
            voice.locale.percent(high, 0)
        )
    });
    match h.p < 1.0 - voice.compared.confidence {
        true => format!(
            "Programmes scatter beyond the error of their figures: about {} of what is seen of the scatter lies between programmes{} ({words}).",
            voice.locale.percent(h.i2, 0),
            range.unwrap_or_default()
        ),
        false => format!(
            "That programmes scatter beyond the error of their figures is not shown ({words}); with few programmes such a test finds little."
        ),
    }
}

/// The scale of the mean, where it is not the measure's own.
fn scale(pooled: &Pooled) -> Option<String> {
    match pooled.scale {
        PoolScale::Own => None,
        PoolScale::Logit => Some(
            "Shares are pooled as log-odds and written back, so that no interval leaves 0 to 100%."
                .to_owned(),
        ),
        PoolScale::Log => Some("Values are pooled as logarithms and written back.".to_owned()),
    }
}

/// Shares of none and all rows, which have no log-odds as they are.
fn halves(voice: &Voice, pooled: &Pooled) -> Option<String> {
    (pooled.halves_added > 0).then(|| {
        format!(
            "{} of {} have a share of none or all of their rows; half a row is added to both sides of these.",
            voice.locale.count(pooled.halves_added),
            voice.counted(pooled.pooled.len())
        )
    })
}

/// Entries that are not in the mean, and those flagged that are.
fn not_pooled(voice: &Voice, pooled: &Pooled) -> Option<String> {
    let entries = voice.of.entries.iter().enumerate();
    let out: Vec<usize> = entries
        .filter(|(at, _)| !pooled.pooled.contains(at))
        .map(|(at, _)| at)
        .collect();
    if out.is_empty() {
        return None;
    }
    let flagged = |at: &usize| {
        let case = voice.of.entries.get(*at).and_then(|e| e.case);
        case.and_then(|c| voice.compared.cases.get(c))
            .is_some_and(|c| c.flag.is_some())
    };
    let (marked, other): (Vec<usize>, Vec<usize>) = out.into_iter().partition(flagged);
    let names = |list: &[usize]| -> String {
        match list.len() {
            n if n <= 6 => listed(
                &list
                    .iter()
                    .map(|at| voice.name(*at).to_owned())
                    .collect::<Vec<_>>(),
            ),
            n => voice.counted(n),
        }
    };
    let mut said = Vec::new();
    if !marked.is_empty() {
        said.push(format!(
            "Not pooled since remigration is among their objectives (S03), which makes them another sort of programme: {}.",
            names(&marked)
        ));
    }
    let (unknown, exact): (Vec<usize>, Vec<usize>) = other
        .into_iter()
        .partition(|at| voice.unknown().any(|(i, _)| i == *at));
    if !exact.is_empty() {
        said.push(format!(
            "Not pooled since their figure has no error to weigh it by: {}.",
            names(&exact)
        ));
    }
    if !unknown.is_empty() {
        said.push(format!(
            "Not pooled since the error of their figure is not known: {}.",
            names(&unknown)
        ));
    }
    Some(said.join(" "))
}

fn influence(voice: &Voice, pooled: &Pooled) -> Option<String> {
    let strong: Vec<String> = pooled
        .members
        .iter()
        .filter(|m| m.influential)
        .map(|m| voice.name(m.entry).to_owned())
        .collect();
    if strong.is_empty() {
        return None;
    }
    let without: Vec<String> = pooled
        .members
        .iter()
        .filter(|m| m.influential)
        .filter_map(|m| Some((m.entry, m.without?.0)))
        .take(4)
        .map(|(entry, mean)| {
            let mean = voice.mean(voice.back(mean, pooled.scale));
            format!("{mean} without {}", voice.name(entry))
        })
        .collect();
    let who = match strong.len() {
        n if n <= 4 => listed(&strong),
        n => voice.counted(n),
    };
    Some(match without.is_empty() {
        true => format!("The result hangs noticeably on {who}."),
        false => format!(
            "The result hangs noticeably on {who}: the mean would be {}.",
            listed(&without)
        ),
    })
}

fn small_study(voice: &Voice, pooled: &Pooled) -> Option<String> {
    let small = pooled.small_study.as_ref()?;
    if let Some(reason) = &small.no_test {
        return Some(format!(
            "Whether less exact figures tell another story was not tested: {}.",
            reason.trim_end_matches('.')
        ));
    }
    let egger = small.egger.as_ref()?;
    let p = voice.p_words(egger.p);
    Some(match egger.p < 1.0 - voice.compared.confidence {
        true => format!(
            "Less exact figures tell another story than the exact ones (Egger's test, {p}): small programmes may be chosen by what they showed, or be of another sort."
        ),
        false => {
            format!("That less exact figures tell another story is not shown (Egger's test, {p}).")
        }
    })
}
