//! Rows with a day outside the years of their programme.

use super::rows::Rows;
use super::typed::Cells;
use super::{Table, Type, keys, order, units};
use crate::finding::{Finding, Findings, Stop};
use polars_arrow::array::StaticArray as _;
use rustc_hash::FxHashMap;

/// Tables of what a programme does, which it does while it runs. What is measured before and after it is elsewhere.
const DONE: [&str; 2] = ["activities", "outputs"];

/// First and last year of each programme, by key; `None` where it has none.
type Years = FxHashMap<String, (Option<i32>, Option<i32>)>;

/// Finds rows whose day lies in a year in which their programme did not run.
pub(super) fn check(
    tables: &[Table],
    table: &Table,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let meaning = &table.meaning;
    let (Some(date), Some(programme)) = (&meaning.date, &meaning.programme) else {
        return Ok(());
    };
    let Some(programmes) = tables.iter().find(|t| t.meaning.role == "programmes") else {
        return Ok(());
    };
    let is_day = table.column(date).is_some_and(dated);
    let keyed = table
        .column(programme)
        .is_some_and(|c| matches!(c.r#type, Type::Text | Type::Number));
    if !DONE.contains(&meaning.role.as_str()) || !is_day || !keyed {
        return Ok(());
    }
    let years = years(programmes)?;
    if years.is_empty() {
        return Ok(());
    }
    let names = [programme.clone(), date.clone()];
    let pieces = units::each_seen(table, &names, |first, frame| {
        let mut found: (u64, Vec<u64>) = (0, Vec::new());
        let [keys, days] = frame.columns() else {
            return Ok(found);
        };
        let (keys, days) = (Cells::of(keys)?, Cells::of(days)?);
        let by_word = match &keys {
            Cells::Texts(words) => Some(words.each(|word| years.get(word).copied())),
            _ => None,
        };
        let mut text = String::new();
        for row in 0..frame.height() {
            let Some(year) = year_of(&days, row) else {
                continue;
            };
            let known = match (&keys, &by_word) {
                (Cells::Texts(words), Some(by_word)) => {
                    let code = words.codes.get(row);
                    code.and_then(|code| by_word.get(code).copied().flatten())
                }
                _ => {
                    text.clear();
                    keys::write_cell(&keys, row, &mut text);
                    years.get(text.as_str()).copied()
                }
            };
            let Some((from, to)) = known else { continue };
            if from.is_some_and(|from| year < from) || to.is_some_and(|to| year > to) {
                found.0 += 1;
                if found.1.len() < 3 {
                    found.1.push(first + row as u64);
                }
            }
        }
        Ok(found)
    })?;
    let count: u64 = pieces.iter().map(|(count, _)| count).sum();
    let places: Vec<u64> = pieces
        .into_iter()
        .flat_map(|(_, places)| places)
        .take(3)
        .collect();
    let Some(first) = places.first().copied() else {
        return Ok(());
    };
    let (row, lie) = if count == 1 {
        ("row", "lies")
    } else {
        ("rows", "lie")
    };
    let more = if count > 3 { "for example " } else { "" };
    let message = format!(
        "{count} {row} of `{}` {lie} outside the years of the programme ({more}{}).",
        table.name,
        rows.named(&places)
    );
    let help =
        "Correct the day, or the start and end of the programme; the rows are used as they are.";
    let finding = Finding::warning("data-outside-programme", message, help);
    findings.push(rows.place(first).on(finding).in_column(date));
    Ok(())
}

fn dated(column: &super::Column) -> bool {
    column.r#type == Type::Date || column.declared == "year"
}

fn year_of(cells: &Cells<'_>, row: usize) -> Option<i32> {
    match cells {
        Cells::Days(days) => {
            let text = super::values::show_day(days.get(row)?);
            text.split('-').next()?.parse().ok()
        }
        Cells::Numbers(years) => years.get(row).map(|year| year as i32),
        _ => None,
    }
}

/// The years of the programmes, where their table has columns of a start or an end.
fn years(programmes: &Table) -> Result<Years, Stop> {
    let mut years = Years::default();
    let Some(key) = programmes
        .primary_key
        .first()
        .filter(|_| programmes.primary_key.len() == 1)
    else {
        return Ok(years);
    };
    let pair = order::PERIODS.iter().find(|(start, end)| {
        let there = |name: &str| programmes.column(name).is_some_and(dated);
        there(start) && there(end)
    });
    let Some((start, end)) = pair else {
        return Ok(years);
    };
    let names = [key.clone(), (*start).to_owned(), (*end).to_owned()];
    let mut text = String::new();
    units::scan(programmes, &names, |_, frame| {
        let cells: Result<Vec<Cells<'_>>, Stop> = frame.columns().iter().map(Cells::of).collect();
        let cells = cells?;
        let [keys, start, end] = cells.as_slice() else {
            return Ok(());
        };
        for row in 0..frame.height() {
            text.clear();
            if keys::write_cell(keys, row, &mut text) {
                years.insert(text.clone(), (year_of(start, row), year_of(end, row)));
            }
        }
        Ok(())
    })?;
    Ok(years)
}
