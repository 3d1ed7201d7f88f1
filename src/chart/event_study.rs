//! Effects by time since adoption: points, their intervals, and the band that holds for all of them together.

use super::alt::opening;
use super::axes::{Axes, MARKER, axes, span};
use super::canvas::{Area, Canvas, Colour, NOTE, PAD};
use super::interval::arrows;
use super::legend::{Entry, Symbol, legend};
use super::pen::Stroke;
use super::scale::{Domain, interval, usable};
use super::series::upright;
use super::symbol::{Fill, Shape, node};
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// The effect at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventStudyPoint {
    /// Periods since adoption; below zero before it.
    pub time: i64,
    /// The effect.
    pub value: f64,
    /// Interval of this point alone.
    pub interval: Option<(f64, f64)>,
    /// Interval that holds for all points together.
    pub band: Option<(f64, f64)>,
    /// Whether the others are measured from it.
    pub reference: bool,
}

/// A chart of effects by time since adoption.
pub struct EventStudyChart<'a> {
    /// Heading.
    pub title: String,
    /// Unit of the effects, under the heading.
    pub unit: String,
    /// Name of the axis across: `years since adoption`.
    pub time_label: String,
    /// In order of time.
    pub points: Vec<EventStudyPoint>,
    /// Writes an effect.
    pub format: Format<'a>,
    /// Writes an effect on the axis.
    pub axis: Format<'a>,
}

const BEFORE: (Shape, Fill) = (Shape::Circle, Fill::Hollow);
const AFTER: (Shape, Fill) = (Shape::Circle, Fill::Solid);
const REFERENCE: (Shape, Fill) = (Shape::Square, Fill::Hollow);
const ALONE: Stroke = Stroke::new(Colour::Blue, 3.0, "");
const TOGETHER: Stroke = Stroke::new(Colour::Blue, 1.0, "");

/// Draws a chart of effects by time since adoption.
pub fn event_study(chart: &EventStudyChart) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

fn ends(interval_: Option<(f64, f64)>) -> Option<(f64, f64)> {
    interval_.and_then(|(low, high)| interval(Some(low), Some(high)))
}

/// Whole periods, with a true minus sign as the values have.
fn whole(time: f64) -> String {
    let rounded = time.round();
    if rounded < 0.0 {
        format!("\u{2212}{}", -rounded)
    } else {
        format!("{}", rounded + 0.0)
    }
}

fn usable_points(chart: &EventStudyChart) -> Vec<EventStudyPoint> {
    let all = chart.points.iter().copied();
    all.filter(|p| usable(Some(p.value)).is_some()).collect()
}

