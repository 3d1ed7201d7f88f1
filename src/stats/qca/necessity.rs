//! Necessary conditions: single literals, and the search for disjunctions that contain the outcome.

use super::parameters::{Necessity, necessary};
use super::reaches;
use super::sets::Sets;
use super::term::Term;
use crate::stats::Refused;

/// Comparisons of a case with a disjunction that a search may take.
const MOST_WORK: u64 = 2_000_000_000;

/// Parameters of necessity of one literal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Necessary {
    /// The literal: a term with one condition, present or absent.
    pub literal: Term,
    /// Its parameters.
    pub fit: Necessity,
}

/// A disjunction of literals: `present` holds the conditions that may be present, `absent` those that may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disjunction {
    /// The literals. As a disjunction: one of them suffices.
    pub literals: Term,
}

impl Disjunction {
    /// In the notation of the field, such as `DEV+~IND`.
    pub fn show(&self, names: &[String]) -> String {
        self.literals.each(names).join("+")
    }
}

/// A disjunction that contains the outcome, with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Superset {
    /// The disjunction; a single literal too.
    pub disjunction: Disjunction,
    /// Its parameters.
    pub fit: Necessity,
}

/// What a search keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Least inclusion, such as .9.
    pub inclusion: f64,
    /// Least relevance of necessity, such as .6; 0 keeps trivial ones too.
    pub relevance: f64,
    /// Least coverage; 0 for none.
    pub coverage: f64,
    /// Most literals of a disjunction.
    pub literals: usize,
    /// Most disjunctions to keep.
    pub most: usize,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Fewest literals first, then by relevance, greatest first.
    pub disjunctions: Vec<Superset>,
    /// Whether these are all there are; false where [`Limits::most`] cut them.
    pub complete: bool,
}

/// Parameters of necessity of each condition and of its negation: `A`, `~A`, `B`, `~B`, ...
pub fn necessary_singles(sets: &Sets) -> Vec<Necessary> {
    let of = |i: usize| {
        let bit = 1u32 << i;
        let literal = |present, absent| Term { present, absent };
        [literal(bit, 0), literal(0, bit)].map(|literal| Necessary {
            literal,
            fit: necessary(&sets.in_term(&literal), sets.outcome()),
        })
    };
    (0..sets.conditions().len()).flat_map(of).collect()
}

/// Disjunctions of literals of different conditions that contain the outcome, least ones only: none holds another that does.
/// (Adding a literal raises inclusion and lowers relevance, so that what is left out is less relevant than what is shown.)
///
/// # Errors
/// A limit outside 0 to 1, no literals allowed; a search too large to finish.
pub fn supersets(sets: &Sets, limits: &Limits) -> Result<Found, Refused> {
    let cuts = [limits.inclusion, limits.relevance, limits.coverage];
    if cuts.iter().any(|c| !(0.0..=1.0).contains(c)) || limits.inclusion <= 0.0 {
        return Err(Refused::new(
            format!(
                "the limits are an inclusion of {}, a relevance of {} and a coverage of {}",
                cuts[0], cuts[1], cuts[2]
            ),
            "Give limits between 0 and 1, with an inclusion above 0.",
        ));
    }
    let most = limits.literals.min(sets.conditions().len());
    if most == 0 {
        return Err(Refused::new(
            "no literals are allowed in a necessary condition",
            "Allow at least one.",
        ));
    }
    let mut search = Search {
        sets,
        limits,
        found: Vec::new(),
        work: 0,
    };
    // One size after the other, so that what is found at one size cuts the next.
    for size in 1..=most {
        search.from(0, size, Term::default(), &vec![0.0; sets.cases()])?;
    }
    let relevance = |n: &Superset| n.fit.relevance.unwrap_or(1.0);
    let mut disjunctions = search.found;
    disjunctions.retain(|n| {
        let coverage = n.fit.coverage.unwrap_or(0.0);
        reaches(relevance(n), limits.relevance) && reaches(coverage, limits.coverage)
    });
    disjunctions.sort_by(|a, b| {
        let (x, y) = (a.disjunction.literals, b.disjunction.literals);
        let by_size = x.literals().cmp(&y.literals());
        let by_relevance = relevance(b).total_cmp(&relevance(a));
        by_size.then(by_relevance).then(x.cmp(&y))
    });
    let complete = disjunctions.len() <= limits.most;
    disjunctions.truncate(limits.most);
    Ok(Found {
        disjunctions,
        complete,
    })
}

struct Search<'a> {
    sets: &'a Sets,
    limits: &'a Limits,
    /// All that reach the inclusion, irrelevant ones included: they cut their supersets.
    found: Vec<Superset>,
    work: u64,
}

impl Search<'_> {
    /// Adds `left` literals of conditions from `first` on to `literals`, whose disjunction has memberships `x`.
    fn from(
        &mut self,
        first: usize,
        left: usize,
        literals: Term,
        x: &[f64],
    ) -> Result<(), Refused> {
        if left == 0 {
            let fit = necessary(x, self.sets.outcome());
            if fit
                .inclusion
                .is_some_and(|i| reaches(i, self.limits.inclusion))
            {
                let disjunction = Disjunction { literals };
                self.found.push(Superset { disjunction, fit });
            }
            return Ok(());
        }
        let k = self.sets.conditions().len();
        for i in first..k.saturating_sub(left - 1) {
            for absent in [false, true] {
                let bit = 1u32 << i;
                let mut with = literals;
                if absent {
                    with.absent |= bit;
                } else {
                    with.present |= bit;
                }
                self.work += (x.len() + self.found.len()) as u64;
                if self.work > MOST_WORK {
                    return Err(Refused::new(
                        format!(
                            "there are too many disjunctions of up to {} literals of {k} conditions to try",
                            self.limits.literals
                        ),
                        "Allow fewer literals, or give fewer conditions.",
                    ));
                }
                // Such a superset of one that was found says nothing new.
                if self
                    .found
                    .iter()
                    .any(|f| with.within(&f.disjunction.literals))
                {
                    continue;
                }
                let column = &self.sets.memberships()[i];
                let of = |(x, m): (&f64, &f64)| x.max(if absent { 1.0 - m } else { *m });
                let joined: Vec<f64> = x.iter().zip(column).map(of).collect();
                self.from(i + 1, left - 1, with, &joined)?;
            }
        }
        Ok(())
    }
}
