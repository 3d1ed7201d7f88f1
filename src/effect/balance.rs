//! How alike the groups are on what was known of them before.

use super::Asked;
use super::layout::covariates;
use super::model::{Columns, Errors, Model};
use super::observations::Observations;
use super::rows::effect_check;
use crate::engine::{State, Values};
use crate::outcome::{Balance, BalanceRow, Checked, Effect, NotEstimable};
use crate::stats::balance::{self as table, Denominator, Variable};

/// Differences above this are counted (Stuart, Lee & Leacy 2013).
const NOTABLE: f64 = 0.1;

/// Rows of the table of balance: all that are known to be treated or not, at the earlier time where there is one; also those that
/// lack something else, so that what is missing can be told by group.
struct Rows {
    rows: Vec<u32>,
    treated: Vec<bool>,
    weights: Vec<f64>,
}

impl Rows {
    fn new(asked: &Asked<'_>) -> Rows {
        let (work, frame) = (asked.work, asked.frame);
        let truth = |field: Option<usize>, row: u32| {
            let values = field.and_then(|f| frame.fields.get(f));
            values.and_then(|v| v.number(row)).map(|x| x == 1.0)
        };
        let mut found = Rows {
            rows: vec![],
            treated: vec![],
            weights: vec![],
        };
        for (row, state) in frame.states.iter().enumerate() {
            let row = row as u32;
            let there = matches!(state, State::Used | State::Missing) && frame.weight(row) > 0.0;
            let earlier = work.before.is_none() || truth(work.before, row) == Some(true);
            if let (true, true, Some(treated)) = (there, earlier, truth(work.treated, row)) {
                found.rows.push(row);
                found.treated.push(treated);
                found.weights.push(frame.weight(row));
            }
        }
        found
    }
}

/// A variable as the table wants it.
enum Read {
    Numbers(String, Vec<f64>),
    Levels(String, Vec<String>, Vec<Option<usize>>),
}

impl Read {
    fn new(name: &str, values: &Values, rows: &[u32]) -> Read {
        match values {
            Values::Numbers(_) => {
                let numbers = rows
                    .iter()
                    .map(|row| values.number(*row).unwrap_or(f64::NAN));
                Read::Numbers(name.to_owned(), numbers.collect())
            }
            Values::Labels { .. } => {
                let mut labels: Vec<String> = rows
                    .iter()
                    .filter_map(|row| values.text(*row).map(str::to_owned))
                    .collect();
                labels.sort();
                labels.dedup();
                let place = |row: &u32| {
                    let text = values.text(*row)?;
                    labels.iter().position(|l| l == text)
                };
                let places = rows.iter().map(place).collect();
                Read::Levels(name.to_owned(), labels, places)
            }
        }
    }

    fn variable(&self) -> Variable<'_> {
        match self {
            Read::Numbers(name, values) => Variable {
                name,
                values: table::Values::Numbers(values),
            },
            Read::Levels(name, labels, places) => Variable {
                name,
                values: table::Values::Levels(labels, places),
            },
        }
    }
}

/// The table of balance; `None` where there is nothing to compare the groups on.
///
/// # Errors
/// Weights or groups that can't be used.
pub fn balance(asked: &Asked<'_>, all: &Observations) -> Result<Option<Balance>, NotEstimable> {
    let rows = Rows::new(asked);
    let mut read = Vec::new();
    if asked.work.before.is_some() {
        let outcome = rows.rows.iter().map(|row| {
            let number = |field: Option<usize>| {
                field.map_or(Some(1.0), |f| asked.frame.fields.get(f)?.number(*row))
            };
            match (
                number(Some(asked.work.numerator)),
                number(asked.work.denominator),
            ) {
                (Some(above), Some(below)) if below != 0.0 => above / below,
                _ => f64::NAN,
            }
        });
        read.push(Read::Numbers(asked.name.to_owned(), outcome.collect()));
    }
    for (name, field) in asked.work.covariates.iter().chain(&asked.work.balance) {
        if let Some(values) = asked.frame.fields.get(*field) {
            read.push(Read::new(name, values, &rows.rows));
        }
    }
    let both = rows.treated.contains(&true) && rows.treated.contains(&false);
    if read.is_empty() || !both {
        return Ok(None);
    }
    let variables: Vec<Variable<'_>> = read.iter().map(Read::variable).collect();
    let found = table::balance(
        &rows.treated,
        &variables,
        Some(&rows.weights),
        None,
        Denominator::Pooled,
    )?;
    let treated = rows.treated.iter().filter(|t| **t).count() as u64;
    let least = if asked.work.persons {
        asked.evaluation.small_cells
    } else {
        0
    };
    let shown = found.iter().filter_map(|row| told(row, least)).collect();
    let when = match &asked.work.waves {
        Some((before, _)) => format!("All rows of {} at {before}", asked.table),
        None => format!("All rows of {} that take part", asked.table),
    };
    Ok(Some(Balance {
        denominator: "root of the mean of both groups' variances".to_owned(),
        when,
        n: (treated, rows.treated.len() as u64 - treated),
        rows: shown,
        joint: joint(asked, all),
    }))
}

