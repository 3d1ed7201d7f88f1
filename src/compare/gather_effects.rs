//! Effects become figures: by programme where they were estimated so, else of the evaluation as a whole.

use super::gather::{Figure, Found, Whose, figure_of_effect, not_estimable, only_programme};
use crate::outcome::comparison::Measure;
use crate::outcome::{Effect, Subgroup};
use std::collections::BTreeMap;

/// An effect of a source, `cases` being its programmes by key.
pub(super) fn effect(source: usize, effect: &Effect, cases: &BTreeMap<&str, usize>) -> Found {
    let indicator = &effect.indicator;
    let measure = Measure {
        id: effect.id.clone(),
        name: indicator.name.clone(),
        kind: indicator.kind,
        dimension: indicator.dimension.clone(),
        side: indicator.side,
        unit: indicator.unit.clone(),
        direction: indicator.direction,
        words: effect.estimand.clone(),
        limits: String::new(),
        effect: Some((effect.design, effect.evidence)),
        hash: format!("{} {:?}", indicator.hash, effect.design),
    };
    let fields = vec![
        ("estimand".to_owned(), effect.estimand.clone()),
        ("definition".to_owned(), indicator.hash.clone()),
        ("unit".to_owned(), indicator.unit.clone()),
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
