//! How the rows of a sample were drawn: clusters and strata as the data have them.
//!
//! A cluster is one wherever it appears. The programme separates strata as long as the data agree with that: where a cluster has
//! rows of several programmes the sample was not drawn programme by programme, and programmes are groups within the whole design
//! (domains), as in R's `svydesign` and `svyby`. So are they in a stratum of which a programme has a single cluster, since a
//! spread can't be told from one (collapsed strata: Wolter 2007, "Introduction to Variance Estimation", section 2.5).
//! A name that occurs in several of the declared strata is one cluster, and its strata are taken together; where most names do, they
//! are numbers that begin anew in each stratum (`nest = TRUE` in R), and the reader is told.

use rustc_hash::FxHashMap;

/// Codes of a row or cell; `None` where the data don't say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codes {
    /// Programme.
    pub programme: Option<u32>,
    /// Declared stratum; the same in all where none is declared.
    pub stratum: Option<u32>,
    /// Cluster.
    pub cluster: Option<u32>,
}

/// Clusters and strata, numbered in order of first appearance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawn {
    /// Cluster of each thing.
    pub cluster_of: Vec<u32>,
    /// Part of each thing: a declared stratum, of each programme where programmes separate strata.
    pub part_of: Vec<u32>,
    /// Stratum of each cluster.
    pub stratum_of: Vec<u32>,
    /// Stratum of each part, with a thing in it.
    pub parts: Vec<(u32, usize)>,
    /// Number of strata.
    pub strata: usize,
    /// Whether programmes separate strata.
    pub by_programme: bool,
    /// Clusters with rows of several programmes.
    pub crossing: usize,
    /// Clusters with rows in several declared strata, which were taken together.
    pub between: usize,
    /// Whether names of clusters begin anew in each declared stratum.
    pub anew: bool,
    /// Whether a programme's single cluster was put together with those of others.
    pub collapsed: bool,
}

/// Numbers things in order of first appearance.
#[derive(Default)]
struct Numbers<K>(FxHashMap<K, u32>);

impl<K: std::hash::Hash + Eq> Numbers<K> {
    fn of(&mut self, key: K) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(key).or_insert(next)
    }
}

/// Sets that are put together.
struct Joined(Vec<u32>);

impl Joined {
    fn root(&self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            at = self.0[at as usize];
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.0[high as usize] = low;
    }
}

impl Drawn {
    /// Of things with their codes. `is_all` tells of a thing whether its stratum has one cluster in the population, which needs no second.
    pub fn new(things: &[Codes], is_all: &dyn Fn(usize) -> bool) -> Drawn {
        let mut drawn = Drawn::default();
        let (strata, root) = drawn.declared(things);
        let mut clusters: Numbers<(u32, Option<u32>, Option<u32>)> = Numbers::default();
        // A cluster without a name is another one in each programme.
        let id = |at: usize| {
            let (stratum, codes) = (strata[at], &things[at]);
            let place = if drawn.anew {
                stratum
            } else {
                root[stratum as usize]
            };
            let own = codes.programme.filter(|_| codes.cluster.is_none());
            (place, own, codes.cluster)
        };
        let cluster_of: Vec<u32> = (0..things.len()).map(|at| clusters.of(id(at))).collect();
        let mut programmes: Vec<(Option<u32>, bool)> = vec![(None, false); clusters.0.len()];
        for (cluster, codes) in cluster_of.iter().zip(things) {
            let known = &mut programmes[*cluster as usize];
            match (known.0, codes.programme) {
                (None, own) => known.0 = own,
                (Some(a), Some(b)) if a != b => known.1 = true,
                _ => {}
            }
        }
        drawn.crossing = programmes.iter().filter(|(_, several)| *several).count();
        let several = {
            let mut named = things.iter().map(|t| t.programme);
            let first = named.next().flatten();
            named.any(|p| p != first)
        };
        drawn.by_programme = drawn.crossing == 0 && several;
        // Parts, and the strata that they make.
        let mut parts: Numbers<(Option<u32>, u32)> = Numbers::default();
        let mut names: Vec<(Option<u32>, u32)> = Vec::new();
        for (at, cluster) in cluster_of.iter().enumerate() {
            let own = programmes[*cluster as usize]
                .0
                .filter(|_| drawn.by_programme);
            let part = parts.of((own, strata[at]));
            if part as usize == drawn.parts.len() {
                drawn.parts.push((part, at));
                names.push((own, strata[at]));
            }
            drawn.part_of.push(part);
        }
        let mut joined = Joined((0..drawn.parts.len() as u32).collect());
        let mut first_of: FxHashMap<(Option<u32>, u32), u32> = FxHashMap::default();
        for (part, (own, stratum)) in names.iter().enumerate() {
            let place = (*own, root[*stratum as usize]);
            let first = *first_of.entry(place).or_insert(part as u32);
            joined.join(first, part as u32);
        }
        if drawn.by_programme {
            drawn.collapse(&mut joined, &names, &root, &cluster_of, is_all);
        }
        let mut numbers: Numbers<u32> = Numbers::default();
        for part in 0..drawn.parts.len() {
            drawn.parts[part].0 = numbers.of(joined.root(part as u32));
        }
        drawn.strata = numbers.0.len();
        drawn.stratum_of = vec![u32::MAX; programmes.len()];
        for (cluster, part) in cluster_of.iter().zip(&drawn.part_of) {
            let place = &mut drawn.stratum_of[*cluster as usize];
            if *place == u32::MAX {
                *place = drawn.parts[*part as usize].0;
            }
        }
        drawn.cluster_of = cluster_of;
        drawn
    }

