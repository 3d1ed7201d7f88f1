//! Qualitative comparative analysis, as a methods and a results section would tell it.

use super::profiles::case_name;
use super::qca_tables as tables;
use super::{Article, PartView, safe};
use crate::outcome::comparison::{Compared, Part, Qca, QcaAnalysis, QcaSolution, QcaSolutionKind};
use crate::report::cells::{listed, plural};
use crate::report::format::Locale;
use crate::report::view::Table;

/// Anchor of an analysis.
pub(super) fn anchor(qca: &Qca) -> String {
    format!("q-{}", safe(&qca.id))
}

/// Title of an analysis.
pub(super) fn title(qca: &Qca) -> String {
    match qca.title.as_str() {
        "" => format!("Conditions of {}", qca.outcome.name),
        title => title.to_owned(),
    }
}

/// One analysis.
pub(super) fn article(compared: &Compared, qca: &Qca, locale: &Locale) -> Article {
    let anchor = anchor(qca);
    let mut article = Article {
        anchor: anchor.clone(),
        name: title(qca),
        tags: vec![
            "qualitative comparative analysis".to_owned(),
            format!(
                "{} {}",
                locale.count(qca.cases.len() as u64),
                plural(qca.cases.len() as u64, "case", "cases")
            ),
            format!(
                "{} {}",
                locale.count(qca.conditions.len() as u64),
                plural(qca.conditions.len() as u64, "condition", "conditions")
            ),
        ],
        ..Article::default()
    };
    if let Some((reason, help)) = &qca.refused {
        article.said.push(format!("Not analysed: {reason}."));
        article.refusals.push(help.clone());
        return article;
    }
    article.said.push(summary(qca, locale));
    article.remarks.clone_from(&qca.remarks);
    let mut sets = PartView::new(Part::Qca, &format!("{anchor}-sets"), "Sets and cases");
    sets.said
        .extend(qca.methods.iter().map(|m| m.words.clone()));
    for (case, reason) in &qca.apart {
        sets.said.push(format!(
            "{} is left out: {}.",
            case_name(compared, *case),
            reason.trim_end_matches('.')
        ));
    }
    sets.tables.push(tables::calibration(qca, &anchor));
    sets.details
        .push(tables::memberships(compared, qca, locale, &anchor));
    article.parts.push(sets);
    for analysis in &qca.analyses {
        article
            .parts
            .push(part(compared, qca, analysis, locale, &anchor));
    }
    article
}

/// The outcome's name, with a tilde for its absence.
pub(super) fn outcome_name(qca: &Qca, negated: bool) -> String {
    let tilde = if negated { "~" } else { "" };
    format!("{tilde}{}", qca.outcome.name)
}

/// What was found, for the overview.
pub(super) fn summary(qca: &Qca, locale: &Locale) -> String {
    if let Some((reason, _)) = &qca.refused {
        return format!("Not analysed: {reason}.");
    }
    let Some(analysis) = qca.analyses.iter().find(|a| !a.negated) else {
        return "Nothing was analysed.".to_owned();
    };
    let solution = leading(analysis);
    match solution.and_then(|s| Some((s, s.models.first()?))) {
        Some((solution, model)) => {
            let others = solution.all.unwrap_or(solution.models.len() as u64) - 1;
            let ambiguous = match others {
                0 => String::new(),
                n => format!(
                    " {} {} explain the rows equally briefly.",
                    locale.count(n),
                    plural(n, "other model does", "other models")
                )
                .replace("does explain", "explains"),
            };
            format!(
                "In these cases {} goes with {} ({} solution; consistency {}, coverage {}).{ambiguous}",
                outcome_name(qca, false),
                model.expression,
                kind_name(solution.kind),
                locale.number(model.inclusion, 2),
                locale.number(model.coverage, 2)
            )
        }
        None => format!(
            "No combination of conditions is sufficient for {}{}.",
            outcome_name(qca, false),
            solution
                .and_then(|s| s.reason.as_deref())
                .map(|r| format!(": {}", r.trim_end_matches('.')))
                .unwrap_or_default()
        ),
    }
}

/// The solution that speaks for an analysis: intermediate, else conservative, else whatever there is.
pub(super) fn leading(analysis: &QcaAnalysis) -> Option<&QcaSolution> {
    let of = |kind: QcaSolutionKind| analysis.solutions.iter().find(|s| s.kind == kind);
    of(QcaSolutionKind::Intermediate)
        .filter(|s| !s.models.is_empty())
        .or_else(|| of(QcaSolutionKind::Conservative))
        .or_else(|| analysis.solutions.first())
}

pub(super) fn kind_name(kind: QcaSolutionKind) -> &'static str {
    match kind {
        QcaSolutionKind::Conservative => "conservative",
        QcaSolutionKind::Parsimonious => "parsimonious",
        QcaSolutionKind::Intermediate => "intermediate",
    }
}

fn part(
    compared: &Compared,
    qca: &Qca,
    analysis: &QcaAnalysis,
    locale: &Locale,
    anchor: &str,
) -> PartView {
    let outcome = outcome_name(qca, analysis.negated);
    let tail = if analysis.negated {
        "absent"
    } else {
        "present"
    };
    let id = format!("{anchor}-{tail}");
    let title = match analysis.negated {
        true => format!(
            "Conditions of the absence of {} ({outcome})",
            qca.outcome.name
        ),
        false => format!("Conditions of {outcome}"),
    };
    let mut part = PartView::new(Part::Qca, &id, &title);
    part.said.push(rows(qca, analysis, locale));
    part.said.extend(necessary(qca, analysis, &outcome, locale));
    for solution in &analysis.solutions {
        part.said.push(solved(solution, &outcome, locale));
    }
    part.said.extend(stability(analysis, locale));
    part.tables
        .push(tables::necessity(analysis, locale, &id, &outcome));
    part.tables.push(tables::truth(
        compared, qca, analysis, locale, &id, &outcome,
    ));
    part.tables
        .extend(tables::solutions(compared, qca, analysis, locale, &id));
    part.details
        .extend(tables::robustness(analysis, locale, &id));
    part
}

