//! Sums per cell: of one batch, merged in row order into those of the whole table.

use crate::plan::scan::{Scan, What};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A label of a key: text, or `None` where the key is missing in the row.
pub type Label = Option<Arc<str>>;

/// Sum with its compensation (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen").
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Exact {
    sum: f64,
    rest: f64,
}

impl Exact {
    /// Adds a number.
    pub fn add(&mut self, x: f64) {
        let total = self.sum + x;
        self.rest += if self.sum.abs() >= x.abs() {
            (self.sum - total) + x
        } else {
            (x - total) + self.sum
        };
        self.sum = total;
    }

    /// Adds a sum with its compensation.
    pub fn join(&mut self, sum: f64, rest: f64) {
        self.add(sum);
        self.rest += rest;
    }

    /// The sum; not finite where it can't be held.
    pub fn value(self) -> f64 {
        match self.sum.is_finite() {
            true => self.sum + self.rest,
            false => self.sum,
        }
    }

    /// What [`Exact::value`] lacks of the sum, since a number has no room for it.
    fn lacks(self) -> f64 {
        let value = self.value();
        let lacks = (self.sum - value) + self.rest;
        match lacks.is_finite() {
            true => lacks,
            false => 0.0,
        }
    }
}

/// Different values: their labels, and pairs of cell and label, each once.
pub type Different = (Vec<Arc<str>>, Vec<(u32, u32)>);

/// A row that a picker kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picked {
    /// Code of the series; [`ALL`] where it counts whatever its date.
    pub series: u32,
    /// What puts rows in order.
    pub order: f64,
    /// The number.
    pub x: f64,
    /// Its weight.
    pub weight: f64,
}

/// Code of rows that all count.
pub const ALL: u32 = u32::MAX;

/// Rows of a picker: labels of the series, and rows by cell.
pub type Picks = (Vec<Arc<str>>, Vec<(u32, Picked)>);

/// What one batch gave. Cells are numbered within it.
pub struct Partial {
    /// Labels of each key.
    pub labels: Vec<Vec<Label>>,
    /// Per cell, the code of its label of each key, one key after the other.
    pub cells: Vec<u32>,
    /// Sums: component by component, cell by cell.
    pub sums: Vec<Vec<f64>>,
    /// What was rounded off in these; empty where nothing was.
    pub rests: Vec<Vec<f64>>,
    /// Sums with the replicate weights: replicated component by component, cell by cell, replicate by replicate.
    pub replicated: Vec<Vec<f64>>,
    /// Rows per counter.
    pub counters: Vec<u64>,
    /// Per collector: cell, value, weight.
    pub values: Vec<Vec<(u32, f64, f64)>>,
    /// Per collector: different labels, and pairs of cell and label, each once.
    pub distinct: Vec<Different>,
    /// Per picker: labels of series, and the rows kept.
    pub picked: Vec<Picks>,
}

