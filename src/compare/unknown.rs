//! Figures whose error is not known: they stand beside the others by their value, and nothing is tested of them.

use super::asked::Asked;
use super::differences::{Paired, contrasts, divided, method_of, subtracted};
use crate::outcome::comparison::{DifferenceScale, Entry, Multiplicity, PairDifference};
use crate::stats::Refused;
use std::collections::BTreeMap;

const NOTHING: &str = "Nothing is tested: a difference is told from nothing only where the errors of both figures are known.";

/// Pairs of those whose errors are known, tested among themselves; of all other pairs the value alone.
///
/// # Errors
/// What the tests refuse; a ratio to 0.
pub(super) fn paired(asked: &Asked<'_>, benchmark: Option<usize>) -> Result<Paired, Refused> {
    let scale = asked.setting.scale;
    let make = match scale {
        DifferenceScale::Difference => subtracted,
        DifferenceScale::Ratio => divided,
    };
    let all = asked.entries.len();
    // One variance for all needs no scatter within each.
    let common = scale == DifferenceScale::Difference
        && method_of(asked, benchmark) == Multiplicity::TukeyKramer;
    let known: Vec<usize> = (0..all)
        .filter(|i| common || !asked.entries[*i].error_unknown())
        .collect();
    if known.len() == all {
        return make(asked, benchmark);
    }
    let base = benchmark.map(|b| known.iter().position(|i| *i == b));
    let (tested, used, words, references) = match base {
        Some(None) => (vec![], Multiplicity::None, NOTHING.to_owned(), vec![]),
        _ if known.len() < 2 => (vec![], Multiplicity::None, NOTHING.to_owned(), vec![]),
        base => {
            let entries: Vec<Entry> = known.iter().map(|i| asked.entries[*i].clone()).collect();
            let these = Asked {
                entries: &entries,
                ..*asked
            };
            make(&these, base.flatten())?
        }
    };
    let mut tested: BTreeMap<(usize, usize), PairDifference> = tested
        .into_iter()
        .map(|p| {
            let (a, b) = (known[p.a], known[p.b]);
            ((a, b), PairDifference { a, b, ..p })
        })
        .collect();
    let pairs: Result<Vec<PairDifference>, Refused> = contrasts(all, benchmark)
        .into_iter()
        .map(|(a, b)| match tested.remove(&(a, b)) {
            Some(pair) => Ok(pair),
            None => untested(asked, a, b),
        })
        .collect();
    Ok((pairs?, used, words, references))
}

/// A pair by its value alone.
fn untested(asked: &Asked<'_>, a: usize, b: usize) -> Result<PairDifference, Refused> {
    let (first, second) = (&asked.entries[a], &asked.entries[b]);
    let value = match asked.setting.scale {
        DifferenceScale::Difference => first.value - second.value,
        DifferenceScale::Ratio if second.value == 0.0 => {
            return Err(Refused::new(
                format!("`{}` is 0, and nothing can be divided by it", second.name),
                "Compare differences, or choose another benchmark.",
            ));
        }
        DifferenceScale::Ratio => first.value / second.value,
    };
    Ok(PairDifference {
        a,
        b,
        value,
        se: None,
        df: None,
        interval: None,
        simultaneous: None,
        p: None,
        adjusted: None,
    })
}

/// Whose error is not known, and why: a remark where there are any.
pub(super) fn remark(entries: &[Entry]) -> Option<String> {
    const NAMED: usize = 6;
    let these: Vec<&Entry> = entries.iter().filter(|e| e.error_unknown()).collect();
    let names: Vec<&str> = these.iter().take(NAMED).map(|e| e.name.as_str()).collect();
    let mut reasons: Vec<&str> = Vec::new();
    for reason in these.iter().filter_map(|e| e.no_error.as_deref()) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let (first, more) = (these.first()?, these.len().saturating_sub(NAMED));
    let who = match (these.len(), more) {
        (1, _) => first.name.clone(),
        (_, 0) => names.join(", "),
        _ => format!("{} and {more} more", names.join(", ")),
    };
    let (whose, stands) = match these.len() {
        1 => ("its error is not known", "It stands by its value alone"),
        _ => (
            "their errors are not known",
            "They stand by their values alone",
        ),
    };
    let why = match reasons.is_empty() {
        true => String::new(),
        false => format!(" ({})", reasons.join("; ")),
    };
    Some(format!(
        "{who}: {whose}{why}. {stands}, without a verdict, a rank or a weight in a mean."
    ))
}
