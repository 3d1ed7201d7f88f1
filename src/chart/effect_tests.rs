//! Charts of effects: drawn from any rows, and what must hold of each.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::samples::{percent, share};
use super::tests::{Raw, one_decimal};
use super::*;

fn words(text: &str) -> String {
    text.to_owned()
}

/// One chart of each kind.
pub(super) fn effects(rows: &[Raw]) -> Vec<(&'static str, Svg)> {
    let ends = |r: &Raw, by: f64| r.1.map(|v| (v - by * r.2, v + by * r.2));
    let forest_row = |(i, r): (usize, &Raw)| ForestRow {
        label: r.0.clone(),
        group: format!("{} and a name as long as they get {}", r.0, i / 5),
        value: r.1,
        low: ends(r, 1.0).map(|e| e.0),
        high: ends(r, 1.0).map(|e| e.1),
        smallest: (i % 3 != 0).then_some(r.2 / 2.0),
        mark: i % 7,
        note: Some(words(
            "not estimable: the treatment does not vary: all 812 rows are treated",
        )),
        strong: r.3,
    };
    let point = |(i, r): (usize, &Raw)| EventStudyPoint {
        time: i as i64 - rows.len() as i64 / 2,
        value: r.1.unwrap_or(f64::NAN),
        interval: ends(r, 1.0),
        band: ends(r, 1.5).filter(|_| rows.len() % 2 == 1),
        reference: i + 1 == rows.len() / 2,
    };
    let value = |r: &Raw| r.1.unwrap_or(1.0);
    let love_row = |r: &Raw| LoveRow {
        label: r.0.clone(),
        difference: r.1.map(|v| v / 100.0),
        adjusted: r.1.filter(|v| *v > 0.0).map(|v| v / 900.0),
    };
    let bin = |r: &Raw| share(r.1).unwrap_or(0.0);
    let curve = |(i, r): (usize, &Raw)| PowerCurve {
        label: r.0.clone(),
        points: (0..20)
            .map(|k| (k as f64 * r.2, 1.0 - (-(k as f64) / (4.0 + i as f64)).exp()))
            .collect(),
    };
    let marks = [
        "descriptive",
        "before-after",
        "comparison",
        "quasi-experimental",
        "randomised",
    ];
    let title = || words("What changed, with a title that is long enough to be broken");
    let bins = rows.len();
    let drawn = [
        (
            "forest",
            forest(&Forest {
                title: title(),
                unit: words("points (1–5)"),
                rows: rows.iter().enumerate().map(forest_row).collect(),
                marks: marks.map(words).to_vec(),
                axis: &one_decimal,
                format: &one_decimal,
            }),
        ),
        (
            "event study",
            event_study(&EventStudyChart {
                title: title(),
                unit: words("points"),
                time_label: rows.first().map_or(String::new(), |r| r.0.clone()),
                points: rows.iter().enumerate().map(point).collect(),
                axis: &one_decimal,
                format: &one_decimal,
            }),
        ),
        (
            "interrupted",
            interrupted(&Interrupted {
                title: title(),
                unit: words("permits"),
                periods: rows.iter().map(|r| r.0.clone()).collect(),
                intervention: bins / 2,
                observed: rows.iter().map(|r| r.1).collect(),
                fitted: rows.iter().map(|r| Some(value(r))).collect(),
                counterfactual: rows
                    .iter()
                    .skip(bins / 2)
                    .map(|r| r.1.map(|v| v - r.2))
                    .collect(),
                control: rows.iter().map(|r| r.1.map(|v| v / 2.0)).collect(),
                format: &one_decimal,
            }),
        ),
        (
            "love",
            love(&Love {
                title: title(),
                denominator: words("standard deviation of the treated"),
                rows: rows.iter().map(love_row).collect(),
                format: &one_decimal,
            }),
        ),
        (
            "overlap",
            overlap(&OverlapChart {
                title: title(),
                unit: words("% of the group"),
                bounds: (0..=bins).map(|i| i as f64 / bins.max(1) as f64).collect(),
                above: (
                    rows.first().map_or(String::new(), |r| r.0.clone()),
                    rows.iter().map(bin).collect(),
                ),
                beneath: (words("others"), rows.iter().rev().map(bin).collect()),
                label: words("estimated chance of being treated"),
                limits: (vec![0.1, 0.9], words("0.1 and 0.9")),
                format: &percent,
                across: &one_decimal,
            }),
        ),
        (
            "association",
            association(&AssociationChart {
                title: title(),
                up_label: words("integration (index)"),
                over_label: rows.first().map_or(String::new(), |r| r.0.clone()),
                points: rows
                    .iter()
                    .enumerate()
                    .map(|(i, r)| AssociationPoint {
                        x: i as f64,
                        y: value(r),
                        n: 40 + i as u64,
                    })
                    .collect(),
                centre: (bins as f64 / 2.0, rows.first().map_or(0.0, value)),
                slope: rows.first().map_or(f64::NAN, |r| r.2),
                slopes: rows.first().map(|r| (-r.2, 2.0 * r.2)),
                up: &one_decimal,
                over: &one_decimal,
                slope_format: &one_decimal,
            }),
        ),
        (
            "power",
            power(&PowerChart {
                title: title(),
                unit: words("two-sided test at 5%"),
                over_label: words("effect, in points"),
                curves: rows.iter().enumerate().map(curve).collect(),
                wanted: 0.8,
                over: &one_decimal,
                power: &percent,
            }),
        ),
    ];
    drawn.map(|(kind, svg)| (kind, svg.unwrap())).to_vec()
}

