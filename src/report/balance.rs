//! The balance audit in depth: dimensions by kind and side, criteria, where the effort goes, and what lacks.

use super::ReportError;
use super::audit::{KINDS, SIDES, tally};
use super::cells::{capitalised, dimension_name, kind_name, listed, plural, side_name};
use super::format::{Locale, Style};
use super::view::{Cell, Column, Figure, Table};
use crate::chart::{self, Grid, GridCell};
use crate::outcome::{AuditCell, Criterion, Kind, Money, Outcome, grouped};
use serde::Serialize;
use std::collections::BTreeMap;

/// Part of a sentence: an id or a column stands out as code.
#[derive(Serialize)]
pub(super) struct Span {
    pub text: String,
    pub code: bool,
}

/// A sentence with `code` between backticks.
pub(super) fn spans(words: &str) -> Vec<Span> {
    let parts = words.split('`').enumerate();
    parts
        .filter(|(_, text)| !text.is_empty())
        .map(|(at, text)| Span {
            text: text.to_owned(),
            code: at % 2 == 1,
        })
        .collect()
}

/// Dimensions of the evaluation and of the library's process, in the order of their names.
fn dimension_ids(outcome: &Outcome) -> Vec<&str> {
    let audit = &outcome.audit;
    let asked = audit.cells.iter().map(|c| c.dimension.as_str());
    let blind = audit.blind_dimensions.iter().map(String::as_str);
    let mut ids: Vec<&str> = asked.chain(blind).collect();
    ids.sort_by_key(|id| dimension_name(id));
    ids.dedup();
    ids
}

fn level(computed: u64, lost: u64) -> u8 {
    match (computed, lost) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    }
}

/// Dimensions by kind; each cell says of which localities its indicators speak.
pub(super) fn dimensions(
    outcome: &Outcome,
    locale: &Locale,
) -> Result<Option<Figure>, ReportError> {
    let ids = dimension_ids(outcome);
    if ids.is_empty() {
        return Ok(None);
    }
    let cell = |dimension: &str, kind: Kind| {
        let of: Vec<&AuditCell> = outcome
            .audit
            .cells
            .iter()
            .filter(|c| c.kind == kind && c.dimension == dimension)
            .collect();
        let mut parts = Vec::new();
        let (mut computed, mut lost) = (0, 0);
        for side in SIDES {
            let found = of.iter().filter(|c| c.side == side);
            let (done, not) = found.fold((0, 0), |sum, c| {
                (
                    sum.0 + c.computed.len() as u64,
                    sum.1 + c.not_computable.len() as u64,
                )
            });
            if done + not > 0 {
                parts.push(format!("{} {}", side_name(side), tally(done, not, locale)));
            }
            (computed, lost) = (computed + done, lost + not);
        }
        let possible = &outcome.audit.possible;
        let free = possible
            .iter()
            .filter(|p| p.kind == kind && p.dimension == dimension)
            .count() as u64;
        GridCell {
            text: text(parts.join(", "), computed, free, locale),
            level: level(computed, lost),
        }
    };
    let grid = Grid {
        title: "Indicators computed, by dimension, kind and side".to_owned(),
        columns: KINDS.map(|k| capitalised(kind_name(k))).to_vec(),
        rows: ids.iter().map(|id| dimension_name(id)).collect(),
        cells: ids
            .iter()
            .map(|id| KINDS.iter().map(|kind| cell(id, *kind)).collect())
            .collect(),
    };
    let caption = format!(
        "How many indicators were computed in each dimension and of which locality they speak; 2/5 means that two of five asked for \
         could be computed.{}",
        possible_words(outcome)
    );
    Ok(Some(Figure::new(chart::grid(&grid)?, &caption)))
}

/// What stands in a cell: what is computed, else what the data would allow.
fn text(parts: String, computed: u64, free: u64, locale: &Locale) -> String {
    let free = if computed == 0 && free > 0 {
        format!("{} possible", locale.count(free))
    } else {
        String::new()
    };
    match (parts.is_empty(), free.is_empty()) {
        (true, true) => "–".to_owned(),
        (true, false) => free,
        (false, true) => parts,
        (false, false) => format!("{parts}; {free}"),
    }
}

