//! A group of finest cells: its sums, and what does not add up, computed again from what the scan kept.

use super::cell::{Outcome, Unadded, aggregate, rows_to_speak_of, value};
use super::latest::Latest;
use crate::engine::sums::Sums;
use crate::indicator::formula::node::Formula;
use crate::outcome::Status;
use crate::plan::program::{Parts, Program};
use crate::plan::scan::{Picker, Scan, What};
use rustc_hash::FxHashSet;

/// A formula over a scan.
#[derive(Clone, Copy)]
pub struct Measured<'a> {
    /// The scan.
    pub scan: &'a Scan,
    /// Its sums.
    pub sums: &'a Sums,
    /// Where the parts of the formula are.
    pub program: &'a Program,
    /// The formula.
    pub formula: &'a Formula,
}

/// Sums of some cells, by component.
#[derive(Debug, Clone)]
pub struct Totals(pub Vec<f64>);

/// Value and parts of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The value, or why there is none.
    pub value: Outcome,
    /// Numerator and denominator of a ratio.
    pub parts: Option<(f64, f64)>,
}

impl<'a> Measured<'a> {
    /// Components that the formula uses, as indices into the scan's.
    pub fn used_components(&self) -> Vec<usize> {
        self.program.components()
    }

    /// Sums over cells, for the components in `used` (others stay zero).
    pub fn totals(&self, used: &[usize], cells: &[u32]) -> Totals {
        let mut totals = vec![0.0; self.scan.components.len()];
        for at in used {
            let column = &self.sums.components[*at];
            totals[*at] = match self.scan.components[*at].what {
                What::Minimum(_) => cells
                    .iter()
                    .map(|c| column[*c as usize])
                    .fold(f64::INFINITY, f64::min),
                What::Maximum(_) => cells
                    .iter()
                    .map(|c| column[*c as usize])
                    .fold(f64::NEG_INFINITY, f64::max),
                _ => {
                    let rests = self.sums.rests.get(*at).map_or(&[][..], Vec::as_slice);
                    let mut sum = crate::engine::sums::Exact::default();
                    for cell in cells {
                        let rest = rests.get(*cell as usize).copied().unwrap_or(0.0);
                        sum.join(column[*cell as usize], rest);
                    }
                    sum.value()
                }
            };
        }
        Totals(totals)
    }

    /// Value of the formula from totals.
    pub fn compute(&self, totals: &Totals, unadded: &dyn Unadded) -> Computed {
        let get = |at: usize| totals.0[at];
        if let Err(status) = rows_to_speak_of(self.program, &get) {
            return Computed {
                value: Err(status),
                parts: None,
            };
        }
        let leaf = |at: usize| match self.program.parts.get(at) {
            Some(parts) => aggregate(parts, self.program.by_row, &get, unadded),
            None => Err(Status::Undefined),
        };
        let parts = self
            .formula
            .ratio()
            .and_then(|(n, d)| Some((value(n, &leaf).ok()?, value(d, &leaf).ok()?)));
        Computed {
            value: value(&self.formula.value, &leaf),
            parts,
        }
    }

    /// Whether every part adds up over cells, so that leaving out a cluster needs sums only.
    pub fn is_additive(&self) -> bool {
        let adds = |p: &Parts| {
            !matches!(
                p,
                Parts::Distinct { .. }
                    | Parts::Extreme { .. }
                    | Parts::Quantile { .. }
                    | Parts::Picked { .. }
            )
        };
        self.program.parts.iter().all(adds)
    }

    /// The quantile that the formula consists of, when it is nothing but one.
    pub fn only_quantile(&self) -> Option<(usize, f64)> {
        match (self.program.parts.as_slice(), &self.formula.value) {
            (
                [Parts::Quantile { collector, p, .. }],
                crate::indicator::formula::node::Value::Aggregate(0),
            ) => Some((*collector, *p)),
            _ => None,
        }
    }
}

/// Row values of a set of cells.
pub struct Kept<'a> {
    sums: &'a Sums,
    cells: &'a [u32],
    weighted: bool,
    pickers: &'a [Picker],
}

impl<'a> Kept<'a> {
    /// Of the cells given.
    pub fn new(measured: &Measured<'a>, cells: &'a [u32]) -> Self {
        Kept {
            sums: measured.sums,
            cells,
            weighted: measured.scan.is_weighted(),
            pickers: &measured.scan.pickers,
        }
    }

