//! How well terms and a solution fit the cases, and which kind of case each is.

use super::parameters::{Sufficiency, ratio, sufficient};
use super::sets::Sets;
use super::term::Term;

/// What a case is to a set that is said to be sufficient for the outcome (Schneider & Rohlfing 2013), from its membership x in the set
/// and y in the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// x, y > .5 and x <= y: shows the relation.
    Typical,
    /// x, y > .5 and x > y: deviant in consistency by degree only.
    DeviantInDegree,
    /// x > .5 > y: in the set without the outcome, deviant in consistency in kind.
    DeviantInKind,
    /// x < .5 < y: has the outcome, and nothing in the solution says why; deviant in coverage.
    DeviantCoverage,
    /// x < .5 < y, and another term of the solution covers the case. Of terms only.
    CoveredElsewhere,
    /// x, y < .5 and x <= y: says nothing on the relation.
    Irrelevant,
    /// x, y < .5 and x > y: says nothing in kind and lowers inclusion.
    IrrelevantInconsistent,
    /// x or y is exactly .5.
    Undecided,
}

/// A term of a solution against the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct TermFit {
    /// The term.
    pub term: Term,
    /// Inclusion, PRI and raw coverage.
    pub fit: Sufficiency,
    /// Unique coverage: what the solution's coverage would lose without the term.
    pub unique: Option<f64>,
    /// Membership of each case in the term, n; against the outcome the points of an XY plot.
    pub memberships: Vec<f64>,
    /// What each case is to the term, n.
    pub kinds: Vec<Kind>,
    /// Cases with a membership above .5.
    pub covered: Vec<usize>,
    /// Those of them with a membership above .5 in no other term.
    pub covered_alone: Vec<usize>,
}

/// A solution against the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Each term.
    pub terms: Vec<TermFit>,
    /// Inclusion, PRI and coverage of the whole.
    pub solution: Sufficiency,
    /// Membership of each case in the solution, n: the greatest of the terms'.
    pub memberships: Vec<f64>,
    /// What each case is to the solution, n.
    pub kinds: Vec<Kind>,
    /// Cases above .5 in the outcome and not in the solution.
    pub uncovered: Vec<usize>,
}

/// Parameters of a solution and of each of its terms, with the kind of each case.
pub fn evaluate(sets: &Sets, terms: &[Term]) -> Fit {
    let y = sets.outcome();
    let each: Vec<Vec<f64>> = terms.iter().map(|t| sets.in_term(t)).collect();
    let greatest = |case: usize, but: Option<usize>| {
        let others = each.iter().enumerate().filter(|(i, _)| Some(*i) != but);
        others.fold(0.0f64, |most, (_, x)| most.max(x[case]))
    };
    let cases = 0..sets.cases();
    let whole: Vec<f64> = cases.clone().map(|case| greatest(case, None)).collect();
    let outcome: f64 = y.iter().sum();
    let term = |(i, x): (usize, &Vec<f64>)| {
        let others: Vec<f64> = cases.clone().map(|case| greatest(case, Some(i))).collect();
        let lost: f64 = cases
            .clone()
            .map(|case| whole[case].min(y[case]) - others[case].min(y[case]))
            .sum();
        let kind_of = |case: usize| match kind(x[case], y[case]) {
            Kind::DeviantCoverage if others[case] > 0.5 => Kind::CoveredElsewhere,
            kind => kind,
        };
        let covered: Vec<usize> = cases.clone().filter(|case| x[*case] > 0.5).collect();
        let alone = |case: &&usize| others[**case] <= 0.5;
        TermFit {
            term: terms[i],
            fit: sufficient(x, y),
            unique: ratio(lost, outcome),
            kinds: cases.clone().map(kind_of).collect(),
            covered_alone: covered.iter().filter(alone).copied().collect(),
            covered,
            memberships: x.clone(),
        }
    };
    let fits = each.iter().enumerate().map(term).collect();
    let kinds: Vec<Kind> = whole.iter().zip(y).map(|(x, y)| kind(*x, *y)).collect();
    let uncovered = |case: &usize| y[*case] > 0.5 && whole[*case] <= 0.5;
    Fit {
        terms: fits,
        solution: sufficient(&whole, y),
        uncovered: cases.clone().filter(uncovered).collect(),
        kinds,
        memberships: whole,
    }
}

fn kind(x: f64, y: f64) -> Kind {
    if x == 0.5 || y == 0.5 {
        return Kind::Undecided;
    }
    match (x > 0.5, y > 0.5, x <= y) {
        (true, true, true) => Kind::Typical,
        (true, true, false) => Kind::DeviantInDegree,
        (true, false, _) => Kind::DeviantInKind,
        (false, true, _) => Kind::DeviantCoverage,
        (false, false, true) => Kind::Irrelevant,
        (false, false, false) => Kind::IrrelevantInconsistent,
    }
}