fn possible_words(outcome: &Outcome) -> &'static str {
    if outcome.audit.possible.is_empty() {
        ""
    } else {
        " “Possible” are indicators that nobody asked for and that the tables and columns of the data allow."
    }
}

const CRITERIA: [(Criterion, &str); 6] = [
    (Criterion::Relevance, "Relevance"),
    (Criterion::Coherence, "Coherence"),
    (Criterion::Effectiveness, "Effectiveness"),
    (Criterion::Efficiency, "Efficiency"),
    (Criterion::Impact, "Impact"),
    (Criterion::Sustainability, "Sustainability"),
];

/// Criteria by dimension; nothing where no indicator states one.
pub(super) fn criteria(outcome: &Outcome, locale: &Locale) -> Result<Option<Figure>, ReportError> {
    let audit = &outcome.audit;
    if audit.by_criterion.iter().all(|c| c.requested == 0) {
        return Ok(None);
    }
    let computed: Vec<&str> = audit
        .cells
        .iter()
        .flat_map(|c| c.computed.iter().map(String::as_str))
        .collect();
    let counted = |dimension: &str, criterion: Criterion| {
        let of = outcome.indicators.iter().map(|i| &i.definition);
        let states = of.filter(|d| d.dimension == dimension && d.criteria.contains(&criterion));
        states.fold((0, 0), |(done, not), d| {
            if computed.contains(&d.id.as_str()) {
                (done + 1, not)
            } else {
                (done, not + 1)
            }
        })
    };
    let ids = dimension_ids(outcome);
    let cell = |dimension: &str, criterion: Criterion| {
        let (done, lost) = counted(dimension, criterion);
        let possible = audit.possible.iter();
        let free = possible
            .filter(|p| p.dimension == dimension && p.criteria.contains(&criterion))
            .count() as u64;
        let parts = match done + lost {
            0 => String::new(),
            _ => tally(done, lost, locale),
        };
        GridCell {
            text: text(parts, done, free, locale),
            level: level(done, lost),
        }
    };
    let grid = Grid {
        title: "Indicators computed, by dimension and DAC criterion".to_owned(),
        columns: CRITERIA.map(|(_, name)| name.to_owned()).to_vec(),
        rows: ids.iter().map(|id| dimension_name(id)).collect(),
        cells: ids
            .iter()
            .map(|id| CRITERIA.iter().map(|(c, _)| cell(id, *c)).collect())
            .collect(),
    };
    let silent = match audit.without_criterion.requested {
        0 => String::new(),
        n => format!(
            " {} of those asked for {} none and {} in no column.",
            locale.count(n),
            plural(n, "states", "state"),
            plural(n, "is", "are")
        ),
    };
    let caption = format!(
        "An indicator counts under each criterion of the OECD DAC (2019) that its definition states.{silent}{}",
        possible_words(outcome)
    );
    Ok(Some(Figure::new(chart::grid(&grid)?, &caption)))
}

/// Where the effort of the evaluation goes.
#[derive(Serialize)]
pub(super) struct Effort {
    pub sentences: Vec<String>,
    pub table: Table,
    pub rule: String,
}

