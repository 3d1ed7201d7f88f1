//! Rows that are not added to each other, and series of which it is not sure which row is the last.

use super::group::{Kept, Measured};
use super::margin::{Grouped, Place};
use crate::indicator::formula::node::{AggregateFunction, Value};
use crate::outcome::{Estimate, currency as code_of};
use crate::plan::apart::{Apart, NOT_STATED, quoted};
use crate::plan::cut::Cut;
use crate::plan::program::Parts;

/// The first ten names, and how many more there are.
fn listed(names: &[&str]) -> String {
    let shown = names
        .iter()
        .take(10)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(10) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Why the rows of a cell can't be added, in a sentence with what to do; `None` where they can.
pub fn refused(measured: &Measured<'_>, kept: &Kept<'_>) -> Option<String> {
    let overlapping = measured.program.overlapping.iter();
    let mut whole: Vec<&str> = vec![];
    overlapping
        .filter_map(|(overlap, collector)| {
            let column = &overlap.column;
            let words = || kept.words(*collector);
            match &overlap.why {
                Apart::Accounts => (kept.count_distinct(*collector) > 1).then(|| {
                    format!(
                        "Where rows with different values of {column} meet they are not added: those are different accounts of the same thing. Filter on one of them."
                    )
                }),
                Apart::Totals(total) => {
                    let words = words();
                    let beside = words.len() > 1 && words.contains(&total.as_str());
                    beside.then(|| {
                        let (shown, written) = match total.as_str() {
                            NOT_STATED => ("no value".to_owned(), ""),
                            total => (format!("`{total}`"), total),
                        };
                        format!(
                            "Where rows with {shown} in {column} meet rows with other values they are not added: those are parts of it. Declare `\"totals\": {{ \"{column}\": \"{written}\" }}` in the codev object of the table, so that the totals alone count where {column} does not tell rows apart, or filter on one of them."
                        )
                    })
                }
                Apart::Called(names) => {
                    let words = words();
                    let is_total = |word: &&str| names.iter().any(|name| name == *word);
                    let both = words.iter().any(is_total) && words.iter().any(|word| !is_total(word));
                    both.then(|| {
                        format!(
                            "Where rows that {column} calls totals meet others they are not added: they are their sums. Take them out of the table, or filter: {column} NOT IN ({}).",
                            quoted(names, '\'')
                        )
                    })
                }
                Apart::Nested(whole, parts) => {
                    let words = words();
                    let has = |word: &String| words.contains(&word.as_str());
                    (has(whole) && parts.iter().any(has)).then(|| {
                        format!(
                            "Where rows with `{whole}` in {column} meet those with {} they are not added: they are the same. Filter on ranges that lie beside each other: {column} <> '{whole}'.",
                            parts.join(", ")
                        )
                    })
                }
                Apart::Whole => {
                    whole = words();
                    None
                }
                Apart::Parts => {
                    let mut lacking = words();
                    lacking.retain(|programme| !whole.contains(programme));
                    (!lacking.is_empty()).then(|| {
                        format!(
                            "Parts of {column} are not held against totals that lack rows ({}): add the rows for the total, or filter on what has both.",
                            listed(&lacking)
                        )
                    })
                }
                Apart::Columns => (!words().is_empty()).then(|| {
                    format!(
                        "Columns in different currencies are not added to, nor held against each other ({column}). Convert them with [currency] in the evaluation, or write a definition for each currency."
                    )
                }),
                Apart::Currency(unit) => currency(column, unit.as_deref(), &words()),
            }
        })
        .next()
}

/// Why amounts in these currencies are no amount in the unit.
fn currency(column: &str, unit: Option<&str>, found: &[&str]) -> Option<String> {
    let stated = || found.iter().filter(|word| **word != NOT_STATED);
    let mut named: Vec<String> = stated().map(|word| known(word)).collect();
    named.sort_unstable();
    named.dedup();
    let blank = found.contains(&NOT_STATED);
    match (named.as_slice(), unit) {
        ([], _) => None,
        ([_], None) if !blank => None,
        ([one], Some(unit)) if !blank && *one == unit => None,
        ([one], Some(unit)) if !blank => {
            let code = |label: &str| label.split(' ').next_back().unwrap_or_default().to_owned();
            let remedy = match code(one) == code(unit) {
                true => format!(
                    "Multiply in the formula (SUM(...) * 1000), or use a definition whose unit is {one}."
                ),
                false => format!(
                    "Convert them with [currency] in the evaluation, or use a definition whose unit is {one}."
                ),
            };
            Some(format!(
                "The amounts are in {one} ({column}), and the unit is {unit}: they are not taken for {unit}. {remedy}"
            ))
        }
        _ => {
            let mut list = named.join(", ");
            if blank {
                list += " and without a currency";
            }
            let only = unit
                .or(named.first().map(String::as_str))
                .unwrap_or_default();
            // Every way in which it is written.
            let written: Vec<String> = stated()
                .filter(|word| known(word) == only)
                .map(|word| format!("'{}'", word.replace('\'', "''")))
                .collect();
            let filter = match written.as_slice() {
                [] => format!("= '{only}'"),
                [one] => format!("= {one}"),
                several => format!("IN ({})", several.join(", ")),
            };
            Some(format!(
                "Where amounts in different currencies meet they are not added, nor held against one number ({column}: {list}). Convert them with [currency] in the evaluation, or filter on one: {column} {filter}."
            ))
        }
    }
}

/// The currency that a word means: its code, or the word in capitals; with its scale where it has one.
fn known(word: &str) -> String {
    let upper = word.trim().to_uppercase();
    let code = code_of(word).or_else(|| code_of(&upper));
    let is_scaled = || {
        word.split_once(' ')
            .is_some_and(|(_, code)| code_of(code).is_some())
    };
    match code {
        Some(code) => code.to_owned(),
        None if is_scaled() => word.to_owned(),
        None => upper,
    }
}

/// Programmes that have parts of a total and not the total.
pub fn without_total(measured: &Measured<'_>, cut: &Cut, places: &[Place]) -> Option<String> {
    let programme = cut.programme?;
    let columns: Vec<&str> = cut.totals.iter().map(|t| t.column.as_str()).collect();
    if columns.is_empty() {
        return None;
    }
    let whole = |place: &&Place| place.group.is_none() && place.period.is_none();
    let empty = places.iter().filter(whole).filter(|p| p.cells.is_empty());
    let named = empty.filter_map(|p| p.programme.as_deref());
    let has_rows = |id: &&str| {
        (0..measured.items()).any(|cell| {
            let code = measured.code(cell, programme) as usize;
            let label = measured.labels(programme).get(code);
            label.is_some_and(|l| l.as_deref() == Some(*id))
        })
    };
    let ids: Vec<&str> = named.filter(has_rows).collect();
    (!ids.is_empty()).then(|| {
        format!(
            "{} {} rows for parts only, none for the total ({}): no total is made of parts that may not be all.",
            listed(&ids),
            if ids.len() == 1 { "has" } else { "have" },
            columns.join(", ")
        )
    })
}

/// Values above 100 % of one sum over another: a part of a whole can't be.
pub fn above_whole(measured: &Measured<'_>, estimates: &[Estimate]) -> Option<String> {
    let (Value::Aggregate(_), Value::Aggregate(_)) = measured.formula.ratio()? else {
        return None;
    };
    // Progress towards a target is put together here, and may go beyond it.
    if measured.formula.text.is_empty() {
        return None;
    }
    let above = |e: &&Estimate| e.value.is_some_and(|x| x > 1.0 + 1e-9);
    let cells = estimates.iter().filter(above).count();
    (cells > 0).then(|| {
        let values = if cells == 1 { "1 value is" } else { &format!("{cells} values are") };
        format!(
            "{values} above 100 %: that can be so where one amount is set against another, and is an error in the data where one is a part of the other."
        )
    })
}

/// Series with several rows on their first or last date.
pub fn ties(measured: &Measured<'_>, kept: &Kept<'_>) -> Vec<String> {
    let mut remarks: Vec<String> = Vec::new();
    for parts in &measured.program.parts {
        let Parts::Picked {
            picker,
            programme,
            function,
            ..
        } = parts
        else {
            continue;
        };
        let asked = &measured.scan.pickers[*picker];
        let latest = kept.latest(*picker, *programme);
        if latest.ties == 0 {
            continue;
        }
        let which = if asked.last { "last" } else { "first" };
        let alone = matches!(function, AggregateFunction::First | AggregateFunction::Last);
        let remark = if alone && latest.rows.iter().all(|(x, _)| *x == latest.rows[0].0) {
            continue;
        } else if alone {
            format!(
                "{} rows with different values are the {which} by date, so there is no {which} value of all. Where they are of several series say how to combine these, as in SUM({}(x, date, series)).",
                latest.rows.len(),
                which.to_uppercase()
            )
        } else {
            let series = match latest.ties {
                1 => "1 series has".to_owned(),
                n => format!("{n} series have"),
            };
            format!(
                "{series} several rows on the {which} date, and all of these count: name what tells them apart among the columns of the series, or look whether they are reported twice."
            )
        };
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    remarks
}
