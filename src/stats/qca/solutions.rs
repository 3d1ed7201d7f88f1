//! The three solutions of a truth table: conservative, parsimonious, and intermediate by directional expectations.

use super::minimise::{Free, Minimised, Model, minimise};
use super::primes::Corners;
use super::table::{Table, Value};
use super::term::Term;
use crate::stats::Refused;
use std::collections::BTreeMap;

/// Which models to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// Those with the fewest terms.
    Fewest,
    /// All that can spare no term (Baumgartner & Thiem 2017).
    Irredundant,
}

/// What a contradictory row (between the two cuts of inclusion) is to a minimisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradictions {
    /// Without the outcome: no term may cover it.
    Negative,
    /// As free as a remainder: a term may cover it, which is then an assumption.
    Remainder,
}

/// What theory expects of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// Its presence contributes to the outcome.
    Present,
    /// Its absence contributes to the outcome.
    Absent,
    /// Nothing.
    None,
}

/// Which solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Solution {
    /// No assumption on remainders.
    Conservative,
    /// Any assumption that makes it simpler.
    Parsimonious,
    /// Only assumptions that theory supports.
    Intermediate,
}

/// How to minimise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which models to list.
    pub covers: Covers,
    /// What contradictory rows are.
    pub contradictions: Contradictions,
    /// No assumption is made on remainders in these terms (enhanced standard analysis, Schneider & Wagemann 2012, chapter 8):
    /// they are impossible, or contradict what is known of necessity.
    pub untenable: Vec<Term>,
    /// For each condition what theory expects; empty for nothing of any.
    pub expectations: Vec<Expectation>,
    /// Most models to list of each minimisation, at least 1.
    pub most_models: usize,
}

impl Default for Options {
    /// Fewest terms, contradictory rows as negative, nothing untenable or expected, 100 models.
    fn default() -> Options {
        Options {
            covers: Covers::Fewest,
            contradictions: Contradictions::Negative,
            untenable: Vec::new(),
            expectations: Vec::new(),
            most_models: 100,
        }
    }
}

/// An intermediate solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intermediate {
    /// Models of the conservative and the parsimonious solution, as positions there, between which it lies. Pairs with the same
    /// easy counterfactuals share one.
    pub between: Vec<(usize, usize)>,
    /// Easy counterfactuals: remainders that it may use, rising.
    pub easy: Vec<u32>,
    /// The solution.
    pub minimised: Minimised,
}

/// Configurations with the outcome, and those without.
fn sides(table: &Table, options: &Options) -> Result<(Vec<u32>, Vec<u32>), Refused> {
    let k = table.k();
    if options.most_models == 0 {
        return Err(Refused::new(
            "no models are to be listed",
            "Allow at least one.",
        ));
    }
    if !options.expectations.is_empty() && options.expectations.len() != k {
        return Err(Refused::new(
            format!(
                "{} directional expectations are given for {k} conditions",
                options.expectations.len()
            ),
            "Give one for each condition: present, absent or none.",
        ));
    }
    let on = table.configurations(Value::Positive);
    if on.is_empty() {
        return Err(Refused::new(
            format!(
                "no row of the truth table is sufficient for the outcome at an inclusion cut of {}",
                table.cuts.inclusion
            ),
            "Look at the inclusion of the rows; a condition that matters may be missing.",
        ));
    }
    let mut off = table.configurations(Value::Negative);
    if options.contradictions == Contradictions::Negative {
        off.extend(table.configurations(Value::Contradictory));
    }
    Ok((on, off))
}

/// What may not be covered where remainders are free: rows without the outcome, and untenable remainders.
fn forbidden(table: &Table, off: &[u32], untenable: &[Term]) -> Corners {
    let remainders = table.remainders();
    let barred = remainders
        .into_iter()
        .filter(|c| untenable.iter().any(|t| t.covers(*c)));
    Corners::new(table.k(), off.iter().copied().chain(barred))
}

