//! Actors and ties of a network measure, read once: who is who, in which programme, in which group.

use super::super::Tables;
use super::betweenness::betweenness;
use super::graph::Graph;
use crate::engine::calendar::years_later;
use crate::engine::{Frame, State, Values};
use crate::indicator::measure::Network;
use crate::indicator::measure::network::{Dates, Phase};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// An actor of a network.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    /// Name to show.
    pub label: String,
    /// Position among the groups; `None` where it has none.
    pub group: Option<u32>,
}

/// A row of the table of ties.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tie {
    /// Network that it belongs to.
    pub network: u32,
    pub ends: Ends,
    pub weight: f64,
    when: Option<When>,
}

/// Days since 1970-01-01 that place a tie in phases.
#[derive(Debug, Clone, Copy)]
struct When {
    formed: f64,
    ended: Option<f64>,
    start: f64,
    end: f64,
    observed: Option<f64>,
}

/// The actors that a tie joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// Both are in the network.
    Known(u32, u32),
    /// One of them is left out by the filter on actors.
    LeftOut,
    /// One of them is not in the table of actors, or it can't be said whether the filter takes it.
    Unknown,
}

/// Whether a tie counts in a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    Yes,
    No,
    /// It can't be said.
    Unknown,
}

/// All that a network measure reads, put in order.
#[derive(Debug, Default)]
pub struct Index {
    /// Programme of each network; one without, where ties name no programme.
    pub(super) networks: Vec<Option<String>>,
    /// Actors of each network, in the order of the tables.
    pub(super) members: Vec<Vec<u32>>,
    pub(super) actors: Vec<Actor>,
    /// Names of groups, sorted.
    pub(super) groups: Vec<String>,
    /// Per row of the table of ties; `None` where the row does not count.
    pub(super) ties: Vec<Option<Tie>>,
    /// Network of each row, used or not.
    pub(super) network_of: Vec<u32>,
    /// Rows of each network, used or not.
    pub(super) rows_of: Vec<usize>,
    /// What the rows of each network are.
    pub(super) heard: Vec<Heard>,
    /// Whether a table names all actors.
    pub(super) all_known: bool,
    /// Actors that the ties put in different groups.
    pub(super) torn: u64,
    /// The network whose betweenness was asked for last.
    last: Mutex<Option<(Graph, Option<Vec<f64>>)>>,
}

/// What there is in the rows of a network: without any that can be read, nothing is known of its ties, which is not to have none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    used: bool,
    excluded: bool,
    missing: bool,
}

impl Heard {
    /// Whether the network has a value of its own; rows that the filter leaves out are a network without such ties.
    pub(super) fn speaks(self) -> bool {
        self.used || (self.excluded && !self.missing)
    }
}

impl Tie {
    /// Whether the tie counts in a phase; without one every tie does.
    pub(super) fn counts(&self, phase: Option<Phase>, years_after: f64) -> Counts {
        let (Some(phase), Some(when)) = (phase, self.when) else {
            return Counts::Yes;
        };
        // There on a day: formed by then, and not ended by then.
        let there = |day: f64| {
            if when.observed.is_some_and(|last| day > last) {
                return Counts::Unknown;
            }
            let is = when.formed <= day && when.ended.is_none_or(|ended| ended > day);
            if is { Counts::Yes } else { Counts::No }
        };
        match phase {
            Phase::Before => there(when.start - 1.0),
            Phase::During => there(when.end),
            Phase::After => there(years_later(when.end, years_after)),
            Phase::New if when.formed >= when.start && when.formed <= when.end => Counts::Yes,
            Phase::New => Counts::No,
        }
    }
}

/// Actors while they are found.
#[derive(Default)]
struct Found {
    /// By network and id; `None` for one that the filter leaves out.
    known: BTreeMap<(u32, String), Option<u32>>,
    networks: BTreeMap<Option<String>, u32>,
}

impl Found {
    fn network(&mut self, index: &mut Index, label: Option<&str>) -> u32 {
        let label = label.map(str::to_owned);
        *self.networks.entry(label.clone()).or_insert_with(|| {
            index.networks.push(label);
            index.members.push(vec![]);
            index.rows_of.push(0);
            index.heard.push(Heard::default());
            (index.networks.len() - 1) as u32
        })
    }

    fn add(&mut self, index: &mut Index, network: u32, id: &str, label: &str) -> u32 {
        index.actors.push(Actor {
            label: label.to_owned(),
            group: None,
        });
        let actor = (index.actors.len() - 1) as u32;
        index.members[network as usize].push(actor);
        self.known.insert((network, id.to_owned()), Some(actor));
        actor
    }
}

