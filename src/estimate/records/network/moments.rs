//! Mean and variance of a count of open paths by role when groups are dealt out at random (Gould & Fernandez 1989): exact.
//!
//! The count is a sum over paths of "the groups of its three actors match the role". Its mean is the number of paths times the
//! chance of a match; its second moment is a sum over pairs of paths of the chance that both match, which depends only on which
//! actors the two share. So pairs are counted by what they share, and the chance is worked out once for each way of sharing.

use crate::indicator::measure::network::Role;
use std::collections::BTreeMap;

/// Mean and variance.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Moments {
    pub mean: f64,
    pub variance: f64,
}

/// Which positions of one path are the same actors as which of another.
type Sharing = Vec<(usize, usize)>;

/// Pairs of paths by the actors that they share.
#[derive(Debug, Clone)]
pub(super) struct Pairs {
    paths: f64,
    sharing: Vec<(Sharing, i64)>,
}

impl Pairs {
    /// Of open paths.
    pub fn new(paths: &[[u32; 3]]) -> Pairs {
        Pairs {
            paths: paths.len() as f64,
            sharing: if paths.is_empty() {
                vec![]
            } else {
                sharing(paths)
            },
        }
    }
}

/// Mean and variance of the number of paths in a role, over actors of one group or any, with groups of these sizes.
pub(super) fn moments(pairs: &Pairs, sizes: &[u64], role: Role, of: Option<u32>) -> Moments {
    if pairs.paths == 0.0 {
        return Moments::default();
    }
    let classes = classes(role);
    let mut chances = Chances::new(sizes, of);
    let single = chances.of(&Deal::one(classes));
    let mean = pairs.paths * single;
    let second: f64 = pairs
        .sharing
        .iter()
        .map(|(shared, pairs)| match Deal::two(classes, shared, of) {
            Some(deal) if *pairs > 0 => *pairs as f64 * chances.of(&deal),
            _ => 0.0,
        })
        .sum();
    Moments {
        mean,
        // Rounding may leave a little less than nothing.
        variance: (second - mean * mean).max(0.0),
    }
}

/// Which of the three actors are of one group: equal numbers, equal groups; different numbers, different groups.
fn classes(role: Role) -> [usize; 3] {
    match role {
        Role::Coordinator => [0, 0, 0],
        Role::Itinerant => [0, 1, 0],
        Role::Gatekeeper => [1, 0, 0],
        Role::Representative => [0, 0, 1],
        Role::Liaison => [0, 1, 2],
    }
}

/// All ways in which two paths can share actors.
fn ways() -> Vec<Sharing> {
    let mut ways: Vec<Sharing> = vec![vec![]];
    for from in 0..3 {
        for way in ways.clone() {
            for to in 0..3 {
                if way.iter().all(|(_, taken)| *taken != to) {
                    let mut more = way.clone();
                    more.push((from, to));
                    ways.push(more);
                }
            }
        }
    }
    ways
}

/// Pairs of paths (in both orders, and each with itself) by the actors that they share: exactly these.
fn sharing(paths: &[[u32; 3]]) -> Vec<(Sharing, i64)> {
    let ways = ways();
    let mut counted: BTreeMap<Vec<usize>, Counts> = BTreeMap::new();
    let sides = |way: &Sharing| -> [Vec<usize>; 2] {
        let one = way.iter().map(|pair| pair.0);
        [one.collect(), way.iter().map(|pair| pair.1).collect()]
    };
    for places in ways.iter().flat_map(sides) {
        counted
            .entry(places.clone())
            .or_insert_with(|| count(paths, &places));
    }
    let at_least = ways.iter().map(|way| {
        let [one, other] = sides(way).map(|places| counted.get(&places));
        one.zip(other)
            .map_or(0, |(one, other)| meetings(one, other))
    });
    let at_least: Vec<i64> = at_least.collect();
    let contains = |larger: &Sharing, smaller: &Sharing| smaller.iter().all(|p| larger.contains(p));
    ways.iter()
        .map(|way| {
            // Inclusion and exclusion over what is shared beyond `way`.
            let exact = ways
                .iter()
                .zip(&at_least)
                .filter(|(larger, _)| contains(larger, way))
                .map(|(larger, count)| match (larger.len() - way.len()) % 2 {
                    0 => *count,
                    _ => -*count,
                });
            (way.clone(), exact.sum())
        })
        .collect()
}

