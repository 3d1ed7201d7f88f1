//! Boolean minimisation: prime implicants, their chart and the models that cover every configuration asked for.

use super::cover::covers;
use super::primes::{Corners, primes};
use super::solutions::Covers;
use super::term::{Term, all};
use crate::stats::Refused;

/// A prime implicant with its row of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prime {
    /// The term.
    pub term: Term,
    /// Which of [`Minimised::on`] it covers, as positions there.
    pub covers: Vec<usize>,
    /// Whether some configuration is covered by no other prime implicant, so that every model has this one.
    pub essential: bool,
}

/// A disjunction of prime implicants that covers all that has to be covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its terms, sorted.
    pub terms: Vec<Term>,
    /// Simplifying assumptions: configurations that it covers though the data don't show them to have the outcome, rising.
    pub assumptions: Vec<u32>,
}

impl Model {
    /// Literals over all terms.
    pub fn literals(&self) -> usize {
        self.terms.iter().map(Term::literals).sum()
    }
}

/// What a minimisation gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minimised {
    /// Configurations to be covered, in the order of the truth table.
    pub on: Vec<u32>,
    /// Prime implicants that cover any of them, sorted; with `on` the prime implicant chart.
    pub primes: Vec<Prime>,
    /// The models: fewest terms first, then fewest literals. More than one is model ambiguity (Baumgartner & Thiem 2017): the data
    /// don't decide between them.
    pub models: Vec<Model>,
    /// Whether these are all models of the kind asked for; false where the cap or the time of the search left some out.
    pub complete: bool,
}

/// Minimises a function of `k` conditions that is 1 `on` these configurations, 0 `off` those, and free elsewhere.
///
/// # Errors
/// What [`primes`] and [`covers`] refuse.
pub(super) fn minimise(
    on: &[u32],
    off: &Corners,
    k: usize,
    which: Covers,
    most: usize,
) -> Result<Minimised, Refused> {
    let terms = primes(on, off)?;
    let covered = |t: &Term| -> Vec<usize> {
        let covered = on.iter().enumerate().filter(|(_, c)| t.covers(**c));
        covered.map(|(i, _)| i).collect()
    };
    let columns: Vec<Vec<usize>> = terms.iter().map(covered).collect();
    let mut times = vec![0usize; on.len()];
    columns.iter().flatten().for_each(|i| times[*i] += 1);
    let choices = covers(on.len(), &columns, which, most)?;
    let free = Free::new(on, off, k);
    let mut models: Vec<Model> = choices
        .covers
        .iter()
        .map(|cover| {
            let terms: Vec<Term> = cover.iter().map(|j| terms[*j]).collect();
            Model {
                assumptions: free.within(&terms),
                terms,
            }
        })
        .collect();
    models.sort_by(|a, b| {
        let size = |m: &Model| (m.terms.len(), m.literals());
        size(a).cmp(&size(b)).then_with(|| a.terms.cmp(&b.terms))
    });
    let prime = |(term, covers): (Term, Vec<usize>)| Prime {
        term,
        essential: covers.iter().any(|i| times[*i] == 1),
        covers,
    };
    Ok(Minimised {
        on: on.to_vec(),
        primes: terms.into_iter().zip(columns).map(prime).collect(),
        models,
        complete: choices.complete,
    })
}

/// Configurations neither on nor off.
pub(super) struct Free(Vec<u32>);

impl Free {
    pub(super) fn new(on: &[u32], off: &Corners, k: usize) -> Free {
        let on = Corners::new(k, on.iter().copied());
        let free = (0..=all(k)).filter(|c| !on.holds(*c) && !off.holds(*c));
        Free(free.collect())
    }

    /// Those that lie in one of the terms.
    pub(super) fn within(&self, terms: &[Term]) -> Vec<u32> {
        let within = |c: &&u32| terms.iter().any(|t| t.covers(**c));
        self.0.iter().filter(within).copied().collect()
    }
}