fn rows(qca: &Qca, analysis: &QcaAnalysis, locale: &Locale) -> String {
    let observed = analysis.rows.len();
    let of = observed as u64 + analysis.remainders;
    let contradictory = analysis.rows.iter().filter(|r| r.contradictory).count();
    let against = match contradictory {
        0 => "None of them holds cases both with and without the outcome.".to_owned(),
        n => format!(
            "{} of them {} cases both with and without the outcome (contradictory).",
            locale.count(n as u64),
            plural(n as u64, "holds", "hold")
        ),
    };
    format!(
        "The {} cases fill {} of {} possible combinations of conditions; {} were not observed. {against} A row counts as sufficient from a consistency of {}{}, with {} {} at least.",
        locale.count(qca.cases.len() as u64),
        locale.count(observed as u64),
        locale.count(of),
        locale.count(analysis.remainders),
        locale.number(qca.cuts.inclusion, 2),
        match qca.cuts.pri > 0.0 {
            true => format!(" and a PRI of {}", locale.number(qca.cuts.pri, 2)),
            false => String::new(),
        },
        locale.count(qca.cuts.cases),
        plural(qca.cuts.cases, "case", "cases")
    )
}

fn necessary(qca: &Qca, analysis: &QcaAnalysis, outcome: &str, locale: &Locale) -> Option<String> {
    let cuts = &qca.cuts;
    let found: Vec<String> = analysis
        .necessity
        .iter()
        .filter(|n| n.inclusion >= cuts.necessity && n.relevance >= cuts.relevance)
        .map(|n| {
            format!(
                "{} (consistency {}, relevance {})",
                n.expression,
                locale.number(n.inclusion, 2),
                locale.number(n.relevance, 2)
            )
        })
        .collect();
    Some(match found.len() {
        0 => format!(
            "No condition is necessary for {outcome} at a consistency of {} with a relevance of {} or more.",
            locale.number(cuts.necessity, 2),
            locale.number(cuts.relevance, 2)
        ),
        n if n <= 5 => format!(
            "Consistent with being necessary for {outcome}: {}.",
            listed(&found)
        ),
        n => format!(
            "{} expressions are consistent with being necessary for {outcome}; the table lists them.",
            locale.count(n as u64)
        ),
    })
}

fn solved(solution: &QcaSolution, outcome: &str, locale: &Locale) -> String {
    let kind = kind_name(solution.kind);
    let how = match solution.kind {
        QcaSolutionKind::Conservative => "observed combinations only",
        QcaSolutionKind::Parsimonious => "every unobserved combination that makes it shorter",
        QcaSolutionKind::Intermediate => "unobserved combinations that fit the expectations stated",
    };
    let Some(model) = solution.models.first() else {
        let reason = solution.reason.as_deref().unwrap_or("there is none");
        return format!(
            "No {kind} solution ({how}): {}.",
            reason.trim_end_matches('.')
        );
    };
    let all = solution.all.unwrap_or(solution.models.len() as u64);
    let more = match all {
        0 | 1 => String::new(),
        n => format!(
            " {} models explain the rows equally briefly; the data do not choose between them.",
            locale.count(n)
        ),
    };
    let more = match solution.more {
        true => format!("{more} There may be further ones: the search was cut."),
        false => more,
    };
    let assumed = match solution.contradictory.len() {
        0 => String::new(),
        n => format!(
            " {} of the combinations assumed {} also assumed for the opposite outcome, which can't both hold.",
            locale.count(n as u64),
            plural(n as u64, "is", "are")
        ),
    };
    format!(
        "The {kind} solution ({how}) is {} → {outcome}, consistency {}, PRI {}, coverage {}.{more}{assumed}",
        model.expression,
        locale.number(model.inclusion, 2),
        locale.number(model.pri, 2),
        locale.number(model.coverage, 2)
    )
}

fn stability(analysis: &QcaAnalysis, locale: &Locale) -> Option<String> {
    if analysis.stability.is_empty() {
        return None;
    }
    let said: Vec<String> = analysis
        .stability
        .iter()
        .map(|(term, share)| format!("{term} in {}", locale.percent(*share, 0)))
        .collect();
    Some(format!(
        "With other cut-offs the terms stay as they are: {} of the variants that have a result.",
        listed(&said)
    ))
}

/// Names of cases, shortened to a number of them.
pub(super) fn cases(compared: &Compared, cases: &[usize], locale: &Locale) -> String {
    let names: Vec<&str> = cases
        .iter()
        .take(10)
        .map(|c| case_name(compared, *c))
        .collect();
    match cases.len().saturating_sub(10) {
        0 => names.join(", "),
        more => format!(
            "{} and {} more",
            names.join(", "),
            locale.count(more as u64)
        ),
    }
}

/// Does nothing with an empty table.
pub(super) fn filled(table: Table) -> Option<Table> {
    (!table.rows.is_empty()).then_some(table)
}
