//! Evaluations become programmes and figures: everything that a comparison can be made of, each thing once.

use super::chance::{counts_rows, effective_rows};
use crate::finding::{Finding, Stop};
use crate::outcome::comparison::{Case, Measure, SourceAccount};
use crate::outcome::{
    Effect, EffectEstimate, Estimate, IndicatorResult, Outcome, Sampling, Status,
};
use std::collections::BTreeMap;

/// An evaluation that takes part.
#[derive(Debug, Clone)]
pub struct Source {
    /// Short name, unique.
    pub label: String,
    /// Its result.
    pub outcome: Outcome,
    /// Whether it was read from a saved outcome.
    pub saved: bool,
}

/// Whose figure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// Of a programme: index into the cases.
    Case(usize),
    /// Of an evaluation as a whole: index into the sources.
    Evaluation(usize),
}

/// One figure.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub whose: Whose,
    pub period: Option<String>,
    pub status: Status,
    /// Present where the status is a value.
    pub value: Option<f64>,
    pub error: Option<Error>,
    pub parts: Option<(f64, f64)>,
    /// Effective rows of a share from a sample.
    pub effective: Option<f64>,
    pub n: u64,
    pub sampling: Option<Sampling>,
    /// Why a figure of a sample has no error, or why there is no figure.
    pub reason: Option<String>,
}

/// The sampling error of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Error {
    pub se: f64,
    /// `None` for the normal.
    pub df: Option<f64>,
    /// Interval at the confidence of its evaluation.
    pub interval: (f64, f64),
}

/// A measure as one source has it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub source: usize,
    pub measure: Measure,
    /// What else must agree before figures are compared: name and text.
    pub fields: Vec<(String, String)>,
    /// Whether it counts single rows.
    pub counts: bool,
    /// Why the source has no figure at all.
    pub not_computable: Option<String>,
    pub figures: Vec<Figure>,
}

/// All that there is to compare.
pub(super) struct Material {
    pub sources: Vec<SourceAccount>,
    pub cases: Vec<Case>,
    /// Evaluations as cases, one per source.
    pub evaluations: Vec<Case>,
    /// Every measure of every source, indicators before effects, in the order of the sources.
    pub found: Vec<Found>,
    /// Confidence of the intervals, where all sources have the same.
    pub confidence: Option<f64>,
}

/// Gathers programmes and figures. `qualify`: programmes are named after their source, `source/programme`.
///
/// # Errors
/// When a programme's key is in two sources, or two sources have the same name.
pub(super) fn gather(sources: &[Source], qualify: bool) -> Result<Material, Stop> {
    let mut cases: Vec<Case> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    // Per source: key of the programme as the source has it, to the index of its case.
    let mut of_source: Vec<BTreeMap<&str, usize>> = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        let mut own = BTreeMap::new();
        for programme in &source.outcome.programmes {
            let id = match qualify {
                true => format!("{}/{}", source.label, programme.id),
                false => programme.id.clone(),
            };
            if let Some(other) = places.insert(id.clone(), cases.len()) {
                return Err(twice(&id, sources, cases[other].source, at));
            }
            own.insert(programme.id.as_str(), cases.len());
            cases.push(Case {
                id,
                name: programme.name.clone(),
                source: at,
                flag: flag(&programme.facts),
                facts: programme.facts.clone(),
            });
        }
        of_source.push(own);
    }
    let mut found = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        for result in &source.outcome.indicators {
            let confidence = source.outcome.evaluation.confidence;
            found.push(indicator(at, result, &of_source[at], confidence));
        }
    }
    for (at, source) in sources.iter().enumerate() {
        for effect in &source.outcome.effects {
            found.push(super::gather_effects::effect(at, effect, &of_source[at]));
        }
    }
    let mut levels = sources.iter().map(|s| s.outcome.evaluation.confidence);
    let first = levels.next();
    Ok(Material {
        confidence: first.filter(|first| levels.all(|level| level == *first)),
        sources: sources.iter().map(account).collect(),
        evaluations: sources.iter().enumerate().map(whole).collect(),
        cases,
        found,
    })
}

fn twice(id: &str, sources: &[Source], first: usize, second: usize) -> Stop {
    let (a, b) = (&sources[first].label, &sources[second].label);
    let message = format!("The programme `{id}` is in two evaluations: {a} and {b}.");
    let help = "If they are two programmes, add `--qualify`, which names each after its evaluation (`name/key`); if they are \
                one, leave one of the evaluations out.";
    Finding::error("compare-programme-twice", message, help).into()
}

fn account(source: &Source) -> SourceAccount {
    SourceAccount {
        label: source.label.clone(),
        title: source.outcome.evaluation.title.clone(),
        programmes: source.outcome.programmes.len() as u64,
        saved: source.saved,
        codev: source.outcome.provenance.codev.clone(),
        files: source.outcome.provenance.files.clone(),
    }
}

