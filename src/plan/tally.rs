//! A column searched for totals: values that are the sum of others, group of rows by group.

use super::apart::NOT_STATED;
use super::ranges;
use super::totals::{Parts, Suspect};
use crate::dataset::{calls_total, names_total};
use std::collections::{BTreeMap, BTreeSet};

/// The labels of a row, then its numbers.
pub(super) type Row = Vec<Option<String>>;

/// What a total of categories is called besides the words for sums and for all (English, Dutch, Spanish, Catalan, Portuguese;
/// statistical codes).
const ALL: &[&str] = &[
    "both",
    "both sexes",
    "all sexes",
    "all ages",
    "everyone",
    "_t",
    "t",
    "samen",
    "ambos",
    "ambos sexos",
    "conjunt",
    "todos os",
];

/// What is found of rows with a total in a column.
#[derive(Default)]
struct Tally {
    /// Groups of rows with a total and its parts.
    blocks: usize,
    /// Numbers of totals, and those that are the sums of their parts.
    cells: usize,
    sums: usize,
    /// Groups in which a number could be a sum, and those in which every one is; the numbers of a row are one case.
    cases: usize,
    whole_cases: usize,
    apart: Vec<String>,
}

impl Tally {
    fn of(
        blocks: &BTreeMap<Vec<&str>, Vec<&Row>>,
        (labels, numbers): (&[&str], &[&str]),
        is_whole: &dyn Fn(&Row) -> bool,
        named: bool,
    ) -> Tally {
        let mut found = Tally::default();
        for (key, block) in blocks {
            let (wholes, parts): (Vec<&&Row>, Vec<&&Row>) =
                block.iter().partition(|row| is_whole(row));
            let ([whole], true) = (wholes.as_slice(), parts.len() >= 2) else {
                continue;
            };
            found.blocks += 1;
            let before = (found.cells, found.sums);
            let mut telling = false;
            for (n, name) in numbers.iter().enumerate() {
                let number = |row: &Row| row[labels.len() + n].as_deref()?.parse::<f64>().ok();
                let each: Option<Vec<f64>> = parts.iter().map(|row| number(row)).collect();
                let (Some(all), Some(each)) = (number(whole), each) else {
                    continue;
                };
                // Zeros are the sum of zeros, and a number that all share (a rate, a year, a code) is no sum.
                let parts = each.iter().filter(|x| **x != 0.0).count();
                let as_large = |x: &f64| x.abs() >= all.abs();
                let none = match named {
                    true => each.iter().all(|x| *x == all),
                    false => each.iter().any(as_large),
                };
                if parts < 2 || none {
                    continue;
                }
                // That a small number is the sum of two others is no rare thing.
                telling |= all.abs() >= 10.0 || parts > 2;
                found.cells += 1;
                let sum: f64 = each.iter().sum();
                // Parts by sex and parts by age may stand in one column: they add up to the total twice.
                let times = (sum / all).round();
                let is_sum = (1.0..=3.0).contains(&times)
                    && parts >= 2 * times as usize
                    && (sum - times * all).abs() <= 1e-6 * sum.abs().max(1.0);
                if is_sum {
                    found.sums += 1;
                } else {
                    let place: Vec<&str> =
                        key.iter().copied().filter(|k| *k != NOT_STATED).collect();
                    found.apart.push(format!(
                        "{} {name}: {all}, its parts {sum}",
                        place.join(" ")
                    ));
                }
            }
            if telling && found.cells > before.0 {
                found.cases += 1;
                found.whole_cases += usize::from(found.cells - before.0 == found.sums - before.1);
            }
        }
        found
    }

    /// Whether a value that is called a total is one.
    fn is_sum(&self) -> bool {
        self.sums >= 1 && self.sums * 3 >= self.cells
    }
}

/// Whether a value is called a total.
fn is_named(value: &str) -> bool {
    names_total(value) || ALL.contains(&value.trim().to_lowercase().as_str())
}

