//! What the marks of a chart mean: symbols with words, flowing from left to right.

use super::canvas::{Anchor, Canvas, Colour, NOTE, PAD};
use super::pen::Stroke;
use super::symbol::{Fill, Shape, node};
use super::text::wrap;
use super::xml::clean;

/// A mark in miniature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Symbol {
    /// A square of a colour.
    Swatch(Colour),
    /// A square with stripes: nothing to show.
    Striped,
    /// A line.
    Line(Stroke),
    /// A node of a network.
    Node(Shape, Colour, Fill),
    /// A dot.
    Dot(Colour),
    /// A short upright stroke.
    Tick(Colour),
}

/// A symbol and its words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub symbol: Symbol,
    pub words: String,
}

impl Entry {
    pub fn new(symbol: Symbol, words: impl Into<String>) -> Entry {
        Entry {
            symbol,
            words: words.into(),
        }
    }
}

const LINE: f64 = 20.0;

/// Writes a legend from `top` down, and `heading` at the right of its last line where it has room, else beneath; returns the
/// bottom.
pub(super) fn legend(canvas: &mut Canvas, entries: &[Entry], heading: &str, top: f64) -> f64 {
    if entries.is_empty() && heading.is_empty() {
        return top;
    }
    let room = canvas.width - 2.0 * PAD;
    let (mut x, mut y) = (PAD, top);
    for entry in entries {
        let symbol = match entry.symbol {
            Symbol::Line(_) => 26.0,
            _ => 14.0,
        };
        let full = clean(&entry.words);
        let block = wrap(&full, NOTE.size, NOTE.weight, room - symbol - 6.0, 1);
        let wide = symbol + 6.0 + block.width(NOTE.size, NOTE.weight);
        if x > PAD && x + wide > canvas.width - PAD {
            (x, y) = (PAD, y + LINE);
        }
        draw(canvas, entry.symbol, (x, y), symbol);
        canvas.lines(&block, &full, (x + symbol + 6.0, y + 12.0), LINE, NOTE);
        x += wide + 18.0;
    }
    let heading = clean(heading);
    if !heading.is_empty() {
        let block = wrap(&heading, NOTE.size, NOTE.weight, room, 1);
        if !entries.is_empty() && x + block.width(NOTE.size, NOTE.weight) > canvas.width - PAD {
            y += LINE;
        }
        let at = (canvas.width - PAD, y + 12.0);
        canvas.lines(&block, &heading, at, LINE, NOTE.at(Anchor::End));
    }
    y + LINE
}

fn draw(canvas: &mut Canvas, symbol: Symbol, (x, y): (f64, f64), wide: f64) {
    let middle = (x + wide / 2.0, y + 8.0);
    match symbol {
        Symbol::Swatch(colour) => canvas.rect((x, y + 1.0), (x + 14.0, y + 15.0), colour),
        Symbol::Striped => striped(canvas, (x, y + 1.0), (x + 14.0, y + 15.0)),
        Symbol::Line(stroke) => canvas.stroke(&[(x, middle.1), (x + wide, middle.1)], stroke),
        Symbol::Node(shape, colour, fill) => node(canvas, middle, 6.0, shape, colour, fill),
        Symbol::Dot(colour) => canvas.disc(middle, 5, colour),
        Symbol::Tick(colour) => {
            canvas.rect((middle.0 - 1.0, y), (middle.0 + 2.0, y + 16.0), colour);
        }
    }
}

/// A rectangle of slanting stripes, unlike any colour of a scale.
pub(super) fn striped(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64)) {
    canvas.rect(from, to, Colour::Blind);
    let (wide, high) = (to.0 - from.0, to.1 - from.1);
    let mut start = 5.0;
    while start < wide + high {
        // From the upper or right edge down to the left or lower edge.
        let upper = (start.min(wide), (start - wide).max(0.0));
        let lower = ((start - high).max(0.0), start.min(high));
        let at = |(dx, dy): (f64, f64)| (from.0 + dx, from.1 + dy);
        canvas.stroke(
            &[at(upper), at(lower)],
            Stroke::new(Colour::Context, 1.0, ""),
        );
        start += 6.0;
    }
}
