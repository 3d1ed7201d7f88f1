//! Tables of a qualitative comparative analysis: calibration, truth table, necessity, solutions, robustness.

use super::profiles::case_name;
use super::qca::{cases, filled, kind_name};
use crate::outcome::comparison::{Compared, Qca, QcaAnalysis};
use crate::report::cells::MOST_ROWS;
use crate::report::format::Locale;
use crate::report::view::{Cell, Column, Table};

/// Text that breaks into lines; names of columns stand without their backticks.
fn wrapped(text: impl Into<String>) -> Cell {
    let text: String = text.into();
    Cell {
        class: "wrap",
        ..Cell::text(text.replace('`', ""))
    }
}

/// What each set means and how it was calibrated.
pub(super) fn calibration(qca: &Qca, anchor: &str) -> Table {
    let mut table = Table::new(
        format!("{anchor}-calibration"),
        "The sets: what they mean, and how raw values became memberships",
        vec![
            Column::text("Set"),
            Column::text("Being in it means"),
            Column::text("From"),
            Column::text("Calibration"),
            Column::text("Expected for the outcome"),
        ],
    );
    let conditions = qca.conditions.iter().map(|s| (s, false));
    for (set, outcome) in [(&qca.outcome, true)].into_iter().chain(conditions) {
        let role = if outcome { " (outcome)" } else { "" };
        table.push(vec![
            Cell::text(format!("{}{role}", set.name)),
            wrapped(&set.words),
            wrapped(&set.origin),
            wrapped(&set.calibration),
            match set.expected {
                Some(true) => Cell::text("present"),
                Some(false) => Cell::text("absent"),
                None if outcome => Cell::none(),
                None => Cell::text("either"),
            },
        ]);
    }
    table
}

/// Memberships of each case.
pub(super) fn memberships(compared: &Compared, qca: &Qca, locale: &Locale, anchor: &str) -> Table {
    let mut columns = vec![Column::text("Case")];
    let sets = || [&qca.outcome].into_iter().chain(&qca.conditions);
    columns.extend(sets().map(|s| Column::number(s.name.clone())));
    let mut table = Table::new(
        format!("{anchor}-memberships"),
        "Memberships (0 fully out, 1 fully in), raw values in brackets",
        columns,
    );
    for (at, case) in qca.cases.iter().enumerate().take(MOST_ROWS) {
        let mut cells = vec![Cell::text(case_name(compared, *case))];
        cells.extend(sets().map(|set| match set.membership.get(at) {
            Some(m) => {
                let whole = (m - m.round()).abs() < 1e-12;
                let raw = set.raw.get(at).filter(|r| !r.is_empty());
                let raw = raw.map(|r| format!(" ({r})")).unwrap_or_default();
                Cell::text(format!(
                    "{}{raw}",
                    locale.number(*m, if whole { 0 } else { 2 })
                ))
            }
            None => Cell::none(),
        }));
        table.push(cells);
    }
    if qca.cases.len() > MOST_ROWS {
        table.cut = Some(format!(
            "{MOST_ROWS} of {} cases are shown; all are in comparison.xlsx.",
            qca.cases.len()
        ));
    }
    table
}

/// Necessity.
pub(super) fn necessity(analysis: &QcaAnalysis, locale: &Locale, id: &str, outcome: &str) -> Table {
    let mut table = Table::new(
        format!("{id}-necessity"),
        format!("Necessity for {outcome}"),
        vec![
            Column::text("Expression"),
            Column::number("Consistency"),
            Column::number("Coverage"),
            Column::number("Relevance"),
        ],
    );
    for row in analysis.necessity.iter().take(MOST_ROWS) {
        table.push(vec![
            Cell {
                class: "code",
                ..Cell::text(&row.expression)
            },
            Cell::text(locale.number(row.inclusion, 3)),
            Cell::text(locale.number(row.coverage, 3)),
            Cell::text(locale.number(row.relevance, 3)),
        ]);
    }
    if analysis.necessity.len() > MOST_ROWS {
        table.cut = Some(format!(
            "{MOST_ROWS} of {} expressions are shown; all are in comparison.json.",
            analysis.necessity.len()
        ));
    }
    table
}

