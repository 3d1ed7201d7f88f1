//! The names that entries of a list may be, and how the pieces of a cell become entries.

use super::keys::write_cell;
use super::typed::Cells;
use super::{LIST_SEPARATOR, Table, units};
use crate::finding::{Stop, nearest};
use rustc_hash::{FxHashMap, FxHashSet};

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
    units::scan(table, &[key.to_owned()], |first, frame| {
        let Some(column) = frame.columns().first() else {
            return Ok(());
        };
        let cells = Cells::of(column)?;
        for row in 0..frame.height() {
            text.clear();
            let name = if write_cell(&cells, row, &mut text) {
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
    /// Pieces of the longest name that begins with a piece, by that piece without regard to case and spacing; only of
    /// names of several pieces.
    longest: FxHashMap<String, usize>,
}

/// What became of the pieces of one cell.
#[derive(Debug, Default, Clone)]
pub(super) struct Account {
    /// The entries, joined by [`LIST_SEPARATOR`].
    pub entries: String,
    pub counts: Counts,
    /// Pieces side by side that are part of no name, joined by the separator.
    pub unmatched: Vec<String>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub entries: u64,
    pub matched: u64,
    pub joined: u64,
    pub folded: u64,
    pub pieces: u64,
    pub pieces_matched: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Counts) {
        self.entries += other.entries;
        self.matched += other.matched;
        self.joined += other.joined;
        self.folded += other.folded;
        self.pieces += other.pieces;
        self.pieces_matched += other.pieces_matched;
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
    pub fn new(mut names: Vec<String>, delimiter: &str) -> Names {
        names.sort_unstable();
        let mut out = Names::default();
        let mut pieces = String::new();
        for (at, name) in names.iter().enumerate() {
            let at = at as u32;
            super::values::list(name, delimiter, &mut pieces);
            if let Some((first, _)) = pieces.split_once(LIST_SEPARATOR) {
                let longest = out.longest.entry(fold(first)).or_default();
                *longest = (*longest).max(pieces.split(LIST_SEPARATOR).count());
            }
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
    pub fn account(&self, cell: &str) -> Account {
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
        let alone: Vec<Option<(&str, bool)>> = (0..starts.len())
            .map(|at| self.find(slice(at, at)))
            .collect();
        counts.pieces_matched = alone.iter().flatten().count() as u64;
        let mut run: Option<usize> = None;
        let mut at = 0;
        while at < starts.len() {
            let longest = self.longest.get(&fold(slice(at, at))).copied();
            let most = longest.unwrap_or(1).min(starts.len() - at);
            let found = (2..=most)
                .rev()
                .find_map(|n| Some((n, self.find(slice(at, at + n - 1))?)));
            let found = found.or_else(|| Some((1, (*alone.get(at)?)?)));
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

    pub fn nearest(&self, run: &str, delimiter: &str) -> Option<&str> {
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
pub(super) fn shown(run: &str, delimiter: &str) -> String {
    run.replace(LIST_SEPARATOR, &format!("{} ", delimiter.trim_end()))
}
