//! What is missing and falls under `ELSE`: `AVG(CASE WHEN sex = 'F' THEN 1 ELSE 0 END)` counts those of unknown sex as men.

use super::{Looked, rows_in_words};
use crate::finding::{Finding, Findings};
use crate::indicator::Measure;
use crate::indicator::formula::node::{Node, NodeKind, Op};
use crate::plan::wholes::reads;
use std::collections::BTreeSet;

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    for item in looked.items() {
        let Measure::Formula(rows) = &item.indicator.measure else {
            continue;
        };
        let Some(table) = looked.dataset.table(&rows.table) else {
            continue;
        };
        let mut columns = BTreeSet::new();
        // What a filter asks for is known in the rows that it takes.
        let aggregates = rows.formula.aggregates.iter();
        for (aggregate, argument) in
            aggregates.flat_map(|a| a.arguments.iter().map(move |n| (a, n)))
        {
            let asked = |column: &str| {
                let filters = rows.filter.iter().map(|(_, node)| node);
                filters
                    .chain(&aggregate.filter)
                    .any(|node| reads(node, column))
            };
            fallen(argument, &mut columns);
            columns.retain(|column| !asked(column));
        }
        for column in columns {
            let Some(cells) = looked.texts(table, &column) else {
                continue;
            };
            let missing: Vec<usize> = (0..cells.len()).filter(|at| cells[*at].is_none()).collect();
            // Where nothing else is known of rows, nothing is told wrongly.
            if missing.is_empty() || missing.len() == cells.len() {
                continue;
            }
            let of = match table.of_persons() {
                true => String::new(),
                false => format!(" ({})", rows_in_words(&missing)),
            };
            let message = format!(
                "`{}` puts rows without `{column}` under ELSE, as if it were known: {} of {} rows of table `{}`{of}.",
                item.indicator.id,
                missing.len(),
                cells.len(),
                table.name
            );
            let help = format!(
                "Name the other case, so that what is missing stays missing: CASE WHEN ... THEN 1 WHEN {column} IS NOT NULL THEN 0 END; or write the share as COUNT(*) FILTER (WHERE ...) / COUNT({column})."
            );
            findings.push(
                Finding::warning("data-missing-in-else", message, help)
                    .in_column(format!("{}.{column}", table.name)),
            );
        }
    }
}

/// Columns of the table that conditions of a CASE with ELSE read, and that none of them asks for being missing.
fn fallen(node: &Node, found: &mut BTreeSet<String>) {
    let NodeKind::Call(op, parts) = &node.kind else {
        return;
    };
    parts.iter().for_each(|part| fallen(part, found));
    let Some((otherwise, cases)) = parts.split_last().filter(|_| *op == Op::Case) else {
        return;
    };
    if otherwise.kind == NodeKind::Null {
        return;
    }
    let mut read = Vec::new();
    let conditions: Vec<&Node> = cases.iter().step_by(2).collect();
    conditions.iter().for_each(|node| node.columns(&mut read));
    let read = read.into_iter().filter_map(|path| match path.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    });
    found.extend(read.filter(|column| !conditions.iter().any(|node| asks(node, column))));
}

/// Whether a condition says what is meant where a column is missing.
fn asks(node: &Node, column: &str) -> bool {
    let NodeKind::Call(op, parts) = &node.kind else {
        return false;
    };
    let here = matches!(op, Op::IsMissing | Op::IsPresent | Op::Coalesce);
    here && reads(node, column) || parts.iter().any(|part| asks(part, column))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::indicator::formula::parse;

    #[test]
    fn cases_with_else_speak_of_rows_without_the_column() {
        for (text, fallen_columns) in [
            ("CASE WHEN sex = 'F' THEN 1 ELSE 0 END", vec!["sex"]),
            (
                "CASE WHEN sex = 'F' THEN 1 WHEN sex = 'M' THEN 0 END",
                vec![],
            ),
            (
                "CASE WHEN sex IS NULL THEN 0 WHEN sex = 'F' THEN 1 ELSE 0 END",
                vec![],
            ),
            (
                "CASE WHEN COALESCE(sex, 'F') = 'F' THEN 1 ELSE 0 END",
                vec![],
            ),
            (
                "2 * CASE WHEN age > 5 AND sex = 'F' THEN 1 ELSE 0 END",
                vec!["age", "sex"],
            ),
        ] {
            let mut found = BTreeSet::new();
            fallen(&parse::row(text).unwrap(), &mut found);
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            assert_eq!(found, fallen_columns, "{text}");
        }
    }
}
