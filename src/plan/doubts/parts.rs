//! Shares whose part is larger than the whole in a few rows, and proportions that are percentages.

use super::{Looked, rows_in_words};
use crate::dataset::{Table, Type};
use crate::finding::{Finding, Findings};
use crate::indicator::formula::node::{AggregateFunction, Formula, Node, NodeKind, Value};
use crate::indicator::percent::column_as_it_is;
use crate::indicator::{Indicator, Measure};
use std::collections::BTreeSet;

/// Words in the name of a denominator that the numerator may well exceed.
const NO_WHOLE: &str = "target planned plan goal budget baseline expected before previous last base aim aims needed required";

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for item in looked.items() {
        let indicator = &item.indicator;
        let Measure::Formula(rows) = &indicator.measure else {
            continue;
        };
        let Some(table) = looked.dataset.table(&rows.table) else {
            continue;
        };
        if indicator.unit != "%" || rows.formula.text.is_empty() {
            continue;
        }
        if let Some((part, whole)) = ratio(&rows.formula)
            && told.insert((table.name.clone(), part.to_owned(), whole.to_owned()))
        {
            findings_of_ratio(looked, table, (part, whole), findings);
        }
        if let Some(column) = column_as_it_is(&rows.formula)
            && told.insert((table.name.clone(), column.to_owned(), String::new()))
        {
            percentages(looked, (table, column), indicator, findings);
        }
    }
}

fn column(node: &Node) -> Option<&str> {
    match &node.kind {
        NodeKind::Column(path) if path.len() == 1 => path.first().map(String::as_str),
        _ => None,
    }
}

/// Columns of `SUM(part) / SUM(whole)`.
fn ratio(formula: &Formula) -> Option<(&str, &str)> {
    let of = |value: &Value| match value {
        Value::Aggregate(at) => {
            let found = formula.aggregates.get(*at)?;
            let sums = found.function == AggregateFunction::Sum && found.filter.is_none();
            column(found.arguments.first().filter(|_| sums)?)
        }
        _ => None,
    };
    let (above, below) = formula.ratio()?;
    Some((of(above)?, of(below)?))
}

fn numbers(looked: &Looked<'_>, table: &Table, name: &str) -> Option<Vec<Option<f64>>> {
    table.column(name).filter(|c| c.r#type == Type::Number)?;
    let cells = looked.texts(table, name)?;
    Some(cells.iter().map(|c| c.as_ref()?.parse().ok()).collect())
}

fn findings_of_ratio(
    looked: &Looked<'_>,
    table: &Table,
    (part, whole): (&str, &str),
    findings: &mut Findings,
) {
    let mut words = whole.split(|c: char| !c.is_alphanumeric());
    if words.any(|w| NO_WHOLE.split_whitespace().any(|n| n == w.to_lowercase())) {
        return;
    }
    let (Some(parts), Some(wholes)) = (numbers(looked, table, part), numbers(looked, table, whole))
    else {
        return;
    };
    let both = parts.iter().zip(&wholes).enumerate();
    let both: Vec<(usize, f64, f64)> = both
        .filter_map(|(row, (part, whole))| Some((row, (*part)?, (*whole)?)))
        .collect();
    let above: Vec<&(usize, f64, f64)> = both.iter().filter(|(_, p, w)| p > w).collect();
    // Where it is so in many rows, the two are not part and whole.
    if above.is_empty() || above.len() * 3 > both.len() || both.len() < 3 {
        return;
    }
    let rows: Vec<usize> = above.iter().map(|(row, ..)| *row).collect();
    let (_, p, w) = above[0];
    let message = format!(
        "`{part}` is more than `{whole}` in {} of {} rows of table `{}` ({}; first {p} of {w}), and in no other: a part can't be more than the whole.",
        above.len(),
        both.len(),
        table.name,
        rows_in_words(&rows)
    );
    let help = format!(
        "Correct these rows; where `{part}` is no part of `{whole}`, give the indicator another unit than %."
    );
    findings.push(
        Finding::warning("data-part-above-whole", message, help)
            .in_column(format!("{}.{part}", table.name)),
    );
}

/// A mean in % of numbers that are percentages themselves: 45 is shown as 4,500 %.
fn percentages(
    looked: &Looked<'_>,
    (table, name): (&Table, &str),
    indicator: &Indicator,
    findings: &mut Findings,
) {
    let Some(values) = numbers(looked, table, name) else {
        return;
    };
    let values: Vec<f64> = values.into_iter().flatten().collect();
    let large = values.iter().filter(|x| **x > 1.0).count();
    if values.is_empty() || large * 2 <= values.len() {
        return;
    }
    let message = format!(
        "The unit of `{}` is %, which shows 0.15 as 15 %, and `{name}` of table `{}` holds numbers such as {}, above 1 in {large} of {} rows.",
        indicator.id,
        table.name,
        values.iter().copied().fold(0.0, f64::max),
        values.len()
    );
    let help = format!(
        "Divide by 100, as in AVG({name}) / 100, if these are percentages, or give another unit."
    );
    findings.push(
        Finding::warning("definition-percent-of-percent", message, help)
            .in_file(&indicator.file)
            .in_column("unit"),
    );
}
