//! What a chart draws on: marks go through the SVG backend of plotters, text is placed to the pixel, colours follow the theme.

use super::ChartError;
use super::compact::joined;
use super::font::{FONT_FAMILY, Weight, short, width};
use super::text::Block;
use super::theme::css;
use super::xml::{clean, escape};
use plotters::prelude::{Color as _, DrawingBackend, RGBColor, SVGBackend, ShapeStyle};
use std::fmt::Write;

/// Space left free at every edge.
pub(super) const PAD: f64 = 8.0;

/// The few colours there are. Hues are those of Okabe and Ito, told apart with any colour vision; text is only ever
/// `Ink` or `Muted`, which have the contrast for it in both themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Paper,
    Ink,
    Muted,
    Rule,
    Axis,
    Context,
    Blue,
    Vermilion,
    Green,
    Purple,
    Orange,
    Sky,
    Brown,
    Blind,
    Asked,
    Measured,
    /// Amounts from none to most; ink is readable on all.
    Heat(u8),
    /// What stands against the steps of `Heat` on the other side of a centre, from the middle outwards.
    Against(u8),
}

/// Colour, name of its CSS variable, light, dark.
pub(super) const THEME: [(Colour, &str, u32, u32); 26] = [
    (Colour::Paper, "paper", 0xFFFFFF, 0x15181C),
    (Colour::Ink, "ink", 0x222222, 0xE8EAED),
    (Colour::Muted, "muted", 0x595959, 0xB0B5BB),
    (Colour::Rule, "rule", 0xE3E3E3, 0x33383E),
    (Colour::Axis, "axis", 0x8A8A8A, 0x8B9096),
    (Colour::Context, "context", 0xBFBFBF, 0x5A6068),
    (Colour::Blue, "blue", 0x0072B2, 0x4FA3E3),
    (Colour::Vermilion, "vermilion", 0xD55E00, 0xF47D3A),
    (Colour::Green, "green", 0x009E73, 0x2FBF95),
    (Colour::Purple, "purple", 0xCC79A7, 0xE09FC6),
    (Colour::Orange, "orange", 0xE69F00, 0xF2B632),
    (Colour::Sky, "sky", 0x56B4E9, 0xA3DAFB),
    (Colour::Brown, "brown", 0x8C510A, 0xC08A4A),
    (Colour::Blind, "blind", 0xEFEFEF, 0x24282D),
    (Colour::Asked, "asked", 0xF8DDAE, 0x5A4310),
    (Colour::Measured, "measured", 0xA9D3EC, 0x1E4F73),
    (Colour::Heat(0), "heat-0", 0xF6F9FC, 0x1B2026),
    (Colour::Heat(1), "heat-1", 0xDCEBF6, 0x1B2D3D),
    (Colour::Heat(2), "heat-2", 0xBEDBEE, 0x1C3B54),
    (Colour::Heat(3), "heat-3", 0x9BC8E5, 0x1C496C),
    (Colour::Heat(4), "heat-4", 0x73B2DB, 0x1C5886),
    (Colour::Heat(5), "heat-5", 0x4A9ACF, 0x1B66A2),
    (Colour::Against(1), "against-1", 0xFBE5D3, 0x3A2819),
    (Colour::Against(2), "against-2", 0xF7C9A4, 0x5A351A),
    (Colour::Against(3), "against-3", 0xF0A76D, 0x7B4218),
    (Colour::Against(4), "against-4", 0xE4823A, 0x9E4D15),
];

impl Colour {
    fn light(self) -> u32 {
        THEME
            .iter()
            .find(|(colour, ..)| *colour == self)
            .map_or(0x222222, |(_, _, light, _)| *light)
    }

    fn rgb(self) -> RGBColor {
        let [_, r, g, b] = self.light().to_be_bytes();
        RGBColor(r, g, b)
    }

    pub(super) fn hex(self) -> String {
        format!("#{:06X}", self.light())
    }
}

/// Where the given x of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

enum Mark {
    Line((f64, f64), (f64, f64), u32, Colour),
    Rect((f64, f64), (f64, f64), Colour),
    Disc((f64, f64), u32, Colour),
    Path(Vec<(f64, f64)>, u32, Colour),
    Shape(Vec<(f64, f64)>, Colour),
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub size: f64,
    pub weight: Weight,
    pub colour: Colour,
    pub anchor: Anchor,
}

impl Style {
    pub const fn new(size: f64, weight: Weight, colour: Colour) -> Style {
        Style {
            size,
            weight,
            colour,
            anchor: Anchor::Start,
        }
    }

