//! Charts of profiles, made from the rows that all charts are tested with.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::tests::{Raw, one_decimal};
use super::*;

pub(super) fn words(text: &str) -> String {
    text.to_owned()
}

const KINDS: [&str; 4] = [
    "Output: economy and investment",
    "Output",
    "Process: participation",
    "",
];

pub(super) fn heat(rows: &[Raw], columns: usize) -> Svg {
    let cell = |r: &Raw, i: usize, c: usize| match (r.1, (i * 13 + c * 7) % 11) {
        (Some(_), 4) => HeatCell::Withheld,
        (Some(v), k) if k != 9 => {
            HeatCell::Value((v - 30.0) / 25.0 + (k as f64 - 5.0) * r.2 / 12.0)
        }
        _ => HeatCell::Missing,
    };
    let column = |c: usize| HeatColumn {
        label: match c % 3 {
            0 => format!("Share of claims adopted by the council {c}"),
            1 => format!("Trust {c}"),
            _ => format!("Median days until a permit {c}"),
        },
        group: words(KINDS[c * 4 / columns.max(1)]),
    };
    heat_map(&HeatMap {
        title: words("Profiles of programmes"),
        unit: words("distance from the median, in median absolute deviations"),
        low: words("worse"),
        high: words("better"),
        columns: (0..columns).map(column).collect(),
        rows: rows
            .iter()
            .enumerate()
            .map(|(i, r)| HeatRow {
                label: r.0.clone(),
                cells: (0..columns).map(|c| cell(r, i, c)).collect(),
            })
            .collect(),
        format: &one_decimal,
    })
    .unwrap()
}

fn parallels(rows: &[Raw], axes: usize) -> Svg {
    let axis = |a: usize| ParallelAxis {
        label: match a % 2 {
            0 => words("Share of claims adopted"),
            _ => format!("Median days until a permit is given {a}"),
        },
        unit: words(["%", "days", "EUR per school", ""][a % 4]),
        less_is_better: a % 2 == 1,
        format: &one_decimal,
    };
    let line = |(i, r): (usize, &Raw)| ParallelLine {
        label: r.0.clone(),
        values: (0..axes)
            .map(|a| match (a, (i + a) % 5) {
                (3, _) => r.1.map(|_| 7.0),
                (_, 4) => None,
                (_, k) => r.1.map(|v| v * (k as f64 - 1.5) + r.2),
            })
            .collect(),
    };
    parallel(&Parallel {
        title: words("Programmes side by side, with a title that is long enough to be broken"),
        unit: String::new(),
        axes: (0..axes).map(axis).collect(),
        lines: rows.iter().enumerate().map(line).collect(),
    })
    .unwrap()
}

fn cases(rows: &[Raw], crisp: bool, relation: Relation) -> Svg {
    let member = |v: Option<f64>, by: f64| {
        let v = v.map_or(f64::NAN, |v| ((v + 20.0) * by / 100.0).rem_euclid(1.0));
        if crisp { v.round() } else { v }
    };
    xy_plot(&XyPlot {
        title: words("Is a decentralised state with an active diaspora enough?"),
        condition_label: words("membership in DECENTRALISED*~URBAN"),
        outcome_label: words("membership in co-development"),
        cases: rows
            .iter()
            .map(|r| XyCase {
                label: r.0.clone(),
                condition: member(r.1, 1.0),
                outcome: member(r.1, 1.0 + r.2 / 7.0),
            })
            .collect(),
        relation,
        notes: vec![words("Inclusion 0.87, PRI 0.80, coverage 0.61.")],
        format: &one_decimal,
    })
    .unwrap()
}

pub(super) fn crossed(rows: &[Raw]) -> Svg {
    let point = |(i, r): (usize, &Raw)| {
        let (x, y) = (
            r.1.map_or(f64::NAN, |v| (v - 30.0) / 25.0),
            r.2 * ((i * 29 % 31) as f64 - 15.0) / 30.0,
        );
        PlanePoint {
            label: r.0.clone(),
            x,
            y,
            x_interval: Some((x - r.2 / 8.0, x + r.2 / 8.0)),
            y_interval: (i % 4 != 1).then_some((y - r.2 / 6.0, y + r.2 / 5.0)),
        }
    };
    plane(&Plane {
        title: words("Output and process scores"),
        x_label: words("Output score"),
        y_label: words("Process score"),
        quadrants: ["process only", "both", "neither", "output only"].map(str::to_owned),
        points: rows.iter().enumerate().map(point).collect(),
        counts: true,
        notes: vec![words(
            "Spearman's correlation 0.31 (0.05 to 0.53), p = 0.02.",
        )],
        format: &one_decimal,
    })
    .unwrap()
}

pub(super) fn panels(rows: &[Raw], per: usize) -> Svg {
    let dot = |r: &Raw| Dot {
        label: r.0.clone(),
        value: r.1,
        low: r.1.map(|v| v - r.2),
        high: r.1.map(|v| v + r.2),
        note: None,
        strong: r.3,
    };
    let panel = |part: &[Raw]| DotPanel {
        label: part.first().map_or(String::new(), |r| r.0.clone()),
        dots: part.iter().map(dot).collect(),
    };
    multiples(&Multiples {
        title: words("Trust among neighbours, by country"),
        unit: words("% of persons"),
        panels: rows.chunks(per).map(panel).collect(),
        reference: Some((words("mean of all"), 31.5)),
        format: &one_decimal,
    })
    .unwrap()
}

pub(super) fn ranks(rows: &[Raw]) -> Svg {
    let total = rows.len() as i64;
    let rank = |i: usize, t: usize| {
        let wanted = (i * 7 + t * t * (i % 3)) as i64 % total.max(1);
        (wanted + 1) as f64
    };
    let line = |(i, r): (usize, &Raw)| TrendLine {
        label: r.0.clone(),
        points: (0..6)
            .map(|t| {
                (r.1.is_some() && (i + t) % 9 != 4).then(|| TrendPoint {
                    value: rank(i, t),
                    interval: (i % 4 == 0).then(|| {
                        (
                            (rank(i, t) - r.2).max(1.0),
                            (rank(i, t) + r.2).min(total as f64),
                        )
                    }),
                })
            })
            .collect(),
        named: i % 3 == 0 || rows.len() <= 12,
    };
    trend(&Trend {
        title: words("Ranks of programmes over time"),
        unit: words("rank by share of claims adopted; 1 is the best"),
        periods: (2018..2024).map(|y| y.to_string()).collect(),
        breaks: vec![(3, words("the survey asked other questions"))],
        lines: rows.iter().enumerate().map(line).collect(),
        low_on_top: true,
        format: &|v| format!("{v:.0}"),
    })
    .unwrap()
}

/// One chart of each kind, and some in several sizes.
pub(super) fn profiles(rows: &[Raw]) -> Vec<(&'static str, Svg)> {
    vec![
        ("heat map", heat(rows, 5)),
        ("wide heat map", heat(rows, 30)),
        ("parallel", parallels(rows, 5)),
        ("parallel of many axes", parallels(rows, 9)),
        ("memberships", cases(rows, false, Relation::Sufficient)),
        ("crisp memberships", cases(rows, true, Relation::Necessary)),
        ("plane with intervals", crossed(rows)),
        ("multiples", panels(rows, 7)),
        ("trend", ranks(rows)),
    ]
}
