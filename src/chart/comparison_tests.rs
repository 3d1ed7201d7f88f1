//! What the charts of a comparison show.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::check::faults;
use super::comparison_samples::{comparisons, count, meta, pairs, pooled, words};
use super::samples::percent;
use super::tests::{Raw, one_decimal};
use super::*;

fn sample(
    count: usize,
    value: impl Fn(usize) -> Option<f64>,
    half: impl Fn(usize) -> f64,
) -> Vec<Raw> {
    let label = |i: usize| match i % 3 {
        0 => format!("Barcelona – Kolda: formació i cooperatives de dones al sud del país {i}"),
        _ => format!("P{i}"),
    };
    (0..count)
        .map(|i| (label(i), value(i), half(i), false))
        .collect()
}

#[test]
fn charts_of_comparisons_stay_readable() {
    let spread = |i: usize| Some((i * 37 % 101) as f64 / 10.0 - 4.0);
    for count in [1, 3, 24, 61, 500] {
        let all = [
            sample(count, spread, |i| 0.5 + (i % 4) as f64),
            // All the same.
            sample(count, |_| Some(2.0), |_| 1.0),
            // One that is not sure of anything.
            sample(count, spread, |i| if i == 1 { 1e6 } else { 1.0 }),
            // No interval at all.
            sample(count, spread, |_| f64::NAN),
            sample(count, |i| Some(1.0).filter(|_| i % 2 == 0), |_| 1.0),
        ];
        // Long charts take long to look at; two of them tell.
        let most = if count > 100 { 2 } else { all.len() };
        for rows in all.into_iter().take(most) {
            let others = [
                ("without groups", meta(&rows, 0, false)),
                ("letters", pairs(&rows, true)),
            ];
            for (kind, svg) in comparisons(&rows).into_iter().chain(others) {
                for document in [&svg.wide, &svg.narrow] {
                    let found = faults(document);
                    assert!(found.is_empty(), "{kind} {count}: {found:#?}");
                }
                // A sheet and a half of paper at most for 24 programmes, and no scroll without end for 500.
                let high = super::check::texts(&svg.wide).unwrap().1;
                let most = if count <= 24 { 1800.0 } else { 3600.0 };
                assert!(high <= most, "{kind} {count}: {high}");
            }
        }
    }
}

#[test]
fn a_meta_analysis_says_what_was_pooled() {
    let row = |label: &str, value: Option<f64>, weight| MetaForestRow {
        label: words(label),
        value,
        low: value.map(|v| v - 1.0),
        high: value.map(|v| v + 1.0),
        weight,
        ..MetaForestRow::default()
    };
    let svg = meta_forest(&MetaForest {
        title: words("Trust"),
        unit: words("points"),
        rows: vec![
            row("A", Some(3.0), Some(0.25)),
            row("B", Some(-0.5), Some(0.75)),
            row("C", Some(1.5), None),
            row("D", None, None),
        ],
        pooled: vec![pooled("All, random effects", "")],
        null: 0.0,
        ratio: false,
        level: words("95 %"),
        sides: [String::new(), String::new()],
        format: &one_decimal,
        axis: &count,
        weight: &percent,
    })
    .unwrap();
    assert_eq!(
        svg.alt,
        "Meta-analysis: Trust (points). 4 rows. Lowest B -0.5, highest A 3.0. 1 row without an estimate. \
         Of 3 intervals, 2 above 0, 0 below, 1 with 0 inside. All, random effects: 2.0 [1.0; 3.5], \
         another such programme [-4.0; 8.0]. tau² 4.1 (1.0 to 30.2), I² 62 %, Q 24.1 on 9 degrees of freedom, p 0.004."
    );
    for document in [&svg.wide, &svg.narrow] {
        assert!(document.contains(">no value</text>"));
        assert!(document.contains(">not pooled</text>"));
    }
    assert!(svg.wide.contains(">3.0 [2.0; 4.0]</text>") && svg.wide.contains(">75 %</text>"));
    assert!(svg.narrow.contains(">3.0 [2.0; 4.0] · weight 25 %</text>"));
    assert!(svg.narrow.contains(">1.5 [0.5; 2.5]</text>"));
}