fn row(label: &str, value: Option<f64>, half: f64) -> ForestRow {
    ForestRow {
        label: label.to_owned(),
        value,
        low: value.map(|v| v - half),
        high: value.map(|v| v + half),
        note: value.is_none().then(|| words("only one wave")),
        ..ForestRow::default()
    }
}

fn drawn_forest(rows: Vec<ForestRow>) -> Svg {
    let chart = Forest {
        title: words("Effects"),
        unit: words("points"),
        rows,
        marks: Vec::new(),
        axis: &one_decimal,
        format: &one_decimal,
    };
    forest(&chart).unwrap()
}

#[test]
fn a_forest_says_on_which_side_of_zero_intervals_lie_and_why_there_is_no_estimate() {
    let svg = drawn_forest(vec![
        row("A", Some(2.0), 1.0),
        row("B", Some(-3.0), 1.0),
        row("C", Some(0.5), 1.0),
        row("D", None, 0.0),
    ]);
    assert_eq!(
        svg.alt,
        "Forest plot: Effects (points). 4 rows. Lowest B -3.0, highest A 2.0. 1 row has no value. \
         Of 3 intervals, 1 above zero, 1 below, 1 with zero inside."
    );
    assert!(svg.wide.contains(">only one wave</text>"));
    assert!(svg.narrow.contains(">only one wave</text>"));
}

#[test]
fn a_forest_has_each_heading_once_and_shades_what_is_too_small() {
    let mut rows = vec![
        row("A", Some(2.0), 1.0),
        row("B", Some(1.0), 1.0),
        row("C", Some(1.5), 1.0),
    ];
    rows[0].group = words("Trust");
    rows[1].group = words("Trust");
    rows[2].group = words("Contact");
    rows[1].smallest = Some(0.5);
    let svg = drawn_forest(rows);
    for heading in [">Trust</text>", ">Contact</text>"] {
        assert_eq!(svg.wide.matches(heading).count(), 1);
    }
    // The shaded range of one row, and the square that explains it.
    let shade = format!("fill=\"{}\"", super::canvas::Colour::Measured.hex());
    assert_eq!(
        svg.wide
            .split("</style>")
            .nth(1)
            .unwrap()
            .matches(&shade)
            .count(),
        2
    );
}

#[test]
fn five_hundred_programmes_show_both_ends() {
    let rows = (0..500).map(|i| row(&format!("P{i}"), Some(f64::from(i)), 3.0));
    let svg = drawn_forest(rows.collect());
    assert!(
        svg.alt
            .contains("Shown are the 25 highest and 25 lowest rows; 450 more between.")
    );
    assert!(svg.wide.contains(">P499</text>") && !svg.wide.contains(">P250</text>"));
}

#[test]
fn an_event_study_tells_before_from_since_and_names_its_reference() {
    let point = |time, value: f64, half: f64| EventStudyPoint {
        time,
        value,
        interval: (time != -1).then_some((value - half, value + half)),
        band: None,
        reference: time == -1,
    };
    let svg = event_study(&EventStudyChart {
        title: words("Naturalisation rate"),
        unit: words("percentage points"),
        time_label: words("years since adoption"),
        points: vec![
            point(-2, 0.1, 0.5),
            point(-1, 0.0, 0.0),
            point(0, 1.0, 0.5),
            point(1, 2.0, 0.5),
        ],
        axis: &one_decimal,
        format: &one_decimal,
    })
    .unwrap();
    assert_eq!(
        svg.alt,
        "Event study: Naturalisation rate (percentage points). 2 periods before adoption, 2 since, by years since adoption. \
         Before adoption 0 of 1 period have an interval without zero. Since adoption from 1.0 at 0 to 2.0 at 1; 2 of 2 without zero."
    );
    assert!(svg.wide.contains("reference: zero by construction"));
    // Ticks are whole periods.
    assert!(svg.wide.contains(">\u{2212}1</text>") && !svg.wide.contains(">0.5</text>"));
}

#[test]
fn power_is_told_where_it_is_reached() {
    let curve = |label: &str, points: Vec<(f64, f64)>| PowerCurve {
        label: words(label),
        points,
    };
    let svg = power(&PowerChart {
        title: words("Power"),
        unit: String::new(),
        over_label: words("effect"),
        curves: vec![
            curve("20 clusters", vec![(0.0, 0.05), (1.0, 0.4), (2.0, 0.7)]),
            curve("40 clusters", vec![(0.0, 0.05), (1.0, 0.7), (2.0, 0.9)]),
        ],
        wanted: 0.8,
        over: &one_decimal,
        power: &percent,
    })
    .unwrap();
    assert_eq!(
        svg.alt,
        "Curves of power: Power. 2 curves over effect. 20 clusters does not reach 80 %; 40 clusters reaches 80 % at 1.5."
    );
}

#[test]
fn love_counts_what_differs_by_more_than_a_tenth() {
    let row = |difference, adjusted| LoveRow {
        label: words("age"),
        difference,
        adjusted,
    };
    let svg = love(&Love {
        title: words("Balance"),
        denominator: String::new(),
        rows: vec![
            row(Some(-0.3), Some(0.02)),
            row(Some(0.2), Some(0.15)),
            row(None, None),
        ],
        format: &one_decimal,
    })
    .unwrap();
    assert!(
        svg.alt
            .ends_with("2 farther than 0.1 from zero; after adjustment 1."),
        "{}",
        svg.alt
    );
    assert!(svg.wide.contains(">no standardised difference</text>"));
    assert!(svg.wide.contains("-0.3 → 0.0"));
}
