//! What holds for every chart.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::check::{faults, texts};
use super::*;
use proptest::prelude::*;

const NAMES: [&str; 8] = [
    "Saint-Denis – Kayes (eau et assainissement)",
    "Montreuil – Yélimané",
    "Barcelona – Kolda: formació i cooperatives de dones al sud del país",
    "Köln – Trabzon",
    "Donaudampfschifffahrtsgesellschaftskapitänsverein",
    "Lille – Saint-Louis",
    "جمعية المهاجرين في خريبكة",
    "吉林市 – Иркутск",
];

/// One row of anything: label, value, half an interval, strong.
pub(super) type Raw = (String, Option<f64>, f64, bool);

pub(super) fn raw(count: usize) -> Vec<Raw> {
    let mut rows: Vec<Raw> = (0..count)
        .map(|i| {
            let value = ((i * 37 + 11) % 101) as f64 - 20.0;
            let label = format!("{} {i}", NAMES[i % NAMES.len()]);
            (
                label,
                (i % 7 != 3).then_some(value),
                2.0 + (i % 5) as f64,
                false,
            )
        })
        .collect();
    rows.push(("All programmes".to_owned(), Some(31.5), 1.0, true));
    rows
}

pub(super) fn one_decimal(value: f64) -> String {
    format!("{value:.1}")
}

fn dot_chart(rows: &[Raw]) -> Svg {
    let dots_ = rows.iter().map(|(label, value, half, strong)| Dot {
        label: label.clone(),
        value: *value,
        low: value.map(|v| v - half),
        high: value.map(|v| v + half),
        note: value.is_none().then(|| "no rows".to_owned()),
        strong: *strong,
    });
    dots(&Dots {
        title: "Trust among neighbours".to_owned(),
        unit: "% of persons".to_owned(),
        dots: dots_.collect(),
        reference: Some(("average".to_owned(), 31.5)),
        format: &one_decimal,
    })
    .unwrap()
}

fn every(rows: &[Raw]) -> Vec<(&'static str, Svg)> {
    let title = "What was found, with a title that is long enough to be broken".to_owned();
    let unit = "% of persons".to_owned();
    let bar = |(label, value, _, strong): &Raw| Bar {
        label: label.clone(),
        value: *value,
        note: None,
        strong: *strong,
    };
    let target = |(label, value, half, _): &Raw| TargetRow {
        label: label.clone(),
        actual: *value,
        target: (*half > 3.0).then_some(half * 10.0),
        low: value.map(|v| v - half),
        high: value.map(|v| v + half),
        note: Some("no rows".to_owned()),
    };
    let line = |(label, value, half, strong): &Raw| Line {
        label: label.clone(),
        points: (0..9)
            .map(|i| {
                let v = (*value)? + half * (i * i % 7) as f64;
                (i != 4).then_some((v, Some(v - half), Some(v + half)))
            })
            .collect(),
        strong: *strong,
    };
    let point = |(i, (label, value, half, _)): (usize, &Raw)| PlanePoint {
        label: label.clone(),
        x: value.unwrap_or(f64::NAN) / 50.0,
        y: half * ((i * 29 % 31) as f64 - 15.0) / 50.0,
        ..PlanePoint::default()
    };
    let cell = |i: usize| GridCell {
        text: format!("{i} of 9"),
        level: (i % 3) as u8,
    };
    let mut out = vec![
        ("dots", dot_chart(rows)),
        (
            "bars",
            bars(&Bars {
                title: title.clone(),
                unit: unit.clone(),
                bars: rows.iter().map(bar).collect(),
                format: &one_decimal,
            })
            .unwrap(),
        ),
        (
            "targets",
            targets(&Targets {
                title: title.clone(),
                unit: unit.clone(),
                rows: rows.iter().map(target).collect(),
                format: &one_decimal,
            })
            .unwrap(),
        ),
        (
            "series",
            series(&Series {
                title: title.clone(),
                unit: unit.clone(),
                periods: (2016..2025).map(|y| y.to_string()).collect(),
                lines: rows.iter().map(line).collect(),
                format: &one_decimal,
            })
            .unwrap(),
        ),
        (
            "plane",
            plane(&Plane {
                title: title.clone(),
                x_label: "Output score".to_owned(),
                y_label: "Process score".to_owned(),
                quadrants: ["process only", "both", "neither", "output only"].map(str::to_owned),
                points: rows.iter().enumerate().map(point).collect(),
                counts: false,
                notes: Vec::new(),
                format: &one_decimal,
            })
            .unwrap(),
        ),
        (
            "grid",
            grid(&Grid {
                title,
                columns: ["Output", "Process", "Structure"]
                    .map(str::to_owned)
                    .to_vec(),
                rows: rows.iter().map(|r| r.0.clone()).collect(),
                cells: (0..rows.len())
                    .map(|r| (r..r + 3).map(cell).collect())
                    .collect(),
            })
            .unwrap(),
        ),
    ];
    out.extend(super::samples::measures(rows));
    out.extend(super::effect_tests::effects(rows));
    out.extend(super::comparison_samples::comparisons(rows));
    out.extend(super::profile_samples::profiles(rows));
    out
}

