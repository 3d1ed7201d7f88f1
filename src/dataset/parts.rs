//! Parts that are more than their whole: women among participants.

use super::rows::Rows;
use super::typed::Cells;
use super::words::plain;
use super::{Column, Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use polars_arrow::array::StaticArray as _;

/// Columns that count part of the persons of a row (English, Dutch, French, Spanish).
const PARTS: &[&str] = &[
    "women", "men", "girls", "boys", "female", "male", "females", "males", "youth", "migrants",
    "refugees", "vrouwen", "mannen", "meisjes", "jongens", "jongeren", "femmes", "hommes",
    "filles", "garcons", "jeunes", "mujeres", "hombres", "ninas", "ninos", "jovenes",
];

/// Columns that count all persons of a row.
const WHOLES: &[&str] = &[
    "participants",
    "attendees",
    "persons",
    "people",
    "participants_total",
    "total_participants",
    "deelnemers",
    "personen",
    "personnes",
    "participantes",
    "personas",
    "asistentes",
];

/// Finds rows in which a part is more than the whole.
pub(super) fn check(table: &Table, rows: &Rows, findings: &mut Findings) -> Result<(), Stop> {
    let of = |words: &'static [&str]| {
        let numbers = table.columns.iter().filter(|c| c.r#type == Type::Number);
        numbers.filter(move |c: &&Column| words.contains(&plain(&c.name).as_str()))
    };
    let mut wholes = of(WHOLES);
    let (Some(whole), None) = (wholes.next(), wholes.next()) else {
        return Ok(());
    };
    let parts: Vec<&Column> = of(PARTS).collect();
    if parts.is_empty() {
        return Ok(());
    }
    let mut names = vec![whole.name.clone()];
    names.extend(parts.iter().map(|c| c.name.clone()));
    let mut found: Vec<(u64, Vec<u64>)> = vec![Default::default(); parts.len()];
    units::scan_seen(table, &names, |first, frame| {
        let mut columns = frame.columns().iter();
        let Some(Cells::Numbers(whole)) = columns.next().map(Cells::of).transpose()? else {
            return Ok(());
        };
        for (column, (count, places)) in columns.zip(&mut found) {
            let Cells::Numbers(part) = Cells::of(column)? else {
                continue;
            };
            for row in 0..frame.height() {
                if let (Some(part), Some(whole)) = (part.get(row), whole.get(row))
                    && part > whole
                {
                    *count += 1;
                    if places.len() < 3 {
                        places.push(first + row as u64);
                    }
                }
            }
        }
        Ok(())
    })?;
    for (part, (count, places)) in parts.iter().zip(found) {
        let Some(first) = places.first().copied() else {
            continue;
        };
        let (row, have) = if count == 1 {
            ("row", "has")
        } else {
            ("rows", "have")
        };
        let more = if count > 3 { "for example " } else { "" };
        let message = format!(
            "{count} {row} {have} more `{}` than `{}` ({more}{}).",
            part.name,
            whole.name,
            rows.named(&places)
        );
        let help = "Correct one of the two numbers; both are used as they are.";
        let finding = Finding::warning("data-part-above-whole", message, help);
        findings.push(rows.place(first).on(finding).in_column(&part.name));
    }
    Ok(())
}
