//! Stage 3, plan: catalogue, tables and evaluation become one [`Scan`] per table and a place for every indicator in it.

pub mod apart;
mod compared;
mod currency;
pub mod cut;
pub mod doubts;
pub mod effect;
pub mod extract;
pub mod fit;
pub mod interval;
pub mod lack;
pub mod money;
mod needs;
mod private;
pub mod program;
mod ranges;
mod rates;
pub mod reach;
pub mod resolve;
pub mod scan;
pub mod shared;
mod tally;
mod together;
mod totals;
pub mod weights;
mod wholes;
mod work;

use crate::dataset::{Dataset, Table};
use crate::evaluation::{Evaluation, IntervalMethod};
use crate::finding::{Finding, Findings, nearest};
use crate::indicator::formula::node::{Node, NodeKind};
use crate::indicator::{Catalogue, Indicator, Measure};
use crate::outcome::{Lack, Need, Sampling};
use cut::Cut;
use extract::Extract;
use interval::Shape;
use program::Program;
use reach::Reach;
use resolve::resolve;
use scan::Scan;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What will be done.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// One per table with an indicator on it.
    pub scans: Vec<Scan>,
    /// One per table that an indicator reads row by row.
    pub extracts: Vec<Extract>,
    /// One per indicator, inputs of a derived one before it; requested ones in catalogue order.
    pub items: Vec<Item>,
    /// One per effect and indicator, in the order of the evaluation file.
    pub effects: Vec<effect::EffectItem>,
    /// Tables whose weights are looked at before anything is estimated.
    pub weights: Vec<weights::WeightsItem>,
    /// What is wrong with the evaluation, or can't be computed.
    pub findings: Findings,
    /// Whether only some of the indicators asked for are left.
    pub restricted: bool,
    /// Places of the items, by id of the indicator.
    places: BTreeMap<String, usize>,
    /// Rates that amounts are converted by.
    rates: Option<rates::Rates>,
    /// Columns that the indicators asked for show to be money.
    money: Arc<currency::Money>,
    /// Columns that results of a table must not be shown by.
    refused: private::Refused,
    /// Totals beside their parts, by table.
    totals: BTreeMap<usize, Vec<totals::Suspect>>,
}

/// An indicator in the plan.
#[derive(Debug, Clone)]
pub struct Item {
    /// The indicator.
    pub indicator: Indicator,
    /// Whether the evaluation asks for it (or it is only the input of another).
    pub requested: bool,
    /// Whether it rests on a sample.
    pub sample: bool,
    /// How it will be computed, or what it lacks.
    pub work: Result<Work, Lack>,
    /// How its intervals will be made.
    ///
    /// # Errors
    /// In words, why the way that is asked for does not fit it.
    pub interval: Result<IntervalMethod, String>,
    /// Remarks for the reader.
    pub remarks: Vec<String>,
}

/// How an indicator will be computed.
#[derive(Debug, Clone)]
pub enum Work {
    /// From the rows of a table.
    Rows(Box<RowWork>),
    /// From the rows of tables, one by one.
    Records(Box<RecordsWork>),
    /// From other items, by index.
    Derived(Vec<usize>),
}

/// Where a table's indicator finds its sums and groups.
#[derive(Debug, Clone)]
pub struct RowWork {
    /// Index of the scan.
    pub scan: usize,
    /// Its parts.
    pub program: Program,
    /// How its rows are grouped.
    pub cut: Cut,
    /// What its value is, for its interval.
    pub shape: Shape,
    /// Where its value can lie.
    pub reach: Reach,
    /// The column whose name says that it holds percentages, and the component of its least value, where the unit is %.
    pub percentages: Option<(String, usize)>,
    /// Collectors of the clusters with a row used and of their strata, where replicate weights come with a named cluster.
    pub clusters: Option<(usize, Option<usize>)>,
    /// What is read row by row beside the sums.
    pub beside: Option<Box<RecordsWork>>,
}

