//! Effects as CSV, read back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::effects_csv;
use crate::report::fixture;
use std::collections::BTreeMap;

fn records() -> Vec<BTreeMap<String, String>> {
    let bytes = effects_csv(&fixture::effects(16)).unwrap();
    let mut reader = ::csv::Reader::from_reader(bytes.as_slice());
    reader.deserialize().map(|r| r.unwrap()).collect()
}

#[test]
fn every_estimate_has_a_row_at_full_precision() {
    let outcome = fixture::effects(16);
    let records = records();
    let expected: usize = outcome
        .effects
        .iter()
        .map(|e| {
            let events = e.events.as_ref().map_or(0, |e| e.points.len());
            1 + e.checks.len() + e.subgroups.len() + e.terms.len() + events
        })
        .sum();
    assert_eq!(records.len(), expected);
    for effect in &outcome.effects {
        let own = records
            .iter()
            .find(|r| r["effect"] == effect.id && r["kind"] == "estimate");
        let own = own.unwrap();
        let value = own["value"].parse::<f64>().ok();
        assert_eq!(
            value,
            effect.estimate.as_ref().map(|e| e.value),
            "{}",
            effect.id
        );
        let low = own["low"].parse::<f64>().ok();
        let interval = effect.estimate.as_ref().and_then(|e| e.interval);
        assert_eq!(low, interval.map(|i| i.0), "{}", effect.id);
    }
}

#[test]
fn what_could_not_be_estimated_says_why_and_has_no_number() {
    let records = records();
    let lost: Vec<_> = records
        .iter()
        .filter(|r| r["status"] == "not-estimable")
        .collect();
    assert!(lost.iter().any(|r| r["kind"] == "estimate"));
    assert!(lost.iter().any(|r| r["kind"] == "subgroup"));
    for row in lost {
        assert!(!row["reason"].is_empty() && row["value"].is_empty() && row["p"].is_empty());
    }
}
