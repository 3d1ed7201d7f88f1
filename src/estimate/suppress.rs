//! Protection of persons in small groups: values of groups with too few persons are withheld, and further ones where a
//! gap could be filled by subtraction.

use crate::outcome::{Estimate, Status};
use std::collections::BTreeMap;

/// Programme, group and period of an estimate.
type Place = (
    Option<String>,
    Option<(String, Option<String>)>,
    Option<String>,
);

/// A family: the estimate above, and along what it is split (a column, the periods, the programmes).
type Family = (Place, String);

/// How many persons stand behind an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Persons {
    /// The smallest number of persons, above zero, that some part of the value rests on.
    pub fewest: u64,
    /// Persons in the cell.
    pub all: u64,
}

/// Withholds estimates that rest on fewer than `least` persons. Estimates over the same rows (`rows`: equal numbers for
/// equal rows) share their fate; of the parts of a shown estimate never a single one is withheld.
pub fn suppress(estimates: &mut [Estimate], persons: &[Persons], rows: &[usize], least: u64) {
    if least == 0 {
        return;
    }
    let mut withheld: Vec<bool> = persons
        .iter()
        .map(|p| p.fewest > 0 && p.fewest < least)
        .collect();
    let place = |e: &Estimate| (e.programme.clone(), e.group.clone(), e.period.clone());
    let index: BTreeMap<Place, usize> = estimates
        .iter()
        .enumerate()
        .map(|(at, e)| (place(e), at))
        .collect();
    let families = families(estimates);
    loop {
        let before = withheld.iter().filter(|w| **w).count();
        let mut of_rows: BTreeMap<usize, bool> = BTreeMap::new();
        for (rows, withheld) in rows.iter().zip(&withheld) {
            *of_rows.entry(*rows).or_default() |= withheld;
        }
        for (rows, withheld) in rows.iter().zip(&mut withheld) {
            *withheld |= of_rows.get(rows).copied().unwrap_or(false);
        }
        for ((above, _), members) in &families {
            let shown_above = index.get(above).is_none_or(|at| !withheld[*at]);
            let gaps = members.iter().filter(|at| withheld[**at]).count();
            let candidates = members
                .iter()
                .filter(|at| !withheld[**at] && persons[**at].all > 0);
            if shown_above
                && gaps == 1
                && let Some(at) = candidates.min_by_key(|at| (persons[**at].all, **at))
            {
                withheld[*at] = true;
            }
        }
        if withheld.iter().filter(|w| **w).count() == before {
            break;
        }
    }
    for (estimate, withheld) in estimates.iter_mut().zip(withheld) {
        if withheld {
            withhold(estimate);
        }
    }
}

/// Estimates that add up to one above them: groups and periods of a programme (or of all), and programmes of a group,
/// a period or all.
fn families(estimates: &[Estimate]) -> BTreeMap<Family, Vec<usize>> {
    let mut families: BTreeMap<Family, Vec<usize>> = BTreeMap::new();
    for (at, estimate) in estimates.iter().enumerate() {
        let whole = (estimate.programme.clone(), None, None);
        if let Some((column, _)) = &estimate.group {
            let family = (whole, format!("column {column}"));
            families.entry(family).or_default().push(at);
        } else if estimate.period.is_some() {
            families
                .entry((whole, "periods".to_owned()))
                .or_default()
                .push(at);
        }
        if estimate.programme.is_some() {
            let above = (None, estimate.group.clone(), estimate.period.clone());
            families
                .entry((above, "programmes".to_owned()))
                .or_default()
                .push(at);
        }
    }
    families
}

fn withhold(estimate: &mut Estimate) {
    estimate.status = Status::Suppressed;
    estimate.value = None;
    estimate.parts = None;
    estimate.interval = None;
    estimate.no_interval = None;
    estimate.n = 0;
    estimate.missing = 0;
}
