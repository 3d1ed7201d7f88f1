//! Results at a glance: every indicator in one table, grouped by dimension.

use super::cells::{Names, capitalised, dimension_name, kind_name, value, value_cell};
use super::format::Locale;
use super::key::{Subject, subjects};
use super::progress::is_met;
use super::view::{Cell, Column, Table};
use crate::outcome::{Outcome, Status, Way};

/// One row per indicator with a value; `None` without any.
pub(super) fn table(outcome: &Outcome, locale: &Locale, names: &Names) -> Option<Table> {
    let subjects = subjects(outcome, locale, names);
    let targets = subjects
        .iter()
        .any(|s| !s.speaker.result.targets.is_empty());
    let mut columns = vec![
        Column::text("Indicator"),
        Column::text("Kind"),
        Column::number("All programmes (interval)"),
        Column::number("Lowest – highest programme"),
    ];
    if targets {
        columns.push(Column::number("Target"));
    }
    columns.push(Column::number("Missing"));
    let caption =
        "Every indicator with a value; missing is the share of matching rows that can't be used";
    let mut table = Table::new("glance-table", caption, columns);
    // Kinds follow each other in the outcome; a dimension is shown once, where it first occurs.
    let mut dimensions: Vec<&str> = Vec::new();
    for subject in &subjects {
        let dimension = subject.speaker.result.definition.dimension.as_str();
        if !dimensions.contains(&dimension) {
            dimensions.push(dimension);
        }
    }
    for dimension in dimensions {
        table.group(&dimension_name(dimension));
        for subject in &subjects {
            if subject.speaker.result.definition.dimension == dimension {
                let cells = row(subject, outcome, locale, targets, &mut table);
                table.push(cells);
            }
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn row(
    subject: &Subject,
    outcome: &Outcome,
    locale: &Locale,
    targets: bool,
    table: &mut Table,
) -> Vec<Cell> {
    let definition = &subject.speaker.result.definition;
    let mut cells = vec![
        Cell {
            link: Some(format!("i-{}", definition.id)),
            ..Cell::text(&definition.name)
        },
        Cell::text(capitalised(kind_name(definition.kind))),
        total(subject, outcome, table),
        range(subject),
    ];
    if targets {
        cells.push(target(subject));
    }
    cells.push(missing(subject, locale));
    cells
}

/// Value with unit and interval.
fn total(subject: &Subject, outcome: &Outcome, table: &mut Table) -> Cell {
    let Some(total) = subject.cells.total else {
        return Cell::none();
    };
    let style = &subject.speaker.style;
    let Some(number) = value(total) else {
        let mut cell = value_cell(style, total, outcome.evaluation.small_cells);
        if let (Status::Refused, Some(why)) = (total.status, subject.speaker.result.remarks.first())
        {
            cell.note = Some(table.note(why));
        }
        return cell;
    };
    let bounds = total
        .interval
        .map(|i| format!(" ({})", style.bounds(i.low, i.high)));
    let written = subject.speaker.with_unit(number);
    let note = total
        .no_interval
        .as_ref()
        .map(|why| table.note(&format!("Without an interval: {why}")));
    Cell {
        note,
        class: "wrap",
        ..Cell::text(format!("{written}{}", bounds.unwrap_or_default()))
    }
}

fn range(subject: &Subject) -> Cell {
    let values = subject.cells.valued();
    let low = values.iter().map(|v| v.1).min_by(f64::total_cmp);
    let high = values.iter().map(|v| v.1).max_by(f64::total_cmp);
    let style = &subject.speaker.style;
    match (low, high) {
        (Some(low), Some(high)) if values.len() > 1 => {
            Cell::text(format!("{} – {}", style.value(low), style.value(high)))
        }
        _ => Cell::none(),
    }
}

/// The target for all together, or how many of the programmes' targets are met.
fn target(subject: &Subject) -> Cell {
    let result = subject.speaker.result;
    let direction = result.definition.direction;
    if let Some(target) = result.targets.iter().find(|t| t.programme.is_none()) {
        let wanted = subject.speaker.style.value(target.value);
        let actual = subject.cells.total.and_then(value);
        return match actual.and_then(|actual| is_met(actual, target.value, direction)) {
            Some(true) => Cell {
                class: "yes wrap",
                ..Cell::text(format!("{wanted}, met"))
            },
            Some(false) => Cell {
                class: "wrap",
                ..Cell::text(format!("{wanted}, not met"))
            },
            None => Cell::text(format!("{wanted}, not judged")),
        };
    }
    let values = subject.cells.valued();
    let verdicts: Vec<bool> = result
        .targets
        .iter()
        .filter_map(|target| {
            let id = target.programme.as_deref()?;
            let (_, actual, _) = values.iter().find(|(known, ..)| *known == id)?;
            is_met(*actual, target.value, direction)
        })
        .collect();
    match verdicts.len() {
        0 => Cell::none(),
        all => {
            let met = verdicts.iter().filter(|met| **met).count();
            Cell {
                class: "wrap",
                ..Cell::text(format!("{met} of {all} programmes met"))
            }
        }
    }
}

fn missing(subject: &Subject, locale: &Locale) -> Cell {
    let Some(total) = subject
        .cells
        .total
        .filter(|t| t.status != Status::Suppressed && t.n + t.missing > 0)
    else {
        return Cell::none();
    };
    let share = total.missing as f64 / (total.n + total.missing) as f64;
    if total.missing == 0 {
        Cell::text("0")
    } else {
        Cell::text(locale.percent(share, 0))
    }
}

/// What was done to figures of persons, where these are not as they were computed.
pub(super) fn changed(outcome: &Outcome) -> Option<String> {
    let protection = outcome.protection.as_ref()?;
    (protection.way != Way::Suppress).then(|| protection.method.clone())
}
