//! Which rows of an effect count together: of reports to date the last of each series in each group that is compared, and none that must
//! not be put together.

use super::observations::refuse;
use crate::engine::{Frame, State};
use crate::estimate::why_apart;
use crate::indicator::percent::of_percentages;
use crate::outcome::NotEstimable;
use crate::plan::apart::{Among, Apart, NOT_STATED, Overlap};
use crate::plan::effect::{EffectWork, Latest};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// A frame in which of reports to date the last of each series count.
pub fn reports<'a>(work: &EffectWork, frame: &'a Frame) -> Cow<'a, Frame> {
    let Some(latest) = &work.latest else {
        return Cow::Borrowed(frame);
    };
    let number = |field: usize, row: u32| frame.fields.get(field)?.number(row);
    let mut best: FxHashMap<Vec<u64>, f64> = FxHashMap::default();
    let counted: Vec<(u32, Vec<u64>, f64)> = (0..frame.rows())
        .filter(|row| frame.is_used(*row))
        .filter(|row| latest.except.and_then(|f| number(f, *row)) != Some(1.0))
        .filter_map(|row| {
            let order = number(latest.order, row)?;
            let order = if latest.last { order } else { -order };
            Some((row, series(work, latest, frame, row), order))
        })
        .collect();
    for (_, series, order) in &counted {
        let seen = best.entry(series.clone()).or_insert(*order);
        *seen = seen.max(*order);
    }
    let mut changed = frame.clone();
    for (row, series, order) in counted {
        if let (Some(state), Some(last)) = (changed.states.get_mut(row as usize), best.get(&series))
            && order < *last
        {
            *state = State::Excluded;
        }
    }
    Cow::Owned(changed)
}

/// The series of a row, in the group that is compared.
fn series(work: &EffectWork, latest: &Latest, frame: &Frame, row: u32) -> Vec<u64> {
    let programme = work.programme.filter(|_| latest.within_programme);
    let labels = latest.series.iter().copied().chain(programme);
    let mut key = group(work, frame, row);
    key.extend(labels.map(|field| code(frame, field, row)));
    key
}

/// The unit and period of a row, or the group and time that it is compared in.
fn group(work: &EffectWork, frame: &Frame, row: u32) -> Vec<u64> {
    let bits = |field: Option<usize>| {
        let number = field.and_then(|f| frame.fields.get(f)?.number(row));
        number.map_or(u64::MAX, f64::to_bits)
    };
    let mut key = vec![work.unit.map_or(0, |field| code(frame, field, row))];
    key.extend([work.time, work.treated, work.after, work.control].map(bits));
    key
}

fn code(frame: &Frame, field: usize, row: u32) -> u64 {
    let code = frame.fields.get(field).and_then(|values| values.code(row));
    code.map_or(u64::MAX, u64::from)
}

/// Refuses rows that a formula would not add either, with its reason.
///
/// # Errors
/// Why they are not put together.
pub fn apart(
    work: &EffectWork,
    frame: &Frame,
    rows: &[u32],
    table: &str,
) -> Result<(), NotEstimable> {
    let all: Vec<u32> = (0..frame.rows()).collect();
    let met = work.overlapping.iter().filter_map(|(overlap, field)| {
        let among = match overlap.among {
            Among::All => &all,
            Among::Used | Among::Aggregate(_) => rows,
        };
        Some((overlap, frame.fields.get(*field)?.words(among)))
    });
    if let Some((overlap, reason, remedy)) = why_apart(met) {
        let field = work.overlapping.iter().find(|(known, _)| known == overlap);
        let values = field.and_then(|(_, field)| frame.fields.get(*field));
        let words = values.map_or(vec![], |values| values.words(rows));
        return refuse(fragment(&reason), kept(overlap, &words, remedy));
    }
    if let Some(column) = &work.percentages {
        let values = frame.fields.get(work.numerator);
        let mut values = rows.iter().filter_map(|row| values?.number(*row));
        if values.all(|x| x > 1.0) {
            let (reason, remedy) = of_percentages(column);
            return refuse(fragment(&reason), remedy);
        }
    }
    for (sum, field) in &work.shared {
        let mut seen: FxHashSet<Vec<u64>> = FxHashSet::default();
        for row in rows {
            let parent = code(frame, *field, *row);
            let mut key = group(work, frame, *row);
            key.push(parent);
            if parent != u64::MAX && !seen.insert(key) {
                let (reason, remedy) = sum.why(table);
                return refuse(fragment(&reason), remedy);
            }
        }
    }
    Ok(())
}

/// A sentence as part of one.
fn fragment(sentence: &str) -> String {
    crate::plan::lower_first(sentence.trim_end_matches('.'))
}

/// What to write in the effect, so that only rows are left that can be put together.
fn kept(overlap: &Overlap, words: &[&str], remedy: String) -> String {
    let column = &overlap.column;
    match &overlap.why {
        Apart::Accounts => {
            let first = words.first().copied().unwrap_or_default();
            format!("Keep one of them: where = \"{column} = '{first}'\".")
        }
        Apart::Totals(total) if total == NOT_STATED => format!(
            "Keep either in the effect: where = \"{column} IS NULL\" or where = \"{column} IS NOT NULL\"."
        ),
        Apart::Totals(total) => format!(
            "Keep either in the effect: where = \"{column} = '{total}'\" or where = \"{column} <> '{total}'\". Where the table declares the totals, and the effect doesn't name {column}, they count alone."
        ),
        _ => remedy,
    }
}
