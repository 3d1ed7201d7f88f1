//! The typeface of charts and reports: widths, outlines and the CSS that carries it.

use base64::Engine;
use std::fmt::Write;
use std::sync::LazyLock;
use ttf_parser::{Face, OutlineBuilder};

/// Family name that the SVG text asks for; [`font_face_css`] defines it.
pub const FONT_FAMILY: &str = "Codev Sans";

static REGULAR: LazyLock<Option<Face<'static>>> = LazyLock::new(|| {
    Face::parse(
        include_bytes!("../../assets/fonts/CodevSans-Regular.ttf"),
        0,
    )
    .ok()
});
static SEMIBOLD: LazyLock<Option<Face<'static>>> = LazyLock::new(|| {
    Face::parse(
        include_bytes!("../../assets/fonts/CodevSans-SemiBold.ttf"),
        0,
    )
    .ok()
});

/// The two weights there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    fn face(self) -> Option<&'static Face<'static>> {
        match self {
            Weight::Regular => REGULAR.as_ref(),
            Weight::SemiBold => SEMIBOLD.as_ref(),
        }
    }
}

/// `@font-face` rules with both weights as data URLs: put them into a page once, before charts that keep their text as text.
pub fn font_face_css() -> String {
    let faces: [(u16, &[u8]); 2] = [
        (
            400,
            include_bytes!("../../assets/fonts/CodevSans-Regular.woff2"),
        ),
        (
            600,
            include_bytes!("../../assets/fonts/CodevSans-SemiBold.woff2"),
        ),
    ];
    let mut css = String::new();
    for (weight, bytes) in faces {
        let data = base64::engine::general_purpose::STANDARD.encode(bytes);
        let _ = writeln!(
            css,
            "@font-face{{font-family:\"{FONT_FAMILY}\";font-style:normal;font-weight:{weight};font-display:swap;\
             src:url(data:font/woff2;base64,{data}) format(\"woff2\")}}"
        );
    }
    css
}

/// Characters whose widths are looked up once.
const COMMON: usize = 0x250;

/// Widths in em of the common characters, by weight; nothing where the font lacks one.
static WIDTHS: LazyLock<[Vec<Option<f64>>; 2]> = LazyLock::new(|| {
    [Weight::Regular, Weight::SemiBold].map(|weight| {
        let common = (0..COMMON as u32).map(|c| {
            let face = weight.face()?;
            advance(face, char::from_u32(c)?)
        });
        common.collect()
    })
});

fn advance(face: &Face<'_>, c: char) -> Option<f64> {
    let advance = face.glyph_hor_advance(face.glyph_index(c)?)?;
    Some(f64::from(advance) / f64::from(face.units_per_em()))
}

/// Width of a text in pixels at a font size, without kerning (the charts switch it off, so that this is what is drawn).
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let Some(face) = weight.face() else {
        return 0.6 * size * text.chars().count() as f64;
    };
    let common = match weight {
        Weight::Regular => &WIDTHS[0],
        Weight::SemiBold => &WIDTHS[1],
    };
    let em: f64 = text
        .chars()
        .map(|c| {
            let known = match common.get(c as usize) {
                Some(known) => *known,
                None => advance(face, c),
            };
            known.unwrap_or_else(|| guess(c))
        })
        .sum();
    em * size
}

/// Width in em of a character that another font will have to draw; rather too wide than too narrow.
fn guess(c: char) -> f64 {
    match c {
        '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' => 0.0,
        '\u{0}'..='\u{10FF}' => 0.72,
        _ => 1.1,
    }
}

/// The text as the data of an SVG path, its first character starting at `x` on the baseline `y`; `None` where the font lacks a
/// character, so that the caller keeps it as text for another font to draw.
pub(super) fn outline(text: &str, size: f64, weight: Weight, x: f64, y: f64) -> Option<String> {
    let face = weight.face()?;
    let scale = size / f64::from(face.units_per_em());
    let mut pen = Pen {
        data: String::new(),
        x,
        y,
        scale,
    };
    for c in text.chars() {
        let glyph = face.glyph_index(c)?;
        face.outline_glyph(glyph, &mut pen);
        pen.x += f64::from(face.glyph_hor_advance(glyph)?) * scale;
    }
    Some(pen.data)
}

