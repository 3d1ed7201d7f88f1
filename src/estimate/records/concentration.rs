//! How evenly something is spread over categories.

use super::{Answer, Selection, Setting, Tables};
use crate::engine::Values;
use crate::engine::sums::Exact;
use crate::indicator::measure::{Concentration, Index, Several};
use crate::outcome::{CategoryShare, Content, Shares, Status};
use std::collections::BTreeMap;

/// What falls to a category.
#[derive(Default, Clone, Copy)]
struct Part {
    amount: Exact,
    weight: Exact,
    rows: u64,
}

/// Per category what falls to it, and the weight of all rows.
fn parts(
    measure: &Concentration,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
) -> (BTreeMap<u32, Part>, f64) {
    let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
    let mut all = Exact::default();
    let Some(source) = tables.get(0) else {
        return (parts, 0.0);
    };
    let Some(categories) = source.frame.fields.first() else {
        return (parts, 0.0);
    };
    let amounts = measure.amount.and_then(|at| source.frame.fields.get(at));
    for row in selection.rows {
        let weight = selection.weight(*row);
        all.add(weight);
        let mut codes = categories.codes(*row).to_vec();
        codes.sort_unstable();
        codes.dedup();
        let amount = amounts.map_or(Some(1.0), |a| a.number(*row)).unwrap_or(0.0);
        let shared = match measure.several {
            Several::Split => amount / codes.len().max(1) as f64,
            Several::Each => amount,
        };
        for code in codes {
            let part = parts.entry(code).or_default();
            part.amount.add(weight * shared);
            part.weight.add(weight);
            part.rows += 1;
        }
    }
    (parts, all.value())
}

pub(super) fn answer(
    measure: &Concentration,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
) -> Answer {
    let (parts, _) = parts(measure, tables, selection);
    let amounts: Vec<f64> = parts.values().map(|p| p.amount.value()).collect();
    match index(measure.statistic, &amounts) {
        Some(value) => Answer::value(value),
        None => Answer::none(Status::Undefined),
    }
}

/// The fewest persons that a category rests on, by their count: with the number of all, an index of few categories gives the
/// number of each back.
pub(super) fn fewest(
    tables: &Tables<'_>,
    selection: &Selection<'_>,
    count: &dyn Fn(&[u32]) -> u64,
) -> Option<u64> {
    let categories = tables.get(0)?.frame.fields.first()?;
    let mut rows: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in selection.rows {
        for code in categories.codes(*row) {
            rows.entry(*code).or_default().push(*row);
        }
    }
    rows.values().map(|rows| count(rows)).min()
}

/// The index of amounts; `None` when one of them is negative or they add up to nothing.
fn index(index: Index, amounts: &[f64]) -> Option<f64> {
    if amounts.iter().any(|a| *a < 0.0) {
        return None;
    }
    let total: f64 = amounts.iter().sum();
    if total <= 0.0 {
        return None;
    }
    // A category to which nothing falls has no part in any index.
    let shares = amounts.iter().filter(|a| **a > 0.0).map(|a| a / total);
    let squares = || shares.clone().map(|p| p * p).sum::<f64>();
    let entropy = || -shares.clone().map(|p| p * p.ln()).sum::<f64>();
    Some(match index {
        Index::EffectiveNumber => entropy().exp(),
        Index::Herfindahl => squares(),
        Index::InverseHerfindahl => 1.0 / squares(),
        // Minus nothing is zero, not minus zero.
        Index::Shannon => entropy().max(0.0),
        Index::LargestShare => shares.fold(0.0, f64::max),
        Index::Categories => shares.count() as f64,
    })
}

pub(super) fn content(
    measure: &Concentration,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
    setting: &Setting<'_>,
) -> Option<Content> {
    let source = tables.get(0)?;
    let categories = source.frame.fields.first()?;
    let (parts, all) = parts(measure, tables, selection);
    let total: f64 = parts.values().map(|p| p.amount.value()).sum();
    let allowed = |code: &u32| {
        let names = |row: &u32| categories.codes(*row).contains(code);
        let (inside, outside): (Vec<u32>, Vec<u32>) = selection.rows.iter().partition(|r| names(r));
        setting.allows(&inside) && setting.allows(&outside)
    };
    if !(total > 0.0 && total.is_finite() && all > 0.0 && parts.keys().all(allowed)) {
        return None;
    }
    let mut shares: Vec<CategoryShare> = parts
        .iter()
        .map(|(code, part)| CategoryShare {
            category: categories.label(*code).to_owned(),
            rows: part.rows,
            of_rows: part.weight.value() / all,
            share: part.amount.value() / total,
        })
        .collect();
    shares.sort_by(|a, b| {
        b.share
            .total_cmp(&a.share)
            .then_with(|| a.category.cmp(&b.category))
    });
    Some(Content::Shares(Shares {
        rows: selection.rows.len() as u64,
        several: is_several(categories, selection),
        amount: measure
            .amount
            .and_then(|at| source.input.fields.get(at))
            .map(|field| field.text.clone()),
        categories: shares,
    }))
}

fn is_several(categories: &Values, selection: &Selection<'_>) -> bool {
    selection
        .rows
        .iter()
        .any(|row| categories.codes(*row).len() > 1)
}

pub(super) fn made(measure: &Concentration) -> &'static str {
    match measure.several {
        Several::Split => {
            "A row with several categories counts in equal parts in each, so that no row counts twice."
        }
        Several::Each => "A row with several categories counts once in each of them.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_shares_are_as_many_as_they_are() {
        let amounts = [5.0; 4];
        for (which, expected) in [
            (Index::EffectiveNumber, 4.0),
            (Index::InverseHerfindahl, 4.0),
            (Index::Herfindahl, 0.25),
            (Index::Shannon, 4.0_f64.ln()),
            (Index::LargestShare, 0.25),
            (Index::Categories, 4.0),
        ] {
            let got = index(which, &amounts).unwrap_or(f64::NAN);
            assert!((got - expected).abs() < 1e-12, "{which:?}: {got}");
        }
    }

    #[test]
    fn nothing_to_share_out_is_undefined() {
        assert_eq!(index(Index::Herfindahl, &[0.0, 0.0]), None);
        assert_eq!(index(Index::Herfindahl, &[1.0, -1.0]), None);
        assert_eq!(index(Index::Shannon, &[3.0, 0.0]), Some(0.0));
    }
}