/// The values of a column that are sums of others.
pub(super) fn column(
    rows: &[Row],
    (at, labels, numbers): (usize, &[&str], &[&str]),
    telling: &[usize],
) -> Option<Suspect> {
    let blocks = blocks(rows, at, telling);
    let value = |row: &Row| row[at].clone().unwrap_or_else(|| NOT_STATED.to_owned());
    let mut candidates: BTreeSet<String> = BTreeSet::new();
    for block in blocks.values().filter(|b| b.len() >= 3) {
        candidates.extend(block.iter().map(|row| value(row)));
    }
    let wide = blocks.values().filter(|b| b.len() >= 3).count();
    let suspect = |total: String, parts: Parts, found: Tally| Suspect {
        column: labels[at].to_owned(),
        total,
        parts,
        blocks: found.blocks,
        apart: found.apart,
    };
    let strict = candidates.into_iter().find_map(|total| {
        let named = is_named(&total);
        let is_whole = |row: &Row| value(row) == total;
        let found = Tally::of(&blocks, (labels, numbers), &is_whole, named);
        let sure = match named {
            true => found.is_sum(),
            // One value among many that happens to be a sum is not what the column is about.
            false => {
                found.whole_cases >= 3
                    && found.whole_cases * 10 >= found.cases * 9
                    && found.blocks * 2 >= wide
            }
        };
        sure.then(|| suspect(total.clone(), Parts::All, found))
    });
    if strict.is_some() {
        return strict;
    }
    // Rows that are called totals leave out what each row has of its own: a date, a person, a number.
    let is_whole = |row: &Row| {
        let called = |value: &str| calls_total(value) || is_named(value);
        row[at].as_deref().is_some_and(called)
    };
    let wholes: Vec<&Row> = rows.iter().filter(|row| is_whole(row)).collect();
    let mut names: Vec<String> = wholes.iter().filter_map(|row| row[at].clone()).collect();
    names.sort();
    names.dedup();
    let own = |label: &usize| {
        let stated: Vec<&str> = rows
            .iter()
            .filter_map(|row| row[*label].as_deref())
            .collect();
        let different: BTreeSet<&str> = stated.iter().copied().collect();
        let of_rows = different.len() == stated.len() && stated.len() > 2;
        of_rows || wholes.iter().all(|row| row[*label].is_none())
    };
    let shared: Vec<usize> = telling
        .iter()
        .copied()
        .filter(|l| *l == at || !own(l))
        .collect();
    let wider = self::blocks(rows, at, &shared);
    let found = Tally::of(&wider, (labels, numbers), &is_whole, true);
    let first = names.first()?.clone();
    found.is_sum().then(|| match names.len() {
        1 => suspect(first, Parts::All, found),
        _ => suspect(first, Parts::Called(names), found),
    })
}

/// Ranges that lie in each other: wider ones whose numbers are the sums of those within, else two that overlap.
pub(super) fn in_ranges(
    rows: &[Row],
    (at, labels, numbers): (usize, &[&str], &[&str]),
    telling: &[usize],
    values: &BTreeSet<&str>,
) -> Vec<Suspect> {
    let ranges = ranges::ranges(values);
    let Some((one, other)) = ranges::overlapping(&ranges) else {
        return vec![];
    };
    let suspect = |total: &str, parts: Parts, blocks: usize| Suspect {
        column: labels[at].to_owned(),
        total: total.to_owned(),
        parts,
        blocks,
        apart: vec![],
    };
    let blocks = blocks(rows, at, telling);
    let mut found = Vec::new();
    for (whole, parts) in ranges::nested(&ranges) {
        let (mut cells, mut sums, mut groups) = (0, 0, 0);
        for block in blocks.values() {
            let of = |label: &str| {
                let mut rows = block.iter().filter(|r| r[at].as_deref() == Some(label));
                rows.next().filter(|_| rows.next().is_none())
            };
            let each: Option<Vec<&&Row>> = parts.iter().map(|part| of(part)).collect();
            let (Some(all), Some(each)) = (of(whole), each) else {
                continue;
            };
            groups += 1;
            for n in 0..numbers.len() {
                let number = |row: &Row| row[labels.len() + n].as_deref()?.parse::<f64>().ok();
                let parts: Option<Vec<f64>> = each.iter().map(|row| number(row)).collect();
                let (Some(all), Some(parts)) = (number(all), parts) else {
                    continue;
                };
                if parts.iter().filter(|x| **x != 0.0).count() < 2 {
                    continue;
                }
                cells += 1;
                let sum: f64 = parts.iter().sum();
                sums += usize::from((sum - all).abs() <= 1e-6 * sum.abs().max(1.0));
            }
        }
        if sums >= 1 && sums * 3 >= cells {
            let parts = parts.iter().map(|part| (*part).to_owned()).collect();
            found.push(suspect(whole, Parts::Some(parts), groups));
        }
    }
    if found.is_empty() {
        found.push(suspect(one, Parts::Overlapping(other.to_owned()), 0));
    }
    found
}

/// Rows put together that differ in one column (and in numbers) only.
pub(super) fn blocks<'a>(
    rows: &'a [Row],
    at: usize,
    telling: &[usize],
) -> BTreeMap<Vec<&'a str>, Vec<&'a Row>> {
    let mut blocks: BTreeMap<Vec<&str>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key = telling.iter().filter(|other| **other != at);
        let key = key.map(|other| row[*other].as_deref().unwrap_or(NOT_STATED));
        blocks.entry(key.collect()).or_default().push(row);
    }
    blocks
}
