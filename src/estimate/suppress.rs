//! Protection of persons in small groups: values of groups with too few persons are withheld, and a second one where a
//! single gap could be filled from the total.

use crate::outcome::{Estimate, Status};
use std::collections::BTreeMap;

/// Estimates that add up to one above them: programme, column or group, period, and which way they add up.
type Family = (Option<String>, Option<String>, Option<String>, u8);

/// Withholds estimates of fewer than `least` persons (`persons` by estimate, 0 where there are none).
pub fn suppress(estimates: &mut [Estimate], persons: &[u64], least: u64) {
    if least == 0 {
        return;
    }
    for (estimate, persons) in estimates.iter_mut().zip(persons) {
        if *persons > 0 && *persons < least {
            withhold(estimate);
        }
    }
    // Estimates that add up to one shown above them: same programme and column (or period), or all programmes.
    let mut families: BTreeMap<Family, Vec<usize>> = BTreeMap::new();
    for (at, estimate) in estimates.iter().enumerate() {
        let column = estimate.group.as_ref().map(|(column, _)| column.clone());
        let programme = estimate.programme.clone();
        if column.is_some() {
            families
                .entry((programme, column, None, 0))
                .or_default()
                .push(at);
        } else if estimate.period.is_some() {
            families
                .entry((programme, None, None, 1))
                .or_default()
                .push(at);
        }
        if estimate.programme.is_some() {
            let group = estimate.group.as_ref().map(|(c, g)| format!("{c}={g:?}"));
            families
                .entry((None, group, estimate.period.clone(), 2))
                .or_default()
                .push(at);
        }
    }
    for members in families.values() {
        let withheld = members
            .iter()
            .filter(|at| estimates[**at].status == Status::Suppressed)
            .count();
        let smallest = members
            .iter()
            .filter(|at| persons[**at] >= least && estimates[**at].status != Status::Suppressed);
        if withheld == 1
            && let Some(at) = smallest.min_by_key(|at| (persons[**at], **at))
        {
            withhold(&mut estimates[*at]);
        }
    }
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
