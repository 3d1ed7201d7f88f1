//! How the rows of a table are grouped: by programme, by what the evaluation asks for, by period, and by sampling unit.

use super::private::Refused;
use super::resolve::{programme_column, resolve};
use super::scan::{Key, Scan};
use super::{column, lower_first, weights};
use crate::dataset::{Clusters, Dataset, Table, Type};
use crate::evaluation::{Evaluation, Period};
use crate::indicator::{Indicator, Measure};
use crate::outcome::Sampling;
use std::collections::BTreeSet;

/// How the rows of a table are grouped, by the keys of its scan.
#[derive(Debug, Clone)]
pub struct Cut {
    /// Key of the programme.
    pub programme: Option<usize>,
    /// Disaggregations: name as in the evaluation, key.
    pub by: Vec<(String, usize)>,
    /// Columns with a value for the sum of the others, by key: rows with another value count where results are split by it.
    pub totals: Vec<Whole>,
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
    /// Clusters that each stratum has in the population.
    pub population: Option<Population>,
    /// Key of the units drawn within clusters, where the population's clusters are known.
    pub unit: Option<usize>,
    /// Units that each cluster has in the population.
    pub cluster_population: Option<Population>,
    /// Where sampling errors come from.
    pub errors: Errors,
    /// Key of the person, where small groups are protected and rows name persons.
    pub person: Option<usize>,
}

/// A column with a value for the sum of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The column.
    pub column: String,
    /// Its key.
    pub key: usize,
    /// The value; empty where the column is empty in rows with the sum.
    pub total: String,
}

/// Where the sampling errors of a table come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errors {
    /// Its clusters, left out one at a time.
    LeftOut,
    /// The same, with the weights calibrated again each time.
    Calibrated,
    /// Replicate weights of the data, calibrated each where the weights are.
    Replicates,
}

/// How many clusters each stratum has in the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Population {
    /// As many in every stratum.
    Number(f64),
    /// By a key.
    Key(usize),
}

/// For which indicator, over which data, and how the evaluation wants it.
pub(super) struct Asked<'a> {
    pub indicator: &'a Indicator,
    pub dataset: &'a Dataset,
    pub evaluation: &'a Evaluation,
    pub refused: &'a Refused,
    /// Columns with totals that a formula deals with itself, and those of them that results are not split by.
    pub told: (&'a [String], &'a [String]),
}

