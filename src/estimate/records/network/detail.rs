//! What a network measure gives beside its value: phases, mixing of groups, roles, actors that stand out, and drawings.

use super::super::{Selection, Setting};
use super::brokerage::Brokerage;
use super::graph::Graph;
use super::index::Index;
use super::{compared, graphs, mixing, phase_of, statistic};
use crate::indicator::measure::Network;
use crate::indicator::measure::network::{Phase, Role, Statistic};
use crate::outcome::{ActorScore, Content, Drawing, NetworkDetail, Panel, RoleCount};
use std::collections::{BTreeMap, BTreeSet};

/// So many actors at most are listed.
const MOST_ACTORS: usize = 10;
/// So many actors at most are drawn.
const MOST_DRAWN: usize = 150;
/// So many groups at most have roles of their own listed.
const MOST_GROUPS: usize = 12;
/// So many pairs of groups at most have their ties listed.
const MOST_MIXING: usize = 300;

type Graphs = Vec<(u32, Graph)>;

/// Of a place; `None` where rows are about persons, since names and small numbers would tell of them.
pub fn content(
    measure: &Network,
    index: &Index,
    selection: &Selection<'_>,
    setting: &Setting<'_>,
) -> Option<Content> {
    if !setting.is_open() {
        return None;
    }
    let phase = phase_of(measure, selection.place);
    let found = graphs(measure, index, selection, phase)?;
    let plain: Vec<Graph> = found.iter().map(|(_, graph)| graph.clone()).collect();
    let groups = index.groups.len();
    let is_weighted = measure.weight.is_some();
    let summary = |graphs: &[Graph]| mixing::summary(graphs, groups, is_weighted);
    let mut by_phase = BTreeMap::new();
    if measure.dates.is_some() {
        for phase in Phase::ALL {
            let graphs = graphs(measure, index, selection, Some(phase));
            by_phase.extend(graphs.map(|graphs| (phase, graphs)));
        }
    }
    let phases = Phase::ALL.into_iter().filter_map(|phase| {
        let graphs = by_phase.get(&phase)?;
        let plain: Vec<Graph> = graphs.iter().map(|(_, graph)| graph.clone()).collect();
        Some((phase.word().to_owned(), summary(&plain)))
    });
    let mut sizes = vec![0; groups + 1];
    for graph in &plain {
        let of = graph.group_sizes(groups);
        sizes
            .iter_mut()
            .zip(of)
            .for_each(|(all, more)| *all += more);
    }
    let names = index.groups.iter().cloned().map(Some).chain([None]);
    let is_total = selection.place.programme.is_none();
    let is_mixed = measure.statistic.ties_have_groups() || measure.between.is_some();
    let mut mixing = match is_total && is_mixed && !measure.statistic.is_brokerage() {
        true => mixing::mixing(&plain, groups, measure.directed),
        false => vec![],
    };
    let mixing_left_out = mixing.len().saturating_sub(MOST_MIXING) as u64;
    if mixing_left_out > 0 {
        mixing.sort_by_key(|m| std::cmp::Reverse(m.ties));
        mixing.truncate(MOST_MIXING);
    }
    Some(Content::Network(Box::new(NetworkDetail {
        directed: measure.directed,
        phase: phase.map(|p| p.word().to_owned()),
        networks: found.len() as u64,
        whole: summary(&plain),
        phases: phases.collect(),
        groups: if groups > 0 {
            names.zip(sizes).collect()
        } else {
            vec![]
        },
        mixing,
        mixing_left_out,
        expected: expected(measure, index, &plain),
        brokerage: if is_total && measure.statistic.is_brokerage() {
            roles(index, &plain)
        } else {
            vec![]
        },
        actors: if is_total {
            actors(measure, index, &found)
        } else {
            vec![]
        },
        drawings: if is_total {
            drawings(measure, index, &found, &by_phase)
        } else {
            vec![]
        },
    })))
}

/// What the E-I index would be if ties knew no groups: that of all pairs.
fn expected(measure: &Network, index: &Index, graphs: &[Graph]) -> Option<f64> {
    if measure.statistic != Statistic::EIIndex || !index.all_known {
        return None;
    }
    let of = measure.of.as_ref().map(|name| index.group(name));
    let parts = graphs
        .iter()
        .map(|graph| mixing::e_i_of_pairs(graph, index.groups.len(), of));
    let (above, below) = parts.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    (below > 0.0).then(|| above / below)
}

/// Roles of all groups together and of each.
fn roles(index: &Index, graphs: &[Graph]) -> Vec<RoleCount> {
    let grouped: Vec<Graph> = graphs.iter().map(Graph::grouped).collect();
    let brokers: Vec<Brokerage<'_>> = grouped.iter().map(Brokerage::new).collect();
    let groups = index.groups.len();
    let mut whose = vec![(None, None)];
    if groups <= MOST_GROUPS {
        let each = index.groups.iter().zip(0_u32..);
        whose.extend(each.map(|(name, at)| (Some(name.clone()), Some(Some(at)))));
    }
    let mut roles = Vec::new();
    for (group, of) in whose {
        for role in Role::ALL {
            let found = index
                .all_known
                .then(|| compared(&brokers, role, of, groups))
                .flatten();
            let count = || -> f64 {
                let each = brokers.iter();
                each.map(|b| b.count(Some(role), of)).sum()
            };
            roles.push(RoleCount {
                group: group.clone(),
                role: role.word().to_owned(),
                count: found.map_or_else(count, |f| f.count),
                expected: found.map(|f| f.expected),
                deviation: found.map(|f| f.deviation),
            });
        }
    }
    roles
}

