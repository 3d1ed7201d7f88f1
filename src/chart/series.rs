//! Lines over periods, each named at its end.

use super::alt::counted;
use super::canvas::{Anchor, Area, Canvas, Colour, LABEL, NOTE, PAD, STRONG, Style, area};
use super::scale::{Domain, Scale, interval, upwards, usable};
use super::series_alt::alt_text;
use super::series_labels::{colours, spread};
use super::text::{Block, wrap};
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// Value, lower and upper end of its interval in one period.
pub type Point = (f64, Option<f64>, Option<f64>);

/// One line; `points` has one entry per period, and a line is never drawn over a missing one.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What the line is.
    pub label: String,
    /// One entry per period.
    pub points: Vec<Option<Point>>,
    /// The total, or another line to stand out.
    pub strong: bool,
}

/// A chart of lines over periods.
pub struct Series<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// Names of the periods, in order.
    pub periods: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
    /// Writes a number.
    pub format: Format<'a>,
}

const TEXT: Style = Style::new(12.0, super::font::Weight::Regular, Colour::Muted);

/// Draws a chart of lines.
pub fn series(chart: &Series) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

/// The drawable points of a line with the number of their period.
pub(super) fn drawable(line: &Line) -> Vec<(usize, Point)> {
    let points = line.points.iter().enumerate();
    points
        .filter_map(|(i, p)| {
            let (value, low, high) = (*p)?;
            Some((i, (usable(Some(value))?, low, high)))
        })
        .collect()
}

/// A named line and where its name goes.
struct Named<'c> {
    full: String,
    block: Block,
    style: Style,
    end: (f64, f64),
    line: &'c Line,
}

