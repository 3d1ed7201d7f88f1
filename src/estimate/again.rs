//! The values of an indicator computed again from other sums than those of its rows: from sums that protect persons.

use super::cell::Unadded;
use super::group::{Kept, Measured, Totals};
use super::margin::{Place, places};
use crate::dataset::Dataset;
use crate::engine::sums::Sums;
use crate::indicator::Measure;
use crate::outcome::Status;
use crate::plan::program::Parts;
use crate::plan::reach::Reach;
use crate::plan::{Item, Plan, RowWork, Work};
use std::collections::BTreeMap;

/// An indicator whose value follows from sums over rows and numbers of different values.
pub struct Again<'a> {
    measured: Measured<'a>,
    places: Vec<Place>,
    used: Vec<usize>,
    /// Where its value can lie.
    pub reach: Reach,
    /// Whether its value is a quotient, such as a share or mean; otherwise it is a count or an amount.
    pub is_quotient: bool,
}

/// Sums of a place by component, and numbers of different values by collector.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    /// Sums.
    pub sums: Vec<f64>,
    /// Different values.
    pub distinct: BTreeMap<usize, f64>,
}

impl Unadded for Numbers {
    fn distinct(&self, collector: usize) -> f64 {
        self.distinct.get(&collector).copied().unwrap_or(f64::NAN)
    }

    fn quantile(&self, _: usize, _: f64) -> Option<f64> {
        None
    }

    fn picked(&self, _: usize, _: Option<usize>) -> Vec<(f64, f64)> {
        vec![]
    }
}

impl<'a> Again<'a> {
    /// The indicator of an item; `None` where its value needs more than sums and numbers of different values.
    pub fn new(
        plan: &'a Plan,
        sums: &'a [Sums],
        dataset: &Dataset,
        item: &'a Item,
    ) -> Option<Again<'a>> {
        let (Ok(Work::Rows(work)), Measure::Formula(rows)) = (&item.work, &item.indicator.measure)
        else {
            return None;
        };
        let work: &RowWork = work;
        let adds = |part: &Parts| {
            matches!(
                part,
                Parts::Count { .. }
                    | Parts::Sum { .. }
                    | Parts::Average { .. }
                    | Parts::Distinct { .. }
            )
        };
        let program = &work.program;
        if !program.parts.iter().all(adds) || !program.overlapping.is_empty() {
            return None;
        }
        let average = |part: &Parts| matches!(part, Parts::Average { .. });
        let measured = Measured {
            scan: plan.scans.get(work.scan)?,
            sums: sums.get(work.scan)?,
            program,
            formula: &rows.formula,
        };
        Some(Again {
            places: places(&measured, &work.cut, dataset, &dataset.programme_ids()),
            used: measured.used_components(),
            measured,
            reach: work.reach,
            is_quotient: rows.formula.ratio().is_some() || program.parts.iter().any(average),
        })
    }

    /// Its components, as indices into its scan's.
    pub fn components(&self) -> &[usize] {
        &self.used
    }

    /// Components: rows that match the filter, and rows for which it can't be decided.
    pub fn matched(&self) -> (usize, Option<usize>) {
        (
            self.measured.program.matched,
            self.measured.program.undecided,
        )
    }

    /// Component: rows used.
    pub fn rows(&self) -> usize {
        self.measured.program.used
    }

    /// Collectors of different values, each with the component that counts their rows.
    pub fn collectors(&self) -> Vec<(usize, usize)> {
        let parts = self.measured.program.parts.iter();
        let distinct = parts.filter_map(|part| match part {
            Parts::Distinct { collector, n } => Some((*collector, *n)),
            _ => None,
        });
        distinct.collect()
    }

    /// What a collector's values are, as the formula has it.
    pub fn of_collector(&self, collector: usize) -> String {
        let scan = self.measured.scan;
        let collector = scan.collectors.get(collector);
        let node = collector.and_then(|c| scan.expressions.get(c.expression));
        node.map_or(String::new(), ToString::to_string)
    }

    /// What the rows of an estimate add up to, by its number.
    pub fn exact(&self, estimate: usize) -> Numbers {
        let Some(place) = self.places.get(estimate) else {
            return Numbers::default();
        };
        let kept = Kept::new(&self.measured, &place.cells);
        let collectors = self.collectors().into_iter();
        let distinct = collectors.map(|(c, _)| (c, kept.count_distinct(c) as f64));
        Numbers {
            sums: self.measured.totals(&self.used, &place.cells).0,
            distinct: distinct.collect(),
        }
    }

    /// Value, and numerator and denominator of a ratio, from numbers.
    ///
    /// # Errors
    /// The status where there is no value.
    #[allow(clippy::type_complexity)]
    pub fn value(&self, numbers: &Numbers) -> (Result<f64, Status>, Option<(f64, f64)>) {
        let computed = self
            .measured
            .compute(&Totals(numbers.sums.clone()), numbers);
        (computed.value, computed.parts)
    }
}