/// Where an indicator finds the rows that it reads one by one.
#[derive(Debug, Clone)]
pub struct RecordsWork {
    /// Index of the extract of each input of the measure; `None` where its table is not there and not needed.
    pub extracts: Vec<Option<usize>>,
    /// How the rows of the first are grouped.
    pub cut: Cut,
}

/// Plans an evaluation.
pub fn plan(catalogue: &Catalogue, dataset: &Dataset, evaluation: &Evaluation) -> Plan {
    let mut plan = Plan::default();
    weights::add(&mut plan, dataset, evaluation);
    match rates::Rates::read(evaluation, dataset) {
        Ok(rates) => plan.rates = rates,
        Err((message, help)) => plan.findings.push(
            Finding::error("evaluation-currency", message, help)
                .in_file("evaluation.toml")
                .in_column("currency.rates"),
        ),
    }
    plan.totals = totals::all(dataset);
    for (at, suspects) in &plan.totals {
        totals::findings(&dataset.tables[*at], suspects, &mut plan.findings);
    }
    for table in &dataset.tables {
        totals::declared(table, &mut plan.findings);
    }
    plan.refused = private::refused(dataset, evaluation);
    private::findings(&plan.refused, &mut plan.findings);
    let requested = plan.requested(catalogue, evaluation);
    let asked = catalogue.indicators.iter();
    let asked = asked.filter(|i| requested.contains(&i.id));
    plan.money = Arc::new(currency::money(asked, dataset));
    let mut used_by: BTreeSet<String> = BTreeSet::new();
    for indicator in &catalogue.indicators {
        if requested.contains(&indicator.id) {
            plan.add(
                indicator,
                catalogue,
                dataset,
                evaluation,
                true,
                &mut used_by,
            );
        }
    }
    for name in &evaluation.by {
        if !plan.items.is_empty() && !used_by.contains(name) {
            let message =
                format!("No indicator's table has the column `{name}` to disaggregate by.");
            let help = "Name a column of a table, or of a parent table as in `programme.type`.";
            let finding = Finding::warning("evaluation-unused-by", message, help);
            plan.findings
                .push(finding.in_file("evaluation.toml").in_column("by"));
        }
    }
    plan.unused_overrides(evaluation);
    effect::add(&mut plan, catalogue, dataset, evaluation);
    plan
}

impl Plan {
    /// Leaves nothing to do but these indicators and what they are made of. Scans and extracts keep their places, and those that
    /// are read stay as they are, so that the figures are the same to the last digit.
    pub fn restrict(&mut self, ids: &[String]) {
        let mut needed = vec![false; self.items.len()];
        // Inputs stand before what is made of them.
        for at in (0..self.items.len()).rev() {
            let item = &mut self.items[at];
            item.requested &= ids.contains(&item.indicator.id);
            needed[at] |= item.requested;
            match &item.work {
                Ok(Work::Derived(inputs)) if needed[at] => {
                    inputs.iter().for_each(|input| needed[*input] = true);
                }
                _ if needed[at] => {}
                _ => item.work = Err(Lack::default()),
            }
        }
        self.effects.clear();
        self.restricted = true;
        let (mut scans, mut extracts) = (BTreeSet::new(), BTreeSet::new());
        for item in &self.items {
            let records = match &item.work {
                Ok(Work::Rows(work)) => {
                    scans.insert(work.scan);
                    work.beside.as_deref()
                }
                Ok(Work::Records(work)) => Some(work.as_ref()),
                _ => None,
            };
            extracts.extend(records.iter().flat_map(|r| &r.extracts).flatten().copied());
        }
        for (at, scan) in self.scans.iter_mut().enumerate() {
            scan.idle = !scans.contains(&at);
        }
        for (at, extract) in self.extracts.iter_mut().enumerate() {
            extract.scan.idle = !extracts.contains(&at);
        }
    }

