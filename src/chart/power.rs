//! How likely a study is to find an effect: power against the size of the effect, or of the study.

use super::alt::{counted, name, opening};
use super::axes::{Axes, MARKER, axes, span};
use super::canvas::{Area, Canvas, Colour, NOTE, PAD};
use super::legend::{Entry, Symbol, legend};
use super::pen::Stroke;
use super::scale::{Domain, usable};
use super::survival::STROKES;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One curve of power.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerCurve {
    /// What is different in it: `40 clusters`.
    pub label: String,
    /// Effect or size of the study, and power from 0 to 1.
    pub points: Vec<(f64, f64)>,
}

/// A chart of power; of more than five curves the first five are drawn, and a note says so.
pub struct PowerChart<'a> {
    /// Heading.
    pub title: String,
    /// What else is assumed, under the heading.
    pub unit: String,
    /// Name of the axis across: `effect, in points`, `clusters per group`.
    pub over_label: String,
    /// The curves.
    pub curves: Vec<PowerCurve>,
    /// Power that is asked for, usually 0.8.
    pub wanted: f64,
    /// Writes a value of the axis across.
    pub over: Format<'a>,
    /// Writes a power.
    pub power: Format<'a>,
}

/// Draws curves of power.
pub fn power(chart: &PowerChart) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

/// The points that can be drawn, in order of the axis across.
fn points(curve: &PowerCurve) -> Vec<(f64, f64)> {
    let all = curve.points.iter().copied();
    let mut out: Vec<(f64, f64)> = all
        .filter(|(x, _)| usable(Some(*x)).is_some())
        .filter(|(_, p)| (0.0..=1.0).contains(p))
        .collect();
    out.sort_by(|a, b| a.0.total_cmp(&b.0));
    out
}

/// A curve with its points, and how it is drawn.
type Drawn<'c> = (&'c PowerCurve, Vec<(f64, f64)>, Stroke);

fn drawn<'c>(chart: &'c PowerChart) -> Vec<Drawn<'c>> {
    let all = chart.curves.iter().map(|c| (c, points(c)));
    let some = all.filter(|(_, p)| !p.is_empty());
    some.zip(STROKES).map(|((c, p), s)| (c, p, s)).collect()
}

/// Where a curve first reaches the power that is asked for, on the line between its points.
fn reaches(points: &[(f64, f64)], wanted: f64) -> Option<f64> {
    if let Some(first) = points.first().filter(|p| p.1 >= wanted) {
        return Some(first.0);
    }
    points.windows(2).find_map(|pair| match pair {
        [a, b] if a.1 < wanted && b.1 >= wanted => {
            Some(a.0 + (b.0 - a.0) * (wanted - a.1) / (b.1 - a.1))
        }
        _ => None,
    })
}

fn draw(chart: &PowerChart, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    let drawn = drawn(chart);
    let xs = || drawn.iter().flat_map(|(_, p, _)| p.iter().map(|p| p.0));
    let (Some(low), Some(high)) = (xs().reduce(f64::min), xs().reduce(f64::max)) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    let mut key: Vec<Entry> = drawn
        .iter()
        .map(|(curve, _, stroke)| Entry::new(Symbol::Line(*stroke), curve.label.as_str()))
        .collect();
    let words = format!("power {}", (chart.power)(chart.wanted));
    key.push(Entry::new(Symbol::Line(WANTED), words));
    top = legend(&mut canvas, &key, "", top) + 4.0;
    let spec = Axes {
        over: span(low, high),
        up: Domain {
            low: 0.0,
            high: 1.0,
            log: false,
        },
        over_format: chart.over,
        up_format: chart.power,
        over_label: &chart.over_label,
    };
    let plot = axes(&mut canvas, layout, &spec, top);
    if (0.0..=1.0).contains(&chart.wanted) {
        let y = plot.up.at(chart.wanted);
        canvas.stroke(&[(plot.over.from, y), (plot.over.to, y)], WANTED);
    }
    for (_, points, stroke) in &drawn {
        let path: Vec<(f64, f64)> = points.iter().map(|p| plot.at(*p)).collect();
        canvas.stroke(&path, *stroke);
        if let (Some(only), 1) = (path.first(), path.len()) {
            canvas.circle(*only, 3.5, stroke.colour);
        }
        if let Some(x) = reaches(points, chart.wanted) {
            canvas.circle(plot.at((x, chart.wanted)), 4.0, stroke.colour);
        }
    }
    let area = Area(plot.over.from, plot.up.to, plot.over.to, plot.up.from);
    canvas.hover(area, &crossings(chart, &drawn));
    let mut end = plot.end;
    let more = chart
        .curves
        .iter()
        .filter(|c| !points(c).is_empty())
        .count()
        - drawn.len();
    if more > 0 {
        let words = format!("{} not drawn.", counted(more, "more curve"));
        end = canvas.paragraph(&words, end + 2.0, NOTE, 2);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

const WANTED: Stroke = Stroke::new(Colour::Muted, MARKER.thick, MARKER.dash);

/// Where each curve reaches the power asked for.
fn crossings(chart: &PowerChart, drawn: &[Drawn]) -> String {
    let wanted = clean(&(chart.power)(chart.wanted));
    let all = drawn.iter().map(|(curve, points, _)| {
        let label = name(&curve.label);
        match reaches(points, chart.wanted) {
            Some(x) => format!("{label} reaches {wanted} at {}", clean(&(chart.over)(x))),
            None => format!("{label} does not reach {wanted}"),
        }
    });
    all.collect::<Vec<_>>().join("; ")
}

fn alt_text(chart: &PowerChart) -> String {
    let mut out = opening("Curves of power", &chart.title, &chart.unit);
    let drawn = drawn(chart);
    let curves = counted(chart.curves.len(), "curve");
    out.push_str(&format!(" {curves} over {}.", clean(&chart.over_label)));
    if !drawn.is_empty() {
        out.push_str(&format!(
            " {}.",
            super::alt::capital(&crossings(chart, &drawn))
        ));
    }
    out
}
