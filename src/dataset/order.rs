//! Starts and ends in the wrong order.

use super::rows::Rows;
use super::tally::Tally;
use super::typed::Cells;
use super::{Column, Table, Type, units, values};
use crate::finding::{Finding, Findings, Stop};
use polars_arrow::array::StaticArray as _;

/// Pairs of column names that are a start and an end.
pub(super) const PERIODS: &[(&str, &str)] = &[
    ("start", "end"),
    ("date_start", "date_end"),
    ("start_date", "end_date"),
    ("from", "to"),
    ("period_start", "period_end"),
    ("start_year", "end_year"),
    ("year_start", "year_end"),
    ("begin", "end"),
    ("begin", "einde"),
    ("start", "einde"),
    ("startdatum", "einddatum"),
    ("debut", "fin"),
    ("date_debut", "date_fin"),
    ("inicio", "fin"),
    ("fecha_inicio", "fecha_fin"),
];

/// Warns of rows whose start lies after their end.
pub(super) fn check(table: &Table, rows: &Rows, findings: &mut Findings) -> Result<(), Stop> {
    for (start, end) in PERIODS {
        let timed = |c: &&Column| c.r#type == Type::Date || c.declared == "year";
        let both = [start, end].map(|n| table.column(n).filter(timed));
        let [Some(one), Some(other)] = both else {
            continue;
        };
        if one.r#type != other.r#type {
            continue;
        }
        let names = [(*start).to_owned(), (*end).to_owned()];
        let mut tally = Tally::default();
        units::scan_seen(table, &names, |first, frame| {
            let [from, to] = frame.columns() else {
                return Ok(());
            };
            let mut told = |row: usize, value: String, what: &str| {
                tally.push("data-dates-reversed", 0, || {
                    let message = format!("`{start}` lies after `{end}`.");
                    let help = format!("Correct one of the two {what}; both are used as they are.");
                    let finding = Finding::warning("data-dates-reversed", message, help);
                    rows.place(first + row as u64)
                        .on(finding)
                        .in_column(*start)
                        .with_value(&value)
                });
            };
            match (Cells::of(from)?, Cells::of(to)?) {
                (Cells::Days(from), Cells::Days(to)) => {
                    for row in 0..frame.height() {
                        if let (Some(from), Some(to)) = (from.get(row), to.get(row))
                            && from > to
                        {
                            let shown = [from, to].map(values::show_day);
                            told(row, shown.join(" > "), "days");
                        }
                    }
                }
                (Cells::Numbers(from), Cells::Numbers(to)) => {
                    for row in 0..frame.height() {
                        if let (Some(from), Some(to)) = (from.get(row), to.get(row))
                            && from > to
                        {
                            told(row, format!("{from} > {to}"), "years");
                        }
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        tally.close(findings);
    }
    Ok(())
}
