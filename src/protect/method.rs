//! The other ways to protect: counts and sums of persons are shown rounded or with noise, and what is made of them is made of what is shown.
//!
//! Every sum that a value rests on is over a set of rows; the same set is shown as the same number wherever it is used. What a way does not
//! fit (medians, extremes, figures made of rows one by one, calibrated weights) stays exact and is withheld by the audit.

use super::Context;
use super::figures::{Made, Measuring, System};
use super::ground::{Ground, Over};
use super::layout::Layout;
use super::published::Added;
use super::reading::{Part, Reading};
use super::sets::Set;
use crate::engine::classes::{Classes, classes};
use crate::estimate::Estimated;
use crate::estimate::again::Again;
use crate::evaluation::ProtectionMethod;
use crate::finding::{Finding, Stop};
use crate::indicator::formula::node::{Node, NodeKind};
use crate::outcome::Way;
use crate::plan::resolve::resolve;
use crate::plan::scan::{Scan, What};
use crate::plan::{Item, Work};
use std::collections::{BTreeMap, BTreeSet};

/// An indicator whose figures are made of protected sums.
pub(super) struct Handled<'a> {
    /// Its values.
    pub again: Again<'a>,
    /// What each of its components adds up.
    parts: BTreeMap<usize, Vec<Part>>,
}

/// How the figures of a table are protected.
pub(super) struct Method<'a> {
    way: Way,
    /// Indicators that the way fits, by item.
    handled: BTreeMap<usize, Handled<'a>>,
    /// Expression of the weight in the reading.
    weight: Option<usize>,
}

/// Whether an indicator's figures are shown by another way than the default: they are made of sums that it protects.
pub(super) fn fits(context: &Context<'_>, item: usize) -> bool {
    context.evaluation.protection != ProtectionMethod::Suppress
        && (context.plan.items.get(item)).is_some_and(|item| again(context, item).is_some())
}

/// The values of an indicator made again, where each sum is one that can be protected.
fn again<'a>(context: &Context<'a>, item: &'a Item) -> Option<Again<'a>> {
    let Ok(Work::Rows(work)) = &item.work else {
        return None;
    };
    let scan = context.plan.scans.get(work.scan)?;
    let again = Again::new(context.plan, context.sums, context.dataset, item)?;
    let fits = |at: &usize| {
        scan.components.get(*at).is_some_and(|component| {
            let adds = matches!(component.what, What::Count | What::Sum(_));
            adds && (!component.weighted || scan.calibrated.is_empty())
        })
    };
    again.components().iter().all(fits).then_some(again)
}

/// Shows the figures of all tables about persons in the way of the evaluation; what stays exact is withheld already where it has to be.
/// Gives the variance added to them.
///
/// # Errors
/// A [`Stop`] when a file can't be read.
pub(super) fn apply(context: &Context<'_>, estimated: &mut [Estimated]) -> Result<Added, Stop> {
    let evaluation = context.evaluation;
    if evaluation.protection == ProtectionMethod::CellKey && evaluation.secret.is_none() {
        let message = "`protection = \"cell-key\"` keeps its secret in a file beside the evaluation, and this one has no folder.";
        let help = "Evaluate a folder, or take another protection: `round`, `suppress`.";
        return Err(Finding::error("protection-secret", message, help)
            .in_file("evaluation.toml")
            .in_column("protection")
            .into());
    }
    let mut added = Added::default();
    for (table, items) in super::tables(context.plan) {
        let least = context.evaluation.small_cells;
        let (mut reading, measured) = context.gathered(table, &items, least);
        if let Some(method) = Method::new(context, &measured, &mut reading) {
            let found = classes(context.dataset, &reading.telling)?;
            let mut system = System::new(&reading, &found, least);
            let of_table = (&mut system, measured.as_slice());
            method.apply(
                context,
                of_table,
                (&reading, &found),
                (estimated, &mut added),
            )?;
        }
    }
    Ok(added)
}

impl<'a> Method<'a> {
    /// The way of an evaluation for the figures of a table; adds to the reading what it needs to know of the rows.
    fn new(
        context: &Context<'a>,
        measured: &[Measuring<'_>],
        reading: &mut Reading,
    ) -> Option<Method<'a>> {
        let mut method = Method {
            way: context.evaluation.way(),
            handled: BTreeMap::new(),
            weight: None,
        };
        for measuring in measured {
            let item = context.plan.items.get(measuring.item)?;
            if let Some(handled) = method.handled(context, item, reading) {
                method.handled.insert(measuring.item, handled);
            }
        }
        // Rows are known again by their key; by all that they hold where they have none.
        let table = context.dataset.tables.get(reading.telling.scan.table)?;
        let columns: Vec<String> = match table.primary_key.is_empty() {
            false => table.primary_key.clone(),
            true => table.columns.iter().map(|c| c.name.clone()).collect(),
        };
        for name in columns {
            let path = vec![name];
            let own = Scan {
                columns: resolve(context.dataset, table, &path)
                    .map(|found| (path.clone(), found))
                    .into_iter()
                    .collect(),
                ..Scan::default()
            };
            let node = Node::synthetic(NodeKind::Column(path));
            let at = reading.expression(&node, &own);
            reading.telling.names.push(at);
        }
        Some(method)
    }

