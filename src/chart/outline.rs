//! Text as outlines, for SVG files that stand alone and must look the same everywhere.

use super::font::{Weight, has, outline, outline_or_box, width};
use super::xml::{Piece, escape, pieces, unescape};

/// The same chart with every text turned into an outline; the words stay as `aria-label`. A text with characters that the font
/// lacks stays text. What is not a chart of this module comes back unchanged.
pub fn outlined(svg: &str) -> String {
    redraw(svg, Lacking::Text).unwrap_or_else(|| svg.to_owned())
}

/// The same chart with every text turned into an outline, for pictures that are made without other fonts: a character that the
/// font lacks becomes a box. What is not a chart of this module comes back unchanged.
pub fn drawn(svg: &str) -> String {
    redraw(svg, Lacking::Box).unwrap_or_else(|| svg.to_owned())
}

/// The characters of a chart's texts that the font lacks, each once, in the order in which they occur; [`drawn`] makes boxes of
/// them.
pub fn lacking(svg: &str) -> Vec<char> {
    let mut out = Vec::new();
    let mut open = Vec::new();
    for piece in pieces(svg).unwrap_or_default() {
        match piece {
            Piece::Open {
                name,
                closed: false,
                ..
            } => open.push(name),
            Piece::Close { .. } => {
                open.pop();
            }
            Piece::Text(text) if open.last() == Some(&"text") => {
                for c in unescape(text).chars() {
                    if !has(c, Weight::Regular) && !out.contains(&c) {
                        out.push(c);
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// What becomes of a text with a character that the font lacks.
#[derive(Clone, Copy, PartialEq)]
enum Lacking {
    /// It stays text, for another font.
    Text,
    /// The character becomes a box.
    Box,
}

fn redraw(svg: &str, lacking: Lacking) -> Option<String> {
    let pieces = pieces(svg)?;
    let mut out = String::with_capacity(svg.len() * 4);
    let mut rest = pieces.iter();
    while let Some(piece) = rest.next() {
        match piece {
            Piece::Open {
                name: "text",
                attributes,
                closed: false,
                source,
            } => {
                let mut inside = Vec::new();
                for piece in rest.by_ref() {
                    if matches!(piece, Piece::Close { name: "text", .. }) {
                        break;
                    }
                    inside.push(piece);
                }
                match path(attributes, &inside, lacking) {
                    Some(path) => out.push_str(&path),
                    None => {
                        out.push_str(source);
                        inside
                            .iter()
                            .for_each(|piece| out.push_str(source_of(piece)));
                        out.push_str("</text>");
                    }
                }
            }
            other => out.push_str(source_of(other)),
        }
    }
    Some(out)
}

fn source_of<'a>(piece: &Piece<'a>) -> &'a str {
    match piece {
        Piece::Open { source, .. } | Piece::Close { source, .. } => source,
        Piece::Text(text) => text,
    }
}

fn path(attributes: &[(&str, &str)], inside: &[&Piece<'_>], lacking: Lacking) -> Option<String> {
    let get = |name: &str| attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    let mut words = String::new();
    let mut title = None;
    let mut in_title = false;
    for piece in inside {
        match piece {
            Piece::Open { name: "title", .. } => in_title = true,
            Piece::Close { name: "title", .. } => in_title = false,
            Piece::Text(text) if in_title => title = Some(*text),
            Piece::Text(text) => words.push_str(&unescape(text)),
            _ => return None,
        }
    }
    let size: f64 = get("font-size")?.parse().ok()?;
    let weight = match get("font-weight") {
        Some(_) => Weight::SemiBold,
        None => Weight::Regular,
    };
    let wide = width(&words, size, weight);
    let x: f64 = get("x")?.parse().ok()?;
    let x = match get("text-anchor") {
        Some("middle") => x - wide / 2.0,
        Some("end") => x - wide,
        _ => x,
    };
    let y: f64 = get("y")?.parse().ok()?;
    let data = match (outline(&words, size, weight, x, y), lacking) {
        (Some(data), _) => data,
        (None, Lacking::Box) => outline_or_box(&words, size, weight, x, y),
        (None, Lacking::Text) => return None,
    };
    let mut out = format!("<path aria-label=\"{}\"", escape(&words));
    for name in [
        "fill",
        "stroke",
        "stroke-width",
        "stroke-linejoin",
        "paint-order",
    ] {
        if let Some(value) = get(name) {
            out.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    match title {
        Some(title) => out.push_str(&format!(" d=\"{data}\"><title>{title}</title></path>")),
        None => out.push_str(&format!(" d=\"{data}\"/>")),
    }
    Some(out)
}
