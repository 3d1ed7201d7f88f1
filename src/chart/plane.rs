//! Points on two scores with the average at zero: what was delivered (across) against how people live together (upwards).

use super::alt::counted;
use super::canvas::{Anchor, Area, Canvas, Colour, NOTE, PAD, Style, area};
use super::font::{Weight, width};
use super::legend::{Entry, Symbol, legend};
use super::named_points::{names, write_key, write_names};
use super::pen::Stroke;
use super::plane_alt::{alt_text, tally};
use super::scale::{Domain, Scale, across, interval, upwards, usable};
use super::symbol::{Fill, Shape, node};
use super::text::wrap;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One point.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanePoint {
    /// What the point is.
    pub label: String,
    /// Score across.
    pub x: f64,
    /// Score upwards.
    pub y: f64,
    /// Interval of the score across.
    pub x_interval: Option<(f64, f64)>,
    /// Interval of the score upwards.
    pub y_interval: Option<(f64, f64)>,
}

impl PlanePoint {
    /// An interval whose ends can both be drawn.
    fn intervals(&self) -> [Option<(f64, f64)>; 2] {
        [self.x_interval, self.y_interval].map(|i| {
            let (low, high) = i?;
            interval(Some(low), Some(high))
        })
    }

    /// Whether there are intervals both ways and zero is in neither, so that the point is in its quarter for sure.
    pub(super) fn clear(&self) -> bool {
        let intervals = self.intervals();
        let away = |i: &Option<(f64, f64)>| i.is_some_and(|(low, high)| low > 0.0 || high < 0.0);
        intervals.iter().all(away)
    }

    pub(super) fn has_intervals(&self) -> bool {
        self.intervals().iter().any(Option::is_some)
    }
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
    /// Whether the number of points in each quarter is written there.
    pub counts: bool,
    /// Sentences under the picture: how the two scores go together.
    pub notes: Vec<String>,
    /// Writes a score.
    pub format: Format<'a>,
}

/// The intervals of a point.
const CROSS: Stroke = Stroke::new(Colour::Sky, 1.2, "");
const AXIS: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
/// More points than this are not all numbered.
const NUMBERED: usize = 40;
/// Above this many points, dots are small and only the farthest are named and have their intervals.
const CROWD: usize = 60;
/// How many are named then.
const FARTHEST: usize = 12;

/// Draws a plane.
pub fn plane(chart: &Plane) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

pub(super) fn drawable<'c>(chart: &'c Plane) -> Vec<(&'c PlanePoint, f64, f64)> {
    let points = chart.points.iter();
    points
        .filter_map(|p| Some((p, usable(Some(p.x))?, usable(Some(p.y))?)))
        .collect()
}

