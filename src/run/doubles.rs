//! Units that are in a period more than once, in the tables of effects that follow units over periods.

use crate::dataset::{Dataset, Table, repeats};
use crate::evaluation::Evaluation;
use crate::finding::{Finding, Findings, Stop};
use crate::plan::Plan;
use std::collections::BTreeSet;

/// Share of rows up to which totals of a unit's period are not meant to come from several rows.
const FEW: f64 = 0.05;

/// Adds a finding for each unit that has two rows in a period where units have one.
///
/// # Errors
/// A [`Stop`] when a table can't be read.
pub(super) fn find(
    plan: &Plan,
    dataset: &Dataset,
    evaluation: &Evaluation,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let mut looked_at = BTreeSet::new();
    for effect in &plan.effects {
        let (Ok(work), Some(setting)) = (&effect.work, evaluation.effects.get(effect.setting))
        else {
            continue;
        };
        let Some(table) = dataset.tables.get(work.table) else {
            continue;
        };
        let named = |text: &Option<String>| column(table, text.as_deref()?);
        let (Some(unit), Some(time)) = (named(&setting.unit), named(&setting.time)) else {
            continue;
        };
        if !looked_at.insert((work.table, unit.clone(), time.clone())) {
            continue;
        }
        let found = repeats(table, &[unit.clone(), time.clone()])?;
        let few = found.later.len() as f64 <= FEW * found.keyed as f64;
        if found.are_usual() || (work.denominator.is_none() && !few) {
            continue;
        }
        let what = match work.denominator {
            Some(_) => "rows of one unit and period are averaged",
            None => "rows of one unit and period are added up",
        };
        for (later, first) in &found.later {
            let message = format!(
                "The unit is in the same period (`{time}`) as in row {} of table `{}` once more; {what}.",
                first + 1,
                table.name
            );
            let help = format!(
                "Look which of the two rows is right and delete the other; the effect `{}` follows each `{unit}` over `{time}`.",
                setting.name()
            );
            let finding = Finding::warning("data-duplicate-unit", message, help)
                .in_file(&table.name)
                .in_column(&unit)
                .at_row(later + 1);
            findings.push(finding);
        }
    }
    Ok(())
}

/// The column that an expression is, or of which it takes the year or the like.
fn column(table: &Table, text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .unwrap_or(text)
        .trim()
        .trim_matches('"');
    table.column(inner).map(|c| c.name.clone())
}
