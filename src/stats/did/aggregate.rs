//! Group-time effects summed up: overall, by time since adoption, by cohort, by period.

use super::Average;
use super::group_time::GroupTime;
use crate::stats::{Inference, Refused};
use std::collections::BTreeMap;

/// What to sum up over (Callaway & Sant'Anna 2021, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// All effects after treatment weighted by the size of the cohort (equation 3.10); long-treated cohorts count more.
    Simple,
    /// By periods since adoption (3.4); the overall effect is the mean over those from 0 on.
    Dynamic {
        /// First and last number of periods since adoption to show; none: all.
        between: Option<(i64, i64)>,
        /// Only cohorts seen this many periods after adoption, and up to that many, so that the cohorts stay the same.
        balanced: Option<i64>,
    },
    /// By cohort (3.7); the overall effect weights cohorts by size (3.8): the one the paper recommends.
    Group,
    /// By period (3.6); the overall effect is their mean.
    Calendar,
}

impl From<Average> for Aggregation {
    fn from(average: Average) -> Aggregation {
        match average {
            Average::Group => Aggregation::Group,
            Average::Simple => Aggregation::Simple,
            Average::Calendar => Aggregation::Calendar,
            Average::Dynamic => Aggregation::Dynamic {
                between: None,
                balanced: None,
            },
        }
    }
}

/// An effect at a time since adoption, of a cohort, or in a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Periods since adoption, cohort, or period.
    pub at: i64,
    /// The effect.
    pub inference: Inference,
    /// Simultaneous band over the parts, where asked for.
    pub band: Option<(f64, f64)>,
    /// Number of cohort-period effects in it.
    pub cells: usize,
}

/// A summary of group-time effects.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The one number.
    pub overall: Inference,
    /// Its parts; none for [`Aggregation::Simple`].
    pub parts: Vec<Part>,
    /// Critical value of the simultaneous band, with a bootstrap.
    pub critical: Option<f64>,
}

/// A number with the influence of each cluster on it.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) value: f64,
    pub(super) influence: Vec<f64>,
    /// Weight of each cohort-period effect in it.
    pub(super) cells: Vec<f64>,
}

pub(super) fn aggregate(of: &GroupTime, how: Aggregation) -> Result<Aggregate, Refused> {
    let after = |k: &usize| of.cells[*k].event() >= 0;
    let all: Vec<usize> = (0..of.cells.len()).collect();
    let (grouped, overall) = match how {
        Aggregation::Simple => {
            let chosen: Vec<usize> = all.into_iter().filter(after).collect();
            (BTreeMap::new(), weighted(of, &cell_pieces(of, &chosen)))
        }
        Aggregation::Dynamic { between, balanced } => {
            let chosen = all.into_iter().filter(|&k| {
                let (event, cohort) = (of.cells[k].event(), of.cells[k].cohort);
                between.is_none_or(|(low, high)| (low..=high).contains(&event))
                    && balanced.is_none_or(|e| event <= e && of.last - cohort >= e)
            });
            let parts = by(of, chosen, |k| of.cells[k].event());
            let overall = mean(parts.range(0..).map(|(_, (_, piece))| piece));
            (parts, overall)
        }
        Aggregation::Calendar => {
            let parts = by(of, all.into_iter().filter(after), |k| of.cells[k].period);
            let overall = mean(parts.values().map(|(_, piece)| piece));
            (parts, overall)
        }
        Aggregation::Group => {
            let parts = by(of, all.into_iter().filter(after), |k| of.cells[k].cohort);
            let pieces: Vec<(&Piece, i64)> =
                parts.iter().map(|(g, (_, piece))| (piece, *g)).collect();
            let overall = weighted_pieces(of, &pieces);
            (parts, overall)
        }
    };
    let Some(overall) = overall else {
        return Err(Refused::new(
            "no effect after treatment falls into what is asked for",
            "Ask for more periods since adoption.",
        ));
    };
    Ok(inferred(of, &overall, grouped))
}

