//! The plan that was locked before the data were seen, against the report; and which tables are protected.

use super::cells::{capitalised, plural};
use super::format::Locale;
use super::view::{Cell, Column, Table};
use crate::outcome::{Outcome, PlanChange, Way};
use serde::Serialize;

/// The section on a locked plan.
#[derive(Serialize)]
pub(super) struct PlanView {
    pub summary: String,
    pub differences: Option<Table>,
}

/// What became of the plan; nothing where none was locked.
pub(super) fn plan(outcome: &Outcome, locale: &Locale) -> Option<PlanView> {
    let plan = outcome.plan.as_ref()?;
    let parts = plural(plan.parts, "part", "parts");
    let mut summary = format!(
        "A plan of {} {parts} was locked on {} (SHA-256 {})",
        locale.count(plan.parts),
        plan.locked,
        plan.sha256
    );
    if let Some(address) = &plan.registered {
        summary.push_str(&format!(" and is registered at {address}"));
    }
    summary.push('.');
    if let Some(first) = plan.earlier.first() {
        let earlier = plural(plan.earlier.len() as u64, "plan was", "plans were");
        summary.push_str(&format!(
            " It takes the place of an earlier one: {} {earlier} locked before it, the first on {first}.",
            plan.earlier.len()
        ));
    }
    let count = |change: PlanChange| {
        plan.differences
            .iter()
            .filter(|d| d.change == change)
            .count()
    };
    summary.push_str(&match plan.differences.len() {
        0 => " The report is as planned.".to_owned(),
        _ => format!(
            " Against it, {} were added, {} dropped and {} changed.",
            count(PlanChange::Added),
            count(PlanChange::Dropped),
            count(PlanChange::Changed)
        ),
    });
    let columns = [
        "Part of the plan",
        "Kind",
        "Against the plan",
        "What differs",
    ]
    .map(Column::text);
    let mut table = Table::new(
        "plan-differences",
        "Differences between plan and report",
        columns.into(),
    );
    for difference in &plan.differences {
        table.push(vec![
            Cell::text(&difference.name),
            Cell::text(&difference.kind),
            Cell::text(difference.change.word()),
            Cell::text(difference.what.join("; ")),
        ]);
    }
    Some(PlanView {
        summary,
        differences: (!table.rows.is_empty()).then_some(table),
    })
}

/// Which tables are protected and which are not, with the reasons; nothing of outcomes of earlier versions, which don't say.
pub(super) fn protection(outcome: &Outcome) -> Vec<String> {
    let least = outcome.evaluation.small_cells;
    let tables = || {
        let each = outcome.quality.tables.iter();
        each.filter_map(|t| Some((t.name.as_str(), t.protection.as_ref()?)))
    };
    let list = |protected: bool| {
        let of = tables().filter(|(_, p)| p.protected == protected);
        let said: Vec<String> = of
            .map(|(name, p)| format!("{name} ({})", p.reason))
            .collect();
        said.join("; ")
    };
    let (yes, no) = (list(true), list(false));
    let mut said = Vec::new();
    if !yes.is_empty() {
        said.push(match least {
            0 => format!("Tables about persons, which are not protected since the evaluation sets `small_cells` to 0: {yes}."),
            _ => match outcome.protection.as_ref().map(|p| &p.way) {
                Some(Way::Round { base }) => format!("Protected, so that figures of persons are rounded to {base}: {yes}."),
                Some(Way::CellKey { .. }) => format!("Protected, so that figures of persons have noise: {yes}."),
                Some(Way::Suppress) | None => format!("Protected, so that groups of fewer than {least} persons are withheld: {yes}."),
            },
        });
    }
    if tables().any(|(_, p)| p.in_doubt) && least > 0 {
        said.push("Whether a table is about persons is in doubt where its reason says so; until that is answered it is protected.".to_owned());
    }
    if !no.is_empty() {
        said.push(format!("Not protected: {no}."));
    }
    said.into_iter().map(|words| capitalised(&words)).collect()
}
