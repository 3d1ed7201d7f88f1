//! What ties between actors form, programme by programme: no tie leads from one programme to another.

mod betweenness;
mod brokerage;
mod detail;
mod graph;
mod index;
mod mixing;
mod moments;

pub use index::Index;

use super::{Answer, Selection, Tables};
use crate::estimate::margin::Place;
use crate::indicator::measure::Network;
use crate::indicator::measure::network::{Phase, Role, Statistic};
use crate::outcome::Status;
use brokerage::Brokerage;
use graph::Graph;
use index::{Counts, Ends};
use std::collections::{BTreeMap, BTreeSet};

/// Name of the phases as a column of results.
const PHASE: &str = "phase";

pub(super) use detail::content;

/// Reads the tables of a measure.
pub(super) fn index(measure: &Network, tables: &Tables<'_>) -> Index {
    Index::new(measure, tables)
}

/// Cells of its own that the measure adds to those of a place: one for each phase.
pub(super) fn own_cells(measure: &Network) -> Vec<(String, Option<String>)> {
    if measure.dates.is_none() {
        return vec![];
    }
    let phases = Phase::ALL.into_iter();
    phases
        .map(|phase| (PHASE.to_owned(), Some(phase.word().to_owned())))
        .collect()
}

/// The phase that a place asks for, or else the measure.
fn phase_of(measure: &Network, place: &Place) -> Option<Phase> {
    let asked = place.group.as_ref().filter(|(name, _)| name == PHASE);
    let word = asked.and_then(|(_, word)| word.as_deref());
    word.and_then(|word| Phase::ALL.into_iter().find(|p| p.word() == word))
        .or(measure.phase)
}

/// What becomes of a row of the table of ties that the filter takes.
fn counts(measure: &Network, index: &Index, row: u32, phase: Option<Phase>) -> Counts {
    let Some(tie) = index.ties.get(row as usize).and_then(Option::as_ref) else {
        return Counts::No;
    };
    let (from, to) = match tie.ends {
        Ends::LeftOut => return Counts::No,
        Ends::Unknown => return Counts::Unknown,
        Ends::Known(from, to) => (from, to),
    };
    // Within or across groups: that takes two groups.
    let needs_both = measure.statistic.ties_have_groups() || measure.between.is_some();
    let nameless = index.group_of(from).is_none() || index.group_of(to).is_none();
    match tie.counts(phase, measure.years_after) {
        Counts::Yes if needs_both && nameless => Counts::Unknown,
        counts => counts,
    }
}

/// Rows of a selection that count, and the number of those of which it can't be said.
pub(super) fn rows_behind(
    measure: &Network,
    index: &Index,
    selection: &Selection<'_>,
) -> (Vec<u32>, u64) {
    let phase = phase_of(measure, selection.place);
    let (mut used, mut unknown) = (Vec::new(), 0);
    for row in selection.rows {
        match counts(measure, index, *row, phase) {
            Counts::Yes => used.push(*row),
            Counts::Unknown => unknown += 1,
            Counts::No => {}
        }
    }
    (used, unknown)
}

/// The networks that a place speaks of, whether or not they have a tie in it.
///
/// A disaggregation that splits the programmes, such as their type, takes the actors of its programmes; any other, such as the
/// kind of tie, is about the ties of all. Programmes of which no tie is known have no value of their own, and their actors are in
/// no total either: nobody knows whether they are alone.
fn networks(index: &Index, place: &Place) -> BTreeSet<u32> {
    let heard = |n: &u32| index.heard.get(*n as usize).is_some_and(|h| h.speaks());
    let all = || (0..index.networks.len() as u32).filter(heard);
    if let Some(programme) = &place.programme {
        let is = |n: &u32| index.networks[*n as usize].as_ref() == Some(programme);
        return all().filter(is).collect();
    }
    let splits = place.group.as_ref().is_some_and(|(name, _)| name != PHASE);
    if !splits {
        return all().collect();
    }
    let mut here: BTreeMap<u32, usize> = BTreeMap::new();
    for row in &place.cells {
        if let Some(network) = index.network_of.get(*row as usize) {
            *here.entry(*network).or_insert(0) += 1;
        }
    }
    let whole = here
        .iter()
        .all(|(network, rows)| index.rows_of.get(*network as usize) == Some(rows));
    if whole {
        here.into_keys().filter(heard).collect()
    } else {
        all().collect()
    }
}

