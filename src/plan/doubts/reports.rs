//! Reports that probably say where things stand, and are added up as if each came on top of those before.

use super::Looked;
use crate::dataset::{MANIFEST, Table, Type};
use crate::finding::{Finding, Findings};
use crate::indicator::Measure;
use crate::indicator::formula::node::{AggregateFunction, NodeKind};
use crate::indicator::measure::Rows;
use crate::outcome::ACCUMULATIONS;
use std::collections::{BTreeMap, BTreeSet};

/// How rare it must be that increments never fall by chance, in all series together.
const RARE: f64 = 0.05;

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for item in looked.items() {
        let Measure::Formula(rows) = &item.indicator.measure else {
            continue;
        };
        let Some(table) = looked.dataset.table(&rows.table) else {
            continue;
        };
        let declared = rows.reports.accumulation.is_some() || table.meaning.accumulation.is_some();
        let date = rows.date.as_ref().or(table.meaning.date.as_ref());
        let Some(date) = date.cloned().or_else(|| year(table)) else {
            continue;
        };
        if declared || item.indicator.builtin && rows.texts.iter().all(|(key, _)| *key != "actual")
        {
            continue;
        }
        if !results(table) {
            continue;
        }
        for column in added(rows, table) {
            if told.insert((table.name.clone(), column.clone()))
                && let Some(finding) = doubt(looked, table, &column, &date)
            {
                findings.push(finding);
            }
        }
    }
}

/// Whether a table has reports of series: results, or anything with a column that names indicators.
fn results(table: &Table) -> bool {
    table.meaning.role == "results" || table.column("indicator").is_some()
}

