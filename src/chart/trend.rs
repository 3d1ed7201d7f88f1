//! Ranks or gaps over periods: a few programmes by name, the others in grey; no line where two periods can't be compared.

use super::alt::{counted, name, opening};
use super::canvas::{Anchor, Area, Canvas, Colour, LABEL, NOTE, PAD, Style};
use super::font::{Weight, width};
use super::pen::Stroke;
use super::scale::{Domain, Scale, Tick, interval, upwards, usable};
use super::series::period_labels;
use super::series_labels::spread;
use super::symbol::{Fill, look, node};
use super::text::{Block, wrap};
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// A rank or value in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendPoint {
    /// The rank or value.
    pub value: f64,
    /// Its interval: the ranks that agree with the data.
    pub interval: Option<(f64, f64)>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendLine {
    /// What the line is.
    pub label: String,
    /// One entry per period; a missing one breaks the line.
    pub points: Vec<Option<TrendPoint>>,
    /// Whether it is drawn in colour and named. Beyond the twelfth it is not.
    pub named: bool,
}

/// A chart of lines over periods.
pub struct Trend<'a> {
    /// Heading.
    pub title: String,
    /// What is shown, under the heading.
    pub unit: String,
    /// Names of the periods, in order.
    pub periods: Vec<String>,
    /// Periods that can't be compared with the one before (their number), and why; lines are broken there.
    pub breaks: Vec<(usize, String)>,
    /// The lines.
    pub lines: Vec<TrendLine>,
    /// Whether the lowest value stands at the top, as rank 1 does.
    pub low_on_top: bool,
    /// Writes a value.
    pub format: Format<'a>,
}

/// As many lines as are named.
const MOST: usize = 12;
const TEXT: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
const BREAK: Stroke = Stroke::new(Colour::Axis, 1.0, "2 3");

/// Draws a chart of lines.
pub fn trend(chart: &Trend) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

/// Periods and points that can be drawn.
fn drawable(line: &TrendLine) -> Vec<(usize, TrendPoint)> {
    let points = line.points.iter().enumerate();
    points
        .filter_map(|(i, p)| {
            let point = (*p)?;
            let value = usable(Some(point.value))?;
            Some((i, TrendPoint { value, ..point }))
        })
        .collect()
}

/// Lines in colour, by number.
fn named(chart: &Trend) -> Vec<usize> {
    let all = chart.lines.iter().enumerate();
    all.filter(|(_, l)| l.named && !drawable(l).is_empty())
        .map(|(i, _)| i)
        .take(MOST)
        .collect()
}

fn broken(chart: &Trend, a: usize, b: usize) -> bool {
    b != a + 1 || chart.breaks.iter().any(|(at, _)| *at == b)
}