/// The networks of a selection in a phase; `None` where rows are there and of none it can be said whether it counts.
///
/// Ties of actors without a group are in them: what counts by groups leaves them out.
fn graphs(
    measure: &Network,
    index: &Index,
    selection: &Selection<'_>,
    phase: Option<Phase>,
) -> Option<Vec<(u32, Graph)>> {
    let mut ties: BTreeMap<u32, Vec<(u32, u32, f64)>> = BTreeMap::new();
    // Of each network, whether of some of its rows, and whether of none, it can be said if they count.
    let mut told: BTreeMap<u32, bool> = BTreeMap::new();
    for row in selection.rows {
        let known = counts(measure, index, *row, phase) != Counts::Unknown;
        if let Some(network) = index.network_of.get(*row as usize) {
            *told.entry(*network).or_default() |= known;
        }
        if let Some(Some(tie)) = index.ties.get(*row as usize)
            && let Ends::Known(from, to) = tie.ends
            && tie.counts(phase, measure.years_after) == Counts::Yes
        {
            let of = ties.entry(tie.network).or_default();
            of.push((from, to, tie.weight));
        }
    }
    if !told.is_empty() && told.values().all(|known| !known) {
        return None;
    }
    let of = |network: u32| {
        let ties = ties.get(&network).into_iter().flatten().copied();
        (network, Graph::new(index, network, ties, measure.directed))
    };
    Some(
        networks(index, selection.place)
            .into_iter()
            .filter(|network| told.get(network).is_none_or(|known| *known))
            .map(of)
            .collect(),
    )
}

/// Value for rows that may be none: rows of the place that don't match are a network without ties.
pub(super) fn answer(measure: &Network, index: &Index, selection: &Selection<'_>) -> Answer {
    let phase = phase_of(measure, selection.place);
    match graphs(measure, index, selection, phase) {
        Some(graphs) => statistic(measure, index, &graphs),
        None => Answer::none(Status::AllMissing),
    }
}

/// The statistic of networks taken together: numerators and denominators are added up, never values.
fn statistic(measure: &Network, index: &Index, graphs: &[(u32, Graph)]) -> Answer {
    let groups = index.groups.len();
    let is_weighted = measure.weight.is_some();
    let of = measure.of.as_ref().map(|name| index.group(name));
    let two = measure.between.as_ref();
    let two = two.map(|(a, b)| (index.group(a), index.group(b)));
    let is_of =
        |graph: &Graph, at: usize| of.is_none_or(|of| of.is_some() && of == graph.group(at as u32));
    let ratio = |part: &dyn Fn(&Graph) -> (f64, f64)| {
        let (mut above, mut below) = (0.0, 0.0);
        for (_, graph) in graphs {
            let (a, b) = part(graph);
            (above, below) = (above + a, below + b);
        }
        Answer {
            parts: Some((above, below)),
            ..Answer::value(above / below)
        }
    };
    let sum = |part: &dyn Fn(&Graph) -> f64| {
        Answer::value(graphs.iter().map(|(_, graph)| part(graph)).sum())
    };
    // Sum over the actors spoken of, and their number.
    let mean = |scores: &dyn Fn(&Graph) -> Option<Vec<f64>>| {
        ratio(&|graph| {
            let Some(scores) = scores(graph) else {
                return (0.0, 0.0);
            };
            let mut of = scores
                .iter()
                .enumerate()
                .filter(|(at, _)| is_of(graph, *at));
            of.by_ref()
                .fold((0.0, 0.0), |(sum, n), (_, score)| (sum + score, n + 1.0))
        })
    };
    match measure.statistic {
        Statistic::Ties => sum(&|graph| match two {
            None => mixing::density(graph, is_weighted).0,
            Some(_) => mixing::between(graph, groups, two, is_weighted).0,
        }),
        Statistic::Density => ratio(&|graph| mixing::density(graph, is_weighted)),
        Statistic::DensityBetween => {
            ratio(&|graph| mixing::between(graph, groups, two, is_weighted))
        }
        Statistic::DensityWithin => ratio(&|graph| mixing::within(graph, groups, of, is_weighted)),
        Statistic::EIIndex => ratio(&|graph| mixing::e_i(graph, of, is_weighted)),
        Statistic::Reciprocity => {
            ratio(&|graph| (graph.returned() as f64, graph.ties.len() as f64))
        }
        Statistic::Components => sum(&|graph| graph.components().len() as f64),
        Statistic::LargestComponent => ratio(&|graph| {
            let largest = graph.components().first().copied().unwrap_or(0);
            (largest as f64, graph.size() as f64)
        }),
        Statistic::Isolates => mean(&|graph| {
            let degrees = graph.degrees(false);
            let alone = degrees.iter().map(|d| f64::from(u8::from(*d == 0.0)));
            Some(alone.collect())
        }),
        Statistic::Degree => mean(&|graph| Some(graph.degrees(is_weighted))),
        Statistic::Betweenness => mean(&|graph| index.betweenness(graph)),
        Statistic::Brokerage => {
            sum(&|graph| Brokerage::new(&graph.grouped()).count(measure.role, of))
        }
        Statistic::BrokerageZ => {
            let all: Vec<Graph> = graphs.iter().map(|(_, g)| g.grouped()).collect();
            let role = measure.role.unwrap_or(Role::Liaison);
            let brokers: Vec<Brokerage<'_>> = all.iter().map(Brokerage::new).collect();
            let found = compared(&brokers, role, of, groups);
            match found.and_then(|found| found.z()) {
                Some(z) => Answer::value(z),
                None => Answer::none(Status::Undefined),
            }
        }
    }
}

/// A count of open paths and what is to be expected of it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Compared {
    count: f64,
    expected: f64,
    deviation: f64,
}