    /// Number of the declared stratum of each thing, and of each the first of those that it is taken together with.
    fn declared(&mut self, things: &[Codes]) -> (Vec<u32>, Vec<u32>) {
        let mut numbers: Numbers<Option<u32>> = Numbers::default();
        let strata: Vec<u32> = things.iter().map(|t| numbers.of(t.stratum)).collect();
        let mut joined = Joined((0..numbers.0.len() as u32).collect());
        let mut first_of: FxHashMap<u32, (u32, bool)> = FxHashMap::default();
        if numbers.0.len() > 1 {
            for (stratum, thing) in strata.iter().zip(things) {
                if let Some(cluster) = thing.cluster {
                    let known = first_of.entry(cluster).or_insert((*stratum, false));
                    known.1 |= known.0 != *stratum;
                }
            }
        }
        let between = first_of.values().filter(|(_, several)| *several).count();
        self.anew = between * 2 > first_of.len();
        if between > 0 && !self.anew {
            self.between = between;
            for (stratum, thing) in strata.iter().zip(things) {
                if let Some((first, true)) = thing.cluster.and_then(|c| first_of.get(&c)) {
                    joined.join(*first, *stratum);
                }
            }
        }
        let root = (0..numbers.0.len() as u32)
            .map(|s| joined.root(s))
            .collect();
        (strata, root)
    }

    /// Takes programmes together in a stratum of which one has a single cluster.
    fn collapse(
        &mut self,
        joined: &mut Joined,
        names: &[(Option<u32>, u32)],
        root: &[u32],
        cluster_of: &[u32],
        is_all: &dyn Fn(usize) -> bool,
    ) {
        // Per stratum of a programme its only cluster, while there is no second.
        let mut only: Vec<Option<Option<u32>>> = vec![None; self.parts.len()];
        for (cluster, part) in cluster_of.iter().zip(&self.part_of) {
            let place = &mut only[joined.root(*part) as usize];
            *place = match *place {
                None => Some(Some(*cluster)),
                Some(Some(one)) if one == *cluster => Some(Some(one)),
                _ => Some(None),
            };
        }
        let single: Vec<u32> = (0..self.parts.len())
            .filter(|at| matches!(only[*at], Some(Some(_))) && !is_all(self.parts[*at].1))
            .map(|at| root[names[at].1 as usize])
            .collect();
        for stratum in single {
            let mut inside = (0..names.len()).filter(|at| root[names[*at].1 as usize] == stratum);
            let Some(first) = inside.next() else { continue };
            for other in inside.collect::<Vec<_>>() {
                self.collapsed |= joined.root(first as u32) != joined.root(other as u32);
                joined.join(first as u32, other as u32);
            }
        }
    }

