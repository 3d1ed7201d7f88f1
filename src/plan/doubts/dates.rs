//! Rows without a date where results are asked for by period.

use super::{Looked, rows_in_words};
use crate::finding::{Finding, Findings};
use crate::indicator::Measure;
use crate::plan::Work;
use std::collections::BTreeSet;

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for item in looked.items() {
        let indicator = &item.indicator;
        let cut = match &item.work {
            Ok(Work::Rows(work)) => &work.cut,
            Ok(Work::Records(work)) => &work.cut,
            _ => continue,
        };
        let own = match &indicator.measure {
            Measure::Formula(rows) => rows.date.as_ref(),
            Measure::Records(records) => records.inputs.first().and_then(|i| i.date.as_ref()),
            Measure::Derived { .. } => None,
        };
        let table = indicator
            .table
            .as_ref()
            .and_then(|t| looked.dataset.table(t));
        let (Some(_), Some(table)) = (cut.period, table) else {
            continue;
        };
        let Some(date) = own.or(table.meaning.date.as_ref()) else {
            continue;
        };
        if !told.insert((table.name.clone(), date.clone())) {
            continue;
        }
        let Some(cells) = looked.texts(table, date) else {
            continue;
        };
        let blank = cells.iter().enumerate().filter(|(_, cell)| cell.is_none());
        let rows: Vec<usize> = blank.map(|(row, _)| row).collect();
        if rows.is_empty() {
            continue;
        }
        let message = format!(
            "{} of {} rows of table `{}` have no `{date}` ({}): they count in the totals and in no period, so the periods add up to less.",
            rows.len(),
            cells.len(),
            table.name,
            rows_in_words(&rows)
        );
        let help = "Fill in the dates, or say in the report that these rows are in no period.";
        findings.push(
            Finding::info("data-undated-rows", message, help)
                .in_column(format!("{}.{date}", table.name)),
        );
    }
}
