//! From places to pixels: ties, actors and names of one panel.

use super::super::canvas::{Area, Canvas, Colour, Style};
use super::super::font::Weight;
use super::super::labels::{Spot, free};
use super::super::pen::Stroke;
use super::super::symbol::node;
use super::super::text::wrap;
use super::super::xml::clean;
use super::pack::Packed;
use super::scene::{Scene, Tie};
use std::collections::{BTreeMap, BTreeSet};

const NAME: Style = Style::new(12.0, Weight::Regular, Colour::Ink);
/// Free space at the sides of a panel, so that no actor is cut.
const MARGIN: f64 = 16.0;
/// Distance of actors without ties in their rows.
const STEP: f64 = 26.0;

impl Packed {
    /// Pixels of one edge length, and the height of the rows of actors without ties.
    fn fit(&self, room: f64, highest: f64) -> (f64, f64) {
        let per = ((room - 2.0 * MARGIN) / STEP).floor().max(1.0);
        let rows = (self.alone.len() as f64 / per).ceil() * STEP;
        let across = (room - 2.0 * MARGIN) / self.width.max(1e-9);
        let down = (highest - rows - 2.0 * MARGIN) / self.height.max(1e-9);
        // Few actors are not drawn far apart.
        let tied = self.places.iter().flatten().count() as f64;
        let longest = (50.0 + 5.0 * tied).min(170.0);
        (across.min(down).clamp(1e-3, longest), rows)
    }

    /// Height of a panel of some width, at most about `highest`.
    pub fn height(&self, room: f64, highest: f64) -> f64 {
        let (unit, rows) = self.fit(room, highest);
        (self.height * unit + rows + 2.0 * MARGIN).ceil()
    }
}

/// Where everything stands in one panel.
pub(super) struct Frame {
    area: Area,
    /// Centre and radius of the actors drawn.
    at: BTreeMap<usize, ((f64, f64), f64)>,
}

fn moved(Area(l, t, r, b): Area, by: (f64, f64)) -> Area {
    Area(l + by.0, t + by.1, r + by.0, b + by.1)
}

/// A name that found its place.
#[derive(Clone)]
pub(super) struct Named {
    node: usize,
    text: String,
    full: Option<String>,
    spot: Spot,
}

impl Named {
    /// The same name in a frame moved as far.
    pub fn moved(&self, by: (f64, f64)) -> Named {
        let spot = Spot {
            x: self.spot.x + by.0,
            y: self.spot.y + by.1,
            area: moved(self.spot.area, by),
            ..self.spot
        };
        Named {
            spot,
            ..self.clone()
        }
    }
}

impl Frame {
    /// Lays the places on a box of some size with its corner at zero.
    pub fn new(size: (f64, f64), scene: &Scene, places: &Packed) -> Frame {
        let (unit, rows) = places.fit(size.0, size.1);
        let count = scene.shown.len().max(1) as f64;
        let usual = (0.14 * (size.0 * size.1 / count).sqrt()).clamp(2.5, 8.0);
        let left = (size.0 - places.width * unit) / 2.0;
        let top = (size.1 - rows - places.height * unit) / 2.0;
        let mut at: BTreeMap<usize, ((f64, f64), f64)> = BTreeMap::new();
        let per = ((size.0 - 2.0 * MARGIN) / STEP).floor().max(1.0);
        for i in &scene.shown {
            let radius = scene.nodes.get(*i).map_or(1.0, |n| scene.radius(n)) * usual;
            let place = match places.places.get(*i).copied().flatten() {
                Some((x, y)) => (left + x * unit, top + y * unit),
                None => {
                    let Ok(n) = places.alone.binary_search(i) else {
                        continue;
                    };
                    let (row, column) = ((n as f64 / per).floor(), n as f64 % per);
                    (
                        MARGIN + (column + 0.5) * STEP,
                        size.1 - rows + (row + 0.5) * STEP,
                    )
                }
            };
            at.insert(*i, (place, radius));
        }
        let mut frame = Frame {
            area: Area(0.0, 0.0, size.0, size.1),
            at,
        };
        frame.part(size.1 - rows);
        frame
    }

    /// The same, with the corner elsewhere.
    pub fn moved(&self, by: (f64, f64)) -> Frame {
        let at = self.at.iter();
        let at = at.map(|(i, ((x, y), r))| (*i, ((x + by.0, y + by.1), *r)));
        Frame {
            area: moved(self.area, by),
            at: at.collect(),
        }
    }

