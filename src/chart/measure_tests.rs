//! What the charts of measures show.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::check::{faults, texts};
use super::samples::percent;
use super::*;

fn plain(value: f64) -> String {
    value.to_string()
}

fn words(svg: &str) -> Vec<String> {
    texts(svg).unwrap().2.into_iter().map(|t| t.words).collect()
}

fn names(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn two_by_two(cells: [MatrixCell; 4]) -> Svg {
    let [a, b, c, d] = cells;
    matrix(&Matrix {
        title: "Ties".to_owned(),
        unit: "ties".to_owned(),
        row_title: "from".to_owned(),
        column_title: "to".to_owned(),
        rows: names(&["public", "civil"]),
        columns: names(&["public", "civil"]),
        cells: vec![vec![a, b], vec![c, d]],
        format: &plain,
    })
    .unwrap()
}

#[test]
fn zero_and_withheld_look_different_in_a_matrix() {
    let svg = two_by_two([
        MatrixCell::Value(0.0),
        MatrixCell::Value(8.0),
        MatrixCell::Without("withheld".to_owned()),
        MatrixCell::Value(f64::NAN),
    ]);
    assert_eq!(
        svg.alt,
        "Matrix: Ties (ties). 2 rows (from), 2 columns (to). public, civil 8; public, public 0. 2 cells have no value."
    );
    for document in [&svg.wide, &svg.narrow] {
        let found = words(document);
        // Once in its cell and once in the key.
        assert_eq!(found.iter().filter(|w| *w == "0").count(), 2);
        assert!(found.contains(&"withheld: 1 cell".to_owned()));
        assert!(found.contains(&"no value: 1 cell".to_owned()));
        // Two striped cells and two striped squares in the key; a number has no stripes.
        let striped = document.matches("#EFEFEF\"/>").count();
        assert_eq!(striped, 4);
        assert!(document.contains(">civil, public: withheld</title>"));
    }
    let none = two_by_two(std::array::from_fn(|_| MatrixCell::Without(String::new())));
    assert!(none.alt.ends_with("None has a value."));
    assert_eq!(faults(&none.wide), [""; 0]);
}

#[test]
fn more_is_darker_in_a_matrix() {
    let svg = two_by_two([0.0, 1.0, 50.0, 100.0].map(MatrixCell::Value)).wide;
    let (_, cells) = svg.split_once("</style>").unwrap();
    // After the six squares of the key: zero, the first step, the middle, the last.
    let fills: Vec<&str> = cells
        .split("<rect ")
        .filter(|part| !part.contains("<title>"))
        .filter_map(|part| part.split("fill=\"").nth(1))
        .filter_map(|part| part.split('"').next())
        .collect();
    assert_eq!(
        fills[fills.len() - 4..],
        ["#F6F9FC", "#DCEBF6", "#9BC8E5", "#4A9ACF"]
    );
}

#[test]
fn a_wide_matrix_is_broken_and_keeps_every_number() {
    let all: Vec<String> = (0..15).map(|i| format!("category number {i}")).collect();
    let svg = matrix(&Matrix {
        title: String::new(),
        unit: String::new(),
        row_title: String::new(),
        column_title: String::new(),
        rows: all.clone(),
        columns: all,
        cells: (0..15)
            .map(|r| {
                (0..15)
                    .map(|c| MatrixCell::Value((1000 + 15 * r + c) as f64))
                    .collect()
            })
            .collect(),
        format: &plain,
    })
    .unwrap();
    for document in [&svg.wide, &svg.narrow] {
        let found = words(document);
        for value in 1000..1225 {
            assert!(found.contains(&value.to_string()), "{value}");
        }
        assert_eq!(faults(document), [""; 0]);
    }
}

fn answers(items: Vec<LikertItem>, categories: &[&str]) -> Svg {
    likert(&Likert {
        title: "Trust".to_owned(),
        unit: "% of answers".to_owned(),
        categories: names(categories),
        items,
        format: &percent,
    })
    .unwrap()
}

fn item(label: &str, shares: &[f64]) -> LikertItem {
    LikertItem {
        label: label.to_owned(),
        shares: shares.iter().map(|v| Some(*v)).collect(),
        n: Some("n 40".to_owned()),
        reversed: false,
        note: None,
    }
}

/// Left and right ends of the bars in a row, by colour.
fn bars_of(svg: &str) -> Vec<(String, f64, f64)> {
    let (_, drawn) = svg.split_once("</style>").unwrap();
    let number = |part: &str, key: &str| -> f64 {
        let (_, rest) = part.split_once(&format!("{key}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let rects = drawn.split("<rect ").skip(1);
    let rects = rects.filter(|p| !p.contains("<title>") && number(p, "height") == 18.0);
    rects
        .map(|part| {
            let fill = part.split("fill=\"").nth(1).unwrap();
            let left = number(part, "x");
            let right = left + number(part, "width");
            (fill.split('"').next().unwrap().to_owned(), left, right)
        })
        .collect()
}

#[test]
fn the_middle_category_lies_across_the_centre_line() {
    let five = ["never", "rarely", "at times", "often", "always"];
    let svg = answers(vec![item("A", &[0.1, 0.1, 0.4, 0.2, 0.2])], &five);
    for document in [&svg.wide, &svg.narrow] {
        let bars = bars_of(document);
        assert_eq!(bars.len(), 5);
        assert!(bars.windows(2).all(|w| w[0].2 <= w[1].1), "in order, apart");
        let zero: f64 = {
            let line = document
                .split("<line ")
                .skip(1)
                .filter(|l| l.contains("#8A8A8A"));
            let x = line.map(|l| l.split("x1=\"").nth(1).unwrap().split('"').next().unwrap());
            x.last().unwrap().parse().unwrap()
        };
        let (_, left, right) = &bars[2];
        assert!(
            ((left + right) / 2.0 - zero).abs() <= 1.5,
            "{left} {zero} {right}"
        );
        // A share is a length: 0.4 is four times 0.1.
        let long = |i: usize| bars[i].2 - bars[i].1 + 1.0;
        assert!((long(2) / long(0) - 4.0).abs() < 0.2);
        let found = words(document);
        assert!(found.contains(&"20 %".to_owned()) && found.contains(&"40 %".to_owned()));
    }
    assert_eq!(
        svg.alt,
        "Diverging bars: Trust (% of answers). 1 item, 5 categories from never to always. A (20 % below, 40 % above)."
    );
    let even = answers(vec![item("A", &[0.25, 0.25, 0.25, 0.25])], &five[..4]);
    let bars = bars_of(&even.wide);
    assert!((bars[1].2 - bars[2].1).abs() <= 1.5, "two on each side");
}

#[test]
fn an_item_without_all_shares_has_words_and_no_bar() {
    let mut some = item("B", &[0.5, 0.5]);
    some.shares[1] = None;
    some.note = Some("withheld".to_owned());
    let mut reversed = item("C", &[0.5, 0.5]);
    reversed.reversed = true;
    let few = item("D", &[1.0]);
    let negative = item("E", &[-0.5, 1.5]);
    let nobody = item("F", &[0.0, 0.0]);
    let svg = answers(vec![some, reversed, few, negative, nobody], &["no", "yes"]);
    assert_eq!(bars_of(&svg.wide).len(), 2);
    let found = words(&svg.wide);
    assert!(found.contains(&"withheld".to_owned()));
    assert!(found.contains(&"C (reversed)".to_owned()));
    assert!(
        svg.alt
            .contains("1 item is reverse-keyed. 4 items have no value.")
    );
}

fn group(label: &str, ratio: Option<f64>) -> RatioRow {
    RatioRow {
        label: label.to_owned(),
        ratio,
        low: ratio.map(|v| v * 0.8),
        high: ratio.map(|v| v * 1.25),
        participation: Some(0.2),
        population: Some(0.1),
        note: None,
        strong: false,
    }
}

fn groups(rows: Vec<RatioRow>) -> Svg {
    ratios(&Ratios {
        title: "Who takes part".to_owned(),
        unit: String::new(),
        rows,
        reference: "equal shares".to_owned(),
        format: &plain,
        share: &percent,
    })
    .unwrap()
}

/// Centres of the dots.
fn dots_of(svg: &str) -> Vec<f64> {
    let circles = svg
        .split("<circle ")
        .skip(1)
        .filter(|c| c.contains("#0072B2"));
    let x = circles.map(|c| c.split("cx=\"").nth(1).unwrap().split('"').next().unwrap());
    x.map(|x| x.parse().unwrap()).collect()
}

#[test]
fn equal_ratios_are_equally_far_apart() {
    let rows = [0.25, 0.5, 1.0, 2.0, 4.0].map(|v| group("A", Some(v)));
    for document in [&groups(rows.to_vec()).wide, &groups(rows.to_vec()).narrow] {
        let dots = dots_of(document);
        let steps: Vec<f64> = dots.windows(2).map(|w| w[1] - w[0]).collect();
        assert_eq!(steps.len(), 4);
        assert!(
            steps.iter().all(|s| (s - steps[0]).abs() <= 1.0),
            "{steps:?}"
        );
        assert!(words(document).contains(&"equal shares 1".to_owned()));
    }
}

#[test]
fn the_absent_have_words_and_no_dot() {
    let mut absent = group("A", None);
    absent.note = Some("absent from participants".to_owned());
    let mut beyond = group("B", Some(f64::INFINITY));
    beyond.note = Some("absent from population".to_owned());
    let mut zero = group("C", Some(0.0));
    zero.note = Some("absent from participants".to_owned());
    let svg = groups(vec![absent, beyond, zero]);
    assert!(dots_of(&svg.wide).is_empty());
    let found = words(&svg.wide);
    assert_eq!(
        found
            .iter()
            .filter(|w| *w == "absent from participants")
            .count(),
        2
    );
    assert_eq!(found.iter().filter(|w| *w == "(20 % / 10 %)").count(), 3);
    assert_eq!(
        svg.alt,
        "Ratios: Who takes part. 3 rows. None has a value. Absent from participants: A, C. Absent from population: B."
    );
}

#[test]
fn an_interval_that_leaves_the_scale_has_an_arrowhead() {
    let arrow = "An arrowhead: the interval goes on beyond the chart.";
    assert!(!groups(vec![group("A", Some(2.0))]).wide.contains(arrow));
    let mut endless = group("A", Some(2.0));
    endless.low = Some(0.0);
    endless.high = Some(f64::INFINITY);
    let svg = groups(vec![endless]);
    assert!(svg.wide.contains(arrow));
    assert_eq!(svg.wide.matches("<polygon").count(), 2);
    assert!(svg.wide.contains("(0 – ∞)"));
}

#[test]
fn ticks_of_ratios_are_round() {
    let ticks = |low: f64, high: f64| {
        let scale = scale::Scale {
            domain: scale::Domain {
                low,
                high,
                log: true,
            },
            from: 100.0,
            to: 500.0,
        };
        let all = scale::across(&scale, &plain, 12.0, 600.0);
        all.into_iter().map(|t| t.value).collect::<Vec<_>>()
    };
    assert_eq!(ticks(0.8, 1.3), [0.8, 0.9, 1.0, 1.1, 1.2, 1.3]);
    assert_eq!(ticks(0.19, 5.5), [0.2, 0.5, 1.0, 2.0, 5.0]);
    assert_eq!(ticks(0.004, 300.0), [0.01, 0.1, 1.0, 10.0, 100.0]);
    assert_eq!(ticks(1e-9, 1e9), [1e-8, 1e-4, 1.0, 1e4, 1e8]);
}

fn step(time: f64, share: f64, at_risk: f64, censored: bool) -> SurvivalStep {
    SurvivalStep {
        time,
        share,
        low: Some(share - 0.1),
        high: Some(share + 0.1),
        at_risk: Some(at_risk),
        censored,
    }
}

fn curves(curves: Vec<SurvivalCurve>) -> Svg {
    survival(&Survival {
        title: "Ties".to_owned(),
        unit: "%".to_owned(),
        time_label: "years".to_owned(),
        curves,
        format: &percent,
        time: &plain,
        count: &plain,
    })
    .unwrap()
}

fn curve(label: &str, steps: Vec<SurvivalStep>) -> SurvivalCurve {
    SurvivalCurve {
        label: label.to_owned(),
        steps,
        note: None,
    }
}

#[test]
fn a_survival_curve_is_stairs_with_those_at_risk() {
    let steps = vec![
        step(1.0, 0.9, 10.0, false),
        step(2.5, 0.9, 9.0, true),
        step(4.0, 0.4, 8.0, false),
    ];
    let svg = curves(vec![curve("all", steps)]);
    assert_eq!(
        svg.alt,
        "Survival curves: Ties (%). 1 curve over years. all: 10 at the start, 40 % still there at 4; half are gone by 4."
    );
    let (_, path) = svg.wide.rsplit_once("stroke-width=\"2\"").unwrap();
    assert!(
        path.contains("<text"),
        "the legend's line comes first, the curve last"
    );
    let line = svg.wide.split("<polyline points=\"").nth(2).unwrap();
    let points: Vec<(f64, f64)> = line
        .split('"')
        .next()
        .unwrap()
        .split(' ')
        .map(|p| p.split_once(',').unwrap())
        .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
        .collect();
    // Every leg is level or upright, to the right or down.
    for leg in points.windows(2) {
        let (dx, dy) = (leg[1].0 - leg[0].0, leg[1].1 - leg[0].1);
        assert!(
            (dx == 0.0 && dy > 0.0) || (dy == 0.0 && dx >= 0.0),
            "{points:?}"
        );
    }
    // At risk at 0, 1, 2, 3 and 4: until just before the next thing that happens.
    let found = words(&svg.wide);
    let start = found
        .iter()
        .position(|w| w.starts_with("Still watched"))
        .unwrap();
    assert_eq!(found[start + 1..start + 6], ["10", "10", "9", "8", "8"]);
}

#[test]
fn what_a_survival_chart_leaves_out_it_says() {
    let mut all: Vec<SurvivalCurve> = (0..7)
        .map(|i| curve(&format!("group {i}"), vec![step(1.0, 0.5, 20.0, false)]))
        .collect();
    all[1].steps.clear();
    all[1].note = Some("withheld".to_owned());
    all[2].steps[0].at_risk = None;
    let svg = curves(all);
    let found = words(&svg.wide);
    assert!(found.contains(&"group 1: withheld.".to_owned()));
    assert!(found.contains(&"1 more curve not drawn.".to_owned()));
    assert!(
        found.contains(&"–".to_owned()),
        "a number that is not to be shown"
    );
    let nothing = curves(vec![curve("A", vec![step(f64::NAN, 0.5, 1.0, false)])]);
    assert!(nothing.wide.contains("No values to show."));
    assert!(!nothing.wide.contains("<polyline"));
}
