//! Stage 3, plan: catalogue, tables and evaluation become one [`Scan`] per table and a place for every indicator in it.

pub mod lack;
pub mod money;
pub mod program;
pub mod resolve;
pub mod scan;

use crate::dataset::{Dataset, Table, Type};
use crate::evaluation::{Evaluation, Period};
use crate::finding::{Finding, Findings, nearest};
use crate::indicator::formula::node::{Node, NodeKind};
use crate::indicator::formula::{check, parse};
use crate::indicator::measure::Rows;
use crate::indicator::{Catalogue, Indicator, Measure, fault_finding};
use crate::outcome::{Lack, Need, Sampling};
use program::{Program, program};
use resolve::{formula_type, programme_column, resolve};
use scan::{Key, Scan};
use std::collections::BTreeSet;

/// What will be done.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// One per table with an indicator on it.
    pub scans: Vec<Scan>,
    /// One per indicator, inputs of a derived one before it; requested ones in catalogue order.
    pub items: Vec<Item>,
    /// What is wrong with the evaluation, or can't be computed.
    pub findings: Findings,
}

/// An indicator in the plan.
#[derive(Debug, Clone)]
pub struct Item {
    /// The indicator.
    pub indicator: Indicator,
    /// Whether the evaluation asks for it (or it is only the input of another).
    pub requested: bool,
    /// How it will be computed, or what it lacks.
    pub work: Result<Work, Lack>,
    /// Remarks for the reader.
    pub remarks: Vec<String>,
}

/// How an indicator will be computed.
#[derive(Debug, Clone)]
pub enum Work {
    /// From the rows of a table.
    Rows(Box<RowWork>),
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
    /// Key of the programme.
    pub programme: Option<usize>,
    /// Disaggregations: name as in the evaluation, key.
    pub by: Vec<(String, usize)>,
    /// Key of the period.
    pub period: Option<usize>,
    /// Census or sample.
    pub sampling: Sampling,
    /// Whether small groups are protected: the rows are about persons.
    pub persons: bool,
    /// Key of the sampling cluster.
    pub cluster: Option<usize>,
    /// Key of the stratum.
    pub stratum: Option<usize>,
}

/// Plans an evaluation.
pub fn plan(catalogue: &Catalogue, dataset: &Dataset, evaluation: &Evaluation) -> Plan {
    let mut plan = Plan::default();
    let requested = plan.requested(catalogue, evaluation);
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
    plan
}

