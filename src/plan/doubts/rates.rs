//! Amounts in a currency, or of a day, for which the table of rates has no rate.

use super::Looked;
use crate::dataset::show_day;
use crate::finding::{Finding, Findings};
use crate::indicator::Measure;
use crate::outcome::currency;
use crate::plan::currency::column;
use crate::plan::rates::{Rates, Unrated, day_of};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    let Some(rates) = &looked.plan.rates else {
        return;
    };
    let mut told = BTreeSet::new();
    for item in looked.items() {
        let indicator = &item.indicator;
        let (Some(name), Measure::Formula(rows)) = (&indicator.table, &indicator.measure) else {
            continue;
        };
        let Some(table) = looked.dataset.table(name) else {
            continue;
        };
        let place = (looked.dataset, table);
        let Some(name) = column(indicator, place, &looked.plan.money) else {
            continue;
        };
        if indicator.measure.filters_on(&name) || !told.insert((table.name.clone(), name.clone())) {
            continue;
        }
        let Some(cells) = looked.texts(table, &name) else {
            continue;
        };
        let days = match Rates::date(rows.date.as_ref(), place).as_deref() {
            Some([date]) => looked.texts(table, date),
            // Days of another table are looked up when rows are read.
            Some(_) => continue,
            None => None,
        };
        let mut lacking: BTreeMap<(String, Unrated), (u64, Option<String>)> = BTreeMap::new();
        for (row, cell) in cells.iter().enumerate() {
            let Some(word) = cell else { continue };
            let code = currency(word).map_or_else(|| word.trim().to_uppercase(), str::to_owned);
            let day = days.as_ref().and_then(|days| days.get(row)?.clone());
            let at = day.as_deref().and_then(day_of);
            if let Some(why) = rates.lacks(&code, at) {
                let (count, first) = lacking.entry((code, why)).or_default();
                *count += 1;
                if first.is_none() || day.as_ref().is_some_and(|d| Some(d) < first.as_ref()) {
                    *first = day;
                }
            }
        }
        for ((code, why), (count, first)) in lacking {
            let what = match why {
                Unrated::Currency => "for which the evaluation has no rate".to_owned(),
                Unrated::NoDay => "without a day, which the rates ask for".to_owned(),
                Unrated::Before(day) => format!(
                    "of days from {} on, before the first with a rate ({})",
                    first.unwrap_or_default(),
                    show_day(day)
                ),
            };
            let message = format!(
                "{count} of {} rows of table `{}` hold amounts in {code} {what}: they are missing from what is converted to {}.",
                cells.len(),
                table.name,
                rates.to
            );
            let help = match why {
                Unrated::NoDay => "Name the column of days as `date` in the codev object of the table, or fill it in.".to_owned(),
                _ => format!("Add a row for {code} to the table of rates, or leave these rows out with a filter."),
            };
            findings.push(
                Finding::warning("data-no-rate", message, help)
                    .in_column(format!("{}.{name}", table.name))
                    .with_value(&code),
            );
        }
    }
}
