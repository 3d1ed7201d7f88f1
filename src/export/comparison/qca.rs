//! The tables of qualitative comparative analyses in the workbook of a comparison.

use super::word;
use crate::outcome::comparison::{Compared, Qca};
use crate::report::comparison::{Data, Datum};

fn case(compared: &Compared, case: usize) -> &str {
    compared.cases.get(case).map_or("", |c| c.id.as_str())
}

fn cases(compared: &Compared, all: &[usize]) -> Datum {
    let ids: Vec<&str> = all.iter().map(|c| case(compared, *c)).collect();
    Datum::text(ids.join(", "))
}

fn outcome(qca: &Qca, negated: bool) -> Datum {
    Datum::text(match negated {
        true => format!("~{}", qca.outcome.name),
        false => qca.outcome.name.clone(),
    })
}

/// Raw values and memberships, a row per case and set.
pub(super) fn memberships(compared: &Compared) -> Data {
    let mut data = Data::new(&[
        "analysis",
        "case",
        "set",
        "role",
        "raw",
        "membership",
        "calibration",
    ]);
    for qca in &compared.qca {
        let conditions = qca.conditions.iter().map(|s| (s, "condition"));
        for (set, role) in [(&qca.outcome, "outcome")].into_iter().chain(conditions) {
            for (at, one) in qca.cases.iter().enumerate() {
                data.push(vec![
                    Datum::text(&qca.id),
                    Datum::text(case(compared, *one)),
                    Datum::text(&set.name),
                    Datum::text(role),
                    Datum::text(set.raw.get(at).cloned().unwrap_or_default()),
                    Datum::number(set.membership.get(at).copied()),
                    Datum::text(&set.calibration),
                ]);
            }
        }
    }
    data
}

/// Truth tables. Analyses have conditions of their own, so the combination stands in one cell.
pub(super) fn truth(compared: &Compared) -> Data {
    let mut data = Data::new(&[
        "analysis",
        "outcome",
        "combination",
        "value",
        "n",
        "consistency",
        "pri",
        "contradictory",
        "cases",
        "deviant",
    ]);
    for qca in &compared.qca {
        for analysis in &qca.analyses {
            for row in &analysis.rows {
                let terms: Vec<String> = qca
                    .conditions
                    .iter()
                    .zip(&row.present)
                    .map(|(set, present)| match present {
                        true => set.name.clone(),
                        false => format!("~{}", set.name),
                    })
                    .collect();
                data.push(vec![
                    Datum::text(&qca.id),
                    outcome(qca, analysis.negated),
                    Datum::text(terms.join("*")),
                    match row.outcome {
                        Some(value) => Datum::Count(u64::from(value)),
                        None => Datum::text("too few cases"),
                    },
                    Datum::Count(row.cases.len() as u64),
                    Datum::number(Some(row.inclusion)),
                    Datum::number(Some(row.pri)),
                    Datum::yes(Some(row.contradictory)),
                    cases(compared, &row.cases),
                    cases(compared, &row.deviant),
                ]);
            }
        }
    }
    data
}

/// Solutions, a row per term and one per model.
pub(super) fn solutions(compared: &Compared) -> Data {
    let mut data = Data::new(&[
        "analysis",
        "outcome",
        "solution",
        "model",
        "term",
        "consistency",
        "pri",
        "coverage",
        "unique_coverage",
        "typical",
        "deviant",
    ]);
    for qca in &compared.qca {
        for analysis in &qca.analyses {
            for solution in &analysis.solutions {
                for (number, model) in (1_u64..).zip(&solution.models) {
                    let head = || {
                        vec![
                            Datum::text(&qca.id),
                            outcome(qca, analysis.negated),
                            word(&solution.kind),
                            Datum::Count(number),
                        ]
                    };
                    let mut row = head();
                    row.extend([
                        Datum::text(&model.expression),
                        Datum::number(Some(model.inclusion)),
                        Datum::number(Some(model.pri)),
                        Datum::number(Some(model.coverage)),
                        Datum::None,
                        Datum::None,
                        Datum::None,
                    ]);
                    data.push(row);
                    for term in &model.terms {
                        let mut row = head();
                        row.extend([
                            Datum::text(&term.expression),
                            Datum::number(Some(term.inclusion)),
                            Datum::number(Some(term.pri)),
                            Datum::number(Some(term.coverage)),
                            Datum::number(Some(term.unique)),
                            cases(compared, &term.typical),
                            cases(compared, &term.deviant),
                        ]);
                        data.push(row);
                    }
                }
            }
        }
    }
    data
}
