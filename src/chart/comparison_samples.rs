//! Charts of a comparison made from the rows that all charts are tested with.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::samples::percent;
use super::tests::{Raw, one_decimal};
use super::*;

pub(super) fn words(text: &str) -> String {
    text.to_owned()
}

pub(super) fn count(value: f64) -> String {
    format!("{value:.0}")
}

/// A title, and a unit, that have to be broken.
fn title() -> String {
    words("Which programmes do better, with a title that is long enough to be broken")
}

fn ends(r: &Raw, by: f64) -> Option<(f64, f64)> {
    r.1.map(|v| (v - by * r.2, v + by * r.2))
}

pub(super) fn pooled(label: &str, group: &str) -> MetaPooled {
    MetaPooled {
        label: words(label),
        group: words(group),
        value: 2.0,
        low: 1.0,
        high: 3.5,
        prediction: Some((-4.0, 8.0)),
        weight: Some(1.0),
        second: false,
        heterogeneity: words(
            "tau² 4.1 (1.0 to 30.2), I² 62 %, Q 24.1 on 9 degrees of freedom, p 0.004",
        ),
    }
}

pub(super) fn meta(rows: &[Raw], groups: usize, ratio: bool) -> Svg {
    let row = |(i, r): (usize, &Raw)| MetaForestRow {
        label: r.0.clone(),
        group: match groups {
            0 => String::new(),
            n => format!("Group {} with a name as long as they get", i % n),
        },
        value: r.1,
        low: ends(r, 1.0).filter(|_| i % 6 != 5).map(|e| e.0),
        high: ends(r, 1.0).map(|e| e.1),
        weight: (i % 5 != 4).then_some(1.0 / (r.2 * r.2)),
        shrunken: (i % 4 != 3).then(|| r.1.unwrap_or(0.0) / 2.0),
        note: (i % 2 == 0).then(|| words("withheld: fewer than ten persons")),
    };
    let mut means = vec![pooled("All programmes, random effects", "")];
    means.extend((0..groups).map(|g| {
        let group = format!("Group {g} with a name as long as they get");
        pooled("random effects", &group)
    }));
    means.push(MetaPooled {
        second: true,
        value: rows.first().map_or(f64::NAN, |r| r.2),
        ..pooled("All programmes, fixed effect", "")
    });
    meta_forest(&MetaForest {
        title: title(),
        unit: words("difference in points"),
        rows: rows.iter().enumerate().map(row).collect(),
        pooled: means,
        null: if ratio { 1.0 } else { 0.0 },
        ratio,
        level: words("95 %"),
        sides: [
            words("fewer permits than without"),
            words("more permits than without"),
        ],
        format: &one_decimal,
        axis: &one_decimal,
        weight: &percent,
    })
    .unwrap()
}

fn ranks(rows: &[Raw]) -> Svg {
    let n = rows.len();
    let row = |(i, r): (usize, &Raw)| {
        let reach = (r.2.abs().min(1e6) as usize).min(n);
        let range = |by: usize| ((i + 1).saturating_sub(by).max(1), (i + 1 + by).min(n));
        RankRow {
            label: r.0.clone(),
            value: r.1,
            rank: r.1.map(|_| {
                if i % 5 == 1 {
                    (i + 1, (i + 2).min(n))
                } else {
                    (i + 1, i + 1)
                }
            }),
            marginal: (i % 6 != 5).then_some(range(reach)),
            simultaneous: (i % 4 != 3).then_some(range(2 * reach)),
            among_top: (i % 8 != 7).then_some(i < n / 3),
            note: (i % 3 == 0).then(|| words("withheld: fewer than ten persons")),
        }
    };
    rank_intervals(&RankIntervals {
        title: title(),
        unit: words("% of persons; more is better"),
        rows: rows.iter().enumerate().map(row).collect(),
        top: Some(10),
        level: words("95 %"),
        format: &one_decimal,
    })
    .unwrap()
}