fn draw(chart: &Series, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let points: Vec<Vec<(usize, Point)>> = chart.lines.iter().map(drawable).collect();
    let last: Vec<(Option<f64>, bool)> = chart
        .lines
        .iter()
        .zip(&points)
        .map(|(line, p)| (p.last().map(|(_, p)| p.0), line.strong))
        .collect();
    let colours = colours(&last);
    let drawn = last.iter().filter(|(value, _)| value.is_some()).count();
    let grey = drawn - colours.iter().flatten().count();
    let mut notes = Vec::new();
    if grey > 0 {
        notes.push(format!("Grey: the other {}.", counted(grey, "line")));
    }
    let values: Vec<f64> = points.iter().flatten().map(|(_, p)| p.0).collect();
    let strong = chart.lines.iter().filter(|line| line.strong).count();
    let shows = |i: usize| {
        let line = chart.lines.get(i);
        drawn <= 4 || (strong <= 2 && line.is_some_and(|line| line.strong))
    };
    let intervals: Vec<(f64, f64)> = points
        .iter()
        .enumerate()
        .filter(|(i, _)| shows(*i))
        .flat_map(|(_, p)| p.iter().filter_map(|(_, p)| interval(p.1, p.2)))
        .collect();
    let mut top = canvas.header(&chart.title, &chart.unit, &notes);
    let Some(domain) = Domain::of(&values, &intervals, false) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        let end = missing(&mut canvas, chart, &last, end + 4.0);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    top += 6.0;

    let room = match layout {
        Layout::Wide => 180.0,
        Layout::Narrow => 112.0,
    };
    let mut named: Vec<Named> = Vec::new();
    for (i, line) in chart.lines.iter().enumerate() {
        if colours.get(i).copied().flatten().is_none() {
            continue;
        }
        let style = if line.strong { STRONG } else { LABEL };
        let full = clean(&line.label);
        named.push(Named {
            block: wrap(&full, style.size, style.weight, room, 2),
            full,
            style,
            end: (0.0, 0.0),
            line,
        });
    }
    let heights: f64 = named.iter().map(|n| tall(&n.block)).sum();
    let bottom = top + heights.max(if layout == Layout::Wide { 300.0 } else { 240.0 });
    let names = named
        .iter()
        .map(|n| n.block.width(n.style.size, n.style.weight))
        .fold(30.0, f64::max);
    let up = Scale {
        domain,
        from: bottom,
        to: top,
    };
    let ticks = upwards(&up, chart.format, TEXT.size, 100.0);
    let left = PAD
        + 6.0
        + ticks
            .iter()
            .map(|t| super::font::width(&t.label, TEXT.size, TEXT.weight))
            .fold(0.0, f64::max);
    let right = canvas.width - PAD - names - 22.0;
    for tick in &ticks {
        let style = TEXT.at(Anchor::End);
        canvas.text(&tick.label, left - 6.0, tick.start, style, None);
        let colour = if tick.value == 0.0 {
            Colour::Axis
        } else {
            Colour::Rule
        };
        canvas.line((left, tick.at), (right, tick.at), 1, colour);
    }

    let count = points
        .iter()
        .flatten()
        .map(|(i, _)| i + 1)
        .fold(chart.periods.len(), usize::max);
    let x = |i: usize| {
        if count < 2 {
            (left + right) / 2.0
        } else {
            left + 12.0 + (right - left - 24.0) * i as f64 / (count - 1) as f64
        }
    };
    // Grey first, strong last, so that what matters lies on top.
    let rank = |i: usize| match colours.get(i).copied().flatten() {
        None => 0,
        Some(Colour::Ink) => 2,
        Some(_) => 1,
    };
    let mut order: Vec<usize> = (0..chart.lines.len()).collect();
    order.sort_by_key(|i| rank(*i));
    for i in order {
        let Some(points) = points.get(i) else {
            continue;
        };
        let colour = colours.get(i).copied().flatten();
        // Intervals of few lines stand side by side rather than on each other.
        let aside = if drawn <= 4 && !intervals.is_empty() {
            4.0 * (i as f64 - (chart.lines.len() as f64 - 1.0) / 2.0).clamp(-2.0, 2.0)
        } else {
            0.0
        };
        let at = |(i, p): &(usize, Point)| (x(*i) + aside, up.at(p.0));
        for run in points.chunk_by(|a, b| b.0 == a.0 + 1) {
            let thick = match colour {
                None => 1,
                Some(Colour::Ink) => 3,
                Some(_) => 2,
            };
            if run.len() > 1 {
                let path = run.iter().map(at).collect();
                canvas.path(path, thick, colour.unwrap_or(Colour::Context));
            }
            let Some(colour) = colour else {
                if let ([only], None) = (run, colour) {
                    canvas.disc(at(only), 2, Colour::Context);
                }
                continue;
            };
            for point in run {
                if let (true, Some(ends)) = (shows(i), interval(point.1.1, point.1.2)) {
                    upright(&mut canvas, &up, ends, at(point).0, colour);
                }
                if count <= 30 || run.len() == 1 {
                    canvas.disc(at(point), 3, colour);
                }
            }
        }
        if let (Some(line), Some(end)) = (chart.lines.get(i), points.last()) {
            let mut all = named.iter_mut();
            if let Some(n) = all.find(|n| std::ptr::eq(n.line, line)) {
                n.end = at(end);
            }
        }
    }

    let wished: Vec<(f64, f64)> = named.iter().map(|n| (n.end.1, tall(&n.block))).collect();
    let tops = spread(&wished, top - 6.0, bottom + 6.0);
    for (n, y) in named.iter().zip(tops) {
        let middle = y + tall(&n.block) / 2.0;
        let start = right + 20.0;
        if n.end.0 < right - 14.0 || (middle - n.end.1).abs() > 3.0 {
            let elbow = n.end.0.max(right - 4.0);
            canvas.path(
                vec![
                    (n.end.0 + 5.0, n.end.1),
                    (elbow, n.end.1),
                    (start - 3.0, middle),
                ],
                1,
                Colour::Context,
            );
        }
        for (k, line) in n.block.lines.iter().enumerate() {
            let full = n.block.shortened.then_some(n.full.as_str());
            let base = y + 13.0 + k as f64 * 15.0;
            canvas.text(line, start, base, n.style, full);
        }
    }
    hovers(&mut canvas, chart, &points, &colours, &x, (top, bottom));
    let mut end = period_labels(&mut canvas, &chart.periods, &x, bottom + 18.0);
    end = missing(&mut canvas, chart, &last, end);
    for words in super::interval::arrows(Some(domain), &intervals) {
        end = canvas.paragraph(&words, end + 4.0, NOTE, 2);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

/// Height that a name takes.
fn tall(block: &Block) -> f64 {
    block.lines.len().max(1) as f64 * 15.0 + 3.0
}

/// An interval in a vertical scale, with arrowheads where it goes on beyond it.
pub(super) fn upright(
    canvas: &mut Canvas,
    up: &Scale,
    (low, high): (f64, f64),
    x: f64,
    colour: Colour,
) {
    let (from, to) = (up.at(low), up.at(high));
    canvas.line((x, from), (x, to), 1, colour);
    for (cut, at, inwards) in [
        (low < up.domain.low, from, -7.0),
        (high > up.domain.high, to, 7.0),
    ] {
        if cut {
            let tip = vec![(x, at), (x - 5.0, at + inwards), (x + 5.0, at + inwards)];
            canvas.shape(tip, colour);
        }
    }
}

/// What the coloured lines say in each period, for the pointer.
fn hovers(
    canvas: &mut Canvas,
    chart: &Series,
    points: &[Vec<(usize, Point)>],
    colours: &[Option<Colour>],
    x: &dyn Fn(usize) -> f64,
    (top, bottom): (f64, f64),
) {
    let step = (x(1) - x(0)).abs().max(10.0);
    for (i, period) in chart.periods.iter().enumerate() {
        let mut words = clean(period);
        for ((line, points), colour) in chart.lines.iter().zip(points).zip(colours) {
            let point = points.iter().find(|(at, _)| *at == i);
            if let (Some((_, p)), Some(_)) = (point, colour) {
                let value = clean(&(chart.format)(p.0));
                words.push_str(&format!("; {} {value}", clean(&line.label)));
            }
        }
        let (from, to) = (x(i) - step / 2.0, x(i) + step / 2.0);
        canvas.hover(
            Area(from.max(0.0), top, to.min(canvas.width), bottom),
            &words,
        );
    }
}

/// Names of as many periods as fit, the last one among them; returns the bottom.
pub(super) fn period_labels(
    canvas: &mut Canvas,
    periods: &[String],
    x: &dyn Fn(usize) -> f64,
    y: f64,
) -> f64 {
    let labels: Vec<(String, Block)> = periods
        .iter()
        .map(|p| {
            let full = clean(p);
            let block = wrap(&full, TEXT.size, TEXT.weight, 120.0, 1);
            (full, block)
        })
        .collect();
    let count = labels.len();
    let placed = |every: usize| -> Vec<(f64, &(String, Block), &str)> {
        let shown = labels.iter().enumerate();
        shown
            .filter(|(i, _)| (count - 1 - i).is_multiple_of(every))
            .filter_map(|(i, label)| {
                let text = label.1.lines.first()?.as_str();
                let box_ = area(text, 0.0, 0.0, TEXT);
                let wide = box_.2 - box_.0;
                let start = (x(i) - wide / 2.0).min(canvas.width - 4.0 - wide).max(4.0);
                Some((start, label, text))
            })
            .collect()
    };
    let mut every = 1;
    while every < count {
        let fits = placed(every).windows(2).all(|w| match w {
            [a, b] => a.0 + super::font::width(a.2, TEXT.size, TEXT.weight) + 8.0 <= b.0,
            _ => true,
        });
        if fits {
            break;
        }
        every += 1;
    }
    let chosen: Vec<(f64, String, String, bool)> = placed(every.max(1))
        .into_iter()
        .map(|(start, label, text)| (start, label.0.clone(), text.to_owned(), label.1.shortened))
        .collect();
    for (start, full, text, shortened) in chosen {
        canvas.text(&text, start, y, TEXT, shortened.then_some(full.as_str()));
    }
    y + 8.0
}

/// Names the lines without any value; returns the bottom.
fn missing(canvas: &mut Canvas, chart: &Series, last: &[(Option<f64>, bool)], top: f64) -> f64 {
    let empty = chart.lines.iter().zip(last);
    let names: Vec<String> = empty
        .filter(|(_, (value, _))| value.is_none())
        .map(|(line, _)| clean(&line.label))
        .collect();
    if names.is_empty() {
        return top;
    }
    let words = format!("No values: {}.", names.join(", "));
    canvas.paragraph(&words, top + 4.0, NOTE, 4)
}