fn draw(chart: &EventStudyChart, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let points = usable_points(chart);
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    let values: Vec<f64> = points.iter().map(|p| p.value).collect();
    let all = points.iter().flat_map(|p| [ends(p.interval), ends(p.band)]);
    let intervals: Vec<(f64, f64)> = all.flatten().collect();
    let times = points.iter().map(|p| p.time as f64);
    let (Some(up), Some(first), Some(last)) = (
        Domain::of(&values, &intervals, true),
        times.clone().reduce(f64::min),
        times.reduce(f64::max),
    ) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    top = legend(&mut canvas, &key(&points), "", top) + 4.0;
    let spec = Axes {
        over: span(first - 0.5, last + 0.5),
        up,
        over_format: &whole,
        up_format: chart.axis,
        over_label: &chart.time_label,
    };
    let plot = axes(&mut canvas, layout, &spec, top);
    plot.upright(&mut canvas, -0.5, MARKER);
    let step = (plot.over.to - plot.over.from) / (last - first + 1.0).max(1.0);
    for point in &points {
        let (x, y) = plot.at((point.time as f64, point.value));
        if let Some(band) = ends(point.band) {
            upright(&mut canvas, &plot.up, band, x, Colour::Blue);
            let cap = (step / 4.0).clamp(1.0, 5.0);
            for end in [band.0, band.1] {
                let at = plot.up.at(end);
                canvas.stroke(&[(x - cap, at), (x + cap, at)], TOGETHER);
            }
        }
        if let Some((low, high)) = ends(point.interval) {
            let stroke = if point.band.is_some() {
                ALONE
            } else {
                TOGETHER
            };
            canvas.stroke(&[(x, plot.up.at(low)), (x, plot.up.at(high))], stroke);
            if point.band.is_none() {
                upright(&mut canvas, &plot.up, (low, high), x, Colour::Blue);
            }
        }
        let (colour, (shape, fill)) = match point {
            p if p.reference => (Colour::Muted, REFERENCE),
            p if p.time < 0 => (Colour::Blue, BEFORE),
            _ => (Colour::Blue, AFTER),
        };
        node(
            &mut canvas,
            (x, y),
            5.0_f64.min(step / 2.0).max(2.0),
            shape,
            colour,
            fill,
        );
        let area = Area(
            (x - step / 2.0).max(0.0),
            plot.up.to,
            (x + step / 2.0).min(canvas.width),
            plot.up.from,
        );
        canvas.hover(area, &hover(chart, point));
    }
    let mut end = plot.end;
    for words in arrows(Some(up), &intervals) {
        end = canvas.paragraph(&words, end + 2.0, NOTE, 2);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

fn hover(chart: &EventStudyChart, point: &EventStudyPoint) -> String {
    let mut words = format!(
        "{}: {}",
        whole(point.time as f64),
        clean(&(chart.format)(point.value))
    );
    if point.reference {
        words.push_str(" (reference)");
    }
    for (what, range) in [("", point.interval), ("together ", point.band)] {
        if let Some((low, high)) = ends(range) {
            let (low, high) = ((chart.format)(low), (chart.format)(high));
            words.push_str(&clean(&format!("; {what}{low} to {high}")));
        }
    }
    words
}

/// What occurs among the points.
fn key(points: &[EventStudyPoint]) -> Vec<Entry> {
    let mark = |(shape, fill), colour| Symbol::Node(shape, colour, fill);
    let mut out = Vec::new();
    if points.iter().any(|p| p.time < 0 && !p.reference) {
        out.push(Entry::new(mark(BEFORE, Colour::Blue), "before adoption"));
    }
    if points.iter().any(|p| p.time >= 0) {
        out.push(Entry::new(mark(AFTER, Colour::Blue), "since adoption"));
    }
    if points.iter().any(|p| p.reference) {
        let words = "reference: zero by construction";
        out.push(Entry::new(mark(REFERENCE, Colour::Muted), words));
    }
    if points.iter().any(|p| p.band.is_some()) {
        out.push(Entry::new(Symbol::Line(ALONE), "interval of one period"));
        let words = "interval of all periods together";
        out.push(Entry::new(Symbol::Line(TOGETHER), words));
    } else if points.iter().any(|p| p.interval.is_some()) {
        out.push(Entry::new(Symbol::Line(TOGETHER), "interval"));
    }
    let crosses = points.iter().any(|p| p.time < 0) && points.iter().any(|p| p.time >= 0);
    if crosses {
        out.push(Entry::new(Symbol::Line(MARKER), "adoption"));
    }
    out
}

fn alt_text(chart: &EventStudyChart) -> String {
    let mut out = opening("Event study", &chart.title, &chart.unit);
    let points = usable_points(chart);
    let before = points.iter().filter(|p| p.time < 0).count();
    out.push_str(&format!(
        " {} before adoption, {} since, by {}.",
        super::alt::counted(before, "period"),
        points.len() - before,
        clean(&chart.time_label)
    ));
    let without_zero = |p: &&EventStudyPoint| {
        let range = ends(p.band).or(ends(p.interval));
        range.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    };
    let pre: Vec<&EventStudyPoint> = points
        .iter()
        .filter(|p| p.time < 0 && !p.reference)
        .collect();
    let post: Vec<&EventStudyPoint> = points.iter().filter(|p| p.time >= 0).collect();
    if !pre.is_empty() {
        let off = pre.iter().copied().filter(without_zero).count();
        out.push_str(&format!(
            " Before adoption {off} of {} have an interval without zero.",
            super::alt::counted(pre.len(), "period")
        ));
    }
    if let (Some(first), Some(last)) = (post.first(), post.last()) {
        let value = |p: &EventStudyPoint| {
            let said = clean(&(chart.format)(p.value));
            format!("{said} at {}", whole(p.time as f64))
        };
        out.push_str(&format!(
            " Since adoption from {} to {}",
            value(first),
            value(last)
        ));
        let off = post.iter().copied().filter(without_zero).count();
        out.push_str(&format!("; {off} of {} without zero.", post.len()));
    }
    out
}
