//! How two things go together: points, the line through them, and the slopes that agree with the data.

use super::alt::{counted, opening};
use super::axes::{Axes, axes, span};
use super::canvas::{Area, Canvas, Colour, NOTE, PAD};
use super::legend::{Entry, Symbol, legend};
use super::pen::Stroke;
use super::scale::{Domain, usable};
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One point: the mean of several observations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AssociationPoint {
    /// Place on the axis across.
    pub x: f64,
    /// Place on the upright axis.
    pub y: f64,
    /// Observations that it stands for.
    pub n: u64,
}

/// A chart of points with a line.
pub struct AssociationChart<'a> {
    /// Heading.
    pub title: String,
    /// What is on the upright axis, under the heading.
    pub up_label: String,
    /// What is on the axis across.
    pub over_label: String,
    /// The points.
    pub points: Vec<AssociationPoint>,
    /// Where the line goes through.
    pub centre: (f64, f64),
    /// Its slope.
    pub slope: f64,
    /// Lowest and highest slope that agree with the data.
    pub slopes: Option<(f64, f64)>,
    /// Writes a value of the upright axis.
    pub up: Format<'a>,
    /// Writes a value of the axis across.
    pub over: Format<'a>,
    /// Writes a slope.
    pub slope_format: Format<'a>,
}

const LINE: Stroke = Stroke::new(Colour::Vermilion, 2.0, "");

/// Draws a chart of points with a line.
pub fn association(chart: &AssociationChart) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

fn usable_points(chart: &AssociationChart) -> Vec<AssociationPoint> {
    let all = chart.points.iter().copied();
    all.filter(|p| usable(Some(p.x)).is_some() && usable(Some(p.y)).is_some())
        .collect()
}

fn draw(chart: &AssociationChart, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, &chart.up_label, &[]);
    let points = usable_points(chart);
    let ys: Vec<f64> = points.iter().map(|p| p.y).collect();
    let xs: Vec<f64> = points.iter().map(|p| p.x).collect();
    let (Some(over), Some(low), Some(high)) = (
        Domain::of(&xs, &[], false),
        xs.iter().copied().reduce(f64::min),
        xs.iter().copied().reduce(f64::max),
    ) else {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    };
    let line = |slope: f64| {
        let y = |x: f64| chart.centre.1 + slope * (x - chart.centre.0);
        [(low, y(low)), (high, y(high))]
    };
    let drawable = |ends: [(f64, f64); 2]| ends.iter().all(|p| usable(Some(p.1)).is_some());
    let fitted = Some(line(chart.slope)).filter(|l| drawable(*l));
    let fan = chart.slopes.map(|(a, b)| (line(a), line(b)));
    let fan = fan.filter(|(a, b)| drawable(*a) && drawable(*b));
    let mut shown = ys;
    shown.extend(fitted.iter().flatten().map(|p| p.1));
    let around: Vec<(f64, f64)> = fan
        .iter()
        .flat_map(|(a, b)| a.iter().zip(b))
        .map(|(a, b)| (a.1.min(b.1), a.1.max(b.1)))
        .collect();
    let Some(up) = Domain::of(&shown, &around, false) else {
        return canvas.finish(top + PAD, &chart.title, alt);
    };
    let mut key = vec![Entry::new(Symbol::Dot(Colour::Blue), means(&points))];
    if fitted.is_some() {
        let words = format!("slope {}", (chart.slope_format)(chart.slope));
        key.push(Entry::new(Symbol::Line(LINE), words));
    }
    if let Some((low, high)) = chart.slopes.filter(|_| fan.is_some()) {
        let (low, high) = ((chart.slope_format)(low), (chart.slope_format)(high));
        let words = format!("shaded: slopes {low} to {high}");
        key.push(Entry::new(Symbol::Swatch(Colour::Context), words));
    }
    top = legend(&mut canvas, &key, "", top) + 4.0;
    let spec = Axes {
        over: if over.high - over.low > 1e-290 {
            over
        } else {
            span(low, high)
        },
        up,
        over_format: chart.over,
        up_format: chart.up,
        over_label: &chart.over_label,
    };
    let plot = axes(&mut canvas, layout, &spec, top);
    if let Some((a, b)) = fan {
        // Two triangles that meet at the centre.
        let centre = plot.at(chart.centre);
        for (one, other) in a.into_iter().zip(b) {
            canvas.fill(&[centre, plot.at(one), plot.at(other)], LINE.colour, 0.16);
        }
    }
    if let Some(ends) = fitted {
        canvas.stroke(&ends.map(|p| plot.at(p)), LINE);
    }
    for point in &points {
        let (x, y) = plot.at((point.x, point.y));
        canvas.circle((x, y), 5.0, Colour::Blue);
        let words = format!(
            "{}; {} ({})",
            clean(&(chart.over)(point.x)),
            clean(&(chart.up)(point.y)),
            counted(point.n as usize, "observation")
        );
        let area = Area(x - 8.0, y - 8.0, x + 8.0, y + 8.0);
        canvas.hover(area, &words);
    }
    canvas.finish(plot.end + PAD, &chart.title, alt)
}

/// "means of 40 observations", "means of 38 to 41 observations".
fn means(points: &[AssociationPoint]) -> String {
    let least = points.iter().map(|p| p.n).min().unwrap_or(0);
    let most = points.iter().map(|p| p.n).max().unwrap_or(0);
    match (least, most) {
        (1, 1) => "one observation each".to_owned(),
        (a, b) if a == b => format!("means of {a} observations"),
        (a, b) => format!("means of {a} to {b} observations"),
    }
}

fn alt_text(chart: &AssociationChart) -> String {
    let mut out = opening("Points with a line", &chart.title, &chart.up_label);
    let points = usable_points(chart);
    out.push_str(&format!(
        " {} over {}.",
        counted(points.len(), "point"),
        clean(&chart.over_label)
    ));
    if usable(Some(chart.slope)).is_some() && !points.is_empty() {
        out.push_str(&format!(
            " Slope {}",
            clean(&(chart.slope_format)(chart.slope))
        ));
        if let Some((low, high)) = chart.slopes {
            let (low, high) = ((chart.slope_format)(low), (chart.slope_format)(high));
            out.push_str(&clean(&format!(" ({low} to {high})")));
        }
        out.push('.');
    }
    out
}
