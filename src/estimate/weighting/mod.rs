//! Weights of samples that replicates or margins say more of: how an estimate varies with them.
//!
//! Rows of a cell of the margins get one factor. Sums by cell are multiplied by it once, so that every estimate is made with the
//! calibrated weights; replicates multiply the sums of the cells by other factors.

mod calibration;
mod given;
mod margins;

use super::margin::{Grouped, Rows};
use crate::dataset::Dataset;
use crate::engine::sums::{Label, Sums};
use crate::engine::{self, Frame};
use crate::evaluation::Evaluation;
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::TableWeights;
use crate::plan::Plan;
use crate::plan::scan::Scan;
use crate::stats::survey::raked::Without;
use crate::stats::survey::sample::Stratum;
use rustc_hash::FxHashMap;

/// Replicate weights of more numbers than this are not kept by row.
pub const ROWS: u64 = 20_000_000;

/// What is known of the weights of a table.
#[derive(Debug, Clone)]
pub struct Weighting {
    /// Index of the table.
    pub table: usize,
    /// Where sampling errors come from.
    ///
    /// # Errors
    /// In words, why there are none.
    pub source: Result<Source, String>,
    /// Factors that make the weights meet the margins.
    pub calibration: Option<Factors>,
    /// What the reader is told.
    pub told: TableWeights,
}

/// Where sampling errors come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Clusters, left out one at a time with the weights as they are.
    Clusters,
    /// The same with the weights calibrated again.
    LeftOut(LeftOut),
    /// Replicate weights.
    Given(Replicated),
}

/// Replicate weights of the data.
#[derive(Debug, Clone)]
pub struct Replicated {
    /// What the square of each difference is multiplied by.
    pub factors: Vec<f64>,
    /// Whether squares are taken about the mean of the replicates.
    pub about_mean: bool,
    /// Degrees of freedom.
    pub df: f64,
    /// Whether clusters can be counted by their names.
    pub named: bool,
    /// Per replicate, factor of each cell of the margins; empty where weights are not calibrated.
    pub cells: Vec<Vec<f64>>,
}

/// Clusters left out, with the weights calibrated again.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// Number of each cluster, by programme, stratum and name.
    pub clusters: FxHashMap<Vec<Label>, u32>,
    /// Stratum of each cluster, as an index into `strata`.
    pub stratum_of: Vec<usize>,
    /// Strata.
    pub strata: Vec<Stratum>,
    /// One per cluster.
    pub without: Vec<Without>,
}

/// Factors of the cells of margins.
#[derive(Debug, Clone)]
pub struct Factors {
    /// Number of each cell, by its labels.
    pub cells: FxHashMap<Vec<Label>, u32>,
    /// Factor of each cell.
    pub factors: Vec<f64>,
}

/// No cell: a row without weight.
pub const NOWHERE: u32 = u32::MAX;

/// Number of each thing's labels of some keys, as `known` has them; [`NOWHERE`] where it has none.
pub fn numbers(
    grouped: &dyn Grouped,
    keys: &[Option<usize>],
    known: &FxHashMap<Vec<Label>, u32>,
) -> Vec<u32> {
    let mut seen: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
    let mut codes = Vec::with_capacity(keys.len());
    let mut found = Vec::with_capacity(grouped.items() as usize);
    for item in 0..grouped.items() {
        codes.clear();
        codes.extend(keys.iter().map(|k| k.map_or(0, |k| grouped.code(item, k))));
        if let Some(number) = seen.get(&codes) {
            found.push(*number);
            continue;
        }
        let labels = labels(grouped, keys, item);
        let number = known.get(&labels).copied().unwrap_or(NOWHERE);
        seen.insert(codes.clone(), number);
        found.push(number);
    }
    found
}

fn labels(grouped: &dyn Grouped, keys: &[Option<usize>], item: u32) -> Vec<Label> {
    let label = |key: &Option<usize>| {
        let key = (*key)?;
        let code = grouped.code(item, key) as usize;
        grouped.labels(key).get(code).cloned().flatten()
    };
    keys.iter().map(label).collect()
}

impl Factors {
    /// Cell of the margins of each thing.
    pub fn places(&self, grouped: &dyn Grouped) -> Vec<u32> {
        let keys: Vec<Option<usize>> = grouped.scan().calibrated.iter().map(|k| Some(*k)).collect();
        numbers(grouped, &keys, &self.cells)
    }

