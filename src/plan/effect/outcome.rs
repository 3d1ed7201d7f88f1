//! The indicator of an effect row by row: the formula that its figure is computed from, the rows and reports that count, and what must not meet.

use super::conditions::conjuncts;
use super::read::Reading;
use super::{EffectWork, Latest, Refusal};
use crate::indicator::definition::MissingRule;
use crate::indicator::formula::node::{Node, NodeKind, Op, Pick};
use crate::indicator::formula::per_row::PerRow;
use crate::indicator::measure::{Rows, Wants};
use crate::indicator::{Indicator, Measure};
use crate::outcome::NotEstimable;
use crate::plan::Plan;
use crate::plan::apart::{Among, Overlap, of_declared, reports};
use crate::plan::extract;
use crate::plan::fit::fit;
use crate::plan::shared::Shared;
use crate::plan::together::{Together, percentages};
use crate::plan::wholes::whole;
use std::borrow::Cow;

/// An indicator, row by row.
pub(super) struct Outcome {
    /// What a row adds.
    pub value: PerRow,
    /// Its filter: what is left of it when conditions on the design's own columns are set aside.
    pub filters: Vec<Node>,
    overlapping: Vec<Overlap>,
    /// Columns with totals that the formula deals with itself.
    told: Vec<String>,
    shared: Vec<Shared>,
    percentages: Option<String>,
    pick: Option<Pick>,
}

