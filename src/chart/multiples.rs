//! Small panels of dots with intervals, one for each group of programmes, all on one scale.

use super::alt::{counted, name, opening};
use super::canvas::{Area, Canvas, Colour, NOTE, PAD, STRONG, Style};
use super::dots::Dot;
use super::font::Weight;
use super::interval::arrows;
use super::legend::{Entry, Symbol, legend};
use super::pen::Stroke;
use super::scale::{Domain, Scale, across, interval, usable};
use super::text::wrap;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One panel.
#[derive(Debug, Clone, PartialEq)]
pub struct DotPanel {
    /// What its dots have in common ("Senegal").
    pub label: String,
    /// The dots, in the order to be drawn from the top down.
    pub dots: Vec<Dot>,
}

/// Panels of dots on one scale.
pub struct Multiples<'a> {
    /// Heading.
    pub title: String,
    /// What is measured, under the heading.
    pub unit: String,
    /// The panels, in the order to be drawn.
    pub panels: Vec<DotPanel>,
    /// A line through all panels, with its name: the mean of all.
    pub reference: Option<(String, f64)>,
    /// Writes a value.
    pub format: Format<'a>,
}

const TICK: Style = Style::new(11.0, Weight::Regular, Colour::Muted);
const GAP: f64 = 18.0;
const REFERENCE: Stroke = Stroke::new(Colour::Vermilion, 1.0, "");

/// Draws panels of dots.
pub fn multiples(chart: &Multiples) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

/// A dot with a value that can be drawn.
type Valued<'d> = (&'d Dot, f64);

fn valued(panel: &DotPanel) -> Vec<Valued<'_>> {
    let dots = panel.dots.iter();
    dots.filter_map(|d| Some((d, usable(d.value)?))).collect()
}

/// Height of a row: less where there are many.
fn step(rows: usize) -> f64 {
    match rows {
        0..9 => 11.0,
        9..21 => 8.0,
        21..61 => 5.0,
        _ => 3.0,
    }
}

fn draw(chart: &Multiples, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    let shown: Vec<(&DotPanel, Vec<Valued>)> =
        chart.panels.iter().map(|p| (p, valued(p))).collect();
    let all = || shown.iter().flat_map(|p| p.1.iter());
    let mut values: Vec<f64> = all().map(|d| d.1).collect();
    let reference = chart.reference.as_ref();
    let reference = reference.and_then(|(words, v)| Some((words, usable(Some(*v))?)));
    values.extend(reference.map(|r| r.1).filter(|_| all().next().is_some()));
    let intervals: Vec<(f64, f64)> = all().filter_map(|(d, _)| interval(d.low, d.high)).collect();
    let Some(domain) = Domain::of(&values, &intervals, false) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    let mut key = vec![Entry::new(Symbol::Dot(Colour::Blue), "value")];
    if !intervals.is_empty() {
        let line = Stroke::new(Colour::Sky, 2.0, "");
        key.push(Entry::new(Symbol::Line(line), "interval"));
    }
    if let Some((words, value)) = reference {
        let words = format!("{words} {}", (chart.format)(value));
        key.push(Entry::new(Symbol::Line(REFERENCE), words));
    }
    top = legend(&mut canvas, &key, "", top) + 6.0;
    let columns = match (layout, shown.len()) {
        (Layout::Narrow, _) | (_, ..=1) => 1,
        (_, 2 | 4) => 2,
        _ => 3,
    };
    let room = (canvas.width - 2.0 * PAD - GAP * (columns as f64 - 1.0)) / columns as f64;
    for row in shown.chunks(columns) {
        let rows = row.iter().map(|p| p.1.len()).max().unwrap_or(0);
        let body = step(rows) * rows.max(1) as f64 + 8.0;
        let heads: Vec<_> = row
            .iter()
            .map(|(panel, dots)| {
                let full = clean(&panel.label);
                let without = panel.dots.len() - dots.len();
                let count = match without {
                    0 => format!("{} with a value", dots.len()),
                    n => format!("{} with a value, {n} without", dots.len()),
                };
                (
                    wrap(&full, STRONG.size, STRONG.weight, room, 2),
                    full,
                    count,
                )
            })
            .collect();
        let lines = heads
            .iter()
            .map(|h| h.0.lines.len().max(1))
            .max()
            .unwrap_or(1) as f64;
        let start = top + lines * 16.0 + 18.0;
        let mut lowest = start + body + 18.0;
        for (n, ((_, dots), (block, full, count))) in row.iter().zip(&heads).enumerate() {
            let left = PAD + n as f64 * (room + GAP);
            let first = top + 13.0 + (lines - block.lines.len().max(1) as f64) * 16.0;
            canvas.lines(block, full, (left, first), 16.0, STRONG);
            canvas.text(count, left, start - 6.0, NOTE, None);
            let scale = Scale {
                domain,
                from: left + 4.0,
                to: left + room - 4.0,
            };
            let reference = reference.map(|r| r.1);
            frame(
                &mut canvas,
                chart,
                &scale,
                (left, room),
                (start, body),
                reference,
            );
            marks(&mut canvas, chart, &scale, dots, step(rows), start + 4.0);
            let end = ends(&mut canvas, chart, dots, (left, room), start + body + 18.0);
            lowest = lowest.max(end);
        }
        top = lowest + 14.0;
    }
    let mut end = top - 8.0;
    for words in arrows(Some(domain), &intervals) {
        // Here there is no room for arrowheads.
        let words = words.replace("An arrowhead: the", "An interval up to the edge:");
        let words = words.replace(" interval goes on", " it goes on");
        end = canvas.paragraph(&words, end + 2.0, NOTE, 2);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

/// Ground, axis and reference line of a panel.
fn frame(
    canvas: &mut Canvas,
    chart: &Multiples,
    scale: &Scale,
    (left, room): (f64, f64),
    (top, high): (f64, f64),
    reference: Option<f64>,
) {
    let bottom = top + high;
    // Labels of this panel's ticks must not reach into its neighbours.
    let own = Scale {
        domain: scale.domain,
        from: scale.from - left + 4.0,
        to: scale.to - left + 4.0,
    };
    for tick in across(&own, chart.format, TICK.size, room + 8.0) {
        let shift = left - 4.0;
        canvas.text(&tick.label, tick.start + shift, bottom + 13.0, TICK, None);
        let x = tick.at + shift;
        let colour = match tick.value == 0.0 {
            true => Colour::Axis,
            false => Colour::Rule,
        };
        canvas.line((x, top), (x, bottom), 1, colour);
    }
    canvas.line((left, bottom), (left + room, bottom), 1, Colour::Axis);
    if let Some(value) = reference {
        let x = scale.at(value);
        canvas.stroke(&[(x, top), (x, bottom)], REFERENCE);
    }
}

fn marks(
    canvas: &mut Canvas,
    chart: &Multiples,
    scale: &Scale,
    dots: &[Valued],
    step: f64,
    top: f64,
) {
    for (n, (dot, value)) in dots.iter().enumerate() {
        let y = top + (n as f64 + 0.5) * step;
        let colour = if dot.strong {
            Colour::Ink
        } else {
            Colour::Blue
        };
        let written = clean(&(chart.format)(*value));
        let mut words = format!("{}: {written}", clean(&dot.label));
        if let Some((low, high)) = interval(dot.low, dot.high) {
            let line = Stroke::new(Colour::Sky, if step > 4.0 { 2.0 } else { 1.0 }, "");
            canvas.stroke(&[(scale.at(low), y), (scale.at(high), y)], line);
            let (low, high) = ((chart.format)(low), (chart.format)(high));
            words.push_str(&clean(&format!(" ({low} – {high})")));
        }
        canvas.circle((scale.at(*value), y), (step * 0.45).min(4.0), colour);
        let area = Area(scale.from, y - step / 2.0, scale.to, y + step / 2.0);
        canvas.hover(area, &words);
    }
}

/// The dots with the highest and the lowest value.
fn extremes<'d>(dots: &[Valued<'d>]) -> Option<(Valued<'d>, Valued<'d>)> {
    let mut all = dots.iter().copied();
    let first = all.next()?;
    Some(all.fold((first, first), |(high, low), d| {
        (
            if d.1 > high.1 { d } else { high },
            if d.1 < low.1 { d } else { low },
        )
    }))
}

