//! Checks a finished chart as a reader's eye would: well-formed, no text outside the canvas, no text on another.

use super::canvas::{Anchor, Area, Colour, Style, area};
use super::font::Weight;
use super::xml::{Piece, pieces, unescape};

/// A text of a chart and its box.
#[derive(Debug)]
pub(super) struct Seen {
    pub words: String,
    pub area: Area,
}

/// The texts of a chart; fails on anything that is not well-formed.
pub(super) fn texts(svg: &str) -> Result<(f64, f64, Vec<Seen>), String> {
    let pieces = pieces(svg).ok_or("not XML")?;
    let mut open: Vec<&str> = Vec::new();
    let mut size = (0.0, 0.0);
    let mut out = Vec::new();
    let mut current: Option<(String, f64, f64, Style)> = None;
    for piece in &pieces {
        match piece {
            Piece::Open {
                name,
                attributes,
                closed,
                ..
            } => {
                let get = |key: &str| attributes.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
                let number = |key: &str| -> Result<f64, String> {
                    let text = get(key).ok_or(format!("<{name}> without {key}"))?;
                    text.parse().map_err(|_| format!("{key}={text}"))
                };
                for (key, value) in attributes {
                    if value.contains("NaN") || value.contains("inf") {
                        return Err(format!("<{name} {key}={value}>"));
                    }
                }
                if *name == "svg" {
                    size = (number("width")?, number("height")?);
                }
                if *name == "text" {
                    let weight = match get("font-weight") {
                        Some(_) => Weight::SemiBold,
                        None => Weight::Regular,
                    };
                    let anchor = match get("text-anchor") {
                        Some("middle") => Anchor::Middle,
                        Some("end") => Anchor::End,
                        _ => Anchor::Start,
                    };
                    let style = Style::new(number("font-size")?, weight, Colour::Ink).at(anchor);
                    current = Some((String::new(), number("x")?, number("y")?, style));
                }
                if !closed {
                    open.push(name);
                }
            }
            Piece::Close { name, .. } => {
                if open.pop() != Some(name) {
                    return Err(format!("</{name}> closes another"));
                }
                if *name == "text"
                    && let Some((words, x, y, style)) = current.take()
                {
                    let area = area(&words, x, y, style);
                    out.push(Seen { words, area });
                }
            }
            Piece::Text(text) => {
                if open.is_empty() && !text.trim().is_empty() {
                    return Err(format!("text outside: {text}"));
                }
                if open.last() == Some(&"text")
                    && let Some((words, ..)) = &mut current
                {
                    words.push_str(&unescape(text));
                }
            }
        }
    }
    if !open.is_empty() {
        return Err(format!("{open:?} never closed"));
    }
    Ok((size.0, size.1, out))
}

/// Everything wrong with a chart.
pub(super) fn faults(svg: &str) -> Vec<String> {
    let (wide, high, seen) = match texts(svg) {
        Ok(found) => found,
        Err(why) => return vec![why],
    };
    let mut out = Vec::new();
    for (i, a) in seen.iter().enumerate() {
        let Area(l, t, r, b) = a.area;
        if l < -0.5 || t < -0.5 || r > wide + 0.5 || b > high + 0.5 {
            out.push(format!(
                "{:?} leaves {wide} x {high}: {:?}",
                a.words, a.area
            ));
        }
        for b in seen.iter().skip(i + 1) {
            if a.area.touches(&b.area) {
                out.push(format!("{:?} on {:?}", a.words, b.words));
            }
        }
    }
    out
}
