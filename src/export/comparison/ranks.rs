//! Sheets of ranks, of the case mix, of adjusted values and of what changes over periods.

use super::{head, id, name, table};
use crate::outcome::comparison::{Compared, Comparison, RankRow};
use crate::report::comparison::{Data, Datum, ends, fact};

fn rank(data: &mut Data, c: &Comparison, within: &str, top: &[u64], row: &RankRow) {
    let mut cells = head(c);
    cells.extend([
        Datum::text(within),
        id(c, row.entry),
        name(c, row.entry),
        Datum::Count(row.rank.0),
        Datum::Count(row.rank.1),
        Datum::Count(row.marginal.0),
        Datum::Count(row.marginal.1),
        Datum::Count(row.simultaneous.0),
        Datum::Count(row.simultaneous.1),
        Datum::number(Some(row.expected)),
    ]);
    // Blocks may ask for tops of other sizes: the sizes stand beside the chances.
    for at in 0..TOPS {
        cells.push(top.get(at).map_or(Datum::None, |k| Datum::Count(*k)));
        cells.push(Datum::of(row.top.get(at).copied(), "%"));
        cells.push(Datum::yes(row.may_be_top.get(at).copied()));
    }
    data.push(cells);
}

/// So many sizes of the top have columns.
const TOPS: usize = 3;

pub(super) fn league(compared: &Compared) -> Data {
    let mut data = table(&[
        "within",
        "id",
        "name",
        "rank_first",
        "rank_last",
        "own_low",
        "own_high",
        "together_low",
        "together_high",
        "expected",
        "top",
        "chance_of_top",
        "may_be_top",
        "top_2",
        "chance_of_top_2",
        "may_be_top_2",
        "top_3",
        "chance_of_top_3",
        "may_be_top_3",
    ]);
    for c in &compared.comparisons {
        if let Some(league) = &c.league {
            for row in &league.ranks {
                rank(&mut data, c, "all", &league.top, row);
            }
        }
        let Some(context) = &c.context else { continue };
        for stratum in &context.strata {
            if let Some(league) = &stratum.league {
                for row in &league.ranks {
                    rank(&mut data, c, &stratum.label, &league.top, row);
                }
            }
        }
        for league in context.adjusted.iter().filter_map(|a| a.league.as_ref()) {
            for row in &league.ranks {
                rank(&mut data, c, "adjusted", &league.top, row);
            }
        }
    }
    data
}

pub(super) fn mix(compared: &Compared) -> Data {
    let mut columns: Vec<&str> = Vec::new();
    for c in &compared.comparisons {
        for column in c.context.iter().flat_map(|x| &x.columns) {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
    }
    let mut all = vec!["id", "name"];
    all.extend(&columns);
    let mut data = table(&all);
    for c in &compared.comparisons {
        let Some(context) = &c.context else { continue };
        for entry in &c.entries {
            let Some(case) = entry.case.and_then(|at| compared.cases.get(at)) else {
                continue;
            };
            let mut row = head(c);
            row.extend([Datum::text(&entry.id), Datum::text(&entry.name)]);
            row.extend(columns.iter().map(|column| {
                let asked = context.columns.iter().any(|known| known == column);
                let fact = fact(case, column).filter(|_| asked);
                fact.map_or(Datum::None, Datum::text)
            }));
            data.push(row);
        }
    }
    data
}

pub(super) fn adjusted(compared: &Compared) -> Data {
    let mut data = table(&[
        "id",
        "name",
        "value",
        "adjusted",
        "se",
        "covariates",
        "unit",
    ]);
    for c in &compared.comparisons {
        let Some(adjusted) = c.context.as_ref().and_then(|x| x.adjusted.as_ref()) else {
            continue;
        };
        let unit = c.measure.unit.as_str();
        for (entry, value, se) in &adjusted.values {
            let mut row = head(c);
            row.extend([
                id(c, *entry),
                name(c, *entry),
                Datum::of(c.entries.get(*entry).map(|e| e.value), unit),
                Datum::of(Some(*value), unit),
                Datum::of(*se, unit),
                Datum::text(adjusted.covariates.join(", ")),
                Datum::text(unit),
            ]);
            data.push(row);
        }
    }
    data
}

pub(super) fn trend(compared: &Compared) -> Data {
    let mut data = table(&[
        "period",
        "id",
        "name",
        "value",
        "se",
        "rank_first",
        "rank_last",
        "together_low",
        "together_high",
        "unit",
    ]);
    for c in &compared.comparisons {
        let Some(trend) = &c.trend else { continue };
        let unit = c.measure.unit.as_str();
        for (at, (period, values)) in trend.periods.iter().zip(&trend.values).enumerate() {
            for (entry, (value, se)) in trend.entries.iter().zip(values) {
                let league = trend.leagues.get(at).and_then(Option::as_ref);
                let rank = league.and_then(|l| l.ranks.iter().find(|r| r.entry == *entry));
                let count = |v: Option<u64>| v.map_or(Datum::None, Datum::Count);
                let mut row = head(c);
                row.extend([
                    Datum::text(period),
                    id(c, *entry),
                    name(c, *entry),
                    Datum::of(Some(*value), unit),
                    Datum::of(*se, unit),
                    count(rank.map(|r| r.rank.0)),
                    count(rank.map(|r| r.rank.1)),
                    count(rank.map(|r| r.simultaneous.0)),
                    count(rank.map(|r| r.simultaneous.1)),
                    Datum::text(unit),
                ]);
                data.push(row);
            }
        }
    }
    data
}

pub(super) fn gaps(compared: &Compared) -> Data {
    let mut data = table(&["period", "gap", "value", "low", "high", "se", "unit"]);
    for c in &compared.comparisons {
        let Some(trend) = &c.trend else { continue };
        let unit = c.measure.unit.as_str();
        let change = trend.change.iter().map(|g| ("last less first", g));
        let single = trend.periods.iter().map(String::as_str).zip(&trend.gaps);
        for (period, gap) in single.chain(change) {
            let (low, high) = ends(gap.interval);
            let mut row = head(c);
            row.extend([
                Datum::text(period),
                Datum::text(match &trend.gap {
                    crate::outcome::comparison::GapKind::Benchmark => {
                        "others less benchmark".to_owned()
                    }
                    crate::outcome::comparison::GapKind::Spread => "scatter".to_owned(),
                    crate::outcome::comparison::GapKind::Groups(a, b) => format!("{a} less {b}"),
                }),
                Datum::of(Some(gap.value), unit),
                Datum::of(low, unit),
                Datum::of(high, unit),
                Datum::of(gap.se, unit),
                Datum::text(unit),
            ]);
            data.push(row);
        }
    }
    data
}
