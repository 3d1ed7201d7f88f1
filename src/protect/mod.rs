//! Stage 5, estimate: one audit over the figures of each table about persons. A figure is shown only if nothing of fewer persons than
//! the threshold follows from all that are shown.
//!
//! The rows that no figure tells apart are a class. Each figure is an equation over the numbers of rows and the sums of the classes, and what
//! follows exactly from a set of figures is the span of their equations, whatever their values. Figures are therefore added one after
//! the other, the most important first, to an echelon form modulo a prime, and one is withheld when the number or a sum of a small class (or
//! of up to four together) would come to lie in the span. This is suppression by Gaussian elimination (Langsrud 2024, "Secondary cell
//! suppression by Gaussian elimination: an algorithm suitable for handling issues with zeros and singletons"), here over all indicators
//! of a table at once.

mod cell_key;
mod conceal;
mod controlled;
mod echelon;
mod effects;
mod explain;
mod field;
mod figures;
mod ground;
mod joined;
mod layout;
mod method;
mod published;
mod reading;
mod releases;
mod rounding;
mod sets;
mod solve;
mod spread;
mod summed;
mod told;
mod totals;

use crate::dataset::Dataset;
use crate::engine::Frame;
use crate::engine::State;
use crate::engine::classes::classes;
use crate::engine::sums::Sums;
use crate::estimate::Estimated;
use crate::evaluation::{Evaluation, ProtectionMethod};
use crate::finding::Stop;
use crate::indicator::Measure;
use crate::indicator::formula::node::{Node, NodeKind};
use crate::outcome::{Effect, Estimate, Protection, Way};
use crate::plan::cut::Cut;
use crate::plan::scan::{Scan, What};
use crate::plan::{Item, Plan, Work};
pub use conceal::conceal;
pub use explain::{Reason, Reasons, Why};
use figures::{Figure, Made, Measuring, System};
use published::Added;
use reading::{Bit, Reading};
pub use releases::{Followed, Group, Release, Together, together, withheld_after};
pub use rounding::{
    BASE, counts_persons, round, round_tables, rounded, with_those_of_the_same_persons,
};
use solve::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Up to this many steps the figures of a table are chosen in one system, totals and programmes together.
const TOGETHER: u64 = 300_000_000;