    /// Pushes actors apart that cover each other; those without ties, below `floor`, stay.
    fn part(&mut self, floor: f64) {
        let mut tied: Vec<(usize, (f64, f64), f64)> = self
            .at
            .iter()
            .filter(|(_, (place, _))| place.1 < floor)
            .map(|(i, (place, radius))| (*i, *place, *radius))
            .collect();
        let Area(left, top, right, _) = self.area;
        for _ in 0..40 {
            let mut moved = false;
            for b in 1..tied.len() {
                let (before, after) = tied.split_at_mut(b);
                let Some(second) = after.first_mut() else {
                    continue;
                };
                for first in before {
                    let (dx, dy) = (second.1.0 - first.1.0, second.1.1 - first.1.1);
                    let need = (first.2 + second.2) * 1.15 + 2.0;
                    if dx.abs() >= need || dy.abs() >= need {
                        continue;
                    }
                    let apart = (dx * dx + dy * dy).sqrt();
                    if apart >= need {
                        continue;
                    }
                    moved = true;
                    let (ux, uy) = if apart > 1e-6 {
                        (dx / apart, dy / apart)
                    } else {
                        (0.8, 0.6)
                    };
                    let push = (need - apart) / 2.0;
                    first.1 = (first.1.0 - ux * push, first.1.1 - uy * push);
                    second.1 = (second.1.0 + ux * push, second.1.1 + uy * push);
                }
            }
            for (_, place, radius) in &mut tied {
                let edge = *radius * 1.4 + 1.0;
                place.0 = place.0.min(right - edge).max(left + edge);
                place.1 = place.1.min(floor - edge).max(top + edge);
            }
            if !moved {
                break;
            }
        }
        for (i, place, radius) in tied {
            self.at.insert(i, (place, radius));
        }
    }

    /// Places for the names of the `most` actors that are tied with the most others, as far as there is room.
    pub fn spots(&self, scene: &Scene, most: usize) -> Vec<Named> {
        let degree = |i: usize| scene.degrees.get(i).copied().unwrap_or(0);
        let mut order: Vec<usize> = self.at.keys().copied().collect();
        order.sort_by(|a, b| degree(*b).cmp(&degree(*a)).then(a.cmp(b)));
        order.truncate(most);
        let mut taken: Vec<Area> = self
            .at
            .values()
            .map(|((x, y), r)| Area(x - r, y - r, x + r, y + r))
            .collect();
        let room = (0.24 * (self.area.2 - self.area.0)).max(104.0);
        let mut out = Vec::new();
        for i in order {
            let (Some((place, radius)), Some(node)) = (self.at.get(&i), scene.nodes.get(i)) else {
                continue;
            };
            let full = clean(&node.label);
            let block = wrap(&full, NAME.size, NAME.weight, room, 1);
            let Some(text) = block.lines.first().filter(|t| !t.is_empty()) else {
                continue;
            };
            let found = free(text, NAME, *place, radius + 4.0, 4, &taken, self.area);
            if let Some(spot) = found {
                taken.push(spot.area);
                out.push(Named {
                    node: i,
                    text: text.clone(),
                    full: block.shortened.then_some(full),
                    spot,
                });
            }
        }
        out
    }
}

/// Draws the marks of one panel.
pub(super) struct Marks<'s> {
    pub scene: &'s Scene<'s>,
    pub frame: &'s Frame,
    pub directed: bool,
    /// Actors without ties in this panel are drawn small and grey: they have ties in others.
    pub faint: bool,
    /// Factor on the thickness of ties: many are drawn thinner.
    pub thin: f64,
}

