//! The cells of a table of results: all together, by programme, by group, by period, and programmes by each of these.

use super::group::Measured;
use crate::dataset::Dataset;
use crate::engine::Frame;
use crate::engine::sums::Label;
use crate::plan::cut::Cut;
use crate::plan::scan::Scan;
use std::collections::BTreeMap;

/// A place in a table of results, with the finest cells that it is made of.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Programme, or all.
    pub programme: Option<String>,
    /// Column and value, or all.
    pub group: Option<(String, Option<String>)>,
    /// Period, or all.
    pub period: Option<String>,
    /// Finest cells.
    pub cells: Vec<u32>,
}

/// Things grouped by the labels of keys: the finest cells of a scan, or the rows of a frame.
pub trait Grouped {
    /// How many there are.
    fn items(&self) -> u32;
    /// Code of a thing's label of a key.
    fn code(&self, item: u32, key: usize) -> u32;
    /// Labels of a key.
    fn labels(&self, key: usize) -> &[Label];
    /// The scan whose keys they are.
    fn scan(&self) -> &Scan;
}

/// The rows of a frame as things that are grouped.
pub(super) struct Rows<'a> {
    pub scan: &'a Scan,
    pub frame: &'a Frame,
}

impl Grouped for Rows<'_> {
    fn items(&self) -> u32 {
        self.frame.rows()
    }

    fn code(&self, item: u32, key: usize) -> u32 {
        self.frame.keys[key].of_row[item as usize]
    }

    fn labels(&self, key: usize) -> &[Label] {
        &self.frame.keys[key].labels
    }

    fn scan(&self) -> &Scan {
        self.scan
    }
}

impl Grouped for Measured<'_> {
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

/// All places of an indicator's results, the total first; `programmes` have a place each, rows or not.
pub fn places(
    grouped: &dyn Grouped,
    cut: &Cut,
    dataset: &Dataset,
    programmes: &[String],
) -> Vec<Place> {
    let all: Vec<u32> = (0..grouped.items()).collect();
    let everything = wholes_of(grouped, cut, &all, None);
    let mut places = vec![Place {
        cells: everything.clone(),
        ..Place::default()
    }];
    if let Some(key) = cut.programme {
        let mut by_programme = split(grouped, key, &everything);
        for id in programmes {
            let cells = by_programme.remove(&Some(id.clone())).unwrap_or_default();
            places.push(Place {
                programme: Some(id.clone()),
                cells,
                ..Place::default()
            });
        }
        for (label, cells) in by_programme {
            places.extend(label.map(|id| Place {
                programme: Some(id),
                cells,
                ..Place::default()
            }));
        }
    }
    let wholes: Vec<Place> = places.clone();
    let of_programme = |id: &Option<String>| -> Vec<u32> {
        let (Some(id), Some(key)) = (id, cut.programme) else {
            return all.clone();
        };
        let mut parts = split(grouped, key, &all);
        parts.remove(&Some(id.clone())).unwrap_or_default()
    };
    for (name, key) in &cut.by {
        let is_split = cut.totals.iter().any(|t| t.column == *name);
        for whole in &wholes {
            let parts = match is_split {
                // Where results are split by it, every value has a place.
                true => wholes_of(grouped, cut, &of_programme(&whole.programme), Some(name)),
                false => whole.cells.clone(),
            };
            let mut parts: Vec<(Option<String>, Vec<u32>)> =
                split(grouped, *key, &parts).into_iter().collect();
            let categories = categories(grouped, dataset, name);
            parts.sort_by_key(|(label, _)| rank(label.as_deref(), &categories));
            for (label, cells) in parts {
                places.push(Place {
                    group: Some((name.clone(), label)),
                    cells,
                    programme: whole.programme.clone(),
                    period: None,
                });
            }
        }
    }
    if let Some(key) = cut.period {
        for whole in &wholes {
            for (label, cells) in split(grouped, key, &whole.cells) {
                if let Some(period) = label {
                    places.push(Place {
                        period: Some(period),
                        cells,
                        programme: whole.programme.clone(),
                        group: None,
                    });
                }
            }
        }
    }
    places
}