    /// Factor of a cell; 0 for none.
    pub fn factor(&self, cell: u32) -> f64 {
        self.factors.get(cell as usize).copied().unwrap_or(0.0)
    }
}

/// What a reader of any figure of a table must know of its weights.
pub fn remark(weightings: &[Weighting], table: usize) -> Option<String> {
    let calibration = of(weightings, table)?.told.calibration.as_ref()?;
    let reason = calibration.refused.as_ref()?;
    Some(format!(
        "The weights were to be calibrated and are not, since {reason}. They are those of the data."
    ))
}

/// The weighting of a table.
pub fn of(weightings: &[Weighting], table: usize) -> Option<&Weighting> {
    weightings.iter().find(|w| w.table == table)
}

/// Looks at the weights of all tables that replicates or margins say more of.
///
/// # Errors
/// A [`Stop`] when a file can't be read.
pub fn weightings(
    plan: &Plan,
    dataset: &Dataset,
    evaluation: &Evaluation,
    findings: &mut Findings,
) -> Result<Vec<Weighting>, Stop> {
    let mut all = Vec::with_capacity(plan.weights.len());
    for item in &plan.weights {
        let table = &dataset.tables[item.table];
        let sums = engine::scan(dataset, &item.scan, &|_| {})?;
        let mut weighting = Weighting {
            table: item.table,
            source: Ok(Source::Clusters),
            calibration: None,
            told: TableWeights {
                table: table.name.clone(),
                replicates: None,
                calibration: None,
            },
        };
        if !item.columns.is_empty() {
            given::look(&mut weighting, item, (dataset, table), &sums, findings)?;
        }
        if let Some(margins) = &item.calibration {
            let setting = &evaluation.calibrations[margins.setting];
            let refused = calibration::calibrate(&mut weighting, item, &sums, setting, dataset)?;
            if let Some(refused) = refused {
                let message = format!(
                    "The weights of `{}` are not calibrated: {}.",
                    table.name, refused.reason
                );
                let finding = Finding::error("evaluation-calibrate", message, refused.help);
                findings.push(finding.in_file("evaluation.toml").in_column("calibrate"));
            }
        }
        all.push(weighting);
    }
    Ok(all)
}

/// The cells of a scan with its sums.
pub(super) struct Sheet<'a> {
    pub scan: &'a Scan,
    pub sums: &'a Sums,
}

impl Grouped for Sheet<'_> {
    fn items(&self) -> u32 {
        self.sums.cells.len() as u32
    }

    fn code(&self, item: u32, key: usize) -> u32 {
        self.sums.cells[item as usize][key]
    }

    fn labels(&self, key: usize) -> &[Label] {
        &self.sums.labels[key]
    }

    fn scan(&self) -> &Scan {
        self.scan
    }
}

/// Gives the sums of a scan the calibrated weights.
pub fn weigh_sums(weightings: &[Weighting], scan: &Scan, sums: &mut Sums) {
    let Some(factors) = of(weightings, scan.table).and_then(|w| w.calibration.as_ref()) else {
        return;
    };
    if scan.calibrated.is_empty() {
        return;
    }
    let places = factors.places(&Sheet { scan, sums });
    for (component, sums) in scan.components.iter().zip(&mut sums.components) {
        if component.weighted {
            for (sum, place) in sums.iter_mut().zip(&places) {
                *sum *= factors.factor(*place);
            }
        }
    }
    for values in &mut sums.values {
        values.change(|cell, (_, weight)| *weight *= factors.factor(places[cell as usize]));
    }
    for picked in &mut sums.picked {
        picked.change(|cell, row| row.weight *= factors.factor(places[cell as usize]));
    }
}

/// Gives the rows of a frame the calibrated weights.
pub fn weigh_rows(weightings: &[Weighting], scan: &Scan, frame: &mut Frame) {
    let Some(factors) = of(weightings, scan.table).and_then(|w| w.calibration.as_ref()) else {
        return;
    };
    if scan.calibrated.is_empty() {
        return;
    }
    let places = factors.places(&Rows { scan, frame });
    let mut weights = frame
        .weights
        .take()
        .unwrap_or_else(|| vec![1.0; frame.states.len()]);
    for (weight, place) in weights.iter_mut().zip(&places) {
        *weight *= factors.factor(*place);
    }
    frame.weights = Some(weights);
}