/// The only column with years, where nothing says which column places a row in time.
fn year(table: &Table) -> Option<String> {
    let mut years = table
        .columns
        .iter()
        .filter(|c| c.declared == "year" || c.r#type == Type::Date);
    let first = years.next()?;
    years.next().is_none().then(|| first.name.clone())
}

/// Columns of reports whose values are added over rows: what was reached.
fn added(rows: &Rows, table: &Table) -> Vec<String> {
    if let Some((_, actual)) = rows.texts.iter().find(|(key, _)| *key == "actual") {
        let name = actual.trim();
        return table
            .column(name)
            .map(|c| c.name.clone())
            .into_iter()
            .collect();
    }
    let sums = rows.formula.aggregates.iter();
    let sums = sums.filter(|a| a.function == AggregateFunction::Sum && a.pick.is_none());
    sums.filter_map(|a| match a.arguments.first().map(|n| &n.kind) {
        Some(NodeKind::Column(path)) if path.len() == 1 => path.first().cloned(),
        _ => None,
    })
    .collect()
}

/// A column whose values are the words for accumulation, with how many rows are not incremental.
fn said(looked: &Looked<'_>, table: &Table) -> Option<(String, usize)> {
    let texts = table.columns.iter().filter(|c| c.r#type == Type::Text);
    texts
        .filter_map(|column| {
            let cells = looked.texts(table, &column.name)?;
            let words = || cells.iter().flatten().map(|w| w.trim().to_lowercase());
            let known = words().all(|w| ACCUMULATIONS.contains(&w.as_str()));
            let other = words().filter(|w| w != "incremental").count();
            (known && other > 0).then(|| (column.name.clone(), other))
        })
        .next()
}

fn doubt(looked: &Looked<'_>, table: &Table, column: &str, date: &str) -> Option<Finding> {
    let place = |finding: Finding| {
        finding
            .in_file(MANIFEST)
            .in_column(format!("{}.{column}", table.name))
    };
    // Which report is the last is told by the date.
    let with_date = match table.meaning.date {
        Some(_) => String::new(),
        None => format!(" and \"date\": \"{date}\""),
    };
    if let Some((word, other)) = said(looked, table) {
        let message = format!(
            "The column `{word}` of table `{}` says of {other} rows that `{column}` is to date, and they are added up as increments.",
            table.name
        );
        let help = format!(
            "Add \"accumulation\": \"{word}\"{with_date} to the codev object of the table: of cumulative reports and levels the last of each series then counts."
        );
        return Some(place(Finding::warning(
            "data-reports-to-date",
            message,
            help,
        )));
    }
    let values = looked.texts(table, column)?;
    let dates = looked.texts(table, date)?;
    let names: Vec<String> = match table.meaning.series.is_empty() {
        false => table.meaning.series.clone(),
        true => {
            let meaning = &table.meaning;
            let totals = meaning.totals.keys().chain(&meaning.overlapping).cloned();
            let words = table
                .columns
                .iter()
                .filter(|c| c.r#type == Type::Text && !table.primary_key.contains(&c.name));
            // Whatever tells rows apart: a comment of its own in each row makes series of one, which say nothing.
            words.map(|c| c.name.clone()).chain(totals).collect()
        }
    };
    let mut keys = Vec::with_capacity(names.len());
    for name in &names {
        keys.push(looked.texts(table, name)?);
    }
    let mut series: BTreeMap<Vec<&str>, Vec<(&str, f64)>> = BTreeMap::new();
    for row in 0..values.len() {
        let (Some(value), Some(day)) = (values[row].as_deref(), dates.get(row)?.as_deref()) else {
            continue;
        };
        let key = keys.iter().map(|k| k[row].as_deref().unwrap_or_default());
        let value: f64 = value.parse().ok()?;
        series.entry(key.collect()).or_default().push((day, value));
    }
    let (mut long, mut rising, mut chance) = (0_usize, 0_usize, 1.0_f64);
    let mut example = None;
    let mut by_year = ByYear::default();
    for (key, reports) in &mut series {
        reports.sort_by(|a, b| a.0.cmp(b.0));
        let twice = reports.windows(2).any(|w| w[0].0 == w[1].0);
        // Where nothing moves, nothing can be told.
        let moves = reports.windows(2).any(|w| w[0].1 != w[1].1);
        if reports.len() < 3 || twice || !moves {
            continue;
        }
        long += 1;
        by_year.add(key, reports);
        if reports.windows(2).all(|w| w[1].1 >= w[0].1) {
            rising += 1;
            // Of n values in any order, one order of n! never falls.
            chance /= (1..=reports.len()).map(|n| n as f64).product::<f64>();
            if example.is_none() {
                example = Some(shown(key, &reports[..reports.len().min(5)]));
            }
        }
    }
    if rising == 0 || rising * 10 < long * 9 || chance > RARE {
        let (message, help) = by_year.doubt(table, (column, date), &with_date)?;
        return Some(place(Finding::warning(
            "data-reports-year-to-date",
            message,
            help,
        )));
    }
    let message = format!(
        "`{column}` of table `{}` never falls from one {date} to the next in {rising} of {long} series of three reports or more ({}). If each report is the sum to date, adding them counts the same thing several times.",
        table.name,
        example.unwrap_or_default()
    );
    let help = format!(
        "Add \"accumulation\": \"cumulative\"{with_date} to the codev object of the table if reports are sums to date, or \"accumulation\": \"incremental\" if each is what came since the one before."
    );
    Some(place(Finding::warning(
        "data-reports-never-fall",
        message,
        help,
    )))
}

/// A series with its values, for the reader.
fn shown(key: &[&str], reports: &[(&str, f64)]) -> String {
    let told: Vec<String> = reports.iter().map(|r| r.1.to_string()).collect();
    let of: Vec<&str> = key.iter().copied().filter(|k| !k.is_empty()).collect();
    format!("{}: {}", of.join(", "), told.join(", "))
}

/// Series that rise within each year and begin anew in the next.
#[derive(Default)]
struct ByYear {
    /// Series of two years or more with two reports or more each.
    long: usize,
    /// Those of them that never fall within a year and fall with each new one.
    anew: usize,
    /// How rare that is by chance, over all of them.
    chance: Option<f64>,
    example: Option<String>,
}

impl ByYear {
    /// Looks at a series in order of its days.
    fn add(&mut self, key: &[&str], reports: &[(&str, f64)]) {
        let year = |day: &str| day.get(..4).unwrap_or_default().to_owned();
        let mut years: Vec<(String, Vec<f64>)> = Vec::new();
        for (day, value) in reports {
            match years.last_mut() {
                Some((known, values)) if *known == year(day) => values.push(*value),
                _ => years.push((year(day), vec![*value])),
            }
        }
        if years.len() < 2 || years.iter().filter(|(_, v)| v.len() > 1).count() < 2 {
            return;
        }
        self.long += 1;
        let rises = |(_, values): &(String, Vec<f64>)| values.windows(2).all(|w| w[1] >= w[0]);
        let falls = |pair: &[(String, Vec<f64>)]| {
            let (before, first) = (pair[0].1.last(), pair[1].1.first());
            before.zip(first).is_some_and(|(a, b)| b < a)
        };
        if !years.iter().all(rises) || !years.windows(2).all(falls) {
            return;
        }
        self.anew += 1;
        // Of n values in any order, one order of n! never falls.
        let orders = |n: usize| (1..=n).map(|n| n as f64).product::<f64>();
        let each: f64 = years
            .iter()
            .map(|(_, values)| orders(values.len()))
            .product();
        self.chance = Some(self.chance.unwrap_or(1.0) / each);
        if self.example.is_none() {
            self.example = Some(shown(key, &reports[..reports.len().min(8)]));
        }
    }

    /// What is the matter, and what to write.
    fn doubt(
        self,
        table: &Table,
        (column, date): (&str, &str),
        with_date: &str,
    ) -> Option<(String, String)> {
        if self.anew * 10 < self.long * 9 || self.chance? > RARE {
            return None;
        }
        let message = format!(
            "`{column}` of table `{}` rises from one {date} to the next and falls back with each new year in {} of {} series ({}). If each report is the sum since January, adding them counts the same thing several times.",
            table.name,
            self.anew,
            self.long,
            self.example.unwrap_or_default()
        );
        let help = format!(
            "Add \"accumulation\": \"year-to-date\"{with_date} to the codev object of the table if reports are sums of their year so far: the last one of each year then counts, and years are added. Write \"accumulation\": \"incremental\" if each is what came since the one before."
        );
        Some((message, help))
    }
}