impl Index {
    /// Of the tables of a measure.
    pub(super) fn new(measure: &Network, tables: &Tables<'_>) -> Index {
        let mut index = Index::default();
        let Some(ties) = tables.get(0) else {
            return index;
        };
        let programme = ties.extract.programme;
        let by_programme = programme.and_then(|key| ties.frame.keys.get(key));
        let mut found = Found::default();
        let mut names: BTreeMap<u32, String> = BTreeMap::new();
        // Actors by id, where their table does not say which programme they belong to.
        let mut shared: BTreeMap<String, Option<(String, Option<String>)>> = BTreeMap::new();
        let mut is_shared = false;
        if let Some(source) = tables.get(1) {
            index.all_known = true;
            let own = source.extract.programme;
            let own = own.and_then(|key| source.frame.keys.get(key));
            is_shared = by_programme.is_some() && own.is_none();
            let frame = source.frame;
            for row in 0..frame.rows() {
                let Some(id) = text(frame, 0, row) else {
                    continue;
                };
                let group = measure.group.and_then(|at| text(frame, at, row));
                let group = group.map(|g| whole(measure, g));
                let label = measure.label.and_then(|at| text(frame, at, row));
                let label = label.unwrap_or(id);
                let state = frame.states.get(row as usize);
                let is_in = state == Some(&State::Used);
                if is_shared {
                    if is_in || state == Some(&State::Excluded) {
                        let known = is_in.then(|| (label.to_owned(), group));
                        shared.insert(id.to_owned(), known);
                    }
                    continue;
                }
                let of = by_programme.and(own).map(|key| key.label(row));
                let network = found.network(&mut index, of.flatten());
                if is_in {
                    let actor = found.add(&mut index, network, id, label);
                    names.extend(group.map(|g| (actor, g)));
                } else if state == Some(&State::Excluded) {
                    found.known.insert((network, id.to_owned()), None);
                }
            }
        }
        for row in 0..ties.frame.rows() {
            let label = by_programme.and_then(|key| key.label(row));
            let network = found.network(&mut index, label);
            index.network_of.push(network);
            index.rows_of[network as usize] += 1;
            let heard = &mut index.heard[network as usize];
            match ties.frame.states.get(row as usize) {
                Some(State::Used) => heard.used = true,
                Some(State::Excluded) => heard.excluded = true,
                Some(State::Missing | State::Undecided) => heard.missing = true,
                _ => {}
            }
            let mut end = |at: usize, group_at: Option<usize>| -> Option<Option<u32>> {
                let id = text(ties.frame, at, row)?;
                let key = (network, id.to_owned());
                let mut actor = found.known.get(&key).copied();
                if actor.is_none() && is_shared {
                    match shared.get(id) {
                        Some(Some((label, group))) => {
                            let new = found.add(&mut index, network, id, label);
                            names.extend(group.clone().map(|g| (new, g)));
                            actor = Some(Some(new));
                        }
                        Some(None) => actor = Some(None),
                        None => {}
                    }
                } else if actor.is_none() && !index.all_known && ties.frame.is_used(row) {
                    actor = Some(Some(found.add(&mut index, network, id, id)));
                }
                if let (Some(Some(actor)), Some(at)) = (actor, group_at)
                    && let Some(group) = text(ties.frame, at, row).map(|g| whole(measure, g))
                {
                    let first = names.entry(actor).or_insert_with(|| group.clone());
                    index.torn += u64::from(*first != group);
                }
                actor
            };
            let (from_group, to_group) = measure.group_ends.unzip();
            let ends = match (end(0, from_group), end(1, to_group)) {
                (Some(Some(from)), Some(Some(to))) => Ends::Known(from, to),
                (Some(None), Some(_)) | (Some(_), Some(None)) => Ends::LeftOut,
                _ => Ends::Unknown,
            };
            let weight = measure.weight.map_or(Some(1.0), |at| {
                ties.frame.fields.get(at).and_then(|f| f.number(row))
            });
            let tie = weight.map(|weight| Tie {
                network,
                ends,
                weight,
                when: measure.dates.and_then(|dates| when(ties.frame, dates, row)),
            });
            index.ties.push(tie.filter(|_| ties.frame.is_used(row)));
        }
        index.name_groups(&names);
        index
    }

    fn name_groups(&mut self, names: &BTreeMap<u32, String>) {
        let mut groups: Vec<String> = names.values().cloned().collect();
        groups.sort();
        groups.dedup();
        for (actor, name) in names {
            let at = groups.binary_search(name).ok();
            if let Some(actor) = self.actors.get_mut(*actor as usize) {
                actor.group = at.map(|at| at as u32);
            }
        }
        self.groups = groups;
    }

    /// Position of a group by name.
    pub(super) fn group(&self, name: &str) -> Option<u32> {
        let at = self.groups.binary_search_by(|g| g.as_str().cmp(name)).ok();
        at.map(|at| at as u32)
    }

    /// Betweenness of the actors of a network; that of the network asked for last is kept.
    pub(super) fn betweenness(&self, graph: &Graph) -> Option<Vec<f64>> {
        // A lock that a panic left behind only means that nothing is kept.
        let mut last = match self.last.lock() {
            Ok(last) => last,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some((_, scores)) = last.as_ref().filter(|(of, _)| of == graph) {
            return scores.clone();
        }
        let scores = betweenness(graph);
        *last = Some((graph.clone(), scores.clone()));
        scores
    }

    /// Group of an actor.
    pub(super) fn group_of(&self, actor: u32) -> Option<u32> {
        self.actors.get(actor as usize)?.group
    }
}

/// The name under which a group counts.
fn whole(measure: &Network, group: &str) -> String {
    let merged = measure.merged.get(group);
    merged.map_or_else(|| group.to_owned(), Clone::clone)
}

fn text(frame: &Frame, field: usize, row: u32) -> Option<&str> {
    frame.fields.get(field).and_then(|f: &Values| f.text(row))
}

fn when(frame: &Frame, dates: Dates, row: u32) -> Option<When> {
    let day = |at: usize| frame.fields.get(at).and_then(|f| f.number(row));
    Some(When {
        formed: day(dates.formed)?,
        ended: dates.ended.and_then(day),
        start: day(dates.start)?,
        end: day(dates.end)?,
        observed: dates.observed.and_then(day),
    })
}