    /// What the reader has to know, with the words for clusters (`cluster (town)`). No name of a cluster is told: it may be a person's.
    pub fn remarks(&self, cluster: &str) -> Vec<String> {
        let mut remarks = Vec::new();
        let verb = |count: usize| if count == 1 { "has" } else { "have" };
        if self.crossing > 0 {
            remarks.push(format!(
                "{} of {} sampling units, told apart by {cluster}, {} rows of several programmes. Each counts as one, and programmes are groups within the whole sample, not strata of it; where one name stands for different units in different programmes, rename them.",
                self.crossing,
                self.stratum_of.len(),
                verb(self.crossing),
            ));
        }
        if self.between > 0 {
            remarks.push(format!(
                "{} of {} sampling units, told apart by {cluster}, {} rows in several strata. Each counts as one, and those strata are taken together; where one name stands for different units in different strata, rename them.",
                self.between,
                self.stratum_of.len(),
                verb(self.between),
            ));
        }
        if self.anew {
            remarks.push(format!(
                "Most names of sampling units, told apart by {cluster}, occur in several strata. They are taken as numbers that begin anew in each stratum; where they are the same units, `stratum` is no stratum of the sample: take it out of the table's codev object."
            ));
        }
        if self.collapsed {
            remarks.push(
                "A programme has a single sampling unit in a stratum, from which no sampling error can be told: there programmes are groups within the whole stratum, not strata of their own."
                    .to_owned(),
            );
        }
        remarks
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(rows: &[(u32, u32, u32)]) -> Drawn {
        let things: Vec<Codes> = rows
            .iter()
            .map(|(p, h, c)| Codes {
                programme: (*p > 0).then_some(*p),
                stratum: Some(*h),
                cluster: (*c > 0).then_some(*c),
            })
            .collect();
        Drawn::new(&things, &|_| false)
    }

    #[test]
    fn programmes_separate_strata_where_clusters_agree() {
        let found = of(&[(1, 0, 1), (1, 0, 2), (2, 0, 3), (2, 0, 4), (2, 0, 3)]);
        assert_eq!(found.cluster_of, [0, 1, 2, 3, 2]);
        assert_eq!(found.stratum_of, [0, 0, 1, 1]);
        assert!(found.by_programme && found.remarks("row").is_empty());
    }

    #[test]
    fn a_cluster_of_two_programmes_is_one_and_they_are_no_strata() {
        let found = of(&[
            (1, 0, 1),
            (2, 0, 1),
            (1, 0, 2),
            (2, 0, 3),
            (3, 1, 5),
            (3, 1, 6),
        ]);
        assert_eq!(found.cluster_of, [0, 0, 1, 2, 3, 4]);
        assert_eq!(found.stratum_of, [0, 0, 0, 1, 1]);
        assert!(!found.by_programme && found.crossing == 1);
        // A row without a programme goes with its cluster.
        let found = of(&[(1, 0, 1), (0, 0, 1), (1, 0, 2), (2, 0, 3), (2, 0, 4)]);
        assert_eq!((found.by_programme, found.strata), (true, 2));
        // Rows without a cluster are not one over all programmes.
        let found = of(&[(1, 0, 0), (2, 0, 0), (1, 0, 2), (2, 0, 3)]);
        assert_eq!((found.crossing, found.strata), (0, 2));
    }

    #[test]
    fn a_programme_with_one_cluster_is_taken_together_with_others() {
        let found = of(&[(1, 0, 1), (1, 0, 2), (2, 0, 3), (1, 1, 4), (1, 1, 5)]);
        assert_eq!(found.stratum_of, [0, 0, 0, 1, 1]);
        assert!(found.collapsed);
        // Where no other programme is, a single cluster stays one.
        let found = of(&[(1, 0, 1), (1, 0, 2), (1, 1, 3), (2, 0, 4), (2, 0, 5)]);
        assert_eq!((found.strata, found.collapsed), (3, false));
    }

    #[test]
    fn a_few_names_in_two_strata_join_them_and_most_begin_anew() {
        let found = of(&[
            (1, 0, 1),
            (1, 0, 2),
            (1, 1, 2),
            (1, 1, 3),
            (1, 2, 4),
            (1, 2, 5),
        ]);
        assert_eq!(found.cluster_of, [0, 1, 1, 2, 3, 4]);
        assert_eq!(found.stratum_of, [0, 0, 0, 1, 1]);
        assert_eq!((found.between, found.anew), (1, false));
        let found = of(&[
            (1, 0, 1),
            (1, 0, 2),
            (1, 1, 1),
            (1, 1, 2),
            (1, 2, 1),
            (1, 2, 2),
        ]);
        assert_eq!(found.stratum_of, [0, 0, 1, 1, 2, 2]);
        assert_eq!((found.between, found.anew), (0, true));
    }
}
