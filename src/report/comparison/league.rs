//! Ranks, never without the ranks that each may have instead.

use super::PartView;
use super::found;
use super::voice::Voice;
use crate::outcome::comparison::{League, Part, RankRow};
use crate::report::cells::{MOST_ROWS, SHOWN_EACH, plural};
use crate::report::view::{Cell, Column, Table};

/// `3`, `3–7`.
pub(super) fn ranks(voice: &Voice, (low, high): (u64, u64)) -> String {
    match low == high {
        true => voice.locale.count(low),
        false => format!("{}–{}", voice.locale.count(low), voice.locale.count(high)),
    }
}

pub(super) fn part(voice: &Voice, anchor: &str, mix: Option<&str>) -> Option<PartView> {
    let league = voice.of.league.as_ref()?;
    let mut part = PartView::new(Part::League, anchor, "Ranks");
    part.said.extend(found::first(voice, league));
    part.said.extend(spread(voice, league));
    part.said.extend(tops(voice, league));
    part.said.extend(unranked(voice, league));
    part.tables.push(table(
        voice,
        league,
        format!("{anchor}-league"),
        league_caption(voice),
    ));
    if let Some(mix) = mix {
        part.links.push((
            "Who is compared with whom: the case mix".to_owned(),
            mix.to_owned(),
        ));
    }
    Some(part)
}

fn league_caption(voice: &Voice) -> String {
    format!(
        "Ranks with the ranks that each may have instead ({} confidence)",
        voice.level
    )
}

/// How much of the order the data can tell.
fn spread(voice: &Voice, league: &League) -> Option<String> {
    let all = league.ranks.len();
    if all < 2 {
        return None;
    }
    let first = league
        .ranks
        .iter()
        .filter(|r| r.simultaneous.0 <= 1)
        .count();
    let last = league
        .ranks
        .iter()
        .filter(|r| r.simultaneous.1 >= all as u64)
        .count();
    if first == all && last == all {
        return Some(format!(
            "Each of the {} may be the first and may be the last: these data give no order.",
            voice.counted(all)
        ));
    }
    Some(format!(
        "{} of {} may be the first, {} may be the last.",
        voice.count(first),
        voice.counted(all),
        voice.count(last)
    ))
}

/// Who may be among the top.
fn tops(voice: &Voice, league: &League) -> Vec<String> {
    let said = league.top.iter().enumerate().filter_map(|(at, size)| {
        let may = league
            .ranks
            .iter()
            .filter(|r| r.may_be_top.get(at) == Some(&true))
            .count();
        let likely = league
            .ranks
            .iter()
            .filter(|r| r.top.get(at).is_some_and(|p| *p >= 0.5))
            .count();
        (*size > 1 && (*size as usize) < league.ranks.len()).then(|| {
            format!(
                "{} of {} may be among the best {} at {} confidence; {} {} a chance of one half or more to be there.",
                voice.count(may),
                voice.counted(league.ranks.len()),
                voice.locale.count(*size),
                voice.level,
                voice.count(likely),
                plural(likely as u64, "has", "have")
            )
        })
    });
    said.collect()
}

/// Entries without a rank.
fn unranked(voice: &Voice, league: &League) -> Option<String> {
    let ranked = |at: usize| league.ranks.iter().any(|r| r.entry == at);
    let out = (0..voice.of.entries.len()).filter(|at| !ranked(*at));
    let (unknown, exact): (Vec<usize>, Vec<usize>) =
        out.partition(|at| voice.unknown().any(|(i, _)| i == *at));
    let say = |n: usize, why: &str| {
        (n > 0).then(|| {
            format!(
                "{} {} no rank: {why}, so that how sure a rank is could not be said.",
                voice.counted(n),
                plural(n as u64, "has", "have")
            )
        })
    };
    let said: Vec<String> = [
        say(exact.len(), "the figure has no error"),
        say(unknown.len(), "the error of the figure is not known"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// A league as a table: rank, own set, set for all together, chances of the top.
pub(super) fn table(voice: &Voice, league: &League, id: String, caption: String) -> Table {
    let mut table = Table::new(id, caption, columns(voice, league));
    let all = league.ranks.len();
    let cut = all > MOST_ROWS;
    for (at, row) in league.ranks.iter().enumerate() {
        if !cut || at < SHOWN_EACH || at + SHOWN_EACH >= all {
            table.push(cells(voice, league, row));
        }
    }
    if cut {
        table.cut = Some(format!(
            "The {SHOWN_EACH} best and the {SHOWN_EACH} last are shown; {} between them are in comparison.xlsx and comparison.json.",
            voice.counted(all - 2 * SHOWN_EACH)
        ));
    }
    table
}

/// Columns of a league, after the name.
pub(super) fn columns(voice: &Voice, league: &League) -> Vec<Column> {
    let unit = voice.unit();
    let mut columns = vec![
        Column::text(crate::report::cells::capitalised(voice.noun(1))),
        Column::number("Rank"),
        Column::number("May rank"),
        Column::number("May rank, all together"),
        Column::number(match unit.as_str() {
            "" => "Value".to_owned(),
            unit => format!("Value, {unit}"),
        }),
        Column::number(format!("{} interval", voice.level)),
    ];
    for size in &league.top {
        columns.push(Column::number(match size {
            1 => "Chance of being first".to_owned(),
            size => format!("Chance of the best {}", voice.locale.count(*size)),
        }));
    }
    columns
}

/// Cells of a rank.
pub(super) fn cells(voice: &Voice, league: &League, row: &RankRow) -> Vec<Cell> {
    let entry = voice.of.entries.get(row.entry);
    let (id, name) = entry.map_or(("", "?"), |e| (e.id.as_str(), e.name.as_str()));
    let value = entry.map(|e| voice.value(e.value));
    let interval = entry.and_then(|e| e.interval).map(|i| voice.bounds(i));
    let mut cells = vec![
        super::values::name_cell(id, name),
        Cell::text(ranks(voice, row.rank)),
        Cell::text(ranks(voice, row.marginal)),
        Cell::text(ranks(voice, row.simultaneous)),
        value.map_or_else(Cell::none, Cell::text),
        interval.map_or_else(Cell::none, Cell::text),
    ];
    for at in 0..league.top.len() {
        cells.push(match row.top.get(at) {
            Some(chance) => Cell::text(voice.locale.percent(*chance, 0)),
            None => Cell::none(),
        });
    }
    cells
}