#[test]
fn the_area_of_a_square_is_the_weight() {
    let side = |weight: f64| {
        let row = |weight| MetaForestRow {
            label: words("A"),
            value: Some(1.0),
            weight: Some(weight),
            ..MetaForestRow::default()
        };
        let svg = meta_forest(&MetaForest {
            title: String::new(),
            unit: String::new(),
            rows: vec![row(1.0), row(weight)],
            pooled: Vec::new(),
            null: 0.0,
            ratio: false,
            level: words("95 %"),
            sides: [String::new(), String::new()],
            format: &one_decimal,
            axis: &count,
            weight: &percent,
        })
        .unwrap();
        let last = svg.wide.rsplit("<polygon points=\"").next().unwrap();
        let points: Vec<f64> = last
            .split_once('"')
            .unwrap()
            .0
            .split([' ', ','])
            .map(|n| n.parse().unwrap())
            .collect();
        points[2] - points[0]
    };
    assert!((side(1.0) - 15.0).abs() < 0.11);
    assert!((side(0.25) - 7.5).abs() < 0.11);
}

#[test]
fn a_rank_is_never_drawn_without_the_ranks_it_may_have() {
    let row = |label: &str, rank: usize, marginal, simultaneous| RankRow {
        label: words(label),
        value: Some(10.0 / rank as f64),
        rank: Some((rank, rank)),
        marginal,
        simultaneous,
        among_top: Some(rank < 3),
        note: None,
    };
    let league = |rows: Vec<RankRow>| {
        rank_intervals(&RankIntervals {
            title: words("League"),
            unit: String::new(),
            rows,
            top: Some(2),
            level: words("95 %"),
            format: &one_decimal,
        })
        .unwrap()
    };
    let svg = league(vec![
        row("C", 3, Some((3, 3)), Some((2, 3))),
        row("A", 1, Some((1, 2)), Some((1, 3))),
        row("B", 2, None, None),
        RankRow {
            label: words("D"),
            note: Some(words("withheld")),
            ..RankRow::default()
        },
    ]);
    assert_eq!(
        svg.alt,
        "League with rank intervals: League. 2 programmes ranked. Estimated best A at 1, 1–3 with 95 %. \
         Estimated last C at 3, 2–3 with 95 %. 0 of 2 with one rank only. 1 may be among the top 2. \
         2 not ranked. No value: B. Withheld: D."
    );
    let seen = super::check::texts(&svg.wide).unwrap().2;
    let place = |label: &str| seen.iter().find(|t| t.words == label).unwrap().area.1;
    assert!(place("A") < place("C") && place("C") < place("Not ranked"));
    assert!(place("Not ranked") < place("B") && place("B") < place("D"));
    assert!(svg.wide.contains(">1 = best</text>"));
    let none = league(vec![row("B", 1, None, None)]);
    assert!(none.wide.contains("No values to show.") && !none.wide.contains("<circle"));
}

#[test]
fn every_verdict_has_a_shape_of_its_own() {
    let row = |label: &str, value: f64, verdict| MarginRow {
        label: words(label),
        value: Some(value),
        wide: Some((value - 1.0, value + 1.0)),
        narrow: Some((value - 0.8, value + 0.8)),
        verdict,
        ..MarginRow::default()
    };
    let svg = margin_plot(&MarginPlot {
        title: words("Costs"),
        unit: words("euros"),
        rows: vec![
            row("A", 0.0, MarginVerdict::Equivalent),
            row("B", 4.0, MarginVerdict::Better),
            row("C", -4.0, MarginVerdict::Worse),
            row("D", 1.5, MarginVerdict::NotEstablished),
        ],
        low: Some(-2.0),
        high: Some(2.0),
        margin: words("a meeting's worth"),
        better: BetterSide::Right,
        wide_level: words("95 %"),
        narrow_level: words("90 %"),
        format: &one_decimal,
        axis: &count,
    })
    .unwrap();
    assert_eq!(
        svg.alt,
        "Margin plot: Costs (euros). Margin -2 to 2, a meeting's worth. \
         Of 4 comparisons: 1 equivalent, 1 better, 1 worse, 1 not established. \
         A: 0.0 [-1.0; 1.0], Equivalent. B: 4.0 [3.0; 5.0], Better. C: -4.0 [-5.0; -3.0], Worse. \
         D: 1.5 [0.5; 2.5], Not established."
    );
    for document in [&svg.wide, &svg.narrow] {
        for said in [
            "← worse",
            "better →",
            "margin -2 to 2, a meeting&apos;s worth",
        ] {
            assert!(document.contains(&format!(">{said}</text>")), "{said}");
        }
        // Two triangles and a square with a rim, on the row and before the words; the hollow circle has two parts.
        let rimmed = document.matches("stroke-width=\"1\"/>").count();
        assert!(rimmed >= 2 * 3 + 2 * 2, "{rimmed}");
    }
}

