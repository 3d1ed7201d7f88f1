//! Brokerage by role (Gould & Fernandez 1989, Structures of mediation, Sociological Methodology 19: 89-126).

use super::graph::Graph;
use super::moments::{Moments, Pairs, moments};
use crate::indicator::measure::network::Role;
use std::cell::OnceCell;

/// So many open paths at most have their variance worked out.
const MOST_PATHS: usize = 1_000_000;

/// Roles of a broker in a network whose actors all have a group.
pub(super) struct Brokerage<'a> {
    graph: &'a Graph,
    /// Open paths i, j, k: ties lead from i to j and from j to k, and none from i to k. Without direction a path is here from
    /// each end.
    paths: Vec<[u32; 3]>,
    pairs: OnceCell<Pairs>,
}

/// The role of the middle actor of a path, by the groups of all three.
pub(super) fn role(i: u32, j: u32, k: u32) -> Role {
    match (i == j, j == k, i == k) {
        (true, true, _) => Role::Coordinator,
        (true, false, _) => Role::Representative,
        (false, true, _) => Role::Gatekeeper,
        (false, false, true) => Role::Itinerant,
        (false, false, false) => Role::Liaison,
    }
}

impl<'a> Brokerage<'a> {
    /// Of a network, in which actors without a group don't count.
    pub fn new(graph: &'a Graph) -> Brokerage<'a> {
        let mut out: Vec<Vec<u32>> = vec![vec![]; graph.size()];
        let mut into = out.clone();
        for (a, b, _) in &graph.ties {
            out[*a as usize].push(*b);
            into[*b as usize].push(*a);
            if !graph.directed {
                out[*b as usize].push(*a);
                into[*a as usize].push(*b);
            }
        }
        out.iter_mut().for_each(|list| list.sort_unstable());
        let mut paths = Vec::new();
        for (j, (into, leave)) in into.iter().zip(&out).enumerate() {
            for i in into {
                for k in leave.iter().filter(|k| *k != i) {
                    if out[*i as usize].binary_search(k).is_err() {
                        paths.push([*i, j as u32, *k]);
                    }
                }
            }
        }
        Brokerage {
            graph,
            paths,
            pairs: OnceCell::new(),
        }
    }

    /// How much a path counts. Without direction each is here from both ends: it counts once, and the roles that differ by
    /// direction, gatekeeper and representative, are then the same.
    fn share(&self, role: Option<Role>) -> f64 {
        match role {
            _ if self.graph.directed => 1.0,
            Some(Role::Gatekeeper | Role::Representative) => 1.0,
            _ => 0.5,
        }
    }

    fn counts(&self, path: &[u32; 3], wanted: Option<Role>) -> bool {
        let group = |at: u32| self.graph.group(at);
        match (group(path[0]), group(path[1]), group(path[2])) {
            (Some(i), Some(j), Some(k)) => wanted.is_none_or(|w| w == role(i, j, k)),
            _ => false,
        }
    }

    /// Open paths in a role (or any), over actors of a group (or any).
    pub fn count(&self, wanted: Option<Role>, of: Option<Option<u32>>) -> f64 {
        let is_of = |j: u32| of.is_none_or(|of| of.is_some() && of == self.graph.group(j));
        let found = self
            .paths
            .iter()
            .filter(|path| is_of(path[1]) && self.counts(path, wanted));
        found.count() as f64 * self.share(wanted)
    }

    /// Open paths over each actor in a role (or any).
    pub fn by_actor(&self, wanted: Option<Role>) -> Vec<f64> {
        let mut counts = vec![0.0; self.graph.size()];
        for path in self.paths.iter().filter(|path| self.counts(path, wanted)) {
            counts[path[1] as usize] += self.share(wanted);
        }
        counts
    }

    /// Mean and variance of the number of open paths in a role, over actors of a group (or any), when the groups of the actors
    /// are dealt out anew at random, each group as large as it is. `None` where there are too many paths to work it out.
    pub fn expected(&self, wanted: Role, of: Option<u32>, groups: usize) -> Option<Moments> {
        if self.paths.len() > MOST_PATHS {
            return None;
        }
        let pairs = self.pairs.get_or_init(|| Pairs::new(&self.paths));
        let mut sizes = self.graph.group_sizes(groups);
        sizes.truncate(groups);
        let found = moments(pairs, &sizes, wanted, of);
        let share = self.share(Some(wanted));
        Some(Moments {
            mean: found.mean * share,
            variance: found.variance * share * share,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::records::network::graph::Graph;

    /// Ties of Zachary's karate club (1977), from the lower to the higher number.
    const KARATE: &[(u32, &[u32])] = &[
        (1, &[2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32]),
        (2, &[3, 4, 8, 14, 18, 20, 22, 31]),
        (3, &[4, 8, 9, 10, 14, 28, 29, 33]),
        (4, &[8, 13, 14]),
        (5, &[7, 11]),
        (6, &[7, 11, 17]),
        (7, &[17]),
        (9, &[31, 33, 34]),
        (10, &[34]),
        (14, &[34]),
        (15, &[33, 34]),
        (16, &[33, 34]),
        (19, &[33, 34]),
        (20, &[34]),
        (21, &[33, 34]),
        (23, &[33, 34]),
        (24, &[26, 28, 30, 33, 34]),
        (25, &[26, 28, 32]),
        (26, &[32]),
        (27, &[30, 34]),
        (28, &[34]),
        (29, &[32, 34]),
        (30, &[33, 34]),
        (31, &[33, 34]),
        (32, &[33, 34]),
        (33, &[34]),
    ];

    fn graph(ties: &[(u32, u32)], groups: &[u32], directed: bool) -> Graph {
        let mut ties: Vec<(u32, u32, f64)> = ties.iter().map(|(a, b)| (*a, *b, 1.0)).collect();
        ties.sort_by_key(|(a, b, _)| (*a, *b));
        Graph {
            actors: (0..groups.len() as u32).collect(),
            groups: groups.iter().map(|g| Some(*g)).collect(),
            ties,
            directed,
            all_known: true,
        }
    }

    #[test]
    fn the_karate_club_has_the_published_roles() {
        let ties: Vec<(u32, u32)> = KARATE
            .iter()
            .flat_map(|(a, list)| list.iter().map(|b| (*a - 1, *b - 1)))
            .collect();
        assert_eq!(ties.len(), 78);
        let groups: Vec<u32> = (1..=34).map(|n| u32::from(n > 17)).collect();
        let graph = graph(&ties, &groups, true);
        let brokerage = Brokerage::new(&graph);
        let counts: Vec<f64> = Role::ALL
            .iter()
            .map(|r| brokerage.count(Some(*r), None))
            .collect();
        // Coordinator, itinerant, gatekeeper, representative, liaison.
        assert_eq!(counts, [16.0, 0.0, 10.0, 17.0, 0.0]);
    }

    #[test]
    fn three_groups_by_hand() {
        // Groups: 0 and 1 are a, 2 and 3 are b, 4 is c. Ties: 0>2, 2>4 (liaison 2), 2>1 (itinerant 2), 1>0: 1>0>2 is closed by
        // nothing (1 to 2 is no tie): representative 0; 2>1>0: gatekeeper 1 (from b into a). 3>2: 3>2>4 representative 2,
        // 3>2>1 representative 2; 0>2>4 liaison; 0>2>1 itinerant.
        let ties = [(0, 2), (2, 4), (2, 1), (1, 0), (3, 2)];
        let graph = graph(&ties, &[0, 0, 1, 1, 2], true);
        let brokerage = Brokerage::new(&graph);
        let count = |role, of| brokerage.count(Some(role), of);
        assert_eq!(count(Role::Liaison, None), 1.0);
        assert_eq!(count(Role::Itinerant, Some(Some(1))), 1.0);
        assert_eq!(count(Role::Representative, None), 3.0);
        assert_eq!(count(Role::Representative, Some(Some(1))), 2.0);
        assert_eq!(count(Role::Gatekeeper, Some(Some(0))), 1.0);
        assert_eq!(count(Role::Coordinator, None), 0.0);
        assert_eq!(brokerage.count(None, None), 6.0);
        assert_eq!(brokerage.count(None, Some(None)), 0.0);
    }

    #[test]
    fn without_direction_a_path_counts_once() {
        // a - b - a, a - b - c: one itinerant, two liaisons.
        let graph = graph(&[(0, 1), (1, 2), (1, 3)], &[0, 1, 0, 2], false);
        let brokerage = Brokerage::new(&graph);
        assert_eq!(brokerage.count(Some(Role::Itinerant), None), 1.0);
        assert_eq!(brokerage.count(Some(Role::Liaison), None), 2.0);
        assert_eq!(brokerage.count(None, None), 3.0);
    }

    /// All ways of dealing out groups of these sizes to actors.
    fn deals(sizes: &[u64], left: usize, dealt: &mut Vec<u32>, all: &mut Vec<Vec<u32>>) {
        if left == 0 {
            all.push(dealt.clone());
            return;
        }
        for group in 0..sizes.len() {
            if sizes[group] > 0 {
                let mut rest = sizes.to_vec();
                rest[group] -= 1;
                dealt.push(group as u32);
                deals(&rest, left - 1, dealt, all);
                dealt.pop();
            }
        }
    }

    #[test]
    fn mean_and_variance_are_those_of_all_ways_of_dealing_groups_out() {
        let ties = [
            (0, 1),
            (1, 2),
            (2, 3),
            (3, 1),
            (1, 4),
            (4, 5),
            (5, 0),
            (6, 1),
            (2, 6),
            (6, 7),
        ];
        for directed in [true, false] {
            let ties: Vec<(u32, u32)> = ties
                .iter()
                .map(|(a, b)| {
                    if directed || a < b {
                        (*a, *b)
                    } else {
                        (*b, *a)
                    }
                })
                .collect();
            for groups in [[0, 0, 0, 1, 1, 2, 2, 2], [0, 0, 0, 0, 0, 1, 1, 1]] {
                let start = graph(&ties, &groups, directed);
                let kinds = 1 + groups[7] as usize;
                let mut sizes = start.group_sizes(kinds);
                sizes.truncate(kinds);
                let mut all = Vec::new();
                deals(&sizes, groups.len(), &mut vec![], &mut all);
                for role in Role::ALL {
                    for of in [None, Some(0), Some(1)] {
                        let counts: Vec<f64> = all
                            .iter()
                            .map(|dealt| {
                                let dealt = graph(&ties, dealt, directed);
                                Brokerage::new(&dealt).count(Some(role), of.map(Some))
                            })
                            .collect();
                        let n = counts.len() as f64;
                        let mean = counts.iter().sum::<f64>() / n;
                        let variance = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / n;
                        let found = Brokerage::new(&start).expected(role, of, kinds);
                        let found = found.unwrap_or_default();
                        assert!(
                            (found.mean - mean).abs() < 1e-9
                                && (found.variance - variance).abs() < 1e-9,
                            "{role:?} {of:?} {directed}: {found:?}, all deals give {mean}, {variance}"
                        );
                    }
                }
            }
        }
    }
}
