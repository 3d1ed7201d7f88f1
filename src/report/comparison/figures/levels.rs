//! Values beside each other, differences, and differences against a margin.

use super::Drawn;
use crate::chart::{
    self, BetterSide, Dot, Dots, Forest, ForestRow, Line, MarginPlot, MarginRow, MarginVerdict,
    Series,
};
use crate::outcome::Direction;
use crate::outcome::comparison::{
    Between, DifferenceScale, EquivalenceVerdict, PairDifference, Part,
};
use crate::report::ReportError;
use crate::report::cells::{MOST_ROWS, plural};
use crate::report::comparison::data::{Data, Datum, ends};
use crate::report::comparison::equivalence::verdict_word;
use crate::report::comparison::values::{basis_name, kind, order};
use crate::report::comparison::voice::{Voice, between_words};
use crate::report::title::level;

/// Values of those compared.
pub(super) fn values(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let entries = &voice.of.entries;
    if entries.len() < 2 {
        return Ok(None);
    }
    let format = |v: f64| voice.value(v);
    let title = voice.of.measure.name.clone();
    let unknown = voice.unknown().count();
    let bars = match entries.iter().any(|e| e.interval.is_some()) {
        true => format!(" Bars are {} confidence intervals.", voice.level),
        false if unknown > 0 => " There are no intervals.".to_owned(),
        false => " There are no intervals: the figures are recorded in full and taken as they are."
            .to_owned(),
    };
    let bars = match unknown {
        0 => bars,
        n => format!(
            "{bars} The errors of {} without a bar are not known.",
            voice.counted(n)
        ),
    };
    let svg = if voice.of.between == Between::Periods {
        let points = entries
            .iter()
            .map(|e| Some((e.value, ends(e.interval).0, ends(e.interval).1)));
        chart::series(&Series {
            title: title.clone(),
            unit: voice.unit(),
            periods: entries.iter().map(|e| e.name.clone()).collect(),
            lines: vec![Line {
                label: "All programmes".to_owned(),
                points: points.collect(),
                strong: true,
            }],
            format: &format,
        })?
    } else if voice.is_effect() {
        let rows = order(voice)
            .into_iter()
            .filter_map(|at| entries.get(at))
            .map(|e| ForestRow {
                label: e.name.clone(),
                value: Some(e.value),
                low: ends(e.interval).0,
                high: ends(e.interval).1,
                ..ForestRow::default()
            });
        let axis = |v: f64| voice.tick(v);
        chart::forest(&Forest {
            title: title.clone(),
            unit: voice.unit(),
            rows: rows.collect(),
            marks: Vec::new(),
            format: &format,
            axis: &axis,
        })?
    } else {
        let dots = order(voice)
            .into_iter()
            .filter_map(|at| entries.get(at))
            .map(|e| Dot {
                label: e.name.clone(),
                value: Some(e.value),
                low: ends(e.interval).0,
                high: ends(e.interval).1,
                note: None,
                strong: false,
            });
        chart::dots(&Dots {
            title: title.clone(),
            unit: voice.unit(),
            dots: dots.collect(),
            reference: None,
            format: &format,
        })?
    };
    let unit = voice.data_unit();
    let mut data = Data::new(&[
        "id",
        "name",
        "value",
        "low",
        "high",
        "se",
        "df",
        "n",
        "uncertainty",
        "unit",
    ]);
    for entry in entries {
        let (low, high) = ends(entry.interval);
        data.push(vec![
            Datum::text(&entry.id),
            Datum::text(&entry.name),
            Datum::of(Some(entry.value), unit),
            Datum::of(low, unit),
            Datum::of(high, unit),
            Datum::of(entry.se, unit),
            Datum::number(entry.df),
            Datum::Count(entry.n),
            Datum::text(basis_name(kind(entry))),
            Datum::text(unit),
        ]);
    }
    Ok(Some(Drawn {
        tail: "values",
        caption: format!("{title} {}.{bars}", between_words(&voice.of.between)),
        title,
        svg,
        data,
        part: Part::Values,
    }))
}