impl Marks<'_> {
    pub fn draw(&self, canvas: &mut Canvas, ties: &[Tie], names: &[Named]) {
        // Grey ties lie beneath those that stand out.
        let mut order: Vec<&Tie> = ties.iter().collect();
        order.sort_by_key(|tie| tie.class);
        for tie in order {
            self.tie(canvas, tie);
        }
        let mut others: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for tie in ties {
            others.entry(tie.ends.0).or_default().insert(tie.ends.1);
            others.entry(tie.ends.1).or_default().insert(tie.ends.0);
        }
        let count = |i: usize| others.get(&i).map_or(0, BTreeSet::len);
        for name in names {
            if let (true, Some((place, _))) = (name.spot.ring > 0, self.frame.at.get(&name.node)) {
                let Area(l, t, r, b) = name.spot.area;
                let near = (place.0.clamp(l, r), place.1.clamp(t, b));
                canvas.stroke(&[*place, near], Stroke::new(Colour::Axis, 0.8, ""));
            }
        }
        let mut order: Vec<usize> = self.frame.at.keys().copied().collect();
        order.sort_by_key(|i| (count(*i), *i));
        for i in order {
            let (Some((place, radius)), Some(actor)) =
                (self.frame.at.get(&i), self.scene.nodes.get(i))
            else {
                continue;
            };
            let (shape, colour, fill) = self.scene.look(actor);
            if self.faint && count(i) == 0 {
                node(canvas, *place, radius * 0.6, shape, Colour::Context, fill);
            } else {
                node(canvas, *place, *radius, shape, colour, fill);
            }
            let reach = radius + 2.0;
            let area = Area(
                place.0 - reach,
                place.1 - reach,
                place.0 + reach,
                place.1 + reach,
            );
            canvas.hover(area, &self.hover(i, count(i)));
        }
        for name in names {
            let Spot {
                x,
                y,
                anchor,
                area: Area(l, t, r, b),
                ..
            } = name.spot;
            // A rim alone would leave dark lines standing between words.
            canvas.fill(&[(l, t), (r, t), (r, b), (l, b)], Colour::Paper, 0.75);
            canvas.text_over(&name.text, x, y, NAME.at(anchor), name.full.as_deref());
        }
    }

    /// Everything about an actor in one line.
    fn hover(&self, i: usize, others: usize) -> String {
        let Some(actor) = self.scene.nodes.get(i) else {
            return String::new();
        };
        let mut what = vec![clean(&actor.sector)];
        what.extend(actor.side.as_deref().map(clean));
        what.retain(|w| !w.is_empty());
        let number = |v: f64| clean(&(self.scene.format)(v));
        let mut out = clean(&actor.label);
        if !what.is_empty() {
            out.push_str(&format!(" ({})", what.join(", ")));
        }
        match others {
            0 => out.push_str(": no ties"),
            1 => out.push_str(": tied with 1 other"),
            n => out.push_str(&format!(": tied with {} others", number(n as f64))),
        }
        if let Some(size) = super::super::scale::usable(actor.size) {
            out.push_str(&format!("; size {}", number(size)));
        }
        out
    }

    /// A line from rim to rim, with arrowheads where ties have a direction.
    fn tie(&self, canvas: &mut Canvas, tie: &Tie) {
        let at = |i: usize| self.frame.at.get(&i).copied();
        let (Some((a, from)), Some((b, to))) = (at(tie.ends.0), at(tie.ends.1)) else {
            return;
        };
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let long = (dx * dx + dy * dy).sqrt();
        if long < 1e-6 {
            return;
        }
        let (ux, uy) = (dx / long, dy / long);
        let (sx, sy) = (-uy * 3.5 * tie.aside, ux * 3.5 * tie.aside);
        let (a, b) = ((a.0 + sx, a.1 + sy), (b.0 + sx, b.1 + sy));
        let mut stroke = self.scene.stroke(tie);
        stroke.thick *= self.thin;
        let along = |from: (f64, f64), far: f64| (from.0 + ux * far, from.1 + uy * far);
        if !self.directed {
            canvas.stroke(&[a, b], stroke);
            return;
        }
        let tip = (from.min(to) * 0.9).clamp(3.0, 6.0) + stroke.thick * 0.6;
        let (start, end) = (along(a, from * 1.1 + 1.0), along(b, -to * 1.1 - 1.0));
        let mut ends = (start, end);
        // Actors that nearly touch leave no room for heads.
        let roomy = long > (from + to) * 1.1 + 2.0 + tip;
        if !roomy {
            canvas.stroke(&[a, b], stroke);
            return;
        }
        let head = |canvas: &mut Canvas, tip_at: (f64, f64), way: f64| {
            let base = along(tip_at, -way * tip);
            let wide = tip * 0.45;
            let left = (base.0 - uy * wide, base.1 + ux * wide);
            let right = (base.0 + uy * wide, base.1 - ux * wide);
            canvas.fill(&[tip_at, left, right], stroke.colour, 1.0);
        };
        if tie.heads.0 {
            head(canvas, end, 1.0);
            ends.1 = along(end, -tip * 0.8);
        }
        if tie.heads.1 {
            head(canvas, start, -1.0);
            ends.0 = along(start, tip * 0.8);
        }
        canvas.stroke(&[ends.0, ends.1], stroke);
    }
}