    pub const fn at(self, anchor: Anchor) -> Style {
        Style { anchor, ..self }
    }
}

/// Label, value and note styles shared by the charts.
pub(super) const LABEL: Style = Style::new(13.0, Weight::Regular, Colour::Ink);
pub(super) const STRONG: Style = Style::new(13.0, Weight::SemiBold, Colour::Ink);
pub(super) const NOTE: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
const TITLE: Style = Style::new(15.0, Weight::SemiBold, Colour::Ink);

/// A rectangle on the canvas: left, top, right, bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area(pub f64, pub f64, pub f64, pub f64);

impl Area {
    pub fn touches(&self, other: &Area) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }
}

/// The box of a text drawn at `x` on the baseline `y`.
pub(super) fn area(text: &str, x: f64, y: f64, style: Style) -> Area {
    let wide = width(text, style.size, style.weight);
    let left = match style.anchor {
        Anchor::Start => x,
        Anchor::Middle => x - wide / 2.0,
        Anchor::End => x - wide,
    };
    Area(
        left,
        y - 0.78 * style.size,
        left + wide,
        y + 0.23 * style.size,
    )
}

/// A chart in the making. Marks lie under all text, in the order drawn.
pub(super) struct Canvas {
    pub width: f64,
    marks: Vec<Mark>,
    /// Marks of `pen`, above the plain ones.
    pub(super) fine: String,
    words: String,
    /// Texts with a rim of paper, which they share in a group.
    rimmed: String,
    hovers: String,
}

impl Canvas {
    pub fn new(width: f64) -> Canvas {
        Canvas {
            width,
            marks: Vec::new(),
            fine: String::new(),
            words: String::new(),
            rimmed: String::new(),
            hovers: String::new(),
        }
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), thick: u32, colour: Colour) {
        self.marks.push(Mark::Line(from, to, thick, colour));
    }

    pub fn rect(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        self.marks.push(Mark::Rect(from, to, colour));
    }

    /// A filled circle with a rim of paper, so that it stands out from lines beneath.
    pub fn disc(&mut self, at: (f64, f64), radius: u32, colour: Colour) {
        self.marks.push(Mark::Disc(at, radius + 1, Colour::Paper));
        self.marks.push(Mark::Disc(at, radius, colour));
    }

    pub fn path(&mut self, points: Vec<(f64, f64)>, thick: u32, colour: Colour) {
        self.marks.push(Mark::Path(points, thick, colour));
    }

    pub fn shape(&mut self, points: Vec<(f64, f64)>, colour: Colour) {
        self.marks.push(Mark::Shape(points, colour));
    }

    /// Text on the baseline `y`; `full` is what it was shortened from.
    pub fn text(&mut self, text: &str, x: f64, y: f64, style: Style, full: Option<&str>) {
        self.write(text, x, y, style, full, false);
    }

    /// Text with a rim of paper, for places where marks may lie beneath.
    pub fn text_over(&mut self, text: &str, x: f64, y: f64, style: Style, full: Option<&str>) {
        self.write(text, x, y, style, full, true);
    }

    fn write(&mut self, text: &str, x: f64, y: f64, style: Style, full: Option<&str>, rim: bool) {
        if text.trim().is_empty() {
            return;
        }
        let anchor = match style.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = match style.weight {
            Weight::Regular => "",
            Weight::SemiBold => " font-weight=\"600\"",
        };
        let full = match full {
            Some(full) => format!("<title>{}</title>", escape(full)),
            None => String::new(),
        };
        let _ = writeln!(
            if rim {
                &mut self.rimmed
            } else {
                &mut self.words
            },
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} fill=\"{}\">{full}{}</text>",
            short(x),
            short(y),
            short(style.size),
            style.colour.hex(),
            escape(text),
        );
    }

    /// The lines of a wrapped text, the first on the baseline `first`, `step` apart; `full` is what it was shortened from.
    pub fn lines(&mut self, block: &Block, full: &str, at: (f64, f64), step: f64, style: Style) {
        for (n, line) in block.lines.iter().enumerate() {
            let full = block.shortened.then_some(full);
            self.text(line, at.0, at.1 + n as f64 * step, style, full);
        }
    }

    /// Words shown when the pointer rests on an area.
    pub fn hover(&mut self, Area(left, top, right, bottom): Area, words: &str) {
        let _ = writeln!(
            self.hovers,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>",
            short(left),
            short(top),
            short((right - left).max(0.0)),
            short((bottom - top).max(0.0)),
            escape(words),
        );
    }

    /// Writes lines of wrapped text from `top` down and returns the bottom.
    pub fn paragraph(&mut self, text: &str, top: f64, style: Style, most: usize) -> f64 {
        let text = clean(text);
        let block = super::text::wrap(
            &text,
            style.size,
            style.weight,
            self.width - 2.0 * PAD,
            most,
        );
        let mut y = top;
        for line in &block.lines {
            let full = block.shortened.then_some(text.as_str());
            self.text(line, PAD, y + style.size, style, full);
            y += (style.size * 1.3).round();
        }
        y
    }

    /// Title, unit and notes at the top; returns the bottom.
    pub fn header(&mut self, title: &str, unit: &str, notes: &[String]) -> f64 {
        let mut y = self.paragraph(title, PAD, TITLE, 5);
        y = self.paragraph(unit, y + 2.0, NOTE, 3);
        for note in notes {
            y = self.paragraph(note, y + 2.0, NOTE, 4);
        }
        y + 6.0
    }

    /// The document.
    pub fn finish(self, height: f64, title: &str, alt: &str) -> Result<String, ChartError> {
        let size = (pixel(self.width).max(1) as u32, pixel(height).max(1) as u32);
        let mut drawn = String::new();
        {
            let mut backend = SVGBackend::with_string(&mut drawn, size);
            for mark in &self.marks {
                draw(&mut backend, mark)?;
            }
            backend
                .present()
                .map_err(|e| ChartError::Draw(e.to_string()))?;
        }
        // The backend writes its own first and last tag; only what lies between is kept.
        let inner = drawn
            .split_once('\n')
            .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
            .map_or("", |(inner, _)| inner)
            .replace(" opacity=\"1\"", "")
            .replace(" stroke=\"none\" stroke-width=\"1\"/>", "/>")
            .replace(" stroke=\"none\"/>", "/>");
        let inner = joined(&inner);
        let (w, h) = size;
        let paper = Colour::Paper.hex();
        let fine = self.fine;
        let rimmed = match self.rimmed.as_str() {
            "" => String::new(),
            texts => format!(
                "<g stroke=\"{paper}\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\">\n{texts}</g>\n"
            ),
        };
        let hovers = match self.hovers.as_str() {
            "" => String::new(),
            areas => format!("<g fill=\"none\" pointer-events=\"all\">\n{areas}</g>\n"),
        };
        let all = [inner.as_str(), &fine, &self.words, &rimmed];
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"codev-chart\" role=\"img\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n\
             <title>{}</title>\n<desc>{}</desc>\n<style>{}</style>\n\
             <rect x=\"0\" y=\"0\" width=\"{w}\" height=\"{h}\" fill=\"{paper}\"/>\n{inner}{fine}\
             <g font-family=\"'{FONT_FAMILY}', system-ui, sans-serif\">\n{}{rimmed}</g>\n{hovers}</svg>\n",
            escape(&clean(title)),
            escape(&clean(alt)),
            css(&all),
            self.words,
        ))
    }
}

