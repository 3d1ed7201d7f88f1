//! Points on two scores with the average at zero: what was delivered (across) against how people live together (upwards).

use super::alt::{counted, name, opening};
use super::canvas::{Anchor, Area, Canvas, Colour, NOTE, PAD, Style, area};
use super::font::{Weight, width};
use super::labels::{Spot, free};
use super::scale::{Domain, Scale, across, upwards, usable};
use super::text::wrap;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One point.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanePoint {
    /// What the point is.
    pub label: String,
    /// Score across.
    pub x: f64,
    /// Score upwards.
    pub y: f64,
}

/// A plane of two scores whose zero lines are the averages.
pub struct Plane<'a> {
    /// Heading.
    pub title: String,
    /// Name of the score across.
    pub x_label: String,
    /// Name of the score upwards.
    pub y_label: String,
    /// Names of the quarters: top left, top right, bottom left, bottom right.
    pub quadrants: [String; 4],
    /// The points.
    pub points: Vec<PlanePoint>,
    /// Writes a score.
    pub format: Format<'a>,
}

const AXIS: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
const NAME: Style = Style::new(12.0, Weight::Regular, Colour::Ink);
/// More points than this are not all numbered.
const NUMBERED: usize = 40;

/// Draws a plane.
pub fn plane(chart: &Plane) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

fn drawable<'c>(chart: &'c Plane) -> Vec<(&'c PlanePoint, f64, f64)> {
    let points = chart.points.iter();
    points
        .filter_map(|p| Some((p, usable(Some(p.x))?, usable(Some(p.y))?)))
        .collect()
}

/// A name or number that found its place.
struct Placed {
    text: String,
    spot: Spot,
    point: usize,
}

