//! What charts of profiles show.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::check::faults;
use super::profile_samples::{crossed, heat, panels, profiles, ranks, words};
use super::tests::{Raw, one_decimal};
use super::*;

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
