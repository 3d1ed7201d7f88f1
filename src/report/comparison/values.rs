//! The values that stand beside each other, what their uncertainty is of, and who stands apart.

use super::PartView;
use super::voice::Voice;
use crate::outcome::Direction;
use crate::outcome::comparison::{Apart, Basis, Between, Entry, OverallTest, Part};
use crate::report::cells::{extremes, listed};
use crate::report::view::{Cell, Column, Table};

/// Words for a kind of uncertainty, short.
pub(super) fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Sample => "sampling",
        Basis::Chance => "chance",
        Basis::Programmes => "between programmes",
        Basis::Recorded => "recorded",
        Basis::Unknown => "not known",
    }
}

/// What a kind of uncertainty means, a sentence. `who`: "All 12 programmes", "5 of 12 programmes".
fn basis_words(basis: Basis, who: &str, several: bool, effect: bool) -> String {
    let verb = if several { "rest" } else { "rests" };
    match basis {
        Basis::Sample => {
            let drawn = match effect {
                true => "estimates with an error",
                false => "samples",
            };
            format!(
                "{who} {verb} on {drawn}: the interval tells how far the figure could be off because others could have been asked."
            )
        }
        Basis::Chance => format!(
            "{who} {verb} on complete records, so nothing is off by sampling. The interval takes what was recorded as one of the courses that \
             the programme's time could have taken: it tells what the same programme could have shown by luck."
        ),
        Basis::Programmes => format!(
            "{who} {verb} on programmes as the units: each programme counts once, and the interval tells how far the mean could be off if \
             other programmes of the same kind had been there."
        ),
        Basis::Recorded => format!(
            "{who} {verb} on complete records and {} taken as {}: there is no error, and nothing is said on chance.",
            if several { "are" } else { "is" },
            if several { "they are" } else { "it is" }
        ),
        Basis::Unknown => format!(
            "{who} {} an error that is not known: {} without an interval, a verdict, a rank or a weight in a mean. Not known is not zero.",
            if several { "have" } else { "has" },
            if several {
                "their figures stand"
            } else {
                "its figure stands"
            }
        ),
    }
}

/// What the uncertainty of the values is of: a sentence for each kind that there is.
pub(super) fn bases(voice: &Voice) -> Vec<String> {
    let entries = &voice.of.entries;
    let all = entries.len();
    [
        Basis::Sample,
        Basis::Chance,
        Basis::Programmes,
        Basis::Recorded,
        Basis::Unknown,
    ]
    .into_iter()
    .filter_map(|basis| {
        let n = entries.iter().filter(|e| kind(e) == basis).count();
        let who = match n {
            0 => return None,
            2 if all == 2 => format!("Both {}", voice.noun(2)),
            n if n == all => format!("All {}", voice.counted(all)),
            n => format!("{} of {}", voice.count(n), voice.counted(all)),
        };
        Some(basis_words(basis, &who, n > 1, voice.is_effect()))
    })
    .collect()
}

/// What the uncertainty of an entry is of. Results of earlier versions call an error that is not known one of sampling.
pub(super) fn kind(entry: &Entry) -> Basis {
    match entry.error_unknown() {
        true => Basis::Unknown,
        false => entry.basis,
    }
}

/// `Welch's F(3, 20.4) = 4.12, p = 0.020`.
pub(super) fn test_words(voice: &Voice, test: &OverallTest) -> String {
    let df = |v: f64| {
        let whole = (v - v.round()).abs() < 0.05;
        voice.locale.number(v, usize::from(!whole))
    };
    let degrees = match test.df2 {
        Some(df2) => format!("{}, {}", df(test.df), df(df2)),
        None => df(test.df),
    };
    format!(
        "{}({degrees}) = {}, {}",
        test.name,
        voice.locale.number(test.statistic, 2),
        voice.p_words(test.p)
    )
}