fn draw(chart: &Trend, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let named = named(chart);
    let points: Vec<Vec<(usize, TrendPoint)>> = chart.lines.iter().map(drawable).collect();
    let drawn = points.iter().filter(|p| !p.is_empty()).count();
    let mut notes = Vec::new();
    if drawn > named.len() {
        let words = counted(drawn - named.len(), "line");
        notes.push(format!("Grey: the other {words}."));
    }
    let mut top = canvas.header(&chart.title, &chart.unit, &notes) + 6.0;
    let values: Vec<f64> = points.iter().flatten().map(|p| p.1.value).collect();
    let bands: Vec<(f64, f64)> = named
        .iter()
        .filter_map(|i| points.get(*i))
        .flatten()
        .filter_map(|(_, p)| band(p))
        .collect();
    let Some(domain) = domain(chart, &values, &bands) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    let room = match layout {
        Layout::Wide => 180.0,
        Layout::Narrow => 104.0,
    };
    let labels: Vec<(String, Block)> = named
        .iter()
        .filter_map(|i| chart.lines.get(*i))
        .map(|line| {
            let full = clean(&line.label);
            let block = wrap(&full, LABEL.size, LABEL.weight, room, 2);
            (full, block)
        })
        .collect();
    let tall = |b: &Block| b.lines.len().max(1) as f64 * 15.0 + 3.0;
    let heights: f64 = labels.iter().map(|l| tall(&l.1)).sum();
    let least = if layout == Layout::Wide { 320.0 } else { 280.0 };
    let bottom = top + heights.max(least);
    let ends = match chart.low_on_top {
        true => (top, bottom),
        false => (bottom, top),
    };
    let up = Scale {
        domain,
        from: ends.0,
        to: ends.1,
    };
    let mut ticks = upwards(&up, chart.format, TEXT.size, 90.0);
    if chart.low_on_top {
        // There is no rank 0, none between two ranks, and the best one is always written.
        ticks.retain(|t| t.value >= 1.0 && t.value.fract() == 0.0);
        let best = up.at(1.0);
        if domain.low <= 1.0 && domain.high >= 1.0 {
            ticks.retain(|t| (t.at - best).abs() >= TEXT.size * 1.6);
            let label = clean(&(chart.format)(1.0));
            if width(&label, TEXT.size, TEXT.weight) <= 90.0 {
                ticks.push(Tick {
                    value: 1.0,
                    at: best,
                    label,
                    start: best + TEXT.size * 0.35,
                });
            }
        }
    }
    let widest = ticks
        .iter()
        .map(|t| width(&t.label, TEXT.size, TEXT.weight));
    let left = PAD + 6.0 + widest.fold(0.0, f64::max);
    let wide = labels.iter().map(|l| l.1.width(LABEL.size, LABEL.weight));
    let right = canvas.width - PAD - wide.fold(30.0, f64::max) - 34.0;
    for tick in &ticks {
        let style = TEXT.at(Anchor::End);
        canvas.text(&tick.label, left - 6.0, tick.start, style, None);
        canvas.line((left, tick.at), (right, tick.at), 1, Colour::Rule);
    }
    let count = points
        .iter()
        .flatten()
        .map(|p| p.0 + 1)
        .fold(chart.periods.len(), usize::max);
    let x = |i: usize| match count {
        ..2 => (left + right) / 2.0,
        _ => left + 12.0 + (right - left - 24.0) * i as f64 / (count - 1) as f64,
    };
    for (at, _) in chart.breaks.iter().filter(|b| b.0 > 0 && b.0 < count) {
        let middle = (x(*at) + x(at - 1)) / 2.0;
        canvas.stroke(&[(middle, top), (middle, bottom)], BREAK);
    }
    let at = |p: &(usize, TrendPoint)| (x(p.0), up.at(p.1.value));
    for (_, points) in points
        .iter()
        .enumerate()
        .filter(|(i, _)| !named.contains(i))
    {
        for run in points.chunk_by(|a, b| !broken(chart, a.0, b.0)) {
            match run {
                [only] => canvas.disc(at(only), 2, Colour::Context),
                _ => canvas.path(run.iter().map(at).collect(), 1, Colour::Context),
            }
        }
    }
    for (n, i) in named.iter().enumerate() {
        let (shape, colour) = look(n);
        let Some(points) = points.get(*i) else {
            continue;
        };
        for run in points.chunk_by(|a, b| !broken(chart, a.0, b.0)) {
            shade(&mut canvas, run, &x, &up, colour);
            let through: Vec<(f64, f64)> = run.iter().map(at).collect();
            if through.len() > 1 {
                canvas.stroke(&through, Stroke::new(colour, 2.2, ""));
            }
            for place in through {
                node(&mut canvas, place, 4.5, shape, colour, Fill::Solid);
            }
        }
    }
    let wished: Vec<(f64, f64)> = named
        .iter()
        .zip(&labels)
        .map(|(i, l)| {
            let last = points.get(*i).and_then(|p| p.last());
            (last.map_or(bottom, |p| up.at(p.1.value)), tall(&l.1))
        })
        .collect();
    let tops = spread(&wished, top - 6.0, bottom + 6.0);
    for (n, (((full, block), y), i)) in labels.iter().zip(tops).zip(&named).enumerate() {
        let (shape, colour) = look(n);
        let middle = y + tall(block) / 2.0;
        let start = right + 32.0;
        if let Some(last) = points.get(*i).and_then(|p| p.last()) {
            let from = at(last);
            let lead = Stroke::new(Colour::Context, 1.0, "");
            canvas.stroke(&[(from.0 + 6.0, from.1), (start - 16.0, middle)], lead);
        }
        node(
            &mut canvas,
            (start - 9.0, middle),
            4.5,
            shape,
            colour,
            Fill::Solid,
        );
        let first = middle - (block.lines.len().max(1) as f64 - 1.0) * 7.5 + 4.5;
        canvas.lines(block, full, (start, first), 15.0, LABEL);
    }
    hovers(&mut canvas, chart, &named, &points, &x, (top, bottom));
    top = period_labels(&mut canvas, &chart.periods, &x, bottom + 20.0);
    if !bands.is_empty() {
        top = canvas.paragraph("Shaded: intervals.", top + 4.0, NOTE, 1);
    }
    for words in break_words(chart) {
        top = canvas.paragraph(&words, top + 4.0, NOTE, 3);
    }
    canvas.finish(top + PAD, &chart.title, alt)
}

