//! Starts and ends in the wrong order.

use super::rows::Rows;
use super::tally::Tally;
use super::typed::Cells;
use super::{Table, Type, units, values};
use crate::finding::{Finding, Findings, Stop};
use polars_arrow::array::StaticArray as _;

/// Pairs of column names that are a start and an end.
const PERIODS: &[(&str, &str)] = &[
    ("start", "end"),
    ("date_start", "date_end"),
    ("start_date", "end_date"),
    ("from", "to"),
    ("period_start", "period_end"),
];

/// Warns of rows whose start lies after their end.
pub(super) fn check(table: &Table, rows: &Rows, findings: &mut Findings) -> Result<(), Stop> {
    for (start, end) in PERIODS {
        let both = [start, end].map(|n| table.column(n).filter(|c| c.r#type == Type::Date));
        let [Some(_), Some(_)] = both else { continue };
        let names = [(*start).to_owned(), (*end).to_owned()];
        let mut tally = Tally::default();
        units::scan(table, &names, |first, frame| {
            let [from, to] = frame.columns() else {
                return Ok(());
            };
            let (Cells::Days(from), Cells::Days(to)) = (Cells::of(from)?, Cells::of(to)?) else {
                return Ok(());
            };
            for row in 0..frame.height() {
                let (Some(from), Some(to)) = (from.get(row), to.get(row)) else {
                    continue;
                };
                if from <= to {
                    continue;
                }
                tally.push("data-dates-reversed", 0, || {
                    let message = format!("`{start}` lies after `{end}`.");
                    let help = "Correct one of the two days; both are used as they are.";
                    let finding = Finding::warning("data-dates-reversed", message, help);
                    let value = format!("{} > {}", values::show_day(from), values::show_day(to));
                    rows.place(first + row as u64)
                        .on(finding)
                        .in_column(*start)
                        .with_value(&value)
                });
            }
            Ok(())
        })?;
        tally.close(findings);
    }
    Ok(())
}
