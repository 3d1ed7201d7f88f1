//! Rows that are the sum of other rows: totals and subtotals, as spreadsheets have them.

use super::declare::TableSpec;
use super::rows::Rows;
use super::surplus;
use super::total_sheet::{Columns, Sheet};
use super::{Table, units};
use crate::finding::{Finding, Findings, Stop};

/// A table with more rows than a spreadsheet can have is none that somebody wrote a total under.
const SHEET: u64 = 1 << 20;

/// Steps that are spent on totals among all rows, at most: where there are more, totals are those of the rows next to them.
const STEPS: usize = 200_000_000;

/// A row that may be a sum.
struct Candidate {
    row: usize,
    /// The column and text that say so; none where the row has no label at all.
    said: Option<(usize, u32)>,
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
    let candidates = sheet.candidates();
    let totals: Vec<usize> = candidates.iter().map(|c| c.row).collect();
    let mut gone = Vec::new();
    for candidate in &candidates {
        let place = rows.place(candidate.row as u64);
        let word = candidate.said.and_then(|said| sheet.words.get(&said));
        match (sheet.sum(candidate, &totals), word) {
            (Some((of, count, columns)), word) => {
                gone.push(candidate.row as u64);
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
            }
            (None, Some((text, said))) if said.sure && sheet.is_identity(candidate) => {
                let (at, _) = candidate.said.unwrap_or_default();
                let message = format!(
                    "The row is called a total, and {} the sum of other rows; it is used as a row like the others.",
                    sheet.unlike(candidate, &totals)
                );
                let help = "Delete it if it is a total, and correct its name if it is none: until then it counts as one more row.";
                findings.push(
                    place
                        .on(Finding::error("data-total-not-sum", message, help))
                        .in_column(&sheet.labels[at].0)
                        .with_value(text),
                );
            }
            (None, _) => {}
        }
    }
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

impl Sheet {
    fn label(&self, column: usize, row: usize) -> u32 {
        let column = self.labels.get(column);
        column
            .and_then(|(_, codes)| codes.get(row))
            .copied()
            .unwrap_or(0)
    }

    fn is_identity(&self, candidate: &Candidate) -> bool {
        let said = candidate.said.and_then(|(at, _)| self.identity.get(at));
        said == Some(&true)
    }

