//! How the tables of `compute` look.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::outcome::{Definition, Direction, Interval, Kind, Side, Status};

fn cell(programme: Option<&str>, status: Status, value: Option<f64>) -> Estimate {
    Estimate {
        programme: programme.map(str::to_owned),
        group: None,
        period: None,
        status,
        value,
        parts: value.map(|v| (v * 100.0, 100.0)),
        interval: None,
        no_interval: None,
        n: 100,
        missing: 3,
    }
}

fn indicator(estimates: Vec<Estimate>) -> IndicatorResult {
    IndicatorResult {
        definition: Definition {
            id: "claims-adopted".into(),
            name: "Claims adopted".into(),
            kind: Kind::Process,
            dimension: "participation".into(),
            side: Side::Origin,
            question: "?".into(),
            words: String::new(),
            formula: String::new(),
            numerator: String::new(),
            denominator: String::new(),
            verification: String::new(),
            criteria: vec![],
            unit: "%".into(),
            direction: Direction::HigherIsBetter,
            source: String::new(),
            limits: String::new(),
            rows: Vec::new(),
            hash: String::new(),
        },
        not_computable: None,
        sampling: Some(Sampling::Sample),
        method: String::new(),
        estimates,
        details: Vec::new(),
        targets: Vec::new(),
        rows: None,
        remarks: Vec::new(),
        rounded: None,
    }
}

fn outcome(indicators: Vec<IndicatorResult>) -> Outcome {
    let audit = serde_json::json!({ "cells": [], "by_kind": [], "by_side": [], "blind_dimensions": [], "verdict": [],
        "output_only": false });
    let whole = serde_json::json!({
        "format": crate::outcome::FORMAT,
        "evaluation": { "title": "T", "locale": "en", "confidence": 0.95, "seed": 1, "small_cells": 5 },
        "programmes": [{ "id": "P1", "name": "Haarlem-Emirdag" }], "indicators": [], "audit": audit,
        "quality": { "tables": [], "findings": { "listed": [], "counts": [] } },
        "provenance": { "codev": "0", "files": [] },
    });
    Outcome {
        plan: None,
        indicators,
        ..serde_json::from_value(whole).unwrap()
    }
}

#[test]
fn statuses_are_words_and_zero_is_a_number() {
    let mut total = cell(None, Status::Value, Some(0.15));
    total.interval = Some(Interval {
        low: 0.1,
        high: 0.2,
        se: 0.025,
        df: 30.0,
        clusters: 31,
        kind: crate::outcome::IntervalKind::Jackknife,
        design_effect: None,
    });
    let cells = vec![
        total,
        cell(Some("P1"), Status::Value, Some(0.0)),
        cell(Some("P2"), Status::NoRows, None),
        cell(Some("P3"), Status::Suppressed, None),
    ];
    let shown = tables(&outcome(vec![indicator(cells)]));
    let line = |word: &str| {
        shown
            .lines()
            .find(|l| l.contains(word))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(
        shown.starts_with("Claims adopted (claims-adopted, in %)"),
        "{shown}"
    );
    assert!(line("all programmes").contains("15/100"), "{shown}");
    assert!(line("Haarlem-Emirdag (P1)").contains("0/100"), "{shown}");
    assert!(
        line("P2").contains("no rows") && !line("P2").contains("0/"),
        "{shown}"
    );
    assert!(line("P3").contains("suppressed"), "{shown}");
}

#[test]
fn crossings_are_counted_and_left_to_the_files() {
    let mut crossed = cell(Some("P1"), Status::Value, Some(0.5));
    crossed.group = Some(("group".into(), None));
    let mut group = cell(None, Status::Value, Some(0.25));
    group.group = Some(("group".into(), None));
    let shown = tables(&outcome(vec![indicator(vec![group, crossed])]));
    assert!(shown.contains("group: (missing)"), "{shown}");
    assert!(shown.contains("1 more cells"), "{shown}");
}

#[test]
fn what_could_not_be_computed_says_why() {
    let mut failed = indicator(Vec::new());
    failed.not_computable = Some("the table \"decisions\" is not there".into());
    let shown = tables(&outcome(vec![failed]));
    assert!(
        shown.contains("not computable: the table \"decisions\" is not there"),
        "{shown}"
    );
}