/// Of some cells those that count: where columns have a value for the sum of the others, the rows with that value. `but` names a
/// column that results are split by.
fn wholes_of(grouped: &dyn Grouped, cut: &Cut, cells: &[u32], but: Option<&String>) -> Vec<u32> {
    let mut kept = cells.to_vec();
    for whole in cut.totals.iter().filter(|t| but != Some(&t.column)) {
        kept.retain(|cell| {
            let code = grouped.code(*cell, whole.key) as usize;
            match grouped.labels(whole.key).get(code) {
                Some(Some(label)) => **label == *whole.total,
                // A row without a value is a total too.
                _ => true,
            }
        });
    }
    kept
}

/// Rows that name no programme are in the total only; the reader is told.
/// `used` gives the rows used of a thing.
pub fn without_programme(
    grouped: &dyn Grouped,
    cut: &Cut,
    used: &dyn Fn(u32) -> f64,
    hide: bool,
) -> Option<String> {
    let key = cut.programme?;
    let unnamed = |item: &u32| {
        let code = grouped.code(*item, key) as usize;
        grouped.labels(key).get(code).is_some_and(Option::is_none)
    };
    let rows: f64 = (0..grouped.items()).filter(unnamed).map(used).sum();
    let rows_name = match (rows, hide) {
        (_, true) => "Some rows name".to_owned(),
        (1.0, false) => "1 row names".to_owned(),
        _ => format!("{rows} rows name"),
    };
    (rows > 0.0).then(|| format!("{rows_name} no programme and count in the total only."))
}

fn split(grouped: &dyn Grouped, key: usize, cells: &[u32]) -> BTreeMap<Option<String>, Vec<u32>> {
    let mut by_code: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for cell in cells {
        by_code
            .entry(grouped.code(*cell, key))
            .or_default()
            .push(*cell);
    }
    let label = |code: u32| -> Option<String> {
        let label: Option<&Label> = grouped.labels(key).get(code as usize);
        label.and_then(|l| l.as_ref().map(ToString::to_string))
    };
    by_code
        .into_iter()
        .map(|(code, cells)| (label(code), cells))
        .collect()
}

/// Categories of the column that a disaggregation names, in their declared order.
fn categories(grouped: &dyn Grouped, dataset: &Dataset, name: &str) -> Vec<String> {
    let path: Vec<String> = name.split('.').map(str::to_owned).collect();
    let resolved = grouped
        .scan()
        .columns
        .iter()
        .find(|(p, _)| *p == path)
        .map(|(_, r)| r);
    let table = match resolved.and_then(|r| r.joins.last()) {
        Some(join) => dataset.tables.iter().find(|t| t.name == join.table),
        None => dataset.tables.get(grouped.scan().table),
    };
    let column = resolved.zip(table).and_then(|(r, t)| t.column(&r.column));
    column
        .map(|c| {
            c.categories
                .iter()
                .map(|(value, _)| value.clone())
                .collect()
        })
        .unwrap_or_default()
}

/// Declared categories first, then numbers by size, then words; missing last.
fn rank(label: Option<&str>, categories: &[String]) -> (u8, usize, u64, String) {
    let Some(label) = label else {
        return (3, 0, 0, String::new());
    };
    if let Some(at) = categories.iter().position(|c| c == label) {
        return (0, at, 0, String::new());
    }
    match label.parse::<f64>() {
        // Order-preserving bits of a float.
        Ok(x) => {
            let bits = x.to_bits();
            (
                1,
                0,
                if bits >> 63 == 1 {
                    !bits
                } else {
                    bits | 1 << 63
                },
                String::new(),
            )
        }
        Err(_) => (2, 0, 0, label.to_owned()),
    }
}
