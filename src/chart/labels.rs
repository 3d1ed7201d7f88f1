//! Places for names beside points, so that none covers another name or a point.

use super::canvas::{Anchor, Area, Style, area};

/// Where a name is written: anchor, baseline, and the box it takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub x: f64,
    pub y: f64,
    pub anchor: Anchor,
    pub area: Area,
    /// How many rings outside the nearest; a line should lead to the point then.
    pub ring: usize,
}

/// The first place around a point where a text touches nothing taken and stays in the frame; the text begins `out` pixels from
/// the point, further in each of `reach` rings.
pub(super) fn free(
    text: &str,
    style: Style,
    (x, y): (f64, f64),
    out: f64,
    reach: usize,
    taken: &[Area],
    frame: Area,
) -> Option<Spot> {
    for ring in 0..reach {
        let out = out + 11.0 * ring as f64;
        let slant = out * 0.75;
        for (dx, dy, anchor) in [
            (out, 4.0, Anchor::Start),
            (-out, 4.0, Anchor::End),
            (0.0, -out, Anchor::Middle),
            (0.0, out + 9.0, Anchor::Middle),
            (slant, -slant + 1.0, Anchor::Start),
            (slant, slant + 8.0, Anchor::Start),
            (-slant, -slant + 1.0, Anchor::End),
            (-slant, slant + 8.0, Anchor::End),
        ] {
            let area = area(text, x + dx, y + dy, style.at(anchor));
            let Area(l, t, r, b) = area;
            let inside = l >= frame.0 && t >= frame.1 && r <= frame.2 && b <= frame.3;
            if inside && !taken.iter().any(|other| other.touches(&area)) {
                return Some(Spot {
                    x: x + dx,
                    y: y + dy,
                    anchor,
                    area,
                    ring,
                });
            }
        }
    }
    None
}