/// Differences: from the benchmark, or of all pairs where there are few.
pub(super) fn differences(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(differences) = &voice.of.differences else {
        return Ok(None);
    };
    let few = differences.pairs.len() <= MOST_ROWS / 2;
    // Against a margin the same differences are drawn with more to say.
    let again = differences.benchmark.is_some() && voice.of.equivalence.is_some();
    if differences.pairs.is_empty() || again || (differences.benchmark.is_none() && !few) {
        return Ok(None);
    }
    let scale = differences.scale;
    // A ratio is drawn as what it is above or below one.
    let shift = match scale {
        DifferenceScale::Difference => 0.0,
        DifferenceScale::Ratio => 1.0,
    };
    let label = |p: &PairDifference| match differences.benchmark {
        Some(benchmark) if benchmark == p.b => voice.name(p.a).to_owned(),
        _ => format!("{} – {}", voice.name(p.a), voice.name(p.b)),
    };
    let mut pairs: Vec<&PairDifference> = differences.pairs.iter().collect();
    pairs.sort_by(|a, b| b.value.total_cmp(&a.value));
    let rows = pairs.iter().map(|p| {
        let (low, high) = ends(p.simultaneous.or(p.interval));
        ForestRow {
            label: label(p),
            value: Some(p.value - shift),
            low: low.map(|v| v - shift),
            high: high.map(|v| v - shift),
            ..ForestRow::default()
        }
    });
    let format = |v: f64| voice.pair(v + shift, scale);
    let axis = |v: f64| match scale {
        DifferenceScale::Difference => voice.tick(v),
        DifferenceScale::Ratio => voice.pair(v + shift, scale),
    };
    let what = match (scale, differences.benchmark) {
        (DifferenceScale::Difference, Some(b)) => format!("Differences from {}", voice.name(b)),
        (DifferenceScale::Ratio, Some(b)) => format!("Ratios to {}", voice.name(b)),
        (DifferenceScale::Difference, None) => "Differences of all pairs".to_owned(),
        (DifferenceScale::Ratio, None) => "Ratios of all pairs".to_owned(),
    };
    let title = format!("{}: {}", voice.of.measure.name, lower(&what));
    let svg = chart::forest(&Forest {
        title: title.clone(),
        unit: match scale {
            DifferenceScale::Difference => voice.gap_unit(),
            DifferenceScale::Ratio => "times".to_owned(),
        },
        rows: rows.collect(),
        marks: Vec::new(),
        format: &format,
        axis: &axis,
    })?;
    let together = differences.pairs.iter().any(|p| p.simultaneous.is_some());
    let holds = match together {
        true => ", which hold for all pairs together",
        false => ", each for its pair alone",
    };
    let bars = match differences
        .pairs
        .iter()
        .any(|p| p.interval.is_some() || p.simultaneous.is_some())
    {
        true => format!(" Bars are {} confidence intervals{holds}.", voice.level),
        false if voice.unknown().next().is_some() => {
            " There are no intervals, since errors are not known.".to_owned()
        }
        false => " The figures have no error, so there are no intervals.".to_owned(),
    };
    let unit = match scale {
        DifferenceScale::Difference => voice.data_unit(),
        DifferenceScale::Ratio => "",
    };
    let mut data = Data::new(&[
        "a",
        "b",
        "value",
        "low",
        "high",
        "low_together",
        "high_together",
        "p",
        "p_adjusted",
        "shown_to_differ",
    ]);
    for pair in &differences.pairs {
        let ((low, high), (all_low, all_high)) = (ends(pair.interval), ends(pair.simultaneous));
        data.push(vec![
            Datum::text(voice.name(pair.a)),
            Datum::text(voice.name(pair.b)),
            Datum::of(Some(pair.value), unit),
            Datum::of(low, unit),
            Datum::of(high, unit),
            Datum::of(all_low, unit),
            Datum::of(all_high, unit),
            Datum::p(pair.p),
            Datum::p(pair.adjusted),
            Datum::yes(voice.shown(pair)),
        ]);
    }
    Ok(Some(Drawn {
        tail: "differences",
        caption: format!(
            "{what}, {} {}.{bars}",
            differences.pairs.len(),
            plural(differences.pairs.len() as u64, "pair", "pairs")
        ),
        title,
        svg,
        data,
        part: Part::Differences,
    }))
}

