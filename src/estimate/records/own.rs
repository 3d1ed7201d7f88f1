//! What some measures have of their own: cells beside those asked for, rows that count here and not there, remarks.

use super::{Selection, Tables};
use super::{agreement, network, retention};
use crate::estimate::margin::Place;
use crate::indicator::measure::network::Statistic;
use crate::indicator::measure::{Concord, Index, Parity, What};
use crate::plan::cut::Cut;
use crate::plan::reach::Reach;
use std::sync::OnceLock;

/// What is made of the tables of a measure once, for all its places.
#[derive(Default)]
pub struct Prepared(OnceLock<network::Index>);

impl Prepared {
    /// Actors and ties of a network measure.
    pub fn network(
        &self,
        measure: &crate::indicator::measure::Network,
        tables: &Tables<'_>,
    ) -> &network::Index {
        self.0.get_or_init(|| network::index(measure, tables))
    }
}

/// Adds the cells that a measure gives of its own to the total and to each programme.
pub fn add_places(what: &What, cut: &Cut, places: &mut Vec<Place>) {
    let cells = match what {
        What::Network(measure) => network::own_cells(measure),
        _ => vec![],
    };
    let whole = |place: &&Place| place.group.is_none() && place.period.is_none();
    let wholes: Vec<Place> = places.iter().filter(whole).cloned().collect();
    // A disaggregation of that name was asked for, and comes first.
    let is_taken = |name: &String| cut.by.iter().any(|(by, _)| by == name);
    for place in wholes {
        for cell in cells.iter().filter(|(name, _)| !is_taken(name)) {
            places.push(Place {
                group: Some(cell.clone()),
                ..place.clone()
            });
        }
    }
}

/// Where the value of a measure can lie.
pub fn reach(what: &What) -> Reach {
    let up_to_one = Reach::of(f64::NEG_INFINITY, 1.0);
    let at_least_one = Reach::of(1.0, f64::INFINITY);
    match what {
        What::Agreement(measure) => match measure.statistic {
            Concord::KrippendorffAlpha => up_to_one,
            Concord::CohenKappa
            | Concord::LinearKappa
            | Concord::QuadraticKappa
            | Concord::Icc
            | Concord::IccOneWay
            | Concord::IccConsistency => Reach::SIGNED,
            Concord::IccAverage | Concord::IccConsistencyAverage | Concord::IccOneWayAverage => {
                up_to_one
            }
            Concord::EqualScores => Reach::SHARE,
            Concord::Gap => Reach::ANY,
            Concord::AbsoluteGap => Reach::POSITIVE,
        },
        What::Concentration(measure) => match measure.statistic {
            Index::EffectiveNumber | Index::InverseHerfindahl | Index::Categories => at_least_one,
            Index::Herfindahl | Index::LargestShare => Reach::SHARE,
            Index::Shannon => Reach::POSITIVE,
        },
        What::Representation(measure) => match measure.statistic {
            Parity::Dissimilarity => Reach::SHARE,
            Parity::Ratio | Parity::Rate | Parity::AbsentGroups => Reach::POSITIVE,
        },
        What::Retention(_) => Reach::SHARE,
        // Its value is a formula.
        What::Scale(_) => Reach::ANY,
        What::Network(measure) => match measure.statistic {
            Statistic::Density
            | Statistic::DensityBetween
            | Statistic::DensityWithin
            | Statistic::Reciprocity
            | Statistic::LargestComponent
            | Statistic::Isolates
            | Statistic::Betweenness => Reach::SHARE,
            Statistic::EIIndex => Reach::SIGNED,
            Statistic::BrokerageZ => Reach::ANY,
            Statistic::Ties | Statistic::Components | Statistic::Degree | Statistic::Brokerage => {
                Reach::POSITIVE
            }
        },
    }
}

/// Whether rows that are there and don't match have a value too: the true zero of a network without ties.
pub fn speaks_of_no_rows(what: &What) -> bool {
    matches!(what, What::Network(_))
}

/// Of the used rows of a selection, those that count in its place, and how many can't be said to count or not.
pub fn rows_behind(
    what: &What,
    tables: &Tables<'_>,
    prepared: &Prepared,
    selection: &Selection<'_>,
) -> (Vec<u32>, u64) {
    match what {
        What::Network(measure) => {
            network::rows_behind(measure, prepared.network(measure, tables), selection)
        }
        What::Agreement(measure) => agreement::rows_behind(measure, tables, selection),
        What::Retention(_) => (retention::rows_behind(tables, selection), 0),
        _ => (selection.rows.to_vec(), 0),
    }
}

/// What the reader has to know of the rows.
pub fn remarks(
    what: &What,
    tables: &Tables<'_>,
    programme: Option<usize>,
    selection: &Selection<'_>,
) -> Vec<String> {
    match what {
        What::Agreement(measure) => {
            let found = agreement::across(measure, tables, programme, selection);
            found.into_iter().collect()
        }
        What::Network(measure) => {
            network::remarks(measure, tables.1.network(measure, tables), selection.rows)
        }
        _ => vec![],
    }
}
