//! Weights that can't be, and columns of a survey in a table that is no sample.

use super::declare::TableSpec;
use super::manifest;
use super::rows::Rows;
use super::typed::Cells;
use super::{Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::Sampling;
use polars_arrow::array::StaticArray as _;

/// Finds rows whose weight is negative, missing or zero.
pub(super) fn weights(table: &Table, rows: &Rows, findings: &mut Findings) -> Result<(), Stop> {
    let weight = table.meaning.weight.clone();
    let Some(name) = weight.filter(|w| table.column(w).is_some_and(|c| c.r#type == Type::Number))
    else {
        return Ok(());
    };
    // Negative, missing, zero: rows, and the first three.
    let mut kinds: [(u64, Vec<u64>); 3] = Default::default();
    units::scan_seen(table, std::slice::from_ref(&name), |first, frame| {
        let Some(Cells::Numbers(numbers)) = frame.columns().first().map(Cells::of).transpose()?
        else {
            return Ok(());
        };
        for row in 0..frame.height() {
            let kind = match numbers.get(row) {
                Some(value) if value > 0.0 => continue,
                Some(value) if value < 0.0 => 0,
                None => 1,
                Some(_) => 2,
            };
            if let Some((count, places)) = kinds.get_mut(kind) {
                *count += 1;
                if places.len() < 3 {
                    places.push(first + row as u64);
                }
            }
        }
        Ok(())
    })?;
    let words = [
        ("data-weight-negative", "a weight below zero"),
        ("data-weight-missing", "no weight"),
        ("data-weight-zero", "a weight of zero"),
    ];
    for ((code, what), (count, places)) in words.into_iter().zip(kinds) {
        let Some(first) = places.first().copied() else {
            continue;
        };
        let (row, have, are) = match count {
            1 => ("row", "has", "is"),
            _ => ("rows", "have", "are"),
        };
        let more = if count > 3 { "for example " } else { "" };
        let message = format!(
            "{count} {row} {have} {what} ({more}{}) and {are} left out wherever the weight counts.",
            rows.named(&places)
        );
        let finding = match code {
            "data-weight-zero" => Finding::info(
                code,
                message,
                "Nothing has to change where they were not to count; otherwise give them their weight.",
            ),
            _ => Finding::warning(
                code,
                message,
                "Give each row the weight that the survey gave it: how many of the population it stands for.",
            ),
        };
        findings.push(rows.place(first).on(finding).in_column(&name));
    }
    Ok(())
}

/// A finding on a table that counts as a census and has what only samples have.
pub(super) fn census(table: &Table, spec: &TableSpec, findings: &mut Findings) {
    if table.sampling() != Sampling::Census {
        return;
    }
    let meaning = &table.meaning;
    let mut signs: Vec<String> = Vec::new();
    let declared = [
        ("weight", &meaning.weight),
        ("stratum", &meaning.stratum),
        ("cluster", &meaning.cluster),
    ];
    for (what, column) in declared {
        signs.extend(column.iter().map(|column| format!("a {what} (`{column}`)")));
    }
    if meaning.replicate_weights.is_some() {
        signs.push("replicate weights".to_owned());
    }
    let unsaid = meaning.sampling.is_none();
    if unsaid && meaning.role == "responses" {
        signs.extend(meaning.wave.iter().map(|wave| format!("a wave (`{wave}`)")));
        signs.extend(
            meaning
                .person
                .iter()
                .map(|person| format!("a person (`{person}`)")),
        );
    }
    let Some(first) = signs.first().cloned() else {
        return;
    };
    let signs = match signs.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => first,
    };
    let counts = if unsaid {
        "does not say whether it is a sample and counts as a census"
    } else {
        "is declared a census"
    };
    let message = format!(
        "The table `{}` {counts}, and has {signs}: its figures have no sampling error.",
        spec.name
    );
    let help = "Write `\"sampling\": \"sample\"` in its `codev` object if not everybody was asked; `\"census\"`, and no weights, if everybody was.";
    findings.push(
        Finding::warning("data-census-or-sample", message, help)
            .in_file(manifest::NAME)
            .in_column(format!("{}.sampling", spec.name)),
    );
}
