//! The plot for small-study effects: estimates across, their standard errors downwards, with the limits of pure chance.

use super::Layout;
use super::alt::{counted, name, opening};
use super::axes::{AXIS, across_label};
use super::canvas::{Anchor, Area, Canvas, Colour, NOTE, PAD, Style};
use super::font::{Weight, width};
use super::labels::free;
use super::legend::{Entry, Symbol, legend};
use super::pen::Stroke;
use super::scale::{Domain, Scale, across, upwards, usable};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One estimate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FunnelPoint {
    /// What it is.
    pub label: String,
    /// The estimate.
    pub value: Option<f64>,
    /// Its standard error; not negative.
    pub error: Option<f64>,
}

/// A plot for small-study effects.
pub struct Funnel<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// Name of the axis across.
    pub over_label: String,
    /// The estimates.
    pub points: Vec<FunnelPoint>,
    /// The pooled mean, in the middle of the limits.
    pub centre: f64,
    /// Limits around the mean: words ("95 %") and how many standard errors, such as 1.96; two at most.
    pub limits: Vec<(String, f64)>,
    /// Areas in which an estimate differs from no effect: the value of no effect, and words ("p < 0.05") with how many standard
    /// errors, two at most.
    pub contours: Option<(f64, Vec<(String, f64)>)>,
    /// What a test of asymmetry says, under the chart; may be empty.
    pub test: String,
    /// Writes an estimate.
    pub format: Format<'a>,
    /// Writes a number on the axis across.
    pub axis: Format<'a>,
    /// Writes a standard error.
    pub error: Format<'a>,
}

const NAME: Style = Style::new(12.0, Weight::Regular, Colour::Ink);
const MEAN: Stroke = Stroke::new(Colour::Vermilion, 1.0, "4 3");
const LIMITS: [Stroke; 2] = [
    Stroke::new(Colour::Ink, 1.0, "5 4"),
    Stroke::new(Colour::Muted, 1.0, "2 3"),
];
/// Lighter where an estimate differs less surely from no effect.
const CONTOURS: [Colour; 2] = [Colour::Heat(1), Colour::Heat(2)];
/// So many points have names at most: all, or of more than so many those outside the limits, the farthest first.
const NAMED: usize = 15;

fn drawable<'c>(chart: &'c Funnel) -> Vec<(&'c FunnelPoint, f64, f64)> {
    let points = chart.points.iter();
    points
        .filter_map(|p| {
            let error = usable(p.error).filter(|e| *e >= 0.0 && *e < 1e290)?;
            Some((p, usable(p.value).filter(|v| v.abs() < 1e290)?, error))
        })
        .collect()
}

/// How many standard errors a point lies from the mean.
fn distance(value: f64, error: f64, centre: f64) -> f64 {
    let off = (value - centre).abs();
    if error > 0.0 {
        off / error
    } else if off > 0.0 {
        f64::INFINITY
    } else {
        0.0
    }
}

/// Draws a plot for small-study effects.
pub fn funnel(chart: &Funnel) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

fn limits(chart: &Funnel) -> Vec<(String, f64)> {
    let sound = chart.limits.iter();
    let sound = sound.filter(|(_, k)| k.is_finite() && *k > 0.0 && *k < 1e3);
    sound.take(LIMITS.len()).cloned().collect()
}

/// Contours from the nearest to no effect outwards.
fn contours(chart: &Funnel) -> Option<(f64, Vec<(String, f64)>)> {
    let (null, levels) = chart.contours.as_ref()?;
    let null = usable(Some(*null)).filter(|v| v.abs() < 1e290)?;
    let sound = levels.iter();
    let sound = sound.filter(|(_, k)| k.is_finite() && *k > 0.0 && *k < 1e3);
    let mut levels: Vec<(String, f64)> = sound.take(CONTOURS.len()).cloned().collect();
    levels.sort_by(|a, b| a.1.total_cmp(&b.1));
    Some((null, levels))
}

fn scales(
    chart: &Funnel,
    points: &[(&FunnelPoint, f64, f64)],
    centre: f64,
) -> Option<(Domain, Domain)> {
    let most = points.iter().map(|p| p.2).reduce(f64::max)?;
    let most = if most > 1e-290 { most * 1.06 } else { 1.0 };
    let mut values: Vec<f64> = points.iter().map(|p| p.1).collect();
    // The limits are seen to the bottom, as far as they don't dwarf the points.
    let reach = limits(chart).iter().map(|l| l.1).fold(0.0, f64::max) * most;
    values.push(centre);
    let inside = values
        .iter()
        .fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    let half = reach.min((inside.1 - inside.0).max(most) * 2.0);
    values.extend([centre - half, centre + half]);
    let low = values.iter().copied().fold(f64::MAX, f64::min);
    let high = values.iter().copied().fold(f64::MIN, f64::max);
    let over = super::axes::span(low, high);
    let margin = (over.high - over.low) * 0.03;
    let over = Domain {
        low: over.low - margin,
        high: over.high + margin,
        log: false,
    };
    let down = Domain {
        low: 0.0,
        high: most,
        log: false,
    };
    Some((over, down))
}

