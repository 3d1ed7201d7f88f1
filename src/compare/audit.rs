//! The balance audit (S24): which kinds, dimensions and sides an evaluation measures, and which it does not.

use super::advice::{Known, advice, effort, possible};
use crate::outcome::{
    Audit, AuditCell, AuditCount, AuditGap, Criterion, IndicatorResult, Kind, Lack, Money, Side,
};
use std::collections::BTreeSet;

/// Audits the indicators of an evaluation against all that are known, and says how blind spots could be filled.
///
/// `known` are the definitions of the library and of the evaluation, with what each lacks on the data.
pub fn audit(indicators: &[IndicatorResult], known: &[Known<'_>], money: Vec<Money>) -> Audit {
    let mut cells: Vec<AuditCell> = Vec::new();
    for indicator in indicators {
        let definition = &indicator.definition;
        let place = (
            definition.kind,
            definition.dimension.clone(),
            definition.side,
        );
        let at = cells
            .iter()
            .position(|c| (c.kind, c.dimension.clone(), c.side) == place)
            .unwrap_or_else(|| {
                cells.push(AuditCell {
                    kind: place.0,
                    dimension: place.1,
                    side: place.2,
                    computed: vec![],
                    not_computable: vec![],
                });
                cells.len() - 1
            });
        if measured(indicator) {
            cells[at].computed.push(definition.id.clone());
        } else {
            cells[at].not_computable.push(definition.id.clone());
        }
    }
    cells.sort_by(|a, b| (a.kind, &a.dimension, a.side).cmp(&(b.kind, &b.dimension, b.side)));
    let count = |label: &str, of: &dyn Fn(&IndicatorResult) -> bool| AuditCount {
        label: label.to_owned(),
        requested: indicators.iter().filter(|i| of(i)).count() as u64,
        computed: indicators.iter().filter(|i| of(i) && measured(i)).count() as u64,
    };
    let by_kind: Vec<AuditCount> = [
        (Kind::Output, "output"),
        (Kind::Process, "process"),
        (Kind::Structure, "structure"),
    ]
    .iter()
    .map(|(kind, label)| count(label, &|i| i.definition.kind == *kind))
    .collect();
    let by_side: Vec<AuditCount> = [
        (Side::Origin, "origin"),
        (Side::Destination, "destination"),
        (Side::Both, "both"),
    ]
    .iter()
    .map(|(side, label)| count(label, &|i| i.definition.side == *side))
    .collect();
    let measured_dimensions: BTreeSet<&str> = cells
        .iter()
        .filter(|c| !c.computed.is_empty())
        .map(|c| c.dimension.as_str())
        .collect();
    let blind: BTreeSet<&str> = known
        .iter()
        .map(|(indicator, _)| indicator)
        .filter(|i| i.kind == Kind::Process && !measured_dimensions.contains(i.dimension.as_str()))
        .map(|i| i.dimension.as_str())
        .collect();
    let by_criterion: Vec<AuditCount> = CRITERIA
        .iter()
        .map(|(criterion, label)| count(label, &|i| i.definition.criteria.contains(criterion)))
        .collect();
    let output_only = by_kind[0].computed > 0 && by_kind[1].computed == 0;
    let lacks: BTreeSet<&str> = indicators
        .iter()
        .map(|i| i.definition.id.as_str())
        .collect();
    let gap = |(indicator, lack): &Known<'_>| {
        let asked = lacks.contains(indicator.id.as_str());
        let lack = lack.as_ref().filter(|_| asked)?;
        Some(gap(&indicator.id, &indicator.name, lack))
    };
    let mut audit = Audit {
        without_criterion: count("none stated", &|i| i.definition.criteria.is_empty()),
        blind_dimensions: blind.into_iter().map(str::to_owned).collect(),
        gaps: known.iter().filter_map(gap).collect(),
        possible: possible(indicators, known),
        effort: Some(effort(indicators, money)),
        cells,
        by_kind,
        by_side,
        by_criterion,
        output_only,
        ..Audit::default()
    };
    audit.verdict = verdict(&audit);
    audit.advice = advice(&audit, indicators, known);
    audit
}