fn margins(rows: &[Raw]) -> Svg {
    let all = [
        MarginVerdict::Equivalent,
        MarginVerdict::Better,
        MarginVerdict::Worse,
        MarginVerdict::NotEstablished,
    ];
    let row = |(i, r): (usize, &Raw)| MarginRow {
        label: r.0.clone(),
        group: format!("{} {}", r.0, i / 4),
        value: r.1,
        wide: ends(r, 1.2).filter(|_| i % 6 != 5),
        narrow: ends(r, 1.0).filter(|_| i % 7 != 6),
        verdict: all[i % 4],
        said: (i % 5 == 4).then(|| words("No worse than allowed, though far from certain")),
        note: (i % 2 == 0).then(|| words("withheld: fewer than ten persons")),
    };
    margin_plot(&MarginPlot {
        title: title(),
        unit: words("difference in points"),
        rows: rows.iter().enumerate().map(row).collect(),
        low: Some(-2.0),
        high: (rows.len() % 2 == 1).then_some(2.0),
        margin: rows.first().map_or(String::new(), |r| r.0.clone()),
        better: BetterSide::Left,
        wide_level: words("95 %"),
        narrow_level: words("90 %"),
        format: &one_decimal,
        axis: &one_decimal,
    })
    .unwrap()
}

fn small_studies(rows: &[Raw]) -> Svg {
    let point = |r: &Raw| FunnelPoint {
        label: r.0.clone(),
        value: r.1,
        error: Some(r.2 / 2.0),
    };
    let levels = vec![
        (words("differs from 0, p < 0.05"), 1.96),
        (words("p < 0.01"), 2.576),
    ];
    funnel(&Funnel {
        title: title(),
        unit: words("difference in points"),
        over_label: rows.first().map_or(String::new(), |r| r.0.clone()),
        points: rows.iter().map(point).collect(),
        centre: rows.first().and_then(|r| r.1).unwrap_or(30.0),
        limits: vec![(words("95 %"), 1.96), (words("99 %"), 2.576)],
        contours: rows.len().is_multiple_of(2).then_some((0.0, levels)),
        test: words("Egger's test: intercept 0.6 (95 % 0.0 to 1.2), p 0.04."),
        format: &one_decimal,
        axis: &one_decimal,
        error: &one_decimal,
    })
    .unwrap()
}

pub(super) fn pairs(rows: &[Raw], letters: bool) -> Svg {
    let row = |(i, r): (usize, &Raw)| DifferenceRow {
        label: r.0.clone(),
        group: if letters {
            String::new()
        } else {
            format!("{} {}", r.0, i / 4)
        },
        value: r.1,
        low: ends(r, 1.0).map(|e| e.0),
        high: ends(r, 1.0).filter(|_| i % 6 != 5).map(|e| e.1),
        second: if letters {
            words("abc")
        } else {
            format!("0.{}", i % 9)
        },
        differs: (!letters).then_some(i % 3 == 0),
        note: (i % 2 == 0).then(|| words("withheld: fewer than ten persons")),
        strong: r.3,
    };
    differences(&Differences {
        title: title(),
        unit: words("points"),
        rows: rows.iter().enumerate().map(row).collect(),
        null: (!letters).then_some(0.0),
        ratio: false,
        heading: words("difference [95 %, all at once]"),
        second: words(if letters { "letters" } else { "adjusted p" }),
        sides: [words("less"), String::new()],
        explanation: words(
            "Programmes that share a letter are not shown to differ (Tukey-Kramer, 5 %).",
        ),
        format: &one_decimal,
        axis: &one_decimal,
    })
    .unwrap()
}

/// One chart of each kind.
pub(super) fn comparisons(rows: &[Raw]) -> Vec<(&'static str, Svg)> {
    vec![
        ("meta-analysis", meta(rows, 3, false)),
        ("meta-analysis of ratios", meta(rows, 1, true)),
        ("league", ranks(rows)),
        ("margin", margins(rows)),
        ("funnel", small_studies(rows)),
        ("differences", pairs(rows, false)),
    ]
}