/// Withholds figures by which something of few persons would follow, from them or together with releases that are published already,
/// and says what was done; why each is withheld goes into `reasons`.
///
/// # Errors
/// A [`Stop`] when a file can't be read.
pub fn protect(
    (plan, dataset, evaluation): (&Plan, &Dataset, &Evaluation),
    (sums, frames): (&[Sums], &[Frame]),
    earlier: &[Release<'_>],
    (estimated, effects): (&mut [Estimated], &mut [Effect]),
    reasons: Option<&mut Reasons>,
) -> Result<Option<Protection>, Stop> {
    let whole = match earlier {
        [] => vec![],
        _ => estimated.to_vec(),
    };
    let all = Context {
        plan,
        dataset,
        evaluation,
        sums,
        frames,
    };
    let mut held = explain::Held::new();
    for (table, items) in tables(plan) {
        for ((item, cell), why) in all.withheld(table, &items, (&*estimated, &*effects))? {
            if let Some(effect) = item.checked_sub(plan.items.len()) {
                effects.get_mut(effect).map(effects::withhold);
                continue;
            }
            held.insert((item, cell), why);
            let found = estimated.get_mut(item);
            if let Some(estimate) = found.and_then(|e| e.estimates.get_mut(cell)) {
                estimate.withhold();
            }
        }
    }
    if evaluation.small_cells > 1 {
        let items = plan.effects.iter().zip(effects.iter_mut());
        for (item, effect) in items {
            if let Some(work) = item.work.as_ref().ok().filter(|work| work.persons) {
                effects::round(effect, work, evaluation.small_cells);
            }
        }
    }
    if !earlier.is_empty() {
        let mut shown = shown(estimated);
        // Rounded figures and those with noise are no equations.
        for (item, shown) in shown.iter_mut().enumerate() {
            if method::fits(&all, item) {
                shown.fill(false);
            }
        }
        let now = Release {
            plan,
            dataset,
            evaluation,
            sums,
            frames,
            estimated: &whole,
            shown: &shown,
        };
        let releases: Vec<Release<'_>> = earlier.iter().copied().chain([now]).collect();
        for (item, cell) in withheld_after(&releases)? {
            held.insert((item, cell), Why::Earlier);
            let found = estimated.get_mut(item);
            if let Some(estimate) = found.and_then(|e| e.estimates.get_mut(cell)) {
                estimate.withhold();
            }
        }
    }
    // Reasons are of figures by their number, which the other ways change.
    let mut added = match (&reasons, evaluation.protection) {
        (None, ProtectionMethod::Round | ProtectionMethod::CellKey) => {
            method::apply(&all, estimated)?
        }
        _ => Added::default(),
    };
    for (at, item) in plan.items.iter().enumerate() {
        if let Ok(Work::Derived(inputs)) = &item.work {
            published::derived((at, item, inputs), evaluation, &mut added, estimated);
            derived(at, inputs, estimated);
        }
    }
    let mut withheld = 0;
    for (item, estimated) in plan.items.iter().zip(estimated.iter_mut()) {
        settle(estimated);
        if item.requested {
            withheld += estimated
                .estimates
                .iter()
                .filter(|e| e.is_withheld())
                .count() as u64;
        }
    }
    if let Some(reasons) = reasons {
        reasons.threshold = evaluation.small_cells;
        reasons.withheld = explain::reasons(plan, estimated, &held);
    }
    let mut told = told(dataset, evaluation, withheld);
    if let (Some(told), false) = (&mut told, earlier.is_empty()) {
        told.audit.push_str(match earlier {
            [_] => " What an earlier release says was taken as known.",
            _ => " What earlier releases say was taken as known.",
        });
    }
    Ok(told)
}

/// Of each estimate, whether it has a value that is shown.
pub fn shown(estimated: &[Estimated]) -> Vec<Vec<bool>> {
    let cells = |e: &Estimated| e.estimates.iter().map(|e| e.value.is_some()).collect();
    estimated.iter().map(cells).collect()
}

fn table_of<'a>(plan: &Plan, item: &'a Item) -> Option<(usize, &'a Cut)> {
    match &item.work {
        Ok(Work::Rows(work)) => Some((plan.scans.get(work.scan)?.table, &work.cut)),
        Ok(Work::Records(work)) => {
            let first = work.extracts.first().copied().flatten()?;
            Some((plan.extracts.get(first)?.scan.table, &work.cut))
        }
        _ => None,
    }
}

/// Indices of the tables about persons, each with the items that read it.
fn tables(plan: &Plan) -> BTreeMap<usize, Vec<usize>> {
    let mut tables: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, item) in plan.items.iter().enumerate() {
        if let Some((table, cut)) = table_of(plan, item)
            && cut.persons
        {
            tables.entry(table).or_default().push(at);
        }
    }
    // Effects may speak of a table that no indicator is asked of.
    for work in plan.effects.iter().filter_map(|e| e.work.as_ref().ok()) {
        if work.persons {
            tables.entry(work.table).or_default();
        }
    }
    tables
}

struct Context<'a> {
    plan: &'a Plan,
    dataset: &'a Dataset,
    evaluation: &'a Evaluation,
    sums: &'a [Sums],
    frames: &'a [Frame],
}