#[test]
fn no_text_is_cut_or_covered() {
    for count in [0, 1, 2, 3, 12, 24, 40, 90, 150] {
        for (kind, svg) in every(&raw(count)) {
            for (layout, document) in [("wide", &svg.wide), ("narrow", &svg.narrow)] {
                let found = faults(document);
                assert!(found.is_empty(), "{kind} {count} {layout}: {found:#?}");
            }
        }
    }
}

#[test]
fn the_checker_sees_overlap_and_overflow() {
    let text =
        |x: u32, words: &str| format!("<text x=\"{x}\" y=\"20\" font-size=\"12\">{words}</text>");
    let document = |inner: String| format!("<svg width=\"100\" height=\"40\">{inner}</svg>");
    assert!(faults(&document(text(2, "one"))).is_empty());
    assert_eq!(
        faults(&document(text(2, "one") + &text(10, "two"))).len(),
        1
    );
    assert_eq!(faults(&document(text(90, "three"))).len(), 1);
    assert_eq!(faults("<svg width=\"1\" height=\"1\"><g></svg>").len(), 1);
}

#[test]
fn a_name_is_never_markup() {
    let name = "<script>alert('x')</script> & \"co\" \u{0}\u{202E}";
    for (kind, svg) in every(&[(name.to_owned(), Some(1.0), 1.0, false)]) {
        for document in [&svg.wide, &svg.narrow, &outlined(&svg.wide)] {
            assert!(!document.contains("<script"), "{kind}");
            assert!(!document.contains(['\u{0}', '\u{202E}']), "{kind}");
            assert!(document.contains("&lt;script&gt;"), "{kind}");
            assert!(texts(document).is_ok(), "{kind}");
        }
    }
}

#[test]
fn missing_is_words_and_no_mark() {
    let missing = ("A".to_owned(), None, 0.0, false);
    let nan = ("B".to_owned(), Some(f64::NAN), 0.0, false);
    let svg = dot_chart(&[missing, nan]);
    assert!(svg.wide.contains("No values to show."));
    assert!(svg.wide.contains(">no rows</text>"));
    assert!(!svg.wide.contains("<circle"));
    assert_eq!(
        svg.alt,
        "Dot plot: Trust among neighbours (% of persons). 2 rows. None has a value. average: 31.5."
    );
    let zero = dot_chart(&[("A".to_owned(), Some(0.0), 0.0, false)]);
    assert!(zero.wide.contains("<circle"));
}

#[test]
fn a_gap_is_not_joined() {
    let line = |points: [Option<f64>; 5]| {
        let svg = series(&Series {
            title: String::new(),
            unit: String::new(),
            periods: vec![String::new(); 5],
            lines: vec![Line {
                label: "A".to_owned(),
                points: points.map(|p| p.map(|v| (v, None, None))).to_vec(),
                strong: false,
            }],
            format: &one_decimal,
        });
        svg.unwrap()
            .wide
            .matches("stroke-width=\"2\" points")
            .count()
    };
    assert_eq!(
        line([Some(1.0), Some(2.0), Some(1.0), Some(2.0), Some(3.0)]),
        1
    );
    assert_eq!(line([Some(1.0), Some(2.0), None, Some(2.0), Some(3.0)]), 2);
    assert_eq!(
        line([Some(1.0), Some(2.0), Some(f64::NAN), None, Some(3.0)]),
        1
    );
}

#[test]
fn alt_text_has_the_numbers_that_matter() {
    let row = |label: &str, value, strong| (label.to_owned(), value, 1.0, strong);
    let svg = dot_chart(&[
        row("A", Some(3.25), false),
        row("B", Some(9.0), false),
        row("C", None, false),
        row("Total", Some(5.0), true),
    ]);
    assert_eq!(
        svg.alt,
        "Dot plot: Trust among neighbours (% of persons). 4 rows. Lowest A 3.2, highest B 9.0; Total 5.0. \
         1 row has no value. average: 31.5."
    );
    assert!(svg.wide.contains(&format!("<desc>{}</desc>", svg.alt)));
    assert!(svg.narrow.contains("role=\"img\""));
}