/// Things kept per cell, those of a cell together.
#[derive(Debug, Clone, Default)]
pub struct ByCell<T> {
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T: Copy> ByCell<T> {
    /// Sorts pairs of cell and thing by cell, keeping their order within a cell.
    fn new(cells: usize, mut pairs: Vec<(u32, T)>) -> Self {
        pairs.sort_by_key(|(cell, _)| *cell);
        let mut starts = vec![0; cells + 1];
        for (cell, _) in &pairs {
            starts[*cell as usize + 1] += 1;
        }
        for cell in 0..cells {
            starts[cell + 1] += starts[cell];
        }
        let items = pairs.into_iter().map(|(_, item)| item).collect();
        ByCell { starts, items }
    }

    /// Changes every thing, told its cell.
    pub fn change(&mut self, each: impl Fn(u32, &mut T)) {
        for cell in 0..self.starts.len().saturating_sub(1) {
            for item in &mut self.items[self.starts[cell]..self.starts[cell + 1]] {
                each(cell as u32, item);
            }
        }
    }

    /// Those of a cell.
    pub fn of(&self, cell: u32) -> &[T] {
        let cell = cell as usize;
        match (self.starts.get(cell), self.starts.get(cell + 1)) {
            (Some(start), Some(end)) => &self.items[*start..*end],
            _ => &[],
        }
    }
}

/// What a scan gave: sums per finest cell.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// Labels of each key, in order of first appearance.
    pub labels: Vec<Vec<Label>>,
    /// Per cell, the code of its label of each key.
    pub cells: Vec<Vec<u32>>,
    /// Component by component, cell by cell.
    pub components: Vec<Vec<f64>>,
    /// What these still lack of the sums over their rows, to be added where cells are: a total is as exact as if it had been added up
    /// from the rows. Empty for components without any.
    pub rests: Vec<Vec<f64>>,
    /// Replicated component by component, cell by cell, replicate by replicate.
    pub replicated: Vec<Vec<f64>>,
    /// Rows per counter.
    pub counters: Vec<u64>,
    /// Per collector: value and weight by cell, in row order.
    pub values: Vec<ByCell<(f64, f64)>>,
    /// Per collector: codes of the different values by cell.
    pub distinct: Vec<ByCell<u32>>,
    /// Per collector: the different values by code.
    pub words: Vec<Vec<Arc<str>>>,
    /// Per picker: rows kept by cell, in row order.
    pub picked: Vec<ByCell<Picked>>,
}

/// Merges partial results in the order given.
pub struct Merger<'a> {
    scan: &'a Scan,
    labels: Vec<FxHashMap<Label, u32>>,
    index: FxHashMap<Box<[u32]>, u32>,
    components: Vec<Vec<Exact>>,
    codes: Vec<FxHashMap<Arc<str>, u32>>,
    seen: Vec<rustc_hash::FxHashSet<(u32, u32)>>,
    values: Vec<Vec<(u32, (f64, f64))>>,
    distinct: Vec<Vec<(u32, u32)>>,
    series: Vec<FxHashMap<Arc<str>, u32>>,
    picked: Vec<Vec<(u32, Picked)>>,
    result: Sums,
}

impl<'a> Merger<'a> {
    /// For the partial results of a scan.
    pub fn new(scan: &'a Scan) -> Self {
        let keys = scan.keys.len();
        Merger {
            scan,
            labels: vec![FxHashMap::default(); keys],
            index: FxHashMap::default(),
            components: vec![Vec::new(); scan.components.len()],
            codes: vec![FxHashMap::default(); scan.collectors.len()],
            seen: vec![rustc_hash::FxHashSet::default(); scan.collectors.len()],
            result: Sums {
                labels: vec![Vec::new(); keys],
                counters: vec![0; scan.counters.len()],
                replicated: vec![Vec::new(); scan.replicated.len()],
                ..Sums::default()
            },
            values: vec![Vec::new(); scan.collectors.len()],
            distinct: vec![Vec::new(); scan.collectors.len()],
            series: vec![FxHashMap::default(); scan.pickers.len()],
            picked: vec![Vec::new(); scan.pickers.len()],
        }
    }