fn draw(chart: &Plane, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let points = drawable(chart);
    let mut top = canvas.header(&chart.title, "", &[]);
    let without = chart.points.len() - points.len();
    // Zero is the average: both sides of it are always in the picture.
    let domain = |values: Vec<f64>| {
        let reach = values.iter().fold(0.0, |a: f64, v| a.max(v.abs()));
        let reach = if reach < 1e-290 { 1.0 } else { reach * 1.1 };
        Domain {
            low: -reach,
            high: reach,
            log: false,
        }
    };
    if points.is_empty() {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    top = canvas.paragraph(&format!("↑ {}", chart.y_label), top, AXIS, 2) + 4.0;
    let height = match layout {
        Layout::Wide => 460.0,
        Layout::Narrow => 340.0,
    };
    let bottom = top + height;
    let up = Scale {
        domain: domain(points.iter().map(|p| p.2).collect()),
        // The names of the quarters stand in a strip of their own, above and below all points.
        from: bottom - 36.0,
        to: top + 36.0,
    };
    let ticks = upwards(&up, chart.format, AXIS.size, 90.0);
    let labels = ticks
        .iter()
        .map(|t| width(&t.label, AXIS.size, AXIS.weight));
    let left = PAD + 6.0 + labels.fold(0.0, f64::max);
    let right = canvas.width - PAD;
    let over = Scale {
        domain: domain(points.iter().map(|p| p.1).collect()),
        from: left,
        to: right,
    };
    for tick in &ticks {
        let style = AXIS.at(Anchor::End);
        canvas.text(&tick.label, left - 6.0, tick.start, style, None);
        canvas.line((left, tick.at), (right, tick.at), 1, Colour::Rule);
    }
    for tick in across(&over, chart.format, AXIS.size, canvas.width) {
        canvas.text(&tick.label, tick.start, bottom + 16.0, AXIS, None);
        canvas.line((tick.at, top), (tick.at, bottom), 1, Colour::Rule);
    }
    let zero = (over.at(0.0), up.at(0.0));
    canvas.line((left, zero.1), (right, zero.1), 1, Colour::Axis);
    canvas.line((zero.0, top), (zero.0, bottom), 1, Colour::Axis);
    let mut taken = quadrants(&mut canvas, chart, Area(left, top, right, bottom), zero);

    let at: Vec<(f64, f64)> = points
        .iter()
        .map(|(_, x, y)| (over.at(*x), up.at(*y)))
        .collect();
    for (x, y) in &at {
        canvas.disc((*x, *y), 5, Colour::Blue);
        taken.push(Area(x - 6.0, y - 6.0, x + 6.0, y + 6.0));
    }
    // Those far from the average are named first.
    let mut order: Vec<usize> = (0..at.len()).collect();
    let far = |i: usize| {
        at.get(i)
            .map_or(0.0, |(x, y)| (x - zero.0).hypot(y - zero.1))
    };
    order.sort_by(|a, b| far(*b).total_cmp(&far(*a)));
    let frame = Area(left + 1.0, top, right, bottom);
    let names: Vec<String> = points.iter().map(|(p, ..)| clean(&p.label)).collect();
    let place = |texts: &dyn Fn(usize, usize) -> String, count: usize, reach: usize| {
        let mut taken = taken.clone();
        let mut out = Vec::new();
        for (rank, i) in order.iter().copied().take(count).enumerate() {
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
    let mut placed = place(&all, at.len(), 1);
    let mut key: Vec<String> = Vec::new();
    let mut silent = 0;
    if placed.len() < at.len() {
        // Names don't fit: numbers in the picture, names in a key beneath.
        placed = place(&|rank, _| (rank + 1).to_string(), NUMBERED, 5);
        silent = at.len() - placed.len();
        for p in &placed {
            let name = names.get(p.point).map_or("", String::as_str);
            key.push(format!("{}. {name}", p.text));
        }
    }
    for p in &placed {
        let Spot {
            x, y, anchor, ring, ..
        } = p.spot;
        if let (true, Some(from)) = (ring > 0, at.get(p.point)) {
            canvas.line(*from, (x, y - 4.0), 1, Colour::Context);
        }
        canvas.text_over(&p.text, x, y, NAME.at(anchor), None);
    }
    for ((p, x, y), (px, py)) in points.iter().zip(&at) {
        let (x, y) = (clean(&(chart.format)(*x)), clean(&(chart.format)(*y)));
        let words = format!(
            "{}: {} {x}, {} {y}",
            clean(&p.label),
            clean(&chart.x_label),
            clean(&chart.y_label)
        );
        canvas.hover(Area(px - 7.0, py - 7.0, px + 7.0, py + 7.0), &words);
    }
    let label = wrap(
        &clean(&format!("{} →", chart.x_label)),
        AXIS.size,
        AXIS.weight,
        right - PAD,
        2,
    );
    let mut end = bottom + 24.0;
    for line in &label.lines {
        canvas.text(line, right, end + 12.0, AXIS.at(Anchor::End), None);
        end += 16.0;
    }
    end = write_key(&mut canvas, layout, &key, end + 6.0);
    if silent > 0 {
        let words = format!(
            "{} more between without a number.",
            counted(silent, "point")
        );
        end = canvas.paragraph(&words, end + 4.0, NOTE, 2);
    }
    if without > 0 {
        let words = format!(
            "{} not drawn: a score is missing.",
            counted(without, "point")
        );
        end = canvas.paragraph(&words, end + 4.0, NOTE, 2);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

/// Writes the names of the quarters into the corners and returns the boxes they take.
fn quadrants(
    canvas: &mut Canvas,
    chart: &Plane,
    Area(left, top, right, bottom): Area,
    zero: (f64, f64),
) -> Vec<Area> {
    let [top_left, top_right, bottom_left, bottom_right] = &chart.quadrants;
    let mut taken = Vec::new();
    for (words, x, anchor, high, room) in [
        (top_left, left + 5.0, Anchor::Start, true, zero.0 - left),
        (top_right, right - 3.0, Anchor::End, true, right - zero.0),
        (bottom_left, left + 5.0, Anchor::Start, false, zero.0 - left),
        (
            bottom_right,
            right - 3.0,
            Anchor::End,
            false,
            right - zero.0,
        ),
    ] {
        let words = clean(words);
        let style = NOTE.at(anchor);
        let block = wrap(&words, style.size, style.weight, room - 12.0, 2);
        let lines = block.lines.len() as f64;
        let first = if high {
            top + 15.0
        } else {
            bottom - 7.0 - (lines - 1.0) * 15.0
        };
        for (n, line) in block.lines.iter().enumerate() {
            let y = first + n as f64 * 15.0;
            let full = block.shortened.then_some(words.as_str());
            canvas.text_over(line, x, y, style, full);
            taken.push(area(line, x, y, style));
        }
    }
    taken
}

/// Numbers and names under the picture, in one or two columns; returns the bottom.
fn write_key(canvas: &mut Canvas, layout: Layout, key: &[String], top: f64) -> f64 {
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
            let block = wrap(entry, NAME.size, NAME.weight, room, 1);
            let full = block.shortened.then_some(entry.as_str());
            let line = block.lines.first().map_or("", String::as_str);
            canvas.text(line, x, y + 12.0, NAME, full);
            y += 17.0;
        }
        end = end.max(y);
    }
    end
}

/// How many points, how many of them in each quarter.
fn alt_text(chart: &Plane) -> String {
    let mut out = opening("Plane", &chart.title, "");
    let points = drawable(chart);
    out.push_str(&format!(
        " {}, {} across, {} upwards, zero is the average.",
        counted(chart.points.len(), "point"),
        clean(&chart.x_label),
        clean(&chart.y_label)
    ));
    let count = |right: bool, high: bool| {
        let mut all = points.iter().collect::<Vec<_>>();
        all.retain(|(_, x, y)| (*x >= 0.0) == right && (*y >= 0.0) == high);
        all.len()
    };
    let [top_left, top_right, bottom_left, bottom_right] = &chart.quadrants;
    if !points.is_empty() {
        out.push_str(&format!(
            " {} {}, {} {}, {} {}, {} {}.",
            clean(top_left),
            count(false, true),
            clean(top_right),
            count(true, true),
            clean(bottom_left),
            count(false, false),
            clean(bottom_right),
            count(true, false)
        ));
        let far = points.iter().max_by(|a, b| a.2.total_cmp(&b.2));
        let low = points.iter().min_by(|a, b| a.2.total_cmp(&b.2));
        if let (Some(high), Some(low), true) = (far, low, points.len() > 1) {
            out.push_str(&format!(
                " Upwards lowest {} {}, highest {} {}.",
                name(&low.0.label),
                clean(&(chart.format)(low.2)),
                name(&high.0.label),
                clean(&(chart.format)(high.2))
            ));
        }
    }
    let without = chart.points.len() - points.len();
    if without > 0 {
        out.push_str(&format!(" {} without a score.", counted(without, "point")));
    }
    out
}
