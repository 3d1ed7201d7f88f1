//! The units that a baseline is drawn by: what was sampled or is assigned as a whole, in strata with enough of them.

use crate::effect::{Codes, Designed, Observations};
use crate::outcome::NotEstimable;
use std::collections::{BTreeMap, BTreeSet};

/// Units of the baseline rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Units {
    /// Unit of each row.
    pub of: Codes,
    /// Stratum of each row; strata with a single unit in a group are joined with a neighbour.
    pub stratum: Vec<u32>,
    /// Stratum and group of each row.
    pub cell: Vec<u32>,
    /// What a unit is, for the reader.
    pub name: String,
    /// Whether units hold several persons.
    pub clustered: bool,
    /// Strata as the data have them, and after joining.
    pub strata: (usize, usize),
}

/// Units, strata and groups of baseline rows.
///
/// # Errors
/// A unit that is both treated and not, where chance does not assign; a single unit.
pub fn units(designed: &Designed<'_>, rows: &Observations) -> Result<Units, NotEstimable> {
    let work = designed.work();
    let by_lot = designed.setting().randomised;
    let programme = work.programme.map(|field| designed.labels(rows, field));
    let nested = |field: usize| {
        let own = designed.labels(rows, field);
        let label = |(at, label): (usize, String)| match &programme {
            Some(programme) if work.programme != Some(field) => {
                format!("{}\u{1f}{label}", programme[at])
            }
            _ => label,
        };
        Codes::new(own.into_iter().enumerate().map(label))
    };
    let persons = || match &rows.person {
        Some(person) => (person.clone(), "person".to_owned()),
        None => (
            Codes::new(rows.rows.iter().map(u32::to_string)),
            "row".to_owned(),
        ),
    };
    let (of, name) = match (by_lot, work.assigned, work.sampled, &rows.cluster) {
        (true, Some(field), _, _) => (
            nested(field),
            designed.setting().assigned.clone().unwrap_or_default(),
        ),
        (true, None, _, _) => persons(),
        (false, _, Some(field), _) => (nested(field), "cluster".to_owned()),
        (false, _, None, Some(cluster)) if cluster.count() < rows.len() => {
            (cluster.clone(), rows.cluster_name.clone())
        }
        (false, ..) => persons(),
    };
    let clustered = of.count() < rows.len() && name != "person";
    if of.count() < 2 {
        return Err(NotEstimable {
            reason: format!(
                "the baseline has a single {name}, so that nothing tells how much {name}s differ by chance"
            ),
            help: "Give the numbers as options instead (codev power --help), from a survey with several clusters.".to_owned(),
        });
    }
    if !by_lot {
        one_group(&of, rows, &name)?;
    }
    let field = if by_lot { work.blocks } else { work.stratum };
    let strata = match field {
        Some(field) => designed.labels(rows, field),
        None => vec![String::new(); rows.len()],
    };
    let group = |at: usize| !by_lot && rows.treated.get(at) == Some(&true);
    let known: BTreeSet<&String> = strata.iter().collect();
    let joined = join(&strata, &of.of, group);
    let stratum: Vec<u32> = strata.iter().map(|s| joined[s.as_str()]).collect();
    let after: BTreeSet<u32> = stratum.iter().copied().collect();
    Ok(Units {
        cell: (0..rows.len())
            .map(|at| 2 * stratum[at] + u32::from(group(at)))
            .collect(),
        strata: (known.len(), after.len()),
        of,
        stratum,
        name,
        clustered,
    })
}

/// Refuses units that are both treated and not.
fn one_group(of: &Codes, rows: &Observations, name: &str) -> Result<(), NotEstimable> {
    let mut groups: BTreeMap<u32, bool> = BTreeMap::new();
    for (unit, treated) in of.of.iter().zip(&rows.treated) {
        if *groups.entry(*unit).or_insert(*treated) != *treated {
            let label = of.label(*unit);
            return Err(NotEstimable {
                reason: format!(
                    "the {name} `{}` holds treated and untreated persons, so that drawing whole {name}s can't give groups",
                    label.replace('\u{1f}', " ")
                ),
                help: "Name what was sampled as a whole (\"cluster\" in datapackage.json), or, where chance assigned persons, set `randomised = true`.".to_owned(),
            });
        }
    }
    Ok(())
}

/// Joins each stratum that has a single unit in one of its groups with the neighbour (in order of the labels) whose label starts
/// alike for longest; gives the number of each label's stratum.
fn join<'a>(
    strata: &'a [String],
    units: &[u32],
    group: impl Fn(usize) -> bool,
) -> BTreeMap<&'a str, u32> {
    type Members = BTreeMap<bool, BTreeSet<u32>>;
    let mut all: BTreeMap<&str, Members> = BTreeMap::new();
    for (at, (stratum, unit)) in strata.iter().zip(units).enumerate() {
        let place = all.entry(stratum).or_default();
        place.entry(group(at)).or_default().insert(*unit);
    }
    let mut joined: Vec<(Vec<&str>, Members)> = all
        .into_iter()
        .map(|(label, members)| (vec![label], members))
        .collect();
    let short = |members: &Members| members.values().any(|units| units.len() < 2);
    while joined.len() > 1 {
        let Some(at) = joined.iter().position(|(_, members)| short(members)) else {
            break;
        };
        let alike = |other: usize| {
            let pair = joined.get(other).zip(joined.get(at));
            pair.map_or(0, |((a, _), (b, _))| shared(a[0], b[0]))
        };
        let before = at.checked_sub(1);
        let after = Some(at + 1).filter(|next| *next < joined.len());
        let first = match (before, after) {
            (Some(before), Some(after)) if alike(after) > alike(before) => at,
            (Some(before), _) => before,
            (None, _) => at,
        };
        let (labels, members) = joined.remove(first + 1);
        if let Some(place) = joined.get_mut(first) {
            place.0.extend(labels);
            for (group, units) in members {
                place.1.entry(group).or_default().extend(units);
            }
        }
    }
    let numbered = joined.iter().enumerate();
    numbered
        .flat_map(|(at, (labels, _))| labels.iter().map(move |label| (*label, at as u32)))
        .collect()
}

/// Characters with which both start.
fn shared(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stratum_with_one_unit_in_a_group_is_joined_with_its_likest_neighbour() {
        let rows = [
            ("P1-dense", 1, false),
            ("P1-dense", 2, false),
            ("P1-dense", 3, true),
            ("P1-dense", 4, true),
            ("P2-dense", 5, false),
            ("P2-dense", 6, false),
            ("P2-dense", 7, true),
            ("P2-far", 8, false),
            ("P2-far", 9, false),
            ("P2-far", 10, true),
            ("P2-far", 11, true),
        ];
        let strata: Vec<String> = rows.iter().map(|r| r.0.to_owned()).collect();
        let units: Vec<u32> = rows.iter().map(|r| r.1).collect();
        let found = join(&strata, &units, |at| rows[at].2);
        assert_eq!(found["P1-dense"], 0);
        assert_eq!(found["P2-dense"], 1);
        assert_eq!(found["P2-far"], 1);
    }
}
