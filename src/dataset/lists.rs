//! List columns that point to another table: names that hold the delimiter are put together again, by the names there are.

use super::declare::{Reference, TableSpec};
use super::keys::write_cell;
use super::rows::Rows;
use super::tally::Tally;
use super::values::Parse;
use super::{LIST_SEPARATOR, Source, Table, Type, units};
use crate::finding::{Finding, Findings, Stop, nearest};
use crate::outcome::{ListQuality, TableQuality};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Names offered to the search for the nearest one; with more of them it would take too long.
const SEARCHED: usize = 10_000;

/// The row of a table by the text of its key without blanks at its ends, which is how an entry of a list names it.
///
/// Of keys that differ in such blanks only, the one without them is meant; where there is none, the name means no row.
///
/// # Errors
/// A [`Stop`] when the table can't be read.
pub fn rows_by_name(table: &Table, key: &str) -> Result<FxHashMap<String, u32>, Stop> {
    let mut rows: FxHashMap<String, Option<u32>> = FxHashMap::default();
    let mut plain: FxHashSet<String> = FxHashSet::default();
    let mut text = String::new();
    units::scan(table, &[key.to_owned()], |first, batch| {
        let Some(array) = batch.columns().first() else {
            return Ok(());
        };
        for row in 0..batch.num_rows() {
            text.clear();
            let name = if write_cell(array, row, &mut text) {
                text.trim()
            } else {
                ""
            };
            if name.is_empty() || plain.contains(name) {
                continue;
            }
            let at = u32::try_from(first + row as u64).ok();
            if name.len() == text.len() {
                plain.insert(name.to_owned());
                rows.insert(name.to_owned(), at);
            } else {
                rows.entry(name.to_owned())
                    .and_modify(|r| *r = None)
                    .or_insert(at);
            }
        }
        Ok(())
    })?;
    Ok(rows
        .into_iter()
        .filter_map(|(name, row)| Some((name, row?)))
        .collect())
}

/// The names that the entries of a list may be.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// In order of their text.
    names: Vec<String>,
    /// Place in `names` by the pieces of the name, joined by [`LIST_SEPARATOR`]; `None` where several names have the same.
    exact: FxHashMap<String, Option<u32>>,
    /// The same without regard to case and to how words are spaced.
    folded: FxHashMap<String, Option<u32>>,
    /// Pieces of the longest name.
    longest: usize,
}

/// What became of the pieces of one cell.
#[derive(Debug, Default, Clone)]
struct Account {
    /// The entries, joined by [`LIST_SEPARATOR`].
    entries: String,
    counts: Counts,
    /// Pieces side by side that are part of no name, joined by the separator.
    unmatched: Vec<String>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    entries: u64,
    matched: u64,
    joined: u64,
    folded: u64,
    pieces: u64,
    pieces_matched: u64,
}

impl Counts {
    fn add(&mut self, other: &Counts, times: u64) {
        self.entries += other.entries * times;
        self.matched += other.matched * times;
        self.joined += other.joined * times;
        self.folded += other.folded * times;
        self.pieces += other.pieces * times;
        self.pieces_matched += other.pieces_matched * times;
    }
}

