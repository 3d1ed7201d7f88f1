//! Rows added up to one observation of each unit in each period.

use super::Asked;
use super::observations::{refuse, some_rows, used};
use super::steps;
use super::together::apart;
use crate::engine::Values;
use crate::outcome::NotEstimable;
use crate::plan::effect::EffectWork;
use std::collections::{BTreeMap, BTreeSet};

/// Units by periods: one value each, in order of unit and period.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// Names of the units.
    pub units: Vec<String>,
    /// Periods as numbers on the scale of `time`, in order.
    pub periods: Vec<f64>,
    /// Unit of each cell.
    pub unit: Vec<usize>,
    /// Period of each cell, as an index of `periods`.
    pub period: Vec<usize>,
    /// Value of the indicator in the cell.
    pub y: Vec<f64>,
    /// Whether the cell is treated, where the design says so by row.
    pub treated: Vec<bool>,
    /// Whether its unit is a control, where the design says so.
    pub control: Vec<bool>,
    /// Period of adoption of each unit; `None` for one that never adopts.
    pub adopted: Vec<Option<f64>>,
    /// Cluster of each unit, where one is named.
    pub cluster: Vec<String>,
    /// Covariates: name, value of each cell.
    pub covariates: Vec<(String, Vec<f64>)>,
    /// Cells without a value: the denominator is zero.
    pub undefined: u64,
}

/// What a cell adds up.
#[derive(Default)]
struct Sum {
    numerator: f64,
    denominator: f64,
    weight: f64,
    treated: [u64; 2],
    control: [u64; 2],
    covariates: Vec<f64>,
}

impl Cells {
    /// Adds up the rows of `frame` that count and for which `keep` holds.
    ///
    /// # Errors
    /// No rows; rows of a cell or unit that contradict each other.
    pub fn new(asked: &Asked<'_>, keep: impl Fn(u32) -> bool) -> Result<Cells, NotEstimable> {
        let (work, frame) = (asked.work, asked.frame);
        let number =
            |field: Option<usize>, row: u32| field.and_then(|f| frame.fields.get(f)?.number(row));
        let text = |field: usize, row: u32| {
            let values = frame.fields.get(field);
            values
                .and_then(|v| v.text(row))
                .unwrap_or_default()
                .to_owned()
        };
        for (name, field) in &work.covariates {
            if matches!(frame.fields.get(*field), Some(Values::Labels { .. })) {
                return refuse(
                    format!(
                        "the covariate {name} is not a number, and rows are added up by unit and period"
                    ),
                    format!(
                        "Give a condition instead, as in \"{name} = '...'\", whose share is then held constant."
                    ),
                );
            }
        }
        some_rows(asked)?;
        protected(asked, &keep)?;
        let rows: Vec<u32> = used(frame).filter(|row| keep(*row)).collect();
        apart(work, frame, &rows, asked.table)?;
        let mut sums: BTreeMap<(String, u64), Sum> = BTreeMap::new();
        let mut units: BTreeMap<String, (Option<f64>, String)> = BTreeMap::new();
        for row in rows {
            let unit = work.unit.map_or_else(String::new, |field| text(field, row));
            let time = number(work.time, row).unwrap_or(f64::NAN);
            let adopted = number(work.adopted, row);
            let cluster = match &asked.setting.cluster {
                Some(_) => work
                    .cluster
                    .map_or_else(String::new, |field| text(field, row)),
                None => unit.clone(),
            };
            let known = units
                .entry(unit.clone())
                .or_insert_with(|| (adopted, cluster.clone()));
            if known.0 != adopted {
                return refuse(
                    format!("{unit} has more than one time of adoption"),
                    "Give each unit one value of `adopted` in all its rows, missing where it never adopts.",
                );
            }
            if known.1 != cluster {
                return refuse(
                    format!("{unit} is in more than one cluster"),
                    "Name a cluster that holds whole units.",
                );
            }
            let sum = sums.entry((unit, ordered(time))).or_default();
            let weight = frame.weight(row);
            sum.numerator += weight * number(Some(work.numerator), row).unwrap_or(f64::NAN);
            sum.denominator += weight
                * match work.denominator {
                    None => 1.0,
                    field => number(field, row).unwrap_or(f64::NAN),
                };
            sum.weight += weight;
            sum.treated[usize::from(number(work.treated, row) == Some(1.0))] += 1;
            sum.control[usize::from(number(work.control, row) == Some(1.0))] += 1;
            sum.covariates.resize(work.covariates.len(), 0.0);
            for (place, (_, field)) in sum.covariates.iter_mut().zip(&work.covariates) {
                *place += weight * number(Some(*field), row).unwrap_or(f64::NAN);
            }
        }
        Cells::of(work, sums, units)
    }

