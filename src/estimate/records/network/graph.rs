//! One network: its actors and the ties between them, several rows of a pair made one.

use super::index::Index;
use petgraph::graph::{NodeIndex, UnGraph};
use rustworkx_core::connectivity::connected_components;
use std::collections::{BTreeMap, BTreeSet};

/// A network without loops and without parallel ties.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Graph {
    /// Actors, as positions in the index.
    pub actors: Vec<u32>,
    /// Group of each, as a position in the index.
    pub groups: Vec<Option<u32>>,
    /// Ties by position among the actors, with their weight; sorted. Without direction the smaller position first.
    pub ties: Vec<(u32, u32, f64)>,
    /// Whether ties have a direction.
    pub directed: bool,
    /// Whether all actors are known, those without a tie too.
    pub all_known: bool,
}

impl Graph {
    /// Of the ties of a network. A tie of an actor with itself is dropped; the weights of several between a pair are added.
    pub fn new(
        index: &Index,
        network: u32,
        ties: impl Iterator<Item = (u32, u32, f64)>,
        directed: bool,
    ) -> Graph {
        let mut pairs: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for (from, to, weight) in ties.filter(|(from, to, _)| from != to) {
            let pair = if directed || from < to {
                (from, to)
            } else {
                (to, from)
            };
            *pairs.entry(pair).or_insert(0.0) += weight;
        }
        let members = index.members.get(network as usize);
        let mut actors: Vec<u32> = members.cloned().unwrap_or_default();
        if !index.all_known {
            let tied: BTreeSet<u32> = pairs.keys().flat_map(|(a, b)| [*a, *b]).collect();
            actors.retain(|actor| tied.contains(actor));
        }
        let places: BTreeMap<u32, u32> = actors.iter().copied().zip(0..).collect();
        let place = |actor: &u32| places.get(actor).copied();
        let mut ties: Vec<(u32, u32, f64)> = pairs
            .iter()
            .filter_map(|((a, b), weight)| Some((place(a)?, place(b)?, *weight)))
            .collect();
        ties.sort_by_key(|(a, b, _)| (*a, *b));
        Graph {
            groups: actors.iter().map(|a| index.group_of(*a)).collect(),
            actors,
            ties,
            directed,
            all_known: index.all_known,
        }
    }

    /// Number of actors.
    pub fn size(&self) -> usize {
        self.actors.len()
    }

    /// Group of an actor by position.
    pub fn group(&self, at: u32) -> Option<u32> {
        self.groups.get(at as usize).copied().flatten()
    }

    /// Pairs of actors that could be tied: n (n - 1) with direction, half of it without.
    pub fn pairs(&self) -> u64 {
        let n = self.size() as u64;
        let ordered = n * n.saturating_sub(1);
        if self.directed { ordered } else { ordered / 2 }
    }

    /// Actors of each group; those without a group last.
    pub fn group_sizes(&self, groups: usize) -> Vec<u64> {
        let mut sizes = vec![0; groups + 1];
        for group in &self.groups {
            sizes[group.map_or(groups, |g| g as usize)] += 1;
        }
        sizes
    }

    /// The network without the actors that have no group.
    pub fn grouped(&self) -> Graph {
        let mut places = vec![None; self.size()];
        let mut kept = Graph {
            directed: self.directed,
            all_known: self.all_known,
            ..Graph::default()
        };
        for (at, group) in self.groups.iter().enumerate() {
            if group.is_some() {
                places[at] = Some(kept.actors.len() as u32);
                kept.actors.push(self.actors[at]);
                kept.groups.push(*group);
            }
        }
        let place = |at: u32| places.get(at as usize).copied().flatten();
        kept.ties = self
            .ties
            .iter()
            .filter_map(|(a, b, weight)| Some((place(*a)?, place(*b)?, *weight)))
            .collect();
        kept
    }

    /// Per actor, the number of its ties or the sum of their weights; with direction, both those that leave and those that
    /// arrive.
    pub fn degrees(&self, is_weighted: bool) -> Vec<f64> {
        let mut degrees = vec![0.0; self.size()];
        for (a, b, weight) in &self.ties {
            let more = if is_weighted { *weight } else { 1.0 };
            degrees[*a as usize] += more;
            degrees[*b as usize] += more;
        }
        degrees
    }

    /// Ties that are returned.
    pub fn returned(&self) -> u64 {
        let has = |a: u32, b: u32| {
            let found = self
                .ties
                .binary_search_by_key(&(a, b), |(x, y, _)| (*x, *y));
            found.is_ok()
        };
        let returned = self.ties.iter().filter(|(a, b, _)| has(*b, *a));
        returned.count() as u64
    }

    /// Sizes of the parts that no tie connects, whatever its direction; the largest first.
    pub fn components(&self) -> Vec<u64> {
        let graph = self.undirected();
        let mut sizes: Vec<u64> = connected_components(&graph)
            .iter()
            .map(|part| part.len() as u64)
            .collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        sizes
    }

    fn undirected(&self) -> UnGraph<(), ()> {
        let mut graph: UnGraph<(), ()> = UnGraph::with_capacity(self.size(), self.ties.len());
        for _ in 0..self.size() {
            graph.add_node(());
        }
        for (a, b, _) in &self.ties {
            graph.update_edge(NodeIndex::new(*a as usize), NodeIndex::new(*b as usize), ());
        }
        graph
    }
}