fn fold(text: &str) -> String {
    let piece = |p: &str| {
        p.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    text.split(LIST_SEPARATOR)
        .map(piece)
        .collect::<Vec<_>>()
        .join(&LIST_SEPARATOR.to_string())
}

impl Names {
    fn new(mut names: Vec<String>, delimiter: &str) -> Names {
        names.sort_unstable();
        let mut out = Names {
            longest: 1,
            ..Names::default()
        };
        let mut pieces = String::new();
        for (at, name) in names.iter().enumerate() {
            let at = at as u32;
            super::values::list(name, delimiter, &mut pieces);
            out.longest = out.longest.max(pieces.split(LIST_SEPARATOR).count());
            // A Parquet list has the whole name as one entry, whatever stands in it.
            for form in [pieces.as_str(), name.as_str()] {
                let put = |map: &mut FxHashMap<String, Option<u32>>, form: String| {
                    map.entry(form)
                        .and_modify(|known| *known = known.filter(|k| *k == at))
                        .or_insert(Some(at));
                };
                put(&mut out.exact, form.to_owned());
                put(&mut out.folded, fold(form));
            }
        }
        out.names = names;
        out
    }

    /// The name that pieces joined by the separator mean, and whether only without regard to case and spacing.
    fn find(&self, pieces: &str) -> Option<(&str, bool)> {
        let place = |found: Option<&Option<u32>>| {
            found
                .copied()
                .flatten()
                .and_then(|at| self.names.get(at as usize))
        };
        if let Some(name) = place(self.exact.get(pieces)) {
            return Some((name, false));
        }
        place(self.folded.get(&fold(pieces))).map(|name| (name.as_str(), true))
    }

    /// Entries from the pieces of a cell: from left to right, the longest run of pieces that is a name. Other pieces stay.
    fn account(&self, cell: &str) -> Account {
        let mut account = Account::default();
        let counts = &mut account.counts;
        // Byte ranges of the pieces, so that a run of them is a slice of the cell.
        let mut starts: Vec<(usize, usize)> = Vec::new();
        let mut from = 0;
        for piece in cell.split(LIST_SEPARATOR).filter(|_| !cell.is_empty()) {
            starts.push((from, from + piece.len()));
            from += piece.len() + LIST_SEPARATOR.len_utf8();
        }
        let slice = |first: usize, last: usize| {
            let (from, to) = (
                starts.get(first).map_or(0, |s| s.0),
                starts.get(last).map_or(0, |s| s.1),
            );
            cell.get(from..to).unwrap_or_default()
        };
        counts.pieces = starts.len() as u64;
        counts.pieces_matched = (0..starts.len())
            .filter(|at| self.find(slice(*at, *at)).is_some())
            .count() as u64;
        let mut run: Option<usize> = None;
        let mut at = 0;
        while at < starts.len() {
            let most = self.longest.min(starts.len() - at);
            let found = (1..=most)
                .rev()
                .find_map(|n| Some((n, self.find(slice(at, at + n - 1))?)));
            let (pieces, entry) = match found {
                Some((pieces, (name, folded))) => {
                    counts.matched += 1;
                    counts.folded += u64::from(folded);
                    counts.joined += u64::from(pieces > 1);
                    if let Some(first) = run.take() {
                        account.unmatched.push(slice(first, at - 1).to_owned());
                    }
                    (pieces, name)
                }
                None => {
                    run.get_or_insert(at);
                    (1, slice(at, at))
                }
            };
            if at > 0 {
                account.entries.push(LIST_SEPARATOR);
            }
            account.entries.push_str(entry);
            counts.entries += 1;
            at += pieces;
        }
        if let Some(first) = run {
            account
                .unmatched
                .push(slice(first, starts.len() - 1).to_owned());
        }
        account
    }

    /// The column with its entries put together: once per different cell, not per row.
    pub fn rewrite(&self, array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        let Some(cells) = array.as_dictionary_opt::<Int32Type>() else {
            return Ok(array.clone());
        };
        let texts = cells.values().as_string::<i32>();
        let entries: StringArray = texts
            .iter()
            .map(|t| t.map(|t| self.account(t).entries))
            .collect();
        Ok(Arc::new(DictionaryArray::try_new(
            cells.keys().clone(),
            Arc::new(entries),
        )?))
    }

    fn nearest(&self, run: &str, delimiter: &str) -> Option<&str> {
        if self.names.len() > SEARCHED {
            return None;
        }
        let names = || self.names.iter().map(String::as_str);
        let whole = nearest(&shown(run, delimiter), names());
        whole.or_else(|| {
            run.split(LIST_SEPARATOR)
                .find_map(|piece| nearest(piece, names()))
        })
    }
}

/// Pieces as they stood in the cell, but for blanks.
fn shown(run: &str, delimiter: &str) -> String {
    run.replace(LIST_SEPARATOR, &format!("{} ", delimiter.trim_end()))
}

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
            let counts = check(
                table,
                column,
                reference,
                &names,
                delimiter(spec, column),
                rows,
                findings,
            )?;
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
            replace(table, column, names)?;
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

/// The column from now on has the entries; of a Parquet table, whenever it is read.
fn replace(table: &mut Table, column: &str, names: Names) -> Result<(), Stop> {
    match &mut table.source {
        Source::Parquet(files) => files.names.push((column.to_owned(), Arc::new(names))),
        Source::Memory(batches) => {
            for batch in batches {
                let changed = rewritten(batch, column, &names);
                *batch = changed.map_err(|error| super::files::unreadable(&table.name, &error))?;
            }
        }
    }
    Ok(())
}

fn rewritten(batch: &RecordBatch, column: &str, names: &Names) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let fields = schema.fields().iter().zip(batch.columns());
    let arrays: Result<Vec<ArrayRef>, ArrowError> = fields
        .map(|(field, array)| {
            if field.name() == column {
                names.rewrite(array)
            } else {
                Ok(array.clone())
            }
        })
        .collect();
    RecordBatch::try_new(schema, arrays?)
}

/// Counts what the entries of a column name, and says which name nothing.
fn check(
    table: &Table,
    column: &str,
    reference: &Reference,
    names: &Names,
    delimiter: &str,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<Counts, Stop> {
    let aim = format!("{}.{}", reference.table, reference.keys.join(", "));
    let mut total = Counts::default();
    let mut tally = Tally::default();
    let mut named: FxHashSet<String> = FxHashSet::default();
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
        Ok(())
    })?;
    tally.close(findings);
    if total.matched < total.entries || total.joined + total.folded > 0 {
        findings.push(summary(&total, column, delimiter, &aim).in_file(rows.place(0).file));
    }
    Ok(total)
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
