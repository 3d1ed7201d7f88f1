//! The aggregates of formulas as sums over rows.

use super::reading::{Part, Reading, Term};
use crate::plan::program::{Parts, Program};
use crate::plan::scan::{Collector, Scan};

/// An aggregate as sums over rows.
#[derive(Debug, Clone, Default)]
pub struct Summed {
    /// What is shown where it is shown.
    pub parts: Vec<Vec<Part>>,
    /// Whether it is its first part divided by its second: an average.
    pub is_average: bool,
    /// Whether it is its first part.
    pub is_sum: bool,
}

impl Reading {
    /// The aggregates of a formula as sums; `unique` tells whether a collector holds no value twice.
    pub fn aggregates(
        &mut self,
        program: &Program,
        scan: &Scan,
        unique: &dyn Fn(usize) -> bool,
    ) -> Vec<Summed> {
        program
            .parts
            .iter()
            .map(|parts| self.aggregate(parts, scan, unique))
            .collect()
    }

    fn aggregate(&mut self, parts: &Parts, scan: &Scan, unique: &dyn Fn(usize) -> bool) -> Summed {
        let mut of = |at: usize| match scan.components.get(at) {
            Some(component) => self.component(component, scan),
            None => vec![],
        };
        let shown = |parts| Summed {
            parts,
            ..Summed::default()
        };
        match *parts {
            Parts::Count { sum } | Parts::Sum { sum, .. } => Summed {
                parts: vec![of(sum)],
                is_sum: true,
                is_average: false,
            },
            Parts::Average { sum, weight, .. } => Summed {
                parts: vec![of(sum), of(weight)],
                is_average: true,
                is_sum: false,
            },
            Parts::Moments {
                weight,
                first,
                second,
                ..
            } => shown(vec![of(weight), of(first), of(second)]),
            Parts::Correlation {
                weight,
                x,
                y,
                xx,
                yy,
                xy,
                ..
            } => shown([weight, x, y, xx, yy, xy].map(of).to_vec()),
            Parts::Distinct { collector, n } => {
                let mut rows = of(n);
                if !unique(collector) {
                    let of = scan
                        .collectors
                        .get(collector)
                        .map(|c: &Collector| c.expression);
                    for part in &mut rows {
                        part.term = Term::Unadded(true, of.unwrap_or(collector));
                    }
                }
                Summed {
                    parts: vec![rows],
                    is_sum: true,
                    is_average: false,
                }
            }
            Parts::Picked { picker, n, .. } => {
                let mut rows = of(n);
                for part in &mut rows {
                    part.term = Term::Unadded(false, picker);
                }
                shown(vec![rows])
            }
            // What they tell of single persons is no matter of sums.
            Parts::Extreme { .. } | Parts::Quantile { .. } => Summed::default(),
        }
    }
}