    /// Rows that count of a picker: the first or last of each series, over all the cells.
    pub fn latest(&self, picker: usize, programme: Option<usize>) -> Latest {
        match (self.pickers.get(picker), self.sums.picked.get(picker)) {
            (Some(asked), Some(rows)) => {
                let of = |cell: u32| {
                    let code = |key: usize| self.sums.cells.get(cell as usize)?.get(key).copied();
                    programme.and_then(code).unwrap_or(0)
                };
                let each = self.cells.iter().flat_map(|c| {
                    let programme = of(*c);
                    rows.of(*c).iter().map(move |row| (programme, *row))
                });
                Latest::of(each.collect(), asked.last)
            }
            _ => Latest::default(),
        }
    }

    /// Different values of a collector, in order.
    pub fn words(&self, collector: usize) -> Vec<&'a str> {
        let kept = &self.sums.distinct[collector];
        let codes: std::collections::BTreeSet<u32> = self
            .cells
            .iter()
            .flat_map(|c| kept.of(*c))
            .copied()
            .collect();
        let words = &self.sums.words[collector];
        let mut found: Vec<&str> = codes
            .iter()
            .filter_map(|code| words.get(*code as usize).map(|w| &**w))
            .collect();
        found.sort_unstable();
        found
    }

    /// Values with weights, in ascending order of value.
    pub fn sorted(&self, collector: usize) -> Vec<(f64, f64)> {
        let kept = &self.sums.values[collector];
        let mut values: Vec<(f64, f64)> = self
            .cells
            .iter()
            .flat_map(|c| kept.of(*c))
            .copied()
            .collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        values
    }

    /// Number of different values of a collector.
    pub fn count_distinct(&self, collector: usize) -> usize {
        let kept = &self.sums.distinct[collector];
        let codes: FxHashSet<u32> = self
            .cells
            .iter()
            .flat_map(|c| kept.of(*c))
            .copied()
            .collect();
        codes.len()
    }

    /// Quantile of sorted values: type 7 of Hyndman & Fan (1996) without weights; with weights the inverse of the
    /// weighted distribution, midway between two values where it is flat at `p`.
    pub fn quantile_of(&self, sorted: &[(f64, f64)], p: f64) -> Option<f64> {
        if sorted.is_empty() {
            return None;
        }
        if !self.weighted {
            let position = p * (sorted.len() - 1) as f64;
            let (low, part) = (position.floor(), position.fract());
            let at = |i: f64| sorted[(i as usize).min(sorted.len() - 1)].0;
            // As parts of both, so that the distance of huge numbers doesn't overflow.
            let (a, b) = (at(low), at(low + 1.0));
            let found = a + part * (b - a);
            return Some(match found.is_finite() {
                true => found,
                false => a * (1.0 - part) + b * part,
            });
        }
        let sum = |unit: f64| sorted.iter().map(|(_, w)| w / unit).sum::<f64>();
        // Weights are counted in the largest of them where their sum can't be held.
        let largest = sorted.iter().map(|(_, w)| *w).fold(0.0, f64::max);
        let unit = if sum(1.0).is_finite() { 1.0 } else { largest };
        let total = sum(unit);
        let mut below = 0.0;
        for (at, (x, w)) in sorted.iter().enumerate() {
            below += w / unit;
            let share = below / total;
            if (share - p).abs() < 1e-12
                && let Some((next, _)) = sorted.get(at + 1)
            {
                return Some(f64::midpoint(*x, *next));
            }
            if share >= p {
                return Some(*x);
            }
        }
        sorted.last().map(|(x, _)| *x)
    }
}

impl Unadded for Kept<'_> {
    fn distinct(&self, collector: usize) -> f64 {
        self.count_distinct(collector) as f64
    }

    fn quantile(&self, collector: usize, p: f64) -> Option<f64> {
        self.quantile_of(&self.sorted(collector), p)
    }

    fn picked(&self, picker: usize, programme: Option<usize>) -> Vec<(f64, f64)> {
        self.latest(picker, programme).rows
    }
}

/// For formulas that add up: nothing is kept.
pub struct NothingKept;

impl Unadded for NothingKept {
    fn distinct(&self, _: usize) -> f64 {
        f64::NAN
    }

    fn quantile(&self, _: usize, _: f64) -> Option<f64> {
        None
    }

    fn picked(&self, _: usize, _: Option<usize>) -> Vec<(f64, f64)> {
        vec![]
    }
}