fn band(point: &TrendPoint) -> Option<(f64, f64)> {
    let (low, high) = point.interval?;
    interval(Some(low), Some(high))
}

fn domain(chart: &Trend, values: &[f64], bands: &[(f64, f64)]) -> Option<Domain> {
    if !chart.low_on_top {
        return Domain::of(values, bands, false);
    }
    // Ranks: half a place of air at both ends, and no zero.
    let low = values
        .iter()
        .chain(bands.iter().map(|b| &b.0))
        .copied()
        .reduce(f64::min)?;
    let high = values
        .iter()
        .chain(bands.iter().map(|b| &b.1))
        .copied()
        .reduce(f64::max)?;
    let air = ((high - low) * 0.03)
        .max(0.5)
        .max(low.abs().max(high.abs()) * 1e-6);
    Some(Domain {
        low: low - air,
        high: high + air,
        log: false,
    })
}

/// The intervals of a run of points as one area.
fn shade(
    canvas: &mut Canvas,
    run: &[(usize, TrendPoint)],
    x: &dyn Fn(usize) -> f64,
    up: &Scale,
    colour: Colour,
) {
    let ends: Vec<(f64, f64, f64)> = run
        .iter()
        .filter_map(|(i, p)| band(p).map(|(low, high)| (x(*i), up.at(low), up.at(high))))
        .collect();
    let around: Vec<(f64, f64)> = match ends.as_slice() {
        [] => return,
        [(x, low, high)] => {
            let (l, r) = (x - 4.0, x + 4.0);
            vec![(l, *low), (r, *low), (r, *high), (l, *high)]
        }
        many => {
            let there = many.iter().map(|e| (e.0, e.1));
            there.chain(many.iter().rev().map(|e| (e.0, e.2))).collect()
        }
    };
    canvas.fill(&around, colour, 0.12);
}

fn break_words(chart: &Trend) -> Vec<String> {
    let period = |i: usize| chart.periods.get(i).map(|p| clean(p)).unwrap_or_default();
    let all = chart.breaks.iter().filter(|(at, _)| *at > 0);
    all.map(|(at, why)| {
        let why = clean(why);
        let why = if why.is_empty() {
            why
        } else {
            format!(": {why}")
        };
        format!(
            "{} can't be compared with {}{why}.",
            period(*at),
            period(at - 1)
        )
    })
    .collect()
}

/// What the named lines say in each period, for the pointer.
fn hovers(
    canvas: &mut Canvas,
    chart: &Trend,
    named: &[usize],
    points: &[Vec<(usize, TrendPoint)>],
    x: &dyn Fn(usize) -> f64,
    (top, bottom): (f64, f64),
) {
    let step = (x(1) - x(0)).abs().max(10.0);
    for (i, period) in chart.periods.iter().enumerate() {
        let mut words = clean(period);
        for n in named {
            let point = points.get(*n).and_then(|p| p.iter().find(|p| p.0 == i));
            if let (Some((_, p)), Some(line)) = (point, chart.lines.get(*n)) {
                let value = clean(&(chart.format)(p.value));
                words.push_str(&format!("; {} {value}", clean(&line.label)));
            }
        }
        let (from, to) = (
            (x(i) - step / 2.0).max(0.0),
            (x(i) + step / 2.0).min(canvas.width),
        );
        canvas.hover(Area(from, top, to, bottom), &words);
    }
}

fn alt_text(chart: &Trend) -> String {
    let mut out = opening("Lines over periods", &chart.title, &chart.unit);
    out.push_str(&format!(
        " {}, {}.",
        counted(chart.lines.len(), "line"),
        counted(chart.periods.len(), "period")
    ));
    let mut parts = Vec::new();
    for i in named(chart) {
        let Some(line) = chart.lines.get(i) else {
            continue;
        };
        let points = drawable(line);
        if let ([first, ..], [.., last]) = (points.as_slice(), points.as_slice()) {
            let value = |p: &(usize, TrendPoint)| clean(&(chart.format)(p.1.value));
            let label = name(&line.label);
            parts.push(match first.0 == last.0 {
                true => format!("{label} {}", value(first)),
                false => format!("{label} from {} to {}", value(first), value(last)),
            });
        }
    }
    if !parts.is_empty() {
        out.push_str(&format!(" {}.", parts.join("; ")));
    }
    let empty = chart
        .lines
        .iter()
        .filter(|l| drawable(l).is_empty())
        .count();
    if empty > 0 {
        let has = if empty == 1 { "has" } else { "have" };
        out.push_str(&format!(" {} {has} no value.", counted(empty, "line")));
    }
    for words in break_words(chart) {
        out.push_str(&format!(" {words}"));
    }
    out
}
