//! Groups among participants against groups in the population.

use super::{Answer, Selection, Setting, Source, Tables};
use crate::engine::sums::Exact;
use crate::indicator::measure::{Parity, Representation as Measure};
use crate::outcome::{Content, GroupRatio, Interval, Representation, Status};
use std::collections::{BTreeMap, BTreeSet};

/// Persons of a group: who take part, and in the population (`None` where it has no such group).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Persons {
    participants: f64,
    population: Option<f64>,
}

/// Persons by group.
type Groups = BTreeMap<String, Persons>;

/// Values of the columns that must agree, of a row.
fn place_of<'a>(source: &Source<'a>, matched: usize, row: u32) -> Vec<&'a str> {
    (1..=matched)
        .map(|at| {
            source
                .frame
                .fields
                .get(at)
                .and_then(|f| f.text(row))
                .unwrap_or("")
        })
        .collect()
}

/// Persons that a row stands for.
fn persons(source: &Source<'_>, measure: &Measure, is_counted: bool, row: u32) -> f64 {
    if !is_counted {
        return 1.0;
    }
    let count = source.frame.fields.get(measure.matched + 1);
    count.and_then(|c| c.number(row)).unwrap_or(0.0)
}

fn groups(measure: &Measure, tables: &Tables<'_>, selection: &Selection<'_>) -> Option<Groups> {
    let (participants, population) = (tables.get(0)?, tables.get(1)?);
    let mut took_part: BTreeMap<&str, Exact> = BTreeMap::new();
    for row in selection.rows {
        if let Some(group) = participants.frame.fields.first()?.text(*row) {
            let persons = persons(&participants, measure, measure.counted.0, *row);
            took_part
                .entry(group)
                .or_default()
                .add(persons * selection.weight(*row));
        }
    }
    // The places and years of the whole cell: those of a replicate without a cluster would be another population.
    let places: BTreeSet<Vec<&str>> = selection
        .place
        .cells
        .iter()
        .filter(|row| participants.frame.is_used(**row))
        .map(|row| place_of(&participants, measure.matched, *row))
        .collect();
    let programme = population
        .extract
        .programme
        .zip(selection.place.programme.as_deref());
    let mut lives_there: BTreeMap<&str, Exact> = BTreeMap::new();
    for row in (0..population.frame.rows()).filter(|row| population.frame.is_used(*row)) {
        let is_elsewhere = programme.is_some_and(|(key, id)| {
            let key = population.frame.keys.get(key);
            key.and_then(|k| k.label(row)) != Some(id)
        });
        if is_elsewhere || !places.contains(&place_of(&population, measure.matched, row)) {
            continue;
        }
        if let Some(group) = population.frame.fields.first()?.text(row) {
            let persons = persons(&population, measure, measure.counted.1, row);
            lives_there
                .entry(group)
                .or_default()
                .add(persons * population.frame.weight(row));
        }
    }
    let names: BTreeSet<&str> = took_part
        .keys()
        .chain(lives_there.keys())
        .copied()
        .collect();
    let group = |name: &str| Persons {
        participants: took_part.get(name).map_or(0.0, |x| x.value()),
        population: lives_there.get(name).map(|x| x.value()),
    };
    Some(
        names
            .into_iter()
            .map(|n| (n.to_owned(), group(n)))
            .collect(),
    )
}

/// Sums of both sides, where neither is nothing.
fn totals(groups: &Groups) -> Option<(f64, f64)> {
    let participants: f64 = groups.values().map(|g| g.participants).sum();
    let population: f64 = groups.values().filter_map(|g| g.population).sum();
    (participants > 0.0 && population > 0.0).then_some((participants, population))
}

/// Share among participants and share of the population.
fn shares(group: &Persons, (participants, population): (f64, f64)) -> (f64, f64) {
    let size = group.population.unwrap_or(0.0);
    (group.participants / participants, size / population)
}

