//! What has to be read of a table before its weights can be used: replicate weights, and the cells of margins.

use super::cut::{Population, sampled};
use super::resolve::{Unresolved, formula_type, resolve};
use super::scan::{Condition, Key, Scan, What};
use super::{Plan, column, lower_first};
use crate::dataset::{Dataset, Table, Type};
use crate::evaluation::{CalibrateSetting, Evaluation, MarginSource, calibration_fault};
use crate::finding::Finding;
use crate::indicator::formula::node::{Node, NodeKind, Op};
use crate::indicator::formula::{check, parse};
use crate::outcome::Sampling;

/// Weights of a table that replicates or margins say more of.
#[derive(Debug, Clone)]
pub struct WeightsItem {
    /// Index of the table.
    pub table: usize,
    /// Columns of its replicate weights, in order.
    pub columns: Vec<String>,
    /// Sums of the weights by the cells of the margins; by sampling unit where there are no replicates.
    pub scan: Scan,
    /// Component: rows with a weight.
    pub rows: usize,
    /// Component: their weights. With replicate weights it is replicated.
    pub weight: usize,
    /// Component: the squares of their weights.
    pub squares: usize,
    /// Per replicate, components: the least, and the number of rows without it.
    pub checks: Vec<(usize, usize)>,
    /// Component: rows without weight for which a replicate is above zero.
    pub unweighted: Option<usize>,
    /// The margins to be met.
    pub calibration: Option<CalibrationItem>,
    /// Programme, stratum and cluster as keys, where clusters are left out; stratum and cluster beside replicate weights.
    pub drawn: Vec<Option<usize>>,
    /// Clusters of each stratum in the population.
    pub population: Option<Population>,
    /// Whether sampling units are clusters, within which others may have been drawn.
    pub of_clusters: bool,
}

/// Margins of a table.
#[derive(Debug, Clone)]
pub struct CalibrationItem {
    /// Index of the block in the evaluation.
    pub setting: usize,
    /// Keys of `within`, then of the margins; the same in every scan of the table.
    pub keys: Vec<usize>,
    /// Declared categories of each of these columns, in order.
    pub orders: Vec<Vec<String>>,
    /// Where the counts of each margin are; none where the evaluation gives them.
    pub sources: Vec<Option<SourceItem>>,
}

/// Counts of a margin in the data.
#[derive(Debug, Clone)]
pub struct SourceItem {
    /// Sums of counts by category and by those columns of `within` that the table has.
    pub scan: Scan,
    /// Key of the category.
    pub category: usize,
    /// Key of each column of `within`.
    pub within: Vec<Option<usize>>,
    /// Component: the count.
    pub count: usize,
}

/// Adds the tables whose weights have to be looked at first.
pub(super) fn add(plan: &mut Plan, dataset: &Dataset, evaluation: &Evaluation) {
    for (at, setting) in evaluation.calibrations.iter().enumerate() {
        if let Err(finding) = checked(setting, dataset) {
            plan.findings.push(finding.in_file("evaluation.toml"));
            continue;
        }
        let same = |other: &CalibrateSetting| {
            dataset.table(&other.table).map(|t| &t.name)
                == dataset.table(&setting.table).map(|t| &t.name)
        };
        if evaluation.calibrations[..at].iter().any(same) {
            let message = format!(
                "`{}` is calibrated by an earlier block already.",
                setting.table
            );
            let finding =
                calibration_fault("table", message, "Put all its margins into one block.");
            plan.findings.push(finding.in_file("evaluation.toml"));
        }
    }
    for (at, table) in dataset.tables.iter().enumerate() {
        let replicated = has_replicates(table);
        let setting = calibrated(evaluation, dataset, table);
        if replicated || setting.is_some() {
            plan.weights
                .push(item(at, table, (dataset, evaluation), setting));
        }
    }
}

/// Whether sampling errors of a table come from replicate weights.
pub fn has_replicates(table: &Table) -> bool {
    table.meaning.replicate_weights.is_some() && table.replicate_fault().is_none()
}

/// Index of the block that calibrates a table, where it can be used.
fn calibrated(evaluation: &Evaluation, dataset: &Dataset, table: &Table) -> Option<usize> {
    evaluation.calibrations.iter().position(|setting| {
        dataset
            .table(&setting.table)
            .is_some_and(|t| t.name == table.name)
            && checked(setting, dataset).is_ok()
    })
}

/// Keys of the cells of margins in a scan of a table; empty where it is not calibrated.
pub(super) fn keys(
    scan: &mut Scan,
    dataset: &Dataset,
    table: &Table,
    evaluation: &Evaluation,
) -> Vec<usize> {
    let Some(at) = calibrated(evaluation, dataset, table) else {
        return vec![];
    };
    let setting = &evaluation.calibrations[at];
    let mut keys = Vec::new();
    for name in names(setting) {
        if let Some(expression) = column(scan, dataset, table, &path(dataset, table, name)) {
            keys.push(scan.key(Key::Column(expression)));
        }
    }
    keys
}