/// Names of the dots at both ends, under a panel; returns the bottom.
fn ends(
    canvas: &mut Canvas,
    chart: &Multiples,
    dots: &[Valued],
    (left, room): (f64, f64),
    top: f64,
) -> f64 {
    let Some((high, low)) = extremes(dots) else {
        canvas.text("no values", left, top + 10.0, TICK, None);
        return top + 16.0;
    };
    let say = |word: &str, d: Valued| {
        let value = clean(&(chart.format)(d.1));
        format!("{word} {value}: {}", clean(&d.0.label))
    };
    let mut lines = vec![say("highest", high)];
    if dots.len() == 1 {
        lines = vec![say("only", high)];
    } else if high.1 == low.1 {
        lines = vec![format!("all are {}", clean(&(chart.format)(high.1)))];
    } else {
        lines.push(say("lowest", low));
    }
    let mut y = top;
    for words in lines {
        let block = wrap(&words, TICK.size, TICK.weight, room, 2);
        canvas.lines(&block, &words, (left, y + 11.0), 13.0, TICK);
        y += block.lines.len() as f64 * 13.0 + 2.0;
    }
    y
}

fn alt_text(chart: &Multiples) -> String {
    let mut out = opening("Panels of dots", &chart.title, &chart.unit);
    let all: usize = chart.panels.iter().map(|p| p.dots.len()).sum();
    out.push_str(&format!(
        " {}, {}.",
        counted(chart.panels.len(), "panel"),
        counted(all, "row")
    ));
    let shown: Vec<(&DotPanel, Valued, Valued)> = chart
        .panels
        .iter()
        .filter_map(|p| extremes(&valued(p)).map(|(high, low)| (p, high, low)))
        .collect();
    let best = shown
        .iter()
        .reduce(|a, b| if b.1.1 > a.1.1 { b } else { a });
    let worst = shown
        .iter()
        .reduce(|a, b| if b.2.1 < a.2.1 { b } else { a });
    if let (Some(best), Some(worst)) = (best, worst) {
        let say = |word: &str, p: &DotPanel, d: Valued| {
            let value = clean(&(chart.format)(d.1));
            format!("{word} {} {value} in {}", name(&d.0.label), name(&p.label))
        };
        out.push_str(&format!(
            " {}, {}.",
            say("Highest", best.0, best.1),
            say("lowest", worst.0, worst.2)
        ));
    }
    let known: usize = chart.panels.iter().map(|p| valued(p).len()).sum();
    if known == 0 {
        out.push_str(" None has a value.");
    } else if known < all {
        let without = all - known;
        let has = if without == 1 { "has" } else { "have" };
        out.push_str(&format!(" {} {has} no value.", counted(without, "row")));
    }
    out
}
