//! How ranks and gaps change over periods.

use super::PartView;
use super::found::{change, gap_name};
use super::league::ranks;
use super::voice::Voice;
use crate::outcome::comparison::{Part, Trend};
use crate::report::cells::{MOST_ROWS, SHOWN_EACH, capitalised, listed};
use crate::report::view::{Cell, Column, Table};

pub(super) fn part(voice: &Voice, anchor: &str) -> Option<PartView> {
    let trend = voice.of.trend.as_ref()?;
    let mut part = PartView::new(Part::Trend, anchor, "Over time");
    part.said.extend(change(voice, trend));
    part.said.push(format!(
        "Followed are {} with a value in each of the {} comparable periods.",
        voice.counted(trend.entries.len()),
        voice.count(trend.periods.len())
    ));
    let apart: Vec<String> = trend
        .apart
        .iter()
        .map(|(period, reason)| format!("{period} ({})", reason.trim_end_matches('.')))
        .collect();
    if !apart.is_empty() {
        part.said.push(format!(
            "Periods that are not compared with the others: {}.",
            listed(&apart)
        ));
    }
    part.tables.push(gaps(voice, trend, anchor));
    if trend.leagues.iter().any(Option::is_some) {
        part.tables.push(leagues(voice, trend, anchor));
    }
    Some(part)
}

fn gaps(voice: &Voice, trend: &Trend, anchor: &str) -> Table {
    let what = capitalised(&gap_name(voice, &trend.gap));
    let unit = voice.gap_unit();
    let head = match unit.as_str() {
        "" => "Size".to_owned(),
        unit => format!("Size, {unit}"),
    };
    let mut table = Table::new(
        format!("{anchor}-gaps"),
        what,
        vec![
            Column::text("Period"),
            Column::number(head),
            Column::number(format!("{} interval", voice.level)),
        ],
    );
    let spread = trend.gap == crate::outcome::comparison::GapKind::Spread;
    let write = |v: f64| {
        if spread {
            voice.bare_size(v)
        } else {
            voice.signed(v)
        }
    };
    for (period, gap) in trend.periods.iter().zip(&trend.gaps) {
        table.push(vec![
            Cell::text(period.clone()),
            Cell::text(write(gap.value)),
            match gap.interval {
                Some((a, b)) => Cell::text(format!("{} to {}", write(a), write(b))),
                None => Cell::none(),
            },
        ]);
    }
    table
}

/// Ranks period by period, each with the ranks it may have.
fn leagues(voice: &Voice, trend: &Trend, anchor: &str) -> Table {
    let mut columns = vec![Column::text(capitalised(voice.noun(1)))];
    columns.extend(trend.periods.iter().map(Column::number));
    let mut table = Table::new(
        format!("{anchor}-rank-periods"),
        "Rank, and in brackets the ranks that each may have instead, by period",
        columns,
    );
    let rank = |league: usize, entry: usize| {
        let league = trend.leagues.get(league)?.as_ref()?;
        league.ranks.iter().find(|r| r.entry == entry)
    };
    let last = trend.periods.len().saturating_sub(1);
    let mut entries = trend.entries.clone();
    entries.sort_by_key(|e| rank(last, *e).map_or((u64::MAX, u64::MAX), |r| r.rank));
    let all = entries.len();
    let cut = all > MOST_ROWS;
    for (at, entry) in entries.into_iter().enumerate() {
        if cut && at >= SHOWN_EACH && at + SHOWN_EACH < all {
            continue;
        }
        let mut cells = vec![Cell::text(voice.name(entry))];
        for period in 0..trend.periods.len() {
            cells.push(match rank(period, entry) {
                Some(row) => Cell::text(format!(
                    "{} ({})",
                    ranks(voice, row.rank),
                    ranks(voice, row.simultaneous)
                )),
                None => Cell::none(),
            });
        }
        table.push(cells);
    }
    if cut {
        table.cut = Some(super::values::left_out(voice, all - 2 * SHOWN_EACH));
    }
    table
}
