//! Rows that are the sum of other rows: totals and subtotals, as spreadsheets have them.

use super::declare::TableSpec;
use super::rows::Rows;
use super::surplus;
use super::total_sheet::{Columns, Sheet};
use super::total_summaries::SummaryRow;
use super::total_sums::{Sum, Sums};
use super::{Table, units};
use crate::finding::{Finding, Findings, Stop};
use rustc_hash::FxHashMap;

/// A table with more rows than a spreadsheet can have is none that somebody wrote a total under.
const SHEET: u64 = 1 << 20;

/// A row that may be a sum.
pub(super) struct Candidate {
    pub row: usize,
    /// The column and text that say so; none where the row has no label at all.
    pub said: Option<(usize, u32)>,
    /// Whether it is known to be none of the table, and not a sum.
    pub gone: bool,
}

/// Which rows a total is of.
enum Of {
    Above,
    Below,
    Alike,
    Others,
}

impl Of {
    fn words(&self, rows: usize) -> String {
        let s = if rows == 1 { "" } else { "s" };
        match self {
            Of::Above => format!("the {rows} row{s} above"),
            Of::Below => format!("the {rows} row{s} below"),
            Of::Alike => format!("the {rows} row{s} with the same labels"),
            Of::Others => format!("the {rows} other row{s}"),
        }
    }
}

/// Leaves out rows that are the sum of others, with a finding on each; gives their number.
///
/// A row is one where its key, its programme or its only label says that it is a total and its amounts are the sums of other
/// rows; or where it has no label and all its amounts are such sums. A total that does not add up is an error and stays.
pub(super) fn leave_out(
    table: &mut Table,
    spec: &TableSpec,
    rows: &mut Rows,
    findings: &mut Findings,
) -> Result<u64, Stop> {
    if table.rows < 2 || table.rows > SHEET || units::seen(table) < table.rows {
        return Ok(0);
    }
    let Some(columns) = Columns::of(table, spec).filter(|c| !c.amounts.is_empty()) else {
        return Ok(0);
    };
    if !columns.may_have_totals(table)? {
        return Ok(0);
    }
    let sheet = Sheet::of(table, &columns)?;
    let mut candidates = sheet.candidates();
    let mut gone = Vec::new();
    for found in sheet.summary_rows() {
        if sheet.tell_summary(&found, table.of_persons(), rows, findings) {
            gone.push(found.row as u64);
            candidates.retain(|c| c.row != found.row);
            candidates.push(Candidate {
                row: found.row,
                said: None,
                gone: true,
            });
        }
    }
    candidates.sort_by_key(|c| c.row);
    let sums = Sums::of(&sheet, &candidates);
    for (at, candidate) in candidates.iter().enumerate().filter(|(_, c)| !c.gone) {
        let place = rows.place(candidate.row as u64);
        let word = candidate.said.and_then(|said| sheet.words.get(&said));
        match (sheet.sum(candidate, &sums, at), word) {
            (Some((of, sum, columns)), word) => {
                gone.push(candidate.row as u64);
                let count = sum.rows;
                let are = if columns.len() == 1 {
                    "is the sum"
                } else {
                    "are the sums"
                };
                let message = format!(
                    "The row is a total and is left out: {} {are} of {}.",
                    listed(&columns),
                    of.words(count)
                );
                let help = "Delete it from the table: the sum is worked out from the rows.";
                let finding = place.on(Finding::warning("data-total-row", message, help));
                let column = candidate.said.map(|(at, _)| sheet.labels[at].0.as_str());
                findings.push(match (word, column) {
                    (Some((text, _)), Some(column)) => finding.in_column(column).with_value(text),
                    _ => finding,
                });
                for (name, said, right) in sheet.differs(candidate, sum, &columns) {
                    let message = match table.of_persons() {
                        true => format!(
                            "The row is a total and is left out, and not all of it adds up: `{name}` is not the sum of {}.",
                            of.words(count)
                        ),
                        false => format!(
                            "The row is a total and is left out, and not all of it adds up: `{name}` is {said} where {} sum to {right}.",
                            of.words(count)
                        ),
                    };
                    let help = "Correct the total, or the row that is wrong: figures are worked out from the rows.";
                    let finding = Finding::warning("data-total-differs", message, help);
                    findings.push(place.on(finding).in_column(name));
                }
            }
            (None, Some((text, said))) if said.sure && sheet.is_identity(candidate) => {
                let (column, _) = candidate.said.unwrap_or_default();
                let message = format!(
                    "The row is called a total, and {} the sum of other rows; it is used as a row like the others.",
                    match table.of_persons() {
                        true => "is not".to_owned(),
                        false => sheet.unlike(candidate, &sums, at),
                    }
                );
                let help = "Delete it if it is a total, and correct its name if it is none: until then it counts as one more row.";
                findings.push(
                    place
                        .on(Finding::error("data-total-not-sum", message, help))
                        .in_column(&sheet.labels[column].0)
                        .with_value(text),
                );
            }
            (None, _) => {}
        }
    }
    gone.sort_unstable();
    if gone.is_empty() {
        sheet.last_row(rows, findings);
    }
    surplus::leave_out(table, &gone, rows)?;
    Ok(gone.len() as u64)
}

