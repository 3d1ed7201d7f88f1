//! Ranks as intervals.

use super::Drawn;
use crate::chart::{self, RankIntervals, RankRow};
use crate::outcome::Direction;
use crate::outcome::comparison::Part;
use crate::report::ReportError;
use crate::report::cells::direction_name;
use crate::report::comparison::data::{Data, Datum};
use crate::report::comparison::values::{order, status_word};
use crate::report::comparison::voice::Voice;

/// The league, with those that have no rank apart.
pub(super) fn league(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(league) = &voice.of.league else {
        return Ok(None);
    };
    let size = |(low, high): (u64, u64)| (low as usize, high as usize);
    let mut rows: Vec<RankRow> = league
        .ranks
        .iter()
        .map(|row| RankRow {
            label: voice.name(row.entry).to_owned(),
            value: voice.of.entries.get(row.entry).map(|e| e.value),
            rank: Some(size(row.rank)),
            marginal: Some(size(row.marginal)),
            simultaneous: Some(size(row.simultaneous)),
            among_top: row.may_be_top.first().copied(),
            note: None,
        })
        .collect();
    let ranked = |at: usize| league.ranks.iter().any(|r| r.entry == at);
    let unranked = order(voice).into_iter().filter(|at| !ranked(*at));
    rows.extend(
        unranked
            .filter_map(|at| voice.of.entries.get(at))
            .map(|entry| RankRow {
                label: entry.name.clone(),
                note: Some(format!(
                    "{}, {}",
                    voice.value(entry.value),
                    match entry.error_unknown() {
                        true => "error not known",
                        false => "without an error",
                    }
                )),
                ..RankRow::default()
            }),
    );
    rows.extend(voice.of.apart.iter().map(|apart| RankRow {
        label: apart.name.clone(),
        note: Some(status_word(&apart.status)),
        ..RankRow::default()
    }));
    let format = |v: f64| voice.value(v);
    let unit = voice.unit();
    let direction = match voice.of.measure.direction {
        Direction::Neither => "highest first".to_owned(),
        direction => direction_name(direction).to_owned(),
    };
    let title = format!("{}: ranks", voice.of.measure.name);
    let svg = chart::rank_intervals(&RankIntervals {
        title: title.clone(),
        unit: match unit.as_str() {
            "" => direction,
            unit => format!("{unit}, {direction}"),
        },
        rows,
        top: league.top.first().map(|k| *k as usize),
        level: voice.level.clone(),
        format: &format,
    })?;
    let mut columns = vec![
        "id",
        "name",
        "value",
        "rank_first",
        "rank_last",
        "own_low",
        "own_high",
        "together_low",
        "together_high",
        "expected",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect::<Vec<String>>();
    columns.extend(league.top.iter().map(|k| format!("chance_top_{k}")));
    let mut data = Data {
        columns,
        rows: Vec::new(),
    };
    for row in &league.ranks {
        let entry = voice.of.entries.get(row.entry);
        let mut cells = vec![
            Datum::text(entry.map_or("", |e| e.id.as_str())),
            Datum::text(voice.name(row.entry)),
            Datum::of(entry.map(|e| e.value), voice.data_unit()),
            Datum::Count(row.rank.0),
            Datum::Count(row.rank.1),
            Datum::Count(row.marginal.0),
            Datum::Count(row.marginal.1),
            Datum::Count(row.simultaneous.0),
            Datum::Count(row.simultaneous.1),
            Datum::number(Some(row.expected)),
        ];
        cells.extend((0..league.top.len()).map(|k| Datum::of(row.top.get(k).copied(), "%")));
        data.push(cells);
    }
    Ok(Some(Drawn {
        tail: "ranks",
        caption: format!(
            "Ranks by value, with the ranks that each may have instead at {} confidence: thick taken alone, thin for all together. 1 is the best.",
            voice.level
        ),
        title,
        svg,
        data,
        part: Part::League,
    }))
}
