//! Ties within and between groups: counts, densities and the E-I index.

use super::graph::Graph;
use crate::outcome::{Mixing, NetworkSummary};

/// Ties, or their weight, over the pairs that could be tied.
pub(super) type Ratio = (f64, f64);

fn weigh(weight: f64, is_weighted: bool) -> f64 {
    if is_weighted { weight } else { 1.0 }
}

/// All ties over all pairs.
pub(super) fn density(graph: &Graph, is_weighted: bool) -> Ratio {
    let ties = graph.ties.iter().map(|(.., w)| weigh(*w, is_weighted));
    (ties.sum(), graph.pairs() as f64)
}

/// Ties and pairs between two groups, or between any two different groups.
pub(super) fn between(
    graph: &Graph,
    groups: usize,
    two: Option<(Option<u32>, Option<u32>)>,
    is_weighted: bool,
) -> Ratio {
    let counts = |a: u32, b: u32| match two {
        None => a != b,
        // A group that nobody belongs to has no ties.
        Some((x, y)) => (Some(a), Some(b)) == (x, y) || (Some(b), Some(a)) == (x, y),
    };
    let sizes = graph.group_sizes(groups);
    let mut pairs = 0;
    for a in 0..groups as u32 {
        for b in (a + 1)..groups as u32 {
            if counts(a, b) {
                pairs += sizes[a as usize] * sizes[b as usize];
            }
        }
    }
    let ties = ties_where(graph, is_weighted, counts);
    (ties, (pairs * if graph.directed { 2 } else { 1 }) as f64)
}

/// Ties and pairs within one group, or within any.
pub(super) fn within(
    graph: &Graph,
    groups: usize,
    one: Option<Option<u32>>,
    is_weighted: bool,
) -> Ratio {
    let counts = |g: u32| one.is_none_or(|one| one == Some(g));
    let sizes = graph.group_sizes(groups);
    let ordered: u64 = (0..groups as u32)
        .filter(|g| counts(*g))
        .map(|g| sizes[g as usize])
        .map(|n| n * n.saturating_sub(1))
        .sum();
    let ties = ties_where(graph, is_weighted, |a, b| a == b && counts(a));
    let pairs = if graph.directed { ordered } else { ordered / 2 };
    (ties, pairs as f64)
}

fn ties_where(graph: &Graph, is_weighted: bool, counts: impl Fn(u32, u32) -> bool) -> f64 {
    let ties = graph.ties.iter().filter_map(|(a, b, weight)| {
        let (a, b) = (graph.group(*a)?, graph.group(*b)?);
        counts(a, b).then(|| weigh(*weight, is_weighted))
    });
    ties.sum()
}

/// External minus internal ties, and external plus internal ties (Krackhardt & Stern 1988, p. 127): of all groups, or of one,
/// whose external ties are those with any other.
pub(super) fn e_i(graph: &Graph, one: Option<Option<u32>>, is_weighted: bool) -> Ratio {
    let of = |g: u32| one.is_none_or(|one| one == Some(g));
    let external = ties_where(graph, is_weighted, |a, b| a != b && (of(a) || of(b)));
    let internal = ties_where(graph, is_weighted, |a, b| a == b && of(a));
    (external - internal, external + internal)
}

/// The same of a network in which all actors are tied.
pub(super) fn e_i_of_pairs(graph: &Graph, groups: usize, one: Option<Option<u32>>) -> Ratio {
    let internal = within(graph, groups, one, false).1;
    let external = match one {
        None => between(graph, groups, None, false).1,
        Some(one) => {
            let others = (0..groups as u32).filter(|g| Some(*g) != one);
            others
                .map(|other| between(graph, groups, Some((one, Some(other))), false).1)
                .sum()
        }
    };
    (external - internal, external + internal)
}

/// Ties and pairs by the groups of both ends, `groups` standing for those without; of ties without direction each pair of
/// groups once.
pub(super) fn mixing(graphs: &[Graph], groups: usize, directed: bool) -> Vec<Mixing> {
    let all = groups + 1;
    let mut ties = vec![0_u64; all * all];
    let mut pairs = vec![0_u64; all * all];
    let slot = |g: Option<u32>| g.map_or(groups, |g| g as usize);
    for graph in graphs {
        for (a, b, _) in &graph.ties {
            let (mut a, mut b) = (slot(graph.group(*a)), slot(graph.group(*b)));
            if !directed && a > b {
                (a, b) = (b, a);
            }
            ties[a * all + b] += 1;
        }
        let sizes = graph.group_sizes(groups);
        for a in 0..all {
            for b in 0..all {
                pairs[a * all + b] += match (directed, a == b) {
                    (true, true) => sizes[a] * sizes[a].saturating_sub(1),
                    (false, true) => sizes[a] * sizes[a].saturating_sub(1) / 2,
                    _ => sizes[a] * sizes[b],
                };
            }
        }
    }
    let known = graphs.iter().all(|g| g.all_known);
    let mut mixing = Vec::new();
    for from in 0..all {
        for to in 0..all {
            let at = from * all + to;
            if (directed || from <= to) && (pairs[at] > 0 || ties[at] > 0) {
                mixing.push(Mixing {
                    from,
                    to,
                    ties: ties[at],
                    pairs: known.then_some(pairs[at]),
                });
            }
        }
    }
    mixing
}

/// Networks taken together, in numbers.
pub(super) fn summary(graphs: &[Graph], groups: usize, is_weighted: bool) -> NetworkSummary {
    let mut sum = NetworkSummary::default();
    let known = graphs.iter().all(|g| g.all_known);
    let (mut pairs, mut isolates, mut returned, mut weight) = (0, 0, 0, 0.0);
    let (mut across, mut within_ties) = (0.0, 0.0);
    let mut group_pairs = (0.0, 0.0);
    for graph in graphs {
        sum.actors += graph.size() as u64;
        sum.ties += graph.ties.len() as u64;
        weight += density(graph, true).0;
        pairs += graph.pairs();
        let (ties_across, pairs_across) = between(graph, groups, None, false);
        let (ties_within, pairs_within) = within(graph, groups, None, false);
        across += ties_across;
        within_ties += ties_within;
        group_pairs = (group_pairs.0 + pairs_across, group_pairs.1 + pairs_within);
        let parts = graph.components();
        sum.components += parts.len() as u64;
        sum.largest += parts.first().copied().unwrap_or(0);
        let alone = graph.degrees(false).iter().filter(|d| **d == 0.0).count();
        isolates += alone as u64;
        returned += graph.returned();
    }
    let directed = graphs.first().is_some_and(|g| g.directed);
    sum.weight = is_weighted.then_some(weight);
    sum.pairs = known.then_some(pairs);
    sum.isolates = known.then_some(isolates);
    sum.returned = directed.then_some(returned);
    if groups > 0 {
        sum.across_within = Some((across as u64, within_ties as u64));
        let pairs = (group_pairs.0 as u64, group_pairs.1 as u64);
        sum.pairs_across_within = known.then_some(pairs);
    }
    sum
}
