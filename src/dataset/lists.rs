//! List columns that point to another table: names that hold the delimiter are put together again, by the names there are.

use super::declare::{Reference, TableSpec};
use super::list_names::{Account, Counts, Names, rows_by_name, shown};
use super::rows::Rows;
use super::tally::Tally;
use super::values::Parse;
use super::{Source, Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::{ListQuality, TableQuality};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use rustc_hash::FxHashSet;
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
            let (counts, arrays) = check(
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
                Source::Parquet(files) => files.names.push((column.clone(), Arc::new(names))),
                Source::Memory(batches) => {
                    for (batch, array) in batches.iter_mut().zip(&arrays) {
                        *batch = replaced(batch, column, array)
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

/// The column of a batch, replaced.
fn replaced(batch: &RecordBatch, column: &str, by: &ArrayRef) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let fields = schema.fields().iter().zip(batch.columns());
    let arrays: Vec<ArrayRef> = fields
        .map(|(field, array)| if field.name() == column { by } else { array })
        .cloned()
        .collect();
    RecordBatch::try_new(schema, arrays)
}

/// Counts what the entries of a column name, and says which name nothing. Of a table in memory it gives the column with
/// its entries, one array for each batch.
fn check(
    table: &Table,
    column: &str,
    reference: &Reference,
    names: &Names,
    delimiter: &str,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(Counts, Vec<ArrayRef>), Stop> {
    let aim = format!("{}.{}", reference.table, reference.keys.join(", "));
    let mut total = Counts::default();
    let mut tally = Tally::default();
    let mut named: FxHashSet<String> = FxHashSet::default();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    let in_memory = matches!(table.source, Source::Memory(_));
    units::scan(table, &[column.to_owned()], |first, batch| {
        let Some(cells) = batch
            .columns()
            .first()
            .and_then(|a| a.as_dictionary_opt::<Int32Type>())
        else {
            return Ok(());
        };
        let texts = cells.values().as_string::<i32>();
        let accounts: Vec<Account> = texts
            .iter()
            .map(|t| names.account(t.unwrap_or("")))
            .collect();
        let mut times: Vec<u64> = vec![0; accounts.len()];
        for (row, code) in cells.keys().iter().enumerate() {
            let Some(code) = code.and_then(|c| usize::try_from(c).ok()) else {
                continue;
            };
            if let Some(times) = times.get_mut(code) {
                *times += 1;
            }
            for run in accounts.get(code).iter().flat_map(|a| &a.unmatched) {
                // Each is named once; the later ones are counted.
                let make = || {
                    let place = rows.place(first + row as u64);
                    place
                        .on(unmatched(names, run, delimiter, &aim, &reference.table))
                        .in_column(column)
                };
                if named.contains(run) || named.len() as u64 >= Findings::LISTED {
                    tally.again(UNMATCHED, 0);
                } else {
                    named.insert(run.clone());
                    tally.push(UNMATCHED, 0, make);
                }
            }
        }
        for (account, times) in accounts.iter().zip(times) {
            total.add(&account.counts, times);
        }
        if in_memory {
            let entries = accounts.iter().map(|a| Some(&a.entries));
            let entries = Arc::new(entries.collect::<StringArray>());
            let array = DictionaryArray::try_new(cells.keys().clone(), entries)
                .map_err(|error| super::files::unreadable(&table.name, &error))?;
            arrays.push(Arc::new(array));
        }
        Ok(())
    })?;
    tally.close(findings);
    if total.matched < total.entries || total.joined + total.folded > 0 {
        findings.push(summary(&total, column, delimiter, &aim).in_file(rows.place(0).file));
    }
    Ok((total, arrays))
}

const UNMATCHED: &str = "data-unmatched-entry";

fn unmatched(names: &Names, run: &str, delimiter: &str, aim: &str, parent: &str) -> Finding {
    let lost = format!("the entry stays in the list, but has nothing from `{parent}`");
    let help = match names.nearest(run, delimiter) {
        Some(near) => format!("Did you mean `{near}`? Until it is corrected {lost}."),
        None => format!("Add it to `{parent}`, or correct the name; until then {lost}."),
    };
    let message = format!("No row of `{aim}` has this name.");
    Finding::warning(UNMATCHED, message, help).with_value(&shown(run, delimiter))
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
