//! Amounts in several currencies, or in another than the unit of the indicator names.

use super::Looked;
use crate::dataset::{Column, Table, Type, is_rate};
use crate::finding::{Finding, Findings};
use crate::indicator::{Indicator, Measure};
use crate::outcome::{currency, currency_of_unit};
use crate::plan::currency::{column, named, reads_numbers};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for item in looked.items() {
        let indicator = &item.indicator;
        let found = indicator.table.as_ref();
        let Some(table) = found.and_then(|t| looked.dataset.table(t)) else {
            continue;
        };
        let names = named(indicator, (looked.dataset, table));
        if let Some((first, _)) = names.first()
            && looked.plan.rates.is_none()
            && told.insert((table.name.clone(), first.clone()))
        {
            let listed: Vec<String> = names
                .iter()
                .map(|(c, code)| format!("`{c}` in {code}"))
                .collect();
            let unit = match currency_of_unit(&indicator.unit) {
                Some(unit) => format!("its unit is {unit}"),
                None => "these are different".to_owned(),
            };
            let message = format!(
                "`{}` adds amounts of table `{}` whose names hold their currency ({}), and {unit}: it is refused.",
                indicator.id,
                table.name,
                listed.join(", ")
            );
            let help = "Convert them with [currency] in evaluation.toml and a table of rates, or use a definition for each currency.";
            findings.push(
                Finding::warning("data-currencies", message, help)
                    .in_column(format!("{}.{first}", table.name)),
            );
        }
        let Some(name) = column(indicator, (looked.dataset, table), &looked.plan.money) else {
            perhaps(looked, indicator, table, &mut told, findings);
            continue;
        };
        // Which rows are left by a filter on the currency is known when they are read.
        if indicator.measure.filters_on(&name)
            || looked.plan.rates.is_some()
            || !told.insert((table.name.clone(), name.clone()))
        {
            continue;
        }
        let Some(cells) = looked.texts(table, &name) else {
            continue;
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for cell in cells.iter() {
            let code = match cell {
                Some(word) => {
                    currency(word).map_or_else(|| word.trim().to_uppercase(), str::to_owned)
                }
                None => "none stated".to_owned(),
            };
            *counts.entry(code).or_default() += 1;
        }
        let unit = currency_of_unit(&indicator.unit);
        let other = counts.keys().next().map(String::as_str) != unit;
        if counts.len() < 2 && (unit.is_none() || !other)
            || counts.contains_key("none stated") && counts.len() == 1
        {
            continue;
        }
        let each: Vec<String> = counts.iter().map(|(c, n)| format!("{c} in {n}")).collect();
        let message = format!(
            "The amounts of table `{}` are in {} of {} rows (`{name}`): amounts of different currencies are not added, nor taken for the unit of an indicator.",
            table.name,
            each.join(", "),
            cells.len()
        );
        let help = "Convert them with [currency] in evaluation.toml and a table of rates, split results with by, or filter on one currency.";
        findings.push(
            Finding::warning("data-currencies", message, help)
                .in_column(format!("{}.{name}", table.name)),
        );
    }
}

/// Numbers that are added over rows of several currencies, and are not known to be money.
fn perhaps(
    looked: &Looked<'_>,
    indicator: &Indicator,
    table: &Table,
    told: &mut BTreeSet<(String, String)>,
    findings: &mut Findings,
) {
    let (Measure::Formula(rows), Some(name)) = (&indicator.measure, &table.meaning.currency) else {
        return;
    };
    if indicator.measure.filters_on(name) || table.column(name).is_none() {
        return;
    }
    let counts = |c: &&Column| c.declared == "integer" || c.declared.starts_with("year");
    let amounts = rows.formula.aggregates.iter().filter(|a| reads_numbers(a));
    let mut read = Vec::new();
    amounts
        .flat_map(|a| &a.arguments)
        .for_each(|node| node.columns(&mut read));
    for path in read {
        let [one] = path.as_slice() else { continue };
        let column = table.column(one);
        let is_number = |c: &&Column| c.r#type == Type::Number && !is_rate(&c.name);
        if column.filter(is_number).is_none_or(|c| counts(&c)) {
            continue;
        }
        let Some(cells) = looked.texts(table, name) else {
            continue;
        };
        let code = |word: &String| {
            currency(word).map_or_else(|| word.trim().to_uppercase(), str::to_owned)
        };
        let codes: BTreeSet<String> = cells.iter().flatten().map(code).collect();
        if codes.len() < 2 || !told.insert((table.name.clone(), one.clone())) {
            continue;
        }
        let listed: Vec<String> = codes.into_iter().collect();
        let message = format!(
            "`{}` adds up `{one}` of table `{}` over rows in {} (`{name}`). If these are amounts of money they must not be added.",
            indicator.id,
            table.name,
            listed.join(", ")
        );
        let help = format!(
            "If they are, give the indicator a currency as its unit (unit = \"{}\"): it is then refused or converted. Where the numbers are no money nothing has to change.",
            listed.first().map_or("EUR", String::as_str)
        );
        findings.push(
            Finding::warning("data-currencies", message, help)
                .in_column(format!("{}.{one}", table.name)),
        );
    }
}
