//! How far apart the profiles of two programmes are, and which programmes are like one.

use super::columns_of;
use crate::stats::Refused;

/// Share of the indicators that two programmes must both have before a distance is given, where nothing else is said: half.
pub const DEFAULT_SHARED: f64 = 0.5;

/// How differences of several indicators become one distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Mean absolute difference over the indicators that both have. As Gower (1971), but in spreads and not in shares of the range,
    /// so that one extreme programme doesn't make all others alike.
    MeanAbsolute,
    /// Root of the sum of squares, times all over shared indicators under the root (partial distance, Dixon 1979).
    Euclidean,
}

/// A distance and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// The distance, in spreads.
    pub value: f64,
    /// Indicators that both have.
    pub shared: usize,
}

/// Distance between two programmes of a standardised matrix, over the indicators that both have. `of`: how many indicators there
/// are to be had (without the refused ones); `least`: the share of them that must be shared ([`DEFAULT_SHARED`]).
///
/// # Errors
/// A share outside 0 to 1, profiles of unequal length, infinite numbers; too few shared indicators.
pub fn distance(
    a: &[Option<f64>],
    b: &[Option<f64>],
    metric: Metric,
    of: usize,
    least: f64,
) -> Result<Distance, Refused> {
    check_share(least)?;
    if a.len() != b.len() {
        return Err(Refused::new(
            "two profiles don't have the same number of indicators",
            "Give both one entry per indicator, empty where the value is missing.",
        ));
    }
    let found = between(a, b, metric, of);
    if found.is_some_and(|d| !d.value.is_finite()) {
        return Err(Refused::new(
            "a value is not a finite number",
            "Give a value that isn't known as missing.",
        ));
    }
    found
        .filter(|d| enough(d.shared, of, least))
        .ok_or_else(|| {
            let shared = found.map_or(0, |d| d.shared);
            Refused::new(
                format!("the two programmes share {shared} of {of} indicators"),
                format!(
                    "Compare programmes that share at least {} of them.",
                    needed(of, least)
                ),
            )
        })
}

fn check_share(least: f64) -> Result<(), Refused> {
    if (0.0..=1.0).contains(&least) {
        return Ok(());
    }
    Err(Refused::new(
        "the share of indicators to be shared is not between 0 and 1",
        "Give a share between 0 and 1, such as 0.5.",
    ))
}

/// Indicators that must be shared; one at least.
fn needed(of: usize, least: f64) -> usize {
    ((least * of as f64 - 1e-9).ceil() as usize).max(1)
}

fn enough(shared: usize, of: usize, least: f64) -> bool {
    shared >= needed(of, least)
}

/// The distance, whatever it rests on; `None` where nothing is shared.
fn between(a: &[Option<f64>], b: &[Option<f64>], metric: Metric, of: usize) -> Option<Distance> {
    let (mut sum, mut shared) = (0.0, 0usize);
    for (a, b) in a.iter().zip(b) {
        if let (Some(a), Some(b)) = (a, b) {
            shared += 1;
            sum += match metric {
                Metric::MeanAbsolute => (a - b).abs(),
                Metric::Euclidean => (a - b).powi(2),
            };
        }
    }
    let n = shared as f64;
    let value = match metric {
        Metric::MeanAbsolute => sum / n,
        Metric::Euclidean => (sum * of.max(shared) as f64 / n).sqrt(),
    };
    (shared > 0).then_some(Distance { value, shared })
}

/// How many indicators any programme has.
pub(super) fn available(rows: &[Vec<Option<f64>>], columns: usize) -> usize {
    let any = |c: &usize| rows.iter().any(|r| r.get(*c).is_some_and(Option::is_some));
    (0..columns).filter(any).count()
}

/// Distances between all rows, `None` where too little is shared or it isn't finite; row by row.
pub(super) fn all(
    rows: &[Vec<Option<f64>>],
    columns: usize,
    metric: Metric,
    least: f64,
) -> Result<Vec<Vec<Option<f64>>>, Refused> {
    check_share(least)?;
    let of = available(rows, columns);
    let mut out = vec![vec![None; rows.len()]; rows.len()];
    for (i, a) in rows.iter().enumerate() {
        for (j, b) in rows.iter().enumerate().take(i) {
            let found = between(a, b, metric, of)
                .filter(|d| enough(d.shared, of, least) && d.value.is_finite())
                .map(|d| d.value);
            out[i][j] = found;
            out[j][i] = found;
        }
    }
    Ok(out)
}

/// A programme like the one asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// Its row.
    pub row: usize,
    /// How far it is.
    pub distance: Distance,
    /// The indicators that differ most: column, and how far this programme lies above the one asked for, in spreads.
    pub apart: Vec<(usize, f64)>,
}

/// Programmes like one.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// The nearest first; equal distances in the order of the rows.
    pub neighbours: Vec<Neighbour>,
    /// Programmes that share too few indicators with it to be compared.
    pub without: usize,
}

/// The `most` programmes whose standardised profile is nearest to that of `row`, each with the `differing` indicators on which the
/// two differ most.
///
/// Near means alike in these indicators only; it says nothing of why.
///
/// # Errors
/// As [`distance`], except that programmes which share too little are counted; a row that isn't there.
pub fn nearest(
    rows: &[Vec<Option<f64>>],
    row: usize,
    most: usize,
    differing: usize,
    metric: Metric,
    least: f64,
) -> Result<Nearest, Refused> {
    let columns = columns_of(rows)?;
    check_share(least)?;
    let Some(own) = rows.get(row) else {
        return Err(Refused::new(
            format!("there is no programme number {row} among {}", rows.len()),
            "Ask for one of the programmes at hand.",
        ));
    };
    let of = available(rows, columns);
    let mut found: Vec<(usize, Distance)> = Vec::new();
    let mut without = 0;
    for (i, other) in rows.iter().enumerate().filter(|(i, _)| *i != row) {
        match between(own, other, metric, of) {
            Some(d) if enough(d.shared, of, least) && d.value.is_finite() => found.push((i, d)),
            _ => without += 1,
        }
    }
    found.sort_by(|a, b| a.1.value.total_cmp(&b.1.value));
    let neighbours = found.into_iter().take(most).map(|(i, distance)| {
        let pairs = own.iter().zip(&rows[i]).enumerate();
        let mut apart: Vec<(usize, f64)> = pairs
            .filter_map(|(c, (a, b))| Some((c, (*b)? - (*a)?)))
            .collect();
        apart.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        apart.truncate(differing);
        Neighbour {
            row: i,
            distance,
            apart,
        }
    });
    Ok(Nearest {
        neighbours: neighbours.collect(),
        without,
    })
}
