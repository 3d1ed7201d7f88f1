//! Truth table, necessity, solutions and fit of the outcome and of its absence, as plain data.

use super::{Calibrated, vary};
use crate::evaluation::{Expectation as Expected, QcaSetting};
use crate::outcome::comparison::{
    QcaAnalysis, QcaModel, QcaNecessity, QcaRow, QcaSolution, QcaSolutionKind, QcaTerm,
};
use crate::stats::Refused;
use crate::stats::qca::{
    Analysis, Cuts, Evaluated, Expectation, Fit, Kind, Limits, Minimised, Model, Options, Sets,
    Table, Term, TermFit, Value, analyse, expression, necessary_singles, supersets, truth_table,
};
use std::collections::BTreeSet;

/// Most models of a solution that are listed.
const MOST_MODELS: usize = 20;
/// Most literals of a union that is looked at for necessity.
const UNION: usize = 3;
/// Most unions that are listed.
const MOST_UNIONS: usize = 12;

/// What an analysis gives.
pub(super) struct Made {
    /// Of the outcome, and of its absence where asked for.
    pub told: Vec<QcaAnalysis>,
    /// The truth table of the outcome.
    pub table: Table,
    /// Which solution was followed through the variants.
    pub followed: Option<QcaSolutionKind>,
    /// Whether more unions reach the cuts of necessity than are listed.
    pub more_unions: bool,
}

/// One outcome: its table, and its solutions or why there are none.
struct Found {
    sets: Sets,
    options: Options,
    table: Table,
    analysis: Result<Analysis, Refused>,
}

/// Cuts of the truth table.
pub(super) fn cuts(setting: &QcaSetting) -> Cuts {
    Cuts {
        inclusion: setting.inclusion,
        contradiction: None,
        pri: (setting.pri > 0.0).then_some(setting.pri),
        cases: usize::try_from(setting.cases).unwrap_or(usize::MAX),
    }
}

/// How the outcome is minimised, or its absence: then expectations are turned round.
fn options(setting: &QcaSetting, negated: bool) -> Options {
    let of = |expected: Option<Expected>| match (expected, negated) {
        (None, _) => Expectation::None,
        (Some(Expected::Present), false) | (Some(Expected::Absent), true) => Expectation::Present,
        (Some(Expected::Absent), false) | (Some(Expected::Present), true) => Expectation::Absent,
    };
    Options {
        expectations: setting.conditions.iter().map(|c| of(c.expect)).collect(),
        ..Options::default()
    }
}

/// Analyses the outcome and its absence; `cases` are the cases of the memberships.
///
/// # Errors
/// What the kernel refuses of memberships and truth table.
pub(super) fn run(
    setting: &QcaSetting,
    sets: &[Calibrated],
    cases: &[usize],
) -> Result<Made, Refused> {
    let of: Vec<&[f64]> = sets.iter().map(|s| s.set.membership.as_slice()).collect();
    let memberships = self::sets(sets, &of)?;
    let find = |negated: bool| -> Result<Found, Refused> {
        let sets = match negated {
            true => memberships.negated(),
            false => memberships.clone(),
        };
        let (cuts, options) = (cuts(setting), options(setting, negated));
        Ok(Found {
            table: truth_table(&sets, &cuts)?,
            analysis: analyse(&sets, &cuts, &options),
            sets,
            options,
        })
    };
    // Both, even where one is asked for: assumptions of the one may contradict the other's.
    let (positive, negative) = (find(false)?, find(true)?);
    let told = Teller {
        setting,
        sets,
        cases,
    };
    let (first, followed, more_unions) = told.analysis(&positive, &negative, false);
    let mut all = vec![first];
    if setting.negated {
        all.push(told.analysis(&negative, &positive, true).0);
    }
    Ok(Made {
        told: all,
        table: positive.table,
        followed,
        more_unions,
    })
}

/// Memberships for the kernel: the outcome's first, then the conditions'.
pub(super) fn sets(sets: &[Calibrated], of: &[&[f64]]) -> Result<Sets, Refused> {
    let names: Vec<String> = sets.iter().skip(1).map(|s| s.set.name.clone()).collect();
    let (outcome, conditions) = of.split_first().unwrap_or((&EMPTY, &[]));
    let conditions: Vec<Vec<f64>> = conditions.iter().map(|m| m.to_vec()).collect();
    Sets::new(&names, &conditions, outcome)
}

const EMPTY: &[f64] = &[];

/// Tells what the kernel found in terms of the comparison's cases.
struct Teller<'a> {
    setting: &'a QcaSetting,
    sets: &'a [Calibrated],
    cases: &'a [usize],
}