    fn handled(
        &mut self,
        context: &Context<'a>,
        item: &'a Item,
        reading: &mut Reading,
    ) -> Option<Handled<'a>> {
        let again = again(context, item)?;
        let Ok(Work::Rows(work)) = &item.work else {
            return None;
        };
        let scan = context.plan.scans.get(work.scan)?;
        let mut parts = BTreeMap::new();
        for at in again.components() {
            let component = scan.components.get(*at)?;
            parts.insert(*at, reading.component(component, scan));
        }
        if let Some(weight) = scan.weight.and_then(|w| scan.expressions.get(w)) {
            self.weight = Some(reading.expression(weight, scan));
        }
        Some(Handled { again, parts })
    }

    /// Protects the figures of a table.
    fn apply(
        &self,
        context: &Context<'_>,
        (system, measured): (&mut System<'_>, &[Measuring<'_>]),
        (reading, classes): (&Reading, &Classes),
        (estimated, added): (&mut [Estimated], &mut Added),
    ) -> Result<(), Stop> {
        let added_up = self.handled.values().flat_map(|h| h.parts.values());
        let added_up = added_up.flatten().map(|part| &part.term).collect();
        let mut ground = Ground::new(
            (context.evaluation, context.dataset, &self.way),
            (reading, classes),
            (added_up, self.weight),
        )?;
        let mut all = Vec::new();
        for measuring in measured {
            let Some(found) = estimated.get(measuring.item) else {
                continue;
            };
            let place = |e| system.place(measuring, e).unwrap_or_default();
            let places = found.estimates.iter().map(place).collect();
            all.push(Placed {
                measuring,
                places,
                overs: self.overs(measuring, system, &ground),
            });
        }
        if let Way::Round { base } = &self.way {
            for placed in &all {
                let Some(found) = estimated.get(placed.measuring.item) else {
                    continue;
                };
                let Some(layout) = Layout::new(&found.estimates) else {
                    continue;
                };
                for over in placed.overs.values().filter(|over| over.is_count()) {
                    let everyone: BTreeSet<u32> = placed.places.iter().flatten().copied().collect();
                    let everyone: Vec<u32> = everyone.into_iter().collect();
                    // Where a person has several rows, counts of rows are rounded more coarsely, each by itself.
                    if ground.sets.most_rows(&everyone, &over.members) > 1 {
                        continue;
                    }
                    let of = |place: &Vec<u32>| ground.sets.of(place, &over.members);
                    let sets: Vec<Set> = placed.places.iter().map(of).collect();
                    if sets.iter().any(|set| !ground.is_shown(*set)) {
                        layout.round(&sets, *base, &mut ground.shown);
                    }
                }
            }
        }
        for placed in &all {
            if let Some(estimated) = estimated.get_mut(placed.measuring.item) {
                let handled = self.handled.get(&placed.measuring.item);
                let variances = super::published::publish(
                    (context.evaluation, context.dataset),
                    (&ground, placed),
                    (handled, estimated),
                );
                added.enter(placed.measuring.item, variances);
            }
        }
        Ok(())
    }

    /// What the figures of an indicator add up, by what it is for.
    fn overs(
        &self,
        measuring: &Measuring<'_>,
        system: &System<'_>,
        ground: &Ground<'_>,
    ) -> BTreeMap<For, Over> {
        let classes = ground.sets.classes();
        let mut overs = BTreeMap::new();
        let everything = vec![true; classes];
        overs.insert(For::Place, Over::rows(everything));
        let members = |parts: &[Part]| -> Vec<bool> {
            let has = |class: u32| {
                let in_part = |part: &Part| {
                    let mut bits = part.bits.iter();
                    bits.all(|(bit, with)| system.has(class, *bit) == *with)
                };
                parts.iter().any(in_part)
            };
            (0..classes as u32).map(has).collect()
        };
        let Some(handled) = self.handled.get(&measuring.item) else {
            let used = match &measuring.made {
                Made::Formula { rows, .. } => rows.last().copied(),
                Made::Records(mark) => Some(super::reading::Bit::Mark(*mark)),
            };
            if let Some(bit) = used {
                let used = (0..classes as u32).map(|c| system.has(c, bit)).collect();
                overs.insert(For::Rows, Over::rows(used));
            }
            return overs;
        };
        for (at, parts) in &handled.parts {
            let over = ground.over(parts, members(parts), system);
            overs.insert(For::Component(*at), over);
        }
        let of = |at: usize| handled.parts.get(&at).map(|parts| members(parts));
        let (matched, undecided) = handled.again.matched();
        let used = of(handled.again.rows()).unwrap_or_default();
        let matched = of(matched).unwrap_or_default();
        let undecided = undecided.and_then(of).unwrap_or_default();
        let is = |set: &[bool], class: usize| set.get(class) == Some(&true);
        let missing = (0..classes)
            .map(|c| (is(&matched, c) || is(&undecided, c)) && !is(&used, c))
            .collect();
        overs.insert(For::Missing, Over::rows(missing));
        overs
    }
}

/// What a sum is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum For {
    /// All rows of the place.
    Place,
    /// Rows used, of an indicator that stays exact.
    Rows,
    /// A component of the scan.
    Component(usize),
    /// Rows left out since something is missing.
    Missing,
}

/// An indicator with the classes of each of its places.
pub(super) struct Placed<'a, 'b> {
    /// How it reads the table.
    pub measuring: &'a Measuring<'b>,
    /// Classes of each estimate.
    pub places: Vec<Vec<u32>>,
    /// What it adds up.
    pub overs: BTreeMap<For, Over>,
}
