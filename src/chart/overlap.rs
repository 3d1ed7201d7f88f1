//! How far the chances of being treated overlap between two groups: two histograms, back to back.

use super::alt::opening;
use super::axes::{Axes, MARKER, axes, span};
use super::canvas::{Area, Canvas, Colour, NOTE, PAD};
use super::legend::{Entry, Symbol, legend};
use super::scale::{Domain, usable};
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// Two histograms back to back.
pub struct OverlapChart<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// Bounds of the bins, one more than bins, rising.
    pub bounds: Vec<f64>,
    /// Name and shares of the group above the line.
    pub above: (String, Vec<f64>),
    /// Name and shares of the group beneath.
    pub beneath: (String, Vec<f64>),
    /// Name of the axis across.
    pub label: String,
    /// Lines across both histograms, and what they are.
    pub limits: (Vec<f64>, String),
    /// Writes a share.
    pub format: Format<'a>,
    /// Writes a number of the axis across.
    pub across: Format<'a>,
}

/// Draws two histograms back to back.
pub fn overlap(chart: &OverlapChart) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

/// Bins of a group: from, to, share.
fn bins<'c>(chart: &'c OverlapChart, shares: &'c [f64]) -> impl Iterator<Item = (f64, f64, f64)> {
    let pairs = chart.bounds.windows(2).zip(shares);
    pairs.filter_map(|(bounds, share)| {
        let [from, to] = bounds else { return None };
        let share = usable(Some(*share)).filter(|s| *s >= 0.0)?;
        Some((usable(Some(*from))?, usable(Some(*to))?, share)).filter(|(a, b, _)| a < b)
    })
}

fn draw(chart: &OverlapChart, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    let groups = [
        (&chart.above, 1.0, Colour::Blue),
        (&chart.beneath, -1.0, Colour::Orange),
    ];
    let all: Vec<(f64, f64, f64)> = groups
        .iter()
        .flat_map(|((_, shares), ..)| bins(chart, shares))
        .collect();
    let most = all.iter().map(|b| b.2).fold(0.0, f64::max);
    let low = all.iter().map(|b| b.0).reduce(f64::min);
    let high = all.iter().map(|b| b.1).reduce(f64::max);
    let (Some(low), Some(high), true) = (low, high, most > 0.0) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    let mut key: Vec<Entry> = groups
        .iter()
        .map(|((name, _), _, colour)| Entry::new(Symbol::Swatch(*colour), name.as_str()))
        .collect();
    if !chart.limits.0.is_empty() {
        key.push(Entry::new(Symbol::Line(MARKER), chart.limits.1.as_str()));
    }
    top = legend(&mut canvas, &key, "", top) + 4.0;
    let spec = Axes {
        over: span(low, high),
        up: Domain {
            low: -most * 1.04,
            high: most * 1.04,
            log: false,
        },
        over_format: chart.across,
        up_format: &|v| (chart.format)(v.abs()),
        over_label: &chart.label,
    };
    let plot = axes(&mut canvas, layout, &spec, top);
    for ((name, shares), sign, colour) in groups {
        for (from, to, share) in bins(chart, shares) {
            let (left, end) = plot.at((from, sign * share));
            let (right, zero) = plot.at((to, 0.0));
            canvas.rect((left + 1.0, zero), (right - 1.0, end), colour);
            let area = Area(left, zero.min(end), right, zero.max(end));
            let words = format!(
                "{}, {} to {}: {}",
                clean(name),
                clean(&(chart.across)(from)),
                clean(&(chart.across)(to)),
                clean(&(chart.format)(share))
            );
            canvas.hover(area, &words);
        }
    }
    let zero = plot.up.at(0.0);
    canvas.line(
        (plot.over.from, zero),
        (plot.over.to, zero),
        1,
        Colour::Axis,
    );
    for limit in &chart.limits.0 {
        plot.upright(&mut canvas, *limit, MARKER);
    }
    canvas.finish(plot.end + PAD, &chart.title, alt)
}

fn alt_text(chart: &OverlapChart) -> String {
    let mut out = opening("Histograms back to back", &chart.title, &chart.unit);
    for (name, shares) in [&chart.above, &chart.beneath] {
        let most = bins(chart, shares).max_by(|a, b| a.2.total_cmp(&b.2));
        if let Some((from, to, share)) = most.filter(|b| b.2 > 0.0) {
            out.push_str(&format!(
                " {}: most between {} and {} ({}).",
                super::alt::capital(&super::alt::name(name)),
                clean(&(chart.across)(from)),
                clean(&(chart.across)(to)),
                clean(&(chart.format)(share))
            ));
        }
    }
    out
}
