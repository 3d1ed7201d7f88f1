//! What a network looks like, in words.

use super::super::alt::{counted, name, opening};
use super::super::xml::clean;
use super::multiples::NetworkMultiples;
use super::scene::{Scene, sound};
use super::{Edge, Network, Node};

/// Ties between two different actors that are there, and how many of them join different sectors.
pub(super) fn count(nodes: &[Node], edges: &[Edge]) -> (usize, usize) {
    let sound = edges.iter().filter(|e| sound(e, nodes.len()));
    let sector = |i: usize| nodes.get(i).map(|n| clean(&n.sector));
    let (mut all, mut across) = (0, 0);
    for edge in sound {
        all += 1;
        across += usize::from(sector(edge.from) != sector(edge.to));
    }
    (all, across)
}

/// "54 ties, 30 of them between different sectors".
pub(super) fn ties(nodes: &[Node], edges: &[Edge], scene: &Scene) -> String {
    let (all, across) = count(nodes, edges);
    let number = |n: usize| clean(&(scene.format)(n as f64));
    let noun = if all == 1 { "tie" } else { "ties" };
    let mut out = format!("{} {noun}", number(all));
    if all > 0 && scene.sector_words().len() > 1 {
        out.push_str(&format!(
            ", {} of them between different sectors",
            number(across)
        ));
    }
    out
}

/// Sectors, connected parts and the actors tied with the most others.
fn structure(scene: &Scene) -> String {
    let mut out = String::new();
    let sectors: Vec<String> = scene.sector_words().iter().map(|s| name(s)).collect();
    if sectors.len() > 1 {
        out.push_str(&format!(" Sectors: {}.", sectors.join(", ")));
    }
    let tied: Vec<usize> = scene.parts.iter().copied().filter(|n| *n > 1).collect();
    match tied.as_slice() {
        [] => {}
        [_] if scene.alone == 0 => out.push_str(" All actors are connected."),
        [only] => out.push_str(&format!(" One connected part of {only} actors.")),
        [largest, ..] => out.push_str(&format!(
            " {} connected parts, the largest of {largest} actors.",
            tied.len()
        )),
    }
    if scene.alone > 0 {
        let has = if scene.alone == 1 { "has" } else { "have" };
        out.push_str(&format!(
            " {} {has} no ties.",
            counted(scene.alone, "actor")
        ));
    }
    let degree = |i: usize| scene.degrees.get(i).copied().unwrap_or(0);
    let mut order: Vec<usize> = (0..scene.nodes.len()).filter(|i| degree(*i) > 0).collect();
    order.sort_by(|a, b| degree(*b).cmp(&degree(*a)).then(a.cmp(b)));
    let best: Vec<String> = order
        .iter()
        .take(3)
        .filter_map(|i| {
            let degree = clean(&(scene.format)(degree(*i) as f64));
            Some(format!("{} {degree}", name(&scene.nodes.get(*i)?.label)))
        })
        .collect();
    if !best.is_empty() {
        out.push_str(&format!(" Tied with the most others: {}.", best.join(", ")));
    }
    for note in scene.left_out() {
        out.push_str(&format!(" {note}"));
    }
    out
}

pub(super) fn network(chart: &Network, scene: &Scene) -> String {
    let mut out = opening("Network", &chart.title, &chart.unit);
    let actors = counted(chart.nodes.len(), "actor");
    let ties = ties(&chart.nodes, &chart.edges, scene);
    out.push_str(&format!(" {actors}, {ties}."));
    out.push_str(&structure(scene));
    out
}

pub(super) fn multiples(chart: &NetworkMultiples, scene: &Scene) -> String {
    let mut out = opening("Networks of the same actors", &chart.title, &chart.unit);
    out.push_str(&format!(" {}.", counted(chart.nodes.len(), "actor")));
    for panel in &chart.panels {
        let ties = ties(&chart.nodes, &panel.edges, scene);
        out.push_str(&format!(" {}: {ties}.", name(&panel.label)));
    }
    if !chart.panels.is_empty() {
        out.push_str(" Over all panels:");
        out.push_str(&structure(scene));
    }
    out
}
