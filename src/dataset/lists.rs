//! List columns that point to another table: names that hold the delimiter are put together again, by the names there are.

use super::declare::{Reference, TableSpec};
use super::list_names::{Account, Counts, Names, rows_by_name, shown};
use super::rows::Rows;
use super::tally::Tally;
use super::typed::{self, Cells};
use super::values::Parse;
use super::{Source, Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::{ListQuality, TableQuality};
use polars::prelude::{CategoricalMapping, Column, DataType};
use polars_arrow::array::PrimitiveArray;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Puts together the entries of the lists of a table that point to another, with findings and counts.
pub(super) fn resolve(
    tables: &[Table],
    table: &mut Table,
    spec: &TableSpec,
    rows: &Rows,
    quality: &mut TableQuality,
    findings: &mut Findings,
) -> Result<(), Stop> {
    for reference in &spec.references {
        let ([column], [key]) = (reference.fields.as_slice(), reference.keys.as_slice()) else {
            continue;
        };
        let is_list = table.column(column).is_some_and(|c| c.r#type == Type::List);
        let parent = tables
            .iter()
            .find(|t| t.name == reference.table && t.column(key).is_some());
        if let Some(parent) = parent.filter(|_| is_list) {
            let names = rows_by_name(parent, key)?.into_keys().collect();
            let names = Names::new(names, delimiter(spec, column));
            let (counts, columns) = check(
                table,
                column,
                reference,
                &names,
                delimiter(spec, column),
                rows,
                findings,
            )?;
            match &mut table.source {
                // Put together again whenever the column is read.
                Source::Files(files) => files.name_entries(column, Arc::new(names)),
                Source::Memory(frames) => {
                    for (frame, column) in frames.iter_mut().zip(columns) {
                        let name = column.name().to_string();
                        frame
                            .replace(&name, column)
                            .map_err(|error| super::files::unreadable(&table.name, &error))?;
                    }
                }
            }
            quality.lists.push(ListQuality {
                column: column.clone(),
                table: parent.name.clone(),
                key: key.clone(),
                entries: counts.entries,
                matched: counts.matched,
                joined: counts.joined,
                folded: counts.folded,
                pieces: counts.pieces,
                pieces_matched: counts.pieces_matched,
            });
        }
    }
    Ok(())
}

fn delimiter<'a>(spec: &'a TableSpec, column: &str) -> &'a str {
    let field = spec.fields.iter().find(|f| f.column.name == *column);
    match field.map(|f| &f.parse) {
        Some(Parse::List(delimiter)) => delimiter,
        _ => ",",
    }
}