    fn requested(&mut self, catalogue: &Catalogue, evaluation: &Evaluation) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for pattern in evaluation.patterns() {
            match catalogue.matching(pattern) {
                Ok(found) => ids.extend(found.into_iter().map(|i| i.id.clone())),
                Err(finding) => self
                    .findings
                    .push(finding.in_file("evaluation.toml").in_column("indicators")),
            }
        }
        let named = evaluation.targets.iter().map(|t| ("target", &t.indicator));
        for (key, id) in named.chain(
            evaluation
                .overrides
                .iter()
                .map(|o| ("override", &o.indicator)),
        ) {
            if !ids.contains(id) {
                let help = match nearest(id, ids.iter().map(String::as_str)) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => "Add it to `indicators`, or remove this entry.".to_owned(),
                };
                let message = format!("`{id}` is not among the indicators asked for.");
                let finding = Finding::warning("evaluation-unknown-indicator", message, help);
                self.findings
                    .push(finding.in_file("evaluation.toml").in_column(key));
            }
        }
        ids
    }

    /// Warns of disaggregations set for one indicator that it does not get.
    fn unused_overrides(&mut self, evaluation: &Evaluation) {
        let mut given: Vec<BTreeSet<&str>> = Vec::new();
        for item in &self.items {
            given.push(match &item.work {
                Ok(Work::Rows(work)) => work.cut.names(),
                Ok(Work::Records(work)) => work.cut.names(),
                Ok(Work::Derived(inputs)) => inputs
                    .iter()
                    .filter_map(|at| given.get(*at))
                    .flatten()
                    .copied()
                    .collect(),
                Err(_) => BTreeSet::new(),
            });
        }
        let mut unused = Vec::new();
        for setting in &evaluation.overrides {
            let id = &setting.indicator;
            let mut items = self.items.iter().zip(&given);
            let Some((item, given)) = items.find(|(i, _)| i.indicator.id == *id) else {
                continue;
            };
            for name in setting.by.iter().flatten() {
                let (message, help) = match &item.work {
                    Err(_) => continue,
                    Ok(_) if given.contains(name.as_str()) => continue,
                    Ok(_) if self.refused.keys().any(|(_, refused)| refused == name) => continue,
                    Ok(Work::Rows(_) | Work::Records(_)) => (
                        format!("The table of `{id}` has no column `{name}` to disaggregate by."),
                        "Name a column of its table, or of a parent table as in `programme.type`.",
                    ),
                    Ok(Work::Derived(_)) => (
                        format!("No input of `{id}` is disaggregated by `{name}`."),
                        "Name it in `by` of the evaluation, or in an override of each of its inputs.",
                    ),
                };
                unused.push(Finding::warning("evaluation-unused-by", message, help));
            }
        }
        for finding in unused {
            self.findings
                .push(finding.in_file("evaluation.toml").in_column("override.by"));
        }
    }

    /// Adds an indicator (and first its inputs), and gives its index. A chain of inputs may be longer than the program's stack, so that
    /// it has one of its own.
    fn add(
        &mut self,
        indicator: &Indicator,
        catalogue: &Catalogue,
        dataset: &Dataset,
        evaluation: &Evaluation,
        requested: bool,
        used_by: &mut BTreeSet<String>,
    ) -> usize {
        if let Some(at) = self.place(&indicator.id) {
            self.items[at].requested |= requested;
            return at;
        }
        let mut opened: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![(indicator, requested)];
        while let Some((top, requested)) = open.last().copied() {
            let id = top.id.as_str();
            if self.place(id).is_some() {
                open.pop();
                continue;
            }
            if opened.insert(id)
                && let Measure::Derived { inputs, .. } = &top.measure
            {
                let known = inputs.iter().filter_map(|(_, id)| catalogue.get(id));
                let new = known.filter(|i| !opened.contains(i.id.as_str()));
                let new: Vec<&Indicator> = new.filter(|i| self.place(&i.id).is_none()).collect();
                if !new.is_empty() {
                    open.extend(new.into_iter().rev().map(|input| (input, false)));
                    continue;
                }
            }
            self.add_one(top, dataset, evaluation, requested, used_by);
            open.pop();
        }
        // It was opened first and is placed last.
        self.items.len() - 1
    }

    /// Index of the item of an indicator, where there is one already.
    fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// Adds an indicator whose inputs are there.
    fn add_one(
        &mut self,
        indicator: &Indicator,
        dataset: &Dataset,
        evaluation: &Evaluation,
        requested: bool,
        used_by: &mut BTreeSet<String>,
    ) {
        let mut remarks = indicator.remarks.clone();
        let work = match &indicator.measure {
            _ if indicator.refused.is_some() => {
                Err(indicator.refused.clone().unwrap_or_default().into())
            }
            Measure::Formula(rows) => {
                let found = self.rows(indicator, rows, dataset, evaluation, used_by, &mut remarks);
                found.map(|work| Work::Rows(Box::new(work)))
            }
            Measure::Records(records) => {
                let found = self.records(
                    indicator,
                    records,
                    dataset,
                    evaluation,
                    used_by,
                    &mut remarks,
                );
                found.map(|work| Work::Records(Box::new(work)))
            }
            Measure::Derived { inputs, .. } => {
                let mut items = Vec::new();
                let mut needs = Vec::new();
                for (_, id) in inputs {
                    let Some(at) = self.place(id) else {
                        let words = format!("its input `{id}` is not defined");
                        let remedy = String::new();
                        needs.push(Need::Other { words, remedy });
                        continue;
                    };
                    if let Err(lack) = &self.items[at].work {
                        needs.push(Need::input(id, lack));
                    }
                    items.push(at);
                }
                if needs.is_empty() {
                    Ok(Work::Derived(items))
                } else {
                    Err(Lack { needs })
                }
            }
        };
        let work = work.map_err(|lack| lack::sharpen(lack, indicator, dataset));
        let (asked, by_override) = evaluation.interval_of(&indicator.id);
        let interval = match &work {
            Ok(work) if self.is_sample(work) => interval::fits(asked, work),
            // A census has no sampling error, whatever way is asked for.
            _ => Ok(IntervalMethod::Auto),
        };
        if let (Err(reason), true) = (&interval, requested) {
            self.findings
                .push(interval::refused(&indicator.id, asked, reason, by_override));
        }
        self.places.insert(indicator.id.clone(), self.items.len());
        self.items.push(Item {
            indicator: indicator.clone(),
            requested,
            sample: work.as_ref().is_ok_and(|work| self.is_sample(work)),
            work,
            interval,
            remarks,
        });
    }

    /// Whether a work rests on a sample.
    fn is_sample(&self, work: &Work) -> bool {
        match work {
            Work::Rows(work) => work.cut.sampling == Sampling::Sample,
            Work::Records(work) => work.cut.sampling == Sampling::Sample,
            // Each item knows it: to ask its inputs in turn would take as many steps as there are ways to derive it.
            Work::Derived(inputs) => inputs.iter().any(|at| self.items[*at].sample),
        }
    }
}

/// A sentence as it continues another.
pub fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|c| c.to_lowercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}

fn add_column(scan: &mut Scan, path: Vec<String>, found: resolve::Resolved) {
    if !scan.columns.iter().any(|(p, _)| *p == path) {
        scan.columns.push((path, found));
    }
}

/// Expression of a column, added to the scan; `None` when the table has no such column.
fn column(scan: &mut Scan, dataset: &Dataset, table: &Table, path: &[String]) -> Option<usize> {
    let found = resolve(dataset, table, path).ok()?;
    add_column(scan, path.to_vec(), found);
    Some(scan.expression(&Node::synthetic(NodeKind::Column(path.to_vec()))))
}