/// Whole pixels; what is not finite or far outside the canvas is held at its edge.
fn pixel(value: f64) -> i32 {
    value.round().clamp(-10_000.0, 1_000_000.0) as i32
}

fn point((x, y): (f64, f64)) -> (i32, i32) {
    (pixel(x), pixel(y))
}

fn draw(backend: &mut SVGBackend<'_>, mark: &Mark) -> Result<(), ChartError> {
    let filled = |colour: &Colour| ShapeStyle::from(colour.rgb()).filled();
    let drawn = match mark {
        Mark::Line(from, to, thick, colour) => {
            let style = colour.rgb().stroke_width(*thick);
            backend.draw_line(point(*from), point(*to), &style)
        }
        Mark::Rect(from, to, colour) => {
            let ((x0, y0), (x1, y1)) = (point(*from), point(*to));
            let (first, last) = ((x0.min(x1), y0.min(y1)), (x0.max(x1), y0.max(y1)));
            backend.draw_rect(first, last, &filled(colour), true)
        }
        Mark::Disc(at, radius, colour) => {
            backend.draw_circle(point(*at), *radius, &filled(colour), true)
        }
        Mark::Path(points, thick, colour) => {
            let style = colour.rgb().stroke_width(*thick);
            backend.draw_path(points.iter().copied().map(point), &style)
        }
        Mark::Shape(points, colour) => {
            backend.fill_polygon(points.iter().copied().map(point), &filled(colour))
        }
    };
    drawn.map_err(|e| ChartError::Draw(e.to_string()))
}
