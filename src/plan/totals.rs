//! Rows that are the sum of others beside them: a column says `total` in one row, and `women` and `men` in the next two.

use super::apart::NOT_STATED;
use crate::dataset::{Dataset, Table, Type, is_key, names_total};
use crate::finding::{Finding, Findings};
use crate::outcome::Sampling;
use std::collections::{BTreeMap, BTreeSet};

/// Tables with more rows are not searched: published totals stand in small tables, and reading takes time.
const MOST_ROWS: u64 = 200_000;

/// Different values that a column with a total may have.
const MOST_VALUES: usize = 200;

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

/// A value of a column that stands for the sum of others beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// The column.
    pub column: String,
    /// The value; [`NOT_STATED`] where the column is empty in rows with a total.
    pub total: String,
    /// Groups of rows with a total and its parts.
    blocks: usize,
    /// Places where a total is not the sum of its parts, in words.
    apart: Vec<String>,
}

/// Totals beside their parts in the columns of a table that it says nothing of.
pub(super) fn suspected(table: &Table) -> Vec<Suspect> {
    if table.rows > MOST_ROWS || table.sampling() == Sampling::Sample || table.rows < 3 {
        return vec![];
    }
    let own = |name: &str| {
        table.primary_key.len() == 1 && table.primary_key.iter().any(|key| key == name)
    };
    let labels: Vec<&str> = table
        .columns
        .iter()
        .filter(|c| !own(&c.name))
        .filter(|c| {
            matches!(c.r#type, Type::Text | Type::Date | Type::Boolean) || c.declared == "year"
        })
        .map(|c| c.name.as_str())
        .collect();
    let numbers: Vec<&str> = table
        .columns
        .iter()
        .filter(|c| !own(&c.name) && c.r#type == Type::Number && c.declared != "year")
        .filter(|c| !is_key(&c.name))
        .map(|c| c.name.as_str())
        .collect();
    let names: Vec<String> = labels
        .iter()
        .chain(&numbers)
        .map(|name| (*name).to_owned())
        .collect();
    if numbers.is_empty() || labels.is_empty() {
        return vec![];
    }
    let Ok(rows) = table.texts(&names, MOST_ROWS as usize) else {
        return vec![];
    };
    let mut values: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); labels.len()];
    for row in &rows {
        for (seen, cell) in values.iter_mut().zip(row) {
            seen.insert(cell.as_deref().unwrap_or(NOT_STATED));
        }
    }
    // What is different in almost every row is a name or a comment: it tells no groups of rows apart.
    let telling: Vec<usize> = (0..labels.len())
        .filter(|at| values[*at].len() * 10 < rows.len() * 9 || rows.len() < 10)
        .collect();
    let declared = |name: &str| {
        let meaning = &table.meaning;
        meaning.totals.contains_key(name)
            || meaning.overlapping.iter().any(|c| c == name)
            || meaning.programme.as_deref() == Some(name)
    };
    let text = |at: &usize| {
        table
            .column(labels[*at])
            .is_some_and(|c| c.r#type == Type::Text)
            && !declared(labels[*at])
            && (3..=MOST_VALUES).contains(&values[*at].len())
    };
    let columns = telling.iter().copied().filter(|at| text(at));
    columns
        .filter_map(|at| column(&rows, (at, &labels, &numbers), &telling))
        .collect()
}

type Row = Vec<Option<String>>;

fn column(
    rows: &[Row],
    (at, labels, numbers): (usize, &[&str], &[&str]),
    telling: &[usize],
) -> Option<Suspect> {
    let mut blocks: BTreeMap<Vec<&str>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key = telling.iter().filter(|other| **other != at);
        let key = key.map(|other| row[*other].as_deref().unwrap_or(NOT_STATED));
        blocks.entry(key.collect()).or_default().push(row);
    }
    let value = |row: &Row| row[at].clone().unwrap_or_else(|| NOT_STATED.to_owned());
    let mut candidates: BTreeSet<String> = BTreeSet::new();
    for block in blocks.values().filter(|b| b.len() >= 3) {
        candidates.extend(block.iter().map(|row| value(row)));
    }
    let wide = blocks.values().filter(|b| b.len() >= 3).count();
    candidates
        .into_iter()
        .filter_map(|total| {
            let named = names_total(&total) || ALL.contains(&total.trim().to_lowercase().as_str());
            let mut suspect = Suspect {
                column: labels[at].to_owned(),
                total: total.clone(),
                blocks: 0,
                apart: vec![],
            };
            let (mut cells, mut sums) = (0, 0);
            // Groups in which every number is a sum, of those in which one could be; the numbers of a row are one case.
            let (mut cases, mut whole_cases) = (0, 0);
            for (key, block) in &blocks {
                let (wholes, parts): (Vec<&&Row>, Vec<&&Row>) =
                    block.iter().partition(|row| value(row) == total);
                let ([whole], true) = (wholes.as_slice(), parts.len() >= 2) else {
                    continue;
                };
                suspect.blocks += 1;
                let before = (cells, sums);
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
                    cells += 1;
                    let sum: f64 = each.iter().sum();
                    // Parts by sex and parts by age may stand in one column: they add up to the total twice.
                    let times = (sum / all).round();
                    let is_sum = (1.0..=3.0).contains(&times)
                        && parts >= 2 * times as usize
                        && (sum - times * all).abs() <= 1e-6 * sum.abs().max(1.0);
                    if is_sum {
                        sums += 1;
                    } else {
                        let place: Vec<&str> =
                            key.iter().copied().filter(|k| *k != NOT_STATED).collect();
                        suspect.apart.push(format!(
                            "{} {name}: {all}, its parts {sum}",
                            place.join(" ")
                        ));
                    }
                }
                if telling && cells > before.0 {
                    cases += 1;
                    whole_cases += usize::from(cells - before.0 == sums - before.1);
                }
            }
            let sure = match named {
                true => sums >= 1 && sums * 3 >= cells,
                // One value among many that happens to be a sum is not what the column is about.
                false => {
                    whole_cases >= 3 && whole_cases * 10 >= cases * 9 && suspect.blocks * 2 >= wide
                }
            };
            sure.then_some(suspect)
        })
        .next()
}

