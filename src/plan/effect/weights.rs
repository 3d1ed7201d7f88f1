//! What calibrated and replicate weights mean for an effect.

use super::{Asked, EffectWork, Refusal};
use crate::dataset::Table;
use crate::plan::scan::Scan;
use crate::plan::weights::{has_replicates, keys, margins};

/// Reads the cells of the margins, so that rows get the calibrated weights; the words for these weights.
pub(super) fn calibrate(work: &mut EffectWork, scan: &mut Scan, asked: &Asked<'_>, table: &Table) {
    let (dataset, evaluation) = (asked.dataset, asked.evaluation);
    scan.calibrated = keys(scan, dataset, table, evaluation);
    if let Some(columns) = margins(dataset, table, evaluation) {
        let own = work.weight_name.as_deref().unwrap_or("weights");
        work.weight_name = Some(format!(
            "{own} calibrated to the margins of {columns} (taken as fixed in the error)"
        ));
    }
}

/// Replicate weights are not used by effects: clusters must be there in their place.
pub(super) fn replicated(
    work: &EffectWork,
    table: &Table,
    remarks: &mut Vec<String>,
) -> Result<(), Refusal> {
    if !has_replicates(table) {
        return Ok(());
    }
    if work.cluster.is_none() {
        return Refusal::reason(
            format!(
                "only the replicate weights of `{}` tell how its sample was drawn, and errors of effects are told from clusters",
                table.name
            ),
            "Name the sampling units as `cluster` in the codev object of the table, or in the effect.",
        );
    }
    remarks.push(format!(
        "The error rests on the full weights and on clusters; the replicate weights of {} are not used for effects.",
        table.name
    ));
    Ok(())
}
