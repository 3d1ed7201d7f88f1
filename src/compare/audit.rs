//! The balance audit (S24): which kinds, dimensions and sides an evaluation measures, and which it does not.

use crate::outcome::{Audit, AuditCell, AuditCount, IndicatorResult, Kind, Side};
use std::collections::BTreeSet;

/// Audits the indicators of an evaluation against the dimensions that a full one could cover: (kind, dimension).
pub fn audit(indicators: &[IndicatorResult], known: &BTreeSet<(Kind, String)>) -> Audit {
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
    let blind_dimensions: Vec<String> = known
        .iter()
        .filter(|(kind, dimension)| {
            *kind == Kind::Process && !measured_dimensions.contains(dimension.as_str())
        })
        .map(|(_, dimension)| dimension.clone())
        .collect();
    let output_only = by_kind[0].computed > 0 && by_kind[1].computed == 0;
    let verdict = verdict(&by_kind, &by_side, &blind_dimensions, output_only);
    Audit {
        cells,
        by_kind,
        by_side,
        blind_dimensions,
        verdict,
        output_only,
    }
}

/// Computed, and with a value in at least one cell.
fn measured(indicator: &IndicatorResult) -> bool {
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
fn dimension_words(id: &str) -> String {
    match id {
        "state-civil-society-interface" => "the state–civil society interface".to_owned(),
        "three-way-integration" => "three-way integration".to_owned(),
        _ => id.replace('-', " "),
    }
}

fn verdict(
    by_kind: &[AuditCount],
    by_side: &[AuditCount],
    blind: &[String],
    output_only: bool,
) -> Vec<String> {
    let (output, process) = (&by_kind[0], &by_kind[1]);
    let mut verdict = Vec::new();
    if output_only {
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
    let unseen: Vec<&str> = by_side[..2]
        .iter()
        .filter(|s| s.computed == 0 && by_side[2].computed == 0)
        .map(|s| s.label.as_str())
        .collect();
    for side in unseen {
        verdict.push(format!("Nothing is measured in the locality of {side}."));
    }
    if !blind.is_empty() {
        let names: Vec<String> = blind.iter().map(|d| dimension_words(d)).collect();
        let list = match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => names.concat(),
        };
        verdict.push(format!("The evaluation is blind to {list}."));
    }
    verdict
}