    /// Adds the next partial result.
    pub fn add(&mut self, partial: Partial) {
        let keys = self.scan.keys.len();
        let mut codes: Vec<Vec<u32>> = Vec::with_capacity(keys);
        for (key, labels) in partial.labels.into_iter().enumerate() {
            let (known, listed) = (&mut self.labels[key], &mut self.result.labels[key]);
            let code = |label: Label| {
                *known.entry(label.clone()).or_insert_with(|| {
                    listed.push(label);
                    (listed.len() - 1) as u32
                })
            };
            codes.push(labels.into_iter().map(code).collect());
        }
        let count = partial.sums.first().map_or(0, Vec::len);
        let mut cells = Vec::with_capacity(count);
        for cell in 0..count {
            let tuple: Box<[u32]> = (0..keys)
                .map(|k| codes[k][partial.cells[cell * keys + k] as usize])
                .collect();
            let next = self.result.cells.len() as u32;
            let result = &mut self.result;
            let at = *self.index.entry(tuple).or_insert_with_key(|tuple| {
                result.cells.push(tuple.to_vec());
                next
            });
            cells.push(at as usize);
        }
        for (at, component) in self.scan.components.iter().enumerate() {
            let sums = &mut self.components[at];
            let start = match component.what {
                What::Minimum(_) => f64::INFINITY,
                What::Maximum(_) => f64::NEG_INFINITY,
                _ => 0.0,
            };
            sums.resize(
                self.result.cells.len(),
                Exact {
                    sum: start,
                    rest: 0.0,
                },
            );
            let rests = partial.rests.get(at).map_or(&[][..], Vec::as_slice);
            for (place, (cell, x)) in cells.iter().zip(&partial.sums[at]).enumerate() {
                match component.what {
                    What::Minimum(_) => sums[*cell].sum = sums[*cell].sum.min(*x),
                    What::Maximum(_) => sums[*cell].sum = sums[*cell].sum.max(*x),
                    _ => sums[*cell].join(*x, rests.get(place).copied().unwrap_or(0.0)),
                }
            }
        }
        let replicates = self.scan.replicates.len();
        for (sums, more) in self.result.replicated.iter_mut().zip(&partial.replicated) {
            sums.resize(self.result.cells.len() * replicates, 0.0);
            for (cell, more) in cells.iter().zip(more.chunks_exact(replicates.max(1))) {
                let sums = &mut sums[cell * replicates..][..replicates];
                sums.iter_mut().zip(more).for_each(|(sum, x)| *sum += x);
            }
        }
        for (total, more) in self.result.counters.iter_mut().zip(&partial.counters) {
            *total += more;
        }
        for (at, values) in partial.values.into_iter().enumerate() {
            self.values[at].extend(
                values
                    .into_iter()
                    .map(|(cell, x, w)| (cells[cell as usize] as u32, (x, w))),
            );
        }
        for (at, (labels, pairs)) in partial.distinct.into_iter().enumerate() {
            let known = &mut self.codes[at];
            let mut codes = Vec::with_capacity(labels.len());
            for label in labels {
                let next = known.len() as u32;
                codes.push(*known.entry(label).or_insert(next));
            }
            for (cell, code) in pairs {
                let pair = (cells[cell as usize] as u32, codes[code as usize]);
                if self.seen[at].insert(pair) {
                    self.distinct[at].push(pair);
                }
            }
        }
        for (at, (labels, rows)) in partial.picked.into_iter().enumerate() {
            let known = &mut self.series[at];
            let mut codes = Vec::with_capacity(labels.len());
            for label in labels {
                let next = known.len() as u32;
                codes.push(*known.entry(label).or_insert(next));
            }
            self.picked[at].extend(rows.into_iter().map(|(cell, mut row)| {
                if row.series != ALL {
                    row.series = codes[row.series as usize];
                }
                (cells[cell as usize] as u32, row)
            }));
        }
    }

    /// The sums of all partial results added.
    pub fn finish(mut self) -> Sums {
        let cells = self.result.cells.len();
        let replicates = self.scan.replicates.len();
        for sums in &mut self.result.replicated {
            sums.resize(cells * replicates, 0.0);
        }
        for mut sums in self.components {
            sums.resize(cells, Exact::default());
            let rests: Vec<f64> = sums.iter().map(|sum| sum.lacks()).collect();
            let any = rests.iter().any(|rest| *rest != 0.0);
            self.result
                .components
                .push(sums.into_iter().map(Exact::value).collect());
            self.result.rests.push(if any { rests } else { vec![] });
        }
        self.result.values = self
            .values
            .into_iter()
            .map(|v| ByCell::new(cells, v))
            .collect();
        self.result.distinct = self
            .distinct
            .into_iter()
            .map(|v| ByCell::new(cells, v))
            .collect();
        self.result.picked = self
            .picked
            .into_iter()
            .map(|v| ByCell::new(cells, v))
            .collect();
        self.result.words = self
            .codes
            .into_iter()
            .map(|codes| {
                let mut words: Vec<(Arc<str>, u32)> = codes.into_iter().collect();
                words.sort_by_key(|(_, code)| *code);
                words.into_iter().map(|(word, _)| word).collect()
            })
            .collect();
        self.result
    }
}
