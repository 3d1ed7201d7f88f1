//! Indicators by programmes on one scale: who is like whom, and in what they differ.

use super::definitions::Unified;
use super::entries::Entries;
use crate::outcome::Direction;
use crate::outcome::comparison::{
    Case, Neighbour, ProfileCell, ProfileColumn, ProfileRow, Profiles,
};
use crate::stats::Refused;
use crate::stats::profiles::order;
use crate::stats::profiles::{Better, Scaling, Spread, standardise};
use crate::stats::profiles::{DEFAULT_SHARED, Metric, nearest};
use rayon::prelude::*;

/// Programmes most like each one that are told.
const NEAREST: usize = 3;

/// Indicators that are told in which two differ most.
const DIFFERING: usize = 3;

/// A measure with the values of programmes.
pub(super) struct Valued<'a> {
    pub measure: &'a Unified,
    pub entries: Entries,
}

/// Which way a measure is better.
pub(super) fn better(direction: Direction) -> Better {
    match direction {
        Direction::HigherIsBetter => Better::Higher,
        Direction::LowerIsBetter => Better::Lower,
        Direction::Neither => Better::Neither,
    }
}

/// Values of all programmes in all measures (cases x measures).
pub(super) fn matrix(valued: &[Valued<'_>], cases: usize) -> Vec<Vec<Option<f64>>> {
    let mut rows = vec![vec![None; valued.len()]; cases];
    for (column, one) in valued.iter().enumerate() {
        for entry in &one.entries.entries {
            if let Some(row) = entry.case.and_then(|c| rows.get_mut(c)) {
                row[column] = Some(entry.value);
            }
        }
    }
    rows
}

/// Profiles of the programmes; `None` where fewer than two measures tell three programmes apart.
///
/// # Errors
/// Numbers that can't be standardised.
pub(super) fn profiles(valued: &[Valued<'_>], cases: &[Case]) -> Result<Option<Profiles>, Refused> {
    let whole = matrix(valued, cases.len());
    let present: Vec<usize> = (0..cases.len())
        .filter(|c| whole[*c].iter().any(Option::is_some))
        .collect();
    if valued.len() < 2 || present.len() < 3 {
        return Ok(None);
    }
    let rows: Vec<Vec<Option<f64>>> = present.iter().map(|c| whole[*c].clone()).collect();
    let directions: Vec<Better> = valued
        .iter()
        .map(|v| better(v.measure.measure.direction))
        .collect();
    let scaled = standardise(&rows, &directions, Scaling::Robust)?;
    // A measure that tells no programme from another stays out.
    let columns: Vec<usize> = (0..valued.len())
        .filter(|c| scaled.columns[*c].is_ok())
        .collect();
    if columns.len() < 2 {
        return Ok(None);
    }
    let values: Vec<Vec<Option<f64>>> = scaled
        .values
        .iter()
        .map(|row| columns.iter().map(|c| row[*c]).collect())
        .collect();
    let ordered = order(&values, Metric::MeanAbsolute, DEFAULT_SHARED)?.rows;
    let made: Result<Vec<ProfileRow>, Refused> = ordered
        .par_iter()
        .map(|row| {
            let found = nearest(
                &values,
                *row,
                NEAREST,
                DIFFERING,
                Metric::MeanAbsolute,
                DEFAULT_SHARED,
            )?;
            let near = found.neighbours.iter().map(|n| Neighbour {
                case: present[n.row],
                distance: n.distance.value,
                shared: n.distance.shared as u64,
                apart: n.apart.iter().map(|(column, _)| *column).collect(),
            });
            let case = present[*row];
            let cell = |at: usize| {
                let column = columns[at];
                ProfileCell {
                    value: whole[case][column],
                    standardised: values[*row][at],
                    status: status(&valued[column].entries, &cases[case]),
                }
            };
            Ok(ProfileRow {
                case,
                cells: (0..columns.len()).map(cell).collect(),
                near: near.collect(),
            })
        })
        .collect();
    let column = |c: &usize| {
        let found = scaled.columns[*c].as_ref().ok()?;
        Some(ProfileColumn {
            measure: valued[*c].measure.measure.clone(),
            centre: found.centre,
            spread: found.spread,
            remark: (found.by != Spread::Mad).then(|| found.by.words().to_owned()),
        })
    };
    Ok(Some(Profiles {
        columns: columns.iter().filter_map(column).collect(),
        rows: made?,
        method: format!(
            "Each value is told as its distance from the median programme, in median absolute deviations (made comparable with \
             standard deviations), and turned where less is better. It says where a programme lies among those compared: with others \
             it would lie elsewhere.{}",
            unknown(valued)
        ),
        distance: "The distance of two programmes is the mean absolute difference of their standardised values, over the indicators that both \
                   have; they must share half of all. Programmes are ordered so that like stands beside like (average linkage). Near means \
                   alike in these indicators; it says nothing of why."
            .to_owned(),
    }))
}

/// How many values are of samples whose error is not known, where there are any.
fn unknown(valued: &[Valued<'_>]) -> String {
    let entries = valued.iter().flat_map(|v| &v.entries.entries);
    match entries.filter(|e| e.error_unknown()).count() {
        0 => String::new(),
        1 => " One value is of a sample whose error is not known: it lies where it lies by its value alone.".to_owned(),
        n => format!(" {n} values are of samples whose errors are not known: they lie where they lie by their values alone."),
    }
}

/// The word for what a programme has of a measure.
fn status(entries: &Entries, case: &Case) -> String {
    let apart = entries.apart.iter().find(|a| a.id == case.id);
    apart.map_or("value", |a| a.status.as_str()).to_owned()
}
