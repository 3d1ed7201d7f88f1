//! Starts and ends in the wrong order.

use super::rows::Rows;
use super::tally::Tally;
use super::{Table, Type, units, values};
use crate::finding::{Finding, Findings, Stop};
use arrow_array::cast::AsArray;
use arrow_array::types::Date32Type;

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
        units::scan(table, &names, |first, batch| {
            let (from, to) = (
                batch.column(0).as_primitive::<Date32Type>(),
                batch.column(1).as_primitive::<Date32Type>(),
            );
            for (row, (from, to)) in from.iter().zip(to.iter()).enumerate() {
                let (Some(from), Some(to)) = (from, to) else {
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
