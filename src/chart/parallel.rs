//! Parallel coordinates: a few programmes over several indicators, each axis with its own unit and its best end at the top.

use super::canvas::{Anchor, Area, Canvas, Colour, LABEL, NOTE, PAD, STRONG, Style};
use super::font::Weight;
use super::legend::{Entry, Symbol, legend};
use super::parallel_alt::alt_text;
use super::pen::Stroke;
use super::scale::usable;
use super::series_labels::spread;
use super::symbol::{Fill, Shape, look, node};
use super::text::{Block, wrap};
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One axis: an indicator.
pub struct ParallelAxis<'a> {
    /// Its name.
    pub label: String,
    /// Its unit.
    pub unit: String,
    /// Whether less is better, so that the lowest value is at the best end.
    pub less_is_better: bool,
    /// Writes a value of this axis.
    pub format: Format<'a>,
}

/// One line: a programme.
#[derive(Debug, Clone, PartialEq)]
pub struct ParallelLine {
    /// Its name.
    pub label: String,
    /// One value per axis; a missing one breaks the line.
    pub values: Vec<Option<f64>>,
}

/// A chart of parallel coordinates. Lines beyond the eighth are not drawn, and that is said.
pub struct Parallel<'a> {
    /// Heading.
    pub title: String,
    /// Under the heading.
    pub unit: String,
    /// The axes, from left to right; on a narrow page from the top down.
    pub axes: Vec<ParallelAxis<'a>>,
    /// The lines.
    pub lines: Vec<ParallelLine>,
}

/// As many lines as can be told apart.
const MOST: usize = 8;
const END: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
const HEAD: Style = Style::new(12.0, Weight::SemiBold, Colour::Ink);
const DASHES: [&str; 8] = [
    "",
    "7 3",
    "2 3",
    "9 3 2 3",
    "12 4",
    "5 2 2 2 2 2",
    "4 4",
    "1 2",
];

/// Draws parallel coordinates.
pub fn parallel(chart: &Parallel) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

pub(super) fn lines<'c>(chart: &'c Parallel) -> &'c [ParallelLine] {
    chart.lines.get(..MOST).unwrap_or(&chart.lines)
}

pub(super) fn value(line: &ParallelLine, axis: usize) -> Option<f64> {
    usable(line.values.get(axis).copied().flatten())
}

/// Worst and best value of an axis; `None` where no line has one.
pub(super) fn range(chart: &Parallel, axis: usize) -> Option<(f64, f64)> {
    let all = || lines(chart).iter().filter_map(|l| value(l, axis));
    let (low, high) = (all().reduce(f64::min)?, all().reduce(f64::max)?);
    let turned = chart.axes.get(axis).is_some_and(|a| a.less_is_better);
    Some(if turned { (high, low) } else { (low, high) })
}

/// From 0 at the worst to 1 at the best; the middle where all are equal.
fn share((worst, best): (f64, f64), value: f64) -> f64 {
    // Halved, so that the range of two huge numbers doesn't overflow.
    let share = (value / 2.0 - worst / 2.0) / (best / 2.0 - worst / 2.0);
    if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.5
    }
}

fn stroke(line: usize) -> (Stroke, Shape) {
    let (shape, colour) = look(line);
    let dash = DASHES.get(line % DASHES.len()).copied().unwrap_or("");
    (Stroke::new(colour, 2.0, dash), shape)
}

