//! Names beside points: all of them where they fit, else numbers with a key beneath, the most remarkable first.

use super::Layout;
use super::canvas::{Area, Canvas, Colour, PAD, Style};
use super::font::Weight;
use super::labels::{Spot, free};
use super::text::wrap;

const NAME: Style = Style::new(12.0, Weight::Regular, Colour::Ink);

/// A name or number that found its place.
pub(super) struct Placed {
    pub text: String,
    pub spot: Spot,
    pub point: usize,
}

/// What is written beside which point.
pub(super) struct Names {
    pub placed: Vec<Placed>,
    /// "1. Name", in the order of the numbers.
    pub key: Vec<String>,
    /// Points with neither name nor number.
    pub silent: usize,
}

/// Finds places for the first `most` of `order`: for all names, or else for their numbers.
pub(super) fn names(
    names: &[String],
    at: &[(f64, f64)],
    order: &[usize],
    most: usize,
    taken: &[Area],
    frame: Area,
) -> Names {
    let place = |texts: &dyn Fn(usize, usize) -> String, reach: usize| {
        let mut taken = taken.to_vec();
        let mut out = Vec::new();
        for (rank, i) in order.iter().copied().take(most).enumerate() {
            let text = texts(rank, i);
            if let (Some(at), false) = (at.get(i), text.is_empty())
                && let Some(spot) = free(&text, NAME, *at, 9.0, reach, &taken, frame)
            {
                // Numbers one above the other need air between them.
                let Area(left, top, right, bottom) = spot.area;
                taken.push(Area(left, top - 2.0, right, bottom + 2.0));
                out.push(Placed {
                    text,
                    spot,
                    point: i,
                });
            }
        }
        out
    };
    let all = |_: usize, i: usize| names.get(i).cloned().unwrap_or_default();
    let mut placed = place(&all, 1);
    let mut key = Vec::new();
    if placed.len() < at.len().min(most) {
        placed = place(&|rank, _| (rank + 1).to_string(), 5);
        for p in &placed {
            let name = names.get(p.point).map_or("", String::as_str);
            key.push(format!("{}. {name}", p.text));
        }
    }
    Names {
        silent: at.len() - placed.len(),
        placed,
        key,
    }
}

/// Writes names, with a line to the point where one stands apart.
pub(super) fn write_names(canvas: &mut Canvas, names: &Names, at: &[(f64, f64)]) {
    for p in &names.placed {
        let Spot {
            x, y, anchor, ring, ..
        } = p.spot;
        if let (true, Some(from)) = (ring > 0, at.get(p.point)) {
            canvas.line(*from, (x, y - 4.0), 1, Colour::Context);
        }
        canvas.text_over(&p.text, x, y, NAME.at(anchor), None);
    }
}

/// Numbers and names under the picture, in one or two columns, each in up to `lines` lines; returns the bottom.
pub(super) fn write_key(
    canvas: &mut Canvas,
    layout: Layout,
    key: &[String],
    lines: usize,
    top: f64,
) -> f64 {
    let columns = match layout {
        Layout::Wide => 2,
        Layout::Narrow => 1,
    };
    let each = key.len().div_ceil(columns);
    let room = (canvas.width - 2.0 * PAD) / columns as f64 - 12.0;
    let mut end = top;
    for (column, entries) in key.chunks(each.max(1)).enumerate() {
        let x = PAD + column as f64 * (room + 12.0);
        let mut y = top;
        for entry in entries {
            let block = wrap(entry, NAME.size, NAME.weight, room, lines);
            canvas.lines(&block, entry, (x, y + 12.0), 15.0, NAME);
            y += 17.0 + (block.lines.len().max(1) - 1) as f64 * 15.0;
        }
        end = end.max(y);
    }
    end
}