/// Actors at some places of a path, with the number of paths that have them there; sorted.
type Counts = Vec<([u32; 3], i64)>;

fn count(paths: &[[u32; 3]], places: &[usize]) -> Counts {
    let key = |path: &[u32; 3]| {
        let mut key = [0; 3];
        for (slot, at) in key.iter_mut().zip(places) {
            *slot = path[*at];
        }
        key
    };
    let mut keys: Vec<[u32; 3]> = paths.iter().map(key).collect();
    keys.sort_unstable();
    let same = keys.chunk_by(|a, b| a == b);
    same.map(|group| (group[0], group.len() as i64)).collect()
}

/// Pairs of a path of the one and a path of the other that have the same actors in their places.
fn meetings(one: &Counts, other: &Counts) -> i64 {
    let mut other = other.iter().peekable();
    let mut pairs = 0;
    for (key, count) in one {
        while other.next_if(|(found, _)| found < key).is_some() {}
        if let Some((_, found)) = other.peek().filter(|(found, _)| found == key) {
            pairs += count * found;
        }
    }
    pairs
}

/// What groups a few different actors must have: classes of actors of the same group, and classes of different groups.
struct Deal {
    /// Number of actors in each class.
    actors: Vec<u64>,
    /// Classes whose groups differ.
    differ: Vec<(usize, usize)>,
    /// Class of the broker.
    broker: usize,
}

impl Deal {
    fn one(classes: [usize; 3]) -> Deal {
        let largest = classes.iter().max().map_or(0, |m| m + 1);
        let mut actors = vec![0; largest];
        classes.iter().for_each(|c| actors[*c] += 1);
        Deal {
            actors,
            differ: pairs(0, largest),
            broker: classes[1],
        }
    }

    /// Of two paths in the same role that share actors; `None` where that can't be. With `of` both brokers are of one group.
    fn two(classes: [usize; 3], shared: &Sharing, of: Option<u32>) -> Option<Deal> {
        let each = classes.iter().max().map_or(0, |m| m + 1);
        // Class of each class of the second path: that of the first with which it shares an actor, or one of its own.
        let mut same: Vec<usize> = (0..2 * each).collect();
        let mut join = |a: usize, b: usize| {
            let (a, b) = (same[a], same[b]);
            same.iter_mut()
                .filter(|c| **c == b.max(a))
                .for_each(|c| *c = a.min(b));
        };
        for (one, other) in shared {
            join(classes[*one], each + classes[*other]);
        }
        if of.is_some() {
            join(classes[1], each + classes[1]);
        }
        let mut actors = vec![0; 2 * each];
        classes.iter().for_each(|c| actors[same[*c]] += 1);
        for (at, class) in classes.iter().enumerate() {
            if shared.iter().all(|(_, other)| *other != at) {
                actors[same[each + *class]] += 1;
            }
        }
        let mut differ: Vec<(usize, usize)> = pairs(0, each)
            .into_iter()
            .chain(pairs(each, each))
            .map(|(a, b)| (same[a].min(same[b]), same[a].max(same[b])))
            .collect();
        differ.sort_unstable();
        differ.dedup();
        if differ.iter().any(|(a, b)| a == b) {
            return None;
        }
        // Only classes with actors, numbered anew.
        let kept: Vec<usize> = (0..2 * each).filter(|c| actors[*c] > 0).collect();
        let place = |class: usize| kept.iter().position(|k| *k == class);
        Some(Deal {
            actors: kept.iter().map(|c| actors[*c]).collect(),
            differ: differ
                .iter()
                .filter_map(|(a, b)| Some((place(*a)?, place(*b)?)))
                .collect(),
            broker: place(same[classes[1]])?,
        })
    }
}