/// Effects by periods until adoption, before treatment and anticipation.
pub(super) fn before(of: &GroupTime) -> Vec<Piece> {
    let event = |k: usize| of.cells[k].event();
    let early = (0..of.cells.len()).filter(|&k| event(k) < -i64::from(of.options.anticipation));
    by(of, early, event)
        .into_values()
        .map(|(_, piece)| piece)
        .collect()
}

type Parts = BTreeMap<i64, (usize, Piece)>;

fn inferred(of: &GroupTime, overall: &Piece, parts: Parts) -> Aggregate {
    let pieces: Vec<&Piece> = parts.values().map(|(_, piece)| piece).collect();
    let (told, critical) = of.together(&pieces);
    Aggregate {
        overall: of.infer(overall),
        parts: parts
            .iter()
            .zip(told)
            .map(|((at, (cells, _)), (inference, band))| Part {
                at: *at,
                inference,
                band,
                cells: *cells,
            })
            .collect(),
        critical,
    }
}

fn by(of: &GroupTime, chosen: impl Iterator<Item = usize>, key: impl Fn(usize) -> i64) -> Parts {
    let mut groups: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for k in chosen {
        groups.entry(key(k)).or_default().push(k);
    }
    groups
        .into_iter()
        .filter_map(|(at, cells)| {
            weighted(of, &cell_pieces(of, &cells)).map(|piece| (at, (cells.len(), piece)))
        })
        .collect()
}

fn cell_pieces(of: &GroupTime, cells: &[usize]) -> Vec<(Piece, i64)> {
    cells
        .iter()
        .map(|&k| (of.piece(k), of.cells[k].cohort))
        .collect()
}

fn weighted(of: &GroupTime, pieces: &[(Piece, i64)]) -> Option<Piece> {
    let borrowed: Vec<(&Piece, i64)> = pieces.iter().map(|(p, g)| (p, *g)).collect();
    weighted_pieces(of, &borrowed)
}

/// Mean weighted by the shares of the cohorts, which are estimates too (corollary 2 of the paper).
fn weighted_pieces(of: &GroupTime, pieces: &[(&Piece, i64)]) -> Option<Piece> {
    let shares: Vec<&Piece> = pieces
        .iter()
        .filter_map(|(_, g)| of.shares.iter().find(|(h, _)| h == g).map(|(_, s)| s))
        .collect();
    let total: f64 = shares.iter().map(|s| s.value).sum();
    if pieces.is_empty() || shares.len() != pieces.len() {
        return None;
    }
    let value = pieces
        .iter()
        .zip(&shares)
        .map(|((p, _), s)| s.value * p.value)
        .sum::<f64>()
        / total;
    let mut influence = vec![0.0; of.counts.clusters];
    for ((piece, _), share) in pieces.iter().zip(&shares) {
        for (c, sum) in influence.iter_mut().enumerate() {
            *sum += (share.value * piece.influence[c] + share.influence[c] * (piece.value - value))
                / total;
        }
    }
    let mut cells = vec![0.0; of.cells.len()];
    for ((piece, _), share) in pieces.iter().zip(&shares) {
        for (sum, weight) in cells.iter_mut().zip(&piece.cells) {
            *sum += share.value * weight / total;
        }
    }
    Some(Piece {
        value,
        influence,
        cells,
    })
}

fn mean<'a>(pieces: impl Iterator<Item = &'a Piece>) -> Option<Piece> {
    let pieces: Vec<&Piece> = pieces.collect();
    let first = pieces.first()?;
    let n = pieces.len() as f64;
    let influence = (0..first.influence.len())
        .map(|c| pieces.iter().map(|p| p.influence[c]).sum::<f64>() / n)
        .collect();
    let cells = (0..first.cells.len())
        .map(|k| pieces.iter().map(|p| p.cells[k]).sum::<f64>() / n)
        .collect();
    Some(Piece {
        value: pieces.iter().map(|p| p.value).sum::<f64>() / n,
        influence,
        cells,
    })
}