pub(super) fn effort(outcome: &Outcome, locale: &Locale) -> Option<Effort> {
    let effort = outcome.audit.effort.as_ref()?;
    let indicators: u64 = effort.kinds.iter().map(|k| k.indicators).sum();
    let uses: u64 = effort.kinds.iter().map(|k| k.row_uses).sum();
    if indicators == 0 {
        return None;
    }
    let part = |part: u64, whole: u64| locale.percent(part as f64 / whole as f64, 0);
    let share = |count: u64, whole: u64| match (count, whole) {
        (0, _) => Cell::absent("none"),
        _ => Cell::text(format!("{} ({})", locale.count(count), part(count, whole))),
    };
    let columns = vec![
        Column::text("Kind"),
        Column::number("Indicators computed"),
        Column::number("Rows used"),
    ];
    let mut table = Table::new("effort-table", "Indicators and rows used, by kind", columns);
    for kind in &effort.kinds {
        table.push(vec![
            Cell::text(capitalised(kind_name(kind.kind))),
            share(kind.indicators, indicators),
            share(kind.row_uses, uses),
        ]);
    }
    let output = effort.kinds.iter().find(|k| k.kind == Kind::Output)?;
    let mut first = format!(
        "On outputs: {} of {} computed {} ({})",
        locale.count(output.indicators),
        locale.count(indicators),
        plural(indicators, "indicator", "indicators"),
        part(output.indicators, indicators)
    );
    if uses > 0 {
        first.push_str(&format!(
            "; they take {} of all rows used",
            part(output.row_uses, uses)
        ));
    }
    first.push('.');
    let mut sentences = vec![first];
    sentences.extend(money(&effort.money, locale));
    let rule = "Rows used are summed over the indicators computed from a table: a row counts once for each indicator that uses it; \
                derived indicators use no rows of their own.";
    Some(Effort {
        sentences,
        table,
        rule: rule.to_owned(),
    })
}

/// What the data record in money. No share on output is given: what activities and funds pay is not classed by the data.
fn money(money: &[Money], locale: &Locale) -> Vec<String> {
    let said = |m: &Money| {
        let amount = Style::fixed(*locale, 0).value(m.amount);
        let rows = locale.count(m.rows);
        let missing = match m.missing {
            0 => String::new(),
            n => format!(", {} without a value", locale.count(n)),
        };
        let (table, column) = (&m.table, &m.column);
        let of = plural(m.rows, "row", "rows");
        format!("{amount} in {column} of {table} ({rows} {of}{missing})")
    };
    let (classed, open): (Vec<&Money>, Vec<&Money>) =
        money.iter().partition(|m| m.kind == Some(Kind::Output));
    let mut sentences = Vec::new();
    if !classed.is_empty() {
        let amounts: Vec<String> = classed.into_iter().map(said).collect();
        sentences.push(format!("Money recorded on outputs: {}.", listed(&amounts)));
    }
    if !open.is_empty() {
        let amounts: Vec<String> = open.into_iter().map(said).collect();
        sentences.push(format!(
            "Money that the data don't class as output or process: {}. So no share of money on outputs is given, and none of these \
             sums is added to another: they may be the same money.",
            listed(&amounts)
        ));
    }
    sentences
}

/// Indicators asked for that the data don't allow, by what would make them computable.
pub(super) fn gaps(outcome: &Outcome) -> Option<Table> {
    let gaps = &outcome.audit.gaps;
    if gaps.is_empty() {
        return None;
    }
    let names: BTreeMap<&str, &str> = gaps
        .iter()
        .map(|g| (g.id.as_str(), g.name.as_str()))
        .collect();
    let columns = ["What the data would need", "Makes computable"].map(Column::text);
    let caption = "What would make the indicators computable, what helps most first";
    let mut table = Table::new("gaps-table", caption, columns.into());
    let plain = |words: &str| words.replace('`', "");
    for group in grouped(gaps.iter().map(|g| (g.id.as_str(), &g.lack))) {
        let mut needed = vec![capitalised(&plain(&group.wanted.join(", and ")))];
        for (table, columns) in &group.columns {
            if !columns.is_empty() {
                needed.push(format!("columns of {table}: {}", columns.join(", ")));
            }
        }
        let mut words = needed.join("; ");
        for remedy in &group.remedies {
            words.push_str(". ");
            words.push_str(plain(remedy).trim_end_matches('.'));
        }
        let helped: Vec<String> = group
            .ids
            .iter()
            .map(|id| names.get(id).copied().unwrap_or(id).to_owned())
            .collect();
        table.push(vec![Cell::text(words), Cell::text(helped.join("; "))]);
    }
    Some(table)
}