fn pairs(first: usize, count: usize) -> Vec<(usize, usize)> {
    let all = first..first + count;
    all.clone()
        .flat_map(|a| all.clone().map(move |b| (a, b)))
        .filter(|(a, b)| a < b)
        .collect()
}

/// n (n - 1) ... (n - m + 1).
fn falling(n: u64, m: u64) -> f64 {
    (0..m).map(|i| n as f64 - i as f64).product()
}

/// Chances that actors get groups as a deal wants them, when groups of these sizes are dealt out at random.
struct Chances<'a> {
    sizes: &'a [u64],
    /// Group of the brokers, where it is given.
    of: Option<u32>,
    /// By the number of actors in each class and whether it has the given group: ways of giving classes groups that differ.
    known: BTreeMap<Vec<(u64, bool)>, f64>,
}

impl Chances<'_> {
    fn new(sizes: &[u64], of: Option<u32>) -> Chances<'_> {
        Chances {
            sizes,
            of,
            known: BTreeMap::new(),
        }
    }

    fn of(&mut self, deal: &Deal) -> f64 {
        let all = falling(self.sizes.iter().sum(), deal.actors.iter().sum());
        if all <= 0.0 {
            return 0.0;
        }
        // Classes may get the same group unless they must differ: every way of putting them together, each with groups that
        // differ.
        let mut ways = 0.0;
        together(deal, &mut vec![], 0, &mut |blocks: &[Vec<usize>]| {
            let block = |block: &Vec<usize>| {
                let actors = block.iter().map(|c| deal.actors[*c]).sum();
                (actors, self.of.is_some() && block.contains(&deal.broker))
            };
            let mut key: Vec<(u64, bool)> = blocks.iter().map(block).collect();
            key.sort_unstable();
            ways += match self.known.get(&key) {
                Some(known) => *known,
                None => {
                    let found = self.ways(&key);
                    self.known.insert(key, found);
                    found
                }
            };
        });
        ways / all
    }

    fn ways(&self, blocks: &[(u64, bool)]) -> f64 {
        let column = |(actors, is_given): &(u64, bool)| -> Vec<f64> {
            let groups = self.sizes.iter().zip(0_u32..);
            let ways = groups.map(|(size, group)| match self.of {
                Some(of) if *is_given && of != group => 0.0,
                _ => falling(*size, *actors),
            });
            ways.collect()
        };
        distinct(&blocks.iter().map(column).collect::<Vec<_>>())
    }
}

/// Every way of putting classes together in blocks such that no two that must differ are in one.
fn together(
    deal: &Deal,
    blocks: &mut Vec<Vec<usize>>,
    class: usize,
    found: &mut dyn FnMut(&[Vec<usize>]),
) {
    if class == deal.actors.len() {
        found(blocks);
        return;
    }
    for at in 0..blocks.len() {
        let apart = |other: &usize| deal.differ.contains(&(*other, class));
        if !blocks[at].iter().any(apart) {
            blocks[at].push(class);
            together(deal, blocks, class + 1, found);
            blocks[at].pop();
        }
    }
    blocks.push(vec![class]);
    together(deal, blocks, class + 1, found);
    blocks.pop();
}

/// Sum over all choices of a different row in each column of the product of what stands there: row by row, which columns have
/// theirs already.
fn distinct(columns: &[Vec<f64>]) -> f64 {
    let rows = columns.first().map_or(0, Vec::len);
    let mut sums = vec![0.0; 1 << columns.len()];
    sums[0] = 1.0;
    for row in 0..rows {
        // From the fullest down, so that a row is given to one column at most.
        for done in (0..sums.len()).rev() {
            for (at, column) in columns.iter().enumerate() {
                let with = done | 1 << at;
                if with != done {
                    sums[with] += sums[done] * column[row];
                }
            }
        }
    }
    sums.last().copied().unwrap_or(0.0)
}