fn draw(chart: &Parallel, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut notes = Vec::new();
    let hidden = chart.lines.len() - lines(chart).len();
    if hidden > 0 {
        let words = format!("Shown are the first {MOST} lines; {hidden} more are left out.");
        notes.push(words);
    }
    let top = canvas.header(&chart.title, &chart.unit, &notes);
    let any = (0..chart.axes.len()).any(|a| range(chart, a).is_some());
    if !any {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    // Upright axes need room for their names.
    let upright = layout == Layout::Wide && chart.axes.len() <= 8;
    let mut end = match upright {
        true => wide(&mut canvas, chart, top),
        false => narrow(&mut canvas, chart, top),
    };
    let missing = lines(chart)
        .iter()
        .any(|l| (0..chart.axes.len()).any(|a| value(l, a).is_none()));
    let best = match upright {
        true => "The better end of each axis is at the top.",
        false => "The better end of each axis is at the right.",
    };
    let words = match missing {
        true => format!("{best} A hollow mark beside an axis: no value; the line is broken there."),
        false => best.to_owned(),
    };
    end = canvas.paragraph(&words, end + 6.0, NOTE, 4);
    canvas.finish(end + PAD, &chart.title, alt)
}

/// Draws the pieces of a line between neighbouring values, and its marks.
fn trace(canvas: &mut Canvas, chart: &Parallel, n: usize, at: &dyn Fn(usize, f64) -> (f64, f64)) {
    let Some(line) = lines(chart).get(n) else {
        return;
    };
    let (stroke, shape) = stroke(n);
    let points: Vec<(usize, (f64, f64))> = (0..chart.axes.len())
        .filter_map(|a| Some((a, at(a, share(range(chart, a)?, value(line, a)?)))))
        .collect();
    for run in points.chunk_by(|a, b| b.0 == a.0 + 1) {
        let through: Vec<(f64, f64)> = run.iter().map(|p| p.1).collect();
        if through.len() > 1 {
            canvas.stroke(&through, stroke);
        }
    }
    for (a, place) in points {
        node(canvas, place, 5.0, shape, stroke.colour, Fill::Solid);
        if let (Some(axis), Some(v)) = (chart.axes.get(a), value(line, a)) {
            let words = format!(
                "{}, {}: {}",
                clean(&line.label),
                clean(&axis.label),
                clean(&(axis.format)(v))
            );
            let area = Area(place.0 - 7.0, place.1 - 7.0, place.0 + 7.0, place.1 + 7.0);
            canvas.hover(area, &words);
        }
    }
}

/// Lines without a value on an axis.
fn without(chart: &Parallel, axis: usize) -> Vec<usize> {
    let all = lines(chart).iter().enumerate();
    all.filter(|(_, l)| value(l, axis).is_none())
        .map(|(n, _)| n)
        .collect()
}

/// Name and unit of an axis.
fn head(axis: &ParallelAxis) -> String {
    let (label, unit) = (clean(&axis.label), clean(&axis.unit));
    match unit.is_empty() {
        true => label,
        false => format!("{label} ({unit})"),
    }
}

/// What stands at an end of an axis.
fn end_words(chart: &Parallel, axis: usize, best: bool) -> String {
    let Some(found) = chart.axes.get(axis) else {
        return String::new();
    };
    match range(chart, axis) {
        Some((worst, top)) => clean(&(found.format)(if best { top } else { worst })),
        None => "no values".to_owned(),
    }
}

/// Upright axes beside each other, names at the right ends of the lines.
fn wide(canvas: &mut Canvas, chart: &Parallel, top: f64) -> f64 {
    let count = chart.axes.len();
    let names: Vec<(String, Block)> = lines(chart)
        .iter()
        .map(|l| {
            let full = clean(&l.label);
            let block = wrap(&full, LABEL.size, LABEL.weight, 150.0, 2);
            (full, block)
        })
        .collect();
    let wide = |b: &(String, Block)| b.1.width(LABEL.size, LABEL.weight);
    let labels = names.iter().map(wide).fold(30.0, f64::max);
    let right_edge = canvas.width - PAD - labels - 40.0;
    let step = (right_edge - PAD) / count as f64;
    let x = |a: usize| PAD + (a as f64 + 0.5) * step;
    let heads: Vec<(String, Block)> = chart
        .axes
        .iter()
        .map(|a| {
            let full = head(a);
            let block = wrap(&full, HEAD.size, HEAD.weight, step - 8.0, 5);
            (full, block)
        })
        .collect();
    let tall = heads.iter().map(|h| h.1.lines.len()).max().unwrap_or(1) as f64 * 14.0;
    for (a, (full, block)) in heads.iter().enumerate() {
        let first = top + 12.0 + tall - block.lines.len() as f64 * 14.0;
        canvas.lines(block, full, (x(a), first), 14.0, HEAD.at(Anchor::Middle));
    }
    let from = top + tall + 30.0;
    let to = from + 280.0;
    let at = |a: usize, share: f64| (x(a), to - share * (to - from));
    let mut rail = 0;
    for a in 0..count {
        canvas.rect(
            (x(a) - 0.5, from - 6.0),
            (x(a) + 0.5, to + 6.0),
            Colour::Axis,
        );
        let equal = range(chart, a).is_none_or(|(worst, best)| worst == best);
        let ends = match equal {
            // One value, at the middle of the axis: it is written once.
            true => vec![(end_words(chart, a, true), from - 11.0)],
            false => vec![
                (end_words(chart, a, true), from - 11.0),
                (end_words(chart, a, false), to + 20.0),
            ],
        };
        for (words, y) in ends {
            let words = match (equal, range(chart, a).is_some()) {
                (true, true) => format!("all {words}"),
                _ => words,
            };
            let block = wrap(&words, END.size, END.weight, step - 4.0, 1);
            canvas.lines(&block, &words, (x(a), y), 14.0, END.at(Anchor::Middle));
        }
        let empty = without(chart, a);
        rail = rail.max(empty.len());
        for (k, n) in empty.into_iter().enumerate() {
            let (stroke, shape) = stroke(n);
            let place = (x(a), to + 36.0 + 15.0 * k as f64);
            node(canvas, place, 5.0, shape, stroke.colour, Fill::Hollow);
        }
    }
    let last = |n: usize| {
        let line = lines(chart).get(n)?;
        (0..count)
            .rev()
            .find_map(|a| Some(at(a, share(range(chart, a)?, value(line, a)?))))
    };
    let wished: Vec<(f64, f64)> = names
        .iter()
        .enumerate()
        .map(|(n, (_, block))| {
            let y = last(n).map_or(to + 36.0, |p| p.1);
            (y, block.lines.len().max(1) as f64 * 15.0 + 4.0)
        })
        .collect();
    let tops = spread(&wished, from - 8.0, to + 40.0);
    let start = right_edge + 36.0;
    for (n, (((full, block), y), (_, high))) in names.iter().zip(tops).zip(&wished).enumerate() {
        let (stroke, shape) = stroke(n);
        let middle = y + high / 2.0;
        if let Some((ex, ey)) = last(n) {
            let lead = Stroke::new(Colour::Context, 1.0, "");
            canvas.stroke(&[(ex, ey), (start - 22.0, middle)], lead);
        }
        node(
            canvas,
            (start - 14.0, middle),
            5.0,
            shape,
            stroke.colour,
            Fill::Solid,
        );
        let first = middle - (block.lines.len().max(1) as f64 - 1.0) * 7.5 + 4.5;
        canvas.lines(block, full, (start - 4.0, first), 15.0, LABEL);
    }
    for n in 0..names.len() {
        trace(canvas, chart, n, &at);
    }
    (to + 26.0 + rail as f64 * 15.0).max(to + 44.0)
}

/// Level axes under each other, with a key of the lines above them.
fn narrow(canvas: &mut Canvas, chart: &Parallel, top: f64) -> f64 {
    let key: Vec<Entry> = lines(chart)
        .iter()
        .enumerate()
        .map(|(n, l)| {
            let (stroke, shape) = stroke(n);
            Entry::new(Symbol::Node(shape, stroke.colour, Fill::Solid), &l.label)
        })
        .collect();
    let mut y = legend(canvas, &key, "", top) + 6.0;
    let room = canvas.width - 2.0 * PAD;
    let most = (0..chart.axes.len()).map(|a| without(chart, a).len()).max();
    let aside = most.unwrap_or(0) as f64 * 14.0;
    let (from, to) = (PAD + 10.0 + aside, canvas.width - PAD - 10.0);
    let mut heights = Vec::with_capacity(chart.axes.len());
    for (a, axis) in chart.axes.iter().enumerate() {
        let full = head(axis);
        let block = wrap(&full, STRONG.size, STRONG.weight, room, 2);
        heights.push((full, block, y));
        let lines = heights.last().map_or(1, |h| h.1.lines.len().max(1));
        let level = y + lines as f64 * 16.0 + 14.0;
        if let Some(last) = heights.last_mut() {
            last.2 = level;
        }
        let first = level - 14.0 - lines as f64 * 16.0 + 12.0;
        if let Some((full, block, _)) = heights.last() {
            for (k, words) in block.lines.iter().enumerate() {
                let whole = block.shortened.then_some(full.as_str());
                canvas.text_over(words, PAD, first + k as f64 * 16.0, STRONG, whole);
            }
        }
        canvas.rect(
            (from - 6.0, level - 0.5),
            (to + 6.0, level + 0.5),
            Colour::Axis,
        );
        let equal = range(chart, a).is_none_or(|(worst, best)| worst == best);
        let half = (to - from) / 2.0 - 6.0;
        if equal {
            let words = match range(chart, a).is_some() {
                true => format!("all {}", end_words(chart, a, true)),
                false => end_words(chart, a, true),
            };
            let block = wrap(&words, END.size, END.weight, half * 2.0, 1);
            for line in &block.lines {
                let style = END.at(Anchor::Middle);
                canvas.text_over(line, (from + to) / 2.0, level + 22.0, style, Some(&words));
            }
        } else {
            for (best, x, anchor) in [
                (false, from - 6.0, Anchor::Start),
                (true, to + 6.0, Anchor::End),
            ] {
                let words = end_words(chart, a, best);
                let block = wrap(&words, END.size, END.weight, half, 1);
                for line in &block.lines {
                    let whole = block.shortened.then_some(words.as_str());
                    canvas.text_over(line, x, level + 22.0, END.at(anchor), whole);
                }
            }
        }
        for (k, n) in without(chart, a).into_iter().enumerate() {
            let (stroke, shape) = stroke(n);
            let place = (PAD + 6.0 + 14.0 * k as f64, level);
            node(canvas, place, 5.0, shape, stroke.colour, Fill::Hollow);
        }
        y = level + 34.0;
    }
    let levels: Vec<f64> = heights.iter().map(|h| h.2).collect();
    let at = |a: usize, share: f64| {
        let level = levels.get(a).copied().unwrap_or(y);
        (from + share * (to - from), level)
    };
    for n in 0..lines(chart).len() {
        trace(canvas, chart, n, &at);
    }
    y - 6.0
}