/// Whether all are equal.
fn overall(voice: &Voice) -> Option<String> {
    let test = voice.of.overall.as_ref()?;
    let words = test_words(voice, test);
    Some(match test.p < 1.0 - voice.compared.confidence {
        true => format!("Not all {} are alike ({words}).", voice.noun(2)),
        false => format!(
            "A test of all {} being alike does not reject it ({words}); that does not show them to be alike.",
            voice.noun(2)
        ),
    })
}

/// Entries in the order of a list: the best first; without a direction the highest; periods in time.
pub(super) fn order(voice: &Voice) -> Vec<usize> {
    let entries = &voice.of.entries;
    let mut order: Vec<usize> = (0..entries.len()).collect();
    if voice.of.between != Between::Periods {
        let value = |at: &usize| entries.get(*at).map_or(0.0, |e| e.value);
        order.sort_by(|a, b| value(b).total_cmp(&value(a)));
        if voice.of.measure.direction == Direction::LowerIsBetter {
            order.reverse();
        }
    }
    order
}

/// The name of an entry as the first cell of a row, its key beneath where that says more.
pub(super) fn name_cell(id: &str, name: &str) -> Cell {
    let shown = match id == name || name.contains(id) || id.chars().count() > 12 {
        true => name.to_owned(),
        false => format!("{name} ({id})"),
    };
    Cell::text(shown)
}

/// The part that shows the values. `spare`: without the table, whose numbers another table has.
pub(super) fn part(voice: &Voice, anchor: &str, spare: bool) -> PartView {
    let mut part = PartView::new(Part::Values, anchor, "Values");
    part.said.extend(bases(voice));
    part.said.extend(overall(voice));
    let recorded = voice.recorded().count();
    if recorded > 0
        && voice.of.measure.direction != Direction::Neither
        && voice.of.between != Between::Periods
    {
        part.said.push(
            "Figures without an error are listed by value, without a rank: how sure a rank is could not be said of them."
                .to_owned(),
        );
    }
    part.said.extend(unknown(voice));
    if !spare && !voice.of.entries.is_empty() {
        part.tables.push(table(voice, anchor));
    }
    part.tables.extend(apart(voice, anchor));
    part
}

/// Whose error is not known, with the reasons; long lists are counted by reason.
fn unknown(voice: &Voice) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for (_, entry) in voice.unknown() {
        let reason = entry.no_error.as_deref().unwrap_or_default();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, names)) => names.push(entry.name.clone()),
            None => reasons.push((reason, vec![entry.name.clone()])),
        }
    }
    let each = reasons.into_iter().map(|(reason, names)| {
        let who = match names.len() {
            n if n <= 6 => listed(&names),
            n => voice.counted(n),
        };
        let whose = if names.len() == 1 {
            "its error is"
        } else {
            "their errors are"
        };
        let why = match reason.trim_end_matches('.') {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        format!("{who}: {whose} not known{why}.")
    });
    each.collect()
}

