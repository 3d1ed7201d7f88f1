//! Charts of profiles: drawn from any rows, and what must hold of each.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::check::faults;
use super::tests::{Raw, one_decimal};
use super::*;

fn words(text: &str) -> String {
    text.to_owned()
}

const KINDS: [&str; 4] = [
    "Output: economy and investment",
    "Output",
    "Process: participation",
    "",
];

fn heat(rows: &[Raw], columns: usize) -> Svg {
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

fn crossed(rows: &[Raw]) -> Svg {
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

fn panels(rows: &[Raw], per: usize) -> Svg {
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

fn ranks(rows: &[Raw]) -> Svg {
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

fn many(count: usize) -> Vec<Raw> {
    super::tests::raw(count)
}

#[test]
fn five_hundred_programmes_can_be_drawn() {
    let rows = many(499);
    for (kind, svg) in [
        ("heat map", heat(&rows, 80)),
        ("plane", crossed(&rows)),
        ("multiples", panels(&rows, 25)),
        ("trend", ranks(&rows)),
    ] {
        for document in [&svg.wide, &svg.narrow] {
            let found = faults(document);
            assert!(found.is_empty(), "{kind}: {found:#?}");
            // A page with it still opens.
            assert!(document.len() < 1_500_000, "{kind}: {}", document.len());
        }
    }
}

#[test]
fn a_heat_map_tells_missing_withheld_and_zero_apart() {
    let row = |label: &str, cells: Vec<HeatCell>| HeatRow {
        label: words(label),
        cells,
    };
    let column = |label: &str| HeatColumn {
        label: words(label),
        group: String::new(),
    };
    let drawn = |rows: Vec<HeatRow>| {
        heat_map(&HeatMap {
            title: words("Profiles"),
            unit: String::new(),
            low: words("worse"),
            high: words("better"),
            columns: vec![column("Trust"), column("Contact")],
            rows,
            format: &one_decimal,
        })
        .unwrap()
    };
    use HeatCell::{Missing, Value, Withheld};
    let svg = drawn(vec![
        row("A", vec![Value(0.0), Value(2.5)]),
        row("B", vec![Value(-1.2), Missing]),
        row("C", vec![Withheld]),
    ]);
    assert_eq!(
        svg.alt,
        "Heat map: Profiles. 3 rows, 2 columns. 2 cells above zero (better), 1 below (worse). \
         On average highest A 1.2, lowest B -1.2. 2 cells have no value. 1 cell is withheld."
            .replace("2 cells above", "1 cell above")
    );
    for document in [&svg.wide, &svg.narrow] {
        assert!(document.contains(">0.0</text>") && document.contains(">2.5</text>"));
        assert!(document.contains(">no value</text>") && document.contains(">withheld</text>"));
    }
    // Zero alone needs neither.
    let svg = drawn(vec![row("A", vec![Value(0.0), Value(0.0)])]);
    assert!(!svg.wide.contains(">no value</text>") && !svg.wide.contains(">withheld</text>"));
    let svg = drawn(vec![row("A", vec![Value(f64::NAN)])]);
    assert!(svg.alt.ends_with("No cell has a value."), "{}", svg.alt);
}

#[test]
fn colours_are_alike_on_both_sides_of_zero() {
    let shades: Vec<_> = (-4..=4).map(super::heat_map::shade).collect();
    let mut distinct: Vec<String> = shades.iter().map(|c| c.hex()).collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 9);
}

#[test]
fn parallel_lines_break_at_missing_values_and_say_who_is_best() {
    let axis = |label: &str, less| ParallelAxis {
        label: words(label),
        unit: words("%"),
        less_is_better: less,
        format: &one_decimal,
    };
    let line = |label: &str, values: &[Option<f64>]| ParallelLine {
        label: words(label),
        values: values.to_vec(),
    };
    let drawn = |lines| {
        parallel(&Parallel {
            title: words("Two"),
            unit: String::new(),
            axes: vec![
                axis("Trust", false),
                axis("Delay", true),
                axis("Cost", true),
            ],
            lines,
        })
        .unwrap()
    };
    let svg = drawn(vec![
        line("A", &[Some(3.0), Some(9.0), Some(1.0)]),
        line("B", &[Some(2.0), None, Some(4.0)]),
    ]);
    assert_eq!(
        svg.alt,
        "Parallel coordinates: Two. 2 lines, 3 axes. A: best in Trust, Cost. B: last in Trust, Cost; no value in 1."
    );
    let lines = |svg: &Svg| {
        let thick = "stroke-width=\"2\"";
        svg.wide.matches(thick).count()
    };
    // One line of three values; the other has none between two axes.
    assert_eq!(lines(&svg), 1);
    assert!(svg.wide.contains("no value; the line is broken there"));
    let nine = drawn(
        (0..9)
            .map(|i| line(&format!("P{i}"), &[Some(f64::from(i))]))
            .collect(),
    );
    assert!(
        nine.wide
            .contains("Shown are the first 8 lines; 1 more are left out.")
    );
}

#[test]
fn cases_are_sorted_by_what_they_say_of_the_claim() {
    let case = |label: &str, condition, outcome| XyCase {
        label: words(label),
        condition,
        outcome,
    };
    let drawn = |relation| {
        xy_plot(&XyPlot {
            title: words("Claim"),
            condition_label: words("X"),
            outcome_label: words("Y"),
            cases: vec![
                case("typical", 0.7, 0.8),
                case("degree", 0.9, 0.6),
                case("against", 0.8, 0.2),
                case("elsewhere", 0.1, 0.9),
                case("neither", 0.1, 0.2),
                case("half", 0.5, 0.9),
                case("wrong", 1.2, 0.9),
            ],
            relation,
            notes: vec![words("Inclusion 0.70.")],
            format: &one_decimal,
        })
        .unwrap()
        .alt
    };
    assert_eq!(
        drawn(Relation::Sufficient),
        "Plot of memberships: Claim. 7 cases, X across, Y upwards. Typical 1; deviant in degree 1; deviant in consistency against; \
         deviant in coverage 1; irrelevant 1; neither in nor out 1. 1 case without memberships. Inclusion 0.70."
    );
    // For necessity the sides change places.
    assert!(
        drawn(Relation::Necessary)
            .contains("deviant in consistency elsewhere; deviant in relevance 1")
    );
}

#[test]
fn a_plane_counts_what_is_in_a_quarter_for_sure() {
    let point = |x: f64, y: f64, half: Option<f64>| PlanePoint {
        label: words("P"),
        x,
        y,
        x_interval: half.map(|h| (x - h, x + h)),
        y_interval: half.map(|h| (y - h, y + h)),
    };
    let svg = plane(&Plane {
        title: words("Scores"),
        x_label: words("Output"),
        y_label: words("Process"),
        quadrants: ["process only", "both", "neither", "output only"].map(str::to_owned),
        points: vec![
            point(1.0, 1.0, Some(0.5)),
            point(1.0, 1.0, Some(1.5)),
            point(-1.0, 1.0, None),
        ],
        counts: true,
        notes: vec![words("No association.")],
        format: &one_decimal,
    })
    .unwrap();
    assert!(svg.wide.contains(">both: 2 (1 for sure)</text>"));
    assert!(
        svg.alt
            .contains("Of 2 points with intervals, 1 has zero in neither."),
        "{}",
        svg.alt
    );
    assert!(svg.alt.ends_with("No association."));
}

#[test]
fn panels_share_a_scale_and_name_their_ends() {
    let svg = panels(&many(20), 7);
    assert!(
        svg.alt.starts_with("Panels of dots: Trust among neighbours, by country (% of persons). 3 panels, 21 rows. Highest "),
        "{}",
        svg.alt
    );
    assert!(svg.alt.ends_with("3 rows have no value."), "{}", svg.alt);
}

#[test]
fn ranks_are_not_joined_over_a_break() {
    let line = TrendLine {
        label: words("A"),
        points: [3.0, 2.0, 1.0, 1.0]
            .map(|value| {
                Some(TrendPoint {
                    value,
                    interval: None,
                })
            })
            .to_vec(),
        named: true,
    };
    let drawn = |breaks: Vec<(usize, String)>| {
        trend(&Trend {
            title: words("Ranks"),
            unit: String::new(),
            periods: ["2018", "2019", "2020", "2021"].map(words).to_vec(),
            breaks,
            lines: vec![line.clone()],
            low_on_top: true,
            format: &|v| format!("{v:.0}"),
        })
        .unwrap()
    };
    let lines = |svg: &Svg| svg.wide.matches("stroke-width=\"2.2\"").count();
    assert_eq!(lines(&drawn(Vec::new())), 1);
    let svg = drawn(vec![(2, words("another question"))]);
    assert_eq!(lines(&svg), 2);
    assert_eq!(
        svg.alt,
        "Lines over periods: Ranks. 1 line, 4 periods. A from 3 to 1. 2020 can't be compared with 2019: another question."
    );
}

/// Writes the charts for eyes where `CODEV_PICTURES` names a folder.
#[test]
fn pictures_for_eyes() {
    let Ok(folder) = std::env::var("CODEV_PICTURES") else {
        return;
    };
    for count in [2, 11, 23, 499] {
        let rows = many(count);
        let mut all = profiles(&rows);
        if count == 499 {
            all = vec![
                ("heat map 80", heat(&rows, 80)),
                ("plane with intervals", crossed(&rows)),
                ("multiples", panels(&rows, 25)),
                ("trend", ranks(&rows)),
            ];
        }
        for (kind, svg) in all {
            for (layout, document) in [("wide", &svg.wide), ("narrow", &svg.narrow)] {
                let path = format!("{folder}/{}-{count}-{layout}.svg", kind.replace(' ', "-"));
                std::fs::write(path, document).unwrap();
            }
        }
    }
}
