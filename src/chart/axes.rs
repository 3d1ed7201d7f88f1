//! Axes of charts in which both directions are numbers.

use super::Format;
use super::Layout;
use super::canvas::{Anchor, Canvas, Colour, PAD, Style};
use super::font::{Weight, width};
use super::pen::Stroke;
use super::scale::{Domain, Scale, across, upwards};
use super::text::wrap;
use super::xml::clean;

pub(super) const AXIS: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
/// A line that marks a place on an axis.
pub(super) const MARKER: Stroke = Stroke::new(Colour::Vermilion, 1.5, "5 4");

/// What the axes need to know.
pub(super) struct Axes<'a> {
    pub over: Domain,
    pub up: Domain,
    pub over_format: Format<'a>,
    pub up_format: Format<'a>,
    /// Name of the axis across, under it.
    pub over_label: &'a str,
}

/// Where things go between the axes.
pub(super) struct Plot {
    pub over: Scale,
    pub up: Scale,
    /// Bottom of all that was written.
    pub end: f64,
}

impl Plot {
    /// Pixel of a point.
    pub fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.over.at(x), self.up.at(y))
    }

    /// An upright line over the whole height.
    pub fn upright(&self, canvas: &mut Canvas, x: f64, stroke: Stroke) {
        if self.over.shows(x) {
            let at = self.over.at(x);
            canvas.stroke(&[(at, self.up.from), (at, self.up.to)], stroke);
        }
    }
}

/// The vertical axis: its scale from `top` down, and the left and right end of what lies beside it.
pub(super) fn upright_axis(
    canvas: &mut Canvas,
    layout: Layout,
    up: Domain,
    format: Format,
    top: f64,
) -> (Scale, f64, f64) {
    let bottom = top + if layout == Layout::Wide { 280.0 } else { 230.0 };
    let up = Scale {
        domain: up,
        from: bottom,
        to: top + 6.0,
    };
    let ticks = upwards(&up, format, AXIS.size, 100.0);
    let labels = ticks
        .iter()
        .map(|t| width(&t.label, AXIS.size, AXIS.weight));
    let left = PAD + 8.0 + labels.fold(0.0, f64::max);
    let right = canvas.width - PAD - 8.0;
    for tick in &ticks {
        let style = AXIS.at(Anchor::End);
        canvas.text(&tick.label, left - 6.0, tick.start, style, None);
        let colour = if tick.value == 0.0 {
            Colour::Axis
        } else {
            Colour::Rule
        };
        canvas.line((left, tick.at), (right, tick.at), 1, colour);
    }
    (up, left, right)
}

/// Writes the name of the axis across under it and returns the bottom.
pub(super) fn across_label(canvas: &mut Canvas, label: &str, right: f64, top: f64) -> f64 {
    let label = clean(label);
    let block = wrap(&label, AXIS.size, AXIS.weight, right - 2.0 * PAD, 2);
    for (n, line) in block.lines.iter().enumerate() {
        let full = block.shortened.then_some(label.as_str());
        let y = top + 11.0 + n as f64 * 15.0;
        canvas.text(line, right, y, AXIS.at(Anchor::End), full);
    }
    top + block.lines.len() as f64 * 15.0 + 4.0
}

/// Draws both axes from `top` down.
pub(super) fn axes(canvas: &mut Canvas, layout: Layout, spec: &Axes, top: f64) -> Plot {
    let (up, left, right) = upright_axis(canvas, layout, spec.up, spec.up_format, top);
    let bottom = up.from;
    let over = Scale {
        domain: spec.over,
        from: left,
        to: right,
    };
    let ticks = across(&over, spec.over_format, AXIS.size, canvas.width);
    for tick in &ticks {
        canvas.text(&tick.label, tick.start, bottom + 18.0, AXIS, None);
        canvas.line((tick.at, bottom), (tick.at, bottom + 4.0), 1, Colour::Axis);
    }
    let end = across_label(canvas, spec.over_label, right, bottom + 24.0);
    Plot { over, up, end }
}

/// A range of numbers as given, a little wider where it has no width.
pub(super) fn span(low: f64, high: f64) -> Domain {
    let wide =
        (high - low).is_finite() && high - low > 1e-9 * low.abs().max(high.abs()).max(1e-280);
    let (low, high) = if wide {
        (low, high)
    } else {
        let half = (low.abs() * 0.5).max(0.5);
        (low - half, low + half)
    };
    Domain {
        low,
        high,
        log: false,
    }
}