/// The DAC criteria with their words.
pub(super) const CRITERIA: [(Criterion, &str); 6] = [
    (Criterion::Relevance, "relevance"),
    (Criterion::Coherence, "coherence"),
    (Criterion::Effectiveness, "effectiveness"),
    (Criterion::Efficiency, "efficiency"),
    (Criterion::Impact, "impact"),
    (Criterion::Sustainability, "sustainability"),
];

pub(super) fn gap(id: &str, name: &str, lack: &Lack) -> AuditGap {
    AuditGap {
        id: id.to_owned(),
        name: name.to_owned(),
        lack: lack.clone(),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Computed, and with a value in at least one cell.
pub(super) fn measured(indicator: &IndicatorResult) -> bool {
    indicator.not_computable.is_none() && indicator.estimates.iter().any(|e| e.value.is_some())
}

fn indicators(n: u64, kind: &str) -> String {
    match n {
        0 => format!("no {kind} indicator"),
        1 => format!("1 {kind} indicator"),
        n => format!("{n} {kind} indicators"),
    }
}

/// A dimension's id as words inside a sentence.
pub(super) fn dimension_words(id: &str) -> String {
    match id {
        "state-civil-society-interface" => "the state–civil society interface".to_owned(),
        "three-way-integration" => "three-way integration".to_owned(),
        _ => id.replace('-', " "),
    }
}

/// Sides that no computed indicator speaks of.
pub(super) fn unseen(by_side: &[AuditCount]) -> Vec<&str> {
    by_side[..2]
        .iter()
        .filter(|s| s.computed == 0 && by_side[2].computed == 0)
        .map(|s| s.label.as_str())
        .collect()
}

fn verdict(audit: &Audit) -> Vec<String> {
    let (by_kind, by_side, blind) = (&audit.by_kind, &audit.by_side, &audit.blind_dimensions);
    let (output, process) = (&by_kind[0], &by_kind[1]);
    let mut verdict = Vec::new();
    if audit.output_only {
        verdict.push(
            "This evaluation measures outputs only. It says what was delivered; it is silent on how government and civil society worked \
             together and on integration, which is where co-development is expected to make its difference."
                .to_owned(),
        );
    } else if output.computed + process.computed == 0 {
        verdict.push("This evaluation measures neither outputs nor process.".to_owned());
    } else {
        verdict.push(format!(
            "The evaluation rests on {} and {}.",
            indicators(output.computed, "output"),
            indicators(process.computed, "process")
        ));
        if output.computed == 0 {
            verdict.push("No output is measured: it does not say what was delivered.".to_owned());
        }
    }
    let lacking = process.requested - process.computed;
    if lacking > 0 {
        let were = if lacking == 1 {
            "indicator was asked for that could"
        } else {
            "indicators were asked for that could"
        };
        verdict.push(format!(
            "{lacking} process {were} not be computed from the data; the reasons stand with each."
        ));
    }
    for side in unseen(by_side) {
        verdict.push(format!("Nothing is measured in the locality of {side}."));
    }
    if !blind.is_empty() {
        let names: Vec<String> = blind.iter().map(|d| dimension_words(d)).collect();
        verdict.push(format!("The evaluation is blind to {}.", listed(&names)));
    }
    verdict.extend(criteria(audit));
    verdict
}

/// DAC criteria that no computed indicator states, or that nothing is known on them.
fn criteria(audit: &Audit) -> Option<String> {
    let computed: u64 = audit.by_kind.iter().map(|c| c.computed).sum();
    let silent = audit.without_criterion.computed;
    if computed == 0 {
        return None;
    }
    if silent == computed {
        return Some(
            "No computed indicator states a DAC criterion, so nothing can be said on which of the six are covered."
                .to_owned(),
        );
    }
    let blind = audit.by_criterion.iter().filter(|c| c.computed == 0);
    let blind: Vec<String> = blind.map(|c| c.label.clone()).collect();
    let state = if silent == 1 { "states" } else { "state" };
    let none = format!("{silent} of {computed} computed indicators {state} no criterion");
    match (blind.is_empty(), silent) {
        (true, 0) => None,
        (true, _) => Some(format!("All six DAC criteria are spoken of; {none}.")),
        (false, 0) => Some(format!(
            "Of the six DAC criteria, no indicator computed speaks of {}.",
            listed(&blind)
        )),
        (false, _) => Some(format!(
            "Of the six DAC criteria, no indicator computed speaks of {}; {none}.",
            listed(&blind)
        )),
    }
}