/// Counts what the entries of a column name, and says which name nothing. Of a table in memory it gives the column with
/// its entries, once for each frame.
fn check(
    table: &Table,
    column: &str,
    reference: &Reference,
    names: &Names,
    delimiter: &str,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(Counts, Vec<Column>), Stop> {
    let aim = format!("{}.{}", reference.table, reference.keys.join(", "));
    let hidden = table.of_persons();
    let mut total = Counts::default();
    let mut tally = Tally::default();
    let mut named: FxHashSet<String> = FxHashSet::default();
    let mut columns: Vec<Column> = Vec::new();
    let in_memory = matches!(table.source, Source::Memory(_));
    let kind = typed::words();
    // What became of each different cell, worked out once for all frames.
    let mut accounts: FxHashMap<u32, Account> = FxHashMap::default();
    units::scan(table, &[column.to_owned()], |first, frame| {
        let Some(Cells::Texts(words)) = frame.columns().first().map(Cells::of).transpose()? else {
            return Ok(());
        };
        for (row, code) in words.codes.iter().enumerate() {
            let Some(code) = code else { continue };
            let account = accounts
                .entry(*code)
                .or_insert_with(|| names.account(words.get(row).unwrap_or_default()));
            total.add(&account.counts);
            for run in &account.unmatched {
                // Each is named once; the later ones are counted.
                let make = || {
                    let place = rows.place(first + row as u64);
                    place
                        .on(unmatched(
                            names,
                            run,
                            delimiter,
                            &aim,
                            (&reference.table, hidden),
                        ))
                        .in_column(column)
                };
                if named.contains(run) || named.len() as u64 >= Findings::LISTED {
                    tally.again(UNMATCHED, 0, 1);
                } else {
                    named.insert(run.clone());
                    tally.push(UNMATCHED, 0, make);
                }
            }
        }
        if in_memory {
            columns.push(entries(column, words.codes, &accounts, &kind)?);
        }
        Ok(())
    })?;
    tally.close(findings);
    if total.matched < total.entries || total.joined + total.folded > 0 {
        findings.push(summary(&total, column, delimiter, &aim).in_file(rows.place(0).file));
    }
    Ok((total, columns))
}

/// The column of a frame with its entries put together.
fn entries(
    name: &str,
    codes: &PrimitiveArray<u32>,
    accounts: &FxHashMap<u32, Account>,
    kind: &DataType,
) -> Result<Column, Stop> {
    let words: Option<Arc<CategoricalMapping>> = typed::shared_words(kind);
    let mut known: FxHashMap<u32, u32> = FxHashMap::default();
    let mut put = |code: &u32| -> Result<u32, Stop> {
        if let Some(new) = known.get(code) {
            return Ok(*new);
        }
        let entries = accounts.get(code).map(|a| a.entries.as_str());
        let new = match (&words, entries) {
            (Some(words), Some(entries)) => words
                .insert_cat(entries)
                .map_err(|error| super::files::unreadable(name, &error))?,
            _ => 0,
        };
        known.insert(*code, new);
        Ok(new)
    };
    let new: Result<Vec<u32>, Stop> = codes
        .iter()
        .map(|code| code.map_or(Ok(0), &mut put))
        .collect();
    let new = PrimitiveArray::from_vec(new?).with_validity(codes.validity().cloned());
    Ok(typed::coded_column(name, new, kind.clone()))
}

const UNMATCHED: &str = "data-unmatched-entry";

fn unmatched(
    names: &Names,
    run: &str,
    delimiter: &str,
    aim: &str,
    (parent, hidden): (&str, bool),
) -> Finding {
    let lost = format!("the entry stays in the list, but has nothing from `{parent}`");
    let help = match names.nearest(run, delimiter).filter(|_| !hidden) {
        Some(near) => format!("Did you mean `{near}`? Until it is corrected {lost}."),
        None => format!("Add it to `{parent}`, or correct the name; until then {lost}."),
    };
    let message = format!("No row of `{aim}` has this name.");
    let finding = Finding::warning(UNMATCHED, message, help);
    if hidden {
        finding
    } else {
        finding.with_value(&shown(run, delimiter))
    }
}

fn summary(counts: &Counts, column: &str, delimiter: &str, aim: &str) -> Finding {
    let mut message = format!(
        "{} of {} entries of `{column}` are names of `{aim}`",
        counts.matched, counts.entries
    );
    let mut how = Vec::new();
    if counts.joined > 0 {
        let (hold, were) = if counts.joined == 1 {
            ("holds", "was")
        } else {
            ("hold", "were")
        };
        how.push(format!(
            "{} of them {hold} the delimiter `{delimiter}` and {were} put together again",
            counts.joined
        ));
    }
    if counts.folded > 0 {
        let differ = if counts.folded == 1 {
            "differs"
        } else {
            "differ"
        };
        how.push(format!("{} {differ} in case or spacing", counts.folded));
    }
    if !how.is_empty() {
        message += &format!(" ({})", how.join("; "));
    }
    let help = format!(
        "A plain split gives {} entries, of which {} are names; the foreign key of `{column}` says which table has them.",
        counts.pieces, counts.pieces_matched
    );
    Finding::info("data-list-names", message + ".", help).in_column(column)
}