    fn of(
        work: &EffectWork,
        sums: BTreeMap<(String, u64), Sum>,
        units: BTreeMap<String, (Option<f64>, String)>,
    ) -> Result<Cells, NotEstimable> {
        let mut cells = Cells::default();
        let mut periods: Vec<u64> = sums.keys().map(|(_, time)| *time).collect();
        periods.sort_unstable();
        periods.dedup();
        cells.covariates = work
            .covariates
            .iter()
            .map(|(name, _)| (name.clone(), vec![]))
            .collect();
        let names: Vec<&String> = units.keys().collect();
        for ((unit, time), sum) in &sums {
            let value = match work.denominator {
                None => sum.numerator,
                Some(_) if sum.denominator == 0.0 => {
                    cells.undefined += 1;
                    continue;
                }
                Some(_) => sum.numerator / sum.denominator,
            };
            for (mixed, what) in [(sum.treated, "treated"), (sum.control, "a control")] {
                if mixed[0] > 0 && mixed[1] > 0 {
                    return refuse(
                        format!(
                            "{unit} is {what} in some of its rows of one period and not in others"
                        ),
                        "Give a condition that is the same for a unit within a period.",
                    );
                }
            }
            cells
                .unit
                .push(names.binary_search(&unit).unwrap_or_default());
            cells
                .period
                .push(periods.binary_search(time).unwrap_or_default());
            cells.y.push(value);
            cells.treated.push(sum.treated[1] > 0);
            cells.control.push(sum.control[1] > 0);
            for ((_, values), total) in cells.covariates.iter_mut().zip(&sum.covariates) {
                values.push(total / sum.weight);
            }
        }
        if cells.y.is_empty() {
            return refuse(
                "no row is left with all that is needed",
                "Look at the rows left out below, and at the conditions of the effect.",
            );
        }
        cells.periods = periods.into_iter().map(number).collect();
        cells.adopted = units.values().map(|(adopted, _)| *adopted).collect();
        cells.cluster = units.values().map(|(_, cluster)| cluster.clone()).collect();
        cells.units = units.into_keys().collect();
        Ok(cells)
    }

    /// Takes the first period in which a unit is treated as its adoption; gives how many units are not treated in a later one.
    pub fn adopt_when_treated(&mut self) -> u64 {
        self.adopted = vec![None; self.units.len()];
        let mut back = std::collections::BTreeSet::new();
        // Cells are in order of unit and period.
        for at in 0..self.y.len() {
            let unit = self.unit[at];
            match (self.adopted[unit], self.treated[at]) {
                (None, true) => self.adopted[unit] = Some(self.periods[self.period[at]]),
                (Some(_), false) => {
                    back.insert(unit);
                }
                _ => {}
            }
        }
        back.len() as u64
    }

    /// Label of a period, for the reader.
    pub fn label(&self, period: usize, dates: bool) -> String {
        let time = self.periods.get(period).copied().unwrap_or_default();
        if dates {
            crate::indicator::formula::node::date_text(time as i32)
        } else {
            format!("{time}")
        }
    }

    /// Periods counted through evenly from 0.
    ///
    /// # Errors
    /// Fewer than two periods, or two within one step.
    pub fn steps(&self, dates: bool) -> Result<Vec<i64>, NotEstimable> {
        steps::steps(&self.periods, dates).map(|steps| steps.of)
    }

    /// Whether periods are numbers that stand for themselves, as years do.
    fn plain(&self, dates: bool) -> bool {
        let whole = self.periods.iter().all(|p| p.fract() == 0.0);
        !dates && whole && !steps::is_packed(&self.periods)
    }

    /// Word for a unit of [`Cells::times`].
    pub fn step_word(&self, dates: bool) -> &'static str {
        match self.plain(dates) {
            true => "year",
            false => steps::steps(&self.periods, dates).map_or("period", |steps| steps.word),
        }
    }

    /// Periods as whole numbers: years stay years, everything else is counted through.
    ///
    /// # Errors
    /// As [`Cells::steps`].
    pub fn times(&self, dates: bool) -> Result<Vec<i64>, NotEstimable> {
        let steps = self.steps(dates)?;
        match self.plain(dates) {
            true => Ok(self.periods.iter().map(|p| *p as i64).collect()),
            false => Ok(steps),
        }
    }
}

/// Refuses groups of few persons in a period, whose mean would be shown.
fn protected(asked: &Asked<'_>, keep: impl Fn(u32) -> bool) -> Result<(), NotEstimable> {
    let (work, frame, least) = (asked.work, asked.frame, asked.evaluation.small_cells);
    if !work.persons {
        return Ok(());
    }
    let bits = |field: Option<usize>, row: u32| {
        let number = frame.fields.get(field?)?.number(row)?;
        Some(number.to_bits())
    };
    let mut groups: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for row in used(frame).filter(|row| keep(*row)) {
        let fields = [work.time, work.treated, work.adopted, work.control];
        let group = fields.map(|field| bits(field, row));
        let person = work.person.and_then(|field| frame.fields.get(field));
        let person = person.and_then(|values| values.text(row));
        let person = person.map_or_else(|| row.to_string(), str::to_owned);
        groups.entry(group).or_default().insert(person);
    }
    if groups
        .values()
        .any(|persons| (persons.len() as u64) < least)
    {
        return refuse(
            format!(
                "one of the groups compared has fewer than {least} persons in a period, who are protected"
            ),
            "Compare larger groups, or longer periods.",
        );
    }
    Ok(())
}

/// A number as bits whose order is that of the numbers.
fn ordered(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 1 {
        !bits
    } else {
        bits | (1 << 63)
    }
}

fn number(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 {
        bits & !(1 << 63)
    } else {
        !bits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_bits_is_order_of_numbers() {
        let numbers = [f64::NEG_INFINITY, -3.5, -0.1, 0.0, 1e-9, 2.0, 2011.0];
        for pair in numbers.windows(2) {
            assert!(ordered(pair[0]) < ordered(pair[1]), "{pair:?}");
        }
        for x in numbers {
            assert_eq!(number(ordered(x)), x);
        }
    }
}