impl<'a> Context<'a> {
    /// Cells of a table's indicators that are withheld: item and place among its estimates, each with the reason.
    fn withheld(
        &self,
        table: usize,
        items: &[usize],
        (estimated, effects): (&[Estimated], &[Effect]),
    ) -> Result<Vec<explain::Hidden>, Stop> {
        let least = self.evaluation.small_cells;
        let (mut reading, measured) = self.gathered(table, items, least);
        let told = self.effects((table, effects), &mut reading);
        let found = classes(self.dataset, &reading.telling)?;
        let mut system = System::new(&reading, &found, least);
        let mut figures: Vec<Figure> = Vec::new();
        for measuring in measured.iter().filter(|m| !method::fits(self, m.item)) {
            if let Some(estimated) = estimated.get(measuring.item) {
                figures.extend(system.figures(measuring, estimated));
            }
        }
        for told in &told {
            figures.push(system.effect(told, self.plan.items.len()));
        }
        let key = measured
            .iter()
            .find_map(|m| m.keys.get(&m.cut.programme?).copied());
        let code = |key: usize| found.list.iter().map(move |c| c.key.get(key).copied());
        let programmes = key.map(|key| code(key).map(Option::unwrap_or_default).collect());
        let small = found.list.iter().map(|c| (c.persons.len() as u64) < least);
        let problem = Problem {
            figures: &figures,
            system: &system,
            small: small.collect::<Arc<[bool]>>(),
            programmes: programmes.unwrap_or_default(),
        };
        let forms = figures.iter().map(|f| f.forms.len() as u64).sum::<u64>();
        let long = figures
            .iter()
            .flat_map(|f| &f.forms)
            .map(|f| f.len() as u64);
        let is_little = forms.saturating_mul(long.sum()) <= TOGETHER;
        let shown: BTreeSet<usize> = if is_little || key.is_none() {
            let order = problem.in_order((0..figures.len()).collect());
            let solved = problem.solve(&order, &BTreeSet::new(), &[]);
            solved.figures.into_iter().collect()
        } else {
            totals::choose(&problem)
        };
        let hidden = figures
            .iter()
            .enumerate()
            .filter(|(at, _)| !shown.contains(at));
        Ok(hidden
            .map(|(_, figure)| {
                let why = if figure.few { Why::Few } else { Why::Others };
                ((figure.item, figure.cell), why)
            })
            .collect())
    }

    /// What the figures of these items about a table are told apart by, where groups of fewer persons than `least` are protected.
    fn gathered(&self, table: usize, items: &[usize], least: u64) -> (Reading, Vec<Measuring<'a>>) {
        let mut reading = Reading::default();
        reading.telling.scan.table = table;
        reading.telling.least = least as usize;
        let named = self.dataset.tables.get(table);
        // Where a row is of several persons, those of the first key are counted.
        let person = named.and_then(|t| t.persons.keys.first());
        let measured = items
            .iter()
            .filter_map(|at| self.measuring(*at, person, &mut reading))
            .collect();
        (reading, measured)
    }

    /// How an indicator reads its table.
    fn measuring(
        &self,
        at: usize,
        person: Option<&Vec<String>>,
        reading: &mut Reading,
    ) -> Option<Measuring<'a>> {
        let item = self.plan.items.get(at)?;
        let (scan, cut): (&Scan, &Cut) = match &item.work {
            Ok(Work::Rows(work)) => (self.plan.scans.get(work.scan)?, &work.cut),
            Ok(Work::Records(work)) => {
                let first = work.extracts.first().copied().flatten()?;
                (&self.plan.extracts.get(first)?.scan, &work.cut)
            }
            _ => return None,
        };
        if let Some(name) = person
            && scan.columns.iter().any(|(path, _)| path == name)
        {
            let node = Node::synthetic(NodeKind::Column(name.clone()));
            reading.telling.person = Some(reading.expression(&node, scan));
        }
        let by = cut.by.iter().map(|(_, key)| *key);
        let totals = cut.totals.iter().map(|t| t.key);
        let wanted = by.chain(totals).chain(cut.programme).chain(cut.period);
        let keys = wanted
            .filter_map(|key| Some((key, reading.key(key, scan)?)))
            .collect();
        let made = match (&item.work, &item.indicator.measure) {
            (Ok(Work::Rows(work)), Measure::Formula(rows)) => {
                let sums = self.sums.get(work.scan)?;
                let program = &work.program;
                let unique = |collector: usize| self.is_unique(scan, sums, collector);
                let aggregates = reading.aggregates(program, scan, &unique);
                let mut bits = Vec::new();
                for at in [program.all, program.used] {
                    let component = scan.components.get(at)?;
                    debug_assert!(matches!(component.what, What::Count));
                    bits.push(Bit::Mask(reading.mask(component.mask, scan)));
                }
                Made::Formula {
                    formula: &rows.formula,
                    aggregates,
                    rows: bits,
                }
            }
            (Ok(Work::Records(work)), _) => {
                let first = work.extracts.first().copied().flatten()?;
                let states = &self.frames.get(first)?.states;
                let used = states.iter().map(|state| *state == State::Used);
                reading.telling.marks.push(used.collect());
                Made::Records(reading.telling.marks.len() - 1)
            }
            _ => return None,
        };
        Some(Measuring {
            item: at,
            requested: item.requested,
            cut,
            keys,
            made,
        })
    }

    /// Whether a collector of different values holds none that two rows have.
    fn is_unique(&self, scan: &Scan, sums: &Sums, collector: usize) -> bool {
        let (Some(asked), Some(words)) =
            (scan.collectors.get(collector), sums.words.get(collector))
        else {
            return false;
        };
        let counts =
            |c: &crate::plan::scan::Component| c.mask == asked.mask && c.what == What::Count;
        let rows = scan
            .components
            .iter()
            .position(|c| counts(c) && !c.weighted);
        let rows = rows.and_then(|at| sums.components.get(at));
        rows.is_some_and(|rows| rows.iter().sum::<f64>() == words.len() as f64)
    }
}

