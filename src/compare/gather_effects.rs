//! Effects become figures: by programme where they were estimated so, else of the evaluation as a whole.

use super::gather::{Figure, Found, Whose, figure_of_effect, not_estimable, only_programme};
use crate::outcome::comparison::Measure;
use crate::outcome::{Effect, EffectDesign, Evidence, Subgroup};
use std::collections::BTreeMap;

/// An effect of a source, `cases` being its programmes by key.
pub(super) fn effect(source: usize, effect: &Effect, cases: &BTreeMap<&str, usize>) -> Found {
    let indicator = &effect.indicator;
    let measure = Measure {
        id: effect.id.clone(),
        name: name(effect),
        kind: indicator.kind,
        dimension: indicator.dimension.clone(),
        side: indicator.side,
        unit: effect.unit().to_owned(),
        direction: indicator.direction,
        words: effect.estimand.clone(),
        limits: String::new(),
        effect: Some((effect.design, effect.evidence)),
        hash: match effect.scale.is_difference() {
            true => format!("{} {:?}", indicator.hash, effect.design),
            false => format!("{} {:?} {}", indicator.hash, effect.design, effect.unit()),
        },
    };
    let fields = vec![
        ("estimand".to_owned(), effect.estimand.clone()),
        ("definition".to_owned(), indicator.hash.clone()),
        ("unit".to_owned(), effect.unit().to_owned()),
    ];
    let whole = figure_of_effect(
        Whose::Evaluation(source),
        effect.estimate.as_ref(),
        effect.not_estimable.as_ref().map(|n| n.reason.as_str()),
    );
    let mut figures: Vec<Figure> = vec![whole];
    figures.extend(by_programme(effect, cases));
    only_programme(&mut figures, cases);
    Found {
        source,
        measure,
        fields,
        counts: false,
        not_computable: not_estimable(effect),
        figures,
    }
}

/// What is compared, in words that the design allows: an effect must not be read as a level.
fn name(effect: &Effect) -> String {
    let indicator = &effect.indicator.name;
    let mut letters = indicator.chars();
    // A name in capitals (an abbreviation) stays as it is.
    let small = match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => indicator.clone(),
    };
    let what = match (effect.evidence, effect.design) {
        (Evidence::Randomised, _) => "Effect on",
        (Evidence::QuasiExperimental, EffectDesign::InterruptedSeries) => "Change of level in",
        (Evidence::QuasiExperimental, _) => "Change beyond that of the comparison group in",
        (Evidence::Comparison, _) => "Difference from those without the programme in",
        (Evidence::BeforeAfter, _) => "Change in",
        (Evidence::Descriptive, EffectDesign::DoseResponse | EffectDesign::Association) => {
            "Association with"
        }
        (Evidence::Descriptive, _) => "Difference in",
    };
    format!("{what} {small}")
}

/// Subgroups of the first column whose values are all keys of programmes.
fn by_programme(effect: &Effect, cases: &BTreeMap<&str, usize>) -> Vec<Figure> {
    let of = |s: &&Subgroup, column: &str| s.by == column;
    let keyed = effect
        .subgroups
        .iter()
        .map(|s| s.by.as_str())
        .find(|column| {
            let mut these = effect.subgroups.iter().filter(|s| of(s, column));
            these.all(|s| cases.contains_key(s.value.as_str()))
        });
    let Some(column) = keyed else {
        return vec![];
    };
    let these = effect.subgroups.iter().filter(|s| of(s, column));
    let figures = these.filter_map(|s| {
        let case = cases.get(s.value.as_str())?;
        let whose = Whose::Case(*case);
        Some(figure_of_effect(
            whose,
            s.estimate.as_ref(),
            s.reason.as_deref(),
        ))
    });
    figures.collect()
}