fn table(voice: &Voice, anchor: &str) -> Table {
    let entries = &voice.of.entries;
    let letters = voice
        .of
        .differences
        .as_ref()
        .map(|d| d.letters.as_slice())
        .filter(|l| l.len() == entries.len());
    let has = |test: &dyn Fn(&Entry) -> bool| entries.iter().any(test);
    let intervals = has(&|e| e.interval.is_some());
    let mixed = entries
        .first()
        .is_some_and(|first| has(&|e| kind(e) != kind(first)));
    let spreads = has(&|e| e.spread.is_some());
    let groups = matches!(voice.of.between, Between::Column(_));
    let unit = voice.unit();
    let mut columns = vec![
        Column::text(crate::report::cells::capitalised(voice.noun(1))),
        Column::number(match unit.as_str() {
            "" => "Value".to_owned(),
            unit => format!("Value, {unit}"),
        }),
    ];
    if intervals {
        columns.push(Column::number(format!("{} interval", voice.level)));
    }
    if spreads {
        columns.push(Column::number("Scatter (SD)"));
    }
    columns.push(Column::number(if groups { "Programmes" } else { "Rows" }));
    if mixed {
        columns.push(Column::text("Uncertainty"));
    }
    if letters.is_some() {
        columns.push(Column::text("Letters"));
    }
    let caption = match voice.of.between {
        Between::Periods => "Values by period".to_owned(),
        _ if voice.of.measure.direction == Direction::Neither => "Values, highest first".to_owned(),
        _ => "Values, best first".to_owned(),
    };
    let mut table = Table::new(format!("{anchor}-values"), caption, columns);
    let (shown, cut) = extremes(order(voice), |at| entries.get(*at).map(|e| e.value));
    let shown = match cut {
        0 => shown,
        _ => {
            // Extremes come highest first; the order of the list stays.
            let mut kept = order(voice);
            kept.retain(|at| shown.contains(at));
            kept
        }
    };
    for at in shown {
        let Some(entry) = entries.get(at) else {
            continue;
        };
        let mut cells = vec![
            name_cell(&entry.id, &entry.name),
            Cell::text(voice.value(entry.value)),
        ];
        if intervals {
            cells.push(
                entry
                    .interval
                    .map_or_else(Cell::none, |i| Cell::text(voice.bounds(i))),
            );
        }
        if spreads {
            cells.push(
                entry
                    .spread
                    .map_or_else(Cell::none, |s| Cell::text(voice.bare_size(s))),
            );
        }
        cells.push(Cell::text(voice.locale.count(entry.n)));
        if mixed {
            cells.push(Cell::text(basis_name(kind(entry))));
        }
        if let Some(letters) = letters {
            cells.push(Cell::text(letters.get(at).cloned().unwrap_or_default()));
        }
        table.push(cells);
    }
    if cut > 0 {
        table.cut = Some(left_out(voice, cut));
    }
    if letters.is_some() {
        let key = "Two that share a letter are not shown to differ; two that share none are told apart by the data. Sharing a letter does not mean being equal.";
        table.notes.push((String::new(), key.to_owned()));
    }
    table
}

/// What a table leaves out.
pub(super) fn left_out(voice: &Voice, cut: usize) -> String {
    format!(
        "The highest and the lowest are shown; {} between them are in comparison.xlsx and comparison.json.",
        voice.counted(cut)
    )
}

/// Those without a usable value, with the reasons. Long lists are counted by reason.
pub(super) fn apart(voice: &Voice, anchor: &str) -> Option<Table> {
    let apart = &voice.of.apart;
    if apart.is_empty() {
        return None;
    }
    let mut reasons: Vec<(&str, &str, Vec<&Apart>)> = Vec::new();
    for one in apart {
        match reasons
            .iter_mut()
            .find(|(s, r, _)| *s == one.status && *r == one.reason)
        {
            Some((_, _, list)) => list.push(one),
            None => reasons.push((&one.status, &one.reason, vec![one])),
        }
    }
    let mut table = Table::new(
        format!("{anchor}-apart"),
        "Set apart: no place among the others",
        vec![
            Column::text("Why"),
            Column::number("How many"),
            Column::text("Who"),
        ],
    );
    for (status, reason, list) in reasons {
        let names: Vec<String> = list.iter().take(12).map(|a| a.name.clone()).collect();
        let more = list.len() - names.len();
        let who = match more {
            0 => listed(&names),
            _ => format!("{} and {} more", names.join(", "), voice.count(more)),
        };
        table.push(vec![
            Cell::text(format!("{}: {reason}", status_word(status))),
            Cell::text(voice.count(list.len())),
            Cell {
                class: "wrap",
                ..Cell::text(who)
            },
        ]);
    }
    Some(table)
}

/// The word of a status for a reader.
pub(super) fn status_word(status: &str) -> String {
    match status {
        "suppressed" => "withheld".to_owned(),
        "flagged" => "flagged (S03)".to_owned(),
        "not-asked" => "not asked for".to_owned(),
        other => other.replace('-', " "),
    }
}
