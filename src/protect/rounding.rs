//! Counts of persons are shown rounded: exact ones, of many indicators over the same rows, would tell persons apart.

use crate::dataset::Table;
use crate::evaluation::Evaluation;
use crate::outcome::{Content, Detail, IndicatorResult, TableQuality};
use crate::plan::{Plan, Work};
use std::collections::BTreeSet;

/// Counts are shown as multiples of this.
pub const BASE: u64 = 5;

/// A count as it is shown: the nearest multiple of [`BASE`], but never zero for what is not.
pub fn rounded(count: u64) -> u64 {
    match count {
        0 => 0,
        _ => (count.saturating_add(BASE / 2) / BASE * BASE).max(BASE),
    }
}

/// A count of what is missing as it is shown: 0 may be one or two.
pub fn rounded_missing(count: u64) -> u64 {
    count.saturating_add(BASE / 2) / BASE * BASE
}

/// Rounds the counts of an indicator about persons.
pub fn round(result: &mut IndicatorResult) {
    for estimate in &mut result.estimates {
        estimate.n = rounded(estimate.n);
        estimate.missing = rounded_missing(estimate.missing);
    }
    result.details.iter_mut().for_each(round_detail);
    if let Some(rows) = &mut result.rows {
        rows.total = rounded(rows.total);
        rows.used = rounded(rows.used);
        rows.excluded = rounded_missing(rows.excluded);
        for (_, count) in &mut rows.missing {
            *count = rounded_missing(*count);
        }
        rows.missing.retain(|(_, count)| *count > 0);
    }
    result.rounded = Some(BASE);
}

/// Rounds what is counted beside a value.
fn round_detail(detail: &mut Detail) {
    let nearest = |count: &mut u64| *count = rounded(*count);
    let or_none = |count: &mut u64| *count = rounded_missing(*count);
    match &mut detail.content {
        Content::Scale(scale) => {
            nearest(&mut scale.rows);
            nearest(&mut scale.scored);
            nearest(&mut scale.complete);
            for item in &mut scale.items {
                nearest(&mut item.n);
                or_none(&mut item.missing);
                or_none(&mut item.out_of_range);
            }
        }
        Content::Shares(shares) => {
            nearest(&mut shares.rows);
            let categories = shares.categories.iter_mut();
            categories.for_each(|category| nearest(&mut category.rows));
        }
        Content::Retention(retention) => {
            nearest(&mut retention.rows);
            or_none(&mut retention.ended);
            or_none(&mut retention.before);
        }
        // Of persons these are not given, or give shares of groups that are large enough.
        Content::Agreement(_) | Content::Representation(_) | Content::Network(_) => {}
    }
}

/// Of each item, whether its counts are of persons that are protected.
pub fn counts_persons(plan: &Plan) -> Vec<bool> {
    let mut all: Vec<bool> = Vec::with_capacity(plan.items.len());
    for item in &plan.items {
        all.push(match &item.work {
            Ok(Work::Rows(work)) => work.cut.persons,
            Ok(Work::Records(work)) => work.cut.persons,
            Ok(Work::Derived(inputs)) => inputs.iter().any(|at| all.get(*at) == Some(&true)),
            Err(_) => false,
        });
    }
    all
}

/// Of a plan, the indicators with these ids that it asks for, and all others about the persons of one of their tables.
pub fn with_those_of_the_same_persons(plan: &Plan, ids: &[String]) -> Vec<String> {
    let mut tables: Vec<BTreeSet<usize>> = Vec::with_capacity(plan.items.len());
    for item in &plan.items {
        tables.push(match &item.work {
            Ok(Work::Derived(inputs)) => {
                let of = inputs.iter().filter_map(|at| tables.get(*at));
                of.flatten().copied().collect()
            }
            _ => {
                let of = super::table_of(plan, item).filter(|(_, cut)| cut.persons);
                of.map(|(table, _)| table).into_iter().collect()
            }
        });
    }
    let each = || {
        plan.items
            .iter()
            .zip(&tables)
            .filter(|(item, _)| item.requested)
    };
    let asked = |id: &String| ids.contains(id);
    let theirs: BTreeSet<usize> = each()
        .filter(|(item, _)| asked(&item.indicator.id))
        .flat_map(|(_, tables)| tables.iter().copied())
        .collect();
    each()
        .filter(|(item, tables)| asked(&item.indicator.id) || !tables.is_disjoint(&theirs))
        .map(|(item, _)| item.indicator.id.clone())
        .collect()
}

/// Rounds the counts of the tables about persons, where persons are protected.
pub fn round_tables(tables: &mut [TableQuality], read: &[Table], evaluation: &Evaluation) {
    if evaluation.small_cells == 0 {
        return;
    }
    let about_persons = read.iter().filter(|t| t.of_persons());
    let names: BTreeSet<&str> = about_persons.map(|t| t.name.as_str()).collect();
    let theirs = |t: &&mut TableQuality| names.contains(t.name.as_str());
    tables.iter_mut().filter(theirs).for_each(round_table);
}

fn round_table(table: &mut TableQuality) {
    table.rows = rounded(table.rows);
    table.refused = rounded_missing(table.refused);
    for column in &mut table.columns {
        column.missing = rounded_missing(column.missing);
        column.invalid = rounded_missing(column.invalid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_to_the_nearest_five() {
        let shown = [0, 1, 2, 3, 7, 8, 347, 348].map(rounded);
        assert_eq!(shown, [0, 5, 5, 5, 5, 10, 345, 350]);
        let missing = [0, 1, 2, 3, 7, 8].map(rounded_missing);
        assert_eq!(missing, [0, 0, 0, 5, 5, 10]);
    }
}
