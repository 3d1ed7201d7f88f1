//! The indicators that nothing can be said on, each with the reason.

use super::cells::{capitalised, dimension_name, kind_name, why_not};
use super::view::{Cell, Column, Table};
use crate::outcome::{IndicatorResult, Outcome};

/// Indicators without any result with the reason, by dimension.
pub(super) fn not_computable(outcome: &Outcome) -> Option<Table> {
    let columns = ["Indicator", "Kind", "Why it could not be computed"].map(Column::text);
    let caption = "Indicators asked for without any value";
    let mut table = Table::new("not-computable-table", caption, columns.into());
    let mut lost: Vec<(&IndicatorResult, String)> = outcome
        .indicators
        .iter()
        .filter_map(|result| Some((result, why_not(result)?)))
        .collect();
    // A stable sort: within a dimension the order of the outcome holds.
    lost.sort_by(|a, b| a.0.definition.dimension.cmp(&b.0.definition.dimension));
    for (result, reason) in lost {
        let definition = &result.definition;
        table.group(&dimension_name(&definition.dimension));
        table.push(vec![
            Cell {
                title: Some(definition.question.clone()).filter(|q| !q.is_empty()),
                ..Cell::text(&definition.name)
            },
            Cell::text(kind_name(definition.kind)),
            Cell::text(capitalised(&reason)),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}