fn draw(chart: &Funnel, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let points = drawable(chart);
    let top = canvas.header(&chart.title, &chart.unit, &[]);
    let centre = usable(Some(chart.centre)).filter(|v| v.abs() < 1e290);
    let middle = centre.or(points.first().map(|p| p.1)).unwrap_or(0.0);
    let Some((over, down)) = scales(chart, &points, middle) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    let top = legend(&mut canvas, &key(chart, centre.is_some()), "", top);
    let top = canvas.paragraph("standard error, smallest on top", top, AXIS, 1) + 6.0;
    let bottom = top + if layout == Layout::Wide { 380.0 } else { 300.0 };
    let down = Scale {
        domain: down,
        from: top,
        to: bottom,
    };
    let ticks = upwards(&down, chart.error, AXIS.size, 100.0);
    let wide = ticks
        .iter()
        .map(|t| width(&t.label, AXIS.size, AXIS.weight))
        .fold(0.0, f64::max);
    let over = Scale {
        domain: over,
        from: PAD + 8.0 + wide,
        to: canvas.width - PAD - 8.0,
    };
    let frame = Area(over.from, top, over.to, bottom);
    shade(&mut canvas, chart, &over, &down);
    for tick in &ticks {
        let at = (over.from - 6.0, tick.start);
        canvas.text(&tick.label, at.0, at.1, AXIS.at(Anchor::End), None);
        canvas.stroke(
            &[(over.from, tick.at), (over.to, tick.at)],
            Stroke::new(Colour::Rule, 1.0, ""),
        );
    }
    for tick in across(&over, chart.axis, AXIS.size, canvas.width) {
        canvas.text(&tick.label, tick.start, bottom + 18.0, AXIS, None);
        canvas.line((tick.at, bottom), (tick.at, bottom + 4.0), 1, Colour::Axis);
    }
    if let Some(centre) = centre {
        cone(&mut canvas, chart, centre, &over, &down);
    }
    marks(&mut canvas, chart, &points, middle, (&over, &down), frame);
    let mut end = across_label(
        &mut canvas,
        &format!("{} →", clean(&chart.over_label)),
        over.to,
        bottom + 24.0,
    );
    let without = chart.points.len() - points.len();
    let mut notes = vec![chart.test.clone()];
    if without > 0 {
        notes.push(format!(
            "{} not drawn: the estimate or its standard error is missing.",
            counted(without, "row")
        ));
    }
    for words in notes.iter().filter(|w| !w.is_empty()) {
        end = canvas.paragraph(words, end + 4.0, NOTE, 5);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

/// Where a line from the top at `start`, sloping `slope` to the right, ends in the frame.
fn sloping(start: f64, slope: f64, over: &Scale, down: &Scale) -> Vec<(f64, f64)> {
    let Domain { low, high, .. } = over.domain;
    let most = down.domain.high;
    let foot = start + slope * most;
    let (x, error) = if foot > high {
        (high, (high - start) / slope)
    } else if foot < low {
        (low, (low - start) / slope)
    } else {
        (foot, most)
    };
    vec![
        (over.at(start), down.at(0.0)),
        (over.at(x), down.at(error.clamp(0.0, most))),
    ]
}

/// The mean and the limits around it.
fn cone(canvas: &mut Canvas, chart: &Funnel, centre: f64, over: &Scale, down: &Scale) {
    for ((_, k), stroke) in limits(chart).iter().zip(LIMITS) {
        for side in [-1.0, 1.0] {
            canvas.stroke(&sloping(centre, side * k, over, down), stroke);
        }
    }
    canvas.stroke(
        &[(over.at(centre), down.from), (over.at(centre), down.to)],
        MEAN,
    );
}

/// Shades where an estimate differs from no effect, from the least sure level outwards.
fn shade(canvas: &mut Canvas, chart: &Funnel, over: &Scale, down: &Scale) {
    let Some((null, levels)) = contours(chart).filter(|(null, _)| over.shows(*null)) else {
        return;
    };
    for ((_, k), colour) in levels.iter().zip(CONTOURS) {
        for side in [-1.0, 1.0] {
            let mut around = sloping(null, side * k, over, down);
            let edge = if side > 0.0 { over.to } else { over.from };
            if around.last().is_some_and(|(_, y)| *y >= down.to - 0.05) {
                around.push((edge, down.to));
            }
            around.push((edge, down.from));
            canvas.fill(&around, colour, 1.0);
        }
    }
}

/// Points, and names of a few.
fn marks(
    canvas: &mut Canvas,
    chart: &Funnel,
    points: &[(&FunnelPoint, f64, f64)],
    centre: f64,
    (over, down): (&Scale, &Scale),
    frame: Area,
) {
    let radius = match points.len() {
        0..=60 => 4.5,
        61..=200 => 3.5,
        _ => 2.5,
    };
    let places: Vec<(f64, f64)> = points
        .iter()
        .map(|(_, v, e)| (over.at(*v), down.at(*e)))
        .collect();
    let mut taken = Vec::new();
    for (x, y) in &places {
        canvas.circle((*x, *y), radius, Colour::Blue);
        let out = radius + 1.0;
        taken.push(Area(x - out, y - out, x + out, y + out));
    }
    // Those farthest outside the limits are named first.
    let far = |i: &usize| {
        points
            .get(*i)
            .map_or(0.0, |(_, v, e)| distance(*v, *e, centre))
    };
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|a, b| far(b).total_cmp(&far(a)));
    if points.len() > NAMED {
        let last = limits(chart).iter().map(|l| l.1).fold(0.0, f64::max);
        order.retain(|i| last > 0.0 && far(i) > last);
    }
    let Area(left, top, right, bottom) = frame;
    let frame = Area(left + 2.0, top - 8.0, right, bottom);
    let mut named = 0;
    for i in order {
        if named == NAMED {
            break;
        }
        let (Some((point, ..)), Some((x, y))) = (points.get(i), places.get(i)) else {
            continue;
        };
        let full = clean(&point.label);
        let room = (right - left) * 0.45;
        let block = super::text::wrap(&full, NAME.size, NAME.weight, room, 1);
        let text = block.lines.first().map_or("", String::as_str);
        if text.is_empty() {
            continue;
        }
        if let Some(spot) = free(text, NAME, (*x, *y), radius + 4.0, 3, &taken, frame) {
            if spot.ring > 0 {
                let lead = [(*x, *y), (spot.x, spot.y - 4.0)];
                canvas.stroke(&lead, Stroke::new(Colour::Axis, 1.0, ""));
            }
            named += 1;
            let full = block.shortened.then_some(full.as_str());
            canvas.text_over(text, spot.x, spot.y, NAME.at(spot.anchor), full);
            taken.push(spot.area);
        }
    }
    for ((point, v, e), (x, y)) in points.iter().zip(&places) {
        let words = format!(
            "{}: {}, standard error {}",
            clean(&point.label),
            clean(&(chart.format)(*v)),
            clean(&(chart.error)(*e))
        );
        let out = radius + 2.0;
        canvas.hover(Area(x - out, y - out, x + out, y + out), &words);
    }
}

fn key(chart: &Funnel, centre: bool) -> Vec<Entry> {
    let mut out = Vec::new();
    if centre {
        out.push(Entry::new(Symbol::Line(MEAN), "pooled mean"));
        for ((words, _), stroke) in limits(chart).iter().zip(LIMITS) {
            let words = format!("{} limits of chance", clean(words));
            out.push(Entry::new(Symbol::Line(stroke), words));
        }
    }
    if let Some((_, levels)) = contours(chart) {
        for ((words, _), colour) in levels.iter().zip(CONTOURS) {
            out.push(Entry::new(Symbol::Swatch(colour), words.as_str()));
        }
    }
    out
}

/// How many points lie outside the limits, the farthest, and what the test says.
fn alt_text(chart: &Funnel) -> String {
    let mut out = opening("Small-study plot", &chart.title, &chart.unit);
    let points = drawable(chart);
    out.push_str(&format!(
        " {} by their standard errors.",
        counted(points.len(), "estimate")
    ));
    if let Some(centre) = usable(Some(chart.centre)) {
        out.push_str(&format!(" Pooled mean {}.", clean(&(chart.format)(centre))));
        for (words, k) in limits(chart) {
            let outside = points.iter().filter(|p| distance(p.1, p.2, centre) > k);
            out.push_str(&format!(
                " {} outside the {} limits.",
                outside.count(),
                clean(&words)
            ));
        }
        let far = points
            .iter()
            .max_by(|a, b| distance(a.1, a.2, centre).total_cmp(&distance(b.1, b.2, centre)));
        if let (Some((point, value, _)), true) = (far, points.len() > 1) {
            out.push_str(&format!(
                " Farthest in standard errors: {} {}.",
                name(&point.label),
                clean(&(chart.format)(*value))
            ));
        }
    }
    let without = chart.points.len() - points.len();
    if without > 0 {
        out.push_str(&format!(
            " {} without an estimate or standard error.",
            counted(without, "row")
        ));
    }
    let test = clean(&chart.test);
    if !test.is_empty() {
        out.push_str(&format!(" {}.", test.trim_end_matches('.')));
    }
    out
}