/// A row of the table; `None` where few persons would be told, or nobody has a value.
fn told(row: &table::Row, least: u64) -> Option<BalanceRow> {
    let few = |side: &table::Side| {
        let share = side.mean.unwrap_or_default();
        let (with, without) = (share * side.rows as f64, (1.0 - share) * side.rows as f64);
        let small = |x: f64| x > 0.0 && x < least as f64;
        small(with.round()) || small(without.round())
    };
    if row.share && (few(&row.treated) || few(&row.comparison)) {
        return None;
    }
    row.treated.mean.or(row.comparison.mean)?;
    Some(BalanceRow {
        name: name(row),
        share: row.share,
        means: (row.treated.mean, row.comparison.mean),
        sds: match row.share {
            true => None,
            false => row.treated.sd.zip(row.comparison.sd),
        },
        difference: row.standardised,
        adjusted: None,
        variance_ratio: row.variance_ratio,
        missing: (row.treated.missing_share, row.comparison.missing_share),
    })
}

fn name(row: &table::Row) -> String {
    match &row.level {
        Some(level) => format!("{} = {level}", row.variable),
        None => row.variable.clone(),
    }
}

/// Joint test that the covariates don't tell the groups apart, clusters counted.
fn joint(asked: &Asked<'_>, all: &Observations) -> Option<crate::outcome::JointTest> {
    if !asked.uncertain() {
        return None;
    }
    let mut earlier = match asked.work.before {
        Some(_) if all.after.contains(&false) => all.keep(|at| !all.after[at]),
        _ => all.clone(),
    };
    earlier.y = earlier.treated.iter().map(|t| f64::from(*t)).collect();
    let mut columns = Columns::constant(earlier.len());
    let places: Vec<usize> = covariates(asked, &earlier)
        .into_iter()
        .map(|(name, values)| columns.add(name, values))
        .collect();
    if places.is_empty() {
        return None;
    }
    let errors = Errors::new(asked.setting, asked.evaluation.confidence, true);
    Model::new(&earlier, &columns, errors).ok()?.joint(&places)
}

/// Adds the differences under the weights of an adjustment, over the rows that it was made of.
///
/// # Errors
/// Weights that can't be used.
pub fn after_adjustment(
    asked: &Asked<'_>,
    balance: &mut Balance,
    observations: &Observations,
    weights: &[f64],
) -> Result<(), NotEstimable> {
    let mut read = Vec::new();
    for (name, field) in asked.work.covariates.iter().chain(&asked.work.balance) {
        if let Some(values) = asked.frame.fields.get(*field) {
            read.push(Read::new(name, values, &observations.rows));
        }
    }
    let variables: Vec<Variable<'_>> = read.iter().map(Read::variable).collect();
    let found = table::balance(
        &observations.treated,
        &variables,
        Some(&observations.w),
        Some(weights),
        Denominator::Pooled,
    )?;
    for row in &mut balance.rows {
        let same = found.iter().find(|f| name(f) == row.name);
        row.adjusted = same.and_then(|f| f.standardised);
    }
    Ok(())
}

/// What is missing for all of one group and known of the other, in words.
fn missing_for_one(row: &BalanceRow) -> Option<String> {
    let group = match row.means {
        (None, Some(_)) => "treated",
        (Some(_), None) => "others",
        _ => return None,
    };
    Some(format!(
        "{} is missing for all of the {group}: nothing can be said on how alike the groups are there.",
        row.name
    ))
}

/// A covariate that is missing for all rows of one group, which takes that group out: its name, and the group.
pub fn missing_covariate(asked: &Asked<'_>) -> Option<(String, &'static str)> {
    let rows = Rows::new(asked);
    for (name, field) in &asked.work.covariates {
        let values = asked.frame.fields.get(*field)?;
        let has = |row: u32| match values {
            Values::Numbers(_) => values.number(row).is_some(),
            Values::Labels { .. } => values.text(row).is_some(),
        };
        for (group, words) in [(true, "treated"), (false, "untreated")] {
            let mut of = rows
                .rows
                .iter()
                .zip(&rows.treated)
                .filter(|(_, t)| **t == group);
            if rows.treated.contains(&group) && !of.any(|(row, _)| has(*row)) {
                return Some((name.clone(), words));
            }
        }
    }
    None
}

/// Notes the greatest difference in the assumption that it bears on; after adjusting, where there was any.
pub fn note(effect: &mut Effect) {
    let rows = effect.balance.iter().flat_map(|b| &b.rows);
    let differences: Vec<f64> = rows
        .clone()
        .filter_map(|row| row.adjusted.or(row.difference))
        .map(f64::abs)
        .collect();
    let apart = rows.clone().filter(|row| row.apart()).count() as u64;
    let unknown: Vec<String> = rows.filter_map(missing_for_one).collect();
    effect.remarks.extend(unknown);
    if differences.is_empty() && apart == 0 {
        return;
    }
    if let Some(place) = effect_check(effect, "alike") {
        *place = Some(Checked::Balance {
            greatest: differences.iter().copied().fold(0.0, f64::max),
            above: differences.iter().filter(|d| **d > NOTABLE).count() as u64 + apart,
            of: differences.len() as u64 + apart,
            apart,
        });
    }
}