    /// Rows that may be sums, in order.
    fn candidates(&self) -> Vec<Candidate> {
        let mut found = Vec::new();
        let columns = 0..self.labels.len();
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
                let clear = word.sure || alone || !self.named(&word.of).is_empty();
                let fits = (self.identity.get(at) == Some(&true) && clear)
                    || (alone && keyless)
                    || (word.part && keyless);
                fits.then_some((at, code))
            });
            let blank =
                !self.labels.is_empty() && columns.clone().all(|at| self.label(at, row) == 0);
            if said.is_some() || (blank && keyless) {
                found.push(Candidate { row, said });
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
    fn sum(&self, candidate: &Candidate, totals: &[usize]) -> Option<(Of, usize, Vec<&str>)> {
        let row = candidate.row;
        let plain = |range: std::ops::Range<usize>| -> Vec<usize> {
            range.filter(|r| totals.binary_search(r).is_err()).collect()
        };
        let before = totals.iter().rev().find(|t| **t < row).map_or(0, |t| t + 1);
        let after = totals
            .iter()
            .find(|t| **t > row)
            .copied()
            .unwrap_or(self.rows);
        let try_these = |of: Of, rows: Vec<usize>| {
            let columns = self.adds_up(candidate, &rows)?;
            Some((of, rows.len(), columns))
        };
        let far = totals.len().saturating_mul(self.rows) <= STEPS;
        let alike = || {
            let alike = self.alike(candidate, &plain(0..self.rows))?;
            try_these(Of::Alike, alike)
        };
        Some(())
            .filter(|()| far)
            .and_then(|()| alike())
            .or_else(|| try_these(Of::Above, plain(before..row)))
            .or_else(|| try_these(Of::Below, plain(row + 1..after)))
            .or_else(|| try_these(Of::Above, plain(0..row)).filter(|_| far))
            .or_else(|| try_these(Of::Below, plain(row + 1..self.rows)).filter(|_| far))
            .or_else(|| try_these(Of::Others, plain(0..self.rows)).filter(|_| far))
    }

    /// Rows that have the labels of a total, or that it names; `None` where it has and names none.
    fn alike(&self, candidate: &Candidate, rows: &[usize]) -> Option<Vec<usize>> {
        let (at, code) = candidate.said?;
        let (_, word) = self.words.get(&(at, code))?;
        let labels: Vec<(usize, u32)> = (0..self.labels.len())
            .filter(|other| *other != at)
            .map(|other| (other, self.label(other, candidate.row)))
            .filter(|(_, code)| *code != 0)
            .collect();
        let named = self.named(&word.of);
        if labels.is_empty() && named.is_empty() {
            return None;
        }
        let alike = |row: &&usize| {
            labels
                .iter()
                .all(|(at, code)| self.label(*at, **row) == *code)
                && (named.is_empty()
                    || named
                        .iter()
                        .any(|(at, code)| self.label(*at, **row) == *code))
        };
        Some(rows.iter().filter(alike).copied().collect())
    }

    /// The labels that are what a total names.
    fn named(&self, of: &str) -> Vec<(usize, u32)> {
        let named = self.named.iter().filter(|(_, part, _)| part == of);
        named.map(|(at, _, code)| (*at, *code)).collect()
    }

    /// The columns in which a row is the sum of others; `None` where it is not their sum.
    fn adds_up(&self, candidate: &Candidate, rows: &[usize]) -> Option<Vec<&str>> {
        let mut columns = Vec::new();
        let (mut asked, mut several, mut most) = (0, false, 0);
        for (name, cells) in &self.amounts {
            let value = cells.get(candidate.row).copied().filter(|v| !v.is_nan());
            let Some(value) = value else { continue };
            asked += 1;
            let addends: Vec<f64> = rows
                .iter()
                .filter_map(|r| cells.get(*r).copied())
                .filter(|v| !v.is_nan())
                .collect();
            let sum: f64 = addends.iter().sum();
            if addends.is_empty() || value == 0.0 || !equal(value, sum, &addends) {
                continue;
            }
            let there = addends.iter().filter(|v| **v != 0.0).count();
            several |= there > 1;
            most = most.max(there);
            columns.push(name.as_str());
        }
        let word = candidate.said.and_then(|said| self.words.get(&said));
        let clear = word.is_some_and(|(_, w)| w.sure || !self.named(&w.of).is_empty());
        let enough = match clear {
            // A row that is called a total may have a mean beside.
            true => several || (rows.len() == 1 && columns.len() == asked),
            // That one number is the sum of two others is no rare thing: 1, 2, 3.
            false if candidate.said.is_none() && columns.len() == 1 && most < 3 => false,
            false => several && columns.len() == asked,
        };
        (!columns.is_empty() && enough).then_some(columns)
    }

    /// In what a row that is called a total differs from the rows that it should be the sum of.
    fn unlike(&self, candidate: &Candidate, totals: &[usize]) -> String {
        for (name, cells) in &self.amounts {
            let Some(value) = cells.get(candidate.row).filter(|v| !v.is_nan()) else {
                continue;
            };
            let above = 0..candidate.row;
            let others: Vec<usize> = above.filter(|r| totals.binary_search(r).is_err()).collect();
            let sum: f64 = others
                .iter()
                .filter_map(|r| cells.get(*r))
                .filter(|v| !v.is_nan())
                .sum();
            return format!(
                "`{name}` is {value} where the rows above it sum to {sum}, so it is not"
            );
        }
        "is not".to_owned()
    }

    /// A finding on a last row that is the sum of all others without being called so.
    fn last_row(&self, rows: &Rows, findings: &mut Findings) {
        let Some(last) = self.rows.checked_sub(1).filter(|last| *last > 2) else {
            return;
        };
        let mut columns = Vec::new();
        for (name, cells) in &self.amounts {
            let (Some(value), Some(others)) =
                (cells.get(last).filter(|v| !v.is_nan()), cells.get(..last))
            else {
                continue;
            };
            let addends: Vec<f64> = others.iter().copied().filter(|v| !v.is_nan()).collect();
            let many = addends.iter().filter(|v| **v != 0.0).count() > 2;
            if !many || !equal(*value, addends.iter().sum(), &addends) {
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

/// Whether a sum is what a total says, which may be rounded to the decimals that it has.
fn equal(said: f64, sum: f64, addends: &[f64]) -> bool {
    let size: f64 = addends.iter().map(|v| v.abs()).sum();
    let whole = addends.iter().all(|v| v.fract() == 0.0);
    let rounded = match said {
        _ if whole => 0.0,
        said if said.fract() == 0.0 => 0.5,
        said if (said * 10.0).fract().abs() < 1e-6 => 0.05,
        _ => 0.005,
    };
    (said - sum).abs() <= rounded + 1e-9 * size
}
