//! What is known of the population, against the cells of a sample.

use super::calibration::Cells;
use super::{Sheet, labels};
use crate::dataset::Dataset;
use crate::engine;
use crate::engine::sums::Label;
use crate::evaluation::{CalibrateSetting, MarginNumbers, is_near_percent, margin_numbers};
use crate::finding::Stop;
use crate::outcome::{CalibratedCategory, CalibratedMargin};
use crate::plan::weights::SourceItem;
use crate::stats::Refused;
use std::collections::BTreeMap;

/// What a missing value is called.
const MISSING: &str = "(missing)";

/// A margin with a category for each value of `within`.
pub(super) struct Composite {
    pub name: String,
    pub labels: Vec<String>,
    pub targets: Vec<Option<f64>>,
    pub codes: Vec<Option<usize>>,
    /// Values of `within`, and category.
    parts: Vec<(Vec<String>, String)>,
}

/// What is known of a margin.
pub(super) struct Counts {
    /// Which columns of `within` it speaks of.
    within: Vec<bool>,
    /// Labels of those, and category.
    of: BTreeMap<(Vec<Label>, String), f64>,
}

impl Counts {
    pub fn written(categories: &BTreeMap<String, f64>) -> Counts {
        let each = categories.iter();
        Counts {
            within: vec![],
            of: each.map(|(c, x)| ((vec![], c.clone()), *x)).collect(),
        }
    }

    pub fn read(source: &SourceItem, dataset: &Dataset) -> Result<Result<Counts, Refused>, Stop> {
        let sums = engine::scan(dataset, &source.scan, &|_| {})?;
        let sheet = Sheet {
            scan: &source.scan,
            sums: &sums,
        };
        let mut counts = Counts {
            within: source.within.iter().map(Option::is_some).collect(),
            of: BTreeMap::new(),
        };
        let within: Vec<Option<usize>> = source
            .within
            .iter()
            .filter(|k| k.is_some())
            .copied()
            .collect();
        for at in 0..sums.cells.len() as u32 {
            let count = sums.components[source.count][at as usize];
            if count == 0.0 {
                continue;
            }
            let table = &dataset.tables[source.scan.table].name;
            let category = labels(&sheet, &[Some(source.category)], at).pop().flatten();
            let (true, Some(category)) = (count > 0.0, category) else {
                return Ok(Err(Refused::new(
                    format!("`{table}` has a negative count, or a count without category"),
                    "Correct those rows, or leave them out with `where`.",
                )));
            };
            let key = (labels(&sheet, &within, at), category.to_string());
            *counts.of.entry(key).or_default() += count;
        }
        if counts.of.is_empty() {
            return Ok(Err(Refused::new(
                format!(
                    "`{}` has no counts for a margin",
                    dataset.tables[source.scan.table].name
                ),
                "Correct `where` and `count`.",
            )));
        }
        Ok(Ok(counts))
    }

    /// Whether these are shares: whatever group they speak of, they add up to 1, or to 100 in percent.
    pub fn is_shares(&self) -> bool {
        let mut numbers: BTreeMap<&[Label], Vec<f64>> = BTreeMap::new();
        for ((group, _), x) in &self.of {
            numbers.entry(group.as_slice()).or_default().push(*x);
        }
        let shares = |numbers: &Vec<f64>| margin_numbers(numbers) == MarginNumbers::Shares;
        !numbers.is_empty() && numbers.values().all(shares)
    }

    /// Categories with their numbers, for some values of `within`.
    fn within(&self, values: &[Label]) -> BTreeMap<&str, f64> {
        let known: Vec<&Label> = values
            .iter()
            .zip(&self.within)
            .filter_map(|(value, known)| known.then_some(value))
            .collect();
        let own = self
            .of
            .iter()
            .filter(|((w, _), _)| w.iter().eq(known.iter().copied()));
        own.map(|((_, category), x)| (category.as_str(), *x))
            .collect()
    }
}