#[test]
fn a_funnel_counts_what_chance_does_not_explain() {
    let point = |label: &str, value, error| FunnelPoint {
        label: words(label),
        value: Some(value),
        error,
    };
    let svg = funnel(&Funnel {
        title: words("Small studies"),
        unit: String::new(),
        over_label: words("effect"),
        points: vec![
            point("A", 1.0, Some(0.5)),
            point("B", 3.0, Some(0.9)),
            point("C", 4.5, Some(1.0)),
            point("D", 4.5, None),
        ],
        centre: 1.0,
        limits: vec![(words("95 %"), 1.96), (words("99 %"), 2.576)],
        contours: None,
        test: String::new(),
        format: &one_decimal,
        axis: &count,
        error: &one_decimal,
    })
    .unwrap();
    assert_eq!(
        svg.alt,
        "Small-study plot: Small studies. 3 estimates by their standard errors. Pooled mean 1.0. \
         2 outside the 95 % limits. 1 outside the 99 % limits. Farthest in standard errors: C 4.5. \
         1 row without an estimate or standard error."
    );
    // A large study is above a small one.
    let height = |label: &str| {
        let hover = format!("<title>{label}: ");
        let before = svg.wide.split(&hover).next().unwrap();
        let y = before.rsplit(" y=\"").next().unwrap();
        y.split_once('"').unwrap().0.parse::<f64>().unwrap()
    };
    assert!(height("A") < height("B") && height("B") < height("C"));
}

#[test]
fn five_hundred_programmes_are_all_drawn_and_the_ends_named() {
    let rows = sample(500, |i| Some(i as f64), |_| 3.0);
    let svg = meta(&rows, 0, false);
    assert!(svg.wide.contains("476 rows between: a thin line each."));
    assert!(svg.wide.contains(">P499</text>") && !svg.wide.contains(">P250</text>"));
    // Every row answers to the pointer, the thin ones too.
    assert!(svg.wide.contains("<title>P250: 250.0 [247.0; 253.0]"));
    let svg = pairs(&rows, true);
    assert!(svg.wide.contains("460 rows between: a thin line each."));
}

#[test]
fn one_giant_interval_does_not_squeeze_the_others() {
    use super::ends::{tamed, tamed_ratios};
    let mut all = vec![(0.0, 1.0); 10];
    all[3] = (-1000.0, 1000.0);
    assert!(tamed(&all).iter().all(|i| *i == (0.0, 1.0)));
    // A tail is no giant.
    let tail: Vec<(f64, f64)> = (0..40)
        .map(|i| (f64::from(i), f64::from(i) + 5.0))
        .collect();
    assert_eq!(tamed(&tail), tail);
    // Ratios from a hundredth to a hundred are no giants either; one that reaches down to zero is.
    let mut ratios: Vec<(f64, f64)> = (-10..=10)
        .map(|i| (1.5f64.powi(i), 1.5f64.powi(i + 1)))
        .collect();
    let close = |a: &[(f64, f64)], b: &[(f64, f64)]| {
        let mut pairs = a.iter().zip(b);
        pairs.all(|(x, y)| (x.0 - y.0).abs() < 1e-9 && (x.1 - y.1).abs() < 1e-9)
    };
    assert!(close(&tamed_ratios(&ratios), &ratios));
    ratios[5].0 = 0.0;
    assert!(tamed_ratios(&ratios).iter().all(|(low, _)| *low > 0.01));
}