impl Teller<'_> {
    fn analysis(
        &self,
        found: &Found,
        opposite: &Found,
        negated: bool,
    ) -> (QcaAnalysis, Option<QcaSolutionKind>, bool) {
        let (necessity, more) = self.necessity(&found.sets);
        let rows = found.table.rows.iter();
        let solutions = solutions(self, found, opposite);
        let varied = vary::vary(
            self.setting,
            self.sets,
            negated,
            &found.options,
            leading(&solutions),
        );
        let k = found.table.k();
        let told = QcaAnalysis {
            negated,
            necessity,
            rows: rows.map(|row| self.row(row, k)).collect(),
            remainders: (1u64 << k) - found.table.rows.len() as u64,
            solutions,
            robustness: varied.variants,
            stability: varied.stability,
        };
        (told, varied.followed, more)
    }

    fn global(&self, cases: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let of = |case: usize| self.cases.get(case).copied();
        cases.into_iter().filter_map(of).collect()
    }

    fn row(&self, row: &crate::stats::qca::Row, k: usize) -> QcaRow {
        QcaRow {
            present: (0..k).map(|i| row.configuration >> i & 1 == 1).collect(),
            outcome: match row.value {
                Value::Positive => Some(true),
                Value::Negative => Some(false),
                Value::Contradictory | Value::Remainder => None,
            },
            cases: self.global(row.cases.iter().copied()),
            // A row has a case with a membership above one half, so that both have a denominator.
            inclusion: row.inclusion.unwrap_or(0.0),
            pri: row.pri.unwrap_or(0.0),
            contradictory: row.mixed(),
            deviant: self.global(row.deviant()),
        }
    }

    /// Single conditions and their absence, then unions that reach both cuts; and whether there are more of these.
    fn necessity(&self, sets: &Sets) -> (Vec<QcaNecessity>, bool) {
        let told = |expression: String, fit: crate::stats::qca::Necessity| {
            Some(QcaNecessity {
                expression,
                inclusion: fit.inclusion?,
                coverage: fit.coverage?,
                relevance: fit.relevance?,
            })
        };
        let names = sets.conditions();
        let singles = necessary_singles(sets);
        let singles = singles
            .iter()
            .filter_map(|n| told(n.literal.show(names), n.fit));
        let mut all: Vec<QcaNecessity> = singles.collect();
        let limits = Limits {
            inclusion: self.setting.necessity,
            relevance: self.setting.relevance,
            coverage: 0.0,
            literals: UNION,
            most: MOST_UNIONS + 2 * names.len(),
        };
        let Ok(found) = supersets(sets, &limits) else {
            return (all, false);
        };
        let unions = found.disjunctions.iter();
        let unions = unions.filter(|d| d.disjunction.literals.literals() > 1);
        let of = |d: &crate::stats::qca::Superset| {
            let shown = d.disjunction.show(names).replace('+', " + ");
            told(shown, d.fit)
        };
        let unions: Vec<QcaNecessity> = unions.filter_map(of).collect();
        let more = !found.complete || unions.len() > MOST_UNIONS;
        all.extend(unions.into_iter().take(MOST_UNIONS));
        (all, more)
    }

    fn model(&self, terms: &[Term], fit: &Fit, names: &[String]) -> QcaModel {
        QcaModel {
            expression: expression(terms, names),
            // A term covers a row with a case above one half: each of these has a denominator.
            inclusion: fit.solution.inclusion.unwrap_or(0.0),
            pri: fit.solution.pri.unwrap_or(0.0),
            coverage: fit.solution.coverage.unwrap_or(0.0),
            terms: fit.terms.iter().map(|t| self.term(t, names)).collect(),
            membership: fit.memberships.clone(),
            uncovered: self.global(fit.uncovered.iter().copied()),
        }
    }

    fn term(&self, term: &TermFit, names: &[String]) -> QcaTerm {
        let of = |kind: Kind| {
            let all = term.kinds.iter().enumerate();
            self.global(all.filter(|(_, k)| **k == kind).map(|(case, _)| case))
        };
        QcaTerm {
            expression: term.term.show(names),
            inclusion: term.fit.inclusion.unwrap_or(0.0),
            pri: term.fit.pri.unwrap_or(0.0),
            coverage: term.fit.coverage.unwrap_or(0.0),
            unique: term.unique.unwrap_or(0.0),
            typical: of(Kind::Typical),
            degree: of(Kind::DeviantInDegree),
            deviant: of(Kind::DeviantInKind),
            membership: term.memberships.clone(),
        }
    }
}

