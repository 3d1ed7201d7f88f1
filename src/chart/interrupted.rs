//! A series before and after an intervention: observed, fitted, and what was to be expected without it.

use super::alt::{counted, name, opening};
use super::axes::{MARKER, upright_axis};
use super::canvas::{Area, Canvas, Colour, NOTE, PAD};
use super::legend::{Entry, Symbol, legend};
use super::pen::Stroke;
use super::scale::{Domain, usable};
use super::series::period_labels;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// A chart of an interrupted series.
pub struct Interrupted<'a> {
    /// Heading.
    pub title: String,
    /// Unit of the values, under the heading.
    pub unit: String,
    /// Names of the periods, in order.
    pub periods: Vec<String>,
    /// Number of the first period after the intervention.
    pub intervention: usize,
    /// What was seen, one per period.
    pub observed: Vec<Option<f64>>,
    /// What the model says, one per period.
    pub fitted: Vec<Option<f64>>,
    /// What the model expects without the intervention, from its first period on.
    pub counterfactual: Vec<Option<f64>>,
    /// What was seen where there was no intervention; empty, or one per period.
    pub control: Vec<Option<f64>>,
    /// Writes a value.
    pub format: Format<'a>,
}

const FITTED: Stroke = Stroke::new(Colour::Blue, 2.0, "");
const EXPECTED: Stroke = Stroke::new(Colour::Ink, 2.0, "6 4");
const CONTROL: Stroke = Stroke::new(Colour::Axis, 1.5, "");

/// Draws a chart of an interrupted series.
pub fn interrupted(chart: &Interrupted) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

fn draw(chart: &Interrupted, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    let seen = chart.observed.iter().chain(&chart.control);
    let modelled = chart.fitted.iter().chain(&chart.counterfactual);
    let values: Vec<f64> = seen.chain(modelled).filter_map(|v| usable(*v)).collect();
    let Some(domain) = Domain::of(&values, &[], false) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    top = legend(&mut canvas, &key(chart), "", top) + 4.0;
    let (up, left, right) = upright_axis(&mut canvas, layout, domain, chart.format, top);
    let count = chart.periods.len().max(2);
    let step = (right - left - 24.0) / (count - 1) as f64;
    let x = |i: f64| left + 12.0 + step * i;
    let line = |canvas: &mut Canvas, points: &[(usize, f64)], stroke: Stroke| {
        let through: Vec<(f64, f64)> = points
            .iter()
            .map(|(i, v)| (x(*i as f64), up.at(*v)))
            .collect();
        canvas.stroke(&through, stroke);
    };
    let split = chart.intervention.min(chart.fitted.len());
    let (before, after) = chart.fitted.split_at(split);
    let edge = x(chart.intervention as f64 - 0.5);
    canvas.stroke(&[(edge, up.from), (edge, up.to)], MARKER);
    for (from, values, stroke) in [
        (0, chart.control.as_slice(), CONTROL),
        (0, before, FITTED),
        (split, after, FITTED),
        (chart.intervention, &chart.counterfactual, EXPECTED),
    ] {
        for run in runs(from, values) {
            line(&mut canvas, &run, stroke);
        }
    }
    let radius = (step / 3.0).clamp(1.5, 3.5);
    for (i, value) in chart.observed.iter().enumerate() {
        if let Some(value) = usable(*value) {
            canvas.circle((x(i as f64), up.at(value)), radius, Colour::Blue);
        }
    }
    for (i, period) in chart.periods.iter().enumerate() {
        let at = x(i as f64);
        let area = Area(
            (at - step / 2.0).max(0.0),
            up.to,
            (at + step / 2.0).min(canvas.width),
            up.from,
        );
        canvas.hover(area, &hover(chart, i, period));
    }
    let end = period_labels(
        &mut canvas,
        &chart.periods,
        &|i| x(i as f64),
        up.from + 18.0,
    );
    canvas.finish(end + PAD, &chart.title, alt)
}

/// Stretches of periods without a gap; `from` is the number of the first one.
fn runs(from: usize, values: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let all: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(i, v)| Some((from + i, usable(*v)?)))
        .collect();
    all.chunk_by(|a, b| b.0 == a.0 + 1)
        .map(<[(usize, f64)]>::to_vec)
        .collect()
}

fn key(chart: &Interrupted) -> Vec<Entry> {
    let mut out = vec![
        Entry::new(Symbol::Dot(Colour::Blue), "observed"),
        Entry::new(Symbol::Line(FITTED), "fitted"),
        Entry::new(Symbol::Line(EXPECTED), "expected without the intervention"),
        Entry::new(Symbol::Line(MARKER), "intervention"),
    ];
    if chart.control.iter().any(|v| usable(*v).is_some()) {
        out.push(Entry::new(Symbol::Line(CONTROL), "control series"));
    }
    out
}

fn hover(chart: &Interrupted, i: usize, period: &str) -> String {
    let expected = i.checked_sub(chart.intervention);
    let mut words = clean(period);
    for (what, value) in [
        ("observed", chart.observed.get(i).copied().flatten()),
        ("fitted", chart.fitted.get(i).copied().flatten()),
        (
            "expected",
            expected.and_then(|i| chart.counterfactual.get(i).copied().flatten()),
        ),
        ("control", chart.control.get(i).copied().flatten()),
    ] {
        if let Some(value) = usable(value) {
            words.push_str(&format!("; {what} {}", clean(&(chart.format)(value))));
        }
    }
    words
}

fn alt_text(chart: &Interrupted) -> String {
    let mut out = opening("Interrupted series", &chart.title, &chart.unit);
    let periods = counted(chart.periods.len(), "period");
    out.push_str(&format!(" {periods}"));
    if let Some(first) = chart.periods.get(chart.intervention) {
        out.push_str(&format!(", the intervention before {}", name(first)));
    }
    out.push('.');
    let last = |values: &[Option<f64>]| values.last().and_then(|v| usable(*v));
    if let (Some(fitted), Some(expected)) = (last(&chart.fitted), last(&chart.counterfactual)) {
        out.push_str(&format!(
            " At the end fitted {}, expected without the intervention {}.",
            clean(&(chart.format)(fitted)),
            clean(&(chart.format)(expected))
        ));
    }
    out
}
