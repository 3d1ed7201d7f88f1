//! Tables without a key in which all rows, or a block of them, stand twice: a file that was pasted twice.

use super::Looked;
use crate::dataset::Table;
use crate::finding::{Finding, Findings};
use std::collections::{BTreeMap, BTreeSet};

/// Tables with more rows are not read as a whole.
const MOST_ROWS: u64 = 200_000;

/// Rows one after the other that a block has at least.
const BLOCK: usize = 10;

/// Different rows that a table has at least, for all of them to come twice by no chance.
const LEAST: usize = 3;

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    for table in &looked.dataset.tables {
        if table.primary_key.is_empty()
            && table.rows <= MOST_ROWS
            && let Some(what) = repeated(table)
        {
            let message = format!(
                "The table `{}` has no key, and {what}: the same rows count more than once.",
                table.name
            );
            let help = "Delete the copies; if they are different things that look alike, add a column that tells them apart and name it as `primaryKey`.";
            findings
                .push(Finding::warning("data-rows-repeated", message, help).in_file(&table.name));
        }
    }
}

fn repeated(table: &Table) -> Option<String> {
    let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    let rows = table.texts(&names, MOST_ROWS as usize).ok()?;
    told(&rows)
}

fn told(rows: &[Vec<Option<String>>]) -> Option<String> {
    let mut counts: BTreeMap<&[Option<String>], usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row).or_default() += 1;
    }
    let times = counts.values().next().copied()?;
    if times > 1 && counts.len() >= LEAST && counts.values().all(|n| *n == times) {
        let word = match times {
            2 => "twice".to_owned(),
            n => format!("{n} times"),
        };
        return Some(format!("every row stands in it {word}"));
    }
    // The longest run of rows that stand at the same distance before.
    let mut before: BTreeMap<&[Option<String>], usize> = BTreeMap::new();
    let (mut run, mut from, mut distance) = (0, 0, 0);
    let mut longest = (0, 0, 0);
    for (at, row) in rows.iter().enumerate() {
        let earlier = before.insert(row, at).map(|first| at - first);
        match earlier {
            Some(apart) if run > 0 && apart == distance => run += 1,
            Some(apart) => (run, from, distance) = (1, at, apart),
            None => run = 0,
        }
        if run > longest.0 {
            longest = (run, from, distance);
        }
    }
    let (run, from, distance) = longest;
    let block = rows.get(from..from + run)?;
    let different: BTreeSet<&Vec<Option<String>>> = block.iter().collect();
    // Few kinds of rows come one after the other by chance.
    (run >= BLOCK && different.len() * 10 >= run * 9).then(|| {
        format!(
            "rows {} to {} are the same as rows {} to {}",
            from + 1,
            from + run,
            from + 1 - distance,
            from + run - distance
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: impl IntoIterator<Item = usize>) -> Vec<Vec<Option<String>>> {
        let row = |value: usize| vec![Some("P1".to_owned()), Some(value.to_string())];
        values.into_iter().map(row).collect()
    }

    #[test]
    fn rows_that_stand_twice_are_told_and_chance_is_not() {
        let found = told(&rows((0..4).chain(0..4)));
        assert_eq!(found.as_deref(), Some("every row stands in it twice"));
        let found = told(&rows([1, 1, 2, 2, 3, 3]));
        assert_eq!(found.as_deref(), Some("every row stands in it twice"));
        let found = told(&rows((0..30).chain(5..20)));
        assert_eq!(
            found.as_deref(),
            Some("rows 31 to 45 are the same as rows 6 to 20")
        );
        for chance in [
            rows(0..30),
            rows((0..200).map(|at| at * at % 7)),
            rows((0..30).chain(3..8)),
            rows([1, 1]),
        ] {
            assert_eq!(told(&chance), None);
        }
    }
}