/// What is made of a withheld figure is withheld.
fn derived(at: usize, inputs: &[usize], estimated: &mut [Estimated]) {
    type Place<'a> = (
        &'a Option<String>,
        &'a Option<(String, Option<String>)>,
        &'a Option<String>,
    );
    fn place(e: &Estimate) -> Place<'_> {
        (&e.programme, &e.group, &e.period)
    }
    let of_inputs = inputs.iter().filter_map(|input| estimated.get(*input));
    let withheld = of_inputs
        .flat_map(|e| &e.estimates)
        .filter(|e| e.is_withheld());
    let places: BTreeSet<Place<'_>> = withheld.map(place).collect();
    let cells = estimated.get(at).map_or(&[][..], |e| &e.estimates);
    let hit: Vec<usize> = (0..cells.len())
        .filter(|cell| cells.get(*cell).is_some_and(|e| places.contains(&place(e))))
        .collect();
    for cell in hit {
        if let Some(estimate) = estimated
            .get_mut(at)
            .and_then(|e| e.estimates.get_mut(cell))
        {
            estimate.withhold();
        }
    }
}

/// What is said beside the estimates, now that it is known which of them are withheld.
fn settle(estimated: &mut Estimated) {
    let (of_all, of_total) = (
        std::mem::take(&mut estimated.of_all),
        std::mem::take(&mut estimated.of_total),
    );
    if !estimated.estimates.iter().any(Estimate::is_withheld) {
        estimated.remarks.extend(of_all);
    }
    let estimates = &estimated.estimates;
    estimated.details.retain(|detail| {
        let mut whole = estimates
            .iter()
            .filter(|e| e.programme == detail.programme && e.group.is_none() && e.period.is_none());
        whole.any(|e| !e.is_withheld())
    });
    if estimated
        .estimates
        .first()
        .is_some_and(Estimate::is_withheld)
    {
        // What the account of rows says of a withheld total would give it away.
        estimated.rows = None;
    } else {
        estimated.remarks.extend(of_total);
    }
}

/// What was done, in words.
fn told(dataset: &Dataset, evaluation: &Evaluation, withheld: u64) -> Option<Protection> {
    let tables = dataset.tables.iter().filter(|t| t.of_persons());
    let tables: Vec<String> = tables.map(|t| t.name.clone()).collect();
    if tables.is_empty() {
        return None;
    }
    let threshold = evaluation.small_cells;
    let way = evaluation.way();
    if way != Way::Suppress {
        return Some(told::told(tables, threshold, way, withheld));
    }
    let (method, audit) = match threshold {
        0 => (
            "Nothing is protected: the evaluation sets small_cells = 0.".to_owned(),
            "No audit was made.".to_owned(),
        ),
        1 => (
            "Nothing is withheld: the evaluation sets small_cells = 1, and no figure rests on fewer than one person. Counts are rounded."
                .to_owned(),
            "There was nothing to look for.".to_owned(),
        ),
        least => (
            format!(
                "Figures that rest on fewer than {least} persons are withheld, and further ones until none of those follows from what is shown: by elimination over all figures of a table at once, the least important first. Counts of persons are rounded to the nearest {BASE}."
            ),
            format!(
                "From the figures of indicators and effects shown, neither the size nor a sum of a group of fewer than {least} persons of a programme, nor of two such groups together, was found to follow exactly; larger unions over several programmes, how closely a group can be bounded, and what intervals and details tell, were not looked at."
            ),
        ),
    };
    Some(Protection {
        threshold,
        tables,
        way,
        method,
        withheld,
        rounded: (threshold > 0).then_some(BASE),
        audit,
    })
}