pub(super) fn answer(measure: &Measure, tables: &Tables<'_>, selection: &Selection<'_>) -> Answer {
    let Some(groups) = groups(measure, tables, selection) else {
        return Answer::none(Status::Undefined);
    };
    let Some(totals) = totals(&groups) else {
        return Answer::none(Status::Undefined);
    };
    let ratio = |numerator: f64, denominator: f64| {
        if denominator > 0.0 {
            Answer {
                parts: Some((numerator, denominator)),
                ..Answer::value(numerator / denominator)
            }
        } else {
            Answer::none(Status::Undefined)
        }
    };
    let of = measure.of.as_deref();
    // A group that nobody names on either side is not known, which is not zero.
    let group = match of.map(|name| groups.get(name)) {
        Some(None) => return Answer::none(Status::NoMatch),
        Some(Some(group)) => Some(group),
        None => None,
    };
    match (measure.statistic, group) {
        (Parity::Dissimilarity, _) => {
            let apart = groups.values().map(|g| {
                let (p, q) = shares(g, totals);
                (p - q).abs()
            });
            Answer::value(apart.sum::<f64>() / 2.0)
        }
        (Parity::Ratio, Some(group)) => {
            // Two shares are no counts that a reader could check the ratio by: they stand in the table of groups.
            let (p, q) = shares(group, totals);
            Answer {
                parts: None,
                ..ratio(p, q)
            }
        }
        (Parity::Ratio, None) => Answer::none(Status::Undefined),
        (Parity::Rate, Some(group)) => ratio(group.participants, group.population.unwrap_or(0.0)),
        (Parity::Rate, None) => ratio(totals.0, totals.1),
        (Parity::AbsentGroups, _) => {
            let absent = |g: &&Persons| g.participants == 0.0 && g.population.unwrap_or(0.0) > 0.0;
            Answer::value(groups.values().filter(absent).count() as f64)
        }
    }
}

pub(super) fn content(
    measure: &Measure,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
    setting: &Setting<'_>,
) -> Option<Content> {
    let found = groups(measure, tables, selection)?;
    let totals = totals(&found)?;
    let names = tables.get(0)?.frame.fields.first()?;
    let rows_of = |group: &str| -> Vec<u32> {
        let mut rows = selection.rows.to_vec();
        rows.retain(|row| names.text(*row) == Some(group));
        rows
    };
    if !found.keys().all(|group| setting.allows(&rows_of(group))) {
        return None;
    }
    let mut groups: Vec<GroupRatio> = found
        .iter()
        .map(|(name, group)| {
            let (p, q) = shares(group, totals);
            GroupRatio {
                group: name.clone(),
                participants: group.participants,
                population: group.population,
                ratio: (q > 0.0).then(|| p / q),
                interval: interval(measure, tables, selection, setting, name),
            }
        })
        .collect();
    groups.sort_by(|a, b| {
        let rank = |g: &GroupRatio| g.ratio.unwrap_or(-1.0);
        rank(b)
            .total_cmp(&rank(a))
            .then_with(|| a.group.cmp(&b.group))
    });
    Some(Content::Representation(Representation {
        participants: totals.0,
        population: totals.1,
        groups,
    }))
}

/// Interval of a group's ratio, made on the logarithm so that it stays above zero.
fn interval(
    measure: &Measure,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
    setting: &Setting<'_>,
    name: &str,
) -> Option<Interval> {
    let logarithm = |selection: &Selection<'_>| {
        let groups = groups(measure, tables, selection).ok_or(Status::Undefined)?;
        let totals = totals(&groups).ok_or(Status::Undefined)?;
        let (p, q) = groups
            .get(name)
            .map(|g| shares(g, totals))
            .ok_or(Status::NoMatch)?;
        let log = (p / q).ln();
        if log.is_finite() {
            Ok(log)
        } else {
            Err(Status::Undefined)
        }
    };
    let log = setting.interval(selection, &logarithm)?.ok()?;
    let ratio = logarithm(selection).ok()?.exp();
    Some(Interval {
        low: log.low.exp(),
        high: log.high.exp(),
        // By the delta method: the derivative of exp is exp.
        se: log.se * ratio,
        ..log
    })
}

pub(super) fn made(measure: &Measure) -> &'static str {
    if measure.matched > 0 {
        "The population is that of the places and years in which somebody took part."
    } else {
        ""
    }
}