/// Declared categories of the columns of a block, in order.
fn orders(dataset: &Dataset, table: &Table, setting: &CalibrateSetting) -> Vec<Vec<String>> {
    let of = |name: &String| {
        let found = resolve(dataset, table, &path(dataset, table, name)).ok()?;
        let own = match found.joins.last() {
            Some(join) => dataset.tables.iter().find(|t| t.name == join.table)?,
            None => table,
        };
        let categories = &own.column(&found.column)?.categories;
        Some(categories.iter().map(|(value, _)| value.clone()).collect())
    };
    names(setting)
        .map(|name| of(name).unwrap_or_default())
        .collect()
}

/// Columns of the margins that a table's weights are calibrated to, in words; none where they are not.
pub(super) fn margins(dataset: &Dataset, table: &Table, evaluation: &Evaluation) -> Option<String> {
    let setting = &evaluation.calibrations[calibrated(evaluation, dataset, table)?];
    let columns: Vec<&str> = setting.margins.iter().map(|m| m.column.as_str()).collect();
    Some(columns.join(", "))
}

fn names(setting: &CalibrateSetting) -> impl Iterator<Item = &String> {
    setting
        .within
        .iter()
        .chain(setting.margins.iter().map(|m| &m.column))
}

/// A name as a path; `programme` is the column that says which programme a row belongs to.
fn path(dataset: &Dataset, table: &Table, name: &str) -> Vec<String> {
    if name == "programme"
        && table.column(name).is_none()
        && let Some(own) = super::resolve::programme_column(dataset, table)
    {
        return vec![own];
    }
    name.split('.').map(str::to_owned).collect()
}

fn item(
    at: usize,
    table: &Table,
    (dataset, evaluation): (&Dataset, &Evaluation),
    setting: Option<usize>,
) -> WeightsItem {
    let mut scan = Scan {
        table: at,
        ..Scan::default()
    };
    let own = |name: &String| vec![name.clone()];
    scan.weight = table
        .meaning
        .weight
        .as_ref()
        .and_then(|w| column(&mut scan, dataset, table, &own(w)));
    let calibration = setting.map(|setting| CalibrationItem {
        setting,
        keys: keys(&mut scan, dataset, table, evaluation),
        orders: orders(dataset, table, &evaluation.calibrations[setting]),
        sources: sources(&evaluation.calibrations[setting], dataset),
    });
    scan.calibrated = calibration
        .as_ref()
        .map_or_else(Vec::new, |c| c.keys.clone());
    let columns = if has_replicates(table) {
        table.replicate_columns()
    } else {
        vec![]
    };
    let above = |scan: &mut Scan, expression: usize| {
        let node = scan.expressions[expression].clone();
        let zero = Node::synthetic(NodeKind::Number(0.0));
        scan.expression(&Node::call(Op::Greater, vec![node, zero]))
    };
    let weighted: Vec<Condition> = scan
        .weight
        .map(|w| Condition::True(above(&mut scan, w)))
        .into_iter()
        .collect();
    let mask = scan.mask(weighted.clone());
    let rows = scan.component(mask, What::Count, false);
    let weight = scan.component(mask, What::Count, true);
    let square = scan.weight.map_or(What::Count, What::Sum);
    let squares = scan.component(mask, square, true);
    let mut checks = Vec::new();
    let mut drawn = vec![];
    let mut population = None;
    let mut unweighted = None;
    if columns.is_empty() {
        let programme = super::resolve::programme_column(dataset, table)
            .and_then(|c| column(&mut scan, dataset, table, &[c]))
            .map(|e| scan.key(Key::Column(e)));
        let found = sampled(&mut scan, dataset, table, false);
        drawn = vec![programme, found.stratum, found.cluster];
        population = found.population;
    } else {
        add_replicates(&mut scan, dataset, table);
        scan.replicate(weight);
        for name in [&table.meaning.stratum, &table.meaning.cluster] {
            let found = name
                .as_ref()
                .and_then(|n| column(&mut scan, dataset, table, &own(n)));
            drawn.push(found.map(|e| scan.key(Key::Column(e))));
        }
        for expression in scan.replicates.clone() {
            let least = scan.component(mask, What::Minimum(expression), false);
            let mut missing = weighted.clone();
            missing.push(Condition::Missing(expression));
            let missing = scan.mask(missing);
            checks.push((least, scan.component(missing, What::Count, false)));
        }
        let any = scan
            .replicates
            .first()
            .copied()
            .map(|first| above(&mut scan, first));
        if let (Some(any), Some(Condition::True(above))) = (any, weighted.first().copied()) {
            let mask = scan.mask(vec![Condition::False(above), Condition::True(any)]);
            unweighted = Some(scan.component(mask, What::Count, false));
        }
    }
    WeightsItem {
        table: at,
        columns,
        scan,
        rows,
        weight,
        squares,
        checks,
        unweighted,
        calibration,
        drawn,
        population,
        of_clusters: table.meaning.cluster.is_some(),
    }
}