#[test]
fn many_rows_show_both_ends_and_say_so() {
    let svg = dot_chart(&raw(90));
    let words = "Shown are the 25 highest and 25 lowest rows; 40 more between.";
    assert!(svg.alt.contains(words));
    assert!(svg.wide.contains(words));
    assert!(svg.wide.contains(">All programmes</text>"));
}

#[test]
fn a_shortened_name_keeps_the_full_one() {
    let name = "A very long name of a programme that goes on and on ".repeat(4);
    let svg = dot_chart(&[(name.clone(), Some(1.0), 1.0, false)]);
    assert!(svg.narrow.contains("…</text>"));
    assert!(
        svg.narrow
            .contains(&format!("<title>{}</title>", name.trim()))
    );
}

#[test]
fn outlines_replace_text_that_the_font_can_draw() {
    let svg = dot_chart(&[("Yélimané".to_owned(), Some(1.0), 1.0, false)]);
    let drawn = outlined(&svg.wide);
    assert!(!drawn.contains("<text"));
    assert!(drawn.contains("<path aria-label=\"Yélimané\""));
    let svg = dot_chart(&[("日本".to_owned(), Some(1.0), 1.0, false)]);
    assert_eq!(outlined(&svg.wide).matches("<text").count(), 1);
    assert_eq!(outlined("no chart <"), "no chart <");
}

#[test]
fn both_themes_have_contrast_for_text() {
    use super::canvas::{Colour, THEME};
    let luminance = |rgb: u32| {
        let part = |shift: u32| {
            let c = f64::from(rgb >> shift & 255) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    };
    let colour = |colour: Colour, dark: bool| {
        let found = THEME.iter().find(|(c, ..)| *c == colour).unwrap();
        luminance(if dark { found.3 } else { found.2 }) + 0.05
    };
    let mut pairs = vec![(Colour::Muted, Colour::Paper)];
    let heat = (0..6).map(Colour::Heat);
    let against = (1..5).map(Colour::Against);
    let grounds = [
        Colour::Paper,
        Colour::Blind,
        Colour::Asked,
        Colour::Measured,
    ];
    let grounds = grounds.into_iter().chain(heat).chain(against);
    pairs.extend(grounds.map(|ground| (Colour::Ink, ground)));
    for (text, ground) in pairs {
        for dark in [false, true] {
            let (a, b) = (colour(text, dark), colour(ground, dark));
            let found = (a / b).max(b / a);
            assert!(found >= 4.5, "{text:?} on {ground:?}, dark {dark}: {found}");
        }
    }
}

#[test]
fn every_colour_drawn_follows_the_theme() {
    for (kind, svg) in every(&raw(12)) {
        let (_, css) = svg.wide.split_once("<style>").unwrap();
        let (css, drawn) = css.split_once("</style>").unwrap();
        for property in ["fill", "stroke"] {
            for part in drawn.split(&format!(" {property}=\"#")).skip(1) {
                let rule = format!("[{property}=\"#{}\"]", &part[..6]);
                assert_eq!(css.matches(&rule).count(), 2, "{kind}: {rule}");
            }
        }
    }
}

#[test]
fn same_input_same_bytes() {
    assert_eq!(every(&raw(40)), every(&raw(40)));
}

#[test]
fn ticks_are_few_and_round() {
    let ticks = |values: &[f64]| {
        let scale = scale::Scale {
            domain: scale::Domain::of(values, &[], true).unwrap(),
            from: 100.0,
            to: 500.0,
        };
        let all = scale::across(&scale, &|v| v.to_string(), 12.0, 600.0);
        all.into_iter().map(|t| t.value).collect::<Vec<_>>()
    };
    assert_eq!(ticks(&[0.27]), [0.0, 0.05, 0.1, 0.15, 0.2, 0.25]);
    assert_eq!(ticks(&[-3.0, 7.0]), [-2.0, 0.0, 2.0, 4.0, 6.0]);
    assert_eq!(ticks(&[0.0]).first(), Some(&0.0));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn anything_can_be_drawn(
        rows in prop::collection::vec(
            (
                ".{0,60}",
                prop::option::of(prop_oneof![any::<f64>(), -1e3..1e3, Just(0.0), Just(1e299), Just(5e-324)]),
                prop_oneof![any::<f64>(), 0.0..10.0],
                any::<bool>(),
            ),
            0..70,
        )
    ) {
        for (kind, svg) in every(&rows) {
            for document in [&svg.wide, &svg.narrow] {
                let found = texts(document);
                prop_assert!(found.is_ok(), "{} {:?}", kind, found.err());
            }
            prop_assert!(texts(&outlined(&svg.narrow)).is_ok());
        }
    }
}