fn listed(columns: &[&str]) -> String {
    let quoted: Vec<String> = columns.iter().take(3).map(|c| format!("`{c}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        _ => format!("{} and others", quoted.join(", ")),
    }
}

/// Rows that have but a name that no other row has, where all others are told apart by more: totals in any language.
struct Alone {
    /// The column of the name.
    column: usize,
    /// How often each label stands in it.
    counts: FxHashMap<u32, usize>,
}

impl Alone {
    fn of(sheet: &Sheet) -> Option<Alone> {
        let column = sheet.identity.iter().position(|is| *is)?;
        let (_, codes) = sheet.labels.get(column)?;
        let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
        for code in codes {
            *counts.entry(*code).or_default() += 1;
        }
        // Names come again, and other labels are there in nearly all rows.
        let again = counts.values().filter(|n| **n > 1).sum::<usize>();
        let is_again = |code: &u32| counts.get(code).is_some_and(|n| *n > 1);
        let filled = |(at, (_, other)): (usize, &(String, Vec<u32>))| {
            let rows = codes.iter().zip(other).filter(|(code, _)| is_again(code));
            at != column && rows.filter(|(_, other)| **other != 0).count() * 10 >= again * 9
        };
        let told = sheet.labels.iter().enumerate().any(filled);
        (told && again * 2 >= sheet.rows && sheet.amounts.len() > 1)
            .then_some(Alone { column, counts })
    }

    fn has(&self, sheet: &Sheet, row: usize) -> bool {
        let code = sheet.label(self.column, row);
        let mut others = (0..sheet.labels.len()).filter(|at| *at != self.column);
        code != 0
            && self.counts.get(&code) == Some(&1)
            && others.all(|at| sheet.label(at, row) == 0)
    }
}

impl Sheet {
    fn is_identity(&self, candidate: &Candidate) -> bool {
        let said = candidate.said.and_then(|(at, _)| self.identity.get(at));
        said == Some(&true)
    }

    /// Rows that may be sums, in order.
    fn candidates(&self) -> Vec<Candidate> {
        let mut found = Vec::new();
        let columns = 0..self.labels.len();
        let alone = Alone::of(self);
        for row in 0..self.rows {
            if self
                .amounts
                .iter()
                .all(|(_, cells)| cells.get(row).is_none_or(|v| v.is_nan()))
            {
                continue;
            }
            let keyless = self.keyless.get(row).copied().unwrap_or(self.guessed);
            let said = columns.clone().find_map(|at| {
                let code = self.label(at, row);
                let (_, word) = self.words.get(&(at, code)).filter(|_| code != 0)?;
                let mut others = columns.clone().filter(|other| *other != at);
                let alone = others.all(|other| self.label(other, row) == 0);
                // "Total" beside other labels is one of several parts by which something is told.
                let clear = word.sure || alone || self.named.contains_key(&word.of);
                let fits = (self.identity.get(at) == Some(&true) && clear)
                    || (alone && keyless)
                    || (word.part && keyless);
                fits.then_some((at, code))
            });
            let blank =
                !self.labels.is_empty() && columns.clone().all(|at| self.label(at, row) == 0);
            let alone = || alone.as_ref().is_some_and(|alone| alone.has(self, row));
            if said.is_some() || (blank && keyless) || alone() {
                found.push(Candidate {
                    row,
                    said,
                    gone: false,
                });
            }
        }
        // Many rows without labels are how the table is.
        let bare = found.iter().filter(|c| c.said.is_none()).count();
        if bare > 3 && bare * 10 > self.rows {
            found.retain(|c| c.said.is_some());
        }
        // Where it is only guessed which column says what a row is, more than one "Total" is one of several parts by which
        // something is told, year by year.
        let plain = |c: &Candidate| {
            let word = c.said.and_then(|said| self.words.get(&said));
            word.is_some_and(|(_, said)| !said.part && said.of.is_empty())
        };
        if self.guessed && found.iter().filter(|c| plain(c)).count() > 1 {
            found.retain(|c| !plain(c));
        }
        found
    }

    /// What a candidate is the sum of: which rows, how many, and in which columns.
    fn sum<'s>(
        &self,
        candidate: &Candidate,
        sums: &'s Sums,
        at: usize,
    ) -> Option<(Of, &'s Sum, Vec<&str>)> {
        let tried = [
            (Of::Alike, &sums.alike),
            (Of::Above, &sums.above),
            (Of::Below, &sums.below),
            (Of::Above, &sums.all_above),
            (Of::Below, &sums.all_below),
        ];
        let of_these = tried.into_iter().find_map(|(of, sums)| {
            let sum = sums.get(at)?.as_ref()?;
            Some((of, sum, self.adds_up(candidate, sum)?))
        });
        of_these.or_else(|| {
            let columns = self.adds_up(candidate, &sums.others)?;
            Some((Of::Others, &sums.others, columns))
        })
    }

    /// Columns in which a total is neither the sum of its rows nor anything between the least and the greatest of them, as a mean or a
    /// share would be: name, what the row says, and the sum.
    fn differs(&self, candidate: &Candidate, of: &Sum, known: &[&str]) -> Vec<(&str, f64, f64)> {
        let word = candidate.said.and_then(|said| self.words.get(&said));
        if !word.is_some_and(|(_, w)| w.sure || self.named.contains_key(&w.of)) {
            return vec![];
        }
        let mut found = Vec::new();
        for ((name, cells), added) in self.amounts.iter().zip(&of.columns) {
            let value = cells.get(candidate.row).copied().filter(|v| !v.is_nan());
            let (Some(value), Some((low, high))) = (value, added.ends) else {
                continue;
            };
            let near = 1e-6 * low.abs().max(high.abs());
            let between = (low - near..=high + near).contains(&value);
            if added.values > 1 && !between && !added.is(value) && !known.contains(&name.as_str()) {
                found.push((name.as_str(), value, added.sum));
            }
        }
        found
    }

    /// Says of a row that is called a mean or the like that it is left out (true), or that it is not what it says.
    fn tell_summary(
        &self,
        found: &SummaryRow,
        of_persons: bool,
        rows: &Rows,
        findings: &mut Findings,
    ) -> bool {
        let what = found.what.name();
        let text = self.summaries.get(&found.said).map_or("", |(text, _)| text);
        let finding = match &found.found {
            Ok(columns) => {
                let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
                let message = format!(
                    "The row is a summary and is left out: {} {} of rows above.",
                    listed(&columns),
                    match columns.len() {
                        1 => format!("is the {what}"),
                        _ => format!("are each the {what}"),
                    }
                );
                let help = "Delete it from the table: such figures are worked out from the rows.";
                Finding::warning("data-summary-row", message, help)
            }
            Err(_) if !found.sure || self.identity.get(found.said.0) != Some(&true) => {
                return false;
            }
            Err((name, said, right)) => {
                let is = match of_persons {
                    true => format!("`{name}` is not the {what} of the rows above"),
                    false => {
                        format!("`{name}` is {said} where the {what} of the rows above is {right}")
                    }
                };
                let message = format!(
                    "The row is called a {what}, and {is}; it is used as a row like the others."
                );
                let help = "Delete it if it is one, and correct its name if it is none: until then it counts as one more row.";
                Finding::error("data-summary-not-so", message, help)
            }
        };
        let column = self.labels.get(found.said.0).map_or("", |(name, _)| name);
        let place = rows.place(found.row as u64);
        findings.push(place.on(finding).in_column(column).with_value(text));
        found.found.is_ok()
    }

    /// The columns in which a row is the sum of others; `None` where it is not their sum.
    fn adds_up(&self, candidate: &Candidate, of: &Sum) -> Option<Vec<&str>> {
        let word = candidate.said.and_then(|said| self.words.get(&said));
        let clear = word.is_some_and(|(_, w)| w.sure || self.named.contains_key(&w.of));
        let mut columns = Vec::new();
        let (mut asked, mut several, mut most) = (0, false, 0);
        for ((name, cells), added) in self.amounts.iter().zip(&of.columns) {
            let value = cells.get(candidate.row).copied().filter(|v| !v.is_nan());
            let Some(value) = value else { continue };
            asked += 1;
            // Zero is the sum of zeros; that says nothing where the row is not called a total.
            let zeros = value == 0.0 && !(clear && added.values > 1 && added.not_zero == 0);
            if added.values == 0 || zeros || !added.is(value) {
                continue;
            }
            several |= added.not_zero > 1 || value == 0.0;
            most = most.max(added.not_zero);
            columns.push(name.as_str());
        }
        let enough = match clear {
            // A row that is called a total may have a mean beside.
            true => several || (of.rows == 1 && columns.len() == asked),
            // That one number is the sum of two others is no rare thing: 1, 2, 3.
            false if candidate.said.is_none() && columns.len() == 1 && most < 3 => false,
            // A part of one row: "Total South" under the only row of South.
            false if of.rows == 1 && word.is_some_and(|(_, w)| w.part || !w.of.is_empty()) => {
                asked > 1 && columns.len() == asked
            }
            false => several && columns.len() == asked,
        };
        (!columns.is_empty() && enough).then_some(columns)
    }

    /// In what a row that is called a total differs from the rows that it should be the sum of.
    fn unlike(&self, candidate: &Candidate, sums: &Sums, at: usize) -> String {
        let first = sums.first.get(at).copied().flatten();
        let said = first.and_then(|(column, sum)| {
            let (name, cells) = self.amounts.get(column)?;
            let value = cells.get(candidate.row)?;
            Some(format!(
                "`{name}` is {value} where the rows above it sum to {sum}, so it is not"
            ))
        });
        said.unwrap_or_else(|| "is not".to_owned())
    }

    /// A finding on a last row that is the sum of all others without being called so.
    fn last_row(&self, rows: &Rows, findings: &mut Findings) {
        let Some(last) = self.rows.checked_sub(1).filter(|last| *last > 2) else {
            return;
        };
        let mut columns = Vec::new();
        let mut above = Sum::nothing(self);
        (0..last).for_each(|row| above.add(self, row));
        for ((name, cells), added) in self.amounts.iter().zip(&above.columns) {
            let Some(value) = cells.get(last).filter(|v| !v.is_nan()) else {
                continue;
            };
            if added.not_zero < 3 || !added.is(*value) {
                return;
            }
            columns.push(name.as_str());
        }
        if columns.len() < 2 {
            return;
        }
        let message = format!(
            "The last row may be a total: {} are the sums of the rows above. It is used as a row like the others.",
            listed(&columns)
        );
        let help = "Delete it if it is one; otherwise nothing has to change.";
        let finding = Finding::warning("data-likely-total", message, help);
        findings.push(rows.place(last as u64).on(finding));
    }
}
