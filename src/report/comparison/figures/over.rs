//! Values and gaps over periods.

use super::Drawn;
use crate::chart::{self, Line, Series, Trend as TrendChart, TrendLine, TrendPoint};
use crate::outcome::comparison::{GapKind, League, Part, Trend};
use crate::report::ReportError;
use crate::report::cells::capitalised;
use crate::report::comparison::data::{Data, Datum, ends};
use crate::report::comparison::found::gap_name;
use crate::report::comparison::voice::Voice;

fn trend<'a>(voice: &Voice<'a>) -> Option<&'a Trend> {
    let trend = voice.of.trend.as_ref()?;
    (trend.periods.len() > 1).then_some(trend)
}

/// Values of those compared, period by period.
pub(super) fn values(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(trend) = trend(voice).filter(|t| !t.entries.is_empty()) else {
        return Ok(None);
    };
    let lines = trend.entries.iter().enumerate().map(|(place, entry)| Line {
        label: voice.name(*entry).to_owned(),
        points: trend
            .values
            .iter()
            .map(|period| period.get(place).map(|v| (v.0, None, None)))
            .collect(),
        strong: false,
    });
    let format = |v: f64| voice.value(v);
    let title = format!("{} over time", voice.of.measure.name);
    let svg = chart::series(&Series {
        title: title.clone(),
        unit: voice.unit(),
        periods: trend.periods.clone(),
        lines: lines.collect(),
        format: &format,
    })?;
    let unit = voice.data_unit();
    let mut data = Data::new(&["period", "name", "value", "se", "unit"]);
    for (period, values) in trend.periods.iter().zip(&trend.values) {
        for (entry, (value, se)) in trend.entries.iter().zip(values) {
            data.push(vec![
                Datum::text(period),
                Datum::text(voice.name(*entry)),
                Datum::of(Some(*value), unit),
                Datum::of(*se, unit),
                Datum::text(unit),
            ]);
        }
    }
    Ok(Some(Drawn {
        tail: "over-time",
        caption: format!(
            "{} over time, of the {} with a value in each comparable period. Lines are single values without their errors: crossing lines need not mean that an order changed.",
            voice.of.measure.name,
            voice.counted(trend.entries.len())
        ),
        title,
        svg,
        data,
        part: Part::Trend,
    }))
}

/// As many programmes are followed by name: those with the best ranks in the last period.
const FOLLOWED: usize = 8;

/// Intervals of so many lines can be told apart.
const BANDS: usize = 3;

/// Ranks of those compared, period by period, where each period has them.
pub(super) fn ranks(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(trend) = trend(voice).filter(|t| t.entries.len() > 2) else {
        return Ok(None);
    };
    let leagues: Option<Vec<&League>> = trend.leagues.iter().map(Option::as_ref).collect();
    let Some(leagues) = leagues.filter(|l| l.len() == trend.periods.len()) else {
        return Ok(None);
    };
    let Some(last) = leagues.last() else {
        return Ok(None);
    };
    let named: Vec<usize> = last.ranks.iter().take(FOLLOWED).map(|r| r.entry).collect();
    // Equal values share the middle of their ranks.
    let middle = |(first, last): (u64, u64)| (first + last) as f64 / 2.0;
    let ends = |(first, last): (u64, u64)| (first as f64, last as f64);
    let lines = trend.entries.iter().map(|entry| TrendLine {
        label: voice.name(*entry).to_owned(),
        points: leagues
            .iter()
            .map(|league| {
                let row = league.ranks.iter().find(|r| r.entry == *entry)?;
                let banded = named.iter().take(BANDS).any(|n| n == entry);
                Some(TrendPoint {
                    value: middle(row.rank),
                    interval: banded.then(|| ends(row.marginal)),
                })
            })
            .collect(),
        named: named.contains(entry),
    });
    let title = format!("{}: ranks over time", voice.of.measure.name);
    let format = |v: f64| voice.rank(v);
    let svg = chart::trend(&TrendChart {
        title: title.clone(),
        unit: "rank, 1 = best".to_owned(),
        periods: trend.periods.clone(),
        breaks: vec![],
        lines: lines.collect(),
        low_on_top: true,
        format: &format,
    })?;
    let mut data = Data::new(&[
        "period",
        "name",
        "rank_first",
        "rank_last",
        "own_low",
        "own_high",
    ]);
    for (period, league) in trend.periods.iter().zip(&leagues) {
        for row in &league.ranks {
            let whole = |rank: u64| Datum::of(Some(rank as f64), "");
            data.push(vec![
                Datum::text(period),
                Datum::text(voice.name(row.entry)),
                whole(row.rank.0),
                whole(row.rank.1),
                whole(row.marginal.0),
                whole(row.marginal.1),
            ]);
        }
    }
    Ok(Some(Drawn {
        tail: "ranks-over-time",
        caption: format!(
            "Ranks of the {} with a value in each comparable period, the first {} of the last period by name; bands are the ranks that {} of them may have ({} confidence). Lines that cross within their bands show no change of order.",
            voice.counted(trend.entries.len()),
            voice.count(named.len()),
            voice.count(named.len().min(BANDS)),
            voice.level
        ),
        title,
        svg,
        data,
        part: Part::Trend,
    }))
}

/// The gap, period by period, with its intervals.
pub(super) fn gaps(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(trend) = trend(voice).filter(|t| !t.gaps.is_empty()) else {
        return Ok(None);
    };
    let what = capitalised(&gap_name(voice, &trend.gap));
    let points = trend.gaps.iter().map(|gap| {
        let (low, high) = ends(gap.interval);
        Some((gap.value, low, high))
    });
    let spread = trend.gap == GapKind::Spread;
    let format = |v: f64| {
        if spread {
            voice.bare_size(v)
        } else {
            voice.signed(v)
        }
    };
    let title = format!("{}: {}", voice.of.measure.name, gap_name(voice, &trend.gap));
    let svg = chart::series(&Series {
        title: title.clone(),
        unit: voice.gap_unit(),
        periods: trend.periods.clone(),
        lines: vec![Line {
            label: what.clone(),
            points: points.collect(),
            strong: true,
        }],
        format: &format,
    })?;
    let unit = voice.data_unit();
    let mut data = Data::new(&["period", "gap", "value", "low", "high", "se"]);
    for (period, gap) in trend.periods.iter().zip(&trend.gaps) {
        let (low, high) = ends(gap.interval);
        data.push(vec![
            Datum::text(period),
            Datum::text(&what),
            Datum::of(Some(gap.value), unit),
            Datum::of(low, unit),
            Datum::of(high, unit),
            Datum::of(gap.se, unit),
        ]);
    }
    let bars = match trend.gaps.iter().any(|g| g.interval.is_some()) {
        true => format!(" with {} confidence intervals", voice.level),
        false => String::new(),
    };
    Ok(Some(Drawn {
        tail: "gap",
        caption: format!("{what} by period{bars}."),
        title,
        svg,
        data,
        part: Part::Trend,
    }))
}