/// The conservative (complex) solution: rows sufficient for the outcome, minimised without any assumption.
///
/// # Errors
/// No sufficient row, options that don't fit the table, a minimisation too large to finish.
pub fn conservative(table: &Table, options: &Options) -> Result<Minimised, Refused> {
    let (on, _) = sides(table, options)?;
    let k = table.k();
    let off = Corners::new(k, on.iter().copied()).complement();
    minimise(&on, &off, k, options.covers, options.most_models)
}

/// The parsimonious solution: any remainder may be assumed to have the outcome.
///
/// # Errors
/// As [`conservative`]; no row without the outcome, so that nothing could be told apart.
pub fn parsimonious(table: &Table, options: &Options) -> Result<Minimised, Refused> {
    let (on, off) = sides(table, options)?;
    if off.is_empty() {
        return Err(Refused::new(
            "no row of the truth table is without the outcome, so that every condition could be left out",
            "Add cases without the outcome, or keep to the conservative solution.",
        ));
    }
    let off = forbidden(table, &off, &options.untenable);
    minimise(&on, &off, table.k(), options.covers, options.most_models)
}

/// The intermediate solutions between each conservative and parsimonious model (Ragin & Sonnett 2005; Ragin 2008, chapter 9).
///
/// For each conservative term within a parsimonious one, literals that the parsimonious term lacks are dropped if they run against
/// expectation (an absent condition that should be present, or the reverse). The remainders that such terms take in are the easy
/// counterfactuals: they serve the parsimonious model and lie on the expected side of what was observed. Rows with the outcome are
/// minimised again with these as free.
///
/// # Errors
/// A minimisation too large to finish; options that don't fit the table.
pub fn intermediate(
    table: &Table,
    options: &Options,
    conservative: &Minimised,
    parsimonious: &Minimised,
) -> Result<Vec<Intermediate>, Refused> {
    let k = table.k();
    let (on, off) = sides(table, options)?;
    let free = Free::new(&on, &forbidden(table, &off, &options.untenable), k);
    let mut by_terms: BTreeMap<Vec<Term>, Vec<(usize, usize)>> = BTreeMap::new();
    for (i, complex) in conservative.models.iter().enumerate() {
        for (j, simple) in parsimonious.models.iter().enumerate() {
            let mut terms = between(complex, simple, &options.expectations);
            terms.sort_unstable();
            terms.dedup();
            by_terms.entry(terms).or_default().push((i, j));
        }
    }
    let mut by_easy: BTreeMap<Vec<u32>, Vec<(usize, usize)>> = BTreeMap::new();
    for (terms, mut pairs) in by_terms {
        let easy = free.within(&terms);
        by_easy.entry(easy).or_default().append(&mut pairs);
    }
    let mut found = Vec::new();
    for (easy, mut pairs) in by_easy {
        pairs.sort_unstable();
        let open = on.iter().chain(&easy).copied();
        let off = Corners::new(k, open).complement();
        found.push(Intermediate {
            between: pairs,
            easy,
            minimised: minimise(&on, &off, k, options.covers, options.most_models)?,
        });
    }
    found.sort_by(|a, b| a.between.cmp(&b.between));
    Ok(found)
}

/// Terms between those of two models, without literals that run against expectation.
fn between(complex: &Model, simple: &Model, expectations: &[Expectation]) -> Vec<Term> {
    let expects = |what: Expectation| -> u32 {
        let all = expectations.iter().enumerate();
        let these = all.filter(|(_, e)| **e == what);
        these.fold(0, |mask, (i, _)| mask | 1 << i)
    };
    let (present, absent) = (expects(Expectation::Present), expects(Expectation::Absent));
    let mut found = Vec::new();
    for c in &complex.terms {
        for p in simple.terms.iter().filter(|p| c.within(p)) {
            found.push(Term {
                present: c.present & !(absent & !p.present),
                absent: c.absent & !(present & !p.absent),
            });
        }
    }
    found
}

/// Contradictory simplifying assumptions: remainders that one model takes to have the outcome and another, of the negated outcome,
/// to be without it (Yamasaki & Rihoux 2009). Rising.
pub fn contradictory_assumptions(outcome: &Model, negated: &Model) -> Vec<u32> {
    let both = |c: &&u32| negated.assumptions.binary_search(c).is_ok();
    outcome.assumptions.iter().filter(both).copied().collect()
}