impl Cut {
    /// Disaggregations by name.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.by.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// Adds to a scan the keys that group the rows of its table.
pub(super) fn cut(
    scan: &mut Scan,
    table: &Table,
    date: Option<&String>,
    asked: &Asked<'_>,
    used_by: &mut BTreeSet<String>,
    remarks: &mut Vec<String>,
) -> Cut {
    let Asked {
        indicator,
        dataset,
        evaluation,
        refused,
        ..
    } = *asked;
    let setting = evaluation
        .overrides
        .iter()
        .find(|o| o.indicator == indicator.id);
    let mut by: Vec<(String, usize)> = Vec::new();
    for name in setting
        .and_then(|s| s.by.as_ref())
        .unwrap_or(&evaluation.by)
    {
        if let Some(reason) = refused.get(&(table.name.clone(), name.clone())) {
            used_by.insert(name.clone());
            remarks.push(format!("Not shown by {name}: {reason}."));
            continue;
        }
        if asked.told.1.contains(name) {
            used_by.insert(name.clone());
            remarks.push(format!(
                "Not shown by {name}: the formula holds parts of it against totals."
            ));
            continue;
        }
        let path: Vec<String> = name.split('.').map(str::to_owned).collect();
        let new = by.iter().all(|(known, _)| known != name);
        if let Some(expression) = column(scan, dataset, table, &path).filter(|_| new) {
            used_by.insert(name.clone());
            by.push((name.clone(), scan.key(Key::Column(expression))));
        }
    }
    let period = setting.and_then(|s| s.period).or(evaluation.period);
    let period = period.and_then(|p| period_key(scan, dataset, table, date, p, remarks));
    let programme =
        programme_column(dataset, table).and_then(|c| column(scan, dataset, table, &[c]));
    if programme.is_none() {
        remarks.push(format!(
            "The table {} does not say which programme a row belongs to, so only totals are given.",
            table.name
        ));
    }
    let programme = programme.map(|e| scan.key(Key::Column(e)));
    let mut drawn = Drawn::default();
    let mut errors = Errors::LeftOut;
    if table.sampling() == Sampling::Sample {
        if let Some(weight) = table
            .meaning
            .weight
            .as_ref()
            .and_then(|name| column(scan, dataset, table, std::slice::from_ref(name)))
        {
            scan.weight = Some(weight);
        }
        scan.calibrated = weights::keys(scan, dataset, table, evaluation);
        if weights::has_replicates(table) {
            errors = Errors::Replicates;
            weights::add_replicates(scan, dataset, table);
        } else {
            drawn = sampled(scan, dataset, table, scan.calibrated.is_empty());
            if !scan.calibrated.is_empty() {
                errors = Errors::Calibrated;
            }
        }
    }
    let persons = evaluation.small_cells > 0 && table.of_persons();
    let mut totals = Vec::new();
    for (name, total) in &table.meaning.totals {
        let own = match &indicator.measure {
            Measure::Formula(_) => asked.told.0.contains(name),
            measure => measure.filters_on(name),
        };
        let read = column(scan, dataset, table, std::slice::from_ref(name)).filter(|_| !own);
        totals.extend(read.map(|at| Whole {
            column: name.clone(),
            key: scan.key(Key::Column(at)),
            total: total.clone(),
        }));
    }
    Cut {
        programme,
        by,
        totals,
        period,
        sampling: table.sampling(),
        persons,
        cluster: drawn.cluster,
        stratum: drawn.stratum,
        population: drawn.population,
        unit: drawn.unit,
        cluster_population: drawn.cluster_population,
        errors,
        person: None,
    }
}

/// How a sample was drawn, as keys.
#[derive(Default)]
pub(super) struct Drawn {
    pub cluster: Option<usize>,
    pub stratum: Option<usize>,
    pub population: Option<Population>,
    pub unit: Option<usize>,
    pub cluster_population: Option<Population>,
}

/// Adds to a scan the keys that tell its sampling units apart; with `units` those within clusters too.
pub(super) fn sampled(scan: &mut Scan, dataset: &Dataset, table: &Table, units: bool) -> Drawn {
    let own = |name: &Option<String>| name.as_ref().map(|n| vec![n.clone()]);
    let meaning = &table.meaning;
    let named = own(&meaning.cluster).or_else(|| own(&meaning.person));
    let expression = named.and_then(|path| column(scan, dataset, table, &path));
    let cluster = Some(scan.key(expression.map_or(Key::Row, Key::Column)));
    let stratum = own(&meaning.stratum)
        .and_then(|path| column(scan, dataset, table, &path))
        .map(|e| scan.key(Key::Column(e)));
    let mut known = |said: &Option<Clusters>| match said {
        Some(Clusters::Number(number)) => Some(Population::Number(*number)),
        Some(Clusters::Column(name)) => column(scan, dataset, table, std::slice::from_ref(name))
            .map(|found| Population::Key(scan.key(Key::Column(found)))),
        None => None,
    };
    let population = known(&meaning.population);
    let two_stages = units && population.is_some() && meaning.cluster.is_some();
    let cluster_population = known(&meaning.cluster_population).filter(|_| two_stages);
    let unit = two_stages.then(|| {
        let person = own(&meaning.person).and_then(|path| column(scan, dataset, table, &path));
        scan.key(person.map_or(Key::Row, Key::Column))
    });
    Drawn {
        cluster,
        stratum,
        population,
        unit,
        cluster_population,
    }
}

fn period_key(
    scan: &mut Scan,
    dataset: &Dataset,
    table: &Table,
    date: Option<&String>,
    period: Period,
    remarks: &mut Vec<String>,
) -> Option<usize> {
    let name = date.or(table.meaning.date.as_ref())?;
    let path: Vec<String> = name.split('.').map(str::to_owned).collect();
    let found = match resolve(dataset, table, &path) {
        Ok(found) => found,
        Err(super::resolve::Unresolved { message, help, .. }) => {
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