/// Names the replicate weights of a table in a scan of it.
pub(super) fn add_replicates(scan: &mut Scan, dataset: &Dataset, table: &Table) {
    if !scan.replicates.is_empty() || !has_replicates(table) {
        return;
    }
    for name in table.replicate_columns() {
        if let Some(expression) = column(scan, dataset, table, std::slice::from_ref(&name)) {
            scan.replicates.push(expression);
        }
    }
}

/// Checks a block against the data.
///
/// # Errors
/// A finding on the first fault.
fn checked(setting: &CalibrateSetting, dataset: &Dataset) -> Result<(), Box<Finding>> {
    let Some(table) = dataset.table(&setting.table) else {
        let names = dataset.tables.iter().map(|t| t.name.as_str());
        let help = match crate::finding::nearest(&setting.table, names) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "Name a table of the data by its name or role.".to_owned(),
        };
        let message = format!("There is no table `{}` to calibrate.", setting.table);
        return Err(calibration_fault("table", message, help));
    };
    if table.sampling() == Sampling::Census {
        return Err(calibration_fault(
            "table",
            format!(
                "The table `{}` is a census: everybody is in it, so no weights are to be calibrated.",
                table.name
            ),
            "Take the block out, or write \"sampling\": \"sample\" in the table's codev object if it is one.",
        ));
    }
    for name in names(setting) {
        let key = if setting.within.contains(name) {
            "within"
        } else {
            "margin.column"
        };
        let found = resolve(dataset, table, &path(dataset, table, name))
            .map_err(|u: Unresolved| calibration_fault(key, u.message, u.help))?;
        if found.r#type == Type::List {
            return Err(calibration_fault(
                key,
                format!("`{name}` is a list, so a row may be in several categories."),
                "Name a column with one value per row.",
            ));
        }
    }
    for margin in &setting.margins {
        if let Some(source) = &margin.from {
            checked_source(source, dataset)?;
        }
    }
    Ok(())
}

fn checked_source(source: &MarginSource, dataset: &Dataset) -> Result<(), Box<Finding>> {
    const KEY: &str = "margin.from";
    let Some(table) = dataset.table(&source.table) else {
        return Err(calibration_fault(
            KEY,
            format!("There is no table `{}` to take counts from.", source.table),
            "Name a table of the data by its name or role.",
        ));
    };
    for name in [&source.category, &source.count] {
        let path: Vec<String> = name.split('.').map(str::to_owned).collect();
        let found = resolve(dataset, table, &path)
            .map_err(|u| calibration_fault(KEY, u.message, u.help))?;
        if name == &source.count && found.r#type != Type::Number {
            return Err(calibration_fault(
                KEY,
                format!("`{name}` of `{}` is not a number.", table.name),
                "Name the column with the number of persons.",
            ));
        }
    }
    condition(source, dataset, table).map(|_| ())
}

/// The filter of a source as a node.
fn condition(
    source: &MarginSource,
    dataset: &Dataset,
    table: &Table,
) -> Result<Option<Node>, Box<Finding>> {
    let Some(text) = &source.filter else {
        return Ok(None);
    };
    let columns = |path: &[String]| {
        resolve(dataset, table, path)
            .map(|found| formula_type(found.r#type))
            .map_err(|unresolved| (unresolved.message, unresolved.help))
    };
    let read = parse::row(text).and_then(|node| {
        check::filter(&node, &columns)?;
        Ok(node)
    });
    read.map(Some).map_err(|fault| {
        let message = format!(
            "The condition can't be used: {}",
            lower_first(&fault.message)
        );
        let finding = calibration_fault("margin.from.where", message, fault.help);
        Box::new(finding.with_excerpt(text, fault.span.start, fault.span.end))
    })
}

fn sources(setting: &CalibrateSetting, dataset: &Dataset) -> Vec<Option<SourceItem>> {
    let of = |source: &MarginSource| {
        let at = dataset.table(&source.table)?;
        let table_at = dataset.tables.iter().position(|t| t.name == at.name)?;
        let mut scan = Scan {
            table: table_at,
            ..Scan::default()
        };
        let split = |name: &String| -> Vec<String> { name.split('.').map(str::to_owned).collect() };
        let expression = column(&mut scan, dataset, at, &split(&source.category))?;
        let category = scan.key(Key::Column(expression));
        let mut within = Vec::new();
        for name in &setting.within {
            let found = column(&mut scan, dataset, at, &path(dataset, at, name));
            within.push(found.map(|e| scan.key(Key::Column(e))));
        }
        let mut conditions = Vec::new();
        if let Ok(Some(node)) = condition(source, dataset, at) {
            let mut paths = Vec::new();
            node.columns(&mut paths);
            for path in paths {
                column(&mut scan, dataset, at, &path)?;
            }
            conditions.push(Condition::True(scan.expression(&node)));
        }
        let count = column(&mut scan, dataset, at, &split(&source.count))?;
        conditions.push(Condition::Present(count));
        let mask = scan.mask(conditions);
        let count = scan.component(mask, What::Sum(count), false);
        Some(SourceItem {
            scan,
            category,
            within,
            count,
        })
    };
    let each = |m: &crate::evaluation::MarginSetting| m.from.as_ref().and_then(of);
    setting.margins.iter().map(each).collect()
}
