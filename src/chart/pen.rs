//! Marks to a tenth of a pixel, with dashes and transparency; they lie above the plain marks of the canvas and beneath its text.

use super::canvas::{Canvas, Colour};
use std::fmt::Write;

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stroke {
    pub colour: Colour,
    pub thick: f64,
    /// Lengths of dashes and gaps as SVG writes them; empty for a line without gaps.
    pub dash: &'static str,
}

impl Stroke {
    pub const fn new(colour: Colour, thick: f64, dash: &'static str) -> Stroke {
        Stroke {
            colour,
            thick,
            dash,
        }
    }
}

/// A tenth of a pixel; what is not finite or far outside the canvas is held at its edge.
fn tenth(value: f64) -> f64 {
    let held = if value.is_nan() { 0.0 } else { value };
    (held.clamp(-10_000.0, 1_000_000.0) * 10.0).round() / 10.0 + 0.0
}

fn points(all: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (n, (x, y)) in all.iter().enumerate() {
        let space = if n == 0 { "" } else { " " };
        let _ = write!(out, "{space}{},{}", tenth(*x), tenth(*y));
    }
    out
}

impl Canvas {
    /// A line through points.
    pub fn stroke(&mut self, through: &[(f64, f64)], stroke: Stroke) {
        let dash = match stroke.dash {
            "" => String::new(),
            dash => format!(" stroke-dasharray=\"{dash}\""),
        };
        let _ = writeln!(
            self.fine,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{dash}/>",
            points(through),
            stroke.colour.hex(),
            tenth(stroke.thick),
        );
    }

    /// A filled area; `share` is how much it covers what lies beneath, from 0 to 1.
    pub fn fill(&mut self, around: &[(f64, f64)], colour: Colour, share: f64) {
        let veil = if share < 1.0 {
            format!(" fill-opacity=\"{share}\"")
        } else {
            String::new()
        };
        let _ = writeln!(
            self.fine,
            "<polygon points=\"{}\" fill=\"{}\"{veil}/>",
            points(around),
            colour.hex(),
        );
    }

    /// A filled area with a rim of paper, so that it stands out from lines beneath.
    pub fn rimmed(&mut self, around: &[(f64, f64)], colour: Colour) {
        let _ = writeln!(
            self.fine,
            "<polygon points=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1\"/>",
            points(around),
            colour.hex(),
            Colour::Paper.hex(),
        );
    }

    /// A filled circle with a rim of paper.
    pub fn circle(&mut self, at: (f64, f64), radius: f64, colour: Colour) {
        let _ = writeln!(
            self.fine,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1\"/>",
            tenth(at.0),
            tenth(at.1),
            tenth(radius),
            colour.hex(),
            Colour::Paper.hex(),
        );
    }
}