/// The solution that is followed through the variants: intermediate where there is one, else conservative.
fn leading(solutions: &[QcaSolution]) -> Option<QcaSolutionKind> {
    let kinds = [QcaSolutionKind::Intermediate, QcaSolutionKind::Conservative];
    let has = |kind: &QcaSolutionKind| {
        let mut these = solutions.iter().filter(|s| s.kind == *kind);
        these.any(|s| !s.models.is_empty())
    };
    kinds.into_iter().find(has)
}

/// The models of one kind of solution with their fit, and whether these are all; or why there is none.
type Models<'a> = Result<(Vec<(&'a Model, &'a Fit)>, bool), String>;

fn models(found: &Found, kind: QcaSolutionKind) -> Models<'_> {
    fn of<'a>(solution: &'a Minimised, fits: &'a [Fit]) -> Vec<(&'a Model, &'a Fit)> {
        solution.models.iter().zip(fits).collect()
    }
    let analysis = found.analysis.as_ref().map_err(|why| nothing(found, why))?;
    let whole = |e: &Evaluated<Minimised>| e.solution.complete;
    let conservative = &analysis.conservative;
    match kind {
        QcaSolutionKind::Conservative => Ok((
            of(&conservative.solution, &conservative.fits),
            whole(conservative),
        )),
        QcaSolutionKind::Parsimonious => {
            let found = analysis.parsimonious.as_ref();
            let found = found.map_err(|why| why.reason.clone())?;
            Ok((of(&found.solution, &found.fits), whole(found)))
        }
        QcaSolutionKind::Intermediate => {
            let expects = |e: &Expectation| *e != Expectation::None;
            if !found.options.expectations.iter().any(expects) {
                return Err("no expectation of any condition is stated, without which it is the conservative one".to_owned());
            }
            let all = analysis.intermediate.as_ref();
            let all = all.map_err(|why| why.reason.clone())?;
            let mut models: Vec<(&Model, &Fit)> = Vec::new();
            for (model, fit) in all.iter().flat_map(|e| of(&e.solution.minimised, &e.fits)) {
                // Several pairs of models may enclose the same one.
                if models.iter().all(|(known, _)| known.terms != model.terms) {
                    models.push((model, fit));
                }
            }
            let own = all.iter().all(|e| e.solution.minimised.complete);
            let simple = analysis.parsimonious.as_ref().is_ok_and(whole);
            Ok((models, own && simple && whole(conservative)))
        }
    }
}

/// Why there is no solution at all.
fn nothing(found: &Found, why: &Refused) -> String {
    let rows = &found.table.rows;
    let positive = rows.iter().any(|r| r.value == Value::Positive);
    match !positive && rows.iter().all(|r| r.mixed()) {
        true => {
            "every observed row is contradictory: it holds cases both with and without the outcome"
                .to_owned()
        }
        false => why.reason.clone(),
    }
}

fn solutions(teller: &Teller<'_>, found: &Found, opposite: &Found) -> Vec<QcaSolution> {
    let kinds = [
        QcaSolutionKind::Conservative,
        QcaSolutionKind::Parsimonious,
        QcaSolutionKind::Intermediate,
    ];
    let names = found.sets.conditions();
    let rows = |configurations: BTreeSet<u32>| -> Vec<String> {
        let show = |c: u32| Term::of_configuration(c, names.len()).show(names);
        configurations.into_iter().map(show).collect()
    };
    let of = |kind: QcaSolutionKind| {
        let empty = QcaSolution {
            kind,
            models: vec![],
            all: None,
            more: false,
            assumed: vec![],
            contradictory: vec![],
            reason: None,
        };
        match models(found, kind) {
            Err(reason) => QcaSolution {
                reason: Some(reason),
                ..empty
            },
            Ok((models, complete)) => {
                let assumed = assumptions(&models);
                let against = self::models(opposite, kind).map(|(m, _)| assumptions(&m));
                let against = against.unwrap_or_default();
                let both = assumed.intersection(&against).copied().collect();
                let told = models.iter().take(MOST_MODELS);
                QcaSolution {
                    models: told
                        .map(|(m, fit)| teller.model(&m.terms, fit, names))
                        .collect(),
                    all: (models.len() > MOST_MODELS).then_some(models.len() as u64),
                    more: !complete,
                    assumed: rows(assumed),
                    contradictory: rows(both),
                    ..empty
                }
            }
        }
    };
    kinds.into_iter().map(of).collect()
}

/// Unobserved rows that any of the models takes to have the outcome.
fn assumptions(models: &[(&Model, &Fit)]) -> BTreeSet<u32> {
    let all = models.iter().flat_map(|(m, _)| &m.assumptions);
    all.copied().collect()
}