impl Outcome {
    /// The same formula that the figure of the indicator is computed from.
    ///
    /// # Errors
    /// What is no mean, share or sum over rows, and what the table lacks.
    pub fn of(
        plan: &Plan,
        reading: &Reading<'_>,
        indicator: &Indicator,
        sets_aside: &[Vec<String>],
        remarks: &mut Vec<String>,
    ) -> Result<Outcome, Refusal> {
        let Measure::Formula(rows) = &indicator.measure else {
            return Refusal::reason(
                format!("`{}` is not measured over rows", indicator.id),
                "Use another indicator.",
            );
        };
        let (dataset, table) = (reading.asked.dataset, reading.table);
        let fitted = fit(rows, dataset, table).map_err(|finding| {
            Refusal::Reason(NotEstimable {
                reason: extract::reason(&finding),
                help: finding.help.clone(),
            })
        })?;
        let mut said = Vec::new();
        let reported = reports(fitted, (dataset, table), &mut said)?;
        let Together {
            rows,
            overlapping,
            shared,
            told,
            remarks: more,
        } = plan.together(reported, indicator, dataset, reading.table_at);
        said.extend(more);
        let overlapping = overlapping.into_iter().map(|o| added(&rows, o)).collect();
        let picked = unpicked(&rows);
        let Some((value, pick)) = picked.and_then(|(rows, pick)| Some((rows.per_row()?, pick)))
        else {
            return Refusal::reason(
                format!(
                    "`{}` is not a mean, a share or a sum over rows",
                    indicator.id
                ),
                "Effects are told on means, shares, sums and scales; use one of these.",
            );
        };
        let mut filters = Vec::new();
        for condition in conjuncts(rows.filter.as_ref().map(|(_, node)| node)) {
            let mut columns = Vec::new();
            condition.columns(&mut columns);
            if columns.is_empty() || columns.iter().any(|c| !sets_aside.contains(c)) {
                filters.push(condition.clone());
                continue;
            }
            let names: Vec<String> = columns.iter().map(|c| c.join(".")).collect();
            said.push(format!(
                "The filter of {} on {} is set aside: the design says which rows are compared.",
                indicator.name,
                names.join(" and ")
            ));
        }
        for remark in said {
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
        Ok(Outcome {
            percentages: percentages(indicator, &rows.formula).map(str::to_owned),
            value,
            filters,
            overlapping,
            told: told.0,
            shared,
            pick,
        })
    }

    /// Adds what an indicator measured in the same rows must not meet, and gives its filter.
    ///
    /// # Errors
    /// Indicators for which different reports count.
    pub fn join(
        &mut self,
        with: Outcome,
        one: &Indicator,
        other: &Indicator,
    ) -> Result<Vec<Node>, Refusal> {
        if self.pick != with.pick {
            return Refusal::reason(
                format!(
                    "other reports count for `{}` than for `{}`, so no row has both",
                    one.id, other.id
                ),
                "Name two indicators with the same `accumulation` and `series`.",
            );
        }
        self.overlapping.extend(with.overlapping);
        self.shared.extend(with.shared);
        Ok(with.filters)
    }

    /// Adds fields that tell whether rows may be put together, and gives the conditions of the rows that count where some are the
    /// sum of others. `own` are the columns by which the design itself says which rows it takes.
    pub fn together(
        self,
        reading: &mut Reading<'_>,
        work: &mut EffectWork,
        own: &[Vec<String>],
    ) -> Vec<Node> {
        let table = reading.table;
        let by_design = |name: &str| own.iter().any(|path| path.as_slice() == [name.to_owned()]);
        let mut overlapping = self.overlapping;
        overlapping.append(&mut reading.apart);
        let mut filters = Vec::new();
        for (name, total) in &table.meaning.totals {
            let kind = table.column(name).map(|c| c.r#type);
            match kind {
                Some(_) if by_design(name) => overlapping.push(of_declared(name, total)),
                Some(kind) if !self.told.contains(name) => {
                    filters.push(whole(name, total, kind));
                }
                _ => {}
            }
        }
        for overlap in overlapping {
            if work.overlapping.iter().all(|(known, _)| *known != overlap) {
                let node = overlap.node.clone();
                let at = reading.field(&overlap.column, node, Wants::Label, false);
                work.overlapping.push((overlap, at));
            }
        }
        for sum in self.shared {
            let at = reading.field(&sum.path, sum.key.clone(), Wants::Label, false);
            work.shared.push((sum, at));
        }
        work.percentages = self.percentages;
        work.latest = self.pick.map(|pick| {
            let within_programme = !pick.series.is_empty();
            let constant = |node: &Node| matches!(node.kind, NodeKind::Boolean(_));
            let order = reading.field("the date of the report", pick.order, Wants::Ordered, true);
            let series = pick.series.into_iter().filter(|node| !constant(node));
            let series = series
                .map(|node| reading.field("the series", node, Wants::Label, false))
                .collect();
            let except = pick.except;
            Latest {
                last: pick.last,
                order,
                series,
                within_programme,
                except: except
                    .map(|node| reading.field("which reports add", node, Wants::Truth, false)),
            }
        });
        filters
    }
}

/// A value that must not meet others among the rows that an aggregate adds, as one that the other rows lack.
fn added(rows: &Rows, overlap: Overlap) -> Overlap {
    let filter = match overlap.among {
        Among::Aggregate(at) => rows
            .formula
            .aggregates
            .get(at)
            .and_then(|a| a.filter.clone()),
        _ => None,
    };
    let Some(filter) = filter else { return overlap };
    let none = Node::synthetic(NodeKind::Null);
    let node = Node::call(Op::Case, vec![filter, overlap.node.clone(), none]);
    Overlap { node, ..overlap }
}

/// A formula without the choice of reports, and that choice, where all of its parts share it; `None` where which rows count differs by part.
fn unpicked(rows: &Rows) -> Option<(Cow<'_, Rows>, Option<Pick>)> {
    let aggregates = &rows.formula.aggregates;
    if aggregates.iter().all(|a| a.pick.is_none()) {
        return Some((Cow::Borrowed(rows), None));
    }
    let pick = aggregates.first()?.pick.as_deref()?.clone();
    let by_row = rows.missing == MissingRule::Row || aggregates.len() == 1;
    let shared = |pick: &Pick| {
        let mut each = aggregates.iter();
        each.all(|a| a.pick.as_deref() == Some(pick) && a.filter.is_none())
    };
    if !by_row || !shared(&pick) {
        return None;
    }
    let mut plain = rows.clone();
    plain
        .formula
        .aggregates
        .iter_mut()
        .for_each(|a| a.pick = None);
    Some((Cow::Owned(plain), Some(pick)))
}