/// An evaluation as a case.
fn whole((at, source): (usize, &Source)) -> Case {
    Case {
        id: source.label.clone(),
        name: source.outcome.evaluation.title.clone(),
        source: at,
        facts: vec![],
        flag: None,
    }
}

/// The remigration objective of a programme (S03), where its motives hold one.
fn flag(facts: &[(String, String)]) -> Option<String> {
    let motives = facts.iter().find(|(column, _)| column == "motives");
    let (_, text) = motives?;
    let mut motives = text.split([';', ',', '|']).map(str::trim);
    motives
        .any(|m| m.eq_ignore_ascii_case("remigration"))
        .then(|| "its motives include remigration".to_owned())
}

fn indicator(
    source: usize,
    result: &IndicatorResult,
    cases: &BTreeMap<&str, usize>,
    confidence: f64,
) -> Found {
    let definition = &result.definition;
    let measure = Measure {
        id: definition.id.clone(),
        name: definition.name.clone(),
        kind: definition.kind,
        dimension: definition.dimension.clone(),
        side: definition.side,
        unit: definition.unit.clone(),
        direction: definition.direction,
        words: definition.words.clone(),
        limits: definition.limits.clone(),
        effect: None,
        hash: definition.hash.clone(),
    };
    let fields = vec![
        ("definition".to_owned(), definition.words.clone()),
        ("computed as".to_owned(), definition.formula.clone()),
        ("unit".to_owned(), definition.unit.clone()),
        (
            "direction".to_owned(),
            definition.direction.word().to_owned(),
        ),
    ];
    let mut figures: Vec<Figure> = Vec::new();
    for estimate in result.estimates.iter().filter(|e| e.group.is_none()) {
        let whose = match &estimate.programme {
            None => Whose::Evaluation(source),
            Some(id) => match cases.get(id.as_str()) {
                Some(case) => Whose::Case(*case),
                None => continue,
            },
        };
        let mut figure = figure(whose, estimate, result.sampling);
        if definition.unit == "%" && result.sampling != Some(Sampling::Census) {
            figure.effective = effective_rows(estimate, confidence);
        }
        figures.push(figure);
    }
    only_programme(&mut figures, cases);
    Found {
        source,
        measure,
        fields,
        counts: counts_rows(&definition.formula),
        not_computable: result.not_computable.clone(),
        figures,
    }
}

/// Where an evaluation holds one programme, its figures as a whole are those of the programme.
pub(super) fn only_programme(figures: &mut Vec<Figure>, cases: &BTreeMap<&str, usize>) {
    let Some((_, only)) = cases.first_key_value().filter(|_| cases.len() == 1) else {
        return;
    };
    if figures.iter().any(|f| matches!(f.whose, Whose::Case(_))) {
        return;
    }
    let of_programme: Vec<Figure> = figures
        .iter()
        .cloned()
        .map(|f| Figure {
            whose: Whose::Case(*only),
            ..f
        })
        .collect();
    figures.extend(of_programme);
}

fn figure(whose: Whose, estimate: &Estimate, sampling: Option<Sampling>) -> Figure {
    let error = estimate.interval.map(|i| Error {
        se: i.se,
        df: (i.df > 0.0).then_some(i.df),
        interval: (i.low, i.high),
    });
    Figure {
        whose,
        period: estimate.period.clone(),
        status: estimate.status,
        value: estimate.value.filter(|_| estimate.status == Status::Value),
        error,
        parts: estimate.parts,
        effective: None,
        n: estimate.n,
        sampling,
        reason: estimate.no_interval.clone(),
    }
}

/// The figure of an effect.
pub(super) fn figure_of_effect(
    whose: Whose,
    estimate: Option<&EffectEstimate>,
    reason: Option<&str>,
) -> Figure {
    let Some(estimate) = estimate else {
        return Figure {
            whose,
            period: None,
            status: Status::Undefined,
            value: None,
            error: None,
            parts: None,
            effective: None,
            n: 0,
            sampling: None,
            reason: reason.map(str::to_owned),
        };
    };
    let error = match (estimate.se, estimate.interval) {
        (Some(se), Some(interval)) => Some(Error {
            se,
            df: estimate.df,
            interval,
        }),
        _ => None,
    };
    // Without an error it is either a census, or a sample that has none for a reason of its own.
    let census = estimate.se.is_none() && error.is_none() && estimate.no_interval.is_none();
    Figure {
        whose,
        period: None,
        status: Status::Value,
        value: Some(estimate.value),
        error,
        parts: None,
        effective: None,
        n: estimate.n,
        sampling: Some(if census {
            Sampling::Census
        } else {
            Sampling::Sample
        }),
        reason: estimate.no_interval.clone(),
    }
}

/// Whether an effect could be estimated at all.
pub(super) fn not_estimable(effect: &Effect) -> Option<String> {
    effect.not_estimable.as_ref().map(|n| n.reason.clone())
}