/// The truth table: observed rows.
pub(super) fn truth(
    compared: &Compared,
    qca: &Qca,
    analysis: &QcaAnalysis,
    locale: &Locale,
    id: &str,
    outcome: &str,
) -> Table {
    let mut columns: Vec<Column> = vec![Column::text("Cases")];
    columns.extend(
        qca.conditions
            .iter()
            .map(|c| Column::number(c.name.clone())),
    );
    columns.extend(
        [outcome, "n", "Consistency", "PRI"]
            .into_iter()
            .map(Column::number),
    );
    let mut table = Table::new(
        format!("{id}-truth"),
        format!("Truth table for {outcome}"),
        columns,
    );
    for row in analysis.rows.iter().take(MOST_ROWS) {
        let mut head = wrapped(cases(compared, &row.cases, locale));
        if row.contradictory {
            let mark = table
                .note("Contradictory: cases with and without the outcome share this combination.");
            head.note = Some(mark);
        }
        if !row.deviant.is_empty() {
            head.under = Some(format!(
                "against it: {}",
                cases(compared, &row.deviant, locale)
            ));
        }
        let mut cells = vec![head];
        cells.extend(
            row.present
                .iter()
                .map(|p| Cell::text(if *p { "1" } else { "0" })),
        );
        cells.push(match row.outcome {
            Some(true) => Cell::text("1"),
            Some(false) => Cell::text("0"),
            None => Cell::absent("too few"),
        });
        cells.push(Cell::text(locale.count(row.cases.len() as u64)));
        cells.push(Cell::text(locale.number(row.inclusion, 3)));
        cells.push(Cell::text(locale.number(row.pri, 3)));
        cells.resize_with(table.columns.len(), Cell::none);
        table.push(cells);
    }
    let shown = table.rows.len();
    if analysis.rows.len() > shown {
        table.cut = Some(format!(
            "{shown} of {} observed combinations are shown; all are in comparison.xlsx.",
            analysis.rows.len()
        ));
    }
    table
}

/// Terms of the solutions, model by model.
pub(super) fn solutions(
    compared: &Compared,
    qca: &Qca,
    analysis: &QcaAnalysis,
    locale: &Locale,
    id: &str,
) -> Option<Table> {
    let outcome = super::qca::outcome_name(qca, analysis.negated);
    let mut table = Table::new(
        format!("{id}-solutions"),
        format!("Solutions for {outcome}, term by term"),
        vec![
            Column::text("Term"),
            Column::number("Consistency"),
            Column::number("PRI"),
            Column::number("Coverage"),
            Column::number("By it alone"),
            Column::text("Typical cases"),
        ],
    );
    let number = |v: f64| Cell::text(locale.number(v, 3));
    for solution in &analysis.solutions {
        let several = solution.models.len() > 1;
        for (at, model) in solution.models.iter().enumerate().take(4) {
            let which = match several {
                true => format!("{}, model {}", kind_name(solution.kind), at + 1),
                false => kind_name(solution.kind).to_owned(),
            };
            table.group(&crate::report::cells::capitalised(&which));
            for term in &model.terms {
                let mut typical = wrapped(cases(compared, &term.typical, locale));
                if !term.deviant.is_empty() {
                    typical.under = Some(format!(
                        "in the term without the outcome: {}",
                        cases(compared, &term.deviant, locale)
                    ));
                }
                table.push(vec![
                    Cell {
                        class: "code",
                        ..Cell::text(&term.expression)
                    },
                    number(term.inclusion),
                    number(term.pri),
                    number(term.coverage),
                    number(term.unique),
                    typical,
                ]);
            }
            table.push(vec![
                Cell::text("All terms"),
                number(model.inclusion),
                number(model.pri),
                number(model.coverage),
                Cell::none(),
                Cell::none(),
            ]);
            if let Some(last) = table.rows.last_mut() {
                last.strong = true;
            }
        }
        let all = solution.all.unwrap_or(solution.models.len() as u64);
        if all > 4 {
            let note = format!(
                "{} has {} models; four are shown, and comparison.json lists {}.",
                crate::report::cells::capitalised(kind_name(solution.kind)),
                locale.count(all),
                solution.models.len()
            );
            table.notes.push((String::new(), note));
        }
        if !solution.assumed.is_empty() {
            let listed: Vec<&str> = solution
                .assumed
                .iter()
                .take(12)
                .map(String::as_str)
                .collect();
            let more = solution.assumed.len() - listed.len();
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let note = format!(
                "Unobserved combinations assumed by the {} solution: {}{more}.",
                kind_name(solution.kind),
                listed.join(", ")
            );
            table.notes.push((String::new(), note));
        }
    }
    filled(table)
}

/// The same with other cut-offs.
pub(super) fn robustness(analysis: &QcaAnalysis, locale: &Locale, id: &str) -> Option<Table> {
    let mut table = Table::new(
        format!("{id}-robustness"),
        "The same with other cut-offs",
        vec![
            Column::text("Changed"),
            Column::text("Solution"),
            Column::number("Consistency"),
            Column::number("Coverage"),
            Column::number("Models"),
        ],
    );
    let number = |v: Option<f64>| v.map_or_else(Cell::none, |v| Cell::text(locale.number(v, 3)));
    for variant in analysis.robustness.iter().take(MOST_ROWS) {
        table.push(vec![
            Cell::text(&variant.change),
            match variant.expression.as_str() {
                "" => Cell::absent(variant.reason.clone().unwrap_or_else(|| "none".to_owned())),
                text => Cell {
                    class: "code",
                    ..Cell::text(text)
                },
            },
            number(variant.inclusion),
            number(variant.coverage),
            Cell::text(locale.count(variant.models)),
        ]);
    }
    filled(table)
}