/// The actors that stand out most in what the statistic is about, of the group spoken of.
fn actors(measure: &Network, index: &Index, graphs: &Graphs) -> Vec<ActorScore> {
    let by = measure.statistic;
    if !matches!(by, Statistic::Degree | Statistic::Betweenness) && !by.is_brokerage() {
        return vec![];
    }
    let of = measure.of.as_ref().map(|name| index.group(name));
    let mut scores: Vec<(f64, ActorScore)> = Vec::new();
    for (network, graph) in graphs {
        let degrees = graph.degrees(measure.weight.is_some());
        let betweenness = (by == Statistic::Betweenness)
            .then(|| index.betweenness(graph))
            .flatten();
        let brokerage: Option<BTreeMap<u32, f64>> = by.is_brokerage().then(|| {
            let grouped = graph.grouped();
            let counts = Brokerage::new(&grouped).by_actor(measure.role);
            grouped.actors.iter().copied().zip(counts).collect()
        });
        for (at, actor) in graph.actors.iter().enumerate() {
            let is_of = of.is_none_or(|of| of.is_some() && of == index.group_of(*actor));
            let Some(known) = index.actors.get(*actor as usize).filter(|_| is_of) else {
                continue;
            };
            let degree = degrees.get(at).copied().unwrap_or(0.0);
            let between = betweenness.as_ref().and_then(|b| b.get(at)).copied();
            let brokered = brokerage.as_ref().and_then(|b| b.get(actor)).copied();
            let score = between.or(brokered).unwrap_or(degree);
            if score > 0.0 {
                let of = index.networks.get(*network as usize).cloned();
                let score_of = ActorScore {
                    programme: of.flatten(),
                    actor: known.label.clone(),
                    group: known
                        .group
                        .and_then(|g| index.groups.get(g as usize))
                        .cloned(),
                    degree,
                    betweenness: between,
                    brokerage: brokered,
                };
                scores.push((score, score_of));
            }
        }
    }
    // Equal scores stay in the order of the tables.
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    scores.truncate(MOST_ACTORS);
    scores.into_iter().map(|(_, score)| score).collect()
}

/// The only network, or those with the highest and the lowest value.
fn drawings(
    measure: &Network,
    index: &Index,
    graphs: &Graphs,
    by_phase: &BTreeMap<Phase, Graphs>,
) -> Vec<Drawing> {
    let value = |network: u32, graph: &Graph| match graphs.len() {
        // Nothing to choose from.
        1 => Some(0.0),
        _ => {
            let alone = [(network, graph.clone())];
            statistic(measure, index, &alone).value.ok()
        }
    };
    let mut valued: Vec<(f64, u32)> = graphs
        .iter()
        .filter(|(_, graph)| graph.size() > 1)
        .filter_map(|(network, graph)| Some((value(*network, graph)?, *network)))
        .collect();
    valued.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut drawn: Vec<u32> = Vec::new();
    drawn.extend(valued.first().map(|(_, network)| *network));
    drawn.extend(valued.last().map(|(_, network)| *network));
    drawn.dedup();
    let drawings = drawn.into_iter().filter_map(|network| {
        let panels: Vec<(Option<Phase>, &Graph)> = if by_phase.is_empty() {
            vec![(None, of(graphs, network)?)]
        } else {
            [Phase::Before, Phase::During, Phase::After]
                .into_iter()
                .filter_map(|phase| Some((Some(phase), of(by_phase.get(&phase)?, network)?)))
                .collect()
        };
        let several = index.networks.len() > 1;
        let name = index.networks.get(network as usize).cloned().flatten();
        drawing(index, name.filter(|_| several), &panels)
    });
    drawings.collect()
}

fn of(graphs: &Graphs, network: u32) -> Option<&Graph> {
    graphs.iter().find(|(n, _)| *n == network).map(|(_, g)| g)
}

fn drawing(
    index: &Index,
    programme: Option<String>,
    panels: &[(Option<Phase>, &Graph)],
) -> Option<Drawing> {
    let mut ties_of: BTreeMap<u32, u64> = BTreeMap::new();
    let mut all: BTreeSet<u32> = BTreeSet::new();
    for (_, graph) in panels {
        all.extend(&graph.actors);
        for (a, b, _) in &graph.ties {
            for end in [a, b] {
                let actor = graph.actors.get(*end as usize)?;
                *ties_of.entry(*actor).or_insert(0) += 1;
            }
        }
    }
    let mut shown: Vec<u32> = all.iter().copied().collect();
    shown.sort_by_key(|actor| std::cmp::Reverse(ties_of.get(actor).copied().unwrap_or(0)));
    shown.truncate(MOST_DRAWN);
    shown.sort_unstable();
    let place = |graph: &Graph, at: u32| {
        let actor = graph.actors.get(at as usize)?;
        shown.binary_search(actor).ok()
    };
    let nodes = shown.iter().filter_map(|actor| {
        let known = index.actors.get(*actor as usize)?;
        let group = known.group.and_then(|g| index.groups.get(g as usize));
        Some((known.label.clone(), group.cloned()))
    });
    let panels = panels.iter().map(|(phase, graph)| Panel {
        phase: phase.map(|p| p.word().to_owned()),
        ties: graph
            .ties
            .iter()
            .filter_map(|(a, b, weight)| Some((place(graph, *a)?, place(graph, *b)?, *weight)))
            .collect(),
    });
    Some(Drawing {
        programme,
        actors: all.len() as u64,
        nodes: nodes.collect(),
        panels: panels.collect(),
    })
}