fn draw(chart: &Plane, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let points = drawable(chart);
    let mut top = canvas.header(&chart.title, "", &[]);
    let without = chart.points.len() - points.len();
    // Zero is the average: both sides of it are always in the picture.
    // Intervals widen the picture by two thirds at most.
    let domain = |values: Vec<f64>, intervals: Vec<(f64, f64)>| {
        let most = |all: &[f64]| all.iter().fold(0.0, |a: f64, v| a.max(v.abs()));
        let own = most(&values);
        let ends: Vec<f64> = intervals.iter().flat_map(|i| [i.0, i.1]).collect();
        let reach = own.max(most(&ends).min(own * 5.0 / 3.0));
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
    let crowd = points.len() > CROWD;
    let crossed = points.iter().any(|p| p.0.has_intervals());
    if crossed {
        let look = |fill| Symbol::Node(Shape::Circle, Colour::Blue, fill);
        let mut key = vec![
            Entry::new(look(Fill::Solid), "zero in neither interval"),
            Entry::new(look(Fill::Hollow), "quarter not sure"),
        ];
        if crowd {
            let words = "intervals, of those with a name or number";
            key.push(Entry::new(Symbol::Line(CROSS), words));
        } else {
            key.push(Entry::new(Symbol::Line(CROSS), "intervals"));
        }
        top = legend(&mut canvas, &key, "", top) + 2.0;
    }
    top = canvas.paragraph(&format!("↑ {}", chart.y_label), top, AXIS, 2) + 4.0;
    let height = match layout {
        Layout::Wide => 460.0,
        Layout::Narrow => 340.0,
    };
    let bottom = top + height;
    let intervals = |way: usize| -> Vec<(f64, f64)> {
        let all = points.iter().filter_map(|p| p.0.intervals()[way]);
        all.collect()
    };
    let up = Scale {
        domain: domain(points.iter().map(|p| p.2).collect(), intervals(1)),
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
        domain: domain(points.iter().map(|p| p.1).collect(), intervals(0)),
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
    let radius = if crowd { 3.0 } else { 5.0 };
    for (x, y) in &at {
        let r = radius + 1.0;
        taken.push(Area(x - r, y - r, x + r, y + r));
    }
    // Those far from the average are named first.
    let mut order: Vec<usize> = (0..at.len()).collect();
    let far = |i: usize| {
        at.get(i)
            .map_or(0.0, |(x, y)| (x - zero.0).hypot(y - zero.1))
    };
    order.sort_by(|a, b| far(*b).total_cmp(&far(*a)));
    let frame = Area(left + 1.0, top, right, bottom);
    let labels: Vec<String> = points.iter().map(|(p, ..)| clean(&p.label)).collect();
    let most = match (crowd, crossed) {
        (true, true) => FARTHEST,
        _ if at.len() > NUMBERED => NUMBERED,
        _ => at.len(),
    };
    let names = names(&labels, &at, &order, most, &taken, frame);
    let mut cut = false;
    for (i, ((p, ..), (x, y))) in points.iter().zip(&at).enumerate() {
        if crowd && !names.placed.iter().any(|n| n.point == i) {
            continue;
        }
        let [wide, high] = p.intervals();
        if let Some((low, high)) = wide {
            cut |= !over.shows(low) || !over.shows(high);
            canvas.stroke(&[(over.at(low), *y), (over.at(high), *y)], CROSS);
        }
        if let Some((low, high)) = high {
            cut |= !up.shows(low) || !up.shows(high);
            canvas.stroke(&[(*x, up.at(low)), (*x, up.at(high))], CROSS);
        }
    }
    for ((p, ..), at) in points.iter().zip(&at) {
        if crossed {
            let fill = if p.clear() { Fill::Solid } else { Fill::Hollow };
            node(&mut canvas, *at, radius, Shape::Circle, Colour::Blue, fill);
        } else {
            canvas.disc(*at, radius as u32, Colour::Blue);
        }
    }
    write_names(&mut canvas, &names, &at);
    for ((p, x, y), (px, py)) in points.iter().zip(&at) {
        let (x, y) = (clean(&(chart.format)(*x)), clean(&(chart.format)(*y)));
        let [wide, high] = p.intervals().map(|i| match i {
            Some((low, high)) => {
                let (low, high) = ((chart.format)(low), (chart.format)(high));
                clean(&format!(" ({low} – {high})"))
            }
            None => String::new(),
        });
        let words = format!(
            "{}: {} {x}{wide}, {} {y}{high}",
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
    end = write_key(&mut canvas, layout, &names.key, 1, end + 6.0);
    if names.silent > 0 {
        let what = match names.key.is_empty() {
            true => "name",
            false => "number",
        };
        let words = format!(
            "{} more between without a {what}.",
            counted(names.silent, "point")
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
    if cut {
        let words = "An interval that ends at the edge goes on beyond it.";
        end = canvas.paragraph(words, end + 4.0, NOTE, 2);
    }
    for words in &chart.notes {
        end = canvas.paragraph(words, end + 4.0, NOTE, 5);
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
    let named = tally(chart);
    let [top_left, top_right, bottom_left, bottom_right] = &named;
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