/// The margins, each with its categories for each value of `within`.
pub(super) fn composites(
    cells: &Cells,
    (setting, orders): (&CalibrateSetting, &[Vec<String>]),
    given: &[Counts],
) -> Result<Vec<Composite>, Refused> {
    let width = setting.within.len();
    let mut groups: BTreeMap<&[Label], f64> = BTreeMap::new();
    for (labels, sums) in cells.labels.iter().zip(&cells.sums) {
        if sums[0] > 0.0 {
            *groups.entry(&labels[..width]).or_default() += sums[1];
        }
    }
    let mut groups: Vec<(&[Label], f64)> = groups.into_iter().collect();
    let rank = |at: usize, value: &str| -> (usize, String) {
        let order = orders.get(at).map_or(&[][..], Vec::as_slice);
        let place = order.iter().position(|c| c == value);
        (place.unwrap_or(usize::MAX), value.to_owned())
    };
    groups.sort_by_cached_key(|(labels, _)| {
        let each = labels.iter().enumerate();
        each.map(|(at, l)| rank(at, l.as_deref().unwrap_or(MISSING)))
            .collect::<Vec<_>>()
    });
    let mut composites = Vec::new();
    let mut totals: BTreeMap<&[Label], f64> = BTreeMap::new();
    for (at, (margin, counts)) in setting.margins.iter().zip(given).enumerate() {
        let mut composite = Composite {
            name: margin.column.clone(),
            labels: vec![],
            targets: vec![],
            codes: vec![None; cells.labels.len()],
            parts: vec![],
        };
        let missing: f64 = cells
            .labels
            .iter()
            .zip(&cells.sums)
            .filter(|(labels, _)| labels[width + at].is_none())
            .map(|(_, sums)| sums[0])
            .sum();
        if missing > 0.0 {
            return Err(Refused::new(
                format!(
                    "{missing} rows have no {}, which is a margin",
                    margin.column
                ),
                "Fill it in, leave those rows out of the data, or leave that margin out.",
            ));
        }
        for (group, own) in groups.iter().copied() {
            let said = words(setting, group);
            let mut numbers: Vec<(&str, f64)> = counts.within(group).into_iter().collect();
            numbers.sort_by_cached_key(|(category, _)| rank(width + at, category));
            let sum: f64 = numbers.iter().map(|(_, x)| x).sum();
            if sum <= 0.0 {
                return Err(Refused::new(
                    format!("the margin {} has no counts for {said}", margin.column),
                    "Add them to the table that the counts are taken from.",
                ));
            }
            let rows: f64 = cells
                .labels
                .iter()
                .zip(&cells.sums)
                .filter(|(labels, _)| labels[..width] == *group)
                .map(|(_, sums)| sums[0])
                .sum();
            if !counts.is_shares() && is_near_percent(sum) && sum < rows {
                return Err(Refused::new(
                    format!(
                        "the margin {} adds up to {}, less than the {rows} rows of the sample: it looks like percentages that do not add up to 100",
                        margin.column,
                        tenths(sum)
                    ),
                    "Give percentages that add up to 100, shares that add up to 1, or the counts of the population.",
                ));
            }
            let total = match counts.is_shares() {
                true => setting
                    .total
                    .or_else(|| counted(given, group))
                    .unwrap_or(own),
                false => sum,
            };
            let first = *totals.entry(group).or_insert(total);
            if (total / first - 1.0).abs() > 0.01 {
                let place = if said.is_empty() {
                    String::new()
                } else {
                    format!(" for {said}")
                };
                return Err(Refused::new(
                    format!(
                        "the margins speak of different populations{place}: {} adds up to {}, {} to {}",
                        setting.margins[0].column,
                        tenths(first),
                        margin.column,
                        tenths(total)
                    ),
                    "Give all margins for the same population and the same time.",
                ));
            }
            composite.add(cells, (group, &said), at, &numbers, first / sum);
        }
        composites.push(composite);
    }
    Ok(composites)
}

/// What the first margin with counts adds up to for some values of `within`.
fn counted(given: &[Counts], group: &[Label]) -> Option<f64> {
    let counts = given.iter().find(|c| !c.is_shares())?;
    Some(counts.within(group).values().sum())
}

fn tenths(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// Values of `within` in words.
fn words(setting: &CalibrateSetting, group: &[Label]) -> String {
    let each = setting.within.iter().zip(group);
    let each = each.map(|(name, value)| format!("{name} {}", value.as_deref().unwrap_or(MISSING)));
    each.collect::<Vec<_>>().join(", ")
}

impl Composite {
    /// Adds the categories of a group.
    fn add(
        &mut self,
        cells: &Cells,
        (group, said): (&[Label], &str),
        margin: usize,
        numbers: &[(&str, f64)],
        scale: f64,
    ) {
        let width = group.len();
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        let mut code = |category: &str| match codes.get(category) {
            Some(code) => *code,
            None => {
                let next = self.labels.len();
                codes.insert(category.to_owned(), next);
                self.labels.push(match said {
                    "" => category.to_owned(),
                    said => format!("{category} ({said})"),
                });
                let number = numbers.iter().find(|(known, _)| *known == category);
                self.targets.push(number.map(|(_, x)| x * scale));
                let within = group
                    .iter()
                    .map(|v| v.as_deref().unwrap_or(MISSING).to_owned());
                self.parts.push((within.collect(), category.to_owned()));
                next
            }
        };
        numbers.iter().for_each(|(category, _)| {
            code(category);
        });
        for (cell, labels) in cells.labels.iter().enumerate() {
            if labels[..width] == *group
                && cells.sums[cell][0] > 0.0
                && let Some(category) = &labels[width + margin]
            {
                self.codes[cell] = Some(code(category));
            }
        }
    }

    /// The margin before anything is calibrated.
    pub fn told(&self, column: &str, cells: &Cells) -> CalibratedMargin {
        let mut sums = vec![[0.0; 2]; self.labels.len()];
        for (code, own) in self.codes.iter().zip(&cells.sums) {
            if let Some(code) = code {
                sums[*code][0] += own[0];
                sums[*code][1] += own[1];
            }
        }
        let categories = self.parts.iter().zip(&self.targets).zip(sums);
        CalibratedMargin {
            column: column.to_owned(),
            categories: categories
                .map(
                    |(((within, category), target), [rows, before])| CalibratedCategory {
                        within: within.clone(),
                        category: category.clone(),
                        rows: rows as u64,
                        target: target.unwrap_or(0.0),
                        before,
                        after: None,
                    },
                )
                .collect(),
        }
    }
}