fn lower(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_lowercase().chain(characters).collect())
        .unwrap_or_default()
}

/// Differences from the benchmark against the margin, with the verdicts.
pub(super) fn margin(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(table) = &voice.of.equivalence else {
        return Ok(None);
    };
    if table.rows.is_empty() {
        return Ok(None);
    }
    let mut sorted: Vec<_> = table.rows.iter().collect();
    sorted.sort_by(|a, b| b.value.total_cmp(&a.value));
    let rows = sorted.iter().map(|row| {
        let tested = row.se.is_some();
        MarginRow {
            label: voice.name(row.entry).to_owned(),
            group: String::new(),
            value: Some(row.value),
            wide: row.outer.filter(|_| tested),
            narrow: row.inner.filter(|_| tested),
            verdict: match row.verdict {
                EquivalenceVerdict::Equivalent => MarginVerdict::Equivalent,
                EquivalenceVerdict::Better => MarginVerdict::Better,
                EquivalenceVerdict::Worse => MarginVerdict::Worse,
                EquivalenceVerdict::Different
                | EquivalenceVerdict::NotEstablished
                | EquivalenceVerdict::NoVerdict => MarginVerdict::NotEstablished,
            },
            said: match (row.verdict, row.non_inferior) {
                (EquivalenceVerdict::Different, _) => Some("Different".to_owned()),
                (EquivalenceVerdict::NoVerdict, _) => {
                    Some("No verdict: error not known".to_owned())
                }
                (EquivalenceVerdict::NotEstablished, Some(true)) => Some("Not inferior".to_owned()),
                _ => None,
            },
            note: None,
        }
    });
    let inner = level(table.inner_confidence, &voice.locale);
    let (format, axis) = (|v: f64| voice.signed(v), |v: f64| voice.tick(v));
    let benchmark = voice.name(table.benchmark);
    let title = format!("{}: against {benchmark}", voice.of.measure.name);
    let svg = chart::margin_plot(&MarginPlot {
        title: title.clone(),
        unit: match voice.gap_unit().as_str() {
            "" => format!("difference from {benchmark}"),
            unit => format!("difference from {benchmark}, {unit}"),
        },
        rows: rows.collect(),
        low: Some(table.margin.0),
        high: Some(table.margin.1),
        margin: table.reason.clone(),
        better: match voice.of.measure.direction {
            Direction::HigherIsBetter => BetterSide::Right,
            Direction::LowerIsBetter => BetterSide::Left,
            Direction::Neither => BetterSide::Neither,
        },
        wide_level: voice.level.clone(),
        narrow_level: inner.clone(),
        format: &format,
        axis: &axis,
    })?;
    let unit = voice.data_unit();
    let mut data = Data::new(&[
        "name",
        "benchmark",
        "difference",
        "low",
        "high",
        "inner_low",
        "inner_high",
        "p_lower",
        "p_upper",
        "verdict",
        "no_worse_by_margin",
        "margin_low",
        "margin_high",
    ]);
    for row in &table.rows {
        data.push(vec![
            Datum::text(voice.name(row.entry)),
            Datum::text(benchmark),
            Datum::of(Some(row.value), unit),
            Datum::of(row.outer.map(|i| i.0), unit),
            Datum::of(row.outer.map(|i| i.1), unit),
            Datum::of(row.inner.map(|i| i.0), unit),
            Datum::of(row.inner.map(|i| i.1), unit),
            Datum::p(row.p.map(|p| p.0)),
            Datum::p(row.p.map(|p| p.1)),
            Datum::text(verdict_word(row)),
            Datum::yes(row.non_inferior),
            Datum::of(Some(table.margin.0), unit),
            Datum::of(Some(table.margin.1), unit),
        ]);
    }
    Ok(Some(Drawn {
        tail: "margin",
        caption: format!(
            "Differences from {benchmark} with {inner} intervals (thick, of the two one-sided tests) and {} intervals (thin). Equivalent is only what lies inside the shaded margin with the whole of its thick interval.",
            voice.level
        ),
        title,
        svg,
        data,
        part: Part::Equivalence,
    }))
}
