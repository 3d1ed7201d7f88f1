//! Equivalence and non-inferiority against a margin that somebody has stated and argued for.

use super::PartView;
use super::found;
use super::voice::Voice;
use crate::outcome::comparison::{EquivalenceRow, EquivalenceTable, EquivalenceVerdict, Part};
use crate::report::cells::{MOST_ROWS, extremes};
use crate::report::title::level;
use crate::report::view::{Cell, Column, Table};

/// So many verdicts are told in a sentence each.
const MOST_SAID: usize = 8;

/// A verdict for a reader.
pub(super) fn verdict_word(row: &EquivalenceRow) -> &'static str {
    match (row.verdict, row.different) {
        (EquivalenceVerdict::Equivalent, false) => "equivalent",
        (EquivalenceVerdict::Equivalent, true) => "equivalent, though different",
        (EquivalenceVerdict::Better, _) => "better",
        (EquivalenceVerdict::Worse, _) => "worse",
        (EquivalenceVerdict::Different, _) => "different",
        (EquivalenceVerdict::NotEstablished, _) => "not established",
        (EquivalenceVerdict::NoVerdict, _) => "no verdict",
    }
}

pub(super) fn part(voice: &Voice, anchor: &str) -> Option<PartView> {
    let table = voice.of.equivalence.as_ref()?;
    let mut part = PartView::new(Part::Equivalence, anchor, "Against the margin");
    part.said.push(format!(
        "A difference from {} of {} is taken not to matter. The reason stated: “{}”. Whether that is the right margin is no matter of statistics, and every verdict rests on it.",
        voice.name(table.benchmark),
        voice.margin(table.margin),
        table.reason.trim_end_matches('.')
    ));
    if table.rows.len() <= MOST_SAID {
        part.said
            .extend(table.rows.iter().map(|r| sentence(voice, table, r)));
    } else {
        part.said.push(found::against_margin(voice, table));
    }
    part.said.extend(found::non_inferior(voice, table));
    if table.rows.len() > MOST_SAID
        && table
            .rows
            .iter()
            .any(|r| r.verdict == EquivalenceVerdict::NoVerdict)
    {
        part.said.push("There is no verdict where the error of one of the two figures is not known; not known is not zero.".to_owned());
    }
    if table
        .rows
        .iter()
        .any(|r| r.verdict == EquivalenceVerdict::NotEstablished)
    {
        part.said.push("“Not established” means that the data leave it open. It is no evidence of being equal.".to_owned());
    }
    part.tables.push(rows(voice, table, anchor));
    Some(part)
}

/// The verdict on one, in words.
pub(super) fn sentence(voice: &Voice, table: &EquivalenceTable, row: &EquivalenceRow) -> String {
    let (name, benchmark) = (voice.name(row.entry), voice.name(table.benchmark));
    let gap = voice.gap(row.value);
    let margin = voice.margin(table.margin);
    if row.se.is_none() && row.verdict != EquivalenceVerdict::NoVerdict {
        let inside = row.value > table.margin.0 && row.value < table.margin.1;
        let place = if inside { "within" } else { "not within" };
        return format!(
            "{name} differs from {benchmark} by {gap}, {place} the margin of {margin}; both figures are recorded in full, and nothing is said on chance."
        );
    }
    let inner = level(table.inner_confidence, &voice.locale);
    let outer = format!(
        "{} confidence interval {}",
        voice.level,
        range(voice, row.outer)
    );
    match row.verdict {
        EquivalenceVerdict::Equivalent => {
            let though = match row.different {
                true => " A difference is shown, and it is smaller than the margin.",
                false => "",
            };
            format!(
                "{name} is equivalent to {benchmark} within {margin}: the difference is {gap} ({inner} interval {}), the whole of it inside the margin.{though}",
                range(voice, row.inner)
            )
        }
        EquivalenceVerdict::Better => {
            format!("{name} is better than {benchmark}: {gap} ({outer}).")
        }
        EquivalenceVerdict::Worse => format!("{name} is worse than {benchmark}: {gap} ({outer})."),
        EquivalenceVerdict::Different => {
            let up = voice.higher(row.value > 0.0);
            format!(
                "{name} is {up} than {benchmark}: {gap} ({outer}). Which of the two is better is not defined."
            )
        }
        EquivalenceVerdict::NoVerdict => {
            let unknown = |at: usize| voice.unknown().any(|(i, _)| i == at);
            let whose = match (unknown(row.entry), unknown(table.benchmark)) {
                (true, true) => "the errors of both are not known".to_owned(),
                (false, true) => format!("the error of {benchmark} is not known"),
                _ => "its error is not known".to_owned(),
            };
            format!(
                "{name} differs from {benchmark} by {gap}; {whose}, so that there is no verdict."
            )
        }
        EquivalenceVerdict::NotEstablished => format!(
            "{name} and {benchmark} are not shown to differ, nor to be equivalent: {gap} ({outer})."
        ),
    }
}

fn range(voice: &Voice, ends: Option<(f64, f64)>) -> String {
    ends.map_or("not known".to_owned(), |ends| voice.range(ends))
}

fn rows(voice: &Voice, equivalence: &EquivalenceTable, anchor: &str) -> Table {
    let direction = equivalence.rows.iter().any(|r| r.non_inferior.is_some());
    let inner = level(equivalence.inner_confidence, &voice.locale);
    let head = match voice.gap_unit().as_str() {
        "" => "Difference".to_owned(),
        unit => format!("Difference, {unit}"),
    };
    let mut columns = vec![
        Column::text(crate::report::cells::capitalised(voice.noun(1))),
        Column::number(head),
        Column::number(format!("{} interval", voice.level)),
        Column::number(format!("{inner} interval")),
        Column::text("Verdict"),
    ];
    if direction {
        columns.push(Column::text("No worse by the margin"));
    }
    let caption = format!(
        "Against {}, margin {}",
        voice.name(equivalence.benchmark),
        voice.margin(equivalence.margin)
    );
    let mut table = Table::new(format!("{anchor}-margin"), caption, columns);
    let many = equivalence.rows.len() > MOST_ROWS;
    let mut all: Vec<&EquivalenceRow> = equivalence.rows.iter().collect();
    all.sort_by(|a, b| b.value.total_cmp(&a.value));
    let (shown, cut) = extremes(all, |r| Some(r.value));
    for row in shown {
        let mut cells = vec![
            Cell::text(voice.name(row.entry)),
            Cell::text(voice.signed(row.value)),
        ];
        match (row.verdict, row.se) {
            (EquivalenceVerdict::NoVerdict, _) => {
                cells.extend([Cell::absent("not known"), Cell::none()]);
            }
            (_, Some(_)) => {
                cells.extend([row.outer, row.inner].map(|i| Cell::text(range(voice, i))));
            }
            (_, None) => cells.extend([Cell::absent("recorded"), Cell::none()]),
        }
        cells.push(Cell::text(verdict_word(row)));
        if direction {
            cells.push(match row.non_inferior {
                Some(true) => Cell {
                    class: "yes",
                    ..Cell::text("shown")
                },
                Some(false) => Cell::text("not shown"),
                None => Cell::none(),
            });
        }
        table.push(cells);
    }
    if many {
        table.cut = Some(super::values::left_out(voice, cut));
    }
    table
}
