//! What a drawing of a network shows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::super::samples;
use super::super::tests::Raw;
use super::*;

fn number(value: f64) -> String {
    value.to_string()
}

fn nodes(count: usize) -> Vec<Node> {
    let node = |i: usize| Node {
        label: format!("actor {i}"),
        sector: ["government", "school"][i % 2].to_owned(),
        side: None,
        size: None,
    };
    (0..count).map(node).collect()
}

fn edges(ties: &[(usize, usize)]) -> Vec<Edge> {
    let edge = |(from, to): &(usize, usize)| Edge {
        from: *from,
        to: *to,
        weight: 1.0,
        class: None,
    };
    ties.iter().map(edge).collect()
}

fn chart(nodes: Vec<Node>, edges: Vec<Edge>, directed: bool) -> Network<'static> {
    Network {
        title: "Ties".to_owned(),
        unit: String::new(),
        nodes,
        edges,
        directed,
        sectors: Vec::new(),
        sides: Vec::new(),
        classes: Vec::new(),
        size_label: None,
        format: &number,
    }
}

/// Centre of what the pointer finds, by the actor's name, in the order drawn.
fn places(svg: &str) -> Vec<(String, (f64, f64))> {
    let value = |part: &str, key: &str| -> f64 {
        let (_, rest) = part.split_once(&format!("{key}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let rects = svg.split("<rect ").skip(1);
    let mut out: Vec<(String, (f64, f64))> = rects
        .filter(|part| part.contains("<title>"))
        .map(|part| {
            let part = &format!(" {part}");
            let (_, name) = part.split_once("<title>").unwrap();
            let name = name.split(" (").next().unwrap().to_owned();
            let x = value(part, " x") + value(part, "width") / 2.0;
            (name, (x, value(part, " y") + value(part, "height") / 2.0))
        })
        .collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn far(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Two rings of twelve with chords, joined by one tie.
fn two_groups() -> Vec<(usize, usize)> {
    let mut out = vec![(0, 12)];
    for start in [0, 12] {
        for i in 0..12 {
            out.push((start + i, start + (i + 1) % 12));
            out.push((start + i, start + (i + 5) % 12));
        }
    }
    out
}

#[test]
fn the_tied_stand_nearer_than_others() {
    let ties = two_groups();
    let svg = network(&chart(nodes(24), edges(&ties), false)).unwrap();
    for document in [&svg.wide, &svg.narrow] {
        let found = places(document);
        assert_eq!(found.len(), 24);
        let at = |i: usize| {
            found
                .iter()
                .find(|(n, _)| *n == format!("actor {i}"))
                .unwrap()
                .1
        };
        let (mut tied, mut apart) = ((0.0, 0.0), (0.0, 0.0));
        for a in 0..24 {
            for b in 0..a {
                let sum = match ties.contains(&(a, b)) || ties.contains(&(b, a)) {
                    true => &mut tied,
                    false => &mut apart,
                };
                *sum = (sum.0 + far(at(a), at(b)), sum.1 + 1.0);
            }
        }
        assert!(
            1.5 * tied.0 / tied.1 < apart.0 / apart.1,
            "{tied:?} {apart:?}"
        );
    }
}

#[test]
fn nobody_covers_another() {
    for count in [3, 24, 150] {
        let ties: Vec<(usize, usize)> = (0..count * 8 / 3)
            .map(|i| (i % count, (i * i * 7 + i / count * 13 + 1) % count))
            .collect();
        let svg = network(&chart(nodes(count), edges(&ties), true)).unwrap();
        for document in [&svg.wide, &svg.narrow] {
            let found = places(document);
            assert_eq!(found.len(), count);
            for (i, a) in found.iter().enumerate() {
                for b in &found[..i] {
                    assert!(far(a.1, b.1) > 4.0, "{count}: {} on {}", a.0, b.0);
                }
            }
        }
    }
}

#[test]
fn everybody_keeps_the_place_in_every_panel() {
    let rows: Vec<Raw> = (0..24)
        .map(|i| (format!("Actor {i}"), None, 1.0, false))
        .collect();
    let panels: Vec<Panel> = (0..3)
        .map(|period| Panel {
            label: format!("period {period}"),
            edges: samples::edges(&rows, period),
        })
        .collect();
    let svg = network_multiples(&NetworkMultiples {
        title: String::new(),
        unit: String::new(),
        nodes: nodes(24),
        panels,
        directed: false,
        sectors: Vec::new(),
        sides: Vec::new(),
        classes: Vec::new(),
        size_label: None,
        format: &number,
    })
    .unwrap();
    for document in [&svg.wide, &svg.narrow] {
        let found = places(document);
        assert_eq!(found.len(), 72);
        let mut shifts: Vec<(i64, i64)> = Vec::new();
        for three in found.chunks(3) {
            // Sorted by name, then in the order of the panels.
            for pair in three.windows(2) {
                assert_eq!(pair[0].0, pair[1].0);
                let step = (pair[1].1.0 - pair[0].1.0, pair[1].1.1 - pair[0].1.1);
                shifts.push((
                    (step.0 * 10.0).round() as i64,
                    (step.1 * 10.0).round() as i64,
                ));
            }
        }
        shifts.sort_unstable();
        shifts.dedup();
        // The panels are equally far apart from each other for everybody.
        let (first, last) = (shifts[0], shifts[shifts.len() - 1]);
        assert!(last.0 - first.0 <= 1 && last.1 - first.1 <= 1, "{shifts:?}");
    }
    assert!(svg.alt.contains("period 1: "), "{}", svg.alt);
}

#[test]
fn odd_networks_are_drawn() {
    let complete: Vec<(usize, usize)> = (0..8).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
    let ring: Vec<(usize, usize)> = (0..16).map(|i| (i, (i + 1) % 16)).collect();
    for (count, ties) in [
        (0, &[][..]),
        (1, &[]),
        (1, &[(0, 0)]),
        (2, &[(0, 1)]),
        (5, &[]),
        (8, &complete),
        (16, &ring),
        (3, &[(0, 7), (9, 9)]),
    ] {
        let svg = network(&chart(nodes(count), edges(ties), true)).unwrap();
        for document in [&svg.wide, &svg.narrow] {
            assert_eq!(super::super::check::faults(document), [""; 0]);
            assert_eq!(places(document).len(), count);
        }
    }
    let mut strange = edges(&[(0, 1), (1, 2), (2, 0)]);
    strange[0].weight = f64::NAN;
    strange[1].weight = -3.0;
    strange[2].weight = f64::INFINITY;
    let svg = network(&chart(nodes(3), strange, false)).unwrap();
    assert_eq!(super::super::check::faults(&svg.wide), [""; 0]);
}

#[test]
fn ties_that_are_not_drawn_are_counted() {
    let ties = [(0, 1), (1, 2), (2, 2), (1, 9), (3, 3)];
    let svg = network(&chart(nodes(5), edges(&ties), false)).unwrap();
    assert_eq!(
        svg.alt,
        "Network: Ties. 5 actors, 2 ties, 2 of them between different sectors. Sectors: government 3, school 2. \
         One connected part of 3 actors. 2 actors have no ties. Tied with the most others: actor 1 2, actor 0 1, actor 2 1. \
         Not drawn: 2 ties of an actor with itself. Not drawn: 1 tie with an actor that is not listed."
    );
    assert!(
        svg.wide
            .contains("Not drawn: 2 ties of an actor with itself.")
    );
}

#[test]
fn a_large_network_is_cut_to_its_core_and_says_so() {
    // 150 actors, each tied with four others, and 350 that hang on them.
    let mut ties: Vec<(usize, usize)> = Vec::new();
    for i in 0..150 {
        ties.extend([(i, (i + 1) % 150), (i, (i + 9) % 150)]);
    }
    ties.extend((150..500).map(|i| (i, i % 150)));
    let svg = network(&chart(nodes(500), edges(&ties), false)).unwrap();
    let words = "Drawn are 150 of 500 actors: each tied with at least 2 of the others drawn.";
    assert!(svg.alt.contains(words), "{}", svg.alt);
    assert!(svg.wide.contains(words));
    assert_eq!(places(&svg.wide).len(), 150);
}

#[test]
fn weights_and_directions_are_seen() {
    let mut heavy = edges(&[(0, 1), (1, 2)]);
    heavy[1].weight = 9.0;
    let thick = |svg: &Svg| {
        let parts = svg.wide.split("<polyline").skip(1);
        let each = parts.map(|p| p.split("stroke-width=\"").nth(1).unwrap());
        let mut all: Vec<String> = each
            .map(|p| p.split('"').next().unwrap().to_owned())
            .collect();
        all.sort();
        all.dedup();
        all.len()
    };
    let heavy = network(&chart(nodes(3), heavy, false)).unwrap();
    let even = network(&chart(nodes(3), edges(&[(0, 1), (1, 2)]), false)).unwrap();
    assert_eq!((thick(&heavy), thick(&even)), (2, 1));
    assert!(heavy.wide.contains("Thicker") && !even.wide.contains("Thicker"));
    let heads = |ties: &[(usize, usize)], directed| {
        let svg = network(&chart(nodes(2), edges(ties), directed)).unwrap();
        // Beside heads, only the ground of two names and squares are polygons; a head has three corners.
        let polygons = svg.wide.split("<polygon points=\"").skip(1);
        let corners = polygons.map(|p| p.split('"').next().unwrap().split(' ').count());
        corners.filter(|n| *n == 3).count()
    };
    assert_eq!(heads(&[(0, 1)], false), 0);
    assert_eq!(heads(&[(0, 1)], true), 1);
    assert_eq!(heads(&[(0, 1), (1, 0)], true), 2);
}

#[test]
fn sectors_differ_in_colour_and_shape() {
    let mut looks = Vec::new();
    for class in 0..14 {
        let found = super::super::symbol::look(class);
        assert!(!looks.contains(&found), "{class}");
        looks.push(found);
    }
    for (i, a) in looks[..7].iter().enumerate() {
        for b in &looks[..i] {
            assert!(a.0 != b.0 && a.1 != b.1);
        }
    }
}

#[test]
fn a_sector_keeps_its_look_from_chart_to_chart() {
    let look = |sectors: Vec<String>, nodes: Vec<Node>| {
        let mut chart = chart(nodes, Vec::new(), false);
        chart.sectors = sectors;
        network(&chart).unwrap().wide
    };
    let asked = vec![
        "other".to_owned(),
        "school".to_owned(),
        "government".to_owned(),
    ];
    let only_school: Vec<Node> = nodes(4).into_iter().skip(1).step_by(2).collect();
    // The second look is the vermilion square.
    assert!(look(asked.clone(), only_school).contains("#D55E00"));
    let both = look(asked, nodes(4));
    assert!(both.contains("#D55E00") && both.contains("#009E73") && !both.contains("#0072B2"));
}
