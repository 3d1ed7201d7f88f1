//! Charts of measures made from the rows that all charts are tested with.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::tests::{Raw, one_decimal};
use super::*;

const SECTORS: [&str; 5] = [
    "government",
    "civil society",
    "migrant organisation",
    "école publique",
    "",
];

pub(super) fn nodes(rows: &[Raw]) -> Vec<Node> {
    let node = |(i, (label, value, ..)): (usize, &Raw)| Node {
        label: label.clone(),
        sector: SECTORS[i % SECTORS.len()].to_owned(),
        side: (i % 4 != 0).then(|| ["origin", "destination", "both", "none"][i % 4].to_owned()),
        size: *value,
    };
    rows.iter().enumerate().map(node).collect()
}

/// About two and a half ties for each actor, some of them odd; every seventh actor has none of its own.
pub(super) fn edges(rows: &[Raw], period: usize) -> Vec<Edge> {
    let n = rows.len().max(1);
    (0..n * 5 / 2)
        .filter(|i| i % 7 != period)
        .map(|i| Edge {
            from: i % n,
            to: (i * 7 + 3 * period + i / n * 11 + 1) % (n + 1),
            weight: rows.get(i % n).map_or(1.0, |r| r.2),
            class: (i % 3 != 0).then(|| ["before", "new", "a third kind"][i % 3].to_owned()),
        })
        .collect()
}

pub(super) fn share(value: Option<f64>) -> Option<f64> {
    Some((value? + 20.0).abs() / 200.0)
}

pub(super) fn percent(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

fn networks(rows: &[Raw]) -> [(&'static str, Svg); 2] {
    let words = |w: &[&str]| w.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let one = network(&Network {
        title: "Who is tied with whom".to_owned(),
        unit: "ties".to_owned(),
        nodes: nodes(rows),
        edges: edges(rows, 0),
        directed: true,
        sectors: words(&["government", "a sector that does not occur"]),
        sides: words(&["origin", "destination"]),
        classes: words(&["before", "new"]),
        size_label: Some("participants".to_owned()),
        format: &one_decimal,
    });
    let panels = [
        "before",
        "during, with a long name that has to be broken",
        "",
    ];
    let more = network_multiples(&NetworkMultiples {
        title: "Before, during and after".to_owned(),
        unit: "ties".to_owned(),
        nodes: nodes(rows),
        panels: (0..3)
            .map(|period| Panel {
                label: panels[period].to_owned(),
                edges: edges(rows, period),
            })
            .collect(),
        directed: false,
        sectors: Vec::new(),
        sides: Vec::new(),
        classes: Vec::new(),
        size_label: None,
        format: &one_decimal,
    });
    [("network", one.unwrap()), ("multiples", more.unwrap())]
}

fn matrix_chart(rows: &[Raw]) -> Svg {
    let names: Vec<String> = rows.iter().take(15).map(|r| r.0.clone()).collect();
    let cell = |r: usize, c: usize| match rows[(r * 3 + c) % rows.len()].1 {
        Some(value) if (r + c) % 5 != 4 => MatrixCell::Value(value),
        _ => MatrixCell::Without(if c.is_multiple_of(2) { "withheld" } else { "" }.to_owned()),
    };
    // A row too few: its cells have no number.
    let most = names.len().saturating_sub(1);
    matrix(&Matrix {
        title: "Ties by sector".to_owned(),
        unit: "ties".to_owned(),
        row_title: "from".to_owned(),
        column_title: "to".to_owned(),
        cells: (0..most)
            .map(|r| (0..names.len()).map(|c| cell(r, c)).collect())
            .collect(),
        columns: if rows.len().is_multiple_of(2) {
            names.clone()
        } else {
            names.iter().rev().cloned().collect()
        },
        rows: names,
        format: &one_decimal,
    })
    .unwrap()
}

fn likert_chart(rows: &[Raw]) -> Svg {
    let count = 2 + rows.len() % 14;
    let item = |(i, (label, value, ..)): (usize, &Raw)| LikertItem {
        label: label.clone(),
        shares: (0..count)
            .map(|c| share(*value).map(|v| (v + (c * i % 3) as f64) / (3 * count) as f64))
            .collect(),
        n: (i % 4 != 1).then(|| format!("n {}", i * 100)),
        reversed: i % 3 == 1,
        note: (i % 2 == 0).then(|| "withheld: fewer than ten answers".to_owned()),
    };
    likert(&Likert {
        title: "Answers".to_owned(),
        unit: "% of answers".to_owned(),
        categories: (0..count).map(|c| format!("category {c}")).collect(),
        items: rows.iter().enumerate().map(item).collect(),
        format: &percent,
    })
    .unwrap()
}

fn ratio_chart(rows: &[Raw]) -> Svg {
    let row = |(i, (label, value, half, strong)): (usize, &Raw)| RatioRow {
        label: label.clone(),
        ratio: value.map(|v| v / 20.0),
        low: value.map(|v| (v - half) / 20.0),
        high: match i % 5 {
            2 => Some(f64::INFINITY),
            _ => value.map(|v| (v + half) / 20.0),
        },
        participation: share(*value),
        population: (i % 4 != 3).then_some(0.125),
        note: Some("absent from participants".to_owned()),
        strong: *strong,
    };
    ratios(&Ratios {
        title: "Who takes part".to_owned(),
        unit: "ratio of shares".to_owned(),
        rows: rows.iter().enumerate().map(row).collect(),
        reference: "equal shares".to_owned(),
        format: &one_decimal,
        share: &percent,
    })
    .unwrap()
}

fn survival_chart(rows: &[Raw]) -> Svg {
    let curve = |(i, (label, value, half, _)): (usize, &Raw)| {
        let steps = (0..20).filter_map(|k| {
            let share = 1.0 - k as f64 / (20.0 + share(*value)?);
            Some(SurvivalStep {
                time: k as f64 * half,
                share,
                low: (k != 7).then_some(share - 0.05),
                high: Some(share + 0.05),
                at_risk: (k != 5).then_some((100 * i + 40 - k) as f64),
                censored: k % 4 == 1,
            })
        });
        SurvivalCurve {
            label: label.clone(),
            steps: steps.collect(),
            note: Some("withheld".to_owned()),
        }
    };
    survival(&Survival {
        title: "How long ties last".to_owned(),
        unit: "% of ties".to_owned(),
        time_label: "years since the tie was formed, by those who were asked".to_owned(),
        curves: rows.iter().take(8).enumerate().map(curve).collect(),
        format: &percent,
        time: &one_decimal,
        count: &|v| format!("{v:.0}"),
    })
    .unwrap()
}

/// One chart of each kind of measure.
pub(super) fn measures(rows: &[Raw]) -> Vec<(&'static str, Svg)> {
    let mut out: Vec<(&'static str, Svg)> = networks(rows).into();
    out.push(("matrix", matrix_chart(rows)));
    out.push(("likert", likert_chart(rows)));
    out.push(("ratios", ratio_chart(rows)));
    out.push(("survival", survival_chart(rows)));
    out
}
