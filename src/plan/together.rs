//! A formula as it is computed on a table: amounts in one currency, and what must not be put together. One place for indicators and effects.

use super::Plan;
use super::apart::{self, Among, Apart, Overlap};
use super::shared::{Shared, shared};
use super::wholes;
use crate::dataset::{Dataset, Table};
use crate::indicator::Indicator;
use crate::indicator::formula::node::{Formula, Node, Op};
use crate::indicator::measure::{Input, Rows};
use crate::indicator::percent::{column_as_it_is, is_named};
use std::borrow::Cow;

/// A formula, and what of its rows can't be put together.
pub(super) struct Together<'a> {
    /// The formula, its amounts converted where the evaluation has rates.
    pub rows: Cow<'a, Rows>,
    /// Columns whose values must not meet.
    pub overlapping: Vec<Overlap>,
    /// Sums of what several rows share.
    pub shared: Vec<Shared>,
    /// Columns with totals that the formula deals with itself, and those of them that results are not split by.
    pub told: (Vec<String>, Vec<String>),
    /// What was done, for the reader.
    pub remarks: Vec<String>,
}

impl Plan {
    /// What becomes of a formula that fits the table at a place of the data.
    pub(super) fn together<'a>(
        &self,
        rows: Cow<'a, Rows>,
        indicator: &Indicator,
        dataset: &Dataset,
        table_at: usize,
    ) -> Together<'a> {
        let table = &dataset.tables[table_at];
        let shared = shared(&rows.formula, (dataset, table));
        let rates = self.rates.as_ref();
        let converted =
            rates.and_then(|r| r.convert(&rows, indicator, (dataset, table), &self.money));
        let mut remarks = Vec::new();
        let is_converted = converted.is_some();
        let rows = match converted {
            Some((rows, remark)) => {
                remarks.push(remark);
                Cow::Owned(rows)
            }
            None => rows,
        };
        let told = wholes::told(rows, (dataset, table), &mut remarks);
        let rows = told.rows;
        let suspects = self.totals.get(&table_at).map_or(&[][..], Vec::as_slice);
        let mut overlapping =
            apart::overlaps(&rows, indicator, (dataset, table), suspects, &self.money);
        let of_money = |why: &Apart| matches!(why, Apart::Currency(_) | Apart::Columns);
        overlapping.retain(|o| !is_converted || !of_money(&o.why));
        overlapping.extend(told.overlaps);
        Together {
            rows,
            overlapping,
            shared,
            told: (told.own, told.split),
            remarks,
        }
    }
}

impl Plan {
    /// An input that is read row by row, without rows that count twice, and what of it must not meet. Totals count where the input says
    /// nothing of their column, unless `split` says that the rows are chosen where results are split by it; where it reads the column the
    /// parts count, and what its own filter chooses stays.
    pub(super) fn input<'a>(
        &self,
        input: &'a Input,
        (table, table_at): (&Table, usize),
        split: bool,
    ) -> (Cow<'a, Input>, Vec<Overlap>) {
        let mut filtered = Vec::new();
        let filter = input.filter.iter();
        filter.for_each(|(_, node)| node.columns(&mut filtered));
        let mut read = Vec::new();
        let fields = input.fields.iter();
        fields.for_each(|field| field.node.columns(&mut read));
        let is_in = |paths: &[Vec<String>], name: &str| paths.iter().any(|p| *p == [name]);
        let mut overlapping = apart::accounts(table);
        let mut conditions = Vec::new();
        for (name, total) in &table.meaning.totals {
            if is_in(&filtered, name) {
                continue;
            }
            let by_parts = is_in(&read, name);
            if !by_parts && split {
                continue;
            }
            let Some(kind) = table.column(name).map(|c| c.r#type) else {
                continue;
            };
            conditions.push(match by_parts {
                true => wholes::part(name, total, kind),
                false => wholes::whole(name, total, kind),
            });
        }
        let suspects = self.totals.get(&table_at).into_iter().flatten();
        let suspects = suspects.filter(|s| !is_in(&filtered, &s.column));
        overlapping.extend(suspects.filter_map(|s| apart::of_suspect(s, Among::Used)));
        if conditions.is_empty() {
            return (Cow::Borrowed(input), overlapping);
        }
        let mut changed = input.clone();
        let (text, own) = changed.filter.take().unzip();
        let all = own.into_iter().chain(conditions);
        let all = all.reduce(|left, right| Node::call(Op::And, vec![left, right]));
        changed.filter = all.map(|node| (text.unwrap_or_default(), node));
        (Cow::Owned(changed), overlapping)
    }
}

/// The column of percentages, as its name says, that an indicator in % gives as it is.
pub(super) fn percentages<'a>(indicator: &Indicator, formula: &'a Formula) -> Option<&'a str> {
    let column = column_as_it_is(formula).filter(|_| indicator.unit.trim() == "%");
    column.filter(|column| is_named(column))
}