impl Compared {
    /// Standard deviations above what is to be expected; `None` where groups dealt out at random always give the same.
    fn z(&self) -> Option<f64> {
        let z = (self.count - self.expected) / self.deviation;
        // Below that, the variance is what rounding left of nothing.
        (self.deviation > 1e-6).then_some(z)
    }
}

/// A role in networks taken together: groups are dealt out within each, so means and variances add up.
fn compared(
    brokers: &[Brokerage<'_>],
    role: Role,
    of: Option<Option<u32>>,
    groups: usize,
) -> Option<Compared> {
    let (mut count, mut mean, mut variance) = (0.0, 0.0, 0.0);
    for brokerage in brokers {
        count += brokerage.count(Some(role), of);
        let found = match of {
            // Nobody is of a group that does not occur.
            Some(None) => Default::default(),
            Some(of) => brokerage.expected(role, of, groups)?,
            None => brokerage.expected(role, None, groups)?,
        };
        (mean, variance) = (mean + found.mean, variance + found.variance);
    }
    Some(Compared {
        count,
        expected: mean,
        deviation: variance.sqrt(),
    })
}

/// What the reader has to know of the rows: ties dropped, put together or left out.
pub(super) fn remarks(measure: &Network, index: &Index, used: &[u32]) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut say = |count: u64, one: &str, many: &str| {
        if count > 0 {
            let words = if count == 1 { one } else { many };
            remarks.push(format!("{count} {words}."));
        }
    };
    let (mut loops, mut unknown, mut left_out, mut again) = (0, 0, 0, 0);
    let mut pairs = BTreeSet::new();
    for row in used {
        let Some(Some(tie)) = index.ties.get(*row as usize) else {
            continue;
        };
        match tie.ends {
            Ends::Unknown => unknown += 1,
            Ends::LeftOut => left_out += 1,
            Ends::Known(a, b) if a == b => loops += 1,
            Ends::Known(a, b) => {
                let pair = if measure.directed {
                    (a, b)
                } else {
                    (a.min(b), a.max(b))
                };
                again += u64::from(!pairs.insert(pair));
            }
        }
    }
    say(
        loops,
        "tie of an actor with itself is left out",
        "ties of an actor with itself are left out",
    );
    let several = if measure.weight.is_some() {
        "join a pair that is tied already: a pair counts once, with the sum of the weights"
    } else {
        "join a pair that is tied already: a pair counts once"
    };
    say(
        again,
        &several.replacen("join", "tie joins", 1),
        &format!("ties {several}"),
    );
    say(
        left_out,
        "tie leads to an actor that the filter on actors leaves out",
        "ties lead to actors that the filter on actors leaves out",
    );
    say(
        unknown,
        "tie names an actor that the table of actors does not have in its programme",
        "ties name an actor that the table of actors does not have in their programme",
    );
    // Where nothing can be read of any, there is no total to be in.
    let some = index.heard.iter().any(|h| h.speaks());
    let silent = (0..index.networks.len())
        .filter(|_| some)
        .filter(|n| !index.heard[*n].speaks() && !index.members[*n].is_empty());
    let (mut programmes, mut actors) = (0_u64, 0_usize);
    for network in silent {
        programmes += 1;
        actors += index.members[network].len();
    }
    say(
        programmes,
        &format!(
            "programme has actors ({actors}) and no tie that can be read: nothing is known of its network, and it is in no total"
        ),
        &format!(
            "programmes have actors ({actors} in all) and no tie that can be read: nothing is known of their networks, and they are in no total"
        ),
    );
    if measure.needs_groups() {
        let heard = (0..index.networks.len()).filter(|n| index.heard[*n].speaks());
        let nameless = heard
            .flat_map(|n| &index.members[n])
            .filter(|actor| index.group_of(**actor).is_none())
            .count();
        say(
            nameless as u64,
            "actor has no group: it and its ties count in no group",
            "actors have no group: they and their ties count in no group",
        );
    }
    say(
        index.torn,
        "tie gives an actor another group than an earlier tie: the first counts",
        "ties give an actor another group than an earlier tie: the first counts",
    );
    let named = measure
        .of
        .iter()
        .chain(measure.between.iter().flat_map(|(a, b)| [a, b]));
    for name in named {
        if index.group(name).is_none() {
            remarks.push(format!("No actor is of the group {name}."));
        }
    }
    remarks
}

/// How the value is made.
pub(super) fn made(measure: &Network) -> &'static str {
    match measure.statistic {
        Statistic::Brokerage | Statistic::BrokerageZ if measure.directed => {
            "Open paths by role after Gould & Fernandez (1989); groups dealt out at random within each programme give expectation and deviation, worked out exactly."
        }
        Statistic::Brokerage | Statistic::BrokerageZ => {
            "Open paths by role after Gould & Fernandez (1989), each counted once since ties have no direction; groups dealt out at random within each programme give expectation and deviation, worked out exactly."
        }
        Statistic::Betweenness => {
            "Betweenness after Freeman (1977) by the algorithm of Brandes (2001), as a share of the pairs of other actors of the programme; ties count alike."
        }
        _ => {
            "Ties of a pair of actors count as one. All programmes together: what is counted in each network is added up, since no tie leads from one to another."
        }
    }
}