impl Plan {
    fn requested(&mut self, catalogue: &Catalogue, evaluation: &Evaluation) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for pattern in &evaluation.indicators {
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
                Ok(Work::Rows(work)) => work.by.iter().map(|(name, _)| name.as_str()).collect(),
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
                    Ok(Work::Rows(_)) => (
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

    /// Adds an indicator (and first its inputs), and gives its index.
    fn add(
        &mut self,
        indicator: &Indicator,
        catalogue: &Catalogue,
        dataset: &Dataset,
        evaluation: &Evaluation,
        requested: bool,
        used_by: &mut BTreeSet<String>,
    ) -> usize {
        if let Some(at) = self
            .items
            .iter()
            .position(|i| i.indicator.id == indicator.id)
        {
            self.items[at].requested |= requested;
            return at;
        }
        let mut remarks = Vec::new();
        let work = match &indicator.measure {
            Measure::Formula(rows) => {
                let found = self.rows(indicator, rows, dataset, evaluation, used_by, &mut remarks);
                found.map(|work| Work::Rows(Box::new(work)))
            }
            Measure::Derived { inputs, .. } => {
                let mut items = Vec::new();
                let mut needs = Vec::new();
                for (_, id) in inputs {
                    let Some(input) = catalogue.get(id) else {
                        let words = format!("its input `{id}` is not defined");
                        let remedy = String::new();
                        needs.push(Need::Other { words, remedy });
                        continue;
                    };
                    let at = self.add(input, catalogue, dataset, evaluation, false, used_by);
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
        self.items.push(Item {
            indicator: indicator.clone(),
            requested,
            work,
            remarks,
        });
        self.items.len() - 1
    }

    fn rows(
        &mut self,
        indicator: &Indicator,
        rows: &Rows,
        dataset: &Dataset,
        evaluation: &Evaluation,
        used_by: &mut BTreeSet<String>,
        remarks: &mut Vec<String>,
    ) -> Result<RowWork, Lack> {
        let Some(table_at) = dataset
            .table(&rows.table)
            .and_then(|t| dataset.tables.iter().position(|o| o.name == t.name))
        else {
            let columns = indicator.measure.columns();
            return Err(lack::no_table(dataset, &rows.table, &columns).into());
        };
        let table = &dataset.tables[table_at];
        lack::design(table)?;
        if let Err(finding) = check_types(rows, dataset, table) {
            let reason = finding.message.trim_end_matches('.').to_owned();
            self.findings.push(softened(*finding, indicator));
            return Err(lower_first(&reason).into());
        }
        let scan_at = self.scan(table_at);
        let scan = &mut self.scans[scan_at];
        for path in indicator.measure.columns() {
            if let Ok(found) = resolve(dataset, table, &path) {
                add_column(scan, path, found);
            }
        }
        let setting = evaluation
            .overrides
            .iter()
            .find(|o| o.indicator == indicator.id);
        let mut by: Vec<(String, usize)> = Vec::new();
        for name in setting
            .and_then(|s| s.by.as_ref())
            .unwrap_or(&evaluation.by)
        {
            let path: Vec<String> = name.split('.').map(str::to_owned).collect();
            let new = by.iter().all(|(known, _)| known != name);
            if let Some(expression) = column(scan, dataset, table, &path).filter(|_| new) {
                used_by.insert(name.clone());
                by.push((name.clone(), scan.key(Key::Column(expression))));
            }
        }
        let period = setting.and_then(|s| s.period).or(evaluation.period);
        let period = period.and_then(|p| period_key(scan, dataset, table, rows, p, remarks));
        let own = |name: &Option<String>| name.as_ref().map(|n| vec![n.clone()]);
        let programme =
            programme_column(dataset, table).and_then(|c| column(scan, dataset, table, &[c]));
        if programme.is_none() {
            remarks.push(format!("The table {} does not say which programme a row belongs to, so only totals are given.", table.name));
        }
        let programme = programme.map(|e| scan.key(Key::Column(e)));
        let (mut cluster, mut stratum) = (None, None);
        if table.sampling() == Sampling::Sample {
            let named = own(&table.meaning.cluster).or_else(|| own(&table.meaning.person));
            let expression = named.and_then(|path| column(scan, dataset, table, &path));
            cluster = Some(scan.key(expression.map_or(Key::Row, Key::Column)));
            stratum = own(&table.meaning.stratum)
                .and_then(|path| column(scan, dataset, table, &path))
                .map(|e| scan.key(Key::Column(e)));
            if let Some(weight) =
                own(&table.meaning.weight).and_then(|path| column(scan, dataset, table, &path))
            {
                scan.weight = Some(weight);
            }
        }
        let node = |name: &String| Node::synthetic(NodeKind::Column(vec![name.clone()]));
        let overlapping: Vec<(String, Node)> = table
            .meaning
            .overlapping
            .iter()
            .map(|c| (c.clone(), node(c)))
            .collect();
        for (name, _) in &overlapping {
            column(scan, dataset, table, std::slice::from_ref(name));
        }
        let protects = evaluation.small_cells > 0 && of_persons(table);
        let person = table.meaning.person.as_ref().filter(|_| protects);
        let person = person.filter(|p| table.column(p).is_some());
        person.and_then(|p| column(scan, dataset, table, std::slice::from_ref(p)));
        let program = program(scan, rows, &overlapping, person.map(node).as_ref());
        Ok(RowWork {
            scan: scan_at,
            program,
            programme,
            by,
            period,
            sampling: table.sampling(),
            persons: protects,
            cluster,
            stratum,
        })
    }

    fn scan(&mut self, table: usize) -> usize {
        match self.scans.iter().position(|s| s.table == table) {
            Some(at) => at,
            None => {
                self.scans.push(Scan {
                    table,
                    ..Scan::default()
                });
                self.scans.len() - 1
            }
        }
    }
}

/// An indicator that the data don't allow is no error of a built-in definition, only of one's own.
fn softened(mut finding: Finding, indicator: &Indicator) -> Finding {
    if indicator.builtin {
        finding.severity = crate::finding::Severity::Info;
    }
    finding.message = format!(
        "`{}` can't be computed: {}",
        indicator.id,
        lower_first(&finding.message)
    );
    finding.in_file(&indicator.file)
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|c| c.to_lowercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}

/// Checks columns and types of a measure against a table.
///
/// # Errors
/// A finding with the expression underlined.
pub fn check_types(rows: &Rows, dataset: &Dataset, table: &Table) -> Result<(), Box<Finding>> {
    let columns = |path: &[String]| {
        resolve(dataset, table, path)
            .map(|found| formula_type(found.r#type))
            .map_err(|unresolved| (unresolved.message, unresolved.help))
    };
    let text_of = |key: &str| {
        rows.texts
            .iter()
            .find(|(k, _)| *k == key)
            .map(|(_, t)| t.clone())
            .unwrap_or_default()
    };
    let shown = |key: &str, fault| Box::new(fault_finding(&fault, &text_of(key), key));
    if let Some((_, node)) = &rows.filter {
        check::filter(node, &columns).map_err(|fault| shown("where", fault))?;
    }
    if rows.formula.text.is_empty() {
        // Progress: its formula is put together from these, and a fault is shown in the one that it is in.
        for key in ["baseline", "target", "actual"] {
            if let Ok(node) = parse::row(&text_of(key)) {
                check::number(&node, &columns).map_err(|fault| shown(key, fault))?;
            }
        }
    }
    check::formula(&rows.formula, &columns).map_err(|fault| shown("value", fault))?;
    for (node, _) in &rows.conditions {
        check::filter(node, &columns).map_err(|fault| shown("target", fault))?;
    }
    Ok(())
}

/// Whether the rows of a table are about persons, by what it declares.
fn of_persons(table: &Table) -> bool {
    let unit = table.meaning.unit.to_lowercase();
    let words = [
        "person",
        "persons",
        "people",
        "respondent",
        "respondents",
        "participant",
        "participants",
    ];
    table.meaning.person.is_some()
        || table.meaning.role == "responses"
        || words.contains(&unit.as_str())
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

fn period_key(
    scan: &mut Scan,
    dataset: &Dataset,
    table: &Table,
    rows: &Rows,
    period: Period,
    remarks: &mut Vec<String>,
) -> Option<usize> {
    let name = rows.date.as_ref().or(table.meaning.date.as_ref())?;
    let path: Vec<String> = name.split('.').map(str::to_owned).collect();
    let found = match resolve(dataset, table, &path) {
        Ok(found) => found,
        Err(resolve::Unresolved { message, help, .. }) => {
            remarks.push(format!("No series: {} {help}", lower_first(&message)));
            return None;
        }
    };
    let usable = found.r#type == Type::Date || (found.r#type == Type::Number && found.year);
    if !usable {
        remarks.push(format!(
            "No series: the column {name} is neither a date nor a year."
        ));
        return None;
    }
    if found.year && period != Period::Year {
        remarks.push(format!(
            "No series by {}: the column {name} holds years only.",
            period.name()
        ));
        return None;
    }
    let expression = column(scan, dataset, table, &path)?;
    Some(scan.key(Key::Period(expression, period)))
}