/// Findings on totals beside their parts: in words what is the matter, and where a total is not the sum of its parts.
pub(super) fn findings(table: &Table, suspects: &[Suspect], findings: &mut Findings) {
    for suspect in suspects {
        let Suspect {
            column,
            total,
            blocks,
            apart,
        } = suspect;
        let (shown, written) = match total.as_str() {
            NOT_STATED => ("rows without a value".to_owned(), ""),
            total => (format!("rows with `{total}`"), total),
        };
        let message = format!(
            "In the column `{column}` of table `{}` {shown} are the sum of the rows beside them, in {blocks} {} of rows: adding them up counts twice.",
            table.name,
            if *blocks == 1 { "group" } else { "groups" },
        );
        let help = format!(
            "Add \"totals\": {{ \"{column}\": \"{written}\" }} to the codev object of the table: the totals alone then count, but where results are split by {column}. Figures that would add both are refused."
        );
        findings.push(
            Finding::warning("data-total-beside-parts", message, help)
                .in_file(crate::dataset::MANIFEST)
                .in_column(format!("{}.{column}", table.name))
                .with_value(total),
        );
        different(table, column, apart, findings);
    }
}

fn different(table: &Table, column: &str, apart: &[String], findings: &mut Findings) {
    if apart.is_empty() {
        return;
    }
    // Sums of few persons are not told.
    let told = if table.of_persons() { 0 } else { 3 };
    let places: Vec<&str> = apart.iter().take(told).map(String::as_str).collect();
    let more = match apart.len() - places.len() {
        0 => String::new(),
        n => format!(", and {n} more"),
    };
    let message = format!(
        "Totals in the column `{column}` of table `{}` are not the sum of their parts: {}{more}.",
        table.name,
        places.join("; ")
    );
    let help = "Correct the total or its parts, or add a row for what is not stated.";
    findings.push(
        Finding::warning("data-total-differs", message, help)
            .in_column(format!("{}.{column}", table.name)),
    );
}

/// Totals that a table declares and that are not the sum of their parts.
pub(super) fn declared(table: &Table, found: &mut Findings) {
    if table.meaning.totals.is_empty() || table.rows > MOST_ROWS {
        return;
    }
    let mut plain = table.clone();
    let totals = std::mem::take(&mut plain.meaning.totals);
    let said = |suspect: &Suspect| totals.contains_key(&suspect.column);
    for suspect in suspected(&plain).iter().filter(|s| said(s)) {
        different(table, &suspect.column, &suspect.apart, found);
    }
}

/// Totals beside parts in every table, by its place in the data.
pub(super) fn all(dataset: &Dataset) -> BTreeMap<usize, Vec<Suspect>> {
    let tables = dataset.tables.iter().enumerate();
    let found = tables.map(|(at, table)| (at, suspected(table)));
    found.filter(|(_, suspects)| !suspects.is_empty()).collect()
}
