//! Who can be followed over periods: a change must not be one of who is compared.

use super::definitions::Unified;
use super::entries::{Entries, Reader, entries, sampled};
use super::gather::Material;
use crate::evaluation::{Common, ComparisonSetting};
use crate::outcome::comparison::{Between, Entry};
use std::collections::BTreeSet;

/// Entries by period, those followed alone: a change must not be one of who is compared. Of groups, their programmes are followed.
pub(super) fn followed(
    setting: &ComparisonSetting,
    between: &Between,
    measure: &Unified,
    material: &Material,
    common: &Common,
    whole: &[Entry],
) -> Followed {
    let labels: BTreeSet<&String> = measure
        .figures
        .iter()
        .filter_map(|f| f.period.as_ref())
        .collect();
    let units = match between {
        Between::Column(_) => &Between::Programmes,
        other => other,
    };
    let of = |period: Option<&String>| {
        let setting = ComparisonSetting {
            period: period.cloned(),
            ..setting.clone()
        };
        entries(&setting, units, measure, material, common).entries
    };
    let periods = labels
        .iter()
        .map(|label| ((*label).clone(), of(Some(label))))
        .collect();
    let Between::Column(column) = between else {
        return follow(whole, periods);
    };
    let programmes = follow(&of(None), periods);
    let reader = Reader {
        setting,
        measure,
        material,
        common,
    };
    let groups = |(label, entries): (String, Vec<Entry>)| {
        let mut single = Entries::of(Between::Programmes);
        single.entries = entries;
        (label, reader.grouped(column, single).entries)
    };
    let grouped = follow(whole, programmes.periods.into_iter().map(groups).collect());
    Followed {
        apart: [programmes.apart, grouped.apart].concat(),
        ..grouped
    }
}

/// What can be followed over periods.
pub(super) struct Followed {
    /// Comparable periods with the figures of those followed, in their order.
    pub periods: Vec<(String, Vec<Entry>)>,
    /// Periods that are not comparable, with the reason.
    pub apart: Vec<(String, String)>,
    /// Those that have a figure in every comparable period, as indices into the entries.
    pub entries: Vec<usize>,
}

/// A period of a sample with fewer rows than this share of those of the fullest is not compared with it.
const LEAST_ROWS: f64 = 1.0 / 3.0;

/// Periods in which two thirds have a figure, and a sample is no small part of the fullest; and those with a figure in all of these.
fn follow(all: &[Entry], periods: Vec<(String, Vec<Entry>)>) -> Followed {
    let rows = |figures: &[Entry]| -> u64 { figures.iter().map(|e| e.n).sum() };
    let any_sampled = |figures: &[Entry]| figures.iter().any(sampled);
    let fullest = periods.iter().map(|(_, f)| rows(f)).max().unwrap_or(0) as f64;
    let mut apart = Vec::new();
    let mut kept = Vec::new();
    for (label, figures) in periods {
        if figures.len() < 2 || figures.len() * 3 < all.len() * 2 {
            let reason = format!("{} of {} have a figure", figures.len(), all.len());
            apart.push((label, reason));
        } else if any_sampled(&figures) && (rows(&figures) as f64) < LEAST_ROWS * fullest {
            let reason = format!(
                "a sample of {} rows, against {fullest} in the fullest period",
                rows(&figures)
            );
            apart.push((label, reason));
        } else {
            kept.push((label, figures));
        }
    }
    let has = |figures: &[Entry], id: &str| figures.iter().any(|e| e.id == id);
    let always = |i: &usize| kept.iter().all(|(_, figures)| has(figures, &all[*i].id));
    let entries: Vec<usize> = (0..all.len()).filter(always).collect();
    let ordered = |figures: Vec<Entry>| -> Vec<Entry> {
        let of = |i: &usize| figures.iter().find(|e| e.id == all[*i].id).cloned();
        entries.iter().filter_map(of).collect()
    };
    Followed {
        periods: kept
            .into_iter()
            .map(|(label, figures)| (label, ordered(figures)))
            .collect(),
        apart,
        entries,
    }
}
