//! The programmes of an evaluation, and targets of such as are not there.

use crate::dataset::Dataset;
use crate::estimate::Estimated;
use crate::evaluation::Evaluation;
use crate::finding::{Finding, Findings, nearest};
use crate::outcome::Programme;
use std::collections::BTreeSet;

/// Targets of programmes that are not there.
pub fn check_targets(evaluation: &Evaluation, programmes: &[Programme], findings: &mut Findings) {
    for target in &evaluation.targets {
        let Some(id) = &target.programme else {
            continue;
        };
        if programmes.iter().all(|p| p.id != *id) {
            let help = match nearest(id, programmes.iter().map(|p| p.id.as_str())) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Use the key of a programme as in the data.".to_owned(),
            };
            let message = format!("There is no programme `{id}` to set a target for.");
            let finding = Finding::warning("evaluation-unknown-programme", message, help);
            findings.push(finding.in_file("evaluation.toml").in_column("target"));
        }
    }
}

/// All programmes: those of their table, then others that figures are of.
pub fn all(dataset: &Dataset, estimated: &[Estimated]) -> Vec<Programme> {
    let label = dataset.programmes().and_then(|t| t.meaning.label.clone());
    let named = dataset.programme_rows().into_iter().map(|(id, facts)| {
        let name = facts
            .iter()
            .find(|(column, _)| Some(column) == label.as_ref())
            .map(|(_, text)| text.clone());
        let facts = facts
            .into_iter()
            .filter(|(column, _)| Some(column) != label.as_ref())
            .collect();
        Programme {
            name: name.unwrap_or_else(|| id.clone()),
            id,
            facts,
        }
    });
    let mut programmes: Vec<Programme> = named.collect();
    let mut known: BTreeSet<String> = programmes.iter().map(|p| p.id.clone()).collect();
    for estimate in estimated.iter().flat_map(|e| &e.estimates) {
        if let Some(id) = &estimate.programme
            && known.insert(id.clone())
        {
            programmes.push(Programme {
                id: id.clone(),
                name: id.clone(),
                facts: vec![],
            });
        }
    }
    programmes
}