/// As [`outline`], but a character that the font lacks, other than white space, becomes a box as wide as [`width`] takes it to be.
pub(super) fn outline_or_box(text: &str, size: f64, weight: Weight, x: f64, y: f64) -> String {
    let mut out = String::new();
    let mut at = x;
    for c in text.chars() {
        let mut bytes = [0; 4];
        let character = c.encode_utf8(&mut bytes);
        let wide = width(character, size, weight);
        match outline(character, size, weight, at, y) {
            Some(data) => out.push_str(&data),
            None if wide > 0.0 && !c.is_whitespace() => {
                let (l, t, r, b) = (
                    at + 0.08 * size,
                    y - 0.68 * size,
                    at + wide - 0.08 * size,
                    y,
                );
                let rim = 0.07 * size;
                let outer = [l, t, r, b].map(short);
                let inner = [l + rim, t + rim, r - rim, b - rim].map(short);
                // The inner rectangle turns the other way round, which makes it a hole.
                let [l, t, r, b] = outer;
                let _ = write!(out, "M{l} {t}H{r}V{b}H{l}Z");
                let [l, t, r, b] = inner;
                let _ = write!(out, "M{l} {t}V{b}H{r}V{t}Z");
            }
            None => {}
        }
        at += wide;
    }
    out
}

/// Whether the font has a character; white space and what takes no room count as there.
pub(super) fn has(c: char, weight: Weight) -> bool {
    weight
        .face()
        .is_some_and(|face| face.glyph_index(c).is_some())
        || guess(c) == 0.0
        || c.is_whitespace()
}

struct Pen {
    data: String,
    x: f64,
    y: f64,
    scale: f64,
}

impl Pen {
    fn push(&mut self, command: char, points: &[(f32, f32)]) {
        self.data.push(command);
        for (i, (x, y)) in points.iter().enumerate() {
            let x = self.x + f64::from(*x) * self.scale;
            let y = self.y - f64::from(*y) * self.scale;
            if i > 0 {
                self.data.push(' ');
            }
            push_short(&mut self.data, x);
            self.data.push(' ');
            push_short(&mut self.data, y);
        }
    }
}

/// At most two decimals, without trailing zeros.
pub(super) fn short(value: f64) -> String {
    let mut out = String::new();
    push_short(&mut out, value);
    out
}

/// Appends a number as [`short`] writes it.
fn push_short(out: &mut String, value: f64) {
    let hundredths = (value * 100.0).round();
    if hundredths.abs() < 1e12 {
        // Whole numbers are written many times faster than fractions.
        let whole = hundredths as i64;
        if whole < 0 {
            out.push('-');
        }
        let (units, rest) = (
            whole.unsigned_abs() / 100,
            (whole.unsigned_abs() % 100) as u8,
        );
        let _ = match (rest / 10, rest % 10) {
            (0, 0) => write!(out, "{units}"),
            (tenths, 0) => write!(out, "{units}.{tenths}"),
            (tenths, hundredths) => write!(out, "{units}.{tenths}{hundredths}"),
        };
        return;
    }
    // Adding zero turns -0 into 0.
    let _ = write!(out, "{}", hundredths / 100.0 + 0.0);
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.push('M', &[(x, y)]);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.push('L', &[(x, y)]);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.push('Q', &[(x1, y1), (x, y)]);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.push('C', &[(x1, y1), (x2, y2), (x, y)]);
    }
    fn close(&mut self) {
        self.data.push('Z');
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn numbers_are_written_as_the_shortest_that_is_the_same() {
        for hundredths in -25_000_i32..25_000 {
            let value = f64::from(hundredths) / 100.0 + 0.001;
            let rounded = (value * 100.0).round() / 100.0 + 0.0;
            assert_eq!(short(value), format!("{rounded}"));
        }
        for value in [
            -0.0,
            -0.004,
            0.005,
            123_456.785,
            -9.995,
            1e11,
            3e15,
            f64::NAN,
        ] {
            let rounded = (value * 100.0_f64).round() / 100.0 + 0.0;
            assert_eq!(short(value), format!("{rounded}"));
        }
    }
}
